package ratelimit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	// creep is the part of the configured rate by which a learnt ceiling rises a minute.
	creep = 0.05
	// least is the part of the configured rate below which no refusal takes the ceiling.
	least = 0.01
	// forget is how long after a scope is open again its next refusal is the first in a row, however long it was closed.
	forget = time.Minute
	// confirmed is how many refusals in a row it takes to believe that the rate is too high: some platforms refuse a call now
	// and then that has nothing to do with it.
	confirmed    = 3
	maxDoublings = 5
	// liveFor is how long after a live call's moment the live lane is taken to have more work.
	liveFor = 2 * time.Second
	// quotaWait is how long a used-up quota is believed to last where the platform does not say, unless the day ends before:
	// asking once an hour costs nothing.
	quotaWait = time.Hour
	// dayZone is what is east of UTC where the platforms' days begin: Shopee documents UTC+8, the others nothing.
	dayZone = 8 * time.Hour
)

// state is a cell as it is stored and as a statement returns it. Times are nanoseconds since the epoch, the server's.
type state struct {
	Now      int64   `bson:"now"`      // when the last statement was made
	Full     int64   `bson:"full"`     // when the bucket would be full again if nobody called
	Closed   int64   `bson:"closed"`   // nothing begins before
	Live     int64   `bson:"live"`     // the last moment of a live call
	Limit    int64   `bson:"limit"`    // calls a minute that are configured
	Ceiling  float64 `bson:"ceiling"`  // calls a minute learnt from refusals
	Learned  int64   `bson:"learned"`  // since when it creeps up
	Row      int64   `bson:"row"`      // refusals in a row
	Soon     int64   `bson:"soon"`     // how long after it is open again a refusal is one more in the row
	Day      int64   `bson:"day"`      // the day that is counted
	Used     int64   `bson:"used"`     // calls of that day
	Rate     float64 `bson:"rate"`     // calls a minute in effect
	Interval int64   `bson:"interval"` // between two calls, in effect

	// The lease that was given last: n moments, the i-th at max(from, base + i·interval − ahead).
	From  int64 `bson:"from"`
	Base  int64 `bson:"base"`
	Ahead int64 `bson:"ahead"`
	N     int64 `bson:"n"`
	Next  int64 `bson:"next"` // when asking again makes sense, if n is 0
}

func (s *state) moment(i int64) time.Duration {
	return time.Duration(max(s.From, s.Base+i*s.Interval-s.Ahead))
}

// refusal is what a process tells about a refused call.
type refusal struct {
	began time.Duration // when the call began, by the server's clock
	wait  time.Duration // what the platform asks for; 0: nothing
	base  time.Duration
	quota bool
}

// cells are the limits that all processes share.
type cells struct{ c *mongo.Collection }

// lease is a question for moments.
type lease struct {
	n        int           // at most
	patience time.Duration // how far ahead they may lie
	lead     time.Duration // how long the answer takes: a moment before it arrives is of no use
	live     bool
}

