package stream

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// Options describes one stage: which records it consumes, and how.
type Options struct {
	// Stage names the stage in facts, metrics, logs and dead letters: schemas.StageFetcher and so on.
	Stage string
	// Name tells stages of one kind apart in metrics and health: "fetcher.live.shopee". Default: Stage.
	Name string
	// Group is the consumer group, with the prefix. All processes of a stage share it.
	Group string
	// Consume lists the topics to consume, with the prefix.
	Consume []string
	// Topics names the topics where dead letters and facts go.
	Topics schemas.Topics
	// Client says how to reach the brokers: seeds, TLS, SASL, dialer, client id.
	Client []kgo.Opt

	// Lanes is how many members of the group this process runs. Default 1: concurrency belongs inside the batch; more help
	// where a transaction's latency, not the work, is the limit.
	Lanes int
	// Instance, when set, makes members static and transactional ids stable: a process that is restarted under the same
	// name within the session time-out (6 s) goes on at once, without a rebalance. It must be unique in the group.
	Instance string

	// MaxRecords bounds a batch. Default 500.
	MaxRecords int
	// MaxBytes bounds a batch by the size of the records seen before it; what one fetch returns (4 MB, before it is
	// decompressed) bounds it in any case. Default 16 MiB.
	MaxBytes int
	// Deadline is how long Process may take before its context ends. Default 20 s, a third of the rebalance time-out.
	Deadline time.Duration

	// UntilDone says that the consumed topics hold work, not history: records below the group's committed offset are
	// deleted, and only they.
	UntilDone bool

	// FromAnyone says that anyone may write to the consumed topics. Then any number of rejected records in a row is what
	// somebody wrote, such as a file sent line by line, and no sign of a bug: it does not stop the stage.
	FromAnyone bool

	// Probe tells whether the infrastructure that Process needs answers. While it fails, a panic is not blamed on a record.
	Probe func(context.Context) error
	// Account returns the fact that goes with a rejected record, so that the ledger closes; false when there is nothing to
	// account for. Default: schemas.RejectFact.
	Account func(*kgo.Record, Rejection) (schemas.Fact, bool)

	// Revision is the program's version, for dead letters.
	Revision   string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// The loop's fixed times. They depend on one another: a batch (Deadline) ends well before the rebalance time-out, and an open
// transaction of a dead process blocks read_committed readers no longer than transactionTimeout plus the broker's own
// interval of looking for expired ones (10 s in Apache Kafka).
const (
	sessionTimeout     = 6 * time.Second
	heartbeatInterval  = 1500 * time.Millisecond
	rebalanceTimeout   = 60 * time.Second
	transactionTimeout = 4 * time.Second

	// stopGrace is how long a batch may go on after a stop was asked for; publishing and leaving come on top, and all of
	// it stays below 10 s.
	stopGrace    = 4 * time.Second
	publishGrace = 6 * time.Second // from the stop on, too
	leaveGrace   = time.Second     // from the session's closing on

	// publishTimeout is how long the brokers may take to store and commit a batch's output. The transaction is gone long
	// before that.
	publishTimeout = 3 * transactionTimeout

	backoffMin = 250 * time.Millisecond
	backoffMax = 5 * time.Second

	upkeepInterval = 10 * time.Second
	markerInterval = 5 * time.Second
	pollTimeout    = time.Second

	// maxRejectedInARow is how many records in a row may be poison. One more stops the stage.
	maxRejectedInARow = 20
	panicTries        = 3
	maxAbortsInARow   = 2 // more than rebalances explain: from then on the loop backs off and says so
)

// withDefaults checks the options and fills in what is not set.
func (o Options) withDefaults() (Options, error) {
	var errs []error
	for _, must := range []struct {
		name  string
		unset bool
	}{
		{"Stage", o.Stage == ""},
		{"Group", o.Group == ""},
		{"Consume", len(o.Consume) == 0},
		{"Client", len(o.Client) == 0},
		{"Logger", o.Logger == nil},
		{"Registerer", o.Registerer == nil},
	} {
		if must.unset {
			errs = append(errs, errors.New("stream: option "+must.name+" is not set"))
		}
	}
	setDefault(&o.Name, o.Stage)
	setDefault(&o.Lanes, 1)
	setDefault(&o.MaxRecords, 500)
	setDefault(&o.MaxBytes, 16<<20)
	setDefault(&o.Deadline, 20*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Probe == nil {
		o.Probe = func(context.Context) error { return nil }
	}
	if o.Account == nil {
		stage, now := o.Stage, o.Now
		o.Account = func(r *kgo.Record, rej Rejection) (schemas.Fact, bool) {
			return schemas.RejectFact(r, stage, rej.Class, now().UnixMilli())
		}
	}
	for _, topic := range o.Consume {
		if _, ok := o.Topics.DLQFor(topic); !ok {
			errs = append(errs, errors.New("stream: topic "+topic+" has no dead-letter topic"))
		}
	}
	return o, errors.Join(errs...)
}

func setDefault[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}
