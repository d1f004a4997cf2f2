package storebench

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"caseledger/eventstore"
)

// The events of every measurement. Payloads are JSON of 600 bytes in the mean,
// nine in ten between 200 and 1,500 (log-normal), metadata is JSON of the size of
// a leaf. The streams are as busy as a Zipf distribution with s = 1.1 and v = 10
// says.
const (
	Streams       = 100_000
	MetadataBytes = 300

	logMean, logSpread       = 6.22, 0.6 // of the payload's size in bytes
	leastBytes, mostBytes    = 100, 30_000
	zipfExponent, zipfOffset = 1.1, 10
	payloads                 = 8192 // different ones
	eventType                = "note.written/1"
)

// Workload makes the events for one store, and remembers what was acknowledged.
// The same seed makes the same events. Payloads are made beforehand, and Draw
// draws who gets which, so that what is timed is the store.
type Workload struct {
	seed    uint64
	writers uint64   // that were made
	texts   []string // of the payloads
	data    [][]byte
	meta    [][]byte
	streams []stream
}

// stream is what one writer at a time works on.
type stream struct {
	name  string
	taken atomic.Bool
	head  eventstore.Revision
	acked []acked // events 1, 2, 3 …, those of Writer.Append
}

// acked is an event that the store has acknowledged.
type acked struct {
	id      eventstore.EventID
	payload uint16
	meta    uint16
}

// NewWorkload returns a workload whose streams are empty.
func NewWorkload(seed uint64) *Workload {
	random := rand.New(rand.NewPCG(seed, 0))
	w := &Workload{seed: seed, streams: make([]stream, Streams)}
	for i := range w.streams {
		w.streams[i].name = "record-" + hex.EncodeToString(randomID(random))
	}
	from := newProse(random)
	for range payloads {
		size := int(math.Exp(logMean + logSpread*random.NormFloat64()))
		data, text := from.payload(random, min(max(size, leastBytes), mostBytes))
		w.data, w.texts = append(w.data, data), append(w.texts, text)
		w.meta = append(w.meta, from.metadata(random))
	}
	return w
}

func randomID(random *rand.Rand) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, random.Uint64()), random.Uint64())
}

// payload returns a payload of so many bytes, and the text in it.
func (p prose) payload(random *rand.Rand, size int) (data []byte, text string) {
	begin := fmt.Sprintf(`{"happened":"2026-%02d-%02d","note":"%x","text":"`, 1+random.IntN(12), 1+random.IntN(28), randomID(random))
	const end = `"}`
	text = p.some(random, max(0, size-len(begin)-len(end)))
	return []byte(begin + text + end), text
}

func (p prose) metadata(random *rand.Rand) []byte {
	begin := fmt.Sprintf(`{"actor":"%x","before":"%x%x","text":"`, randomID(random), randomID(random), randomID(random))
	const end = `"}`
	return []byte(begin + p.some(random, MetadataBytes-len(begin)-len(end)) + end)
}

var words = strings.Fields(`the visit was made at home with both parents present and the child seen alone
school health visitor reported progress concern meeting agreed plan review within ten working days attendance sleep
bruise explained consistent account grandmother offered support housing officer telephoned letter sent`)

// prose are words that a store can compress about as well as what people write.
type prose string

// newProse returns enough for the longest payload to begin anywhere in its
// first half.
func newProse(random *rand.Rand) prose {
	var b strings.Builder
	for b.Len() < 8*mostBytes {
		b.WriteString(words[random.IntN(len(words))])
		b.WriteByte(' ')
	}
	return prose(b.String())
}

// some returns n bytes from some place.
func (p prose) some(random *rand.Rand, n int) string {
	return string(p[random.IntN(len(p)/2):][:n])
}

// Name returns the name of the i'th stream, 0 to Streams-1.
func (w *Workload) Name(i int) string { return w.streams[i].name }

// Writer appends what it draws from a workload. One goroutine uses it.
type Writer struct {
	load   *Workload
	random *rand.Rand
	zipf   *rand.Zipf

	streams []uint32           // drawn, to be appended to in this order
	drawn   []acked            // to be appended in this order
	events  []eventstore.Event // of the append under way

	// Bytes of payload and metadata that were appended.
	Bytes int64
}

// Writers returns n more writers of the workload.
func (w *Workload) Writers(n int) []*Writer {
	all := make([]*Writer, n)
	for i := range all {
		w.writers++
		random := rand.New(rand.NewPCG(w.seed, w.writers))
		all[i] = &Writer{load: w, random: random, zipf: rand.NewZipf(random, zipfExponent, zipfOffset, Streams-1)}
	}
	return all
}

// On draws a stream on which no other writer works, and calls do with its name
// and revision. do returns how many events the stream has gained.
func (w *Writer) On(do func(stream string, after eventstore.Revision) (int, error)) error {
	s := w.take()
	defer s.taken.Store(false)
	n, err := do(s.name, s.head)
	s.head += eventstore.Revision(n)
	return err
}

func (w *Writer) take() *stream {
	for {
		w.draw(1, 0)
		s := &w.load.streams[w.streams[0]]
		w.streams = w.streams[1:]
		if s.taken.CompareAndSwap(false, true) {
			return s
		}
	}
}

// draw makes sure that so many streams and events are drawn.
func (w *Writer) draw(streams, events int) {
	for len(w.streams) < streams {
		w.streams = append(w.streams, uint32(w.zipf.Uint64()))
	}
	for len(w.drawn) < events {
		id := eventstore.EventID(randomID(w.random))
		w.drawn = append(w.drawn, acked{id, uint16(w.random.IntN(payloads)), uint16(w.random.IntN(payloads))})
	}
}

// What all writers together draw before a turn: more than any store takes, and no
// more than fits into a little memory.
const (
	drawnPerSecond = 1_000_000
	mostDrawn      = 2_000_000
)

// Draw lets the writers draw what they can append in a turn, so many events at a
// time, so that no time of the turn is spent on it. What is missing is drawn
// when it is appended.
func Draw(writers []*Writer, lasts time.Duration, n int) {
	events := int(min(lasts.Seconds()*drawnPerSecond, mostDrawn)) / len(writers)
	for _, w := range writers {
		w.draw(events/n, events)
	}
}

// Text returns the text of some event.
func (w *Writer) Text() string { return w.load.texts[w.random.IntN(payloads)] }

// Appender is the part of eventstore.Store that writers use.
type Appender interface {
	Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error)
}

// Append appends n events to a stream, and returns the position of the last.
func (w *Writer) Append(ctx context.Context, store Appender, n int) (eventstore.Position, error) {
	s := w.take()
	defer s.taken.Store(false)
	return w.appendTo(ctx, store, s, n)
}

func (w *Writer) appendTo(ctx context.Context, store Appender, s *stream, n int) (eventstore.Position, error) {
	w.draw(0, n)
	drawn := w.drawn[:n]
	w.drawn, w.events = w.drawn[n:], w.events[:0]
	for _, d := range drawn {
		w.events = append(w.events, eventstore.Event{ID: d.id, Type: eventType, Metadata: w.load.meta[d.meta], Data: w.load.data[d.payload]})
	}
	at, err := store.Append(ctx, s.name, s.head, w.events)
	if err != nil {
		return 0, fmt.Errorf("stream %s: revision %d: %w", s.name, s.head, err)
	}
	for _, e := range w.events {
		w.Bytes += int64(len(e.Metadata) + len(e.Data))
	}
	s.head += eventstore.Revision(n)
	s.acked = append(s.acked, drawn...)
	return at, nil
}
