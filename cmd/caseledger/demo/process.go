package demo

import (
	"fmt"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/cinplan"
	"caseledger/domain/conference"
	"caseledger/domain/contact"
	"caseledger/domain/enquiry"
	kin "caseledger/domain/family"
	"caseledger/domain/incident"
	"caseledger/domain/note"
	"caseledger/domain/privatefostering"
	"caseledger/domain/protection"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/transfer"
	"caseledger/domain/visit"
	"caseledger/domain/voice"
)

// keeper is who keeps the register.
var keeper = actor{id: "keeper-01", role: "register-keeper", basis: "children-act-1989-s47", purpose: "protection"}

// local returns a new id within a record.
func (f *family) local(kind string) string {
	f.g.locals++
	return fmt.Sprintf("%s%d", kind, f.g.locals)
}

// allAtOnce lets one act concern all children of the family.
func (f *family) allAtOnce(day domain.Date, by actor, command any) {
	f.births(day)
	var others []domain.RecordID
	for _, c := range f.children[1:] {
		others = append(others, c.record)
	}
	f.write(step{record: f.children[0].record, siblings: others, by: by, commands: []any{command}}, day)
}

// relate says who belongs to whom: a mother by name, and the siblings by their
// records.
func (f *family) relate(day domain.Date) {
	mother := pick(f.g, givenNames) + " " + f.name
	for _, c := range f.children {
		commands := []any{
			kin.Relate{Dated: dated(day), Relation: "n0", Kind: "mother", Name: mother},
			kin.HoldResponsibility{Dated: dated(day), Relation: "n0", Basis: "birth"},
			kin.JoinHousehold{Dated: dated(day), Household: f.home(), Part: "child"},
		}
		for i, other := range f.children {
			if other.record != c.record {
				commands = append(commands, kin.Relate{Dated: dated(day), Relation: kin.RelationID(fmt.Sprintf("n%d", i+1)), Kind: "sibling", Record: other.record})
			}
		}
		f.act(c.record, day, duty, commands...)
	}
}

// restrict keeps some workers and some relatives away.
func (f *family) restrict(day domain.Date) {
	c := f.children[0]
	switch f.g.rng.IntN(60) {
	case 0:
		f.act(c.record, day, duty, restriction.SetBarrier{Dated: dated(day), Restriction: "x1", Worker: "sw-061", Reason: "relative"})
		lifted := f.after(day, 1, 30)
		f.act(c.record, lifted, duty, restriction.Lift{Dated: dated(lifted), Restriction: "x1", Reason: "The worker has left."})
	case 1:
		f.act(c.record, day, duty, restriction.WithholdAddress{Dated: dated(day), Restriction: "x2", From: []string{"father"}, Basis: "domestic-abuse"})
	case 2:
		f.act(c.record, day, duty, restriction.SealRecord{Dated: dated(day), Restriction: "x3", Reason: "staff", Readers: []string{f.worker.id, duty.id}})
	}
}

// helpEarly is a spell of early help, and returns its last day.
func (f *family) helpEarly(day domain.Date) domain.Date {
	id := contact.HelpID(f.local("h"))
	f.allAtOnce(day, duty, contact.StartHelp{Dated: dated(day), Help: id, Lead: pick(f.g, agencies), Aim: "Settled school mornings.", Consent: true})
	reviewed := f.after(day, 30, 50)
	f.allAtOnce(reviewed, duty, contact.ReviewHelp{Dated: dated(reviewed), Help: id, Review: "v1", Outcome: "continue"})
	ended := f.after(reviewed, 20, 40)
	f.allAtOnce(ended, duty, contact.EndHelp{Dated: dated(ended), Help: id, Reason: "aims-reached"})
	return ended
}

// visit is a visit to a child on a day.
func (f *family) visit(c child, day domain.Date, under, of string) any {
	v := visit.Make{Dated: dated(day), Visit: visit.ID(f.local("b")), Under: under, Of: of, Visitor: f.worker.id, Where: "home", Present: []string{"mother"}}
	switch {
	case c.born.IsZero():
		v.NotSeen = "unborn"
	case f.g.chance(12):
		v.NotSeen = "not-in"
	default:
		v.Seen, v.Alone, v.Bedroom = true, !f.g.chance(3), f.g.chance(2)
	}
	return v
}

// hear records what the children old enough to say so wish.
func (f *family) hear(day domain.Date, towards string) {
	for _, c := range f.children {
		if !c.born.IsZero() && day.After(c.born.AddMonths(48)) {
			f.act(c.record, day, f.worker, voice.Record{Dated: dated(day), View: voice.ID(f.local("w")), Whose: "child", How: "spoken",
				Words: pick(f.g, wishes), Verbatim: true, Towards: towards})
		}
	}
}

// network is who comes to the meetings about a family.
func network() []domain.Attendee {
	return []domain.Attendee{{Role: "mother"}, {Role: "health-visitor", Agency: "health"}, {Role: "head-teacher", Agency: "education"}, {Role: "officer", Agency: "police"}}
}

