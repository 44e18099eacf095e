package market

import (
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The streams of randomness: each aspect of the world draws from its own, so that one can change without the others. Numbers
// are never given out twice; those below 100 that are missing here are a platform's.
const (
	streamNumber     uint64 = 5
	streamDay        uint64 = 6
	streamSlot       uint64 = 7
	streamOrder      uint64 = 8
	streamLife       uint64 = 9
	streamBasket     uint64 = 10
	streamPerson     uint64 = 11
	streamItem       uint64 = 13
	streamShipping   uint64 = 15
	streamVoucher    uint64 = 16
	streamParcel     uint64 = 17
	streamProduct    uint64 = 18
	streamTouch      uint64 = 19
	streamReturn     uint64 = 20
	streamSettlement uint64 = 21
	streamCharge     uint64 = 22
)

// Setup is what every simulated platform is made of. All of it is required.
type Setup struct {
	Seed                      int64
	Shops, Days, OrdersPerDay int
	TokenTTL                  time.Duration
	ToExclusive               bool             // whether the end of a window is outside it, where the platform's documents are silent
	Start                     time.Time        // the day before which Days days have orders; when the first tokens begin
	Now                       func() time.Time // the world's clock
	Wall                      func() time.Time // the clock of signatures and tokens
}

// Market is the sellers of one platform and all that happens to them. It holds no order and is safe for concurrent use.
type Market struct {
	key          uint64
	shops        int
	days, perDay int
	first        int64 // the first day with orders
	rules        Rules
}

// Rules are how a platform's market differs from the others'.
type Rules struct {
	Regions  []Region // shop i sells in Regions[i % len]
	Vouchers bool     // whether the platform takes part of some prices and shipping fees upon itself
	Tax      int64    // percent of the subtotal that buyers pay on top of it
}

// New makes a market that depends on the key and the setup. It has orders from the Days-th calendar day before the one that
// holds Start, and on without end: what is not yet created at some moment is left out by who asks.
func New(key uint64, s Setup, r Rules) *Market {
	return &Market{
		key: key, shops: s.Shops, days: s.Days, perDay: s.OrdersPerDay, rules: r,
		first: DayOf(s.Start.Unix()) - int64(s.Days),
	}
}

// PlatformKey is a key that a platform may take: no two names share one.
func PlatformKey(seed int64, name string) uint64 {
	return world.HashText(world.Hash(uint64(seed)), name) //nolint:gosec // keys wrap
}

// Key is what the market was made with, for what a platform draws by itself.
func (m *Market) Key() uint64 { return m.key }

// Shops is how many shops there are, numbered from 0.
func (m *Market) Shops() int { return m.shops }

// RegionOf is where a shop sells.
func (m *Market) RegionOf(shop int) *Region { return &m.rules.Regions[shop%len(m.rules.Regions)] }
