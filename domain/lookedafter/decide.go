package lookedafter

import (
	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

// BeginEpisode records that the child is looked after from a day on, under a
// legal status and in a placement.
type BeginEpisode struct {
	domain.Dated
	Episode     EpisodeID   `json:"episode" validate:"required,max=64,printascii"`
	Referral    referral.ID `json:"referral,omitempty" validate:"omitempty,max=64,printascii"`
	Reason      string      `json:"reason" validate:"required,code=reason-for-new-episode"`
	LegalStatus string      `json:"legalStatus" validate:"required,code=legal-status"`
	Need        string      `json:"need" validate:"required,code=primary-need"`
	Type        string      `json:"type" validate:"required,code=placement-type"`
	Provider    string      `json:"provider,omitempty" validate:"omitempty,code=placement-provider"`

	HomePostcode string `json:"homePostcode,omitempty" validate:"max=10"`
	Postcode     string `json:"postcode,omitempty" validate:"max=10"`
	URN          string `json:"urn,omitempty" validate:"omitempty,max=8,printascii"`
	Location     string `json:"location,omitempty" validate:"omitempty,oneof=in out"`
	Distance     *int   `json:"distance,omitempty" validate:"omitempty,min=0,max=9999"`
}

// CeaseEpisode records that an episode came to its end, and why the placement
// did where it did.
type CeaseEpisode struct {
	domain.Dated
	Episode         EpisodeID `json:"episode" validate:"required,max=64,printascii"`
	Reason          string    `json:"reason" validate:"required,code=reason-episode-ceased"`
	PlacementChange string    `json:"placementChange,omitempty" validate:"omitempty,code=reason-for-placement-change"`
}

// Review records a review of the child's case and how the child took part.
type Review struct {
	domain.Dated
	Review        ReviewID `json:"review" validate:"required,max=64,printascii"`
	Participation string   `json:"participation" validate:"required,code=review-participation"`
}

// NameOfficer records who the independent reviewing officer is.
type NameOfficer struct {
	domain.Dated
	Officer string `json:"officer" validate:"required,max=100,printascii"`
}

// PlanEducation records that a personal education plan was made or reviewed.
type PlanEducation struct {
	domain.Dated
	Plan PlanID `json:"plan" validate:"required,max=64,printascii"`
}

// Recognise records that the child is an unaccompanied asylum seeker, and when
// that status ceases.
type Recognise struct {
	domain.Dated
	Ceases domain.Date `json:"ceases,omitzero"`
}

// KnowPermanence records by which order the child had left care before.
type KnowPermanence struct {
	domain.Dated
	Option     string `json:"option" validate:"required,code=previous-permanence"`
	ArrangedBy string `json:"arrangedBy,omitempty" validate:"max=3"`
	Ordered    string `json:"ordered,omitempty" validate:"max=10"`
}

// RecordMotherhood records whether a looked-after girl is a mother.
type RecordMotherhood struct {
	domain.Dated
	Mother    bool        `json:"mother"`
	ChildBorn domain.Date `json:"childBorn,omitzero"`
}

// AgreeShortBreaks records that a series of short breaks was agreed.
type AgreeShortBreaks struct {
	domain.Dated
	Agreement   AgreementID `json:"agreement" validate:"required,max=64,printascii"`
	LegalStatus string      `json:"legalStatus" validate:"required,oneof=V3 V4"`
}

// EndShortBreaks records that a series of short breaks came to its end.
type EndShortBreaks struct {
	domain.Dated
	Agreement AgreementID `json:"agreement" validate:"required,max=64,printascii"`
}

// RestrictLiberty records that the child was deprived of liberty.
type RestrictLiberty struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction" validate:"required,max=64,printascii"`
	Kind        string        `json:"kind" validate:"required,oneof=secure-accommodation deprivation-of-liberty-order court-of-protection"`
	Until       domain.Date   `json:"until,omitzero"`
}

