package kafka_test

import (
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

func TestApplyCreatesWhatIsMissingAndNothingElse(t *testing.T) {
	t.Parallel()
	b, names := kafkatest.Start(t), kafkatest.Topics()
	adm := b.Admin(t)
	want := kafka.Topics(names, map[string][]string{schemas.Shopee: {schemas.Orders}}, 4)
	missing, err := kafka.Missing(t.Context(), adm, want)
	if err != nil || len(missing) != len(want) {
		t.Fatalf("%d of %d missing, %v", len(missing), len(want), err)
	}
	created, err := kafka.Apply(t.Context(), adm, want, 1)
	if err != nil || len(created) != len(want) {
		t.Fatalf("%d of %d created, %v", len(created), len(want), err)
	}
	kafkatest.Eventually(t, "all topics known", func() bool {
		missing, err := kafka.Missing(t.Context(), adm, want)
		return err == nil && len(missing) == 0
	})
	if created, err = kafka.Apply(t.Context(), adm, want, 1); err != nil || len(created) != 0 {
		t.Errorf("applied again: created %v, %v", created, err)
	}
	details, err := adm.ListTopics(t.Context(), names.Plans(), names.Progress())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(details[names.Plans()].Partitions); n != 1 {
		t.Errorf("plans has %d partitions, want 1", n)
	}
	if n := len(details[names.Progress()].Partitions); n != 4 {
		t.Errorf("progress has %d partitions, want 4", n)
	}
	checkSettings(t, b, map[string]map[string]string{
		names.Tasks(schemas.Live, schemas.Shopee):     {"retention.ms": "-1", "max.message.bytes": "8388608", "cleanup.policy": "delete"},
		names.Raw(schemas.Shopee, schemas.Orders):     {"retention.ms": "2592000000"},
		names.DLQ("clean"):                            {"retention.ms": "-1", "max.message.bytes": "16777216"},
		names.PlansWork(schemas.Live, schemas.Shopee): {"retention.ms": "-1"},
	})
}

func checkSettings(t *testing.T, b *kafkatest.Broker, want map[string]map[string]string) {
	t.Helper()
	for topic, settings := range want {
		configs, err := b.Admin(t).DescribeTopicConfigs(t.Context(), topic)
		if err != nil {
			t.Fatal(err)
		}
		config, err := configs.On(topic, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range settings {
			if !slices.ContainsFunc(config.Configs, func(c kadm.Config) bool { return c.Key == key && c.MaybeValue() == value }) {
				t.Errorf("topic %s: %s is not %s", topic, key, value)
			}
		}
	}
}

func TestBacklogIsWhatTheGroupHasNotConsumed(t *testing.T) {
	t.Parallel()
	b, names := kafkatest.Start(t), kafkatest.Topics()
	b.CreateAll(t, names, 3)
	topic, group := names.Tasks(schemas.Backfill, schemas.Shopee), names.Group("fetcher")
	backlog := func() int {
		n, err := kafka.Backlog(t.Context(), b.Admin(t), group, topic)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := backlog(); n != 0 {
		t.Errorf("backlog of an empty topic is %d", n)
	}
	for range 10 {
		b.Produce(t, &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte("v")})
	}
	if n := backlog(); n != 10 {
		t.Errorf("backlog is %d, want 10", n)
	}
	cl := b.Client(t, kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit())
	fetches := cl.PollRecords(t.Context(), 4)
	if err := cl.CommitRecords(t.Context(), fetches.Records()...); err != nil {
		t.Fatal(err)
	}
	if n := backlog(); n != 10-fetches.NumRecords() {
		t.Errorf("backlog is %d after %d were consumed", n, fetches.NumRecords())
	}
}
