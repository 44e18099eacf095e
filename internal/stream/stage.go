package stream

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"
)

// Stage runs a Processor over the records of its topics.
type Stage struct {
	opts      Options
	processor Processor
	metrics   *metrics
	log       *slog.Logger
	lanes     []*lane

	mu        sync.Mutex
	topicIDs  map[string]kadm.TopicID // as first seen; another id means that the topic was made again
	neverRead map[partition]int64     // up to where records are gone that the group never read, as was said
	worked    atomic.Bool             // a batch was committed
	stopped   error                   // why Run ended by itself
}

// New checks the options and returns a stage that does nothing until Run.
func New(opts Options, p Processor) (*Stage, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Stage{
		opts: opts, processor: p, topicIDs: map[string]kadm.TopicID{}, neverRead: map[partition]int64{},
		log: opts.Logger.With("stage", opts.Name, "group", opts.Group),
	}
	for n := range opts.Lanes {
		s.lanes = append(s.lanes, newLane(s, n))
	}
	if s.metrics, err = newMetrics(s); err != nil {
		return nil, err
	}
	return s, nil
}

// Run consumes until ctx is done, and then returns nil within 10 s: the batch in hand is finished or given up. It returns an
// error when the stage must not go on: ErrTooManyRejections, ErrFenced, ErrDataLoss, ErrRecreated, ErrNoRight. Run may be called
// once.
func (s *Stage) Run(ctx context.Context) error {
	admin, err := kgo.NewClient(s.opts.Client...)
	if err != nil {
		return fmt.Errorf("stage %s: make admin client: %w", s.opts.Name, err)
	}
	defer admin.Close()
	adm := kadm.NewClient(admin)

	g, gctx := errgroup.WithContext(ctx)
	for _, l := range s.lanes {
		g.Go(func() error { return l.run(gctx, adm) })
	}
	g.Go(func() error { return s.upkeep(gctx, adm) })
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		err = fmt.Errorf("stage %s stopped: %w", s.opts.Name, err)
		s.mu.Lock()
		s.stopped = err
		s.mu.Unlock()
		s.metrics.stopped.Set(1)
		return err
	}
	return nil
}

// Health is a stage's state for people and probes.
type Health struct {
	Name string
	// Ready: every lane is a member of the group and nothing fails.
	Ready bool
	// Stopped says why the stage will not go on by itself; nil while it runs.
	Stopped error
	// Trouble says what fails now, and since when; the stage tries again by itself.
	Trouble error
	Since   time.Time
}

// Health returns the stage's state now.
func (s *Stage) Health() Health {
	s.mu.Lock()
	h := Health{Name: s.opts.Name, Stopped: s.stopped, Ready: s.stopped == nil}
	s.mu.Unlock()
	for _, l := range s.lanes {
		joined, since, trouble := l.state()
		h.Ready = h.Ready && joined && trouble == nil
		if trouble != nil && (h.Trouble == nil || since.Before(h.Since)) {
			h.Trouble, h.Since = trouble, since
		}
	}
	return h
}

// upkeep looks after the consumed topics until ctx is done. Its failures are troubles of the brokers, which the lanes meet
// and report themselves; only a recreated topic ends it.
func (s *Stage) upkeep(ctx context.Context, adm *kadm.Client) error {
	tick := time.NewTicker(upkeepInterval)
	defer tick.Stop()
	for failed := false; ; {
		err := s.checkRecreated(ctx, adm)
		if isFatal(err) {
			return err
		}
		if err == nil && s.opts.UntilDone {
			err = s.trim(ctx, adm)
		}
		// Once is no news: a coordinator that moves, or that a new cluster has not chosen yet, is there the next time.
		if err != nil && failed && ctx.Err() == nil {
			s.log.Warn("upkeep of topics failed, will try again", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
