package stream

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/wait"
)

// lane is one member of the stage's group with a transactional id of its own. It lives as long as the stage; its session is
// rebuilt whenever the brokers no longer accept it.
type lane struct {
	stage *Stage
	n     int
	log   *slog.Logger

	recordBytes   int  // running average, for the size of the next batch
	mostRecords   int  // of a batch, after one that could not be published; 0 is no bound
	byReference   bool // dead letters go without their values, since the brokers find one too large
	rejectedInRow int
	markersSince  time.Time // when the first marker was passed that is not yet committed
	failures      int       // batches or sessions in a row that failed, for the back-off
	aborts        int       // batches in a row that a rebalance or the brokers took back

	transactionalID string
	memberID        string          // of the last session, "" if it never joined
	leftBehind      string          // the member of an earlier session that the group may still know
	revoked         atomic.Bool     // partitions were taken since the last transaction ended
	closeSession    func()          // closes the session in bounded time, once
	workUntil       context.Context // ends stopGrace after a stop was asked for
	publishUntil    context.Context // ends publishGrace after it

	mu      sync.Mutex
	client  *kgo.Client // of the current session; nil between sessions
	trouble error
	since   time.Time
	oldest  time.Time // of the oldest record in hand
}

func newLane(s *Stage, n int) *lane {
	l := &lane{stage: s, n: n, log: s.log.With("lane", n)}
	// Without an instance name the id is new for each process, but the same for all sessions of the lane: a session that
	// takes the place of a broken one ends the transaction that the broken one left open.
	l.transactionalID = s.opts.Group + "." + crand.Text()
	if s.opts.Instance != "" {
		l.transactionalID = s.opts.Group + "." + l.instanceID()
	}
	return l
}

// run keeps a session going until ctx is done or the stage must stop.
func (l *lane) run(ctx context.Context, adm *kadm.Client) error {
	defer l.leave(ctx, adm)
	workUntil, cancelWork := outlive(ctx, stopGrace)
	defer cancelWork()
	publishUntil, cancelPublish := outlive(ctx, publishGrace)
	defer cancelPublish()
	l.workUntil, l.publishUntil = workUntil, publishUntil
	for ctx.Err() == nil {
		err := l.session(ctx, adm)
		if err != nil && ctx.Err() == nil && !isFatal(err) && l.displaced(ctx, adm) {
			err = fmt.Errorf("%w: %s: %w", ErrFenced, l.instanceID(), err)
		}
		if isFatal(err) || errors.Is(err, ErrNoRight) && !l.stage.worked.Load() {
			return err
		}
		if ctx.Err() != nil {
			return nil // whatever failed while stopping is repeated by the next owner
		}
		l.stage.metrics.rebuilds.Inc()
		l.fail(ctx, fmt.Errorf("session ended: %w", err))
	}
	return nil
}

// session joins the group and handles batches until ctx is done (nil) or this session can do no more.
func (l *lane) session(ctx context.Context, adm *kadm.Client) error {
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	if err := l.stage.checkRecreated(ctx, adm); err != nil { // commits are marked with the topics' ids
		return err
	}
	sess, err := kgo.NewGroupTransactSession(append(l.clientOptions(), kgo.AdjustFetchOffsetsFn(l.adjust(adm)), kgo.WithContext(life))...)
	if err != nil {
		return fmt.Errorf("make client: %w", err)
	}
	l.setClient(sess.Client())
	l.revoked.Store(false)
	// Closing sends a farewell to the group. Brokers that do not answer would draw it out for much longer than a stop may
	// take, so the client's own context ends it.
	l.closeSession = sync.OnceFunc(func() {
		t := time.AfterFunc(leaveGrace, kill)
		defer t.Stop()
		sess.CloseAllowingRebalance()
	})
	defer func() {
		l.memberID, _ = sess.Client().GroupMetadata()
		l.leftBehind = cmp.Or(l.memberID, l.leftBehind)
		l.setClient(nil)
		l.closeSession()
	}()
	l.takeOut(ctx, sess.Client())
	// Asking for the producer id now ends a transaction that this lane's dead predecessor left open. Left to the first
	// Begin, it would come too late: until then the predecessor's pending offsets keep us from fetching ours.
	if err := l.initProducer(ctx, sess.Client()); err != nil {
		return err
	}
	l.log.Debug("session started")
	l.markersSince = time.Time{}
	pauses := newPauses(sess.Client(), l.stage.opts.Now)
	for ctx.Err() == nil {
		pauses.resumeDue()
		batch, err := l.poll(ctx, adm, sess, l.batchSize())
		switch {
		case err != nil:
		case len(batch) > 0 && l.revoked.Swap(false):
			// Partitions were taken since the last transaction, so kgo aborts the next one whatever is in it. Let that be an
			// empty one, not this batch's work.
			err = l.rewind(ctx, sess)
		case len(batch) > 0:
			err = l.handle(ctx, sess, batch, pauses)
		case l.markersDue():
			err = l.commitMarkers(ctx, sess)
		}
		sess.AllowRebalance()
		var infra *infrastructureError
		switch {
		case errors.As(err, &infra):
			l.fail(ctx, err)
		case err != nil:
			return err
		default:
			l.recover()
		}
	}
	if !l.markersSince.IsZero() {
		return l.commitMarkers(ctx, sess)
	}
	return nil
}

