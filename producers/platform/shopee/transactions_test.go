package shopee

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func TestTransactionsAreTwoLists(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	task := &schemas.Task{TaskID: "c#0", Op: Transactions, Window: schemas.Window{From: 1000, To: 87400}}
	drafts := a.Split(task)
	require.Len(t, drafts, 2)
	require.False(t, a.Lists(Transactions))
	for i, want := range []struct{ path, from, to, page string }{
		{"/api/v2/payment/get_escrow_list", "release_time_from", "release_time_to", "1"},
		{"/api/v2/payment/get_wallet_transaction_list", "create_time_from", "create_time_to", "0"},
	} {
		require.True(t, drafts[i].Continues)
		r := ask(t, a, become(drafts[i], task, ""))
		require.Equal(t, want.path, r.Path)
		require.Equal(t, "999", r.Query.Get(want.from))
		require.Equal(t, "87400", r.Query.Get(want.to))
		require.Equal(t, want.page, r.Query.Get("page_no"))
		require.Equal(t, "100", r.Query.Get("page_size"))
	}
}

func TestPagesByNumberOverlap(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{PageSizes: map[string]int{EscrowList: 8}})
	task := &schemas.Task{TaskID: "c#0", Op: EscrowList, Window: schemas.Window{From: 1000, To: 87400}}
	first := answer(t, a, task, []byte(success(`{"more":true,"escrow_list":[{"order_sn":"A"},{"order_sn":"B"}]}`)))
	second := become(*first.Next, task, "")
	r := ask(t, a, second)
	require.Equal(t, "2", r.Query.Get("page_no"), "numbers begin at 1")
	require.Equal(t, "7", r.Query.Get("page_size"))
	got := answer(t, a, second, []byte(success(`{"more":false,"escrow_list":[{"order_sn":"B"},{"order_sn":"C"}]}`)))
	require.Equal(t, []string{"C"}, got.Listed, "what was there before is not asked for again")
	require.Equal(t, []string{"C"}, got.Children[0].IDs)
	got = answer(t, a, second, []byte(success(`{"more":false,"escrow_list":[{"order_sn":"C"}]}`)))
	require.Empty(t, got.Listed)
	require.Empty(t, got.Next.Cursor, "a row moved, so the list is begun anew")
}

// An order that was paid out twice is asked for once, with both of its rows.
func TestEscrowDetailsCarryTheirRows(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{PageSizes: map[string]int{EscrowDetail: 2}})
	task := &schemas.Task{TaskID: "c#0", Op: EscrowList, Window: schemas.Window{From: 1000, To: 87400}}
	source := []byte(success(`{"more":false,"escrow_list":[
		{"order_sn":"A","payout_amount":1.50,"escrow_release_time":1}, {"order_sn":"B","payout_amount":2,"escrow_release_time":1},
		{"order_sn":"A","payout_amount":-0.5,"escrow_release_time":2}, {"order_sn":"C","payout_amount":3,"escrow_release_time":2}]}`))
	got := answer(t, a, task, source)
	require.Equal(t, []string{"A", "B", "C"}, got.Listed)
	require.Len(t, got.Children, 2)
	inFull(t, source, got.Children[0].Rows, "escrow_list", 3)
	inFull(t, source, got.Children[1].Rows, "escrow_list", 1)

	batch := become(got.Children[0], task, escrowListPath)
	r := ask(t, a, batch)
	require.Equal(t, http.MethodPost, r.Method)
	require.Equal(t, "/api/v2/payment/get_escrow_detail_batch", r.Path)
	require.JSONEq(t, `{"order_sn_list":["A","B"]}`, string(r.Body))
	require.Equal(t, sign("test_partner_key", "2001887", r.Path, "1655714431", testShop.AccessToken.Reveal(), "14701711"), r.Query.Get("sign"))

	single := become(got.Children[1], task, escrowListPath)
	r = ask(t, a, single)
	require.Equal(t, http.MethodGet, r.Method)
	require.Equal(t, "/api/v2/payment/get_escrow_detail", r.Path)
	require.Equal(t, "C", r.Query.Get("order_sn"))

	got = answer(t, a, batch, []byte(success(`[{"escrow_detail":{"order_sn":"B"}}]`)))
	require.Equal(t, []string{"B"}, got.Answered)
	require.Equal(t, []platform.Draft{{Op: EscrowDetail, IDs: []string{"A"}, Parts: batch.Parts}}, got.Children, "with the rows that it has")

	got = answer(t, a, batch, []byte(`{"error":"order_not_found","message":""}`))
	require.Len(t, got.Children, 2)
	require.Equal(t, platform.Draft{Op: EscrowDetail, IDs: []string{"A"}, Parts: batch.Parts}, got.Children[0])
}

func TestReturnListByEitherTime(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	for _, field := range []string{schemas.CreateTime, schemas.UpdateTime} {
		r := ask(t, a, &schemas.Task{Op: ReturnList, TimeField: field, Window: schemas.Window{From: 1000, To: 87400}})
		require.Equal(t, "999", r.Query.Get(field+"_from"))
		require.Equal(t, "87400", r.Query.Get(field+"_to"))
		require.Len(t, r.Query, 4+5, "no other time")
		require.Equal(t, "0", r.Query.Get("page_no"))
	}
	got := answer(t, a, &schemas.Task{Op: ReturnList}, sample("return_list"))
	require.Len(t, got.Children, len(got.Listed))
	require.Equal(t, platform.Draft{Op: ReturnDetail, IDs: []string{"2406051T6D7TUV1"}}, got.Children[0])
	r := ask(t, a, become(got.Children[0], &schemas.Task{}, ""))
	require.Equal(t, "2406051T6D7TUV1", r.Query.Get("return_sn"))
}
