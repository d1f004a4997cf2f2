package chronology_test

import (
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/domaintest"
)

func TestTheRulesOfChronologies(t *testing.T) {
	this, other := domain.RecordID(strings.Repeat("a", 32)), domain.RecordID(strings.Repeat("b", 32))
	given := chronology.Chronologies{}.Evolve(3, chronology.Built{Chronology: "c1"}).Evolve(4, chronology.Tagged{Entry: 1})
	of := func(known uint64, entries ...uint64) []chronology.Part {
		return []chronology.Part{{Record: this, Known: known, Entries: entries}}
	}
	for name, tt := range map[string]struct {
		when chronology.Build
		want []string
	}{
		"a chronology":                   {chronology.Build{Chronology: "c2", Parts: of(4, 1, 2, 4)}, nil},
		"with a sibling of more entries": {chronology.Build{Chronology: "c2", Parts: append(of(4, 1), chronology.Part{Record: other, Known: 90, Entries: []uint64{80}})}, nil},
		"an id twice":                    {chronology.Build{Chronology: "c1", Parts: of(4, 1)}, []string{"chronology-already-built"}},
		"nothing":                        {chronology.Build{Chronology: "c2", Parts: of(4)}, []string{"chronology-is-empty"}},
		"backwards":                      {chronology.Build{Chronology: "c2", Parts: of(4, 1), Selection: chronology.Selection{From: domain.MustDate("2026-01-02"), To: domain.MustDate("2026-01-01")}}, []string{"chronology-ends-before-it-begins"}},
		"more than is on the record":     {chronology.Build{Chronology: "c2", Parts: of(5, 1)}, []string{"chronology-parts-unsound"}},
		"an entry later than the last":   {chronology.Build{Chronology: "c2", Parts: of(3, 4)}, []string{"chronology-parts-unsound"}},
		"an entry twice":                 {chronology.Build{Chronology: "c2", Parts: of(4, 2, 2)}, []string{"chronology-parts-unsound"}},
		"entry 0":                        {chronology.Build{Chronology: "c2", Parts: of(4, 0)}, []string{"chronology-parts-unsound"}},
		"a record twice":                 {chronology.Build{Chronology: "c2", Parts: append(of(4, 1), of(4, 2)...)}, []string{"chronology-parts-unsound"}},
	} {
		events, err := given.Build(tt.when, 4)
		if got := domaintest.Rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestOnlyAnEntryOfTheRecordIsTaggedMarkedOrExplained(t *testing.T) {
	for name, tt := range map[string]struct {
		entry uint64
		want  []string
	}{
		"the last entry":    {4, nil},
		"one not there yet": {5, []string{"chronology-entry-unknown"}},
	} {
		var none chronology.Chronologies
		_, tagged := none.Tag(chronology.Tag{Entry: tt.entry, Tags: []string{"neglect"}}, 4)
		_, marked := none.Mark(chronology.Mark{Entry: tt.entry, Party: "mother", Stand: chronology.Disputed}, 4)
		_, stated := none.StateImpact(chronology.StateImpact{Entry: tt.entry, Text: []string{"She stopped eating."}}, 4)
		for _, err := range []error{tagged, marked, stated} {
			if got := domaintest.Rules(err); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
		}
	}
}

func TestForkedChronologiesNeverWriteToTheSameMemory(t *testing.T) {
	var grown chronology.Chronologies
	for i := range uint64(3) {
		grown = grown.Evolve(i, chronology.Tagged{Entry: i}).Evolve(i, chronology.Built{}).Evolve(i, chronology.Marked{}).Evolve(i, chronology.ImpactStated{})
	}
	left, right := grown.Fork().Evolve(4, chronology.Tagged{Entry: 7}), grown.Evolve(4, chronology.Tagged{Entry: 8})
	if left.Tags[3].Fact.Entry != 7 || right.Tags[3].Fact.Entry != 8 {
		t.Errorf("%v and %v", left.Tags, right.Tags)
	}
}
