package mongo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/bench"
	"github.com/shopstream/shopstream/schemas"
)

const (
	benchDocuments = 30000
	benchBatch     = 1000
	benchLanes     = 2
	benchRounds    = 5
)

// benchOrder is an order of common size: about 1.7 KB as BSON.
func benchOrder(id int, version int64) *schemas.Order {
	o := testOrder(id, version, version, fmt.Sprint("READY_TO_SHIP_", version))
	o.Region, o.Currency, o.UnifiedStatus = "VN", "VND", "to_ship"
	o.UpdateTime, o.PaidTime = "2024-02-01T10:11:12+07:00", "2024-01-31T10:11:12+07:00"
	o.ShipByTime = "2024-02-03T10:11:12+07:00"
	o.TotalAmount, o.SubtotalAmount, o.ShippingFee, o.ShippingFeeOriginal = "228500", "250000", "16500", "32000"
	o.SellerDiscount, o.PlatformDiscount = "20000", "18000"
	o.PaymentMethod = "Cash on Delivery"
	o.Buyer = &schemas.Buyer{ID: strconv.Itoa(1000000 + id), Name: "buyer_" + strconv.Itoa(id), Message: "Please call before delivery"}
	o.RecipientAddress = &schemas.Address{
		Name: "N******n", Phone: "******84", FullAddress: strings.Repeat("Street and number, ", 4), District: "Quận 1",
		City: "Hồ Chí Minh", State: "Hồ Chí Minh", PostalCode: "700000", RegionCode: "VN",
	}
	for i := range 3 {
		o.LineItems = append(o.LineItems, schemas.LineItem{
			LineIDs: []string{strconv.Itoa(id*10 + i)}, ProductID: "22334455667", VariantID: "99887766554", SKU: "SKU-RED-XL",
			Name: "A shirt with a rather long name, as sellers like them", VariantName: "Red,XL", Quantity: 2,
			Price: "83333.33", OriginalPrice: "99000.00", Status: "ready", ImageURL: "https://cf.example.com/file/0a1b2c3d4e5f",
		})
	}
	o.Packages = []schemas.Package{{
		PackageID: "OFG" + strconv.Itoa(id), Status: "LOGISTICS_READY", TrackingNumber: "SPXVN0123456789", ShippingProvider: "SPX",
	}}
	o.DetailsFetchedAt = "2024-02-01T10:11:12.345+07:00"
	o.Hash = fmt.Sprintf("%032d", version)
	return o
}

// workload is the same orders as records for the sink and as encoded documents for the limit.
type workload struct {
	records [][]*kgo.Record
	limit   [][]mongo.WriteModel
}

func newWorkload(b *testing.B, version int64) workload {
	var w workload
	for first := 0; first < benchDocuments; first += benchBatch {
		var batch []*kgo.Record
		var models []mongo.WriteModel
		for id := first; id < first+benchBatch; id++ {
			o := benchOrder(id, version)
			batch = append(batch, record(b, o, id-first))
			o.SyncedAt = "2024-02-01T10:11:12.345+07:00"
			raw, err := bson.Marshal(o)
			if err != nil {
				b.Fatal(err)
			}
			models = append(models, mongo.NewReplaceOneModel().SetUpsert(true).
				SetFilter(bson.D{{Key: "_id", Value: o.ID}}).SetReplacement(bson.Raw(raw)))
		}
		w.records = append(w.records, batch)
		w.limit = append(w.limit, models)
	}
	return w
}

// serverCPU returns the processor time in µs that the server has used so far.
func (b *bundle) serverCPU() float64 {
	b.t.Helper()
	var status struct {
		Extra struct {
			User   float64 `bson:"user_time_us"`
			System float64 `bson:"system_time_us"`
		} `bson:"extra_info"`
	}
	err := b.client.Raw().RunCommand(b.t.Context(), bson.D{{Key: "serverStatus", Value: 1}}).Decode(&status)
	if err != nil {
		b.t.Fatal(err)
	}
	return status.Extra.User + status.Extra.System
}

