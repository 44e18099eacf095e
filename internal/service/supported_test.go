package service

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/producers/platform"
)

func TestSettingsReachTheAdapter(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Source{Dir: t.TempDir(), Platforms: map[string]int{"p": 1}, Overrides: map[string]any{
		"platforms.p.errors":     "a=transient,b=rate,c=quota,d=auth,e=permanent",
		"platforms.p.page_sizes": "list=7", "platforms.p.versions": "orders/search=202407",
		"platforms.p.tracking": "history",
	}})
	require.NoError(t, err)
	require.Equal(t, platform.Settings{
		Errors: map[string]platform.Class{
			"a": platform.Transient, "b": platform.Rate, "c": platform.Quota, "d": platform.Auth, "e": platform.Permanent,
		},
		History:   true,
		PageSizes: map[string]int{"list": 7}, Versions: map[string]string{"orders/search": "202407"},
	}, settings(c.Platforms["p"]))
}
