package shopee

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops of products: a list names the items, their base info is fetched in batches, and the models of items that have any
// one by one.
const (
	ItemList     = "item_list"
	ItemBaseInfo = "item_base_info"
	Product      = "product"
)

const (
	itemListPath     = "/api/v2/product/get_item_list"
	itemBaseInfoPath = "/api/v2/product/get_item_base_info"
	modelListPath    = "/api/v2/product/get_model_list"
)

// itemStatuses are all statuses of items: the list gives only those that are asked for.
var itemStatuses = []string{"NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"}

func (a *Adapter) askItemList(t *schemas.Task, c *call) error {
	offset, err := itemOffset(t)
	if err != nil {
		return err
	}
	c.path = itemListPath
	c.query.Set("offset", strconv.Itoa(offset))
	c.query.Set("page_size", strconv.Itoa(a.settings.PageSize(t.Op, maxRows)))
	c.query["item_status"] = slices.Clone(itemStatuses)
	return askWindow(t, c.query, "update_time_from", "update_time_to")
}

// itemOffset returns the offset of the page that a task asks for.
func itemOffset(t *schemas.Task) (int, error) {
	if t.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(t.Cursor)
	if err != nil || n < 0 {
		return 0, badTask("the cursor of the list task is no offset")
	}
	return n, nil
}

// readItemList reads a page of the items. Offsets give no hold when rows leave the list while it is read, as every item does
// that is edited. So each page begins with the last row of the page before, and the total must stay what it was: if not,
// some row may have slipped past, and the list is read anew.
func (a *Adapter) readItemList(t *schemas.Task, data []byte) (platform.Answer, error) {
	p, err := readPage(t, data, "item", "has_next_page", "item_id")
	if err != nil {
		return platform.Answer{}, err
	}
	offset, err := itemOffset(t)
	if err != nil {
		return platform.Answer{}, err
	}
	total, err := itemTotal(data)
	if err != nil {
		return platform.Answer{}, err
	}
	if err := p.stalled(); err != nil {
		return platform.Answer{}, err
	}
	if moved(t, p, total) {
		return again(t, p.trail)
	}
	fresh := p.rows
	if t.Cursor != "" {
		fresh = p.rows[1:]
	}
	answer := platform.Answer{Page: true, Listed: ids(fresh), Details: a.itemDetails(fresh)}
	if !p.more {
		answer.Total = total
		return answer, nil
	}
	if len(fresh) == 0 {
		return platform.Answer{}, platform.Malformed("short_page", "the page has no further item and says that there is more")
	}
	p.trail.Tail, p.trail.Total = []string{p.rows[len(p.rows)-1].id}, total
	answer.Next, err = p.trail.Follow(t, strconv.Itoa(offset+len(p.rows)-1), false)
	if err != nil {
		return platform.Answer{}, err
	}
	return answer, nil
}

// moved reports whether a page shows that the list is no longer the one whose earlier pages were read.
func moved(t *schemas.Task, p page, total *int64) bool {
	if t.Cursor == "" {
		return false
	}
	if was := p.trail.Total; was != nil && total != nil && *was != *total {
		return true
	}
	return len(p.rows) == 0 || !slices.Equal(p.trail.Tail, []string{p.rows[0].id})
}

// itemTotal returns how many items the list has, nil when the page does not say.
func itemTotal(data []byte) (*int64, error) {
	values, _ := members(data, "total_count")
	if values[0] == nil || string(values[0]) == "null" {
		return nil, nil
	}
	n, err := strconv.ParseInt(id(values[0]), 10, 64)
	if err != nil {
		return nil, badShape("total_count is no number")
	}
	return &n, nil
}

// again reads a list anew that changed while it was read.
func again(t *schemas.Task, tr platform.Trail) (platform.Answer, error) {
	next, halves, err := tr.Reread(t, tr.Window(t))
	if err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: next != nil, Next: next, Children: halves}, nil
}

// beyondOffset reports whether a list was refused because it has more rows than offsets may name, a limit that is not
// published.
func beyondOffset(message string) bool {
	return strings.Contains(strings.ToLower(message), "offset over limit")
}

func halved(t *schemas.Task) (platform.Answer, error) {
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return platform.Answer{}, err
	}
	halves, err := platform.Halved(t.Op, tr.Window(t), tr.Own)
	if err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Children: halves}, nil
}

func (a *Adapter) itemDetails(rows []row) *platform.Details {
	if len(rows) == 0 {
		return nil
	}
	d := &platform.Details{Op: ItemBaseInfo, Size: a.settings.PageSize(ItemBaseInfo, maxIDs), IDs: ids(rows)}
	updated := make(map[string]int64, len(rows))
	for _, r := range rows {
		values, _ := members(r.text, "update_time")
		updated[r.id] = seconds(values[0])
	}
	for _, id := range d.IDs {
		d.Updated = append(d.Updated, updated[id])
	}
	return d
}

func askItemBaseInfo(t *schemas.Task, c *call) error {
	c.path = itemBaseInfoPath
	c.query.Set("item_id_list", strings.Join(t.IDs, ","))
	c.query.Set("need_tax_info", "true")
	c.query.Set("need_complaint_policy", "true")
	return askIDs(t, maxIDs)
}

// readItemBaseInfo drafts the pages of the items: one for all that have no models, one for each of the others. An item is
// answered by its page.
func readItemBaseInfo(t *schemas.Task, data []byte) (platform.Answer, error) {
	values, ok := members(data, "item_list")
	if !ok || values[0] == nil {
		return platform.Answer{}, badShape("the base info lacks item_list")
	}
	rows, err := readRows(values[0], "item_id")
	if err != nil {
		return platform.Answer{}, err
	}
	lacking, err := unasked(t.IDs, ids(rows))
	if err != nil {
		return platform.Answer{}, err
	}
	answer := platform.Answer{Answered: []string{}}
	simple := slices.DeleteFunc(slices.Clone(rows), hasModels)
	if len(simple) > 0 {
		answer.Children = append(answer.Children, platform.Draft{
			Op: Product, IDs: ids(simple), Rows: wrap("item_list", simple), Ready: true,
		})
	}
	for _, id := range ids(rows) {
		if !slices.ContainsFunc(simple, func(r row) bool { return r.id == id }) {
			answer.Children = append(answer.Children, platform.Draft{
				Op: Product, IDs: []string{id}, Rows: wrap("item_list", of(rows, []string{id})),
			})
		}
	}
	answer.Children = append(answer.Children, alone(t, lacking)...)
	return answer, nil
}

// hasModels reports whether an item's models must be asked for: unless the platform says that there are none.
func hasModels(r row) bool {
	values, _ := members(r.text, "has_model")
	return !strings.EqualFold(strings.Trim(string(values[0]), `"`), "false")
}

func askModelList(t *schemas.Task, c *call) error {
	if err := askIDs(t, 1); err != nil {
		return err
	}
	c.path = modelListPath
	c.query.Set("item_id", t.IDs[0])
	return nil
}

// readModelList reads the models of one item. The answer does not say whose they are.
func readModelList(t *schemas.Task, data []byte) (platform.Answer, error) {
	values, ok := members(data, "model")
	if !ok || values[0] == nil {
		return platform.Answer{}, badShape("the models lack model")
	}
	if _, err := readRows(values[0], "model_id"); err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: true, Answered: t.IDs}, nil
}
