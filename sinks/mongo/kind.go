package mongo

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/bsonstruct"
	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/schemas"
)

// kind is what the sink knows about one kind of documents.
type kind struct {
	name       string
	collection string
	schema     string // name of the records' schema, without the number
	number     int    // highest number of the schema that this release reads
	decode     func([]byte) (document, error)
	fields     []string // every top-level field that a document of this kind may have, _id aside

	encode, encodeLineage *bsonstruct.Encoder
}

// kinds returns the kinds that this release stores, by name. A kind more is a line more.
func kinds() (map[string]*kind, error) {
	list := []*kind{
		{name: schemas.Orders, schema: schemas.OrderSchema, decode: decoder(func(d *schemas.Order) document { return document{d, &d.Identity, &d.Lineage} })},
		{name: schemas.Products, schema: schemas.ProductSchema, decode: decoder(func(d *schemas.Product) document { return document{d, &d.Identity, &d.Lineage} })},
		{name: schemas.Transactions, schema: schemas.TransactionSchema, decode: decoder(func(d *schemas.Transaction) document { return document{d, &d.Identity, &d.Lineage} })},
		{name: schemas.Returns, schema: schemas.ReturnSchema, decode: decoder(func(d *schemas.Return) document { return document{d, &d.Identity, &d.Lineage} })},
		{name: schemas.Tracking, schema: schemas.TrackingSchema, decode: decoder(func(d *schemas.OrderTracking) document { return document{d, &d.Identity, &d.Lineage} })},
	}
	byName := make(map[string]*kind, len(list))
	for _, k := range list {
		if err := k.complete(); err != nil {
			return nil, fmt.Errorf("describe %s: %w", k.name, err)
		}
		byName[k.name] = k
	}
	return byName, nil
}

// decoder returns a function that reads documents of type T; parts tells apart what the sink handles of one.
func decoder[T any](parts func(*T) document) func([]byte) (document, error) {
	return func(data []byte) (document, error) {
		return unmarshal(data, func() document { return parts(new(T)) })
	}
}

// complete derives what follows from the rest.
func (k *kind) complete() error {
	var err error
	if k.schema, k.number, err = splitSchema(k.schema); err != nil {
		return err
	}
	empty, err := k.decode([]byte("{}"))
	if err != nil {
		return err
	}
	k.collection = mongodb.DocumentCollection(k.name)
	k.fields = bsonFields(reflect.TypeOf(empty.value).Elem())
	if k.encode, err = bsonstruct.New(reflect.TypeOf(empty.value).Elem()); err != nil {
		return err
	}
	k.encodeLineage, err = bsonstruct.New(reflect.TypeFor[schemas.Lineage]())
	return err
}

// reads returns nil for a schema that this release understands, and errNewer for a higher number of it.
func (k *kind) reads(schema string) error {
	name, n, err := splitSchema(schema)
	switch {
	case err != nil:
		return err
	case name != k.schema:
		return fmt.Errorf("schema %.40q is not %s's", schema, k.name)
	case n > k.number:
		return fmt.Errorf("%w: %.40s", errNewer, schema)
	}
	return nil
}

func splitSchema(schema string) (string, int, error) {
	name, number, _ := strings.Cut(schema, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return "", 0, fmt.Errorf("schema %.40q is not of the form name/1", schema)
	}
	return name, n, nil
}

// bsonFields lists the top-level fields that a struct is stored with, _id aside.
func bsonFields(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("bson"), ",")
		switch {
		case strings.Contains(rest, "inline"):
			names = append(names, bsonFields(f.Type)...)
		case name == "":
			names = append(names, strings.ToLower(f.Name))
		case name != "_id" && name != "-":
			names = append(names, name)
		}
	}
	return names
}

// lineageFields are the fields that an unchanged but newer observation sets.
var lineageFields = bsonFields(reflect.TypeFor[schemas.Lineage]())
