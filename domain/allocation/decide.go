package allocation

import "caseledger/domain"

// Allocate gives the case to a worker and team.
type Allocate struct {
	domain.Dated
	Allocation ID     `json:"allocation" validate:"required,max=64,printascii"`
	Worker     string `json:"worker" validate:"required,max=100,printascii"`
	Team       string `json:"team" validate:"required,max=100,printascii"`
	Role       string `json:"role" validate:"required,oneof=lead second"`
}

// End ends an allocation.
type End struct {
	domain.Dated
	Allocation ID     `json:"allocation" validate:"required,max=64,printascii"`
	Reason     string `json:"reason,omitempty" validate:"max=500"`
}

// Allocate decides on a new allocation: a case has one lead worker at a time.
func (as Allocations) Allocate(c Allocate) ([]domain.Event, error) {
	return []domain.Event{Allocated{Dated: c.Dated, Allocation: c.Allocation, Worker: c.Worker, Team: c.Team, Role: c.Role}},
		domain.Refuse(
			domain.Rule{Name: "already-allocated", Broken: !as.Find(c.Allocation).Allocated.IsZero(),
				Reason: "An allocation with this id is already on the record."},
			domain.Rule{Name: "lead-already-allocated", Broken: c.Role == "lead" && as.Lead().Open(),
				Reason: "The case has a lead worker; end that allocation first."})
}

// End decides on the end of an allocation.
func (as Allocations) End(c End) ([]domain.Event, error) {
	return []domain.Event{Ended{Dated: c.Dated, Allocation: c.Allocation, Reason: c.Reason}},
		domain.Refuse(as.Find(c.Allocation).held(c.Happened)...)
}

// HandOver gives a case from one worker to another.
type HandOver struct {
	domain.Dated
	Allocation ID     `json:"allocation" validate:"required,max=64,printascii"`
	From       ID     `json:"from" validate:"required,max=64,printascii"`
	Worker     string `json:"worker" validate:"required,max=100,printascii"`
	Team       string `json:"team" validate:"required,max=100,printascii"`
	Reason     string `json:"reason,omitempty" validate:"max=500"`
	Summary    string `json:"summary,omitempty" validate:"max=20000"`
}

// ArrangeCover says who sees to a case while its worker is away.
type ArrangeCover struct {
	domain.Dated
	Allocation ID          `json:"allocation" validate:"required,max=64,printascii"`
	Cover      string      `json:"cover" validate:"required,max=100,printascii"`
	Until      domain.Date `json:"until" validate:"required"`
	Reason     string      `json:"reason,omitempty" validate:"max=500"`
}

// HandOver decides on a handover: the role goes with the case.
func (as Allocations) HandOver(c HandOver) ([]domain.Event, error) {
	from := as.Find(c.From)
	e := HandedOver{Dated: c.Dated, Allocation: c.Allocation, From: c.From, Worker: c.Worker, Team: c.Team, Role: from.Allocated.Fact.Role, Reason: c.Reason, Summary: c.Summary}
	return []domain.Event{e}, domain.Refuse(append(from.held(c.Happened),
		domain.Rule{Name: "already-allocated", Broken: !as.Find(c.Allocation).Allocated.IsZero(),
			Reason: "An allocation with this id is already on the record."},
		domain.Rule{Name: "handed-to-the-same-worker", Broken: !from.Allocated.IsZero() && from.Allocated.Fact.Worker == c.Worker && from.Allocated.Fact.Team == c.Team,
			Reason: "The worker holds the case already."})...)
}

// ArrangeCover decides on cover.
func (as Allocations) ArrangeCover(c ArrangeCover) ([]domain.Event, error) {
	a := as.Find(c.Allocation)
	return []domain.Event{CoverArranged{Dated: c.Dated, Allocation: c.Allocation, Cover: c.Cover, Until: c.Until, Reason: c.Reason}}, domain.Refuse(append(a.held(c.Happened),
		domain.Rule{Name: "cover-by-the-same-worker", Broken: !a.Allocated.IsZero() && a.Allocated.Fact.Worker == c.Cover, Reason: "Nobody covers for themselves."},
		domain.Rule{Name: "cover-ends-before-it-begins", Broken: c.Until.Before(c.Happened), Reason: "The last day of the cover lies before its first."})...)
}

func (a Allocation) held(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "allocation-unknown", Broken: a.Allocated.IsZero(), Reason: "No allocation with this id is on the record."},
		{Name: "allocation-already-ended", Broken: !a.Ended.IsZero(), Reason: "The allocation has already ended."},
		{Name: "before-allocation", Broken: !a.Allocated.IsZero() && !on.IsZero() && on.Before(a.Allocated.Fact.Happened),
			Reason: "The day lies before the allocation."},
	}
}
