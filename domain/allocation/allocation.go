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

func (e Allocated) About() string { return "allocation/" + string(e.Allocation) }
func (e Ended) About() string     { return "allocation/" + string(e.Allocation) }

func (Allocated) allocationEvent() {}
func (Ended) allocationEvent()     {}

// Allocation is what is known of one allocation.
type Allocation struct {
	ID        ID
	Allocated domain.Known[Allocated]
	Ended     domain.Known[Ended]
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
	}
	return as
}

func (as Allocations) with(id ID, change func(*Allocation)) Allocations {
	return domain.Upsert(as,
		func(a *Allocation) bool { return a.ID == id },
		func(a *Allocation) { a.ID = id; change(a) })
}
