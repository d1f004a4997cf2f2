package esdb_test

import (
	"errors"
	"net"
	"sync"
	"testing"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/esdb"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/storetest"
)

// startWith starts a server that the test ends.
func startWith(t testing.TB, opts esdbgrpc.Options) string {
	t.Helper()
	address, stop := run(t, opts)
	t.Cleanup(stop)
	return address
}

// start starts a server over a store, in which everybody may read and write.
// stop may be called more than once.
func start(t testing.TB, under eventstore.Store) (address string, stop func()) {
	t.Helper()
	address, stop = run(t, esdbgrpc.Options{Store: under, Anonymous: esdbgrpc.Read | esdbgrpc.Write})
	t.Cleanup(stop)
	return address, stop
}

func run(t testing.TB, opts esdbgrpc.Options) (address string, stop func()) {
	t.Helper()
	opts.State = t.TempDir()
	s, err := esdbgrpc.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return l.Addr().String(), sync.OnceFunc(func() {
		if err := errors.Join(s.Close(), <-ended); err != nil {
			t.Error(err)
		}
	})
}

func opened(t testing.TB, address string) *esdb.Store {
	t.Helper()
	s, err := esdb.Open(t.Context(), esdb.Options{Connection: "esdb://" + address + "?tls=false&gossipTimeout=60"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// served returns the store of a client of our own server over another store.
func served(t testing.TB, under eventstore.Store) *esdb.Store {
	t.Helper()
	address, _ := start(t, under)
	return opened(t, address)
}

func TestTheStoreKeepsEveryPromiseOverAServerOfTheMemoryStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store { return served(t, memory.New()) })
}

func TestTheStoreKeepsEveryPromiseOverAServerOfTheJournal(t *testing.T) {
	storetest.Run(t, func(t *testing.T) eventstore.Store {
		under, err := journal.Open(t.TempDir(), journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := under.Close(); err != nil {
				t.Error(err)
			}
		})
		return served(t, under)
	})
}
