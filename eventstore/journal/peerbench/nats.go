package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"caseledger/eventstore"
)

const (
	natsStream  = "EVENTS"
	natsPrefix  = "events." // of the subjects; the rest is the name of an event stream
	natsID      = "Event-Id"
	natsType    = "Event-Type"
	natsPatient = 30 * time.Second // for the server to start, or to answer
)

// natsStore is a NATS server in this process, whose JetStream syncs every
// message before it answers. A stream of events is a subject; the server checks
// that the last message of the subject is the one expected.
type natsStore struct {
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream

	mu    sync.Mutex
	heads map[string]natsHead
}

// natsHead is where a subject ends: JetStream counts across all subjects.
type natsHead struct {
	revision eventstore.Revision
	sequence uint64
}

func openNATS(ctx context.Context, dir string) (peer, error) {
	s, err := server.NewServer(&server.Options{JetStream: true, StoreDir: dir, SyncAlways: true, DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, err
	}
	s.Start()
	n := &natsStore{server: s, heads: make(map[string]natsHead)}
	if err := n.connect(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *natsStore) connect(ctx context.Context) (err error) {
	if !n.server.ReadyForConnections(natsPatient) {
		return errors.New("the server does not start")
	}
	if n.conn, err = nats.Connect("", nats.InProcessServer(n.server)); err != nil {
		return err
	}
	if n.js, err = jetstream.New(n.conn, jetstream.WithDefaultTimeout(natsPatient)); err != nil {
		return err
	}
	n.stream, err = n.js.CreateStream(ctx, jetstream.StreamConfig{Name: natsStream, Subjects: []string{natsPrefix + ">"}, Storage: jetstream.FileStorage})
	return err
}

func (n *natsStore) Close() error {
	if n.conn != nil {
		n.conn.Close()
	}
	n.server.Shutdown()
	n.server.WaitForShutdown()
	return nil
}

func (n *natsStore) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if len(events) != 1 {
		return 0, errors.New("several events are not appended at once here")
	}
	n.mu.Lock()
	head := n.heads[stream]
	n.mu.Unlock()
	if head.revision != after {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head.revision}
	}
	e := events[0]
	body := append(binary.AppendUvarint(nil, uint64(len(e.Metadata))), e.Metadata...)
	message := &nats.Msg{
		Subject: natsPrefix + stream, Data: append(body, e.Data...),
		Header: nats.Header{natsID: {hex.EncodeToString(e.ID[:])}, natsType: {e.Type}},
	}
	ack, err := n.js.PublishMsg(ctx, message, jetstream.WithExpectLastSequencePerSubject(head.sequence))
	if err != nil {
		return 0, err
	}
	n.mu.Lock()
	n.heads[stream] = natsHead{after + 1, ack.Sequence}
	n.mu.Unlock()
	return eventstore.Position(ack.Sequence), nil
}

func (n *natsStore) ReadLog(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		info, err := n.stream.Info(ctx)
		if err != nil || info.State.Msgs == 0 {
			if err != nil {
				yield(eventstore.Recorded{}, err)
			}
			return
		}
		if err := n.read(ctx, info.State.LastSeq, yield); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// read yields everything up to a sequence number, or until yield is told to stop.
func (n *natsStore) read(ctx context.Context, last uint64, yield func(eventstore.Recorded, error) bool) error {
	consumer, err := n.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	revisions := make(map[string]eventstore.Revision)
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		e, err := recorded(m)
		if err != nil {
			return err
		}
		revisions[e.Stream]++
		e.Revision = revisions[e.Stream]
		if !yield(e, nil) || uint64(e.Position) >= last {
			return nil
		}
	}
}

func recorded(m jetstream.Msg) (e eventstore.Recorded, err error) {
	meta, err := m.Metadata()
	if err != nil {
		return e, err
	}
	n, size := binary.Uvarint(m.Data())
	if size <= 0 || n > uint64(len(m.Data())-size) {
		return e, errors.New("a message is cut short")
	}
	body := m.Data()[size:]
	e.Stream, e.Position = strings.TrimPrefix(m.Subject(), natsPrefix), eventstore.Position(meta.Sequence.Stream)
	e.Type, e.Metadata, e.Data = m.Headers().Get(natsType), body[:n], body[n:]
	id, err := hex.DecodeString(m.Headers().Get(natsID))
	copy(e.ID[:], id)
	return e, err
}
