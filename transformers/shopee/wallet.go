package shopee

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// walletRows reads a wallet_list page: each row of get_wallet_transaction_list is a document.
func walletRows(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	rows, err := rowsOf(page, "/get_wallet_transaction_list", "transaction_list")
	if err != nil {
		return nil, err
	}
	documents := make([]transformers.Document, len(rows))
	for i, row := range rows {
		documents[i] = readWalletRow(from, page.Region, row)
	}
	return documents, nil
}

// walletBuilder holds what is read of a wallet's row until the document can be put together.
type walletBuilder struct {
	movement *schemas.Transaction
	row      *read.Row

	created              int64
	kind                 walletType
	balance              schemas.Money
	refundSN, withdrawal string
}

func readWalletRow(from transformers.Origin, region string, listed row) transformers.Document {
	b := &walletBuilder{movement: newTransaction(region, schemas.TypeWallet), row: read.NewRow(listed.Element)}
	t := b.movement
	id := ""
	if b.row.Readable() {
		for key := range b.row.Scan.Object() {
			b.member(string(key))
		}
		if b.kind.kind != "" {
			t.Type = b.kind.kind
		} else {
			b.row.Bad.Unmapped("platform_fields.transaction_type", b.kind.name)
		}
		t.UnifiedStatus = walletStatus(t.Status)
		t.CreateTime = schemas.FormatTime(b.created, from.Zone)
		b.row.Must("create_time", b.created != 0)
		b.row.Must("transaction_type", b.kind.name != "")
		b.row.Must("amount", t.Amount != "")
		b.row.Must("status", t.Status != "")
		mustCurrency(b.row, t)
		id = b.id()
	}
	t.TransactionID = b.row.Identify("create_time, transaction_type and amount", id)
	t.Identity = from.Identity(t.TransactionID)
	t.PlatformFields = b.row.Finish(&t.Lineage)
	return transformers.Document{
		Document: t, FetchedAt: listed.fetchedAt, Revision: transactionRevision, Unmapped: b.row.Bad.AllUnmapped(),
	}
}

func (b *walletBuilder) member(key string) {
	t, r := b.movement, b.row
	switch key {
	case "status":
		t.Status = r.Text(key)
	case "transaction_type":
		b.transactionType(key)
	case "amount":
		t.Amount = r.Money(key)
	case "current_balance":
		b.balance = r.MoneyKept(key)
	case "create_time":
		b.created = r.Time(key)
	case "order_sn":
		t.OrderID = r.OptionalKey(key, "an order id")
	case "refund_sn":
		b.refundSN = idOf(r.Keep(key).Raw)
	case "withdrawal_id":
		b.withdrawal = r.IDKept(key)
	case "transaction_fee":
		t.Amounts = nil
		if fee := r.MoneyKept(key); fee != "" && !isZero(fee) {
			t.Amounts = []schemas.Amount{{Name: key, Amount: fee}}
			r.Rest.Delete(key)
		}
	default:
		r.Keep(key)
	}
}

// transactionType reads the type, which is a name or its documented number, also as text. It has no field of its own.
func (b *walletBuilder) transactionType(key string) {
	e := b.row.Keep(key)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' {
		return
	}
	name := idOf(e.Raw)
	if name == "" {
		b.row.Bad.Add(key, "want a name or a number")
		return
	}
	b.kind = walletType{name: name, kind: kindOfWalletType[name]}
	if n, err := strconv.Atoi(name); err == nil {
		if known, ok := walletTypes[n]; ok {
			b.kind = known
		}
	}
}

// id returns what identifies the row: Shopee gives it no id. The wallet is part of it, so that it never meets an order's.
func (b *walletBuilder) id() string {
	t := b.movement
	if b.created == 0 || b.kind.name == "" || t.Amount == "" {
		return ""
	}
	about := t.OrderID
	if about == "" && b.withdrawal != "0" {
		about = b.withdrawal
	}
	if about == "" {
		about = b.refundSN
	}
	return schemas.TransactionID("wallet", strconv.FormatInt(b.created, 10), b.kind.name, plain(t.Amount), plain(b.balance), about)
}

