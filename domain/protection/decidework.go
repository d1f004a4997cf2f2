package protection

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// AgreeOutline records the outline plan of a conference.
type AgreeOutline struct {
	domain.Dated
	Plan        PlanID          `json:"plan" validate:"required,max=64,printascii"`
	Aims        []string        `json:"aims" validate:"required,min=1,max=30,dive,required,max=2000"`
	Actions     []domain.Action `json:"actions,omitempty" validate:"max=50,dive"`
	Contingency string          `json:"contingency,omitempty" validate:"max=5000"`
}

// SetAction makes an action part of the detailed plan, or changes it.
type SetAction struct {
	domain.Dated
	Plan PlanID `json:"plan" validate:"required,max=64,printascii"`
	domain.Action
}

// CloseAction records what became of an action.
type CloseAction struct {
	domain.Dated
	Plan   PlanID `json:"plan" validate:"required,max=64,printascii"`
	ID     string `json:"action" validate:"required,max=64,printascii"`
	Result string `json:"result" validate:"required,oneof=done not-done replaced"`
	Note   string `json:"note,omitempty" validate:"max=2000"`
}

// MeetCoreGroup records a core group.
type MeetCoreGroup struct {
	domain.Dated
	Plan      PlanID            `json:"plan" validate:"required,max=64,printascii"`
	Meeting   string            `json:"meeting" validate:"required,max=64,printascii"`
	Attended  []domain.Attendee `json:"attended" validate:"required,min=1,max=60,dive"`
	Apologies []domain.Attendee `json:"apologies,omitempty" validate:"max=60,dive"`
	Progress  string            `json:"progress,omitempty" validate:"max=20000"`
}

// RecordConcerns records the areas of concern about a registered child.
type RecordConcerns struct {
	domain.Dated
	Plan     PlanID   `json:"plan" validate:"required,max=64,printascii"`
	Concerns []string `json:"concerns" validate:"required,min=1,max=30,unique,dive,code=area-of-concern"`
}

// ReportMissing records that nobody knows where a registered child is.
type ReportMissing struct {
	domain.Dated
	Plan PlanID   `json:"plan" validate:"required,max=64,printascii"`
	Told []string `json:"told,omitempty" validate:"max=60,dive,required,max=200"`
}

// TraceChild records that a missing registered child was found.
type TraceChild struct {
	domain.Dated
	Plan  PlanID `json:"plan" validate:"required,max=64,printascii"`
	Where string `json:"where,omitempty" validate:"max=500"`
}

// FindChange records that the plan has to change significantly.
type FindChange struct {
	domain.Dated
	Plan   PlanID `json:"plan" validate:"required,max=64,printascii"`
	Change string `json:"change" validate:"required,max=64,printascii"`
	Why    string `json:"why" validate:"required,max=5000"`
}

// ReportChange records that the chair was told of a significant change.
type ReportChange struct {
	domain.Dated
	Plan    PlanID `json:"plan" validate:"required,max=64,printascii"`
	Change  string `json:"change" validate:"required,max=64,printascii"`
	To      string `json:"to" validate:"required,max=100,printascii"`
	Outcome string `json:"outcome" validate:"required,oneof=plan-changed early-review no-change"`
}

// AgreeOutline decides on an outline plan.
func (ps Plans) AgreeOutline(c AgreeOutline) ([]domain.Event, error) {
	e := OutlineAgreed{Dated: c.Dated, Plan: c.Plan, Aims: c.Aims, Actions: c.Actions, Contingency: c.Contingency}
	return []domain.Event{e}, domain.Refuse(ps.Find(c.Plan).active(c.Happened)...)
}

// SetAction decides on an action of the detailed plan.
func (ps Plans) SetAction(c SetAction) ([]domain.Event, error) {
	p := ps.Find(c.Plan)
	return []domain.Event{ActionSet{Dated: c.Dated, Plan: c.Plan, Action: c.Action}}, domain.Refuse(append(p.active(c.Happened),
		domain.Rule{Name: "action-already-closed", Broken: !p.FindAction(c.Action.ID).Closed.IsZero(),
			Reason: "The action was closed; set a new one."},
		domain.Rule{Name: "action-due-before-set", Broken: !c.By.IsZero() && c.By.Before(c.Happened),
			Reason: "The action would be due before it is set."})...)
}

