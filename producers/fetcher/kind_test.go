package fetcher

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

// TestEveryRowOfEveryKind runs the kinds that consist of several lists and calls through what a platform does to lists and
// answers: nothing may be missed, given up or said twice.
func TestEveryRowOfEveryKind(t *testing.T) {
	t.Parallel()
	behaviours := map[string]string{
		"none":           "",
		"500":            `{"fault":"500","probability":0.3}`,
		"truncated":      `{"fault":"truncated","probability":0.3}`,
		"error body":     `{"fault":"error_body","probability":0.3}`,
		"empty pages":    `{"fault":"empty_more","probability":0.3}`,
		"same cursor":    `{"fault":"same_cursor","probability":0.3}`,
		"duplicate rows": `{"fault":"duplicate_rows","count":3}`,
		"missing ids":    `{"fault":"missing_ids","count":3}`,
	}
	for name, behaviour := range behaviours {
		for _, kind := range []string{schemas.Products, schemas.Transactions, schemas.Returns, schemas.Tracking} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				everyRow(t, kind, behaviour, platform.Settings{})
			})
		}
		t.Run("history, "+name, func(t *testing.T) {
			t.Parallel()
			everyRow(t, schemas.Tracking, behaviour, platform.Settings{History: true})
		})
	}
}

// everyRow fetches a chunk of the kind from a platform that misbehaves, and looks for each row that the platform has.
func everyRow(t *testing.T, kind, behaviour string, settings platform.Settings) {
	t.Helper()
	url, book := sim(t, simulator.Options{Seed: 7, Shops: 1, Days: 20, OrdersPerDay: 30})
	a := shopee.New(settings)
	r := newRig(t, book, func(o *Options) { o.Timeout, o.Adapter = 400*time.Millisecond, a })
	if behaviour != "" {
		fault(t, url, behaviour)
	}
	s := book.All()[0]
	task := r.task(s, 18) // longer than a window may be
	task.Kind = kind
	task.Op, _ = a.Root(kind)
	r.run(task)
	require.Empty(t, r.rejected)
	answered := r.closed()
	rows := truth(t, url, s, kind, task.Window)
	require.NotEmpty(t, rows)
	known := map[string]bool{}
	wallet := 0 // rows without an id: the adapter makes one
	for _, id := range rows {
		id, _, _ = strings.Cut(id, ":") // what an order earned is listed by its order
		if id == "wallet" {
			wallet++
			continue
		}
		known[id] = true
		require.True(t, answered[id], "row %s is missing", id)
	}
	require.GreaterOrEqual(t, len(answered), len(known)+wallet)
}
