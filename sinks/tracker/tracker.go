// Package tracker folds facts into the ledger. It knows records; what facts mean is the ledger's business.
package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
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

var (
	planName     = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,300}$`)
	platformName = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
)

// decode reads a fact and checks that it is about something, in a form that can become a key of the store.
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
	switch {
	case !planName.MatchString(f.PlanID):
		return f, fmt.Errorf("fact has no usable plan_id: %.60q", f.PlanID)
	case f.ChunkID != "":
		err := checkChunkFact(&f)
		return f, err
	case f.Stage == schemas.StagePlanner && platformName.MatchString(f.Platform):
		return f, nil
	case f.Stage == schemas.StageReject && f.RejectedBy == schemas.StagePlanner:
		return f, nil
	}
	return f, fmt.Errorf("fact of stage %.40q is about no chunk", f.Stage)
}

// maxID is far above what ids of chunks and tasks can have by their parts' own limits.
const maxID = 1000

func checkChunkFact(f *schemas.Fact) error {
	switch f.Stage {
	case schemas.StageFetcher, schemas.StageTransformer, schemas.StageSink, schemas.StageReject:
	default:
		return fmt.Errorf("stage %.40q says nothing about chunks", f.Stage)
	}
	if len(f.ChunkID) > maxID || len(f.TaskID) > maxID || !strings.HasPrefix(f.TaskID, f.ChunkID+"#") {
		return fmt.Errorf("task %.120q is not of chunk %.120q", f.TaskID, f.ChunkID)
	}
	for _, id := range f.Spawned {
		if len(id) > maxID || !strings.HasPrefix(id, f.ChunkID+"#") {
			return fmt.Errorf("spawned task %.120q is not of chunk %.120q", id, f.ChunkID)
		}
	}
	return nil
}
