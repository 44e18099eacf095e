package shopee

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	digits36      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	highestNumber = 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36
)

// append36 writes a number below highestNumber as eight digits and capital letters.
func append36(b []byte, n int64) []byte {
	for div := int64(highestNumber / 36); div > 0; div /= 36 {
		b = append(b, digits36[n/div%36])
	}
	return b
}

// parse36 reads digits and capital letters.
func parse36(text string) (n int64, ok bool) {
	for _, c := range text {
		if c >= 'a' {
			return 0, false // ParseUint takes both cases, a number has one
		}
	}
	u, err := strconv.ParseUint(text, 36, 63)
	return int64(u), err == nil
}

// sn is an order's number: the day it was created on as YYMMDD, and eight digits and capital letters.
func (w *World) sn(at market.Ref) string {
	return string(append36(market.DayStart(at.Day).AppendFormat(make([]byte, 0, 14), "060102"), w.Number(at)))
}

// parseSN reads an order number of this world back, whether or not the order exists.
func (w *World) parseSN(sn string) (at market.Ref, ok bool) {
	if len(sn) != 14 {
		return market.Ref{}, false
	}
	date, err := time.ParseInLocation("060102", sn[:6], market.Zone)
	n, ok := parse36(sn[6:])
	if err != nil || !ok {
		return market.Ref{}, false
	}
	return w.Locate(market.DayOf(date.Unix()), n), true
}

// packageNumber is unique over all shops: OFG, the day, the order and which of its packages.
func (w *World) packageNumber(at market.Ref, ordinal int) string {
	b := append(make([]byte, 0, 24), "OFG"...)
	b = strconv.AppendInt(b, 10_000+at.Day-firstNumberedDay, 10)
	n := w.Number(at)
	for div := int64(1_000_000_000_000); div > 0; div /= 10 {
		b = append(b, byte('0'+n/div%10))
	}
	return string(strconv.AppendInt(b, int64(ordinal+1), 10))
}

// lineID is unique over all shops and lines, and above 2^53 from the tenth day counted on.
func lineID(at market.Ref, line int) int64 {
	return ((at.Day-firstNumberedDay)<<16|int64(at.Shop))<<29 | int64(at.Index)<<4 | int64(line)
}

const firstNumberedDay = 18_000 // 2019-04-14

// bookingSN is shaped like an order number and is none.
func bookingSN(o *market.Order) string {
	r := world.NewRand(o.Key)
	return market.DayStart(o.Day).Format("060102") + strings.ToUpper(r.Base36(8))
}
