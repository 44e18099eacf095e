package schemas

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Schemas of the records that are not documents.
const (
	TaskSchema = "task/1"
	PageSchema = "page/1"
	FactSchema = "fact/1"
)

// headers says where a task's records come from. Tasks carry them too, so that a task whose value cannot be read can still
// be accounted for.
func (t *Task) headers(schema string) []kgo.RecordHeader {
	headers := []kgo.RecordHeader{
		NewHeader(HeaderPlanID, t.PlanID),
		NewHeader(HeaderChunkID, t.ChunkID),
		NewHeader(HeaderTaskID, t.TaskID),
		NewHeader(HeaderPlatform, t.Platform),
		NewHeader(HeaderChannel, t.ChannelID),
		NewHeader(HeaderShop, t.ShopID),
		NewHeader(HeaderKind, t.Kind),
		NewHeader(HeaderOp, t.Op),
		NewHeader(HeaderSchema, schema),
	}
	if t.OnlyMissing {
		headers = append(headers, NewHeader(HeaderOnlyMissing, "true"))
	}
	return headers
}

// Record returns the task as a record for topic, keyed by its chunk.
func (t *Task) Record(topic string) (*kgo.Record, error) {
	value, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode task %s: %w", t.TaskID, err)
	}
	return &kgo.Record{Topic: topic, Key: []byte(t.ChunkID), Value: value, Headers: t.headers(TaskSchema)}, nil
}

// PageRecord returns the page that the task fetched as a record for topic, keyed by the task's chunk.
func (t *Task) PageRecord(topic string, page *Page) (*kgo.Record, error) {
	value, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("encode page of task %s: %w", t.TaskID, err)
	}
	return &kgo.Record{Topic: topic, Key: []byte(t.ChunkID), Value: value, Headers: t.headers(PageSchema)}, nil
}

// Record returns the fact as a record for topic, keyed by its chunk, or by its plan when it is about no chunk.
func (f *Fact) Record(topic string) (*kgo.Record, error) {
	value, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode fact of %s about %s: %w", f.Stage, f.TaskID, err)
	}
	key := f.ChunkID
	if key == "" {
		key = f.PlanID
	}
	return &kgo.Record{Topic: topic, Key: []byte(key), Value: value, Headers: []kgo.RecordHeader{
		NewHeader(HeaderPlanID, f.PlanID),
		NewHeader(HeaderSchema, FactSchema),
	}}, nil
}

// RejectFact returns the fact that goes with a rejected record of tasks, raw or clean, from the record's headers: who gave
// it up and why (a class, no free text). It reports false for a record whose headers name no chunk that the ledger could keep:
// there is nothing to account for, and the fact would itself be a dead letter. at is in unix milliseconds.
func RejectFact(r *kgo.Record, stage, class string, at int64) (Fact, bool) {
	f := Fact{
		PlanID: Header(r, HeaderPlanID), ChunkID: Header(r, HeaderChunkID), TaskID: Header(r, HeaderTaskID),
		Platform: Header(r, HeaderPlatform), ChannelID: Header(r, HeaderChannel), ShopID: Header(r, HeaderShop),
		Kind: Header(r, HeaderKind), Op: Header(r, HeaderOp),
		Stage: StageReject, RejectedBy: stage, Reason: class, At: at,
	}
	if n, err := strconv.Atoi(Header(r, HeaderIndex)); err == nil {
		f.Index = &n
	}
	return f, f.ChunkID != "" && f.Check() == nil
}

// RejectPlanFact returns the fact that planning was given up, from the headers of a rejected record of a plan's work. It
// reports false for a record that names no plan that the ledger could keep. at is in unix milliseconds.
func RejectPlanFact(r *kgo.Record, class string, at int64) (Fact, bool) {
	f := Fact{
		PlanID: Header(r, HeaderPlanID), Platform: Header(r, HeaderPlatform),
		Stage: StageReject, RejectedBy: StagePlanner, Reason: class, At: at,
	}
	if !factPlatform.MatchString(f.Platform) {
		f.Platform = ""
	}
	return f, f.Check() == nil
}
