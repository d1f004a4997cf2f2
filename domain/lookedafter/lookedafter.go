// Package lookedafter is the part of a record that says when, where and under
// which law the authority looked after the child: episodes of care with legal
// status and placement, reviews, the reviewing officer, education plans, short
// breaks, and limits on liberty. It never holds visits, health, absence or
// adoption: those are packages of their own.
package lookedafter

import (
	"caseledger/domain"
	"caseledger/domain/referral"
)

// EpisodeID names an episode of care within its record.
type EpisodeID string

// ReviewID names a looked-after review within its record.
type ReviewID string

// PlanID names a personal education plan within its record.
type PlanID string

// AgreementID names an agreement on short breaks within its record.
type AgreementID string

// RestrictionID names a limit on liberty within its record.
type RestrictionID string

// Event is one fact about being looked after.
//
//sumtype:decl
type Event interface {
	domain.Event
	lookedAfterEvent()
}

// Placement is where a child lives while looked after.
type Placement struct {
	Type     string `json:"type,omitempty"`     // code set placement-type
	Provider string `json:"provider,omitempty"` // code set placement-provider
	// HomePostcode is that of the address from which the child came into care.
	HomePostcode string `json:"homePostcode,omitempty"`
	Postcode     string `json:"postcode,omitempty"`
	URN          string `json:"urn,omitempty"` // the provider's number at Ofsted
	// Location tells whether the placement lies within the authority: in, out.
	Location string `json:"location,omitempty"`
	// Distance is that from home, in tenths of a mile, as the return reckons it.
	Distance *int `json:"distance,omitempty"`
}

// EpisodeBegan says that the child is looked after, under a legal status and in
// a placement, from a day on. Another legal status or placement is another
// episode.
type EpisodeBegan struct {
	domain.Dated
	Episode     EpisodeID   `json:"episode"`
	Referral    referral.ID `json:"referral,omitempty"`
	Reason      string      `json:"reason"`      // code set reason-for-new-episode
	LegalStatus string      `json:"legalStatus"` // code set legal-status
	Need        string      `json:"need"`        // code set primary-need
	Placement   Placement   `json:"placement"`
	// The clocks that a beginning starts, by the rules of the day.
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
	VisitBy  domain.Date `json:"visitBy,omitzero"`
	HealthBy domain.Date `json:"healthBy,omitzero"`
	PlanBy   domain.Date `json:"planBy,omitzero"` // for the personal education plan
}

// EpisodeCeased says that the legal status or the placement came to its end.
type EpisodeCeased struct {
	domain.Dated
	Episode EpisodeID `json:"episode"`
	Reason  string    `json:"reason"` // code set reason-episode-ceased
	// PlacementChange is why the placement ended, where it did: code set
	// reason-for-placement-change.
	PlacementChange string `json:"placementChange,omitempty"`
}

// Reviewed says that the child's case was reviewed.
type Reviewed struct {
	domain.Dated
	Review        ReviewID    `json:"review"`
	Participation string      `json:"participation"` // code set review-participation
	ReviewBy      domain.Date `json:"reviewBy,omitzero"`
}

// OfficerNamed says who the independent reviewing officer is from a day on.
type OfficerNamed struct {
	domain.Dated
	Officer string `json:"officer"` // the actor id of the officer
}

