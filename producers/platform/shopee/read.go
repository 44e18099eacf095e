package shopee

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
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
	e, err := readEnvelope(r.Body)
	if err != nil {
		if r.Status != http.StatusOK {
			return platform.Answer{}, platform.ByStatus(r)
		}
		return platform.Answer{}, platform.Malformed("not_json", "the answer of "+strconv.Itoa(len(r.Body))+" bytes is not readable JSON")
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
	switch t.Op {
	case OrderList:
		return readList(t, e.Response)
	case OrderDetail:
		return readDetails(t, e.Response)
	default:
		return platform.Answer{}, platform.NewError(platform.Permanent, "unknown_op", "shopee has no op "+t.Op)
	}
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

// refused reads an error envelope. "Not found" of a single order is the platform's word that it is gone. Of several, it
// is not documented whether all are missing or one spoils the call, so the halves are asked again, down to single ones.
func (a *Adapter) refused(t *schemas.Task, code, message string, r platform.Response) (platform.Answer, error) {
	err := a.classify(code, message, r)
	if t.Op != OrderDetail || code != codeNotFound || err.Class != platform.Permanent {
		return platform.Answer{}, err
	}
	if len(t.IDs) == 1 {
		return platform.Answer{Gone: t.IDs}, nil
	}
	return platform.Answer{Children: platform.Halves(OrderDetail, t.IDs)}, nil
}

// readList reads a page of a list. The list ends only when the platform says that there is no more.
func readList(t *schemas.Task, body []byte) (platform.Answer, error) {
	var page struct {
		More       *bool           `json:"more"`
		NextCursor string          `json:"next_cursor"`
		OrderList  json.RawMessage `json:"order_list"` // raw, so that a missing list differs from an empty one
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return platform.Answer{}, platform.Malformed("bad_shape", "the page of the list has fields of other types than documented")
	}
	if page.More == nil || page.OrderList == nil {
		return platform.Answer{}, platform.Malformed("bad_shape", "the page of the list lacks more or order_list")
	}
	listed, err := orderIDs(page.OrderList)
	if err != nil {
		return platform.Answer{}, err
	}
	answer := platform.Answer{
		Page: true, Listed: listed,
		Children: platform.Batches(OrderDetail, listed, detailBatch),
	}
	if !*page.More {
		return answer, nil
	}
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return platform.Answer{}, err
	}
	next, err := tr.Follow(t, page.NextCursor, len(listed) == 0)
	if err != nil {
		return platform.Answer{}, err
	}
	answer.Next = next
	return answer, nil
}

// readDetails compares what was asked with what was answered. Orders that are missing from a batch are asked for once
// more, each alone; one that is missing when asked alone stays unanswered, for the ledger to show.
func readDetails(t *schemas.Task, body []byte) (platform.Answer, error) {
	var rows []byte
	page := jsonscan.New(body)
	for key := range page.Object() {
		if string(key) == "order_list" {
			rows = page.Value()
		}
	}
	if page.End() != nil || rows == nil {
		return platform.Answer{}, platform.Malformed("bad_shape", "the details lack order_list")
	}
	answered, err := orderIDs(rows)
	if err != nil {
		return platform.Answer{}, err
	}
	asked := make(map[string]bool, len(t.IDs))
	for _, id := range t.IDs {
		asked[id] = true
	}
	for _, id := range answered {
		if !asked[id] {
			return platform.Answer{}, platform.Malformed("not_asked", "the details hold an order that was not asked for")
		}
	}
	answer := platform.Answer{Page: len(answered) > 0, Answered: answered}
	if len(t.IDs) > 1 {
		missing := slices.DeleteFunc(slices.Clone(t.IDs), func(id string) bool { return slices.Contains(answered, id) })
		answer.Children = platform.Batches(OrderDetail, missing, 1)
	}
	return answer, nil
}

// orderIDs returns the ids of the rows, each once, in order. A row without an id could never be accounted for, so it
// makes the page an error.
func orderIDs(rows []byte) ([]string, error) {
	seen := make(map[string]bool)
	ids := []string{}
	s := jsonscan.New(rows)
	if string(rows) == "null" {
		return ids, nil
	}
	for range s.Array() {
		id := ""
		for key := range s.Object() {
			if string(key) == "order_sn" {
				id, _ = jsonscan.Text(s.Value())
			}
		}
		if s.Err() == nil && id == "" {
			return nil, platform.Malformed("bad_shape", "an order without order_sn")
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if s.End() != nil {
		return nil, platform.Malformed("bad_shape", "order_list is not a list of orders")
	}
	return ids, nil
}
