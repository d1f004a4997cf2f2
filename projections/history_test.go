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
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/conference"
	"caseledger/domain/correction"
	"caseledger/domain/enquiry"
	"caseledger/domain/family"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/incident"
	"caseledger/domain/lookedafter"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/restriction"
	"caseledger/domain/temporary"
	"caseledger/domain/visit"
	"caseledger/projections"
	"caseledger/schema"
)

// drawDated draws a day of a year, or now and then that nobody knows.
func drawDated(t *rapid.T) domain.Dated {
	if rapid.IntRange(0, 19).Draw(t, "known day") == 0 {
		return domain.Dated{}
	}
	return domain.Dated{Happened: date("2023-01-01").AddDays(rapid.IntRange(0, 364).Draw(t, "day"))}
}

// drawEvent draws an event, in no sensible order: imports bring every order.
func drawEvent(t *rapid.T) domain.Event {
	d := drawDated(t)
	plan := rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "plan")
	ref := referral.ID(rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "referral"))
	category := rapid.SampledFrom([]string{"NEG", "PHY", "EMO"}).Draw(t, "category")
	n := rapid.IntRange(0, 3).Draw(t, "number")
	by := d.Happened.AddDays(90 + n)
	all := []domain.Event{
		protection.Registered{Dated: d, Plan: protection.PlanID(plan), Referral: ref, Category: category, Previous: n, ReviewBy: by},
		protection.Registered{Dated: d, Plan: protection.PlanID(plan), Referral: ref, Category: category, Previous: n, ReviewBy: by},
		protection.Reviewed{Dated: d, Plan: protection.PlanID(plan), Review: protection.ReviewID(fmt.Sprint(n)), Outcome: "continue", ReviewBy: by},
		protection.CategoryChanged{Dated: d, Plan: protection.PlanID(plan), Category: category},
		protection.Ended{Dated: d, Plan: protection.PlanID(plan), Reason: "review-conference"},
		referral.Received{Dated: d, Referral: ref, Source: "2A", DecideBy: by},
		referral.Decided{Dated: d, Referral: ref, Outcome: "assessment"},
		referral.NotTakenFurther{Dated: d, Referral: ref},
		referral.Closed{Dated: d, Referral: ref, Reason: "RC1"},
		assessment.Started{Dated: d, Assessment: assessment.ID(plan), Referral: ref, CompleteBy: by},
		assessment.Completed{Dated: d, Assessment: assessment.ID(plan), Factors: []string{"1A"}},
		enquiry.Started{Dated: d, Enquiry: enquiry.ID(plan), Referral: ref, ConferenceBy: by},
		enquiry.ConferenceHeld{Dated: d, Conference: enquiry.ConferenceID(plan), Enquiry: enquiry.ID(plan), Referral: ref},
		cinplan.Started{Dated: d, Plan: cinplan.ID(plan), Referral: ref},
		cinplan.Ended{Dated: d, Plan: cinplan.ID(plan)},
		allocation.Allocated{Dated: d, Allocation: allocation.ID(plan), Worker: "w" + fmt.Sprint(n), Team: "t", Role: "lead"},
		allocation.Ended{Dated: d, Allocation: allocation.ID(plan)},
		identity.Identified{Dated: d, Kind: identity.LAChildID, Value: "LA" + fmt.Sprint(n), Source: "s"},
		identity.Named{Dated: d, Kind: "legal", Given: "G" + fmt.Sprint(n), Family: "F"},
		identity.Born{Dated: d},
		note.Written{Dated: d, Note: note.ID(plan), Kind: "visit", Text: []note.Passage{{Text: "seen"}}},
		temporary.Entered{Dated: d, Registration: temporary.ID("m" + fmt.Sprint(n)), From: "othertown", Category: category, ConferenceBy: by},
		temporary.Ended{Dated: d, Registration: temporary.ID("m" + fmt.Sprint(n)), Reason: "returned"},
		protection.MissingReported{Dated: d, Plan: protection.PlanID(plan)},
		protection.ChildTraced{Dated: d, Plan: protection.PlanID(plan)},
		protection.CoreGroupMet{Dated: d, Plan: protection.PlanID(plan), Meeting: fmt.Sprint(n), NextBy: by},
		lookedafter.EpisodeBegan{Dated: d, Episode: lookedafter.EpisodeID(plan), Referral: ref, Reason: "S", LegalStatus: "C2", Placement: lookedafter.Placement{Type: "U" + fmt.Sprint(n)}, ReviewBy: by, VisitBy: by},
		lookedafter.EpisodeBegan{Dated: d, Episode: lookedafter.EpisodeID(plan), Referral: ref, Reason: "L", LegalStatus: "V2", Placement: lookedafter.Placement{Type: "U" + fmt.Sprint(n)}},
		lookedafter.EpisodeCeased{Dated: d, Episode: lookedafter.EpisodeID(plan), Reason: []string{"X1", "X1", "E4A", "E8"}[n]},
		lookedafter.Reviewed{Dated: d, Review: lookedafter.ReviewID(fmt.Sprint(n)), ReviewBy: by},
		visit.MadeInCare{Dated: d, Visit: visit.ID(fmt.Sprint(n)), Seen: n > 0, SeenAlone: n > 1, VisitBy: by},
		visit.Made{Dated: d, Visit: visit.ID(fmt.Sprint("c", n)), Under: visit.LookedAfter, Seen: n > 0, Alone: n > 1, NextBy: by},
		lookedafter.OfficerNamed{Dated: d, Officer: "iro-" + fmt.Sprint(n)},
		visit.Made{Dated: d, Visit: visit.ID(plan), Under: visit.Protection, Of: plan, Seen: n > 0, Alone: n > 1, Bedroom: n == 3, NextBy: by},
		allocation.HandedOver{Dated: d, Allocation: allocation.ID(fmt.Sprint(n)), From: allocation.ID(plan), Worker: "w9", Team: "t", Role: "lead"},
		cinplan.Agreed{Dated: d, Plan: cinplan.ID(plan), Actions: []domain.Action{{ID: "x", By: by}}, ReviewBy: by},
		cinplan.Reviewed{Dated: d, Plan: cinplan.ID(plan), Review: cinplan.ReviewID(fmt.Sprint(n))},
		family.Related{Dated: d, Relation: family.RelationID(plan), Kind: "sibling", Record: "bbbb"},
		family.HouseholdJoined{Dated: d, Household: family.HouseholdID(plan)},
		family.HouseholdLeft{Dated: d, Household: family.HouseholdID(plan)},
		restriction.BarrierSet{Dated: d, Restriction: restriction.ID(plan), Worker: "w"},
		restriction.Lifted{Dated: d, Restriction: restriction.ID(plan)},
		conference.Delayed{Dated: d, Enquiry: enquiry.ID(plan), Until: by},
		incident.Learned{Dated: d, Incident: incident.ID(plan), NotifyBy: by, ReviewBy: by},
		incident.Notified{Dated: d, Incident: incident.ID(plan)},
		careleaver.Entitled{Dated: d, Eligibility: "relevant"},
		careleaver.Ended{Dated: d, Reason: "declined"},
		careleaver.AdviserNamed{Dated: d, Adviser: "pa-" + fmt.Sprint(n)},
		careleaver.Planned{Dated: d, Plan: careleaver.PlanID(plan), ReviewBy: by},
		careleaver.Contacted{Dated: d, Contact: careleaver.ContactID(plan), InTouch: "YES", VisitBy: by},
		adoption.IdentityParted{Dated: d, Adoption: adoption.ID(plan), Successor: "cccc"},
		protection.ChangeFound{Dated: d, Plan: protection.PlanID(plan), Change: fmt.Sprint(n), ReportBy: by},
		health.Assessed{Dated: d, Assessment: health.ID(plan), NextBy: by},
		lookedafter.EducationPlanned{Dated: d, Plan: lookedafter.PlanID(plan), ReviewBy: by},
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "event")]
}

