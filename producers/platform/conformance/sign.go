package conformance

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// signatures reproduces every known signature, those that somebody else published first: they alone prove anything.
func (s Subject) signatures(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var all []Vector
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all)
	slices.SortStableFunc(all, func(a, b Vector) int { return rank(a) - rank(b) })
	for _, v := range all {
		require.Equal(t, v.Signature, s.Sign(v), "%s (%s)", v.Name, v.Provenance)
	}
}

func rank(v Vector) int {
	if v.Provenance == "published" {
		return 0
	}
	return 1
}
