// Package transformers turns pages, as the platforms gave them, into documents. It is CPU only and keeps no state: the same
// page gives the same documents, byte by byte, whoever transforms it and however often.
//
// What a platform says is marked where it is wrong, never dropped: see [schemas.Lineage]. Reading the platforms' answers is
// left to one package for each platform, see [Mapper]; fetching and storing to other stages.
package transformers

import (
	"errors"
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// Mapper reads one platform's pages. It must be safe for concurrent use and must not do I/O, nor keep or change the page.
type Mapper interface {
	// Kinds returns the kinds of data whose pages it can read.
	Kinds() []string

	// Fields returns the members of answers that the documents keep in platform fields, as far as they are known: others are
	// counted, and said, as changes of the platform.
	Fields() Fields

	// Documents returns the page's documents in the page's order; none when pages of that op hold none, such as lists. A page
	// is about its ids: rows of earlier parts that are about others give none. A row that is wrong gives a marked document. An
	// error gives up the whole page, so it is for answers that are not what the op answers at all; it must not contain buyers'
	// data. ErrUnknownOp is for ops that this version does not know.
	Documents(from Origin, page *schemas.Page) ([]Document, error)
}

// Origin says whose a page is, by its headers.
type Origin struct {
	PlanID    string
	ChunkID   string
	TaskID    string
	Platform  string
	ChannelID string
	ShopID    string
	Kind      string
	Op        string

	Zone *time.Location // for the documents' times
}

// Identity returns the identity of the shop's document with that id.
func (o Origin) Identity(id string) schemas.Identity {
	return schemas.Identity{
		ID:        schemas.DocumentID(o.Platform, o.ChannelID, o.ShopID, id),
		Platform:  o.Platform,
		ChannelID: o.ChannelID,
		ShopID:    o.ShopID,
	}
}

// Document is a mapped document and what its version is made of. The Processor fills in the lineage, except for IsValid,
// ValidationErrors and ParseError, which are the mapper's.
type Document struct {
	schemas.Document
	UpdateTime int64 // unix seconds by the platform, 0 when it gives none; at most schemas.MaxTime
	FetchedAt  int64 // unix milliseconds, of the oldest part that the document was made from
	Revision   int   // of the mapping, at most 9999

	// Unmapped are the platform's values that became none of ours. A status that leaves its unified_status unknown shows by itself.
	Unmapped []schemas.Unmapped
}

// Why a page is given up.
var (
	ErrUnknownOp = errors.New("unknown op") // no mapper, or none of this version, reads such pages
	ErrConflict  = errors.New("conflict")   // two rows of the page have one key and different content
)

// Classes of this stage's rejections, beside stream.ClassUndecodable.
const (
	ClassUnknown  = "unknown_op" // ErrUnknownOp: a later version may know it, so requeue it then
	ClassConflict = "conflict"   // ErrConflict
	ClassTooLarge = "too_large"  // a document is larger than a record may be
)