// drawFact draws an event, a correction of an entry of the same kind and
// thing, or that an entry was written in error.
func drawFact(t *rapid.T, so []domain.Fact) domain.Fact {
	switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
	case what < 7 || len(so) == 0:
		return domain.Fact{Event: drawEvent(t)}
	case what == 7:
		entry := rapid.IntRange(1, len(so)).Draw(t, "voided")
		return domain.Fact{Event: correction.EnteredInError{Dated: drawDated(t), Entry: uint64(entry), Reason: "wrong record"}}
	}
	entry := rapid.IntRange(1, len(so)).Draw(t, "corrected")
	return domain.Fact{Event: moved(so[entry-1].Event, drawDated(t)), Corrects: &domain.Correction{Entry: uint64(entry), Reason: "wrong day"}}
}

// moved returns the event on another day.
func moved(e domain.Event, to domain.Dated) domain.Event {
	switch e := e.(type) {
	case protection.Registered:
		e.Dated, e.Category = to, "SAB"
		return e
	case protection.Reviewed:
		e.Dated = to
		return e
	case protection.CategoryChanged:
		e.Dated = to
		return e
	case protection.Ended:
		e.Dated = to
		return e
	case referral.Received:
		e.Dated = to
		return e
	case referral.NotTakenFurther:
		e.Dated = to
		return e
	case identity.Named:
		e.Dated, e.Given = to, "H"
		return e
	}
	return e
}

