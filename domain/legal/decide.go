package legal

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// SendLetter records a letter before proceedings.
type SendLetter struct {
	domain.Dated
	Process ProcessID `json:"process" validate:"required,max=64,printascii"`
}

// EndProcess records what became of pre-proceedings.
type EndProcess struct {
	domain.Dated
	Process ProcessID `json:"process" validate:"required,max=64,printascii"`
	Outcome string    `json:"outcome" validate:"required,oneof=proceedings-issued stepped-down no-further-action"`
}

// Apply records an application to a court.
type Apply struct {
	domain.Dated
	Application ApplicationID `json:"application" validate:"required,max=64,printascii"`
	Order       string        `json:"order" validate:"required,code=court-order"`
	Applicant   string        `json:"applicant" validate:"required,max=100"`
	Court       string        `json:"court,omitempty" validate:"max=100"`
	CaseNumber  string        `json:"caseNumber,omitempty" validate:"max=30"`
}

// Hear records that a court heard an application.
type Hear struct {
	domain.Dated
	Application ApplicationID `json:"application" validate:"required,max=64,printascii"`
	Hearing     HearingID     `json:"hearing" validate:"required,max=64,printascii"`
	Kind        string        `json:"kind" validate:"required,oneof=case-management issues-resolution final contested other"`
	Outcome     string        `json:"outcome,omitempty" validate:"max=500"`
}

// Dispose records the end of an application.
type Dispose struct {
	domain.Dated
	Application ApplicationID `json:"application" validate:"required,max=64,printascii"`
	Outcome     string        `json:"outcome" validate:"required,oneof=granted refused withdrawn no-order"`
}

// MakeOrder records that a court made an order, or that the police used their
// power of protection. Until is given where the court set a last day; otherwise
// the law of the day limits the order, where it does.
type MakeOrder struct {
	domain.Dated
	Made        OrderID       `json:"made" validate:"required,max=64,printascii"`
	Application ApplicationID `json:"application,omitempty" validate:"omitempty,max=64,printascii"`
	Order       string        `json:"order" validate:"required,code=court-order"`
	Limits      string        `json:"limits,omitempty" validate:"max=2000"`
	Until       domain.Date   `json:"until,omitzero"`
}

// Extend records that a court let an order have effect for longer.
type Extend struct {
	domain.Dated
	Made  OrderID     `json:"made" validate:"required,max=64,printascii"`
	Until domain.Date `json:"until" validate:"required"`
}

// EndOrder records that an order was discharged, or ran out.
type EndOrder struct {
	domain.Dated
	Made   OrderID `json:"made" validate:"required,max=64,printascii"`
	Reason string  `json:"reason" validate:"required,oneof=discharged expired replaced child-reached-18"`
}

// The kinds of orders with a limit of their own.
const (
	emergency = "emergency-protection"
	police    = "police-protection"
)

// limit returns the clock that limits an order by law.
func limit(kind string) (policy.Clock, bool) {
	switch kind {
	case emergency:
		return policy.EmergencyProtectionOrder, true
	case police:
		return policy.PoliceProtection, true
	}
	return "", false
}

// proceedings reports whether an application begins care proceedings, which
// the court is to dispose of within 26 weeks.
func proceedings(kind string) bool { return kind == "care" || kind == "supervision" }

// SendLetter decides on a letter before proceedings.
func (m Matters) SendLetter(s SendLetter) ([]domain.Event, error) {
	return []domain.Event{LetterSent{Dated: s.Dated, Process: s.Process}}, domain.Refuse(
		domain.Rule{Name: "pre-proceedings-already-begun", Broken: !m.process(s.Process).Sent.IsZero(),
			Reason: "A letter before proceedings with this id is already on the record."})
}

// EndProcess decides on the end of pre-proceedings.
func (m Matters) EndProcess(e EndProcess) ([]domain.Event, error) {
	p := m.process(e.Process)
	return []domain.Event{ProcessEnded{Dated: e.Dated, Process: e.Process, Outcome: e.Outcome}}, domain.Refuse(
		domain.Rule{Name: "pre-proceedings-unknown", Broken: p.Sent.IsZero(), Reason: "No letter before proceedings with this id is on the record."},
		domain.Rule{Name: "before-pre-proceedings", Broken: !p.Sent.IsZero() && before(e.Happened, p.Sent.Fact.Happened),
			Reason: "The day lies before the letter before proceedings."},
		domain.Rule{Name: "pre-proceedings-already-ended", Broken: !p.Ended.IsZero(), Reason: "The pre-proceedings have already ended."})
}

// Apply decides on an application. Care proceedings are to be disposed of within
// 26 weeks.
func (m Matters) Apply(a Apply, p policy.Pack) ([]domain.Event, error) {
	e := Applied{Dated: a.Dated, Application: a.Application, Order: a.Order, Applicant: a.Applicant, Court: a.Court, CaseNumber: a.CaseNumber}
	if proceedings(a.Order) {
		e.DecideBy, _ = p.Due(policy.CareProceedings, a.Happened)
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "application-already-made", Broken: !m.application(a.Application).Applied.IsZero(),
			Reason: "An application with this id is already on the record."})
}

