package read

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"github.com/shopstream/shopstream/schemas"
)

// Row is a row of an answer on its way to a document. It becomes one also when it cannot be read, so that it is neither lost
// nor holds up its neighbours: the members that can be read are, and the document says what is wrong.
//
//	r := read.NewRow(e)
//	if r.Readable() {
//		for key := range r.Scan.Object() { … }
//		r.Must("create_time", created != 0)
//	}
//	d.Identity = from.Identity(r.Identify("order_sn", d.OrderID))
//	d.PlatformFields = r.Finish(&d.Lineage)
//	return transformers.Document{Document: d, Unmapped: r.Bad.AllUnmapped(), …}
type Row struct {
	Object
	raw        []byte // as the platform gave it
	parseError string
}

// NewRow begins to read a row. Bytes that are no UTF-8 are replaced, and a problem. What is no object is kept whole, as
// platform field row, and is a parse error.
func NewRow(e Element) *Row {
	r := &Row{raw: e.Raw}
	r.Bad = &Problems{}
	e.Raw = r.valid("row", e.Raw)
	if len(e.Raw) == 0 || e.Raw[0] != '{' {
		r.KeepElement("row", e)
		r.Fail("row is not an object")
		return r
	}
	r.Object = *NewObject(e.Raw, "", r.Bad)
	return r
}

// Beside begins to read what another answer says about the row's thing, as name in problems. What is no object is kept under
// that name, and a problem; then the Object is nil. Its own platform fields are the caller's to keep: see KeepInside.
func (r *Row) Beside(name string, e Element) *Object {
	e.Raw = r.valid(name, e.Raw)
	if len(e.Raw) == 0 || e.Raw[0] != '{' {
		r.Wrong(name, e, "want an object")
		return nil
	}
	return NewObject(e.Raw, name+".", r.Bad)
}

// valid returns raw as UTF-8.
func (r *Row) valid(name string, raw []byte) []byte {
	if utf8.Valid(raw) {
		return raw
	}
	r.Bad.Add(name, "not valid UTF-8, bad bytes replaced")
	return bytes.ToValidUTF8(raw, []byte("\uFFFD"))
}

// Readable reports whether the row is an object; otherwise it has no members to scan.
func (r *Row) Readable() bool { return r.Scan != nil }

// Fail says why hardly anything of the row could be read. The first reason counts.
func (r *Row) Fail(why string) {
	if r.parseError == "" {
		r.parseError = why
	}
}

// Must marks a member that every such row has, when it is not there.
func (r *Row) Must(name string, there bool) {
	if !there {
		r.Bad.Add(name, "missing")
	}
}

// Identify returns the id that the document's key ends with: id, which comes from member name. A row without one cannot be
// told from which order or product it is: it is a parse error, and gets the id unidentified-<hash of the row>, which nothing
// else has. The fetcher sees that what it asked for was not answered, so the ledger shows it too.
func (r *Row) Identify(name, id string) string {
	if id != "" {
		return id
	}
	r.Fail("row has no usable " + name)
	sum := sha256.Sum256(r.raw)
	return "unidentified-" + hex.EncodeToString(sum[:16])
}

// Finish writes into the document's lineage what is wrong, and returns what was kept.
func (r *Row) Finish(l *schemas.Lineage) schemas.PlatformFields {
	l.ParseError = r.parseError
	l.ValidationErrors = r.Bad.List()
	l.IsValid = len(l.ValidationErrors) == 0 && l.ParseError == ""
	return r.Rest.Fields()
}
