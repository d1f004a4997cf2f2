package demo

import (
	"fmt"
	"slices"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/capacity"
	"caseledger/domain/contact"
	"caseledger/domain/discharge"
	"caseledger/domain/identity"
	wants "caseledger/domain/needs"
	"caseledger/domain/policy"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"
)

// childrenToAnAdult is how many children there are in the demo for each adult
// who asks for support.
const childrenToAnAdult = 20

// adultDuty is who takes in requests for adults' support.
var adultDuty = actor{id: "mgr-adults", role: "team-manager", basis: "care-act-2014-s9", purpose: "request"}

// adults draws the adults whom the authority supports, each with a carer. They
// come after all children, so that those are the same with and without them.
func (g *generator) adults() {
	for range 1 + len(g.born)/childrenToAnAdult {
		day := firstDay.AddDays(g.rng.IntN(firstDay.DaysUntil(lastDay) - 20))
		adult := g.grown(day, 66, 95)
		adult.supported(day)
		carer := g.grown(day, 30, 70)
		carer.cares(adult.children[0].record, day)
		g.grown(day, 45, 90).safeguarded(day)
		g.grown(day, 70, 95).inACareHome(day)
		g.grown(day, 65, 95).outOfHospital(day)
		g.comesOfAge()
	}
}

// grown is an adult of an age between two, on the way to being written down.
func (g *generator) grown(day domain.Date, youngest, oldest int) *family {
	g.summary.Adults++
	f := &family{g: g, name: pick(g, familyNames), team: "adults"}
	f.worker = actor{id: fmt.Sprintf("sw-%03d", g.between(76, 95)), role: "social-worker", basis: "care-act-2014-s9", purpose: "assessment"}
	f.now = at(day, 8, 30)
	c := child{record: domain.RecordID(g.newID()), sex: pick(g, []string{"F", "M"}), given: pick(g, givenNames), born: day.AddDays(-g.between(youngest*365, oldest*365)), upn: true}
	f.children = []child{c}
	g.numbers++
	f.act(c.record, day, adultDuty,
		identity.Register{Dated: dated(day), Person: domain.PersonID(g.newID())},
		identity.Identify{Dated: dated(day), Kind: identity.LAChildID, Value: fmt.Sprintf("AT%06d", g.numbers), Source: "anytown"},
		identity.RecordBirth{Dated: dated(c.born)},
		identity.GiveName{Dated: dated(c.born), Kind: "legal", Given: c.given, Family: f.name},
		identity.RecordSex{Dated: dated(c.born), Sex: c.sex},
		identity.RecordEthnicity{Dated: dated(c.born), Ethnicity: pick(g, ethnicities)},
		identity.RecordAddress{Dated: dated(day), Lines: []string{fmt.Sprintf("%d %s", g.between(1, 180), pick(g, streets)), "Anytown"}, Postcode: "ZZ1 1AA"})
	return f
}

// told is what an adult says to the questions of the assessments.
func told(question string) string {
	if policy.Valid(policy.AssessmentDomain, question, domain.Date{}) {
		return "Manages with some help; gone through together at home."
	}
	return "As told on the telephone, in the person's own words."
}

// adultAssessment writes an assessment of a level in which everything that is not
// known yet is asked.
func (f *family) adultAssessment(day domain.Date, c wants.Start, known []string) (domain.Date, []string) {
	record := f.children[0].record
	c.Dated = dated(day)
	done := f.after(day, 2, 15)
	commands := []any{}
	for _, q := range policy.Codes(policy.AssessmentQuestion, day) {
		inDomain := policy.Valid(policy.AssessmentDomain, q.Code, day)
		asked := c.Level == wants.Overview || c.Level == wants.Comprehensive || c.Level == wants.Contact && !inDomain
		if !asked || slices.Contains(known, q.Code) {
			continue
		}
		known = append(known, q.Code)
		answer := wants.Answer{Dated: dated(done), Question: q.Code, Assessment: c.Assessment, Source: "person", Answer: told(q.Code)}
		if f.g.chance(15) {
			answer.Answer, answer.NotGiven = "", "declined"
		}
		commands = append(commands, answer)
	}
	outcome := "support"
	if c.Level == wants.Contact {
		outcome = "assessment"
	}
	f.act(record, day, f.worker, c)
	f.act(record, done, f.worker, append(commands, wants.Complete{Dated: dated(done), Assessment: c.Assessment,
		Reason: pick(f.g, []string{"personal-care", "mobility", "memory", "mental-health"}), Outcome: outcome})...)
	return done, known
}