// Hear decides on a hearing.
func (m Matters) Hear(h Hear) ([]domain.Event, error) {
	a := m.application(h.Application)
	known := false
	for _, k := range a.Hearings {
		known = known || k.Fact.Hearing == h.Hearing
	}
	return []domain.Event{Heard{Dated: h.Dated, Application: h.Application, Hearing: h.Hearing, Kind: h.Kind, Outcome: h.Outcome}},
		domain.Refuse(append(a.active(h.Happened),
			domain.Rule{Name: "hearing-already-recorded", Broken: known, Reason: "A hearing with this id is already on the record."})...)
}

// Dispose decides on the end of an application.
func (m Matters) Dispose(d Dispose) ([]domain.Event, error) {
	a := m.application(d.Application)
	return []domain.Event{Disposed{Dated: d.Dated, Application: d.Application, Outcome: d.Outcome}},
		domain.Refuse(append(a.active(d.Happened),
			domain.Rule{Name: "application-already-disposed", Broken: !a.Disposed.IsZero(), Reason: "The court has already disposed of the application."})...)
}

// MakeOrder decides on an order. An emergency protection order and police
// protection have effect no longer than the law allows.
func (m Matters) MakeOrder(o MakeOrder, p policy.Pack) ([]domain.Event, error) {
	e := Ordered{Dated: o.Dated, Made: o.Made, Application: o.Application, Order: o.Order, Limits: o.Limits, Until: o.Until}
	longest := domain.Date{}
	if clock, limited := limit(o.Order); limited {
		longest, _ = p.Due(clock, o.Happened)
	}
	if e.Until.IsZero() {
		e.Until = longest
	}
	var rules []domain.Rule
	if o.Application != "" {
		rules = m.application(o.Application).begun(o.Happened)
	}
	return []domain.Event{e}, domain.Refuse(append(rules,
		domain.Rule{Name: "order-already-made", Broken: !m.order(o.Made).Made.IsZero(), Reason: "An order with this id is already on the record."},
		domain.Rule{Name: "order-ends-before-it-begins", Broken: !o.Until.IsZero() && o.Until.Before(o.Happened), Reason: "The last day of the order lies before its first."},
		domain.Rule{Name: "order-longer-than-the-law-allows", Broken: !longest.IsZero() && o.Until.After(longest),
			Reason: "The law does not let an order of this kind have effect for so long."})...)
}

// Extend decides on an extension: of an emergency protection order once, and by
// seven days at most.
func (m Matters) Extend(x Extend, p policy.Pack) ([]domain.Event, error) {
	o := m.order(x.Made)
	made := o.Made.Fact
	longest, limited := domain.Date{}, made.Order == emergency
	if limited {
		longest, _ = p.Due(policy.EmergencyProtectionExtension, made.Until)
	}
	return []domain.Event{Extended{Dated: x.Dated, Made: x.Made, Until: x.Until}}, domain.Refuse(append(o.active(x.Happened),
		domain.Rule{Name: "extension-shortens", Broken: !o.Until().IsZero() && x.Until.Before(o.Until()), Reason: "An extension does not end an order sooner."},
		domain.Rule{Name: "extended-before", Broken: limited && !o.Extended.IsZero(), Reason: "An emergency protection order is extended once only."},
		domain.Rule{Name: "extended-longer-than-the-law-allows", Broken: !longest.IsZero() && x.Until.After(longest),
			Reason: "An emergency protection order is extended by seven days at most."},
		domain.Rule{Name: "police-protection-extended", Broken: made.Order == police, Reason: "Police protection cannot be extended."})...)
}

// EndOrder decides on the end of an order.
func (m Matters) EndOrder(e EndOrder) ([]domain.Event, error) {
	return []domain.Event{Ended{Dated: e.Dated, Made: e.Made, Reason: e.Reason}}, domain.Refuse(m.order(e.Made).active(e.Happened)...)
}

// active are the rules for a step in proceedings that go on.
func (a Application) active(on domain.Date) []domain.Rule {
	return append(a.begun(on),
		domain.Rule{Name: "application-disposed", Broken: !a.Disposed.IsZero() && on.After(a.Disposed.Fact.Happened),
			Reason: "The court disposed of the application before that day."})
}

func (a Application) begun(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "application-unknown", Broken: a.Applied.IsZero(), Reason: "No application with this id is on the record."},
		{Name: "before-application", Broken: !a.Applied.IsZero() && before(on, a.Applied.Fact.Happened), Reason: "The day lies before the application."},
	}
}

// active are the rules for a step with an order that has effect.
func (o Order) active(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "order-unknown", Broken: o.Made.IsZero(), Reason: "No order with this id is on the record."},
		{Name: "before-order", Broken: !o.Made.IsZero() && before(on, o.Made.Fact.Happened), Reason: "The day lies before the order."},
		{Name: "order-already-ended", Broken: !o.Ended.IsZero(), Reason: "The order has already ended."},
	}
}

// before reports whether a known day lies before another.
func before(day, other domain.Date) bool { return !day.IsZero() && day.Before(other) }

func (m Matters) process(id ProcessID) Process {
	for _, p := range m.Processes {
		if p.ID == id {
			return p
		}
	}
	return Process{ID: id}
}

func (m Matters) application(id ApplicationID) Application {
	for _, a := range m.Applications {
		if a.ID == id {
			return a
		}
	}
	return Application{ID: id}
}

func (m Matters) order(id OrderID) Order {
	for _, o := range m.Orders {
		if o.ID == id {
			return o
		}
	}
	return Order{ID: id}
}
