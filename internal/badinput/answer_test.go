package badinput

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

// wildOrders are what can be wrong with an order in a platform's answer: members that are put behind its own, of which the last
// one counts, or, with replace, the order itself.
var wildOrders = map[string]struct {
	members string
	replace bool
	invalid bool // it is stored marked
}{
	"nothing":          {members: `"note":"x"`},
	"dollars and dots": {members: `"$set":{"$inc":{"a.b":1},"":0},"a.b.c":[{"$ref":"x"}]`},
	"deep nesting":     {members: `"new":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), invalid: true},
	"deep objects":     {members: `"new":` + strings.Repeat(`{"a":`, 150) + "1" + strings.Repeat("}", 150), invalid: true},
	"absurd money":     {members: `"total_amount":1e400`, invalid: true},
	"endless money":    {members: `"total_amount":` + strings.Repeat("9", 400), invalid: true},
	"NaN":              {members: `"total_amount":"NaN"`, invalid: true},
	"wrong types":      {members: `"order_status":["SHIPPED"],"create_time":"soon","item_list":{"a":1}`, invalid: true},
	"bad UTF-8":        {members: "\"note\":\"a\xff\xfeb\"", invalid: true},
	"three megabytes":  {members: `"note":"` + strings.Repeat("x", 3<<20) + `"`},
	"text for a row":   {members: `"an order"`, replace: true, invalid: true},
	"null for a row":   {members: `null`, replace: true, invalid: true},
}

// TestWildAnswers puts an order that is not as the platform documents it first, in the middle and last in a page of good ones: it
// is stored, marked where it must be, with its lineage, and its neighbours are stored as if nothing was.
func TestWildAnswers(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	p.run()
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("tame", 10, 1))})
	p.await("tame", schemas.RunCompleted)
	tame, orders := p.pageOfOrders()
	orders = orders[:5]

	// Each page is a chunk of its own, so that the ledger tells what became of it.
	chunks := map[string]string{}
	for name, wild := range wildOrders {
		for _, at := range []int{0, 2, 4} {
			rows := renamed(t, orders, len(chunks))
			if rows[at] = append(bytes.TrimSuffix(bytes.Clone(rows[at]), []byte("}")), []byte(","+wild.members+"}")...); wild.replace {
				rows[at] = []byte(wild.members)
			}
			what := fmt.Sprintf("%s at %d", name, at)
			chunks[what] = p.producePage(len(chunks)+1, tame, rows)
		}
	}
	for what, id := range chunks {
		var chunk struct {
			Status string
			Totals struct{ Documents, Invalid, Inserted int }
		}
		kafkatest.Eventually(t, what+" accounted for", func() bool {
			err := p.db.Collection("sync_chunks").FindOne(t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&chunk)
			return err == nil && chunk.Status != "open"
		})
		name, _, _ := strings.Cut(what, " at ")
		want := 0
		if wildOrders[name].invalid {
			want = 1
		}
		assert.Equal(t, "complete", chunk.Status, what)
		assert.Equal(t, len(orders), chunk.Totals.Documents, what)
		assert.Equal(t, want, chunk.Totals.Invalid, what)
		if !wildOrders[name].replace { // one that has no id is the same document wherever it stands
			assert.Equal(t, len(orders), chunk.Totals.Inserted, what)
		}
	}
	assert.Empty(t, p.letters())
	// Rows of which not even the id can be read are documents of their own, which say where they come from.
	lost, err := p.db.Collection("orders").CountDocuments(t.Context(), bson.D{
		{Key: "is_valid", Value: false},
		{Key: "parse_error", Value: bson.D{{Key: "$exists", Value: true}}},
		{Key: "source", Value: bson.D{{Key: "$regex", Value: `raw\.shopee\.orders/0/`}}},
		{Key: "chunk_id", Value: bson.D{{Key: "$regex", Value: "^wild-"}}},
	})
	require.NoError(t, err)
	assert.NotZero(t, lost)
}

// renamed returns the orders with ids that no other page has.
func renamed(t *testing.T, orders []json.RawMessage, page int) []json.RawMessage {
	t.Helper()
	all := make([]json.RawMessage, len(orders))
	for i, text := range orders {
		var order struct {
			ID string `json:"order_sn"`
		}
		require.NoError(t, json.Unmarshal(text, &order))
		all[i] = bytes.ReplaceAll(text, []byte(order.ID), fmt.Appendf(nil, "%sW%d", order.ID, page))
	}
	return all
}

// pageOfOrders returns a page of order details that is on the raw topic, and its orders.
func (p *pipeline) pageOfOrders() (*kgo.Record, []json.RawMessage) {
	p.t.Helper()
	for _, r := range p.everything(p.topics.Raw(schemas.Shopee, schemas.Orders)) {
		if schemas.Header(r, schemas.HeaderOp) != "order_detail" {
			continue
		}
		var page struct {
			Parts []struct {
				Body struct {
					Response struct {
						OrderList []json.RawMessage `json:"order_list"`
					}
				}
			}
		}
		require.NoError(p.t, json.Unmarshal(r.Value, &page))
		if orders := page.Parts[0].Body.Response.OrderList; len(orders) >= 5 {
			return r, orders
		}
	}
	require.Fail(p.t, "no page of orders")
	return nil, nil
}

// producePage produces the nth page of these orders as the only one of a new chunk, whose id it returns.
func (p *pipeline) producePage(n int, like *kgo.Record, orders []json.RawMessage) string {
	p.t.Helper()
	plan := fmt.Sprintf("wild-%d", n)
	t := neighbour(plan, p)
	var page schemas.Page
	require.NoError(p.t, json.Unmarshal(like.Value, &page))
	page.TaskID, page.IDs, page.Parts = t.TaskID, nil, page.Parts[:1]
	page.Parts[0].Body = nil
	value, err := json.Marshal(page)
	require.NoError(p.t, err)
	body := []byte(`{"error":"","response":{"order_list":[`)
	for i, order := range orders { // not by a marshaller: it would mend what is wrong
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, order...)
	}
	body = append(body, []byte(`]}}`)...)
	value = bytes.Replace(value, []byte(`"body":null`), append([]byte(`"body":`), body...), 1)
	headers := with(with(with(like.Headers, schemas.HeaderPlanID, plan), schemas.HeaderChunkID, t.ChunkID), schemas.HeaderTaskID, t.TaskID)
	fact := schemas.Fact{
		PlanID: plan, ChunkID: t.ChunkID, TaskID: t.TaskID, Stage: schemas.StageFetcher, Platform: t.Platform, ChannelID: t.ChannelID,
		ShopID: t.ShopID, Kind: t.Kind, Op: "order_detail",
	}
	record, err := fact.Record(p.topics.Progress())
	require.NoError(p.t, err)
	cl := p.broker.Client(p.t, kgo.ProducerBatchMaxBytes(8<<20))
	require.NoError(p.t, cl.ProduceSync(p.t.Context(), record, &kgo.Record{Topic: like.Topic, Key: []byte(t.ChunkID), Value: value, Headers: headers}).FirstErr())
	return t.ChunkID
}
