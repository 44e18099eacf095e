package shopee

import "github.com/shopstream/shopstream/internal/simulator/wire"

// amount is a member with money in it.
type amount struct {
	name  string
	value int64
}

func writeAmounts(w *wire.Writer, places int, amounts ...amount) {
	for _, a := range amounts {
		w.Name(a.name).Decimal(a.value, places)
	}
}

// writeEscrow writes what became of an order's money: escrow_amount = order_discounted_price + seller_return_refund -
// commission_fee - service_fee - seller_transaction_fee + final_shipping_fee.
func writeEscrow(w *wire.Writer, i *income) {
	w.Open('{')
	w.Name("order_sn").Text(i.world.sn(i.Ref))
	w.Name("buyer_user_name").Text(i.person.Username)
	w.Name("return_order_sn_list").Strings(i.returned...)
	w.Name("order_income").Open('{')
	writeIncome(w, i)
	w.Name("items").Open('[')
	for n := range i.basket.lines {
		writeSettledLine(w, i, n)
	}
	w.Close(']')
	w.Name("buyer_payment_method").Text(i.payment())
	w.Name("instalment_plan").Text("N/A")
	w.Name("order_chargeable_weight").Int(i.basket.Grams(-1))
	writeAdjustment(w, i)
	w.Close('}')
	writePayment(w, i)
	w.Close('}')
}

func writeIncome(w *wire.Writer, i *income) {
	b, s := &i.basket.Basket, &i.settlement
	places := i.region.Places
	writeAmounts(w, places,
		amount{"escrow_amount", s.Amount},
		amount{"buyer_total_amount", b.Total},
		amount{"order_original_price", b.Originals()},
		amount{"original_price", b.Originals()},
		amount{"order_discounted_price", b.Subtotal()},
		amount{"order_selling_price", b.Originals()},
		amount{"order_seller_discount", b.SellerDiscount()},
		amount{"seller_discount", b.SellerDiscount()},
		amount{"shopee_discount", 0},
		amount{"voucher_from_seller", 0},
		amount{"voucher_from_shopee", 0},
		amount{"coins", 0},
		amount{"buyer_paid_shipping_fee", b.Shipping.Paid},
		amount{"buyer_transaction_fee", 0},
		amount{"cross_border_tax", 0},
		amount{"payment_promotion", 0},
		amount{"commission_fee", s.Fees.Commission},
		amount{"service_fee", s.Fees.Service},
		amount{"seller_transaction_fee", s.Fees.Transaction},
		amount{"seller_lost_compensation", 0},
		amount{"seller_coin_cash_back", 0},
		amount{"escrow_tax", 0},
		amount{"estimated_shipping_fee", b.Shipping.Paid},
		amount{"final_shipping_fee", -s.Shipping},
		amount{"actual_shipping_fee", b.Shipping.Actual},
		amount{"shopee_shipping_rebate", b.Shipping.PlatformOff},
		amount{"shipping_fee_discount_from_3pl", 0},
		amount{"seller_shipping_discount", b.Shipping.SellerOff},
	)
	if i.Key>>34&1 == 0 {
		w.Name("seller_voucher_code").Strings()
	}
	writeAmounts(w, places,
		amount{"drc_adjustable_refund", 0},
		amount{"cost_of_goods_sold", b.Subtotal()},
		amount{"original_cost_of_goods_sold", b.Subtotal()},
		amount{"seller_return_refund", -s.Refunded},
		amount{"reverse_shipping_fee", 0},
		amount{"campaign_fee", 0},
		amount{"order_ams_commission_fee", 0},
	)
	if i.region.Code == "VN" { // absent members are how the platform treats other countries' taxes
		writeAmounts(w, places, amount{"withholding_tax", 0}, amount{"withholding_vat_tax", 0}, amount{"withholding_pit_tax", 0})
	} else {
		writeAmounts(w, places, amount{"final_product_vat_tax", 0}, amount{"final_shipping_vat_tax", 0})
	}
}

// writeSettledLine writes the prices of all units of a line together, as the platform does here and nowhere else.
func writeSettledLine(w *wire.Writer, i *income, n int) {
	l := &i.basket.lines[n]
	p := &l.Product
	modelID, modelName, modelSKU := p.Variant(l.Variant)
	kind, promotion := l.promotion()
	w.Open('{')
	w.Name("item_id").Int(p.ID)
	w.Name("item_name").Text(p.Name)
	w.Name("item_sku").Text(p.SKU)
	w.Name("model_id").Int(modelID)
	w.Name("model_name").Text(modelName)
	w.Name("model_sku").Text(modelSKU)
	if i.Key>>35&1 == 0 {
		w.Name("line_item_id").Int(lineID(i.Ref, n))
	}
	writeAmounts(w, i.region.Places,
		amount{"original_price", l.Quantity * l.Original},
		amount{"selling_price", l.Quantity * l.Original},
		amount{"discounted_price", l.Quantity * l.Price},
		amount{"seller_discount", l.Quantity * l.SellerOff},
		amount{"shopee_discount", 0},
		amount{"discount_from_coin", 0},
		amount{"discount_from_voucher_shopee", 0},
		amount{"discount_from_voucher_seller", 0},
	)
	w.Name("activity_type").Text(kind)
	w.Name("activity_id").Int(promotion)
	w.Name("is_main_item").Bool(l.main)
	w.Name("quantity_purchased").Int(l.Quantity)
	w.Name("is_b2c_shop_item").Bool(false)
	w.Name("ams_commission_fee").Int(0)
	writePromotions(w, kind, promotion)
	w.Close('}')
}

// writeAdjustment leaves the list out where there was none, and the sums for some of those.
func writeAdjustment(w *wire.Writer, i *income) {
	s := &i.settlement
	if s.Adjusted == 0 && i.Key>>36&1 == 0 {
		return
	}
	writeAmounts(w, i.region.Places,
		amount{"total_adjustment_amount", s.Adjustment}, amount{"escrow_amount_after_adjustment", s.Amount + s.Adjustment})
	if s.Adjusted == 0 {
		return
	}
	w.Name("order_adjustment").Open('[')
	w.Open('{')
	writeAmounts(w, i.region.Places, amount{"amount", s.Adjustment})
	w.Name("date").Int(s.Adjusted)
	w.Name("currency").Text(i.region.Currency)
	w.Name("adjustment_reason").Text(correctionReason)
	w.Close('}')
	w.Close(']')
}

const correctionReason = "Shipping fee correction"

func writePayment(w *wire.Writer, i *income) {
	b := &i.basket.Basket
	w.Name("buyer_payment_info").Open('{')
	w.Name("buyer_payment_method").Text(i.payment())
	writeAmounts(w, i.region.Places,
		amount{"buyer_service_fee", 0},
		amount{"buyer_tax_amount", 0},
		amount{"buyer_total_amount", b.Total},
		amount{"credit_card_promotion", 0},
		amount{"merchant_subtotal", b.Subtotal()},
		amount{"seller_voucher", 0},
		amount{"shipping_fee", b.Shipping.Paid},
		amount{"shopee_voucher", 0},
		amount{"shopee_coins_redeemed", 0},
	)
	w.Name("is_paid_by_credit_card").Bool(i.payment() == "Credit Card/Debit Card")
	w.Close('}')
}
