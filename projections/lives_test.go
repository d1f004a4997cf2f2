package projections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/batch"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/family"
	"caseledger/domain/group"
	"caseledger/domain/identity"
	"caseledger/domain/incident"
	"caseledger/domain/lookedafter"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/register"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/visit"
	"caseledger/projections"
	"caseledger/schema"
)

// A naive life is what the entries in force say, in the order of the world. It
// is asked by going through all of them, each time anew.
type naiveLife []domain.Entry

// naiveLast returns the last entry of a kind of which is holds, and its event.
func naiveLast[E domain.Event](told naiveLife, is func(E) bool) (found E, entry uint64) {
	for _, e := range told {
		if ev, ok := e.Event.(E); ok && is(ev) {
			found, entry = ev, e.Seq
		}
	}
	return found, entry
}

// naiveEver reports whether an entry of a kind stands for which is holds.
func naiveEver[E domain.Event](told naiveLife, is func(E) bool) bool {
	_, entry := naiveLast(told, is)
	return entry != 0
}

// naiveIDs are what the entries name, in the order in which they are first named.
func naiveIDs(told naiveLife, ids func(domain.Event) []string) []string {
	var all []string
	for _, e := range told {
		for _, id := range ids(e.Event) {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

func (told naiveLife) allocations() []string {
	return naiveIDs(told, func(e domain.Event) []string {
		switch e := e.(type) {
		case allocation.Allocated:
			return []string{string(e.Allocation)}
		case allocation.Ended:
			return []string{string(e.Allocation)}
		case allocation.HandedOver:
			return []string{string(e.From), string(e.Allocation)}
		}
		return nil
	})
}

// held tells who got an allocation, and whether it goes on.
func (told naiveLife) held(id string) (worker, role string, got, open bool) {
	ended := false
	for _, e := range told {
		switch e := e.Event.(type) {
		case allocation.Allocated:
			if string(e.Allocation) == id {
				worker, role, got = e.Worker, e.Role, true
			}
		case allocation.Ended:
			ended = ended || string(e.Allocation) == id
		case allocation.HandedOver:
			if string(e.Allocation) == id {
				worker, role, got = e.Worker, e.Role, true
			}
			ended = ended || string(e.From) == id
		}
	}
	return worker, role, got, got && !ended
}

func (told naiveLife) lead() (worker string) {
	held := false
	for _, id := range told.allocations() {
		if w, role, _, open := told.held(id); open && role == "lead" {
			worker, held = w, true
		}
	}
	if adviser, entry := naiveLast(told, func(careleaver.AdviserNamed) bool { return true }); !held && entry != 0 && told.leaver() {
		return adviser.Adviser
	}
	return worker
}

// leaver reports whether help is owed to a care leaver: something is known, and
// since the person was last entitled it has not ended.
func (told naiveLife) leaver() bool {
	known, ended := false, false
	for _, e := range told {
		switch e.Event.(type) {
		case careleaver.Entitled:
			known, ended = true, false
		case careleaver.Planned, careleaver.Contacted:
			known = true
		case careleaver.Ended:
			ended = true
		}
	}
	return known && !ended
}

// work tells what of a kind is begun under which referral, and whether it goes on.
type naiveWork struct {
	kind, id, referral string
	opened, due        domain.Date
	begun, open        bool
}

func (told naiveLife) work() []naiveWork {
	var all []naiveWork
	for _, id := range []string{"p1", "p2", "p3"} {
		if a, entry := naiveLast(told, func(e assessment.Started) bool { return string(e.Assessment) == id }); entry != 0 {
			over := naiveEver(told, func(e assessment.Completed) bool { return string(e.Assessment) == id })
			all = append(all, naiveWork{projections.WorkAssessment, id, string(a.Referral), a.Happened, a.CompleteBy, true, !over})
		}
		if q, entry := naiveLast(told, func(e enquiry.Started) bool { return string(e.Enquiry) == id }); entry != 0 {
			over := naiveEver(told, func(e enquiry.ConferenceHeld) bool { return string(e.Enquiry) == id })
			all = append(all, naiveWork{projections.WorkEnquiry, id, string(q.Referral), q.Happened, q.ConferenceBy, true, !over})
		}
		if p, entry := naiveLast(told, func(e cinplan.Started) bool { return string(e.Plan) == id }); entry != 0 {
			over := naiveEver(told, func(e cinplan.Ended) bool { return string(e.Plan) == id })
			all = append(all, naiveWork{projections.WorkCINPlan, id, string(p.Referral), p.Happened, domain.Date{}, true, !over})
		}
		if p, entry := naiveLast(told, func(e protection.Registered) bool { return string(e.Plan) == id }); entry != 0 {
			over := naiveEver(told, func(e protection.Ended) bool { return string(e.Plan) == id })
			all = append(all, naiveWork{projections.WorkProtection, id, string(p.Referral), p.Happened, domain.Date{}, true, !over})
		}
		if b, entry := naiveLast(told, func(e lookedafter.EpisodeBegan) bool { return string(e.Episode) == id }); entry != 0 {
			over := naiveEver(told, func(e lookedafter.EpisodeCeased) bool { return string(e.Episode) == id })
			all = append(all, naiveWork{projections.WorkCare, id, string(b.Referral), b.Happened, domain.Date{}, true, !over})
		}
		if c, entry := naiveLast(told, func(e enquiry.ConferenceHeld) bool { return string(e.Conference) == id }); entry != 0 {
			all = append(all, naiveWork{"conference", id, string(c.Referral), c.Happened, domain.Date{}, true, false})
		}
	}
	return all
}

// caseOf tells how the case of a referral stands.
func (told naiveLife) caseOf(id string) (received referral.Received, known, decided, turnedDown, closed, worked, goesOn bool) {
	received, entry := naiveLast(told, func(e referral.Received) bool { return string(e.Referral) == id })
	decided = naiveEver(told, func(e referral.Decided) bool { return string(e.Referral) == id })
	turnedDown = naiveEver(told, func(e referral.NotTakenFurther) bool { return string(e.Referral) == id })
	closed = naiveEver(told, func(e referral.Closed) bool { return string(e.Referral) == id })
	for _, w := range told.work() {
		worked, goesOn = worked || w.referral == id, goesOn || w.referral == id && w.open
	}
	return received, entry != 0, decided, turnedDown, closed, worked, goesOn
}

// openCases are the referrals whose case is open.
func (told naiveLife) openCases() []string {
	var all []string
	for _, id := range []string{"r1", "r2"} {
		if _, known, _, turnedDown, closed, worked, _ := told.caseOf(id); known && !closed && (!turnedDown || worked) {
			all = append(all, id)
		}
	}
	return all
}

func (told naiveLife) person() []string {
	name, _ := naiveLast(told, func(e identity.Named) bool { return true })
	number, _ := naiveLast(told, func(e identity.Identified) bool { return true })
	born, _ := naiveLast(told, func(e identity.Born) bool { return true })
	return []string{fmt.Sprintf("%s %s %s %s", name.Given, name.Family, number.Value, born.Happened)}
}

func (told naiveLife) identifiers() []string {
	latest, _ := naiveLast(told, func(identity.Identified) bool { return true })
	var all []string
	for _, value := range naiveIDs(told, func(e domain.Event) []string {
		if e, ok := e.(identity.Identified); ok {
			return []string{e.Value}
		}
		return nil
	}) {
		claim, entry := naiveLast(told, func(e identity.Identified) bool { return e.Value == value })
		all = append(all, fmt.Sprintf("%s since %s latest %t entry %d", value, claim.Happened, value == latest.Value, entry))
	}
	return all
}

func (told naiveLife) allocationRows() []string {
	var all []string
	for _, id := range told.allocations() {
		if worker, role, got, open := told.held(id); got {
			all = append(all, fmt.Sprintf("%s %s %s open %t", id, worker, role, open))
		}
	}
	return all
}

func (told naiveLife) visits() []string {
	var all []string
	for _, e := range told {
		switch v := e.Event.(type) {
		case visit.Made:
			all = append(all, fmt.Sprintf("%d %s %s seen %t alone %t", e.Seq, v.Happened, v.Under, v.Seen, v.Seen && v.Alone))
		case visit.MadeInCare:
			all = append(all, fmt.Sprintf("%d %s looked-after seen %t alone %t", e.Seq, v.Happened, v.Seen, v.Seen && v.SeenAlone))
		}
	}
	return all
}

func (told naiveLife) plan() string {
	open := map[string]bool{}
	for _, w := range told.work() {
		open[w.kind] = open[w.kind] || w.open
	}
	for _, id := range []string{"m0", "m1", "m2", "m3"} {
		open["temporary-registration"] = open["temporary-registration"] || naiveEver(told, func(e temporary.Entered) bool { return string(e.Registration) == id }) &&
			!naiveEver(told, func(e temporary.Ended) bool { return string(e.Registration) == id })
	}
	open["care-leaver"] = told.leaver()
	for _, kind := range []string{"protection-plan", "temporary-registration", "looked-after", "cin-plan", "care-leaver"} {
		if open[kind] {
			return kind
		}
	}
	return "none"
}

func (told naiveLife) sights() []string {
	plan := told.plan()
	if plan == "none" && len(told.openCases()) == 0 {
		return nil
	}
	var seen, alone domain.Date
	for _, e := range told {
		day, was, by := naiveSeen(e.Event)
		if was {
			seen = day
		}
		if was && by {
			alone = day
		}
	}
	return []string{fmt.Sprintf("%s worker %s seen %s alone %s", plan, told.lead(), seen, alone)}
}

func (told naiveLife) restrictions() []string {
	var all []string
	for _, id := range []string{"p1", "p2", "p3"} {
		if b, entry := naiveLast(told, func(e restriction.BarrierSet) bool { return string(e.Restriction) == id }); entry != 0 {
			lifted := naiveEver(told, func(e restriction.Lifted) bool { return string(e.Restriction) == id })
			all = append(all, fmt.Sprintf("%s barrier %s from %s open %t", id, b.Worker, b.Happened, !lifted))
		}
	}
	return all
}

func (told naiveLife) relations() []string {
	var all []string
	for _, id := range []string{"p1", "p2", "p3"} {
		if r, entry := naiveLast(told, func(e family.Related) bool { return string(e.Relation) == id }); entry != 0 {
			all = append(all, fmt.Sprintf("%s %s %s from %s", id, r.Kind, r.Record, r.Happened))
		}
	}
	return all
}

// households counts the stays in each household: a stay ends with a departure,
// and whoever comes again before that has not come anew.
func (told naiveLife) households() []string {
	var all []string
	for _, id := range []string{"p1", "p2", "p3"} {
		stays, in := 0, false
		for _, e := range told {
			switch e := e.Event.(type) {
			case family.HouseholdJoined:
				if string(e.Household) == id && !in {
					stays, in = stays+1, true
				}
			case family.HouseholdLeft:
				if string(e.Household) == id {
					if !in {
						stays++ // a departure of which nobody knows the arrival
					}
					in = false
				}
			}
		}
		if stays > 0 {
			all = append(all, fmt.Sprintf("%s %d stays, there %t", id, stays, in))
		}
	}
	return all
}

func (told naiveLife) episodes() []string {
	var all []string
	for _, id := range []string{"r1", "r2"} {
		received, known, decided, turnedDown, closed, worked, goesOn := told.caseOf(id)
		if known || decided || turnedDown || closed || worked {
			all = append(all, fmt.Sprintf("%s received %s closed %t turned down %t work %t open %t contradictory %t", id, received.Happened, closed, turnedDown, worked, goesOn,
				worked && (turnedDown || !known) || goesOn && closed))
		}
	}
	return all
}

func (told naiveLife) caseload() []string {
	var all []string
	lead := told.lead()
	add := func(kind, work string, due domain.Date, contradictory bool) {
		all = append(all, fmt.Sprintf("%s %s due %s worker %s contradictory %t", kind, work, due, lead, contradictory))
	}
	standing := func(ref string) bool {
		_, known, _, turnedDown, closed, _, _ := told.caseOf(ref)
		return known && !turnedDown && !closed
	}
	for _, ref := range told.openCases() {
		if received, _, decided, turnedDown, _, worked, _ := told.caseOf(ref); !decided && !worked {
			add(projections.WorkDecision, ref, received.DecideBy, turnedDown)
		} else {
			add(projections.WorkCase, ref, domain.Date{}, turnedDown)
		}
	}
	for _, w := range told.work() {
		if w.open && w.kind != projections.WorkCare {
			add(w.kind, w.id, w.due, !standing(w.referral))
		}
		if by := told.reviewBy(w.id); w.open && w.kind == projections.WorkProtection && !by.IsZero() {
			add(projections.WorkReview, w.id, by, !standing(w.referral))
		}
	}
	if c := naiveCareOf(told); c != nil {
		add(projections.WorkCare, string(c.current.Episode), domain.Date{}, !standing(string(c.current.Referral)))
		if !c.reviewBy.IsZero() {
			add(projections.WorkCareReview, string(c.current.Episode), c.reviewBy, !standing(string(c.current.Referral)))
		}
		if !c.visitBy.IsZero() {
			add(projections.WorkCareVisit, string(c.current.Episode), c.visitBy, !standing(string(c.current.Referral)))
		}
	}
	if told.leaver() {
		add(projections.WorkLeaver, projections.WorkLeaver, domain.Date{}, false)
		if by := told.pathwayBy(); !by.IsZero() {
			add(projections.WorkPathway, projections.WorkLeaver, by, false)
		}
		if by := told.inTouchBy(); !by.IsZero() {
			add(projections.WorkInTouch, projections.WorkLeaver, by, false)
		}
	}
	return all
}

// reviewBy is the day that the latest conference on a plan set.
func (told naiveLife) reviewBy(plan string) domain.Date {
	p, _ := naiveLast(told, func(e protection.Registered) bool { return string(e.Plan) == plan })
	by, latest := p.ReviewBy, domain.Date{}
	for _, id := range told.reviewsOf(plan) {
		if r, _ := naiveLast(told, func(e protection.Reviewed) bool { return string(e.Plan) == plan && string(e.Review) == id }); !r.Happened.Before(latest) {
			by, latest = r.ReviewBy, r.Happened
		}
	}
	return by
}

func (told naiveLife) reviewsOf(plan string) []string {
	return naiveIDs(told, func(e domain.Event) []string {
		if e, ok := e.(protection.Reviewed); ok && string(e.Plan) == plan {
			return []string{string(e.Review)}
		}
		return nil
	})
}

func (told naiveLife) pathwayBy() (by domain.Date) {
	var latest domain.Date
	for _, id := range naiveIDs(told, func(e domain.Event) []string {
		if e, ok := e.(careleaver.Planned); ok {
			return []string{string(e.Plan)}
		}
		return nil
	}) {
		if p, _ := naiveLast(told, func(e careleaver.Planned) bool { return string(e.Plan) == id }); !p.Happened.Before(latest) {
			by, latest = p.ReviewBy, p.Happened
		}
	}
	return by
}

func (told naiveLife) inTouchBy() (by domain.Date) {
	var latest domain.Date
	for _, id := range naiveIDs(told, func(e domain.Event) []string {
		if e, ok := e.(careleaver.Contacted); ok {
			return []string{string(e.Contact)}
		}
		return nil
	}) {
		if c, _ := naiveLast(told, func(e careleaver.Contacted) bool { return string(e.Contact) == id }); !c.Happened.Before(latest) {
			by, latest = c.VisitBy, c.Happened
		}
	}
	return by
}

// clocks tells those that one thing starts and one thing ends, and the chain of
// visits and reviews under a protection plan.
func (told naiveLife) clocks() []string {
	var all []string
	add := func(clock, work string, due domain.Date, done, stopped uint64) {
		state := "runs"
		if done != 0 {
			state = fmt.Sprintf("done on %s", told.entry(done).Event.HappenedOn())
		} else if stopped != 0 {
			state = fmt.Sprintf("stopped on %s", told.entry(stopped).Event.HappenedOn())
		}
		if !due.IsZero() {
			all = append(all, fmt.Sprintf("%s %s due %s %s", clock, work, due, state))
		}
	}
	for _, id := range []string{"r1", "r2"} {
		received, entry := naiveLast(told, func(e referral.Received) bool { return string(e.Referral) == id })
		_, done := naiveLast(told, func(e referral.Decided) bool { return string(e.Referral) == id })
		if done == 0 {
			_, done = naiveLast(told, func(e referral.NotTakenFurther) bool { return string(e.Referral) == id })
		}
		_, stopped := naiveLast(told, func(e referral.Closed) bool { return string(e.Referral) == id })
		if entry != 0 {
			add("referral-decision", id, received.DecideBy, done, stopped)
		}
	}
	for _, id := range []string{"p1", "p2", "p3"} {
		if a, entry := naiveLast(told, func(e assessment.Started) bool { return string(e.Assessment) == id }); entry != 0 {
			_, done := naiveLast(told, func(e assessment.Completed) bool { return string(e.Assessment) == id })
			_, stopped := naiveLast(told, func(e referral.Closed) bool { return e.Referral == a.Referral })
			add("assessment", id, a.CompleteBy, done, stopped)
		}
		if q, entry := naiveLast(told, func(e enquiry.Started) bool { return string(e.Enquiry) == id }); entry != 0 {
			_, done := naiveLast(told, func(e enquiry.ConferenceHeld) bool { return string(e.Enquiry) == id })
			add("initial-conference", id, q.ConferenceBy, done, 0)
		}
		if i, entry := naiveLast(told, func(e incident.Learned) bool { return string(e.Incident) == id }); entry != 0 {
			_, done := naiveLast(told, func(e incident.Notified) bool { return string(e.Incident) == id })
			add("serious-incident-notification", id, i.NotifyBy, done, 0)
			add("rapid-review", id, i.ReviewBy, 0, 0)
		}
		_, stopped := naiveLast(told, func(e protection.Ended) bool { return string(e.Plan) == id })
		var reviews, seen []domain.Entry
		for _, review := range told.reviewsOf(id) {
			_, entry := naiveLast(told, func(e protection.Reviewed) bool { return string(e.Plan) == id && string(e.Review) == review })
			reviews = append(reviews, told.entry(entry))
		}
		named := naiveEver(told, func(e protection.Event) bool { return strings.HasPrefix(e.About()+"/", "protection-plan/"+id+"/") })
		for _, e := range told { // visits under a plan of which nothing else speaks start no clock
			if v, ok := e.Event.(visit.Made); ok && named && v.Seen && v.Under == visit.Protection && v.Of == id {
				seen = append(seen, e)
			}
		}
		if p, entry := naiveLast(told, func(e protection.Registered) bool { return string(e.Plan) == id }); entry != 0 {
			add("first-review", id, p.ReviewBy, naiveNext(reviews, told.entry(entry)), stopped)
		}
		for _, r := range reviews {
			add("later-review", id, r.Event.(protection.Reviewed).ReviewBy, naiveNext(reviews, r), stopped)
		}
		for _, v := range seen {
			add("protection-visit", id, v.Event.(visit.Made).NextBy, naiveNext(seen, v), stopped)
		}
	}
	return all
}

func (told naiveLife) entry(seq uint64) domain.Entry {
	return told[slices.IndexFunc(told, func(e domain.Entry) bool { return e.Seq == seq })]
}

// naiveNext is the number of the first of some entries after another.
func naiveNext(all []domain.Entry, from domain.Entry) uint64 {
	var next domain.Entry
	for _, e := range all {
		if naiveAfter(e, from) && (next.Seq == 0 || naiveAfter(next, e)) {
			next = e
		}
	}
	return next.Seq
}

func (told naiveLife) links() []string {
	var all []string
	for _, id := range []string{"p1", "p2", "p3"} {
		if p, entry := naiveLast(told, func(e adoption.IdentityParted) bool { return string(e.Adoption) == id }); entry != 0 {
			all = append(all, fmt.Sprintf("%s %s since %s", id, p.Successor, p.Happened))
		}
	}
	return all
}

// naiveClocks are those that naiveLife.clocks tells.
var naiveClocks = []string{"referral-decision", "assessment", "initial-conference", "serious-incident-notification", "rapid-review", "first-review", "later-review", "protection-visit"}

// texts tells the rows of every table as the naive life tells them.
func texts(rows projections.Tables) map[string][]string {
	all := map[string][]string{}
	add := func(table, format string, args ...any) {
		all[table] = append(all[table], fmt.Sprintf(format, args...))
	}
	for _, r := range rows.Person {
		add("person", "%s %s %s %s", r.Given, r.Family, r.LAChildID, r.Born)
	}
	for _, r := range rows.Identifier {
		add("identifier", "%s since %s latest %t entry %d", r.Value, r.Since, r.Latest, r.Entry)
	}
	for _, r := range rows.Allocation {
		add("allocation", "%s %s %s open %t", r.Allocation, r.Worker, r.Role, r.Open)
	}
	for _, r := range rows.Visit {
		add("visit", "%d %s %s seen %t alone %t", r.Entry, r.Day, r.Under, r.Seen, r.Alone)
	}
	for _, r := range rows.Sight {
		add("sight", "%s worker %s seen %s alone %s", r.Plan, r.Worker, r.Seen, r.Alone)
	}
	for _, r := range rows.Restriction {
		add("restriction", "%s %s %s from %s open %t", r.Restriction, r.Kind, strings.Join(r.People, " "), r.From, r.Open)
	}
	for _, r := range rows.Relation {
		add("relation", "%s %s %s from %s", r.Relation, r.Kind, r.Other, r.From)
	}
	for _, id := range []family.HouseholdID{"p1", "p2", "p3"} {
		stays, in := 0, false
		for _, r := range rows.Household {
			if r.Household == id {
				stays, in = stays+1, in || r.Open
			}
		}
		if stays > 0 {
			add("household", "%s %d stays, there %t", id, stays, in)
		}
	}
	for _, r := range rows.Episode {
		add("episode", "%s received %s closed %t turned down %t work %t open %t contradictory %t", r.Referral, r.Received, r.IsClosed, r.TurnedDown, r.WorkUnder, r.OpenWork, r.Contradictory)
	}
	for _, r := range rows.Caseload {
		add("caseload", "%s %s due %s worker %s contradictory %t", r.Kind, r.Work, r.Due, r.Worker, r.Contradictory)
	}
	for _, r := range rows.Clock {
		state := "runs"
		if r.IsDone {
			state = fmt.Sprintf("done on %s", r.Done)
		} else if r.IsStopped {
			state = fmt.Sprintf("stopped on %s", r.Stopped)
		}
		if slices.Contains(naiveClocks, r.Clock) {
			add("clock", "%s %s due %s %s", r.Clock, r.Work, r.Due, state)
		}
	}
	for _, r := range rows.Link {
		add("identity_link", "%s %s since %s", r.Adoption, r.Successor, r.Since)
	}
	for _, r := range rows.BreakGlass {
		add("break_glass", "%s %s until %s finding %s waits %t", r.Use, r.Worker, r.Until, r.Finding, r.Waits)
	}
	for _, lines := range all {
		slices.Sort(lines)
	}
	return all
}

// naiveTexts tells the same, entry by entry.
func naiveTexts(told naiveLife, known int) map[string][]string {
	all := map[string][]string{
		"identifier": told.identifiers(), "allocation": told.allocationRows(), "visit": told.visits(), "sight": told.sights(),
		"restriction": told.restrictions(), "relation": told.relations(), "household": told.households(), "episode": told.episodes(),
		"caseload": told.caseload(), "clock": told.clocks(), "identity_link": told.links(),
	}
	if known > 0 {
		all["person"] = told.person()
	}
	for table, lines := range all {
		if slices.Sort(lines); len(lines) == 0 {
			delete(all, table)
		}
	}
	return all
}

func TestEveryTableIsWhatANaiveFoldSaysAsKnownAtAnyTimeAndTrueOnAnyDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc"} {
			r, err := l.load(ctx, id)
			if err != nil {
				rt.Fatal(err)
			}
			for n := range 4 {
				known, day := time.Time{}, domain.Date{} // now, and whatever the day
				if n > 0 {
					known, day = moment(rapid.IntRange(0, l.entries).Draw(rt, "known")), drawDated(rt).Happened
				}
				then := r.At(known, day)
				told := naiveLife(naiveInForce(r.Entries, known, day))
				got, want := texts(projections.Replayed(id, then)), naiveTexts(told, len(then.Entries))
				for _, table := range projections.ReplayedTables {
					if !slices.Equal(got[table], want[table]) {
						rt.Fatalf("%s of %s known at %s, on %s:\n%s\nwant\n%s", table, id, known, day, strings.Join(got[table], "\n"), strings.Join(want[table], "\n"))
					}
				}
				story := ""
				for _, row := range projections.ChronologyAt(id, r, known, day) {
					story += fmt.Sprintln(row.Happened, row.Entry)
				}
				wanted := ""
				for _, e := range told {
					wanted += fmt.Sprintln(e.Event.HappenedOn(), e.Seq)
				}
				if story != wanted {
					rt.Fatalf("chronology of %s known at %s, on %s:\n%s\nwant\n%s", id, known, day, story, wanted)
				}
			}
		}
	})
}

func TestTheTablesOfEveryRecordAreItsReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		db := caughtUp(t, l)
		for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc"} {
			r, err := l.load(ctx, id)
			if err != nil {
				rt.Fatal(err)
			}
			stored, err := projections.Stored(ctx, db, id)
			if err != nil {
				rt.Fatal(err)
			}
			got, want := texts(stored), texts(projections.Replayed(id, r))
			for _, table := range projections.ReplayedTables {
				if !slices.Equal(got[table], want[table]) {
					rt.Fatalf("%s of %s:\n%s\nwant\n%s", table, id, strings.Join(got[table], "\n"), strings.Join(want[table], "\n"))
				}
			}
		}
	})
}

// The streams that are no records: imports, acts on several records, enquiries.
func TestImportsActsAndEnquiriesAreWhatANaiveFoldSaysAfterEveryEntry(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		db := open(t)
		steps := runner(t, db, l.store, projections.All()...)
		begun, finished := map[string]int{}, map[string]int{} // by name: at which entry, and how many children
		open, asked := map[string]bool{}, []string{}
		for range rapid.IntRange(1, 25).Draw(rt, "entries") {
			name, n := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "name"), rapid.IntRange(1, 9).Draw(rt, "number")
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				if begun[name] == 0 {
					l.write("batch-"+name, domain.Facts(batch.Began{Dated: on("2024-01-01"), Kind: "cin-census/2022", File: name})...)
					begun[name] = l.entries
				}
			case 1:
				if begun[name] > 0 && finished[name] == 0 {
					l.write("batch-"+name, domain.Facts(batch.Finished{Dated: on("2024-01-01"), Children: n})...)
					finished[name] = n
				}
			case 2:
				was, known := open[name]
				if !known {
					l.write("group-"+name, domain.Facts(group.Begun{Dated: on("2024-01-01"), Parts: []group.Part{{Stream: schema.Stream("aaaa")}}})...)
					open[name] = true
				} else if was {
					l.write("group-"+name, domain.Facts(group.Finished{Dated: on("2024-01-01")})...)
					open[name] = false
				}
			case 3:
				stream := fmt.Sprintf("register-enquiry-%d", len(asked))
				l.write(stream, domain.Facts(register.Enquired{Dated: on("2024-01-01"), Enquirer: name, Answer: register.Possible, Earlier: n})...)
				asked = append(asked, fmt.Sprintf("%s %s %d", stream, name, n))
			}
			if err := steps.CatchUp(ctx, nil); err != nil {
				rt.Fatal(err)
			}
			batches, err := db.Batches(ctx)
			if err != nil || len(batches) != len(begun)-zeroes(begun) {
				rt.Fatalf("%d imports, %v", len(batches), err)
			}
			for _, b := range batches {
				if b.Children != finished[b.File] || b.Finished.IsZero() != (finished[b.File] == 0) || !b.Begun.Equal(moment(begun[b.File])) {
					rt.Fatalf("%+v", b)
				}
			}
			groups, err := db.OpenGroups(ctx)
			if err != nil {
				rt.Fatal(err)
			}
			for _, g := range groups {
				if !open[g.Group] {
					rt.Fatalf("%+v is finished", g)
				}
			}
			if want := len(slices.DeleteFunc([]string{"a", "b", "c"}, func(g string) bool { return !open[g] })); len(groups) != want {
				rt.Fatalf("%d acts are open, want %d", len(groups), want)
			}
			enquiries, err := db.Enquiries(ctx, time.Time{})
			var got []string
			for _, e := range enquiries {
				got = append(got, fmt.Sprintf("%s %s %d", e.Enquiry, e.Enquirer, e.Earlier))
			}
			slices.Sort(got)
			want := slices.Clone(asked)
			if slices.Sort(want); err != nil || !slices.Equal(got, want) {
				rt.Fatalf("enquiries %v: %q, want %q", err, got, want)
			}
		}
	})
}

func zeroes(counts map[string]int) (n int) {
	for _, c := range counts {
		if c == 0 {
			n++
		}
	}
	return n
}
