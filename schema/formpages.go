package schema

import (
	"fmt"
	"slices"

	"caseledger/domain"
	"caseledger/domain/form"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/record"
)

// FormHead says which form of a record it is, and how far it has got.
type FormHead struct {
	Form       form.ID     `json:"form"`
	Definition string      `json:"definition"`
	Version    int         `json:"version"`
	Title      string      `json:"title,omitempty"` // "" where the definition is not at hand
	Status     string      `json:"status"`          // open, completed, abandoned
	Started    domain.Date `json:"started"`
	Ended      domain.Date `json:"ended,omitzero"`
	Links      []form.Link `json:"links,omitempty"`
}

// FormPage is a form as it is shown to somebody: what is asked, and what the
// record knows in answer.
type FormPage struct {
	FormHead
	Sections []FormSection `json:"sections"`
	Closed   []string      `json:"closed,omitempty"` // titles of the sections that are closed to the reader
	Missing  int           `json:"missing"`          // questions that must be answered still
}

// FormSection is one section, with the questions that are shown by the answers
// so far.
type FormSection struct {
	Section   string         `json:"section"`
	Title     string         `json:"title"`
	Questions []FormQuestion `json:"questions"`
}

// FormQuestion is one question with what is known in answer to it.
type FormQuestion struct {
	Question   string       `json:"question"`
	Ask        string       `json:"ask"`
	Kind       form.Kind    `json:"kind"`
	Codes      []FormChoice `json:"codes,omitempty"` // in force on the day of the form
	Required   bool         `json:"required"`
	Calculated bool         `json:"calculated,omitzero"`
	Values     []string     `json:"values,omitempty"`
	NotGiven   string       `json:"notGiven,omitempty"`
	// Entry and Day say where the answer came from: the entry of the record, and
	// the day on which it was true. 0 is a calculation, or no answer.
	Entry uint64      `json:"entry,omitzero"`
	Day   domain.Date `json:"day,omitzero"`
}

// FormChoice is a code that can be an answer.
type FormChoice struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Heads returns the forms of a record, in the order of their beginning.
func (f *Forms) Heads(r record.Record) []FormHead {
	heads := []FormHead{}
	for _, one := range r.Forms {
		if !one.Started.IsZero() {
			heads = append(heads, f.head(one))
		}
	}
	return heads
}

func (f *Forms) head(one form.Form) FormHead {
	s := one.Started.Fact
	h := FormHead{Form: one.ID, Definition: s.Definition, Version: s.Version, Status: "open", Started: s.Happened, Links: s.Links}
	if d := f.of(one); d != nil {
		h.Title = d.Title
	}
	switch {
	case !one.Completed.IsZero():
		h.Status, h.Ended = "completed", one.Completed.Fact.Happened
	case !one.Abandoned.IsZero():
		h.Status, h.Ended = "abandoned", one.Abandoned.Fact.Happened
	}
	return h
}

// Page returns a form of a record as it is shown to somebody who may see some of
// its sections, and whether there is such a form.
func (f *Forms) Page(r record.Record, id form.ID, may func(form.Section) bool) (FormPage, bool) {
	sheet := f.Sheet(r, id)
	if sheet.Form.Started.IsZero() {
		return FormPage{}, false
	}
	page := FormPage{FormHead: f.head(sheet.Form), Sections: []FormSection{}}
	if sheet.Definition == nil {
		return page, true
	}
	for _, s := range sheet.Definition.Sections {
		switch {
		case !may(s):
			page.Closed = append(page.Closed, s.Title)
		case sheet.Holds(s.When):
			page.Sections = append(page.Sections, section(sheet, s))
		}
	}
	page.Missing = len(sheet.Missing())
	return page, true
}

func section(sheet form.Sheet, s form.Section) FormSection {
	out := FormSection{Section: s.Name, Title: s.Title, Questions: []FormQuestion{}}
	for _, q := range s.Questions {
		if !sheet.Shown(q.Name) {
			continue
		}
		v := sheet.Value(q.Name)
		one := FormQuestion{Question: q.Name, Ask: q.Ask, Kind: q.Kind, Required: sheet.Required(q.Name), Calculated: q.Calculate != nil,
			Values: v.Values, NotGiven: v.NotGiven, Entry: v.Entry, Day: v.Day}
		if q.Codes != "" {
			for _, c := range policy.Codes(q.Codes, sheet.Form.Started.Fact.Happened) {
				one.Codes = append(one.Codes, FormChoice{c.Code, c.Label})
			}
		}
		out.Questions = append(out.Questions, one)
	}
	return out
}

// AudiencePage is a completed form as an audience is shown it.
type AudiencePage struct {
	View     string `json:"view"`
	Title    string `json:"title"`
	Audience string `json:"audience"`
	FormHead
	Parts   []AudiencePart `json:"parts"`
	LeftOut []LeftOut      `json:"leftOut"`
}

// AudiencePart is some facts under a heading.
type AudiencePart struct {
	Heading string         `json:"heading"`
	Facts   []AudienceFact `json:"facts"`
}

