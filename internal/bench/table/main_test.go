package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, figures map[string]float64) string {
	t.Helper()
	data, err := json.Marshal(figures)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFiguresBelowTheirLimitAreMarked(t *testing.T) {
	t.Parallel()
	figures, held := make(map[string]float64), 0
	for _, l := range lines {
		figures[l.key] = 10
		if l.least > 0 {
			held++
		}
	}
	figures["sink_changed_vs_limit"] = 0.54
	var out strings.Builder
	if err := show(&out, write(t, figures)); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "BELOW") != 1 || strings.Count(out.String(), " ok ") != held-1 {
		t.Errorf("marks are wrong:\n%s", out.String())
	}
}

func TestMissingFigureIsAnError(t *testing.T) {
	t.Parallel()
	err := show(&strings.Builder{}, write(t, map[string]float64{"sink_new_vs_limit": 1}))
	if err == nil || !strings.Contains(err.Error(), "sink_changed_vs_limit") {
		t.Errorf("error is %v", err)
	}
}
