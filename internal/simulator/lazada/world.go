package lazada

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The platform's own streams of randomness.
const (
	streamApp  uint64 = 100
	streamShop uint64 = 101
)

// The leads of ids, which tell what an id is of.
const (
	leadOrder        = 41
	leadCancellation = 50
	leadReturn       = 51 // and the one after it of an order's second return
)

// World is the market as this platform shows it.
type World struct{ *market.Market }

func newWorld(s market.Setup) *World {
	rules := market.Rules{Regions: []market.Region{market.VN, market.SG}, Vouchers: true}
	return &World{market.New(market.PlatformKey(s.Seed, "lazada"), s, rules)}
}

// channelOf is the sales channel a shop belongs to.
func (w *World) channelOf(shop int) string { return "lazada-" + strings.ToLower(w.RegionOf(shop).Code) }

// shopID is the platform's seller_id of a shop.
func (w *World) shopID(shop int) string {
	return strconv.FormatUint(1_000_000_000+world.Hash(w.Key(), streamShop)%900_000_000+uint64(shop)*6089, 10) //nolint:gosec // not negative
}

// shopOf is the inverse of shopID.
func (w *World) shopOf(id string) (shop int, ok bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, false
	}
	first, _ := strconv.ParseInt(w.shopID(0), 10, 64)
	shop = int((n - first) / 6089)
	return shop, n >= first && shop < w.Shops() && w.shopID(shop) == id
}

// shortCode is the seller's short name, which statements begin with.
func (w *World) shortCode(shop int) string {
	return w.RegionOf(shop).Code + "1" + strings.ToUpper(strconv.FormatUint(36*36+world.Hash(w.Key(), streamShop, uint64(shop))%(34*36*36), 36)) //nolint:gosec // not negative
}

// shopName is what the seller calls a shop.
func (w *World) shopName(shop int) string {
	return "Gian hàng " + w.RegionOf(shop).Code + " " + strconv.Itoa(shop+1)
}

func (w *World) appKey() string {
	return strconv.FormatUint(100_000+world.Hash(w.Key(), streamApp)%900_000, 10)
}

func (w *World) appSecret() string {
	r := world.NewRand(world.Hash(w.Key(), streamApp, 1))
	return r.Base36(32)
}

// orderID is an order's id and number. It has nineteen digits, more than a float64 can hold.
func (w *World) orderID(at market.Ref) int64 { return w.DecimalID(leadOrder, at) }

// find is the order of an id as it is at now, if this shop has created it.
func (w *World) find(shop int, id, now int64) (market.Order, bool) {
	at, ok := w.LocateDecimal(leadOrder, id)
	if !ok || at.Shop != shop {
		return market.Order{}, false
	}
	return w.Find(at, now)
}
