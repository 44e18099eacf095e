package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

var goodName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

func TestEntriesAreWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range catalog.Platforms {
		if !goodName.MatchString(p.Name) || seen[p.Name] || p.Rate < 1 {
			t.Errorf("%+v: want a name of its own, of lower-case letters and digits, and a rate", p)
		}
		seen[p.Name] = true
		if (p.Adapter == nil) != (p.Mapper == nil) {
			t.Errorf("%s has one of adapter and mapper: what is fetched could not be read, or nothing is fetched", p.Name)
		}
		if p.Adapter == nil {
			continue
		}
		if got := p.Adapter(platform.Settings{}).Platform(); got != p.Name {
			t.Errorf("the adapter of %s says that it is %s's", p.Name, got)
		}
	}
}

// What is fetched must be read, and what is read must have come from somewhere.
func TestAdapterMapperAndTopicsHaveTheSameKinds(t *testing.T) {
	t.Parallel()
	names := schemas.Topics{Prefix: "x."}
	var created []string
	for _, topic := range kafka.Topics(names, catalog.Platforms.Kinds(), 1) {
		if strings.HasPrefix(topic.Name, "x.raw.") {
			created = append(created, topic.Name)
		}
	}
	var fetched []string
	for _, p := range catalog.Platforms {
		for _, kind := range p.Kinds() {
			fetched = append(fetched, names.Raw(p.Name, kind))
		}
	}
	slices.Sort(fetched)
	processor, err := transformers.New(transformers.Options{Topics: names, Mappers: catalog.Platforms.Mappers()})
	if err != nil {
		t.Fatal(err)
	}
	if read := processor.Inputs(); !slices.Equal(fetched, read) || !slices.Equal(fetched, created) {
		t.Errorf("fetched %q\nread    %q\ncreated %q", fetched, read, created)
	}
}
