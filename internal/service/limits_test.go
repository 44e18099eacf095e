package service

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

// sharer is a process as far as shares are concerned: an assignment, and a member of the group of one lane's tasks.
type sharer struct {
	*assignment
	member *kgo.Client
	stop   func()
}

func newSharer(t *testing.T, b *kafkatest.Broker, topics schemas.Topics) *sharer {
	t.Helper()
	return &sharer{assignment: &assignment{adm: b.Admin(t), topics: topics, members: map[string]*kgo.Client{}, totals: map[string]total{}}}
}

// join starts a session that consumes the lane's tasks until stop is called.
func (s *sharer) join(t *testing.T, b *kafkatest.Broker, lane string) {
	t.Helper()
	topic := s.topics.Tasks(lane, schemas.Shopee)
	s.member = b.Client(t, kgo.ConsumerGroup(s.topics.Group("fetcher", lane, schemas.Shopee)), kgo.ConsumeTopics(topic),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.DisableAutoCommit(), kgo.HeartbeatInterval(100*time.Millisecond), s.watch(topic))
	ctx, cancel := context.WithCancel(t.Context())
	polled := make(chan struct{})
	go func() {
		defer close(polled)
		for ctx.Err() == nil {
			s.member.PollFetches(ctx)
		}
	}()
	s.stop = func() { cancel(); <-polled; s.member.Close() }
	t.Cleanup(s.stop)
}

// commitAll commits the beginning of each of the lane's partitions, as work that was done has: see share.
func commitAll(t *testing.T, b *kafkatest.Broker, topics schemas.Topics, lane string, partitions int32) {
	t.Helper()
	offsets := kadm.Offsets{}
	for p := range partitions {
		offsets.Add(kadm.Offset{Topic: topics.Tasks(lane, schemas.Shopee), Partition: p, LeaderEpoch: -1})
	}
	adm := b.Admin(t)
	kafkatest.Eventually(t, "offsets committed", func() bool { // not before the broker has a coordinator
		return adm.CommitAllOffsets(t.Context(), topics.Group("fetcher", lane, schemas.Shopee), offsets) == nil
	})
}

// Processes that share a platform's tasks never have more than all of its limit together, whoever comes and goes: a partition is
// counted by its owner alone, and by nobody while it changes hands.
func TestSharesOfALimitAreNeverMoreThanAll(t *testing.T) {
	t.Parallel()
	const partitions = 4
	b, topics := kafkatest.Start(t), kafkatest.Topics()
	b.CreateAll(t, topics, partitions)
	for _, lane := range lanes {
		commitAll(t, b, topics, lane, partitions)
	}
	var all []*sharer
	await := func(what string, want ...float64) {
		t.Helper()
		kafkatest.Eventually(t, what, func() bool {
			// Partitions move from those before to those behind, so who looks from behind counts none twice.
			right, sum := true, 0.0
			for i := len(all) - 1; i >= 0; i-- {
				share := all[i].share(schemas.Shopee)
				sum += share
				right = right && share == want[i]
			}
			if sum > 1 {
				t.Fatalf("%s: %v of the limit together", what, sum)
			}
			return right
		})
	}
	all = append(all, newSharer(t, b, topics))
	await("no partition, no share", 0)
	all[0].join(t, b, schemas.Backfill)
	await("a whole lane is half of all", 0.5)
	all = append(all, newSharer(t, b, topics))
	all[1].join(t, b, schemas.Live)
	await("so is the other", 0.5, 0.5)
	all = append(all, newSharer(t, b, topics))
	all[2].join(t, b, schemas.Live)
	await("what is revoked is gone", 0.5, 0.25, 0.25)
	all[1].stop()
	await("who stopped has nothing, another has it", 0.5, 0, 0.5)
	if s := all[2].share(schemas.Lazada); s != 0 {
		t.Errorf("the tasks of one platform give a share of %v of another's limit", s)
	}
}
