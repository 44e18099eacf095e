package shopee

import (
	"encoding/json"
	"fmt"

	"github.com/shopstream/shopstream/producers/platform/conformance"
	"github.com/shopstream/shopstream/schemas"
)

// success puts data into the platform's envelope.
func success(data string) string { return `{"error":"","message":"","response":` + data + `}` }

// listOdds are answers to lists whose rows are in the member list.
func listOdds(list, more string) []conformance.Odd {
	stall := "short_page"
	if list == "order_list" {
		stall = "cursor_missing"
	}
	return []conformance.Odd{
		{Name: "nothing", Answer: success(fmt.Sprintf(`{%q:false,%q:[]}`, more, list))},
		{Name: "null list", Answer: success(fmt.Sprintf(`{%q:false,%q:null}`, more, list))},
		{Name: "no list", Answer: success(fmt.Sprintf(`{%q:false}`, more)), Code: "bad_shape"},
		{Name: "no flag", Answer: success(fmt.Sprintf(`{%q:[]}`, list)), Code: "bad_shape"},
		{Name: "null flag", Answer: success(fmt.Sprintf(`{%q:[],%q:null}`, list, more)), Code: "bad_shape"},
		{Name: "row without id", Answer: success(fmt.Sprintf(`{%q:false,%q:[{}]}`, more, list)), Code: "bad_shape"},
		{Name: "more, and no rows", Answer: success(fmt.Sprintf(`{%q:true,%q:[]}`, more, list)), Code: stall},
		{Name: "row of another type", Answer: success(fmt.Sprintf(`{%q:false,%q:["x"]}`, more, list)), Code: "bad_shape"},
	}
}

var listWindow = schemas.Window{From: 1000, To: 87400}

func listOp(op, path, file, list, more string, listed ...string) conformance.Op {
	return conformance.Op{
		Task: schemas.Task{TaskID: "c#0", Op: op, Window: listWindow},
		Path: path, Answer: sample(file), Listed: listed, Odd: listOdds(list, more),
	}
}

func ops() []conformance.Op {
	all := []conformance.Op{}
	all = append(all, orderOps()...)
	all = append(all, productOps()...)
	all = append(all, transactionOps()...)
	all = append(all, returnOps()...)
	return append(all, trackingOps()...)
}

func orderOps() []conformance.Op {
	detailed := []string{"240606KQ8VNB12", "240604F7MXQQ31", "240606KQ9C4X07", "240605HRW2ZP55"}
	var all []conformance.Op
	for _, op := range []string{OrderList, TrackingOrderList} {
		list := listOp(op, orderListPath, "order_list", "order_list", "more", "240606KQ8VNB12", "240606KQ9C4X07", "240605HRW2ZP55")
		list.More = sample("order_list")
		list.Odd = append(list.Odd,
			conformance.Odd{
				Name: "unknown status", Listed: []string{"A"},
				Answer: success(`{"more":false,"order_list":[{"order_sn":"A","order_status":"NEW_WORD"}]}`),
			},
			conformance.Odd{
				Name: "a number for an id, twice", Listed: []string{"9007199254740993"},
				Answer: success(`{"more":false,"order_list":[{"order_sn":9007199254740993},{"order_sn":"9007199254740993"}]}`),
			},
		)
		all = append(all, list)
	}
	return append(all, conformance.Op{
		Task: schemas.Task{TaskID: "c#0.0", Op: OrderDetail, IDs: detailed},
		Path: orderDetailPath, MaxIDs: 50, Answer: sample("order_detail"), Answered: detailed,
		Odd: []conformance.Odd{
			{
				Name: "unknown status, null fields", Answered: detailed[:1],
				Answer: success(`{"order_list":[{"order_sn":"240606KQ8VNB12","order_status":"NEW_WORD","pay_time":null}]}`),
			},
			{Name: "none", Answer: success(`{"order_list":[]}`)},
			{Name: "null list", Answer: success(`{"order_list":null}`)},
			{Name: "no list", Answer: success(`{}`), Code: "bad_shape"},
			{Name: "another order", Answer: success(`{"order_list":[{"order_sn":"X"}]}`), Code: "not_asked"},
			{
				Name: "one that does not exist", Task: &schemas.Task{Op: OrderDetail, IDs: []string{"X"}},
				Answer: string(sample("order_detail_error_not_found")), Gone: []string{"X"},
			},
		},
	})
}

