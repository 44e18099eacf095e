package dlq

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// Options says where the dead letters are.
type Options struct {
	Client []kgo.Opt // how to reach the brokers
	Topics schemas.Topics
	Now    func() time.Time // time.Now if nil
}

// Queue is the dead letters of an installation.
type Queue struct {
	options Options
	client  *kgo.Client
	admin   *kadm.Client
}

// New returns the queue, which must be closed. It does no I/O.
func New(o Options) (*Queue, error) {
	if len(o.Client) == 0 {
		return nil, errors.New("dead letters need to know how to reach the brokers")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// Whether a topic was made again must not be told from memory.
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.MetadataMinAge(10 * time.Millisecond)}, o.Client...)...)
	if err != nil {
		return nil, fmt.Errorf("make client for dead letters: %w", err)
	}
	return &Queue{options: o, client: client, admin: kadm.NewClient(client)}, nil
}

// Close ends the connections.
func (q *Queue) Close() { q.client.Close() }

// snapshot is what there is at one moment: the letters' topics, how far they reach, and which letters are handled.
type snapshot struct {
	topics  map[string]kadm.TopicID // those of dead letters
	others  map[string]bool         // all other topics of the installation
	starts  map[place]int64
	ends    map[place]int64
	handled map[ID]Handling
}

// snapshot reads what there is. Transactions that are open now are not seen; the letters in them come later.
func (q *Queue) snapshot(ctx context.Context) (*snapshot, error) {
	bounded, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	all, err := q.admin.ListTopics(bounded)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	s := &snapshot{topics: map[string]kadm.TopicID{}, others: map[string]bool{}, handled: map[ID]Handling{}}
	handled := q.options.Topics.Handled()
	asked := map[string]bool{}
	for name, t := range all {
		switch {
		case t.Err != nil || !strings.HasPrefix(name, q.options.Topics.Prefix):
			continue
		case name != handled && strings.HasPrefix(name, q.options.Topics.DLQ("")):
			s.topics[name] = t.ID
		default:
			s.others[name] = true
		}
		if name == handled || !s.others[name] {
			asked[name] = true
		}
	}
	if len(s.topics) == 0 {
		return nil, fmt.Errorf("there are no dead-letter topics, such as %s (kafka.topic_prefix): create them with "+
			"`shopstream topics apply`", q.options.Topics.DLQ("raw"))
	}
	// Starts before ends: a trim in between only makes the read shorter.
	if s.starts, err = q.offsets(ctx, q.admin.ListStartOffsets, asked); err != nil {
		return nil, err
	}
	if s.ends, err = q.offsets(ctx, q.admin.ListCommittedOffsets, asked); err != nil {
		return nil, err
	}
	err = q.read(ctx, s.spans(func(at place) bool { return at.topic == handled }), func(r *kgo.Record) (bool, error) {
		if id, h, ok := q.readHandled(r, s); ok {
			s.handled[id] = h
		}
		return true, nil
	})
	return s, err
}

// spans returns the whole of the chosen partitions, in order.
func (s *snapshot) spans(chosen func(place) bool) []span {
	var spans []span
	for at, end := range s.ends {
		if chosen(at) {
			spans = append(spans, span{at, s.starts[at], end})
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
	})
	return spans
}

// narrow returns the parts of the letters' topics that can hold what the filter chooses.
func (q *Queue) narrow(s *snapshot, f *Filter) []span {
	spans := s.spans(func(at place) bool { return at.topic != q.options.Topics.Handled() })
	if len(f.IDs) == 0 {
		return spans
	}
	var narrowed []span
	for _, sp := range spans {
		from, to := sp.to, sp.from
		for _, id := range f.IDs {
			if sp.place == (place{q.options.Topics.DLQ(id.Of), id.Partition}) && id.Offset >= sp.from && id.Offset < sp.to {
				from, to = min(from, id.Offset), max(to, id.Offset+1)
			}
		}
		if from < to {
			narrowed = append(narrowed, span{sp.place, from, to})
		}
	}
	return narrowed
}

// open visits the open letters that the filter chooses. A letter must not be kept: its record may be large.
func (q *Queue) open(ctx context.Context, s *snapshot, f *Filter, visit func(*Letter) error) error {
	return q.read(ctx, q.narrow(s, f), func(r *kgo.Record) (bool, error) {
		l := newLetter(r, q.options.Topics.Prefix)
		if _, handled := s.handled[l.ID]; handled || !f.matches(l) {
			return true, nil
		}
		return true, visit(l)
	})
}
