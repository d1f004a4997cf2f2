package projections_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/correction"
	"caseledger/domain/family"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/restriction"
)

// annsFamily is Ann, her mother Mo, her brother Ben through their mother, her
// lodger Lou and her unborn sister.
func annsFamily(t testing.TB) *ledger {
	l := newLedger(t)
	l.events("aaaa", identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: "Ann", Family: "Archer"}, identity.Born{Dated: on("2015-05-05")},
		family.Related{Dated: on("2024-01-02"), Relation: "n1", Kind: "mother", Record: "mmmm"},
		family.ResponsibilityHeld{Dated: on("2024-01-02"), Relation: "n1", Basis: "birth"},
		family.Related{Dated: on("2024-01-02"), Relation: "n2", Kind: "friend", Name: "Sam", Significant: true},
		family.HouseholdJoined{Dated: on("2024-01-02"), Household: "o1", Part: "child"})
	l.events("bbbb", family.Related{Dated: on("2024-01-02"), Relation: "n1", Kind: "mother", Record: "mmmm"},
		note.Written{Dated: on("2026-05-04"), Note: "1", Kind: "visit", Text: []note.Passage{{Text: "Ben spoke of the night."}}})
	l.events("llll", family.HouseholdJoined{Dated: on("2024-01-03"), Household: "o1", Part: "adult"},
		family.HouseholdLeft{Dated: on("2024-01-09"), Household: "o1"})
	l.events("mmmm", identity.Born{Dated: on("1990-01-01")},
		family.Related{Dated: on("2024-01-02"), Relation: "n1", Kind: "unborn-child", Record: "uuuu"})
	l.events("uuuu", identity.BirthExpected{Dated: on("2024-01-02"), Expected: date("2024-06-01")})
	l.events("xxxx", identity.Born{Dated: on("2000-01-01")})
	return l
}

