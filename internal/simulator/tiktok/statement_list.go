package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

var statementList = listRule{least: 1, most: 100, usual: 20, sorts: []string{"statement_time"}, sortRequired: true}

// listStatements answers the list of statements, which has no total.
func (a *API) listStatements(c *call, w *wire.Writer) *refusal {
	made, refused := c.querySpan("statement_time")
	if refused != nil {
		return refused
	}
	status := c.query.Get("payment_status")
	if refused := c.oneOf("payment_status", status, "PAID", "FAILED", "PROCESSING"); refused != nil {
		return refused
	}
	l, refused := a.listing(c, statementList)
	if refused != nil {
		return refused
	}
	found := map[int64]*statement{}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for s := range a.world.statements(c.shop, made, c.now) {
			found[s.day] = s
			if status != "" && status != a.world.paymentStatus(s, c.now) {
				continue
			}
			if !yield(market.Position{At: s.time(), Ref: market.Ref{Shop: c.shop, Day: s.day}}) {
				return
			}
		}
	})
	l.write(c, w, p, "statements", false, func(at market.Position) {
		if s := found[at.Ref.Day]; s != nil {
			a.writeStatement(c, w, s)
		}
	})
	return nil
}

func (a *API) writeStatement(c *call, w *wire.Writer, s *statement) {
	region := a.world.RegionOf(c.shop)
	status, payment := a.world.paymentStatus(s, c.now), ""
	if status == "PAID" {
		payment = a.world.id(leadSettle, market.Ref{Shop: s.shop, Day: s.day})
	}
	w.Open('{')
	w.Member("id", a.world.statementID(s))
	w.Name("statement_time").Int(s.time())
	w.Member("currency", region.Currency)
	w.Member("payment_status", status)
	w.Member("payment_id", payment)
	money(w, "settlement_amount", s.settlement(), region.Places)
	money(w, "revenue_amount", s.revenue, region.Places)
	money(w, "net_sales_amount", s.revenue, region.Places)
	money(w, "shipping_cost_amount", s.shipping, region.Places)
	money(w, "fee_amount", s.fee, region.Places)
	money(w, "adjustment_amount", s.adjustment, region.Places)
	w.Close('}')
}

var settledList = listRule{least: 1, most: 100, usual: 20, sorts: []string{"order_create_time"}, sortRequired: true}

// listSettled answers the transactions of one statement, with what it is around them.
func (a *API) listSettled(c *call, w *wire.Writer) *refusal {
	id, err := strconv.ParseInt(c.request.PathValue("statement_id"), 10, 64)
	at, ok := a.world.LocateDecimal(leadStatement, id)
	if err != nil || !ok || at.Shop != c.shop || at.Index != 0 || (at.Day+1)*market.Date > c.now {
		return errNoSettling
	}
	s := statement{shop: c.shop, day: at.Day}
	var rows []transaction
	for e := range a.world.entries(c.shop, at.Day, at.Day+1, c.now) {
		t := a.world.transaction(c.shop, e, c.now)
		s.add(t.sums)
		rows = append(rows, t)
	}
	if len(rows) == 0 {
		return errNoSettling
	}
	l, refused := a.listing(c, settledList)
	if refused != nil {
		return refused
	}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for i := range rows {
			if !yield(market.Position{At: rows[i].ordered, Ref: market.Ref{Shop: c.shop}, Ordinal: i}) {
				return
			}
		}
	})
	region := a.world.RegionOf(c.shop)
	a.writeSettling(w, &s, region)
	l.write(c, w, p, "transactions", true, func(at market.Position) {
		if at.Ordinal < len(rows) {
			rows[at.Ordinal].write(w, region)
		}
	})
	return nil
}

func (a *API) writeSettling(w *wire.Writer, s *statement, region *market.Region) {
	w.Member("id", a.world.statementID(s))
	w.Name("create_time").Int(s.time())
	w.Member("status", settledStatus)
	w.Member("currency", region.Currency)
	money(w, "payable_amount", s.settlement(), region.Places)
	money(w, "total_reserve_amount", 0, region.Places)
	money(w, "total_settlement_amount", s.settlement(), region.Places)
	w.Name("total_settlement_breakdown").Open('{')
	money(w, "total_revenue_amount", s.revenue, region.Places)
	money(w, "total_shipping_cost_amount", s.shipping, region.Places)
	money(w, "total_fee_tax_amount", s.fee, region.Places)
	money(w, "total_adjustment_amount", s.adjustment, region.Places)
	w.Close('}')
}