// ReviewLiberty records a review of secure accommodation.
type ReviewLiberty struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction" validate:"required,max=64,printascii"`
	Review      string        `json:"review" validate:"required,max=64,printascii"`
	Outcome     string        `json:"outcome" validate:"required,oneof=criteria-met criteria-not-met"`
}

// RestoreLiberty records that a limit on liberty came to its end.
type RestoreLiberty struct {
	domain.Dated
	Restriction RestrictionID `json:"restriction" validate:"required,max=64,printascii"`
}

// adult is the age in months from which nobody starts to be looked after.
const adult = 18 * 12

// infant is the age in months below which a child takes no part in a review.
const infant = 4 * 12

// BeginEpisode decides on the beginning of an episode. A period of care starts
// the clocks to the first review, the health assessment and the education
// plan; a placement starts that to the first visit. The referral may be left
// unsaid, where another system does not say it.
func (c Care) BeginEpisode(b BeginEpisode, under referral.Referral, born domain.Date, p policy.Pack) ([]domain.Event, error) {
	e := EpisodeBegan{Dated: b.Dated, Episode: b.Episode, Referral: b.Referral, Reason: b.Reason, LegalStatus: b.LegalStatus, Need: b.Need,
		Placement: Placement{Type: b.Type, Provider: b.Provider, HomePostcode: b.HomePostcode, Postcode: b.Postcode,
			URN: b.URN, Location: b.Location, Distance: b.Distance}}
	if b.Reason == starts && !shortBreaks(b.LegalStatus) {
		e.ReviewBy, _ = p.Due(policy.LookedAfterFirstReview, b.Happened)
		e.HealthBy, _ = p.Due(policy.LookedAfterHealthAssessment, b.Happened)
		e.PlanBy, _ = p.Due(policy.EducationPlan, b.Happened)
	}
	if moves(b.Reason) && !shortBreaks(b.LegalStatus) {
		e.VisitBy, _ = p.Due(policy.PlacementVisit, b.Happened)
	}
	follows, starting := c.followed(b), b.Reason == starts
	var rules []domain.Rule
	if b.Referral != "" {
		rules = under.Active(b.Happened)
	}
	return []domain.Event{e}, domain.Refuse(append(rules,
		domain.Rule{Name: "care-episode-already-began", Broken: !c.Find(b.Episode).Began.IsZero(),
			Reason: "An episode of care with this id is already on the record."},
		domain.Rule{Name: "care-episode-overlaps", Broken: c.otherOn(b.Happened, b.Episode),
			Reason: "Another episode of care is open on that day."},
		domain.Rule{Name: "care-not-continued", Broken: !starting && !b.Happened.IsZero() && !follows,
			Reason: "No episode ended on that day to be continued: a child who was not looked after starts to be, with reason S."},
		domain.Rule{Name: "care-already-continued", Broken: starting && !b.Happened.IsZero() && follows,
			Reason: "The episode before ended on that day to be continued: the child does not start to be looked after again."},
		domain.Rule{Name: "started-care-as-adult", Broken: starting && aged(born, b.Happened, adult),
			Reason: "Nobody starts to be looked after at the age of 18 or over."})...)
}

// CeaseEpisode decides on the end of an episode.
func (c Care) CeaseEpisode(e CeaseEpisode) ([]domain.Event, error) {
	known := c.Find(e.Episode)
	began := known.Began
	return []domain.Event{EpisodeCeased{Dated: e.Dated, Episode: e.Episode, Reason: e.Reason, PlacementChange: e.PlacementChange}},
		domain.Refuse(
			domain.Rule{Name: "care-episode-unknown", Broken: began.IsZero(), Reason: "No episode of care with this id is on the record."},
			domain.Rule{Name: "before-care-episode", Broken: !began.IsZero() && !e.Happened.IsZero() && e.Happened.Before(began.Fact.Happened),
				Reason: "The day lies before the beginning of the episode of care."},
			domain.Rule{Name: "care-episode-already-ceased", Broken: !known.Ceased.IsZero(), Reason: "The episode of care has already ceased."})
}

