package projections_test

import (
	"fmt"
	"testing"

	"caseledger/domain/chronology"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/projections"
)

func TestASearchForWhatIsAbsentFindsAllThatCouldBeIt(t *testing.T) {
	l := newLedger(t)
	split := written("2023-03-01", "n1", "She met Nap")
	split.Text = append(split.Text, note.Passage{Text: "oleon."})
	l.events(ann, split, written("", "n2", "nobody knows when"), identity.Named{Dated: on("2023-02-10"), Kind: "legal", Given: "Zoe\u0308"},
		chronology.Tagged{Dated: on("2023-12-31"), Entry: 1, Tags: []string{"home"}})
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		l    projections.Looked
		want string
	}{
		"anything":                           {projections.Looked{}, "[1 2 3]"},
		"in a time, and what has no day":     {projections.Looked{From: date("2023-03-01"), To: date("2023-12-31")}, "[1 2]"},
		"of a kind":                          {projections.Looked{Kinds: []string{"person"}}, "[3]"},
		"a word over the end of a passage":   {projections.Looked{Word: "NAPOLEON"}, "[1]"},
		"a letter composed of others":        {projections.Looked{Word: "ZO\u00cb"}, "[3]"},
		"a name of a field is not a word":    {projections.Looked{Word: "happened"}, "[]"},
		"another agency":                     {projections.Looked{Sources: []string{"elsewhere"}}, "[]"},
		"a word of another kind than sought": {projections.Looked{Word: "napoleon", Kinds: []string{"person"}}, "[]"},
	} {
		got, err := projections.LookFor(tt.l, r)
		if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, want %s, %v", name, got, tt.want, err)
		}
	}
}

func TestIssuesAreTheEntriesInForceThatAPartyStandsTo(t *testing.T) {
	l := newLedger(t)
	mark := func(entry uint64, party, stand string) chronology.Marked {
		return chronology.Marked{Dated: on("2023-12-31"), Entry: entry, Party: party, Stand: stand}
	}
	l.events(ann, written("2023-03-01", "n1", "first"), written("2023-01-01", "n2", "second"), written("2023-02-01", "n3", "third"),
		mark(1, "mother", chronology.Disputed), mark(2, "mother", chronology.Agreed), mark(3, "mother", chronology.Disputed), mark(3, "mother", chronology.Withdrawn))
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	rows := projections.Issues(ann, r)
	if len(rows) != 2 || rows[0].Entry != 2 || rows[1].Entry != 1 || rows[1].Stands[0].Stand != chronology.Disputed {
		t.Errorf("%+v", rows)
	}
}
