package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/batch"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/group"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/projections"
	"caseledger/schema"
)

var ctx = context.Background()

const ann, ben = domain.RecordID("aaaa"), domain.RecordID("bbbb")

// annsStory is a child with a protection plan; ben's referral waits.
func annsStory(t testing.TB) *ledger {
	l := newLedger(t)
	l.events(ann,
		identity.Registered{Dated: on("2023-10-02"), Person: "p1"},
		identity.Named{Dated: on("2023-10-02"), Kind: "legal", Given: "Ann", Family: "Archer"},
		identity.Born{Dated: on("2015-05-05")},
		identity.Identified{Dated: on("2023-10-02"), Kind: identity.LAChildID, Value: "LA100", Source: "anytown", Valid: true},
		referral.Received{Dated: on("2023-10-02"), Referral: "r1", Source: "2A", Need: "N1", DecideBy: date("2023-10-03")},
		referral.Decided{Dated: on("2023-10-03"), Referral: "r1", Outcome: "strategy-discussion"},
		enquiry.Started{Dated: on("2023-10-04"), Enquiry: "q1", Referral: "r1", ConferenceBy: date("2023-10-25")},
		assessment.Started{Dated: on("2023-10-04"), Assessment: "a1", Referral: "r1", CompleteBy: date("2023-12-04")},
		enquiry.ConferenceHeld{Dated: on("2023-10-20"), Conference: "c1", Referral: "r1", Enquiry: "q1", Outcome: "protection-plan"},
		protection.Registered{Dated: on("2023-10-20"), Plan: "p1", Referral: "r1", Category: "NEG", ReviewBy: date("2024-01-20")},
		allocation.Allocated{Dated: on("2023-10-20"), Allocation: "l1", Worker: "worker-7", Team: "north", Role: "lead"},
	)
	l.events(ben, identity.Registered{Dated: on("2024-01-02"), Person: "p2"},
		referral.Received{Dated: on("2024-01-02"), Referral: "r1", Source: "1A", DecideBy: date("2024-01-03")})
	return l
}

func kinds(rows []projections.CaseloadRow) string {
	var all []string
	for _, r := range rows {
		text := string(r.Record[:1]) + ":" + r.Kind
		if r.Overdue {
			text += "!"
		}
		if r.Contradictory {
			text += "?"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestTheCaseloadIsTheOpenWorkInTheOrderOfItsDueDates(t *testing.T) {
	l := annsStory(t)
	db := caughtUp(t, l)
	for _, tt := range []struct {
		what   string
		filter projections.CaseloadFilter
		want   string
	}{
		{"all", projections.CaseloadFilter{}, "a:assessment b:referral-decision a:protection-plan-review a:protection-plan a:referral"},
		{"on a day", projections.CaseloadFilter{On: date("2024-01-03")}, "a:assessment! b:referral-decision a:protection-plan-review a:protection-plan a:referral"},
		{"overdue", projections.CaseloadFilter{On: date("2024-01-21"), Overdue: true}, "a:assessment! b:referral-decision! a:protection-plan-review!"},
		{"a worker's", projections.CaseloadFilter{Worker: "worker-7", Limit: 1}, "a:assessment"},
		{"a team's", projections.CaseloadFilter{Team: "south"}, ""},
		{"nobody's", projections.CaseloadFilter{Unallocated: true}, "b:referral-decision"},
		{"of a kind", projections.CaseloadFilter{Kind: projections.WorkCase}, "a:referral"},
	} {
		rows, err := db.Caseload(ctx, tt.filter)
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.what, got, err, tt.want)
		}
		if !tt.filter.On.IsZero() {
			continue
		}
		rows, err = db.CaseloadAt(ctx, l.load, time.Time{}, tt.filter)
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s, replayed: %s, %v; want %s", tt.what, got, err, tt.want)
		}
	}
}

func TestTheRegisterNamesChildrenWithAnOpenPlan(t *testing.T) {
	db := caughtUp(t, annsStory(t))
	rows, err := db.Register(ctx)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if r := rows[0]; r.Record != ann || r.Family != "Archer" || r.From != date("2023-10-20") || r.Latest != "NEG" || !r.Open || len(r.Entries) != 5 {
		t.Errorf("%+v", r)
	}
}

