package schema

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/eventstore"
)

// lines is a store of one goroutine: what is appended, in order.
type lines []eventstore.Recorded

func (s *lines) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	var head eventstore.Revision
	for e := range s.ReadStream(context.Background(), stream, 0) {
		head = e.Revision
	}
	if head != after {
		if repeated := head == after+eventstore.Revision(len(events)) && slices.ContainsFunc(*s, func(r eventstore.Recorded) bool { return r.ID == events[0].ID }); repeated {
			return eventstore.Position(len(*s)), nil
		}
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head}
	}
	for i, e := range events {
		*s = append(*s, eventstore.Recorded{Stream: stream, Revision: after + eventstore.Revision(i) + 1, Position: eventstore.Position(len(*s) + 1), Event: e})
	}
	return eventstore.Position(len(*s)), nil
}

func (s *lines) ReadStream(_ context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for _, e := range *s {
			if e.Stream == stream && e.Revision > after && !yield(e, nil) {
				return
			}
		}
	}
}

func (s *lines) ReadLog(ctx context.Context, _ eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(func(eventstore.Recorded, error) bool) {}
}

func (s *lines) Follow(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return s.ReadLog(ctx, after)
}

// newRecords returns an empty ledger of English records at a moment.
func newRecords(t *testing.T, now string) (*Records, *lines) {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	store, ids := &lines{}, 0
	r, err := NewRecords(&eventstore.Ledger{Store: store, Codec: NewCodec(Events()), Now: func() time.Time { return moment },
		NewID: func() eventstore.EventID {
			ids++
			sum := sha256.Sum256(fmt.Append(nil, ids))
			return eventstore.EventID(sum[:16])
		}}, pack)
	if err != nil {
		t.Fatal(err)
	}
	return r, store
}

func act(request string, command any) eventstore.Act {
	return eventstore.Act{Request: request, Command: command, Actor: domain.Actor{ID: "w1", Role: "r", Agency: "a"},
		Authority: domain.Authority{Basis: "b", Purpose: "p"}}
}

func dated(day string) domain.Dated { return domain.Dated{Happened: domain.MustDate(day)} }

