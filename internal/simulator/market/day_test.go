package market

import "testing"

func TestCreationAscendsWithinADay(t *testing.T) {
	t.Parallel()
	for _, perDay := range []int{1, 2, 7, 150, 30_000} {
		m := testMarket(2, 20, perDay)
		for number := DayOf(noon) - int64(20*150/max(perDay, 150)); number <= DayOf(noon); number++ {
			d := m.day(1, number)
			for i := 1; i < d.orders; i++ {
				if d.create(i) < d.create(i-1) {
					t.Fatalf("%d a day: order %d of day %d is older than the one before", perDay, i, number)
				}
			}
			if d.orders < 2 {
				continue
			}
			if first, last := d.create(0), d.create(d.orders-1); first != DayBegin(number) || last != DayBegin(number+1)-1 {
				t.Errorf("%d a day: edges of day %d are %d and %d", perDay, number, first, last)
			}
		}
	}
}
