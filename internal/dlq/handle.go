package dlq

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Order says what to do with which dead letters.
type Order struct {
	By     string // Requeued or Dropped
	Filter Filter
	// Again requeues also letters that were requeued before and died of the same cause again. Letters that are named by their
	// ids are requeued in any case.
	Again  bool
	DryRun bool // only say what would be done
}

// Outcome is what became of an order.
type Outcome struct {
	Order
	Done    int            // letters requeued or dropped; with DryRun: that would be
	To      map[string]int // of the requeued ones: how many to which topic
	Guarded int            // left open, since requeuing them has not helped before
	Refused int            // left open, since they cannot be requeued
	Already []string       // ids that were handled before, and how
	Reasons []string       // why some were refused, the first few
	Deleted int64          // offsets freed at the beginnings of partitions
}

const (
	// A transaction holds this much at most, unless a single letter is larger: small enough to be over soon, and for one
	// batch of the producer.
	mostLetters = 200
	mostBytes   = 4 << 20

	maxReasons = 10
)

// Handle carries an order out: each letter in one transaction with the word that it is handled. What was done before an error stays
// done, and the outcome says how much; the same order again does the rest. A second order, in any process, takes over from the
// first.
func (q *Queue) Handle(ctx context.Context, o Order) (Outcome, error) {
	h := &handling{queue: q, out: Outcome{Order: o, To: map[string]int{}}, touched: map[place]bool{}}
	if !o.DryRun {
		// Before anything is read: whatever an earlier order has committed is seen then, and it cannot commit more.
		w, err := q.newWriter(ctx)
		if err != nil {
			return h.out, err
		}
		defer w.close()
		h.writer = w
	}
	var err error
	if h.snapshot, err = q.snapshot(ctx); err != nil {
		return h.out, err
	}
	if topic := q.options.Topics.Handled(); !h.snapshot.others[topic] {
		return h.out, fmt.Errorf("topic %s does not exist: create it with `shopstream topics apply`", topic)
	}
	if err := h.splitIDs(); err != nil {
		return h.out, err
	}
	if len(o.Filter.IDs) > 0 && len(h.out.Filter.IDs) == 0 {
		return h.out, nil
	}
	err = q.open(ctx, h.snapshot, &h.out.Filter, func(l *Letter) error { return h.letter(ctx, l) })
	if err == nil {
		err = h.commit(ctx)
	}
	if err == nil && h.found < len(h.out.Filter.IDs) && o.Filter.onlyIDs() {
		err = fmt.Errorf("%w: %d of the ids: `shopstream dlq list` shows those there are", ErrNone, len(h.out.Filter.IDs)-h.found)
	}
	if o.DryRun || len(h.touched) == 0 {
		return h.out, err
	}
	trimErr := q.awaitCommit(ctx)
	if trimErr == nil {
		h.out.Deleted, trimErr = q.trim(ctx, h.snapshot, h.touched)
	}
	return h.out, errors.Join(err, trimErr)
}

// handling is an order while it is carried out.
type handling struct {
	queue    *Queue
	writer   *writer // nil for a dry run
	snapshot *snapshot
	out      Outcome
	found    int

	// The transaction to come.
	letters []ID
	records []*kgo.Record
	topics  []string // where the letters go, "" for dropped ones
	bytes   int

	touched map[place]bool // partitions with letters that were handled now
}

// splitIDs takes ids out of the filter that were handled before.
func (h *handling) splitIDs() error {
	var left []ID
	seen := map[ID]bool{}
	for _, id := range h.out.Filter.IDs {
		at := place{h.queue.options.Topics.DLQ(id.Of), id.Partition}
		was, handled := h.snapshot.handled[id]
		start, exists := h.snapshot.starts[at]
		switch {
		case seen[id]:
		case handled:
			h.out.Already = append(h.out.Already, fmt.Sprintf("%s: %s at %s", id, was.By, was.At.Format(time.RFC3339)))
		case exists && id.Offset < start:
			h.out.Already = append(h.out.Already, fmt.Sprintf("%s: requeued or dropped, and deleted since", id))
		case !exists || id.Offset >= h.snapshot.ends[at]:
			return fmt.Errorf("%w: %s", ErrNone, id)
		default:
			left = append(left, id)
		}
		seen[id] = true
	}
	h.out.Filter.IDs = left
	return nil
}

