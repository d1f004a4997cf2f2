package missing

import (
	"caseledger/domain"
	"caseledger/domain/policy"
)

// GoMissing records that the child went missing, or away without
// authorisation.
type GoMissing struct {
	domain.Dated
	Absence ID     `json:"absence" validate:"required,max=64,printascii"`
	Kind    string `json:"kind" validate:"required,code=missing-kind"`
}

// Return records that the child was found or came back.
type Return struct {
	domain.Dated
	Absence ID `json:"absence" validate:"required,max=64,printascii"`
}

// Interview records that a return interview was offered, and whether the child
// took it up.
type Interview struct {
	domain.Dated
	Absence  ID   `json:"absence" validate:"required,max=64,printascii"`
	Accepted bool `json:"accepted"`
}

// GoMissing decides on the beginning of an absence.
func (as Absences) GoMissing(g GoMissing) ([]domain.Event, error) {
	overlaps := false
	for _, a := range as {
		overlaps = overlaps || a.ID != g.Absence && a.On(g.Happened)
	}
	return []domain.Event{WentMissing{Dated: g.Dated, Absence: g.Absence, Kind: g.Kind}}, domain.Refuse(
		domain.Rule{Name: "absence-already-began", Broken: !as.Find(g.Absence).Went.IsZero(), Reason: "An absence with this id is already on the record."},
		domain.Rule{Name: "absence-overlaps", Broken: overlaps, Reason: "The child was already missing or away on that day."})
}

// Return decides on the end of an absence, which starts the clock to the return
// interview.
func (as Absences) Return(r Return, p policy.Pack) ([]domain.Event, error) {
	a := as.Find(r.Absence)
	by, _ := p.Due(policy.ReturnInterview, r.Happened)
	return []domain.Event{Returned{Dated: r.Dated, Absence: r.Absence, InterviewBy: by}}, domain.Refuse(
		domain.Rule{Name: "absence-unknown", Broken: a.Went.IsZero(), Reason: "No absence with this id is on the record."},
		domain.Rule{Name: "before-absence", Broken: !a.Went.IsZero() && !r.Happened.IsZero() && r.Happened.Before(a.Went.Fact.Happened),
			Reason: "The day lies before the child went missing."},
		domain.Rule{Name: "absence-already-ended", Broken: !a.Returned.IsZero(), Reason: "The child has already come back."})
}

// Interview decides on a return interview.
func (as Absences) Interview(i Interview) ([]domain.Event, error) {
	a := as.Find(i.Absence)
	return []domain.Event{Interviewed{Dated: i.Dated, Absence: i.Absence, Accepted: i.Accepted}}, domain.Refuse(
		domain.Rule{Name: "not-returned", Broken: a.Returned.IsZero(), Reason: "No return from this absence is on the record."},
		domain.Rule{Name: "before-return", Broken: !a.Returned.IsZero() && !i.Happened.IsZero() && i.Happened.Before(a.Returned.Fact.Happened),
			Reason: "The day lies before the child came back."},
		domain.Rule{Name: "already-interviewed", Broken: !a.Interviewed.IsZero(), Reason: "A return interview of this absence is already on the record."})
}
