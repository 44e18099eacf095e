package service

import (
	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

var lanes = []string{schemas.Live, schemas.Backfill}

// Adapters returns the platforms' adapters as the settings want them.
func Adapters(c config.Config, platforms catalog.List) []platform.Adapter {
	return platforms.Adapters(func(name string) platform.Settings { return settings(c.Platforms[name]) })
}

// settings is what the configuration says about an adapter.
func settings(p config.Platform) platform.Settings {
	s := platform.Settings{
		Errors: make(map[string]platform.Class, len(p.Errors)), History: p.Tracking == "history",
		AuthURL: p.AuthURL, PageSizes: p.PageSizes, Versions: p.Versions,
	}
	for code, class := range p.Errors {
		s.Errors[code] = platform.Class(class) // config allows the same words
	}
	return s
}
