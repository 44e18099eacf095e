package mongo

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

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

// marshal encodes the observation's document.
func (k *kind) marshal(o *observation) (bson.Raw, error) {
	size := 4096
	if o.record != nil {
		size = len(o.record.Value) + len(o.record.Value)/8 + 64 // BSON is about as large as the JSON
	}
	return limited(k.encode.Append(make([]byte, 0, size), o.doc))
}

// limited checks an encoded document for what the server would refuse a whole command for.
func limited(raw bson.Raw, err error) (bson.Raw, error) {
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	if len(raw) > mongodb.MaxDocument {
		return nil, fmt.Errorf("document has %d bytes, %d are allowed", len(raw), mongodb.MaxDocument)
	}
	return raw, nil
}

func (k *kind) replacement(o *observation, was *stored) (*mongo.UpdateOneModel, error) {
	raw, err := k.marshal(o)
	if err != nil {
		return nil, err
	}
	update, err := setAndUnset(raw, k.fields, outdatedNote(o, was))
	if err != nil {
		return nil, err
	}
	return guarded(o.id, was.Version, update), nil
}

func (k *kind) raising(o *observation, was *stored) (*mongo.UpdateOneModel, error) {
	raw, err := limited(k.encodeLineage.Append(make([]byte, 0, 512), o.lineage))
	if err != nil {
		return nil, err
	}
	update, err := setAndUnset(raw, lineageFields, outdatedNote(o, was))
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

// setAndUnset builds {$set: <raw without _id>, $unset: <those of fields that raw lacks, and more>}.
func setAndUnset(raw bson.Raw, fields, more []string) (bson.Raw, error) {
	body, absent, err := compare(raw, fields)
	if err != nil {
		return nil, err
	}
	absent = append(absent, more...)
	update := make([]byte, 0, len(body)+24*len(absent)+64)
	start, update := bsoncore.AppendDocumentStart(update)
	set, update := bsoncore.AppendDocumentElementStart(update, "$set")
	update = append(update, body...)
	if update, err = bsoncore.AppendDocumentEnd(update, set); err != nil {
		return nil, err
	}
	if len(absent) > 0 {
		var unset int32
		unset, update = bsoncore.AppendDocumentElementStart(update, "$unset")
		for _, f := range absent {
			update = bsoncore.AppendBooleanElement(update, f, true)
		}
		if update, err = bsoncore.AppendDocumentEnd(update, unset); err != nil {
			return nil, err
		}
	}
	return bsoncore.AppendDocumentEnd(update, start)
}

// compare returns the elements of raw as they are encoded, _id aside, and those of fields that raw lacks. Both lists are in
// the order of the struct that raw was encoded from, which makes this one pass.
func compare(raw bson.Raw, fields []string) (body []byte, absent []string, err error) {
	rest := raw[4 : len(raw)-1]
	body = rest
	absent = make([]string, 0, len(fields))
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
