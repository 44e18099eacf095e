package tiktok

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// envelope is what stands around every answer.
type envelope struct {
	code    string // as it is written, "" when there is none
	message string
	data    []byte // nil when there is none
}

const success = "0"

// Read judges an answer by what it says, whatever its HTTP status: which status goes with which error is mostly not
// documented.
func (a *Adapter) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	data, refusal, err := a.open(r)
	switch {
	case err != nil:
		return platform.Answer{}, err
	case refusal != nil:
		return a.refused(t, refusal, r)
	}
	if l, ok := lists[t.Op]; ok {
		return a.readList(t, l, data)
	}
	switch t.Op {
	case OrderDetail:
		return readOrders(t, data)
	case TrackingOrders:
		return readTrackingOrders(t, data)
	case Tracking:
		if len(t.Parts) > 0 {
			return readHistory(t, data)
		}
		return readOrders(t, data)
	case ProductDetail:
		return readProduct(t, data)
	default:
		return platform.Answer{}, unknownOp(t)
	}
}

// open returns the data of a successful answer, or what the platform says against the call. A success without any data is no
// success: an empty list is an object without rows.
func (a *Adapter) open(r platform.Response) (data []byte, refusal *envelope, err error) {
	e, err := readEnvelope(r.Body)
	switch {
	case err == nil && e.code != "" && e.code != success:
		return nil, &e, nil
	case r.Status != http.StatusOK:
		return nil, nil, platform.ByStatus(r)
	case err != nil:
		return nil, nil, platform.Malformed("not_json", "the answer of "+strconv.Itoa(len(r.Body))+" bytes is no readable envelope")
	case e.code == "":
		return nil, nil, platform.Malformed("no_code", "the answer does not say whether it is a success")
	case e.data == nil:
		return nil, nil, platform.Malformed("no_data", "the answer claims success and holds no data")
	}
	return e.data, nil, nil
}

var errShape = errors.New("code is neither a number nor text")

// readEnvelope looks for what stands around the answer's data. It reads the whole text once: a page of orders is long, and
// its rows are the transformer's to decode.
func readEnvelope(body []byte) (envelope, error) {
	var e envelope
	var err error
	s := jsonscan.New(body)
	for key := range s.Object() {
		switch string(key) {
		case "code":
			raw := s.Value()
			text, isText := jsonscan.Text(raw)
			switch {
			case isText:
				e.code = text
			case len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'):
				e.code = string(raw)
			case !null(raw):
				err = errShape
			}
		case "message":
			e.message, _ = jsonscan.Text(s.Value()) // only people read it
		case "data":
			if e.data = s.Value(); null(e.data) {
				e.data = nil
			}
		}
	}
	return e, errors.Join(s.End(), err)
}

// refused reads an error envelope. Whether an order that does not exist spoils a call for many is not documented, so when a
// call for many is called bad its halves are asked, down to single ones. A probe asks for what nothing has: any answer but a
// failure of the platform shows that the endpoint works.
func (a *Adapter) refused(t *schemas.Task, e *envelope, r platform.Response) (platform.Answer, error) {
	err := a.classify(e.code, e.message, r)
	_, known := a.classes[e.code]
	switch {
	case len(t.IDs) == 1 && t.IDs[0] == nobody && !known && err.Class == platform.Transient && r.Status < http.StatusInternalServerError:
		return platform.Answer{Gone: t.IDs}, nil
	case len(t.IDs) > 1 && e.code == codeBadRequest && err.Class == platform.Permanent:
		return platform.Answer{Children: platform.Halves(t.Op, t.IDs)}, nil
	}
	return platform.Answer{}, err
}

func null(raw []byte) bool { return len(raw) == 0 || string(raw) == "null" }

// digits returns a whole number, written as a number or as text, in decimal and of any size; "" when raw is none.
func digits(raw []byte) string {
	text, ok := jsonscan.Text(raw)
	if !ok {
		text = string(raw)
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return text
}

// idText returns an id, which is text but may come as a number of any size; "" when raw is none.
func idText(raw []byte) string {
	text, ok := jsonscan.Text(raw)
	if !ok {
		text = digits(raw)
	}
	if !idPattern.MatchString(text) {
		return ""
	}
	return text
}

// member returns the value of an object's member, nil when it is missing or null.
func member(object []byte, name string) []byte {
	s := jsonscan.New(object)
	for key := range s.Object() {
		if string(key) == name {
			if raw := s.Value(); !null(raw) {
				return raw
			}
			return nil
		}
	}
	return nil
}

// elements returns the elements of an array, none when it is missing; ok is false when raw is something else.
func elements(raw []byte) (all [][]byte, ok bool) {
	if null(raw) {
		return nil, true
	}
	s := jsonscan.New(raw)
	for range s.Array() {
		all = append(all, s.Value())
	}
	return all, s.End() == nil
}

// enveloped returns rows of an answer, verbatim, in the envelope that the platform puts around them.
func enveloped(name string, rows ...[]byte) []byte {
	text := []byte(`{"data":{"` + name + `":[`)
	for i, row := range rows {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, row...)
	}
	return append(text, "]}}"...)
}

func badShape(what string) *platform.Error { return platform.Malformed("bad_shape", what) }
