package demo

import (
	"fmt"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/contact"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/note"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/domain/visit"
)

// episode is one case, from a referral to its closure.
type episode struct {
	referral referral.ID
	held     allocation.ID
}

func dated(day domain.Date) domain.Dated { return domain.Dated{Happened: day} }

// live draws what becomes of the family, from its first referral on.
func (f *family) live(day domain.Date) {
	g := f.g
	switch n := g.rng.IntN(100); {
	case n < 22:
		f.turnedDown(day)
	case n < 44:
		f.assessedOnly(day)
	case n < 58:
		f.inNeed(day)
	case n < 62:
		f.enquiredOnly(day)
	case n < 77 && f.cases == 0: // a child comes into care once
		f.intoCare(day)
	case n < 80 && f.cases == 0:
		f.alone(day)
	default:
		f.protected(day)
	}
}

// again lets some families come back after a while.
func (f *family) again(day domain.Date, odds int) {
	f.foster(f.after(day, 1, 30))
	f.change(f.after(day, 1, 30))
	if f.g.chance(odds) {
		f.live(f.after(day, 40, 300))
	}
}

func (f *family) refer(day domain.Date) episode {
	f.schoolAge(day)
	f.cases++
	e := episode{referral: referral.ID(fmt.Sprintf("r%d", f.cases)), held: allocation.ID(fmt.Sprintf("a%d", f.cases))}
	source, need := pick(f.g, sources), pick(f.g, needs)
	heard := contact.ID(fmt.Sprintf("k%d", f.cases))
	f.each(day, duty, func(child) []any {
		return []any{
			contact.Receive{Dated: dated(day), Contact: heard, Source: source, Channel: "telephone", Concern: "Worried about the children."},
			referral.Receive{Dated: dated(day), Referral: e.referral, Source: source, Need: need},
			contact.Decide{Dated: dated(day), Contact: heard, Outcome: "referral", Referral: e.referral},
		}
	})
	if f.g.chance(12) {
		c := pick(f.g, f.children)
		f.correct(c.record, f.after(day, 1, 10),
			func(ev domain.Event) bool { r, ok := ev.(referral.Received); return ok && r.Referral == e.referral },
			referral.Receive{Dated: dated(day), Referral: e.referral, Source: pick(f.g, sources), Need: need})
	}
	return e
}

func (f *family) turnedDown(day domain.Date) {
	e := f.refer(day)
	f.each(f.after(day, 0, 1), duty, func(child) []any {
		return []any{referral.TakeNoFurther{Dated: dated(day), Referral: e.referral, Reason: "Advice given; universal services are enough."}}
	})
	if f.g.chance(3) {
		day = f.helpEarly(f.after(day, 1, 9))
	}
	f.again(day, 4)
}

// accept records the decision to act, and who holds the case.
func (f *family) accept(day domain.Date) episode {
	e := f.refer(day)
	decided := f.after(day, 0, 1)
	f.each(decided, duty, func(child) []any {
		return []any{
			referral.Decide{Dated: dated(decided), Referral: e.referral, Outcome: "assessment"},
			allocation.Allocate{Dated: dated(decided), Allocation: e.held, Worker: f.worker.id, Team: f.team, Role: "lead"},
		}
	})
	return e
}

func (f *family) assess(e episode, day domain.Date) domain.Date {
	id := assessment.ID(fmt.Sprintf("s%d", f.cases))
	begun := f.after(day, 1, 3)
	f.each(begun, f.worker, func(child) []any {
		return []any{assessment.Start{Dated: dated(begun), Assessment: id, Referral: e.referral}}
	})
	f.visits(begun, 2, visit.Assessment, string(id))
	f.hear(f.after(begun, 3, 9), "assessment/"+string(id))
	done := f.after(begun, 12, 40)
	if f.g.chance(8) {
		done = f.after(done, 10, 35) // some are late
	}
	onForm := f.g.onForm()
	f.each(done, f.worker, func(child) []any {
		factors := f.factors(done)
		if onForm {
			return coreAssessment(id, begun, done, factors)
		}
		return []any{assessment.Complete{Dated: dated(done), Assessment: id, Factors: factors}}
	})
	return done
}

// factors draws from those that may be found on the day.
func (f *family) factors(day domain.Date) []string {
	var codes []string
	for _, c := range policy.Codes(policy.AssessmentFactor, day) {
		if c.Code != "21" { // none identified
			codes = append(codes, c.Code)
		}
	}
	f.g.rng.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	return codes[:f.g.between(1, 3)]
}

