package tiktok

import (
	"cmp"
	"iter"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Spans that are longer than what lies between an order's creation and ...
const (
	longestWait = 2 * market.Date  // the creation of its packages
	longestLife = 20 * market.Date // its last change, and that of its packages
)

var packageList = listRule{
	least: 1, most: 50, sorts: []string{"create_time", "update_time", "order_pay_time"}, descending: true,
}

// searchPackages answers the list of packages.
func (a *API) searchPackages(c *call, w *wire.Writer) *refusal {
	f, refused := c.filter()
	if refused != nil {
		return refused
	}
	if refused := c.oneOf("package_status", f.PackageStatus, packageNames[:]...); refused != nil {
		return refused
	}
	created, updated, refused := c.spans(f)
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, packageList)
	if refused != nil {
		return refused
	}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for o, parcels := range a.world.packed(c.shop, created, updated, c.now) {
			for i := range parcels {
				p := &parcels[i]
				if !updated.holds(p.Update) || f.PackageStatus != "" && f.PackageStatus != packageNames[p.Status] {
					continue
				}
				at := market.Position{At: p.Create, Ref: o.Ref, Ordinal: i}
				switch l.sort {
				case "update_time":
					at.At = p.Update
				case "order_pay_time":
					at.At = o.Reached(o.Life.Paid)
				}
				if !yield(at) {
					return
				}
			}
		}
	})
	l.write(c, w, p, "packages", true, func(at market.Position) {
		if o, ok := a.world.Find(at.Ref, c.now); ok {
			a.world.view(&o).writeFoundPackage(w, at.Ordinal)
		}
	})
	return nil
}

// packed are the orders of a shop that have a package, created in one span and last changed in the other, with all their
// packages. All packages of an order are created together.
func (w *World) packed(shop int, created, updated span, now int64) iter.Seq2[*market.Order, []market.Parcel] {
	window := market.Window{Shop: shop, From: created.from - longestWait, To: created.to}
	if created == always && updated != always {
		window.From, window.To = updated.from-longestLife, updated.to
	}
	return func(yield func(*market.Order, []market.Parcel) bool) {
		for o := range w.Orders(window, now, market.Newest) {
			ready, here := o.Reached(o.Life.Ready), o.Reached(o.Life.Here)
			if ready == 0 || !created.holds(ready) || here != 0 && !updated.holds(here) {
				continue // most orders: their baskets cost time
			}
			b := w.Basket(o)
			parcels := w.Parcels(o, &b)
			changed := slices.ContainsFunc(parcels, func(p market.Parcel) bool { return updated.holds(p.Update) })
			if changed && !yield(o, parcels) {
				return
			}
		}
	}
}

// writeFoundPackage writes a package as the search has it.
func (v *view) writeFoundPackage(w *wire.Writer, parcel int) {
	p, carrier := &v.parcels[parcel], v.provider()
	w.Open('{')
	w.Member("id", v.packageID(parcel))
	w.Member("status", packageNames[p.Status])
	w.Name("orders").Open('[')
	w.Open('{')
	w.Member("id", v.world.id(leadOrder, v.Ref))
	w.Name("skus").Open('[')
	for i := range v.basket.Lines {
		l := &v.basket.Lines[i]
		if l.Parcel != parcel {
			continue
		}
		w.Open('{')
		w.Member("id", skuID(&l.Product, l.Variant))
		w.Member("name", l.Product.Name+" "+skuName(l))
		w.Member("image_url", imageURL(l.Product.Images()[0]))
		w.Name("quantity").Int(l.Quantity)
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	w.Close(']')
	w.Name("create_time").Int(p.Create)
	w.Name("update_time").Int(p.Update)
	w.Member("tracking_number", trackingNumber(p))
	if p.Digits != "" {
		w.Member("shipping_provider_name", carrier.name)
		w.Member("shipping_provider_id", carrier.id)
	}
	w.Name("order_line_item_ids").Open('[')
	unit := 0
	for i := range v.basket.Lines {
		for range v.basket.Lines[i].Quantity {
			if v.basket.Lines[i].Parcel == parcel {
				w.Text(unitID(v.Ref, unit))
			}
			unit++
		}
	}
	w.Close(']')
	w.Close('}')
}

// trackingRow is the truth about where an order is: its status is that of its packages, which move together.
func (w *World) trackingRow(o *market.Order, parcels []market.Parcel) world.Row {
	return world.Row{
		ShopID: w.shopText(o.Shop), ID: w.id(leadOrder, o.Ref), CreateTime: o.Create, UpdateTime: o.Update,
		Status: packageNames[parcels[0].Status], Places: w.RegionOf(o.Shop).Places, Lines: len(parcels),
	}
}

// eventTexts are what buyers read about a package.
var eventTexts = [...]string{
	market.EventCreated:        "The seller is preparing your package.",
	market.EventRequested:      "Your package is waiting to be picked up.",
	market.EventMissed:         "The carrier could not pick up your package and will try again.",
	market.EventPickedUp:       "Your package was picked up by the carrier.",
	market.EventHub:            "Your package passed a sorting centre.",
	market.EventOutForDelivery: "Your package is out for delivery.",
	market.EventDelivered:      "Your package was delivered.",
	market.EventFailed:         "Your package could not be delivered and goes back to the seller.",
	market.EventVoided:         "The shipment was cancelled.",
}

// tracking answers what happened to an order's packages, newest first. It does not say to which of them.
func (a *API) tracking(c *call, w *wire.Writer) *refusal {
	o, ok := a.world.find(c.shop, c.request.PathValue("order_id"), c.now)
	if !ok {
		return errNoOrder
	}
	b := a.world.Basket(&o)
	type event struct {
		millis int64
		kind   market.EventKind
	}
	var events []event
	for _, p := range a.world.Parcels(&o, &b) {
		for _, e := range p.Events {
			millis := int64(world.Hash(p.Key, uint64(e.At)) % 1000) //nolint:gosec // not negative
			events = append(events, event{e.At*1000 + millis, e.Kind})
		}
	}
	slices.SortFunc(events, func(x, y event) int { return cmp.Or(cmp.Compare(y.millis, x.millis), cmp.Compare(y.kind, x.kind)) })
	if len(events) == 0 {
		return nil
	}
	w.Name("tracking").Open('[')
	for _, e := range events {
		w.Open('{')
		w.Member("description", eventTexts[e.kind])
		w.Name("update_time_millis").Int(e.millis)
		w.Close('}')
	}
	w.Close(']')
	return nil
}
