package paper_test

import (
	"errors"
	"strings"
	"testing"

	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/projections"
)

var (
	head    = paper.Head{Title: "T", Footer: "F"}
	officer = paper.Officer{Name: "Zoë Ö'Neil", Position: "records manager", Authority: "Anytown Council"}
	at      = paper.Checkpoint{Ledger: "anytown.example/prod", Size: 4711, Root: "cm9vdA=="}
)

// says fails where a paper does not say all of this, in this order.
func says(t *testing.T, p paper.Paper, all ...string) {
	t.Helper()
	got, last := text(p), -1
	for _, want := range all {
		at := strings.Index(got[last+1:], want)
		if at < 0 {
			t.Errorf("%q does not follow in\n%s", want, got)
			continue
		}
		last += at
	}
}

func TestIssuesAreWhatAPartyDisputesAndTheRestIsAgreed(t *testing.T) {
	rows := story("She was hungry.").Rows
	agreed := rows[2]
	agreed.Entry, agreed.Stands = 8, []projections.Stand{{Party: "mother", Stand: chronology.Agreed, Entry: 12}}
	p, err := paper.Issues(head, []projections.StoryRow{agreed, rows[0]})
	if err != nil {
		t.Fatal(err)
	}
	says(t, p, "Draft. ", "no party has approved it", "# In dispute", "Issue 1", "Entry 5, by sw-001", "She was hungry.", "Disputed by father: She was hungry.",
		"# Agreed", "Agreed 1", "Day not known.", "Entry 8", "Agreed by mother (entry 12)", "# Other issues")
	if _, err := paper.Issues(head, nil); !errors.Is(err, paper.ErrNothing) {
		t.Errorf("no issues: %v", err)
	}
}

func TestMarksOfExhibitsRunOnPerMakerAndAreToldApart(t *testing.T) {
	one, two, three := inFull("x"), inFull("y"), inFull("z")
	two.Author.ID, two.Entry = "sw-002", 8
	three.Author.ID, three.Entry = "sw-003", 9
	again := one
	again.Entry = 10
	p, err := paper.Exhibits(head, []projections.FullEntry{one, two, three, again}, map[string]paper.Maker{"sw-001": {"Anna-Maria Brown", 5}, "sw-002": {Name: "Ánna Müller Brown"}, "sw-003": {Name: "Ali M Bo"}})
	if err != nil {
		t.Fatal(err)
	}
	says(t, p, "Exhibits of Anna-Maria Brown", "AMB/5", "Entry 7, leaf 0123456789abcdef", "Record aaaa", "AMB/6", "Entry 10", "These are the exhibits marked AMB/5 to AMB/6, referred to", "The next exhibit of this maker is AMB/7.",
		"ÁMB/1", "Entry 8", "This is the exhibit marked ÁMB/1, referred to", "Exhibits of Ali M Bo", "AMB2/1", "Entry 9")
	if p, err = paper.Exhibits(head, []projections.FullEntry{one}, nil); err != nil {
		t.Fatal(err)
	}
	says(t, p, "Exhibits of sw-001", "sw-001/1", "(sw-001)")
}

func TestAStandThatAnotherLedgerLeftEmptyIsNoReasonToStop(t *testing.T) {
	row := projections.StoryRow{Entry: 7, Kind: "note.written", Stands: []projections.Stand{{Party: "mother", Entry: 8}, {Party: "father", Stand: "ürgent", Entry: 9}}}
	p, err := paper.Issues(head, []projections.StoryRow{row})
	if err != nil {
		t.Fatal(err)
	}
	says(t, p, " by mother", "Ürgent by father")
}

func TestACertificateNamesTheOfficerTheSectionAndEachDocument(t *testing.T) {
	p, err := paper.Certificate(head, officer, []projections.FullEntry{inFull("x")}, at)
	if err != nil {
		t.Fatal(err)
	}
	says(t, p, "I, Zoë Ö'Neil, am records manager of Anytown Council", "responsible position", "section 9 of the Civil Evidence Act 1995", "forms part of the records",
		"It does not say that what they tell is true.", "Signed ___", "# Schedule", "2026-01-05 14:05: Note written", "01234567 89abcdef", "counts 4711 entries, with the root cm9vdA==")
	if p, err = paper.Certificate(head, paper.Officer{}, []projections.FullEntry{inFull("x")}, at); err != nil {
		t.Fatal(err)
	}
	says(t, p, "I, ______________________________, am ______________________________ of ______________________________ (the authority)")
	if _, err := paper.Certificate(head, officer, nil, at); !errors.Is(err, paper.ErrNothing) {
		t.Errorf("no documents: %v", err)
	}
}

func TestTheAffidavitOfAnAbsenceSaysWhatWasSearchedAndWhatItDoesNotSay(t *testing.T) {
	p := paper.Absent(head, officer, paper.Absence{Record: domain.RecordID(strings.Repeat("a", 32)), Searched: 212, LastLeaf: strings.Repeat("0123456789abcdef", 4), At: at,
		Looked: projections.Looked{From: domain.MustDate("2024-01-01"), To: domain.MustDate("2024-03-31"), Kinds: []string{"visit"}, Sources: []string{"anytown"}, Word: "שלום"}})
	says(t, p, "Draft for an affidavit.", "section 9(3) of the Civil Evidence Act 1995", "all 212 entries", "to entry 212, whose leaf has the hash 01234567 89abcdef",
		"an entry of the type visit, recorded for or imported from anytown, of what happened on or after 2024-01-01, of what happened on or before 2024-03-31, that holds the letters “שלום”, in capitals or not.",
		"There is no such entry", "does not say that what might have been recorded did not happen", "counts 4711 entries", "Sworn or affirmed at")
}

func TestTheStatementAboutTheSystemSaysWhatWasCheckedAndWhoHadAPrivilege(t *testing.T) {
	s := paper.System{At: at, Version: "Caseledger v1.", Settings: 9, SettingsLeaf: strings.Repeat("ab", 32), Policy: "england-2026", Keys: "in a file", Checked: []string{"All held."},
		From: domain.MustDate("2026-01-01"), To: domain.MustDate("2026-01-31"), Given: 1, Denied: 2}
	says(t, paper.Reliability(head, officer, s), "Caseledger v1.", "The last is entry 9", "abababab abababab", "england-2026", "All held.", "# Known errors", "_____",
		"given once and denied 2 times", "Nobody is recorded to have opened the record in an emergency", "counts 4711")
	s.KnownErrors, s.Privileged = []string{"Clocks of 3 May were late."}, []paper.Access{{"2026-01-05", "sw-9, anytown", "missing-person: " + strings.Repeat("gone ", 400), "justified"}}
	says(t, paper.Reliability(head, officer, s), "Clocks of 3 May were late.", "2026-01-05", "sw-9, anytown", "missing-person: gone", "justified")
}
