package dlq

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// Letter is a dead letter without its value. All texts are fit for a terminal, whoever wrote them.
type Letter struct {
	ID       ID        `json:"id"`
	FailedAt time.Time `json:"failed_at"`
	Stage    string    `json:"stage"`
	Class    string    `json:"error_class"`
	Error    string    `json:"error"`
	Attempts int       `json:"attempts,omitempty"`
	Source   string    `json:"source"` // topic/partition/offset that it was consumed from
	Revision string    `json:"revision,omitempty"`

	PlanID    string `json:"plan_id,omitempty"`
	ChunkID   string `json:"chunk_id,omitempty"`
	TaskID    string `json:"task_id,omitempty"`
	Platform  string `json:"platform,omitempty"`
	ChannelID string `json:"channel_id,omitempty"`
	ShopID    string `json:"shop_id,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Op        string `json:"op,omitempty"`
	Page      string `json:"page,omitempty"` // of a document: topic/partition/offset of the page that it was made from

	Requeued    int    `json:"requeued,omitempty"`     // how often it had been requeued before it died this time
	RequeuedFor string `json:"requeued_for,omitempty"` // why it had died before that
	Bytes       int    `json:"bytes"`                  // of its value
	ByReference bool   `json:"by_reference,omitempty"` // its value was too large to be kept here: it is where Source says

	record *kgo.Record
}

// reasons are the headers that the loop adds to a record that it gives up, behind the record's own; the last ones only to a
// letter by reference.
var reasons = []string{
	schemas.HeaderErrorClass, schemas.HeaderError, schemas.HeaderStage, schemas.HeaderAttempts, schemas.HeaderSource,
	schemas.HeaderFailedAt, schemas.HeaderRevision, schemas.HeaderValueBytes, schemas.HeaderValueSHA256,
}

func newLetter(r *kgo.Record, prefix string) *Letter {
	said := func(key string) string { return oneLine(schemas.Header(r, key)) }
	number := func(key string) int {
		n, _ := strconv.Atoi(schemas.Header(r, key)) // 0 stands for what nobody said
		return n
	}
	l := &Letter{
		ID:    ID{strings.TrimPrefix(r.Topic, prefix+"dlq."), r.Partition, r.Offset},
		Stage: said(schemas.HeaderStage), Class: said(schemas.HeaderErrorClass), Error: said(schemas.HeaderError),
		Attempts: number(schemas.HeaderAttempts), Source: said(schemas.HeaderSource), Revision: said(schemas.HeaderRevision),
		PlanID: said(schemas.HeaderPlanID), ChunkID: said(schemas.HeaderChunkID), TaskID: said(schemas.HeaderTaskID),
		Platform: said(schemas.HeaderPlatform), ChannelID: said(schemas.HeaderChannel), ShopID: said(schemas.HeaderShop),
		Kind: said(schemas.HeaderKind), Op: said(schemas.HeaderOp),
		Requeued: max(0, number(schemas.HeaderRequeued)), RequeuedFor: said(schemas.HeaderRequeuedFor),
		Bytes: len(r.Value), record: r,
	}
	if l.ByReference = schemas.Header(r, schemas.HeaderValueSHA256) != ""; l.ByReference {
		l.Bytes = number(schemas.HeaderValueBytes)
	}
	for _, h := range own(r.Headers) {
		if h.Key == schemas.HeaderSource {
			l.Page = oneLine(string(h.Value))
		}
	}
	var err error
	if l.FailedAt, err = time.Parse(time.RFC3339, schemas.Header(r, schemas.HeaderFailedAt)); err != nil {
		l.FailedAt = r.Timestamp.UTC()
	}
	return l
}

// own returns the headers that the record had before it was given up. A document has a source of its own, so only the last
// header of each name is the reason's.
func own(headers []kgo.RecordHeader) []kgo.RecordHeader {
	last := make(map[string]int, len(reasons))
	for _, key := range reasons {
		last[key] = -1
	}
	for i, h := range headers {
		if _, isReason := last[h.Key]; isReason {
			last[h.Key] = i
		}
	}
	kept := make([]kgo.RecordHeader, 0, len(headers))
	for i, h := range headers {
		if at, isReason := last[h.Key]; !isReason || at != i {
			kept = append(kept, h)
		}
	}
	return kept
}

// Cause returns what letters are grouped by: the class and the error's text without what differs from letter to letter.
func (l *Letter) Cause() string { return l.Class + ": " + normalised(l.Error) }

// oneLine returns text without what could break a line or do things to a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r):
			return '\uFFFD'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

// cut shortens text to n characters at most.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