// visits writes notes of visits; some are written late, and one in a while on
// the wrong record.
func (f *family) visits(from domain.Date, n int, under, of string) {
	g := f.g
	day := from
	for range n {
		day = f.after(day, 2, 9)
		for _, c := range f.children {
			written := day
			if g.chance(14) {
				written = f.after(day, 4, 25)
				g.summary.Late++
			}
			n := f.note(day)
			f.act(c.record, written, f.worker, n, f.visit(c, day, under, of))
			f.sign(c.record, n.Note, written)
			if g.chance(150) {
				f.mistake(c.record, written)
			} else if g.chance(150) {
				f.shield(c.record, written)
			}
		}
	}
}

func (f *family) note(day domain.Date) note.Write {
	g := f.g
	text := make([]note.Passage, g.between(2, 5))
	for i := range text {
		text[i] = note.Passage{Text: pick(g, observations), Kind: "observation"}
	}
	return note.Write{Dated: dated(day), Note: note.ID(g.newID()[:12]), Time: fmt.Sprintf("%02d:%02d", g.between(9, 17), g.rng.IntN(60)),
		Kind: "visit", Present: []string{"mother", "child"}, Text: text}
}

func (f *family) mistake(record domain.RecordID, day domain.Date) {
	f.g.summary.Errors++
	f.write(step{record: record, by: f.worker,
		commands: []any{func(entry uint64) any {
			return correction.EnterInError{Dated: dated(day), Entry: entry, Reason: "Written on the wrong child's record."}
		}},
		corrects: latest(func(ev domain.Event) bool { _, ok := ev.(note.Written); return ok })}, day)
}

func (f *family) close(e episode, day domain.Date, reason string) {
	if reason == "RC5" {
		f.g.summary.Transfers += len(f.children)
		f.handOver(day)
	}
	f.each(day, f.worker, func(child) []any {
		return []any{
			allocation.End{Dated: dated(day), Allocation: e.held, Reason: "case closed"},
			referral.Close{Dated: dated(day), Referral: e.referral, Reason: reason},
		}
	})
}

func (f *family) assessedOnly(day domain.Date) {
	e := f.accept(day)
	done := f.assess(e, day)
	reason := "RC8"
	if !done.Before(domain.MustDate("2022-05-01")) && f.g.chance(3) {
		reason = "RC9"
	}
	closed := f.after(done, 1, 5)
	f.close(e, closed, reason)
	f.again(closed, 5)
}

func (f *family) inNeed(day domain.Date) {
	e := f.accept(day)
	done := f.assess(e, day)
	breaks, first := lookedafter.AgreementID(f.local("s")), f.children[0].record
	agreed := f.g.chance(12)
	if agreed {
		f.act(first, done, f.worker, lookedafter.AgreeShortBreaks{Dated: dated(done), Agreement: breaks, LegalStatus: "V4"})
	}
	e, ended := f.plan(e, f.after(done, 1, 6))
	if agreed {
		f.act(first, ended, f.worker, lookedafter.EndShortBreaks{Dated: dated(ended), Agreement: breaks})
	}
	f.close(e, f.after(ended, 1, 4), f.ending())
	f.again(ended, 5)
}

func (f *family) ending() string {
	if f.g.chance(9) {
		return "RC5" // to another authority
	}
	return "RC7"
}

// plan is a child-in-need plan with its reviews and visits.
func (f *family) plan(e episode, begun domain.Date) (episode, domain.Date) {
	id := cinplan.ID(fmt.Sprintf("c%d", f.cases))
	f.reassign(&e, begun)
	f.each(begun, f.worker, func(child) []any {
		return []any{cinplan.Start{Dated: dated(begun), Plan: id, Referral: e.referral}, f.agreement(id, begun)}
	})
	day := begun
	for i := range f.g.between(1, 3) {
		f.visits(day, 1, visit.InNeed, string(id))
		day = f.after(day, 28, 40)
		review := cinplan.ReviewID(fmt.Sprintf("v%d", i+1))
		f.each(day, f.worker, func(child) []any {
			return []any{cinplan.Review{Dated: dated(day), Plan: id, Review: review}, cinplan.MinuteReview{Dated: dated(day), Plan: id, Review: review,
				Attended: network(), Child: "views-by-worker", Outcome: "continue"}}
		})
	}
	f.actions(id, day)
	ended := f.after(day, 5, 30)
	f.schoolAge(ended)
	f.each(ended, f.worker, func(child) []any {
		return []any{cinplan.End{Dated: dated(ended), Plan: id, Reason: "the plan's aims are reached"}}
	})
	return e, ended
}