func TestTheRegisterOfThePastIsReplayed(t *testing.T) {
	l := annsStory(t)
	l.write(schema.Stream(ann), domain.Fact{Event: protection.Registered{Dated: on("2023-10-20"), Plan: "p1", Referral: "r1", Category: "PHY"},
		Corrects: &domain.Correction{Entry: 10, Reason: "wrong category"}})
	l.events(ann, correction.EnteredInError{Dated: on("2024-02-01"), Entry: 10 + 1 + 1, Reason: "wrong record"},
		correction.EnteredInError{Dated: on("2024-02-01"), Entry: 10, Reason: "wrong record"})
	db := caughtUp(t, l)
	for _, tt := range []struct {
		what  string
		known int // entries of the ledger
		on    string
		want  string
	}{
		{"before anything was recorded", 0, "2023-10-20", ""},
		{"before the category was corrected", 13, "2023-10-20", "NEG"},
		{"the day before", 13, "2023-10-19", ""},
		{"after the correction", 14, "2023-10-20", "PHY"},
		{"after the correction was taken back", 15, "2023-10-20", "NEG"},
		{"after all of it was taken back", 16, "2023-10-20", ""},
	} {
		rows, err := db.RegisterAt(ctx, l.load, moment(tt.known), date(tt.on))
		got := ""
		for _, r := range rows {
			got += r.Latest
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.what, got, err, tt.want)
		}
	}
}

func TestWorkUnderAReferralThatWasTurnedDownIsNotLostSightOf(t *testing.T) {
	turnedDown := []domain.Event{
		referral.Received{Dated: on("2024-01-02"), Referral: "r1", Source: "1A"},
		referral.NotTakenFurther{Dated: on("2024-01-03"), Referral: "r1"},
	}
	for _, tt := range []struct {
		what  string
		under []domain.Event
		want  string
	}{
		{"nothing", nil, ""},
		{"a conference", []domain.Event{enquiry.ConferenceHeld{Dated: on("2024-01-10"), Conference: "c1", Referral: "r1"}}, "a:referral?"},
		{"a finished assessment", []domain.Event{assessment.Started{Dated: on("2024-01-04"), Assessment: "a1", Referral: "r1"},
			assessment.Completed{Dated: on("2024-01-09"), Assessment: "a1"}}, "a:referral?"},
		{"an open plan", []domain.Event{cinplan.Started{Dated: on("2024-01-04"), Plan: "n1", Referral: "r1"}}, "a:cin-plan? a:referral?"},
		{"a closed case", []domain.Event{referral.Closed{Dated: on("2024-01-04"), Referral: "r1", Reason: "RC1"}}, ""},
	} {
		l := newLedger(t)
		l.events(ann, append(slices.Clone(turnedDown), tt.under...)...)
		db := caughtUp(t, l)
		rows, err := db.Caseload(ctx, projections.CaseloadFilter{})
		if got := kinds(rows); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.what, got, err, tt.want)
		}
		episodes, err := db.EpisodesOf(ctx, ann)
		if err != nil || len(episodes) != 1 || !episodes[0].TurnedDown || episodes[0].Contradictory != strings.Contains(tt.want, "?") {
			t.Errorf("%s: %+v, %v", tt.what, episodes, err)
		}
	}
}

