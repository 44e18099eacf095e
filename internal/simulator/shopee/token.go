package shopee

import (
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	refreshTTL = 30 * 24 * time.Hour
	codeTTL    = 10 * time.Minute
	grace      = 5 * time.Minute // how long the previous access token goes on after a new one was given out
)

// What a sealed text is for.
const (
	kindAccess uint64 = iota
	kindRefresh
	kindCode
)

// tokens knows which pair of each shop is current. A shop's state has a fixed size.
type tokens struct {
	seed uint64
	ttl  time.Duration

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

func newTokens(seed uint64, shops int, ttl time.Duration, start time.Time) *tokens {
	t := &tokens{seed: seed, ttl: ttl, shops: make([]grants, shops)}
	for i := range t.shops {
		t.shops[i].begun = start
	}
	return t
}

// seal makes the text of a token or code: its generation, hidden, and proof that it is of this world, shop and kind.
func (t *tokens) seal(shop int, kind uint64, generation uint32) string {
	proof := world.Hash(t.seed, streamToken, uint64(shop), kind, uint64(generation)) //nolint:gosec // not negative
	b := binary.BigEndian.AppendUint64(nil, proof)
	b = binary.BigEndian.AppendUint32(b, generation^mask(proof))
	b = binary.BigEndian.AppendUint32(b, mask(t.seed^proof))
	return hex.EncodeToString(b)
}

// open is the inverse of seal.
func (t *tokens) open(shop int, kind uint64, text string) (generation uint32, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return 0, false
	}
	generation = binary.BigEndian.Uint32(b[8:]) ^ mask(binary.BigEndian.Uint64(b))
	return generation, t.seal(shop, kind, generation) == text
}

// mask hides a generation behind its proof.
func mask(proof uint64) uint32 { return uint32(world.Hash(proof)) } //nolint:gosec // half of it will do

// admit says whether an access token is good for a shop now.
func (t *tokens) admit(shop int, token string, now time.Time) *refusal {
	generation, ok := t.open(shop, kindAccess, token)
	if !ok {
		return errToken
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.catchUp(generation)
	switch {
	case generation == g.generation && now.Before(g.begun.Add(t.ttl)):
		return nil
	case generation+1 == g.generation && now.Before(g.previous):
		return nil
	}
	return errTokenOver
}

// catchUp takes a pair for current that a server before this one gave out. It begins when this server did, or when the last
// pair was given out.
func (g *grants) catchUp(generation uint32) {
	if generation > g.generation {
		g.generation, g.previous = generation, time.Time{}
	}
}

// renew gives out the next pair. The access token before goes on for a while, not beyond its own end.
func (t *tokens) renew(g *grants, now time.Time) {
	g.previous = now.Add(grace)
	if end := g.begun.Add(t.ttl); end.Before(g.previous) {
		g.previous = end
	}
	g.generation++
	g.begun = now
}

// redeem uses a code up and gives out a pair.
func (t *tokens) redeem(shop int, code string, now time.Time) (generation uint32, refused *refusal) {
	n, ok := t.open(shop, kindCode, code)
	if !ok {
		return 0, errCode
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	if n != g.code || g.codeUsed || !now.Before(g.codeBegun.Add(codeTTL)) {
		return 0, errCodeOver
	}
	g.codeUsed = true
	t.renew(g, now)
	return g.generation, nil
}

// refresh uses a refresh token up and gives out a pair.
func (t *tokens) refresh(shop int, token string, now time.Time) (generation uint32, refused *refusal) {
	n, ok := t.open(shop, kindRefresh, token)
	if !ok {
		for other := range t.shops {
			if _, ok := t.open(other, kindRefresh, token); ok {
				return 0, errRefreshShop
			}
		}
		return 0, errRefresh
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.catchUp(n)
	switch {
	case n != g.generation:
		return 0, errRefresh
	case !now.Before(g.begun.Add(refreshTTL)):
		return 0, errRefreshOver
	}
	t.renew(g, now)
	return g.generation, nil
}

// consent gives out a code, as a seller's consent does. It takes the place of the shop's code before.
func (t *tokens) consent(shop int, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.shops[shop]
	g.code++
	g.codeBegun, g.codeUsed = now, false
	return t.seal(shop, kindCode, g.code)
}
