package dlq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/ledger"
	"github.com/shopstream/shopstream/schemas"
)

// ErrNone says that there is no dead letter of an id.
var ErrNone = errors.New("no such dead letter")

// Detail is one dead letter with all that is known about it.
type Detail struct {
	Letter
	Handled *Handling       `json:"handled,omitempty"` // nil while it is open
	Gone    string          `json:"gone,omitempty"`    // of a letter by reference: why there is no value
	Headers []Header        `json:"headers"`           // the record's own
	Key     string          `json:"key,omitempty"`
	Chunk   *ledger.Named   `json:"chunk,omitempty"` // what the ledger says of its chunk now
	Ledger  string          `json:"ledger,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`       // if it is JSON
	Raw     []byte          `json:"value_bytes,omitempty"` // if it is not: base64 in JSON
}

// Header is a record's header, fit for a terminal.
type Header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Show returns the dead letter of that id, whether it is open or handled, or ErrNone. What the ledger says is left to the caller.
func (q *Queue) Show(ctx context.Context, id ID) (*Detail, error) {
	s, err := q.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	at := place{q.options.Topics.DLQ(id.Of), id.Partition}
	r, err := q.fetch(ctx, s, at, id.Offset)
	if err != nil {
		return nil, err
	}
	if r == nil {
		why := "the topic has none at that offset"
		switch start, exists := s.starts[at]; {
		case !exists:
			why = "there is no such topic or partition"
		case id.Offset < start:
			why = "it was requeued or dropped, and deleted since"
		}
		return nil, fmt.Errorf("%w: %s: %s", ErrNone, id, why)
	}
	d := &Detail{Letter: *newLetter(r, q.options.Topics.Prefix), Key: oneLine(string(r.Key)), Headers: []Header{}}
	if h, handled := s.handled[id]; handled {
		d.Handled = &h
	}
	for _, h := range own(r.Headers) {
		d.Headers = append(d.Headers, Header{oneLine(h.Key), cut(oneLine(string(h.Value)), 500)})
	}
	if d.ByReference {
		r, err = q.follow(ctx, &d.Letter)
		var gone *refusal
		if errors.As(err, &gone) {
			d.Gone = gone.reason
			return d, nil
		}
		if err != nil {
			return nil, err
		}
	}
	d.setValue(r.Value)
	return d, nil
}

func (d *Detail) setValue(value []byte) {
	if json.Valid(value) && utf8.Valid(value) {
		d.Value = value
		return
	}
	d.Raw = value
}

// fetch returns the record at an offset, nil when there is none.
func (q *Queue) fetch(ctx context.Context, s *snapshot, at place, offset int64) (found *kgo.Record, err error) {
	if offset < s.starts[at] || offset >= s.ends[at] {
		return nil, nil
	}
	err = q.read(ctx, []span{{at, offset, offset + 1}}, func(r *kgo.Record) (bool, error) {
		found = r
		return false, nil
	})
	return found, err
}

// shownBytes is how much of a value is printed unless all of it is asked for.
const shownBytes = 64 << 10

// Write prints the letter for people. all prints its value whole, however large it is.
func (d *Detail) Write(w io.Writer, all bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" && text != "0" {
			_, _ = fmt.Fprintf(t, "%s\t%s\n", name, text)
		}
	}
	line("dead letter", "%s", d.ID)
	if d.Handled == nil {
		line("state", "open")
	} else {
		line("state", "handled: %s at %s", d.Handled.By, d.Handled.At.Format(time.RFC3339))
	}
	line("failed at", "%s", d.FailedAt.Format(time.RFC3339))
	line("stage", "%s", d.Stage)
	line("error class", "%s", d.Class)
	line("error", "%s", d.Error)
	line("attempts", "%d", d.Attempts)
	line("revision", "%s", d.Revision)
	line("requeued before", "%d", d.Requeued)
	line("and died of", "%s", d.RequeuedFor)
	line("consumed from", "%s", d.Source)
	line("made from page", "%s", d.Page)
	line("plan", "%s", d.PlanID)
	line("chunk", "%s", d.ChunkID)
	line("task", "%s", d.TaskID)
	if c := d.Chunk; c != nil {
		line("chunk is now", "%s", c.Status)
		for _, gap := range c.Gaps {
			line("", "%s", oneLine(gap))
		}
	}
	line("ledger", "%s", d.Ledger)
	line("key", "%s", d.Key)
	for _, h := range d.Headers {
		line("header "+h.Key, "%s", h.Value)
	}
	switch {
	case d.Gone != "":
		line("value", "%d bytes: %s", d.Bytes, d.Gone)
	case d.ByReference:
		line("value", "%d bytes, read from %s, since it is too large for a dead letter; it may hold buyers' data", d.Bytes, d.Source)
	default:
		line("value", "%d bytes; it may hold buyers' data", d.Bytes)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return d.writeValue(w, all)
}

func (d *Detail) writeValue(w io.Writer, all bool) error {
	text := d.Raw
	if d.Value != nil {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, d.Value, "", "  "); err != nil {
			return fmt.Errorf("print value of %s: %w", d.ID, err)
		}
		text = escaped(pretty.Bytes())
	}
	more := 0
	if !all && len(text) > shownBytes {
		more, text = len(text)-shownBytes, text[:shownBytes]
	}
	printed := string(text)
	if d.Value == nil && len(text) > 0 {
		printed = strconv.Quote(printed) // it could do things to a terminal
	}
	if printed != "" {
		if _, err := fmt.Fprintf(w, "\n%s\n", printed); err != nil {
			return err
		}
	}
	if more > 0 {
		_, err := fmt.Fprintf(w, "… and %d bytes more: --full prints them\n", more)
		return err
	}
	return nil
}

// escaped returns JSON in lines whose texts do nothing to a terminal: what is not printable is written as JSON can write it.
func escaped(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// AddChunk fills in what the ledger says of the letter's chunk now, or why it says nothing.
func (d *Detail) AddChunk(ctx context.Context, l *ledger.Ledger) {
	if d.ChunkID == "" {
		return
	}
	c, known, err := l.Chunk(ctx, schemas.Header(d.record, schemas.HeaderChunkID))
	switch {
	case err != nil:
		d.Ledger = oneLine(err.Error())
	case !known:
		d.Ledger = "knows no such chunk"
	default:
		d.Chunk = &c
	}
}
