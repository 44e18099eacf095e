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

// Adapters returns the adapters, each with the error classes that the settings add.
func Adapters(c config.Config) []platform.Adapter {
	classes := func(name string) map[string]platform.Class {
		added := map[string]platform.Class{}
		for code, class := range c.Platforms[name].Errors {
			added[code] = platform.Class(class)
		}
		return added
	}
	return []platform.Adapter{shopeeadapter.New(classes(schemas.Shopee))}
}
