package read

import (
	"slices"

	"github.com/shopstream/shopstream/schemas"
)

// Unmapped notes that the platform gives a value that has no word that all platforms share, where documents keep it: it is no
// problem of the document, but a change of the platform. "" is no value. What is in unified_status as unknown shows by itself.
// Each is noted once, and no more of them than a document has validation errors at most.
func (p *Problems) Unmapped(field, value string) {
	if value != "" {
		p.note(schemas.Unmapped{Field: field, Value: value})
	}
}

// UnmappedOfBuyer is Unmapped for a value that may say something about a buyer.
func (p *Problems) UnmappedOfBuyer(field string) {
	p.note(schemas.Unmapped{Field: field})
}

func (p *Problems) note(u schemas.Unmapped) {
	if len(p.unmapped) < maxProblems && !slices.Contains(p.unmapped, u) {
		p.unmapped = append(p.unmapped, u)
	}
}

// AllUnmapped returns what was noted.
func (p *Problems) AllUnmapped() []schemas.Unmapped { return p.unmapped }

// Merge adds what is wrong with something that a document is made of, too.
func (p *Problems) Merge(of *Problems) {
	p.found = append(p.found, of.found...)
	for _, u := range of.unmapped {
		p.note(u)
	}
}
