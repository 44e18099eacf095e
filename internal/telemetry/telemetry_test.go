package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setup runs a server and returns its address and health; it is stopped with the test.
func setup(t *testing.T) (addr string, health *telemetry.Health) {
	t.Helper()
	health = &telemetry.Health{}
	s, err := telemetry.Listen(t.Context(), "127.0.0.1:0", telemetry.NewRegistry("v1.2.3"), health, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error("run:", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return s.Addr(), health
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end below
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	addr, _ := setup(t)
	status, body := get(t, addr+"/metrics")
	for _, want := range []string{"go_goroutines ", "process_resident_memory_bytes ", `shopstream_build_info{go_version="go`, `version="v1.2.3"} 1`} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("status %d, not shown: %s", status, want)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	addr, health := setup(t)
	if status, body := get(t, addr+"/readyz"); status != http.StatusOK || body != "" {
		t.Errorf("without checks: %d %q", status, body)
	}
	health.Alive("sink", func() (bool, string) { return true, "" })
	health.Alive("fetcher", func() (bool, string) { return false, "instance is fenced" })
	health.Ready("sink", func() (bool, string) { return true, "6 partitions" })

	status, body := get(t, addr+"/healthz")
	want := `{"name":"fetcher","ok":false,"detail":"instance is fenced"}` + "\n" + `{"name":"sink","ok":true}` + "\n"
	if status != http.StatusServiceUnavailable || body != want {
		t.Errorf("healthz: %d\n%s", status, body)
	}
	status, body = get(t, addr+"/readyz")
	if status != http.StatusOK || body != `{"name":"sink","ok":true,"detail":"6 partitions"}`+"\n" {
		t.Errorf("readyz: %d\n%s", status, body)
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	addr, _ := setup(t)
	_, err := telemetry.Listen(t.Context(), addr, telemetry.NewRegistry(""), &telemetry.Health{}, slog.New(slog.DiscardHandler))
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), addr) || !strings.Contains(err.Error(), "http.addr") {
		t.Error("want the address and the key in", err)
	}
}

func TestOff(t *testing.T) {
	t.Parallel()
	s, err := telemetry.Listen(t.Context(), "", nil, nil, nil)
	if err != nil || s.Addr() != "" {
		t.Fatal(s.Addr(), err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := errors.Join(s.Run(ctx), s.Close()); err != nil {
		t.Error(err)
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "warn", "json")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("not shown")
	log.Warn("token refused", "shop_id", "1", "token", secret.Text("hunter2"))
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"msg":"token refused","shop_id":"1","token":"<redacted>"`) {
		t.Error("got", got)
	}
	if _, err := telemetry.NewLogger(&out, "loud", "text"); err == nil || !strings.Contains(err.Error(), "log.level") {
		t.Error("level:", err)
	}
	if _, err := telemetry.NewLogger(&out, "info", "xml"); err == nil || !strings.Contains(err.Error(), "log.format") {
		t.Error("format:", err)
	}
}
