// Package conformance is the suite that every platform's adapter passes: what the pipeline relies on, whatever the platform.
//
// A platform describes itself as a [Subject] in a test of its own package and calls [Run]; its fuzz target calls [Fuzz].
// The suite never talks to anybody: the subject's Serve plays the platform, from a [World] of rows that may change between
// two calls. What only one platform does (its parameters, its drafts) stays with that platform's own tests.
package conformance

import (
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Subject is a platform under test.
type Subject struct {
	New  func(platform.Settings) platform.Adapter
	Shop shop.Shop // with base URL, app, secrets and tokens; all of them invented

	// Sign computes the signature of one of the vectors in the adapter's testdata/vectors.json with the adapter's own function.
	Sign func(v Vector) string

	// Refusal is the platform's envelope of an error, and Codes are documented codes with their class. Unknown codes are
	// transient unless the HTTP status says more.
	Refusal func(code, message string) []byte
	Codes   map[string]platform.Class

	Ops    []Op
	Kinds  []Kind
	Tokens *Tokens // nil when the adapter renews no tokens

	// Serve answers a call as the platform does, from the rows of the world. It fails the test on parameters that the
	// platform would refuse.
	Serve func(t testing.TB, w *World, r platform.Request) []byte
}

// Vector is a signature whose inputs are known. Provenance is published when somebody else computed it.
type Vector struct {
	Name       string `json:"name"`
	Key        string `json:"key"`
	Base       string `json:"base_string"`
	Signature  string `json:"signature"`
	Provenance string `json:"provenance"`
}

// Op is one op of an adapter, by example.
type Op struct {
	Task   schemas.Task // can be sent as it is
	Path   string       // that it calls
	MaxIDs int          // ids a call; 0 when the op does not ask by id

	Answer   []byte // a documented answer to Task, and what it says:
	Listed   []string
	Answered []string

	More []byte // for lists: an answer, rows included, that says that there is more

	Odd []Odd
}

// Odd is an answer that a platform may well give: unknown words, absent, null or empty fields, lists left out, ids in
// other types.
type Odd struct {
	Name   string
	Task   *schemas.Task // nil: the op's
	Answer string

	Code     string // of the error that it is; "" when it is none, and then:
	Listed   []string
	Answered []string
	Gone     []string
}

// Kind is a kind of data that the adapter fetches.
type Kind struct {
	Kind     string
	Settings platform.Settings
	PageSize int              // rows of the largest page of its lists
	MaxSpan  map[string]int64 // seconds that a list may cover, by op; lists that are not named have no cap

	// IDs are the ids by which the ledger knows a row; nil means the row's own.
	IDs func(Row) []string
	// Whole says that lists give all of a row, so that no details call can miss one.
	Whole bool
}

// Tokens is how tokens are renewed, by example.
type Tokens struct {
	Method, URL string            // URL without the query
	Query       map[string]string // parameters that must be there, in the address or in a form; the clock says Now
	Body        string            // JSON, or "" for none and for a form
	Now         time.Time

	Consent  string // the address of the consent's page, for redirect https://app.example/back and state s-1
	Exchange Grant  // of the code c-1

	Answer  []byte
	Want    platform.Tokens
	Refused map[string][]byte // answers that are errors of class auth, by name
}

// Grant is the call that exchanges a code, as in [Tokens].
type Grant struct {
	Method, URL string
	Query       map[string]string
	Body        string
}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	t.Helper()
	t.Run("signatures", func(t *testing.T) { t.Parallel(); s.signatures(t) })
	t.Run("errors", func(t *testing.T) { t.Parallel(); s.classes(t) })
	t.Run("tokens", func(t *testing.T) { t.Parallel(); s.tokens(t) })
	for _, op := range s.Ops {
		t.Run("op "+op.Task.Op, func(t *testing.T) {
			t.Parallel()
			s.requests(t, op)
			s.answers(t, op)
			s.loops(t, op)
		})
	}
	for _, k := range s.Kinds {
		t.Run("kind "+k.Kind, func(t *testing.T) {
			t.Parallel()
			s.spans(t, k)
			s.lists(t, k)
			s.moves(t, k)
			s.missing(t, k)
		})
	}
}