// lease takes the scope's next moments. What the live lane leaves of the burst is for the other one, which also waits for no
// moment far ahead, since the live lane would have to wait behind it, and for none at all while the live lane has work.
func (c cells) lease(ctx context.Context, s scope, l lease) (state, error) {
	steps, wait := s.steps(), any(int64(l.patience))
	liveUntil := any(expr("$max", "$live", "$now"))
	if !l.live {
		steps -= s.reserve()
		wait = expr("$cond", expr("$gt", expr("$add", "$live", int64(liveFor)), "$now"), int64(0),
			expr("$min", int64(l.patience), expr("$multiply", "$interval", int64(max(1, s.reserve())))))
		liveUntil = "$live"
	}
	from := bson.A{expr("$add", "$now", int64(l.lead)), "$closed"}
	most := bson.A{int64(l.n), "$n"}
	if s.daily > 0 {
		from = append(from, expr("$cond", expr("$gte", "$used", int64(s.daily)), nextDay, int64(0)))
		most = append(most, expr("$subtract", int64(s.daily), "$used"))
	}
	pipeline := append(present(s),
		set("from", bson.D{{Key: "$max", Value: from}}, "ahead", expr("$multiply", "$interval", int64(steps)), "horizon", wait),
		set("base", expr("$max", "$full", "$from"), "horizon", expr("$add", "$now", int64(l.lead), "$horizon")),
		set("n", whole(expr("$add", int64(1), expr("$divide",
			expr("$subtract", expr("$add", "$horizon", "$ahead"), "$base"), "$interval")))),
		set("n", expr("$cond", expr("$gt", "$from", "$horizon"), int64(0), expr("$max", int64(0), bson.D{{Key: "$min", Value: most}}))),
		set(
			"full", expr("$cond", expr("$gt", "$n", int64(0)), expr("$add", "$base", expr("$multiply", "$n", "$interval")), "$full"),
			"used", expr("$add", "$used", "$n"),
			"live", liveUntil,
			// The moment of the first, less what may be waited for: from then on it would be given.
			"next", expr("$max", "$from", expr("$subtract", expr("$subtract", "$base", "$ahead"), expr("$subtract", "$horizon", "$now"))),
		),
		bson.D{{Key: "$unset", Value: "horizon"}},
	)
	if l.live {
		pipeline = append(pipeline, set("live", expr("$max", "$live",
			expr("$subtract", expr("$add", "$base", expr("$multiply", "$n", "$interval")), "$ahead"))))
	}
	return c.update(ctx, s, pipeline)
}

// refuse notes that the platform refused calls of the scope, which stays closed for r.wait, or where the platform did not say
// how long, for r.base. Each third one in a row halves the rate and doubles r.base: the rate that holds now has to be refused as
// often as the one before.
//
// The next refusal is in a row when the scope has not been open for r.wait, a minute at most, or for r.base, and for the time
// that the first calls take to come: what a platform allows while it is left alone lasts longer, unless it takes far less than
// is made. One that comes later is as likely a stray, and costs the time that the scope is closed, which by itself brings the
// calls that are made down to what the platform takes.
func (c cells) refuse(ctx context.Context, s scope, r refusal) (state, error) {
	pipeline := present(s)
	if r.quota {
		wait := any(expr("$min", nextDay, expr("$add", "$now", int64(quotaWait))))
		if r.wait > 0 {
			wait = expr("$add", "$now", int64(r.wait))
		}
		pipeline = append(pipeline, set("closed", expr("$max", "$closed", wait)))
	} else {
		wait, soon := any(int64(r.wait)), min(r.wait, forget)
		if r.wait == 0 {
			doublings := expr("$min", whole(expr("$divide", "$row", int64(confirmed))), int64(maxDoublings))
			wait, soon = whole(expr("$multiply", int64(r.base), expr("$pow", int64(2), doublings))), r.base
		}
		began := int64(r.began)
		inRow := expr("$lte", began, expr("$add", "$closed", "$soon"))
		pipeline = append(pipeline,
			// A call that began before the scope was open belongs to the refusal that closed it: it was under way then, or its
			// process had not heard yet.
			set("fresh", expr("$gte", began, "$closed")),
			set("row", expr("$cond", "$fresh", expr("$cond", inRow, expr("$add", "$row", int64(1)), int64(1)), "$row")),
			set("halve", expr("$and", "$fresh", expr("$eq", expr("$mod", "$row", int64(confirmed)), int64(0))),
				"closed", expr("$cond", expr("$or", "$fresh", r.wait > 0), expr("$max", "$closed", expr("$add", "$now", wait)), "$closed")),
			// Nothing is learnt while it is closed, so the ceiling does not creep up either.
			set("ceiling", expr("$cond", "$halve", expr("$max", least*float64(s.Rate), expr("$divide", "$rate", 2.0)),
				expr("$cond", "$fresh", "$rate", "$ceiling")),
				"learned", expr("$cond", "$fresh", "$closed", "$learned")))
		pipeline = append(pipeline, effective(s)...)
		pipeline = append(pipeline,
			set("soon", expr("$cond", "$fresh", expr("$add", int64(soon), expr("$multiply", int64(s.reserve()+3), "$interval")), "$soon")),
			bson.D{{Key: "$unset", Value: bson.A{"fresh", "halve"}}})
	}
	return c.update(ctx, s, append(pipeline, emptied(s)))
}