func (f *family) minutes(id, kind string, day domain.Date) any {
	m := conference.Minute{Dated: dated(day), Conference: conference.ID(id), Kind: kind, Quorate: true, Attended: network(),
		Apologies: []domain.Attendee{{Role: "officer", Agency: "probation"}}, Child: "views-by-worker", Parents: "mother-attended"}
	if f.g.chance(10) {
		m.Dissent = []conference.Dissent{{Agency: "education", Reason: "A child-in-need plan would do."}}
	}
	if f.g.chance(40) {
		m.Quorate, m.Exception = false, "The family had travelled far, and the agencies that were missing had sent reports."
	}
	return m
}

// agreement is what a child-in-need plan is to bring about.
func (f *family) agreement(id cinplan.ID, day domain.Date) any {
	return cinplan.Agree{Dated: dated(day), Plan: id, Aims: []string{"The children go to school every day."}, ReviewBy: day.AddDays(42),
		Actions: []domain.Action{{ID: "x1", What: "Walk the children to school.", Who: "mother", By: day.AddDays(14)}}}
}

// actions closes what the plan said was to be done.
func (f *family) actions(id cinplan.ID, day domain.Date) {
	f.allAtOnce(day, f.worker, cinplan.CloseAction{Dated: dated(day), Plan: id, Action: "x1", Result: "done"})
}

// coreGroups are those of the first months of a plan, with the detailed plan.
func (f *family) coreGroups(plan protection.PlanID, met domain.Date) {
	day := f.after(met, 5, 12)
	f.allAtOnce(day, f.worker, protection.MeetCoreGroup{Dated: dated(day), Plan: plan, Meeting: "g1", Attended: network()})
	f.allAtOnce(day, f.worker, protection.SetAction{Dated: dated(day), Plan: plan, Action: domain.Action{ID: "x1", What: "Attend the parenting course.", Who: "mother", By: day.AddDays(60)}})
	again := f.after(day, 30, 42)
	f.allAtOnce(again, f.worker, protection.MeetCoreGroup{Dated: dated(again), Plan: plan, Meeting: "g2", Attended: network()})
	f.allAtOnce(again, f.worker, protection.CloseAction{Dated: dated(again), Plan: plan, ID: "x1", Result: pick(f.g, []string{"done", "done", "not-done"})})
}

// moveIn lets a family come with a plan from elsewhere now and then: it is
// registered at once, for a while.
func (f *family) moveIn(day domain.Date) bool {
	if !f.g.chance(9) {
		return false
	}
	id := transfer.ID(f.local("t"))
	f.temporary = temporary.ID(id)
	f.allAtOnce(day, keeper, transfer.Notify{Dated: dated(day), Transfer: id, Direction: transfer.In, Authority: "Othertown", Plan: "protection-plan", Permanent: true})
	f.allAtOnce(day, keeper, temporary.Enter{Dated: dated(day), Registration: temporary.ID(id), From: "Othertown", Category: "NEG", Permanent: true})
	return true
}

// settle ends what was temporary when a plan of the authority's own is made.
func (f *family) settle(moved bool, day domain.Date) {
	if !moved {
		return
	}
	for _, c := range f.children {
		f.act(c.record, day, keeper, temporary.End{Dated: dated(day), Registration: f.temporary, Reason: "plan-made"},
			transfer.TakeOver{Dated: dated(day), Transfer: transfer.ID(f.temporary)})
	}
}

// handOver hands the family to another authority.
func (f *family) handOver(day domain.Date) {
	if f.g.chance(4) {
		id := transfer.ID(f.local("t"))
		f.allAtOnce(day, f.worker, transfer.Notify{Dated: dated(day), Transfer: id, Direction: transfer.Out, Authority: "Newtown", Plan: "none"})
		f.allAtOnce(day, f.worker, transfer.Decline{Dated: dated(day), Transfer: id, Reason: "The family moved elsewhere."})
	}
	id := transfer.ID(f.local("t"))
	f.allAtOnce(day, f.worker, transfer.Notify{Dated: dated(day), Transfer: id, Direction: transfer.Out, Authority: "Othertown", Plan: "cin-plan", Permanent: true})
	f.allAtOnce(day, f.worker, transfer.TakeOver{Dated: dated(day), Transfer: id})
}

// astray lets a registered child be missed and found again, now and then.
func (f *family) astray(plan protection.PlanID, day domain.Date) {
	if !f.g.chance(25) {
		return
	}
	found := day.AddDays(f.g.between(2, 9))
	f.allAtOnce(day, keeper, protection.ReportMissing{Dated: dated(day), Plan: plan, Told: []string{"neighbouring authorities", "police"}})
	f.allAtOnce(found, keeper, protection.TraceChild{Dated: dated(found), Plan: plan, Where: "with relatives"})
}

