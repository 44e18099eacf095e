package kafka_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

// alter sets settings of a topic as an operator would.
func alter(t *testing.T, adm *kadm.Client, topic string, settings map[string]string) {
	t.Helper()
	var configs []kadm.AlterConfig
	for key, value := range settings {
		configs = append(configs, kadm.AlterConfig{Op: kadm.SetConfig, Name: key, Value: &value})
	}
	res, err := adm.AlterTopicConfigs(t.Context(), configs, topic)
	if err == nil {
		_, err = res.On(topic, func(r *kadm.AlterConfigsResponse) error { return r.Err })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// lines waits until there are n differences, since brokers learn of a change a moment later, and returns them as a person reads them.
func lines(t *testing.T, adm *kadm.Client, want []kafka.Topic, n int) (differences []kafka.Difference, text string) {
	t.Helper()
	kafkatest.Eventually(t, "the differences", func() bool {
		var err error
		if differences, err = kafka.Differences(t.Context(), adm, want); err != nil {
			t.Fatal(err)
		}
		return len(differences) == n
	})
	for _, d := range differences {
		text += d.String() + "\n"
	}
	return differences, text
}

func TestCorrectSetsWhatDiffersAndNothingElse(t *testing.T) {
	t.Parallel()
	b, names := kafkatest.Start(t), kafkatest.Topics()
	adm := b.Admin(t)
	kinds := map[string][]string{schemas.Shopee: {schemas.Orders}}
	if _, err := kafka.Apply(t.Context(), adm, kafka.Topics(names, kinds, 3), 1); err != nil {
		t.Fatal(err)
	}
	want := kafka.Topics(names, kinds, 3)
	kafkatest.Eventually(t, "all topics known", func() bool {
		missing, err := kafka.Missing(t.Context(), adm, want)
		return err == nil && len(missing) == 0
	})
	lines(t, adm, want, 0)
	tasks, raw := names.Tasks(schemas.Live, schemas.Shopee), names.Raw(schemas.Shopee, schemas.Orders)
	wrong := map[string]string{
		"retention.ms": "604800000", "retention.bytes": "1000000", "cleanup.policy": "compact", "max.message.bytes": "1048588",
		"segment.bytes": "20000000",
	}
	alter(t, adm, tasks, wrong)
	alter(t, adm, raw, map[string]string{"retention.ms": "1000"})
	if res, err := adm.UpdatePartitions(t.Context(), 5, raw); err != nil || res[raw].Err != nil {
		t.Fatal(err, res[raw].Err)
	}
	for i := range want {
		if want[i].Name == tasks {
			want[i].Partitions = 4
		}
	}
	differences, text := lines(t, adm, want, 7)
	for _, line := range []string{
		tasks + " retention.ms 604800000 -> -1 (dangerous: ",
		tasks + " retention.bytes 1000000 -> -1 (dangerous: ",
		tasks + " cleanup.policy compact -> delete (dangerous: ",
		tasks + " max.message.bytes 1048588 -> 8388608\n",
		tasks + " partitions 3 -> 4 (keys move",
		raw + " retention.ms 1000 -> 2592000000\n",
		raw + " partitions 5, configured 3 (does no harm",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no line %q in:\n%s", line, text)
		}
	}
	checkSettings(t, b, map[string]map[string]string{tasks: wrong}) // looking changed nothing
	done, err := kafka.Correct(t.Context(), adm, differences)
	if err != nil || len(done) != 6 {
		t.Fatalf("%d corrected, %v", len(done), err)
	}
	if _, text = lines(t, adm, want, 1); !strings.HasPrefix(text, raw+" partitions 5") {
		t.Errorf("left: %s", text)
	}
	checkSettings(t, b, map[string]map[string]string{tasks: {"segment.bytes": "20000000", "retention.ms": "-1"}})
}

// A broker that refuses is named by its topic and right, and what was corrected before is told.
func TestCorrectWithoutRights(t *testing.T) {
	t.Parallel()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	names, adm := kafkatest.Topics(), kafkatest.On(cluster.ListenAddrs()).Admin(t)
	want := kafka.Topics(names, nil, 1)
	if _, err := kafka.Apply(t.Context(), adm, want, 1); err != nil {
		t.Fatal(err)
	}
	alter(t, adm, names.Plans(), map[string]string{"retention.ms": "1000"})
	for i := range want {
		if want[i].Name == names.Progress() {
			want[i].Partitions = 2
		}
	}
	differences, _ := lines(t, adm, want, 2)
	cluster.ControlKey(int16(kmsg.CreatePartitions), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		res := req.ResponseKind().(*kmsg.CreatePartitionsResponse)
		topic := kmsg.NewCreatePartitionsResponseTopic()
		topic.Topic, topic.ErrorCode = names.Progress(), kerr.TopicAuthorizationFailed.Code
		res.Topics = append(res.Topics, topic)
		return res, nil, true
	})
	done, err := kafka.Correct(t.Context(), adm, differences)
	if len(done) != 1 || done[0].Topic != names.Plans() {
		t.Errorf("corrected %v", done)
	}
	if err == nil || !strings.Contains(err.Error(), "topic "+names.Progress()+": the right Alter on this topic is missing") {
		t.Errorf("error is %v", err)
	}
}
