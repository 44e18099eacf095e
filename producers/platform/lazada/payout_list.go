package lazada

import (
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// payoutListCall asks for all payouts since the window's beginning. Whether the day itself counts is not documented, so the
// one before is named.
func payoutListCall(t *schemas.Task, region string) (call, error) {
	_, w, err := listWindow(t)
	if err != nil {
		return call{}, err
	}
	return newCall(payoutsPath, "created_after", date(w.From-daySeconds, zone(region))), nil
}

// readPayoutList reads the payouts, which come in one answer.
func readPayoutList(data []byte) (platform.Answer, error) {
	texts, ok := elements(data)
	if !ok {
		return platform.Answer{}, badShape("the payouts are not a list")
	}
	rows := make([]row, len(texts))
	for i, text := range texts {
		m, ok := members(text, "statement_number")
		if !ok || plain(m[0]) == "" {
			return platform.Answer{}, badShape("a payout without statement_number")
		}
		rows[i] = row{id: "payout-" + plain(m[0]), text: text}
	}
	listed := ids(rows)
	return platform.Answer{Page: true, Listed: listed, Answered: listed}, nil
}
