// Package schemas holds what crosses a topic or reaches the store: record and document types, topic names, keys and
// headers. Every stage depends on it and it depends on no stage, so that a producer and a consumer of a topic can be
// built, deployed and tested apart.
//
// Ids are decimal text, money is exact text ([Money]), times of documents are ISO 8601 text with an offset ([FormatTime]).
//
// JSON Schemas of what crosses the topics are in json, examples in examples.
package schemas

//go:generate go run ./gen

// Platforms by name. Another needs no constant here.
const (
	Shopee = "shopee"
	TikTok = "tiktok"
	Lazada = "lazada"
)

// Platforms lists the platforms that documentation shows first, in its order; which there are is said by internal/service/catalog.
var Platforms = []string{Shopee, TikTok, Lazada}

// The kinds of data.
const (
	Orders       = "orders"
	Products     = "products"
	Transactions = "transactions"
	Returns      = "returns"
	Tracking     = "tracking"
)

// Kinds lists the kinds of data, in the order in which they are planned and shown.
var Kinds = []string{Orders, Products, Transactions, Returns, Tracking}

// The lanes: live work is never queued behind a backfill, since each lane has topics and consumer groups of its own.
const (
	Live     = "live"
	Backfill = "backfill"
)

// The time fields a plan can select by.
const (
	CreateTime = "create_time"
	UpdateTime = "update_time"
)

// The stages, as facts, metrics and dead letters name them.
const (
	StagePlanner     = "planner"
	StageFetcher     = "fetcher"
	StageDelay       = "delay"
	StageTransformer = "transformer"
	StageSink        = "sink"
	StageTracker     = "tracker"
	StageReject      = "reject" // only in facts: a stage gave a record up
)
