package record_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/breakglass"
	"caseledger/domain/bundle"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/domaintest"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/note"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/referral"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
)

var on = domaintest.On

// hour is a moment of recording.
func hour(n int) time.Time { return time.Date(2026, 2, 3, n, 0, 0, 0, time.UTC) }

// entries numbers events and records one an hour, from one o'clock.
func entries(events ...domain.Event) []domain.Entry {
	list := make([]domain.Entry, len(events))
	for i, e := range events {
		list[i] = domain.Entry{Seq: uint64(i + 1), Recorded: hour(i + 1), Event: e}
		if c, ok := e.(correcting); ok {
			list[i].Event = c.Event
			list[i].Corrects = &domain.Correction{Entry: c.entry, Reason: "wrong"}
		}
	}
	return list
}

// correcting is an event that takes the place of an entry.
type correcting struct {
	domain.Event
	entry uint64
}

func corrects(entry uint64, e domain.Event) domain.Event { return correcting{e, entry} }

func voids(entry uint64) domain.Event {
	return correction.EnteredInError{Dated: on("2026-02-03"), Entry: entry}
}

func sex(day, code string) domain.Event { return identity.SexRecorded{Dated: on(day), Sex: code} }

func seqs(list []domain.Entry) []uint64 {
	var numbers []uint64
	for _, e := range list {
		numbers = append(numbers, e.Seq)
	}
	return numbers
}

