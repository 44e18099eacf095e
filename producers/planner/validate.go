package planner

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/schemas"
)

var (
	planID   = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,100}$`)
	entityID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	labelKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
)

const (
	maxFilter    = 10_000 // entries of a filter
	maxLabels    = 32
	maxLabel     = 200 // bytes of a label's value
	maxChunkDays = 365
	firstYear    = 2000
	maxReasons   = 50
)

// checker collects everything that is wrong with a plan, so that its author mends it in one go.
type checker struct {
	platforms []string // that a plan may name
	reasons   []string
}

func (c *checker) fail(format string, args ...any) {
	if len(c.reasons) < maxReasons {
		c.reasons = append(c.reasons, fmt.Sprintf(format, args...))
	}
}

// one checks a value against the allowed ones.
func (c *checker) one(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.fail("%s %.50q is unknown: use %s", field, value, strings.Join(allowed, ", "))
	}
}

// fields names the members of a plan that mean nothing: a misspelt filter would silently mean "all".
func (c *checker) fields(raw []byte) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return // its type was reported already
	}
	known := []string{
		"plan_id", "platforms", "channels", "shops", "kinds", "from", "to", "chunk_days", "time_field",
		"lane", "only_missing", "labels",
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			c.fail("field %.50q is unknown: a plan has %s", name, strings.Join(known, ", "))
		}
	}
}

// shape checks what can be told from the plan alone, after its defaults were filled in.
func (c *checker) shape(p *schemas.Plan) {
	for _, v := range p.Platforms {
		c.one("platform", v, c.platforms...)
	}
	for _, v := range p.Kinds {
		c.one("kind", v, schemas.Kinds...)
	}
	c.one("time_field", p.TimeField, schemas.CreateTime, schemas.UpdateTime)
	c.one("lane", p.Lane, schemas.Live, schemas.Backfill)
	if p.ChunkDays < 1 || p.ChunkDays > maxChunkDays {
		c.fail("chunk_days is %d: use 1 to %d", p.ChunkDays, maxChunkDays)
	}
	for _, f := range []struct {
		name   string
		values []string
	}{{"channels", p.Channels}, {"shops", p.Shops}} {
		if len(f.values) > maxFilter {
			c.fail("%s has %d entries, at most %d are allowed: leave it out for all, or make several plans", f.name, len(f.values), maxFilter)
			continue
		}
		for _, id := range f.values {
			if !entityID.MatchString(id) {
				c.fail("%s holds %.50q, which is no id: letters, digits and . _ - only, 1 to 100 of them", f.name, id)
			}
		}
	}
	if len(p.Labels) > maxLabels {
		c.fail("%d labels, at most %d are allowed", len(p.Labels), maxLabels)
	}
	for k, v := range p.Labels {
		if !labelKey.MatchString(k) || len(v) > maxLabel {
			c.fail("label %.50q: keys are letters, digits, _ and -, at most 63; values at most %d bytes", k, maxLabel)
		}
	}
}

// dates returns the plan's range.
func (c *checker) dates(p *schemas.Plan, zone *time.Location, now int64) schemas.Window {
	from, fromErr := parseDay(p.From)
	to, toErr := parseDay(p.To)
	if fromErr != nil {
		c.fail("from %.50q is no calendar day: write it like 2024-01-31", p.From)
	}
	if toErr != nil {
		c.fail("to %.50q is no calendar day: write it like 2024-01-31", p.To)
	}
	if fromErr != nil || toErr != nil {
		return schemas.Window{}
	}
	if from.Year() < firstYear {
		c.fail("from %s lies before the year %d", p.From, firstYear)
	}
	if to.Before(from.Time) {
		c.fail("to %s lies before from %s", p.To, p.From)
		return schemas.Window{}
	}
	w := span(from, to, zone, now)
	if w.To <= w.From {
		c.fail("from %s lies in the future: the plan was made at %s", p.From, time.Unix(now, 0).In(zone).Format(time.RFC3339))
	}
	return w
}

// shops checks the filters against the shops that there are, so that a mistyped id is not taken for "nothing to do".
func (c *checker) shops(p *schemas.Plan, selected, all []shop.Shop) {
	unknown := func(name string) bool { return !slices.Contains(c.platforms, name) } // reported already
	if len(selected) == 0 && !slices.ContainsFunc(p.Platforms, unknown) {
		c.fail("no enabled shop passes the filters platforms, channels and shops")
	}
	for _, name := range p.Platforms {
		if unknown(name) {
			continue
		}
		if !slices.ContainsFunc(selected, func(s shop.Shop) bool { return s.Platform == name }) {
			c.fail("platform %.50q has no enabled shop that passes the filters", name)
		}
	}
	chosen := map[string]bool{}
	for i := range selected {
		chosen["c"+selected[i].ChannelID], chosen["s"+selected[i].ShopID] = true, true
	}
	known := map[string]bool{}
	for i := range all {
		known["c"+all[i].ChannelID], known["s"+all[i].ShopID] = true, true
	}
	report := func(field, prefix string, ids []string) {
		for _, id := range ids {
			switch {
			case chosen[prefix+id]:
			case known[prefix+id]:
				c.fail("%s %.50q is disabled or excluded by another filter", field, id)
			default:
				c.fail("%s %.50q is unknown: `shopstream shops list` shows those there are", field, id)
			}
		}
	}
	report("channel", "c", p.Channels)
	report("shop", "s", p.Shops)
}
