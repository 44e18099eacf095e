package stream

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of one stage. All are labelled with the stage's name, so that one registry serves all stages of a process.
type metrics struct {
	registerer     prometheus.Registerer
	collectors     []prometheus.Collector
	consumed       prometheus.Counter
	published      prometheus.Counter
	rejected       *prometheus.CounterVec
	postponed      prometheus.Counter
	batches        prometheus.Counter
	aborts         prometheus.Counter
	failures       prometheus.Counter
	rebuilds       prometheus.Counter
	panics         prometheus.Counter
	processSeconds prometheus.Histogram
	publishSeconds prometheus.Histogram
	stopped        prometheus.Gauge
}

func newMetrics(s *Stage) (*metrics, error) {
	labels := prometheus.Labels{"stage": s.opts.Name}
	m := &metrics{registerer: s.opts.Registerer}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "shopstream", Subsystem: "stream", Name: name, Help: help, ConstLabels: labels,
		})
		m.collectors = append(m.collectors, c)
		return c
	}
	histogram := func(name, help string) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "shopstream", Subsystem: "stream", Name: name, Help: help, ConstLabels: labels,
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40},
		})
		m.collectors = append(m.collectors, h)
		return h
	}
	gauge := func(name, help string) prometheus.GaugeOpts {
		return prometheus.GaugeOpts{
			Namespace: "shopstream", Subsystem: "stream", Name: name, Help: help, ConstLabels: labels,
		}
	}
	m.consumed = counter("consumed_records_total", "Records whose handling was committed.")
	m.published = counter("published_records_total", "Records published, dead letters and facts included.")
	m.rejected = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "shopstream", Subsystem: "stream", Name: "rejected_records_total",
		Help: "Records sent to a dead-letter topic.", ConstLabels: labels,
	}, []string{"class"})
	for _, class := range []string{ClassUndecodable, ClassRefused, ClassPanic, ClassTransient, ClassPermanent} {
		m.rejected.WithLabelValues(class)
	}
	m.postponed = counter("postponed_partitions_total", "Times a partition was rewound to wait.")
	m.batches = counter("batches_total", "Batches committed.")
	m.aborts = counter("aborts_total", "Batches given up because of a rebalance.")
	m.failures = counter("failures_total", "Tries that failed because of infrastructure.")
	m.rebuilds = counter("session_rebuilds_total", "Sessions that were made anew.")
	m.panics = counter("panics_total", "Panics of the processor.")
	m.processSeconds = histogram("process_seconds", "Time to process a batch.")
	m.publishSeconds = histogram("publish_seconds", "Time from begin to commit of a transaction.")
	m.stopped = prometheus.NewGauge(gauge("stopped", "1 when the stage stopped for good and needs an operator."))
	m.collectors = append(m.collectors, m.rejected, m.stopped,
		prometheus.NewGaugeFunc(gauge("oldest_record_age_seconds", "Age of the oldest record in hand, 0 when idle."),
			func() float64 { return s.oldestAge().Seconds() }),
		prometheus.NewGaugeFunc(gauge("ready", "1 when every lane is a member of the group and nothing fails."),
			func() float64 {
				if s.Health().Ready {
					return 1
				}
				return 0
			}))
	for _, c := range m.collectors {
		if err := m.registerer.Register(c); err != nil {
			return nil, errors.Join(fmt.Errorf("stream: register metrics of stage %s: %w", s.opts.Name, err))
		}
	}
	return m, nil
}

func (m *metrics) done(p *publication, consumed int) {
	m.batches.Inc()
	m.consumed.Add(float64(consumed))
	m.published.Add(float64(len(p.records)))
	m.postponed.Add(float64(len(p.postponed)))
	for _, rej := range p.rejected {
		m.rejected.WithLabelValues(rej.Class).Inc()
	}
}

// oldestAge returns the age of the oldest record that a lane has in hand.
func (s *Stage) oldestAge() time.Duration {
	var age time.Duration
	for _, l := range s.lanes {
		l.mu.Lock()
		if !l.oldest.IsZero() {
			age = max(age, s.opts.Now().Sub(l.oldest))
		}
		l.mu.Unlock()
	}
	return age
}