// timed runs do for every batch, in two lanes, and returns documents a second and this process's µs a document.
func timed(b *testing.B, batches int, do func(batch int) error) (perSecond, micros float64) {
	b.Helper()
	var lanes sync.WaitGroup
	cpu, start := bench.CPU(), time.Now()
	for lane := range benchLanes {
		lanes.Go(func() {
			for i := lane; i < batches; i += benchLanes {
				if err := do(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	lanes.Wait()
	took, used := time.Since(start), bench.CPU()-cpu
	return benchDocuments / took.Seconds(), float64(used.Microseconds()) / benchDocuments
}

// BenchmarkSink compares the sink with a bare loop of upserts that are encoded beforehand: the same documents, indexes,
// write concern and server, in turns, and the medians of all rounds.
func BenchmarkSink(b *testing.B) {
	s := setup(b)
	s.sink.options.Writers = 1 // the lanes are the writers, as they are in the limit
	first, second := newWorkload(b, 1), newWorkload(b, 2)
	orders := s.client.Collection("orders")
	empty := func() {
		if err := orders.Drop(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := s.client.EnsureIndexes(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	figures := make(map[string][]float64)
	measure := func(name string, batches int, do func(int) error) {
		server := s.serverCPU()
		perSecond, micros := timed(b, batches, do)
		server = s.serverCPU() - server
		figures[name] = append(figures[name], perSecond)
		figures[name+" µs"] = append(figures[name+" µs"], micros)
		figures[name+" server"] = append(figures[name+" server"], server/benchDocuments)
	}
	raw := func(name string, w workload) {
		measure(name, len(w.limit), func(i int) error {
			_, err := orders.BulkWrite(b.Context(), w.limit[i], options.BulkWrite().SetOrdered(false))
			return err
		})
	}
	run := func(name string, w workload) {
		measure(name, len(w.records), func(i int) error {
			result, err := s.sink.Process(b.Context(), w.records[i])
			if err == nil && len(result.Rejected) > 0 {
				err = result.Rejected[0].Err
			}
			return err
		})
	}
	for range benchRounds {
		empty()
		raw("limit new", first)
		raw("limit changed", second)
		empty()
		run("new", first)
		run("unchanged", first)
		run("changed", second)
		run("unchanged", second)
	}
	for _, name := range []string{"limit new", "limit changed", "new", "changed", "unchanged"} {
		b.Logf("%-14s %7.0f documents/s, each %5.1f µs here and %5.1f µs in the server", name,
			bench.Median(figures[name]), bench.Median(figures[name+" µs"]), bench.Median(figures[name+" server"]))
	}
	limit := bench.Median(figures["limit new"])
	bench.Report(b, "limit_docs_per_s", limit)
	bench.Report(b, "sink_new_vs_limit", bench.Median(figures["new"])/limit)
	bench.Report(b, "sink_changed_vs_limit", bench.Median(figures["changed"])/bench.Median(figures["limit changed"]))
	bench.Report(b, "sink_unchanged_vs_limit", bench.Median(figures["unchanged"])/limit)
	bench.Report(b, "sink_client_us_per_doc", bench.Median(figures["new µs"]))
}

// BenchmarkDecode compares the decoders.
func BenchmarkDecode(b *testing.B) {
	data := record(b, benchOrder(1, 1), 0).Value
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			if _, err := order(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("standard", func(b *testing.B) {
		for b.Loop() {
			if err := json.Unmarshal(data, new(schemas.Order)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEncode measures what becomes of an order before it is sent.
func BenchmarkEncode(b *testing.B) {
	known, err := kinds()
	if err != nil {
		b.Fatal(err)
	}
	o := benchOrder(1, 2)
	seen := &observation{id: o.ID, doc: o, lineage: &o.Lineage}
	for name, a := range map[string]action{"insert": insert, "replace": replace} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := known[schemas.Orders].newWrite(seen, a, &stored{Version: "x"}, "now"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
