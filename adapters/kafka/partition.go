package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/prometheus/client_golang/prometheus"
	kgo "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// Metadata of a message on the poison topic, beside its own. A handler that
// nacks a message may set PoisonReason on it first.
const (
	PoisonReason    = "poison_reason"
	PoisonTopic     = "poison_topic" // where the message stands
	PoisonPartition = "poison_partition"
	PoisonOffset    = "poison_offset"
	PoisonAttempts  = "poison_attempts" // deliveries
	PoisonBytes     = "poison_bytes"    // of a message too large to be copied: its value is left out
)

// poisonHeaders is room for these, and for a reason.
const poisonHeaders = 8 << 10

const maxReasonBytes = 1 << 10

// worker reads and delivers one partition: one message after the other.
type worker struct {
	*subscription
	partition int
	offset    int64    // to read next; FirstOffset or LastOffset before the first read
	commits   *commits // nil without a group
	lag       prometheus.Gauge
	end       int64 // of the partition as of the last fetch
}

func (s *subscription) worker(partition int, offset int64, c *commits) *worker {
	return &worker{subscription: s, partition: partition, offset: offset, commits: c, lag: s.metrics.lagOf(s.config.Group, s.topic, partition)}
}

// run delivers until ctx ends.
func (w *worker) run(ctx context.Context) {
	defer w.metrics.forget(w.config.Group, w.topic, w.partition)
	defer w.trouble(w.subscription, w.partition, nil)
	again := backoff{least: 50 * time.Millisecond, most: time.Second}
	for ctx.Err() == nil {
		records, err := w.fetch(ctx)
		if err != nil && ctx.Err() == nil {
			w.trouble(w.subscription, w.partition, fmt.Errorf("partition %d: %w", w.partition, errors.Join(err, w.place(ctx, err))))
			pause(ctx, again.step())
			continue
		}
		again.reset()
		for _, r := range records {
			if !w.handle(ctx, r) {
				return
			}
			w.moved(r.Offset + 1)
		}
	}
}

// moved says that the partition goes on from an offset.
func (w *worker) moved(next int64) {
	w.offset = next
	w.lag.Set(float64(max(w.end-next, 0)))
	if w.commits != nil {
		w.commits.handled(w.partition, next)
	}
}

// place finds where to go on after some errors: where nothing was read yet, or
// where what comes next was removed by the topic's retention.
func (w *worker) place(ctx context.Context, cause error) error {
	if w.offset >= 0 && !errors.Is(cause, kgo.OffsetOutOfRange) {
		return nil
	}
	first, last, err := w.bounds(ctx)
	switch {
	case err != nil:
		return err
	case w.offset == kgo.LastOffset || w.offset > last:
		w.offset = last
	case w.offset < first:
		w.offset = first
	}
	return nil
}

func (w *worker) bounds(ctx context.Context) (first, last int64, err error) {
	found, err := w.client.ListOffsets(ctx, &kgo.ListOffsetsRequest{Topics: map[string][]kgo.OffsetRequest{
		w.topic: {kgo.FirstOffsetOf(w.partition), kgo.LastOffsetOf(w.partition)},
	}})
	if err != nil {
		return 0, 0, err
	}
	for _, p := range found.Topics[w.topic] {
		if p.Partition == w.partition {
			return p.FirstOffset, p.LastOffset, p.Error
		}
	}
	return 0, 0, kgo.UnknownTopicOrPartition
}

var errNoPlace = errors.New("the offset to begin at is not known yet")

// fetch reads what stands at the offset and after it. When there is nothing
// yet it waits for FetchWait.
func (w *worker) fetch(ctx context.Context) ([]kgo.Message, error) {
	if w.offset < 0 {
		if err := w.place(ctx, errNoPlace); err != nil {
			return nil, err
		}
	}
	got, err := w.client.Fetch(ctx, &kgo.FetchRequest{Topic: w.topic, Partition: w.partition, Offset: w.offset,
		MinBytes: 1, MaxBytes: int64(w.config.FetchBytes), MaxWait: w.config.FetchWait})
	if err == nil {
		err = got.Error
	}
	if err != nil {
		return nil, err
	}
	w.trouble(w.subscription, w.partition, nil)
	w.end = got.HighWatermark
	w.lag.Set(float64(max(w.end-w.offset, 0)))
	records, err := w.read(got.Records)
	if err == nil && len(records) == 0 && w.offset < w.end && holdsBatches(got.Records) {
		w.offset++ // a transaction's mark, or a record that compaction took
	}
	return records, err
}

