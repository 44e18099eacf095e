package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"
)

// profileEvery is how far the snapshots of the heap lie apart.
const profileEvery = 10 * time.Second

// profile writes a CPU profile, and a snapshot of the heap every few seconds, into dir until stop is called. With dir ""
// it does nothing. It is for finding out what the pipeline spends its time and memory on.
func profile(ctx context.Context, dir string) (stop func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for profiles: %w", err)
	}
	cpu, err := os.Create(filepath.Join(dir, "cpu.pprof")) //nolint:gosec // the caller's folder
	if err != nil {
		return nil, fmt.Errorf("create the CPU profile: %w", err)
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(fmt.Errorf("start the CPU profile: %w", err), cpu.Close())
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- snapshots(ctx, dir) }()
	return func() error {
		cancel()
		pprof.StopCPUProfile()
		return errors.Join(<-done, cpu.Close())
	}, nil
}

// snapshots writes heap profiles, named after the seconds that had passed, until ctx is done.
func snapshots(ctx context.Context, dir string) error {
	began := time.Now()
	tick := time.NewTicker(profileEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		file, err := os.Create(filepath.Join(dir, fmt.Sprintf("heap-%04.0fs.pprof", time.Since(began).Seconds()))) //nolint:gosec // the caller's folder
		if err != nil {
			return fmt.Errorf("create a heap profile: %w", err)
		}
		if err := errors.Join(pprof.WriteHeapProfile(file), file.Close()); err != nil {
			return fmt.Errorf("write a heap profile: %w", err)
		}
	}
}
