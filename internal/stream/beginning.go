package stream

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
)

// sayNeverRead warns of partitions that begin without a commit where their first records are gone. A new group is right to begin at
// what there is; but one whose commits have expired looks the same, and only the operator knows which it is. Each partition is
// named once, and again when still more is gone.
func (l *lane) sayNeverRead(ctx context.Context, adm *kadm.Client, uncommitted map[string][]int32) error {
	if len(uncommitted) == 0 || !l.stage.mayBeReset() {
		return nil // of work, what is done is deleted
	}
	var topics []string
	for topic := range uncommitted {
		topics = append(topics, topic)
	}
	starts, err := adm.ListStartOffsets(ctx, topics...)
	if err != nil {
		return fmt.Errorf("list start offsets: %w", err)
	}
	if err := starts.Error(); err != nil {
		return fmt.Errorf("list start offsets: %w", err)
	}
	for topic, partitions := range uncommitted {
		var named []int32
		var gone int64
		for _, p := range partitions {
			if start, _ := starts.Lookup(topic, p); l.stage.isNews(partition{topic, p}, start.Offset) {
				named = append(named, p)
				gone += start.Offset
			}
		}
		if len(named) > 0 {
			slices.Sort(named)
			l.log.Warn("the first records were deleted before this group read them: it has no commit there and begins with what is left; "+
				"unless it is new, run the plans of that time again", "topic", topic, "partitions", named, "records_at_most", gone)
		}
	}
	return nil
}

// isNews reports whether more records before the partition's start are gone than was said before.
func (s *Stage) isNews(p partition, start int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start <= s.neverRead[p] {
		return false
	}
	s.neverRead[p] = start
	return true
}
