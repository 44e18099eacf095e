package read

import "github.com/shopstream/shopstream/schemas"

// Unmapped notes that the platform gives a value that has no word that all platforms share, where documents keep it: it is no
// problem of the document, but a change of the platform. "" is no value. What is in unified_status as unknown shows by itself.
func (p *Problems) Unmapped(field, value string) {
	if value != "" {
		p.unmapped = append(p.unmapped, schemas.Unmapped{Field: field, Value: value})
	}
}

// UnmappedOfBuyer is Unmapped for a value that may say something about a buyer.
func (p *Problems) UnmappedOfBuyer(field string) {
	p.unmapped = append(p.unmapped, schemas.Unmapped{Field: field})
}

// AllUnmapped returns what was noted.
func (p *Problems) AllUnmapped() []schemas.Unmapped { return p.unmapped }

// Merge adds what is wrong with something that a document is made of, too.
func (p *Problems) Merge(of *Problems) {
	p.found = append(p.found, of.found...)
	p.unmapped = append(p.unmapped, of.unmapped...)
}
