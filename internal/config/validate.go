package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/secret"
)

// Validate checks every value and returns all mistakes, joined, each with key, value (unless it is a secret) and what is
// allowed. [Load] has done so already; it is for configurations made in code.
func (c Config) Validate() error {
	var errs []error
	for _, f := range fields(&c, pointers(c.Platforms)) {
		switch target := f.target.(type) {
		case *map[string]string, *map[string]int:
			entries, _ := f.entries()
			for _, name := range slices.Sorted(maps.Keys(entries)) {
				if !f.check(entries[name]) {
					errs = append(errs, f.wrongEntry(name, entries[name], ""))
				}
			}
		case *secret.Text:
			if !f.check(target.Reveal()) {
				errs = append(errs, wrong(f.key, *target, "", f.allowed))
			}
		default:
			if f.check != nil && !f.check(f.text()) {
				errs = append(errs, wrong(f.key, f.text(), "", f.allowed))
			}
		}
	}
	return errors.Join(errs...)
}

// String lists all keys with their values, a line each, and without secrets.
func (c Config) String() string {
	var b strings.Builder
	for _, f := range fields(&c, pointers(c.Platforms)) {
		fmt.Fprintf(&b, "%s = %s\n", f.key, f.text())
	}
	return b.String()
}

// pointers copies the platforms so that fields can point into them.
func pointers(from map[string]Platform) map[string]*Platform {
	platforms := make(map[string]*Platform, len(from))
	for name, p := range from {
		p.Errors, p.PageSizes, p.Versions = copied(p.Errors), copied(p.PageSizes), copied(p.Versions)
		platforms[name] = &p
	}
	return platforms
}

// copied returns a copy that can be written to, also of nil.
func copied[V any](from map[string]V) map[string]V {
	to := make(map[string]V, len(from))
	maps.Copy(to, from)
	return to
}

// wrong is the error for one value; place, where it came from, may be empty.
func wrong(key string, value any, place, allowed string) error {
	shown := fmt.Sprintf("%q", fmt.Sprint(value))
	if place != "" {
		place = " (" + place + ")"
	}
	return fmt.Errorf("%s = %s%s: want %s", key, shown, place, allowed)
}
