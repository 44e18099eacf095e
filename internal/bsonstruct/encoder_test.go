package bsonstruct

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

type amount string

func (a amount) MarshalBSONValue() (byte, []byte, error) { return a.AppendBSONValue(nil) }

func (a amount) AppendBSONValue(b []byte) (byte, []byte, error) {
	if a == "bad" {
		return 0, nil, errors.New("bad amount")
	}
	return byte(bson.TypeInt32), append(b, byte(len(a)), 0, 0, 0), nil
}

type marshals struct{ n int }

func (m marshals) MarshalBSONValue() (byte, []byte, error) {
	return byte(bson.TypeInt32), []byte{byte(m.n), 0, 0, 0}, nil
}

type Base struct {
	ID   string `bson:"_id"`
	Note string `bson:"note,omitempty"`
}

type inner struct {
	Text   string            `bson:"text,omitempty"`
	Must   string            `bson:"must"`
	Amount amount            `bson:"amount,omitempty"`
	Always amount            `bson:"always"`
	Yes    *bool             `bson:"yes,omitempty"`
	Null   *bool             `bson:"null"`
	On     bool              `bson:"on,omitempty"`
	N      int64             `bson:"n"`
	Int    int               `bson:"int,omitempty"`
	Float  float64           `bson:"float"`
	Map    map[string]string `bson:"map,omitempty"`
	Bytes  []byte            `bson:"bytes"`
	List   []string          `bson:"list,omitempty"`
	Lists  [][]string        `bson:"lists,omitempty"`
	Other  marshals          `bson:"other"`
	When   time.Time         `bson:"when"`
}

type outer struct {
	Base  `bson:",inline"`
	One   inner    `bson:"one"`
	Ref   *inner   `bson:"ref,omitempty"`
	Rows  []inner  `bson:"rows,omitempty"`
	Nulls []string `bson:"nulls"`
	Last  string   `bson:"last"`
}

func drawInner(t *rapid.T) inner {
	i := inner{
		Text: rapid.String().Draw(t, "text"), Must: rapid.String().Draw(t, "must"),
		Amount: amount(rapid.StringN(0, 3, -1).Draw(t, "amount")), On: rapid.Bool().Draw(t, "on"),
		N: rapid.Int64().Draw(t, "n"), Int: rapid.Int().Draw(t, "int"), Float: rapid.Float64().Draw(t, "float"),
		Bytes: rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "bytes"), List: rapid.SliceOfN(rapid.String(), 0, 12).Draw(t, "list"),
		Lists: rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 0, 2), 0, 2).Draw(t, "lists"), Other: marshals{3},
		When: time.UnixMilli(rapid.Int64Range(0, 1e13).Draw(t, "when")),
	}
	if rapid.Bool().Draw(t, "set") {
		i.Yes, i.Map = new(rapid.Bool().Draw(t, "yes")), map[string]string{"a": "b"}
	}
	return i
}

func TestSameBytesAsTheDriver(t *testing.T) {
	t.Parallel()
	e, err := New(reflect.TypeFor[outer]())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		o := outer{Base: Base{"id", rapid.String().Draw(t, "note")}, One: drawInner(t)}
		if rapid.Bool().Draw(t, "ref") {
			o.Ref, o.Nulls = new(drawInner(t)), []string{}
		}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			o.Rows = append(o.Rows, drawInner(t))
		}
		want, err := bson.Marshal(&o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Append([]byte("before"), &o)
		if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
			t.Fatalf("got %s (%v)\nwant %s", bson.Raw(got[6:]), err, bson.Raw(want))
		}
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		"", time.Time{}, struct{ A string }{}, struct {
			A string `bson:"a,truncate"`
		}{}, struct {
			A time.Time `bson:"a,omitempty"`
		}{}, struct {
			A string `bson:"-"`
		}{},
	} {
		if _, err := New(reflect.TypeOf(v)); err == nil {
			t.Errorf("%T has an encoder", v)
		}
	}
	e, err := New(reflect.TypeFor[outer]())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{nil, outer{}, (*outer)(nil), &inner{}, &outer{One: inner{Always: "bad"}}, &outer{Rows: []inner{{Always: "bad"}}}} {
		if _, err := e.Append(nil, v); err == nil {
			t.Errorf("%T was encoded", v)
		}
	}
}
