package mappertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// words says of which values of which answers a mapper makes a word of ours, and as what field one that it does not know is
// counted: by kind and value, such as get_return_detail: response.status. They are found by giving each value of the sample pages
// in turn a word, or a number, that no platform has.
type words map[string]map[string]string

// wordsFile is where a mapper's words are kept.
const wordsFile = "words.json"

const (
	newWord   = "BRAND_NEW_WORD"
	newNumber = "9876"
)

// ourWords are the fields of documents that have one of a few words, or a flag, for something that platforms say in their own.
var ourWords = map[string]bool{"type": true, "unified_status": true, "packages[].unified_status": true, "is_cod": true}

// checkWords makes sure that a new word for what documents have in a word of ours gives a document and is counted, once and as
// one field, and compares the fields with the file. The samples as they are have no new word.
func checkWords(t *testing.T, m transformers.Mapper, pages []Page) {
	t.Helper()
	all := words{}
	for i := range pages {
		if pages[i].Documents > 0 {
			pages[i].findWords(t, m, all)
		}
	}
	golden(t, filepath.Join("testdata", wordsFile), indented(t, all), "run with -update and read the diff")
}

func (p *Page) findWords(t *testing.T, m transformers.Mapper, all words) {
	t.Helper()
	parts := p.tree(t)
	base, _, before := p.count(t, m, parts)
	if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(p.New))) {
		t.Errorf("%s: the samples have words that the mapper does not know: %v, want %v", p.Name, before, p.New)
	}
	used := map[string]bool{}
	for _, l := range parts.leaves() {
		var set any = newWord
		switch l.value.(type) {
		case json.Number:
			set = json.Number(newNumber)
		case string:
		default: // a flag, or nothing
			continue
		}
		l.set(set)
		ours, documents, counted := p.count(t, m, parts)
		l.set(l.value)
		for field, n := range before {
			if counted[field] -= n; counted[field] <= 0 {
				delete(counted, field)
			}
		}
		how := decides(base, ours)
		_, open := p.Open[l.path]
		used[l.path] = used[l.path] || open && how != ""
		switch {
		case len(counted) == 0 && how != "" && !open:
			t.Errorf("%s: a new word in %s is not counted, and %s for it", p.Name, l.place, how)
		case len(counted) == 0:
			continue
		case len(counted) > 1 || documents < p.Documents:
			t.Errorf("%s: a new word in %s gives %d documents and counts as %v", p.Name, l.place, documents, counted)
		}
		for field, n := range counted {
			if n > float64(documents) {
				t.Errorf("%s: a new word in %s counts %v times in %d documents", p.Name, l.place, n, documents)
			}
			all.add(t, p.Kind, p.origin(l.path), field)
		}
	}
	for path := range p.Open {
		if !used[path] {
			t.Errorf("%s: %s is listed as open and decides about nothing", p.Name, path)
		}
	}
}

func (w words) add(t *testing.T, kind, value, field string) {
	t.Helper()
	if w[kind] == nil {
		w[kind] = map[string]string{}
	}
	if was := w[kind][value]; was != "" && was != field {
		t.Errorf("new words in %s: %s count as %s and as %s", kind, value, was, field)
	}
	w[kind][value] = field
}

// count returns what the documents of the page have in words of ours, by document and place, how many documents there are, and how
// often something was counted as unknown, by field. A page that was rejected has none of them.
func (p *Page) count(t *testing.T, m transformers.Mapper, parts tree) (ours map[string]string, documents int, counted map[string]float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	ours = map[string]string{}
	for _, r := range run(t, processor(t, p.Platform, m, registry), p.Record(t, parts.bodies(t)...)).Publish {
		if schemas.Header(r, schemas.HeaderIndex) == "" {
			continue // the page's fact
		}
		var document map[string]any
		if err := json.Unmarshal(r.Value, &document); err != nil {
			t.Fatal(err)
		}
		for _, l := range leaves("", document, nil) {
			if place := strings.TrimPrefix(l.place, "."); ourWords[index.ReplaceAllString(place, "[]")] {
				ours[fmt.Sprintf("document %d: %s", documents, place)] = fmt.Sprint(l.value)
			}
		}
		documents++
	}
	return ours, documents, p.counted(t, registry)
}

// counted returns what is not zero of the metric of unknown values, by field. All of it must be the page's, and be said as the
// new word, or not at all.
func (p *Page) counted(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "shopstream_transformer_unknown_values_total" {
			continue
		}
		for _, metric := range f.GetMetric() {
			n := metric.GetCounter().GetValue()
			if n == 0 {
				continue
			}
			labels := map[string]string{}
			for _, l := range metric.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			counted[labels["field"]] += n
			if labels["platform"] != p.Platform || labels["kind"] != p.Kind {
				t.Errorf("%s: counted as %v", p.Name, labels)
			}
		}
	}
	return counted
}

// decides returns how documents have other words of ours. Where there are more or fewer of them, a value says what belongs together.
func decides(was, is map[string]string) (how string) {
	for place, word := range was {
		switch now, same := is[place]; {
		case !same || len(was) != len(is):
			return ""
		case now != word:
			how = fmt.Sprintf("%s is %s, not %s", place, now, word)
		}
	}
	return how
}
