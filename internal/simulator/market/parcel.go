package market

import (
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// ParcelStatus is where a package is. All packages of an order move together.
type ParcelStatus uint8

// The statuses of packages.
const (
	ParcelReady     ParcelStatus = iota // to be packed
	ParcelRequested                     // the carrier was asked to come
	ParcelMissed                        // and did not come
	ParcelMoving
	ParcelDelivered
	ParcelFailed // on its way back to the seller
	ParcelVoid   // the order was cancelled before it was sent
)

// EventKind is what happened to a package.
type EventKind uint8

// The kinds of events, in the order they come in.
const (
	EventCreated EventKind = iota
	EventRequested
	EventMissed
	EventPickedUp
	EventHub // passed a sorting centre
	EventOutForDelivery
	EventDelivered
	EventFailed
	EventVoided
)

// Event is one thing that happened to a package.
type Event struct {
	At   int64
	Kind EventKind
}

// Parcel is one package of an order at one moment.
type Parcel struct {
	Key      uint64
	Ordinal  int
	Status   ParcelStatus
	Create   int64
	Update   int64   // the last event
	Digits   string  // of its tracking number, twelve; "" until the carrier was asked
	Events   []Event // so far, oldest first
	PickedUp int64   // 0: not yet
}

// Parcels are an order's packages as they are at the order's moment; none while there is nothing to ship.
func (m *Market) Parcels(o *Order, b *Basket) []Parcel {
	if o.Reached(o.Life.Ready) == 0 {
		return nil
	}
	parcels := make([]Parcel, b.Parcels)
	for i := range parcels {
		p := Parcel{Key: world.Hash(o.Key, streamParcel, uint64(i)), Ordinal: i, Status: o.parcelStatus(), Create: o.Life.Ready}
		r := world.NewRand(p.Key)
		digits := world.Decimal(100_000_000_000+r.Below(899_999_999_999), 0)
		if at := o.Life.Began(Processed); at != 0 && at <= o.Now {
			p.Digits = digits
		}
		p.PickedUp = o.Reached(o.Life.Sent)
		p.Events = o.events(&r)
		p.Update = p.Events[len(p.Events)-1].At
		parcels[i] = p
	}
	return parcels
}

// events are what happened up to the order's moment.
func (o *Order) events(r *world.Rand) []Event {
	l := &o.Life
	events := []Event{{l.Ready, EventCreated}}
	add := func(at int64, kind EventKind) {
		if at != 0 {
			events = append(events, Event{at, kind})
		}
	}
	add(l.Began(Processed), EventRequested)
	add(l.Began(Retry), EventMissed)
	add(l.Sent, EventPickedUp)
	arrival := l.Here
	if l.Fate == Undelivered {
		arrival = l.Began(Cancelled)
	}
	if l.Sent != 0 && arrival != 0 {
		hubs := r.Between(1, 4)
		for hub := int64(1); hub <= hubs; hub++ {
			add(l.Sent+(arrival-l.Sent-4*Hour)*hub/(hubs+1)+r.Below(30*Minute), EventHub)
		}
		add(arrival-3*Hour+r.Below(Hour), EventOutForDelivery)
	}
	switch {
	case l.Here != 0:
		add(l.Here, EventDelivered)
	case l.Fate == Undelivered:
		add(arrival, EventFailed)
	default:
		add(l.Began(Cancelled), EventVoided)
	}
	return slices.DeleteFunc(events, func(e Event) bool { return e.At > o.Now })
}

func (o *Order) parcelStatus() ParcelStatus {
	switch o.Status {
	case Processed:
		return ParcelRequested
	case Retry:
		return ParcelMissed
	case Shipped:
		return ParcelMoving
	case Delivered, Returning, Completed:
		return ParcelDelivered
	case Cancelled:
		if o.Life.Fate == Undelivered {
			return ParcelFailed
		}
		return ParcelVoid
	case Unpaid, Held, ToShip, Cancelling:
	}
	return ParcelReady
}
