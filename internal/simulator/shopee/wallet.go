package shopee

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// movement is a row of a shop's wallet.
type movement struct {
	market.Entry
	shop       int
	kind       string // the name, never the number
	tab        string
	status     string
	orderSN    string
	refundSN   string
	withdrawal int64 // 0 for none
	reason     string
}

// movement shows an entry of the ledger as the platform does.
func (w *World) movement(shop int, e market.Entry, now int64) movement {
	m := movement{Entry: e, shop: shop, status: "COMPLETED", tab: "wallet_adjustment_filter"}
	sign := func(add, minus string) string {
		if e.Amount < 0 {
			return minus
		}
		return add
	}
	switch e.Kind {
	case market.Income:
		m.kind, m.tab, m.orderSN = sign("ESCROW_VERIFIED_ADD", "ESCROW_VERIFIED_MINUS"), "wallet_order_income", w.sn(e.Order)
	case market.LateRefund:
		m.kind, m.orderSN = "ADJUSTMENT_FOR_RR_AFTER_ESCROW_VERIFIED", w.sn(e.Order)
		m.refundSN = w.refundSN(e, now)
	case market.Correction:
		m.kind, m.orderSN, m.reason = sign("ADJUSTMENT_ADD", "ADJUSTMENT_MINUS"), w.sn(e.Order), correctionReason
	case market.Charge:
		m.kind, m.reason = "PAID_ADS_CHARGE", "Shopee Ads"
	case market.Grant:
		m.kind, m.reason = "ADJUSTMENT_CENTER_ADD", "Compensation"
	case market.TopUp:
		m.kind, m.reason = "ADJUSTMENT_ADD", "Top-up"
	case market.Withdrawal:
		m.kind, m.tab = "WITHDRAWAL_CREATED", "wallet_withdrawals"
		m.withdrawal = e.Day*100_000 + int64(shop)
		if e.At > now-12*market.Hour {
			m.status = "PENDING"
		}
	}
	return m
}

// refundSN is the number of the return that an entry is about.
func (w *World) refundSN(e market.Entry, now int64) string {
	o, _ := w.Find(e.Order, now)
	b := w.Basket(&o)
	for _, r := range w.Returns(&o, &b) {
		if r.Ordinal == e.Return {
			return w.returnSN(&r)
		}
	}
	return ""
}

// flow is which way the money went.
func (m *movement) flow() string {
	if m.Amount < 0 {
		return "MONEY_OUT"
	}
	return "MONEY_IN"
}

// wallet answers get_wallet_transaction_list, the last fifteen days if no times are given.
func (a *API) wallet(c *call, w *wire.Writer) *refusal {
	made, refused := a.span(c, "create_time", moneySpan)
	if refused != nil {
		return refused
	}
	if !made.given {
		made = span{from: c.now - longestWindow, to: c.now + 1}
	}
	wanted, refused := c.page(0)
	if refused != nil {
		return refused
	}
	rows, more := cut(func(yield func(movement) bool) {
		for e := range a.world.Ledger(c.shop, made.from, made.to, c.now) {
			m := a.world.movement(c.shop, e, c.now)
			if c.asksFor("transaction_type", m.kind) && c.asksFor("money_flow", m.flow()) &&
				c.asksFor("transaction_tab_type", m.tab) && !yield(m) {
				return
			}
		}
	}, wanted)
	w.Name("response").Open('{')
	w.Name("more").Bool(more)
	w.Name("transaction_list").Open('[')
	for i := range rows {
		a.writeMovement(w, &rows[i])
	}
	w.Close(']')
	w.Close('}')
	return nil
}

// asksFor says whether a filter lets a value through; one that is not there does.
func (c *call) asksFor(filter, value string) bool {
	asked := c.query.Get(filter)
	return asked == "" || asked == value
}

// writeMovement leaves members out that say nothing, for some rows.
func (a *API) writeMovement(w *wire.Writer, m *movement) {
	places := a.world.RegionOf(m.shop).Places
	w.Open('{')
	w.Name("status").Text(m.status)
	w.Name("transaction_type").Text(m.kind)
	w.Name("amount").Decimal(m.Amount, places)
	w.Name("current_balance").Decimal(m.Balance, places)
	w.Name("create_time").Int(m.At)
	w.Name("order_sn").Text(m.orderSN)
	w.Name("refund_sn").Text(m.refundSN)
	w.Name("transaction_fee").Int(0)
	w.Name("description").Text("")
	w.Name("buyer_name").Text("")
	w.Name("reason").Text(m.reason)
	w.Name("transaction_tab_type").Text(m.tab)
	w.Name("money_flow").Text(m.flow())
	if m.Kind == market.Income || m.Kind == market.Withdrawal {
		w.Name("withdrawal_type").Text("")
		w.Name("pay_order_list").Open('[')
		if m.orderSN != "" {
			w.Open('{')
			w.Name("order_sn").Text(m.orderSN)
			w.Name("shop_name").Text(a.world.shopName(m.shop))
			w.Close('}')
		}
		w.Close(']')
		w.Name("withdrawal_id").Int(m.withdrawal)
		w.Name("root_withdrawal_id").Int(m.withdrawal)
	}
	w.Close('}')
}

// id tells rows of a wallet apart: the platform gives them no id.
func (m *movement) id(places int) string {
	about := m.orderSN
	switch {
	case about != "":
	case m.withdrawal != 0:
		about = strconv.FormatInt(m.withdrawal, 10)
	default:
		about = m.refundSN
	}
	return strings.Join([]string{
		"wallet", strconv.FormatInt(m.At, 10), m.kind, world.Decimal(m.Amount, places), world.Decimal(m.Balance, places), about,
	}, ":")
}

// walletRow is the truth about a row of the wallet.
func (w *World) walletRow(m *movement) world.Row {
	places := w.RegionOf(m.shop).Places
	return world.Row{
		ShopID: w.shopText(m.shop), ID: m.id(places), CreateTime: m.At, Status: m.status,
		Amount: m.Amount, Places: places,
	}
}
