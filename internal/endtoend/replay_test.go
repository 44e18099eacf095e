package endtoend

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/mongo"
)

// replay moves transformer and sink back to the first page and document of a finished run, as an operator would, and lets
// them do it all again. That must change nothing. No process may be running.
func (b *bench) replay(t *testing.T, env ...string) {
	t.Helper()
	documents, ledger := b.documents(t), b.snapshot(t, "sync_chunks", "replayed", "updated_at", "revision")
	runs := b.snapshot(t, "sync_runs")
	observations := b.observations(t)
	b.reset(t, earliest, b.topics.Group("transformer"), b.rawTopics()...)
	b.reset(t, earliest, b.topics.Group("sink"), b.cleanTopics()...)

	p := b.start(t, env...)
	for _, topic := range b.rawTopics() {
		b.waitConsumed(t, b.topics.Group("transformer"), topic)
	}
	for _, topic := range b.cleanTopics() {
		b.waitConsumed(t, b.topics.Group("sink"), topic)
	}
	b.waitConsumed(t, b.topics.Group("tracker"), b.topics.Progress())
	p.stop(t)

	b.checkTwice(t, observations)
	for i, c := range b.chunks(t) {
		if c.Replayed == 0 && c.Totals.Documents > 0 {
			t.Errorf("chunk %d, %s, was not replayed", i, c.ID)
		}
	}
	for name, was := range documents {
		same(t, name, was, b.snapshot(t, name))
	}
	same(t, "sync_chunks", ledger, b.snapshot(t, "sync_chunks", "replayed", "updated_at", "revision"))
	same(t, "sync_runs", runs, b.snapshot(t, "sync_runs"))
	b.checkStore(t)
	b.checkLedger(t)
	b.checkDeadLetters(t)
	b.checkVersions(t)
}

// documents returns the documents of all kinds, by collection.
func (b *bench) documents(t *testing.T) map[string]map[string]bson.M {
	t.Helper()
	all := map[string]map[string]bson.M{}
	for _, name := range mongodb.DocumentCollections() {
		all[name] = b.snapshot(t, name)
	}
	return all
}

// observations returns the clean records of all kinds, by what tells them from one another.
func (b *bench) observations(t *testing.T) map[string][]*kgo.Record {
	t.Helper()
	all := map[string][]*kgo.Record{}
	for _, topic := range b.cleanTopics() {
		for _, r := range b.readAll(t, topic) {
			all[documentName(r)] = append(all[documentName(r)], r)
		}
	}
	return all
}

// checkTwice requires that a replay has published each observation that there was once more, and nothing else.
func (b *bench) checkTwice(t *testing.T, before map[string][]*kgo.Record) {
	t.Helper()
	var wrong mistakes
	for name, records := range b.observations(t) {
		if was := len(before[name]); was == 0 || len(records) != 2*was {
			var where []string
			for _, r := range records {
				where = append(where, fmt.Sprintf("%s/%d@%d %v producer %d.%d", r.Topic, r.Partition, r.Offset,
					r.Timestamp.UTC().Format("15:04:05.000"), r.ProducerID, r.ProducerEpoch))
			}
			wrong.add("document %s was there %d times and is there %d times: %s", name, was, len(records), strings.Join(where, ", "))
		}
	}
	wrong.report(t, "replay")
}

// Where offsets are reset to, as Kafka's own tool calls it.
const (
	earliest = "--to-earliest"
	latest   = "--to-latest"
)

// reset moves a group to the first records of the topics, or behind the last ones: with Kafka's own tool where there is one.
func (b *bench) reset(t *testing.T, to, group string, topics ...string) {
	t.Helper()
	if tools := os.Getenv(kafkatest.EnvTools); tools != "" && os.Getenv(kafkatest.EnvBrokers) != "" {
		args := []string{
			"-c", tools + ` consumer-groups "$@"`, "sh",
			"--bootstrap-server", b.Addrs()[0], "--group", group, "--reset-offsets", to, "--execute",
		}
		for _, topic := range topics {
			args = append(args, "--topic", topic)
		}
		out, err := exec.CommandContext(t.Context(), "sh", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("reset group %s: %v\n%s", group, err, out)
		}
		t.Logf("reset with Kafka's own tool:\n%s", out)
	} else {
		adm := b.Admin(t)
		groups, err := adm.DescribeGroups(t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		if members := groups[group].Members; len(members) > 0 {
			t.Errorf("group %s has %d members after a clean stop", group, len(members))
		}
		if err := adm.CommitAllOffsets(t.Context(), group, b.edge(t, to, topics...).Offsets()); err != nil {
			t.Fatal(err)
		}
	}
	for _, topic := range topics {
		want := map[int32]int64{}
		b.edge(t, to, topic).Each(func(o kadm.ListedOffset) { want[o.Partition] = o.Offset })
		waitFor(t, kafkatest.Patience, group+" "+to+" of "+topic, func() bool {
			return maps.Equal(b.Committed(t, group, topic), want)
		})
	}
}

// edge returns the offsets that a reset goes to.
func (b *bench) edge(t *testing.T, to string, topics ...string) kadm.ListedOffsets {
	t.Helper()
	list := b.Admin(t).ListStartOffsets
	if to == latest {
		list = b.Admin(t).ListEndOffsets
	}
	offsets, err := list(t.Context(), topics...)
	if err != nil {
		t.Fatal(err)
	}
	return offsets
}

// snapshot returns a collection's documents by _id, without the fields that are left out.
func (b *bench) snapshot(t *testing.T, collection string, without ...string) map[string]bson.M {
	t.Helper()
	cursor, err := b.collection(collection).Find(t.Context(), bson.D{})
	var all []bson.M
	if err == nil {
		err = cursor.All(t.Context(), &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]bson.M{}
	for _, d := range all {
		for _, field := range without {
			delete(d, field)
		}
		id, _ := d["_id"].(string)
		byID[id] = d
	}
	return byID
}

func same(t *testing.T, collection string, before, after map[string]bson.M) {
	t.Helper()
	var wrong mistakes
	if len(before) != len(after) {
		wrong.add("%d documents, there were %d", len(after), len(before))
	}
	for id, was := range before {
		if !reflect.DeepEqual(was, after[id]) {
			wrong.add("%s was %v and is %v", id, was, after[id])
		}
	}
	wrong.report(t, collection+" after the replay")
}
