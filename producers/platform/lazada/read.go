package lazada

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// envelope is what stands around every answer. Which of Data and Result holds what was asked for depends on the call.
type envelope struct {
	Code    string // "" when there is none, "0" for success
	Message string
	Data    json.RawMessage
	Result  json.RawMessage
}

// Read judges an answer by its code: errors come with HTTP 200 too.
func (a *Adapter) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	e, err := a.open(r)
	if err != nil {
		return a.refused(t, err)
	}
	switch t.Op {
	case OrderList, TrackingOrderList:
		return a.readOrderList(t, e.Data)
	case OrderDetail, TrackingItems:
		return a.readItems(t, e.Data)
	case Tracking:
		if traced(t) {
			return a.readTrace(t, e.Result, r)
		}
		return a.readItems(t, e.Data)
	case ProductList:
		return a.readProductList(t, e.Data)
	case TransactionList:
		return a.readTransactionList(t, e.Data)
	case PayoutList:
		return readPayoutList(e.Data)
	case ReverseList:
		return a.readReverseList(t, e.Result, r)
	default:
		return platform.Answer{}, unknownOp(t.Op)
	}
}

// open returns what is in an answer's envelope, or the error that it is.
func (a *Adapter) open(r platform.Response) (envelope, *platform.Error) {
	e, err := readEnvelope(r.Body)
	switch {
	case err != nil && r.Status != http.StatusOK:
		return e, platform.ByStatus(r)
	case err != nil:
		return e, platform.Malformed("not_json", "the answer of "+strconv.Itoa(len(r.Body))+" bytes is not readable JSON")
	case e.Code != "" && e.Code != "0":
		return e, a.classify(e.Code, e.Message, r)
	case r.Status != http.StatusOK:
		return e, platform.ByStatus(r)
	case e.Code == "":
		return e, platform.Malformed("no_code", "the answer says neither success nor error")
	}
	return e, nil
}

// readEnvelope looks for what stands around the answer's data, without decoding that.
func readEnvelope(body []byte) (e envelope, err error) {
	s := jsonscan.New(body)
	for key := range s.Object() {
		switch string(key) {
		case "code":
			switch raw := s.Value(); {
			case len(raw) == 0 || string(raw) == "null":
				e.Code = ""
			case raw[0] == '"' || raw[0] >= '0' && raw[0] <= '9':
				e.Code = plain(raw)
			default:
				err = errors.New("code is neither text nor number")
			}
		case "message":
			e.Message, _ = jsonscan.Text(s.Value())
		case "data":
			e.Data = s.Value()
		case "result":
			e.Result = s.Value()
		}
	}
	return e, errors.Join(s.End(), err)
}

// result reads the members of an answer that says once more whether it is one.
func (a *Adapter) result(raw []byte, r platform.Response, wanted ...string) ([][]byte, error) {
	m, ok := members(raw, slices.Concat([]string{"success", "not_success", "retry", "error_code"}, wanted)...)
	if !ok {
		return nil, badShape("the answer holds no result")
	}
	success, notSuccess, retry, code := plain(m[0]), plain(m[1]), plain(m[2]), m[3]
	if success == "true" || success == "" && notSuccess != "true" {
		return m[4:], nil
	}
	message := ""
	if words, ok := members(code, "displayMessage"); ok {
		message, _ = jsonscan.Text(words[0])
	}
	err := a.classify(codeResult, message, r)
	if _, configured := a.classes[codeResult]; !configured && retry == "false" {
		err.Class = platform.Permanent // by the platform's word
	}
	return nil, err
}

// refused reads an error. Of a call for several orders it is not documented how many are unknown, so the halves are asked
// again, down to single ones; of one order it is the platform's word that it is gone.
func (a *Adapter) refused(t *schemas.Task, err *platform.Error) (platform.Answer, error) {
	unknown := err.Code == codeBadOrder || err.Code == codeSomeWrong || err.Code == codeNoneFound
	if !unknown || err.Class != platform.Permanent || !asksItems(t) {
		return platform.Answer{}, err
	}
	if len(t.IDs) == 1 {
		return platform.Answer{Gone: t.IDs}, nil
	}
	return platform.Answer{Children: again(t, t.IDs, (len(t.IDs)+1)/2)}, nil
}
