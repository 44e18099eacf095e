package read

import (
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// GroupedMoney reads an amount whose text may have commas between thousands: "-1,250.00". An empty string is absence.
func (r *Object) GroupedMoney(name string) schemas.Money {
	e, ok := r.Value()
	if !ok || string(e.Raw) == `""` {
		return ""
	}
	m, err := parseGroupedMoney(e.Raw)
	if err != nil {
		r.Wrong(name, e, err.Error())
		return ""
	}
	return m
}

func parseGroupedMoney(raw []byte) (schemas.Money, error) {
	text, ok := jsonscan.Text(raw)
	if !ok {
		return schemas.ParseMoneyJSON(raw)
	}
	return ParseGroupedMoney(text)
}

// ParseGroupedMoney takes a plain decimal, or one with a comma before every third digit in front of the point. A comma that
// stands elsewhere is an error: it may mean something else there.
func ParseGroupedMoney(text string) (schemas.Money, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	groups := strings.Split(strings.TrimPrefix(whole, "-"), ",")
	if len(groups) == 1 {
		return schemas.ParseMoney(text)
	}
	grouped := len(groups[0]) >= 1 && len(groups[0]) <= 3 && !strings.Contains(fraction, ",")
	for _, g := range groups[1:] {
		grouped = grouped && len(g) == 3
	}
	if !grouped {
		return schemas.ParseMoney(text) // which says what is wrong
	}
	return schemas.ParseMoney(strings.ReplaceAll(text, ",", ""))
}
