package fetcher

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/producers/call"
)

// metrics of one fetcher; platform and lane are constant labels.
type metrics struct {
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	tasks   *prometheus.CounterVec
	skipped *prometheus.CounterVec
	parked  prometheus.Gauge
	down    prometheus.Gauge
	open    prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer, platform, lane string) (*metrics, error) {
	reg = prometheus.WrapRegistererWith(prometheus.Labels{"platform": platform, "lane": lane}, reg)
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_fetcher_calls_total", Help: "Calls of the platform by what became of them: ok or the error's class.",
		}, []string{"op", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "shopstream_fetcher_call_seconds", Help: "Time of a call, body included.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30},
		}, []string{"op"}),
		tasks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_fetcher_tasks_total", Help: "Tasks by what became of them in a batch.",
		}, []string{"outcome"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_fetcher_skipped_ids_total", Help: "Listed ids whose details were not asked for, by why what is stored makes it needless.",
		}, []string{"reason"}),
		parked: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "shopstream_fetcher_parked_shops", Help: "Shops whose tasks wait for somebody to authorise or enable them.",
		}),
		down: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "shopstream_fetcher_outage_ratio", Help: "1 while an endpoint of the platform serves nobody.",
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "shopstream_fetcher_open_breakers", Help: "Endpoints of the platform that are not called but for a probe now and then, since they serve nobody.",
		}),
	}
	for _, outcome := range []string{"done", "rejected", "parked", "unsettled", "given_back", "delayed", "postponed"} {
		m.tasks.WithLabelValues(outcome)
	}
	for _, reason := range []string{skippedUnchanged, skippedWindow, skippedMissing} {
		m.skipped.WithLabelValues(reason)
	}
	return m, errors.Join(register(reg, &m.calls), register(reg, &m.seconds), register(reg, &m.tasks), register(reg, &m.skipped),
		register(reg, &m.parked), register(reg, &m.down), register(reg, &m.open))
}

// register adds a collector, or takes the one that another fetcher of the same lane and platform registered.
func register[C prometheus.Collector](reg prometheus.Registerer, c *C) error {
	err := reg.Register(*c)
	var twice prometheus.AlreadyRegisteredError
	if errors.As(err, &twice) {
		if existing, ok := twice.ExistingCollector.(C); ok {
			*c = existing
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("register fetcher metrics: %w", err)
	}
	return nil
}

func (m *metrics) call(op string, took time.Duration, err error) {
	outcome := "ok"
	switch {
	case errors.Is(err, call.ErrTooLarge):
		outcome = ClassTooLarge
	case err != nil:
		outcome = string(asError(err).Class)
	}
	m.calls.WithLabelValues(op, outcome).Inc()
	m.seconds.WithLabelValues(op).Observe(took.Seconds())
}

func (m *metrics) task(outcome string) { m.tasks.WithLabelValues(outcome).Inc() }

func (m *metrics) skip(reason string) { m.skipped.WithLabelValues(reason).Inc() }

func (m *metrics) parkedShops(n int) { m.parked.Set(float64(n)) }

// outage notes how many endpoints serve nobody.
func (m *metrics) outage(endpoints int) {
	m.down.Set(float64(min(endpoints, 1)))
	m.open.Set(float64(endpoints))
}
