package projections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/capacity"
	"caseledger/domain/correction"
	"caseledger/domain/discharge"
	"caseledger/domain/needs"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"
	"caseledger/projections"
	"caseledger/schema"
)

// drawAdultEvent draws an event of an adult's life, in no sensible order.
func drawAdultEvent(t *rapid.T) domain.Event {
	d := drawDated(t)
	id := rapid.SampledFrom([]string{"x1", "x2"}).Draw(t, "id")
	by := d.Happened.AddDays(rapid.IntRange(1, 60).Draw(t, "days"))
	kind := rapid.SampledFrom([]string{"assessment-notice", "discharge-to-assess"}).Draw(t, "notice")
	all := []domain.Event{
		needs.Requested{Dated: d, Request: needs.RequestID(id), DecideBy: by},
		needs.RequestDecided{Dated: d, Request: needs.RequestID(id)},
		needs.Started{Dated: d, Assessment: needs.ID(id), Of: needs.OfNeeds, CompleteBy: by},
		needs.Answered{Dated: d, Question: "mobility", Assessment: needs.ID(id), Answer: id},
		needs.Completed{Dated: d, Assessment: needs.ID(id)},
		support.Agreed{Dated: d, Plan: support.PlanID(id), ReviewBy: by},
		support.Reviewed{Dated: d, Plan: support.PlanID(id), Review: "v1", ReviewBy: by},
		support.Ended{Dated: d, Plan: support.PlanID(id)},
		support.PaymentStarted{Dated: d, Payment: support.PaymentID(id), ReviewBy: by},
		support.PaymentEnded{Dated: d, Payment: support.PaymentID(id)},
		safeguarding.Raised{Dated: d, Concern: safeguarding.ConcernID(id), DecideBy: by},
		safeguarding.Decided{Dated: d, Concern: safeguarding.ConcernID(id)},
		safeguarding.EnquiryStarted{Dated: d, Enquiry: safeguarding.EnquiryID(id), EndBy: by},
		safeguarding.EnquiryEnded{Dated: d, Enquiry: safeguarding.EnquiryID(id)},
		safeguarding.PlanAgreed{Dated: d, Plan: safeguarding.PlanID(id), Actions: []domain.Action{{ID: "a", By: by}}},
		safeguarding.ActionClosed{Dated: d, Plan: safeguarding.PlanID(id), Action: "a"},
		safeguarding.PlanEnded{Dated: d, Plan: safeguarding.PlanID(id)},
		capacity.LibertyRequested{Dated: d, Authorisation: capacity.AuthorisationID(id), DecideBy: by},
		capacity.LibertyDecided{Dated: d, Authorisation: capacity.AuthorisationID(id), Granted: true, Until: by},
		capacity.LibertyEnded{Dated: d, Authorisation: capacity.AuthorisationID(id)},
		discharge.Noticed{Dated: d, Stay: discharge.StayID(id), Notice: kind},
		discharge.Withdrawn{Dated: d, Stay: discharge.StayID(id), Notice: kind},
		discharge.Discharged{Dated: d, Stay: discharge.StayID(id)},
		transition.Planned{Dated: d, Transition: transition.ID(id), Eighteen: by},
		transition.Concluded{Dated: d, Transition: transition.ID(id)},
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "event")]
}

// drawAdultLife writes entries of one adult: facts, facts that were written in
// error, and corrections that state the same thing anew.
func drawAdultLife(t *rapid.T, l *ledger, id domain.RecordID) {
	var so []domain.Fact
	for range rapid.IntRange(1, 40).Draw(t, "entries") {
		f := domain.Fact{Event: drawAdultEvent(t)}
		if len(so) > 0 && rapid.IntRange(0, 5).Draw(t, "what") == 0 {
			entry := rapid.IntRange(1, len(so)).Draw(t, "entry")
			f = domain.Fact{Event: so[entry-1].Event, Corrects: &domain.Correction{Entry: uint64(entry), Reason: "said again"}}
			if rapid.Bool().Draw(t, "in error") {
				f = domain.Fact{Event: correction.EnteredInError{Dated: drawDated(t), Entry: uint64(entry), Reason: "wrong record"}}
			}
		}
		so = append(so, f)
		l.write(schema.Stream(id), f)
	}
}

