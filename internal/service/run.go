package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/internal/telemetry"
	"github.com/shopstream/shopstream/internal/version"
)

// Env is what a process gives its services.
type Env struct {
	Config    config.Config
	Log       *slog.Logger
	Platforms catalog.List // which there are: catalog.Platforms, but for tests
	// CreateTopics: missing topics are created. Otherwise they are an error.
	CreateTopics bool
	// Now is the clock of all that the process does. Nil is time.Now.
	Now func() time.Time
}

// Run runs the stages of the services until ctx is done. Nothing is created and nothing logged before all that can be checked
// has been: settings, shops, servers, the port. A stage that stops for good is logged, shown by /healthz and
// in the metrics, and lets the others go on; its error is returned in the end.
func Run(ctx context.Context, e Env, which []Service) error {
	if e.Now == nil {
		e.Now = time.Now
	}
	p, err := newParts(ctx, e, which)
	if err != nil {
		return err
	}
	defer p.close(ctx)
	health := &telemetry.Health{}
	server, err := telemetry.Listen(ctx, e.Config.HTTP.Addr, p.registry, health, e.Log)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	stages, err := p.stages(which)
	if err != nil {
		return err
	}
	if err := p.create(ctx); err != nil {
		return err
	}
	for _, st := range stages {
		watchStage(health, st)
	}
	e.Log.Info("running", "services", names(which), "stages", len(stages), "revision", version.String(), "http_addr", server.Addr())
	err = runStages(ctx, e, stages, p.beside, server)
	e.Log.Info("stopped")
	return err
}

// runStages runs the stages, and what they rely on until the last of them has ended.
func runStages(ctx context.Context, e Env, stages []*stream.Stage, background []func(context.Context), server *telemetry.Server) error {
	telemetryCtx, stopTelemetry := context.WithCancel(context.WithoutCancel(ctx))
	backgroundCtx, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	var behind sync.WaitGroup
	for _, work := range background {
		behind.Go(func() { work(backgroundCtx) })
	}
	served := make(chan error, 1)
	go func() {
		err := server.Run(telemetryCtx)
		if err != nil { // said at once: the stages go on, but nobody can look at them any more
			e.Log.Error("metrics and health are not served any more", "error", err)
		}
		served <- err
	}()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for _, st := range stages {
		wg.Go(func() {
			if err := st.Run(ctx); err != nil {
				e.Log.Error("stage stopped for good", "error", err)
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	stopBackground()
	behind.Wait()
	stopTelemetry() // last, so that a scrape sees the end
	return errors.Join(append(errs, <-served)...)
}

// watchStage shows the stage in /healthz and /readyz.
func watchStage(health *telemetry.Health, st *stream.Stage) {
	name := st.Health().Name
	health.Alive(name, func() (bool, string) {
		h := st.Health()
		if h.Stopped != nil {
			return false, h.Stopped.Error()
		}
		if h.Trouble != nil {
			return true, fmt.Sprintf("waits since %s: %v", h.Since.UTC().Format("2006-01-02T15:04:05Z"), h.Trouble)
		}
		return true, ""
	})
	health.Ready(name, func() (bool, string) {
		h := st.Health()
		switch {
		case h.Stopped != nil:
			return false, "stopped"
		case h.Trouble != nil:
			return false, h.Trouble.Error()
		case !h.Ready:
			return false, "joining its group"
		}
		return true, ""
	})
}

func names(which []Service) string {
	list := make([]string, len(which))
	for i, sv := range which {
		list[i] = sv.Name
	}
	return strings.Join(list, ",")
}
