package kafka

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what publishers and subscribers do, by topic, group and
// partition. One Metrics serves many of them.
type Metrics struct {
	published, failures, delivered, acked, nacked, poisoned, generations, commits, commitFailures *prometheus.CounterVec

	latency *prometheus.HistogramVec
	lag     *prometheus.GaugeVec
}

// NewMetrics returns metrics that are registered with to, which may be nil.
func NewMetrics(to prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kafka_" + name, Help: help}, labels)
		if to != nil {
			to.MustRegister(v)
		}
		return v
	}
	of := []string{"group", "topic"}
	m := &Metrics{
		published:      counter("published_messages_total", "Messages on all in-sync replicas.", "topic"),
		failures:       counter("publish_failures_total", "Batches that were not written.", "topic"),
		delivered:      counter("delivered_messages_total", "Messages given to a handler, repeats among them.", of...),
		acked:          counter("acked_messages_total", "Messages that were handled.", of...),
		nacked:         counter("nacked_messages_total", "Times that a handler failed.", of...),
		poisoned:       counter("poisoned_messages_total", "Messages put aside on the poison topic.", of...),
		generations:    counter("generations_total", "Times that the group divided the partitions anew.", of...),
		commits:        counter("commits_total", "Commits of offsets.", of...),
		commitFailures: counter("commit_failures_total", "Commits that the group did not accept.", of...),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kafka_publish_seconds", Help: "From a batch to its acknowledgement.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}, []string{"topic"}),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kafka_lag_messages", Help: "Messages of a partition behind its end, as of the last fetch.",
		}, []string{"group", "topic", "partition"}),
	}
	if to != nil {
		to.MustRegister(m.latency, m.lag)
	}
	return m
}

func (m *Metrics) orNone() *Metrics {
	if m == nil {
		return NewMetrics(nil)
	}
	return m
}

func (m *Metrics) wrote(topic string, n int, took time.Duration) {
	m.published.WithLabelValues(topic).Add(float64(n))
	m.latency.WithLabelValues(topic).Observe(took.Seconds())
}

// lagOf returns the gauge of a partition.
func (m *Metrics) lagOf(group, topic string, partition int) prometheus.Gauge {
	return m.lag.WithLabelValues(group, topic, strconv.Itoa(partition))
}

// forget drops the gauge of a partition that is somebody else's now.
func (m *Metrics) forget(group, topic string, partition int) {
	m.lag.DeleteLabelValues(group, topic, strconv.Itoa(partition))
}
