package platform

import (
	"cmp"
	"maps"
	"strings"

	"github.com/shopstream/shopstream/internal/shop"
)

// Settings is what configuration may change about an adapter. Its zero value means the documented defaults.
type Settings struct {
	// Errors gives error codes another class than the adapter's own table does.
	Errors map[string]Class
	// History asks for what happened to parcels on their way too: a call an order more. Without it, tracking says where the
	// parcels are.
	History bool
	// AuthURL is the base of the calls that give out tokens, for shops that name none. "" means the documented host.
	AuthURL string
	// PageSizes gives ops smaller pages than the platform's largest, by the op's name.
	PageSizes map[string]int
	// Versions gives endpoints another version than the documented one, by the part of the path that follows the version.
	Versions map[string]string
}

// Classes returns the adapter's own table with the configured classes in it.
func (s Settings) Classes(own map[string]Class) map[string]Class {
	classes := maps.Clone(own)
	maps.Copy(classes, s.Errors)
	return classes
}

// PageSize returns how many rows or ids a call of op asks for: most, or less where that is configured.
func (s Settings) PageSize(op string, most int) int {
	if n := s.PageSizes[op]; n > 0 {
		return min(n, most)
	}
	return most
}

// Version returns the version of an endpoint: documented, unless another is configured.
func (s Settings) Version(endpoint, documented string) string {
	if v := s.Versions[endpoint]; v != "" {
		return v
	}
	return documented
}

// AuthBase returns the base of the calls that give out a shop's tokens: the shop's own, the configured, or the documented one.
func (s Settings) AuthBase(sh shop.Shop, documented string) string {
	return strings.TrimSuffix(cmp.Or(sh.AuthURL, s.AuthURL, documented), "/")
}
