package schema

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/referral"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
)

const testLedger = "anytown.example/test"

// newSealed returns a codec with keys of its own.
func newSealed() Sealed {
	return Sealed{Payload: NewCodec(Events()), Keys: keys.NewMemory(), Ledger: testLedger, Random: rand.Reader}
}

func receive(id string) any {
	return referral.Receive{Dated: dated("2026-01-06"), Referral: referral.ID(id), Source: "1A"}
}

// stream returns the events of a stream as they are stored.
func stream(t *testing.T, r *Records, name string) []eventstore.Recorded {
	t.Helper()
	var all []eventstore.Recorded
	for e, err := range r.Ledger.Store.ReadStream(t.Context(), name, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// wantSealed checks the chain, the blobs and the content of a stream.
func wantSealed(t *testing.T, r *Records, name string, events int) {
	t.Helper()
	all := stream(t, r, name)
	if len(all) != events {
		t.Errorf("stream %s has %d events, want %d", name, len(all), events)
	}
	chain, before := seal.Chain{Ledger: testLedger, Record: name}, time.Time{}
	for _, e := range all {
		next, leaf, err := chain.Next(e.Metadata)
		if err == nil {
			err = seal.CheckBlob(leaf, e.Data)
		}
		if err != nil || leaf.Recorded.Before(before) {
			t.Errorf("stream %s, revision %d: %v, recorded %s after %s", name, e.Revision, err, leaf.Recorded, before)
		}
		if _, err := r.Ledger.Codec.Decode(e); err != nil {
			t.Errorf("stream %s, revision %d: %v", name, e.Revision, err)
		}
		chain, before = next, leaf.Recorded
	}
}

func TestTheEventsOfOneActAreSealedOneOntoTheOther(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	if _, err := r.DoSeries(t.Context(), "one", act("q1", nil), receive("r1"), receive("r2")); err != nil {
		t.Fatal(err)
	}
	wantSealed(t, r, "record-one", 3)
}

func TestAnEntryIsOpenedAsItWasSealed(t *testing.T) {
	s := newSealed()
	want := domain.Entry{Seq: 1, Recorded: time.Date(2026, 2, 3, 10, 0, 0, 123456000, time.UTC),
		Circumstances: domain.Circumstances{Actor: domain.Actor{ID: "w1", Role: "r", Agency: "a"}, Request: "q1"},
		Event:         note.Written{Note: "n1", Text: []note.Passage{{Text: "Zoë said: \"no\""}}}}
	e, told, err := s.Encode(t.Context(), eventstore.Tail{Stream: "record-1"}, eventstore.EventID{1}, want)
	if err != nil || e.ID != (eventstore.EventID{1}) || e.Type != "note.written/2" {
		t.Fatalf("%s, %v", e.Type, err)
	}
	got, err := s.Decode(eventstore.Recorded{Stream: "record-1", Revision: 1, Event: e})
	if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if !reflect.DeepEqual(told, got) {
		t.Errorf("it is said to be read as %+v, and is read as %+v", told, got)
	}
}

// spoiled is a store whose events change on their way out.
type spoiled struct {
	eventstore.Store
	spoil func(*eventstore.Recorded)
}

func (s spoiled) ReadStream(ctx context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range s.Store.ReadStream(ctx, stream, after) {
			e.Metadata, e.Data = slices.Clone(e.Metadata), slices.Clone(e.Data)
			s.spoil(&e)
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestAFlippedBitInAnyByteOfLeafOrBlobIsFoundAndItsPlaceNamed(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "zero", "one")
	if _, err := r.Do(t.Context(), "one", act("q1", receive("r1"))); err != nil {
		t.Fatal(err)
	}
	sound, last := r.Ledger.Store, stream(t, r, "record-one")[1]
	place := fmt.Sprintf("position %d: stream record-one: revision 2: ", last.Position)
	leaf, blob := len(last.Metadata), len(last.Data)
	for at := range leaf + blob {
		for _, bit := range []byte{1, 0x80} {
			r.Ledger.Store = spoiled{sound, func(e *eventstore.Recorded) {
				switch {
				case e.Revision != 2:
				case at < leaf:
					e.Metadata[at] ^= bit
				default:
					e.Data[at-leaf] ^= bit
				}
			}}
			fresh := eventstore.NewFolds(0, count)
			if _, err := fresh.Load(t.Context(), r.Ledger, "record-one"); err == nil || !strings.HasPrefix(err.Error(), place) {
				t.Fatalf("byte %d of %d and %d: %v", at, leaf, blob, err)
			}
		}
	}
}

// count folds to the number of entries.
func count(n int, entries ...domain.Entry) int { return n + len(entries) }

func TestAnEventInAnotherPlaceThanItsOwnIsRefused(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "zero", "one")
	good := stream(t, r, "record-one")[0]
	codec := r.Ledger.Codec.(Sealed)
	elsewhere := codec
	elsewhere.Ledger = "othertown.example/test"
	for name, tt := range map[string]struct {
		codec  Sealed
		change func(*eventstore.Recorded)
		want   error
	}{
		"another stream":   {codec, func(e *eventstore.Recorded) { e.Stream = "record-zero" }, seal.ErrChain},
		"another revision": {codec, func(e *eventstore.Recorded) { e.Revision = 2 }, seal.ErrChain},
		"another type":     {codec, func(e *eventstore.Recorded) { e.Type = "person.named/1" }, seal.ErrChain},
		"another id":       {codec, func(e *eventstore.Recorded) { e.ID[0]++ }, seal.ErrKey},
		"another blob":     {codec, func(e *eventstore.Recorded) { e.Data = stream(t, r, "record-zero")[0].Data }, seal.ErrCipher},
		"another ledger":   {elsewhere, func(*eventstore.Recorded) {}, seal.ErrChain},
		"other keys":       {newSealed(), func(*eventstore.Recorded) {}, keys.ErrUnknown},
	} {
		e := good
		tt.change(&e)
		if _, err := tt.codec.Decode(e); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, err := codec.Decode(good); err != nil {
		t.Error(err)
	}
}

func TestNothingIsSealedOntoWhatIsNotTheEndOfTheStream(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "zero", "one")
	codec, leaf := r.Ledger.Codec.(Sealed), stream(t, r, "record-one")[0].Metadata
	other := codec
	other.Ledger = "othertown.example/test"
	entry := domain.Entry{Recorded: r.Ledger.Now(), Event: referral.Received{}}
	for name, tt := range map[string]struct {
		codec Sealed
		after eventstore.Tail
		want  error
	}{
		"the end of another stream":   {codec, eventstore.Tail{Stream: "record-zero", Revision: 1, Metadata: leaf}, seal.ErrChain},
		"another revision":            {codec, eventstore.Tail{Stream: "record-one", Revision: 2, Metadata: leaf}, seal.ErrChain},
		"a stream that was not read":  {codec, eventstore.Tail{Stream: "record-one", Revision: 1}, seal.ErrLeaf},
		"the end in another ledger":   {other, eventstore.Tail{Stream: "record-one", Revision: 1, Metadata: leaf}, seal.ErrChain},
		"a stream whose key is lost":  {newSealed(), eventstore.Tail{Stream: "record-one", Revision: 1, Metadata: leaf}, keys.ErrUnknown},
		"a stream with no valid name": {codec, eventstore.Tail{Stream: "record one"}, keys.ErrRefused},
	} {
		before, err := tt.codec.Keys.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := tt.codec.Encode(t.Context(), tt.after, eventstore.EventID{1}, entry); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if after, err := tt.codec.Keys.List(t.Context()); err != nil || len(after) != len(before) {
			t.Errorf("%s: a key was made, %v", name, err)
		}
	}
}

func TestWhatMayNeverBeSealedIsAnInvalidAppend(t *testing.T) {
	tooLong := domain.Entry{Recorded: time.Unix(0, 0), Event: note.Written{Note: "n1", Text: []note.Passage{{Text: strings.Repeat("x", seal.MaxPayloadBytes)}}}}
	if _, _, err := newSealed().Encode(t.Context(), eventstore.Tail{Stream: "record-1"}, eventstore.EventID{1}, tooLong); !errors.Is(err, eventstore.ErrInvalid) {
		t.Error(err)
	}
}

// racing is a store in which another is quicker, once.
type racing struct {
	eventstore.Store
	other func()
}

func (s *racing) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if other := s.other; other != nil {
		s.other = nil
		other()
	}
	return s.Store.Append(ctx, stream, after, events)
}

func TestAnActThatLosesARaceIsSealedAgainAndARepeatRecordsNothing(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	r.Ledger.Store = &racing{r.Ledger.Store, func() {
		if _, err := r.Do(t.Context(), "one", act("q2", receive("r2"))); err != nil {
			t.Error(err)
		}
	}}
	first, err := r.Do(t.Context(), "one", act("q1", receive("r1")))
	if err != nil || first.First != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	wantSealed(t, r, "record-one", 3)
	again, err := r.Do(t.Context(), "one", act("q1", receive("r1")))
	if err != nil || !again.Repeated || again.First != 3 {
		t.Errorf("%+v, %v", again, err)
	}
	wantSealed(t, r, "record-one", 3)
}

var errCrash = errors.New("crash")

// crashing is a store that fails before it appends to a stream.
type crashing struct {
	eventstore.Store
	stream string
}

func (s crashing) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if stream == s.stream {
		return 0, errCrash
	}
	return s.Store.Append(ctx, stream, after, events)
}