func TestEntriesInForceStandInTheOrderOfTheWorld(t *testing.T) {
	for name, tt := range map[string]struct {
		given []domain.Event
		want  []uint64
	}{
		"nothing":                   {nil, nil},
		"a late entry":              {[]domain.Event{sex("2026-01-02", "F"), sex("2026-01-01", "M")}, []uint64{2, 1}},
		"one day: as recorded":      {[]domain.Event{sex("2026-01-01", "F"), sex("2026-01-01", "M")}, []uint64{1, 2}},
		"a day that nobody knows":   {[]domain.Event{sex("2026-01-01", "F"), sex("", "M")}, []uint64{2, 1}},
		"a correction":              {[]domain.Event{sex("2026-01-01", "F"), corrects(1, sex("2026-01-01", "M"))}, []uint64{2}},
		"a correction in its place": {[]domain.Event{sex("2026-01-01", "F"), sex("2026-01-01", "U"), corrects(1, sex("2026-01-01", "M"))}, []uint64{3, 2}},
		"a correction of the day":   {[]domain.Event{sex("2026-01-01", "F"), sex("2026-01-02", "U"), corrects(1, sex("2026-01-03", "M"))}, []uint64{2, 3}},
		"a correction of a correction": {[]domain.Event{sex("2026-01-01", "F"), corrects(1, sex("2026-01-01", "M")), sex("2026-01-01", "U"),
			corrects(2, sex("2026-01-01", "F"))}, []uint64{4, 3}},
		"entered in error":              {[]domain.Event{sex("2026-01-01", "F"), voids(1)}, []uint64{2}},
		"a correction entered in error": {[]domain.Event{sex("2026-01-01", "F"), corrects(1, sex("2026-01-01", "M")), voids(2)}, []uint64{1, 3}},
		"an error entered in error":     {[]domain.Event{sex("2026-01-01", "F"), voids(1), voids(2)}, []uint64{1, 3}},
		"three errors":                  {[]domain.Event{sex("2026-01-01", "F"), voids(1), voids(2), voids(3)}, []uint64{2, 4}},
		"an error without an entry":     {[]domain.Event{sex("2026-01-01", "F"), voids(0), voids(99)}, []uint64{1, 2, 3}},
		"an error in itself":            {[]domain.Event{sex("2026-01-01", "F"), voids(2)}, []uint64{1}},
	} {
		if got := seqs(record.Effective(entries(tt.given...))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestInForceNamesTheEntryThatTookAnotherOut(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F"), corrects(1, sex("2026-01-01", "M")), sex("2026-01-02", "U"), voids(3)))
	for seq, want := range map[uint64]uint64{1: 2, 2: 0, 3: 4, 4: 0} {
		if still, by := r.InForce(seq); still != (want == 0) || by != want {
			t.Errorf("entry %d: in force %t, taken out by %d; want %d", seq, still, by, want)
		}
	}
}

func TestWhatWasKnownIsWhatHadBeenRecorded(t *testing.T) {
	list := entries(sex("2026-01-01", "F"), sex("2026-01-02", "M"), sex("2026-01-03", "U"))
	for name, tt := range map[string]struct {
		at   time.Time
		want int
	}{
		"before the first":       {hour(1).Add(-time.Microsecond), 0},
		"with the first":         {hour(1), 1},
		"between":                {hour(2).Add(time.Minute), 2},
		"long after the last":    {hour(20), 3},
		"in another time's zone": {hour(2).In(time.FixedZone("east", 36000)), 2},
	} {
		if got := len(record.KnownAt(list, tt.at)); got != tt.want {
			t.Errorf("%s: %d entries, want %d", name, got, tt.want)
		}
	}
	list[1].Recorded = hour(9) // the clock was ahead, and was set back
	if got := len(record.KnownAt(list, hour(4))); got != 1 {
		t.Errorf("%d entries were known before the second was recorded", got)
	}
}

func TestARecordCanBeSeenAsKnownThenAndAsTrueThen(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F"), sex("2026-01-03", "U"), corrects(1, sex("2026-01-01", "M"))))
	for name, tt := range map[string]struct {
		known time.Time
		day   string
		want  string
	}{
		"now":                                 {time.Time{}, "", "U"},
		"as true between":                     {time.Time{}, "2026-01-02", "M"},
		"as true on the first day":            {time.Time{}, "2026-01-01", "M"},
		"as true before":                      {time.Time{}, "2025-12-31", ""},
		"as known before the correction":      {hour(2), "2026-01-02", "F"},
		"as known before anything":            {hour(0), "", ""},
		"as known then, whatever the day":     {hour(2), "", "U"},
		"as known with the correction's hour": {hour(3), "2026-01-02", "M"},
	} {
		var day domain.Date
		if tt.day != "" {
			day = domain.MustDate(tt.day)
		}
		if got := r.At(tt.known, day).Person.Sex.Fact.Sex; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if undated := record.Fold(entries(sex("", "F"))).At(time.Time{}, domain.MustDate("0001-01-01")); undated.Person.Sex.Fact.Sex != "F" {
		t.Error("an entry of which nobody knows the day is left out")
	}
}

func refusals(err error) []string {
	var all domain.Refusals
	errors.As(err, &all)
	var rules []string
	for _, r := range all {
		rules = append(rules, r.Rule)
	}
	return rules
}

func TestACorrectionStatesTheSameFactAnew(t *testing.T) {
	r := record.Fold(entries(
		identity.Born{Dated: on("2020-01-01")},
		referral.Received{Dated: on("2026-01-01"), Referral: "r1"},
		corrects(1, identity.Born{Dated: on("2020-01-02")}),
		sex("2026-01-01", "F"), voids(4)))
	for name, tt := range map[string]struct {
		entry  uint64
		states []domain.Event
		want   []string
	}{
		"the same fact":                {2, []domain.Event{referral.Received{Dated: on("2026-01-02"), Referral: "r1"}}, nil},
		"a correction":                 {3, []domain.Event{identity.Born{Dated: on("2020-01-03")}}, nil},
		"another kind of fact":         {2, []domain.Event{referral.Decided{Dated: on("2026-01-02"), Referral: "r1"}}, []string{"correction-of-another-fact"}},
		"another thing":                {2, []domain.Event{referral.Received{Dated: on("2026-01-02"), Referral: "r2"}}, []string{"correction-of-another-fact"}},
		"nothing":                      {2, nil, []string{"correction-of-another-fact"}},
		"two facts":                    {2, make([]domain.Event, 2), []string{"correction-of-another-fact"}},
		"what has been corrected":      {1, []domain.Event{identity.Born{}}, []string{"entry-not-in-force"}},
		"what was entered in error":    {4, []domain.Event{sex("2026-01-01", "M")}, []string{"entry-not-in-force"}},
		"no entry":                     {0, nil, []string{"entry-unknown"}},
		"an entry yet to come":         {6, nil, []string{"entry-unknown"}},
		"the greatest number there is": {1<<64 - 1, nil, []string{"entry-unknown"}},
	} {
		facts, err := r.Correct(tt.entry, "wrong day", func(record.Record) ([]domain.Event, error) { return tt.states, nil })
		if got := refusals(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if tt.want == nil && (len(facts) != 1 || *facts[0].Corrects != domain.Correction{Entry: tt.entry, Reason: "wrong day"}) {
			t.Errorf("%s: facts %+v", name, facts)
		}
		if tt.want != nil && len(facts) > 0 {
			t.Errorf("%s: refused, and yet %+v", name, facts)
		}
	}
}

func TestACorrectionIsDecidedAsIfTheFactHadNeverBeenWrittenDown(t *testing.T) {
	r := record.Fold(entries(identity.Born{Dated: on("2020-01-01")}, corrects(1, identity.Born{Dated: on("2020-01-02")})))
	_, err := r.Correct(2, "again", func(without record.Record) ([]domain.Event, error) {
		return without.Person.RecordBirth(identity.RecordBirth{Dated: on("2020-01-03")})
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := r.Person.RecordBirth(identity.RecordBirth{Dated: on("2020-01-03")}); err == nil {
		t.Error("a second birth is allowed")
	}
	if _, err := r.Correct(2, "no", func(record.Record) ([]domain.Event, error) {
		return nil, domain.Refuse(domain.Rule{Name: "x", Broken: true})
	}); !slices.Equal(refusals(err), []string{"x"}) {
		t.Errorf("decide's refusal is lost: %v", err)
	}
}

func TestOnlyAnEntryInForceCanBeEnteredInError(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F"), voids(1)))
	for entry, want := range map[uint64][]string{0: {"entry-unknown"}, 1: {"entry-not-in-force"}, 2: nil, 3: {"entry-unknown"}} {
		events, err := r.EnterInError(correction.EnterInError{Dated: on("2026-02-03"), Entry: entry, Reason: "x"})
		if got := refusals(err); !slices.Equal(got, want) || len(events) != 1 {
			t.Errorf("entry %d: %v, want %v", entry, got, want)
		}
	}
}

func TestThatTheGlassWasBrokenStandsWhoeverSaysOtherwise(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F"), breakglass.Used{Dated: on("2026-01-02"), Use: "u1"}))
	for entry, want := range map[uint64][]string{2: {"break-glass-stands"}, 1: nil} {
		if _, err := r.EnterInError(correction.EnterInError{Dated: on("2026-02-03"), Entry: entry, Reason: "x"}); !slices.Equal(refusals(err), want) {
			t.Errorf("entry %d: %v, want %v", entry, err, want)
		}
		old, _ := r.Entry(entry)
		_, err := r.Correct(entry, "x", func(record.Record) ([]domain.Event, error) { return []domain.Event{old.Event}, nil })
		if !slices.Equal(refusals(err), want) {
			t.Errorf("a correction of entry %d: %v, want %v", entry, err, want)
		}
	}
}

func TestWhatWasDecidedAboutARedactionStandsWhoeverSaysOtherwise(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F"), redaction.Proposed{Dated: on("2026-01-02"), Redaction: "r1"}, redaction.Approved{Dated: on("2026-01-03"), Redaction: "r1"}))
	for entry, want := range map[uint64][]string{2: {"redaction-stands"}, 3: {"redaction-stands"}, 1: nil} {
		if _, err := r.EnterInError(correction.EnterInError{Dated: on("2026-02-03"), Entry: entry, Reason: "x"}); !slices.Equal(refusals(err), want) {
			t.Errorf("entry %d: %v, want %v", entry, err, want)
		}
		old, _ := r.Entry(entry)
		_, err := r.Correct(entry, "x", func(record.Record) ([]domain.Event, error) { return []domain.Event{old.Event}, nil })
		if !slices.Equal(refusals(err), want) {
			t.Errorf("a correction of entry %d: %v, want %v", entry, err, want)
		}
	}
}

func TestAStepTowardsABundleIsMendedUntilTheBundleIsFrozen(t *testing.T) {
	opened := func(id bundle.ID) domain.Event { return bundle.Opened{Dated: on("2026-01-02"), Bundle: id} }
	frozen := bundle.Frozen{Dated: on("2026-01-03"), Bundle: "b1"}
	r := record.Fold(entries(opened("b1"), opened("b2"), frozen))
	for entry, want := range map[uint64][]string{1: {"bundle-stands"}, 2: nil, 3: {"bundle-stands"}} {
		if _, err := r.EnterInError(correction.EnterInError{Dated: on("2026-02-03"), Entry: entry, Reason: "x"}); !slices.Equal(refusals(err), want) {
			t.Errorf("entry %d: %v, want %v", entry, err, want)
		}
	}
	if got := r.Made("b1"); !slices.Equal(got, []string{""}) {
		t.Errorf("made by %q", got)
	}
}

func TestTheRulesOfEveryEventHoldOnBothSidesOfTheirBoundary(t *testing.T) {
	today := domain.MustDate("2026-02-03")
	registered := identity.Registered{Dated: on("2025-01-01")}
	born, died := identity.Born{Dated: on("2020-01-01")}, identity.Died{Dated: on("2026-01-10")}
	expected := identity.BirthExpected{Dated: on("2019-10-01"), Expected: domain.MustDate("2020-01-01")}
	received := func(day string) domain.Event { return referral.Received{Dated: on(day), Referral: "r1"} }
	plan := func(day string) domain.Event { return protection.Registered{Dated: on(day), Plan: "p1"} }
	for name, tt := range map[string]struct {
		given []domain.Event
		when  domain.Event
		want  []string
	}{
		"the registration opens the record":   {nil, registered, nil},
		"nothing else does":                   {nil, received("2026-01-01"), []string{"not-registered"}},
		"today":                               {[]domain.Event{registered}, received("2026-02-03"), nil},
		"tomorrow":                            {[]domain.Event{registered}, received("2026-02-04"), []string{"in-the-future"}},
		"a day that nobody knows":             {[]domain.Event{registered, born}, received(""), nil},
		"the day of birth":                    {[]domain.Event{registered, born}, received("2020-01-01"), nil},
		"the day before birth":                {[]domain.Event{registered, born}, received("2019-12-31"), []string{"before-birth"}},
		"before birth of a child expected":    {[]domain.Event{registered, born, expected}, received("2019-12-31"), nil},
		"who the person is, before birth":     {[]domain.Event{registered, born}, sex("2019-12-31", "F"), nil},
		"work on the day of death":            {[]domain.Event{registered, died}, plan("2026-01-10"), nil},
		"work after death":                    {[]domain.Event{registered, died}, plan("2026-01-11"), []string{"after-death"}},
		"a referral after death (an inquest)": {[]domain.Event{registered, died}, received("2026-01-11"), nil},
		"all at once":                         {[]domain.Event{born, died}, plan("2027-01-01"), []string{"not-registered", "in-the-future", "after-death"}},
	} {
		err := record.Fold(entries(tt.given...)).Allow([]domain.Event{tt.when}, today)
		if got := refusals(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAForkAndItsOriginNeverWriteToTheSameMemory(t *testing.T) {
	list := entries(sex("2026-01-01", "F"), sex("2026-01-02", "M"), sex("2026-01-03", "U"), sex("2026-01-04", "F"))
	grown := record.Record{}
	for _, e := range list[:3] {
		grown = grown.Evolve(e)
	}
	left := grown.Fork().Evolve(list[3])
	other := list[3]
	other.Event = sex("2026-01-05", "M")
	right := grown.Fork().Evolve(other)
	grown = grown.Evolve(domain.Entry{Seq: 4, Event: sex("2026-01-06", "U")})
	for name, tt := range map[string]struct {
		r   record.Record
		day string
	}{"left": {left, "2026-01-04"}, "right": {right, "2026-01-05"}, "the origin": {grown, "2026-01-06"}} {
		if got := tt.r.Entries[3].Event.HappenedOn().String(); got != tt.day {
			t.Errorf("%s: the fourth entry is of %s", name, got)
		}
	}
	record.Fold(list[:2]).Evolve(other)
	record.Fold(list).At(hour(2), domain.Date{}).Evolve(other)
	if !reflect.DeepEqual(list[2].Event, sex("2026-01-03", "U")) {
		t.Error("folding wrote to the slice that it was given")
	}
}

func TestAnUnknownNumberNamesNoEntry(t *testing.T) {
	r := record.Fold(entries(sex("2026-01-01", "F")))
	for seq, want := range map[uint64]bool{0: false, 1: true, 2: false, 1<<64 - 1: false} {
		if e, found := r.Entry(seq); found != want || found && e.Seq != seq {
			t.Errorf("entry %d: %t", seq, found)
		}
	}
}

func TestNothingHappensUnderAnIdentityThatWasLeftBehind(t *testing.T) {
	r := record.Fold(entries(identity.Registered{Dated: on("2020-01-06")}, adoption.Ordered{Dated: on("2026-01-05"), Adoption: "d1"},
		adoption.IdentityParted{Dated: on("2026-01-05"), Adoption: "d1", Successor: "b"}))
	for name, tt := range map[string]struct {
		when domain.Event
		want []string
	}{
		"a late note of the time before": {note.Written{Dated: on("2026-01-05"), Note: "n1"}, nil},
		"a note of the time since":       {note.Written{Dated: on("2026-01-06"), Note: "n1"}, []string{"identity-parted"}},
		"a note without a day":           {note.Written{Note: "n1"}, nil},
		"a referral":                     {referral.Received{Dated: on("2026-01-06"), Referral: "r1"}, []string{"identity-parted"}},
		"another seal":                   {restriction.RecordSealed{Dated: on("2026-01-06"), Restriction: "x1"}, nil},
		"a mistake":                      {correction.EnteredInError{Dated: on("2026-01-06"), Entry: 1}, nil},
		"a decision taken back":          {adoption.Reversed{Dated: on("2026-01-06"), Adoption: "d1"}, nil},
	} {
		if got := domaintest.Rules(r.Allow([]domain.Event{tt.when}, domain.MustDate("2026-03-01"))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAChildIsSeenToWhileAnythingIsOpen(t *testing.T) {
	for name, given := range map[string][2]domain.Event{
		"a case":                {referral.Received{Dated: on("2026-01-05"), Referral: "r1"}, referral.Closed{Dated: on("2026-01-06"), Referral: "r1"}},
		"a protection plan":     {protection.Registered{Dated: on("2026-01-05"), Plan: "p1"}, protection.Ended{Dated: on("2026-01-06"), Plan: "p1"}},
		"a plan in need":        {cinplan.Started{Dated: on("2026-01-05"), Plan: "n1"}, cinplan.Ended{Dated: on("2026-01-06"), Plan: "n1"}},
		"a temporary name":      {temporary.Entered{Dated: on("2026-01-05"), Registration: "m1"}, temporary.Ended{Dated: on("2026-01-06"), Registration: "m1"}},
		"care":                  {lookedafter.EpisodeBegan{Dated: on("2026-01-05"), Episode: "e1"}, lookedafter.EpisodeCeased{Dated: on("2026-01-06"), Episode: "e1", Reason: "E12"}},
		"private fostering":     {privatefostering.Notified{Dated: on("2026-01-05"), Arrangement: "f1"}, privatefostering.Ended{Dated: on("2026-01-06"), Arrangement: "f1"}},
		"help to a care leaver": {careleaver.Entitled{Dated: on("2026-01-05")}, careleaver.Ended{Dated: on("2026-01-06")}},
	} {
		if !record.Fold(entries(given[0])).SeenTo() || record.Fold(entries(given[:]...)).SeenTo() {
			t.Errorf("%s: seen to %t, and after its end %t", name, record.Fold(entries(given[0])).SeenTo(), record.Fold(entries(given[:]...)).SeenTo())
		}
	}
}
