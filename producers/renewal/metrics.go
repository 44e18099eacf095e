package renewal

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/internal/shop"
)

// metrics of a renewer. What is known of the shops is looked up when somebody asks.
type metrics struct {
	renewals *prometheus.CounterVec
}

var (
	parkedDesc = prometheus.NewDesc("shopstream_renewal_parked_shops",
		"Enabled shops that cannot be called until somebody acts.", []string{"platform"}, nil)
	accessDesc = prometheus.NewDesc("shopstream_renewal_token_expiry_seconds",
		"Time until the next access token of an enabled shop ends, negative when it has; absent while no end is known.", []string{"platform"}, nil)
	consentDesc = prometheus.NewDesc("shopstream_renewal_consent_expiry_seconds",
		"Time until the next refresh token of an enabled shop ends, negative when it has; absent while no end is known.", []string{"platform"}, nil)
)

func newMetrics(reg prometheus.Registerer, r *Renewer) (*metrics, error) {
	m := &metrics{renewals: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "shopstream_renewal_renewals_total", Help: "Renewals of tokens by what became of them: ok, failed (tried again soon) or refused.",
	}, []string{"platform", "outcome"})}
	for _, platform := range r.platforms {
		for _, outcome := range []string{"ok", "failed", "refused"} {
			m.renewals.WithLabelValues(platform, outcome)
		}
	}
	if err := errors.Join(reg.Register(m.renewals), reg.Register(shopsCollector{r})); err != nil {
		return nil, fmt.Errorf("register renewal metrics: %w", err)
	}
	return m, nil
}

func (m *metrics) renewed(platform, outcome string) {
	m.renewals.WithLabelValues(platform, outcome).Inc()
}

// shopsCollector tells how the shops of each platform are.
type shopsCollector struct{ r *Renewer }

func (c shopsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- parkedDesc
	ch <- accessDesc
	ch <- consentDesc
}

func (c shopsCollector) Collect(ch chan<- prometheus.Metric) {
	now := c.r.View.Now()
	for _, platform := range c.r.platforms {
		shops := c.r.View.Enabled([]string{platform})
		parked := 0
		for i := range shops {
			if shops[i].State.Name != "" {
				parked++
			}
		}
		gauge := func(desc *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, platform)
		}
		gauge(parkedDesc, float64(parked))
		if at, ok := next(shops, func(s *shop.Shop) time.Time { return s.AccessUntil }); ok {
			gauge(accessDesc, at.Sub(now).Seconds())
		}
		if at, ok := next(shops, func(s *shop.Shop) time.Time { return s.RefreshUntil }); ok {
			gauge(consentDesc, at.Sub(now).Seconds())
		}
	}
}

// next is the earliest of the times that are known.
func next(shops []shop.Shop, of func(*shop.Shop) time.Time) (first time.Time, ok bool) {
	for i := range shops {
		if at := of(&shops[i]); !at.IsZero() && (!ok || at.Before(first)) {
			first, ok = at, true
		}
	}
	return first, ok
}
