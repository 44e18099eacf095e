package read

import "github.com/shopstream/shopstream/internal/jsonscan"

// Code reads a name that may look like a number, such as the seller's for a variant: platforms write some of them as one. A
// number counts as its text.
func (r *Object) Code(name string) string {
	e, ok := r.Value()
	if !ok {
		return ""
	}
	code, ok := ParseCode(e.Raw)
	if !ok {
		r.Wrong(name, e, "want a string")
	}
	return code
}

// ParseCode returns the content of a JSON string or the text of a number.
func ParseCode(raw []byte) (string, bool) {
	if len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		return string(raw), true
	}
	return jsonscan.Text(raw)
}