func TestAFamilyIsFoundFromEitherSideThroughParentsAndHouseholds(t *testing.T) {
	db := caughtUp(t, annsFamily(t))
	for id, want := range map[domain.RecordID]string{
		"aaaa": "aaaa:self bbbb:sibling llll:household mmmm:mother",
		"bbbb": "bbbb:self aaaa:sibling mmmm:mother",
		"llll": "llll:self aaaa:household",
		"mmmm": "mmmm:self aaaa:child bbbb:child uuuu:unborn-child",
		"uuuu": "uuuu:self mmmm:mother",
		"xxxx": "xxxx:self",
	} {
		members, err := db.FamilyOf(ctx, id)
		var got []string
		for _, m := range members {
			got = append(got, string(m.Record)+":"+strings.Join(m.Kinds, "+"))
		}
		if text := strings.Join(got, " "); err != nil || text != want {
			t.Errorf("%s: %s, %v; want %s", id, text, err, want)
		}
	}
	rows, err := db.Relations(ctx, "aaaa")
	if err != nil || len(rows) != 2 || !rows[0].Responsible || rows[0].Basis != "birth" || rows[0].Other != "mmmm" || rows[1].Name != "Sam" || !rows[1].Significant {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestAFamilysStoryIsToldWithTheChildsAgeAtEachEvent(t *testing.T) {
	l := annsFamily(t)
	rows, err := caughtUp(t, l).FamilyChronology(ctx, l.load, "aaaa", time.Time{}, domain.Date{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s %s %v %v", r.Happened, r.Record, deref(r.AgeYears), r.Kind))
	}
	want := []string{
		"1990-01-01 mmmm <nil> person.born", "2015-05-05 aaaa 0 person.born", "2024-01-01 aaaa 8 person.named",
		"2024-01-02 aaaa 8 relation.recorded", "2024-01-02 aaaa 8 parental-responsibility.held", "2024-01-02 aaaa 8 relation.recorded", "2024-01-02 aaaa 8 household.joined",
		"2024-01-02 bbbb 8 relation.recorded", "2024-01-02 mmmm 8 relation.recorded",
		"2024-01-03 llll 8 household.joined", "2024-01-09 llll 8 household.departed", "2026-05-04 bbbb 10 note.written",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if rows[0].WeeksBeforeBirth == nil || rows[0].Kinds[0] != "mother" {
		t.Errorf("%+v", rows[0])
	}
	then, err := caughtUp(t, l).FamilyChronology(ctx, l.load, "aaaa", moment(8), date("2024-01-02"))
	if err != nil || len(then) != 7 {
		t.Errorf("as known after eight entries: %d rows, %v", len(then), err)
	}
	broken := errors.New("broken")
	if _, err := caughtUp(t, l).FamilyChronology(ctx, func(context.Context, domain.RecordID) (record.Record, error) { return record.Record{}, broken }, "aaaa", time.Time{}, domain.Date{}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestAWholeTownIsNoFamily(t *testing.T) {
	l := newLedger(t)
	for i := range 202 {
		l.events(domain.RecordID(fmt.Sprintf("r%03d", i)), family.HouseholdJoined{Dated: on("2024-01-02"), Household: "o1", Part: "adult"})
	}
	if _, err := caughtUp(t, l).FamilyOf(ctx, "r000"); err == nil {
		t.Error("202 people are a family")
	}
}

func TestRestrictionsSayWhichRecordsAWorkerMayNotOpen(t *testing.T) {
	l := newLedger(t)
	l.events("aaaa", restriction.BarrierSet{Dated: on("2024-01-02"), Restriction: "x1", Worker: "w1", Reason: "relative"})
	l.events("bbbb", restriction.RecordSealed{Dated: on("2024-01-02"), Restriction: "x1", Reason: "staff", Readers: []string{"w1"}})
	l.events("cccc", restriction.BarrierSet{Dated: on("2024-01-02"), Restriction: "x1", Worker: "w1", Reason: "relative"},
		restriction.Lifted{Dated: on("2024-01-03"), Restriction: "x1", Reason: "left"})
	l.events("dddd", restriction.AddressWithheld{Dated: on("2024-01-02"), Restriction: "x1", From: []string{"father"}, Basis: "domestic-abuse"},
		restriction.InformantShielded{Dated: on("2024-01-02"), Restriction: "x2", Entries: []uint64{1}})
	db := caughtUp(t, l)
	for worker, want := range map[string]string{"w1": "[aaaa]", "w2": "[bbbb]"} {
		ids, err := db.Barred(ctx, worker)
		if got := fmt.Sprint(ids); err != nil || got != want {
			t.Errorf("%s may not open %s, %v; want %s", worker, got, err, want)
		}
		for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc", "dddd"} {
			r, err := l.load(ctx, id)
			_, sealed := r.Restrictions.SealedFrom(worker)
			if may := !sealed && !r.Restrictions.Barred(worker); err != nil || may == strings.Contains(want, string(id)) {
				t.Errorf("%s and %s: the record says %t, the table %s", worker, id, may, want)
			}
		}
	}
	for id, want := range map[domain.RecordID]int{"aaaa": 1, "cccc": 0, "dddd": 2} {
		rows, err := db.Restrictions(ctx, id)
		if err != nil || len(rows) != want {
			t.Errorf("%s: %+v, %v", id, rows, err)
		}
	}
}

func TestOnlyTheSealedRecordLeadsToTheNewIdentity(t *testing.T) {
	l := newLedger(t)
	l.events("aaaa", identity.Born{Dated: on("2020-01-02")}, adoption.Ordered{Dated: on("2024-01-02"), Adoption: "d1"},
		adoption.IdentityParted{Dated: on("2024-01-09"), Adoption: "d1", Successor: "bbbb"},
		restriction.RecordSealed{Dated: on("2024-01-09"), Restriction: "x1", Reason: "adoption", Readers: []string{"w1"}})
	l.events("bbbb", identity.Born{Dated: on("2020-01-02")})
	db := caughtUp(t, l)
	for _, id := range []domain.RecordID{"aaaa", "bbbb"} {
		links, err := db.Links(ctx, id)
		if err != nil || len(links) != 1 || links[0].Record != "aaaa" || links[0].Successor != "bbbb" || links[0].Since != date("2024-01-09") {
			t.Errorf("%s: %+v, %v", id, links, err)
		}
	}
	for worker, want := range map[string]string{"w1": "[]", "w2": "[aaaa]"} {
		barred, err := db.Barred(ctx, worker)
		if got := fmt.Sprint(barred); err != nil || got != want {
			t.Errorf("%s may not open %s, %v; want %s", worker, got, err, want)
		}
	}
	members, err := db.FamilyOf(ctx, "bbbb")
	if err != nil || len(members) != 1 {
		t.Errorf("the new identity's family is %+v, %v", members, err)
	}
	l.events("aaaa", correction.EnteredInError{Dated: on("2024-01-10"), Entry: 3, Reason: "wrong record"})
	if links, err := caughtUp(t, l).Links(ctx, "bbbb"); err != nil || len(links) != 0 {
		t.Errorf("a link in error: %+v, %v", links, err)
	}
}
