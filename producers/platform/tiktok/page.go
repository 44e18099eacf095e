package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// page is one page of a list.
type page struct {
	token string // of the next one, "" at the end
	total *int64 // rows of the whole list, nil when it does not say
	rows  []row  // each once
}

// readPage reads the data of a page. A list without rows may leave them out. A row without a name could never be accounted
// for, so it makes the page an error.
func readPage(l list, data []byte) (page, error) {
	var p page
	var rows []byte
	s := jsonscan.New(data)
	for key := range s.Object() {
		switch string(key) {
		case "next_page_token":
			raw := s.Value()
			token, ok := jsonscan.Text(raw)
			if !ok && !null(raw) {
				return page{}, badShape("next_page_token is no text")
			}
			p.token = token
		case "total_count":
			if raw := s.Value(); !null(raw) {
				n, err := strconv.ParseInt(digits(raw), 10, 64)
				if err != nil {
					return page{}, badShape("total_count is no number of rows")
				}
				p.total = &n
			}
		case l.rows:
			rows = s.Value()
		}
	}
	if s.End() != nil {
		return page{}, badShape("data is no object")
	}
	all, ok := elements(rows)
	if !ok {
		return page{}, badShape(l.rows + " is no list")
	}
	seen := make(map[string]bool, len(all))
	for _, raw := range all {
		id := l.id(raw)
		if id == "" {
			return page{}, badShape("a row of " + l.rows + " without its id")
		}
		if !seen[id] {
			seen[id] = true
			p.rows = append(p.rows, row{id: id, raw: raw})
		}
	}
	return p, nil
}

// anew is how often a list is begun anew before its window is halved: a shorter list is read in less time, and fits into what
// the platform may hold back of a long one.
const anew = 2

// follow adds what follows a page to its answer. A token says nothing about how the platform finds its place again (some are
// a number of rows to skip, so that a row which leaves the list takes the next one out of sight); the total does: while it
// stays the same and is reached, nothing has left. Rows do not come in, since a list is read when its window has settled.
func (l list) follow(t *schemas.Task, p page, answer *platform.Answer) error {
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return err
	}
	moved := p.total != nil && tr.Total != nil && *p.total != *tr.Total
	if p.total != nil {
		tr.Total = p.total
	}
	tr.Rows += len(p.rows)
	short := p.token == "" && tr.Total != nil && int64(tr.Rows) < *tr.Total
	var next *platform.Draft
	switch w := tr.Window(t); {
	case (moved || short) && tr.Round >= anew && l.windowed && w.To-w.From > 1:
		halves, err := platform.Halved(t.Op, w, tr.Own)
		if err != nil {
			return err
		}
		answer.Children = append(answer.Children, halves...)
		return nil
	case moved || short:
		next, err = tr.Again(t)
	case p.token != "":
		next, err = tr.Follow(t, p.token, len(p.rows) == 0)
	default:
		answer.Total = tr.Total
		return nil
	}
	if err != nil {
		return err
	}
	next.IDs, next.Parts = t.IDs, t.Parts
	answer.Next = next
	return nil
}