func TestAPageGoesOnWhereTheLastOneEnded(t *testing.T) {
	l := annsStory(t)
	db := caughtUp(t, l)
	var got []projections.CaseloadRow
	filter := projections.CaseloadFilter{Limit: 2}
	for range 4 {
		page, err := db.Caseload(ctx, filter)
		replayed, errAt := db.CaseloadAt(ctx, l.load, time.Time{}, filter)
		if err != nil || errAt != nil || kinds(page) != kinds(replayed) {
			t.Fatal(err, errAt, kinds(page), kinds(replayed))
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		filter.After = page[len(page)-1].Cursor()
	}
	if want := "a:assessment b:referral-decision a:protection-plan-review a:protection-plan a:referral"; kinds(got) != want {
		t.Errorf("pages: %s, want %s", kinds(got), want)
	}
	if _, err := db.Caseload(ctx, projections.CaseloadFilter{After: "1"}); !errors.Is(err, projections.ErrCursor) {
		t.Errorf("a bad cursor: %v", err)
	}
}

func TestPeopleAreFoundByNameAndByIdentifier(t *testing.T) {
	db := caughtUp(t, annsStory(t))
	for text, want := range map[string]int{"": 2, "arch": 1, "ann archer": 1, "LA1": 1, "A100": 0, "%": 0, "_nn": 0} {
		rows, err := db.People(ctx, projections.PeopleFilter{Text: text})
		if err != nil || len(rows) != want {
			t.Errorf("%q: %d people, %v; want %d", text, len(rows), err, want)
		}
	}
	first, err := db.People(ctx, projections.PeopleFilter{Limit: 1})
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	second, err := db.People(ctx, projections.PeopleFilter{Limit: 1, After: first[0].Cursor()})
	if err != nil || len(second) != 1 || second[0].Record == first[0].Record {
		t.Errorf("after %v comes %v, %v", first, second, err)
	}
	ids, err := db.FindIdentifier(ctx, identity.LAChildID, "LA100")
	if err != nil || !slices.Equal(ids, []domain.RecordID{ann}) {
		t.Errorf("found %v, %v", ids, err)
	}
}

func TestEpisodesAreThoseOpenAtAnyTimeOfAPeriod(t *testing.T) {
	l := newLedger(t)
	received := referral.Received{Dated: on("2023-05-01"), Referral: "r1", Source: "1A"}
	l.events("open", received)
	l.events("shut", received, referral.Closed{Dated: on("2023-06-01"), Referral: "r1", Reason: "RC1"})
	l.events("nfa", received, referral.NotTakenFurther{Dated: on("2023-05-02"), Referral: "r1"})
	l.events("active", received, cinplan.Started{Dated: on("2023-05-03"), Plan: "n1", Referral: "r1"},
		referral.Closed{Dated: on("2023-06-01"), Referral: "r1", Reason: "RC1"})
	l.events("undated", received, referral.Closed{Referral: "r1", Reason: "RC1"})
	l.events("stray", assessment.Started{Dated: on("2023-08-01"), Assessment: "a1", Referral: "r9"})
	db := caughtUp(t, l)
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "active nfa open shut stray undated"},
		{"2023-04-01", "2023-04-30", "stray"},
		{"2023-04-01", "2023-05-01", "active nfa open shut stray undated"},
		{"2023-05-02", "2023-12-31", "active nfa open shut stray"},
		{"2023-05-03", "2023-12-31", "active open shut stray"},
		{"2023-06-02", "2023-12-31", "active open stray"},
	} {
		var from, to domain.Date
		if err := errors.Join(from.UnmarshalText([]byte(tt.from)), to.UnmarshalText([]byte(tt.to))); err != nil {
			t.Fatal(err)
		}
		ids, err := db.Episodes(ctx, from, to)
		if got := strings.Trim(fmt.Sprint(ids), "[]"); err != nil || got != tt.want {
			t.Errorf("%s to %s: %s, %v; want %s", tt.from, tt.to, got, err, tt.want)
		}
	}
}