// Review decides on a review. The second is due three months after the first,
// each later one six months after the one before.
func (c Care) Review(r Review, born domain.Date, p policy.Pack) ([]domain.Event, error) {
	clock := policy.LookedAfterSecondReview
	e := Reviewed{Dated: r.Dated, Review: r.Review, Participation: r.Participation}
	if c.ReviewedBefore(e) {
		clock = policy.LookedAfterLaterReview
	}
	e.ReviewBy, _ = p.Due(clock, r.Happened)
	older := aged(born, r.Happened, infant)
	return []domain.Event{e},
		domain.Refuse(
			domain.Rule{Name: "looked-after-review-already-held", Broken: hasReview(c.Reviews, r.Review),
				Reason: "A looked-after review with this id is already on the record."},
			c.inCare(r.Happened),
			domain.Rule{Name: "participation-of-an-infant", Broken: r.Participation == "PN0" && older,
				Reason: "The child was four or over: how the child took part must be said."},
			domain.Rule{Name: "participation-under-four", Broken: r.Participation != "PN0" && !older && !born.IsZero() && !r.Happened.IsZero(),
				Reason: "The child was under four: the participation is PN0."})
}

// NameOfficer decides on the independent reviewing officer.
func (c Care) NameOfficer(n NameOfficer) ([]domain.Event, error) {
	return []domain.Event{OfficerNamed{Dated: n.Dated, Officer: n.Officer}}, domain.Refuse(c.inCare(n.Happened))
}

// PlanEducation decides on a personal education plan.
func (c Care) PlanEducation(e PlanEducation, p policy.Pack) ([]domain.Event, error) {
	by, _ := p.Due(policy.EducationPlanReview, e.Happened)
	known := false
	for _, k := range c.Plans {
		known = known || k.Fact.Plan == e.Plan
	}
	return []domain.Event{EducationPlanned{Dated: e.Dated, Plan: e.Plan, ReviewBy: by}}, domain.Refuse(
		domain.Rule{Name: "education-plan-already-made", Broken: known, Reason: "A personal education plan with this id is already on the record."},
		c.inCare(e.Happened))
}

// Recognise decides on the status of an unaccompanied asylum seeker: it ends
// with the eighteenth birthday at the latest.
func (c Care) Recognise(r Recognise, born domain.Date) ([]domain.Event, error) {
	return []domain.Event{Recognised{Dated: r.Dated, Ceases: r.Ceases}}, domain.Refuse(
		domain.Rule{Name: "asylum-status-past-eighteen", Broken: !born.IsZero() && r.Ceases.After(born.AddMonths(adult)),
			Reason: "The status of an unaccompanied asylum-seeking child ends on the eighteenth birthday at the latest."},
		domain.Rule{Name: "asylum-status-ended-before", Broken: !r.Ceases.IsZero() && r.Ceases.Before(r.Happened),
			Reason: "The status cannot end before it begins."})
}

// KnowPermanence decides on what is known of earlier permanence.
func (c Care) KnowPermanence(k KnowPermanence) ([]domain.Event, error) {
	none := k.Option == "Z1"
	return []domain.Event{PermanenceKnown{Dated: k.Dated, Option: k.Option, Authority: k.ArrangedBy, Ordered: k.Ordered}}, domain.Refuse(
		domain.Rule{Name: "no-permanence-and-an-order", Broken: none && (k.Ordered != "" || k.ArrangedBy != ""),
			Reason: "A child without earlier permanence has neither an order nor an authority that arranged it."})
}

// RecordMotherhood decides on motherhood.
func (c Care) RecordMotherhood(m RecordMotherhood) ([]domain.Event, error) {
	return []domain.Event{MotherhoodRecorded{Dated: m.Dated, Mother: m.Mother, ChildBorn: m.ChildBorn}}, domain.Refuse(
		domain.Rule{Name: "no-mother-and-a-child", Broken: !m.Mother && !m.ChildBorn.IsZero(),
			Reason: "Whoever is no mother has no child with a day of birth."})
}

