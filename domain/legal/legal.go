// Package legal is the part of a record before and in court: pre-proceedings,
// applications, hearings, and orders with their start, end and limits. It never
// holds the legal status under which a child is looked after: that is package
// lookedafter.
package legal

import "caseledger/domain"

// ProcessID names pre-proceedings within their record.
type ProcessID string

// ApplicationID names an application to a court within its record.
type ApplicationID string

// HearingID names a hearing within its record.
type HearingID string

// OrderID names an order within its record.
type OrderID string

// Event is one fact before or in court.
//
//sumtype:decl
type Event interface {
	domain.Event
	legalEvent()
}

// LetterSent says that the authority told the parents in a letter before
// proceedings what must change (public law outline).
type LetterSent struct {
	domain.Dated
	Process ProcessID `json:"process"`
}

// ProcessEnded says what became of pre-proceedings.
type ProcessEnded struct {
	domain.Dated
	Process ProcessID `json:"process"`
	Outcome string    `json:"outcome"` // proceedings-issued, stepped-down, no-further-action
}

// Applied says that the authority, or another, asked a court for an order.
type Applied struct {
	domain.Dated
	Application ApplicationID `json:"application"`
	Order       string        `json:"order"` // code set court-order
	Applicant   string        `json:"applicant"`
	Court       string        `json:"court,omitempty"`
	CaseNumber  string        `json:"caseNumber,omitempty"`
	// DecideBy is the last day in time for the court's disposal of care
	// proceedings.
	DecideBy domain.Date `json:"decideBy,omitzero"`
}

// Heard says that a court heard the application.
type Heard struct {
	domain.Dated
	Application ApplicationID `json:"application"`
	Hearing     HearingID     `json:"hearing"`
	Kind        string        `json:"kind"` // case-management, issues-resolution, final, contested, other
	Outcome     string        `json:"outcome,omitempty"`
}

// Disposed says that the application came to its end.
type Disposed struct {
	domain.Dated
	Application ApplicationID `json:"application"`
	Outcome     string        `json:"outcome"` // granted, refused, withdrawn, no-order
}

// Ordered says that a court made an order, or that a power was used.
type Ordered struct {
	domain.Dated
	Made        OrderID       `json:"made"`
	Application ApplicationID `json:"application,omitempty"`
	Order       string        `json:"order"` // code set court-order
	Limits      string        `json:"limits,omitempty"`
	// Until is the last day on which the order has effect, as the court or the
	// law limits it; the zero Date leaves it open.
	Until domain.Date `json:"until,omitzero"`
}

// Extended says that a court let an order have effect for longer.
type Extended struct {
	domain.Dated
	Made  OrderID     `json:"made"`
	Until domain.Date `json:"until"`
}

// Ended says that an order was discharged, or ran out.
type Ended struct {
	domain.Dated
	Made   OrderID `json:"made"`
	Reason string  `json:"reason"` // discharged, expired, replaced, child-reached-18
}

func (e LetterSent) About() string   { return "pre-proceedings/" + string(e.Process) }
func (e ProcessEnded) About() string { return "pre-proceedings/" + string(e.Process) }
func (e Applied) About() string      { return "application/" + string(e.Application) }
func (e Heard) About() string {
	return "application/" + string(e.Application) + "/hearing/" + string(e.Hearing)
}
func (e Disposed) About() string { return "application/" + string(e.Application) }
func (e Ordered) About() string  { return "order/" + string(e.Made) }
func (e Extended) About() string { return "order/" + string(e.Made) }
func (e Ended) About() string    { return "order/" + string(e.Made) }

func (LetterSent) legalEvent()   {}
func (ProcessEnded) legalEvent() {}
func (Applied) legalEvent()      {}
func (Heard) legalEvent()        {}
func (Disposed) legalEvent()     {}
func (Ordered) legalEvent()      {}
func (Extended) legalEvent()     {}
func (Ended) legalEvent()        {}

// Process is what is known of one time of pre-proceedings.
type Process struct {
	ID    ProcessID
	Sent  domain.Known[LetterSent]
	Ended domain.Known[ProcessEnded]
}

// Application is what is known of one application.
type Application struct {
	ID       ApplicationID
	Applied  domain.Known[Applied]
	Hearings []domain.Known[Heard]
	Disposed domain.Known[Disposed]
}

// Open reports whether the court has not yet disposed of the application.
func (a Application) Open() bool { return !a.Applied.IsZero() && a.Disposed.IsZero() }

// Order is what is known of one order.
type Order struct {
	ID       OrderID
	Made     domain.Known[Ordered]
	Extended domain.Known[Extended]
	Ended    domain.Known[Ended]
}

// Until returns the last day on which the order has effect; the zero Date where
// it has no limit.
func (o Order) Until() domain.Date {
	if !o.Extended.IsZero() {
		return o.Extended.Fact.Until
	}
	return o.Made.Fact.Until
}

// On reports whether the order had effect on the day.
func (o Order) On(day domain.Date) bool {
	begun := !o.Made.IsZero() && !day.Before(o.Made.Fact.Happened)
	limited := !o.Until().IsZero() && day.After(o.Until())
	return begun && !limited && (o.Ended.IsZero() || day.Before(o.Ended.Fact.Happened))
}

// Matters are all that is known before and in court. Lists are in the order of
// their beginning.
type Matters struct {
	Processes    []Process
	Applications []Application
	Orders       []Order
}

// Evolve returns the matters with one more fact.
func (m Matters) Evolve(entry uint64, e Event) Matters {
	switch e := e.(type) {
	case LetterSent:
		m.Processes = process(m.Processes, e.Process, func(p *Process) { p.Sent = domain.Know(entry, e) })
	case ProcessEnded:
		m.Processes = process(m.Processes, e.Process, func(p *Process) { p.Ended = domain.Know(entry, e) })
	case Applied:
		m.Applications = application(m.Applications, e.Application, func(a *Application) { a.Applied = domain.Know(entry, e) })
	case Heard:
		m.Applications = application(m.Applications, e.Application, func(a *Application) { a.Hearings = heard(a.Hearings, domain.Know(entry, e)) })
	case Disposed:
		m.Applications = application(m.Applications, e.Application, func(a *Application) { a.Disposed = domain.Know(entry, e) })
	case Ordered:
		m.Orders = order(m.Orders, e.Made, func(o *Order) { o.Made = domain.Know(entry, e) })
	case Extended:
		m.Orders = order(m.Orders, e.Made, func(o *Order) { o.Extended = domain.Know(entry, e) })
	case Ended:
		m.Orders = order(m.Orders, e.Made, func(o *Order) { o.Ended = domain.Know(entry, e) })
	}
	return m
}

func heard(all []domain.Known[Heard], one domain.Known[Heard]) []domain.Known[Heard] {
	return domain.Upsert(all,
		func(k *domain.Known[Heard]) bool { return k.Fact.Hearing == one.Fact.Hearing },
		func(k *domain.Known[Heard]) { *k = one })
}

func process(all []Process, id ProcessID, change func(*Process)) []Process {
	return domain.Upsert(all,
		func(p *Process) bool { return p.ID == id },
		func(p *Process) { p.ID = id; change(p) })
}

func application(all []Application, id ApplicationID, change func(*Application)) []Application {
	return domain.Upsert(all,
		func(a *Application) bool { return a.ID == id },
		func(a *Application) { a.ID = id; change(a) })
}

func order(all []Order, id OrderID, change func(*Order)) []Order {
	return domain.Upsert(all,
		func(o *Order) bool { return o.ID == id },
		func(o *Order) { o.ID = id; change(o) })
}
