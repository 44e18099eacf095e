package badinput

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

// TestPoison puts records that are none between good ones on every topic of the pipeline, while it stands still, so that they
// come in one batch. Each of them has to come to its dead-letter topic, alone, and the good ones have to get where they go.
func TestPoison(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	services := p.run()
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("before", 10, 3))})
	p.await("before", schemas.RunCompleted)
	services.stop()

	var bad []*kgo.Record
	for _, topic := range []string{
		p.topics.PlansWork(schemas.Live, schemas.Shopee), p.topics.PlansWork(schemas.Backfill, schemas.Shopee),
		p.topics.Tasks(schemas.Live, schemas.Shopee), p.topics.Tasks(schemas.Backfill, schemas.Shopee),
	} {
		bad = append(bad, p.produce(garbage(topic)...)...)
	}
	bad = append(bad, p.poisonPlanning()...)
	bad = append(bad, p.poisonTasks()...)
	bad = append(bad, p.poisonDelays()...)
	bad = append(bad, p.poisonRaw()...)
	restored, unclean := p.poisonClean()
	bad = append(bad, unclean...)
	bad = append(bad, p.poisonProgress()...)
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("between", 7, 2))})
	p.run()

	for _, plan := range []string{"task", "delay-1m", "delay-10m", "delay-1h", "fact"} {
		p.awaitChunk(neighbour(plan, p).ChunkID)
	}
	p.await("between", schemas.RunCompleted)
	kafkatest.Eventually(t, "document "+restored+" in the store again", func() bool {
		n, err := p.db.Collection("orders").CountDocuments(t.Context(), bson.D{{Key: "_id", Value: restored}})
		return err == nil && n == 1
	})
	// What comes after the poison, and after all that it may have set off.
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("after", 5, 2))})
	p.await("after", schemas.RunCompleted)
	p.awaitLetters(len(bad))
	p.assertStored(10, 7)
	p.assertLetters(bad)
}

// garbage returns records that are none on any topic.
func garbage(topic string, headers ...kgo.RecordHeader) []*kgo.Record {
	values := [][]byte{
		nil, // a tombstone
		[]byte(`{"broken`),
		[]byte("\xff\xfe\x00"),
		[]byte(`[]`),
		[]byte(`null`),
		[]byte(strings.Repeat("[", 20_000)),
	}
	records := make([]*kgo.Record, len(values))
	for i, v := range values {
		records[i] = &kgo.Record{Topic: topic, Key: []byte("garbage"), Value: v, Headers: headers}
	}
	return records
}

// around produces bad, good and bad again and returns the bad ones.
func (p *pipeline) around(good *kgo.Record, bad ...*kgo.Record) []*kgo.Record {
	p.t.Helper()
	first := p.produce(garbage(good.Topic)...)
	p.produce(good)
	return append(first, p.produce(bad...)...)
}

// neighbour returns a good task of a plan that nobody else has, for a day that other plans of the test have too.
func neighbour(plan string, p *pipeline) *schemas.Task {
	p.t.Helper()
	w := window(10, 1)
	id := schemas.ChunkID(plan, schemas.Shopee, p.shop.ChannelID, p.shop.ShopID, schemas.Orders, w)
	op, ok := shopee.New(platform.Settings{}).Root(schemas.Orders)
	require.True(p.t, ok)
	return &schemas.Task{
		TaskID: schemas.RootTaskID(id), PlanID: plan, ChunkID: id, Platform: schemas.Shopee, ChannelID: p.shop.ChannelID,
		ShopID: p.shop.ShopID, Kind: schemas.Orders, Op: op, TimeField: schemas.CreateTime, Lane: schemas.Backfill, Window: w,
	}
}

func (p *pipeline) taskRecord(topic string, t *schemas.Task) *kgo.Record {
	p.t.Helper()
	r, err := t.Record(topic)
	require.NoError(p.t, err)
	return r
}

