package fetcher

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// joiner is a platform whose documents are made of a row of a list and an answer of their own. Rows of the list that begin
// with "whole" need no answer of their own.
type joiner struct{}

func (joiner) Platform() string                     { return schemas.Shopee }
func (joiner) Root(string) (string, bool)           { return "list", true }
func (joiner) Lists(string) bool                    { return false }
func (joiner) Split(*schemas.Task) []platform.Draft { return nil }
func (joiner) Probe(t *schemas.Task) schemas.Task   { return *t }

func (joiner) Request(t *schemas.Task, s shop.Shop, _ time.Time) (platform.Request, error) {
	return platform.Request{
		Method: http.MethodPost, Base: s.BaseURL, Path: "/" + t.Op,
		Header: http.Header{"X-Token": {s.AccessToken.Reveal()}}, Body: []byte(strings.Join(t.IDs, ",")),
	}, nil
}

func (joiner) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	if t.Op != "list" {
		return platform.Answer{Page: true, Answered: t.IDs}, nil
	}
	var rows []string
	if err := json.Unmarshal(r.Body, &rows); err != nil {
		return platform.Answer{}, platform.Malformed("not_json", "")
	}
	answer := platform.Answer{Page: true, Listed: rows}
	ready := platform.Draft{Op: "join", Ready: true}
	var details []string
	for _, row := range rows {
		switch {
		case strings.HasPrefix(row, "whole"):
			ready.IDs = append(ready.IDs, row)
		case strings.HasPrefix(row, "old"):
			details = append(details, row)
		default:
			answer.Children = append(answer.Children, platform.Draft{Op: "join", IDs: []string{row}, Rows: json.RawMessage(`["` + row + `"]`)})
		}
	}
	if len(ready.IDs) > 0 {
		ready.Rows, _ = json.Marshal(ready.IDs)
		answer.Children = append(answer.Children, ready)
	}
	if details != nil {
		updated := make([]int64, len(details))
		for i := range updated {
			updated[i] = 1000
		}
		answer.Details = &platform.Details{Op: "detail", Size: 2, IDs: details, Updated: updated}
	}
	return answer, nil
}

// joined serves a list, and an answer to each other call that says what it was asked for.
func joined(t *testing.T, list string) *shop.Book {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Header.Get("X-Token") != "access-token-value":
			http.Error(w, `{}`, http.StatusForbidden)
		case r.URL.Path == "/list":
			_, _ = w.Write([]byte(list))
		default:
			_, _ = w.Write([]byte(`{"path":"` + r.URL.Path + `"}`))
		}
	})
}

func (r *rig) root() schemas.Task {
	t := r.task(r.shops.All()[0], 1)
	t.Op = "list"
	return t
}

func (r *rig) pagesOf(op string) (pages []schemas.Page) {
	for _, f := range r.facts {
		if p, ok := r.pages[f.TaskID]; ok && f.Op == op {
			pages = append(pages, p)
		}
	}
	return pages
}

func TestPagesJoinRowsAndAnswers(t *testing.T) {
	t.Parallel()
	book := joined(t, `["a","whole1","b","whole2"]`)
	r := newRig(t, book, func(o *Options) { o.Adapter = joiner{} })
	r.run(r.root())
	calls := 0
	for _, f := range r.facts {
		calls += f.Calls
	}
	require.Equal(t, 3, calls, "the list, a and b: what is whole costs no call")
	pages := r.pagesOf("join")
	require.Len(t, pages, 3)
	for _, p := range pages {
		require.Equal(t, "/list", p.Parts[0].Path)
		require.Positive(t, p.Parts[0].FetchedAt)
		if len(p.IDs) == 2 {
			require.Len(t, p.Parts, 1)
			require.JSONEq(t, `["whole1","whole2"]`, string(p.Parts[0].Body))
			continue
		}
		require.Len(t, p.Parts, 2)
		require.JSONEq(t, `["`+p.IDs[0]+`"]`, string(p.Parts[0].Body))
		require.JSONEq(t, `{"path":"/join"}`, string(p.Parts[1].Body))
	}
	require.Len(t, r.closed(), 4)
}

