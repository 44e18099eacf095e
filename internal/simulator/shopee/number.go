package shopee

import (
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	half      = 36 * 36 * 36 * 36 // numbers are a pair below half, which is eight base 36 digits
	indexBits = 25
	maxIndex  = 1<<indexBits - 1 // orders of a shop and day
	maxShops  = 1 << 16
)

// number turns (shop, index) into a value below 36^8 that shows neither, one to one.
func (w *World) number(day int64, shop, index int) int64 {
	x := int64(shop)<<indexBits | int64(index)
	l, r := x/half, x%half
	for round := range uint64(4) {
		l, r = r, (l+w.scramble(day, round, r))%half
	}
	return l*half + r
}

// unnumber is the inverse of number.
func (w *World) unnumber(day, number int64) (shop, index int) {
	l, r := number/half, number%half
	for round := uint64(4); round > 0; round-- {
		l, r = (r-w.scramble(day, round-1, l)+half)%half, l
	}
	x := l*half + r
	return int(x >> indexBits), int(x & maxIndex)
}

func (w *World) scramble(day int64, round uint64, v int64) int64 {
	return int64(world.Hash(w.seed, streamNumber, uint64(day), round, uint64(v)) % half) //nolint:gosec // below half
}

// appendSN writes an order number: the day it was created on as YYMMDD, and eight digits and capital letters.
func (w *World) appendSN(b []byte, day int64, shop, index int) []byte {
	b = dayStart(day).AppendFormat(b, "060102")
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	n := w.number(day, shop, index)
	for div := int64(half * half / 36); div > 0; div /= 36 {
		b = append(b, digits[n/div%36])
	}
	return b
}

// parseSN reads an order number of this world back, whether or not the order exists.
func (w *World) parseSN(sn string) (day int64, shop, index int, ok bool) {
	if len(sn) != 14 {
		return 0, 0, 0, false
	}
	date, err := time.ParseInLocation("060102", sn[:6], zone)
	if err != nil {
		return 0, 0, 0, false
	}
	for _, c := range sn[6:] {
		if c >= 'a' {
			return 0, 0, 0, false // ParseUint takes both cases, a number has one
		}
	}
	n, err := strconv.ParseUint(sn[6:], 36, 63)
	if err != nil {
		return 0, 0, 0, false
	}
	day = dayOf(date.Unix())
	shop, index = w.unnumber(day, int64(n))
	return day, shop, index, true
}

// packageNumber is unique over all shops: OFG, the day, the order and which of its packages.
func (w *World) appendPackageNumber(b []byte, o *order, ordinal int) []byte {
	b = append(b, "OFG"...)
	b = strconv.AppendInt(b, 10_000+o.day-firstNumberedDay, 10)
	n := w.number(o.day, o.shop, o.index)
	for div := int64(1_000_000_000_000); div > 0; div /= 10 {
		b = append(b, byte('0'+n/div%10))
	}
	return strconv.AppendInt(b, int64(ordinal+1), 10)
}

// lineID is unique over all shops and lines, and above 2^53 from the tenth day counted on.
func lineID(o *order, line int) int64 {
	return ((o.day-firstNumberedDay)<<16|int64(o.shop))<<(indexBits+4) | int64(o.index)<<4 | int64(line)
}

const firstNumberedDay = 18_000 // 2019-04-14
