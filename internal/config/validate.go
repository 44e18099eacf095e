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
	platforms, unknown := pointers(c.Platforms)
	for _, name := range unknown {
		errs = append(errs, fmt.Errorf("unknown platform platforms.%s: allowed are %s", name, strings.Join(platformNames, ", ")))
	}
	for _, f := range fields(&c, platforms) {
		switch target := f.target.(type) {
		case *map[string]string:
			for _, code := range slices.Sorted(maps.Keys(*target)) {
				if class := (*target)[code]; !slices.Contains(classes, class) {
					errs = append(errs, wrong(f.key+"."+code, class, "", strings.Join(classes, ", ")))
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
	platforms, _ := pointers(c.Platforms)
	for _, f := range fields(&c, platforms) {
		fmt.Fprintf(&b, "%s = %s\n", f.key, f.text())
	}
	return b.String()
}

// pointers copies the platforms so that fields can point into them; missing ones are empty, and unknown ones listed.
func pointers(from map[string]Platform) (known map[string]*Platform, unknown []string) {
	known = make(map[string]*Platform, len(platformNames))
	for _, name := range platformNames {
		p := from[name]
		p.Errors = maps.Clone(p.Errors)
		if p.Errors == nil {
			p.Errors = map[string]string{}
		}
		known[name] = &p
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if known[name] == nil {
			unknown = append(unknown, name)
		}
	}
	return known, unknown
}

// wrong is the error for one value; place, where it came from, may be empty.
func wrong(key string, value any, place, allowed string) error {
	shown := fmt.Sprintf("%q", fmt.Sprint(value))
	if place != "" {
		place = " (" + place + ")"
	}
	return fmt.Errorf("%s = %s%s: want %s", key, shown, place, allowed)
}
