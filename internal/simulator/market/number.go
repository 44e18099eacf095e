package market

import "github.com/shopstream/shopstream/internal/simulator/world"

const (
	half      = 36 * 36 * 36 * 36 // numbers are a pair below half, which is eight base 36 digits
	indexBits = 25
	maxIndex  = 1<<indexBits - 1 // orders of a shop and day
	maxShops  = 1 << 16

	unitBits   = 6      // lines or units of an order
	numericDay = 14_000 // 2008-05-01, the first day with decimal ids
)

// Number turns an order's shop and index into a value below 36^8 that shows neither, one to one on its day.
func (m *Market) Number(at Ref) int64 {
	x := int64(at.Shop)<<indexBits | int64(at.Index)
	l, r := x/half, x%half
	for round := range uint64(4) {
		l, r = r, (l+m.scramble(at.Day, round, r))%half
	}
	return l*half + r
}

// Locate is the inverse of Number, whether or not there is such an order. The number must be below 36^8.
func (m *Market) Locate(day, number int64) Ref {
	l, r := number/half, number%half
	for round := uint64(4); round > 0; round-- {
		l, r = (r-m.scramble(day, round-1, l)+half)%half, l
	}
	x := l*half + r
	return Ref{Shop: int(x >> indexBits), Day: day, Index: int(x & maxIndex)}
}

func (m *Market) scramble(day int64, round uint64, v int64) int64 {
	return int64(world.Hash(m.key, streamNumber, uint64(day), round, uint64(v)) % half) //nolint:gosec // below half
}

// DecimalID is an order's id as 19 digits: lead (10 to 91), the day, and its number.
func (m *Market) DecimalID(lead int64, r Ref) int64 {
	return (lead*10_000+r.Day-numericDay)*decimals + m.Number(r)
}

// LocateDecimal is the inverse of DecimalID; false if the id is none of this lead.
func (m *Market) LocateDecimal(lead, id int64) (Ref, bool) {
	day := id/decimals - lead*10_000
	if day < 0 || day >= 10_000 || id%decimals >= half*half {
		return Ref{}, false
	}
	return m.Locate(day+numericDay, id%decimals), true
}

const decimals = 10_000_000_000_000

// UnitID is unique over all orders of a market and their lines or units, of which there are at most 64. Ids are above 2^53.
func UnitID(r Ref, unit int) int64 {
	return ((r.Day-numericDay)<<16|int64(r.Shop))<<(indexBits+unitBits) | int64(r.Index)<<unitBits | int64(unit)
}

// UnitOf is the inverse of UnitID, whether or not there is such an order.
func UnitOf(id int64) (order Ref, unit int) {
	x := id >> unitBits
	order = Ref{Shop: int(x >> indexBits & (maxShops - 1)), Day: x>>(indexBits+16) + numericDay, Index: int(x & maxIndex)}
	return order, int(id & (1<<unitBits - 1))
}
