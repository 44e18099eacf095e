package badinput

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
)

// TestPlansOfStrangers produces plans as people do by hand, good and bad ones in a row: the good ones run, whether they have
// a key or not; of the others each says why it does not.
func TestPlansOfStrangers(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	from, to := days(7, 1)
	value := func(v string) *kgo.Record { return &kgo.Record{Topic: p.topics.Plans(), Value: []byte(v)} }
	dead := p.produce(
		value(`{"plan_id":"broken","from":`),
		value("\xff\xfe\x00"),
		&kgo.Record{Topic: p.topics.Plans(), Key: []byte("tombstone")})
	p.produce(value(minimal("without-key", 7, 2)))
	dead = append(dead, p.produce(value(`["plan"]`), value(`null`), value(strings.Repeat("[", 20_000)))...)
	// A plan over many lines, sent line by line as kcat does without being told otherwise.
	for range 30 {
		dead = append(dead, p.produce(value(`  "kinds": ["orders"],`))...)
	}
	rejected := []struct {
		record  *kgo.Record
		id      string // "" is one made of its place
		reasons []string
	}{
		{
			value(`{"plan_id":"several","platforms":["ebay"],"kinds":["refunds"],"shopz":["1"],"from":"2024-02-30","to":"","lane":"fast"}`),
			"several",
			[]string{`platform "ebay"`, `kind "refunds"`, `field "shopz"`, `from "2024-02-30"`, `to ""`, `lane "fast"`},
		},
		{value(fmt.Sprintf(`{"plan_id":"typed","from":%q,"to":%q,"chunk_days":"many"}`, from, to)), "typed", []string{"chunk_days has the wrong type"}},
		{value(fmt.Sprintf(`{"plan_id":"a b","from":%q,"to":%q,"lane":"fast"}`, from, to)), "", []string{`plan_id "a b"`, `lane "fast"`}},
		{value(`{}`), "", []string{`plan_id ""`, `from ""`, `to ""`}},
		{value(`{"plan_id":"future","from":"2999-01-01","to":"2999-01-02"}`), "future", []string{"lies in the future"}},
		{value("{\"plan_id\":\"text\",\"from\":\"\xff\",\"to\":\"\\u0000\"}"), "text", []string{"from", "to"}},
	}
	for i := range rejected {
		p.produce(rejected[i].record)
	}
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Key: []byte("any"), Value: []byte(minimal("with-key", 5, 2) + "\r\n")})
	p.run()

	p.await("with-key", schemas.RunCompleted)
	p.await("without-key", schemas.RunCompleted)
	p.assertStored(7, 4)
	for _, r := range dead {
		run := p.await("rejected/"+place(r), schemas.RunRejected)
		assert.Len(t, run.Reasons, 1)
	}
	for _, tt := range rejected {
		id := tt.id
		if id == "" {
			id = "rejected/" + place(tt.record)
		}
		run := p.await(id, schemas.RunRejected)
		require.NotEmpty(t, run.Reasons)
		all := strings.Join(run.Reasons, "; ")
		for _, reason := range tt.reasons {
			assert.Contains(t, all, reason, id)
		}
		t.Log(id, all)
	}
	p.assertLetters(dead)
}

// TestTakenPlanID: the planner would ignore the plan, and nobody who waits for it would know.
func TestTakenPlanID(t *testing.T) {
	t.Parallel()
	in := setup(t)
	in.write("shops.yaml", "shops:"+goodShop)
	_, err := in.db.Collection("sync_runs").InsertOne(t.Context(), bson.M{"_id": "jan", "status": "completed"})
	require.NoError(t, err)
	got := finish(t, in.command(t.Context(), plan("--id", "jan")...))
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, `plan_id "jan" is taken, by a run that is completed`)
	assert.Empty(t, got.stdout)
}