// markersDue reports whether markers of transactions have been passed for a while without a record after them.
func (l *lane) markersDue() bool {
	return !l.markersSince.IsZero() && time.Since(l.markersSince) >= markerInterval
}

// commitMarkers moves the committed offsets past the markers of transactions that end a partition. Left behind, they would
// show as a lag for ever, and as a loss once retention has deleted them.
func (l *lane) commitMarkers(ctx context.Context, sess *kgo.GroupTransactSession) error {
	l.markersSince = time.Time{}
	_, err := l.publish(ctx, sess, &publication{})
	return err
}

// clientOptions returns what one session's client needs; the stage's Client options come last, so a test can override.
func (l *lane) clientOptions() []kgo.Opt {
	o := l.stage.opts
	opts := append([]kgo.Opt{
		kgo.ConsumerGroup(o.Group),
		kgo.ConsumeTopics(o.Consume...),
		kgo.TransactionalID(l.transactionalID),
		kgo.TransactionTimeout(transactionTimeout),
		kgo.SessionTimeout(sessionTimeout),
		kgo.HeartbeatInterval(heartbeatInterval),
		kgo.RebalanceTimeout(rebalanceTimeout),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.BlockRebalanceOnPoll(),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), // see commitMarkers
		kgo.OnPartitionsRevoked(l.noteRevoked),
		kgo.OnPartitionsLost(l.noteRevoked),
		// A group without commits starts at the beginning; one whose offset is gone never jumps: see explainOutOfRange.
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchMaxBytes(4 << 20),
		kgo.FetchMaxPartitionBytes(4 << 20),
		kgo.MaxConcurrentFetches(1),
		kgo.FetchMaxWait(250 * time.Millisecond),
		kgo.MaxDecompressBatchBytes(64 << 20),
		kgo.MetadataMaxAge(30 * time.Second), // how soon added partitions are consumed
		kgo.ProducerLinger(0),                // a batch is produced at once
		// Uncompressed, and no more than what the topics take: see schemas.MaxRecordBytes.
		kgo.ProducerBatchMaxBytesFn(func(topic string) int32 { return o.Topics.MaxMessageBytes(topic) }),
		kgo.MaxBufferedRecords(100_000),
		kgo.MaxBufferedBytes(64 << 20),
	}, o.Client...)
	if o.Instance != "" {
		opts = append(opts, kgo.InstanceID(l.instanceID()))
	}
	return opts
}

func (l *lane) initProducer(ctx context.Context, cl *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 2*sessionTimeout)
	defer cancel()
	if _, _, err := cl.ProducerID(ctx); err != nil {
		return fmt.Errorf("initialise transactional producer: %w", l.stage.lacking("", "", err))
	}
	return nil
}

// batchSize returns how many records to poll for.
func (l *lane) batchSize() int {
	o := l.stage.opts
	n := o.MaxRecords
	if l.recordBytes > 0 {
		n = min(n, max(1, o.MaxBytes/l.recordBytes))
	}
	if l.mostRecords > 0 {
		n = min(n, l.mostRecords)
	}
	return n
}