// asks writes a request and the decision on it.
func (f *family) asks(day domain.Date, of, outcome string) {
	decided := f.after(day, 0, 2)
	f.act(f.children[0].record, day, adultDuty, wants.Ask{Dated: dated(day), Request: "q1", Of: of,
		Route: pick(f.g, []string{"community", "community", "hospital-discharge", "self-funder"}), Wanted: "Help at home."})
	f.act(f.children[0].record, decided, adultDuty, wants.DecideRequest{Dated: dated(decided), Request: "q1", Outcome: outcome})
}

// supported is an adult's way from a request to support and its reviews.
func (f *family) supported(day domain.Date) {
	g, record := f.g, f.children[0].record
	if g.chance(5) {
		f.asks(day, wants.OfNeeds, "information")
		return
	}
	f.asks(day, wants.OfNeeds, "assessment")
	day = f.after(day, 3, 6)
	f.act(record, day, adultDuty, allocation.Allocate{Dated: dated(day), Allocation: "l1", Worker: f.worker.id, Team: f.team, Role: "lead"})
	done, known := f.adultAssessment(day, wants.Start{Assessment: "a1", Request: "q1", Of: wants.OfNeeds, Level: wants.Contact}, nil)
	done, known = f.adultAssessment(f.after(done, 1, 5), wants.Start{Assessment: "a2", Request: "q1", Of: wants.OfNeeds, Level: wants.Overview}, known)
	if g.chance(3) {
		done, known = f.adultAssessment(f.after(done, 1, 5), wants.Start{Assessment: "a3", Of: wants.OfNeeds, Level: wants.Specialist, Domains: []string{"mental-health"}}, known)
		done, _ = f.adultAssessment(f.after(done, 1, 5), wants.Start{Assessment: "a4", Of: wants.OfNeeds, Level: wants.Comprehensive}, known)
	}
	f.act(record, done, f.worker, wants.DecideEligibility{Dated: dated(done), Assessment: "a2", Cause: true,
		Unable: []string{"nutrition", "personal-hygiene", "home-safely"}, Impact: true})
	f.supportPlan(f.after(done, 2, 10), "a2")
}

// supportPlan writes a support plan, what is given under it, and its reviews.
func (f *family) supportPlan(day domain.Date, after wants.ID) {
	g, record := f.g, f.children[0].record
	agree := support.Agree{Dated: dated(day), Plan: "p1", Assessment: after, Aims: []string{"To live safely at home."}, Budget: 100 * g.between(2000, 18000)}
	begun := f.after(day, 2, 8)
	f.act(record, day, f.worker, agree)
	f.act(record, begun, f.worker, support.StartService{Dated: dated(begun), Service: "s1", Plan: "p1", Type: "long-community", Component: "home-support",
		Delivery: "managed-budget", Provider: "Anytown Home Care", Location: "1-100000001", Cost: 1950, Per: "hourly", Units: 50 * g.between(6, 40)})
	paid := g.chance(2)
	if paid {
		f.act(record, begun, f.worker, support.StartPayment{Dated: dated(begun), Payment: "d1", Plan: "p1", To: "self", Amount: 100 * g.between(40, 300), Per: "weekly"})
		looked := begun.AddMonths(5)
		f.act(record, looked, f.worker, support.ReviewPayment{Dated: dated(looked), Payment: "d1", Review: "v1", Proper: true})
	}
	if !paid || g.chance(2) {
		f.supportReviews(day, paid)
	}
}

// supportReviews writes the reviews of a plan; after the last of some plans all
// support ends.
func (f *family) supportReviews(agreed domain.Date, paid bool) {
	g, record := f.g, f.children[0].record
	day, times := f.after(agreed, 28, 38), g.between(1, 4)
	if paid {
		day, times = f.after(agreed, 112, 130), min(times, 2) // after the look at the payment
	}
	for n := range times {
		f.act(record, day, f.worker, support.Review{Dated: dated(day), Plan: "p1", Review: support.ReviewID(fmt.Sprintf("v%d", n+1)), Planned: true,
			Achieved: pick(g, []string{"fully", "partially"}), Outcome: "no-change"})
		day = f.after(day, 230, 250)
	}
	if !g.chance(2) {
		return
	}
	end := []any{support.EndService{Dated: dated(day), Service: "s1", Outcome: "ended-as-planned"}}
	if paid {
		end = append(end, support.EndPayment{Dated: dated(day), Payment: "d1", Outcome: "ended-as-planned"})
	}
	f.act(record, day, f.worker, append(end, support.End{Dated: dated(day), Plan: "p1", Outcome: "ended-as-planned"})...)
}

