package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"testing"

	"caseledger/domain"
	"caseledger/domain/group"
	"caseledger/eventstore"
	"caseledger/schema"
)

// digest is a hash over every entry of the ledger, its place, time and id.
func digest(t *testing.T, ledger *eventstore.Ledger) string {
	t.Helper()
	sum := sha256.New()
	for e, err := range ledger.Store.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%d ", e.Position)
		add(t, sum, ledger.Codec, e)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// add adds what an event holds. An intention holds sealed events, each of
// which is added by what is in it.
func add(t *testing.T, sum hash.Hash, codec eventstore.Codec, e eventstore.Recorded) {
	t.Helper()
	entry, err := codec.Decode(e)
	if err != nil {
		t.Fatal(err)
	}
	if begun, ok := entry.Event.(group.Begun); ok {
		for _, part := range begun.Parts {
			for i, s := range part.Events {
				id, err := hex.DecodeString(s.ID)
				if err != nil {
					t.Fatal(err)
				}
				add(t, sum, codec, eventstore.Recorded{Stream: part.Stream, Revision: eventstore.Revision(part.After) + eventstore.Revision(i) + 1,
					Event: eventstore.Event{ID: eventstore.EventID(id), Type: s.Type, Metadata: s.Metadata, Data: s.Data}})
			}
		}
		entry.Event = group.Begun{Dated: begun.Dated}
	}
	write(t, sum, e, entry)
}

func write(t *testing.T, sum hash.Hash, e eventstore.Recorded, entry domain.Entry) {
	t.Helper()
	kind, payload, err := schema.NewCodec(schema.Events()).Encode(entry)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(sum, "%s %d %x %s %s %s\n", e.Stream, e.Revision, e.ID, entry.Recorded, kind, payload)
}
