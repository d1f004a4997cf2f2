package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore"
)

// opened opens a peer in an empty directory. PostgreSQL is not on every machine.
func opened(t *testing.T, k kind) peer {
	t.Helper()
	if os.Getenv(postgresVariable) == "" && (k.name == "postgres" || k.name == "message-db") {
		t.Skipf("there is no PostgreSQL: set %s", postgresVariable)
	}
	p, err := k.open(t.Context(), filepath.Join(t.TempDir(), k.name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func event(id byte) eventstore.Event {
	return eventstore.Event{ID: eventstore.EventID{id}, Type: "t/1", Metadata: []byte(`{"m":"1"}`), Data: []byte(`{"d":"2"}`)}
}

func TestOfManyAppendsOnOneRevisionEveryPeerTakesOne(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			p := opened(t, k)
			const rivals, rounds = 8, 3
			for round := range rounds {
				var taken [rivals]bool
				var all sync.WaitGroup
				for i := range rivals {
					all.Go(func() {
						_, err := p.Append(t.Context(), "record-1", eventstore.Revision(round), []eventstore.Event{event(byte(round*rivals + i + 1))})
						taken[i] = err == nil
					})
					all.Go(func() { // not to be drawn in
						if _, err := p.Append(t.Context(), "record-other-"+string(rune('a'+i)), eventstore.Revision(round), []eventstore.Event{event(byte(100 + round*rivals + i))}); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				n := 0
				for _, one := range taken {
					if one {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("round %d: %d of %d appends on the same revision were taken", round, n, rivals)
				}
			}
			n := 0
			for e, err := range p.ReadLog(t.Context()) {
				if err != nil || e.Type != "t/1" || e.Revision < 1 || e.Revision > rounds {
					t.Fatalf("%+v: %v", e, err)
				}
				n++
			}
			if n != rounds*(rivals+1) {
				t.Errorf("%d events, want %d", n, rounds*(rivals+1))
			}
		})
	}
}

func TestTheTableHasALineForEveryStoreAndATurnForEveryNumberOfWriters(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), options{peers: []string{"pebble", "sqlite", "nats"}, duration: 5 * time.Millisecond, dir: t.TempDir()}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2+5 {
		t.Fatalf("%d lines:\n%s", len(lines), &out)
	}
	for _, line := range lines {
		if strings.Count(line, "|") != 2+len(writerCounts) {
			t.Errorf("%q", line)
		}
	}
	if err := run(t.Context(), options{peers: []string{"oracle"}}, &out, io.Discard); err == nil {
		t.Error("an unknown peer was taken")
	}
}
