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
