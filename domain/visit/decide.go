package visit

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Make records a visit. Of names the plan, enquiry, assessment or arrangement
// under which the child was visited. Of a child in care it may name the episode,
// of a care leaver nothing.
type Make struct {
	domain.Dated
	Visit     ID       `json:"visit" validate:"required,max=64,printascii"`
	Under     string   `json:"under" validate:"required,oneof=assessment s47-enquiry cin-plan protection-plan private-fostering looked-after care-leaver other"`
	Of        string   `json:"of,omitempty" validate:"omitempty,max=64,printascii"`
	Time      string   `json:"time,omitempty" validate:"omitempty,datetime=15:04"`
	Visitor   string   `json:"visitor" validate:"required,max=100,printascii"`
	Where     string   `json:"where" validate:"required,oneof=home placement school hospital relatives office elsewhere online"`
	Seen      bool     `json:"seen,omitzero"`
	Alone     bool     `json:"alone,omitzero"`
	Bedroom   bool     `json:"bedroom,omitzero"`
	NotSeen   string   `json:"notSeen,omitempty" validate:"omitempty,oneof=not-in refused unborn asleep away other"`
	Announced bool     `json:"announced,omitzero"`
	Present   []string `json:"present,omitempty" validate:"max=50,dive,required,max=200"`
}

// Of says what the record knows of the work under which a child is visited.
type Of struct {
	Known        bool
	Begun, Ended domain.Date
	// Settled says that a looked-after child has been for a year in a placement
	// that is meant to last: the next visit may be three months away instead of
	// six weeks.
	Settled bool
}

// Make decides on a visit. The next one is due by the clock of the work, where
// the nation or the authority has set one; a visit at which the child was not
// seen starts no clock.
func (vs Visits) Make(c Make, of Of, p policy.Pack) ([]domain.Event, error) {
	e := Made{Dated: c.Dated, Visit: c.Visit, Under: c.Under, Of: c.Of, Time: c.Time, Visitor: c.Visitor, Where: c.Where,
		Seen: c.Seen, Alone: c.Alone, Bedroom: c.Bedroom, NotSeen: c.NotSeen, Announced: c.Announced, Present: c.Present}
	if clock := of.clock(c.Under, c.Happened); c.Seen && clock != "" {
		e.NextBy, _ = p.Due(clock, c.Happened)
	}
	return []domain.Event{e}, domain.Refuse(append(of.active(c),
		domain.Rule{Name: "visit-already-recorded", Broken: vs.known(c.Visit), Reason: "A visit with this id is already on the record; correct that entry."},
		domain.Rule{Name: "alone-and-not-seen", Broken: c.Alone && !c.Seen, Reason: "A child who was not seen was not seen alone."},
		domain.Rule{Name: "not-seen-without-reason", Broken: !c.Seen && c.NotSeen == "", Reason: "Where the child was not seen, the record says why."},
		domain.Rule{Name: "seen-and-not-seen", Broken: c.Seen && c.NotSeen != "", Reason: "A child who was seen needs no reason for not being seen."},
		domain.Rule{Name: "bedroom-seen-elsewhere", Broken: c.Bedroom && c.Where != "home" && c.Where != "placement" && c.Where != "relatives",
			Reason: "Where the child sleeps is seen at home, in a placement or at relatives."})...)
}

func (vs Visits) known(id ID) bool {
	return slices.ContainsFunc(vs, func(v domain.Known[Made]) bool { return v.Fact.Visit == id })
}

func (o Of) active(c Make) []domain.Rule {
	free := c.Under == Other
	return []domain.Rule{
		{Name: "visited-work-unknown", Broken: !free && !o.Known, Reason: "The plan, enquiry, assessment, arrangement or care under which the child was visited is not on the record."},
		{Name: "visited-before-work", Broken: o.Known && !c.Happened.IsZero() && c.Happened.Before(o.Begun),
			Reason: "The day lies before the start of the work under which the child was visited."},
		{Name: "visited-after-work", Broken: o.Known && !o.Ended.IsZero() && c.Happened.After(o.Ended),
			Reason: "The work under which the child was visited ended before that day."},
	}
}

// clock names the clock of the next visit.
func (o Of) clock(under string, day domain.Date) policy.Clock {
	switch under {
	case Protection:
		return policy.ProtectionVisit
	case InNeed:
		return policy.InNeedVisit
	case PrivateFostering:
		if !o.Begun.IsZero() && !day.Before(o.Begun.AddMonths(12)) {
			return policy.PrivateFosteringSettledVisit
		}
		return policy.PrivateFosteringVisit
	case LookedAfter:
		if o.Settled {
			return policy.SettledPlacementVisit
		}
		return policy.LookedAfterVisit
	case CareLeaver:
		return policy.CareLeaverVisit
	}
	return ""
}
