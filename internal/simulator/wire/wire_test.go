package wire

import (
	"encoding/json"
	"testing"
)

func TestTextIsJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "Nón bucket 🌸", "\x00\x1f\u2028\"\\/", "line one\nline two", "tab\t16\"", "👨‍👩‍👧ชุด"} {
		w := &Writer{}
		w.Text(s)
		var back string
		if err := json.Unmarshal(w.Bytes(), &back); err != nil || back != s {
			t.Errorf("%q became %s, %v", s, w.Bytes(), err)
		}
	}
}
