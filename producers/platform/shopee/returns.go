package shopee

import (
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops of returns: a list names them, details are fetched one by one.
const (
	ReturnList   = "return_list"
	ReturnDetail = "return_detail"
)

const (
	returnListPath   = "/api/v2/returns/get_return_list"
	returnDetailPath = "/api/v2/returns/get_return_detail"
)

// askReturnList asks for a page. The documentation calls page_no a starting entry too. It is taken for the number of a page,
// from 0; were it an entry, the second page would not repeat the end of the first, and the list would end as an error.
func (a *Adapter) askReturnList(t *schemas.Task, c *call) error {
	c.path = returnListPath
	if err := askPage(t, c.query, a.settings.PageSize(t.Op, maxRows), 0); err != nil {
		return err
	}
	if t.TimeField == schemas.UpdateTime {
		return askWindow(t, c.query, "update_time_from", "update_time_to")
	}
	return askWindow(t, c.query, "create_time_from", "create_time_to")
}

func (a *Adapter) readReturnList(t *schemas.Task, data []byte) (platform.Answer, error) {
	p, err := readPage(t, data, "return", "more", "return_sn")
	if err != nil {
		return platform.Answer{}, err
	}
	names := make([]string, len(p.rows))
	for i, r := range p.rows {
		names[i] = r.id
	}
	answer, fresh, err := p.climb(t, names, a.settings.PageSize(t.Op, maxRows))
	if err != nil {
		return platform.Answer{}, err
	}
	answer.Listed = ids(fresh)
	answer.Children = append(answer.Children, platform.Batches(ReturnDetail, answer.Listed, 1)...)
	return answer, nil
}

func askReturnDetail(t *schemas.Task, c *call) error {
	if err := askIDs(t, 1); err != nil {
		return err
	}
	c.path = returnDetailPath
	c.query.Set("return_sn", t.IDs[0])
	return nil
}

func readReturnDetail(t *schemas.Task, data []byte) (platform.Answer, error) {
	values, ok := members(data, "return_sn")
	if !ok || id(values[0]) == "" {
		return platform.Answer{}, badShape("the details lack return_sn")
	}
	answered := []string{id(values[0])}
	if _, err := unasked(t.IDs, answered); err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: true, Answered: answered}, nil
}
