package shopee

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The platform's own streams of randomness.
const (
	streamApp     uint64 = 1
	streamShop    uint64 = 2
	streamPackage uint64 = 12
	streamCursor  uint64 = 14
)

// World is the market as this platform shows it.
type World struct{ *market.Market }

func newWorld(s market.Setup) *World {
	key := world.Hash(uint64(s.Seed)) //nolint:gosec // keys wrap
	return &World{market.New(key, s, market.Rules{Regions: []market.Region{market.VN, market.SG}})}
}

// channelOf is the sales channel a shop belongs to.
func (w *World) channelOf(shop int) string { return "shopee-" + strings.ToLower(w.RegionOf(shop).Code) }

// shopID is the platform's id of a shop.
func (w *World) shopID(shop int) int64 {
	base := int64(world.Hash(w.Key(), streamShop) % 400_000_000)
	return 100_000_000 + base + int64(shop)*7919
}

// shopText is shopID as records have it.
func (w *World) shopText(shop int) string { return strconv.FormatInt(w.shopID(shop), 10) }

// shopOf is the inverse of shopID.
func (w *World) shopOf(id int64) (shop int, ok bool) {
	n := id - w.shopID(0)
	if n < 0 || n%7919 != 0 || n/7919 >= int64(w.Shops()) {
		return 0, false
	}
	return int(n / 7919), true
}

func (w *World) partnerID() string {
	return strconv.FormatUint(2_000_000+world.Hash(w.Key(), streamApp)%900_000, 10)
}

// partnerKey looks like hexadecimal and is used as the text it is.
func (w *World) partnerKey() string {
	r := world.NewRand(world.Hash(w.Key(), streamApp, 1))
	return r.Hex(64)
}

// find is the order of a number as it is at now, if this shop has created it.
func (w *World) find(shop int, sn string, now int64) (market.Order, bool) {
	at, ok := w.parseSN(sn)
	if !ok || at.Shop != shop {
		return market.Order{}, false
	}
	return w.Find(at, now)
}
