package shopee

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform/conformance"
)

func number(t testing.TB, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	require.NoError(t, err)
	return n
}

func join(rows []conformance.Row, write func(conformance.Row) string) string {
	var texts []string
	for _, row := range rows {
		texts = append(texts, write(row))
	}
	return strings.Join(texts, ",")
}

// find returns what details calls give of these ids; one that is refused spoils the call.
func find(w *conformance.World, ids []string) (rows []conformance.Row, refused bool) {
	for _, id := range ids {
		row, ok := w.Find(id)
		switch {
		case !ok:
		case row.State == conformance.Refused:
			refused = true
		case row.State == conformance.Present:
			rows = append(rows, row)
		}
	}
	return rows, refused
}