func productOps() []conformance.Op {
	list := listOp(ItemList, itemListPath, "item_list", "item", "has_next_page", "23620853561", "800062998", "800062999")
	list.More = []byte(success(`{"item":[{"item_id":1},{"item_id":2}],"total_count":4,"has_next_page":true,"next_offset":2}`))
	list.Odd = append(list.Odd,
		conformance.Odd{
			Name: "ids beyond floats, as number and text", Listed: []string{"9007199254740993", "18446744073709551615"},
			Answer: success(`{"has_next_page":false,"item":[{"item_id":9007199254740993},{"item_id":"18446744073709551615","update_time":null}]}`),
		},
		conformance.Odd{Name: "a fraction for an id", Code: "bad_shape", Answer: success(`{"has_next_page":false,"item":[{"item_id":1.5e3}]}`)},
		conformance.Odd{Name: "text for a total", Code: "bad_shape", Answer: success(`{"has_next_page":false,"item":[],"total_count":"many"}`)},
	)
	models := schemas.Task{TaskID: "c#0.0.0", Op: Product, IDs: []string{"23620853561"}}
	return []conformance.Op{
		list,
		{
			Task: schemas.Task{TaskID: "c#0.0", Op: ItemBaseInfo, IDs: []string{"800062998", "23620853561"}},
			Path: itemBaseInfoPath, MaxIDs: 50, Answer: sample("item_base_info"),
			Odd: []conformance.Odd{
				{Name: "none", Answer: success(`{"item_list":[]}`)},
				{Name: "no list", Answer: success(`{}`), Code: "bad_shape"},
				{Name: "another item", Answer: success(`{"item_list":[{"item_id":1}]}`), Code: "not_asked"},
				{
					Name: "one that does not exist", Task: &schemas.Task{Op: ItemBaseInfo, IDs: []string{"1"}}, Gone: []string{"1"},
					Answer: `{"error":"product.error_item_not_found","message":"Item_id is not found."}`,
				},
			},
		},
		{
			Task: models, Path: modelListPath, MaxIDs: 1, Answer: sample("model_list"), Answered: models.IDs,
			Odd: []conformance.Odd{
				{Name: "no models", Answer: success(`{"model":[]}`), Answered: models.IDs},
				{Name: "null models", Answer: success(`{"model":null}`), Answered: models.IDs},
				{Name: "left out", Answer: success(`{}`), Code: "bad_shape"},
			},
		},
	}
}

func transactionOps() []conformance.Op {
	escrow := listOp(EscrowList, escrowListPath, "escrow_list", "escrow_list", "more", "240604F7MXQQ31", "240530AA11BB22")
	escrow.More = []byte(success(`{"more":true,"escrow_list":[{"order_sn":"A"},{"order_sn":"B"}]}`))
	escrow.Odd = append(escrow.Odd, conformance.Odd{Name: "one order twice", Listed: []string{"A"}, Answer: success(
		`{"more":false,"escrow_list":[{"order_sn":"A","escrow_release_time":1},{"order_sn":"A","escrow_release_time":2}]}`)})
	rows := []string{
		"1718035300:ESCROW_VERIFIED_ADD:34.12:1204.11:240604F7MXQQ31:0:", "1718121700:WITHDRAWAL_CREATED:-500:704.11::998811:",
		"1718121800:ADJUSTMENT_MINUS:-1.75:702.36:240604F7MXQQ31::",
	}
	wallet := listOp(WalletList, walletListPath, "wallet_transaction_list", "transaction_list", "more", rows...)
	wallet.Answered = rows
	wallet.More = []byte(success(`{"more":true,"transaction_list":[{"create_time":1},{"create_time":2}]}`))
	wallet.Odd = append(wallet.Odd, conformance.Odd{
		Name: "a number for a type", Listed: []string{"7:101:::::"}, Answered: []string{"7:101:::::"},
		Answer: success(`{"more":false,"transaction_list":[{"create_time":7,"transaction_type":101,"amount":null}]}`),
	})
	asked := []string{"240604F7MXQQ31", "240530AA11BB22"}
	return []conformance.Op{
		escrow,
		wallet,
		{
			Task: schemas.Task{TaskID: "c#0.0", Op: EscrowDetail, IDs: asked},
			Path: escrowBatchPath, MaxIDs: 50, Answer: sample("escrow_detail_batch"), Answered: asked,
			Odd: []conformance.Odd{
				{Name: "none", Answer: success(`[]`)},
				{Name: "null detail", Answer: success(`[{"escrow_detail":null}]`), Code: "bad_shape"},
				{Name: "another order", Answer: success(`[{"escrow_detail":{"order_sn":"X"}}]`), Code: "not_asked"},
			},
		},
		{
			Task: schemas.Task{TaskID: "c#0.0", Op: EscrowDetail, IDs: asked[:1]},
			Path: escrowDetailPath, Answer: sample("escrow_detail"), Answered: asked[:1],
			Odd: []conformance.Odd{
				{Name: "no order", Answer: success(`{"order_income":{}}`), Code: "bad_shape"},
				{Name: "does not exist", Gone: asked[:1], Answer: `{"error":"order_not_found","message":"Order SN provided is invalid"}`},
			},
		},
	}
}

