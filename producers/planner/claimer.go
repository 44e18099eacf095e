// Package planner turns plans into root tasks. [Claimer] takes a plan, checks it, claims its id and hands it on, a record for
// each platform; [Slicer] plans one platform of a plan, slice by slice, no faster than its tasks are done.
//
// They promise that a plan runs once, whoever sends it how often; that its chunks are contiguous and cover its range
// exactly once; and that the length of its range takes no memory.
package planner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Book knows the shops.
type Book interface {
	// Select returns the enabled shops that pass the filters, sorted by key; an empty filter passes all.
	Select(platforms, channels, shops []string) []shop.Shop
	All() []shop.Shop
}

// claims is where plans are claimed: see [Runs].
type claims interface {
	Claim(ctx context.Context, run schemas.Run) (stored schemas.Run, mine bool, err error)
}

// ClaimerOptions says how plans are claimed. All fields are required but Refresh.
type ClaimerOptions struct {
	Topics schemas.Topics
	Book   Book
	// Refresh brings the book up to date before it is asked: a plan may follow a new shop at once. Nil: it always is.
	Refresh   func(context.Context) error
	Runs      claims
	Adapters  []platform.Adapter
	Zone      *time.Location // of the calendar days in plans
	ChunkDays int            // for plans that do not say
	Logger    *slog.Logger
	Registry  prometheus.Registerer
}

// Claimer is the [stream.Processor] of the topic plans.
type Claimer struct {
	ClaimerOptions
	plans *prometheus.CounterVec
}

var _ stream.Processor = (*Claimer)(nil)

// NewClaimer checks the options and returns a claimer. It does no I/O.
func NewClaimer(o ClaimerOptions) (*Claimer, error) {
	if o.Book == nil || o.Runs == nil || len(o.Adapters) == 0 || o.Zone == nil || o.Logger == nil || o.Registry == nil {
		return nil, errors.New("planner needs a book of shops, runs, adapters, a zone, a logger and a metrics registry")
	}
	if o.ChunkDays < 1 || o.ChunkDays > maxChunkDays {
		return nil, fmt.Errorf("chunk.days is %d: use 1 to %d", o.ChunkDays, maxChunkDays)
	}
	c := &Claimer{ClaimerOptions: o, plans: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "shopstream_planner_plans_total", Help: "Plans by what became of them: claimed, rejected, ignored as a copy.",
	}, []string{"outcome"})}
	for _, outcome := range []string{"claimed", "rejected", "ignored"} {
		c.plans.WithLabelValues(outcome)
	}
	if err := o.Registry.Register(c.plans); err != nil {
		return nil, fmt.Errorf("register planner metrics: %w", err)
	}
	return c, nil
}

// Process claims the plans of a batch. Claims are made before anything is published, so they bear repetition: the same
// record finds its own claim and goes on from there.
func (c *Claimer) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	var res stream.Result
	if c.Refresh != nil {
		if err := c.Refresh(ctx); err != nil {
			return res, err
		}
	}
	for _, r := range batch {
		if err := c.claim(ctx, r, &res); err != nil {
			return stream.Result{}, err
		}
	}
	return res, nil
}

func (c *Claimer) claim(ctx context.Context, r *kgo.Record, res *stream.Result) error {
	run, work, undecodable := c.read(r)
	stored, mine, err := c.Runs.Claim(ctx, run)
	if err != nil {
		return err
	}
	log := c.Logger.With("plan_id", run.ID, "topic", r.Topic, "partition", r.Partition, "offset", r.Offset)
	switch {
	case undecodable != nil:
		c.plans.WithLabelValues("rejected").Inc()
		res.Rejected = append(res.Rejected, stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: undecodable, Attempts: 1})
	case !mine:
		c.plans.WithLabelValues("ignored").Inc()
		log.Warn("plan is ignored: its id is taken, a new run needs a new plan_id", "claimed_offset", stored.Origin.Offset)
	case stored.Status == schemas.RunRejected:
		c.plans.WithLabelValues("rejected").Inc()
		log.Warn("plan is rejected", "error", strings.Join(stored.Reasons, "; "))
	default:
		// What was claimed counts, should the shops have changed since.
		c.plans.WithLabelValues("claimed").Inc()
		for i := range work {
			if len(stored.Platforms) > 0 && !slices.Contains(stored.Platforms, work[i].Platform) {
				continue
			}
			record, err := work[i].Record(c.Topics.PlansWork(work[i].Plan.Lane, work[i].Platform))
			if err != nil {
				return err
			}
			res.Publish = append(res.Publish, record)
		}
	}
	return nil
}

