package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/mongo"
)

// maxRounds bounds how often a batch is decided again because others write to the same keys. Each round that is lost was
// won by somebody else, so reaching it means that something is wrong; the loop then tries the batch again after a pause.
const maxRounds = 20

// settle decides and writes until every observation of one kind has its outcome. An error means infrastructure: part of the
// writes may have happened, and doing it all again is safe.
func (s *Sink) settle(ctx context.Context, k *kind, pending []*observation) error {
	for range maxRounds {
		if len(pending) == 0 {
			return nil
		}
		winners, later := contest(pending)
		again, err := s.round(ctx, k, winners)
		if err != nil {
			return err
		}
		s.metrics.again.Add(float64(len(again)))
		pending = slices.Concat(later, again)
	}
	if len(pending) == 0 {
		return nil
	}
	return fmt.Errorf("store %s: %d documents kept changing under %d rounds of writes", k.name, len(pending), maxRounds)
}

// round reads, decides and writes once, and returns those to be decided again.
func (s *Sink) round(ctx context.Context, k *kind, batch []*observation) (again []*observation, err error) {
	known, err := s.read(ctx, k, batch)
	if err != nil {
		return nil, err
	}
	syncedAt := s.syncedAt()
	var inserts, updates []write
	for _, o := range batch {
		was := known[o.id]
		a, result := decide(o, was)
		o.outcome = result
		if a == nothing {
			continue
		}
		w, err := k.newWrite(o, a, was, syncedAt)
		switch {
		case err != nil:
			again = append(again, o.refuse(err)...)
		case a == insert:
			inserts = append(inserts, w)
		default:
			if a == replace && was.Version == o.lineage.Version {
				s.metrics.ties.Inc()
			}
			updates = append(updates, w)
		}
	}
	fromInserts, err := s.insertAll(ctx, k, inserts)
	if err != nil {
		return nil, err
	}
	fromUpdates, err := s.updateAll(ctx, k, updates)
	if err != nil {
		return nil, err
	}
	return append(append(again, fromInserts...), fromUpdates...), nil
}

var decisive = bson.D{
	{Key: "version", Value: 1},
	{Key: "hash", Value: 1},
	{Key: "parse_error", Value: 1},
	{Key: lastParseError + ".version", Value: 1},
}

// read returns what is stored under the keys of batch, by key. Only what a majority has is seen: what a failover can take
// back must not be a reason to skip a document.
func (s *Sink) read(ctx context.Context, k *kind, batch []*observation) (map[string]*stored, error) {
	ids := make([]string, len(batch))
	for i, o := range batch {
		ids[i] = o.id
	}
	cursor, err := s.client.Majority(k.collection).Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}},
		options.Find().SetProjection(decisive).SetBatchSize(int32(len(ids)+1))) //nolint:gosec // a batch is bounded
	if err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", k.name, err)
	}
	defer func() { _ = cursor.Close(ctx) }()
	known := make(map[string]*stored, len(batch))
	for cursor.Next(ctx) {
		d := readStored(cursor.Current)
		known[d.ID] = d
	}
	if err := cursor.Err(); err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", k.name, err)
	}
	return known, nil
}

// readStored reads without reflection. A field of another type, which only a foreign hand can have written, reads as absent.
func readStored(raw bson.Raw) *stored {
	d := new(stored)
	d.ID, _ = raw.Lookup("_id").StringValueOK()
	d.Version, _ = raw.Lookup("version").StringValueOK()
	d.Hash, _ = raw.Lookup("hash").StringValueOK()
	d.ParseError, _ = raw.Lookup("parse_error").StringValueOK()
	d.LastParseError.Version, _ = raw.Lookup(lastParseError, "version").StringValueOK()
	return d
}

// insertAll stores new documents. Where somebody else was faster, the observation is to be decided again.
func (s *Sink) insertAll(ctx context.Context, k *kind, writes []write) ([]*observation, error) {
	again, _, err := bulk(writes, func(part []write) (int, error) {
		docs := make([]bson.Raw, len(part))
		for i, w := range part {
			docs[i] = w.insert
		}
		_, err := s.client.Collection(k.collection).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
		return len(part), err
	})
	if err != nil {
		return nil, fmt.Errorf("insert %s: %w", k.name, err)
	}
	return again, nil
}

// updateAll applies guarded updates. The totals of a bulk do not say which of its guards failed, so when any did, all of its
// keys are read again, and those that are not as this sink wanted them are to be decided again.
func (s *Sink) updateAll(ctx context.Context, k *kind, writes []write) ([]*observation, error) {
	again, matched, err := bulk(writes, func(part []write) (int, error) {
		models := make([]mongo.WriteModel, len(part))
		for i, w := range part {
			models[i] = w.update
		}
		result, err := s.client.Collection(k.collection).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
		if result == nil {
			return 0, err
		}
		return int(result.MatchedCount), err
	})
	if err != nil {
		return nil, fmt.Errorf("update %s: %w", k.name, err)
	}
	var sent []*observation
	for _, w := range writes {
		if w.o.outcome != refused {
			sent = append(sent, w.o)
		}
	}
	if matched >= len(sent) {
		return again, nil
	}
	known, err := s.read(ctx, k, sent)
	if err != nil {
		return nil, err
	}
	for _, o := range sent {
		if a, result := decide(o, known[o.id]); a != nothing || result != unchanged {
			again = append(again, o)
		}
	}
	return again, nil
}

// bulk sends writes, refuses those that the server refuses, and returns the observations to be decided again and the
// number that send matched. When the server refuses a whole command without saying for which document, its halves are sent.
func bulk(writes []write, send func([]write) (int, error)) (again []*observation, matched int, err error) {
	if len(writes) == 0 {
		return nil, 0, nil
	}
	matched, err = send(writes)
	if err == nil {
		return nil, matched, nil
	}
	if list, ok := mongodb.WriteErrors(err); ok {
		again, infrastructure := judge(writes, list)
		return again, matched, infrastructure
	}
	if !mongodb.Unnamed(err) {
		return nil, 0, err
	}
	if len(writes) == 1 {
		return writes[0].o.refuse(mongodb.WithoutValues(err)), 0, nil
	}
	half := len(writes) / 2
	for _, part := range [][]write{writes[:half], writes[half:]} {
		more, n, err := bulk(part, send)
		if err != nil {
			return nil, 0, err
		}
		again, matched = append(again, more...), matched+n
	}
	return again, matched, nil
}

// judge goes through the errors of single writes.
func judge(writes []write, list []mongo.WriteError) (again []*observation, err error) {
	for _, e := range list {
		if e.Index < 0 || e.Index >= len(writes) {
			return nil, errors.New("server names a write that was not sent: " + e.Error())
		}
		o := writes[e.Index].o
		switch mongodb.FateOf(e) {
		case mongodb.Taken:
			again = append(again, o)
		case mongodb.Refused:
			again = append(again, o.refuse(mongodb.WithoutValues(e))...)
		case mongodb.Infrastructure:
			return nil, e
		}
	}
	return again, nil
}
