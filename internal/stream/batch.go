package stream

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// infrastructureError wraps what keeps a batch from being done while the session is sound: the batch is rewound and tried
// again.
type infrastructureError struct{ err error }

func (e *infrastructureError) Error() string { return e.err.Error() }
func (e *infrastructureError) Unwrap() error { return e.err }

// handle processes one batch and publishes what it yields. An infrastructureError means that the session was rewound to where
// the batch began; any other error means that the session is no good any more, or is fatal for the stage.
func (l *lane) handle(ctx context.Context, sess *kgo.GroupTransactSession, batch []*kgo.Record, pauses *pauses) error {
	m := l.stage.metrics
	started := time.Now()
	l.setOldest(oldestOf(batch))
	res, err := l.process(batch) //nolint:contextcheck // its context outlives ctx, by the grace of a stop
	m.processSeconds.Observe(time.Since(started).Seconds())
	var plan *publication
	if err == nil {
		plan, err = l.plan(batch, res)
	}
	if isFatal(err) {
		return errors.Join(err, l.rewind(ctx, sess))
	}
	if err != nil {
		if abortErr := l.rewind(ctx, sess); abortErr != nil {
			return fmt.Errorf("rewind after %w: %w", err, abortErr)
		}
		return &infrastructureError{err}
	}
	committed, err := l.publish(ctx, sess, plan)
	if err != nil {
		// Perhaps it is more than the brokers take within a transaction's time: the same again would fail again.
		l.mostRecords = max(1, len(batch)/2)
		// A record of its own cannot be split. If it is dead, it must not stand in the way because of that.
		l.byReference = len(batch) == 1 && errors.Is(err, kerr.MessageTooLarge)
		return err
	}
	if !committed {
		// Rewound by kgo: a rebalance came first. Whoever owns the partitions now does the work again.
		m.aborts.Inc()
		if l.aborts++; l.aborts > maxAbortsInARow {
			return &infrastructureError{fmt.Errorf("%d transactions in a row were aborted by the brokers or by rebalances", l.aborts)}
		}
		return nil
	}
	l.stage.worked.Store(true)
	pauses.pause(plan.postponed)
	l.aborts, l.byReference = 0, false
	l.rejectedInRow = plan.rejectedInRow
	if l.mostRecords *= 2; l.mostRecords >= l.stage.opts.MaxRecords {
		l.mostRecords = 0
	}
	l.markersSince = time.Time{}
	l.setOldest(time.Time{})
	m.done(plan, plan.handled(batch))
	for _, rej := range res.Rejected {
		l.log.Warn("record rejected", "topic", rej.Record.Topic, "partition", rej.Record.Partition,
			"offset", rej.Record.Offset, "class", rej.Class, "error", rej.Err)
	}
	return nil
}

// rewind gives the whole batch back.
func (l *lane) rewind(ctx context.Context, sess *kgo.GroupTransactSession) (err error) {
	ctx, done := l.bounded(ctx)
	defer done(&err)
	if err := sess.Begin(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if _, err := sess.End(ctx, kgo.TryAbort); err != nil {
		return fmt.Errorf("abort: %w", err)
	}
	return nil
}

// publish produces the plan's records and commits them with the batch's offsets, lowered to what was postponed. It reports
// false when a rebalance made kgo abort instead. After an error the session is no good any more.
func (l *lane) publish(ctx context.Context, sess *kgo.GroupTransactSession, plan *publication) (committed bool, err error) {
	started := time.Now()
	ctx, done := l.bounded(ctx)
	defer done(&err)
	if err := sess.Begin(); err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	for _, res := range sess.ProduceSync(ctx, plan.records...) { // in the order in which they ended: what came first is the cause
		if res.Err != nil {
			_, abortErr := sess.End(ctx, kgo.TryAbort)
			return false, errors.Join(fmt.Errorf("publish to %s: %w", res.Record.Topic, l.stage.lacking("Write", res.Record.Topic, res.Err)), abortErr)
		}
	}
	ctx = kgo.PreTxnCommitFnContext(ctx, func(req *kmsg.TxnOffsetCommitRequest) error {
		plan.lowerOffsets(req)
		l.stage.markOffsets(req)
		return nil
	})
	committed, err = sess.End(ctx, kgo.TryCommit)
	if err != nil {
		return false, fmt.Errorf("commit: %w", l.stage.lacking("", "", err))
	}
	l.stage.metrics.publishSeconds.Observe(time.Since(started).Seconds())
	return committed, nil
}

// bounded returns a context that is never cancelled, as ending a transaction demands, and closes the session when the brokers
// have not answered for publishTimeout, or for publishGrace after a stop. Nothing softer helps: kgo does not give up a
// record that it has sent and that may or may not be stored. done must be called in the end; it explains an error that comes
// from the closing.
func (l *lane) bounded(ctx context.Context) (never context.Context, done func(*error)) {
	limit, cancel := context.WithTimeout(l.publishUntil, publishTimeout)
	stop := context.AfterFunc(limit, l.closeSession)
	return context.WithoutCancel(ctx), func(err *error) {
		if !stop() && *err != nil {
			*err = fmt.Errorf("the brokers did not answer in time, session given up: %w", *err)
		}
		cancel()
	}
}

// outlive returns a context with parent's values that ends grace after parent does.
func outlive(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(ctx, func() { t.Stop() })
	})
	return ctx, func() { stop(); cancel() }
}