// EducationPlanned says that a personal education plan was made or reviewed.
type EducationPlanned struct {
	domain.Dated
	Plan     PlanID      `json:"plan"`
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Recognised says that the child is an unaccompanied asylum seeker.
type Recognised struct {
	domain.Dated
	// Ceases is the day on which that status ends or ended, where it is known.
	Ceases domain.Date `json:"ceases,omitzero"`
}

// PermanenceKnown says by which order the child had left care before.
type PermanenceKnown struct {
	domain.Dated
	Option    string `json:"option"`               // code set previous-permanence
	Authority string `json:"arrangedBy,omitempty"` // the number of the authority that arranged it
	// Ordered is the day of the order, as far as it is known: 2015-05-03,
	// 2015-05 or 2015.
	Ordered string `json:"ordered,omitempty"`
}

// MotherhoodRecorded says whether a looked-after girl is a mother.
type MotherhoodRecorded struct {
	domain.Dated
	Mother    bool        `json:"mother"`
	ChildBorn domain.Date `json:"childBorn,omitzero"`
}

// ShortBreaksAgreed says that a series of short breaks was agreed.
type ShortBreaksAgreed struct {
	domain.Dated
	Agreement   AgreementID `json:"agreement"`
	LegalStatus string      `json:"legalStatus"` // V3 or V4
}

// ShortBreaksEnded says that a series of short breaks came to its end.
type ShortBreaksEnded struct {
	domain.Dated
	Agreement AgreementID `json:"agreement"`
}

// LibertyRestricted says that the child was deprived of liberty.
type LibertyRestricted struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction"`
	// Kind is secure-accommodation, deprivation-of-liberty-order or
	// court-of-protection; "" where an import does not say.
	Kind     string      `json:"kind,omitempty"`
	Until    domain.Date `json:"until,omitzero"` // the last day that the order allows
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// LibertyReviewed says that those who review secure accommodation met, and
// whether they found that the child has to stay.
type LibertyReviewed struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction"`
	Review      string        `json:"review"`
	Outcome     string        `json:"outcome"` // see ReviewLiberty
	ReviewBy    domain.Date   `json:"reviewBy,omitzero"`
}

// LibertyRestored says that a limit on liberty came to its end.
type LibertyRestored struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction"`
}

func (e EpisodeBegan) About() string      { return "care-episode/" + string(e.Episode) }
func (e EpisodeCeased) About() string     { return "care-episode/" + string(e.Episode) }
func (e Reviewed) About() string          { return "looked-after-review/" + string(e.Review) }
func (OfficerNamed) About() string        { return "reviewing-officer" }
func (e EducationPlanned) About() string  { return "education-plan/" + string(e.Plan) }
func (Recognised) About() string          { return "asylum" }
func (PermanenceKnown) About() string     { return "previous-permanence" }
func (MotherhoodRecorded) About() string  { return "motherhood" }
func (e ShortBreaksAgreed) About() string { return "short-breaks/" + string(e.Agreement) }
func (e ShortBreaksEnded) About() string  { return "short-breaks/" + string(e.Agreement) }
func (e LibertyRestricted) About() string { return "liberty/" + string(e.Restriction) }
func (e LibertyReviewed) About() string {
	return "liberty/" + string(e.Restriction) + "/review/" + e.Review
}
func (e LibertyRestored) About() string { return "liberty/" + string(e.Restriction) }

func (EpisodeBegan) lookedAfterEvent()       {}
func (EpisodeCeased) lookedAfterEvent()      {}
func (Reviewed) lookedAfterEvent()           {}
func (OfficerNamed) lookedAfterEvent()       {}
func (EducationPlanned) lookedAfterEvent()   {}
func (Recognised) lookedAfterEvent()         {}
func (PermanenceKnown) lookedAfterEvent()    {}
func (MotherhoodRecorded) lookedAfterEvent() {}
func (ShortBreaksAgreed) lookedAfterEvent()  {}
func (ShortBreaksEnded) lookedAfterEvent()   {}
func (LibertyRestricted) lookedAfterEvent()  {}
func (LibertyReviewed) lookedAfterEvent()    {}
func (LibertyRestored) lookedAfterEvent()    {}

// Episode is what is known of one episode of care.
type Episode struct {
	ID     EpisodeID
	Began  domain.Known[EpisodeBegan]
	Ceased domain.Known[EpisodeCeased]
}

// Open reports whether the episode goes on.
func (e Episode) Open() bool { return !e.Began.IsZero() && e.Ceased.IsZero() }

// On reports whether the child was looked after by this episode on the day. On
// the day on which one episode follows another, it is the later one.
func (e Episode) On(day domain.Date) bool {
	begun := !e.Began.IsZero() && !day.Before(e.Began.Fact.Happened)
	return begun && (e.Ceased.IsZero() || day.Before(e.Ceased.Fact.Happened))
}

// continues is the reason for the end of an episode that another follows.
const continues = "X1"

// starts is the reason for the first episode of a period of care.
const starts = "S"