// interrupted returns a ledger in which an act on two records was decided, and
// recorded in the first only.
func interrupted(t *testing.T) *Records {
	t.Helper()
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one", "two")
	sound := r.Ledger.Store
	r.Ledger.Store = crashing{sound, "record-two"}
	_, err := r.DoAll(t.Context(), "g1", map[domain.RecordID]eventstore.Act{"one": act("q1", receive("r1")), "two": act("q1", receive("r1"))})
	if !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	r.Ledger.Store = sound
	return r
}

func TestAnIntentionIsSealedAgainWhenTheRecordHasMovedOn(t *testing.T) {
	r := interrupted(t)
	if _, err := r.Do(t.Context(), "two", act("own", receive("r2"))); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and once more, which changes nothing
		receipts, err := eventstore.FinishGroup(t.Context(), r.Ledger, "g1")
		if err != nil || len(receipts) != 2 || receipts[1].First != 3 {
			t.Fatalf("%+v, %v", receipts, err)
		}
	}
	wantSealed(t, r, "record-one", 2)
	wantSealed(t, r, "record-two", 3)
	wantSealed(t, r, "group-g1", 2)
}

func TestDestroyingARecordsKeyDestroysItsEventsAndWhatWasIntendedForIt(t *testing.T) {
	r := interrupted(t)
	if _, err := r.Do(t.Context(), "two", act("own", receive("r2"))); err != nil {
		t.Fatal(err)
	}
	d := keys.Destruction{When: time.Unix(0, 0), Certificate: "c-1"}
	if _, err := r.Ledger.Codec.(Sealed).Keys.Destroy(t.Context(), []keys.Place{{Stream: "record-two"}}, d); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Ledger.Codec.Decode(stream(t, r, "record-two")[0]); !errors.Is(err, seal.ErrErased) {
		t.Error(err)
	}
	if _, err := eventstore.FinishGroup(t.Context(), r.Ledger, "g1"); !errors.Is(err, seal.ErrErased) {
		t.Error(err)
	}
	wantSealed(t, r, "record-one", 2)
}

