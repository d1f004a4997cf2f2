package esdb_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
)

// sized is an event of 1 KiB, of which 400 bytes are metadata, as a leaf has.
func sized(n uint64) eventstore.Event {
	e := eventstore.Event{Type: "test.happened/1", Metadata: make([]byte, 400), Data: make([]byte, 624)}
	for i := range 8 {
		e.ID[i] = byte(n >> (8 * i))
	}
	e.ID[15] = 1
	return e
}

// appender appends one event to a stream at a revision.
type appender func(stream string, after eventstore.Revision, e eventstore.Event) error

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		for _, way := range []string{"journal alone", "bare client", "esdb"} {
			b.Run(fmt.Sprintf("%s/%d writers", way, writers), func(b *testing.B) {
				under := journaled(b)
				appendAll(b, writers, map[string]func() appender{
					"journal alone": func() appender { return through(b, under) },
					"bare client":   func() appender { return bare(b, under) },
					"esdb":          func() appender { return through(b, served(b, under)) },
				}[way]())
			})
		}
	}
}

func journaled(b *testing.B) *journal.Store {
	under, err := journal.Open(b.TempDir(), journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = under.Close() })
	return under
}

func through(b *testing.B, s eventstore.Store) appender {
	return func(stream string, after eventstore.Revision, e eventstore.Event) error {
		_, err := s.Append(b.Context(), stream, after, []eventstore.Event{e})
		return err
	}
}

// bare appends with the library alone, at any care.
func bare(b *testing.B, under eventstore.Store) appender {
	address, _ := start(b, under)
	conf, err := client.ParseConnectionString("esdb://" + address + "?tls=false")
	if err != nil {
		b.Fatal(err)
	}
	conf.Logger = client.NoopLogging()
	c, err := client.NewClient(conf)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return func(stream string, after eventstore.Revision, e eventstore.Event) error {
		options := client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}}
		if after > 0 {
			options.ExpectedRevision = client.Revision(uint64(after) - 1)
		}
		_, err := c.AppendToStream(b.Context(), stream, options, client.EventData{
			EventID: uuid.UUID(e.ID), EventType: e.Type, Metadata: e.Metadata, Data: e.Data,
		})
		return err
	}
}

func appendAll(b *testing.B, writers int, do appender) {
	var next atomic.Uint64
	var all sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		all.Go(func() {
			for after := eventstore.Revision(0); ; after++ {
				n := next.Add(1)
				if n > uint64(b.N) {
					return
				}
				if err := do(fmt.Sprintf("record-%d", w), after, sized(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

const benchEvents = 20_000

// filled is a journal of events of 1 KiB.
func filled(b *testing.B) *journal.Store {
	under := journaled(b)
	const each = 1_000
	for after := 0; after < benchEvents; after += each {
		events := make([]eventstore.Event, each)
		for i := range events {
			events[i] = sized(uint64(after + i))
		}
		if _, err := under.Append(b.Context(), "record-1", eventstore.Revision(after), events); err != nil {
			b.Fatal(err)
		}
	}
	return under
}

func BenchmarkRead(b *testing.B) {
	under := filled(b)
	for _, way := range []struct {
		name  string
		store eventstore.Store
	}{{"journal alone", under}, {"esdb", served(b, under)}} {
		b.Run("ReadLog/"+way.name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for _, err := range way.store.ReadLog(b.Context(), 0) {
					if n++; err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(benchEvents*b.N)/b.Elapsed().Seconds(), "events/s")
		})
		b.Run("Follow/"+way.name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for _, err := range way.store.Follow(b.Context(), 0) {
					if n++; err != nil {
						b.Fatal(err)
					}
					if n == benchEvents {
						break
					}
				}
			}
			b.ReportMetric(float64(benchEvents*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
