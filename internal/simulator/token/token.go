// Package token gives out and checks the credentials of simulated platforms: access tokens, refresh tokens and the codes of
// a seller's consent.
//
// A token is its generation, sealed with the platform's key. Generation 0 is in the shops' credentials and begins when the
// server does. A server that was restarted has forgotten what it gave out, and takes a later generation than it knows as the
// current one.
package token

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The ways a credential is no good.
var (
	ErrUnknown = errors.New("nobody ever got this")
	ErrShop    = errors.New("another shop got this")
	ErrOver    = errors.New("this is over or used")
)

// Lives are how long credentials are good for.
type Lives struct {
	Access, Refresh, Code time.Duration
	Grace                 time.Duration // how long the access token before goes on after a new one was given out
}

// What a sealed text is for.
const (
	kindAccess uint64 = iota
	kindRefresh
	kindCode

	stream = 3 // of the platform's key
)

// Book knows which pair of tokens of each shop is current. A shop's state has a fixed size. It is safe for concurrent use.
type Book struct {
	key   uint64
	lives Lives

	mu    sync.Mutex
	shops []grants
}

// grants is what one shop gave an app.
type grants struct {
	generation uint32
	begun      time.Time // of the current pair
	previous   time.Time // until when the access token of the generation before is good
	code       uint32    // the last code given out, 0 for none
	codeBegun  time.Time
	codeUsed   bool
}

// New makes the book of a platform with a key; the first pairs begin at start.
func New(key uint64, shops int, lives Lives, start time.Time) *Book {
	t := &Book{key: key, lives: lives, shops: make([]grants, shops)}
	for i := range t.shops {
		t.shops[i].begun = start
	}
	return t
}

// Access is the access token of a generation.
func (t *Book) Access(shop int, generation uint32) string {
	return t.seal(shop, kindAccess, generation)
}

// Refresh is the refresh token of a generation.
func (t *Book) Refresh(shop int, generation uint32) string {
	return t.seal(shop, kindRefresh, generation)
}

// Lives are the spans the book was made with.
func (t *Book) Lives() Lives { return t.lives }

// seal makes the text of a token or code: its generation, hidden, and proof that it is of this world, shop and kind.
func (t *Book) seal(shop int, kind uint64, generation uint32) string {
	proof := world.Hash(t.key, stream, uint64(shop), kind, uint64(generation)) //nolint:gosec // not negative
	b := binary.BigEndian.AppendUint64(nil, proof)
	b = binary.BigEndian.AppendUint32(b, generation^mask(proof))
	b = binary.BigEndian.AppendUint32(b, mask(t.key^proof))
	return hex.EncodeToString(b)
}

// open is the inverse of seal.
func (t *Book) open(shop int, kind uint64, text string) (generation uint32, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return 0, false
	}
	generation = binary.BigEndian.Uint32(b[8:]) ^ mask(binary.BigEndian.Uint64(b))
	return generation, t.seal(shop, kind, generation) == text
}

// AccessOwner is the shop an access token was given to, however long ago, for platforms whose calls name no shop.
func (t *Book) AccessOwner(token string) (shop int, ok bool) { return t.owner(kindAccess, token) }

// RefreshOwner is the shop a refresh token was given to.
func (t *Book) RefreshOwner(token string) (shop int, ok bool) { return t.owner(kindRefresh, token) }

// CodeOwner is the shop whose consent gave out a code.
func (t *Book) CodeOwner(code string) (shop int, ok bool) { return t.owner(kindCode, code) }

func (t *Book) owner(kind uint64, text string) (shop int, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return 0, false
	}
	proof := binary.BigEndian.Uint64(b)
	generation := uint64(binary.BigEndian.Uint32(b[8:]) ^ mask(proof))
	for shop := range t.shops {
		if world.Hash(t.key, stream, uint64(shop), kind, generation) == proof {
			return shop, true
		}
	}
	return 0, false
}

// mask hides a generation behind its proof.
func mask(proof uint64) uint32 { return uint32(world.Hash(proof)) } //nolint:gosec // half of it will do

// Admit says whether an access token is good for a shop now.
func (t *Book) Admit(shop int, token string, now time.Time) error {
	generation, ok := t.open(shop, kindAccess, token)
	if !ok {
		return ErrUnknown
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.catchUp(generation)
	switch {
	case generation == g.generation && now.Before(g.begun.Add(t.lives.Access)):
		return nil
	case generation+1 == g.generation && now.Before(g.previous):
		return nil
	}
	return ErrOver
}

// catchUp takes a pair for current that a server before this one gave out. It begins when this server did, or when the last
// pair was given out.
func (g *grants) catchUp(generation uint32) {
	if generation > g.generation {
		g.generation, g.previous = generation, time.Time{}
	}
}

// next gives out the next pair. The access token before goes on for a while, not beyond its own end.
func (t *Book) next(g *grants, now time.Time) {
	g.previous = now.Add(t.lives.Grace)
	if end := g.begun.Add(t.lives.Access); end.Before(g.previous) {
		g.previous = end
	}
	g.generation++
	g.begun = now
}

// Redeem uses a code up and gives out a pair.
func (t *Book) Redeem(shop int, code string, now time.Time) (generation uint32, err error) {
	n, ok := t.open(shop, kindCode, code)
	if !ok {
		return 0, ErrUnknown
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	if n != g.code || g.codeUsed || !now.Before(g.codeBegun.Add(t.lives.Code)) {
		return 0, ErrOver
	}
	g.codeUsed = true
	t.next(g, now)
	return g.generation, nil
}

// Renew uses a refresh token up and gives out a pair.
func (t *Book) Renew(shop int, token string, now time.Time) (generation uint32, err error) {
	n, ok := t.open(shop, kindRefresh, token)
	if !ok {
		for other := range t.shops {
			if _, ok := t.open(other, kindRefresh, token); ok {
				return 0, ErrShop
			}
		}
		return 0, ErrUnknown
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.catchUp(n)
	switch {
	case n != g.generation:
		return 0, ErrUnknown
	case !now.Before(g.begun.Add(t.lives.Refresh)):
		return 0, ErrOver
	}
	t.next(g, now)
	return g.generation, nil
}

// Consent gives out a code, as a seller's consent does. It takes the place of the shop's code before.
func (t *Book) Consent(shop int, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.code++
	g.codeBegun, g.codeUsed = now, false
	return t.seal(shop, kindCode, g.code)
}
