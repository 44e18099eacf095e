package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	headerTimeout   = 5 * time.Second
	shutdownTimeout = 5 * time.Second
)

// Server serves /metrics, /healthz and /readyz. It asks nobody who they are: keep its address inside.
type Server struct {
	listener net.Listener // nil when http.addr is empty
	server   *http.Server
}

// Listen takes the address, so that a port that is in use is known before any work begins; [Server.Run] serves. An empty
// addr gives a server that does nothing. A Server that is never run must be closed.
func Listen(ctx context.Context, addr string, metrics *prometheus.Registry, health *Health, log *slog.Logger) (*Server, error) {
	if addr == "" {
		return &Server{}, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve metrics and health: %w: choose another http.addr (SHOPSTREAM_HTTP__ADDR), or an empty one for none", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{Registry: metrics}))
	mux.Handle("GET /healthz", health.handler(&health.alive))
	mux.Handle("GET /readyz", health.handler(&health.ready))
	return &Server{listener: listener, server: &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}, nil
}

// Addr returns the address that is served, with the port that was taken for port 0; "" when there is none.
func (s *Server) Addr() string {
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Run serves until ctx is done, then lets requests in flight end, for 5 s at most. It is the last to be stopped, so that
// the end of everything else can be watched.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		<-ctx.Done()
		return nil
	}
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(s.listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve metrics and health on %s: %w", s.Addr(), err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := s.server.Shutdown(stopping)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close() // a client that reads slowly does not hold up a stop
	}
	<-served //nolint:errcheck // http.ErrServerClosed, by what was just done
	return err
}

// Close gives the address back, for a Server that is not run after all.
func (s *Server) Close() error {
	if s.listener == nil {
		return nil
	}
	return s.listener.Close()
}