func TestTheAuditTrailSaysFieldByFieldWhatChanged(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: "Ann", Family: "Archer"},
		identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: "Anna", Family: "Archer"})
	l.write(schema.Stream(ann), domain.Fact{Event: identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: "Anne", Family: "Archer"},
		Corrects: &domain.Correction{Entry: 1, Reason: "spelling"},
		Source:   &domain.Source{Kind: "cin-census/2022", File: "00ff", Line: 7, Flags: []domain.Flag{{Field: "given", Rule: "odd"}}}})
	l.events(ann, correction.EnteredInError{Dated: on("2024-01-01"), Entry: 2, Reason: "another Anna"},
		identity.Named{Dated: on("2023-12-20"), Kind: "legal", Given: "Ann", Family: "Archer"},
		correction.EnteredInError{Dated: on("2024-01-01"), Entry: 5, Reason: "a guess"},
		identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: "Anne", Family: "Baker"})
	rows, err := caughtUp(t, l).Audit(ctx, ann, projections.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		text := fmt.Sprintf("%d late %v in force %t by %v corrects %v voids %v %s:", r.Entry, deref(r.Lateness), r.InForce, deref(r.CorrectedBy), deref(r.Corrects), deref(r.Voids), r.Reason)
		for _, c := range r.Changes {
			text += fmt.Sprintf(" %s %s>%s", c.Field, string(c.Before), string(c.After))
		}
		got = append(got, text)
	}
	want := []string{
		`1 late 0 in force false by 3 corrects <nil> voids <nil> : happened >"2024-01-01" kind >"legal" given >"Ann" family >"Archer"`,
		`2 late 0 in force false by 4 corrects <nil> voids <nil> : given "Ann">"Anna"`,
		`3 late 0 in force true by <nil> corrects 1 voids <nil> spelling: given "Ann">"Anne"`,
		`4 late 0 in force true by <nil> corrects <nil> voids 2 another Anna: happened "2024-01-01"> kind "legal"> given "Anna"> family "Archer">`,
		`5 late 12 in force false by 6 corrects <nil> voids <nil> : happened "2024-01-01">"2023-12-20" given "Anne">"Ann"`,
		`6 late 0 in force true by <nil> corrects <nil> voids 5 a guess: happened "2023-12-20"> kind "legal"> given "Ann"> family "Archer">`,
		`7 late 0 in force true by <nil> corrects <nil> voids <nil> : family "Archer">"Baker"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r := rows[2]; r.Type != "person.named" || r.Actor != "worker-7" || r.ImportKind != "cin-census/2022" || deref(r.ImportLine) != 7 || len(r.ImportFlags) != 1 || r.Position != 30 {
		t.Errorf("%+v", r)
	}
}

func TestAChronologyTellsEachEntryWithTheAgeOfTheChild(t *testing.T) {
	l := newLedger(t)
	l.events(ann,
		identity.BirthExpected{Dated: on("2020-01-01"), Expected: date("2020-03-10")},
		referral.Received{Dated: on("2020-02-15"), Referral: "r1", Source: "3A", Need: "N1"},
		identity.Born{Dated: on("2020-02-29")},
		note.Written{Dated: on("2024-02-28"), Note: "1", Kind: "visit", Time: "14:00", Present: []string{"mother"}, Text: []note.Passage{
			{Text: "Seen alone. "}, {Text: "Neighbour said so.", Informant: true}}})
	l.write(schema.Stream(ann), domain.Fact{Event: referral.Received{Dated: on("2020-02-14"), Referral: "r1", Source: "2A", Need: "N1"},
		Corrects: &domain.Correction{Entry: 2, Reason: "wrong source"}})
	db := caughtUp(t, l)
	rows, err := db.Chronology(ctx, ann)
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s %d of %d age %v weeks %v late %t: %s", r.Happened, r.Entry, r.First, deref(r.AgeYears), deref(r.WeeksBeforeBirth), r.Late, r.Sentence))
	}
	want := []string{
		"2020-01-01 1 of 1 age <nil> weeks 8 late true: The child was expected to be born on 10 March 2020.",
		"2020-02-14 5 of 2 age <nil> weeks 2 late true: A referral was received from SCHOOLS (2A); need: Abuse, neglect and exploitation (N1).",
		"2020-02-29 3 of 3 age 0 weeks <nil> late true: The child was born.",
		"2024-02-28 4 of 4 age 3 weeks <nil> late false: Note (visit, 14:00), present: mother: Seen alone. [what others told is left out]",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	then := projections.ChronologyAt(ann, r, moment(2), date("2020-02-20"))
	if len(then) != 2 || then[1].Entry != 2 || deref(then[1].WeeksBeforeBirth) != 3 {
		t.Errorf("as known before the birth: %+v", then)
	}
}

func TestImportsAndUnfinishedActsAreListed(t *testing.T) {
	l := annsStory(t)
	l.write("batch-1", domain.Facts(batch.Began{Dated: on("2024-01-01"), Kind: "cin-census/2022", File: "00ff", Year: 2022, ReferenceDate: date("2022-03-31")},
		batch.Finished{Dated: on("2024-01-01"), Children: 3, Events: 40, Flags: 2, Failed: 1})...)
	l.write("batch-2", domain.Facts(batch.Began{Dated: on("2024-01-01"), Kind: "cin-census/2023", File: "11ff"})...)
	parts := []group.Part{{Stream: schema.Stream(ann)}, {Stream: schema.Stream(ben)}}
	l.write("group-1", domain.Facts(group.Begun{Dated: on("2024-01-01"), Parts: parts}, group.Finished{Dated: on("2024-01-01")})...)
	l.write("group-2", domain.Facts(group.Begun{Dated: on("2024-01-01"), Parts: parts})...)
	db := caughtUp(t, l)
	batches, err := db.Batches(ctx)
	if err != nil || len(batches) != 2 || batches[0].Events != 40 || batches[0].Finished.IsZero() || !batches[1].Finished.IsZero() {
		t.Errorf("%+v, %v", batches, err)
	}
	groups, err := db.OpenGroups(ctx)
	if err != nil || len(groups) != 1 || groups[0].Group != "2" || !slices.Equal(groups[0].Records, []domain.RecordID{ann, ben}) {
		t.Errorf("%+v, %v", groups, err)
	}
	counts, err := db.Counts(ctx)
	want := projections.Counts{Records: 2, Entries: 13, OpenCases: 2, OpenPlans: 1, Unallocated: 1, Batches: 2, OpenGroups: 1}
	if err != nil || counts != want {
		t.Errorf("%+v, %v; want %+v", counts, err, want)
	}
}

func TestAnEndOfWhatNeverBeganStopsTheProjection(t *testing.T) {
	l := newLedger(t)
	l.write("batch-1", domain.Facts(batch.Finished{Dated: on("2024-01-01")})...)
	l.write("group-1", domain.Facts(group.Finished{Dated: on("2024-01-01")})...)
	err := runner(t, open(t), l.store, projections.All()...).CatchUp(ctx, nil)
	want := "projection batch: position 10: stream batch-1: an end is recorded of what was never begun\n" +
		"projection open_group: position 20: stream group-1: an end is recorded of what was never begun"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
}

func TestAnEmptyIDIsAnIDLikeAnyOther(t *testing.T) {
	l := newLedger(t)
	db := open(t)
	r := runner(t, db, l.store, projections.All()...)
	for _, e := range []domain.Event{
		referral.Received{Dated: on("2024-01-02"), Source: "1A"},
		referral.Decided{Dated: on("2024-01-03"), Outcome: "assessment"},
		referral.Closed{Dated: on("2024-01-04"), Reason: "RC1"},
	} {
		l.events(ann, e)
		if err := r.CatchUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Caseload(ctx, projections.CaseloadFilter{})
	if err != nil || len(rows) != 0 {
		t.Errorf("a closed case is open work: %+v, %v", rows, err)
	}
}

func TestTheDayOfRecordingIsTheDayInTheUnitedKingdom(t *testing.T) {
	l := newLedger(t)
	for _, at := range []string{"2024-01-31T23:30:00Z", "2024-07-31T22:30:00Z", "2024-07-31T23:30:00Z"} {
		recorded, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		l.writeAt(recorded, schema.Stream(ann), domain.Fact{Event: identity.Born{Dated: domain.Dated{Happened: domain.DateOf(recorded)}}})
	}
	rows, err := caughtUp(t, l).Audit(ctx, ann, projections.Moment{})
	if err != nil || len(rows) != 3 || deref(rows[0].Lateness) != 0 || deref(rows[1].Lateness) != 0 || deref(rows[2].Lateness) != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
}
