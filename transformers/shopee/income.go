package shopee

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// incomes reads an escrow_detail page: each row of get_escrow_list that the page is about is a document, with what
// get_escrow_detail_batch, or get_escrow_detail for a single order, says of its order. An order can have several rows, each
// with its own release. A detail without a row of the list becomes a document that cannot be told from which row it is.
func incomes(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	rows, err := rowsOf(page, "/get_escrow_list", "escrow_list")
	if err != nil {
		return nil, err
	}
	details, err := escrowDetails(page)
	if err != nil {
		return nil, err
	}
	var documents []transformers.Document
	used := make([]bool, len(details))
	for _, listed := range rows {
		sn := member(listed.Raw, "order_sn")
		if !read.About(page, sn) {
			continue
		}
		i := slices.IndexFunc(details, func(d escrowDetail) bool { return sn != "" && d.orderSN == sn })
		var detail *row
		if i >= 0 {
			used[i], detail = true, &details[i].row
		}
		documents = append(documents, readIncome(from, page.Region, listed, detail))
	}
	for i, d := range details {
		if !used[i] && read.About(page, d.orderSN) {
			documents = append(documents, strayDetail(from, page.Region, d.row))
		}
	}
	return documents, nil
}

// escrowDetail is what an answer says of one order's income.
type escrowDetail struct {
	row
	orderSN string
}

func escrowDetails(page *schemas.Page) (details []escrowDetail, err error) {
	add := func(e read.Element, fetchedAt int64) {
		details = append(details, escrowDetail{row{e, fetchedAt}, member(e.Raw, "order_sn")})
	}
	for i := range page.Parts {
		part := &page.Parts[i]
		var e read.Element
		switch {
		case read.Is(part, "/get_escrow_detail"):
			if e, err = response(part.Body, '{'); err == nil {
				add(e, part.FetchedAt)
			}
		case read.Is(part, "/get_escrow_detail_batch"):
			e, err = response(part.Body, '[')
			for _, each := range elementsOf(e) {
				add(each, part.FetchedAt)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
	}
	return details, nil
}

// elementsOf returns what the batch's elements have as escrow_detail; one without it stands for itself.
func elementsOf(batch read.Element) (details []read.Element) {
	if len(batch.Raw) == 0 || batch.Raw[0] != '[' {
		return nil
	}
	for _, e := range read.Elements(jsonscan.New(batch.Raw)) {
		walk(e.Raw, []string{"escrow_detail"}, func(s *jsonscan.Scanner) {
			e = read.Element{Raw: s.Value(), Depth: s.Depth()}
		})
		details = append(details, e)
	}
	return details
}

// incomeBuilder holds what is read of an income until the document can be put together.
type incomeBuilder struct {
	income *schemas.Transaction
	row    *read.Row
}

// readIncome maps a row of get_escrow_list. Its members that have no field stay in platform field escrow_list, those of the
// detail at the top.
func readIncome(from transformers.Origin, region string, listed row, detail *row) transformers.Document {
	b := &incomeBuilder{newTransaction(region, schemas.TypeOrderIncome), read.NewRow(listed.Element)}
	d := transformers.Document{Document: b.income, FetchedAt: listed.fetchedAt, Revision: transactionRevision}
	id := ""
	if b.row.Readable() {
		released := b.listRow()
		if b.income.OrderID != "" && released != 0 {
			id = schemas.TransactionID(b.income.OrderID, strconv.FormatInt(released, 10))
		}
		// Shopee lists incomes when they are released, and gives them no other time.
		b.income.ReleaseTime = schemas.FormatTime(released, from.Zone)
		b.income.CreateTime = b.income.ReleaseTime
		b.income.UnifiedStatus = "completed"
		b.row.Must("order_sn", b.income.OrderID != "")
		b.row.Must("escrow_release_time", released != 0)
		b.row.Must("payout_amount", b.income.Amount != "")
		b.row.Must("escrow_detail", detail != nil)
		mustCurrency(b.row, b.income)
	}
	if detail != nil {
		d.FetchedAt = min(d.FetchedAt, detail.fetchedAt)
		b.detail(detail.Element)
	}
	b.finish(from, b.row.Identify("order_sn and escrow_release_time", id))
	return d
}

// strayDetail makes a document of a detail that no row of the list explains, so that it is not lost.
func strayDetail(from transformers.Origin, region string, detail row) transformers.Document {
	b := &incomeBuilder{newTransaction(region, schemas.TypeOrderIncome), read.NewRow(detail.Element)}
	b.row.Fail("no row of get_escrow_list is about this detail")
	if b.row.Readable() {
		b.members(&b.row.Object)
	}
	b.finish(from, b.row.Identify("row of get_escrow_list", ""))
	return transformers.Document{Document: b.income, FetchedAt: detail.fetchedAt, Revision: transactionRevision}
}

func newTransaction(region, kind string) *schemas.Transaction {
	return &schemas.Transaction{Type: kind, Region: region, Currency: currencies[region]}
}

// mustCurrency marks amounts whose currency nobody says.
func mustCurrency(r *read.Row, t *schemas.Transaction) {
	if t.Currency == "" {
		r.Bad.Add("currency", "missing, since the shop's region is not set or has none that is known")
	}
}

func (b *incomeBuilder) finish(from transformers.Origin, id string) {
	t := b.income
	slices.SortStableFunc(t.Amounts, func(a, c schemas.Amount) int { return cmp.Compare(a.Name, c.Name) })
	t.TransactionID, t.Identity = id, from.Identity(id)
	t.PlatformFields = b.row.Finish(&t.Lineage)
}

// listRow reads the row of the list and returns the time of release.
func (b *incomeBuilder) listRow() (released int64) {
	in := read.NewObject(nil, "", b.row.Bad)
	in.Scan = b.row.Scan
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "order_sn":
			b.income.OrderID = in.Key(key, "an order id")
		case "escrow_release_time":
			released = in.Time(key)
		case "payout_amount":
			b.income.Amount = in.Money(key)
		default:
			in.Keep(key)
		}
	}
	b.row.KeepInside("escrow_list", in)
	return released
}

