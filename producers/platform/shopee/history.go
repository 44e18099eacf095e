package shopee

import (
	"encoding/json"
	"slices"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// trace is what a task carries that asks for the history of an order's parcels one after the other.
type trace struct {
	Left []string `json:"left"` // the parcels still to be asked for, this task's first
}

func (tr trace) encode() json.RawMessage {
	carry, err := json.Marshal(tr)
	if err != nil {
		panic(err) // text always encodes
	}
	return carry
}

// carriesTrace reports whether a task of tracking asks for history: by what it carries, since the settings may have changed
// since it was made.
func carriesTrace(t *schemas.Task) bool {
	return (t.Op == Tracking || t.Op == TrackingHistory) && len(t.Carry) > 0
}

func readTrace(t *schemas.Task) (trace, error) {
	var tr trace
	if err := json.Unmarshal(t.Carry, &tr); err != nil || len(tr.Left) == 0 || tr.Left[0] == "" || len(t.IDs) != 1 {
		return trace{}, badTask("the task does not carry the parcels of one order")
	}
	return tr, nil
}

// still are the statuses of parcels that the seller has not given away, or that will never leave. With any other, also one
// that is not known here, the parcel is taken to be on its way: a needless call loses nothing.
var still = []string{
	"LOGISTICS_NOT_START", "LOGISTICS_PENDING_ARRANGE", "LOGISTICS_COD_REJECTED", "LOGISTICS_READY",
	"LOGISTICS_REQUEST_CREATED", "LOGISTICS_INVALID", "LOGISTICS_REQUEST_CANCELED", "LOGISTICS_PICKUP_FAILED",
	"LOGISTICS_PICKUP_RETRY",
}

// onItsWay reports whether a parcel left its seller, now or earlier.
func onItsWay(parcel row) bool {
	values, _ := members(parcel.text, "fulfillment_status", "pickup_done_time")
	return seconds(values[1]) > 0 || !slices.Contains(still, id(values[0]))
}

// traces drafts a chain of history calls for each order of which a parcel is on its way, and the page of all others.
func traces(part schemas.PagePart, orders []parcels, packages []row) []platform.Draft {
	var drafts []platform.Draft
	var others []parcels
	for _, p := range orders {
		own := of(packages, p.numbers)
		var left []string
		for _, parcel := range own {
			if onItsWay(parcel) {
				left = append(left, parcel.id)
			}
		}
		if len(left) == 0 {
			others = append(others, p)
			continue
		}
		draft := traceDraft(p.order.id, left)
		draft.Parts, draft.Rows = only(part, []parcels{p}), wrap("package_list", own)
		drafts = append(drafts, draft)
	}
	return append(drafts, ready(part, others, packages)...)
}

// traceDraft asks for the first of the parcels that are left. The last one's call makes the order's page.
func traceDraft(order string, left []string) platform.Draft {
	op := TrackingHistory
	if len(left) == 1 {
		op = Tracking
	}
	return platform.Draft{Op: op, IDs: []string{order}, Carry: trace{Left: left}.encode()}
}

// askHistory always names the parcel: the platform demands it of orders that were split, and takes it of the others.
func askHistory(t *schemas.Task, c *call) error {
	tr, err := readTrace(t)
	if err != nil {
		return err
	}
	c.path = historyPath
	c.query.Set("order_sn", t.IDs[0])
	c.query.Set("package_number", tr.Left[0])
	return nil
}

func readHistory(t *schemas.Task, data []byte, r platform.Response) (platform.Answer, error) {
	tr, err := readTrace(t)
	if err != nil {
		return platform.Answer{}, err
	}
	values, ok := members(data, "tracking_info", "order_sn", "package_number")
	if !ok || values[0] == nil {
		return platform.Answer{}, badShape("the history lacks tracking_info")
	}
	for i, asked := range []string{t.IDs[0], tr.Left[0]} {
		if got := id(values[i+1]); got != "" && got != asked {
			return platform.Answer{}, platform.Malformed("not_asked", "the history is another parcel's")
		}
	}
	return traceOn(t, r.Body)
}

// traceOn goes on with the next parcel, or makes the page when this was the last. history is the answer's text, nil when the
// platform has none to give.
func traceOn(t *schemas.Task, history json.RawMessage) (platform.Answer, error) {
	tr, err := readTrace(t)
	if err != nil {
		return platform.Answer{}, err
	}
	if len(tr.Left) > 1 {
		draft := traceDraft(t.IDs[0], tr.Left[1:])
		draft.Parts, draft.Rows = t.Parts, history
		return platform.Answer{Answered: []string{}, Children: []platform.Draft{draft}}, nil
	}
	if history != nil {
		return platform.Answer{Page: true, Answered: t.IDs}, nil
	}
	page := platform.Draft{Op: Tracking, IDs: t.IDs, Parts: t.Parts, Ready: true}
	return platform.Answer{Answered: []string{}, Children: []platform.Draft{page}}, nil
}