// closeFor lets nothing begin for a while.
func (c cells) closeFor(ctx context.Context, s scope, d time.Duration) error {
	_, err := c.update(ctx, s, append(present(s), set("closed", expr("$max", "$closed", expr("$add", "$now", int64(d)))), emptied(s)))
	return err
}

// emptied lets the scope start without its burst after it was closed: the platform's own count is not known to be empty.
func emptied(s scope) bson.D {
	return set("full", expr("$max", "$full", expr("$add", "$closed", expr("$multiply", "$interval", int64(s.steps())))))
}

// present brings a cell up to the server's time.
func present(s scope) mongo.Pipeline {
	def := func(field string, v any) bson.D { return expr("$ifNull", "$"+field, v) }
	return append(mongo.Pipeline{
		set("now", expr("$multiply", expr("$toLong", "$$NOW"), int64(time.Millisecond)), "limit", int64(s.limit()),
			"full", def("full", int64(0)), "closed", def("closed", int64(0)), "live", def("live", int64(0)),
			"ceiling", def("ceiling", float64(s.Rate)), "learned", def("learned", int64(0)), "row", def("row", int64(0)),
			"soon", def("soon", int64(0)),
			"day", def("day", int64(0)), "used", def("used", int64(0))),
		set("day", today, "used", expr("$cond", expr("$eq", "$day", today), "$used", int64(0))),
	}, effective(s)...)
}

// effective computes the rate that holds now: what is configured, or the learnt ceiling, which creeps up.
func effective(s scope) mongo.Pipeline {
	if s.ceiling > 0 {
		return mongo.Pipeline{set("ceiling", float64(s.limit()), "learned", int64(0), "rate", float64(s.limit())), interval}
	}
	rate := expr("$min", float64(s.Rate), expr("$add", "$ceiling",
		expr("$multiply", creep*float64(s.Rate)/float64(time.Minute), expr("$max", int64(0), expr("$subtract", "$now", "$learned")))))
	return mongo.Pipeline{set("rate", rate), interval}
}

var interval = set("interval", expr("$toLong", expr("$ceil", expr("$divide", float64(time.Minute), "$rate"))))

var (
	today = whole(expr("$divide", expr("$add", "$now", int64(dayZone)), int64(24*time.Hour)))
	// nextDay is when the day ends that "day" says.
	nextDay = expr("$subtract", expr("$multiply", expr("$add", "$day", int64(1)), int64(24*time.Hour)), int64(dayZone))
)

func (c cells) update(ctx context.Context, s scope, pipeline mongo.Pipeline) (st state, err error) {
	opts := options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)
	// Two that make the same cell: the loser finds it there.
	for range 2 {
		err = c.c.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: s.key}}, pipeline, opts).Decode(&st)
		if !mongo.IsDuplicateKeyError(err) {
			break
		}
	}
	if err != nil {
		return state{}, fmt.Errorf("take calls of %s: %w", s.key, err)
	}
	return st, nil
}

func expr(operator string, args ...any) bson.D { return bson.D{{Key: operator, Value: bson.A(args)}} }

func whole(of any) bson.D { return expr("$toLong", expr("$floor", of)) }

// set is a stage that sets fields, given as name, value, name, value.
func set(pairs ...any) bson.D {
	fields := make(bson.D, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		fields = append(fields, bson.E{Key: fmt.Sprint(pair[0]), Value: pair[1]})
	}
	return bson.D{{Key: "$set", Value: fields}}
}
