package shopee

import (
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// itemStatuses are the words that get_item_list takes and answers.
var itemStatuses = [...]string{"NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"}

// itemStatus is the platform's word for what became of a product.
func itemStatus(s *market.Shelf) string {
	switch s.Status {
	case market.Listed:
	case market.Unlisted:
		return "UNLIST"
	case market.Reviewing:
		return "REVIEWING"
	case market.Banned:
		return "BANNED"
	case market.Deleted:
		if s.Key>>8&1 == 0 {
			return "SHOPEE_DELETE"
		}
		return "SELLER_DELETE"
	}
	return "NORMAL"
}

// items answers get_item_list.
func (a *API) items(c *call, w *wire.Writer) *refusal {
	begin, refused := c.integer("offset", 0, 1<<31)
	if refused != nil {
		return refused
	}
	size, refused := c.integer("page_size", 1, maxPage)
	if refused != nil {
		return refused
	}
	updated, refused := a.span(c, "update_time", spanRule{swapped: usualSpan.swapped})
	if refused != nil {
		return refused
	}
	wanted := c.query["item_status"]
	if len(wanted) == 0 {
		return badParam("item_status is missing")
	}
	for _, status := range wanted {
		if !slices.Contains(itemStatuses[:], status) {
			return badParam("item_status is unknown")
		}
	}
	first, room := begin, size
	switch c.fault {
	case world.FaultEmptyMore:
		room = 0
	case world.FaultDuplicate: // the last row of the page before stands before the page's rows, and takes one's place
		first--
		room = max(size, 2)
	}
	total, next := int64(0), begin
	w.Name("response").Open('{')
	w.Name("item").Open('[')
	for s := range a.world.Products(c.shop, c.now) {
		if !updated.holds(s.Update) || !slices.Contains(wanted, itemStatus(s)) {
			continue
		}
		if total >= first && total < first+room {
			writeListedItem(w, s)
			next = total + 1
		}
		total++
	}
	w.Close(']')
	more := next < total
	switch {
	case c.fault == world.FaultSame:
		next, more = begin, true
	case c.fault == world.FaultEmptyMore:
		more = true
	case !more:
		next = 0
	}
	w.Name("total_count").Int(total)
	w.Name("has_next_page").Bool(more)
	w.Name("next_offset").Int(next)
	w.Close('}')
	return nil
}

// writeListedItem leaves the tag out for some, as the platform does.
func writeListedItem(w *wire.Writer, s *market.Shelf) {
	w.Open('{')
	w.Name("item_id").Int(s.ID)
	w.Name("item_status").Text(itemStatus(s))
	w.Name("update_time").Int(s.Update)
	if s.Key>>12&3 != 0 {
		w.Name("tag").Open('{')
		w.Name("kit").Bool(false)
		w.Close('}')
	}
	w.Close('}')
}

// itemRow is the truth about a product.
func (w *World) itemRow(s *market.Shelf) world.Row {
	return world.Row{
		ShopID: w.shopText(s.Shop), ID: strconv.FormatInt(s.ID, 10), CreateTime: s.Create, UpdateTime: s.Update,
		Status: itemStatus(s), Places: w.RegionOf(s.Shop).Places, Lines: max(s.Variants, 1), Quantity: s.TotalStock(),
	}
}
