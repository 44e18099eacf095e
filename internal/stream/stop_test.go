package stream_test

import (
	"context"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
)

// hole is a network that can swallow what is sent without breaking a connection, as a partition does, or a broker that hangs.
type hole struct {
	mu    sync.Mutex
	opens chan struct{} // closed while the network passes everything
}

func newHole() *hole {
	h := &hole{opens: make(chan struct{})}
	close(h.opens)
	return h
}

func (h *hole) shut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opens = make(chan struct{})
}

func (h *hole) passes() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opens
}

func (h *hole) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	select {
	case <-h.passes():
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(5 * time.Second): // as kafka.ClientOptions has it
		return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &swallowed{Conn: c, hole: h}, nil
}

type swallowed struct {
	net.Conn
	hole *hole
}

// Write claims to have written whatever the hole swallows.
func (c *swallowed) Write(p []byte) (int, error) {
	select {
	case <-c.hole.passes():
		return c.Conn.Write(p)
	default:
		return len(p), nil
	}
}

// Brokers that do not answer must not hold up a stop: not the batch in hand, not its publication, not the farewell.
func TestStopIsBoundedWhileTheBrokersSwallowEverything(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, instance string
		inHand         bool
	}{
		{"idle", "", false},
		{"batch in hand", "", true},
		{"batch in hand of a static member", "pod-0", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, h := setup(t, 2), newHole()
			o := b.options()
			o.Instance = tt.instance
			o.Client = append(b.Options(), kgo.Dialer(h.dial))
			entered := make(chan struct{}, 10)
			s := start(t, o, func(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
				entered <- struct{}{}
				<-ctx.Done()
				return b.pageEach(batch), nil
			})
			kafkatest.Eventually(t, "joined", func() bool { return s.Health().Ready })
			if tt.inHand {
				b.tasksOn(t, 0, 3)
				<-entered
			}
			h.shut()
			began := time.Now()
			s.stop(t)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("stop took %v, at most 10 s are promised", took)
			}
		})
	}
}
