// Package bench collects the figures of benchmarks in one file, so that they can be compared between machines and commits.
package bench

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Variable names the file that figures are added to; without it they are only printed.
const Variable = "SHOPSTREAM_BENCH_JSON"

// Report prints a figure with the benchmark's results and adds it to the file. Benchmarks of one file run one by one.
func Report(b *testing.B, key string, value float64) {
	b.Helper()
	b.ReportMetric(value, key)
	path := os.Getenv(Variable)
	if path == "" {
		return
	}
	figures := make(map[string]float64)
	data, err := os.ReadFile(path) //nolint:gosec // the file is the caller's choice
	if err == nil {
		err = json.Unmarshal(data, &figures)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	figures[key] = value
	if data, err = json.MarshalIndent(figures, "", "  "); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil { //nolint:gosec // likewise
		b.Fatal(err)
	}
}

// Median returns the middle of values, which must not be empty.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// CPU returns the processor time that this process has used so far, in user and system mode.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
