package httpapi

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/projections"
)

// RedactionSet is what of a record is withheld from a reader, and how far that was
// decided.
type RedactionSet struct {
	Redaction redaction.ID `json:"redaction"`
	Reader    string       `json:"reader"`
	Purpose   string       `json:"purpose"`
	State     string       `json:"state"` // proposed, approved, rejected
	Known     uint64       `json:"known"` // the last entry that was looked at
	Lines     int          `json:"lines"`
	By        string       `json:"by"`
	Proposed  domain.Date  `json:"proposed"`
	DecidedBy string       `json:"decidedBy,omitempty"`
	Decided   domain.Date  `json:"decided,omitzero"`
	Entry     uint64       `json:"entry"` // that proposed it
}

// RedactionSets are those of a record.
type RedactionSets struct {
	OfRecord
	Rows []RedactionSet `json:"rows"`
}

// RedactionPage is a set of redactions for who decides on it.
type RedactionPage struct {
	OfRecord
	RedactionSet
	Withholds []redaction.Line `json:"withholds"`
	// Schedule is what the reader is told of each field that is withheld.
	Schedule []projections.Withheld `json:"schedule"`
	// Remainders are where words that are withheld still stand in what the reader gets.
	Remainders []projections.Remainder `json:"remainders"`
}

// Suggestions are what may have to be withheld.
type Suggestions struct {
	OfRecord
	Rows []projections.Suggestion `json:"rows"`
}

func setOf(rec record.Record, s redaction.Set) RedactionSet {
	p := s.Proposed.Fact
	row := RedactionSet{Redaction: s.ID, Reader: p.Reader, Purpose: p.Purpose, State: s.State(), Known: p.Known, Lines: len(p.Lines),
		By: rec.Proposer(s.ID), Proposed: p.Happened, Entry: s.Proposed.Entry}
	if e, found := rec.Entry(max(s.Approved.Entry, s.Rejected.Entry)); found {
		row.DecidedBy, row.Decided = e.Actor.ID, e.Event.HappenedOn()
	}
	return row
}

func (a *API) redactions(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	sieve, rows := a.sieve(r, rec), []RedactionSet{}
	for _, s := range rec.Redactions {
		if sieve.part(sieve.thing(s.Proposed.Entry).kind, s.Proposed.Entry) {
			rows = append(rows, setOf(rec, s))
		}
	}
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), RedactionSets{about, rows}), nil
}

// redaction shows a set. What it withholds of an entry that the caller may not see
// is left out, and so is everything where the caller may not see why.
func (a *API) redaction(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	codec, s := a.View.Codec, rec.Redactions.Find(redaction.ID(r.PathValue("redaction")))
	sieve := a.sieve(r, rec)
	if s.State() == "" || !sieve.part(sieve.thing(s.Proposed.Entry).kind, s.Proposed.Entry) {
		return reply{}, problem(codeNotFound) // the list does not name it either
	}
	v, err := projections.AsProposed(codec, rec, s.ID)
	if err != nil {
		return reply{}, err
	}
	left, err := projections.Remainders(codec, rec, v)
	if err != nil {
		return reply{}, err
	}
	page := RedactionPage{RedactionSet: setOf(rec, s), Withholds: []redaction.Line{}, Schedule: []projections.Withheld{}, Remainders: []projections.Remainder{}}
	if sieve.whole(s.Proposed.Entry) {
		page.Withholds = slices.DeleteFunc(slices.Clone(s.Proposed.Fact.Lines), func(l redaction.Line) bool { return !sieve.whole(l.Entry) })
		page.Schedule = slices.DeleteFunc(v.Schedule, func(w projections.Withheld) bool { return !sieve.whole(w.Entry) })
		page.Remainders = slices.DeleteFunc(left, func(l projections.Remainder) bool { return !sieve.whole(l.Entry) || !sieve.whole(l.Where) })
	}
	about.Withheld = sieve.withheld()
	page.OfRecord = about
	return ofRecord(r, about, len(page.Schedule), page), nil
}

// suggestions leaves out the names of people whose records the caller may not be
// told of, and what stands where the caller may not read.
func (a *API) suggestions(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	others, err := a.View.Others(ctx, r.record)
	if err != nil {
		return reply{}, err
	}
	if others, err = named(ctx, a, r, others, func(o projections.Other) domain.RecordID { return o.Record }); err != nil {
		return reply{}, err
	}
	rows, err := projections.Suggest(a.View.Codec, rec, others)
	if err != nil {
		return reply{}, err
	}
	sieve := a.sieve(r, rec)
	rows = slices.DeleteFunc(rows, func(s projections.Suggestion) bool {
		if !sieve.whole(s.Entry) {
			return true
		}
		why := sieve.whyPassage(s.Kind, s.Mark == markInformant, s.Mark == markOthers)
		if s.Mark == markAddress && sieve.addressKept(s.Kind) {
			why = markAddress
		}
		if why != "" {
			sieve.leave(why, s.Entry)
		}
		return why != ""
	})
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), Suggestions{about, rows}), nil
}
