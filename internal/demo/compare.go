package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/schemas"
)

// What one call of the platform returns at most: rows of a list, and orders asked for by id.
const (
	pageRows = 100
	batchIDs = 50
)

// row is an order as far as it is compared, from either side.
type row struct {
	ID         string `json:"id"`
	CreateTime int64  `json:"create_time"`
	UpdateTime int64  `json:"update_time"`
	Status     string `json:"status"`
	Amount     string `json:"total_amount"`
	Lines      int    `json:"lines"`
	Quantity   int64  `json:"quantity"`
}

// same reports whether both say the same; amounts are numbers, however they are written.
func (r row) same(o row) bool {
	a, okA := amount(r.Amount)
	b, okB := amount(o.Amount)
	r.Amount, o.Amount = "", ""
	return r == o && okA == okB && a.Cmp(b) == 0
}

// amount reads an exact decimal; none counts as 0, and is told apart by the second result.
func amount(s string) (*big.Rat, bool) {
	if r, ok := new(big.Rat).SetString(s); ok {
		return r, true
	}
	return new(big.Rat), false
}

// compare holds the store against the truth, shop by shop and day by day: so it needs memory for one day only.
func (d *demo) compare(ctx context.Context) (*Report, error) {
	r := &Report{Took: d.ended.Sub(d.began), Rate: d.config.Platforms[schemas.Shopee].Rate}
	for _, s := range d.sim.Shops() {
		c := Comparison{ChannelID: s.ChannelID, ShopID: s.ShopID, Truth: new(big.Rat), Stored: new(big.Rat)}
		for i := range d.window.n {
			from, to := d.window.bounds(i)
			truth, err := d.truth(ctx, s.ShopID, from, to)
			if err != nil {
				return nil, err
			}
			stored, err := d.stored(ctx, s.ShopID, s.ChannelID, from, to)
			if err != nil {
				return nil, err
			}
			c.add(truth, stored)
			r.LeastCalls += leastCalls(len(truth))
		}
		if err := d.addElsewhere(ctx, &c); err != nil {
			return nil, err
		}
		r.Shops = append(r.Shops, c)
	}
	calls, err := d.calls(ctx)
	if err != nil {
		return nil, err
	}
	r.Calls, r.Refused = calls.calls, calls.refused
	r.PeakMemory = peakMemory()
	return r, nil
}

// leastCalls returns how many calls a chunk with n orders needs: its list pages, and the details of each page.
func leastCalls(n int) int {
	calls := max(1, (n+pageRows-1)/pageRows)
	for ; n > 0; n -= pageRows {
		calls += (min(n, pageRows) + batchIDs - 1) / batchIDs
	}
	return calls
}

// truth asks the simulator for the orders of a shop created in a window.
func (d *demo) truth(ctx context.Context, shopID string, from, to time.Time) ([]row, error) {
	q := url.Values{
		"platform": {schemas.Shopee}, "shop_id": {shopID}, "kind": {schemas.Orders}, "rows": {"1"}, "by": {"create_time"},
		"from": {strconv.FormatInt(from.Unix(), 10)}, "to": {strconv.FormatInt(to.Unix(), 10)},
	}
	var rows []row
	err := d.get(ctx, "/_sim/truth?"+q.Encode(), func(dec *json.Decoder) error {
		for dec.More() {
			var r row
			if err := dec.Decode(&r); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return nil
	})
	return rows, err
}

type callCount struct{ calls, refused int }

func (d *demo) calls(ctx context.Context) (callCount, error) {
	var sum callCount
	err := d.get(ctx, "/_sim/calls", func(dec *json.Decoder) error {
		var paths map[string]struct{ Calls, Refused int }
		if err := dec.Decode(&paths); err != nil {
			return err
		}
		for _, p := range paths {
			sum.calls += p.Calls
			sum.refused += p.Refused
		}
		return nil
	})
	return sum, err
}

func (d *demo) get(ctx context.Context, path string, read func(*json.Decoder) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.sim.URL()+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the simulator for %s: %s", req.URL.Path, resp.Status)
	}
	if err := read(json.NewDecoder(resp.Body)); err != nil {
		return fmt.Errorf("read the simulator's answer: %w", err)
	}
	return nil
}

