package lazada

import (
	"iter"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// feeKind is what a row of the account is for. The type, the code and the name are the platform's.
type feeKind struct {
	code, name, of string
	sum            int // of a statement, that it counts in
}

// The sums of a statement.
const (
	itemRevenue = iota
	shipmentFee
	shipmentCredit
	otherRevenue
	feesTotal
	refunds
	feesOnRefunds
	sums
)

var (
	feeItem        = feeKind{"13", "Item Price Credit", "Orders-Sales", itemRevenue}
	feeCommission  = feeKind{"16", "Commission", "Orders-Lazada Fees", feesTotal}
	feePayment     = feeKind{"3", "Payment Fee", "Orders-Lazada Fees", feesTotal}
	feeService     = feeKind{"145", "Free Shipping Max Fee", "Orders-Lazada Fees", feesTotal}
	feeCarrier     = feeKind{"7", "Shipping Fee (Charged by Lazada)", "Orders-Logistics", shipmentFee}
	feeBuyerPays   = feeKind{"8", "Shipping Fee (Paid By Customer)", "Orders-Logistics", shipmentCredit}
	feeLazadaPays  = feeKind{"9", "Shipping Fee Voucher (by Lazada)", "Orders-Logistics", shipmentCredit}
	feeBack        = feeKind{"14", "Reversal Item Price", "Refunds-Sales", refunds}
	feeBackCom     = feeKind{"17", "Reversal Commission", "Refunds-Lazada Fees", feesOnRefunds}
	feeBackPayment = feeKind{"4", "Reversal Payment Fee", "Refunds-Lazada Fees", feesOnRefunds}
	feeBackService = feeKind{"146", "Reversal Free Shipping Max Fee", "Refunds-Lazada Fees", feesOnRefunds}
	feeCorrection  = feeKind{"21", "Shipping Fee Adjustment", "Orders-Logistics", shipmentFee}
	feeSponsored   = feeKind{"52", "Sponsored Discovery", "Marketing Fees", feesTotal}
	feeClaim       = feeKind{"28", "Lost Claim", "Orders-Claims", otherRevenue}
)

// fee is one row of a shop's account.
type fee struct {
	feeKind
	shop      int
	at, day   int64 // the moment, which the platform does not tell, and the site's day, which it does
	number    string
	reference string
	amount    int64
	ordinal   int // among the rows that have all of its key's members in common

	view *view // of its order, nil if it has none
	unit int   // of the order, negative if it is of none
}

// fees yields the rows of a shop's account of the site's days [from, to) up to now, oldest first.
func (w *World) fees(shop int, from, to, now int64) iter.Seq[*fee] {
	days := calendarOf(w.RegionOf(shop))
	return func(yield func(*fee) bool) {
		for e := range w.Ledger(shop, days.begin(from), days.begin(to), now) {
			rows := w.feesOf(shop, e, days)
			for i := range rows {
				if !yield(&rows[i]) {
					return
				}
			}
		}
	}
}

// feesOf are the rows that a movement of the market's ledger is made of. What a seller takes out of the account shows in
// statements alone.
func (w *World) feesOf(shop int, e market.Entry, days calendar) []fee {
	s := &sheet{shop: shop, entry: e, day: days.day(e.At), code: w.shortCode(shop)}
	switch e.Kind {
	case market.Income:
		s.open(w)
		s.settle()
	case market.LateRefund:
		s.open(w)
		s.refundLate()
	case market.Correction:
		s.open(w)
		s.add(-1, feeCorrection, e.Amount)
	case market.Charge:
		s.add(-1, feeSponsored, e.Amount)
	case market.Grant:
		s.add(-1, feeClaim, e.Amount)
	case market.TopUp, market.Withdrawal:
	}
	return s.rows
}

// sheet collects the rows of one movement.
type sheet struct {
	shop  int
	entry market.Entry
	day   int64
	code  string
	view  *view // of the order, as it was when the money moved
	rows  []fee
}

func (s *sheet) open(w *World) {
	o, ok := w.Find(s.entry.Order, s.entry.At)
	if ok {
		s.view = w.view(&o)
	}
}

// add adds a row, unless it is about nothing.
func (s *sheet) add(unit int, kind feeKind, amount int64) {
	if amount == 0 {
		return
	}
	f := fee{feeKind: kind, shop: s.shop, at: s.entry.At, day: s.day, amount: amount, view: s.view, unit: unit}
	f.number = s.code + "-" + date(s.day, "2006-0102") + "-" + s.subject(unit)
	if s.entry.Kind == market.LateRefund {
		f.reference = idText(reverseID(s.view.world, s.entry.Order, s.entry.Return))
	}
	for i := range s.rows {
		if r := &s.rows[i]; r.unit == unit && r.code == kind.code {
			f.ordinal++
		}
	}
	s.rows = append(s.rows, f)
}

// subject tells what a number is of: one of an order's units, all of them, or nothing but the moment, since a day may have more.
func (s *sheet) subject(unit int) string {
	kind := string("ILCMG"[s.entry.Kind])
	switch {
	case s.view == nil:
		return kind + time.Unix(s.entry.At, 0).UTC().Format("150405")
	case unit < 0:
		return kind + idText(s.view.world.orderID(s.view.Ref))
	}
	return kind + idText(market.UnitID(s.view.Ref, unit))
}

// settle adds the rows of an order's income: of each unit the price and the fees, and both again in reverse if it came back
// before; shipping with the first one.
func (s *sheet) settle() {
	v := s.view
	settlement, ok := v.world.Settlement(v.Order, &v.basket)
	if !ok {
		return
	}
	backs := v.backs(func(r *market.Return) bool { return !r.Late })
	of := map[int]int64{} // units of each line so far
	for i := range v.units {
		line := v.units[i].line
		l := &v.basket.Lines[line]
		fees := l.Fees()
		s.add(i, feeItem, l.Original-l.SellerOff)
		s.add(i, feeCommission, -fees.Commission)
		if v.Key>>52&7 == 0 { // paid in two instalments, each with its fee
			s.add(i, feePayment, -fees.Transaction/2)
			s.add(i, feePayment, -(fees.Transaction - fees.Transaction/2))
		} else {
			s.add(i, feePayment, -fees.Transaction)
		}
		s.add(i, feeService, -fees.Service)
		s.add(i, feeBack, -backs[i])
		if of[line]++; of[line] <= l.Quantity-settlement.Charged[line] {
			s.add(i, feeBackCom, fees.Commission)
			s.add(i, feeBackPayment, fees.Transaction)
			s.add(i, feeBackService, fees.Service)
		}
	}
	s.add(0, feeCarrier, -v.basket.Shipping.Actual)
	s.add(0, feeBuyerPays, v.basket.Shipping.Paid)
	s.add(0, feeLazadaPays, v.basket.Shipping.PlatformOff)
}

// refundLate adds the rows of a return that was refunded after its order was settled.
func (s *sheet) refundLate() {
	backs := s.view.backs(func(r *market.Return) bool { return r.Ordinal == s.entry.Return })
	for i, cost := range backs {
		s.add(i, feeBack, -cost)
	}
}

// backs is what the seller loses of each unit by the returns that count and were refunded.
func (v *view) backs(counts func(r *market.Return) bool) []int64 {
	costs := make([]int64, len(v.units))
	for _, r := range v.world.Returns(v.Order, &v.basket) {
		if r.Status != market.ReturnRefunded || !counts(&r) {
			continue
		}
		units := v.unitsOf(&r)
		for _, l := range r.Lines {
			for n, part := range split(l.Cost, l.Quantity) {
				costs[units[n]] += part
			}
			units = units[l.Quantity:]
		}
	}
	return costs
}

// split shares an amount among units, the first of which gets what is left over.
func split(amount, n int64) []int64 {
	parts := make([]int64, n)
	for i := range parts {
		parts[i] = amount / n
	}
	parts[0] += amount % n
	return parts
}

// orderNo and itemNo are "" for rows that are of none.
func (f *fee) orderNo() string {
	if f.view == nil {
		return ""
	}
	return idText(f.view.world.orderID(f.view.Ref))
}

func (f *fee) itemNo() string {
	if f.view == nil || f.unit < 0 {
		return ""
	}
	return idText(market.UnitID(f.view.Ref, f.unit))
}

// paidStatus says whether the week that a row is in was paid out.
func (f *fee) paidStatus(days calendar, now int64) string {
	if _, paid := days.paidOut(monday(f.day)); paid <= now {
		return "paid"
	}
	return "Not paid"
}

// feeRow is the truth about a row: the document is of the first moment of its day.
func (w *World) feeRow(f *fee, now int64) world.Row {
	region := w.RegionOf(f.shop)
	days := calendarOf(region)
	id := statementName(monday(f.day)) + ":" + f.number + ":" + f.orderNo() + ":" + f.itemNo() + ":" + f.code + ":" + f.reference +
		":" + date(f.day, time.DateOnly) + "." + strconv.Itoa(f.ordinal)
	return world.Row{
		ShopID: w.shopID(f.shop), ID: id, CreateTime: days.begin(f.day), Status: f.paidStatus(days, now),
		Amount: f.amount, Places: region.Places,
	}
}
