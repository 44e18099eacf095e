package read

import (
	"strconv"

	"github.com/shopstream/shopstream/schemas"
)

// Millis reads a time in unix milliseconds; 0 is absence.
func (r *Object) Millis(name string) int64 {
	e, ok := r.Value()
	if !ok {
		return 0
	}
	text, ok := ParseID(e.Raw)
	if text == "" && ok {
		return 0
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || ms >= schemas.MaxTime*1000 {
		r.Wrong(name, e, "want a time in unix milliseconds")
		return 0
	}
	return ms
}
