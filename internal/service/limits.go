package service

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/schemas"
)

// newLimiter returns the limiter that all fetchers of the process share, and what tells it the process's share of the work.
func newLimiter(p *parts) (*ratelimit.Limiter, *assignment, error) {
	rules := map[string]ratelimit.Rule{}
	for _, adapter := range p.adapters {
		c := p.Config.Platforms[adapter.Platform()]
		rules[adapter.Platform()] = ratelimit.Rule{
			App:  ratelimit.Limit{Rate: c.Rate, Burst: c.Burst},
			Shop: c.ShopRate, API: c.APIRate, Daily: c.Daily, Ceiling: c.Ceiling,
		}
	}
	owned := &assignment{adm: kadm.NewClient(p.admin), topics: p.topics, members: map[string]*kgo.Client{}, totals: map[string]total{}}
	limiter, err := ratelimit.New(ratelimit.Options{
		Rules: rules, Cells: p.mongo.Collection(mongodb.RateLimits), Share: owned.share, Backoff: p.Config.Fetch.Backoff,
		Logger: p.Log, Registry: p.registry, Now: p.Now,
	})
	return limiter, owned, err
}

const (
	totalFor     = 30 * time.Second // how long a topic's number of partitions is believed
	totalTimeout = time.Second
)

// assignment knows which part of the tasks' partitions this process owns.
type assignment struct {
	adm    *kadm.Client
	topics schemas.Topics

	mu      sync.Mutex
	members map[string]*kgo.Client // by topic: the latest session
	totals  map[string]total       // by topic
}

// total is how many partitions a topic has.
type total struct {
	n  int
	at time.Time
}

// watch returns the option by which the sessions of a stage become known.
func (a *assignment) watch(topic string) kgo.Opt { return kgo.WithHooks(&watcher{a, topic}) }

type watcher struct {
	a     *assignment
	topic string
}

var _ kgo.HookNewClient = (*watcher)(nil)

// OnNewClient notes the session's client.
func (w *watcher) OnNewClient(c *kgo.Client) {
	w.a.mu.Lock()
	defer w.a.mu.Unlock()
	w.a.members[w.topic] = c
}

// share returns the part of a platform's tasks that this process does, each lane counting alike. It is nothing while that
// cannot be told.
func (a *assignment) share(platform string) float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var share float64
	for _, lane := range lanes {
		topic := a.topics.Tasks(lane, platform)
		if c := a.members[topic]; c != nil {
			// What is assigned has an entry once it was committed or read. What was neither had no task yet, and makes the share
			// smaller than it could be, never larger.
			owned := len(c.CommittedOffsets()[topic])
			if n := a.total(topic); n > 0 {
				share += float64(owned) / float64(n) / float64(len(lanes))
			}
		}
	}
	return share
}

// total asks how many partitions the topic has, 0 when nobody says. The caller holds the lock.
func (a *assignment) total(topic string) int {
	if known := a.totals[topic]; time.Since(known.at) < totalFor {
		return known.n
	}
	ctx, cancel := context.WithTimeout(context.Background(), totalTimeout)
	defer cancel()
	details, err := a.adm.ListTopics(ctx, topic)
	if err != nil || details[topic].Err != nil {
		return 0
	}
	a.totals[topic] = total{n: len(details[topic].Partitions), at: time.Now()}
	return a.totals[topic].n
}
