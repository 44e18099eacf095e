package tiktok

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The platform's own streams of randomness.
const (
	streamShop   uint64 = 100
	streamApp    uint64 = 101
	streamCipher uint64 = 102
	streamToken  uint64 = 103
	streamPage   uint64 = 104
	streamPayout uint64 = 105
)

// name is the platform's in records.
const name = "tiktok"

// World is the market as this platform shows it.
type World struct{ *market.Market }

func newWorld(s market.Setup) *World {
	return &World{market.New(market.PlatformKey(s.Seed, name), s, market.Rules{
		Regions: []market.Region{market.VN, market.SG}, Vouchers: true,
	})}
}

// channelOf is the sales channel a shop belongs to.
func (w *World) channelOf(shop int) string {
	return name + "-" + strings.ToLower(w.RegionOf(shop).Code)
}

// shopStep lies between the ids of two shops.
const shopStep = 7_727

// shopID is the platform's id of a shop.
func (w *World) shopID(shop int) int64 {
	base := int64(world.Hash(w.Key(), streamShop) % 900_000_000_000_000)
	return 7_494_000_000_000_000_000 + base + int64(shop)*shopStep
}

// shopText is shopID as records have it.
func (w *World) shopText(shop int) string { return strconv.FormatInt(w.shopID(shop), 10) }

// shopOf is the inverse of shopText.
func (w *World) shopOf(id string) (shop int, ok bool) {
	number, err := strconv.ParseInt(id, 10, 64)
	n := number - w.shopID(0)
	if err != nil || n < 0 || n%shopStep != 0 || n/shopStep >= int64(w.Shops()) {
		return 0, false
	}
	return int(n / shopStep), true
}

// shopName is what the seller calls a shop.
func (w *World) shopName(shop int) string {
	return "Tiệm " + w.RegionOf(shop).Code + " " + strconv.Itoa(shop+1)
}

const cipherLead = "ROW_"

// cipher is the handle that calls name a shop by. It shows neither the shop's id nor its number.
func (w *World) cipher(shop int) string {
	proof := world.Hash(w.Key(), streamCipher, uint64(shop)) //nolint:gosec // not negative
	b := binary.BigEndian.AppendUint64(nil, proof)
	b = binary.BigEndian.AppendUint32(b, uint32(shop)^w.mask(proof)) //nolint:gosec // below 2^16
	return cipherLead + base64.RawURLEncoding.EncodeToString(b)
}

// decipher is the inverse of cipher.
func (w *World) decipher(cipher string) (shop int, ok bool) {
	text, ok := strings.CutPrefix(cipher, cipherLead)
	b, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || len(b) != 12 {
		return 0, false
	}
	shop = int(binary.BigEndian.Uint32(b[8:]) ^ w.mask(binary.BigEndian.Uint64(b)))
	return shop, shop < w.Shops() && w.cipher(shop) == cipher
}

func (w *World) mask(proof uint64) uint32 {
	return uint32(world.Hash(w.Key(), streamCipher, proof, 1)) //nolint:gosec // half of it will do
}

// appKey is the id of the app that all shops gave their consent to.
func (w *World) appKey() string {
	r := world.NewRand(world.Hash(w.Key(), streamApp))
	return "6" + r.Base36(12)
}

func (w *World) appSecret() string {
	r := world.NewRand(world.Hash(w.Key(), streamApp, 1))
	return r.Hex(40)
}

// find is the order of an id as it is at now, if this shop has created it.
func (w *World) find(shop int, id string, now int64) (market.Order, bool) {
	number, err := strconv.ParseInt(id, 10, 64)
	at, ok := w.LocateDecimal(leadOrder, number)
	if err != nil || !ok || at.Shop != shop {
		return market.Order{}, false
	}
	return w.Find(at, now)
}
