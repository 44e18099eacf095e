package service_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// fakeshop is the smallest platform there can be: one kind, read from one list that gives whole orders.
const (
	fakeshop = "fakeshop"
	fakeOp   = "order_page"
	fakePath = "/fake/orders"
	fakeMost = 20 // rows a page
)

// fakeAdapter is what producers/platform/<platform> holds.
type fakeAdapter struct{ settings platform.Settings }

func newFakeAdapter(s platform.Settings) platform.Adapter { return fakeAdapter{s} }

func (fakeAdapter) Platform() string                     { return fakeshop }
func (fakeAdapter) Root(kind string) (string, bool)      { return fakeOp, kind == schemas.Orders }
func (fakeAdapter) Lists(string) bool                    { return true }
func (fakeAdapter) Split(*schemas.Task) []platform.Draft { return nil }

func (a fakeAdapter) Request(t *schemas.Task, s shop.Shop, _ time.Time) (platform.Request, error) {
	if t.Op != fakeOp {
		return platform.Request{}, platform.NewError(platform.Permanent, "unknown_op", "fakeshop has no op "+t.Op)
	}
	return platform.Request{
		Method: http.MethodGet, Base: s.BaseURL, Path: fakePath, Header: http.Header{"X-Token": {s.AccessToken.Reveal()}},
		Query: url.Values{
			"from": {strconv.FormatInt(t.Window.From, 10)}, "to": {strconv.FormatInt(t.Window.To, 10)}, "cursor": {t.Cursor},
			"limit": {strconv.Itoa(a.settings.PageSize(fakeOp, fakeMost))},
		},
	}, nil
}

func (fakeAdapter) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	if r.Status != http.StatusOK {
		return platform.Answer{}, platform.ByStatus(r)
	}
	var page struct {
		Orders []struct {
			ID string `json:"id"`
		} `json:"orders"`
		Next  *string `json:"next"`
		Total *int64  `json:"total"`
	}
	if err := json.Unmarshal(r.Body, &page); err != nil || page.Orders == nil || page.Total == nil {
		return platform.Answer{}, platform.Malformed("bad_shape", "the page lacks orders or total")
	}
	answer := platform.Answer{Page: true, Listed: []string{}}
	for _, o := range page.Orders {
		answer.Listed = append(answer.Listed, o.ID)
	}
	answer.Answered = answer.Listed // the rows are whole orders
	if page.Next == nil {
		answer.Total = page.Total
		return answer, nil
	}
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return platform.Answer{}, err
	}
	answer.Next, err = tr.Follow(t, *page.Next, len(page.Orders) == 0)
	return answer, err
}

func (fakeAdapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry, p.Window.To = "", nil, t.Window.From+1
	return p
}

// fakeMapper is what transformers/<platform> holds.
type fakeMapper struct{}

func (fakeMapper) Kinds() []string { return []string{schemas.Orders} }

// Fields says that all fields of its documents are read.
func (fakeMapper) Fields() transformers.Fields { return nil }

func (fakeMapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if from.Op != fakeOp {
		return nil, fmt.Errorf("%w: %.40q", transformers.ErrUnknownOp, from.Op)
	}
	var documents []transformers.Document
	for i := range page.Parts {
		var rows []read.Element
		err := read.Answer(page.Parts[i].Body, func(s *jsonscan.Scanner, key string) {
			if key == "orders" {
				rows = read.Elements(s)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, row := range rows {
			o, updated := fakeOrder(from, row)
			documents = append(documents, transformers.Document{
				Document: o, UpdateTime: updated, FetchedAt: page.Parts[i].FetchedAt, Revision: 1,
			})
		}
	}
	return documents, nil
}

func fakeOrder(from transformers.Origin, e read.Element) (o *schemas.Order, updated int64) {
	o = new(schemas.Order)
	r := read.NewRow(e)
	if r.Readable() {
		for key := range r.Scan.Object() {
			switch name := string(key); name {
			case "id":
				o.OrderID = r.Key(name, "an order id")
			case "state":
				o.Status = r.Text(name)
			case "total":
				o.TotalAmount = r.Money(name)
			case "created":
				o.CreateTime = schemas.FormatTime(r.Time(name), from.Zone)
			case "updated":
				updated = r.Time(name)
				o.UpdateTime = schemas.FormatTime(updated, from.Zone)
			default:
				r.Keep(name)
			}
		}
	}
	o.UnifiedStatus = map[string]string{"new": "pending", "done": "completed"}[o.Status]
	o.Identity = from.Identity(r.Identify("id", o.OrderID))
	o.PlatformFields = r.Finish(&o.Lineage)
	return o, updated
}

// fakeRow is an order as the simulator gives it and as the store must hold it.
type fakeRow struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Total   string `json:"total"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
	Gift    bool   `json:"gift"` // no document has such a field
}

// fakePlatform is what internal/simulator/<platform> holds: orders sorted by time.
type fakePlatform struct {
	token string
	rows  []fakeRow

	mu    sync.Mutex
	calls int
	odd   []string // what no caller should have done
}

func (p *fakePlatform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	q := r.URL.Query()
	number := func(name string) int64 {
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil && name != "cursor" {
			p.odd = append(p.odd, name+" is no number")
		}
		return n
	}
	from, to, offset, limit := number("from"), number("to"), int(number("cursor")), int(number("limit"))
	if r.URL.Path != fakePath || r.Header.Get("X-Token") != p.token || limit < 1 || limit > fakeMost {
		p.odd = append(p.odd, r.Method+" "+r.URL.Path+" with limit "+strconv.Itoa(limit))
		http.Error(w, "refused", http.StatusForbidden)
		return
	}
	rows := slices.DeleteFunc(slices.Clone(p.rows), func(o fakeRow) bool { return o.Created < from || o.Created >= to })
	offset = min(offset, len(rows))
	page := map[string]any{"orders": rows[offset:min(offset+limit, len(rows))], "total": len(rows)}
	if offset+limit < len(rows) {
		page["next"] = strconv.Itoa(offset + limit)
	}
	_ = json.NewEncoder(w).Encode(page) // a caller that has gone asks again
}
