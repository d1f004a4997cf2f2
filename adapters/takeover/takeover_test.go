package takeover_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"caseledger/adapters/takeover"
	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/unmapped"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

const stream = "record-0123456789abcdef0123456789abcdef"

var (
	codec  = schema.NewCodec(schema.Events())
	clerk  = domain.Actor{ID: "ro-07", Role: "records-officer", Agency: "othertown"}
	reason = domain.Authority{Basis: "children-act-1989-s47", Purpose: "transfer"}
)

// importer writes into an empty ledger.
func importer(t *testing.T, store eventstore.Store) takeover.Importer {
	t.Helper()
	pack, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	sealed := schema.Sealed{Payload: codec, Keys: keys.NewMemory(), Ledger: "othertown.example/test", Random: rand.Reader}
	records, err := schema.NewRecords(&eventstore.Ledger{Store: store, Codec: sealed, Now: func() time.Time { return time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC) },
		NewID: func() (id eventstore.EventID) { rand.Read(id[:]); return id }}, pack)
	if err != nil {
		t.Fatal(err)
	}
	return takeover.Importer{Records: records, Actor: clerk, Authority: reason}
}

// pkg is a verified package of so many entries.
func pkg(name string, entries int) takeover.Package {
	p := takeover.Package{Report: evidence.Report{Overall: evidence.Valid, Ledger: "anytown.example/test", Record: stream,
		Fingerprint: strings.Repeat(name, 64), Root: "root", Size: 900}}
	for i := range entries {
		p.Entries = append(p.Entries, domain.Entry{Seq: uint64(i) + 1,
			Circumstances: domain.Circumstances{Actor: domain.Actor{ID: "sw-1", Role: "social-worker", Agency: "anytown"}, Authority: reason, Request: fmt.Sprint("r", i),
				Transferred: []domain.Transferred{{Ledger: "anytown.example/test", Leaf: fmt.Sprintf("%064d", i), Package: p.Report.Fingerprint}}},
			Event: identity.Named{Dated: domain.Dated{Happened: domain.MustDate("2020-01-01")}, Kind: "legal", Given: "Ava", Family: fmt.Sprint("N", i)}})
	}
	return p
}

// dying is a store that takes so many appends and no more.
type dying struct {
	eventstore.Store
	left int
}

var errDead = errors.New("killed")

func (s *dying) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if s.left == 0 {
		return 0, errDead
	}
	s.left--
	return s.Store.Append(ctx, stream, after, events)
}

func TestAnImportThatWasKilledIsFinishedByRepeatingItAndThenAddsNothing(t *testing.T) {
	store := &dying{memory.New(), 1}
	i, p := importer(t, store), pkg("a", 450)
	out, err := i.Take(t.Context(), p)
	if !errors.Is(err, errDead) || out.Added == 0 || out.Added > 450 {
		t.Fatalf("%+v, %v", out, err)
	}
	done := out.Added
	store.left = 100
	if out, err = i.Take(t.Context(), p); err != nil || out.Added != 451-done {
		t.Fatalf("%+v, %v", out, err)
	}
	if out, err = i.Take(t.Context(), p); err != nil || out.Added != 0 {
		t.Fatalf("a third time: %+v, %v", out, err)
	}
	r, _, err := i.Records.Load(t.Context(), out.Record)
	if err != nil || len(r.Entries) != 451 || schema.Stream(out.Record) != stream {
		t.Fatalf("%d entries in %s, %v", len(r.Entries), out.Record, err)
	}
	if differ, err := takeover.Check(codec, r.Entries, p); err != nil || len(differ) > 0 {
		t.Errorf("entries %v differ, %v", differ, err)
	}
	got := r.Disclosures.Received[0]
	if f := got.Fact; got.Entry != 451 || f.Known != 450 || f.Package != p.Report.Fingerprint || f.Checkpoint != "900 root" || f.Ledger != p.Report.Ledger {
		t.Errorf("%+v", got)
	}
	if e := r.Entries[450]; e.Actor != clerk || r.Entries[7].Actor.ID != "sw-1" || !r.Entries[7].Recorded.After(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v\n%+v", e, r.Entries[7])
	}
	r.Entries[3].Actor.ID = "somebody-else"
	p.Entries = append(p.Entries, p.Entries[0])
	p.Entries[451-1].Seq = 451
	if differ, err := takeover.Check(codec, r.Entries, p); err != nil || !slices.Equal(differ, []uint64{4, 451}) {
		t.Errorf("entries %v differ, %v", differ, err)
	}
}

