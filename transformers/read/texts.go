package read

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// Texts reads a list of strings without its nulls and empty ones. When an element is something else, the list is also kept
// whole.
func (r *Object) Texts(name string) []string {
	e, ok := r.Value()
	if !ok {
		return nil
	}
	if e.Raw[0] != '[' {
		r.Wrong(name, e, "want a list")
		return nil
	}
	var texts []string
	allRead := true
	for i, element := range Elements(jsonscan.New(e.Raw)) {
		if element.Raw[0] == 'n' {
			continue
		}
		text, ok := jsonscan.Text(element.Raw)
		if !ok {
			allRead = false
			r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"]", "want a string")
		} else if text != "" {
			texts = append(texts, text)
		}
	}
	if !allRead {
		r.KeepElement(name, e)
	}
	return texts
}
