package read

// Merge adds what is wrong with something that a document is made of, too.
func (p *Problems) Merge(of *Problems) { p.found = append(p.found, of.found...) }
