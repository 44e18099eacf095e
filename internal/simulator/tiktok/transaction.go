package tiktok

import (
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	settledStatus = "SETTLED"
	typeOrder     = "ORDER"
)

// transaction is a row of a statement.
type transaction struct {
	id, kind string
	order    string // the order's id, "" for what is no order's
	ordered  int64  // when that was made; 0 for adjustments
	sums
	income *income // what an order's settlement is made of
}

// income is an order's settlement with what it comes from.
type income struct {
	basket     basket
	settlement market.Settlement
}

// sums of a settlement. What buyers were refunded is part of the revenue.
func (i *income) sums() sums {
	s := &i.settlement
	return sums{revenue: s.Goods - s.Refunded, shipping: -s.Shipping, fee: -s.Fees.Sum()}
}

// transaction is what a statement says of a movement.
func (w *World) transaction(shop int, e market.Entry, now int64) transaction {
	day := market.Ref{Shop: shop, Day: e.Day}
	adjusts := sums{adjustment: e.Amount}
	switch e.Kind {
	case market.Charge:
		return transaction{id: w.id(leadCharge, day), kind: "GMV_PAYMENT_FOR_TIKTOK_ADS", sums: adjusts}
	case market.Grant:
		day.Index = 1
		return transaction{id: w.id(leadCharge, day), kind: "PLATFORM_REIMBURSEMENT", sums: adjusts}
	case market.Correction:
		kind := "LOGISTICS_REIMBURSEMENT"
		if e.Amount < 0 {
			kind = "DEDUCTIONS_INCURRED_BY_SELLER"
		}
		return transaction{id: w.id(leadCorrection, e.Order), kind: kind, order: w.id(leadOrder, e.Order), sums: adjusts}
	case market.Income, market.LateRefund, market.TopUp, market.Withdrawal:
	}
	o, _ := w.Find(e.Order, now) // the ledger has none but orders that exist
	t := transaction{kind: typeOrder, order: w.id(leadOrder, e.Order), ordered: o.Create}
	if e.Kind == market.LateRefund {
		t.id, t.revenue = w.id(leadLateRefund, e.Order), e.Amount
		return t
	}
	b := w.basket(&o)
	s, _ := w.Settlement(&o, &b.Basket)
	t.id, t.income = w.id(leadIncome, e.Order), &income{b, s}
	t.sums = t.income.sums()
	return t
}

// transactionRow is the truth about a row of a statement, which is as old as the statement.
func (w *World) transactionRow(shop int, t *transaction, made int64) world.Row {
	return world.Row{
		ShopID: w.shopText(shop), ID: t.id, CreateTime: made, Status: settledStatus,
		Amount: t.settlement(), Places: w.RegionOf(shop).Places,
	}
}

func (t *transaction) write(w *wire.Writer, region *market.Region) {
	w.Open('{')
	w.Member("id", t.id)
	w.Member("type", t.kind)
	if t.kind == typeOrder {
		w.Member("order_id", t.order)
		w.Name("order_create_time").Int(t.ordered)
		w.Member("adjustment_id", "")
		w.Member("adjustment_order_id", "")
	} else {
		w.Member("adjustment_id", t.id)
		w.Member("adjustment_order_id", t.order)
	}
	money(w, "adjustment_amount", t.adjustment, region.Places)
	money(w, "settlement_amount", t.settlement(), region.Places)
	if t.kind != typeOrder { // they have no parts
		w.Member("revenue_amount", "")
		w.Member("fee_tax_amount", "")
		w.Close('}')
		return
	}
	money(w, "revenue_amount", t.revenue, region.Places)
	money(w, "shipping_cost_amount", t.shipping, region.Places)
	money(w, "fee_tax_amount", t.fee, region.Places)
	if t.income != nil {
		t.income.write(w, region)
	}
	w.Member("reserve_id", "")
	money(w, "reserve_amount", 0, region.Places)
	w.Member("associated_order_id", "")
	w.Member("reserve_status", "")
	w.Member("estimated_release_time", "")
	w.Close('}')
}

// named is an amount and its name.
type named struct {
	name  string
	value int64
}

// write writes the parts of the three sums.
func (i *income) write(w *wire.Writer, region *market.Region) {
	b, s := &i.basket, &i.settlement
	group := func(member string, amounts ...named) {
		w.Name(member).Open('{')
		for _, m := range amounts {
			money(w, m.name, m.value, region.Places)
		}
		w.Close('}')
	}
	group("revenue_breakdown",
		named{"subtotal_before_discount_amount", b.Originals()}, named{"seller_discount_amount", -b.SellerDiscount()},
		named{"refund_subtotal_before_discount_amount", -s.Refunded}, named{"seller_discount_refund_amount", 0},
		named{"cod_service_fee_amount", 0}, named{"refund_cod_service_fee_amount", 0})
	w.Name("shipping_cost_breakdown").Open('{')
	money(w, "actual_shipping_fee_amount", -b.Shipping.Actual, region.Places)
	money(w, "shipping_fee_discount_amount", b.Shipping.PlatformOff, region.Places)
	money(w, "customer_paid_shipping_fee_amount", b.Shipping.Paid, region.Places)
	money(w, "return_shipping_fee_amount", 0, region.Places)
	group("supplementary_component",
		named{"platform_shipping_fee_discount_amount", b.Shipping.PlatformOff}, named{"seller_shipping_fee_discount_amount", b.Shipping.SellerOff})
	w.Close('}')
	w.Name("fee_tax_breakdown").Open('{')
	group("fee",
		named{"platform_commission_amount", -s.Fees.Commission}, named{"referral_fee_amount", 0},
		named{"transaction_fee_amount", -s.Fees.Transaction}, named{"affiliate_commission_amount", 0},
		named{"sfp_service_fee_amount", -s.Fees.Service}, named{"voucher_xtra_service_fee_amount", 0})
	group("tax", named{"vat_amount", 0}, named{"pit_amount", 0})
	w.Close('}')
	group("supplementary_component",
		named{"customer_payment_amount", b.Total}, named{"customer_refund_amount", -s.Refunded},
		named{"platform_discount_amount", b.PlatformDiscount()})
}
