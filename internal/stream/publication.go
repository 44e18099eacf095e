package stream

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/shopstream/shopstream/schemas"
)

// publication is what one transaction holds: the records to produce, and where offsets stop short of the batch's end.
type publication struct {
	records       []*kgo.Record
	postponed     map[partition]Postponement // the first of each partition
	rejected      []Rejection
	rejectedInRow int // after this batch
}

// plan turns a Result into a publication: dead letters and their facts are added, and what was published for nothing else
// than this batch is checked against the number of records rejected in a row.
func (l *lane) plan(batch []*kgo.Record, res Result) (*publication, error) {
	p := &publication{records: res.Publish, rejected: res.Rejected, postponed: map[partition]Postponement{}}
	for _, post := range res.Postponed {
		at := partition{post.From.Topic, post.From.Partition}
		if first, ok := p.postponed[at]; !ok || post.From.Offset < first.From.Offset {
			p.postponed[at] = post
		}
	}
	var err error
	if p.rejectedInRow, err = l.countRejected(batch, p); err != nil {
		return nil, err
	}
	for _, rej := range res.Rejected {
		letter, err := l.deadLetter(rej)
		if err != nil {
			return nil, err
		}
		p.records = append(p.records, letter)
		fact, ok := l.stage.opts.Account(rej.Record, rej)
		if !ok {
			continue
		}
		record, err := fact.Record(l.stage.opts.Topics.Progress())
		if err != nil {
			return nil, err
		}
		p.records = append(p.records, record)
	}
	return p, nil
}

// countRejected returns how many records in a row are rejected at the batch's end, and ErrTooManyRejections when there are
// more anywhere in it than poison can explain: then nothing of the batch is published.
func (l *lane) countRejected(batch []*kgo.Record, p *publication) (int, error) {
	if len(p.rejected) == 0 && len(p.postponed) == 0 {
		return 0, nil
	}
	rejected := make(map[*kgo.Record]error, len(p.rejected))
	for _, rej := range p.rejected {
		rejected[rej.Record] = rej.Err
	}
	row := l.rejectedInRow
	for _, r := range batch {
		if p.isPostponed(r) {
			continue
		}
		reason, ok := rejected[r]
		if !ok {
			row = 0
			continue
		}
		if schemas.Header(r, schemas.HeaderRequeued) != "" {
			continue // an operator has put them in a row, they were poison elsewhere
		}
		if row++; row > maxRejectedInARow && !l.stage.opts.FromAnyone {
			return row, fmt.Errorf("%w: %d, the last one is %s/%d/%d: %w; this is rather a bug or a bad deployment than bad "+
				"data: mend it and start the stage again, nothing is lost", ErrTooManyRejections, row, r.Topic, r.Partition,
				r.Offset, reason)
		}
	}
	return row, nil
}

// deadLetter returns the rejected record as it was consumed, for the dead-letter topic, with the reason in further headers.
func (l *lane) deadLetter(rej Rejection) (*kgo.Record, error) {
	o := l.stage.opts
	r := rej.Record
	topic, ok := o.Topics.DLQFor(r.Topic)
	if !ok {
		return nil, fmt.Errorf("topic %s has no dead-letter topic", r.Topic)
	}
	headers := append([]kgo.RecordHeader(nil), r.Headers...)
	headers = append(headers,
		schemas.NewHeader(schemas.HeaderErrorClass, rej.Class),
		schemas.NewHeader(schemas.HeaderError, cut(fmt.Sprint(rej.Err), 2048)),
		schemas.NewHeader(schemas.HeaderStage, o.Stage),
		schemas.NewHeader(schemas.HeaderAttempts, strconv.Itoa(rej.Attempts)),
		schemas.NewHeader(schemas.HeaderSource, fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)),
		schemas.NewHeader(schemas.HeaderFailedAt, o.Now().UTC().Format(time.RFC3339)),
		schemas.NewHeader(schemas.HeaderRevision, o.Revision),
	)
	letter := &kgo.Record{Topic: topic, Key: r.Key, Value: r.Value, Headers: headers}
	// A topic's limit is on compressed batches, so a record from outside can be larger than what we may produce.
	if spare := int(o.Topics.MaxMessageBytes(topic)) - letterOverhead - recordSize(letter); spare < 0 || l.byReference {
		refer(letter, len(r.Headers))
	}
	return letter, nil
}

const (
	// letterOverhead is room for a record's framing in its batch.
	letterOverhead = 64 << 10
	// mostReferred bounds the key, and the headers together, of a record that is dead-lettered by reference.
	mostReferred = 64 << 10
)

// refer makes a dead letter one by reference: its value stays where the source header says, and the letter says what it must be.
// So a letter can be stored whatever the record was; of its key and own headers, which come first, it has what is no larger than
// they are by right.
func refer(letter *kgo.Record, own int) {
	sum := sha256.Sum256(letter.Value)
	size, kept := 0, make([]kgo.RecordHeader, 0, len(letter.Headers)+2)
	for i, h := range letter.Headers {
		if i < own {
			if size += len(h.Key) + len(h.Value) + 16; size > mostReferred {
				size -= len(h.Key) + len(h.Value) + 16
				continue
			}
		}
		kept = append(kept, h)
	}
	if len(letter.Key) > mostReferred {
		letter.Key = nil
	}
	kept = append(kept,
		schemas.NewHeader(schemas.HeaderValueBytes, strconv.Itoa(len(letter.Value))),
		schemas.NewHeader(schemas.HeaderValueSHA256, hex.EncodeToString(sum[:])))
	letter.Headers, letter.Value = kept, nil
}

// handled counts the records of the batch that are done, which is all but the postponed ones.
func (p *publication) handled(batch []*kgo.Record) int {
	n := 0
	for _, r := range batch {
		if !p.isPostponed(r) {
			n++
		}
	}
	return n
}

func (p *publication) isPostponed(r *kgo.Record) bool {
	post, ok := p.postponed[partition{r.Topic, r.Partition}]
	return ok && r.Offset >= post.From.Offset
}

// lowerOffsets makes a commit stop at the first postponed record of each partition.
func (p *publication) lowerOffsets(req *kmsg.TxnOffsetCommitRequest) {
	for t := range req.Topics {
		topic := &req.Topics[t]
		for i := range topic.Partitions {
			if post, ok := p.postponed[partition{topic.Topic, topic.Partitions[i].Partition}]; ok {
				topic.Partitions[i].Offset = post.From.Offset
				topic.Partitions[i].LeaderEpoch = post.From.LeaderEpoch
			}
		}
	}
}

// cut shortens text to at most n bytes, at a character's boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
