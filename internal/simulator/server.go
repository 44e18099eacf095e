package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/lazada"
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/shopee"
	"github.com/shopstream/shopstream/internal/simulator/tiktok"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Platform is one platform's API.
type Platform interface {
	Name() string
	Shops() []world.Shop
	// Paths are patterns of net/http's ServeMux without method and host; no two platforms share one.
	Paths() []string
	ShopOf(r *http.Request) string
	// Takes says whether a fault makes sense for a request.
	Takes(r *http.Request, fault string) bool
	// Answer writes the whole answer of a call; it ignores faults that are not of its content.
	Answer(r *http.Request, fault string) (status int, body []byte)
	// Truth yields the selected rows, none of a kind that the platform has not; [world.ErrNoShop] if the shop is not of this platform.
	Truth(q world.Query, yield func(world.Row) bool) error
	// LeastCalls is how many calls a chunk of one shop takes at the least, by the platform's page sizes.
	LeastCalls(c world.Chunk) (int, error)
	Consent(shopID string) (code string, err error)
}

// Simulation is how a platform comes to be.
type Simulation struct {
	Name string
	Open func(market.Setup) Platform
}

// Simulated are the platforms there are.
var Simulated = []Simulation{
	{"shopee", func(s market.Setup) Platform { return shopee.New(s) }},
	{"tiktok", func(s market.Setup) Platform { return tiktok.New(s) }},
	{"lazada", func(s market.Setup) Platform { return lazada.New(s) }},
}

// Server is a simulator. Its methods are safe for concurrent use, but for Listen and Run.
type Server struct {
	opts      Options
	platforms []Platform
	limits    map[string]*limit
	calls     *calls
	faults    *faults
	mux       *http.ServeMux
	listener  net.Listener
}

// New makes a server; it does no I/O. The world's today, a frozen clock and the first tokens begin now.
func New(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, fmt.Errorf("simulator options: %w", err)
	}
	start := opts.Now()
	s := &Server{
		opts: opts, limits: map[string]*limit{}, calls: newCalls(), mux: http.NewServeMux(),
		faults: &faults{seed: world.Hash(uint64(opts.Seed))}, //nolint:gosec // keys wrap
	}
	setup := market.Setup{
		Seed: opts.Seed, Shops: opts.Shops, Days: opts.Days, OrdersPerDay: opts.OrdersPerDay, TokenTTL: opts.TokenTTL,
		ToExclusive: opts.TimeTo == Exclusive, Start: start, Now: opts.clock(start), Wall: opts.Now,
	}
	for _, of := range opts.Simulated {
		if opts.wants(of.Name) {
			s.add(of.Open(setup))
		}
	}
	s.control(s.mux)
	return s, nil
}

// add takes a platform in.
func (s *Server) add(p Platform) {
	s.platforms = append(s.platforms, p)
	s.limits[p.Name()] = newLimit(s.opts.Rate)
	for _, path := range p.Paths() {
		s.calls.add(path)
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.call(w, r, p, path) })
	}
}

// Handler serves the APIs and the control API, for a server of one's own such as httptest's.
func (s *Server) Handler() http.Handler { return s.mux }

// Shops are all platforms' shops with the credentials they start with.
func (s *Server) Shops() []world.Shop {
	var shops []world.Shop
	for _, p := range s.platforms {
		shops = append(shops, p.Shops()...)
	}
	return shops
}

// Listen binds the address, after which URL is known and clients may connect, and writes the shops' file if one is wanted.
// Run does so by itself if need be.
func (s *Server) Listen(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.opts.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s (--addr): %w", s.opts.Addr, err)
	}
	s.listener = l
	if s.opts.WriteShops == "" {
		return nil
	}
	if err := s.WriteShopsFile(s.opts.WriteShops, s.URL()); err != nil {
		s.listener = nil
		return errors.Join(fmt.Errorf("%w (--write-shops)", err), l.Close())
	}
	return nil
}

// URL is the base of all platforms' paths, "" before Listen. Listening on all addresses, it names the local one.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return "http://" + s.listener.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Run serves until ctx ends. Calls in progress get five seconds.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		if err := s.Listen(ctx); err != nil {
			return err
		}
	}
	server := &http.Server{
		Handler:           s.mux,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // frees calls that hang
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve simulator: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		_ = server.Close() // what is still open has had its time
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve simulator: %w", err)
	}
	return nil
}