// drawHistory writes entries of three children, and calls between now and then.
func drawHistory(t *rapid.T, l *ledger, between func()) {
	children := []domain.RecordID{"aaaa", "bbbb", "cccc"}
	so := make(map[domain.RecordID][]domain.Fact)
	for range rapid.IntRange(1, 60).Draw(t, "entries") {
		id := rapid.SampledFrom(children).Draw(t, "child")
		f := drawFact(t, so[id])
		so[id] = append(so[id], f)
		l.write(schema.Stream(id), f)
		if rapid.IntRange(0, 4).Draw(t, "catch up") == 0 {
			between()
		}
	}
}

// naiveRegister says who is on the register: straightforwardly, one entry
// after the other, with nothing that the product uses.
func naiveRegister(id domain.RecordID, entries []domain.Entry, known time.Time, day domain.Date) []string {
	return naivePlans(id, naiveInForce(entries, known, day))
}

// naiveInForce are the entries in force, in the order of the world.
func naiveInForce(entries []domain.Entry, known time.Time, day domain.Date) []domain.Entry {
	var so []domain.Entry
	for _, e := range entries {
		if known.IsZero() || !e.Recorded.After(known) {
			so = append(so, e)
		}
	}
	gone, first := map[uint64]bool{}, map[uint64]uint64{}
	for i := len(so) - 1; i >= 0; i-- {
		if gone[so[i].Seq] {
			continue
		}
		if v, ok := so[i].Event.(correction.EnteredInError); ok {
			gone[v.Entry] = true
		}
		for e := so[i]; e.Corrects != nil; e = so[e.Corrects.Entry-1] {
			gone[e.Corrects.Entry] = true // and what that one had corrected before
		}
	}
	for _, e := range so {
		first[e.Seq] = e.Seq
		if e.Corrects != nil {
			first[e.Seq] = first[e.Corrects.Entry]
		}
	}
	var told []domain.Entry
	for _, e := range so {
		if !gone[e.Seq] && (day.IsZero() || e.Event.HappenedOn().String() <= day.String()) {
			told = append(told, e)
		}
	}
	slices.SortFunc(told, func(a, b domain.Entry) int {
		return strings.Compare(
			fmt.Sprintf("%10s %06d %06d", a.Event.HappenedOn(), first[a.Seq], a.Seq),
			fmt.Sprintf("%10s %06d %06d", b.Event.HappenedOn(), first[b.Seq], b.Seq))
	})
	return told
}

type naivePlan struct {
	missing           domain.Date
	registered, ended bool
	from              domain.Date
	initial, changed  string
	previous          int
	reviewBy          domain.Date
	reviews           []string
	due, held         map[string]domain.Date // of each review
}

func naivePlans(id domain.RecordID, told []domain.Entry) []string {
	plans := map[protection.PlanID]*naivePlan{}
	at := func(p protection.PlanID) *naivePlan {
		if plans[p] == nil {
			plans[p] = &naivePlan{due: map[string]domain.Date{}, held: map[string]domain.Date{}}
		}
		return plans[p]
	}
	for _, e := range told {
		switch e := e.Event.(type) {
		case protection.Registered:
			p := at(e.Plan)
			p.registered, p.from, p.initial, p.previous, p.reviewBy = true, e.Happened, e.Category, e.Previous, e.ReviewBy
		case protection.Reviewed:
			p := at(e.Plan)
			if _, again := p.due[string(e.Review)]; !again {
				p.reviews = append(p.reviews, string(e.Review))
			}
			p.due[string(e.Review)], p.held[string(e.Review)] = e.ReviewBy, e.Happened
		case protection.CategoryChanged:
			at(e.Plan).changed = e.Category
		case protection.Ended:
			at(e.Plan).ended = true
		case protection.MissingReported:
			at(e.Plan).missing = e.Happened
		case protection.ChildTraced:
			at(e.Plan).missing = domain.Date{}
		case temporary.Entered:
			p := at(protection.PlanID(e.Registration))
			p.registered, p.from, p.initial, p.reviewBy = true, e.Happened, e.Category, e.ConferenceBy
		case temporary.Ended:
			at(protection.PlanID(e.Registration)).ended = true
		}
	}
	var rows []string
	for name, p := range plans {
		if !p.registered || p.ended {
			continue
		}
		latest, by := p.initial, p.reviewBy
		if p.changed != "" {
			latest = p.changed
		}
		var last domain.Date
		for _, review := range p.reviews {
			if held := p.held[review]; !held.Before(last) {
				by, last = p.due[review], held
			}
		}
		rows = append(rows, fmt.Sprintf("%s %s from %s %s %s previous %d review by %s missing %s", id, name, p.from, p.initial, latest, p.previous, by, p.missing))
	}
	return rows
}

func registerTexts(rows []projections.RegisterRow) []string {
	var texts []string
	for _, r := range rows {
		texts = append(texts, fmt.Sprintf("%s %s from %s %s %s previous %d review by %s missing %s", r.Record, r.Plan, r.From, r.Initial, r.Latest, r.Previous, r.ReviewBy, r.Missing))
	}
	slices.Sort(texts)
	return texts
}

