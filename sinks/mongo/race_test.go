package mongo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/schemas"
)

// Sinks that write versions of the same documents at the same time, in any order, leave the newest of each; a reader never
// sees one go back.
func TestConcurrentSinksNeverGoBack(t *testing.T) {
	t.Parallel()
	const sinks, documents, versions = 4, 20, 25
	b := setup(t)
	var writers sync.WaitGroup
	for seed := range sinks {
		random := rand.New(rand.NewPCG(1, uint64(seed)))
		var batches [][]*kgo.Record
		for _, v := range random.Perm(versions) {
			var batch []*kgo.Record
			for i, id := range random.Perm(documents) {
				batch = append(batch, record(t, testOrder(id, int64(v+1), int64(seed+1), "S"+string(rune('a'+v))), i))
			}
			batches = append(batches, batch)
		}
		writers.Go(func() {
			for _, batch := range batches {
				if _, err := b.sink.Process(t.Context(), batch); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() { b.watch(done) })
	writers.Wait()
	close(done)
	reader.Wait()
	for id := range documents {
		doc := b.get(testOrder(id, 0, 0, ""))
		if want := schemas.Version(versions, sinks, 1); doc["version"] != want || doc["status"] != "Sy" {
			t.Errorf("document %d ends at %v %v, want %s", id, doc["version"], doc["status"], want)
		}
	}
}

// watch samples versions until done and reports every one that goes back.
func (b *bundle) watch(done <-chan struct{}) {
	seen := make(map[string]string)
	for {
		select {
		case <-done:
			return
		default:
		}
		cursor, err := b.client.Majority("orders").Find(b.t.Context(), bson.D{})
		if err != nil {
			b.t.Error(err)
			return
		}
		var docs []stored
		if err := cursor.All(b.t.Context(), &docs); err != nil {
			b.t.Error(err)
			return
		}
		for _, d := range docs {
			if d.Version < seen[d.ID] {
				b.t.Errorf("%s went from %s back to %s", d.ID, seen[d.ID], d.Version)
			}
			seen[d.ID] = d.Version
		}
	}
}

// With the server gone, nothing is rejected; with the server back, the same batch passes.
func TestOutageIsNotPoison(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server, err := mongod.Start(t.Context(), mongod.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	client, err := mongodb.Connect(t.Context(), secret.Text(server.URI()), "outage", "test")
	if err != nil {
		t.Fatal(err)
	}
	s := newSink(t, client)
	batch := records(t, testOrder(1, 5, 1, "A"), testOrder(2, 5, 1, "A"))
	if _, err := s.Process(t.Context(), batch[:1]); err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if result, err := s.Process(t.Context(), batch); err == nil || len(result.Rejected)+len(result.Publish) > 0 {
		t.Errorf("without a server: %+v, %v", result, err)
	}
	if err := s.Probe(t.Context()); err == nil {
		t.Error("the probe passes without a server")
	}
	again, err := mongod.Start(t.Context(), mongod.Options{Dir: dir, Port: port(t, server.URI())})
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Process(t.Context(), batch)
	if err != nil || len(result.Rejected) > 0 || len(result.Publish) != 1 {
		t.Errorf("after the outage: %+v, %v", result, err)
	}
	if err := errors.Join(client.Close(context.WithoutCancel(t.Context())), again.Stop()); err != nil {
		t.Error(err)
	}
}

// port returns the port of a server's address.
func port(t *testing.T, uri string) int {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return n
}
