package mongo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/schemas"
)

const poisoned = 7 // the id that is poison in these tests

func TestPoisonIsRejectedAlone(t *testing.T) {
	t.Parallel()
	value := func(t *testing.T, change func(*schemas.Order)) *kgo.Record {
		o := testOrder(poisoned, 9, 1, "P")
		change(o)
		return record(t, o, 0)
	}
	for name, poison := range map[string]func(*testing.T) *kgo.Record{
		"too large": func(t *testing.T) *kgo.Record {
			return value(t, func(o *schemas.Order) { o.Region = strings.Repeat("x", 17<<20) })
		},
		"refused by a rule": func(t *testing.T) *kgo.Record {
			return value(t, func(o *schemas.Order) { o.Region = "nowhere" })
		},
		"taken in another index": func(t *testing.T) *kgo.Record {
			return value(t, func(o *schemas.Order) { o.PaymentMethod = "unique" })
		},
		"nested too deep": func(t *testing.T) *kgo.Record {
			return value(t, func(o *schemas.Order) {
				o.PlatformFields = schemas.PlatformFields(`{"x":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`)
			})
		},
		"no JSON": func(t *testing.T) *kgo.Record {
			r := value(t, func(*schemas.Order) {})
			r.Value = []byte(`{"_id": "x", `)
			return r
		},
		"wrong type": func(t *testing.T) *kgo.Record {
			r := value(t, func(*schemas.Order) {})
			r.Value = []byte(strings.Replace(string(r.Value), `"status":"P"`, `"status":["P"]`, 1))
			return r
		},
		"wild version": func(t *testing.T) *kgo.Record {
			return value(t, func(o *schemas.Order) { o.Version = "zzz" })
		},
		"no index": func(t *testing.T) *kgo.Record {
			r := value(t, func(*schemas.Order) {})
			r.Headers = r.Headers[:len(r.Headers)-1]
			return r
		},
		"other key": func(t *testing.T) *kgo.Record {
			r := value(t, func(*schemas.Order) {})
			r.Key = []byte("someone else")
			return r
		},
		"money": func(t *testing.T) *kgo.Record {
			r := value(t, func(*schemas.Order) {})
			r.Value = []byte(strings.Replace(string(r.Value), `"41.380"`, `"NaN"`, 1))
			return r
		},
	} {
		for _, place := range []int{0, 2, 4} {
			for _, stage := range []string{"insert", "update"} {
				t.Run(fmt.Sprintf("%s at %d on %s", name, place, stage), func(t *testing.T) {
					t.Parallel()
					b := setup(t)
					b.restrict()
					if stage == "update" {
						b.process(records(t, testOrder(0, 5, 1, "A"), testOrder(1, 5, 1, "A"), testOrder(poisoned, 5, 1, "A")))
					}
					var batch []*kgo.Record
					for i := range 5 {
						r := record(t, testOrder(i, 6, 1, "B"), i)
						if i == place {
							r = poison(t)
						}
						batch = append(batch, r)
					}
					result := b.process(batch)
					if len(result.Rejected) != 1 || result.Rejected[0].Record != batch[place] {
						t.Fatalf("rejected %+v", result.Rejected)
					}
					if text := result.Rejected[0].Err.Error(); strings.Contains(text, "nowhere") || strings.Contains(text, "unique") {
						t.Errorf("the error quotes the document: %s", text)
					}
					for i := range 5 {
						if o := testOrder(i, 6, 1, "B"); i != place && b.get(o)["status"] != "B" {
							t.Errorf("neighbour %d is not stored", i)
						}
					}
				})
			}
		}
	}
}

// restrict makes the server refuse orders of region "nowhere" and the payment method "unique", which is taken.
func (b *bundle) restrict() {
	b.t.Helper()
	db, orders := b.client.Raw(), b.client.Collection("orders")
	err := db.RunCommand(b.t.Context(), bson.D{{Key: "collMod", Value: "orders"}, {Key: "validator", Value: bson.D{
		{Key: "region", Value: bson.D{{Key: "$ne", Value: "nowhere"}}},
	}}}).Err()
	if err != nil {
		b.t.Fatal(err)
	}
	_, err = orders.Indexes().CreateOne(b.t.Context(), mongo.IndexModel{
		Keys: bson.D{{Key: "payment_method", Value: 1}},
		Options: options.Index().SetUnique(true).SetPartialFilterExpression(
			bson.D{{Key: "payment_method", Value: "unique"}}),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := orders.InsertOne(b.t.Context(), bson.D{{Key: "_id", Value: "x"}, {Key: "payment_method", Value: "unique"}}); err != nil {
		b.t.Fatal(err)
	}
}

// When the newest observation of a key is refused, the next one is what is to be stored.
func TestLoserTakesThePlaceOfARefusedWinner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.restrict()
	bad := testOrder(1, 6, 1, "B")
	bad.Region = "nowhere"
	if got, want := b.says(records(t, bad, testOrder(1, 5, 1, "A"))), "inserted[1] refused[0]"; got != want {
		t.Errorf("said %s, want %s", got, want)
	}
}

// Names that MongoDB or its query language treat specially are stored as they are.
func TestSpecialNamesAreStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for version, status := range []string{"A", "B"} {
		o := testOrder(1, int64(5+version), 1, status)
		var fields schemas.FieldsBuilder
		for _, name := range []string{"$set", "$ref", "a.b", "", "$", "_id", "π"} {
			fields.Set(name, json.RawMessage(`"$literal"`))
		}
		o.PlatformFields = fields.Fields()
		if got := b.says(records(t, o)); got != "inserted[0]" && got != "updated[0]" {
			t.Fatalf("version %d is %s", version, got)
		}
	}
}

// A document that is nested deeper than the server allows fails its whole command, without an index.
func TestDeepNestingIsFoundByHalves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deep := bson.D{{Key: "x", Value: 1}}
	for range 250 {
		deep = bson.D{{Key: "x", Value: deep}}
	}
	var writes []write
	for i := range 7 {
		o := &observation{id: fmt.Sprint(i)}
		doc := bson.D{{Key: "_id", Value: o.id}}
		if i == 3 {
			doc = append(doc, bson.E{Key: "deep", Value: deep})
		}
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		writes = append(writes, write{o: o, insert: raw})
	}
	if _, err := b.sink.insertAll(t.Context(), b.sink.kinds[schemas.Orders], writes); err != nil {
		t.Fatal(err)
	}
	if n := b.count(); n != 6 || writes[3].o.outcome != refused {
		t.Errorf("%d stored, the deep one %s", n, writes[3].o.outcome)
	}
}

func TestNewerSchemaPostponesItsPartitionOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	batch := records(t, testOrder(0, 5, 1, "A"), testOrder(1, 5, 1, "A"), testOrder(2, 5, 1, "A"), testOrder(3, 5, 1, "A"))
	batch[1].Headers = append(batch[1].Headers, schemas.NewHeader(schemas.HeaderSchema, "order/2"))
	batch[3].Partition = 1
	result := b.process(batch)
	if len(result.Postponed) != 1 || result.Postponed[0].From != batch[1] || len(result.Rejected) != 0 {
		t.Errorf("result %+v", result)
	}
	if n := b.count(); n != 2 {
		t.Errorf("%d stored, want the first and the other partition's", n)
	}
}