// AgreeShortBreaks decides on an agreement.
func (c Care) AgreeShortBreaks(a AgreeShortBreaks) ([]domain.Event, error) {
	return []domain.Event{ShortBreaksAgreed{Dated: a.Dated, Agreement: a.Agreement, LegalStatus: a.LegalStatus}}, domain.Refuse(
		domain.Rule{Name: "short-breaks-already-agreed", Broken: !c.agreement(a.Agreement).Agreed.IsZero(),
			Reason: "An agreement with this id is already on the record."})
}

// EndShortBreaks decides on the end of an agreement.
func (c Care) EndShortBreaks(e EndShortBreaks) ([]domain.Event, error) {
	known := c.agreement(e.Agreement)
	return []domain.Event{ShortBreaksEnded{Dated: e.Dated, Agreement: e.Agreement}}, domain.Refuse(
		domain.Rule{Name: "short-breaks-unknown", Broken: known.Agreed.IsZero(), Reason: "No agreement with this id is on the record."},
		domain.Rule{Name: "before-short-breaks", Broken: !known.Agreed.IsZero() && !e.Happened.IsZero() && e.Happened.Before(known.Agreed.Fact.Happened),
			Reason: "The day lies before the agreement."},
		domain.Rule{Name: "short-breaks-already-ended", Broken: !known.Ended.IsZero(), Reason: "The agreement has already ended."})
}

// RestrictLiberty decides on a limit on liberty. Secure accommodation is
// reviewed within a month.
func (c Care) RestrictLiberty(r RestrictLiberty, p policy.Pack) ([]domain.Event, error) {
	e := LibertyRestricted{Dated: r.Dated, Restriction: r.Restriction, Kind: r.Kind, Until: r.Until}
	if r.Kind == "secure-accommodation" {
		e.ReviewBy, _ = p.Due(policy.SecureFirstReview, r.Happened)
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "liberty-already-restricted", Broken: !c.restriction(r.Restriction).Restricted.IsZero(),
			Reason: "A limit on liberty with this id is already on the record."},
		domain.Rule{Name: "liberty-ends-before-it-is-restricted", Broken: !r.Until.IsZero() && r.Until.Before(r.Happened),
			Reason: "The last day allowed lies before the first."})
}

// ReviewLiberty decides on a review of secure accommodation. Where the
// child has to stay, the next one is due three months later.
func (c Care) ReviewLiberty(r ReviewLiberty, p policy.Pack) ([]domain.Event, error) {
	known := c.restriction(r.Restriction)
	e := LibertyReviewed{Dated: r.Dated, Restriction: r.Restriction, Review: r.Review, Outcome: r.Outcome}
	secure, again := known.Restricted.Fact.Kind == "secure-accommodation", false
	if secure && r.Outcome == "criteria-met" {
		e.ReviewBy, _ = p.Due(policy.SecureLaterReview, r.Happened)
	}
	for _, k := range known.Reviews {
		again = again || k.Fact.Review == r.Review
	}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "liberty-restriction-unknown", Broken: known.Restricted.IsZero(), Reason: "No limit on liberty with this id is on the record."},
		domain.Rule{Name: "liberty-already-reviewed", Broken: again, Reason: "A review with this id is already on the record."},
		domain.Rule{Name: "reviewed-liberty-not-secure", Broken: !known.Restricted.IsZero() && !secure,
			Reason: "Only secure accommodation is reviewed by a panel; any other limit on liberty by the court that allowed it."},
		domain.Rule{Name: "before-liberty-restriction", Broken: !known.Restricted.IsZero() && !r.Happened.IsZero() && r.Happened.Before(known.Restricted.Fact.Happened),
			Reason: "The day lies before the limit on liberty."},
		domain.Rule{Name: "liberty-restored-before", Broken: !known.Restored.IsZero() && !r.Happened.IsZero() && r.Happened.After(known.Restored.Fact.Happened),
			Reason: "The limit on liberty ended before that day."})
}

