package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"
	kgo "github.com/segmentio/kafka-go"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
	"caseledger/adapters/kafka"
	"caseledger/adapters/kafka/inbound"
	"caseledger/adapters/kafka/outbound"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
)

// kafkaDir is, in a data directory, where the positions of topics are kept.
const kafkaDir = "kafka"

// kafkaConfig is the file of --kafka.
type kafkaConfig struct {
	kafka.Connection
	Compression     kgo.Compression  `json:"compression,omitzero"`     // "gzip", "snappy", "lz4" or "zstd"; none if not given
	MaxMessageBytes int              `json:"maxMessageBytes,omitzero"` // as the brokers allow; 1,000,000 if not given
	Outbound        []outbound.Topic `json:"outbound,omitempty"`
	Inbound         []inbound.Inbox  `json:"inbound,omitempty"`

	ReadModels []outbound.ReadModel `json:"readModels,omitempty"`
	Registry   *kafka.RegistryFiles `json:"registry,omitzero"` // of the schemas of read models; none if not given
}

const (
	maxKafkaConfigBytes = 1 << 20
	maxKafkaTopics      = 100
)

// readKafka reads a configuration strictly: an unknown member is an error.
func readKafka(path string) (kafkaConfig, error) {
	var c kafkaConfig
	file, err := os.Open(path)
	if err != nil {
		return c, notReadyError{fmt.Errorf("kafka: %w", err)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKafkaConfigBytes+1))
	if err != nil {
		return c, notReadyError{fmt.Errorf("kafka: %w", err)}
	}
	if len(text) > maxKafkaConfigBytes {
		return c, usageError{fmt.Errorf("kafka: %s has more than %d bytes", path, maxKafkaConfigBytes)}
	}
	c, err = parseKafka(text)
	if err != nil {
		return c, usageError{fmt.Errorf("kafka: %s: %w", path, err)}
	}
	return c, nil
}

func parseKafka(text []byte) (kafkaConfig, error) {
	var c kafkaConfig
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return c, err
	}
	if len(c.Outbound)+len(c.Inbound)+len(c.ReadModels) > maxKafkaTopics {
		return c, fmt.Errorf("more than %d topics", maxKafkaTopics)
	}
	var names []string
	for _, t := range c.Outbound {
		names = append(names, t.Topic)
	}
	for _, m := range c.ReadModels {
		names = append(names, m.Topic)
	}
	for _, i := range c.Inbound {
		names = append(names, i.Topic)
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			return c, fmt.Errorf("topic %s is named twice", names[i])
		}
	}
	return c, nil
}

// exchange is what an open ledger says to Kafka, and hears from it.
type exchange struct {
	publishers []*kafka.Publisher
	followers  []*outbound.Follower
	tables     []*outbound.Rows
	routers    []*message.Router
	following  *following
	logger     *slog.Logger
}

// openExchange prepares the topics of a configuration. Nothing is said to a
// broker before run.
func (a *app) openExchange(path string, f *following, policies *cedar.Policies, accesses *accesslog.Log, numbers *prometheus.Registry, logger *slog.Logger) (*exchange, error) {
	x := &exchange{logger: logger, following: f}
	if path == "" {
		return x, nil
	}
	config, err := readKafka(path)
	if err != nil {
		return nil, err
	}
	cluster, err := config.Cluster()
	if err != nil {
		return nil, notReadyError{err}
	}
	counts := kafka.NewMetrics(numbers)
	publisher := func() (*kafka.Publisher, error) {
		p, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: cluster, IDHeader: "ce_id", MaxBytes: config.MaxMessageBytes,
			Compression: config.Compression, Metrics: counts})
		if err == nil {
			x.publishers = append(x.publishers, p)
		}
		return p, err
	}
	err = errors.Join(x.openOutbound(a, config, cluster, policies, accesses, publisher), x.openInbound(a, config, cluster, counts, accesses, publisher))
	if err != nil {
		return nil, errors.Join(usageError{err}, x.close())
	}
	x.measure(numbers)
	return x, nil
}