// CloseAction decides on the end of an action.
func (ps Plans) CloseAction(c CloseAction) ([]domain.Event, error) {
	p := ps.Find(c.Plan)
	a := p.FindAction(c.ID)
	return []domain.Event{ActionClosed{Dated: c.Dated, Plan: c.Plan, ID: c.ID, Result: c.Result, Note: c.Note}}, domain.Refuse(append(p.active(c.Happened),
		domain.Rule{Name: "action-unknown", Broken: a.Set.IsZero(), Reason: "No action of this plan has this id."},
		domain.Rule{Name: "action-already-closed", Broken: !a.Closed.IsZero(), Reason: "The action was closed; set a new one."})...)
}

// MeetCoreGroup decides on a core group. The first has its clock from the
// conference; later ones have the clock that the authority has set.
func (ps Plans) MeetCoreGroup(c MeetCoreGroup, p policy.Pack) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	next, _ := p.Due(policy.LaterCoreGroup, c.Happened)
	e := CoreGroupMet{Dated: c.Dated, Plan: c.Plan, Meeting: c.Meeting, Attended: c.Attended, Apologies: c.Apologies, Progress: c.Progress, NextBy: next}
	known := slices.ContainsFunc(plan.CoreGroups, func(g domain.Known[CoreGroupMet]) bool { return g.Fact.Meeting == c.Meeting })
	return []domain.Event{e}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "core-group-already-recorded", Broken: known, Reason: "A core group with this id is already on the record."})...)
}

// FindChange decides on a significant change.
func (ps Plans) FindChange(c FindChange, p policy.Pack) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	e := ChangeFound{Dated: c.Dated, Plan: c.Plan, Change: c.Change, Why: c.Why}
	e.ReportBy, _ = p.Due(policy.SignificantChange, c.Happened)
	return []domain.Event{e}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "change-already-found", Broken: !plan.FindChange(c.Change).Found.IsZero(), Reason: "A change with this id is already on the record."})...)
}

// ReportChange decides on telling the chair of a significant change.
func (ps Plans) ReportChange(c ReportChange) ([]domain.Event, error) {
	plan := ps.Find(c.Plan)
	known := plan.FindChange(c.Change)
	return []domain.Event{ChangeReported{Dated: c.Dated, Plan: c.Plan, Change: c.Change, To: c.To, Outcome: c.Outcome}}, domain.Refuse(append(plan.active(c.Happened),
		domain.Rule{Name: "change-unknown", Broken: known.Found.IsZero(), Reason: "No change of this plan has this id."},
		domain.Rule{Name: "before-change", Broken: !known.Found.IsZero() && !c.Happened.IsZero() && c.Happened.Before(known.Found.Fact.Happened),
			Reason: "The day lies before the change was found."},
		domain.Rule{Name: "change-already-reported", Broken: !known.Reported.IsZero(), Reason: "The chair was already told of this change."})...)
}

// RecordConcerns decides on areas of concern.
func (ps Plans) RecordConcerns(c RecordConcerns) ([]domain.Event, error) {
	return []domain.Event{ConcernsRecorded{Dated: c.Dated, Plan: c.Plan, Concerns: c.Concerns}},
		domain.Refuse(ps.Find(c.Plan).active(c.Happened)...)
}

// ReportMissing decides on a registered child who is missing.
func (ps Plans) ReportMissing(c ReportMissing) ([]domain.Event, error) {
	p := ps.Find(c.Plan)
	return []domain.Event{MissingReported{Dated: c.Dated, Plan: c.Plan, Told: c.Told}}, domain.Refuse(append(p.active(c.Happened),
		domain.Rule{Name: "already-missing", Broken: p.IsMissing(), Reason: "The child is already reported missing under this plan."})...)
}

// TraceChild decides on a missing registered child who was found.
func (ps Plans) TraceChild(c TraceChild) ([]domain.Event, error) {
	p := ps.Find(c.Plan)
	return []domain.Event{ChildTraced{Dated: c.Dated, Plan: c.Plan, Where: c.Where}}, domain.Refuse(append(p.active(c.Happened),
		domain.Rule{Name: "not-missing", Broken: !p.IsMissing(), Reason: "The child is not reported missing under this plan."},
		domain.Rule{Name: "traced-before-missing", Broken: p.IsMissing() && !c.Happened.IsZero() && c.Happened.Before(p.Missing.Fact.Happened),
			Reason: "The day lies before the child was missed."})...)
}
