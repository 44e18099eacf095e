package simulator

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

type stock struct {
	Summary struct {
		Available int64 `json:"total_available_stock"`
	} `json:"summary_info"`
}

type price struct {
	Currency string      `json:"currency"`
	Original json.Number `json:"original_price"`
	Current  json.Number `json:"current_price"`
}

type item struct {
	ID       json.Number     `json:"item_id"`
	Status   string          `json:"item_status"`
	Create   int64           `json:"create_time"`
	Update   int64           `json:"update_time"`
	HasModel bool            `json:"has_model"`
	Price    []price         `json:"price_info"`
	Stock    *stock          `json:"stock_info_v2"`
	Deboost  json.RawMessage `json:"deboost"`
	Kind     string          `json:"description_type"`
	Weight   string          `json:"weight"`
}

type modelList struct {
	Tiers []struct {
		Options []struct {
			Option string `json:"option"`
		} `json:"option_list"`
	} `json:"tier_variation"`
	Models []struct {
		ID    json.Number `json:"model_id"`
		Index []int       `json:"tier_index"`
		Price []price     `json:"price_info"`
		Stock stock       `json:"stock_info_v2"`
	} `json:"model"`
}

func TestItemDetailsAreTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 10, OrdersPerDay: 10})
	seen := map[string]int{}
	for _, shop := range b.shops {
		for chunk := range slices.Chunk(b.truthOf(world.Products, shop, "", 0, 1<<40), 50) {
			var got struct {
				Items []item `json:"item_list"`
			}
			b.into(&got, itemPath, shop, map[string]string{"item_id_list": strings.Join(ids(chunk), ",")}, "", "")
			if len(got.Items) != len(chunk) {
				t.Fatalf("asked for %d, got %d", len(chunk), len(got.Items))
			}
			for i, it := range got.Items {
				seen[string(it.Deboost)]++
				seen[it.Kind]++
				if row := b.itemRow(shop, it); row != chunk[i] {
					t.Errorf("details %+v, truth %+v", row, chunk[i])
				}
			}
		}
	}
	for _, want := range []string{"false", `"FALSE"`, "normal", "extended"} {
		if seen[want] == 0 {
			t.Errorf("no %s among %v", want, seen)
		}
	}
}

// itemRow is what an item and its models say, as the truth has it.
func (b *bench) itemRow(shop world.Shop, it item) truthRow {
	b.t.Helper()
	row := truthRow{
		ID: it.ID.String(), CreateTime: it.Create, UpdateTime: it.Update, Status: it.Status, TotalAmount: "0", Lines: 1,
		ShopID: shop.ShopID,
	}
	var models modelList
	b.into(&models, modelsPath, shop, map[string]string{"item_id": row.ID}, "", "")
	if it.HasModel != (len(models.Models) > 0) || it.HasModel == (it.Stock != nil) || it.HasModel == (len(it.Price) == 1) {
		b.t.Errorf("item %s has models %v, %d of them, price %v", row.ID, it.HasModel, len(models.Models), it.Price)
	}
	if !it.HasModel {
		row.Quantity = it.Stock.Summary.Available
		return row
	}
	row.Lines = len(models.Models)
	for _, m := range models.Models {
		row.Quantity += m.Stock.Summary.Available
		if len(m.Index) != 2 || m.Index[0] >= len(models.Tiers[0].Options) || m.Index[1] >= len(models.Tiers[1].Options) || len(m.Price) != 1 {
			b.t.Errorf("model %+v of %+v", m, models.Tiers)
		}
	}
	return row
}

type escrow struct {
	SN      string   `json:"order_sn"`
	Returns []string `json:"return_order_sn_list"`
	Income  struct {
		Amount      json.Number `json:"escrow_amount"`
		Discounted  json.Number `json:"order_discounted_price"`
		Returned    json.Number `json:"seller_return_refund"`
		Commission  json.Number `json:"commission_fee"`
		Service     json.Number `json:"service_fee"`
		Transaction json.Number `json:"seller_transaction_fee"`
		Shipping    json.Number `json:"final_shipping_fee"`
		Buyer       json.Number `json:"buyer_total_amount"`
		Items       []struct {
			Discounted json.Number `json:"discounted_price"`
			Quantity   int64       `json:"quantity_purchased"`
		} `json:"items"`
		Adjustments []struct {
			Amount json.Number `json:"amount"`
		} `json:"order_adjustment"`
		AfterAdjustment *json.Number `json:"escrow_amount_after_adjustment"`
	} `json:"order_income"`
}