// poisonPlanning adds work that is JSON but no plan's work. The good neighbour is the test's own next plan.
func (p *pipeline) poisonPlanning() []*kgo.Record {
	p.t.Helper()
	topic := p.topics.PlansWork(schemas.Backfill, schemas.Shopee)
	var bad []*kgo.Record
	for _, change := range []func(*schemas.PlanWork){
		func(w *schemas.PlanWork) { w.Platform = schemas.Lazada },
		func(w *schemas.PlanWork) { w.Plan.PlanID = "" },
		func(w *schemas.PlanWork) { w.Plan.ChunkDays = 0 },
		func(w *schemas.PlanWork) { w.Kinds = []string{"refunds"} },
		func(w *schemas.PlanWork) { w.Kinds = nil },
		func(w *schemas.PlanWork) { w.Shops = nil },
		func(w *schemas.PlanWork) { w.Next.Shop = -1 },
		func(w *schemas.PlanWork) { w.Range = schemas.Window{From: 2, To: 1} },
		func(w *schemas.PlanWork) { w.Range = schemas.Window{From: -1 << 62, To: 1 << 62} },
	} {
		w := schemas.PlanWork{
			Plan:     schemas.Plan{PlanID: "work", ChunkDays: 1, TimeField: schemas.CreateTime, Lane: schemas.Backfill},
			Platform: schemas.Shopee, Kinds: []string{schemas.Orders}, Range: window(10, 1),
			Shops: []schemas.PlanShop{{ChannelID: p.shop.ChannelID, ShopID: p.shop.ShopID}},
		}
		change(&w)
		r, err := w.Record(topic)
		require.NoError(p.t, err)
		bad = append(bad, r)
	}
	return p.produce(bad...)
}

func (p *pipeline) poisonTasks() []*kgo.Record {
	p.t.Helper()
	topic := p.topics.Tasks(schemas.Backfill, schemas.Shopee)
	var bad []*kgo.Record
	for _, change := range []func(*schemas.Task){
		func(t *schemas.Task) { t.Platform = schemas.Lazada },
		func(t *schemas.Task) { t.Op = "fly" },
		func(t *schemas.Task) { t.TaskID = "none" },
		func(t *schemas.Task) { t.ShopID = "" },
		func(t *schemas.Task) { t.Carry = json.RawMessage(`"carried"`) },
	} {
		t := neighbour("bad", p)
		change(t)
		r := p.taskRecord(topic, t)
		r.Headers = nil // what a task's headers say would be accounted for
		bad = append(bad, r)
	}
	return p.around(p.taskRecord(topic, neighbour("task", p)), bad...)
}

// poisonDelays adds records that do not say where they go, or when, around one that is due now.
func (p *pipeline) poisonDelays() []*kgo.Record {
	p.t.Helper()
	tasks := p.topics.Tasks(schemas.Live, schemas.Shopee)
	address := func(to, due string) []kgo.RecordHeader {
		return []kgo.RecordHeader{schemas.NewHeader(schemas.HeaderReturnTo, to), schemas.NewHeader(schemas.HeaderDueAt, due)}
	}
	now := strconv.FormatInt(time.Now().UnixMilli(), 10)
	var bad []*kgo.Record
	for _, d := range []string{schemas.Delay1m, schemas.Delay10m, schemas.Delay1h} {
		good := p.taskRecord(p.topics.Delay(d), neighbour("delay-"+d, p))
		good.Headers = append(good.Headers, address(tasks, now)...)
		bad = append(bad, p.around(good,
			&kgo.Record{Topic: good.Topic, Value: good.Value, Headers: address(tasks, "soon")},
			&kgo.Record{Topic: good.Topic, Value: good.Value, Headers: address("elsewhere", now)},
			&kgo.Record{Topic: good.Topic, Value: good.Value, Headers: address(p.topics.Plans(), now)},
		)...)
	}
	return bad
}

// poisonRaw adds pages that are none around a page that was there before.
func (p *pipeline) poisonRaw() []*kgo.Record {
	p.t.Helper()
	topic := p.topics.Raw(schemas.Shopee, schemas.Orders)
	page := p.everything(topic)[0]
	good := &kgo.Record{Topic: topic, Key: page.Key, Value: page.Value, Headers: page.Headers}
	bad := garbage(topic, page.Headers...)
	bad = append(bad,
		&kgo.Record{Topic: topic, Value: page.Value},
		&kgo.Record{Topic: topic, Value: page.Value, Headers: with(page.Headers, schemas.HeaderOp, "fly")},
		&kgo.Record{Topic: topic, Value: page.Value, Headers: with(page.Headers, schemas.HeaderPlatform, "ebay")},
		&kgo.Record{Topic: topic, Value: page.Value, Headers: with(page.Headers, schemas.HeaderSchema, "pages")},
		// Headers that name a chunk in a way the ledger does not know: the dead letter must not set off another one.
		&kgo.Record{Topic: topic, Value: []byte(`{`), Headers: with(page.Headers, schemas.HeaderTaskID, "another#0")},
		&kgo.Record{Topic: topic, Value: []byte(`{`), Headers: with(page.Headers, schemas.HeaderPlanID, "no plan's")},
		&kgo.Record{Topic: topic, Value: []byte(`{`), Headers: with(page.Headers, schemas.HeaderChunkID, "\xff")},
		&kgo.Record{Topic: topic, Value: []byte(`{`), Headers: with(page.Headers, schemas.HeaderIndex, "-1")})
	return p.around(good, bad...)
}

