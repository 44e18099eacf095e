package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/schemas"
)

// breakAll runs the services, lets the schedule loose on them, and returns when the copy has ended and all have stopped.
func (r *run) breakAll(ctx context.Context) (err error) {
	crewCtx, stopCrew := context.WithCancel(ctx)
	defer stopCrew()
	var crew errgroup.Group
	for _, m := range r.crew {
		crew.Go(func() error { return m.run(crewCtx) })
	}
	measured := make(chan struct{})
	go func() { defer close(measured); r.measure(crewCtx) }()
	defer func() {
		stopCrew()
		r.report.mistake("stop", crew.Wait())
		<-measured
	}()
	if err := r.producePlan(ctx); err != nil {
		return err
	}
	if err := r.until(ctx, patience, "the first page", func() bool { return r.watch.Pages() > 0 }); err != nil {
		return err
	}
	r.report.ChaosBegan = time.Now()
	if err := r.drive(ctx); err != nil {
		return err
	}
	r.report.ChaosTook = time.Since(r.report.ChaosBegan)
	r.say("no more faults; %d pages of about %d are there", r.watch.Pages(), r.least)
	return r.waitEnd(ctx)
}

const (
	patience = 5 * time.Minute
	// drain bounds the wait for the rest: a task that failed twice by itself waits for ten minutes.
	drain = 25 * time.Minute
)

// measure looks at the memory of all services, and at what the tracker has written, until ctx is done.
func (r *run) measure(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, m := range r.crew {
			m.measure()
		}
		r.lookAtLedger(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// lookAtLedger takes down when the tracker last wrote: what it does is to be seen nowhere else.
func (r *run) lookAtLedger(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var last struct {
		UpdatedAt int64 `bson:"updated_at"`
	}
	err := r.client.Collection(mongodb.Chunks).FindOne(ctx, bson.D{}, options.FindOne().
		SetSort(bson.D{{Key: "updated_at", Value: -1}}).SetProjection(bson.D{{Key: "updated_at", Value: 1}})).Decode(&last)
	if err == nil { // else the store is away, and nothing is claimed
		r.report.wrote(time.UnixMilli(last.UpdatedAt))
	}
}

func (r *run) producePlan(ctx context.Context) error {
	cl, err := service.ConnectKafka(ctx, r.config)
	if err != nil {
		return err
	}
	defer cl.Close()
	plan := schemas.Plan{PlanID: r.planID, From: r.window.First(), To: r.window.Last()}
	record, err := plan.Record(r.topics.Plans())
	if err != nil {
		return err
	}
	return cl.ProduceSync(ctx, record).FirstErr()
}

func (r *run) until(ctx context.Context, limit time.Duration, what string, ok func() bool) error {
	deadline := time.After(limit)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("waited %v for %s; logs are in %s", limit, what, r.dir)
		case <-tick.C:
		}
	}
	return nil
}

// drive does what the schedule says. A server that does not come back ends the run.
func (r *run) drive(ctx context.Context) error {
	events := Schedule(r.Seed, r.Duration, len(r.crew))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.narrate(ctx) })
	var servers sync.Mutex // one outage at a time, or the store would be started again twice
	for _, e := range events {
		group.Go(func() error {
			if err := pauseFor(ctx, time.Until(r.report.ChaosBegan.Add(e.At))); err != nil {
				return err
			}
			if e.Fault == Store || e.Fault == Broker {
				servers.Lock()
				defer servers.Unlock()
			}
			return r.commit(ctx, e)
		})
	}
	err := group.Wait()
	return errors.Join(err, r.clearFaults(context.WithoutCancel(ctx)))
}

func pauseFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// narrate says how far things are, until the time of the faults is over.
func (r *run) narrate(ctx context.Context) error {
	for left := r.Duration; left > 0; left -= 15 * time.Second {
		if err := pauseFor(ctx, min(left, 15*time.Second)); err != nil {
			return err
		}
		r.say("%d faults so far; %d pages of about %d", r.report.faults(), r.watch.Pages(), r.least)
	}
	return nil
}

// commit commits one fault, to its end, and takes down whether it met anything.
func (r *run) commit(ctx context.Context, e Event) error {
	h := Happening{Event: e, Moment: time.Now()}
	var err error
	switch e.Fault {
	case Kill, Term:
		s := syscall.SIGKILL
		if e.Fault == Term {
			s = syscall.SIGTERM
		}
		h.Service, h.Member = r.crew[e.Member].service, r.crew[e.Member].name
		h.Hit = r.crew[e.Member].signal(s, e.For)
	case Pause:
		h.Service, h.Member = r.crew[e.Member].service, r.crew[e.Member].name
		resume := r.crew[e.Member].pause()
		if h.Hit = resume != nil; h.Hit {
			err = pauseFor(ctx, e.For)
			resume()
		}
	case Store:
		h.Hit = true
		err = outage(ctx, r.store, e.For)
	case Broker:
		if x, ok := r.broker.(*external); !ok || x.control != "" {
			h.Hit = true
			err = outage(ctx, r.broker, e.For)
		}
	case API:
		h.Hit = true
		err = r.postFault(ctx, e.Way)
	}
	h.Over = time.Now()
	r.report.happened(h)
	return err
}

func outage(ctx context.Context, s server, length time.Duration) error {
	if err := s.away(ctx); err != nil {
		return err
	}
	if err := pauseFor(ctx, length); err != nil {
		return err
	}
	return s.back(ctx)
}

func (r *run) postFault(ctx context.Context, w Way) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return r.ask(ctx, http.MethodPost, body)
}

func (r *run) clearFaults(ctx context.Context) error { return r.ask(ctx, http.MethodDelete, nil) }

func (r *run) ask(ctx context.Context, method string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, method, r.sim.URL()+"/_sim/faults", bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the simulator for faults: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // only its status counts
	if response.StatusCode >= 300 {
		return fmt.Errorf("ask the simulator for faults: %s", response.Status)
	}
	return nil
}

// waitEnd waits for the run's end. That it does not come is a mistake to be reported, with all that the oracle finds.
func (r *run) waitEnd(ctx context.Context) error {
	l, err := ledger.New(r.client, time.Now)
	if err != nil {
		return err
	}
	began, told := time.Now(), time.Now()
	for {
		d, err := l.Show(ctx, r.planID, r.config.Chunk.Timeout)
		if err == nil && d.Status != schemas.RunPlanned && d.Status != schemas.RunRunning {
			r.report.Drained = time.Since(began)
			return nil
		}
		if alarms := r.alarms(); time.Since(began) > drain || len(alarms) > 0 {
			r.report.mistake("run", errors.Join(errors.New("the run has not ended"), err))
			return nil
		}
		if err == nil && time.Since(told) > 15*time.Second {
			told = time.Now()
			r.say("run %s: %d chunks of %d are closed, %d pages", d.Status, d.Counts.Closed(), d.Planned, r.watch.Pages())
		}
		if err := pauseFor(ctx, time.Second); err != nil {
			return err
		}
	}
}

// alarms returns what the services' logs say that no fault excuses.
func (r *run) alarms() (all []string) {
	for _, m := range r.crew {
		found, err := m.alarms()
		if err != nil {
			found = append(found, err.Error())
		}
		all = append(all, found...)
	}
	return all
}
