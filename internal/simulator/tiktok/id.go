package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
)

// What the ids of each kind of thing begin with: no two kinds share an id. They are 19 digits, far beyond 2^53.
const (
	leadPackage      = 11 // and 12 for an order's second
	leadSettle       = 34
	leadWithdraw     = 35
	leadReturn       = 40 // and 41 for an order's second
	leadCancellation = 44
	leadOrder        = 57
	leadStatement    = 73
	leadIncome       = 74
	leadCorrection   = 75
	leadLateRefund   = 76
	leadCharge       = 77

	productBase = 1_729_000_000_000_000_000
	skuBase     = 1_731_000_000_000_000_000
)

// id is the text of the id that a thing of an order has, or of a shop and day, whose Index is then a number within them.
func (w *World) id(lead int64, at market.Ref) string {
	return strconv.FormatInt(w.DecimalID(lead, at), 10)
}

// unitID is the id of one unit of an order.
func unitID(at market.Ref, unit int) string { return strconv.FormatInt(market.UnitID(at, unit), 10) }

// productID is the platform's id of a product.
func productID(p *market.Product) string { return strconv.FormatInt(productBase+p.ID, 10) }

// skuID is the id of a variant. A product without variants has one SKU, too.
func skuID(p *market.Product, variant int) string {
	return strconv.FormatInt(skuBase+10*p.ID+int64(variant), 10)
}

// warehouseID is the one a shop sends from; every third shop has a second one.
func (w *World) warehouseID(shop, n int) string {
	return strconv.FormatInt(6_955_000_000_000_000_000+w.shopID(shop)%1_000_000_000_000*10+int64(n), 10)
}

// userID is the platform's id of a buyer.
func userID(p *market.Person) string {
	return strconv.FormatInt(7_021_000_000_000_000_000+p.ID*1009, 10)
}
