package esdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/esdb"
	"caseledger/eventstore/memory"
)

const patience = 5 * time.Minute

func happened(n int) []eventstore.Event {
	id := eventstore.EventID{byte(n >> 8), byte(n), 1}
	return []eventstore.Event{{ID: id, Type: "test.happened/1", Metadata: []byte("leaf"), Data: fmt.Appendf(nil, "blob %d", n)}}
}

func TestAFollowerSurvivesEveryLossOfTheConnectionWithoutGapOrRepeat(t *testing.T) {
	const n, cuts = 300, 6
	under := memory.New()
	address, _ := start(t, under)
	p := newProxy(t, address)
	s := opened(t, p.Addr().String())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	appended := make(chan error, 1)
	go func() {
		for i := range n {
			if _, err := s.Append(ctx, "record-1", eventstore.Revision(i), happened(i+1)); err != nil {
				appended <- fmt.Errorf("append %d: %w", i, err)
				return
			}
			if i%(n/cuts) == n/cuts-1 {
				p.cut()
			}
		}
		appended <- nil
	}()
	want := eventstore.Revision(1)
	for r, err := range s.Follow(ctx, 0) {
		if err != nil {
			t.Fatalf("before %d: %v", want, err)
		}
		if r.Revision != want {
			t.Fatalf("revision %d, want %d", r.Revision, want)
		}
		if want++; want > n {
			break
		}
	}
	if err := <-appended; err != nil {
		t.Fatal(err)
	}
}

func TestAReadGoesOnWhereTheConnectionBroke(t *testing.T) {
	const n = 3_000
	under := memory.New()
	events := make([]eventstore.Event, 0, n)
	for i := range n {
		e := happened(i + 1)[0]
		e.Data = make([]byte, 2_000) // more than buffers on the way hold
		events = append(events, e)
	}
	if _, err := under.Append(t.Context(), "record-1", 0, events); err != nil {
		t.Fatal(err)
	}
	address, _ := start(t, under)
	p := newProxy(t, address)
	s := opened(t, p.Addr().String())
	want := eventstore.Revision(0)
	for r, err := range s.ReadStream(t.Context(), "record-1", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if want++; r.Revision != want {
			t.Fatalf("revision %d, want %d", r.Revision, want)
		}
		if want%1_000 == 500 {
			p.cut()
		}
	}
	if want != n {
		t.Errorf("%d events, want %d", want, n)
	}
}

func TestAnAppendOnADeadConnectionEndsWithItsContextAndItsRepeatSettlesIt(t *testing.T) {
	under := memory.New()
	address, _ := start(t, under)
	p := newProxy(t, address)
	s := opened(t, p.Addr().String())
	p.freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := s.Append(ctx, "record-1", 0, happened(1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("on a frozen connection: %v, want the context's error", err)
	}
	if took := time.Since(began); took > 25*time.Second { // less than the limit of any call
		t.Errorf("it took %s", took)
	}
	p.thaw()
	p.cut()
	if _, err := s.Append(t.Context(), "record-1", 0, happened(1)); err != nil {
		t.Fatalf("the repeat: %v", err)
	}
	if _, err := s.Append(t.Context(), "record-1", 1, happened(2)); err != nil {
		t.Fatal(err)
	}
}

// A client of the library stays closed for good after a failed discovery.
func TestTheStoreComesBackWithItsServer(t *testing.T) {
	under := memory.New()
	address, _ := start(t, under)
	p := newProxy(t, address)
	s := opened(t, p.Addr().String())
	p.gone(true)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		if _, err := s.Append(ctx, "record-1", 0, happened(1)); !errors.Is(err, esdb.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a server: %v", err)
		}
		cancel()
	}
	p.gone(false)
	if _, err := s.Append(t.Context(), "record-1", 0, happened(1)); err != nil {
		t.Errorf("with the server again: %v", err)
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	address, stop := start(t, memory.New())
	stop()
	if _, err := esdb.Open(t.Context(), esdb.Options{Connection: "esdb://" + address + "?tls=false"}); !errors.Is(err, esdb.ErrUnavailable) {
		t.Errorf("%v, want that it is unavailable", err)
	}
}

func TestUnsoundOptionsAreRefusedWithoutTheirSecrets(t *testing.T) {
	dir := t.TempDir()
	file := func(text string) string {
		path := filepath.Join(dir, fmt.Sprint(len(text)))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, o := range map[string]esdb.Options{
		"no connection string":       {Connection: "http://secret"},
		"credentials in the string":  {Connection: "esdb://login:secret@localhost:1?tls=true"},
		"credentials without TLS":    {Connection: "esdb://localhost:1?tls=false", Credentials: file("login:secret\n")},
		"no password":                {Connection: "esdb://localhost:1", Credentials: file("secret")},
		"two lines":                  {Connection: "esdb://localhost:1", Credentials: file("login:secret\nmore:secret")},
		"a file that does not exist": {Connection: "esdb://localhost:1", Credentials: filepath.Join(dir, "none")},
	} {
		if _, err := esdb.Open(t.Context(), o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFollowerWithoutRightsEndsWithTheReason(t *testing.T) {
	address := startWith(t, esdbgrpc.Options{Store: memory.New(), Anonymous: esdbgrpc.Write})
	s := opened(t, address)
	for _, err := range s.Follow(t.Context(), 0) {
		if err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("%v, want that it may not read", err)
		}
	}
}

func TestAClosedStoreRefuses(t *testing.T) {
	address, _ := start(t, memory.New())
	s := opened(t, address)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), "record-1", 0, happened(1)); err == nil {
		t.Error("an append is accepted")
	}
}