func TestAnotherPackageOfTheSameRecordIsNeverMergedIntoIt(t *testing.T) {
	i := importer(t, memory.New())
	first, err := i.Take(t.Context(), pkg("a", 3))
	if err != nil {
		t.Fatal(err)
	}
	second, err := i.Take(t.Context(), pkg("b", 5))
	if err != nil || second.Record == first.Record || second.Added != 6 {
		t.Fatalf("%+v, %v", second, err)
	}
	again, err := i.Take(t.Context(), pkg("b", 5))
	if err != nil || again.Record != second.Record || again.Added != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	if r, _, err := i.Records.Load(t.Context(), first.Record); err != nil || len(r.Entries) != 4 {
		t.Errorf("%d entries, %v", len(r.Entries), err)
	}
}

func TestNobodyAddsToARecordWhoseImportIsNotFinished(t *testing.T) {
	store := &dying{memory.New(), 1}
	i, p := importer(t, store), pkg("a", 450)
	out, err := i.Take(t.Context(), p)
	if !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	store.left = 100
	if _, err := i.Records.Do(t.Context(), out.Record, eventstore.Act{Request: "x", Actor: clerk, Authority: reason,
		Command: disclosure.NoteLook{Dated: domain.Dated{Happened: domain.MustDate("2026-05-01")}, Protocol: "cp-is", By: "A", Reference: "1"}}); err == nil {
		if _, err := i.Take(t.Context(), p); !errors.Is(err, takeover.ErrTaken) {
			t.Errorf("an import goes on over what was recorded since: %v", err)
		}
	}
	if _, err := (takeover.Importer{Records: i.Records, Authority: reason}).Take(t.Context(), pkg("c", 1)); err == nil {
		t.Error("somebody without a name took a record over")
	}
}

func TestWhatWasRecordedBetweenTheLastEntryAndTheReceiptOfAPackageIsNotTakenForTheReceipt(t *testing.T) {
	store := &dying{memory.New(), 1}
	i, p := importer(t, store), pkg("a", 200) // as many as one append takes over
	out, err := i.Take(t.Context(), p)
	if !errors.Is(err, errDead) || out.Added != 200 {
		t.Fatalf("%+v, %v", out, err)
	}
	store.left = 100
	at, err := i.Records.Folds.Load(t.Context(), i.Records.Ledger, stream)
	if err != nil {
		t.Fatal(err)
	}
	between := domain.Entry{Circumstances: domain.Circumstances{Actor: clerk, Authority: reason, Request: "x"},
		Event: disclosure.Looked{Dated: domain.Dated{Happened: domain.MustDate("2026-05-01")}, Protocol: "cp-is", By: "A", Reference: "1"}}
	if _, err := i.Records.Ledger.Adopt(t.Context(), at.Tail, []domain.Entry{between}); err != nil {
		t.Fatal(err)
	}
	if out, err := i.Take(t.Context(), p); !errors.Is(err, takeover.ErrTaken) {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestWhatThisLedgerDoesNotKnowIsKeptWordForWordAndFlagged(t *testing.T) {
	text := `{"actor":{"id":"sw-1","role":"social-worker","agency":"anytown"},"authority":{"basis":"b","purpose":"p"},"request":"r1","corrects":{"entry":1,"reason":"x"},"happened":"2031-02-03","colour":"blue"}`
	for kind, known := range map[string]bool{"mood.noted/1": false, "person.named/99": false, "person.named/1": false, "entry.tagged/1": false} {
		e, is := codec.Foreign(kind, []byte(text))
		kept, ok := e.Event.(unmapped.Kept)
		if is != known || !ok || kept.Text != text || kept.Element != kind || kept.Happened.String() != "2031-02-03" || e.Actor.ID != "sw-1" ||
			e.Corrects != nil || e.Source.Flags[0].Rule != "type-unknown" {
			t.Errorf("%s: %v, %+v", kind, is, e)
		}
	}
	if e, is := codec.Foreign("mood.noted/1", []byte(`[1`)); is || e.Event.(unmapped.Kept).Text != `[1` {
		t.Errorf("%+v", e)
	}
}

func TestOnlyTheReceiverOpensAPackageAndOnlyAsItWasSent(t *testing.T) {
	receiver, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var closed bytes.Buffer
	if err := takeover.Close(&closed, []byte("canary"), receiver.Recipient()); err != nil || bytes.Contains(closed.Bytes(), []byte("canary")) {
		t.Fatal(err)
	}
	if got, err := takeover.Open(bytes.NewReader(closed.Bytes()), receiver); err != nil || string(got) != "canary" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := takeover.Open(bytes.NewReader(closed.Bytes()), other); !errors.Is(err, takeover.ErrClosed) {
		t.Error(err)
	}
	for i := range closed.Len() {
		spoiled := bytes.Clone(closed.Bytes())
		spoiled[i] ^= 1
		if _, err := takeover.Open(bytes.NewReader(spoiled), receiver); !errors.Is(err, takeover.ErrClosed) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
}

func FuzzForeign(f *testing.F) {
	f.Add("person.named/1", []byte(`{"happened":"2026-01-01"}`))
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		if e, _ := codec.Foreign(kind, text); e.Event == nil {
			t.Error("an entry without an event")
		}
	})
}
