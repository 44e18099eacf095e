package fetcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// fate is what became of a task in this batch. The zero fate is the safe one: the task was not handled and stays.
type fate int

const (
	unhandled fate = iota // comes again as it is, not before until
	done                  // published records say it all
	failed                // tries used up in transient ways
	rejected              // given up, with class and err
	parked                // its shop cannot be served
	unsettled             // its list may still grow; asked again at until
)

// job is one record of a batch on its way.
type job struct {
	record *kgo.Record
	task   schemas.Task
	fate   fate

	publish []*kgo.Record // done
	class   string        // rejected
	err     error         // rejected, failed
	until   time.Time     // unhandled, unsettled
	limited bool          // unhandled: because of a limit of its shop's own, which its neighbours do not have
	outage  bool          // unhandled: because the platform serves nobody
	served  bool          // the platform gave an answer that is about this call, good or bad

	path   string    // of the last call
	began  time.Time // the last call
	region string    // of the shop
	shop   shop.Shop // as it was called last
	asked  int       // for other tokens
	calls  int
	callMS int64
	errors []string // codes of the calls that failed
}

func (j *job) reject(class string, err error) { j.fate, j.class, j.err = rejected, class, err }

// newJob reads a record of a tasks topic.
func newJob(r *kgo.Record, platform string) *job {
	j := &job{record: r}
	if err := json.Unmarshal(r.Value, &j.task); err != nil {
		j.reject(stream.ClassUndecodable, errors.New("value is not a task: "+jsonProblem(err)))
		return j
	}
	t := &j.task
	_, err := schemas.NextTaskID(t.TaskID)
	switch {
	case t.PlanID == "" || t.ChunkID == "" || t.ShopID == "" || t.ChannelID == "" || t.Kind == "" || t.Op == "":
		err = errors.New("task lacks one of plan_id, chunk_id, channel_id, shop_id, kind, op")
	case err == nil && t.Platform != platform:
		j.reject(stream.ClassPermanent, fmt.Errorf("task of platform %q is on a topic of %s", t.Platform, platform))
		return j
	}
	if err != nil {
		j.reject(stream.ClassUndecodable, err)
	}
	return j
}

// jsonProblem describes a decoding error without the value that caused it.
func jsonProblem(err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("broken JSON at byte %d", syntax.Offset)
	case errors.As(err, &typ) && typ.Field == "":
		return "no object"
	case typ != nil:
		return fmt.Sprintf("field %s has the wrong type", typ.Field)
	default:
		return "unreadable JSON"
	}
}
