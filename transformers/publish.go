package transformers

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

var errTooLarge = errors.New("document is too large")

// source names a record as lineages do.
func source(r *kgo.Record) string {
	return r.Topic + "/" + strconv.Itoa(int(r.Partition)) + "/" + strconv.FormatInt(r.Offset, 10)
}

// publish returns the documents as records of the clean topic, and the page's fact. A row that a page says twice is one
// document; two rows that contradict each other are ErrConflict.
func (p *Processor) publish(r *kgo.Record, from Origin, documents []Document) ([]*kgo.Record, error) {
	topic, src := p.topics.Clean(from.Kind), source(r)
	records := make([]*kgo.Record, 0, len(documents)+1)
	hashes := make(map[string]string, len(documents))
	shared := sharedHeaders(r)
	invalid := 0
	for i, d := range documents {
		trace := d.Trace()
		trace.DetailsFetchedAt = schemas.FormatMillis(d.FetchedAt, p.zone)
		trace.Source, trace.ChunkID = src, from.ChunkID
		trace.Version = schemas.Version(d.UpdateTime, d.FetchedAt, d.Revision)
		value, err := schemas.Encode(d.Document)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		if p.maxBytes > 0 && len(value) > p.maxBytes {
			return nil, fmt.Errorf("row %d: %w: %d bytes, at most %d", i, errTooLarge, len(value), p.maxBytes)
		}
		if hash, twice := hashes[d.Key()]; twice {
			if hash != trace.Hash {
				return nil, fmt.Errorf("row %d: %w: another row has the same key and different content", i, ErrConflict)
			}
			continue
		}
		hashes[d.Key()] = trace.Hash
		p.drift.look(from.Platform, from.Kind, d)
		if !trace.IsValid {
			invalid++
		}
		headers := append(make([]kgo.RecordHeader, 0, len(shared)+3), shared...)
		headers = append(headers,
			schemas.NewHeader(schemas.HeaderSchema, d.Schema()),
			schemas.NewHeader(schemas.HeaderSource, src),
			schemas.NewHeader(schemas.HeaderIndex, strconv.Itoa(len(records))))
		records = append(records, &kgo.Record{Topic: topic, Key: []byte(d.Key()), Value: value, Headers: headers})
	}
	n := len(records)
	fact := schemas.Fact{
		PlanID: from.PlanID, ChunkID: from.ChunkID, TaskID: from.TaskID,
		Platform: from.Platform, ChannelID: from.ChannelID, ShopID: from.ShopID, Kind: from.Kind,
		Stage: schemas.StageTransformer, At: p.now().UnixMilli(), Documents: &n, Invalid: invalid,
	}
	record, err := fact.Record(p.topics.Progress())
	if err != nil {
		return nil, err
	}
	return append(records, record), nil
}

// sharedHeaders returns the headers that a page's documents have in common with it.
func sharedHeaders(r *kgo.Record) []kgo.RecordHeader {
	keys := []string{
		schemas.HeaderPlanID, schemas.HeaderChunkID, schemas.HeaderTaskID, schemas.HeaderPlatform,
		schemas.HeaderChannel, schemas.HeaderShop, schemas.HeaderKind, schemas.HeaderOp,
	}
	headers := make([]kgo.RecordHeader, len(keys))
	for i, key := range keys {
		headers[i] = schemas.NewHeader(key, schemas.Header(r, key))
	}
	if only := schemas.Header(r, schemas.HeaderOnlyMissing); only != "" {
		headers = append(headers, schemas.NewHeader(schemas.HeaderOnlyMissing, only))
	}
	return headers
}
