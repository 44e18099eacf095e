package transformers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake maps a body such as ["a","b"] to an order for each text.
type fake struct{ stop func() }

func (fake) Kinds() []string { return []string{schemas.Orders, schemas.Returns} }

func (fake) Fields() Fields { return nil }

func (f fake) Documents(from Origin, page *schemas.Page) ([]Document, error) {
	switch from.Op {
	case "stop":
		f.stop()
	case "panic":
		panic("boom")
	case "detail", "list":
	default:
		return nil, fmt.Errorf("%w: %s", ErrUnknownOp, from.Op)
	}
	var documents []Document
	for _, part := range page.Parts {
		var ids []string
		if err := json.Unmarshal(part.Body, &ids); err != nil {
			return nil, errors.New("body is no list of texts")
		}
		for _, id := range ids {
			id, note, _ := strings.Cut(id, "=")
			o := &schemas.Order{Identity: from.Identity(id), OrderID: id, Status: note}
			o.IsValid = id != "bad"
			documents = append(documents, Document{Document: o, UpdateTime: 7, FetchedAt: part.FetchedAt, Revision: 3})
		}
	}
	return documents, nil
}

func setup(t *testing.T, m fake) *Processor {
	t.Helper()
	p, err := New(Options{
		Topics: schemas.Topics{Prefix: "x."}, Zone: time.FixedZone("", 7*3600), Now: func() time.Time { return time.UnixMilli(5000) },
		Mappers: map[string]Mapper{schemas.Shopee: m}, MaxBytes: 2000,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func raw(t *testing.T, offset int64, op, body string) *kgo.Record {
	t.Helper()
	task := schemas.Task{TaskID: fmt.Sprintf("c#%d", offset), PlanID: "p", ChunkID: "c", Platform: schemas.Shopee, ChannelID: "ch", ShopID: "1", Kind: schemas.Orders, Op: op}
	r, err := task.PageRecord("x.raw.shopee.orders", &schemas.Page{TaskID: task.TaskID, Parts: []schemas.PagePart{{Path: "/p", FetchedAt: 1700000000000, Body: json.RawMessage(body)}}})
	if err != nil {
		t.Fatal(err)
	}
	r.Offset = offset
	return r
}

func set(r *kgo.Record, key, value string) *kgo.Record {
	for i := range r.Headers {
		if r.Headers[i].Key == key {
			r.Headers[i].Value = []byte(value)
		}
	}
	return r
}

func facts(t *testing.T, result stream.Result) (all []schemas.Fact) {
	t.Helper()
	for _, r := range result.Publish {
		if r.Topic == "x.progress" {
			var f schemas.Fact
			if err := json.Unmarshal(r.Value, &f); err != nil {
				t.Fatal(err)
			}
			all = append(all, f)
		}
	}
	return all
}

func TestPagesGiveObservationsAndFacts(t *testing.T) {
	t.Parallel()
	p := setup(t, fake{})
	result, err := p.Process(context.Background(), []*kgo.Record{raw(t, 4, "detail", `["a","bad","a"]`), raw(t, 5, "list", `[]`)})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Publish) != 4 || len(result.Rejected)+len(result.Postponed) != 0 {
		t.Fatalf("got %+v", result)
	}
	r := result.Publish[1]
	if r.Topic != "x.clean.orders" || string(r.Key) != "shopee:ch:1:bad" {
		t.Errorf("record of %s with key %s", r.Topic, r.Key)
	}
	for key, want := range map[string]string{
		"plan_id": "p", "chunk_id": "c", "task_id": "c#4", "platform": "shopee", "channel_id": "ch", "shop_id": "1", "kind": "orders",
		"op": "detail", "schema": "order/1", "source": "x.raw.shopee.orders/0/4", "n": "1",
	} {
		if got := schemas.Header(r, key); got != want {
			t.Errorf("header %s is %q, want %q", key, got, want)
		}
	}
	var o schemas.Order
	if err := json.Unmarshal(r.Value, &o); err != nil {
		t.Fatal(err)
	}
	want := schemas.Lineage{
		DetailsFetchedAt: "2023-11-15T05:13:20.000+07:00", Source: "x.raw.shopee.orders/0/4",
		Version: "000000000007-1700000000000-0003", Hash: o.Hash, ChunkID: "c",
	}
	if !reflect.DeepEqual(o.Lineage, want) || o.Hash == "" {
		t.Errorf("lineage %+v, want %+v", o.Lineage, want)
	}
	two, zero := 2, 0
	fact := schemas.Fact{PlanID: "p", ChunkID: "c", TaskID: "c#4", Platform: "shopee", ChannelID: "ch", ShopID: "1", Kind: "orders", Stage: schemas.StageTransformer, At: 5000}
	first, second := fact, fact
	first.Documents, first.Invalid = &two, 1
	second.TaskID, second.Documents = "c#5", &zero
	if got := facts(t, result); !reflect.DeepEqual(got, []schemas.Fact{first, second}) {
		t.Errorf("facts %+v", got)
	}
}

func TestRejectedAlone(t *testing.T) {
	t.Parallel()
	p := setup(t, fake{})
	without := func(key string) *kgo.Record {
		r := raw(t, 1, "detail", `[]`)
		r.Headers = slices.DeleteFunc(r.Headers, func(h kgo.RecordHeader) bool { return h.Key == key })
		return r
	}
	value := func(text string) *kgo.Record {
		r := raw(t, 1, "detail", `[]`)
		r.Value = []byte(text)
		return r
	}
	for name, c := range map[string]struct {
		r     *kgo.Record
		class string
	}{
		"unknown op":       {raw(t, 1, "new_op", `[]`), ClassUnknown},
		"unknown platform": {set(raw(t, 1, "detail", `[]`), "platform", "amazon"), ClassUnknown},
		"unknown kind":     {set(raw(t, 1, "detail", `[]`), "kind", "stars"), ClassUnknown},
		"conflict":         {raw(t, 1, "detail", `["a=1","a=2"]`), ClassConflict},
		"too large":        {raw(t, 1, "detail", `["`+strings.Repeat("a", 3000)+`"]`), ClassTooLarge},
		"no schema":        {without("schema"), stream.ClassUndecodable},
		"no platform":      {without("platform"), stream.ClassUndecodable},
		"no chunk":         {without("chunk_id"), stream.ClassUndecodable},
		"other schema":     {set(raw(t, 1, "detail", `[]`), "schema", "task/1"), stream.ClassUndecodable},
		"odd schema":       {set(raw(t, 1, "detail", `[]`), "schema", "page/x"), stream.ClassUndecodable},
		"other task":       {set(raw(t, 1, "detail", `[]`), "task_id", "c#9"), stream.ClassUndecodable},
		"other body":       {raw(t, 1, "detail", `{}`), stream.ClassUndecodable},
		"no value":         {value(""), stream.ClassUndecodable},
		"not JSON":         {value("{"), stream.ClassUndecodable},
		"a list":           {value("[]"), stream.ClassUndecodable},
		"odd task id":      {value(`{"task_id":1}`), stream.ClassUndecodable},
		"odd parts":        {value(`{"task_id":"c#1","parts":7}`), stream.ClassUndecodable},
		"odd part":         {value(`{"task_id":"c#1","parts":[7]}`), stream.ClassUndecodable},
		"no body":          {value(`{"task_id":"c#1","parts":[{"path":"/p","fetched_at":1}]}`), stream.ClassUndecodable},
		"no time":          {value(`{"task_id":"c#1","parts":[{"path":"/p","body":[]}]}`), stream.ClassUndecodable},
		"absurd time":      {value(`{"task_id":"c#1","parts":[{"path":"/p","body":[],"fetched_at":99999999999999}]}`), stream.ClassUndecodable},
		"odd path":         {value(`{"task_id":"c#1","parts":[{"path":{},"body":[],"fetched_at":1}]}`), stream.ClassUndecodable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := range 3 {
				batch := slices.Insert([]*kgo.Record{raw(t, 8, "detail", `["a"]`), raw(t, 9, "detail", `["b"]`)}, at, c.r)
				result, err := p.Process(context.Background(), batch)
				if err != nil {
					t.Fatal(err)
				}
				if len(result.Rejected) != 1 || result.Rejected[0].Record != c.r || result.Rejected[0].Class != c.class {
					t.Fatalf("at %d: rejected %+v", at, result.Rejected)
				}
				if len(result.Publish) != 4 || len(facts(t, result)) != 2 {
					t.Errorf("at %d: the neighbours gave %d records", at, len(result.Publish))
				}
			}
		})
	}
}

func TestNewerSchemaStops(t *testing.T) {
	t.Parallel()
	_, err := setup(t, fake{}).Process(context.Background(), []*kgo.Record{raw(t, 1, "detail", `[]`), set(raw(t, 2, "detail", `[]`), "schema", "page/2")})
	if err == nil || !strings.Contains(err.Error(), "x.raw.shopee.orders/0/2") || !strings.Contains(err.Error(), "page/2") {
		t.Errorf("got %v", err)
	}
}

func TestSameBatchSameRecords(t *testing.T) {
	t.Parallel()
	p := setup(t, fake{})
	var batch []*kgo.Record
	for i := range int64(200) {
		batch = append(batch, raw(t, i, "detail", fmt.Sprintf(`["a%d","b%d"]`, i, i)))
	}
	first, err := p.Process(context.Background(), batch)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Process(context.Background(), batch)
	if err != nil || !reflect.DeepEqual(first.Publish, again.Publish) {
		t.Fatalf("the second time differs: %v", err)
	}
	for i := range 200 {
		if key := fmt.Sprintf("shopee:ch:1:a%d", i); string(first.Publish[3*i].Key) != key {
			t.Fatalf("record %d is %s, want %s", 3*i, first.Publish[3*i].Key, key)
		}
	}
}

func TestStopPostponesTheRest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	p := setup(t, fake{stop: cancel})
	var batch []*kgo.Record
	for i := range int64(500) {
		op := "detail"
		if i == 50 {
			op = "stop"
			cancelled := raw(t, i, op, `[]`)
			batch = append(batch, cancelled)
			continue
		}
		batch = append(batch, raw(t, i, op, `["a"]`))
		batch[i].Partition = int32(i % 2)
	}
	result, err := p.Process(ctx, batch)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Postponed) != 2 {
		t.Fatalf("%d partitions postponed, want 2", len(result.Postponed))
	}
	// What is done and what is postponed must be all there is.
	left := 0
	for _, at := range result.Postponed {
		for _, r := range batch {
			if r.Partition == at.From.Partition && r.Offset >= at.From.Offset {
				left++
			}
		}
	}
	if done := len(facts(t, result)); done+left != len(batch) {
		t.Errorf("%d pages done and %d postponed of %d", done, left, len(batch))
	}
}

func TestPanicReachesTheCaller(t *testing.T) {
	t.Parallel()
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "boom") {
			t.Errorf("recovered %v", v)
		}
	}()
	_, err := setup(t, fake{}).Process(context.Background(), []*kgo.Record{raw(t, 1, "detail", `[]`), raw(t, 2, "panic", `[]`)})
	t.Errorf("no panic, but %v", err)
}

func TestInputs(t *testing.T) {
	t.Parallel()
	if got := setup(t, fake{}).Inputs(); !slices.Equal(got, []string{"x.raw.shopee.orders", "x.raw.shopee.returns"}) {
		t.Errorf("got %q", got)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a processor without mappers was made")
	}
}
