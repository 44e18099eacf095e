package service

import (
	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/producers/platform"
	shopeeadapter "github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	shopeemapper "github.com/shopstream/shopstream/transformers/shopee"
)

// What this build can sync. A platform is added here, once it has an adapter and a mapper.
var (
	platforms = []string{schemas.Shopee}
	kinds     = []string{schemas.Orders}
	lanes     = []string{schemas.Live, schemas.Backfill}

	mappers = map[string]transformers.Mapper{schemas.Shopee: shopeemapper.Mapper{}}
)

// Adapters returns the adapters as the settings want them.
func Adapters(c config.Config) []platform.Adapter {
	return []platform.Adapter{shopeeadapter.New(settings(c, schemas.Shopee))}
}

// settings is what the configuration says about a platform's adapter.
func settings(c config.Config, name string) platform.Settings {
	p := c.Platforms[name]
	s := platform.Settings{Errors: map[string]platform.Class{}, History: p.Tracking == "history", AuthURL: p.AuthURL}
	for code, class := range p.Errors {
		s.Errors[code] = platform.Class(class)
	}
	return s
}