// cares is a carer's way from a request to a plan of the carer's own.
func (f *family) cares(of domain.RecordID, day domain.Date) {
	f.asks(day, wants.OfCarer, "assessment")
	done, _ := f.adultAssessment(f.after(day, 5, 15), wants.Start{Assessment: "a1", Request: "q1", Of: wants.OfCarer, Level: wants.Overview, CaresFor: of}, nil)
	f.act(f.children[0].record, done, f.worker, wants.DecideEligibility{Dated: dated(done), Assessment: "a1", Cause: true, Unable: []string{"recreation"},
		HealthAtRisk: f.g.chance(2), Impact: f.g.chance(2)})
}

// safeguarded is an adult about whom somebody was concerned: turned down,
// enquired into, or protected by a plan.
func (f *family) safeguarded(day domain.Date) {
	g, record := f.g, f.children[0].record
	lead := actor{id: "mgr-safeguarding", role: "team-manager", basis: "care-act-2014-s42", purpose: "safeguarding"}
	duty := !g.chance(3)
	decided := f.after(day, 0, 1)
	decision := safeguarding.Decide{Dated: dated(decided), Concern: "sc1", CareNeeds: true, AtRisk: true, Unprotected: duty, Outcome: "s42-enquiry"}
	if !duty {
		decision.Outcome, decision.Reason = "no-enquiry", "Able to protect themselves; advice given."
	}
	f.act(record, day, lead, safeguarding.Raise{Dated: dated(day), Concern: "sc1", Types: []string{pick(g, []string{"neglect", "financial", "physical", "self-neglect"})},
		Source: pick(g, []string{"family", "provider", "health", "police"}), Where: pick(g, []string{"own-home", "care-home"})})
	f.act(record, decided, lead, decision)
	if !duty {
		return
	}
	begun, ended := f.after(decided, 1, 2), f.after(decided, 15, 30)
	f.act(record, begun, lead, safeguarding.StartEnquiry{Dated: dated(begun), Enquiry: "se1", Concern: "sc1", Wished: "To be left in peace, and to stay at home."})
	if g.chance(4) {
		return
	}
	risk := pick(g, []string{"none-found", "removed", "reduced", "remains"})
	f.act(record, ended, lead, safeguarding.EndEnquiry{Dated: dated(ended), Enquiry: "se1", Risk: risk, Wishes: pick(g, []string{"fully", "partially", "not-expressed"})})
	if risk == "reduced" || risk == "remains" {
		f.keptSafe(lead, ended)
	}
}

// keptSafe is the life of an adult's protection plan.
func (f *family) keptSafe(lead actor, day domain.Date) {
	record := f.children[0].record
	reviewed := f.after(day, 40, 58)
	f.act(record, day, lead, safeguarding.AgreePlan{Dated: dated(day), Plan: "sp1", Enquiry: "se1", ReviewBy: day.AddMonths(3),
		Actions: []domain.Action{{ID: "x1", What: "Weekly visit by the support worker.", Who: f.worker.id, By: day.AddMonths(1)}}})
	closed := f.after(day, 20, 35)
	f.act(record, closed, lead, safeguarding.CloseAction{Dated: dated(closed), Plan: "sp1", Action: "x1", Result: pick(f.g, []string{"done", "not-done"})})
	f.act(record, reviewed, lead, safeguarding.ReviewPlan{Dated: dated(reviewed), Plan: "sp1", Review: "sv1", ReviewBy: reviewed.AddMonths(3)})
	if f.g.chance(2) {
		end := f.after(reviewed, 30, 58)
		f.act(record, end, lead, safeguarding.EndPlan{Dated: dated(end), Plan: "sp1", Reason: "risk-removed"})
	}
}

