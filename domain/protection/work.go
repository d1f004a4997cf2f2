package protection

import "caseledger/domain"

// OutlineAgreed says what the conference agreed on: what has to change, what
// happens if it does not, and the first actions.
type OutlineAgreed struct {
	domain.Dated
	Plan        PlanID          `json:"plan"`
	Aims        []string        `json:"aims"`
	Actions     []domain.Action `json:"actions,omitempty"`
	Contingency string          `json:"contingency,omitempty"`
}

// ActionSet says that the core group made an action part of the detailed plan,
// or changed it.
type ActionSet struct {
	domain.Dated
	Plan PlanID `json:"plan"`
	domain.Action
}

// ActionClosed says what became of an action of the detailed plan.
type ActionClosed struct {
	domain.Dated
	Plan   PlanID `json:"plan"`
	ID     string `json:"action"`
	Result string `json:"result"` // done, not-done, replaced
	Note   string `json:"note,omitempty"`
}

// CoreGroupMet says that those who carry out the plan met.
type CoreGroupMet struct {
	domain.Dated
	Plan      PlanID            `json:"plan"`
	Meeting   string            `json:"meeting"`
	Attended  []domain.Attendee `json:"attended"`
	Apologies []domain.Attendee `json:"apologies,omitempty"`
	Progress  string            `json:"progress,omitempty"`
	// NextBy is the last day in time for the next core group, where the
	// authority has set itself a clock.
	NextBy domain.Date `json:"nextBy,omitzero"`
}

// ConcernsRecorded says about what the child is registered, in place of a
// category, since Scotland's guidance of 2021.
type ConcernsRecorded struct {
	domain.Dated
	Plan     PlanID   `json:"plan"`
	Concerns []string `json:"concerns"` // code set area-of-concern
}

// MissingReported says that nobody knows where the registered child is, and
// whom the keeper of the register told.
type MissingReported struct {
	domain.Dated
	Plan PlanID   `json:"plan"`
	Told []string `json:"told,omitempty"`
}

// ChildTraced says that the missing child was found.
type ChildTraced struct {
	domain.Dated
	Plan  PlanID `json:"plan"`
	Where string `json:"where,omitempty"`
}

// ChangeFound says that those who carry out the plan found that it has to change
// significantly, and by when they tell the chair of the conference.
type ChangeFound struct {
	domain.Dated
	Plan   PlanID `json:"plan"`
	Change string `json:"change"` // the id of the change
	Why    string `json:"why"`
	// ReportBy is the last day in time for telling, where the nation sets one.
	ReportBy domain.Date `json:"reportBy,omitzero"`
}

// ChangeReported says that the chair was told of a significant change, and what
// the chair decided.
type ChangeReported struct {
	domain.Dated
	Plan    PlanID `json:"plan"`
	Change  string `json:"change"`
	To      string `json:"to"`
	Outcome string `json:"outcome"` // see ReportChange
}

func (e OutlineAgreed) About() string { return "protection-plan/" + string(e.Plan) + "/outline" }
func (e ActionSet) About() string {
	return "protection-plan/" + string(e.Plan) + "/action/" + e.Action.ID
}
func (e ActionClosed) About() string { return "protection-plan/" + string(e.Plan) + "/action/" + e.ID }
func (e CoreGroupMet) About() string {
	return "protection-plan/" + string(e.Plan) + "/core-group/" + e.Meeting
}
func (e ConcernsRecorded) About() string { return "protection-plan/" + string(e.Plan) + "/concerns" }
func (e MissingReported) About() string  { return "protection-plan/" + string(e.Plan) + "/missing" }
func (e ChildTraced) About() string      { return "protection-plan/" + string(e.Plan) + "/missing" }

func (e ChangeFound) About() string {
	return "protection-plan/" + string(e.Plan) + "/change/" + e.Change
}
func (e ChangeReported) About() string {
	return "protection-plan/" + string(e.Plan) + "/change/" + e.Change
}

func (ChangeFound) protectionEvent()      {}
func (ChangeReported) protectionEvent()   {}
func (OutlineAgreed) protectionEvent()    {}
func (ActionSet) protectionEvent()        {}
func (ActionClosed) protectionEvent()     {}
func (CoreGroupMet) protectionEvent()     {}
func (ConcernsRecorded) protectionEvent() {}
func (MissingReported) protectionEvent()  {}
func (ChildTraced) protectionEvent()      {}

// Action is what is known of one action of the detailed plan.
type Action struct {
	ID     string
	Set    domain.Known[ActionSet] // as it stands now
	Closed domain.Known[ActionClosed]
}

// Open reports whether the action is still to be done.
func (a Action) Open() bool { return !a.Set.IsZero() && a.Closed.IsZero() }

// Change is what is known of one significant change to a plan.
type Change struct {
	ID       string
	Found    domain.Known[ChangeFound]
	Reported domain.Known[ChangeReported]
}

// FindChange returns the change with the id, or one about which nothing is known.
func (p Plan) FindChange(id string) Change {
	for _, c := range p.Changes {
		if c.ID == id {
			return c
		}
	}
	return Change{ID: id}
}

func (p *Plan) change(id string, change func(*Change)) {
	p.Changes = domain.Upsert(p.Changes,
		func(c *Change) bool { return c.ID == id },
		func(c *Change) { c.ID = id; change(c) })
}

// IsMissing reports whether nobody knows where the registered child is.
func (p Plan) IsMissing() bool { return p.Open() && !p.Missing.IsZero() && p.Traced.IsZero() }

// CoreGroupBy returns the last day in time for the next core group, as the
// conference or the latest core group set it.
func (p Plan) CoreGroupBy() domain.Date {
	by, latest := p.Registered.Fact.CoreGroupBy, domain.Date{}
	for _, g := range p.CoreGroups {
		if day := g.Fact.Happened; !day.Before(latest) {
			by, latest = g.Fact.NextBy, day
		}
	}
	return by
}

// FindAction returns the action with the id, or one about which nothing is
// known.
func (p Plan) FindAction(id string) Action {
	for _, a := range p.Actions {
		if a.ID == id {
			return a
		}
	}
	return Action{ID: id}
}

func (p *Plan) action(id string, change func(*Action)) {
	p.Actions = domain.Upsert(p.Actions,
		func(a *Action) bool { return a.ID == id },
		func(a *Action) { a.ID = id; change(a) })
}

func met(all []domain.Known[CoreGroupMet], one domain.Known[CoreGroupMet]) []domain.Known[CoreGroupMet] {
	return domain.Upsert(all,
		func(g *domain.Known[CoreGroupMet]) bool { return g.Fact.Meeting == one.Fact.Meeting },
		func(g *domain.Known[CoreGroupMet]) { *g = one })
}
