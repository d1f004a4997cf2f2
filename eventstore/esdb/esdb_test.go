package esdb_test

import (
	"net"
	"testing"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/esdb"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/storetest"
)

// served returns the store of a client of our own server over another store.
func served(t testing.TB, under eventstore.Store) *esdb.Store {
	s, err := esdbgrpc.New(esdbgrpc.Options{Store: under, State: t.TempDir(), Anonymous: esdbgrpc.Read | esdbgrpc.Write})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	store, err := esdb.Open(t.Context(), esdb.Options{Connection: "esdb://" + l.Addr().String() + "?tls=false"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
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