// holdsBatches reports whether at least one whole batch came.
func holdsBatches(r kgo.RecordReader) bool {
	stream, ok := r.(*protocol.RecordStream)
	return ok && len(stream.Records) > 0
}

// read copies the records from the offset on. A batch can begin before it.
func (w *worker) read(from kgo.RecordReader) ([]kgo.Message, error) {
	var records []kgo.Message
	for {
		r, err := from.ReadRecord()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		m := kgo.Message{Topic: w.topic, Partition: w.partition, Offset: r.Offset, Time: r.Time, Headers: r.Headers}
		m.Key, err = bytesOf(r.Key)
		if err == nil {
			m.Value, err = bytesOf(r.Value)
		}
		if err != nil {
			return records, err
		}
		if m.Offset >= w.offset {
			records = append(records, m)
		}
	}
}

// bytesOf reads a key or value, which may be null, and lets go of it.
func bytesOf(b protocol.Bytes) ([]byte, error) {
	if b == nil {
		return nil, nil
	}
	defer func() { _ = b.Close() }() // it holds memory only
	return protocol.ReadAll(b)
}

// handle delivers a record until it is acknowledged or put aside, and reports
// whether it was; it is not when ctx ends first.
func (w *worker) handle(ctx context.Context, r kgo.Message) bool {
	if w.poison != nil && size(r) > w.config.Poison.MaxBytes {
		return w.putAside(ctx, r, 0, fmt.Sprintf("larger than %d bytes", w.config.Poison.MaxBytes))
	}
	again := backoff{least: w.config.NackPause, most: w.config.MaxNackPause}
	for attempts := 1; ; attempts++ {
		m := w.format.message(r)
		acked, answered := w.deliver(ctx, m, r)
		switch {
		case !answered:
			return false
		case acked:
			w.metrics.acked.WithLabelValues(w.config.Group, w.topic).Inc()
			return true
		}
		w.metrics.nacked.WithLabelValues(w.config.Group, w.topic).Inc()
		if w.poison != nil && attempts >= w.config.Poison.Attempts {
			reason := m.Metadata[PoisonReason]
			if reason == "" {
				reason = fmt.Sprintf("nacked %d times", attempts)
			}
			return w.putAside(ctx, r, attempts, reason)
		}
		if !pause(ctx, again.step()) {
			return false
		}
	}
}

// deliver gives a message to the subscriber and waits for its answer, as long
// as the partition is ours.
func (w *worker) deliver(ctx context.Context, m *message.Message, r kgo.Message) (acked, answered bool) {
	if ctx.Err() != nil {
		return false, false
	}
	of := context.WithValue(w.ctx, placeKey{}, Place{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Time: r.Time})
	of, cancel := context.WithCancel(of)
	defer cancel()
	m.SetContext(of)
	select {
	case w.out <- m:
		w.metrics.delivered.WithLabelValues(w.config.Group, w.topic).Inc()
	case <-ctx.Done():
		return false, false
	}
	select {
	case <-m.Acked():
		return true, true
	case <-m.Nacked():
		return false, true
	case <-ctx.Done():
	}
	select {
	case <-m.Acked(): // just in time: if it is not, the group takes no commit
		return true, true
	default:
		return false, false
	}
}

// putAside publishes a record on the poison topic. Until that has worked the
// partition does not go on: nothing is lost.
func (w *worker) putAside(ctx context.Context, r kgo.Message, attempts int, reason string) bool {
	m := w.format.message(r)
	if n := size(r); n > w.config.Poison.MaxBytes {
		m = message.NewMessage(fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset), nil)
		m.Metadata[PoisonBytes] = strconv.Itoa(n)
	}
	m.Metadata[PoisonReason] = reason[:min(len(reason), maxReasonBytes)]
	m.Metadata[PoisonTopic], m.Metadata[PoisonPartition] = r.Topic, strconv.Itoa(r.Partition)
	m.Metadata[PoisonOffset], m.Metadata[PoisonAttempts] = strconv.FormatInt(r.Offset, 10), strconv.Itoa(attempts)
	again := backoff{least: w.config.NackPause, most: w.config.MaxNackPause}
	for {
		err := w.poison.Publish(w.config.Poison.Topic, m)
		if err == nil {
			w.metrics.poisoned.WithLabelValues(w.config.Group, w.topic).Inc()
			w.log.Info("message put aside", watermill.LogFields{"topic": r.Topic, "partition": r.Partition, "offset": r.Offset, "group": w.config.Group})
			return true
		}
		w.trouble(w.subscription, w.partition, err)
		if !pause(ctx, again.step()) {
			return false
		}
	}
}
