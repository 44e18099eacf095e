// Package catalog lists the platforms that the program knows: whoever needs a platform's name, adapter or mapper gets it from
// here. A new platform is a line in [Platforms]; docs/adding-a-platform.md says what stands behind it.
//
// The simulator has a list of its own, since it shares nothing with what it tests.
package catalog

import (
	"slices"

	"github.com/shopstream/shopstream/producers/platform"
	lazadaadapter "github.com/shopstream/shopstream/producers/platform/lazada"
	shopeeadapter "github.com/shopstream/shopstream/producers/platform/shopee"
	tiktokadapter "github.com/shopstream/shopstream/producers/platform/tiktok"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	lazadamapper "github.com/shopstream/shopstream/transformers/lazada"
	shopeemapper "github.com/shopstream/shopstream/transformers/shopee"
	tiktokmapper "github.com/shopstream/shopstream/transformers/tiktok"
)

// Platforms are the platforms that there are, in the order in which they are planned.
var Platforms = List{
	{schemas.Shopee, 200, adapter(shopeeadapter.New), shopeemapper.Mapper{}},
	{schemas.TikTok, 100, adapter(tiktokadapter.New), tiktokmapper.Mapper{}},
	{schemas.Lazada, 100, adapter(lazadaadapter.New), lazadamapper.Mapper{}},
}

// Platform is one platform.
type Platform struct {
	// Name stands in the names of topics, groups and settings and in documents' keys: lower-case letters and digits.
	Name string
	// Rate is how many calls a minute it is known to bear, of the whole app: what holds where nothing is configured.
	Rate    int
	Adapter func(platform.Settings) platform.Adapter
	Mapper  transformers.Mapper
}

// adapter makes a constructor of an adapter's own type fit.
func adapter[A platform.Adapter](of func(platform.Settings) A) func(platform.Settings) platform.Adapter {
	return func(s platform.Settings) platform.Adapter { return of(s) }
}

// Kinds returns the kinds of data that can be fetched from the platform, in the order of [schemas.Kinds].
func (p Platform) Kinds() []string {
	if p.Adapter == nil {
		return nil
	}
	a := p.Adapter(platform.Settings{})
	return slices.DeleteFunc(slices.Clone(schemas.Kinds), func(kind string) bool {
		_, fetched := a.Root(kind)
		return !fetched
	})
}

// List is a list of platforms.
type List []Platform

// Names returns the platforms' names.
func (l List) Names() []string {
	names := make([]string, len(l))
	for i, p := range l {
		names[i] = p.Name
	}
	return names
}

// Rates returns each platform's default rate, in calls a minute.
func (l List) Rates() map[string]int {
	rates := make(map[string]int, len(l))
	for _, p := range l {
		rates[p.Name] = p.Rate
	}
	return rates
}

// Kinds returns the kinds that can be fetched from each platform.
func (l List) Kinds() map[string][]string {
	kinds := make(map[string][]string, len(l))
	for _, p := range l {
		kinds[p.Name] = p.Kinds()
	}
	return kinds
}

// Adapters returns the adapters, each with the settings of the platform of that name.
func (l List) Adapters(settings func(name string) platform.Settings) []platform.Adapter {
	var adapters []platform.Adapter
	for _, p := range l {
		if p.Adapter != nil {
			adapters = append(adapters, p.Adapter(settings(p.Name)))
		}
	}
	return adapters
}

// Mappers returns the mappers by the platforms' names.
func (l List) Mappers() map[string]transformers.Mapper {
	mappers := make(map[string]transformers.Mapper, len(l))
	for _, p := range l {
		if p.Mapper != nil {
			mappers[p.Name] = p.Mapper
		}
	}
	return mappers
}
