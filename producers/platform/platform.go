// Package platform is the seam between the pipeline and the platforms' APIs: what a fetcher and a planner need to know of
// one platform, as functions without I/O. A platform is one package that implements [Adapter] and one line where the
// program lists its platforms: docs/adding-a-platform.md says what else belongs to it.
//
// Whatever is particular to a platform (paths, signatures, paging, codes) stays behind Adapter; sending, waiting, rate
// limits, retries and records stay with the fetcher.
package platform

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/schemas"
)

// Adapter speaks one platform's API. Its methods are pure: the same arguments always give the same results, and nothing
// is sent or stored. An Adapter may be used by several goroutines.
type Adapter interface {
	// Platform returns the platform's name, as in [schemas.Shopee].
	Platform() string

	// Root returns the op of a chunk's first task, and whether this platform's kind can be fetched at all. A kind that is
	// read from several lists has a root without a call of its own, which Split cuts.
	Root(kind string) (op string, ok bool)

	// Lists reports whether op reads a list that grows until its window has settled: such an answer is only final once
	// the platform's clock is past the window's end and the settle delay.
	Lists(op string) bool

	// Split returns the children that do the task's work in its place because one call cannot, such as a window longer
	// than the platform's cap or a kind of several lists. It returns none for a task that can be sent as it is.
	Split(t *schemas.Task) []Draft

	// Request builds the signed call for a task. now is the platform's time as well as it is known, for the signature.
	// An error of type [*Error] says that no such call exists.
	Request(t *schemas.Task, s shop.Shop, now time.Time) (Request, error)

	// Read judges what came back. A non-nil error is always an [*Error]. It may keep parts of the body, and may not change it.
	Read(t *schemas.Task, r Response) (Answer, error)

	// Probe returns a task that asks the same endpoint of the same shop for next to nothing. Any answer that is not
	// transient shows that the endpoint works, so that a task failing alone can be told from an outage.
	Probe(t *schemas.Task) schemas.Task
}

// Authorizer gets a shop's tokens from one platform, as functions without I/O.
type Authorizer interface {
	// Consent returns the page where a seller lets the app work for the shop. The platform then sends the seller's browser to
	// redirect, with a code; state comes back with it where the platform knows such a thing.
	Consent(s shop.Shop, redirect, state string, now time.Time) string
	// Exchange builds the call that exchanges the code of a consent for tokens.
	Exchange(s shop.Shop, code string, now time.Time) (Request, error)
	// Refresh builds the call that exchanges the shop's refresh token for new tokens.
	Refresh(s shop.Shop, now time.Time) (Request, error)
	// ReadTokens judges what came back; now is the platform's time, for lifetimes. A non-nil error is always an [*Error].
	ReadTokens(r Response, now time.Time) (Tokens, error)
}

// Tokens are a shop's credentials as a platform gave them out.
type Tokens struct {
	Access, Refresh secret.Text
	AccessUntil     time.Time // zero when the platform does not say
	RefreshUntil    time.Time // zero when the platform does not say
	Shops           []string  // ids of the shops that they are good for; nil when the answer does not say
}

// Grants is for platforms that tell in a call of its own which shops tokens are good for.
type Grants interface {
	// GrantedShops builds that call, with the shop's tokens.
	GrantedShops(s shop.Shop, now time.Time) Request
	// ReadGrantedShops returns the platform's handle of each shop, by the shop's id. A non-nil error is always an [*Error].
	ReadGrantedShops(r Response) (map[string]string, error)
}

// Request is a call to be sent. Query, Header and Body may hold tokens and the signature: they must not reach a log or an
// error.
type Request struct {
	Method string
	Base   string // scheme and host, perhaps a path prefix: the shop's base URL
	Path   string // as it is signed and shown
	Query  url.Values
	Header http.Header // beside the usual ones; nil for none
	Body   []byte      // JSON unless Header names another Content-Type, or nil
}

// URL returns the whole address, secrets included.
func (r Request) URL() string { return r.Base + r.Path + "?" + r.Query.Encode() }

// Response is what a platform sent back, its body read to the end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Date returns the platform's time from the Date header, and whether there is a readable one.
func (r Response) Date() (time.Time, bool) {
	t, err := http.ParseTime(r.Header.Get("Date"))
	return t, err == nil
}

// Answer is a successful answer, understood.
type Answer struct {
	// Page reports whether the answer is worth keeping as a page: a list page always is, an answer without a document
	// is not. The page consists of the task's Parts and this answer.
	Page bool

	// Listed are the ids that a list page named, each once. Children that ask for some of them are asked for less when a
	// stored document makes the call needless.
	Listed   []string
	Total    *int64   // rows of the whole list, by the platform's word; said with the page that proves the end
	Answered []string // of the ids asked for or listed, the ones whose data is in the answer
	Gone     []string // of the ids asked for, the ones that do not exist, by the platform's word

	Next     *Draft   // the list goes on; nil: its end is proved
	Children []Draft  // work that the answer gives rise to
	Details  *Details // the details of listed ids, batched once it is known which of them are needed
}

// Details asks for the data of ids that a list named. Ids whose stored document has the update time that the list says need
// no call.
type Details struct {
	Op      string
	Size    int      // ids a call
	IDs     []string // each once
	Updated []int64  // unix seconds, of the id at the same index; 0 when the list does not say. Nil: it says none
}

// Glimpse is what a list says of an order that may have no parcel: as long as a stored order that has none looks the same, it
// has none.
type Glimpse struct {
	Status  string // the platform's word; "" when the list does not say
	Updated int64  // unix seconds; 0 when the list does not say
}

// Draft is a task that is not yet named: the fetcher gives it the identity and the window of the task it comes from, and an
// id that only depends on its place. So the window of a task is always its chunk's; a list that reads a part of it says so
// in its carry.
type Draft struct {
	Op     string
	Cursor string
	IDs    []string
	Carry  json.RawMessage
	// Continues marks a child that is followed by continuations of its own, so that its id leaves room for theirs.
	Continues bool

	// Parts are answers of earlier calls, taken over from the task, that belong to the page that the draft will make. One
	// without FetchedAt is of the adapter's own making and counts as fetched with this answer.
	Parts []schemas.PagePart
	// Rows is what of this answer belongs to that page too: the rows verbatim, in the envelope that the platform puts around
	// them. Nil for nothing.
	Rows json.RawMessage
	// Keys names the documents that come of an id, where they are not called by the id itself. See Listed.
	Keys map[string][]string
	// Bare says what the list knows of ids that may have no document: orders, in tracking, may have no parcel.
	Bare map[string]Glimpse
	// Ready says that nothing is left to ask: Parts and Rows are the page.
	Ready bool
}

// Task names the draft: the task that it becomes, with the identity of parent. Rows is left to the caller, who knows when and
// where they were fetched.
func (d Draft) Task(parent *schemas.Task, id string) schemas.Task {
	t := *parent
	t.TaskID, t.Op, t.Cursor, t.IDs, t.Carry, t.Attempt = id, d.Op, d.Cursor, d.IDs, d.Carry, 0
	t.Parts, t.Ready = d.Parts, d.Ready
	return t
}

// Batches drafts one task of op for every n of the ids, in order.
func Batches(op string, ids []string, n int) []Draft {
	var drafts []Draft
	for batch := range slices.Chunk(ids, n) {
		drafts = append(drafts, Draft{Op: op, IDs: batch})
	}
	return drafts
}

// Halves drafts two tasks of op that ask for one half of the ids each. It needs two ids.
func Halves(op string, ids []string) []Draft {
	return Batches(op, ids, (len(ids)+1)/2)
}
