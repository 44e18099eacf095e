package lazada

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

const (
	// transactionOverlap is how many rows of a page come again on the next one, where they must be the same. Rows that look
	// alike are common here, so one would prove little.
	transactionOverlap = 5
	// capStep divides whatever round number the platform might cap its pages at below what is asked for. A page of such a length
	// is not taken for the end, although it is not full: that costs one list of fifty a call more.
	capStep = 50
	// maxTransactions bounds what the pages of one list hand on: the keys of all rows before, about 17 bytes each, which must
	// fit a record. It is a day of some 20,000 orders.
	maxTransactions = 200_000

	// seenPath names the part of a page that is no answer of the platform: see seen.
	seenPath = "shopstream:/seen"
)

// seen is what the transformer must know of earlier pages, since rows have no ids: how many of this page's first rows it saw
// there already, and how many rows had the same key, which this page's are numbered on from. First pages have none.
type seen struct {
	Skip int            `json:"skip"`
	Seen map[string]int `json:"seen"` // by rowKey
}

// keyMembers tell a row from others, together with a number among equal ones.
var keyMembers = []string{"statement", "transaction_number", "order_no", "orderItem_no", "fee_type", "reference", "transaction_date"}

// rowKey names the values of a row's keyMembers.
func rowKey(text []byte) (string, bool) {
	m, ok := members(text, keyMembers...)
	values := make([]string, len(m))
	for i, raw := range m {
		values[i] = plain(raw)
	}
	return short(strings.Join(values, "\x1f")), ok
}

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:12]
}

// transactionListCall asks for a page of all rows of some calendar days.
func (a *Adapter) transactionListCall(t *schemas.Task, region string) (call, error) {
	_, w, err := listWindow(t)
	if err != nil {
		return call{}, err
	}
	from, err := offset(t)
	if err != nil {
		return call{}, err
	}
	first, last := days(t, w, zone(region))
	return newCall(transactionsPath,
		"start_time", first, "end_time", last, "trans_type", "-1",
		"offset", strconv.Itoa(from), "limit", strconv.Itoa(a.pageSize(t.Op)),
	), nil
}

// readSeen returns what the pages before handed on.
func readSeen(t *schemas.Task, tr platform.Trail) (seen, error) {
	for _, p := range t.Parts {
		if p.Path != seenPath {
			continue
		}
		var s seen
		if json.Unmarshal(p.Body, &s) != nil || s.Seen == nil || s.Skip != len(tr.Tail) {
			return s, badTask("the keys that the list task carries are not readable, or not those of the page before")
		}
		return s, nil
	}
	if t.Cursor != "" {
		return seen{}, badTask("the list task goes on and carries no keys")
	}
	return seen{Seen: map[string]int{}}, nil
}

// part returns s as a part of the page to come.
func (s seen) part() schemas.PagePart {
	body, err := json.Marshal(s)
	if err != nil {
		panic(err) // numbers and text always encode
	}
	return schemas.PagePart{Path: seenPath, Body: body}
}

// readTransactionList reads a page. The platform gives no total: the list ends with a page that is not full, or brings nothing new. A page that does
// not repeat the end of the one before is thrown away, since its rows cannot be numbered, and the list is begun anew.
func (a *Adapter) readTransactionList(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, ok := elements(data)
	if !ok {
		return platform.Answer{}, badShape("the transactions are not a list")
	}
	tr, w, err := listWindow(t)
	if err != nil {
		return platform.Answer{}, err
	}
	from, err := offset(t)
	if err != nil {
		return platform.Answer{}, err
	}
	before, err := readSeen(t, tr)
	if err != nil {
		return platform.Answer{}, err
	}
	texts := make([]string, len(rows))
	for i, text := range rows {
		texts[i] = short(string(text))
	}
	if !begins(texts, tr.Tail) {
		next, err := tr.Again(t)
		if err != nil { // fewer days are read in less time
			if halves, cannot := halvedDays(t, w, a.mostTransactions); cannot == nil {
				return platform.Answer{Children: halves}, nil
			}
		}
		return platform.Answer{Next: next}, err
	}
	listed, err := before.count(rows[before.Skip:])
	if err != nil {
		return platform.Answer{}, err
	}
	answer := platform.Answer{Page: true, Listed: listed, Answered: listed}
	size := a.pageSize(t.Op)
	tr.Rows += len(listed)
	switch {
	case len(rows) < size && (len(rows)%capStep != 0 || len(listed) == 0):
		return answer, nil
	case len(listed) == 0:
		return platform.Answer{}, platform.Malformed("no_progress", "the page is full and brings no new row")
	case tr.Rows >= a.mostTransactions:
		answer.Children, err = halvedDays(t, w, a.mostTransactions)
		return answer, err
	}
	overlap := min(transactionOverlap, size-1)
	tr.Tail = texts[len(texts)-overlap:]
	if answer.Next, err = tr.Follow(t, strconv.Itoa(from+len(rows)-overlap), false); err != nil {
		return platform.Answer{}, err
	}
	before.Skip = overlap
	answer.Next.Parts = []schemas.PagePart{before.part()}
	return answer, nil
}

// count adds rows to what was seen and returns their ids: the key and, from 0, the number among equal ones.
func (s seen) count(rows [][]byte) ([]string, error) {
	listed := make([]string, len(rows))
	for i, text := range rows {
		key, ok := rowKey(text)
		if !ok {
			return nil, badShape("the transactions hold a row that is no object")
		}
		listed[i] = key + "-" + strconv.Itoa(s.Seen[key])
		s.Seen[key]++
	}
	return listed, nil
}