// detail reads what is said of the order of the row.
func (b *incomeBuilder) detail(e read.Element) {
	in := b.row.Beside("escrow_detail", e)
	if in == nil {
		return
	}
	b.row.Scan, b.row.Prefix = in.Scan, in.Prefix
	b.members(&b.row.Object)
}

func (b *incomeBuilder) members(in *read.Object) {
	for key := range in.Scan.Object() {
		switch key := string(key); {
		case key == "order_sn" && b.income.OrderID == "":
			b.income.OrderID = in.Key(key, "an order id")
		case key == "order_sn": // by which the detail was found
		case key == "order_income":
			b.income.Amounts = nil
			in.Inside(key, b.incomeMember)
		default:
			in.Keep(key)
		}
	}
}

// incomeMember reads a member of order_income. Amounts are taken as they are signed there; those of 0 explain nothing and stay
// with the rest.
func (b *incomeBuilder) incomeMember(in *read.Object, key string) {
	if !incomeAmounts[key] {
		in.Keep(key)
		return
	}
	e, ok := in.Value()
	if !ok || string(e.Raw) == `""` {
		return
	}
	amount, err := schemas.ParseMoneyJSON(e.Raw)
	switch {
	case err != nil:
		in.Wrong(key, e, err.Error())
	case isZero(amount):
		in.KeepElement(key, e)
	default:
		b.income.Amounts = append(b.income.Amounts, schemas.Amount{Name: key, Amount: amount})
	}
}

func isZero(amount schemas.Money) bool { return strings.Trim(string(amount), "-0.") == "" }

// incomeAmounts has the members of order_income that are amounts in the shop's currency. Those of other shops' currencies,
// such as escrow_amount_pri, are not among them.
var incomeAmounts = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`
		escrow_amount escrow_amount_after_adjustment total_adjustment_amount buyer_total_amount
		original_price order_original_price order_discounted_price order_selling_price
		cost_of_goods_sold original_cost_of_goods_sold
		seller_discount order_seller_discount shopee_discount original_shopee_discount
		voucher_from_seller voucher_from_shopee coins seller_coin_cash_back payment_promotion credit_card_promotion
		buyer_paid_shipping_fee estimated_shipping_fee actual_shipping_fee final_shipping_fee reverse_shipping_fee
		shopee_shipping_rebate shipping_fee_discount_from_3pl seller_shipping_discount
		final_return_to_seller_shipping_fee overseas_return_service_fee
		buyer_transaction_fee seller_transaction_fee credit_card_transaction_fee
		commission_fee net_commission_fee service_fee net_service_fee campaign_fee order_ams_commission_fee
		seller_order_processing_fee fbs_fee final_product_protection
		cross_border_tax escrow_tax sales_tax_on_lvg final_product_vat_tax final_shipping_vat_tax
		withholding_tax withholding_vat_tax withholding_pit_tax
		drc_adjustable_refund seller_return_refund seller_lost_compensation`) {
		names[name] = true
	}
	return names
}()