// poisonClean removes a document from the store and adds documents that are none around the one. It returns its _id.
func (p *pipeline) poisonClean() (id string, bad []*kgo.Record) {
	p.t.Helper()
	topic := p.topics.Clean(schemas.Orders)
	all := p.everything(topic)
	doc := all[len(all)-1]
	id = string(doc.Key)
	gone, err := p.db.Collection("orders").DeleteOne(p.t.Context(), bson.D{{Key: "_id", Value: id}})
	require.NoError(p.t, err)
	require.EqualValues(p.t, 1, gone.DeletedCount)
	changed := func(field string, value any) []byte {
		var fields map[string]json.RawMessage
		require.NoError(p.t, json.Unmarshal(doc.Value, &fields))
		var err error
		fields[field], err = json.Marshal(value)
		require.NoError(p.t, err)
		text, err := json.Marshal(fields)
		require.NoError(p.t, err)
		return text
	}
	for _, value := range [][]byte{
		nil, []byte(`{`), changed("_id", 7), changed("version", "newest"), changed("hash", ""), changed("total_amount", "NaN"),
		changed("line_items", "many"), changed("total_amount", strings.Repeat("9", 400)),
	} {
		bad = append(bad, &kgo.Record{Topic: topic, Key: doc.Key, Value: value, Headers: doc.Headers})
	}
	bad = append(bad,
		&kgo.Record{Topic: topic, Key: []byte("another"), Value: doc.Value, Headers: doc.Headers},
		&kgo.Record{Topic: topic, Key: doc.Key, Value: doc.Value, Headers: with(doc.Headers, schemas.HeaderIndex, "-1")},
		&kgo.Record{Topic: topic, Key: doc.Key, Value: doc.Value, Headers: with(doc.Headers, schemas.HeaderKind, "refunds")},
		&kgo.Record{Topic: topic, Key: doc.Key, Value: doc.Value, Headers: with(doc.Headers, schemas.HeaderSchema, "document")})
	return id, p.around(&kgo.Record{Topic: topic, Key: doc.Key, Value: doc.Value, Headers: doc.Headers}, bad...)
}

// poisonProgress adds facts that are none around the one that completes a chunk.
func (p *pipeline) poisonProgress() []*kgo.Record {
	p.t.Helper()
	t := neighbour("fact", p)
	total := int64(0)
	fact := schemas.Fact{
		PlanID: t.PlanID, ChunkID: t.ChunkID, TaskID: t.TaskID, Stage: schemas.StageFetcher, At: time.Now().UnixMilli(),
		Platform: t.Platform, ChannelID: t.ChannelID, ShopID: t.ShopID, Kind: t.Kind, Window: &t.Window, Op: t.Op,
		Total: &total, Pageless: true,
	}
	record := func(f schemas.Fact) *kgo.Record {
		r, err := f.Record(p.topics.Progress())
		require.NoError(p.t, err)
		return r
	}
	var bad []*kgo.Record
	for _, change := range []func(*schemas.Fact){
		func(f *schemas.Fact) { f.PlanID = "" },
		func(f *schemas.Fact) { f.Stage = "rumour" },
		func(f *schemas.Fact) { f.TaskID = "another#0" },
		func(f *schemas.Fact) { f.Spawned = []string{"another#0"} },
		func(f *schemas.Fact) { f.ChunkID = "" },
	} {
		f := fact
		change(&f)
		bad = append(bad, record(f))
	}
	bad = append(bad, &kgo.Record{Topic: p.topics.Progress(), Value: []byte(`{"plan_id":"fact","at":"now"}`)})
	return p.around(record(fact), bad...)
}

// with returns the headers with another value for one of them.
func with(headers []kgo.RecordHeader, key, value string) []kgo.RecordHeader {
	return append(headers[:len(headers):len(headers)], schemas.NewHeader(key, value))
}

// awaitChunk waits until the ledger holds the chunk for complete.
func (p *pipeline) awaitChunk(id string) {
	p.t.Helper()
	kafkatest.Eventually(p.t, "chunk "+id+" complete", func() bool {
		var chunk struct {
			Status string `bson:"status"`
		}
		err := p.db.Collection("sync_chunks").FindOne(p.t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&chunk)
		return err == nil && chunk.Status == "complete"
	})
}

// awaitLetters waits until there are n dead letters.
func (p *pipeline) awaitLetters(n int) {
	p.t.Helper()
	all := p.broker.Read(p.t, kafkatest.AtLeast(n), p.letterTopics()...)
	assert.Len(p.t, all, n)
}