func registered(t *testing.T, r *Records, ids ...domain.RecordID) {
	t.Helper()
	for _, id := range ids {
		person := identity.Register{Dated: dated("2026-01-05"), Person: domain.PersonID(strings.Repeat("1f", 16))}
		if _, err := r.Do(t.Context(), id, act("open", person)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACommandIsDecidedByTheRulesOfItsPartAndOfTheWholeRecord(t *testing.T) {
	r, store := newRecords(t, "2026-01-10T10:00:00Z")
	_, err := r.Do(t.Context(), "one", act("q1", referral.Decide{Dated: dated("2026-01-11"), Referral: "r1", Outcome: "advice"}))
	var refused domain.Refusals
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	var rules []string
	for _, one := range refused {
		rules = append(rules, one.Rule)
	}
	if want := []string{"referral-unknown", "not-registered", "in-the-future"}; !slices.Equal(rules, want) || len(*store) > 0 {
		t.Errorf("%v and %d events, want %v", rules, len(*store), want)
	}
}

func TestTodayIsTheDayInTheUnitedKingdom(t *testing.T) {
	for now, want := range map[string]string{"2026-01-10T23:30:00Z": "2026-01-10", "2026-07-10T23:30:00Z": "2026-07-11"} {
		r, _ := newRecords(t, now)
		if got := r.Setting().Today.String(); got != want {
			t.Errorf("at %s it is %s, want %s", now, got, want)
		}
	}
}

func TestTwoCommandsOfTheSameMembersAreTwoActs(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	if _, err := r.Do(t.Context(), "one", act("q1", identity.RecordBirth{Dated: dated("2026-01-06")})); err != nil {
		t.Fatal(err)
	}
	_, err := r.Do(t.Context(), "one", act("q1", identity.RecordDeath{Dated: dated("2026-01-06")}))
	var reused *eventstore.RequestReusedError
	if !errors.As(err, &reused) {
		t.Errorf("%v, want RequestReusedError", err)
	}
}

func TestACorrectionReplacesAnEntryAndARepeatIsAnsweredAsBefore(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	if _, err := r.Do(t.Context(), "one", act("q1", identity.RecordBirth{Dated: dated("2026-01-06")})); err != nil {
		t.Fatal(err)
	}
	mend := act("q2", Correction{Entry: 2, Reason: "slip", Command: identity.RecordBirth{Dated: dated("2026-01-07")}})
	first, err := r.Correct(t.Context(), "one", mend)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Correct(t.Context(), "one", mend)
	if err != nil || !again.Repeated || again.Revision != first.Revision {
		t.Errorf("repeated: %+v, %v", again, err)
	}
	one, revision, err := r.Load(t.Context(), "one")
	if err != nil || revision != 3 || one.Person.Born.Fact.Happened.String() != "2026-01-07" || one.Entries[2].Corrects.Entry != 2 {
		t.Errorf("%+v at %d, %v", one.Person.Born, revision, err)
	}
	for name, command := range map[string]any{
		"a command that breaks its tags": Correction{Entry: 3, Reason: "slip", Command: identity.RecordBirth{}},
		"no command":                     Correction{Entry: 3, Reason: "slip"},
		"no reason":                      Correction{Entry: 3, Command: identity.RecordBirth{Dated: dated("2026-01-07")}},
		"no correction":                  identity.RecordBirth{Dated: dated("2026-01-07")},
		"a command of no catalogue":      Correction{Entry: 3, Reason: "slip", Command: struct{ X int }{1}},
	} {
		if _, err := r.Correct(t.Context(), "one", act(name, command)); err == nil {
			t.Errorf("%s is recorded", name)
		}
	}
}

func TestARepeatedActOnSeveralRecordsIsTheSameActInWhateverOrder(t *testing.T) {
	r, store := newRecords(t, "2026-01-10T10:00:00Z")
	ids := []domain.RecordID{"a", "b", "c", "d", "e", "f", "g", "h"}
	registered(t, r, ids...)
	acts := func() map[domain.RecordID]eventstore.Act {
		all := make(map[domain.RecordID]eventstore.Act)
		for _, id := range ids {
			all[id] = act("q1", referral.Receive{Dated: dated("2026-01-08"), Referral: "r1", Source: "1A"})
		}
		return all
	}
	first, err := r.DoAll(t.Context(), "g1", acts())
	if err != nil {
		t.Fatal(err)
	}
	length := len(*store)
	for range 20 {
		again, err := r.DoAll(t.Context(), "g1", acts())
		if err != nil || len(again) != len(first) || again[0].Stream != "record-a" || len(*store) != length {
			t.Fatalf("%v, %v", again, err)
		}
	}
}

func TestALoadedRecordMayBeEvolvedApartFromTheLedgers(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	for i := range 3 { // so that the kept slice has room to grow in
		if _, err := r.Do(t.Context(), "one", act(fmt.Sprint(i), identity.RecordSex{Dated: dated("2026-01-06"), Sex: "F"})); err != nil {
			t.Fatal(err)
		}
	}
	mine, revision, err := r.Load(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	mine = mine.Evolve(domain.Entry{Seq: uint64(revision) + 1, Event: identity.SexRecorded{Dated: dated("2026-01-07"), Sex: "M"}})
	if _, err := r.Do(t.Context(), "one", act("last", identity.RecordSex{Dated: dated("2026-01-08"), Sex: "U"})); err != nil {
		t.Fatal(err)
	}
	theirs, _, err := r.Load(t.Context(), "one")
	if err != nil || mine.Entries[revision].Event.HappenedOn() == theirs.Entries[revision].Event.HappenedOn() {
		t.Errorf("both records end with %+v, %v", theirs.Entries[revision].Event, err)
	}
}

func TestACommandIsReadStrictly(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	c, ok := r.Named("referral.receive")
	if !ok {
		t.Fatal("no such command")
	}
	got, err := c.Decode(jsontext.Value(`{"happened":"2026-01-08","referral":"r1","source":"1A"}`))
	if want := (referral.Receive{Dated: dated("2026-01-08"), Referral: "r1", Source: "1A"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, body := range []string{``, `null x`, `[]`, `{"secret":1}`, `{"referral":"secret","referral":"r1"}`, "{\"source\":\"secret\xff\"}", `{"happened":"secret"}`} {
		if _, err := c.Decode(jsontext.Value(body)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, ok := r.Named("referral.forget"); ok {
		t.Error("a command of no catalogue has been found")
	}
	if _, err := r.Decide(record.Record{}, &referral.Receive{}); err == nil {
		t.Error("a pointer is taken for a command")
	}
}

func TestAStreamIsNamedAfterItsRecord(t *testing.T) {
	if id, ok := RecordOf(Stream("1f")); !ok || id != "1f" {
		t.Errorf("%q, %t", id, ok)
	}
	if _, ok := RecordOf("group-1f"); ok {
		t.Error("a group is taken for a record")
	}
}
