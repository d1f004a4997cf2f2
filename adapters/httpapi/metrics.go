package httpapi

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count requests by operation and status. No label is a caller's text.
type metrics struct {
	answers   *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	running   prometheus.Gauge
	follow    prometheus.Gauge
	throttled *prometheus.CounterVec
	broken    prometheus.Counter
}

func newMetrics(to prometheus.Registerer) (metrics, error) {
	m := metrics{
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "caseledger_http_answers_total", Help: "Answers by operation and status."}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "caseledger_http_seconds", Help: "Time to answer, by operation.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5}}, []string{"operation"}),
		running:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "caseledger_http_running", Help: "Requests being answered."}),
		follow:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "caseledger_http_followers", Help: "Open streams of the feed."}),
		throttled: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "caseledger_http_throttled_total", Help: "Requests refused because a caller, or an address of nobody known, asked too often."}, []string{"who"}),
		broken:    prometheus.NewCounter(prometheus.CounterOpts{Name: "caseledger_break_glass_total", Help: "Records opened in an emergency, each of which somebody has to review."}),
	}
	return m, errors.Join(to.Register(m.answers), to.Register(m.seconds), to.Register(m.running), to.Register(m.follow), to.Register(m.throttled), to.Register(m.broken))
}

func (m metrics) answered(operation string, status int, took time.Duration) {
	m.answers.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}
