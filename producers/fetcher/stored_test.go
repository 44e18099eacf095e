package fetcher

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// lister is a platform with one list, whose details are asked for together.
type lister struct {
	joiner
	draft platform.Draft // all rows are added to it
}

func (l lister) Read(t *schemas.Task, r platform.Response) (platform.Answer, error) {
	if t.Op != "list" {
		return platform.Answer{Page: true, Answered: t.IDs}, nil
	}
	var rows []string
	if err := json.Unmarshal(r.Body, &rows); err != nil {
		return platform.Answer{}, platform.Malformed("not_json", "")
	}
	d := l.draft
	d.Op, d.IDs = "detail", rows
	return platform.Answer{Page: true, Listed: rows, Children: []platform.Draft{d}}, nil
}

// shelf is a store, by the last part of the keys.
type shelf struct {
	documents, bare, statuses map[string]string
}

func pick(from map[string]string, keys []string) map[string]string {
	some := map[string]string{}
	for _, key := range keys {
		if v, ok := from[key[len("shopee:c:1:"):]]; ok {
			some[key] = v
		}
	}
	return some
}

func (s shelf) Versions(_ context.Context, _ string, keys []string) (map[string]string, error) {
	return pick(s.documents, keys), nil
}

func (s shelf) Bare(_ context.Context, keys []string) (versions, statuses map[string]string, err error) {
	return pick(s.bare, keys), pick(s.statuses, keys), nil
}

// fetchList runs the chunk of a list, and returns the ids that were asked for and those that were skipped.
func fetchList(t *testing.T, l lister, store shelf, list string, change func(*schemas.Task)) (asked, skipped []string, r *rig) {
	t.Helper()
	r = newRig(t, joined(t, list), func(o *Options) { o.Adapter, o.Stored = l, store })
	task := r.root()
	task.TimeField = schemas.CreateTime
	change(&task)
	r.run(task)
	require.Empty(t, r.rejected)
	for _, f := range r.facts {
		asked, skipped = append(asked, f.Asked...), append(skipped, f.Skipped...)
	}
	return asked, skipped, r
}

// skippedIDs returns how many ids were counted as skipped for a reason.
func skippedIDs(t *testing.T, registry prometheus.Gatherer, reason string) (n float64) {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if family.GetName() == "shopstream_fetcher_skipped_ids_total" && label.GetValue() == reason {
					n += m.GetCounter().GetValue()
				}
			}
		}
	}
	return n
}

func onlyMissing(t *schemas.Task) { t.OnlyMissing = true }

func TestOnlyWhatIsMissingIsAskedFor(t *testing.T) {
	t.Parallel()
	version := schemas.Version(1, 2, 3)
	store := shelf{documents: map[string]string{"a": version, "c": version}}
	asked, skipped, r := fetchList(t, lister{}, store, `["a","b","c"]`, onlyMissing)
	require.Equal(t, []string{"b"}, asked)
	require.Equal(t, []string{"a", "c"}, skipped)
	require.InDelta(t, 2, skippedIDs(t, r.registry, skippedMissing), 0)

	store.documents["b"] = version
	asked, skipped, r = fetchList(t, lister{}, store, `["a","b","c"]`, onlyMissing)
	require.Empty(t, asked)
	require.Equal(t, []string{"a", "b", "c"}, skipped)
	require.Len(t, r.facts, 1, "the list alone")
	require.Empty(t, r.facts[0].Spawned)

	asked, skipped, _ = fetchList(t, lister{}, store, `["a","b","c"]`, func(*schemas.Task) {})
	require.Equal(t, []string{"a", "b", "c"}, asked, "a plan that does not say so asks for everything")
	require.Empty(t, skipped)
}

// An id of several documents is missing as long as one of them is.
func TestAllDocumentsOfAnIDMustBeThere(t *testing.T) {
	t.Parallel()
	version := schemas.Version(1, 2, 3)
	l := lister{draft: platform.Draft{Keys: map[string][]string{"a": {"a:1", "a:2"}, "b": {"b:1"}}}}
	store := shelf{documents: map[string]string{"a:1": version, "a": version, "b:1": version}}
	asked, skipped, _ := fetchList(t, l, store, `["a","b"]`, onlyMissing)
	require.Equal(t, []string{"a"}, asked)
	require.Equal(t, []string{"b"}, skipped)
}