func TestEscrowDetailsAddUp(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 30, OrdersPerDay: 60})
	var adjusted, unadjusted, silent, returned, many int
	for _, shop := range b.shops {
		places := map[string]int{"VN": 0, "SG": 2}[shop.Region]
		orders := map[string]truthRow{}
		for _, row := range b.truth(shop, "create_time", 0, 1<<40) {
			orders[row.ID] = row
		}
		incomes := slices.DeleteFunc(b.truthOf(world.Transactions, shop, "", 0, 1<<40), func(r truthRow) bool {
			return strings.HasPrefix(r.ID, "wallet:")
		})
		for chunk := range slices.Chunk(incomes, 50) {
			for i, e := range b.escrows(shop, chunk) {
				in := &e.Income
				sum := func(amounts ...json.Number) (n int64) {
					for _, a := range amounts {
						n += minor(t, a.String(), places)
					}
					return n
				}
				goods := int64(0)
				for _, it := range in.Items {
					goods += minor(t, it.Discounted.String(), places)
					if it.Quantity > 1 {
						many++
					}
				}
				if sum(in.Amount) != sum(in.Discounted, in.Returned, in.Shipping)-sum(in.Commission, in.Service, in.Transaction) || goods != sum(in.Discounted) {
					t.Fatalf("income %+v", in)
				}
				if in.Amount.String() != chunk[i].TotalAmount || in.Buyer.String() != orders[e.SN].TotalAmount || len(in.Items) != orders[e.SN].Lines {
					t.Fatalf("income %+v, truth %+v, order %+v", in, chunk[i], orders[e.SN])
				}
				switch {
				case len(in.Adjustments) == 1 && sum(*in.AfterAdjustment) == sum(in.Amount, in.Adjustments[0].Amount):
					adjusted++
				case in.AfterAdjustment == nil:
					silent++
				case sum(*in.AfterAdjustment) == sum(in.Amount):
					unadjusted++
				default:
					t.Fatalf("adjustments %+v", in)
				}
				returned += len(e.Returns)
			}
		}
	}
	if min(adjusted, unadjusted, silent, returned, many) == 0 {
		t.Errorf("%d adjusted, %d not, %d silent, %d returns, %d lines of more than a unit", adjusted, unadjusted, silent, returned, many)
	}
}

// escrows asks for the money of orders, in a batch and, of the first, alone.
func (b *bench) escrows(shop world.Shop, rows []truthRow) []escrow {
	b.t.Helper()
	sns := make([]string, len(rows))
	for i, row := range rows {
		sns[i], _, _ = strings.Cut(row.ID, ":")
	}
	body, err := json.Marshal(map[string][]string{"order_sn_list": sns})
	if err != nil {
		b.t.Fatal(err)
	}
	var batch []map[string]json.RawMessage
	b.into(&batch, escrowsBatchPath, shop, nil, "", string(body))
	if len(batch) != len(rows) {
		b.t.Fatalf("asked for %d, got %d", len(rows), len(batch))
	}
	_, alone := b.sent(escrowPath, shop, map[string]string{"order_sn": sns[0]}, "", "")
	if string(alone.Response) != string(batch[0]["escrow_detail"]) {
		b.t.Errorf("alone %s, in a batch %s", alone.Response, batch[0]["escrow_detail"])
	}
	details := make([]escrow, len(batch))
	for i, one := range batch {
		if err := json.Unmarshal(one["escrow_detail"], &details[i]); err != nil || details[i].SN != sns[i] {
			b.t.Fatalf("%v: %s", err, one["escrow_detail"])
		}
	}
	return details
}

func TestReturnDetailsAreTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 40, OrdersPerDay: 60})
	bundles, ways := 0, 0
	for _, shop := range b.shops {
		rows := b.truthOf(world.Returns, shop, "create_time", 0, 1<<40)
		seen := map[string]bool{}
		for _, row := range rows {
			var text json.RawMessage
			b.into(&text, returnPath, shop, map[string]string{"return_sn": row.ID}, "", "")
			if got := returnRow(t, shop, text); got != row || seen[row.ID] {
				t.Errorf("details %+v, truth %+v", got, row)
			}
			seen[row.ID] = true
			var more struct {
				SN         string `json:"order_sn"`
				Activities []struct {
					Refund string `json:"refund_amount"`
				} `json:"activity"`
				Tracking string `json:"tracking_number"`
			}
			if err := json.Unmarshal(text, &more); err != nil {
				t.Fatal(err)
			}
			if o := b.must(detailPath, shop, map[string]string{"order_sn_list": more.SN}).Response.Orders; len(o) != 1 {
				t.Errorf("return of order %s, which is unknown", more.SN)
			}
			bundles += len(more.Activities)
			if more.Tracking != "" {
				ways++
			}
		}
		if len(rows) < 50 {
			t.Errorf("%d returns", len(rows))
		}
	}
	if bundles == 0 || ways == 0 {
		t.Errorf("%d bundles came back, %d returns on their way", bundles, ways)
	}
}

func TestPackagesAreTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 8, OrdersPerDay: 150})
	statuses := map[string]int{}
	for _, shop := range b.shops {
		for chunk := range slices.Chunk(b.truthOf(world.Tracking, shop, "create_time", 0, 1<<40), 25) {
			var got struct {
				Orders []struct {
					SN       string `json:"order_sn"`
					Status   string `json:"order_status"`
					Create   int64  `json:"create_time"`
					Update   int64  `json:"update_time"`
					Packages []struct {
						Number string `json:"package_number"`
						Status string `json:"logistics_status"`
					} `json:"package_list"`
				} `json:"order_list"`
			}
			params := map[string]string{
				"order_sn_list": strings.Join(ids(chunk), ","), "response_optional_fields": "package_list",
				"request_order_status_pending": "true",
			}
			b.into(&got, detailPath, shop, params, "", "")
			for i, o := range got.Orders {
				row := truthRow{ID: o.SN, CreateTime: o.Create, UpdateTime: o.Update, TotalAmount: "0", Lines: len(o.Packages), ShopID: shop.ShopID}
				for _, p := range o.Packages {
					statuses[p.Status]++
					row.Status = p.Status // packages of an order move together
					row.UpdateTime = max(row.UpdateTime, b.checkTracking(shop, o.SN, p.Number, p.Status))
				}
				if row != chunk[i] {
					t.Errorf("order %+v, truth %+v", row, chunk[i])
				}
			}
		}
	}
	if len(statuses) != 7 {
		t.Errorf("statuses %v", statuses)
	}
}

// checkTracking compares what two calls say about a package with what its order says, and returns when it changed last.
func (b *bench) checkTracking(shop world.Shop, sn, number, status string) int64 {
	b.t.Helper()
	var details struct {
		Packages []struct {
			SN     string `json:"order_sn"`
			Number string `json:"package_number"`
			Status string `json:"fulfillment_status"`
			Update int64  `json:"update_time"`
		} `json:"package_list"`
	}
	b.into(&details, packagePath, shop, map[string]string{"package_number_list": number}, "", "")
	var info struct {
		Status string `json:"logistics_status"`
		Events []struct {
			At     int64  `json:"update_time"`
			Status string `json:"logistics_status"`
		} `json:"tracking_info"`
	}
	b.into(&info, trackingPath, shop, map[string]string{"order_sn": sn, "package_number": number}, "", "")
	p := details.Packages[0]
	last := int64(0)
	for _, e := range info.Events {
		last = max(last, e.At)
	}
	if p.SN != sn || p.Number != number || p.Status != status || info.Status != status || p.Update != last {
		b.t.Errorf("%s of %s is %s, details %+v, tracking %+v", number, sn, status, p, info)
	}
	return p.Update
}
