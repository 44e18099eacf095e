package tracker

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

func setup(t *testing.T) *Tracker {
	t.Helper()
	client, err := mongodb.Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	l, err := ledger.New(client, nil)
	if err != nil {
		t.Fatal(err)
	}
	tracker, err := New(l, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tracker
}

func TestUnusableFactsAreRejectedAlone(t *testing.T) {
	t.Parallel()
	good := schemas.Fact{PlanID: "p", ChunkID: "p|1", TaskID: "p|1#0", Stage: schemas.StageFetcher, Pageless: true}
	for name, value := range map[string]string{
		"no JSON":         `{`,
		"wrong type":      `{"plan_id":"p","chunk_id":"c","task_id":"c#0","stage":"sink","inserted":"all"}`,
		"no plan":         `{"chunk_id":"c","task_id":"c#0","stage":"sink"}`,
		"unknown stage":   `{"plan_id":"p","chunk_id":"c","task_id":"c#0","stage":"party"}`,
		"another's task":  `{"plan_id":"p","chunk_id":"c","task_id":"d#0","stage":"sink"}`,
		"another's child": `{"plan_id":"p","chunk_id":"c","task_id":"c#0","stage":"fetcher","spawned":["d#1"]}`,
		"wild platform":   `{"plan_id":"p","stage":"planner","platform":"a.$b"}`,
		"about nothing":   `{"plan_id":"p","stage":"sink"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tracker := setup(t)
			first, err := good.Record("progress")
			if err != nil {
				t.Fatal(err)
			}
			bad := &kgo.Record{Topic: "progress", Value: []byte(value)}
			result, err := tracker.Process(t.Context(), []*kgo.Record{first, bad, first})
			if err != nil || len(result.Rejected) != 1 || result.Rejected[0].Record != bad ||
				result.Rejected[0].Class != stream.ClassUndecodable || len(result.Publish) > 0 {
				t.Errorf("%+v, %v", result, err)
			}
			if err := tracker.Probe(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNewerFactsPostponeTheirPartition(t *testing.T) {
	t.Parallel()
	tracker := setup(t)
	newer := &kgo.Record{Value: []byte(`{}`), Headers: []kgo.RecordHeader{schemas.NewHeader(schemas.HeaderSchema, "fact/2")}}
	result, err := tracker.Process(t.Context(), []*kgo.Record{newer, {Value: []byte(strings.Repeat("x", 3))}})
	if err != nil || len(result.Postponed) != 1 || result.Postponed[0].From != newer || len(result.Rejected) != 0 {
		t.Errorf("%+v, %v", result, err)
	}
}