// comesOfAge is a disabled young person whose record goes on across the
// eighteenth birthday.
func (g *generator) comesOfAge() {
	day := firstDay.AddDays(g.between(0, 4*365))
	f := g.grown(day, 16, 16)
	record, adult := f.children[0].record, f.children[0].born.AddMonths(eighteenYears)
	day = f.workingDay(day)
	f.act(record, day, duty, identity.RecordDisabilities{Dated: dated(day), Disabilities: []string{"LD"}},
		contact.StartHelp{Dated: dated(day), Help: "h1", Lead: "education", Aim: "To get ready for college.", Consent: true})
	planned := f.after(day, 20, 60)
	f.act(record, planned, f.worker, transition.Plan{Dated: dated(planned), Transition: "t1", Team: "adults", AssessBy: adult.AddMonths(-6)})
	f.asks(f.after(planned, 20, 60), wants.OfNeeds, "assessment")
	done, _ := f.adultAssessment(f.after(planned, 70, 100), wants.Start{Assessment: "a1", Request: "q1", Of: wants.OfNeeds, Level: wants.Overview}, nil)
	f.act(record, done, f.worker, wants.DecideEligibility{Dated: dated(done), Assessment: "a1", Cause: true, Unable: []string{"work", "community", "habitable-home"}, Impact: true})
	settled := adult.AddDays(-10)
	f.act(record, settled, f.worker, transition.Conclude{Dated: dated(settled), Transition: "t1", Outcome: "adult-support", Assessment: "a1"})
	f.act(record, adult, duty, contact.EndHelp{Dated: dated(adult), Help: "h1", Reason: "aims-reached"})
	f.supportPlan(f.workingDay(adult), "a1")
}

// inACareHome is an adult who may or may not be able to decide where to live.
func (f *family) inACareHome(day domain.Date) {
	g, record := f.g, f.children[0].record
	assessor := actor{id: "bia-01", role: "best-interests-assessor", basis: "mental-capacity-act-2005", purpose: "liberty"}
	capable := g.chance(4)
	f.act(record, day, assessor, capacity.RequestLiberty{Dated: dated(day), Authorisation: "dl1", Place: "Anytown Grange", UrgentUntil: day.AddDays(7)})
	seen := day.AddDays(g.between(3, 7))
	f.act(record, seen, assessor, capacity.Assess{Dated: dated(seen), Assessment: "mc1", Decision: "Whether to live at Anytown Grange.", Impaired: true,
		Understands: true, Retains: capable, Weighs: capable, Communicates: true, Help: "Asked in the morning, with photographs of both homes."})
	if capable {
		f.act(record, seen, assessor, capacity.DecideLiberty{Dated: dated(seen), Authorisation: "dl1"})
		return
	}
	until := seen.AddMonths(g.between(6, 12))
	f.act(record, seen, assessor,
		capacity.Decide{Dated: dated(seen), Decision: "bi1", Assessment: "mc1", Maker: "worker", Consulted: []domain.Attendee{{Role: "daughter"}},
			Wishes: "Has always wanted to be near the church.", Outcome: "To stay at Anytown Grange."},
		capacity.DecideLiberty{Dated: dated(seen), Authorisation: "dl1", Granted: true, Assessment: "mc1", Until: until, Conditions: []string{"A walk outside every day."}})
	if g.chance(2) {
		f.act(record, until, assessor, capacity.EndLiberty{Dated: dated(until), Authorisation: "dl1", Reason: "expired"})
	}
}

// outOfHospital is an adult whom a hospital wants to discharge, some after a
// delay, and to be assessed at home.
func (f *family) outOfHospital(day domain.Date) {
	g, record := f.g, f.children[0].record
	hub := actor{id: "hd-01", role: "social-worker", basis: "care-act-2014-s9", purpose: "discharge"}
	expected := day.AddDays(g.between(2, 5))
	f.act(record, day, hub, discharge.Notify{Dated: dated(day), Stay: "s1", Notice: "discharge-to-assess", Hospital: "Anytown General", Ward: "7", Expected: expected})
	left := expected
	switch g.between(1, 6) {
	case 1:
		f.act(record, expected, hub, discharge.Withdraw{Dated: dated(expected), Stay: "s1", Notice: "discharge-to-assess", Reason: "treatment-goes-on"})
		return
	case 2, 3:
		left = expected.AddDays(g.between(1, 9))
		f.act(record, expected, hub, discharge.RecordDelay{Dated: dated(expected), Stay: "s1", Delay: "d1", Reason: "home-care", By: "social-care"})
		f.act(record, left, hub, discharge.EndDelay{Dated: dated(left), Delay: "d1"})
	}
	f.act(record, left, hub, discharge.Discharge{Dated: dated(left), Stay: "s1", Pathway: "1", To: "own-home"})
}
