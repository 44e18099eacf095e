package transformers

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/schemas"
)

// Bounds of what is told apart. What is beyond them is counted as other.
const (
	maxFields    = 200 // of a platform and kind
	maxValues    = 100 // of a platform and kind
	maxFieldPath = 120 // bytes
	maxName      = 64  // bytes of a member's name
	maxCode      = 4   // digits of a value that is a number
	other        = "other"
)

// drift notices where platforms say what this version does not know: it counts each find and says each of them once a process,
// by name and never with what is there. It is safe for concurrent use.
type drift struct {
	log    *slog.Logger
	fields *prometheus.CounterVec
	values *prometheus.CounterVec
	about  map[subject]*about
}

type subject struct{ platform, kind string }

// about is what is known of the documents of one subject, and what was found.
type about struct {
	subject
	known  places
	fields finds
	values finds
}

// newDrift returns a drift about everything that the mappers read, with a metric that shows zero.
func newDrift(mappers map[string]Mapper, r prometheus.Registerer, log *slog.Logger) (*drift, error) {
	d := &drift{
		log: log, about: map[subject]*about{},
		fields: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_transformer_unknown_fields_total",
			Help: "Members of answers that this version does not know, by where documents keep them. Beyond 200 of a platform and kind: other.",
		}, []string{"platform", "kind", "field"}),
		values: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_transformer_unknown_values_total",
			Help: "Values, such as statuses and types, that this version has no common word for. Beyond 100 of a platform and kind, and where one is no plain word: other.",
		}, []string{"platform", "kind", "field", "value"}),
	}
	for platform, m := range mappers {
		fields := m.Fields()
		for _, kind := range m.Kinds() {
			s := subject{platform, kind}
			d.about[s] = &about{subject: s, known: newPlaces(fields[kind]), fields: finds{most: maxFields}, values: finds{most: maxValues}}
			d.fields.WithLabelValues(platform, kind, other)
			d.values.WithLabelValues(platform, kind, other, other)
		}
	}
	if r == nil {
		return d, nil
	}
	for _, c := range []prometheus.Collector{d.fields, d.values} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register transformer metrics: %w", err)
		}
	}
	return d, nil
}

// look counts what is unknown in a document of that platform and kind.
func (d *drift) look(platform, kind string, document Document) {
	a := d.about[subject{platform, kind}]
	if a == nil {
		return
	}
	w := walk{path: make([]byte, 0, maxFieldPath), found: func(in, name []byte) { d.field(a, in, name) }}
	schemas.EachKept(document.Document, func(place string, kept schemas.PlatformFields) { w.fields(place, kept, a.known.at(place)) })
	for _, u := range document.Unmapped {
		d.value(a, u.Field, u.Value)
	}
	schemas.EachUnknownStatus(document.Document, func(field, status string) {
		if !slices.ContainsFunc(document.Unmapped, func(u schemas.Unmapped) bool { return u.Field == field }) { // else the mapper said which of several it is
			d.value(a, field, status)
		}
	})
}

func (d *drift) value(a *about, field, value string) {
	// Fields are those that mappers name, so that each may have an other of its own.
	beyond := field + "=" + other
	label := beyond
	if showable(value) {
		label = field + "=" + value
	}
	c, isNew := a.values.find(label, beyond, func(label string) prometheus.Counter {
		field, value, _ := strings.Cut(label, "=")
		return d.values.WithLabelValues(a.platform, a.kind, field, value)
	})
	c.Inc()
	if isNew {
		if label == beyond {
			value = other
		}
		d.log.Warn("platform gives a value that this version has no word for; documents keep it",
			"platform", a.platform, "kind", a.kind, "field", field, "value", value)
	}
}

// showable reports whether a value is a plain word, several of them with commas, as Lazada's orders have statuses, or a short number.
func showable(value string) bool {
	if len(value) <= maxCode && value != "" && strings.Trim(value, "0123456789") == "" {
		return true
	}
	return plain([]byte(strings.ReplaceAll(value, ",", "_")))
}

func (d *drift) field(a *about, in, name []byte) {
	label := fieldLabel(in, name)
	c, isNew := a.fields.find(label, other, func(label string) prometheus.Counter {
		return d.fields.WithLabelValues(a.platform, a.kind, label)
	})
	c.Inc()
	if isNew {
		d.log.Warn("platform answers a field that this version does not know; documents keep it",
			"platform", a.platform, "kind", a.kind, "field", label)
	}
}

// fieldLabel returns the path of a member for metrics and logs. A name that may be data, such as an id, is shown as *.
func fieldLabel(in, name []byte) string {
	if !plain(name) {
		name = []byte("*")
	}
	if len(in)+1+len(name) > maxFieldPath {
		return other
	}
	return string(in) + "." + string(name)
}

// plain reports whether a member's name looks like one that a programmer gave: a short word of ASCII letters, digits, _ and -
// that does not begin with a digit and has no number of more than four.
func plain(name []byte) bool {
	if len(name) == 0 || len(name) > maxName || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	digits := 0
	for _, c := range name {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits > 4 {
				return false
			}
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '-':
			digits = 0
		default:
			return false
		}
	}
	return true
}

// finds has a counter for each label that was found, for most of them at most; what is beyond them shares counters.
type finds struct {
	most int
	mu   sync.Mutex
	by   map[string]prometheus.Counter
}

// find returns the label's counter, which create makes, and whether it is new. Beyond most labels it is the counter of beyond.
func (f *finds) find(label, beyond string, create func(label string) prometheus.Counter) (c prometheus.Counter, isNew bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.by[label]; c != nil {
		return c, false
	}
	if f.by == nil {
		f.by = map[string]prometheus.Counter{}
	}
	if len(f.by) >= f.most && label != beyond {
		label = beyond
		if c := f.by[label]; c != nil {
			return c, false
		}
	}
	c = create(label)
	f.by[label] = c
	return c, true
}
