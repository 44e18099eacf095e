//go:build chaos

package stream_test

import "testing"

// Like TestWorkGoesOnWhileMembersComeAndGo, for a minute and a half.
func TestLongStorm(t *testing.T) {
	t.Parallel()
	storm(t, 30)
}
