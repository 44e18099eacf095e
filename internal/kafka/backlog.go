package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Backlog returns how many records of the topic the group has not yet consumed, or a few more: the markers of transactions
// count, too.
func Backlog(ctx context.Context, adm *kadm.Client, group, topic string) (int, error) {
	committed, err := adm.FetchOffsetsForTopics(ctx, group, topic)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return 0, fmt.Errorf("fetch committed offsets of %s: %w", group, err)
	}
	starts, err := adm.ListStartOffsets(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("list start offsets of %s: %w", topic, err)
	}
	ends, err := adm.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("list end offsets of %s: %w", topic, err)
	}
	n := int64(0)
	for partition, end := range ends[topic] {
		if end.Err != nil {
			return 0, fmt.Errorf("end offset of %s/%d: %w", topic, partition, end.Err)
		}
		start, ok := starts.Lookup(topic, partition)
		if !ok || start.Err != nil {
			return 0, fmt.Errorf("start offset of %s/%d: %w", topic, partition, start.Err)
		}
		from := start.Offset
		if c, ok := committed.Lookup(topic, partition); ok && c.Err == nil {
			from = max(from, c.At)
		}
		n += max(0, end.Offset-from)
	}
	return int(n), nil
}
