// Package allocation is the part of a record that says which worker and team
// hold the case. It never says who the workers are.
package allocation

import "caseledger/domain"

// ID names an allocation within its record.
type ID string

// Event is one fact about an allocation.
//
//sumtype:decl
type Event interface {
	domain.Event
	allocationEvent()
}

// Allocated says that a worker and team hold the case from a day on.
type Allocated struct {
	domain.Dated
	Allocation ID     `json:"allocation"`
	Worker     string `json:"worker"` // the actor id of the worker
	Team       string `json:"team"`
	Role       string `json:"role"` // lead, second
}

// Ended says that an allocation ended.
type Ended struct {
	domain.Dated
	Allocation ID     `json:"allocation"`
	Reason     string `json:"reason,omitempty"`
}

// HandedOver says that one worker gave the case to another: the one allocation
// ends and the other begins, so that nobody is without the case in between.
type HandedOver struct {
	domain.Dated
	Allocation ID     `json:"allocation"` // the new one
	From       ID     `json:"from"`       // the one that ends
	Worker     string `json:"worker"`
	Team       string `json:"team"`
	Role       string `json:"role"` // that of the one that ends
	Reason     string `json:"reason,omitempty"`
	Summary    string `json:"summary,omitempty"` // what the next worker must know
}

// CoverArranged says who sees to the case while its worker is away. The worker
// keeps it.
type CoverArranged struct {
	domain.Dated
	Allocation ID          `json:"allocation"`
	Cover      string      `json:"cover"` // the actor id of who covers
	Until      domain.Date `json:"until"` // the last day
	Reason     string      `json:"reason,omitempty"`
}

func (e Allocated) About() string     { return "allocation/" + string(e.Allocation) }
func (e Ended) About() string         { return "allocation/" + string(e.Allocation) }
func (e HandedOver) About() string    { return "allocation/" + string(e.Allocation) }
func (e CoverArranged) About() string { return "allocation/" + string(e.Allocation) + "/cover" }

func (Allocated) allocationEvent()     {}
func (Ended) allocationEvent()         {}
func (HandedOver) allocationEvent()    {}
func (CoverArranged) allocationEvent() {}

// Allocation is what is known of one allocation.
type Allocation struct {
	ID        ID
	Allocated domain.Known[Allocated]
	Ended     domain.Known[Ended]
	Cover     domain.Known[CoverArranged] // the latest
}

// CoveredBy returns who sees to the case on a day in place of its worker, ""
// for nobody.
func (a Allocation) CoveredBy(day domain.Date) string {
	c := a.Cover.Fact
	if a.Cover.IsZero() || !a.Open() || day.Before(c.Happened) || day.After(c.Until) {
		return ""
	}
	return c.Cover
}

// Open reports whether the worker still holds the case.
func (a Allocation) Open() bool { return !a.Allocated.IsZero() && a.Ended.IsZero() }

// Allocations are the allocations of one record, in the order of their
// beginning.
type Allocations []Allocation

// Find returns the allocation with the id, or one about which nothing is known.
func (as Allocations) Find(id ID) Allocation {
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	return Allocation{ID: id}
}

// Lead returns the latest open allocation of a lead worker.
func (as Allocations) Lead() Allocation {
	var lead Allocation
	for _, a := range as {
		if a.Open() && a.Allocated.Fact.Role == "lead" {
			lead = a
		}
	}
	return lead
}

// Evolve returns the allocations with one more fact.
func (as Allocations) Evolve(entry uint64, e Event) Allocations {
	switch e := e.(type) {
	case Allocated:
		return as.with(e.Allocation, func(a *Allocation) { a.Allocated = domain.Know(entry, e) })
	case Ended:
		return as.with(e.Allocation, func(a *Allocation) { a.Ended = domain.Know(entry, e) })
	case HandedOver:
		as = as.with(e.From, func(a *Allocation) {
			a.Ended = domain.Know(entry, Ended{Dated: e.Dated, Allocation: e.From, Reason: e.Reason})
		})
		return as.with(e.Allocation, func(a *Allocation) {
			a.Allocated = domain.Know(entry, Allocated{Dated: e.Dated, Allocation: e.Allocation, Worker: e.Worker, Team: e.Team, Role: e.Role})
		})
	case CoverArranged:
		return as.with(e.Allocation, func(a *Allocation) { a.Cover = domain.Know(entry, e) })
	}
	return as
}

func (as Allocations) with(id ID, change func(*Allocation)) Allocations {
	return domain.Upsert(as,
		func(a *Allocation) bool { return a.ID == id },
		func(a *Allocation) { a.ID = id; change(a) })
}
