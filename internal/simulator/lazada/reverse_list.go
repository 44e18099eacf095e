package lazada

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const reversesOfPage = 100

// reverseQuery is what a caller of getreverseordersforseller asked for.
type reverseQuery struct {
	page
	number                   int
	ordered, created, edited span // of the order, of the reverse order's creation and of its last change
	filters                  []reverseFilter
}

// reverseFilter is a parameter that names one or more values.
type reverseFilter struct {
	values []string
	of     func(r *reverse) string
}

// millis reads <name>Start and <name>End in milliseconds.
func (a *API) millis(c *call, name string) (span, *refusal) {
	s := span{to: forever}
	start, end := c.params.Get(name+"Start"), c.params.Get(name+"End")
	if start != "" {
		n, err := strconv.ParseInt(start, 10, 64)
		if err != nil || n < 0 {
			return s, errReverse
		}
		if s.from = (n + 999) / 1000; a.endsOutside {
			s.from = n/1000 + 1
		}
	}
	if end != "" {
		n, err := strconv.ParseInt(end, 10, 64)
		if err != nil || n < 0 {
			return s, errReverse
		}
		if s.to = n/1000 + 1; a.endsOutside {
			s.to = (n + 999) / 1000
		}
	}
	s.given = start != "" || end != ""
	return s, nil
}

func (a *API) reverseQuery(c *call) (*reverseQuery, *refusal) {
	q := &reverseQuery{}
	for _, name := range []string{"page_no", "page_size"} {
		if c.params.Get(name) == "" {
			return nil, missing(name)
		}
	}
	var ok bool
	if q.number, ok = c.number("page_no", 1, 1, 1<<31); !ok {
		return nil, errReverse
	}
	if q.size, ok = c.number("page_size", 10, 1, reversesOfPage); !ok {
		return nil, errReverse
	}
	q.skip = (q.number - 1) * q.size
	for name, to := range map[string]*span{
		"TradeOrderLineCreatedTimeRange": &q.ordered, "ReverseOrderLineTimeRange": &q.created, "ReverseOrderLineModifiedTimeRange": &q.edited,
	} {
		var refused *refusal
		if *to, refused = a.millis(c, name); refused != nil {
			return nil, refused
		}
	}
	for name, of := range reverseFilters {
		if text := c.params.Get(name); text != "" {
			values := strings.Split(strings.NewReplacer("[", "", "]", "", `"`, "", " ", "").Replace(text), ",")
			q.filters = append(q.filters, reverseFilter{values, of})
		}
	}
	return q, nil
}

// reverseFilters are what a reverse order has for each parameter that names values.
var reverseFilters = map[string]func(r *reverse) string{
	"request_type_list":   func(r *reverse) string { return r.kind },
	"ofc_status_list":     func(r *reverse) string { return r.ofc },
	"reverse_status_list": func(r *reverse) string { return r.status },
	"reverse_order_id":    func(r *reverse) string { return idText(r.id) },
	"trade_order_id":      func(r *reverse) string { return idText(r.view.world.orderID(r.view.Ref)) },
	"dispute_in_progress": func(r *reverse) string { return strconv.FormatBool(r.disputed) },
	"return_to_type": func(r *reverse) string {
		if r.kind == "RETURN" {
			return "RTM"
		}
		return ""
	},
}

func (q *reverseQuery) wants(r *reverse) bool {
	return q.ordered.holds(r.view.Create) && q.created.holds(r.create) && q.edited.holds(r.update) &&
		!slices.ContainsFunc(q.filters, func(f reverseFilter) bool { return !slices.Contains(f.values, f.of(r)) })
}

// reverseOrders answers reverse/getreverseordersforseller.
func (a *API) reverseOrders(c *call, w *wire.Writer) *refusal {
	q, refused := a.reverseQuery(c)
	if refused != nil {
		return refused
	}
	window := market.Window{Shop: c.shop, From: q.created.from, To: q.created.to}
	if q.edited.given && !q.created.given {
		window.ByUpdate, window.From, window.To = true, q.edited.from, q.edited.to
	}
	size := q.size
	if c.fault == world.FaultEmptyMore {
		size = 0
	}
	total := 0
	w.Name("result").Open('{')
	w.Name("items").Open('[')
	for r := range a.world.reversesIn(window, c.now) {
		if !q.wants(r) {
			continue
		}
		if total >= q.skip && total < q.skip+size {
			r.write(w)
		}
		total++
	}
	w.Close(']')
	if c.fault == world.FaultEmptyMore {
		total = max(total, q.skip+1)
	}
	w.Name("success").Bool(true)
	w.Name("page_no").Int(int64(q.number))
	w.Name("page_size").Int(int64(q.size))
	w.Name("total").Int(int64(total))
	w.Close('}')
	return nil
}

// write writes the row of the list.
func (r *reverse) write(w *wire.Writer) {
	w.Open('{')
	r.writeHead(w)
	w.Name("reverse_order_lines").Open('[')
	for i := range r.lines {
		l := &r.lines[i]
		s, p := r.sku(l)
		w.Open('{')
		r.writeLine(w, l)
		w.Member("seller_sku_id", s.seller)
		w.Member("platform_sku_id", s.shop)
		w.Name("product").Open('{')
		w.Member("product_id", idText(p.ID))
		w.Member("product_sku", idText(s.id))
		w.Close('}')
		w.Name("buyer").Open('{')
		w.Name("buyer_id").Int(r.view.person.ID)
		w.Close('}')
		w.Member("refund_payment_method", "Wallet")
		w.Member("whqc_decision", "")
		w.Member("receiver_address", "")
		w.Member("sla", "")
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
}
