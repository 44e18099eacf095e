package mongo

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-json"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// observation is one clean record on its way into the store.
type observation struct {
	record            *kgo.Record
	plan, chunk, task string
	n                 int // index in its page; meaningless when chunk is ""
	onlyMissing       bool

	kind    *kind
	id      string
	lineage *schemas.Lineage
	doc     any // the pointer to the typed document that id and lineage belong to

	losers  []*observation // older or equal ones of the same key in the batch, which depend on this one being stored
	outcome outcome
	refusal error // why the store does not take it
}

func (o *observation) parsed() bool { return o.lineage.ParseError == "" }

// outcome is what became of an observation.
type outcome int

const (
	undecided outcome = iota
	inserted
	updated
	unchanged
	stale
	refused
	outcomes // how many there are
)

func (o outcome) String() string {
	return [...]string{"undecided", "inserted", "updated", "unchanged", "stale", "refused"}[o]
}

// errNewer says that a record was written by a newer release than this one.
var errNewer = errors.New("record has a newer schema than this release reads")

// readHeaders fills in what the headers say. The last header of a key counts, as for schemas.Header.
func (o *observation) readHeaders(kinds map[string]*kind) error {
	var name, schema, index string
	for _, h := range o.record.Headers {
		switch h.Key {
		case schemas.HeaderKind:
			name = string(h.Value)
		case schemas.HeaderSchema:
			schema = string(h.Value)
		case schemas.HeaderIndex:
			index = string(h.Value)
		case schemas.HeaderPlanID:
			o.plan = string(h.Value)
		case schemas.HeaderChunkID:
			o.chunk = string(h.Value)
		case schemas.HeaderTaskID:
			o.task = string(h.Value)
		case schemas.HeaderOnlyMissing:
			o.onlyMissing = string(h.Value) == "true"
		}
	}
	if o.kind = kinds[name]; o.kind == nil {
		return fmt.Errorf("kind %.40q is not stored here", name)
	}
	if err := o.kind.reads(schema); err != nil {
		return err
	}
	if o.chunk == "" {
		return nil
	}
	n, err := strconv.Atoi(index)
	if err != nil || n < 0 || n > maxIndex || o.task == "" {
		return fmt.Errorf("record of a chunk without task or usable index %.20q", index)
	}
	o.n = n
	return nil
}

// maxIndex bounds the documents of one page, so that a wild header cannot make the ledger's bitmaps explode.
const maxIndex = 1 << 20

// decode reads the record's value. The error never quotes the value, which holds buyers' data.
func (o *observation) decode() error {
	d, err := o.kind.decode(o.record.Value)
	if err != nil {
		return fmt.Errorf("decode %s: %s", o.kind.name, withoutValue(err))
	}
	o.id, o.lineage, o.doc = d.identity.ID, d.lineage, d.value
	switch {
	case o.id == "":
		return errors.New("document has no _id")
	case len(o.record.Key) > 0 && string(o.record.Key) != o.id:
		return errors.New("document's _id is not its record's key")
	case !wellFormed(o.lineage.Version):
		return fmt.Errorf("document has no usable version: %.60q", o.lineage.Version)
	case o.lineage.Hash == "":
		return errors.New("document has no hash")
	}
	return nil
}

// wellFormed reports whether v sorts among versions. Any other text would win, or lose, for ever.
func wellFormed(v string) bool {
	parts := strings.SplitN(v, "-", 4)
	if len(v) != 12+1+13+1+4 || len(parts) != 3 || len(parts[0]) != 12 || len(parts[1]) != 13 {
		return false
	}
	return strings.Trim(v, "0123456789-") == ""
}

// withoutValue keeps the kind and place of a decoding error and drops what it quotes.
func withoutValue(err error) string {
	var syntax *stdjson.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("syntax error at byte %d", syntax.Offset)
	}
	var mismatch *stdjson.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Sprintf("field %.80s is of another type", mismatch.Field)
	}
	return "a field holds what its type does not allow"
}

// document is a decoded document and its two parts that the sink looks into.
type document struct {
	value    any
	identity *schemas.Identity
	lineage  *schemas.Lineage
}

// unmarshal decodes with the fast decoder and, when that one fails, asks the standard library's: no record is given up on
// the word of the fast one alone.
func unmarshal(data []byte, fresh func() document) (document, error) {
	d := fresh()
	if err := json.Unmarshal(data, d.value); err == nil {
		return d, nil
	}
	d = fresh()
	return d, stdjson.Unmarshal(data, d.value)
}
