package mongo

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	documents *prometheus.CounterVec
	ties      prometheus.Counter
	again     prometheus.Counter
}

// newMetrics makes the sink's metrics, with every label value that can occur, so that zero can be seen.
func newMetrics(r prometheus.Registerer, kinds map[string]*kind) (*metrics, error) {
	m := &metrics{
		documents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shopstream_sink_documents_total", Help: "Observations by what became of them.",
		}, []string{"kind", "outcome"}),
		ties: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "shopstream_sink_ties_total", Help: "Observations taken with the stored version and other content.",
		}),
		again: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "shopstream_sink_decided_again_total", Help: "Observations decided again because others wrote to their key.",
		}),
	}
	for name := range kinds {
		for o := inserted; o < outcomes; o++ {
			m.documents.WithLabelValues(name, o.String())
		}
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.documents, m.ties, m.again} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register sink metrics: %w", err)
		}
	}
	return m, nil
}
