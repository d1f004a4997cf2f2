package projections

import (
	"cmp"
	"slices"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/enquiry"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/incident"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/oversight"
	"caseledger/domain/policy"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"

	"caseledger/domain/capacity"
	"caseledger/domain/discharge"
	"caseledger/domain/disclosure"
	"caseledger/domain/needs"
	"caseledger/domain/safeguarding"
	"caseledger/domain/subjectaccess"
	"caseledger/domain/support"
	"caseledger/domain/transition"
)

// Clocks that a plan or a manager sets, and no rule.
const (
	PlanAction   = "plan-action"
	InNeedAction = "cin-action"
	AdultAction  = "safeguarding-action"
	Oversight    = "oversight-decision" // a manager's decision that is to be carried out

	TransitionAssessment = "transition-assessment"
	ComingOfAge          = "coming-of-age" // the eighteenth birthday
)

// movesClocks reports whether an entry can start or stop a clock, or say who
// has to see to it.
func movesClocks(e domain.Entry) bool {
	switch e.Event.(type) {
	case referral.Event, contact.Event, assessment.Event, enquiry.Event, cinplan.Event, protection.Event, conference.Event, visit.Event,
		privatefostering.Event, transfer.Event, incident.Event, temporary.Event, allocation.Event, oversight.Event:
		return true
	case lookedafter.Event, health.Event, missing.Event, careleaver.Event, legal.Event, identity.Born, identity.Died:
		return true
	case needs.Event, support.Event, safeguarding.Event, transition.Event, capacity.Event, discharge.Event, subjectaccess.Event, disclosure.Requested, disclosure.Decided:
		return true
	}
	return target(e) != 0
}

// moment is a day with the entry that speaks of it.
type moment struct {
	day   domain.Date
	entry uint64
}

func at[E domain.Event](k domain.Known[E]) moment { return moment{k.Fact.HappenedOn(), k.Entry} }

func (m moment) after(other moment) bool {
	return cmp.Or(m.day.Compare(other.day), cmp.Compare(m.entry, other.entry)) > 0
}

// run is a clock that started: what was due by which day.
type run struct {
	from moment
	due  domain.Date
}

// clocks collects the clocks of one record.
type clocks struct{ rows []ClockRow }

// add adds a clock that one thing ends; a zero moment is a thing that did not
// happen. A clock without a day by which it ends is none.
func (c *clocks) add(clock, work string, from moment, due domain.Date, done, stopped moment) {
	if from.entry == 0 || due.IsZero() {
		return
	}
	row := ClockRow{Clock: clock, Work: work, Start: from.entry, Started: from.day, Due: due, Entries: []uint64{from.entry, done.entry}}
	switch {
	case done.entry != 0:
		row.Done, row.IsDone = done.day, true
	case stopped.entry != 0:
		row.Stopped, row.IsStopped, row.Entries = stopped.day, true, append(row.Entries, stopped.entry)
	}
	c.rows = append(c.rows, row)
}

// chain adds clocks each of which is ended by the next thing done after it
// started.
func (c *clocks) chain(clock, work string, runs []run, done []moment, stopped moment) {
	for _, r := range runs {
		var next moment
		for _, d := range done {
			if d.after(r.from) && (next.entry == 0 || next.after(d)) {
				next = d
			}
		}
		c.add(clock, work, r.from, r.due, next, stopped)
	}
}

// clockRows returns the time limits that ran or run on a record.
func clockRows(id domain.RecordID, r record.Record) []ClockRow {
	var c clocks
	c.frontDoor(r)
	c.enquiries(r)
	for _, p := range r.CINPlans {
		c.inNeed(r, p)
	}
	for _, p := range r.Protection {
		c.protection(r, p)
	}
	c.others(r)
	c.care(r)
	c.leaver(r)
	c.court(r)
	c.oversights(r)
	c.adults(r)
	c.access(r)
	lead := leadOf(r)
	for i := range c.rows {
		row := &c.rows[i]
		row.Record, row.Worker, row.Team = id, lead.worker, lead.team
		row.Entries = entries(append(row.Entries, lead.entry)...)
	}
	return c.rows
}

