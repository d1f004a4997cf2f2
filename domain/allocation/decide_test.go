package allocation_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/domaintest"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...allocation.Event) allocation.Allocations {
	var as allocation.Allocations
	for i, e := range events {
		as = as.Evolve(uint64(i+1), e)
	}
	return as
}

func TestTheRulesOfAllocation(t *testing.T) {
	lead := allocation.Allocated{Dated: on("2026-01-05"), Allocation: "l1", Worker: "w1", Team: "t", Role: "lead"}
	second := allocation.Allocated{Dated: on("2026-01-05"), Allocation: "l2", Worker: "w2", Team: "t", Role: "second"}
	ended := allocation.Ended{Dated: on("2026-01-06"), Allocation: "l1"}
	allocate := func(id allocation.ID, role string) func(allocation.Allocations) ([]domain.Event, error) {
		return func(as allocation.Allocations) ([]domain.Event, error) {
			return as.Allocate(allocation.Allocate{Dated: on("2026-01-07"), Allocation: id, Worker: "w", Team: "t", Role: role})
		}
	}
	end := func(id allocation.ID, day string) func(allocation.Allocations) ([]domain.Event, error) {
		return func(as allocation.Allocations) ([]domain.Event, error) {
			return as.End(allocation.End{Dated: on(day), Allocation: id})
		}
	}
	for name, tt := range map[string]struct {
		given []allocation.Event
		when  func(allocation.Allocations) ([]domain.Event, error)
		want  []string
	}{
		"a first lead":               {nil, allocate("l1", "lead"), nil},
		"a lead beside a second":     {[]allocation.Event{second}, allocate("l1", "lead"), nil},
		"a second beside a lead":     {[]allocation.Event{lead}, allocate("l2", "second"), nil},
		"a lead beside a lead":       {[]allocation.Event{lead}, allocate("l3", "lead"), []string{"lead-already-allocated"}},
		"a lead after a lead":        {[]allocation.Event{lead, ended}, allocate("l3", "lead"), nil},
		"an id twice":                {[]allocation.Event{second}, allocate("l2", "second"), []string{"already-allocated"}},
		"an end on the day":          {[]allocation.Event{lead}, end("l1", "2026-01-05"), nil},
		"an end on the day before":   {[]allocation.Event{lead}, end("l1", "2026-01-04"), []string{"before-allocation"}},
		"an end that nobody knows":   {[]allocation.Event{lead}, end("l1", ""), nil},
		"an end twice":               {[]allocation.Event{lead, ended}, end("l1", "2026-01-07"), []string{"allocation-already-ended"}},
		"an end of what never began": {nil, end("l1", "2026-01-07"), []string{"allocation-unknown"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v and %d events, want %v", name, got, len(events), tt.want)
		}
	}
}

func TestTheLeadIsTheLatestThatIsOpen(t *testing.T) {
	one := allocation.Allocated{Allocation: "l1", Role: "lead"}
	two := allocation.Allocated{Allocation: "l2", Role: "lead"}
	for want, as := range map[allocation.ID]allocation.Allocations{
		"": fold(), "l1": fold(one), "l2": fold(one, allocation.Ended{Allocation: "l1"}, two)} {
		if got := as.Lead().ID; got != want {
			t.Errorf("the lead is %q, want %q", got, want)
		}
	}
}

type decision = func(allocation.Allocations) ([]domain.Event, error)

func TestTheRulesOfHandoverAndCover(t *testing.T) {
	lead := allocation.Allocated{Dated: on("2026-01-05"), Allocation: "l1", Worker: "w1", Team: "t1", Role: "lead"}
	ended := allocation.Ended{Dated: on("2026-01-20"), Allocation: "l1"}
	handOver := func(day, id, to string) decision {
		return func(as allocation.Allocations) ([]domain.Event, error) {
			return as.HandOver(allocation.HandOver{Dated: on(day), Allocation: allocation.ID(id), From: "l1", Worker: to, Team: "t1"})
		}
	}
	cover := func(day, until, by string) decision {
		return func(as allocation.Allocations) ([]domain.Event, error) {
			return as.ArrangeCover(allocation.ArrangeCover{Dated: on(day), Allocation: "l1", Cover: by, Until: on(until).Happened})
		}
	}
	type given = []allocation.Event
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a handover on the day":            {given{lead}, handOver("2026-01-05", "l2", "w2"), nil},
		"a handover before":                {given{lead}, handOver("2026-01-04", "l2", "w2"), []string{"before-allocation"}},
		"a handover of nothing":            {nil, handOver("2026-01-05", "l2", "w2"), []string{"allocation-unknown"}},
		"a handover of what has ended":     {given{lead, ended}, handOver("2026-01-21", "l2", "w2"), []string{"allocation-already-ended"}},
		"a handover under an id in use":    {given{lead}, handOver("2026-01-05", "l1", "w2"), []string{"already-allocated"}},
		"a handover to oneself":            {given{lead}, handOver("2026-01-05", "l2", "w1"), []string{"handed-to-the-same-worker"}},
		"cover for a day":                  {given{lead}, cover("2026-01-06", "2026-01-06", "w2"), nil},
		"cover that ends before it begins": {given{lead}, cover("2026-01-06", "2026-01-05", "w2"), []string{"cover-ends-before-it-begins"}},
		"cover by oneself":                 {given{lead}, cover("2026-01-06", "2026-01-07", "w1"), []string{"cover-by-the-same-worker"}},
		"cover of nothing":                 {nil, cover("2026-01-06", "2026-01-07", "w2"), []string{"allocation-unknown"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v and %d events, want %v", name, got, len(events), tt.want)
		}
	}
}

func TestAHandoverLeavesNobodyWithoutTheCaseAndLosesNoHistory(t *testing.T) {
	as := fold(allocation.Allocated{Dated: on("2026-01-05"), Allocation: "l1", Worker: "w1", Role: "lead"},
		allocation.HandedOver{Dated: on("2026-01-20"), Allocation: "l2", From: "l1", Worker: "w2", Role: "lead", Reason: "left"})
	old, lead := as.Find("l1"), as.Lead()
	if old.Open() || old.Ended.Fact.Reason != "left" || old.Allocated.Fact.Worker != "w1" || lead.ID != "l2" || lead.Allocated.Fact.Worker != "w2" || len(as) != 2 {
		t.Errorf("%+v", as)
	}
}

func TestCoverHoldsFromItsFirstDayToItsLast(t *testing.T) {
	a := fold(allocation.Allocated{Allocation: "l1", Worker: "w1"}, allocation.CoverArranged{Dated: on("2026-01-06"), Allocation: "l1", Cover: "w2", Until: on("2026-01-09").Happened}).Find("l1")
	for day, want := range map[string]string{"2026-01-05": "", "2026-01-06": "w2", "2026-01-09": "w2", "2026-01-10": ""} {
		if got := a.CoveredBy(on(day).Happened); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}
