// Package record is one person's whole record: its parts side by side, folded
// from the entries of one stream. Corrections and late entries are taken into
// account here and nowhere else, so that every reader sees the same history.
// It never reads a store.
package record

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/unmapped"

	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/family"
	"caseledger/domain/incident"
	"caseledger/domain/privatefostering"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"
	"caseledger/domain/voice"

	"caseledger/domain/breakglass"
	"caseledger/domain/capacity"
	"caseledger/domain/correspondence"
	"caseledger/domain/discharge"
	"caseledger/domain/form"
	"caseledger/domain/needs"
	"caseledger/domain/oversight"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"

	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/disclosure"
	"caseledger/domain/redaction"
	"caseledger/domain/subjectaccess"
)

// Record is a person's record as the entries tell it. The zero value is the
// record on which nothing happened yet.
type Record struct {
	// Entries are all entries, in the order in which they were recorded.
	Entries []domain.Entry

	Person      identity.Person
	Referrals   referral.Referrals
	Assessments assessment.Assessments
	Enquiries   enquiry.Enquiries
	CINPlans    cinplan.Plans
	Protection  protection.Plans
	Notes       note.Notes
	Allocations allocation.Allocations
	Unmapped    unmapped.Elements
	Care        lookedafter.Care
	Health      health.Health
	Absences    missing.Absences
	Adoptions   adoption.Adoptions
	Leaver      careleaver.Leaver
	Legal       legal.Matters

	Contacts         contact.Contacts
	Views            voice.Views
	Conferences      conference.Conferences
	Visits           visit.Visits
	PrivateFostering privatefostering.Arrangements
	Transfers        transfer.Transfers
	Incidents        incident.Incidents
	Temporary        temporary.Registrations
	Family           family.Family
	Restrictions     restriction.Restrictions
	Oversights       oversight.Oversights
	Letters          correspondence.Letters

	Needs        needs.Needs
	Support      support.Support
	Safeguarding safeguarding.Safeguarding
	Transitions  transition.Transitions
	Capacity     capacity.Capacity
	Openings     breakglass.Openings
	Hospital     discharge.Hospital

	Forms form.Forms

	Chronologies chronology.Chronologies
	Disclosures  disclosure.Disclosures
	Redactions   redaction.Redactions
	Bundles      bundle.Bundles

	AccessRequests subjectaccess.Requests

	latest domain.Date // the latest day of an entry in force
}

// Fold returns the record that the entries tell.
func Fold(entries []domain.Entry) Record {
	return folded(slices.Clip(entries))
}

// folded is Fold, but that the record's entries may grow in place.
func folded(entries []domain.Entry) Record {
	r := Record{Entries: entries}
	for _, p := range inForce(entries) {
		r.apply(entries[p.at])
	}
	return r
}

// Evolve returns the record with more entries. The result is the same as that
// of folding the effective entries in the order of the world; that is done
// again only when an entry came late or changes an earlier one.
//
// A record evolves once: its entries grow in place. To evolve it a second time,
// or one that others share, begin with Fork.
func (r Record) Evolve(entries ...domain.Entry) Record {
	r.Entries = append(r.Entries, entries...)
	if r.unordered(entries) {
		return folded(r.Entries)
	}
	for _, e := range entries {
		r.apply(e)
	}
	return r
}

func (r Record) unordered(entries []domain.Entry) bool {
	latest := r.latest
	for _, e := range entries {
		_, voids := e.Event.(correction.EnteredInError)
		day := e.Event.HappenedOn()
		if e.Corrects != nil || voids || day.Before(latest) {
			return true
		}
		latest = day
	}
	return false
}