// open tells the work that goes on: what was begun and not ended, entry by entry.
func (told naiveLife) openOfAdult() []string {
	var all []string
	add := func(kind string, begun, over func(domain.Event) string) {
		var begins, ends []string
		for _, e := range told {
			begins, ends = append(begins, begun(e.Event)), append(ends, over(e.Event))
		}
		slices.Sort(begins)
		for _, id := range slices.Compact(begins) {
			if id != "" && !slices.Contains(ends, id) {
				all = append(all, kind+" "+id)
			}
		}
	}
	add("support-request", idOf(func(e needs.Requested) string { return string(e.Request) }), idOf(func(e needs.RequestDecided) string { return string(e.Request) }))
	add("adult-assessment", idOf(func(e needs.Started) string { return string(e.Assessment) }), idOf(func(e needs.Completed) string { return string(e.Assessment) }))
	add("support-plan", idOf(func(e support.Agreed) string { return string(e.Plan) }), idOf(func(e support.Ended) string { return string(e.Plan) }))
	add("direct-payment", idOf(func(e support.PaymentStarted) string { return string(e.Payment) }), idOf(func(e support.PaymentEnded) string { return string(e.Payment) }))
	add("safeguarding-concern", idOf(func(e safeguarding.Raised) string { return string(e.Concern) }), idOf(func(e safeguarding.Decided) string { return string(e.Concern) }))
	add("safeguarding-enquiry", idOf(func(e safeguarding.EnquiryStarted) string { return string(e.Enquiry) }), idOf(func(e safeguarding.EnquiryEnded) string { return string(e.Enquiry) }))
	add("safeguarding-plan", idOf(func(e safeguarding.PlanAgreed) string { return string(e.Plan) }), idOf(func(e safeguarding.PlanEnded) string { return string(e.Plan) }))
	add("transition", idOf(func(e transition.Planned) string { return string(e.Transition) }), idOf(func(e transition.Concluded) string { return string(e.Transition) }))
	return append(append(all, told.stays()...), told.liberty()...)
}

// idOf returns the id that an event of one kind names, "" of all others.
func idOf[E domain.Event](id func(E) string) func(domain.Event) string {
	return func(e domain.Event) string {
		if one, ok := e.(E); ok {
			return id(one)
		}
		return ""
	}
}

// stays tells whom a hospital is to discharge: the last that was said of a
// notice is that it was given.
func (told naiveLife) stays() []string {
	var all []string
	for _, id := range []discharge.StayID{"x1", "x2"} {
		holds := map[string]bool{}
		left := false
		for _, e := range told {
			switch e := e.Event.(type) {
			case discharge.Noticed:
				holds[e.Notice] = e.Stay == id || holds[e.Notice] && e.Stay != id
			case discharge.Withdrawn:
				if e.Stay == id {
					holds[e.Notice] = false
				}
			case discharge.Discharged:
				left = left || e.Stay == id
			}
		}
		if !left && (holds["assessment-notice"] || holds["discharge-to-assess"]) {
			all = append(all, "hospital-stay "+string(id))
		}
	}
	return all
}

// liberty tells the requests that wait, and the authorisations that hold.
func (told naiveLife) liberty() []string {
	var all []string
	for _, id := range []capacity.AuthorisationID{"x1", "x2"} {
		asked, given, over := false, false, false
		for _, e := range told {
			switch e := e.Event.(type) {
			case capacity.LibertyRequested:
				asked = asked || e.Authorisation == id
			case capacity.LibertyDecided:
				given = given || e.Authorisation == id
			case capacity.LibertyEnded:
				over = over || e.Authorisation == id
			}
		}
		switch {
		case over:
		case given:
			all = append(all, "deprivation-of-liberty "+string(id))
		case asked:
			all = append(all, "liberty-request "+string(id))
		}
	}
	return all
}

// known tells what is known on the question, and from which entry.
func (told naiveLife) knownOnMobility() string {
	answer, entry := naiveLast(told, func(needs.Answered) bool { return true })
	return fmt.Sprint(answer.Answer, " ", entry)
}

func TestAnAdultsOpenWorkIsWhatANaiveFoldSaysAsKnownAtAnyTimeAndTrueOnAnyDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(trial{t, rt})
		drawAdultLife(rt, l, ann)
		r, err := l.load(ctx, ann)
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
			var got []string
			for _, row := range projections.Replayed(ann, then).Caseload {
				got = append(got, row.Kind+" "+row.Work)
			}
			want := told.openOfAdult()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				rt.Fatalf("known at %s, on %s:\n%s\nwant\n%s", known, day, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			answered := then.Needs.KnownOn("mobility")
			if got := fmt.Sprint(answered.Fact.Answer, " ", answered.Entry); got != told.knownOnMobility() {
				rt.Fatalf("known on a question: %s, want %s", got, told.knownOnMobility())
			}
		}
	})
}
