package market

// Party is who does something to an order.
type Party uint8

// The parties.
const (
	Buyer Party = iota
	Seller
	System   // the platform's clockwork
	Operator // the platform's people, the carrier's too
)

// Cancellation is how an order came to be cancelled, or is about to.
type Cancellation struct {
	By    Party
	Asked int64 // when
	Done  int64 // when the order was cancelled; 0: not yet
	Paid  bool  // the buyer had paid and gets the order's total back
}

// Cancellation is the order's; false if nobody asked for one so far.
func (o *Order) Cancellation() (Cancellation, bool) {
	l := &o.Life
	c := Cancellation{Asked: l.Began(Cancelling), Done: l.Began(Cancelled)}
	if c.Asked == 0 {
		c.Asked = c.Done
	}
	if c.Asked == 0 || c.Asked > o.Now {
		return Cancellation{}, false
	}
	c.Done = o.Reached(c.Done)
	c.Paid = l.Paid != 0 && l.Paid <= c.Asked
	switch l.Fate {
	case BuyerCancels:
		c.By = Buyer
	case SellerCancels:
		c.By = Seller
	case NeverPaid:
		c.By = System
	case Undelivered:
		c.By = Operator
	case Kept, Returned:
	}
	return c, true
}
