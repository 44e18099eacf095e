package shopee

import (
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

var moneySpan = spanRule{longest: longestWindow, tooLong: errSpanLong, swapped: errSpanInvalid}

// incomes are the orders of a shop that were settled in [from, to), oldest settlement first.
func (w *World) incomes(shop int, from, to, now int64) iter.Seq[market.Entry] {
	return func(yield func(market.Entry) bool) {
		for e := range w.Ledger(shop, from, to, now) {
			if e.Kind == market.Income && !yield(e) {
				return
			}
		}
	}
}

// escrows answers get_escrow_list.
func (a *API) escrows(c *call, w *wire.Writer) *refusal {
	released, refused := a.span(c, "release_time", moneySpan)
	switch {
	case refused != nil:
		return refused
	case !released.given:
		return badParam("release_time_from and release_time_to are missing")
	}
	wanted, refused := c.page(1)
	if refused != nil {
		return refused
	}
	entries, more := cut(a.world.incomes(c.shop, released.from, released.to, c.now), wanted)
	places := a.world.RegionOf(c.shop).Places
	w.Name("response").Open('{')
	w.Name("escrow_list").Open('[')
	for _, e := range entries {
		w.Open('{')
		w.Name("order_sn").Text(a.world.sn(e.Order))
		w.Name("payout_amount").Decimal(e.Amount, places)
		w.Name("escrow_release_time").Int(e.At)
		w.Close('}')
	}
	w.Close(']')
	w.Name("more").Bool(more)
	w.Close('}')
	return nil
}

// escrowDetail answers get_escrow_detail.
func (a *API) escrowDetail(c *call, w *wire.Writer) *refusal {
	sn := c.query.Get("order_sn")
	if sn == "" {
		return badParam("order_sn is missing")
	}
	i, ok := a.world.income(c.shop, sn, c.now)
	if !ok {
		return errNotFound
	}
	w.Name("response")
	writeEscrow(w, i)
	return nil
}

// escrowDetails answers get_escrow_detail_batch.
func (a *API) escrowDetails(c *call, w *wire.Writer) *refusal {
	var b struct {
		Numbers []string `json:"order_sn_list"`
	}
	text, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody))
	if err != nil || json.Unmarshal(text, &b) != nil {
		return errBody
	}
	if len(b.Numbers) < 1 || len(b.Numbers) > maxDetails {
		return badParam("order_sn_list must have from 1 to 50 entries")
	}
	if c.fault == world.FaultMissing {
		b.Numbers = b.Numbers[:len(b.Numbers)-1]
	}
	found := 0
	w.Name("response").Open('[')
	for n, sn := range b.Numbers {
		if slices.Contains(b.Numbers[:n], sn) {
			continue
		}
		if i, ok := a.world.income(c.shop, sn, c.now); ok {
			found++
			w.Open('{')
			w.Name("escrow_detail")
			writeEscrow(w, i)
			w.Close('}')
		}
	}
	w.Close(']')
	if found == 0 && c.fault != world.FaultMissing {
		return errNotFound
	}
	return nil
}

// income is what writing the money of one order needs.
type income struct {
	*view
	settlement market.Settlement
	returned   []string // the numbers of its returns
}

// income is the money of an order of this shop that is settled.
func (w *World) income(shop int, sn string, now int64) (*income, bool) {
	o, ok := w.find(shop, sn, now)
	if !ok {
		return nil, false
	}
	v := w.view(&o, true)
	s, ok := w.Settlement(&o, &v.basket.Basket)
	if !ok {
		return nil, false
	}
	i := &income{view: v, settlement: s}
	for n := range v.returns {
		i.returned = append(i.returned, w.returnSN(&v.returns[n]))
	}
	return i, true
}

// incomeRow is the truth about an order's income. Its id is the order's number and when the money came.
func (w *World) incomeRow(e market.Entry) world.Row {
	return world.Row{
		ShopID: w.shopText(e.Order.Shop), ID: w.sn(e.Order) + ":" + strconv.FormatInt(e.At, 10), CreateTime: e.At,
		Amount: e.Amount, Places: w.RegionOf(e.Order.Shop).Places,
	}
}