// process runs the Processor under the batch's deadline. A batch that panics is halved until the record that does it is
// found, which is then rejected.
func (l *lane) process(batch []*kgo.Record) (Result, error) {
	ctx, cancel := context.WithTimeout(l.workUntil, l.stage.opts.Deadline)
	defer cancel()
	return l.bisect(ctx, batch)
}

func (l *lane) bisect(ctx context.Context, batch []*kgo.Record) (Result, error) {
	res, err := l.try(ctx, batch)
	var p *panicError
	if !errors.As(err, &p) {
		return res, err
	}
	l.stage.metrics.panics.Inc()
	if len(batch) == 1 {
		return l.blame(ctx, batch[0], p)
	}
	first, err := l.bisect(ctx, batch[:len(batch)/2])
	if err != nil {
		return Result{}, err
	}
	rest := withoutPostponed(batch[len(batch)/2:], first.Postponed)
	if len(rest) == 0 {
		return first, nil
	}
	second, err := l.bisect(ctx, rest)
	if err != nil {
		return Result{}, err
	}
	first.Publish = append(first.Publish, second.Publish...)
	first.Rejected = append(first.Rejected, second.Rejected...)
	first.Postponed = append(first.Postponed, second.Postponed...)
	return first, nil
}

// blame rejects a record whose processing alone panics every time while the infrastructure answers.
func (l *lane) blame(ctx context.Context, r *kgo.Record, p *panicError) (Result, error) {
	for try := 2; try <= panicTries; try++ {
		if err := l.stage.opts.Probe(ctx); err != nil {
			return Result{}, fmt.Errorf("processing panics (%w) while the probe fails: %w", p, err)
		}
		res, err := l.try(ctx, []*kgo.Record{r})
		if !errors.As(err, &p) {
			return res, err
		}
	}
	l.log.Error("processing a record panics", "topic", r.Topic, "partition", r.Partition, "offset", r.Offset,
		"error", p, "stack", string(p.stack))
	return Result{Rejected: []Rejection{{Record: r, Class: ClassPanic, Err: p, Attempts: panicTries}}}, nil
}

type panicError struct {
	value any
	stack []byte
}

// Error names the kind of panic, not its value: that may quote the record.
func (e *panicError) Error() string {
	if err, ok := e.value.(runtimeError); ok {
		return "panic: " + err.Error()
	}
	return fmt.Sprintf("panic with a %T", e.value)
}

type runtimeError interface {
	error
	RuntimeError()
}

// try calls the Processor once and turns a panic into an error.
func (l *lane) try(ctx context.Context, batch []*kgo.Record) (res Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			res, err = Result{}, &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return l.stage.processor.Process(ctx, batch)
}

func withoutPostponed(batch []*kgo.Record, postponed []Postponement) []*kgo.Record {
	if len(postponed) == 0 {
		return batch
	}
	skip := map[partition]bool{}
	for _, p := range postponed {
		skip[partition{p.From.Topic, p.From.Partition}] = true
	}
	var rest []*kgo.Record
	for _, r := range batch {
		if !skip[partition{r.Topic, r.Partition}] {
			rest = append(rest, r)
		}
	}
	return rest
}

func oldestOf(batch []*kgo.Record) time.Time {
	oldest := batch[0].Timestamp
	for _, r := range batch {
		if r.Timestamp.Before(oldest) {
			oldest = r.Timestamp
		}
	}
	return oldest
}
