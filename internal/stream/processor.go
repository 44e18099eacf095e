package stream

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Processor is one stage's work, without Kafka: it turns a batch of records into a Result.
//
// Process may be called again with the same records, whole or in part: after a crash, an abort, a rebalance, or with halves
// of the batch while the loop looks for the record that makes it panic. What it does outside (HTTP, Mongo) must bear that.
//
// It returns soon after ctx is done (the batch's deadline, or a stop), with what it has: work that it could not do is given
// back as records to publish, or postponed. Publishing does not hang on ctx.
//
// An error means that infrastructure failed: nothing is published, no offset moves, and the loop tries the same records
// again after a pause, for ever. What is wrong with a record itself is a Rejection in the Result, never an error.
type Processor interface {
	Process(ctx context.Context, batch []*kgo.Record) (Result, error)
}

// Result says what became of a batch. A record that is neither rejected nor postponed is done.
type Result struct {
	Publish   []*kgo.Record
	Rejected  []Rejection
	Postponed []Postponement
}

// Rejection gives a record up for good: it goes to the dead-letter topic as it was consumed, with the reason in headers.
type Rejection struct {
	Record   *kgo.Record
	Class    string // a word for metrics and filters: ClassUndecodable, ClassRefused, ...
	Err      error  // must not contain secrets or buyers' data: it becomes a header
	Attempts int    // how often the record was tried, 0 when that is not known
}

// Classes of rejections; stages may add their own.
const (
	ClassUndecodable = "undecodable" // the record is not what its topic holds
	ClassRefused     = "refused"     // the store refuses this very document
	ClassPanic       = "panic"       // processing this record alone panics
	ClassTransient   = "transient"   // the platform kept failing while it served other calls
	ClassPermanent   = "permanent"   // the platform will never answer this call
)

// Postponement says: this record and all records after it in its partition were not handled; nothing before Until. The loop
// commits up to From, rewinds the partition to it, pauses it until Until and goes on with the others.
// When From is not the first record of its partition in the batch, Process must have handled the ones before it, and it must
// have published nothing for the ones after it.
type Postponement struct {
	From  *kgo.Record
	Until time.Time
}

// ErrTooManyRejections stops a stage: that many records in a row are no poison but a bug or a bad deployment.
var ErrTooManyRejections = errors.New("too many records rejected in a row")

// ErrFenced stops a stage: another process runs with the same instance name.
var ErrFenced = errors.New("instance is fenced: another process runs with the same instance name")

// ErrDataLoss stops a stage: records that the group has not consumed are gone from the topic.
var ErrDataLoss = errors.New("records were lost before they were consumed")

// ErrNoRight stops a stage that has committed nothing yet. Later it tries again: a right that was taken away may be given back.
var ErrNoRight = errors.New("a right is missing")

// ErrRecreated stops a stage: a topic was deleted and made again, so the group's offsets mean nothing any more.
var ErrRecreated = errors.New("topic was recreated")