func returnOps() []conformance.Op {
	asked := []string{"2406051T6D7TUV1"}
	list := listOp(ReturnList, returnListPath, "return_list", "return", "more", asked[0], "2406020QX8ZZZZ2", "2406030PP7AAAA3")
	list.More = []byte(success(`{"more":true,"return":[{"return_sn":"A"},{"return_sn":"B"}]}`))
	return []conformance.Op{list, {
		Task: schemas.Task{TaskID: "c#0.0", Op: ReturnDetail, IDs: asked},
		Path: returnDetailPath, MaxIDs: 1, Answer: sample("return_detail"), Answered: asked,
		Odd: []conformance.Odd{
			{Name: "unknown words", Answer: success(`{"return_sn":"2406051T6D7TUV1","status":"NEW","reason":"","user":null}`), Answered: asked},
			{Name: "no id", Answer: success(`{"status":"REQUESTED"}`), Code: "bad_shape"},
			{Name: "another return", Answer: success(`{"return_sn":"X"}`), Code: "not_asked"},
			{Name: "does not exist", Answer: `{"error":"returns.return_not_found","message":"Return not found"}`, Gone: asked},
		},
	}}
}

// carrying returns a task about orders that it carries.
func carrying(op string, orders string, ids ...string) schemas.Task {
	return schemas.Task{TaskID: "c#0.0.0", Op: op, IDs: ids, Parts: []schemas.PagePart{{
		Path: orderDetailPath, FetchedAt: 1, Body: json.RawMessage(`{"response":{"order_list":[` + orders + `]}}`),
	}}}
}

func trackingOps() []conformance.Op {
	const orders = `{"order_sn":"240606KQ8VNB12","package_list":[{"package_number":"OFG166300791210964"}]},` +
		`{"order_sn":"240604F7MXQQ31","package_list":[{"package_number":"OFG166300791210970"}]}`
	both := []string{"240606KQ8VNB12", "240604F7MXQQ31"}
	one := carrying(Tracking, orders, both[0])
	parcelOdds := []conformance.Odd{
		{Name: "no list", Answer: success(`{}`), Code: "bad_shape"},
		{Name: "none", Answer: success(`{"package_list":[]}`)},
		{Name: "none of one order", Task: &one, Answer: success(`{"package_list":[]}`)},
		{Name: "another parcel", Answer: success(`{"package_list":[{"package_number":"X"}]}`), Code: "not_asked"},
		{Name: "a parcel that does not exist", Task: &one, Answer: `{"error":"error_not_found"}`, Code: "error_not_found"},
	}
	last := carrying(Tracking, orders, both[1])
	last.Carry = trace{Left: []string{"OFG166300791210970"}}.encode()
	chain := last
	chain.Op, chain.Carry = TrackingHistory, trace{Left: []string{"OFG166300791210970", "X"}}.encode()
	historyOdds := []conformance.Odd{
		{Name: "no history", Answer: success(`{}`), Code: "bad_shape"},
		{Name: "another order's", Answer: success(`{"order_sn":"X","tracking_info":[]}`), Code: "not_asked"},
		{Name: "nothing to trace", Answer: `{"error":"logistics.error_status_limit","message":"The order status is invalid."}`},
		{Name: "not allowed", Answer: `{"error":"error_permission","message":""}`, Code: "error_permission"},
	}
	detailed := []string{"240606KQ8VNB12", "240604F7MXQQ31", "240606KQ9C4X07", "240605HRW2ZP55"}
	return []conformance.Op{
		{
			Task: schemas.Task{TaskID: "c#0.0", Op: TrackingOrders, IDs: detailed}, Path: orderDetailPath, MaxIDs: 50,
			Answer: sample("order_detail"), Answered: detailed[3:], // the one without parcels
			Odd: []conformance.Odd{
				{
					Name: "null and absent lists", Answered: detailed[:2],
					Answer: success(`{"order_list":[{"order_sn":"240606KQ8VNB12","package_list":null},{"order_sn":"240604F7MXQQ31"}]}`),
				},
				{Name: "parcel without number", Answer: success(`{"order_list":[{"order_sn":"240606KQ8VNB12","package_list":[{}]}]}`), Code: "bad_shape"},
			},
		},
		{Task: carrying(Tracking, orders, both...), Path: packagesPath, Answer: sample("package_detail"), Answered: both, Odd: parcelOdds},
		{Task: carrying(TrackingPackages, orders, both...), Path: packagesPath, Answer: sample("package_detail"), Odd: parcelOdds[:2]},
		{Task: chain, Path: historyPath, Answer: sample("tracking_info"), Odd: historyOdds},
		{Task: last, Path: historyPath, Answer: sample("tracking_info"), Answered: both[1:], Odd: append(historyOdds[:3:3],
			conformance.Odd{Name: "empty", Answer: success(`{"tracking_info":[]}`), Answered: both[1:]},
			conformance.Odd{Name: "null, unknown status", Answer: success(`{"tracking_info":null,"logistics_status":"NEW"}`), Answered: both[1:]},
		)},
	}
}