// read makes a run of a record, planned or rejected, and the work that a planned one gives. The error says that the record
// is no plan at all.
func (c *Claimer) read(r *kgo.Record) (run schemas.Run, work []schemas.PlanWork, undecodable error) {
	run = schemas.Run{
		ID: fmt.Sprintf("rejected/%s/%d/%d", r.Topic, r.Partition, r.Offset), Status: schemas.RunRejected,
		Origin: schemas.Origin{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}, CreatedAt: r.Timestamp.UTC(),
	}
	var p schemas.Plan
	var check checker
	err := json.Unmarshal(r.Value, &p)
	var wrongType *json.UnmarshalTypeError
	switch object := bytes.HasPrefix(bytes.TrimSpace(r.Value), []byte("{")); {
	case object && errors.As(err, &wrongType): // the other fields were read
		check.fail("field %s has the wrong type", wrongType.Field)
	case err != nil || !object:
		undecodable = errors.New("value is not a plan in JSON: " + decodingProblem(err))
		run.Reasons = []string{undecodable.Error()}
		return run, nil, undecodable
	}
	if planID.MatchString(p.PlanID) {
		run.ID = p.PlanID
	} else {
		check.fail("plan_id %.120q is no id: letters, digits and . _ : - only, 1 to 100 of them", p.PlanID)
	}
	check.fields(r.Value)
	work = c.check(&check, &p, r.Timestamp.Unix())
	run.Plan = &p
	if len(check.reasons) > 0 {
		p.Labels = nil // unchecked keys could be what the store refuses
		run.Reasons = check.reasons
		return run, nil, nil
	}
	run.Status = schemas.RunPlanned
	for i := range work {
		run.Platforms = append(run.Platforms, work[i].Platform)
	}
	return run, work, nil
}

// Check returns everything that is wrong with a plan made at now, none when it will be accepted: what a program that makes
// plans asks before it sends one. Of the options it needs Book, Adapters, Zone and ChunkDays.
func (o ClaimerOptions) Check(p schemas.Plan, now time.Time) []string {
	var check checker
	if !planID.MatchString(p.PlanID) {
		check.fail("plan_id %.50q is none: letters, digits and . _ : - only, 1 to 100 of them", p.PlanID)
	}
	o.check(&check, &p, now.Unix())
	return check.reasons
}

// check fills in a plan's defaults, checks it and returns the work for each platform with a shop. now is in unix seconds.
func (o ClaimerOptions) check(check *checker, p *schemas.Plan, now int64) []schemas.PlanWork {
	setDefault(&p.TimeField, schemas.CreateTime)
	setDefault(&p.Lane, schemas.Backfill)
	if p.ChunkDays == 0 {
		p.ChunkDays = o.ChunkDays
	}
	check.platforms = make([]string, len(o.Adapters))
	for i, a := range o.Adapters {
		check.platforms[i] = a.Platform()
	}
	check.shape(p)
	window := check.dates(p, o.Zone, now)
	selected := o.Book.Select(p.Platforms, p.Channels, p.Shops)
	check.shops(p, selected, o.Book.All())
	var work []schemas.PlanWork
	for _, name := range platformsOf(selected, check.platforms) {
		kinds := o.kinds(check, p, name)
		if len(kinds) > 0 {
			work = append(work, schemas.PlanWork{Plan: *p, Platform: name, Kinds: kinds, Shops: shopsOf(selected, name), Range: window})
		}
	}
	if len(work) == 0 && len(selected) > 0 {
		check.fail("nothing of this plan can be fetched from the platforms of the selected shops")
	}
	return work
}

// platformsOf returns the shops' platforms, each once: those that are known in their order, then others.
func platformsOf(shops []shop.Shop, known []string) []string {
	order := slices.Clone(known)
	has := map[string]bool{}
	for i := range shops {
		name := shops[i].Platform
		has[name] = true
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return slices.DeleteFunc(order, func(name string) bool { return !has[name] })
}

// shopsOf returns the shops of a platform.
func shopsOf(selected []shop.Shop, name string) (shops []schemas.PlanShop) {
	for i := range selected {
		if s := &selected[i]; s.Platform == name {
			shops = append(shops, schemas.PlanShop{ChannelID: s.ChannelID, ShopID: s.ShopID})
		}
	}
	return shops
}

// kinds returns which kinds are planned on a platform: the ones asked for, or all that it has. What cannot be fetched from
// it is a mistake of the plan, also where the platform is only meant by an empty filter: left out in silence it would be
// missed.
func (o ClaimerOptions) kinds(check *checker, p *schemas.Plan, name string) []string {
	var kinds []string
	for _, kind := range schemas.Kinds {
		asked := slices.Contains(p.Kinds, kind)
		_, ok := rootOp(o.Adapters, name, kind)
		switch {
		case ok && (asked || len(p.Kinds) == 0):
			kinds = append(kinds, kind)
		case asked:
			check.fail("%s cannot be fetched from %s: name the platforms to leave it out", kind, name)
		}
	}
	if len(kinds) == 0 && len(p.Kinds) == 0 {
		check.fail("nothing can be fetched from %s: name the platforms to leave it out", name)
	}
	return kinds
}

// rootOp returns the first op of a platform's kind.
func rootOp(adapters []platform.Adapter, name, kind string) (string, bool) {
	for _, a := range adapters {
		if a.Platform() == name {
			return a.Root(kind)
		}
	}
	return "", false
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// decodingProblem describes a decoding error without the value that caused it.
func decodingProblem(err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("broken at byte %d", syntax.Offset)
	case err == nil, errors.As(err, &typ) && typ.Field == "":
		return "it is no object"
	case typ != nil:
		return fmt.Sprintf("field %s has the wrong type", typ.Field)
	default:
		return "it is unreadable"
	}
}
