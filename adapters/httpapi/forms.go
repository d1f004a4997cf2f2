package httpapi

import (
	"context"
	"slices"

	"caseledger/domain/form"
	"caseledger/domain/record"
	"caseledger/projections"
	"caseledger/schema"
)

// defaultDefinition is the form that views are of unless another is named.
const defaultDefinition = "core-assessment"

// ofAnswers is the event whose values a closed section hides.
const ofAnswers = "form.answered"

// FormList are the forms of a record.
type FormList struct {
	OfRecord
	Forms []schema.FormHead `json:"forms"`
}

// FormPage is one form, as the caller's role may see it.
type FormPage struct {
	OfRecord
	Page schema.FormPage `json:"page"`
}

// AudiencePage is a completed form as an audience is shown it.
type AudiencePage struct {
	OfRecord
	Page schema.AudiencePage `json:"page"`
}

func (a *API) forms(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	heads := a.View.Records.Forms.Heads(rec)
	return ofRecord(r, about, len(heads), FormList{about, heads}), nil
}

func (a *API) form(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	page, found := a.View.Records.Forms.Page(rec, form.ID(r.PathValue("form")), func(s form.Section) bool { return s.Open(r.caller.Role) })
	if !found {
		return reply{}, problem(codeNotFound)
	}
	sieve := a.sieve(r, rec)
	sieve.form(page)
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, 1, FormPage{about, page}), nil
}

// audience answers only those whom the view names as its readers: the policies
// know roles and records, and not for whom a page is made.
func (a *API) audience(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	definition := r.query[ofDefinition.name]
	if definition == "" {
		definition = defaultDefinition
	}
	v, found := a.View.Records.Forms.View(r.PathValue("audience"), definition)
	if !found {
		return reply{}, problem(codeNotFound)
	}
	if !v.ReadBy(r.caller.Role) {
		if err := a.denied(ctx, r, codeForbidden); err != nil {
			return reply{}, err
		}
		return reply{}, problem(codeForbidden)
	}
	page, found := a.View.Records.Forms.Audience(rec, v, form.ID(r.query[ofForm.name]))
	if !found {
		return reply{}, problem(codeNotFound)
	}
	return ofRecord(r, about, 1, AudiencePage{about, page}), nil
}

// withoutClosed leaves out answers to questions of sections that are closed to
// the caller's role: a form that hides them would be no use otherwise.
func (a *API) withoutClosed(r *request, rec record.Record, facts []projections.Fact) []projections.Fact {
	closed := a.View.Records.Forms.Closed(rec, r.caller.Role)
	return slices.DeleteFunc(facts, func(f projections.Fact) bool { return closed[f.Entry] })
}

// unchangedIfClosed does so of the differences between two moments.
func (a *API) unchangedIfClosed(r *request, rec record.Record, changes []projections.Difference) []projections.Difference {
	closed := make(map[string]bool)
	for seq := range a.View.Records.Forms.Closed(rec, r.caller.Role) {
		e, _ := rec.Entry(seq)
		closed[e.Event.About()] = true
	}
	return slices.DeleteFunc(changes, func(d projections.Difference) bool { return d.Type == ofAnswers && closed[d.About] })
}
