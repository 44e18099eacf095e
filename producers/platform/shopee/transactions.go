package shopee

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops of transactions. What an order earned is listed when it is paid out (escrow) and then fetched; the wallet's
// transactions are in their list.
const (
	Transactions = "transactions" // has no call: it is split into the two lists
	EscrowList   = "escrow_list"
	EscrowDetail = "escrow_detail"
	WalletList   = "wallet_list"
)

const (
	escrowListPath   = "/api/v2/payment/get_escrow_list"
	escrowDetailPath = "/api/v2/payment/get_escrow_detail"
	escrowBatchPath  = "/api/v2/payment/get_escrow_detail_batch"
	walletListPath   = "/api/v2/payment/get_wallet_transaction_list"
)

func (a *Adapter) askEscrowList(t *schemas.Task, c *call) error {
	c.path = escrowListPath
	if err := askPage(t, c.query, a.settings.PageSize(t.Op, maxRows), 1); err != nil {
		return err
	}
	return askWindow(t, c.query, "release_time_from", "release_time_to")
}

// readEscrowList reads a page of what was paid out. An order may be there twice, paid out at different times: it is asked
// for once, and its rows go along.
func (a *Adapter) readEscrowList(t *schemas.Task, data []byte) (platform.Answer, error) {
	p, err := readPage(t, data, "escrow_list", "more", "order_sn")
	if err != nil {
		return platform.Answer{}, err
	}
	names := make([]string, len(p.rows))
	for i, r := range p.rows {
		names[i] = identity(r, "order_sn", "escrow_release_time", "payout_amount")
	}
	answer, fresh, err := p.climb(t, names, a.settings.PageSize(t.Op, maxRows))
	if err != nil {
		return platform.Answer{}, err
	}
	answer.Listed = ids(fresh)
	keys := map[string][]string{} // an income is a row of the list
	for _, r := range fresh {
		values, _ := members(r.text, "escrow_release_time")
		keys[r.id] = append(keys[r.id], schemas.TransactionID(r.id, id(values[0])))
	}
	for _, draft := range platform.Batches(EscrowDetail, answer.Listed, a.settings.PageSize(EscrowDetail, maxIDs)) {
		draft.Rows, draft.Keys = wrap("escrow_list", of(fresh, draft.IDs)), keys
		answer.Children = append(answer.Children, draft)
	}
	return answer, nil
}

// askEscrowDetail asks for several orders by POST, as most sources say of the batch call, and for a single one by the older
// call, which all agree upon. So what a batch is refused is asked for in smaller ones, and in the end in that way.
func askEscrowDetail(t *schemas.Task, c *call) error {
	if err := askIDs(t, maxIDs); err != nil {
		return err
	}
	if len(t.IDs) == 1 {
		c.path = escrowDetailPath
		c.query.Set("order_sn", t.IDs[0])
		return nil
	}
	body, err := json.Marshal(map[string][]string{"order_sn_list": t.IDs})
	if err != nil {
		return badTask("the ids of the task cannot be written as JSON")
	}
	c.path, c.body = escrowBatchPath, body
	return nil
}

// readEscrowDetail reads what orders earned: of one, an object; of several, a list of objects in an envelope each.
func readEscrowDetail(t *schemas.Task, data []byte) (platform.Answer, error) {
	var answered []string
	s := jsonscan.New(data)
	if s.Next() == '{' {
		values, _ := members(data, "order_sn")
		answered = append(answered, id(values[0]))
	} else {
		for range s.Array() {
			detail, _ := members(s.Value(), "escrow_detail")
			values, _ := members(detail[0], "order_sn")
			answered = append(answered, id(values[0]))
		}
		if s.End() != nil {
			return platform.Answer{}, badShape("the details are neither an object nor a list")
		}
	}
	if slices.Contains(answered, "") {
		return platform.Answer{}, badShape("details without order_sn")
	}
	slices.Sort(answered)
	answered = slices.Compact(answered)
	lacking, err := unasked(t.IDs, answered)
	if err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: len(answered) > 0, Answered: answered, Children: alone(t, lacking)}, nil
}

func (a *Adapter) askWalletList(t *schemas.Task, c *call) error {
	c.path = walletListPath
	if err := askPage(t, c.query, a.settings.PageSize(t.Op, maxRows), 0); err != nil {
		return err
	}
	return askWindow(t, c.query, "create_time_from", "create_time_to")
}

// readWalletList reads a page of the wallet's transactions, which are complete in themselves. They have no id, so the ledger
// knows them by all that tells one from another.
func (a *Adapter) readWalletList(t *schemas.Task, data []byte) (platform.Answer, error) {
	p, err := readPage(t, data, "transaction_list", "more", "create_time")
	if err != nil {
		return platform.Answer{}, err
	}
	for i, r := range p.rows {
		p.rows[i].id = identity(r, "create_time", "transaction_type", "amount", "current_balance", "order_sn", "withdrawal_id", "refund_sn")
	}
	names := make([]string, len(p.rows))
	for i, r := range p.rows {
		names[i] = r.id
	}
	answer, fresh, err := p.climb(t, names, a.settings.PageSize(t.Op, maxRows))
	if err != nil {
		return platform.Answer{}, err
	}
	answer.Listed = ids(fresh)
	answer.Answered = answer.Listed
	return answer, nil
}

// identity joins members of a row, as they are written but for quotes.
func identity(r row, names ...string) string {
	values, _ := members(r.text, names...)
	parts := make([]string, len(values))
	for i, v := range values {
		if text, ok := jsonscan.Text(v); ok {
			v = []byte(text)
		}
		if string(v) != "null" {
			parts[i] = string(v)
		}
	}
	return strings.Join(parts, ":")
}