func (r *Record) apply(e domain.Entry) {
	switch ev := e.Event.(type) {
	case identity.Event:
		r.Person = r.Person.Evolve(e.Seq, ev)
	case referral.Event:
		r.Referrals = r.Referrals.Evolve(e.Seq, ev)
	case assessment.Event:
		r.Assessments = r.Assessments.Evolve(e.Seq, ev)
	case enquiry.Event:
		r.Enquiries = r.Enquiries.Evolve(e.Seq, ev)
	case cinplan.Event:
		r.CINPlans = r.CINPlans.Evolve(e.Seq, ev)
	case protection.Event:
		r.Protection = r.Protection.Evolve(e.Seq, ev)
	case note.Event:
		r.Notes = r.Notes.Evolve(e.Seq, ev)
	case allocation.Event:
		r.Allocations = r.Allocations.Evolve(e.Seq, ev)
	case unmapped.Kept:
		r.Unmapped = r.Unmapped.Evolve(e.Seq, ev)
	case contact.Event:
		r.Contacts = r.Contacts.Evolve(e.Seq, ev)
	case voice.Event:
		r.Views = r.Views.Evolve(e.Seq, ev)
	case conference.Event:
		r.Conferences = r.Conferences.Evolve(e.Seq, ev)
	case visit.Event:
		r.Visits = r.Visits.Evolve(e.Seq, ev)
	case privatefostering.Event:
		r.PrivateFostering = r.PrivateFostering.Evolve(e.Seq, ev)
	case transfer.Event:
		r.Transfers = r.Transfers.Evolve(e.Seq, ev)
	case incident.Event:
		r.Incidents = r.Incidents.Evolve(e.Seq, ev)
	case temporary.Event:
		r.Temporary = r.Temporary.Evolve(e.Seq, ev)
	case family.Event:
		r.Family = r.Family.Evolve(e.Seq, ev)
	case restriction.Event:
		r.Restrictions = r.Restrictions.Evolve(e.Seq, ev)
	case lookedafter.Event:
		r.Care = r.Care.Evolve(e.Seq, ev)
	case health.Event:
		r.Health = r.Health.Evolve(e.Seq, ev)
	case missing.Event:
		r.Absences = r.Absences.Evolve(e.Seq, ev)
	case adoption.Event:
		r.Adoptions = r.Adoptions.Evolve(e.Seq, ev)
	case careleaver.Event:
		r.Leaver = r.Leaver.Evolve(e.Seq, ev)
	case legal.Event:
		r.Legal = r.Legal.Evolve(e.Seq, ev)
	case oversight.Event:
		r.Oversights = r.Oversights.Evolve(e.Seq, ev)
	case correspondence.Event:
		r.Letters = r.Letters.Evolve(e.Seq, ev)
	case needs.Event:
		r.Needs = r.Needs.Evolve(e.Seq, ev)
	case support.Event:
		r.Support = r.Support.Evolve(e.Seq, ev)
	case safeguarding.Event:
		r.Safeguarding = r.Safeguarding.Evolve(e.Seq, ev)
	case transition.Event:
		r.Transitions = r.Transitions.Evolve(e.Seq, ev)
	case capacity.Event:
		r.Capacity = r.Capacity.Evolve(e.Seq, ev)
	case chronology.Event:
		r.Chronologies = r.Chronologies.Evolve(e.Seq, ev)
	case breakglass.Event:
		r.Openings = r.Openings.Evolve(e.Seq, ev)
	case discharge.Event:
		r.Hospital = r.Hospital.Evolve(e.Seq, ev)
	case subjectaccess.Event:
		r.AccessRequests = r.AccessRequests.Evolve(e.Seq, ev)
	case bundle.Event:
		r.Bundles = r.Bundles.Evolve(e.Seq, ev)
	case form.Event:
		r.Forms = r.Forms.Evolve(e.Seq, ev)
	case disclosure.Event:
		r.Disclosures = r.Disclosures.Evolve(e.Seq, ev)
	case redaction.Event:
		r.Redactions = r.Redactions.Evolve(e.Seq, ev)
	}
	if day := e.Event.HappenedOn(); day.After(r.latest) {
		r.latest = day
	}
}

// Fork returns the record in a form that may be evolved apart from the one it
// came from: the two never write to the same memory.
func (r Record) Fork() Record {
	r.Entries = slices.Clip(r.Entries)
	r.Notes, r.Visits, r.Letters, r.Chronologies = r.Notes.Fork(), r.Visits.Fork(), r.Letters.Fork(), r.Chronologies.Fork()
	r.Disclosures = r.Disclosures.Fork()
	return r
}

// Entry returns the entry with the number, and whether there is one.
func (r Record) Entry(seq uint64) (domain.Entry, bool) {
	if seq == 0 || seq > uint64(len(r.Entries)) {
		return domain.Entry{}, false
	}
	return r.Entries[seq-1], true
}

// Hands returns through whose hands a note went, when by acts on it.
func (r Record) Hands(id note.ID, by string) note.Hands {
	of := r.Notes.Find(id)
	signed, _ := r.Notes.Signed(of, false)
	return note.Hands{Author: r.actor(of.Entry), Signed: r.actor(signed.By), By: by}
}

// Proposer returns who proposed a set of redactions.
func (r Record) Proposer(id redaction.ID) string {
	return r.actor(r.Redactions.Find(id).Proposed.Entry)
}

// Made returns who took part in making a bundle.
func (r Record) Made(id bundle.ID) []string {
	var authors []string
	for _, entry := range r.Bundles.Find(id).Made() {
		authors = append(authors, r.actor(entry))
	}
	return authors
}

// actor returns who made an entry, "" for no entry.
func (r Record) actor(seq uint64) string {
	e, _ := r.Entry(seq)
	return e.Actor.ID
}