// versions is a store that only knows the versions of documents.
type versions func(kind string, keys []string) (map[string]string, error)

func (v versions) Versions(_ context.Context, kind string, keys []string) (map[string]string, error) {
	return v(kind, keys)
}

func (versions) Bare(context.Context, []string) (_, _ map[string]string, _ error) {
	return nil, nil, nil
}

func TestDetailsThatAreStoredAreSkipped(t *testing.T) {
	t.Parallel()
	book := joined(t, `["old1","old2","old3","old4"]`)
	var asked []string
	r := newRig(t, book, func(o *Options) {
		o.Adapter = joiner{}
		o.Stored = versions(func(kind string, keys []string) (map[string]string, error) {
			require.Equal(t, schemas.Orders, kind)
			asked = slices.Sorted(slices.Values(keys))
			return map[string]string{
				"shopee:c:1:old1": schemas.Version(1000, 1001_000, 1), "shopee:c:1:old2": schemas.Version(999, 1001_000, 1),
				"shopee:c:1:old3": schemas.Version(1000, 1000_999, 1), // another update may have come in the rest of the second
				"shopee:c:1:old4": schemas.Version(1000, 2000_000, 1),
			}, nil
		})
	})
	r.run(r.root())
	require.Equal(t, []string{"shopee:c:1:old1", "shopee:c:1:old2", "shopee:c:1:old3", "shopee:c:1:old4"}, asked)
	require.Equal(t, []string{"old1", "old4"}, r.facts[0].Skipped)
	require.Len(t, r.facts, 2, "what is left fits one call")
	require.Equal(t, []string{"old2", "old3"}, r.facts[1].Asked)
}

func TestTaskWaitsForTheStore(t *testing.T) {
	t.Parallel()
	away := 2
	r := newRig(t, joined(t, `["old1"]`), func(o *Options) {
		o.Adapter = joiner{}
		o.Stored = versions(func(string, []string) (map[string]string, error) {
			if away--; away >= 0 {
				return nil, errors.New("no primary")
			}
			return nil, nil
		})
	})
	r.run(r.root())
	require.Empty(t, r.rejected)
	require.Equal(t, 2, r.log.count("task waits for the store"))
	require.Len(t, r.facts, 2)
}

// A page that is too large is halved by its ids, and both halves keep what the task carries.
func TestHalvesKeepEarlierParts(t *testing.T) {
	t.Parallel()
	r := newRig(t, joined(t, `[]`), func(o *Options) {
		o.Adapter = joiner{}
		o.MaxRecordBytes = 2300
	})
	task := r.root()
	task.Op, task.IDs = "join", []string{strings.Repeat("a", 600), strings.Repeat("b", 600), strings.Repeat("c", 600)}
	task.Parts = []schemas.PagePart{{Path: "/list", FetchedAt: 1, Body: json.RawMessage(`["` + strings.Repeat("x", 300) + `"]`)}}
	task.Carry = json.RawMessage(`{"kept":true}`)
	r.run(task)
	require.Empty(t, r.rejected)
	pages := r.pagesOf("join")
	require.Len(t, pages, 2)
	require.Equal(t, task.IDs[:2], pages[0].IDs)
	for _, p := range pages {
		require.Len(t, p.Parts, 2)
	}
}

// A task that says that it carries its page, and carries nothing, must not close its ids.
func TestReadyTaskWithoutPartsIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, joined(t, `[]`), func(o *Options) { o.Adapter = joiner{} })
	task := r.root()
	task.Op, task.IDs, task.Ready = "join", []string{"a"}, true
	r.run(task)
	require.Len(t, r.rejected, 1)
	require.ErrorContains(t, r.rejected[0].Err, "carries nothing")
	require.Empty(t, r.pages)
}