// incident is what follows the death of a child who was known to be harmed.
func (f *family) incident(c child, died domain.Date) {
	aware := f.workingDay(died.AddDays(2))
	told, reviewed := f.after(aware, 1, 5), f.after(aware, 10, 18)
	f.act(c.record, aware, duty, incident.Learn{Dated: dated(aware), Incident: "i1", Kind: "death", On: died})
	f.act(c.record, told, duty, incident.Notify{Dated: dated(told), Incident: "i1", To: []string{"national panel"}})
	f.act(c.record, reviewed, duty, incident.Review{Dated: dated(reviewed), Incident: "i1", Decision: "no-review"})
}

// foster lets a child live with a friend's family for a while.
func (f *family) foster(day domain.Date) {
	c := f.children[0]
	if c.born.IsZero() || !f.g.chance(40) || day.After(c.born.AddMonths(12*15)) {
		return
	}
	id := privatefostering.ID(f.local("f"))
	f.act(c.record, day, duty, privatefostering.Notify{Dated: dated(day), Arrangement: id, By: "school", Carer: "a friend's mother"})
	seen := f.after(day, 2, 9)
	f.act(c.record, seen, f.worker, visit.Make{Dated: dated(seen), Visit: visit.ID(f.local("b")), Under: visit.PrivateFostering, Of: string(id),
		Visitor: f.worker.id, Where: "relatives", Seen: true, Alone: true, Bedroom: true}, privatefostering.Assess{Dated: dated(seen), Arrangement: id, Suitable: true})
	ended := f.after(seen, 20, 60)
	f.act(c.record, ended, f.worker, privatefostering.End{Dated: dated(ended), Arrangement: id, Reason: "returned-home"})
}

// shield hides who told, in the note that was written last.
func (f *family) shield(record domain.RecordID, day domain.Date) {
	f.write(step{record: record, by: f.worker,
		commands: []any{func(entry uint64) any {
			return restriction.ShieldInformant{Dated: dated(day), Restriction: restriction.ID(fmt.Sprintf("i%d", entry)), Entries: []uint64{entry}, Reason: "A neighbour asked not to be named."}
		}},
		corrects: latest(func(ev domain.Event) bool { _, ok := ev.(note.Written); return ok })}, day)
}

// put lets a conference be put off now and then: because too few came, or
// because a senior manager allowed it.
func (f *family) put(id enquiry.ID, begun, met domain.Date) {
	switch f.g.rng.IntN(12) {
	case 0:
		day := f.after(begun, 2, 5)
		f.allAtOnce(day, keeper, conference.Adjourn{Dated: dated(day), Conference: conference.ID(f.local("o")), Kind: "initial", Reason: "inquorate"})
	case 1:
		f.allAtOnce(begun, duty, conference.Delay{Dated: dated(begun), Enquiry: id, Until: met, Reason: "The interpreter is not free before.", Manager: "mgr-senior"})
	}
}

// circulate sends the record of a conference to those who took part.
func (f *family) circulate(id string, met domain.Date, chair actor) {
	day := f.after(met, 2, 4)
	f.allAtOnce(day, chair, conference.Circulate{Dated: dated(day), Conference: conference.ID(id), To: []string{"mother", "health", "education", "police"}})
}

// change lets a child go to live elsewhere now and then.
func (f *family) change(day domain.Date) {
	if !f.g.chance(20) || f.moved {
		return
	}
	f.moved = true
	c := f.children[0]
	f.act(c.record, day, duty,
		kin.LeaveHousehold{Dated: dated(day), Household: f.home(), Reason: "went to live with an aunt"},
		kin.JoinHousehold{Dated: dated(day), Household: "aunt-" + f.home(), Part: "child"},
		kin.Relate{Dated: dated(day), Relation: "n9", Kind: "aunt-or-uncle", Name: pick(f.g, givenNames) + " " + pick(f.g, familyNames), Significant: true},
		kin.EndResponsibility{Dated: dated(day), Relation: "n0", Reason: "order of the court"},
		kin.EndRelation{Dated: dated(day), Relation: "n0", Reason: "the mother has died"})
}

// home is where the family lives.
func (f *family) home() kin.HouseholdID {
	return kin.HouseholdID("home-" + string(f.children[0].record[:8]))
}

// reassign gives the case to another worker now and then, or lets another cover
// it while its worker is away.
func (f *family) reassign(e *episode, day domain.Date) {
	switch f.g.rng.IntN(10) {
	case 0:
		next := allocation.ID(string(e.held) + "b")
		f.worker.id = fmt.Sprintf("sw-%03d", f.g.between(61, 70))
		f.allAtOnce(day, duty, allocation.HandOver{Dated: dated(day), Allocation: next, From: e.held, Worker: f.worker.id, Team: f.team,
			Reason: "the worker has left", Summary: "The family trusts few people; visit with the health visitor at first."})
		e.held = next
	case 1:
		f.allAtOnce(day, duty, allocation.ArrangeCover{Dated: dated(day), Allocation: e.held, Cover: "sw-071", Until: day.AddDays(14), Reason: "leave"})
	}
}
