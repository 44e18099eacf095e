package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// TikTok's orders list their parcels with little more than an id; what a parcel is doing is said by each unit inside.

// word is a text of an answer, and how it was written. One without a text says nothing.
type word struct {
	text string
	e    read.Element
}

// readWord reads a text, or an id that may be a number too.
func readWord(r *read.Object, name string) word {
	e, ok := r.Value()
	if !ok {
		return word{}
	}
	text, ok := jsonscan.Text(e.Raw)
	if !ok {
		text, ok = read.ParseLooseID(e.Raw)
	}
	if !ok {
		r.Wrong(name, e, "want a string")
	}
	return word{text, e}
}

// readLooseID is LooseID for an id that may have to be kept later. It reports false for what is no id.
func readLooseID(r *read.Object, name string) (word, bool) {
	e, ok := r.Value()
	if !ok {
		return word{}, true
	}
	id, ok := read.ParseLooseID(e.Raw)
	if !ok {
		r.Wrong(name, e, "want an id")
	}
	return word{id, e}, ok
}

// What is said about a parcel.
const (
	wordStatus = iota
	wordTracking
	wordProvider
	wordProviderID
	wordCount
)

// wordNames has the members under which the words stand.
type wordNames [wordCount]string

var (
	unitWords  = wordNames{"package_status", "tracking_number", "shipping_provider_name", "shipping_provider_id"}
	orderWords = wordNames{"", "tracking_number", "shipping_provider", "shipping_provider_id"}
)

// words is what an order or a unit in it says about its parcel.
type words [wordCount]word

// read reads the member when it is one of the words.
func (w *words) read(r *read.Object, name string, names *wordNames) bool {
	for i := range names {
		if names[i] == name {
			w[i] = readWord(r, name)
			return true
		}
	}
	return false
}

// keep keeps the words that say something in r.
func (w *words) keep(r *read.Object, names *wordNames) {
	for i := range w {
		if w[i].text != "" {
			r.KeepElement(names[i], w[i].e)
		}
	}
}

// parcel is one parcel of an order.
type parcel struct {
	id      string
	said    words
	lineIDs []string
	rest    *read.Object // of its own row, nil when it has none
}

// hear takes what is said about the parcel. The first word counts; one that contradicts it is kept in r.
func (p *parcel) hear(w *words, r *read.Object, names *wordNames) {
	for i := range w {
		switch {
		case w[i].text == "":
		case p.said[i].text == "":
			p.said[i] = w[i]
		case p.said[i].text != w[i].text:
			r.KeepElement(names[i], w[i].e)
		}
	}
}

// fields returns what has no field of a package.
func (p *parcel) fields() schemas.PlatformFields {
	r := p.rest
	if r == nil {
		r = &read.Object{}
	}
	if p.said[wordProviderID].text != "" {
		r.KeepElement(unitWords[wordProviderID], p.said[wordProviderID].e)
	}
	return r.Rest.Fields()
}

// parcels are an order's: those it lists, then those that only units name.
type parcels []parcel

// row reads a row of packages.
func (all *parcels) row(r *read.Object, i int, e read.Element) {
	in := read.NewObject(e.Raw, r.Prefix+"packages["+strconv.Itoa(i)+"].", r.Bad)
	p := parcel{rest: in}
	for key := range in.Scan.Object() {
		if key := string(key); key == "id" {
			p.id = in.LooseID(key)
		} else {
			in.Keep(key)
		}
	}
	for i := range *all {
		if (*all)[i].id == p.id {
			r.Bad.Add(r.Prefix+"packages", "two packages have one id")
		}
	}
	if p.id == "" {
		r.Bad.Add(in.Prefix+"id", "missing")
	}
	*all = append(*all, p)
}

// named returns the parcel with that id.
func (all *parcels) named(id string) *parcel {
	for i := range *all {
		if (*all)[i].id == id {
			return &(*all)[i]
		}
	}
	*all = append(*all, parcel{id: id})
	return &(*all)[len(*all)-1]
}

// only returns the parcel of an order that has one, else nil.
func (all *parcels) only() *parcel {
	if len(*all) == 1 {
		return &(*all)[0]
	}
	return nil
}

// hearOrder takes what the order itself says about its parcel. With several parcels it does not say which it means, so that
// it is kept in r.
func (all *parcels) hearOrder(w *words, r *read.Object) {
	if p := all.only(); p != nil {
		p.hear(w, r, &orderWords)
	} else {
		w.keep(r, &orderWords)
	}
}

// fillPackages puts the packages together, once the lines are.
func (b *orderBuilder) fillPackages() {
	b.parcels.hearOrder(&b.words, &b.row.Object)
	for i := range b.parcels {
		p := &b.parcels[i]
		b.order.Packages = append(b.order.Packages, schemas.Package{
			PackageID:        p.id,
			Status:           p.said[wordStatus].text,
			TrackingNumber:   p.said[wordTracking].text,
			ShippingProvider: p.said[wordProvider].text,
			LineIDs:          p.lineIDs,
			PlatformFields:   p.fields(),
		})
	}
}
