package ssda903_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/ssda903"
	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/careleaver"
	"caseledger/domain/domaintest"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/record"
)

var dated = domaintest.On

// written is one table of the return of 2026 on a child whose record workers
// made: each row without number and day of birth.
func written(t *testing.T, table string, events ...domain.Event) []string {
	t.Helper()
	all := append([]domain.Event{identity.Registered{Dated: dated("2020-01-06")},
		identity.Identified{Dated: dated("2020-01-06"), Kind: identity.LAChildID, Value: "7"}}, events...)
	entries := make([]domain.Entry, len(all))
	for i, e := range all {
		entries[i] = domain.Entry{Seq: uint64(i + 1), Event: e}
	}
	dir := filepath.Join(t.TempDir(), "return")
	_, err := ssda903.Export{Year: 2026}.Folder(t.Context(), dir, func(yield func(ssda903.Held, error) bool) {
		yield(ssda903.Held{ID: "a", Record: record.Fold(entries)}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(read(t, filepath.Join(dir, table))), "\n")
	var rows []string
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		rows = append(rows, strings.Join(cells[1:], ","))
	}
	return rows
}

func born(day string) domain.Event { return identity.Born{Dated: dated(day)} }

func into(day, status string) domain.Event {
	return lookedafter.EpisodeBegan{Dated: dated(day), Episode: "e1", Reason: "S", LegalStatus: status, Need: "N1", Placement: lookedafter.Placement{Type: "U6", Provider: "PR1"}}
}

func out(day, reason string) domain.Event {
	return lookedafter.EpisodeCeased{Dated: dated(day), Episode: "e1", Reason: reason}
}

func contact(day string) domain.Event {
	return careleaver.Contacted{Dated: dated(day), Contact: careleaver.ContactID(day), InTouch: "YES", Activity: "F1", Accommodation: "U1"}
}

func TestAReturnHoldsWhatBelongsToItsYearAndNothingElse(t *testing.T) {
	score := 12
	leaver := careleaver.Entitled{Dated: dated("2025-02-03"), Eligibility: "former-relevant"}
	for name, tt := range map[string]struct {
		table string
		given []domain.Event
		want  []string
	}{
		"an episode that ended on the first day": {"episodes.csv", []domain.Event{into("2024-06-03", "C2"), out("2025-04-01", "E4A")}, []string{"03/06/2024,S,C2,N1,U6,PR1,01/04/2025,E4A,,,,"}},
		"an episode that ended the day before":   {"episodes.csv", []domain.Event{into("2024-06-03", "C2"), out("2025-03-31", "E4A")}, nil},
		"an episode that began on the last day":  {"episodes.csv", []domain.Event{into("2026-03-31", "C2")}, []string{"31/03/2026,S,C2,N1,U6,PR1,,,,,,"}},
		"an episode that began the day after":    {"episodes.csv", []domain.Event{into("2026-04-01", "C2")}, nil},
		"an end that is not yet known":           {"episodes.csv", []domain.Event{into("2025-06-02", "C2"), out("2026-04-01", "E4A")}, []string{"02/06/2025,S,C2,N1,U6,PR1,,,,,,"}},
		"reviews of the year": {"reviews.csv", []domain.Event{born("2012-01-05"), into("2024-06-03", "C2"),
			lookedafter.Reviewed{Dated: dated("2025-03-31"), Review: "v1", Participation: "PN1"}, lookedafter.Reviewed{Dated: dated("2025-04-01"), Review: "v2", Participation: "PN2"},
			lookedafter.Reviewed{Dated: dated("2026-03-31"), Review: "v3", Participation: "PN3"}, lookedafter.Reviewed{Dated: dated("2026-04-01"), Review: "v4", Participation: "PN4"}},
			[]string{"05/01/2012,01/04/2025,PN2", "05/01/2012,31/03/2026,PN3"}},
		"health after twelve months": {"oc2.csv", []domain.Event{born("2012-01-05"), into("2025-04-01", "C2"),
			health.TeethChecked{Dated: dated("2025-06-02"), Check: "1"}, health.Assessed{Dated: dated("2025-03-31"), Assessment: "1"},
			health.Immunised{Dated: dated("2025-06-02"), Check: "1", UpToDate: true}, health.DifficultiesScored{Dated: dated("2025-06-02"), Check: "1", Score: &score},
			health.MisuseFound{Dated: dated("2025-06-02"), Finding: "1"}, health.InterventionOffered{Dated: dated("2025-06-03"), Finding: "1"}},
			[]string{"05/01/2012,12,,0,,1,1,0,1,0,1"}},
		"health of one aged four":  {"oc2.csv", []domain.Event{born("2022-03-31"), into("2025-04-01", "C2")}, []string{"31/03/2022,,SDQ4,,0,0,0,0,0,,"}},
		"health of one under four": {"oc2.csv", []domain.Event{born("2022-04-01"), into("2025-04-01", "C2")}, []string{"01/04/2022,,,,0,0,0,0,0,,"}},
		"health after a day less":  {"oc2.csv", []domain.Event{born("2012-01-05"), into("2025-04-02", "C2")}, nil},
		"health of short breaks":   {"oc2.csv", []domain.Event{born("2012-01-05"), into("2025-04-01", "V4")}, nil},
		"a care leaver of nineteen": {"oc3.csv", []domain.Event{born("2007-01-05"), into("2020-06-01", "C2"), out("2025-01-05", "E5"), leaver, contact("2026-01-20"), contact("2025-10-10")},
			[]string{"05/01/2007,YES,F1,U1"}},
		"one whom nobody looked for in time": {"oc3.csv", []domain.Event{born("2007-01-05"), into("2020-06-01", "C2"), out("2025-01-05", "E5"), leaver, contact("2025-10-04"), contact("2026-02-06")}, nil},
		"one of twenty-two":                  {"oc3.csv", []domain.Event{born("2004-01-05"), into("2020-06-01", "C2"), out("2022-01-05", "E5"), leaver, contact("2026-01-05")}, nil},
		"one who is still looked after":      {"oc3.csv", []domain.Event{born("2009-01-05"), into("2020-06-01", "C2"), leaver, contact("2026-01-05")}, nil},
		"an adoption": {"ad1.csv", []domain.Event{born("2023-01-05"), into("2024-06-03", "E1"), adoption.Decided{Dated: dated("2025-01-06"), Adoption: "d1"},
			adoption.Matched{Dated: dated("2025-05-05"), Adoption: "d1", Adopters: adoption.Adopters{Number: "2", Sex: "MF", LegalStatus: "L11", Fostered: "0"}}, out("2025-11-03", "E12")},
			[]string{"05/01/2023,06/01/2025,05/05/2025,0,2,MF,L11"}},
		"a match without adoption": {"ad1.csv", []domain.Event{born("2023-01-05"), into("2024-06-03", "E1"), adoption.Decided{Dated: dated("2025-01-06"), Adoption: "d1"},
			adoption.Matched{Dated: dated("2025-05-05"), Adoption: "d1"}}, nil},
		"earlier permanence": {"previous_permanence.csv", []domain.Event{born("2012-01-05"), into("2024-06-03", "C2"), lookedafter.PermanenceKnown{Dated: dated("2024-06-03"), Option: "P1", Ordered: "2015"}},
			[]string{"05/01/2012,P1,,zz/zz/2015"}},
		"earlier permanence, long in care": {"previous_permanence.csv", []domain.Event{born("2012-01-05"), into("2016-03-31", "C2"), lookedafter.PermanenceKnown{Dated: dated("2016-03-31"), Option: "P1"}}, nil},
		"workers": {"sw_episodes.csv", []domain.Event{born("2012-01-05"), into("2024-06-03", "C2"),
			allocation.Allocated{Dated: dated("2024-06-03"), Allocation: "l1", Worker: "sw-1", Role: "lead"}, allocation.Ended{Dated: dated("2025-04-01"), Allocation: "l1", Reason: "LEFTRL"},
			allocation.Allocated{Dated: dated("2025-04-01"), Allocation: "l2", Worker: "sw-2", Role: "lead"}, allocation.Allocated{Dated: dated("2025-04-01"), Allocation: "l3", Worker: "sw-3", Role: "second"}},
			[]string{"05/01/2012,sw-1,03/06/2024,01/04/2025,FCONTA", "05/01/2012,sw-2,01/04/2025,,LEFTRL"}},
		"liberty, before the return asks": {"dolo.csv", []domain.Event{born("2012-01-05"), into("2024-06-03", "C2"),
			lookedafter.LibertyRestricted{Dated: dated("2025-06-02"), Restriction: "x1", Kind: "deprivation-of-liberty-order"}}, nil},
		"asylum that ended on the first day": {"uasc.csv", []domain.Event{born("2007-04-01"), into("2024-06-03", "V2"), lookedafter.Recognised{Dated: dated("2024-06-03"), Ceases: domain.MustDate("2025-04-01")}}, []string{",01/04/2007,01/04/2025"}},
		"asylum that ended the day before":   {"uasc.csv", []domain.Event{born("2007-04-01"), into("2024-06-03", "V2"), lookedafter.Recognised{Dated: dated("2024-06-03"), Ceases: domain.MustDate("2025-03-31")}}, nil},
	} {
		if got := written(t, tt.table, tt.given...); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