// document is what the comparison reads of a stored order.
type document struct {
	OrderID    string          `bson:"order_id"`
	CreateTime string          `bson:"create_time"`
	UpdateTime string          `bson:"update_time"`
	Status     string          `bson:"status"`
	Amount     bson.Decimal128 `bson:"total_amount"`
	Lines      []struct {
		Quantity int64 `bson:"quantity"`
	} `bson:"line_items"`
}

// row reads the document back by the contract: ISO 8601 times, exact amounts.
func (d document) row() (row, error) {
	created, err := time.Parse(time.RFC3339, d.CreateTime)
	if err != nil {
		return row{}, fmt.Errorf("order %s: create_time: %w", d.OrderID, err)
	}
	updated, err := time.Parse(time.RFC3339, d.UpdateTime)
	if err != nil {
		return row{}, fmt.Errorf("order %s: update_time: %w", d.OrderID, err)
	}
	r := row{
		ID: d.OrderID, CreateTime: created.Unix(), UpdateTime: updated.Unix(), Status: d.Status,
		Amount: d.Amount.String(), Lines: len(d.Lines),
	}
	for _, l := range d.Lines {
		r.Quantity += l.Quantity
	}
	return r, nil
}

// stored reads the orders of a shop created in a window. Times sort as text since all are in one zone.
func (d *demo) stored(ctx context.Context, shopID, channelID string, from, to time.Time) (rows []row, err error) {
	filter := bson.D{
		{Key: "shop_id", Value: shopID},
		{Key: "channel_id", Value: channelID},
		{Key: "create_time", Value: bson.D{{Key: "$gte", Value: from.Format(time.RFC3339)}, {Key: "$lt", Value: to.Format(time.RFC3339)}}},
	}
	projection := bson.D{
		{Key: "order_id", Value: 1},
		{Key: "create_time", Value: 1},
		{Key: "update_time", Value: 1},
		{Key: "status", Value: 1},
		{Key: "total_amount", Value: 1},
		{Key: "line_items.quantity", Value: 1},
	}
	cur, err := d.client.Majority(mongodb.DocumentCollection(schemas.Orders)).Find(ctx, filter, options.Find().SetProjection(projection))
	if err != nil {
		return nil, fmt.Errorf("read stored orders: %w", err)
	}
	defer func() { _ = cur.Close(ctx) }()
	for cur.Next(ctx) {
		var doc document
		if err := cur.Decode(&doc); err != nil {
			return nil, fmt.Errorf("read stored order: %w", err)
		}
		r, err := doc.row()
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, cur.Err()
}

// addElsewhere counts documents of the shop that lie in none of the days: the plan asked for nothing there, but for the
// moment before and after it, with which windows overlap on the wire.
func (d *demo) addElsewhere(ctx context.Context, c *Comparison) error {
	first, _ := d.window.bounds(0)
	_, end := d.window.bounds(d.window.n - 1)
	between := bson.D{
		{Key: "$gte", Value: first.Add(-overlap).Format(time.RFC3339)}, {Key: "$lt", Value: end.Add(overlap).Format(time.RFC3339)},
	}
	n, err := d.client.Majority(mongodb.DocumentCollection(schemas.Orders)).CountDocuments(ctx, bson.D{
		{Key: "shop_id", Value: c.ShopID},
		{Key: "channel_id", Value: c.ChannelID},
		{Key: "create_time", Value: bson.D{{Key: "$not", Value: between}}},
	})
	if err != nil {
		return fmt.Errorf("count stored orders: %w", err)
	}
	c.Differing += int(n)
	c.Found += int(n)
	return nil
}

// overlap is how far a window on the wire reaches beyond its ends, and a second more.
const overlap = 2 * time.Second
