package world

import "iter"

// Tell yields the rows that a query selects, shop by shop, until yield returns false: of the one shop that it names, which find
// knows by its id, or of all, which are numbered from 0. rows gives what one shop has of the query's kind.
func Tell(q Query, shops int, find func(id string) (int, error), rows func(shop int) (iter.Seq[Row], error), yield func(Row) bool) error {
	first, end := 0, shops
	if q.ShopID != "" {
		shop, err := find(q.ShopID)
		if err != nil {
			return err
		}
		first, end = shop, shop+1
	}
	for shop := first; shop < end; shop++ {
		all, err := rows(shop)
		if err != nil {
			return err
		}
		for row := range all {
			if !yield(row) {
				return nil
			}
		}
	}
	return nil
}