func (f *Filter) onlyIDs() bool {
	rest := *f
	rest.IDs = nil
	return len(f.IDs) > 0 && rest.Empty()
}

// letter adds one to the transaction to come, unless it has to stay open.
func (h *handling) letter(ctx context.Context, l *Letter) error {
	h.found++
	topic := ""
	var records []*kgo.Record
	if h.out.By == Requeued {
		if l.Requeued > 0 && l.RequeuedFor == oneLine(l.Cause()) && !h.out.Again && len(h.out.Filter.IDs) == 0 {
			h.out.Guarded++
			return nil
		}
		revived, err := h.queue.revive(ctx, h.snapshot, l)
		var cannot *refusal
		if errors.As(err, &cannot) {
			h.refuse(l.ID, cannot.Error())
			return nil
		}
		if err != nil {
			return err
		}
		topic = revived.Topic
		records = append(records, revived)
	}
	if h.writer == nil {
		h.done(topic)
		return nil
	}
	word, err := h.queue.handled(l.ID, h.snapshot.topics[l.record.Topic], h.out.By)
	if err != nil {
		return err
	}
	records = append(records, word)
	size := 0
	for _, r := range records {
		size += len(r.Key) + len(r.Value)
	}
	if len(h.letters) >= mostLetters || len(h.letters) > 0 && h.bytes+size > mostBytes {
		if err := h.commit(ctx); err != nil {
			return err
		}
	}
	h.letters, h.topics = append(h.letters, l.ID), append(h.topics, topic)
	h.records, h.bytes = append(h.records, records...), h.bytes+size
	return nil
}

func (h *handling) done(topic string) {
	h.out.Done++
	if topic != "" {
		h.out.To[topic]++
	}
}

func (h *handling) refuse(id ID, reason string) {
	h.out.Refused++
	if len(h.out.Reasons) < maxReasons {
		h.out.Reasons = append(h.out.Reasons, id.String()+": "+reason)
	}
}

// commit writes the transaction that has come together.
func (h *handling) commit(ctx context.Context) error {
	if len(h.letters) == 0 {
		return nil
	}
	err := h.writer.commit(ctx, h.records)
	switch {
	case errors.Is(err, kerr.MessageTooLarge) && len(h.letters) == 1:
		h.refuse(h.letters[0], fmt.Sprintf("it is larger than %s takes", h.topics[0]))
	case err != nil:
		return err
	default:
		for i, id := range h.letters {
			h.done(h.topics[i])
			h.touched[place{h.queue.options.Topics.DLQ(id.Of), id.Partition}] = true
		}
	}
	h.letters, h.topics, h.records, h.bytes = nil, nil, nil, 0
	return nil
}

// Write says in words what became of the order.
func (o *Outcome) Write(w io.Writer) error {
	verb := map[string]string{Requeued: "requeued", Dropped: "dropped"}[o.By]
	if o.DryRun {
		verb = "would be " + verb
	}
	lines := []string{fmt.Sprintf("%d dead letters %s", o.Done, verb)}
	for _, topic := range slices.Sorted(maps.Keys(o.To)) {
		lines = append(lines, fmt.Sprintf("  %d to %s", o.To[topic], topic))
	}
	if o.Guarded > 0 {
		lines = append(lines, fmt.Sprintf("%d stay: they were requeued before and died of the same cause again; --again requeues them", o.Guarded))
	}
	if o.Refused > 0 {
		lines = append(lines, fmt.Sprintf("%d stay: they cannot be requeued", o.Refused))
	}
	for _, reason := range o.Reasons {
		lines = append(lines, "  "+reason)
	}
	for _, id := range o.Already {
		lines = append(lines, "nothing to do for "+id)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