// RestoreLiberty decides on the end of a limit on liberty.
func (c Care) RestoreLiberty(r RestoreLiberty) ([]domain.Event, error) {
	known := c.restriction(r.Restriction)
	return []domain.Event{LibertyRestored{Dated: r.Dated, Restriction: r.Restriction}}, domain.Refuse(
		domain.Rule{Name: "liberty-restriction-unknown", Broken: known.Restricted.IsZero(), Reason: "No limit on liberty with this id is on the record."},
		domain.Rule{Name: "before-liberty-restriction", Broken: !known.Restricted.IsZero() && !r.Happened.IsZero() && r.Happened.Before(known.Restricted.Fact.Happened),
			Reason: "The day lies before the limit on liberty."},
		domain.Rule{Name: "liberty-already-restored", Broken: !known.Restored.IsZero(), Reason: "The limit on liberty has already ended."})
}

// inCare is the rule that the child is looked after on the day. The last day of
// care belongs to it.
func (c Care) inCare(day domain.Date) domain.Rule {
	return domain.Rule{Name: "not-looked-after", Broken: !day.IsZero() && c.In(day).IsZero(),
		Reason: "The child was not looked after on that day."}
}

// In returns the beginning of the period of care of the day, the day on
// which it ended included.
func (c Care) In(day domain.Date) domain.Date {
	if since := c.Since(day); !since.IsZero() {
		return since
	}
	for _, e := range c.Episodes {
		if !e.Began.IsZero() && e.Leaves() && e.Ceased.Fact.Happened == day {
			return c.Start(e)
		}
	}
	return domain.Date{}
}

// ReviewedBefore reports whether another review was held before this one in the
// same period of care.
func (c Care) ReviewedBefore(e Reviewed) bool {
	since, day := c.In(e.Happened), e.Happened
	for _, r := range c.Reviews {
		held := r.Fact.Happened
		if r.Fact.Review != e.Review && !since.IsZero() && !held.Before(since) && held.Before(day) {
			return true
		}
	}
	return false
}

// Settled reports whether the child has been for a year in a long-term foster
// placement.
func (c Care) Settled(day domain.Date) bool {
	kind := c.On(day).Began.Fact.Placement.Type
	since := c.PlacedSince(day)
	return (kind == "U1" || kind == "U4") && !since.IsZero() && !day.Before(since.AddMonths(12))
}

// followed reports whether an episode ended on the first day of another, to be
// continued by it.
func (c Care) followed(b BeginEpisode) bool {
	for _, e := range c.Episodes {
		if e.ID != b.Episode && !e.Ceased.IsZero() && !e.Leaves() && e.Ceased.Fact.Happened == b.Happened {
			return true
		}
	}
	return false
}

func (c Care) otherOn(day domain.Date, except EpisodeID) bool {
	for _, e := range c.Episodes {
		if e.ID != except && e.On(day) {
			return true
		}
	}
	return false
}

// aged reports whether somebody born on a day had reached an age by another.
func aged(born, day domain.Date, months int) bool {
	return !born.IsZero() && !day.IsZero() && !day.Before(born.AddMonths(months))
}

func hasReview(all []domain.Known[Reviewed], id ReviewID) bool {
	for _, k := range all {
		if k.Fact.Review == id {
			return true
		}
	}
	return false
}

func (c Care) agreement(id AgreementID) Agreement {
	for _, a := range c.Agreements {
		if a.ID == id {
			return a
		}
	}
	return Agreement{ID: id}
}

func (c Care) restriction(id RestrictionID) Restriction {
	for _, r := range c.Restrictions {
		if r.ID == id {
			return r
		}
	}
	return Restriction{ID: id}
}