// An order without parcels has no tracking. It is not missing while the list shows it as it is stored.
func TestOrdersWithoutParcelsAreNotMissing(t *testing.T) {
	t.Parallel()
	l := lister{draft: platform.Draft{Bare: map[string]platform.Glimpse{
		"same":    {Status: "UNPAID"},
		"moved":   {Status: "READY_TO_SHIP"},
		"silent":  {},
		"unknown": {Status: "UNPAID"},
		"dated":   {Updated: 1000},
		"later":   {Updated: 1001},
		"at once": {Updated: 1000},
	}}}
	at := schemas.Version(1000, 2000_000, 1)
	unpaid := map[string]string{"same": "UNPAID", "moved": "UNPAID", "silent": "", "dated": "UNPAID", "later": "UNPAID", "at once": "UNPAID"}
	store := shelf{statuses: unpaid, bare: map[string]string{
		"same": at, "moved": at, "silent": at, "dated": at, "later": at, "at once": schemas.Version(1000, 1000_500, 1),
	}}
	asked, skipped, _ := fetchList(t, l, store, `["same","moved","silent","unknown","dated","later","at once"]`, onlyMissing)
	require.Equal(t, []string{"moved", "silent", "unknown", "later", "at once"}, asked)
	require.Equal(t, []string{"same", "dated"}, skipped)
}

// Changes of a window show in what was fetched once the window had settled, to the millisecond of the platform's clock.
func TestWhatWasFetchedAfterAWindowOfUpdateTimesIsSkipped(t *testing.T) {
	t.Parallel()
	task := newRig(t, joined(t, `[]`), nil).root()
	settled := time.Unix(task.Window.To, 0).Add(5 * time.Minute).UnixMilli() // by the default of Settle
	store := shelf{documents: map[string]string{
		"before": schemas.Version(1, settled-1, 9999), "at": schemas.Version(1, settled, 1), "odd": "9",
	}}
	for _, c := range []struct {
		kind, field string
		skipped     bool
	}{
		{schemas.Orders, schemas.UpdateTime, true},
		{schemas.Returns, schemas.UpdateTime, true},
		{schemas.Tracking, schemas.UpdateTime, true},
		{schemas.Orders, schemas.CreateTime, false},
		{schemas.Transactions, schemas.UpdateTime, false}, // listed by other times
		{schemas.Products, schemas.UpdateTime, false},     // the list says their update times
	} {
		window := task.Window
		asked, skipped, r := fetchList(t, lister{}, store, `["before","at","odd","new"]`, func(t *schemas.Task) {
			t.Kind, t.TimeField, t.Window = c.kind, c.field, window
		})
		if !c.skipped {
			require.Equal(t, []string{"before", "at", "odd", "new"}, asked, c.kind)
			continue
		}
		require.Equal(t, []string{"before", "odd", "new"}, asked, c.kind)
		require.Equal(t, []string{"at"}, skipped, c.kind)
		require.InDelta(t, 1, skippedIDs(t, r.registry, skippedWindow), 0)
	}
}

// The flag must reach whatever follows from a task: continuations, children, pages.
func TestOnlyMissingTravels(t *testing.T) {
	t.Parallel()
	r := newRig(t, joined(t, `["a"]`), func(o *Options) { o.Adapter, o.Stored = lister{}, shelf{} })
	task := r.root()
	task.OnlyMissing = true
	res := r.process(t.Context(), r.record(task))
	require.Len(t, res.Publish, 3)
	require.True(t, slices.ContainsFunc(res.Publish, func(rec *kgo.Record) bool {
		var child schemas.Task
		return rec.Topic == tasksTopic && json.Unmarshal(rec.Value, &child) == nil && child.OnlyMissing
	}))
	for _, rec := range res.Publish {
		if rec.Topic != topics.Progress() {
			require.Equal(t, "true", schemas.Header(rec, schemas.HeaderOnlyMissing), rec.Topic)
		}
	}
}
