package cli

import (
	"bytes"
	"context"
	"testing"
)

// A service may be told to stop before it has found its broker.
func TestStopWhileStartingIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	a := &app{stdout: &stdout, stderr: &stderr, dir: t.TempDir()}
	if code := run(ctx, a, []string{"run", "transformer", "--set", "kafka.brokers=127.0.0.1:1"}, verbs); code != exitOK {
		t.Errorf("exit code %d, want %d; it said %s", code, exitOK, stderr.String())
	}
}
