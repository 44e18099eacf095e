package dlq

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ErrTakenOver says that another requeue or drop began meanwhile.
var ErrTakenOver = errors.New("another requeue or drop of dead letters has taken over: run this one again when that has ended")

const (
	// transactionTimeout is how long readers of the committed wait for the transaction of an operator who has vanished.
	transactionTimeout = 10 * time.Second
	// writeTimeout is how long the brokers may take for a transaction.
	writeTimeout = 3 * transactionTimeout
	// maxBatch is how large a letter may be before it is compressed. What the brokers take is decided by them.
	maxBatch = 64 << 20
)

// writer is the installation's only writer of what is done with dead letters: the last one that was made.
type writer struct {
	client *kgo.Client
	close  func()
}

// newWriter takes over from any other writer of the installation: what that one has not committed is aborted.
func (q *Queue) newWriter(ctx context.Context) (*writer, error) {
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.TransactionalID(q.options.Topics.Prefix + "dlq"),
		kgo.TransactionTimeout(transactionTimeout),
		kgo.ProducerBatchMaxBytes(maxBatch),
		kgo.ProducerLinger(0),
	}, q.options.Client...)...)
	if err != nil {
		return nil, fmt.Errorf("make client to requeue dead letters: %w", err)
	}
	w := &writer{client: client, close: sync.OnceFunc(client.Close)}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if _, _, err := client.ProducerID(ctx); err != nil {
		w.close()
		return nil, fmt.Errorf("begin to handle dead letters: %w", takenOver(err))
	}
	return w, nil
}

// commit writes the records in one transaction. It is not interrupted by ctx: a transaction is over soon. After an error nothing
// of it can be read, unless the error says that this is not known; only after kerr.MessageTooLarge may another commit follow.
func (w *writer) commit(ctx context.Context, records []*kgo.Record) error {
	ctx = context.WithoutCancel(ctx)
	// kgo does not give up what it has sent and knows no answer to. Nothing softer than closing it helps.
	patience := time.AfterFunc(writeTimeout, w.close)
	defer patience.Stop()
	if err := w.client.BeginTransaction(); err != nil {
		return fmt.Errorf("begin transaction of dead letters: %w", takenOver(err))
	}
	if err := w.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		if abortErr := w.client.EndTransaction(ctx, kgo.TryAbort); abortErr != nil {
			// err is only told, not wrapped: no caller may go on as if it were all that is wrong.
			return fmt.Errorf("take back what was written of handled dead letters (%s): %w", err.Error(), takenOver(abortErr))
		}
		return fmt.Errorf("write handled dead letters: %w", takenOver(err))
	}
	if err := w.client.EndTransaction(ctx, kgo.TryCommit); err != nil {
		return fmt.Errorf("commit handled dead letters, whether they are is not known; the same command again does what is left: %w",
			errors.Join(takenOver(err), w.client.EndTransaction(ctx, kgo.TryAbort)))
	}
	return nil
}

// takenOver makes the brokers' words for it one.
func takenOver(err error) error {
	for _, fenced := range []error{kerr.ProducerFenced, kerr.InvalidProducerEpoch, kerr.InvalidTxnState} {
		if errors.Is(err, fenced) {
			return fmt.Errorf("%w: %w", ErrTakenOver, err)
		}
	}
	return err
}
