package shopee

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops of tracking. A list names orders, whose parcels are read from the orders themselves. What the parcels are up to is
// a call for 50 parcels; in history mode it is followed by a call for each parcel that has left its seller.
const (
	TrackingOrderList = "tracking_order_list"
	TrackingOrders    = "tracking_orders"
	TrackingPackages  = "tracking_packages" // history mode: asks for parcels, and its answer says whose history to ask for
	TrackingHistory   = "tracking_history"  // history mode: asks for the history of a parcel that is not its order's last
	Tracking          = "tracking"          // the last call, whose page is about whole orders
)

const (
	packagesPath = "/api/v2/order/get_package_detail"
	historyPath  = "/api/v2/logistics/get_tracking_info"

	packageFields = "package_list"
)

// parcels are an order and the numbers of its parcels.
type parcels struct {
	order   row
	numbers []string
}

// readParcels reads the parcels of orders, of each order once.
func readParcels(orders []row) ([]parcels, error) {
	var all []parcels
	for _, order := range orders {
		if slices.ContainsFunc(all, func(p parcels) bool { return p.order.id == order.id }) {
			continue
		}
		p := parcels{order: order}
		list, _ := members(order.text, "package_list")
		if list[0] != nil {
			packages, err := readRows(list[0], "package_number")
			if err != nil {
				return nil, err
			}
			p.numbers = ids(packages)
		}
		all = append(all, p)
	}
	return all, nil
}

// readTrackingOrders drafts the calls for the orders' parcels, whole orders together as far as they fit. An order without
// parcels has nothing to track, so this answer is all that there is to say.
func (a *Adapter) readTrackingOrders(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, lacking, err := readOrders(t, data)
	if err != nil {
		return platform.Answer{}, err
	}
	all, err := readParcels(rows)
	if err != nil {
		return platform.Answer{}, err
	}
	op := Tracking
	if a.settings.History {
		op = TrackingPackages
	}
	answer := platform.Answer{Answered: []string{}}
	var batch []row
	count := 0
	flush := func() {
		if len(batch) > 0 {
			answer.Children = append(answer.Children, platform.Draft{Op: op, IDs: ids(batch), Rows: wrap("order_list", batch)})
		}
		batch, count = nil, 0
	}
	for _, p := range all {
		if len(p.numbers) == 0 {
			answer.Answered = append(answer.Answered, p.order.id)
			continue
		}
		if count+len(p.numbers) > a.settings.PageSize(op, maxIDs) {
			flush()
		}
		batch, count = append(batch, p.order), count+len(p.numbers)
	}
	flush()
	answer.Children = append(answer.Children, alone(t, lacking)...)
	return answer, nil
}

// carried returns the orders that a task is about, from the answer that it carries.
func carried(t *schemas.Task) (orders []parcels, part schemas.PagePart, err error) {
	i := slices.IndexFunc(t.Parts, func(p schemas.PagePart) bool { return p.Path == orderDetailPath })
	if i < 0 {
		return nil, part, badTask("the task carries no orders")
	}
	part = t.Parts[i]
	data, _ := members(part.Body, "response")
	list, _ := members(data[0], "order_list")
	rows, err := readRows(list[0], "order_sn")
	if err == nil {
		orders, err = readParcels(of(rows, t.IDs))
	}
	if err != nil || len(orders) != len(t.IDs) {
		return nil, part, badTask("the orders that the task carries are not readable, or not those that it is about")
	}
	return orders, part, nil
}

// only returns the part with some of its orders.
func only(part schemas.PagePart, orders []parcels) []schemas.PagePart {
	rows := make([]row, len(orders))
	for i, p := range orders {
		rows[i] = p.order
	}
	part.Body = wrap("order_list", rows)
	return []schemas.PagePart{part}
}

func askTracking(t *schemas.Task, c *call) error {
	if carriesTrace(t) {
		return askHistory(t, c)
	}
	orders, _, err := carried(t)
	if err != nil {
		return err
	}
	var numbers []string
	for _, p := range orders {
		numbers = append(numbers, p.numbers...)
	}
	if n := len(numbers); n == 0 || n > maxIDs {
		return badTask(t.Op + " asks for " + strconv.Itoa(n) + " parcels, not 1 to " + strconv.Itoa(maxIDs))
	}
	c.path = packagesPath
	c.query.Set("package_number_list", strings.Join(numbers, ","))
	return nil
}

func readTracking(t *schemas.Task, data []byte, r platform.Response) (platform.Answer, error) {
	if carriesTrace(t) {
		return readHistory(t, data, r)
	}
	return readPackages(t, data)
}

// readPackages compares the parcels with those of the orders. Orders that lack one are asked for once more, each alone, and
// the others go on without them; one that lacks a parcel when asked alone stays unanswered.
func readPackages(t *schemas.Task, data []byte) (platform.Answer, error) {
	orders, part, err := carried(t)
	if err != nil {
		return platform.Answer{}, err
	}
	values, ok := members(data, "package_list")
	if !ok || values[0] == nil {
		return platform.Answer{}, badShape("the parcels lack package_list")
	}
	rows, err := readRows(values[0], "package_number")
	if err != nil {
		return platform.Answer{}, err
	}
	var asked []string
	for _, p := range orders {
		asked = append(asked, p.numbers...)
	}
	lacking, err := unasked(asked, ids(rows))
	if err != nil {
		return platform.Answer{}, err
	}
	var whole, broken []parcels
	for _, p := range orders {
		if slices.ContainsFunc(p.numbers, func(n string) bool { return slices.Contains(lacking, n) }) {
			broken = append(broken, p)
		} else {
			whole = append(whole, p)
		}
	}
	if t.Op == Tracking && len(broken) == 0 {
		return platform.Answer{Page: true, Answered: t.IDs}, nil
	}
	answer := platform.Answer{Answered: []string{}}
	if t.Op == Tracking {
		answer.Children = ready(part, whole, rows)
	} else {
		answer.Children = traces(part, whole, rows)
	}
	if len(t.IDs) > 1 {
		for _, p := range broken {
			answer.Children = append(answer.Children, platform.Draft{
				Op: t.Op, IDs: []string{p.order.id}, Parts: only(part, []parcels{p}),
			})
		}
	}
	return answer, nil
}

// ready drafts the page of orders about which nothing is left to ask.
func ready(part schemas.PagePart, orders []parcels, packages []row) []platform.Draft {
	if len(orders) == 0 {
		return nil
	}
	d := platform.Draft{Op: Tracking, Parts: only(part, orders), Ready: true}
	var numbers []string
	for _, p := range orders {
		d.IDs = append(d.IDs, p.order.id)
		numbers = append(numbers, p.numbers...)
	}
	d.Rows = wrap("package_list", of(packages, numbers))
	return []platform.Draft{d}
}

// probeTracking makes p ask for a parcel that does not exist, at the endpoint that t asks.
func probeTracking(t, p *schemas.Task) {
	p.IDs = []string{"0"}
	if carriesTrace(t) {
		p.Carry = trace{Left: []string{"0"}}.encode()
		return
	}
	unknown := json.RawMessage(`{"response":{"order_list":[{"order_sn":"0","package_list":[{"package_number":"0"}]}]}}`)
	p.Parts = []schemas.PagePart{{Path: orderDetailPath, Body: unknown}}
}
