package mongo

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// newerPause is how long a partition rests that holds records of a newer release: until somebody has updated this one.
const newerPause = time.Minute

// Options are what a Sink needs to know besides the store.
type Options struct {
	Topics     schemas.Topics
	Zone       *time.Location        // of synced_at; UTC if nil
	Now        func() time.Time      // time.Now if nil
	Writers    int                   // parts that a batch is decoded and stored in at the same time; 2 if 0
	Log        *slog.Logger          // discards if nil
	Registerer prometheus.Registerer // metrics are kept to itself if nil
}

// Sink is the processor of clean records. It is safe for concurrent use by several lanes.
type Sink struct {
	client  *mongodb.Client
	options Options
	kinds   map[string]*kind
	metrics *metrics
	seed    maphash.Seed
}

var _ stream.Processor = (*Sink)(nil)

// New returns a sink that stores into client's database.
func New(client *mongodb.Client, o Options) (*Sink, error) {
	if client == nil {
		return nil, errors.New("sink needs a store")
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Writers == 0 {
		o.Writers = 2
	}
	if o.Writers < 0 {
		return nil, fmt.Errorf("sink cannot have %d writers", o.Writers)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	known, err := kinds()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(o.Registerer, known)
	if err != nil {
		return nil, err
	}
	return &Sink{client: client, options: o, kinds: known, metrics: m, seed: maphash.MakeSeed()}, nil
}

// Kinds returns the kinds that this sink stores, so that it is given their topics and no others.
func (s *Sink) Kinds() []string {
	var names []string
	for name := range s.kinds {
		names = append(names, name)
	}
	return names
}

// Probe reports whether the store answers, so that a crash can be told from an outage.
func (s *Sink) Probe(ctx context.Context) error { return s.client.Ping(ctx) }

// Process stores the batch's observations and says, for each page they came from, what became of them.
func (s *Sink) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	observations, result := s.admit(batch)
	observations, undecodable := s.decode(observations)
	result.Rejected = append(result.Rejected, undecodable...)

	for _, k := range s.kinds {
		parts := s.split(k, observations)
		err := parallel(len(parts), func(i int) error { return s.settle(ctx, k, parts[i]) })
		if err != nil {
			return stream.Result{}, err
		}
	}
	for _, o := range observations {
		s.metrics.documents.WithLabelValues(o.kind.name, o.outcome.String()).Inc()
		if o.outcome == refused {
			result.Rejected = append(result.Rejected,
				stream.Rejection{Record: o.record, Class: stream.ClassRefused, Err: o.refusal})
		}
	}
	var err error
	result.Publish, err = facts(observations, s.options.Topics.Progress(), s.options.Now().UnixMilli())
	return result, err
}

// admit reads headers. A record of a newer release stops its partition, and no other, from that record on.
func (s *Sink) admit(batch []*kgo.Record) ([]*observation, stream.Result) {
	type partition struct {
		topic  string
		number int32
	}
	var result stream.Result
	held := make(map[partition]bool)
	all := make([]observation, len(batch))
	admitted := make([]*observation, 0, len(batch))
	for i, r := range batch {
		p := partition{r.Topic, r.Partition}
		if held[p] {
			continue
		}
		o := &all[i]
		o.record = r
		switch err := o.readHeaders(s.kinds); {
		case errors.Is(err, errNewer):
			held[p] = true
			result.Postponed = append(result.Postponed,
				stream.Postponement{From: r, Until: s.options.Now().Add(newerPause)})
			s.options.Log.Error("partition rests until this release is updated", "topic", r.Topic,
				"partition", r.Partition, "offset", r.Offset, "error", err)
		case err != nil:
			result.Rejected = append(result.Rejected, undecodable(r, err))
		default:
			admitted = append(admitted, o)
		}
	}
	return admitted, result
}

// decode reads values, several at a time, and keeps the order of those that can be read.
func (s *Sink) decode(batch []*observation) ([]*observation, []stream.Rejection) {
	failures := make([]error, len(batch))
	size := (len(batch) + s.options.Writers - 1) / s.options.Writers
	_ = parallel(s.options.Writers, func(part int) error {
		for i := part * size; i < min((part+1)*size, len(batch)); i++ {
			failures[i] = batch[i].decode()
		}
		return nil
	})
	var rejected []stream.Rejection
	decoded := batch[:0]
	for i, o := range batch {
		if failures[i] != nil {
			rejected = append(rejected, undecodable(o.record, failures[i]))
			continue
		}
		decoded = append(decoded, o)
	}
	return decoded, rejected
}

func undecodable(r *kgo.Record, err error) stream.Rejection {
	return stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: err}
}

// split divides one kind's observations among the writers, all of one key to the same.
func (s *Sink) split(k *kind, batch []*observation) [][]*observation {
	parts := make([][]*observation, s.options.Writers)
	for _, o := range batch {
		if o.kind == k {
			i := int(maphash.String(s.seed, o.id) % uint64(len(parts))) //nolint:gosec // below the number of parts
			parts[i] = append(parts[i], o)
		}
	}
	return parts
}

func (s *Sink) syncedAt() string {
	return schemas.FormatMillis(s.options.Now().UnixMilli(), s.options.Zone)
}