// plain returns an amount without the zeros that do not change it, so that one amount has one text: -1.50 gives -1.5.
func plain(amount schemas.Money) string {
	text := string(amount)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// walletType is a type of a wallet's rows: Shopee's name and the type of the document.
type walletType struct{ name, kind string }

// walletTypes has Shopee's types by their numbers.
var walletTypes = map[int]walletType{
	101: {"ESCROW_VERIFIED_ADD", schemas.TypeWallet},
	102: {"ESCROW_VERIFIED_MINUS", schemas.TypeWallet},
	201: {"WITHDRAWAL_CREATED", schemas.TypeWithdrawal},
	202: {"WITHDRAWAL_COMPLETED", schemas.TypeWithdrawal},
	203: {"WITHDRAWAL_CANCELLED", schemas.TypeWithdrawal},
	301: {"REFUND_VERIFIED_ADD", schemas.TypeRefund},
	302: {"AUTO_REFUND_ADD", schemas.TypeRefund},
	401: {"ADJUSTMENT_ADD", schemas.TypeAdjustment},
	402: {"ADJUSTMENT_MINUS", schemas.TypeAdjustment},
	404: {"FBS_ADJUSTMENT_ADD", schemas.TypeAdjustment},
	405: {"FBS_ADJUSTMENT_MINUS", schemas.TypeAdjustment},
	406: {"ADJUSTMENT_CENTER_ADD", schemas.TypeAdjustment},
	407: {"ADJUSTMENT_CENTER_DEDUCT", schemas.TypeAdjustment},
	408: {"ESCROW_ADJUSTMENT_FOR_FD_DEDUCT", schemas.TypeAdjustment},
	409: {"PERCEPTION_VAT_TAX_DEDUCT", schemas.TypeWallet},
	411: {"ADJUSTMENT_FOR_RR_AFTER_ESCROW_VERIFIED", schemas.TypeAdjustment},
	412: {"AFFILIATE_COMMISSION_FEE_ADD", schemas.TypeWallet},
	413: {"CROSS_MERCHANT_ADJUSTMENT_ADD", schemas.TypeAdjustment},
	414: {"CROSS_MERCHANT_ADJUSTMENT_DEDUCT", schemas.TypeAdjustment},
	415: {"SELLER_COMPENSATE_ADD", schemas.TypeWallet},
	416: {"CAMPAIGN_PACKAGE_ADD", schemas.TypeWallet},
	417: {"CAMPAIGN_PACKAGE_MINUS", schemas.TypeWallet},
	450: {"PAID_ADS_CHARGE", schemas.TypeWallet},
	451: {"PAID_ADS_REFUND", schemas.TypeWallet},
	452: {"FAST_ESCROW_DISBURSE", schemas.TypeWallet},
	455: {"AFFILIATE_ADS_SELLER_FEE", schemas.TypeWallet},
	456: {"AFFILIATE_ADS_SELLER_FEE_REFUND", schemas.TypeWallet},
	458: {"FAST_ESCROW_DEDUCT", schemas.TypeWallet},
	459: {"FAST_ESCROW_DISBURSE_REMAIN", schemas.TypeWallet},
	460: {"AFFILIATE_FEE_DEDUCT", schemas.TypeWallet},
	501: {"SHOPEE_WALLET_PAY", schemas.TypeWallet},
	502: {"SPM_DEDUCT", schemas.TypeWallet},
	503: {"APM_DEDUCT", schemas.TypeWallet},
	504: {"SPM_REFUND_ADD", schemas.TypeRefund},
	505: {"APM_REFUND_ADD", schemas.TypeRefund},
	701: {"DP_REFUND_VERIFIED_ADD", schemas.TypeRefund},
	801: {"SPM_DEDUCT_DIRECT", schemas.TypeWallet},
	802: {"SPM_DISBURSE_ADD", schemas.TypeWallet},
}

// kindOfWalletType has the document's type by Shopee's name.
var kindOfWalletType = func() map[string]string {
	kinds := make(map[string]string, len(walletTypes))
	for _, t := range walletTypes {
		kinds[t.name] = t.kind
	}
	return kinds
}()