// poll returns the next records, none if there are none for a while. Its errors say what to do: a fatal one stops the stage,
// any other ends the session.
func (l *lane) poll(ctx context.Context, adm *kadm.Client, sess *kgo.GroupTransactSession, want int) ([]*kgo.Record, error) {
	pollCtx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	fetches := sess.PollRecords(pollCtx, want)
	var errs []error
	said := map[string]bool{} // brokers that are away fail every partition in the same words
	for _, e := range fetches.Errors() {
		if said[e.Err.Error()] && !errors.Is(e.Err, kerr.OffsetOutOfRange) { // but whose records are gone differs
			continue
		}
		said[e.Err.Error()] = true
		if err := l.explain(ctx, adm, e); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var batch []*kgo.Record
	bytes := 0
	fetches.EachRecord(func(r *kgo.Record) {
		if r.Attrs.IsControl() {
			if l.markersSince.IsZero() {
				l.markersSince = time.Now()
			}
			return
		}
		batch = append(batch, r)
		bytes += recordSize(r)
	})
	if len(batch) == 0 {
		l.setOldest(time.Time{})
		return nil, nil
	}
	l.recordBytes = (3*l.recordBytes + bytes/len(batch)) / 4
	return batch, nil
}

// explain turns an error of a poll into what must happen: nil means nothing.
func (l *lane) explain(ctx context.Context, adm *kadm.Client, e kgo.FetchError) error {
	ctx, cancel := context.WithTimeout(ctx, sessionTimeout)
	defer cancel()
	var loss *kgo.ErrDataLoss
	switch err := e.Err; {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, kerr.FencedInstanceID):
		return fmt.Errorf("%w: %s", ErrFenced, l.instanceID())
	case errors.As(err, &loss), errors.Is(err, kerr.OffsetOutOfRange):
		if err := l.stage.explainOutOfRange(ctx, adm, e.Topic, e.Partition, loss); err != nil {
			return err
		}
		return fmt.Errorf("%s/%d: offset moved below us: %w", e.Topic, e.Partition, e.Err)
	case errors.Is(err, kerr.UnknownTopicID), errors.Is(err, kerr.UnknownTopicOrPartition):
		if err := l.stage.checkRecreated(ctx, adm); err != nil {
			return err
		}
		return fmt.Errorf("%s/%d: %w", e.Topic, e.Partition, e.Err)
	case e.Topic == "": // the group's, not a partition's
		return l.stage.lacking("", "", err)
	default:
		return fmt.Errorf("consume %s/%d: %w", e.Topic, e.Partition, l.stage.lacking("Read", e.Topic, err))
	}
}

// fail notes what went wrong, and waits before the next try: longer each time, never the same for all lanes.
func (l *lane) fail(ctx context.Context, err error) {
	l.mu.Lock()
	first := l.trouble == nil
	if first {
		l.since = l.stage.opts.Now()
	}
	l.trouble = err
	l.mu.Unlock()
	pause := min(backoffMax, backoffMin<<min(l.failures, 10))
	pause = pause/2 + rand.N(pause/2)
	l.failures++
	l.stage.metrics.failures.Inc()
	level := slog.LevelDebug // said once when it begins and once when it ends; metrics count the tries
	if first {
		level = slog.LevelWarn
	}
	l.log.Log(ctx, level, "no progress, will try again", "error", err, "wait", pause)
	_ = wait.For(ctx, pause) // ends early when the stage does
}

// recover notes that a batch was done, or that there is none left to do.
func (l *lane) recover() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trouble == nil {
		return
	}
	l.log.Info("progress again", "after", l.stage.opts.Now().Sub(l.since))
	l.trouble, l.failures = nil, 0
}

// noteRevoked is called by kgo while it rebalances, which is never while a batch is in hand.
func (l *lane) noteRevoked(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	if len(partitions) > 0 {
		l.revoked.Store(true)
	}
}

func (l *lane) setClient(cl *kgo.Client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.client = cl
}

func (l *lane) setOldest(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.oldest = t
}

// state returns whether the lane is a member of the group, and since when something fails, and what.
func (l *lane) state() (joined bool, since time.Time, trouble error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client != nil {
		_, generation := l.client.GroupMetadata()
		joined = generation > 0
	}
	return joined, l.since, l.trouble
}

func recordSize(r *kgo.Record) int {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}
