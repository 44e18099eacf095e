package mongo

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"github.com/shopstream/shopstream/internal/bsonstruct"
	"github.com/shopstream/shopstream/internal/mongo"
)

const lastParseError = "last_parse_error"

// write is one write of a bulk: what it is for, and the document to insert or the update to apply.
type write struct {
	o      *observation
	insert bson.Raw
	update *mongo.UpdateOneModel
}

// newWrite builds the write for an action. The error is about this document alone.
func (k *kind) newWrite(o *observation, a action, was *stored, syncedAt string) (write, error) {
	o.lineage.SyncedAt = syncedAt
	w := write{o: o}
	var err error
	switch a {
	case insert:
		w.insert, err = k.marshal(o)
	case replace:
		w.update, err = k.replacement(o, was)
	case raise:
		w.update, err = k.raising(o, was)
	case note:
		w.update = noting(o, was)
	case nothing:
	}
	return w, err
}

// room is what encoding o's document takes, roughly: BSON is about as large as the JSON.
func room(o *observation) int {
	if o.record == nil {
		return 4096
	}
	return len(o.record.Value) + len(o.record.Value)/8 + 64
}

// marshal encodes the observation's document.
func (k *kind) marshal(o *observation) (bson.Raw, error) {
	return encode(make([]byte, 0, room(o)), k.encode, o.doc)
}

// encode appends a document to b and checks it for what the server would refuse a whole command for.
func encode(b []byte, e *bsonstruct.Encoder, doc any) ([]byte, error) {
	start := len(b)
	b, err := e.Append(b, doc)
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	if size := len(b) - start; size > mongodb.MaxDocument {
		return nil, fmt.Errorf("document has %d bytes, %d are allowed", size, mongodb.MaxDocument)
	}
	return b, nil
}

func (k *kind) replacement(o *observation, was *stored) (*mongo.UpdateOneModel, error) {
	update, err := setAndUnset(make([]byte, 0, room(o)+512), k.encode, o.doc, k.fields, outdatedNote(o, was))
	if err != nil {
		return nil, err
	}
	return guarded(o.id, was.Version, update), nil
}

func (k *kind) raising(o *observation, was *stored) (*mongo.UpdateOneModel, error) {
	update, err := setAndUnset(make([]byte, 0, 1024), k.encodeLineage, o.lineage, lineageFields, outdatedNote(o, was))
	if err != nil {
		return nil, err
	}
	return guarded(o.id, was.Version, update), nil
}

// outdatedNote returns the field of a parse error that o, being newer, answers.
func outdatedNote(o *observation, was *stored) []string {
	if v := was.LastParseError.Version; v != "" && v < o.lineage.Version {
		return []string{lastParseError}
	}
	return nil
}

// noting leaves the document and its version as they are, so its guard needs the earlier note's version as well.
func noting(o *observation, was *stored) *mongo.UpdateOneModel {
	var known any // nil matches a document without a note
	if v := was.LastParseError.Version; v != "" {
		known = v
	}
	l := o.lineage
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{
			{Key: "_id", Value: o.id},
			{Key: "version", Value: was.Version},
			{Key: lastParseError + ".version", Value: known},
		}).
		SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: lastParseError, Value: bson.D{
			{Key: "error", Value: l.ParseError},
			{Key: "version", Value: l.Version},
			{Key: "source", Value: l.Source},
			{Key: "chunk_id", Value: l.ChunkID},
			{Key: "synced_at", Value: l.SyncedAt},
		}}}}})
}

// guarded applies update only to the document that was read.
func guarded(id, version string, update bson.Raw) *mongo.UpdateOneModel {
	filter := make([]byte, 0, 4+6+len(id)+6+10+len(version)+6)
	start, filter := bsoncore.AppendDocumentStart(filter)
	filter = bsoncore.AppendStringElement(filter, "_id", id)
	filter = bsoncore.AppendStringElement(filter, "version", version)
	filter, _ = bsoncore.AppendDocumentEnd(filter, start)
	return mongo.NewUpdateOneModel().SetFilter(bson.Raw(filter)).SetUpdate(update)
}

// setAndUnset appends {$set: <doc as e encodes it, without _id>, $unset: <those of fields that doc lacks, and more>} to b,
// which is empty.
func setAndUnset(b []byte, e *bsonstruct.Encoder, doc any, fields, more []string) (bson.Raw, error) {
	start, b := bsoncore.AppendDocumentStart(b)
	set, b := bsoncore.AppendDocumentElementStart(b, "$set")
	b, err := encode(b[:set], e, doc)
	if err != nil {
		return nil, err
	}
	var names [64]string // enough for most, and not on the heap
	body, absent, err := compare(bson.Raw(b[set:]), fields, names[:0])
	if err != nil {
		return nil, err
	}
	b = append(b[:set+4], body...) // moves it to where _id was
	if b, err = bsoncore.AppendDocumentEnd(b, set); err != nil {
		return nil, err
	}
	if absent = append(absent, more...); len(absent) > 0 {
		var unset int32
		unset, b = bsoncore.AppendDocumentElementStart(b, "$unset")
		for _, f := range absent {
			b = bsoncore.AppendBooleanElement(b, f, true)
		}
		if b, err = bsoncore.AppendDocumentEnd(b, unset); err != nil {
			return nil, err
		}
	}
	return bsoncore.AppendDocumentEnd(b, start)
}

// compare returns the elements of raw as they are encoded, _id aside, and appends those of fields that raw lacks to none.
// Both lists are in the order of the struct that raw was encoded from, which makes this one pass.
func compare(raw bson.Raw, fields, none []string) (body []byte, absent []string, err error) {
	rest := raw[4 : len(raw)-1]
	body = rest
	absent = none
	for len(rest) > 0 {
		e, next, ok := bsoncore.ReadElement(rest)
		if !ok {
			return nil, nil, errors.New("encoded document is cut short")
		}
		rest = next
		name := e.KeyBytes()
		if string(name) == "_id" {
			body = next // it is a document's first field
			continue
		}
		i := 0
		for i < len(fields) && fields[i] != string(name) {
			i++
		}
		if i == len(fields) {
			return nil, nil, fmt.Errorf("encoded document has %s out of its order", name)
		}
		absent, fields = append(absent, fields[:i]...), fields[i+1:]
	}
	return body, append(absent, fields...), nil
}