func (x *exchange) openOutbound(a *app, config kafkaConfig, cluster kafka.Cluster, policies *cedar.Policies, accesses *accesslog.Log, publisher func() (*kafka.Publisher, error)) error {
	as := func(to outbound.Release) domain.Circumstances {
		return domain.Circumstances{Actor: domain.Actor{ID: "topic " + to.Topic, Role: "kafka", Agency: "authority"}, Authority: domain.Authority{Basis: to.Basis, Purpose: to.Purpose}}
	}
	ledger := outbound.Ledger{Name: a.created.Ledger, Store: a.records.Ledger.Store, Open: a.sealed.Open,
		Account: func(to outbound.Release) outbound.Account {
			return a.account(as(to), kafkaPublish, x.following, policies)
		},
		Release: func(ctx context.Context, to outbound.Release, records []string, rows int) error {
			return accesses.Record(ctx, as(to), access.Released{Dated: domain.Dated{Happened: a.records.Setting().Today}, Operation: kafkaPublish, Rows: rows, Records: records})
		}}
	for _, topic := range config.Outbound {
		to, err := publisher() // of its own: a topic that is slow holds no other up
		if err != nil {
			return err
		}
		f, err := outbound.New(topic, ledger, to, filepath.Join(a.place.dir, kafkaDir))
		if err != nil {
			return err
		}
		x.followers = append(x.followers, f)
	}
	var registry outbound.Registry
	if config.Registry != nil {
		opened, err := config.Registry.Registry()
		if err != nil {
			return err
		}
		registry = opened
	}
	for _, model := range config.ReadModels {
		to, err := publisher()
		if err != nil {
			return err
		}
		r, err := outbound.NewRows(model, ledger, a.db, to, cluster, registry)
		if err != nil {
			return err
		}
		x.tables = append(x.tables, r)
	}
	return nil
}

// upTo brings the read models up to date, and returns the position that they
// hold at least.
func (x *exchange) upTo(ctx context.Context) (eventstore.Position, error) {
	head, err := x.following.store.Head(ctx)
	if err != nil {
		return 0, err
	}
	return head, x.following.catchUp(ctx)
}

func (x *exchange) openInbound(a *app, config kafkaConfig, cluster kafka.Cluster, counts *kafka.Metrics, accesses *accesslog.Log, publisher func() (*kafka.Publisher, error)) error {
	if len(config.Inbound) == 0 {
		return nil
	}
	secret, err := ensureSecret(filepath.Join(a.place.dir, secretFile))
	if err != nil {
		return err
	}
	log := watermill.NewSlogLogger(x.logger)
	desk := inbound.Desk{Records: a.records, Ledger: a.created.Ledger, Secret: secret, Denied: func(ctx context.Context, by domain.Circumstances, e access.Denied) error {
		return accesses.Record(ctx, by, e)
	}}
	for _, inbox := range config.Inbound {
		to, err := publisher()
		if err != nil {
			return err
		}
		from, err := kafka.NewSubscriber(inbox.Subscriber(cluster, log, counts))
		if err != nil {
			return err
		}
		router, err := inbound.NewRouter(inbox, desk, from, to, log)
		if err != nil {
			return errors.Join(err, from.Close())
		}
		x.routers = append(x.routers, router)
	}
	return nil
}

// run works until ctx ends, and lets what has begun come to its end.
func (x *exchange) run(ctx context.Context) {
	var working sync.WaitGroup
	for _, f := range x.followers {
		working.Go(func() { f.Run(ctx, x.told) })
	}
	for _, t := range x.tables {
		working.Go(func() { t.Run(ctx, x.upTo, x.told) })
	}
	for _, r := range x.routers {
		working.Go(func() {
			if err := r.Run(ctx); err != nil {
				x.logger.Error("kafka", "error", err.Error())
			}
		})
	}
	working.Wait()
	if err := x.close(); err != nil {
		x.logger.Error("kafka", "error", err.Error())
	}
}

// told logs why a topic does not go on, and that it does again.
func (x *exchange) told(topic string, err error) {
	if err != nil {
		x.logger.Error("kafka", "topic", topic, "error", err.Error())
		return
	}
	x.logger.Info("kafka", "topic", topic, "state", "goes on")
}

func (x *exchange) close() error {
	var errs []error
	for _, p := range x.publishers {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// outward is what keeps a topic up to date.
type outward interface {
	Topic() string
	Position() eventstore.Position
	Health() error
}

func (x *exchange) outward() []outward {
	var all []outward
	for _, f := range x.followers {
		all = append(all, f)
	}
	for _, t := range x.tables {
		all = append(all, t)
	}
	return all
}

// checks tell how far each topic is. A broker that is away does not make the
// server unready: the topic catches up when it is back.
func (x *exchange) checks() []checked {
	var all []checked
	for _, f := range x.outward() {
		seen := fmt.Sprintf("position %d", f.Position())
		if err := f.Health(); err != nil {
			seen += "; it waits: " + err.Error()
		}
		all = append(all, checked{name: "kafka topic " + f.Topic(), seen: seen})
	}
	return all
}

// measure adds how far each topic is to the metrics.
func (x *exchange) measure(to *prometheus.Registry) {
	for _, f := range x.outward() {
		to.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "caseledger_kafka_position", Help: "Up to where a topic has the ledger.",
			ConstLabels: prometheus.Labels{"topic": f.Topic()}}, func() float64 { return float64(f.Position()) }))
	}
}