func BenchmarkSealedEncode(b *testing.B) { benchmarkSealed(b, true) }
func BenchmarkSealedDecode(b *testing.B) { benchmarkSealed(b, false) }

func benchmarkSealed(b *testing.B, encode bool) {
	s := newSealed()
	entry := domain.Entry{Recorded: time.Unix(0, 0), Circumstances: domain.Circumstances{Actor: domain.Actor{ID: "w1", Role: "social-worker", Agency: "anytown"},
		Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}, Request: "q1", Digest: strings.Repeat("0a", 32)},
		Event: referral.Received{Dated: domain.Dated{Happened: domain.MustDate("2026-02-03")}, Referral: "r1", Source: "1A"}}
	first, _, err := s.Encode(b.Context(), eventstore.Tail{Stream: "record-1"}, eventstore.EventID{1}, entry)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if encode {
			_, _, err = s.Encode(b.Context(), eventstore.Tail{Stream: "record-1", Revision: 1, Metadata: first.Metadata}, eventstore.EventID{2}, entry)
		} else {
			_, err = s.Decode(eventstore.Recorded{Stream: "record-1", Revision: 1, Event: first})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCachedUpdateOfASealedStream(b *testing.B) {
	ids := 0
	l := &eventstore.Ledger{Store: memory.New(), Codec: newSealed(), Now: time.Now, NewID: func() (id eventstore.EventID) {
		ids++
		binary.BigEndian.PutUint64(id[:], uint64(ids))
		return id
	}}
	folds := eventstore.NewFolds(eventstore.DefaultFoldBudget, count)
	facts := domain.Facts(referral.Received{Dated: dated("2026-02-03"), Referral: "r1", Source: "1A"})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		one := act(fmt.Sprint(n), receive("r1"))
		one.Stream = "record-one"
		if _, err := eventstore.Update(b.Context(), l, folds, one, func(int) ([]domain.Fact, error) { return facts, nil }); err != nil {
			b.Fatal(err)
		}
	}
}
