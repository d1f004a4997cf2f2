package lookedafter

import (
	"caseledger/domain"
	"caseledger/domain/referral"
	"caseledger/domain/visit"
)

// Find returns the episode with the id, or one about which nothing is known.
func (c Care) Find(id EpisodeID) Episode {
	for _, e := range c.Episodes {
		if e.ID == id {
			return e
		}
	}
	return Episode{ID: id}
}

// On returns the episode that the child was in on the day; one about which
// nothing is known where the child was not looked after.
func (c Care) On(day domain.Date) Episode {
	var found Episode
	for _, e := range c.Episodes {
		if e.On(day) {
			found = e
		}
	}
	return found
}

// Current returns the open episode that began last.
func (c Care) Current() Episode {
	var found Episode
	for _, e := range c.Episodes {
		if e.Open() {
			found = e
		}
	}
	return found
}

// OpenUnder reports whether the child is looked after under the referral.
func (c Care) OpenUnder(r referral.ID) bool {
	for _, e := range c.Episodes {
		if r != "" && e.Began.Fact.Referral == r && e.Open() {
			return true
		}
	}
	return false
}

// Since returns the day on which the period of care began that the child was in
// on the day: the earliest of the episodes that follow each other without a
// gap. It is the zero Date where the child was not looked after.
func (c Care) Since(day domain.Date) domain.Date {
	current := c.On(day)
	if current.Began.IsZero() {
		return domain.Date{}
	}
	return c.Start(current)
}

// Start returns the day on which the period of care began of which the episode
// is a part.
func (c Care) Start(e Episode) domain.Date {
	since := e.Began.Fact.Happened
	for range c.Episodes { // each step goes back by an episode at least
		before, found := c.before(since)
		if !found {
			break
		}
		since = before
	}
	return since
}

// before returns the beginning of an episode that another, which began on the
// day, continues. One of which nothing but the end is known has none to go back
// to: what its clocks are counted from is the first beginning that is known.
func (c Care) before(day domain.Date) (domain.Date, bool) {
	for _, e := range c.Episodes {
		ended := !e.Began.IsZero() && !e.Ceased.IsZero() && !e.Leaves() && e.Ceased.Fact.Happened == day
		if ended && e.Began.Fact.Happened.Before(day) && !day.IsZero() {
			return e.Began.Fact.Happened, true
		}
	}
	return domain.Date{}, false
}

// Left returns the end of the period of care of which the episode is a part; the
// zero Known where it goes on.
func (c Care) Left(e Episode) domain.Known[EpisodeCeased] {
	return c.end(e, func(EpisodeBegan) bool { return true })
}

// Moved returns the end of the placement in which the episode began; the zero
// Known where it goes on. A change of legal status alone ends none.
func (c Care) Moved(e Episode) domain.Known[EpisodeCeased] {
	return c.end(e, func(next EpisodeBegan) bool { return !moves(next.Reason) })
}

// end goes from an episode to the one that continues it, as long as that goes on
// with the same thing.
func (c Care) end(e Episode, same func(EpisodeBegan) bool) domain.Known[EpisodeCeased] {
	for range c.Episodes { // no episode is its own successor for ever
		next, found := c.after(e)
		if !found || !same(next.Began.Fact) {
			break
		}
		e = next
	}
	return e.Ceased
}

// after returns the episode that continues another.
func (c Care) after(e Episode) (Episode, bool) {
	day := e.Ceased.Fact.Happened
	for _, next := range c.Episodes {
		if !e.Ceased.IsZero() && !e.Leaves() && !day.IsZero() && next.ID != e.ID && !next.Began.IsZero() && next.Began.Fact.Happened == day {
			return next, true
		}
	}
	return Episode{}, false
}

// First returns the first episode of the period of care that the child was in on
// a day, that of its end included; one about which nothing is known where the
// child was not looked after.
func (c Care) First(day domain.Date) Episode {
	if since := c.In(day); !since.IsZero() {
		return c.first(since)
	}
	return Episode{}
}

// PlacedSince returns the day on which the placement began that the child was
// in on the day: that of the latest episode with a change of placement.
func (c Care) PlacedSince(day domain.Date) domain.Date {
	since := c.Since(day)
	for _, e := range c.Episodes {
		began := e.Began.Fact
		if e.Began.IsZero() || began.Happened.After(day) || began.Happened.Before(since) {
			continue
		}
		if moves(began.Reason) {
			since = began.Happened
		}
	}
	return since
}

// moves reports whether an episode began with a change of placement: all but a
// change of legal status alone.
func moves(reason string) bool { return reason != "L" }

// shortBreaks reports whether a legal status is that of an agreed series of
// short breaks, to which neither reviews nor visits of this kind belong.
func shortBreaks(status string) bool { return status == "V3" || status == "V4" }

// ReviewBy returns the last day in time for the next review of the open period
// of care, as what was recorded last set it; zero where none is due.
func (c Care) ReviewBy() domain.Date {
	since, on := c.open()
	if !on {
		return domain.Date{}
	}
	by := c.first(since).Began.Fact.ReviewBy
	latest := domain.Date{}
	for _, r := range c.Reviews {
		if day := r.Fact.Happened; !day.Before(since) && !day.Before(latest) {
			by, latest = r.Fact.ReviewBy, day
		}
	}
	return by
}

// VisitBy returns the last day in time for the next visit in the open period of
// care. A visit at which the child was not seen puts it off no more than it
// starts a clock.
func (c Care) VisitBy(visits visit.Visits) domain.Date {
	since, on := c.open()
	if !on {
		return domain.Date{}
	}
	var by, latest domain.Date
	for _, e := range c.Episodes {
		began := e.Began.Fact
		if !began.VisitBy.IsZero() && !began.Happened.Before(since) && !began.Happened.Before(latest) {
			by, latest = began.VisitBy, began.Happened
		}
	}
	for _, v := range visits {
		if day := v.Fact.Happened; InCare(v.Fact) && v.Fact.Seen && !day.Before(since) && !day.Before(latest) && !v.Fact.NextBy.IsZero() {
			by, latest = v.Fact.NextBy, day
		}
	}
	return by
}

// open returns the beginning of the period of care that goes on.
func (c Care) open() (domain.Date, bool) {
	current := c.Current()
	if current.Began.IsZero() {
		return domain.Date{}, false
	}
	return c.Start(current), true
}

// first returns the episode that began on the day.
func (c Care) first(day domain.Date) Episode {
	for _, e := range c.Episodes {
		if !e.Began.IsZero() && e.Began.Fact.Happened == day {
			return e
		}
	}
	return Episode{}
}

// LastReview returns the latest review.
func (c Care) LastReview() domain.Known[Reviewed] { return newest(c.Reviews) }

// InCare reports whether a visit was made to the child as one looked after.
func InCare(v visit.Made) bool { return v.Under == visit.LookedAfter }

// LastPlan returns the latest personal education plan.
func (c Care) LastPlan() domain.Known[EducationPlanned] { return newest(c.Plans) }

func newest[E Event](all []domain.Known[E]) domain.Known[E] {
	var last domain.Known[E]
	for _, k := range all {
		if !k.Fact.HappenedOn().Before(last.Fact.HappenedOn()) {
			last = k
		}
	}
	return last
}
