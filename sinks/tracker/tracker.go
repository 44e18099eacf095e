// Package tracker folds facts into the ledger. It knows records; what facts mean is the ledger's business.
package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/ledger"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// newerPause is how long a partition rests that holds facts of a newer release.
const newerPause = time.Minute

// Tracker is the processor of progress facts. It publishes nothing.
type Tracker struct {
	ledger *ledger.Ledger
	now    func() time.Time
}

var _ stream.Processor = (*Tracker)(nil)

// New returns a tracker that keeps l. now may be nil.
func New(l *ledger.Ledger, now func() time.Time) (*Tracker, error) {
	if l == nil {
		return nil, errors.New("tracker needs a ledger")
	}
	if now == nil {
		now = time.Now
	}
	return &Tracker{ledger: l, now: now}, nil
}

// Probe reports whether the ledger's store answers.
func (t *Tracker) Probe(ctx context.Context) error { return t.ledger.Ping(ctx) }

// Process folds the batch's facts into the ledger.
func (t *Tracker) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	var result stream.Result
	held := make(map[int32]bool) // the one topic's partitions that rest
	facts := make([]schemas.Fact, 0, len(batch))
	for _, r := range batch {
		if held[r.Partition] {
			continue
		}
		f, err := decode(r)
		switch {
		case errors.Is(err, errNewer):
			held[r.Partition] = true
			result.Postponed = append(result.Postponed, stream.Postponement{From: r, Until: t.now().Add(newerPause)})
		case err != nil:
			result.Rejected = append(result.Rejected, stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: err})
		default:
			facts = append(facts, f)
		}
	}
	if err := t.ledger.Fold(ctx, facts); err != nil {
		return stream.Result{}, err
	}
	return result, nil
}

// errNewer says that a record was written by a newer release than this one.
var errNewer = errors.New("fact has a newer schema than this release reads")

// decode reads a fact and checks that the ledger can take it in.
func decode(r *kgo.Record) (schemas.Fact, error) {
	var f schemas.Fact
	if s := schemas.Header(r, schemas.HeaderSchema); s != "" && s != schemas.FactSchema {
		if strings.HasPrefix(s, "fact/") {
			return f, fmt.Errorf("%w: %.40s", errNewer, s)
		}
		return f, fmt.Errorf("schema %.40q is not a fact's", s)
	}
	if err := json.Unmarshal(r.Value, &f); err != nil {
		return f, fmt.Errorf("decode fact: %w", err)
	}
	err := f.Check()
	return f, err
}
