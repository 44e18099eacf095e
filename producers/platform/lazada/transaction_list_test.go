package lazada

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// account is a platform's list of transactions: texts of rows in its order.
type account struct{ rows []string }

func (b *account) page(t *testing.T, r platform.Request) []byte {
	t.Helper()
	offset, limit := int(number64(t, r.Query.Get("offset"))), int(number64(t, r.Query.Get("limit")))
	page := b.rows[min(offset, len(b.rows)):min(offset+limit, len(b.rows))]
	return []byte(`{"code":"0","data":[` + strings.Join(page, ",") + `]}`)
}

// fee is a row. Those of one order and amount are alike to the letter, those of one order have one key.
func fee(order, amount int) string {
	return fmt.Sprintf(`{"statement":"s","transaction_number":"n","order_no":"%d","orderItem_no":"","fee_type":"1","amount":"%d.00"}`, order, amount)
}

// documents does what a transformer does with the pages: it numbers rows of one key, and returns each row by its id.
func documents(t *testing.T, c crawl) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, page := range c.pages {
		answer := page.Parts[len(page.Parts)-1]
		var before seen
		for _, p := range page.Parts {
			if p.Path == seenPath {
				require.Zero(t, p.FetchedAt, "the fetcher says when")
				require.NoError(t, json.Unmarshal(p.Body, &before))
			}
		}
		require.Equal(t, page.Cursor == "", len(page.Parts) == 1, "first pages have no keys, all others have")
		if before.Seen == nil {
			before.Seen = map[string]int{}
		}
		data, ok := members(answer.Body, "data")
		require.True(t, ok)
		texts, ok := elements(data[0])
		require.True(t, ok)
		for _, text := range texts[before.Skip:] {
			key, ok := rowKey(text)
			require.True(t, ok)
			rows[key+"-"+strconv.Itoa(before.Seen[key])] = string(text)
			before.Seen[key]++
		}
	}
	return rows
}

func TestTransactionsThatLookAlikeAreNumberedAcrossPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 19, 20, 21, 35, 36, 300} {
		for _, orders := range []int{1, 2, 7, 1000} {
			list := &account{}
			for i := range n {
				list.rows = append(list.rows, fee(i%orders, i%3))
			}
			a := New(platform.Settings{PageSizes: map[string]int{TransactionList: 20}})
			got, err := run(t, a, task(TransactionList), func(r platform.Request) []byte { return list.page(t, r) })
			require.NoError(t, err)
			require.Len(t, got.listed, n, "%d rows of %d orders", n, orders)
			made := documents(t, got)
			require.Len(t, made, n)
			var texts []string
			for id, text := range made {
				require.Equal(t, 1, got.listed[id])
				texts = append(texts, text)
			}
			require.ElementsMatch(t, list.rows, texts)
			// A page brings 15 new rows, and the last one is not full.
			require.Equal(t, max((n-20)/15+1+min(n/20, 1), 1), got.calls[TransactionList], "%d rows", n)
			require.Empty(t, got.totals, "the platform gives no total")
		}
	}
}

// A platform may give fewer rows than were asked for, by a limit of its own that no answer tells.
func TestPagesThatThePlatformCapsAreNotTheEnd(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{50, 100, 200, 400} {
		for _, n := range []int{0, 1, limit - 1, limit, limit + 1, 3 * limit, 1000} {
			list := &account{}
			for i := range n {
				list.rows = append(list.rows, fee(i, 1))
			}
			got, err := run(t, New(platform.Settings{}), task(TransactionList), func(r platform.Request) []byte {
				r.Query.Set("limit", strconv.Itoa(limit))
				return list.page(t, r)
			})
			require.NoError(t, err)
			require.Len(t, documents(t, got), n, "limit %d", limit)
		}
	}
}

func TestTransactionsThatMoveTakeNoOthersWithThem(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 9))
		list := &account{}
		for i := range 60 + random.IntN(100) {
			list.rows = append(list.rows, fee(i/2, i))
		}
		changes := 0
		a := New(platform.Settings{PageSizes: map[string]int{TransactionList: 20}})
		got, err := run(t, a, task(TransactionList), func(r platform.Request) []byte {
			page := list.page(t, r)
			if changes < 3 && random.IntN(2) == 0 {
				changes++
				at := random.IntN(len(list.rows))
				if random.IntN(2) == 0 {
					list.rows = slices.Delete(slices.Clone(list.rows), at, at+1)
				} else {
					list.rows = slices.Insert(slices.Clone(list.rows), at, fee(1000+changes, 1))
				}
			}
			return page
		})
		require.NoError(t, err, "seed %d", seed)
		var texts []string
		for _, text := range documents(t, got) {
			texts = append(texts, text)
		}
		for i, row := range list.rows {
			if !strings.Contains(row, `"order_no":"100`) {
				require.Contains(t, texts, row, "seed %d: row %d stayed and is lost", seed, i)
			}
		}
	}
}

