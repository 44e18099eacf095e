package shopee

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// envelope is what stands around every answer.
type envelope struct {
	Error    *string
	Message  string
	Response json.RawMessage
}

// Read judges an answer by what it says, whatever its HTTP status: the platform does not document which status goes with
// which error.
func (a *Adapter) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	e, err := a.open(r)
	if err != nil {
		return platform.Answer{}, err
	}
	if e.Error != nil && *e.Error != "" {
		return a.refused(t, *e.Error, e.Message, r)
	}
	if r.Status != http.StatusOK {
		return platform.Answer{}, platform.ByStatus(r)
	}
	if len(e.Response) == 0 || bytes.Equal(e.Response, []byte("null")) {
		return platform.Answer{}, platform.Malformed("no_response", "the answer holds neither an error nor a response")
	}
	return a.read(t, e.Response, r)
}

// open reads what stands around an answer.
func (*Adapter) open(r platform.Response) (envelope, error) {
	e, err := readEnvelope(r.Body)
	switch {
	case err == nil:
		return e, nil
	case r.Status != http.StatusOK:
		return envelope{}, platform.ByStatus(r)
	}
	return envelope{}, platform.Malformed("not_json", "the answer of "+strconv.Itoa(len(r.Body))+" bytes is not readable JSON")
}

// readEnvelope looks for what stands around the answer's data. It reads the whole text once: an answer of details is long,
// and its rows are the transformer's to decode.
func readEnvelope(body []byte) (e envelope, err error) {
	s := jsonscan.New(body)
	for key := range s.Object() {
		switch string(key) {
		case "error":
			e.Error, err = optionalText(s.Value(), err)
		case "message":
			var message *string
			if message, err = optionalText(s.Value(), err); message != nil {
				e.Message = *message
			}
		case "response":
			e.Response = s.Value()
		}
	}
	return e, errors.Join(s.End(), err)
}

var errNoText = errors.New("not a text")

// optionalText reads a string, or nil where there is null.
func optionalText(raw []byte, before error) (*string, error) {
	if string(raw) == "null" || before != nil {
		return nil, before
	}
	v, ok := jsonscan.Text(raw)
	if !ok {
		return nil, errNoText
	}
	return &v, nil
}

// secondWay reports whether what a batch was refused may still be had order by order, which is another call.
func secondWay(t *schemas.Task, code string) bool {
	return t.Op == EscrowDetail && len(t.IDs) > 1 && !forbidden(code)
}

// refused reads an error envelope. "Not found" of a single id is the platform's word that it is gone. Of several, it is not
// documented whether all are missing or one spoils the call, so the halves are asked again, down to single ones.
func (a *Adapter) refused(t *schemas.Task, code, message string, r platform.Response) (platform.Answer, error) {
	err := a.classify(code, message, r)
	if err.Class != platform.Permanent {
		return platform.Answer{}, err
	}
	switch {
	case t.Op == ItemList && beyondOffset(message):
		return halved(t)
	case carriesTrace(t) && untraceable(code):
		return traceOn(t, nil)
	case a.Lists(t.Op) || !missing(code) && !secondWay(t, code):
		return platform.Answer{}, err
	case len(t.IDs) > 1:
		halves := platform.Halves(t.Op, t.IDs)
		for i := range halves {
			halves[i].Parts = t.Parts
		}
		return platform.Answer{Children: halves}, nil
	case t.Op == Tracking || t.Op == TrackingPackages:
		return platform.Answer{}, err // the order is there: only its parcels are not, against the order's own word
	}
	return platform.Answer{Gone: t.IDs}, nil
}
