package oracle

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/big"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Comparison holds a shop's stored documents of one kind against the rows that there are.
type Comparison struct {
	Platform, ChannelID, ShopID, Kind string

	There      int // rows in the world
	Found      int // documents in the store
	Missing    int // rows without a document
	Duplicated int // documents beyond the first of a row
	Differing  int // documents that say something else than the truth, are not valid, or are of no row at all

	Truth, Stored *big.Rat // sums of the amounts

	// Mistakes names the first few of what is wrong.
	Mistakes []string
}

// OK reports whether the store is what it should be.
func (c *Comparison) OK() bool {
	return c.Missing+c.Duplicated+c.Differing == 0 && c.There == c.Found
}

const maxMistakes = 5

func (c *Comparison) mistake(format string, args ...any) {
	if len(c.Mistakes) < maxMistakes {
		c.Mistakes = append(c.Mistakes, fmt.Sprintf(format, args...))
	}
}

// margin is how far outside of a selection documents may lie: windows overlap on the wire, and lists by calendar day give
// whole days of the site's zone. What lies there is compared and not counted.
const margin = 48 * time.Hour

// perPass bounds the rows that are held in memory at a time.
const perPass = 200_000

// Compare compares one shop's documents of one kind, in as many passes as it takes to hold a bounded number of rows.
func Compare(ctx context.Context, w World, documents *mongo.Collection, s Selection) (*Comparison, error) {
	c := &Comparison{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: s.Kind, Truth: new(big.Rat), Stored: new(big.Rat),
	}
	rows := 0
	wide := s
	wide.From, wide.To = s.From.Add(-margin), s.To.Add(margin)
	if err := w.Truth(ctx, wide, func(Row) bool { rows++; return true }); err != nil {
		return nil, err
	}
	passes := uint32(rows/perPass) + 1
	for pass := range passes {
		p := &comparing{Comparison: c, selection: s, of: passes, pass: pass, truth: map[string]*known{}}
		if err := p.run(ctx, w, documents, wide); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// known is a row of the world.
type known struct {
	row    Row
	inside bool // the selection holds it
	seen   bool
}

// comparing is one pass over a share of the rows.
type comparing struct {
	*Comparison
	selection Selection
	pass, of  uint32
	truth     map[string]*known
}

func (p *comparing) mine(id string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32()%p.of == p.pass
}

func (p *comparing) run(ctx context.Context, w World, documents *mongo.Collection, wide Selection) error {
	if err := w.Truth(ctx, wide, func(r Row) bool {
		if p.mine(r.ID) {
			p.truth[r.ID] = &known{row: r}
		}
		return true
	}); err != nil {
		return err
	}
	if err := w.Truth(ctx, p.selection, func(r Row) bool {
		if k := p.truth[r.ID]; k != nil {
			k.inside = true
			p.There++
			add(p.Truth, r.Amount)
		}
		return true
	}); err != nil {
		return err
	}
	if err := p.readStored(ctx, documents); err != nil {
		return err
	}
	for id, k := range p.truth {
		if k.inside && !k.seen {
			p.Missing++
			p.mistake("%s is missing", id)
		}
	}
	return nil
}

func (p *comparing) readStored(ctx context.Context, documents *mongo.Collection) error {
	cursor, err := documents.Find(ctx, bson.D{
		{Key: "shop_id", Value: p.ShopID},
		{Key: "channel_id", Value: p.ChannelID},
		{Key: "platform", Value: p.Platform},
	}, options.Find().SetProjection(projection))
	if err != nil {
		return fmt.Errorf("read stored %s: %w", p.Kind, err)
	}
	defer func() { _ = cursor.Close(ctx) }()
	for cursor.Next(ctx) {
		var d document
		if err := cursor.Decode(&d); err != nil {
			return fmt.Errorf("read stored %s: %w", p.Kind, err)
		}
		r, err := d.row(p.Kind)
		if p.mine(r.ID) {
			p.judge(&d, r, err)
		}
	}
	return cursor.Err()
}

// judge compares one document.
func (p *comparing) judge(d *document, r Row, unreadable error) {
	k := p.truth[r.ID]
	if k == nil {
		p.Found++
		p.Differing++
		p.mistake("%s is stored, the world has no such row", d.Key)
		return
	}
	if k.inside || k.seen {
		p.Found++
		add(p.Stored, r.Amount)
	}
	switch {
	case k.seen:
		p.Duplicated++
		p.mistake("%s is stored again as %s", r.ID, d.Key)
	case unreadable != nil:
		p.Differing++
		p.mistake("%v", unreadable)
	case !d.IsValid || !k.row.Same(r):
		p.Differing++
		p.mistake("%s is stored as %+v (valid: %v), the world has %+v", d.Key, r, d.IsValid, k.row)
	}
	k.seen = true
}

func add(to *big.Rat, text string) {
	a, _ := amount(text)
	to.Add(to, a)
}
