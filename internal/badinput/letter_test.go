package badinput

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

// everything returns all committed records of the topics up to their present end.
func (p *pipeline) everything(topics ...string) []*kgo.Record {
	p.t.Helper()
	starts, err := p.broker.Admin(p.t).ListStartOffsets(p.t.Context(), topics...)
	require.NoError(p.t, err)
	ends, err := p.broker.Admin(p.t).ListEndOffsets(p.t.Context(), topics...)
	require.NoError(p.t, err)
	cl := p.broker.Client(p.t, kgo.ConsumeTopics(topics...), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond))
	defer cl.Close()
	ctx, cancel := context.WithTimeout(p.t.Context(), kafkatest.Patience)
	defer cancel()
	var all []*kgo.Record
	left := slices.DeleteFunc(slices.Clone(topics), func(name string) bool {
		return ends[name][0].Offset == starts[name][0].Offset
	})
	for len(left) > 0 {
		fetches := cl.PollFetches(ctx)
		require.NoError(p.t, ctx.Err(), "topics %v are not read to their end", left)
		for _, r := range fetches.Records() {
			if !r.Attrs.IsControl() {
				all = append(all, r)
			}
			if r.Offset == ends[r.Topic][0].Offset-1 {
				left = slices.DeleteFunc(left, func(name string) bool { return name == r.Topic })
			}
		}
	}
	return all
}

func (p *pipeline) letterTopics() []string {
	var topics []string
	for _, of := range []string{"plans", "tasks", "delay", "raw", "clean", "progress"} {
		topics = append(topics, p.topics.DLQ(of))
	}
	return topics
}

// assertLetters checks that the dead-letter topics hold these records, as they were consumed, and no others.
func (p *pipeline) assertLetters(bad []*kgo.Record) {
	p.t.Helper()
	want := map[string]*kgo.Record{}
	for _, r := range bad {
		want[place(r)] = r
	}
	for _, letter := range p.everything(p.letterTopics()...) {
		source := schemas.Header(letter, schemas.HeaderSource)
		r := want[source]
		if !assert.NotNil(p.t, r, "%s holds %s: %s", letter.Topic, source, schemas.Header(letter, schemas.HeaderError)) {
			continue
		}
		delete(want, source)
		p.assertLetter(letter, r)
	}
	for source, r := range want {
		assert.Fail(p.t, "no dead letter", "%s: %.60q", source, r.Value)
	}
}

func (p *pipeline) assertLetter(letter, r *kgo.Record) {
	p.t.Helper()
	topic, _ := p.topics.DLQFor(r.Topic)
	assert.Equal(p.t, topic, letter.Topic)
	assert.Equal(p.t, r.Value, letter.Value)
	assert.Equal(p.t, r.Key, letter.Key)
	assert.Equal(p.t, len(r.Headers)+7, len(letter.Headers), "the record's own headers and those of the error")
	text := schemas.Header(letter, schemas.HeaderError)
	assert.NotEmpty(p.t, text)
	assert.LessOrEqual(p.t, len(text), 2048)
	for _, key := range []string{schemas.HeaderErrorClass, schemas.HeaderStage, schemas.HeaderAttempts, schemas.HeaderRevision} {
		assert.NotEmpty(p.t, schemas.Header(letter, key), key)
	}
	_, err := time.Parse(time.RFC3339, schemas.Header(letter, schemas.HeaderFailedAt))
	assert.NoError(p.t, err)
	p.t.Logf("%s: %s: %s: %s", strings.TrimPrefix(letter.Topic, p.topics.Prefix), schemas.Header(letter, schemas.HeaderSource),
		schemas.Header(letter, schemas.HeaderErrorClass), text)
}

// place is how errors and dead letters name a record.
func place(r *kgo.Record) string { return fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset) }
