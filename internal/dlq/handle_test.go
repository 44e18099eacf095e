package dlq

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

func (r *rig) handle(o Order) Outcome {
	r.t.Helper()
	out, err := r.Handle(r.t.Context(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// starts returns where the partitions of a topic begin.
func (r *rig) starts(topic string) map[int32]int64 {
	r.t.Helper()
	listed, err := r.Admin(r.t).ListStartOffsets(r.t.Context(), topic)
	if err != nil {
		r.t.Fatal(err)
	}
	at := map[int32]int64{}
	for p, o := range listed[topic] {
		at[p] = o.Offset
	}
	return at
}

// committed returns the committed records of a topic, however many there are.
func (r *rig) committed(topic string) []*kgo.Record {
	r.t.Helper()
	q := r.queue()
	ends, err := q.offsets(r.t.Context(), q.admin.ListCommittedOffsets, map[string]bool{topic: true})
	if err != nil {
		r.t.Fatal(err)
	}
	starts := r.starts(topic)
	var spans []span
	for at, end := range ends {
		spans = append(spans, span{at, starts[at.partition], end})
	}
	var all []*kgo.Record
	if err := q.read(r.t.Context(), spans, func(rec *kgo.Record) (bool, error) {
		all = append(all, rec)
		return true, nil
	}); err != nil {
		r.t.Fatal(err)
	}
	return all
}

// A letter of each topic goes back as it was to where it failed, once, and is open no more.
func TestRequeueSendsBackWhatFailed(t *testing.T) {
	t.Parallel()
	r := setup(t, 2)
	topics := map[string]string{ // where a record was consumed, and its value
		r.topics.Plans(): `{"plan_id":"p"}`,
		r.topics.PlansWork(schemas.Live, schemas.Shopee): `{"plan":{}}`,
		r.topics.Tasks(schemas.Backfill, schemas.Shopee): `{"task_id":"a#0","attempt":3,"carry":{"q":"<&>"},"new":1}`,
		r.topics.Delay(schemas.Delay10m):                 `{"task_id":"a#0","attempt":2}`,
		r.topics.Raw(schemas.Shopee, schemas.Orders):     `{"broken`,
		r.topics.Clean(schemas.Orders):                   "\xff\x00",
		r.topics.Progress():                              ``,
	}
	// Both topics of plans have one for their letters, where these keys put them into two partitions: each letter is the last of its own.
	key := func(topic string) string {
		if topic == r.topics.Plans() {
			return "another"
		}
		return "key"
	}
	var ids []ID
	for topic, value := range topics {
		consumed := &kgo.Record{Topic: topic, Key: []byte(key(topic)), Value: []byte(value), Headers: []kgo.RecordHeader{
			schemas.NewHeader(schemas.HeaderSource, "its/own/source"), schemas.NewHeader("stranger", "x"),
		}}
		ids = append(ids, r.id(r.put(r.letter(consumed, death{stage: "any", class: "permanent", text: "broken at byte 7"}))[0]))
	}
	dry := r.handle(Order{By: Requeued, DryRun: true})
	if dry.Done != len(topics) || len(dry.To) != len(topics) || len(r.list(Filter{})) != len(topics) {
		t.Fatalf("dry run: %+v", dry)
	}
	out := r.handle(Order{By: Requeued})
	if out.Done != len(topics) || out.Refused != 0 || len(r.list(Filter{})) != 0 {
		t.Fatalf("%+v", out)
	}
	var text bytes.Buffer
	if err := out.Write(&text); err != nil || !strings.Contains(text.String(), "1 to "+r.topics.Progress()) {
		t.Errorf("%v\n%s", err, text.String())
	}
	for topic, value := range topics {
		back := r.committed(topic)
		if len(back) != 1 {
			t.Errorf("%s has %d records", topic, len(back))
			continue
		}
		if topic == r.topics.Tasks(schemas.Backfill, schemas.Shopee) {
			value = `{"carry":{"q":"<&>"},"new":1,"task_id":"a#0"}`
		}
		var headers []string
		for _, h := range back[0].Headers {
			headers = append(headers, h.Key+"="+string(h.Value))
		}
		want := []string{"source=its/own/source", "stranger=x", "requeued=1", "requeued_for=permanent: broken at byte N"}
		if string(back[0].Value) != value || string(back[0].Key) != key(topic) || !slices.Equal(headers, want) {
			t.Errorf("%s: %q of %q with %q", topic, back[0].Value, back[0].Key, headers)
		}
	}
	// What is handled is deleted, and the words about it with it; the second time there is nothing to do.
	again := r.handle(Order{By: Requeued, Filter: Filter{IDs: ids}})
	if again.Done != 0 || len(again.Already) != len(ids) {
		t.Errorf("%+v", again)
	}
	if again = r.handle(Order{By: Dropped}); again.Done != 0 {
		t.Errorf("%+v", again)
	}
	left := 0
	if r.Fake() { // the embedded broker keeps the last of each partition, which every letter here is, and so the words about it stay
		left = len(topics) + 1
	}
	if n := len(r.committed(r.topics.Handled())) + len(r.committed(r.topics.DLQ("raw"))); n != left {
		t.Errorf("%d records are left of what is handled, want %d", n, left)
	}
}

// What is handled in the middle stays as long as something before it is open, and is known to be handled.
func TestOpenLettersKeepTheirPlace(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	var letters []*kgo.Record
	for i := range 6 {
		letters = append(letters, r.letter(r.page(i), death{stage: "transformer", class: "conflict", text: "x"}))
	}
	r.put(letters...)
	topic, raw := r.topics.DLQ("raw"), r.topics.Raw(schemas.Shopee, schemas.Orders)
	some := Filter{IDs: []ID{r.id(letters[1]), r.id(letters[4]), r.id(letters[4])}}
	if out := r.handle(Order{By: Requeued, Filter: some}); out.Done != 2 || out.Deleted != 0 {
		t.Fatalf("%+v", out)
	}
	if got := r.list(Filter{}); len(got) != 4 || slices.Contains(got, r.id(letters[1])) {
		t.Errorf("open are %v", got)
	}
	out := r.handle(Order{By: Requeued, Filter: some})
	if out.Done != 0 || len(out.Already) != 2 || !strings.Contains(out.Already[0], "requeue at 2024-05-06T07:08:09Z") {
		t.Errorf("%+v", out)
	}
	d, err := r.Show(t.Context(), r.id(letters[4]))
	if err != nil || d.Handled == nil || d.Handled.By != Requeued {
		t.Errorf("%+v, %v", d, err)
	}
	if out := r.handle(Order{By: Dropped, Filter: Filter{IDs: []ID{r.id(letters[0])}}}); out.Done != 1 || out.Deleted != 2 {
		t.Errorf("%+v", out)
	}
	if at := r.starts(topic)[0]; at != 2 {
		t.Errorf("the topic begins at %d, want 2", at)
	}
	if _, err := r.Show(t.Context(), r.id(letters[0])); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "deleted since") {
		t.Error(err)
	}
	if got := r.list(Filter{}); len(got) != 3 {
		t.Errorf("open are %v", got)
	}
	if _, err := r.Handle(t.Context(), Order{By: Requeued, Filter: Filter{IDs: []ID{{"raw", 0, 99}}}}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	r.handle(Order{By: Dropped})
	if left := r.list(Filter{}); len(left) != 0 || len(r.committed(raw)) != 2 {
		t.Errorf("open are %v, %d went back", left, len(r.committed(raw)))
	}
}

// A letter that died again of the same cause is requeued again only by its id or on demand.
func TestLoopGuard(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	raw := r.topics.Raw(schemas.Shopee, schemas.Orders)
	d := death{stage: "transformer", class: "conflict", text: "row 1: another row"}
	r.put(r.letter(r.page(1), d))
	r.handle(Order{By: Requeued})
	for i, again := range []death{{stage: d.stage, class: d.class, text: "row 77: another row"}, {stage: d.stage, class: d.class, text: "row of another kind"}} {
		back := r.committed(raw)
		r.put(r.letter(back[len(back)-1], again))
		out := r.handle(Order{By: Requeued})
		if want := 1 - i; out.Guarded != want || out.Done != i {
			t.Fatalf("round %d: %+v", i, out)
		}
		if i == 0 {
			if out = r.handle(Order{By: Requeued, Again: true}); out.Done != 1 {
				t.Fatalf("again: %+v", out)
			}
		}
	}
	back := r.committed(raw)
	if n := len(back); n != 3 || schemas.Header(back[2], schemas.HeaderRequeued) != "3" {
		t.Errorf("%d went back, the last for the %sth time", n, schemas.Header(back[n-1], schemas.HeaderRequeued))
	}
	r.put(r.letter(back[2], death{stage: d.stage, class: d.class, text: "row of another kind"}))
	if out := r.handle(Order{By: Requeued, Filter: Filter{IDs: r.list(Filter{})}}); out.Done != 1 {
		t.Errorf("by id: %+v", out)
	}
}

func TestWhatCannotGoBackStays(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	page := r.page(1)
	r.put(
		r.letter(page, death{source: "nowhere"}),
		r.letter(page, death{source: r.topics.Progress() + "/0/1"}),
		r.letter(page, death{source: "other." + page.Topic + "/0/1"}),
		r.letter(page, death{source: r.topics.Raw("ebay", schemas.Orders) + "/0/1"}),
		&kgo.Record{Topic: r.topics.DLQ("raw"), Value: []byte("no letter of ours")},
		r.letter(page, death{}),
	)
	out := r.handle(Order{By: Requeued})
	if out.Done != 1 || out.Refused != 5 || len(out.Reasons) != 5 || len(r.list(Filter{})) != 5 {
		t.Errorf("%+v", out)
	}
	if out = r.handle(Order{By: Dropped}); out.Done != 5 {
		t.Errorf("%+v", out)
	}
}

// A letter that its topic does not take, since letters may be larger than other records, stays; those around it go back.
func TestLetterLargerThanItsTopicTakesStays(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	page := r.page(1)
	large := r.page(2)
	large.Value = make([]byte, 9<<20)
	_, _ = rand.Read(large.Value) // nothing that could be compressed; it never fails
	d := death{stage: "transformer", class: "undecodable", text: "x"}
	cl := r.Client(t, kgo.ProducerBatchMaxBytes(16<<20))
	for _, l := range []*kgo.Record{r.letter(page, d), r.letter(large, d), r.letter(page, d)} {
		if err := cl.ProduceSync(t.Context(), l).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	out := r.handle(Order{By: Requeued})
	if out.Done != 2 || out.Refused != 1 || !strings.Contains(out.Reasons[0], "larger than") || out.Deleted != 1 {
		t.Errorf("%+v", out)
	}
	if open := r.list(Filter{}); len(open) != 1 || open[0].Offset != 1 || len(r.committed(page.Topic)) != 2 {
		t.Errorf("open are %v, %d went back", open, len(r.committed(page.Topic)))
	}
}

// An operator's process that is stopped in the middle of a transaction, however long, changes nothing once another has begun.
func TestWhoeverBeginsLastTakesOver(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	raw := r.topics.Raw(schemas.Shopee, schemas.Orders)
	r.put(r.letter(r.page(1), death{stage: "transformer", class: "conflict", text: "x"}))
	stopped, err := r.newWriter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.close()
	if err := stopped.client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if err := stopped.client.ProduceSync(t.Context(), &kgo.Record{Topic: raw, Value: []byte("half done")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if out := r.handle(Order{By: Requeued}); out.Done != 1 {
		t.Errorf("%+v", out)
	}
	if err := stopped.client.EndTransaction(t.Context(), kgo.TryCommit); err == nil {
		t.Error("the one that was taken over from has committed")
	}
	_ = stopped.client.EndTransaction(t.Context(), kgo.TryAbort) // of which nothing is left
	if err := stopped.commit(t.Context(), []*kgo.Record{{Topic: raw, Value: []byte("later")}}); !errors.Is(err, ErrTakenOver) {
		t.Error("the one that was taken over from goes on:", err)
	}
	if back := r.committed(raw); len(back) != 1 || !bytes.Equal(back[0].Value, r.page(1).Value) {
		t.Errorf("%d records went back", len(back))
	}
}

// Several operators requeue everything at once: each letter goes back once.
func TestRequeueAtOnceIsExactlyOnce(t *testing.T) {
	t.Parallel()
	r := setup(t, 3)
	const n, operators = 700, 3
	var letters []*kgo.Record
	for i := range n {
		page := r.page(i)
		page.Key = fmt.Append(nil, "key-", i) // on all partitions
		letters = append(letters, r.letter(page, death{stage: "transformer", class: "conflict", text: "x"}))
	}
	r.put(letters...)
	var all sync.WaitGroup
	for range operators {
		q := r.queue()
		all.Go(func() {
			for {
				_, err := q.Handle(t.Context(), Order{By: Requeued})
				if err == nil {
					return
				}
				if !errors.Is(err, ErrTakenOver) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, rec := range r.committed(r.topics.Raw(schemas.Shopee, schemas.Orders)) {
		seen[string(rec.Key)]++
	}
	for key, times := range seen {
		if times != 1 {
			t.Errorf("%s went back %d times", key, times)
		}
	}
	if len(seen) != n || len(r.list(Filter{})) != 0 {
		t.Errorf("%d of %d went back, %d are open", len(seen), n, len(r.list(Filter{})))
	}
}

// Places in a topic that was deleted and made again are other places.
func TestRecreatedTopicHasOtherLetters(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	for i := range 2 {
		r.put(r.letter(r.page(i), death{stage: "transformer", class: "conflict", text: "x"}))
	}
	r.handle(Order{By: Requeued, Filter: Filter{IDs: []ID{{"raw", 0, 1}}}})
	topic, adm := r.topics.DLQ("raw"), r.Admin(t)
	if _, err := adm.DeleteTopics(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	kafkatest.Eventually(t, "the topic made again", func() bool {
		made, err := kafka.Apply(t.Context(), adm, kafka.Topics(r.topics, nil, 1), 1)
		return err == nil && len(made) > 0
	})
	kafkatest.Eventually(t, "letters on it", func() bool {
		err := r.Client(t).ProduceSync(t.Context(), r.letter(r.page(7), death{stage: "transformer"})).FirstErr()
		return err == nil && len(r.list(Filter{})) >= 2
	})
	if got := r.list(Filter{IDs: []ID{{"raw", 0, 1}}}); len(got) != 1 {
		t.Errorf("open are %v of %v", got, r.list(Filter{}))
	}
}
