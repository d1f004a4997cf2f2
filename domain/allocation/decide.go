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
	a := as.Find(c.Allocation)
	return []domain.Event{Ended{Dated: c.Dated, Allocation: c.Allocation, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "allocation-unknown", Broken: a.Allocated.IsZero(),
			Reason: "No allocation with this id is on the record."},
		domain.Rule{Name: "allocation-already-ended", Broken: !a.Ended.IsZero(), Reason: "The allocation has already ended."},
		domain.Rule{Name: "before-allocation", Broken: !a.Allocated.IsZero() && !c.Happened.IsZero() && c.Happened.Before(a.Allocated.Fact.Happened),
			Reason: "The day lies before the allocation."})
}