// enquire holds a strategy discussion on all children of the family in one
// act, and begins the enquiry.
func (f *family) enquire(e episode, day domain.Date) (enquiry.ID, domain.Date) {
	id := enquiry.ID(fmt.Sprintf("q%d", f.cases))
	talk := enquiry.Discuss{Dated: dated(day), Enquiry: id, Referral: e.referral, Agencies: agencies[:f.g.between(2, 4)], Outcome: "s47-enquiry"}
	var others []domain.RecordID
	for _, c := range f.children[1:] {
		others = append(others, c.record)
	}
	protecting := f.worker
	protecting.basis, protecting.purpose = "children-act-1989-s47", "protection"
	f.write(step{record: f.children[0].record, siblings: others, by: protecting, commands: []any{talk}}, day)
	f.each(day, protecting, func(child) []any {
		return []any{enquiry.Start{Dated: dated(day), Enquiry: id, Referral: e.referral}}
	})
	return id, day
}

func (f *family) enquiredOnly(day domain.Date) {
	e := f.accept(day)
	id, begun := f.enquire(e, f.after(day, 1, 2))
	ended := f.after(begun, 4, 12)
	f.each(ended, f.worker, func(child) []any {
		return []any{enquiry.RequireNoConference{Dated: dated(ended), Enquiry: id, Reason: "concerns not substantiated"}}
	})
	f.unprepared(string(id), ended)
	done := f.assess(e, ended)
	e, over := f.plan(e, f.after(done, 1, 5))
	f.close(e, f.after(over, 1, 4), f.ending())
	f.again(over, 6)
}

// protected is the way onto the register and off it again.
func (f *family) protected(day domain.Date) {
	e := f.accept(day)
	moved := f.moveIn(f.after(day, 1, 1))
	id, begun := f.enquire(e, f.after(day, 1, 2))
	met := f.after(begun, 8, 15)
	f.put(id, begun, met)
	category := pick(f.g, categories)
	plan := protection.PlanID(fmt.Sprintf("p%d", f.cases))
	chair := actor{id: "chair-01", role: "conference-chair", basis: "children-act-1989-s47", purpose: "protection"}
	f.prepared("i"+string(plan), met, category)
	f.each(met, chair, func(child) []any {
		return []any{
			enquiry.HoldConference{Dated: dated(met), Conference: enquiry.ConferenceID("i" + string(plan)), Referral: e.referral, Enquiry: id, Outcome: "protection-plan"},
			protection.Register{Dated: dated(met), Plan: plan, Referral: e.referral, Category: category},
			f.minutes("i"+string(plan), "initial", met),
			protection.AgreeOutline{Dated: dated(met), Plan: plan, Aims: []string{"The children are safe at home."}, Contingency: "Legal planning meeting."},
		}
	})
	f.settle(moved, met)
	f.circulate("i"+string(plan), met, chair)
	f.coreGroups(plan, met)
	if f.cases > 1 {
		f.g.summary.Again += len(f.children)
	}
	f.assess(e, met)
	ended := f.review(plan, met, chair)
	f.leave(e, plan, ended, chair)
}

// review holds review conferences until one decides to end the plan.
func (f *family) review(plan protection.PlanID, met domain.Date, chair actor) domain.Date {
	day := f.workingDay(met.AddDays(f.g.between(75, 88)))
	for i := range f.g.between(1, 4) {
		f.visits(day.AddDays(-40), 2, visit.Protection, string(plan))
		f.astray(plan, day.AddDays(-20))
		f.schoolAge(day)
		f.confer(plan, i, day, "continue", chair)
		if i == 0 && f.g.chance(5) {
			changed := pick(f.g, categories)
			f.each(day, chair, func(child) []any {
				return []any{protection.ChangeCategory{Dated: dated(day), Plan: plan, Category: changed}}
			})
		}
		day = f.workingDay(day.AddDays(f.g.between(150, 178)))
	}
	f.confer(plan, 9, day, "end", chair)
	return day
}

func (f *family) confer(plan protection.PlanID, n int, day domain.Date, outcome string, chair actor) {
	f.each(day, chair, func(child) []any {
		id := fmt.Sprintf("%s-w%d", plan, n)
		return []any{protection.Review{Dated: dated(day), Plan: plan, Review: protection.ReviewID(id), Outcome: outcome}, f.minutes(id, "review", day)}
	})
}

// leave takes the names off the register, and steps down to a plan in need.
func (f *family) leave(e episode, plan protection.PlanID, day domain.Date, chair actor) {
	f.each(day, chair, func(child) []any {
		return []any{protection.End{Dated: dated(day), Plan: plan, Reason: "review-conference"}}
	})
	e, ended := f.plan(e, f.after(day, 1, 3))
	closed := f.after(ended, 1, 5)
	f.close(e, closed, f.ending())
	if f.g.chance(20) {
		died := closed.AddDays(f.g.between(30, 200))
		f.act(f.children[0].record, died.AddDays(2), f.worker, identity.RecordDeath{Dated: dated(died)})
		f.incident(f.children[0], died)
		return
	}
	f.again(closed, 3)
}
