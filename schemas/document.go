package schemas

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Document is a document of any kind: what a transformer makes and a sink stores.
type Document interface {
	Key() string     // its _id, which is also its clean key
	Schema() string  // such as order/1
	Trace() *Lineage // its own, to be filled in
}

// Identity is what makes a document's key. It is kept even when nothing else of an answer could be read.
type Identity struct {
	ID        string `json:"_id" bson:"_id"`               // platform:channel_id:shop_id:id
	Platform  string `json:"platform" bson:"platform"`     // such as shopee
	ChannelID string `json:"channel_id" bson:"channel_id"` // of the seller's sales channel, as configured
	ShopID    string `json:"shop_id" bson:"shop_id"`       // the platform's id of the shop
}

// Key returns the document's _id.
func (i *Identity) Key() string { return i.ID }

// Lineage says whether a document could be read, where its content comes from and which of two observations is newer.
// Documents embed it last: see Encode.
type Lineage struct {
	IsValid          bool     `json:"is_valid" bson:"is_valid"`                                         // nothing is wrong with it
	ValidationErrors []string `json:"validation_errors,omitempty" bson:"validation_errors,omitempty"`   // field: what is wrong; never a value
	ParseError       string   `json:"parse_error,omitempty" bson:"parse_error,omitempty"`               // why hardly anything of the answer could be read
	DetailsFetchedAt string   `json:"details_fetched_at,omitempty" bson:"details_fetched_at,omitempty"` // ISO 8601, platform's clock
	SyncedAt         string   `json:"synced_at,omitempty" bson:"synced_at,omitempty"`                   // ISO 8601, set by the sink
	Source           string   `json:"source" bson:"source"`                                             // topic/partition/offset of the page
	Version          string   `json:"version" bson:"version"`                                           // sorts: see Version
	Hash             string   `json:"hash" bson:"hash"`                                                 // of the content: see Encode
	ChunkID          string   `json:"chunk_id" bson:"chunk_id"`                                         // of the chunk that fetched it
}

// Trace returns the lineage itself.
func (l *Lineage) Trace() *Lineage { return l }

// tail is the part of a lineage that says where and when content was seen, not what it is.
type tail struct {
	DetailsFetchedAt string `json:"details_fetched_at,omitempty"`
	SyncedAt         string `json:"synced_at,omitempty"`
	Source           string `json:"source"`
	Version          string `json:"version"`
	Hash             string `json:"hash"`
	ChunkID          string `json:"chunk_id"`
}

// blankTail is how the encoding of a document ends that has no tail.
const blankTail = `"source":"","version":"","hash":"","chunk_id":""}`

// Encode sets the document's hash and returns its JSON. The hash is the first half of a SHA-256, in hex, over the JSON
// encoding without our own times and sources (details_fetched_at, synced_at, source, version, hash, chunk_id): two
// observations with one hash say the same. It is stable for one revision of the schemas; keys and members are in a fixed
// order and white space is gone, but numbers count as they were written.
func Encode(d Document) ([]byte, error) {
	l := d.Trace()
	last := tail{l.DetailsFetchedAt, l.SyncedAt, l.Source, l.Version, "", l.ChunkID}
	l.DetailsFetchedAt, l.SyncedAt, l.Source, l.Version, l.Hash, l.ChunkID = "", "", "", "", "", ""
	content, err := encodeJSON(d)
	l.DetailsFetchedAt, l.SyncedAt, l.Source, l.Version, l.ChunkID = last.DetailsFetchedAt, last.SyncedAt, last.Source, last.Version, last.ChunkID
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	// The tail is put in place of the blank one, which saves encoding the whole document twice.
	content, ok := bytes.CutSuffix(content, []byte(blankTail))
	if !ok {
		return nil, errors.New("encode document: its type does not end with Lineage")
	}
	sum := sha256.Sum256(content)
	l.Hash = hex.EncodeToString(sum[:16])
	last.Hash = l.Hash
	end, err := json.Marshal(last)
	if err != nil {
		return nil, fmt.Errorf("encode lineage: %w", err)
	}
	return append(content, end[1:]...), nil
}

// encodeJSON encodes without escaping what only HTML minds: platforms' texts stay as they were written.
func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(4096) // an order with its lineage
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// DocumentID builds a document's _id, which is also its clean key. Orders have one part, the order id.
func DocumentID(platform, channelID, shopID, id string) string {
	return platform + ":" + channelID + ":" + shopID + ":" + id
}

// Version builds the text that orders the observations of one document: the newer sorts after the older.
// updateTime is the platform's, in unix seconds, 0 if it gives none; fetchedAt is in unix milliseconds; revision is the
// mapping's, so that a mapping that was mended wins over the page it was made from. None is negative, and they have at
// most 12, 13 and 4 digits: callers check what platforms say.
func Version(updateTime, fetchedAt int64, revision int) string {
	return fmt.Sprintf("%012d-%013d-%04d", updateTime, fetchedAt, revision)
}

// ParseVersion takes a version apart. It reports false for a text that is none.
func ParseVersion(version string) (updateTime, fetchedAt int64, revision int, ok bool) {
	if len(version) != 12+1+13+1+4 || version[12] != '-' || version[26] != '-' {
		return 0, 0, 0, false
	}
	var parts [3]uint64
	for i, text := range []string{version[:12], version[13:26], version[27:]} {
		var err error
		if parts[i], err = strconv.ParseUint(text, 10, 48); err != nil {
			return 0, 0, 0, false
		}
	}
	return int64(parts[0]), int64(parts[1]), int(parts[2]), true //nolint:gosec // 48 bits
}

// MaxTime is the last second that documents take a platform's time for: behind it, years stop having four digits.
const MaxTime = 253370764800 // 9999-01-01T00:00:00Z

// FormatTime writes unix seconds as ISO 8601 in zone; 0 or less gives "", which means absent.
func FormatTime(seconds int64, zone *time.Location) string {
	if seconds <= 0 {
		return ""
	}
	return time.Unix(seconds, 0).In(zone).Format(time.RFC3339)
}

// FormatMillis writes unix milliseconds as ISO 8601 in zone, with the milliseconds.
func FormatMillis(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format("2006-01-02T15:04:05.000Z07:00")
}
