package platform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Class says what an error asks for.
type Class string

// The classes of errors.
const (
	// Transient: the same call may succeed later.
	Transient Class = "transient"
	// Rate: too many calls; later, and slower. It says nothing about the call itself.
	Rate Class = "rate"
	// Quota: the calls of a longer period are used up.
	Quota Class = "quota"
	// Auth: the shop's credentials do not work; somebody has to act, then the same call succeeds.
	Auth Class = "auth"
	// Permanent: this call will never succeed.
	Permanent Class = "permanent"
)

// ParseClass reads a class as configuration spells it.
func ParseClass(s string) (Class, error) {
	switch c := Class(s); c {
	case Transient, Rate, Quota, Auth, Permanent:
		return c, nil
	default:
		return "", fmt.Errorf("error class %q is unknown: use transient, rate, quota, auth or permanent", s)
	}
}

// ParseClasses reads the classes that configuration gives to error codes, and names every one that is unknown.
func ParseClasses(classOf map[string]string) (map[string]Class, error) {
	classes := make(map[string]Class, len(classOf))
	var errs []error
	for _, code := range slices.Sorted(maps.Keys(classOf)) {
		class, err := ParseClass(classOf[code])
		if err != nil {
			errs = append(errs, fmt.Errorf("code %s: %w", code, err))
		}
		classes[code] = class
	}
	return classes, errors.Join(errs...)
}

// Error is an answer that is no success, or a call that got none.
type Error struct {
	Class  Class
	Code   string // the platform's code, or one of ours in the same style (http_502, not_json, timeout)
	Detail string // the platform's words or what was wrong with the answer, one bounded line

	// RetryAfter is how long the platform wants to be left alone, 0 when it does not say.
	RetryAfter time.Duration
	// Shop says of a Rate error that the limit is that shop's own, not the app's.
	Shop bool
}

// Error gives class, code and detail.
func (e *Error) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%s: %s", e.Class, e.Code)
	}
	return fmt.Sprintf("%s: %s: %s", e.Class, e.Code, e.Detail)
}

// Longest texts taken over from a platform, in bytes.
const (
	maxCode   = 80
	maxDetail = 300
)

// NewError builds an error; code and detail may come from the platform and are cut and cleaned.
func NewError(class Class, code, detail string) *Error {
	return &Error{Class: class, Code: line(code, maxCode), Detail: line(detail, maxDetail)}
}

// line makes one printable line of at most n bytes of valid UTF-8.
func line(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.TrimSpace(s)
}
