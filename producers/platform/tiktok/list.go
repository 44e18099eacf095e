package tiktok

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// list is what is particular to a list. All go from page to page by a token, whose end is a page without one.
type list struct {
	endpoint endpoint
	least    int  // rows a page that the platform takes
	most     int  // likewise
	windowed bool // it selects by the chunk's window
	within   bool // it is a list of what the task's one id names

	params func(t *schemas.Task, w schemas.Window, c *call)

	rows string                  // the member that holds the rows
	id   func(row []byte) string // names a row; "" when it has no name

	// indirect says that what is listed is not the rows themselves, so that the platform's total says nothing about it.
	indirect bool

	// answer says what the page's rows give rise to.
	answer func(a *Adapter, t *schemas.Task, rows []row) (platform.Answer, error)
}

// lists are the ops that read one.
var lists = map[string]list{
	OrderSearch:           orderSearch,
	ProductSearch:         productSearch,
	StatementList:         statementList,
	StatementTransactions: statementTransactions,
	WithdrawalList:        withdrawalList,
	UnsettledList:         unsettledList,
	ReturnSearch:          returnSearch,
	CancellationSearch:    cancellationSearch,
	PackageSearch:         packageSearch,
}

func (a *Adapter) listCall(t *schemas.Task, l list) (call, error) {
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return call{}, err
	}
	w := tr.Window(t)
	if l.windowed && w.To <= w.From {
		return call{}, platform.NewError(platform.Permanent, "bad_task", "the window of the list is empty")
	}
	c := call{endpoint: l.endpoint, query: url.Values{}}
	if l.endpoint.method == http.MethodPost {
		c.filter = map[string]any{}
	}
	c.query.Set("page_size", strconv.Itoa(max(a.settings.PageSize(t.Op, l.most), l.least)))
	if t.Cursor != "" {
		c.query.Set("page_token", t.Cursor)
	}
	if l.within {
		if err := checkIDs(t, 1); err != nil {
			return call{}, err
		}
		c.id = t.IDs[0]
	}
	l.params(t, w, &c)
	return c, nil
}

// search selects by the plan's time, for the searches that know both. That the beginning counts and the end does not is
// documented, so the window is asked for as it is.
func search(t *schemas.Task, w schemas.Window, c *call) {
	field := t.TimeField
	if field == "" {
		field = schemas.CreateTime
	}
	c.query.Set("sort_field", field)
	c.query.Set("sort_order", "ASC")
	c.filter[field+"_ge"] = w.From
	c.filter[field+"_lt"] = w.To
}

// row is one row of a list.
type row struct {
	id  string
	raw []byte
}

func ids(rows []row) []string {
	all := make([]string, len(rows))
	for i := range rows {
		all[i] = rows[i].id
	}
	return all
}

// documents is the answer of a list whose rows are documents.
func documents(_ *Adapter, _ *schemas.Task, rows []row) (platform.Answer, error) {
	return platform.Answer{Page: true, Listed: ids(rows), Answered: ids(rows)}, nil
}

// byMember names rows by one of their members.
func byMember(name string) func([]byte) string {
	return func(row []byte) string { return idText(member(row, name)) }
}

// readList reads a page of a list: what its rows give rise to, and what follows it.
func (a *Adapter) readList(t *schemas.Task, l list, data []byte) (platform.Answer, error) {
	p, err := readPage(l, data)
	if err != nil {
		return platform.Answer{}, err
	}
	answer, err := l.answer(a, t, p.rows)
	if err != nil {
		return platform.Answer{}, err
	}
	if err := l.follow(t, p, &answer); err != nil {
		return platform.Answer{}, err
	}
	if l.indirect {
		answer.Total = nil
	}
	return answer, nil
}