func TestTheRegisterIsWhatANaiveFoldSaysAsKnownAtAnyTimeAndTrueOnAnyDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		db := caughtUp(t, l)
		naive := func(known time.Time, day domain.Date) []string {
			var all []string
			for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc"} {
				r, err := l.load(ctx, id)
				if err != nil {
					rt.Fatal(err)
				}
				all = append(all, naiveRegister(id, r.Entries, known, day)...)
			}
			slices.Sort(all)
			return all
		}
		rows, err := db.Register(ctx)
		if got, want := registerTexts(rows), naive(time.Time{}, domain.Date{}); err != nil || !slices.Equal(got, want) {
			rt.Fatalf("now: %v\n%q\nwant\n%q", err, got, want)
		}
		for range 4 {
			known := moment(rapid.IntRange(0, l.entries).Draw(rt, "known"))
			day := drawDated(rt).Happened
			rows, err := db.RegisterAt(ctx, l.load, known, day)
			if got, want := registerTexts(rows), naive(known, day); err != nil || !slices.Equal(got, want) {
				rt.Fatalf("known at %s, on %s: %v\n%q\nwant\n%q", known, day, err, got, want)
			}
		}
	})
}

func TestTablesKeptUpInAnyStepsAreThoseOfOneRebuild(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		db := open(t)
		steps := runner(t, db, l.store, projections.All()...)
		steps.SetFoldBudget(rapid.SampledFrom([]int{0, 1000, 1 << 20}).Draw(rt, "budget"))
		step := func() {
			if err := steps.CatchUp(ctx, nil); err != nil {
				rt.Fatal(err)
			}
		}
		drawHistory(rt, l, step)
		step()
		got, want := digests(t, db), digests(t, rebuilt(t, l))
		if got != want {
			rt.Fatalf("in steps\n%s\nrebuilt\n%s", got, want)
		}
		if got := digests(t, caughtUp(t, l)); got != want {
			rt.Fatalf("in one step\n%s\nrebuilt\n%s", got, want)
		}
	})
}

func TestTablesOfNowAreWhatAReplaySays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		t := trial{t, rt}
		l := newLedger(t)
		drawHistory(rt, l, func() {})
		db := caughtUp(t, l)
		rows, err := db.Caseload(ctx, projections.CaseloadFilter{})
		if err != nil {
			rt.Fatal(err)
		}
		replayed, err := db.CaseloadAt(ctx, l.load, time.Time{}, projections.CaseloadFilter{})
		if got, want := fmt.Sprint(rows), fmt.Sprint(replayed); err != nil || got != want {
			rt.Fatalf("caseload %v\n%s\nwant\n%s", err, got, want)
		}
		for _, id := range []domain.RecordID{"aaaa", "bbbb", "cccc"} {
			r, err := l.load(ctx, id)
			if err != nil {
				rt.Fatal(err)
			}
			story, err := db.Chronology(ctx, id)
			if got, want := orders(story), orders(projections.ChronologyAt(id, r, time.Time{}, domain.Date{})); err != nil || got != want {
				rt.Fatalf("chronology %v\n%s\nwant\n%s", err, got, want)
			}
			known := moment(rapid.IntRange(0, l.entries).Draw(rt, "known"))
			audit, err := db.Audit(ctx, id, projections.Moment{Known: known})
			if got, want := forces(audit), naiveForces(r, known); err != nil || got != want {
				rt.Fatalf("audit known at %s: %v\n%s\nwant\n%s", known, err, got, want)
			}
			audit, err = db.Audit(ctx, id, projections.Moment{})
			if got, want := forces(audit), naiveForces(r, time.Time{}); err != nil || got != want {
				rt.Fatalf("audit: %v\n%s\nwant\n%s", err, got, want)
			}
		}
	})
}

func orders(rows []projections.ChronologyRow) string {
	var text strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&text, "%s %d %s %v %v\n", r.Happened, r.Entry, r.Sentence, deref(r.AgeYears), deref(r.WeeksBeforeBirth))
	}
	return text.String()
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func forces(rows []projections.AuditRow) string {
	var text strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&text, "%d %t %v\n", r.Entry, r.InForce, deref(r.CorrectedBy))
	}
	return text.String()
}

func naiveForces(r record.Record, known time.Time) string {
	then := r.At(known, domain.Date{})
	var text strings.Builder
	for _, e := range then.Entries {
		in, by := then.InForce(e.Seq)
		fmt.Fprintf(&text, "%d %t ", e.Seq, in)
		if by == 0 {
			fmt.Fprintln(&text, nil)
		} else {
			fmt.Fprintln(&text, by)
		}
	}
	return text.String()
}