func (c *clocks) frontDoor(r record.Record) {
	for _, k := range r.Contacts.All {
		c.add(string(policy.ContactDecision), string(k.ID), at(k.Received), k.Received.Fact.DecideBy, at(k.Decided), moment{})
	}
	for _, f := range r.Referrals {
		decided := at(f.Decided)
		if f.Decided.IsZero() {
			decided = at(f.NotTakenFurther)
		}
		c.add(string(policy.ReferralDecision), string(f.ID), at(f.Received), f.Received.Fact.DecideBy, decided, at(f.Closed))
	}
	for _, a := range r.Assessments {
		c.add(string(policy.Assessment), string(a.ID), at(a.Started), a.Started.Fact.CompleteBy, at(a.Completed), at(r.Referrals.Find(a.Started.Fact.Referral).Closed))
	}
}

func (c *clocks) enquiries(r record.Record) {
	held := moments(r.Enquiries.Conferences)
	for _, q := range r.Enquiries.All {
		done := at(q.Conference)
		if q.Conference.IsZero() {
			done = at(q.NotRequired)
		}
		before := len(c.rows)
		c.add(string(policy.InitialConference), string(q.ID), at(q.Started), q.Started.Fact.ConferenceBy, done, moment{})
		if d := r.Conferences.DelayOf(q.ID); !d.IsZero() && len(c.rows) > before {
			row := &c.rows[before]
			row.Allowed, row.Entries = d.Fact.Until, append(row.Entries, d.Entry)
		}
	}
	for _, one := range r.Conferences.All {
		c.add(string(policy.ConferenceRecord), string(one.ID), at(one.Minuted), one.Minuted.Fact.CirculateBy, at(one.Circulated), moment{})
		again := held
		if one.Adjourned.Fact.Kind == "review" {
			again = reviewsOf(r)
		}
		c.chain(string(policy.InquorateConference), string(one.ID), []run{{at(one.Adjourned), one.Adjourned.Fact.ReconveneBy}}, again, moment{})
	}
}

func reviewsOf(r record.Record) []moment {
	var all []moment
	for _, p := range r.Protection {
		all = append(all, moments(p.Reviews)...)
	}
	return all
}

func (c *clocks) inNeed(r record.Record, p cinplan.Plan) {
	runs := []run{{at(p.Agreed), p.Agreed.Fact.ReviewBy}}
	for _, m := range p.Minuted {
		runs = append(runs, run{at(m), m.Fact.NextBy})
	}
	c.chain(string(policy.InNeedReview), string(p.ID), runs, moments(p.Reviews), at(p.Ended))
	for _, a := range p.Agreed.Fact.Actions {
		c.add(InNeedAction, string(p.ID)+"/"+a.ID, at(p.Agreed), a.By, closedAction(p, a.ID), at(p.Ended))
	}
	c.visits(r, always(policy.InNeedVisit), visit.InNeed, string(p.ID), at(p.Ended))
}

func closedAction(p cinplan.Plan, id string) moment {
	i := slices.IndexFunc(p.Closed, func(a domain.Known[cinplan.ActionClosed]) bool { return a.Fact.Action == id })
	if i < 0 {
		return moment{}
	}
	return at(p.Closed[i])
}

func (c *clocks) protection(r record.Record, p protection.Plan) {
	registered, ended := at(p.Registered), at(p.Ended)
	groups, reviews := moments(p.CoreGroups), moments(p.Reviews)
	var laterGroups, laterReviews []run
	for _, g := range p.CoreGroups {
		laterGroups = append(laterGroups, run{at(g), g.Fact.NextBy})
	}
	for _, v := range p.Reviews {
		laterReviews = append(laterReviews, run{at(v), v.Fact.ReviewBy})
	}
	plan := string(p.ID)
	c.chain(string(policy.CoreGroup), plan, []run{{registered, p.Registered.Fact.CoreGroupBy}}, groups, ended)
	c.chain(string(policy.LaterCoreGroup), plan, laterGroups, groups, ended)
	c.chain(string(policy.FirstReview), plan, []run{{registered, p.Registered.Fact.ReviewBy}}, reviews, ended)
	c.chain(string(policy.LaterReview), plan, laterReviews, reviews, ended)
	for _, a := range p.Actions {
		c.add(PlanAction, plan+"/"+a.ID, at(a.Set), a.Set.Fact.By, at(a.Closed), ended)
	}
	for _, s := range p.Changes {
		c.add(string(policy.SignificantChange), plan+"/"+s.ID, at(s.Found), s.Found.Fact.ReportBy, at(s.Reported), ended)
	}
	c.visits(r, always(policy.ProtectionVisit), visit.Protection, plan, ended)
}

