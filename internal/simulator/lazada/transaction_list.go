package lazada

import (
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

const (
	longestDays        = 180 // and this is too long already
	transactionsOfPage = 500
	furthestRow        = 1 << 31
)

// day reads a parameter that is a calendar day.
func (c *call) day(name string) (int64, *refusal) {
	text := c.params.Get(name)
	if text == "" {
		return 0, missing(name)
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, errDate
	}
	return t.Unix() / market.Date, nil
}

// transactions answers finance/transaction/details/get.
func (a *API) transactions(c *call, w *wire.Writer) *refusal {
	first, refused := c.day("start_time")
	if refused != nil {
		return refused
	}
	last, refused := c.day("end_time")
	if refused != nil {
		return refused
	}
	if last < first || last-first >= longestDays {
		return errSpan
	}
	wanted, refused := c.page(furthestRow, transactionsOfPage, transactionsOfPage)
	if refused != nil {
		return refused
	}
	kind := c.params.Get("trans_type")
	if n, err := strconv.Atoi(kind); kind != "" && (err != nil || n < -1) {
		return errTransType
	}
	order, item := c.params.Get("trade_order_id"), c.params.Get("trade_order_line_id")
	rows := 0
	w.Name("data").Open('[')
	for f := range a.world.fees(c.shop, first, last+1, c.now) {
		if kind != "" && kind != "-1" && kind != f.code || order != "" && order != f.orderNo() || item != "" && item != f.itemNo() {
			continue
		}
		if rows == wanted.skip+wanted.size {
			break
		}
		if rows >= wanted.skip {
			a.world.writeFee(w, f, c.now)
		}
		rows++
	}
	w.Close(']')
	return nil
}

// writeFee writes nothing but text, with commas in the amounts that are about no unit.
func (w *World) writeFee(out *wire.Writer, f *fee, now int64) {
	region := w.RegionOf(f.shop)
	days := calendarOf(region)
	amount, vat := fixed(f.amount, region.Places), int64(0)
	if f.unit < 0 {
		amount = grouped(f.amount, region.Places)
	}
	if f.sum == feesTotal || f.sum == feesOnRefunds {
		vat = f.amount * 7 / 107
	}
	out.Open('{')
	out.Member("order_no", f.orderNo())
	out.Member("orderItem_no", f.itemNo())
	status, provider, speed := "", "", ""
	var s sku
	name := ""
	if f.view != nil {
		status, provider, speed = "Delivered", f.view.carrier(), "Standard"
		line := &f.view.basket.Lines[f.view.units[max(f.unit, 0)].line]
		s, name = skuOf(region, &line.Product, line.Variant), line.Product.Name
	}
	out.Member("orderItem_status", status)
	out.Member("transaction_date", date(f.day, "02 Jan 2006"))
	out.Member("transaction_number", f.number)
	out.Member("transaction_type", f.of)
	out.Member("fee_type", f.code)
	out.Member("fee_name", f.name)
	out.Member("amount", amount)
	out.Member("VAT_in_amount", fixed(vat, region.Places))
	out.Member("WHT_amount", "0.00")
	out.Member("WHT_included_in_amount", "No")
	out.Member("paid_status", f.paidStatus(days, now))
	out.Member("statement", statementName(monday(f.day)))
	out.Member("payment_ref_id", "")
	out.Member("seller_sku", s.seller)
	out.Member("lazada_sku", s.shop)
	out.Member("details", name)
	out.Member("comment", "")
	out.Member("reference", f.reference)
	out.Member("shipping_provider", provider)
	out.Member("shipping_speed", speed)
	out.Member("shipment_type", "Dropshipping")
	out.Close('}')
}
