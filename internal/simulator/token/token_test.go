package token

import (
	"testing"
	"time"
)

func TestOwners(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_773_000_000, 0)
	b := New(7, 5, Lives{Access: time.Hour, Refresh: 24 * time.Hour, Code: time.Minute}, start)
	code := b.Consent(3, start)
	for what, got := range map[string]func(string) (int, bool){
		b.Access(3, 0): b.AccessOwner, b.Access(3, 9): b.AccessOwner, b.Refresh(3, 2): b.RefreshOwner, code: b.CodeOwner,
	} {
		if shop, ok := got(what); !ok || shop != 3 {
			t.Errorf("%s belongs to %d, %v", what, shop, ok)
		}
	}
	for _, what := range []string{"", "zz", b.Refresh(3, 0), New(8, 5, Lives{}, start).Access(3, 0)} {
		if shop, ok := b.AccessOwner(what); ok {
			t.Errorf("%q belongs to %d", what, shop)
		}
	}
}
