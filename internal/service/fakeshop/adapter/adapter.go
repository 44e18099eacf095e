// Package adapter is what producers/platform/<platform> holds, of the smallest platform there can be: fakeshop has orders alone, in
// one list that gives whole orders. Only tests use it.
package adapter

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

const (
	op   = "order_page"
	most = 20 // rows a page
)

// Adapter makes the platform's requests and reads its answers.
type Adapter struct{ settings platform.Settings }

// New makes an adapter.
func New(s platform.Settings) *Adapter { return &Adapter{s} }

// Platform names the platform.
func (*Adapter) Platform() string { return "fakeshop" }

// Root begins a chunk.
func (*Adapter) Root(kind string) (string, bool) { return op, kind == schemas.Orders }

// Lists says whether an op lists.
func (*Adapter) Lists(string) bool { return true }

// Split cuts nothing: a window may have any length.
func (*Adapter) Split(*schemas.Task) []platform.Draft { return nil }

// Request asks for a page.
func (a *Adapter) Request(t *schemas.Task, s shop.Shop, _ time.Time) (platform.Request, error) {
	if t.Op != op {
		return platform.Request{}, platform.NewError(platform.Permanent, "unknown_op", "fakeshop has no op "+t.Op)
	}
	return platform.Request{
		Method: http.MethodGet, Base: s.BaseURL, Path: "/fake/orders", Header: http.Header{"X-Token": {s.AccessToken.Reveal()}},
		Query: url.Values{
			"from": {strconv.FormatInt(t.Window.From, 10)}, "to": {strconv.FormatInt(t.Window.To, 10)}, "cursor": {t.Cursor},
			"limit": {strconv.Itoa(a.settings.PageSize(op, most))},
		},
	}, nil
}

// Read reads a page.
func (*Adapter) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
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

// Probe asks for the least there is.
func (*Adapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry, p.Window.To = "", nil, t.Window.From+1
	return p
}
