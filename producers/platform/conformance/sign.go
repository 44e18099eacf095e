package conformance

import (
	_ "embed" // the vectors travel with the suite
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/vectors.json
var vectors []byte

// signatures reproduces every known signature, those that somebody else published first: they alone prove anything.
func (s Subject) signatures(t *testing.T) {
	var all []Vector
	require.NoError(t, json.Unmarshal(vectors, &all))
	all = slices.DeleteFunc(all, func(v Vector) bool { return v.Platform != s.Vectors })
	require.NotEmpty(t, all, "no vectors of %q", s.Vectors)
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
