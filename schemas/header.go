package schemas

import "github.com/twmb/franz-go/pkg/kgo"

// Header keys. The first block names where a page or document comes from; it is on raw and clean records.
const (
	HeaderPlanID   = "plan_id"
	HeaderChunkID  = "chunk_id"
	HeaderTaskID   = "task_id"
	HeaderPlatform = "platform"
	HeaderChannel  = "channel_id"
	HeaderShop     = "shop_id"
	HeaderKind     = "kind"
	HeaderOp       = "op"
	HeaderSchema   = "schema" // <name>/<N>; fields are only ever added within one N

	HeaderOnlyMissing = "only_missing" // on tasks, raw and clean: "true" for a plan's work that only asks for what is missing

	HeaderSource = "source" // topic/partition/offset of the record this one was made from
	HeaderIndex  = "n"      // on clean: the document's index in its page, decimal

	HeaderReturnTo = "return_to" // on delay topics: the topic to go to
	HeaderDueAt    = "due_at"    // on delay topics: unix milliseconds, decimal

	HeaderErrorClass = "error_class"
	HeaderError      = "error"
	HeaderStage      = "stage"
	HeaderAttempts   = "attempts"
	HeaderFailedAt   = "failed_at" // RFC 3339, UTC
	HeaderRevision   = "revision"

	// On dead letters that are too large for their topic, instead of the value, which is to be had from the place in the source
	// header for as long as that topic keeps it.
	HeaderValueBytes  = "value_bytes"  // its size, decimal
	HeaderValueSHA256 = "value_sha256" // its SHA-256, hexadecimal

	HeaderRequeued    = "requeued"     // how often an operator sent the record back after it had died, decimal
	HeaderRequeuedFor = "requeued_for" // the cause of the last of these deaths, as dead letters are grouped by it
)

// Header returns the value of the record's last header with that key, or "" when there is none.
func Header(r *kgo.Record, key string) string {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Key == key {
			return string(r.Headers[i].Value)
		}
	}
	return ""
}

// NewHeader builds a record header from text.
func NewHeader(key, value string) kgo.RecordHeader {
	return kgo.RecordHeader{Key: key, Value: []byte(value)}
}