// visits adds the clocks of visits under a piece of work: only a visit at which
// the child was seen ends one, and starts the next. Which clock it is can depend
// on the day of the visit.
func (c *clocks) visits(r record.Record, clock func(domain.Date) policy.Clock, under, of string, stopped moment) {
	seen := seenUnder(r, under, of)
	for _, v := range seen {
		c.chain(string(clock(v.Fact.Happened)), of, []run{{at(v), v.Fact.NextBy}}, moments(seen), stopped)
	}
}

func always(clock policy.Clock) func(domain.Date) policy.Clock {
	return func(domain.Date) policy.Clock { return clock }
}

// seenUnder are the visits under a piece of work at which the child was seen.
func seenUnder(r record.Record, under, of string) []domain.Known[visit.Made] {
	return seenWhere(r, visit.Work(under, of))
}

// seenWhere are the visits of which is holds and at which the child was seen.
func seenWhere(r record.Record, is func(visit.Made) bool) []domain.Known[visit.Made] {
	var all []domain.Known[visit.Made]
	for _, v := range r.Visits {
		if v.Fact.Seen && is(v.Fact) {
			all = append(all, v)
		}
	}
	return all
}

func moments[E domain.Event](all []domain.Known[E]) []moment {
	list := make([]moment, len(all))
	for i, k := range all {
		list[i] = at(k)
	}
	return list
}

func (c *clocks) others(r record.Record) {
	for _, a := range r.PrivateFostering {
		seen := moments(seenUnder(r, visit.PrivateFostering, string(a.ID)))
		c.chain(string(policy.PrivateFosteringFirstVisit), string(a.ID), []run{{at(a.Notified), a.Notified.Fact.VisitBy}}, seen, at(a.Ended))
		settled := a.Notified.Fact.Happened.AddMonths(12)
		c.visits(r, func(day domain.Date) policy.Clock {
			if day.Before(settled) {
				return policy.PrivateFosteringVisit
			}
			return policy.PrivateFosteringSettledVisit
		}, visit.PrivateFostering, string(a.ID), at(a.Ended))
	}
	for _, t := range r.Temporary {
		c.add(string(policy.TransferConference), string(t.ID), at(t.Entered), t.Entered.Fact.ConferenceBy, at(t.Ended), moment{})
	}
	for _, t := range r.Transfers {
		if registered := r.Temporary.Find(temporary.ID(t.ID)); t.Notified.Fact.Direction == transfer.In && registered.Entered.IsZero() {
			c.add(string(policy.TransferConference), string(t.ID), at(t.Notified), t.Notified.Fact.ConferenceBy, at(t.TakenOver), at(t.Declined))
		}
	}
	for _, d := range r.Disclosures.All {
		c.add("disclosure-"+d.Requested.Fact.Protocol, string(d.ID), at(d.Requested), d.Requested.Fact.AnswerBy, at(d.Decided), moment{})
	}
	for _, i := range r.Incidents {
		c.add(string(policy.SeriousIncidentNotification), string(i.ID), at(i.Learned), i.Learned.Fact.NotifyBy, at(i.Notified), moment{})
		c.add(string(policy.RapidReview), string(i.ID), at(i.Learned), i.Learned.Fact.ReviewBy, at(i.Reviewed), moment{})
	}
}

func (c *clocks) oversights(r record.Record) {
	for _, o := range r.Oversights {
		for _, d := range o.Recorded.Fact.Decisions {
			c.add(Oversight, string(o.ID)+"/"+d.ID, at(o.Recorded), d.By, at(o.Outcome(d.ID)), moment{})
		}
	}
}

func compareClocks(a, b ClockRow) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Record, b.Record), cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.Work, b.Work), cmp.Compare(a.Start, b.Start))
}