// AudienceFact is one fact: codes are said in words.
type AudienceFact struct {
	Words    string      `json:"words"`
	Values   []string    `json:"values,omitempty"`
	NotGiven string      `json:"notGiven,omitempty"`
	Entry    uint64      `json:"entry,omitzero"`
	Day      domain.Date `json:"day,omitzero"`
}

// LeftOut says what an audience is not shown, and why. It is the same whether
// there is anything or not, so that it gives nothing away.
type LeftOut struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// otherwise is what every view leaves out beside what it names.
func otherwise(v form.View) []LeftOut {
	out := []LeftOut{{"Everything that this view does not name", "A view shows only what is allowed to its audience."}}
	if !v.Restricted {
		out = append(out, LeftOut{"What a restriction on a record keeps within the authority, if there is any", "Informants and withheld addresses are protected."})
	}
	return out
}

// View returns the view of a definition for an audience.
func (f *Forms) View(audience, of string) (form.View, bool) {
	i := slices.IndexFunc(f.views, func(v form.View) bool { return v.Audience == audience && v.Of == of })
	if i < 0 {
		return form.View{}, false
	}
	return f.views[i], true
}

// Audience returns what a view shows of a completed form of a record: the one
// with the id, or where that is empty the one completed last. There is nothing
// where there is no such form, or its definition is not at hand.
func (f *Forms) Audience(r record.Record, v form.View, id form.ID) (AudiencePage, bool) {
	one := r.Forms.Latest(v.Of)
	if id != "" {
		one = r.Forms.Find(id)
	}
	sheet := f.Sheet(r, one.ID)
	if one.Completed.IsZero() || one.Started.Fact.Definition != v.Of || sheet.Definition == nil {
		return AudiencePage{}, false
	}
	page := AudiencePage{View: v.Name, Title: v.Title, Audience: v.Audience, FormHead: f.head(one), Parts: []AudiencePart{}, LeftOut: []LeftOut{}}
	for _, p := range v.Parts {
		part := AudiencePart{Heading: p.Heading, Facts: []AudienceFact{}}
		for _, fact := range p.Facts {
			if shown, ok := told(r, v, sheet, fact); ok {
				part.Facts = append(part.Facts, shown)
			}
		}
		page.Parts = append(page.Parts, part)
	}
	for _, w := range v.Withheld {
		page.LeftOut = append(page.LeftOut, LeftOut{w.What, w.Why})
	}
	page.LeftOut = append(page.LeftOut, otherwise(v)...)
	return page, true
}

// told returns one fact as the audience is told it, and whether it is. The form
// can be of another version than the view was written for: nothing is shown of a
// section that is closed in this one.
func told(r record.Record, v form.View, sheet form.Sheet, fact form.Fact) (AudienceFact, bool) {
	value := sheet.Value(fact.Question)
	section, q := sheet.Question(fact.Question)
	if q == nil || !section.Open(v.Audience) || value.IsZero() || !v.Restricted && restricted(r, value) {
		return AudienceFact{}, false
	}
	out := AudienceFact{Words: fact.Words, NotGiven: value.NotGiven, Entry: value.Entry, Day: value.Day}
	for _, text := range value.Values {
		if q.Codes != "" {
			text = fmt.Sprintf("%s (%s)", policy.Label(q.Codes, text), text)
		}
		out.Values = append(out.Values, text)
	}
	return out, true
}

// restricted reports whether a restriction keeps a value from people outside the
// authority: its entry could give an informant away, or it is the address that
// must not be told to somebody.
func restricted(r record.Record, v form.Value) bool {
	e, found := r.Entry(v.Entry)
	if _, address := e.Event.(identity.AddressRecorded); address && r.Restrictions.WithholdsAny() {
		return true
	}
	for found { // a correction of what is shielded is shielded too
		if shielded, _ := r.Restrictions.Shields(e.Seq); shielded {
			return true
		}
		if e.Corrects == nil || e.Corrects.Entry >= e.Seq {
			return false
		}
		e, found = r.Entry(e.Corrects.Entry)
	}
	return false
}

// Closed returns the entries of a record that answer a question of a section
// which is closed to a role, or of a form whose definition is not at hand.
func (f *Forms) Closed(r record.Record, role string) map[uint64]bool {
	closed := make(map[uint64]bool)
	sheets := make(map[form.ID]form.Sheet)
	for _, e := range r.Entries {
		a, ok := e.Event.(form.Answered)
		if !ok {
			continue
		}
		sheet, made := sheets[a.Form]
		if !made {
			one := r.Forms.Find(a.Form)
			sheet = form.NewSheet(one, nil, nil)
			if d := f.of(one); d != nil {
				sheet = form.NewSheet(one, &d.Definition, nil)
			}
			sheets[a.Form] = sheet
		}
		if section, _ := sheet.Question(a.Question); section == nil || !section.Open(role) {
			closed[e.Seq] = true
		}
	}
	return closed
}