func TestTooManyTransactionsAreCutByDays(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	window := func(days int) schemas.Task {
		list := task(TransactionList)
		list.Window.To = list.Window.From + int64(days)*daySeconds
		return list
	}
	a.mostTransactions = 6000
	endless := &account{}
	for i := range 6600 {
		endless.rows = append(endless.rows, fee(i, 0))
	}
	_, err := run(t, a, window(1), func(r platform.Request) []byte { return endless.page(t, r) })
	require.ErrorContains(t, err, "permanent: window_full: transaction_list has more than 6000 rows from second 1717200000 to 1717286400")

	asked := map[string]bool{}
	got, err := run(t, a, window(8), func(r platform.Request) []byte {
		q := r.Query
		asked[q.Get("start_time")+".."+q.Get("end_time")] = true
		if day(t, q.Get("end_time"))-day(t, q.Get("start_time")) >= 5*daySeconds {
			return endless.page(t, r)
		}
		return []byte(`{"code":"0","data":[]}`)
	})
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"2024-06-01..2024-06-09": true, "2024-06-01..2024-06-04": true, "2024-06-05..2024-06-09": true}, asked)
	require.Equal(t, 13+2, got.calls[TransactionList])
}

// However windows lie to the days of a site, their lists cover all days that they touch, each once, in spans that the
// platform allows.
func TestTransactionDays(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	for seed := range uint64(240) {
		random := rand.New(rand.NewPCG(seed, 11))
		from := int64(1700000000) + random.Int64N(10*daySeconds)
		to := from + 1 + random.Int64N(500*daySeconds)
		if seed%3 == 0 { // whole days somewhere
			from -= from%daySeconds + int64(7+seed%2)*3600
			to -= to%daySeconds + int64(7+seed%2)*3600
			to = max(to, from+daySeconds)
		}
		shop := testShop
		shop.Region = []string{"TH", "SG", ""}[seed%3]
		if seed%2 == 0 {
			shop.Region = "VN"
		}
		root := schemas.Task{TaskID: "c#0", Op: Transactions, Window: schemas.Window{From: from, To: to}}
		in := zone(shop.Region)
		at := time.Unix(from, 0).In(in)
		next := at.Format(time.DateOnly)
		for _, d := range cutAll(t, a, root, seed%2 == 1) {
			r, err := a.Request(&d, shop, testNow)
			require.NoError(t, err)
			first, last := r.Query.Get("start_time"), r.Query.Get("end_time")
			require.Equal(t, next, first, "seed %d: a day is left out or comes twice", seed)
			require.LessOrEqual(t, first, last, "seed %d", seed)
			begin, err := time.Parse(time.DateOnly, first)
			require.NoError(t, err)
			end, err := time.Parse(time.DateOnly, last)
			require.NoError(t, err)
			require.Less(t, end.Sub(begin), 179*24*time.Hour, "seed %d", seed)
			next = end.Add(24 * time.Hour).Format(time.DateOnly)
		}
		last, err := time.Parse(time.DateOnly, next)
		require.NoError(t, err)
		require.Equal(t, date(to-1, in), last.Add(-24*time.Hour).Format(time.DateOnly), "seed %d: the days do not reach the end", seed)
	}
}

// cutAll splits a task and, if wanted, halves the parts as far as that goes.
func cutAll(t *testing.T, a *Adapter, root schemas.Task, halve bool) []schemas.Task {
	t.Helper()
	var lists []schemas.Task
	var add func(d platform.Draft)
	add = func(d platform.Draft) {
		list := d.Task(&root, "c#0.0.0")
		_, w, err := listWindow(&list)
		require.NoError(t, err)
		if halves, err := halvedDays(&list, w, 0); err == nil && halve {
			require.Len(t, halves, 2)
			add(halves[0])
			add(halves[1])
			return
		}
		lists = append(lists, list)
	}
	for _, d := range a.Split(&root) {
		require.True(t, d.Continues)
		add(d)
	}
	return lists
}

func TestSplitTransactions(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	root := task(Transactions)
	drafts := a.Split(&root)
	require.Len(t, drafts, 1)
	require.Equal(t, TransactionList, drafts[0].Op)
	list := drafts[0].Task(&root, "c#0.0.0")
	require.Empty(t, a.Split(&list))
	root.First = true
	drafts = a.Split(&root)
	require.Len(t, drafts, 2)
	require.Equal(t, PayoutList, drafts[1].Op)
	payouts := drafts[1].Task(&root, "c#0.1")
	require.Empty(t, a.Split(&payouts))

	long := task(TransactionList)
	require.Empty(t, a.Split(&long))
	long.Window.To = long.Window.From + 400*daySeconds
	require.Len(t, a.Split(&long), 3)
}

func TestTransactionsThatCarryNoKeysAreRefused(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	for name, body := range map[string]string{"none": "", "no JSON": "x", "no keys": `{"skip":0}`, "of another page": `{"skip":1,"seen":{}}`} {
		bad := task(TransactionList)
		bad.Cursor = "15"
		if body != "" {
			bad = carrying(bad, seenPath, body)
		}
		_, err := a.Read(&bad, platform.Response{Status: 200, Body: sample("transaction_details")})
		require.ErrorContains(t, err, "permanent: bad_task", name)
	}
}
