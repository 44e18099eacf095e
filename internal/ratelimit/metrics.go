package ratelimit

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of one limiter.
type metrics struct {
	wait     *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	ceiling  *prometheus.GaugeVec
	slots    *prometheus.CounterVec
	away     prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer, platforms map[string]Rule) (*metrics, error) {
	m := &metrics{
		wait: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "shopstream_ratelimit_wait_seconds", Help: "Time that calls waited until they might begin, or were put off.",
			Buckets: []float64{.01, .1, 1, 3, 10, 30},
		}, []string{"platform", "lane"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_ratelimit_refusals_total", Help: "Calls that the platform refused because there were too many.",
		}, []string{"platform", "reason"}),
		ceiling: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "shopstream_ratelimit_ceiling_calls_per_minute",
			Help: "Calls a minute that an app makes at most: the configured rate, or less after refusals; the last seen.",
		}, []string{"platform"}),
		slots: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_ratelimit_slots_total",
			Help: "Moments for calls: leased from the store, used, lost because nobody used them in time.",
		}, []string{"platform", "outcome"}),
		away: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "shopstream_ratelimit_store_away_ratio", Help: "1 while the store is away and calls go by the process's own share.",
		}),
	}
	for p, rule := range platforms {
		m.ceiling.WithLabelValues(p).Set(float64(rule.App.Rate))
		for _, lane := range []string{"live", "backfill"} {
			m.wait.WithLabelValues(p, lane)
		}
		for _, reason := range []string{"rate", "quota"} {
			m.refusals.WithLabelValues(p, reason)
		}
		for _, outcome := range []string{"leased", "used", "lost"} {
			m.slots.WithLabelValues(p, outcome)
		}
	}
	return m, errors.Join(reg.Register(m.wait), reg.Register(m.refusals), reg.Register(m.ceiling), reg.Register(m.slots),
		reg.Register(m.away))
}

func (m *metrics) waited(c Call, d time.Duration) {
	lane := "backfill"
	if c.Live {
		lane = "live"
	}
	m.wait.WithLabelValues(c.Platform, lane).Observe(d.Seconds())
}

func (m *metrics) slot(platform, outcome string, n int) {
	m.slots.WithLabelValues(platform, outcome).Add(float64(n))
}
