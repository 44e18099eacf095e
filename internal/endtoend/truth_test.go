package endtoend

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

// client talks to the simulator and to processes; it leaves no connection behind.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// window is the calendar day of one of Shopee's shops: there, what fetching orders takes is known to the call.
type window struct {
	shop     string
	from, to int64
}

// extent is what fetching a window's orders takes, by the platform's rules.
type extent struct{ lists, details, orders int }

// tasks is the number of calls that are needed, each of which gives a page.
func (e extent) tasks() int { return e.lists + e.details }

// truth is what a complete copy of the planned days takes.
type truth struct {
	windows map[window]extent
	least   map[string]int // calls by platform, at the least; nearly all of them give a page
}

// calls is the number of calls that are needed at the least, on all platforms.
func (tr *truth) calls() (sum int) {
	for _, n := range tr.least {
		sum += n
	}
	return sum
}

// selection is the planned days of one shop and kind.
func (b *bench) selection(s *world.Shop, kind string) oracle.Selection {
	return oracle.Selection{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: kind,
		From: b.edges[0], To: b.edges[len(b.edges)-1], By: schemas.CreateTime,
	}
}

// readTruth asks the simulator.
func (b *bench) readTruth(t *testing.T, w oracle.World) *truth {
	t.Helper()
	tr := &truth{windows: map[window]extent{}, least: map[string]int{}}
	for i := range b.shops {
		s := &b.shops[i]
		kinds, err := oracle.LeastCalls(t.Context(), w, b.selection(s, ""), b.edges, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range kinds {
			tr.least[s.Platform] += n
		}
		if s.Platform == schemas.Shopee {
			b.readExtents(t, w, s, tr)
		}
	}
	return tr
}

// readExtents reads what each day's orders of one shop take. A chunk lists its day with a second more at either end, so the
// days' neighbours count, too.
func (b *bench) readExtents(t *testing.T, w oracle.World, s *world.Shop, tr *truth) {
	t.Helper()
	around := b.selection(s, schemas.Orders)
	around.From, around.To = around.From.Add(-time.Second), around.To.Add(time.Second)
	var created []int64
	if err := w.Truth(t.Context(), around, func(r oracle.Row) bool {
		created = append(created, r.CreateTime)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if len(created) == 0 {
		t.Fatalf("the simulator has no orders of shop %s", s.ShopID)
	}
	for d := range len(b.edges) - 1 {
		from, to := b.edges[d].Unix(), b.edges[d+1].Unix()
		orders := 0
		for _, at := range created {
			if at >= from-1 && at < to+1 {
				orders++
			}
		}
		tr.windows[window{s.ShopID, from, to}] = extentOf(orders)
	}
}

// extentOf counts calls: lists name up to 100 orders each, details give up to 50.
func extentOf(orders int) extent {
	const listed, detailed = 100, 50
	e := extent{orders: orders, lists: max(1, (orders+listed-1)/listed)}
	for rest := orders; rest > 0; rest -= listed {
		e.details += (min(rest, listed) + detailed - 1) / detailed
	}
	return e
}

// platforms lists the platforms that have shops.
func (b *bench) platforms() []string {
	var names []string
	for i := range b.shops {
		names = append(names, b.shops[i].Platform)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// rawTopics lists where pages are.
func (b *bench) rawTopics() (topics []string) {
	kinds := catalog.Platforms.Kinds()
	for _, platform := range b.platforms() {
		for _, kind := range kinds[platform] {
			topics = append(topics, b.topics.Raw(platform, kind))
		}
	}
	return topics
}

// cleanTopics lists where documents are.
func (b *bench) cleanTopics() (topics []string) {
	for _, kind := range schemas.Kinds {
		topics = append(topics, b.topics.Clean(kind))
	}
	return topics
}

// checkCalls fails when a platform refused a call, and says how many there were.
func (b *bench) checkCalls(t *testing.T) {
	t.Helper()
	paths, err := oracle.World{URL: b.url, Client: client}.Calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for path, p := range paths {
		calls += p.Calls
		if p.Refused > 0 {
			t.Errorf("%d of %d calls of %s were above the allowed rate", p.Refused, p.Calls, path)
		}
	}
	t.Logf("%d calls, at least %d are needed: %v", calls, b.truth.calls(), b.truth.least)
}