// Leaves reports whether the child left care with the end of the episode.
func (e Episode) Leaves() bool {
	return !e.Ceased.IsZero() && e.Ceased.Fact.Reason != continues
}

// Agreement is what is known of one agreement on short breaks.
type Agreement struct {
	ID     AgreementID
	Agreed domain.Known[ShortBreaksAgreed]
	Ended  domain.Known[ShortBreaksEnded]
}

// Restriction is what is known of one limit on liberty.
type Restriction struct {
	ID         RestrictionID
	Restricted domain.Known[LibertyRestricted]
	Reviews    []domain.Known[LibertyReviewed]
	Restored   domain.Known[LibertyRestored]
}

// Care is all that is known of a child's being looked after. Lists are in the
// order of their beginning.
type Care struct {
	Episodes     []Episode
	Reviews      []domain.Known[Reviewed]
	Plans        []domain.Known[EducationPlanned]
	Agreements   []Agreement
	Restrictions []Restriction
	Officer      domain.Known[OfficerNamed]
	Asylum       domain.Known[Recognised]
	Permanence   domain.Known[PermanenceKnown]
	Motherhood   domain.Known[MotherhoodRecorded]
}

// Evolve returns the care with one more fact.
func (c Care) Evolve(entry uint64, e Event) Care {
	switch e := e.(type) {
	case EpisodeBegan:
		c.Episodes = episode(c.Episodes, e.Episode, func(one *Episode) { one.Began = domain.Know(entry, e) })
	case EpisodeCeased:
		c.Episodes = episode(c.Episodes, e.Episode, func(one *Episode) { one.Ceased = domain.Know(entry, e) })
	case Reviewed:
		c.Reviews = latest(c.Reviews, domain.Know(entry, e))
	case OfficerNamed:
		c.Officer = domain.Know(entry, e)
	case EducationPlanned:
		c.Plans = latest(c.Plans, domain.Know(entry, e))
	case Recognised:
		c.Asylum = domain.Know(entry, e)
	case PermanenceKnown:
		c.Permanence = domain.Know(entry, e)
	case MotherhoodRecorded:
		c.Motherhood = domain.Know(entry, e)
	case ShortBreaksAgreed:
		c.Agreements = agreement(c.Agreements, e.Agreement, func(a *Agreement) { a.Agreed = domain.Know(entry, e) })
	case ShortBreaksEnded:
		c.Agreements = agreement(c.Agreements, e.Agreement, func(a *Agreement) { a.Ended = domain.Know(entry, e) })
	case LibertyRestricted:
		c.Restrictions = restriction(c.Restrictions, e.Restriction, func(r *Restriction) { r.Restricted = domain.Know(entry, e) })
	case LibertyReviewed:
		c.Restrictions = restriction(c.Restrictions, e.Restriction, func(r *Restriction) { r.Reviews = latest(r.Reviews, domain.Know(entry, e)) })
	case LibertyRestored:
		c.Restrictions = restriction(c.Restrictions, e.Restriction, func(r *Restriction) { r.Restored = domain.Know(entry, e) })
	}
	return c
}

// latest puts a fact in the place of an earlier one about the same thing.
func latest[E Event](all []domain.Known[E], one domain.Known[E]) []domain.Known[E] {
	return domain.Upsert(all,
		func(k *domain.Known[E]) bool { return k.Fact.About() == one.Fact.About() },
		func(k *domain.Known[E]) { *k = one })
}

func episode(all []Episode, id EpisodeID, change func(*Episode)) []Episode {
	return domain.Upsert(all,
		func(e *Episode) bool { return e.ID == id },
		func(e *Episode) { e.ID = id; change(e) })
}

func agreement(all []Agreement, id AgreementID, change func(*Agreement)) []Agreement {
	return domain.Upsert(all,
		func(a *Agreement) bool { return a.ID == id },
		func(a *Agreement) { a.ID = id; change(a) })
}

func restriction(all []Restriction, id RestrictionID, change func(*Restriction)) []Restriction {
	return domain.Upsert(all,
		func(r *Restriction) bool { return r.ID == id },
		func(r *Restriction) { r.ID = id; change(r) })
}
