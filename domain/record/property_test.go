package record_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/careleaver"
	"caseledger/domain/cinplan"
	"caseledger/domain/correction"
	"caseledger/domain/correspondence"
	"caseledger/domain/enquiry"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/note"
	"caseledger/domain/oversight"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/unmapped"

	"caseledger/domain/capacity"
	"caseledger/domain/discharge"
	"caseledger/domain/needs"
	"caseledger/domain/safeguarding"
	"caseledger/domain/support"
	"caseledger/domain/transition"
)

// drawHistory draws entries with late and undated ones, corrections and errors,
// also such as no rule would allow.
func drawHistory(t *rapid.T) []domain.Entry {
	n := rapid.IntRange(0, 24).Draw(t, "n")
	list := make([]domain.Entry, n)
	for i := range list {
		e := domain.Entry{Seq: uint64(i + 1), Recorded: hour(0).AddDate(0, 0, i), Event: drawEvent(t, i)}
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "corrects") == 0 {
			e.Corrects = &domain.Correction{Entry: uint64(rapid.IntRange(0, i).Draw(t, "entry"))}
		}
		list[i] = e
	}
	return list
}

func drawEvent(t *rapid.T, i int) domain.Event {
	d := domain.Dated{}
	if day := rapid.IntRange(0, 9).Draw(t, "day"); day > 0 {
		d.Happened = domain.NewDate(2026, 1, day)
	}
	id := fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "id"))
	text := fmt.Sprint(i)
	return rapid.SampledFrom([]domain.Event{
		correction.EnteredInError{Dated: d, Entry: uint64(rapid.IntRange(0, i).Draw(t, "void"))},
		correction.EnteredInError{Dated: d, Entry: uint64(rapid.IntRange(0, i).Draw(t, "void"))},
		identity.Named{Dated: d, Kind: id, Given: text},
		identity.Identified{Dated: d, Kind: "upn", Value: id, Source: text},
		identity.SexRecorded{Dated: d, Sex: text},
		referral.Received{Dated: d, Referral: referral.ID(id), Source: text},
		referral.Closed{Dated: d, Referral: referral.ID(id), Reason: text},
		assessment.Started{Dated: d, Assessment: assessment.ID(id), Referral: referral.ID(text)},
		assessment.Completed{Dated: d, Assessment: assessment.ID(id), Factors: []string{text}},
		enquiry.Started{Dated: d, Enquiry: enquiry.ID(id), Referral: referral.ID(text)},
		enquiry.ConferenceHeld{Dated: d, Conference: enquiry.ConferenceID(id), Enquiry: enquiry.ID(id), Outcome: text},
		cinplan.Started{Dated: d, Plan: cinplan.ID(id), Referral: referral.ID(text)},
		cinplan.Reviewed{Dated: d, Plan: cinplan.ID(id), Review: cinplan.ReviewID(id)},
		protection.Registered{Dated: d, Plan: protection.PlanID(id), Category: text},
		protection.Reviewed{Dated: d, Plan: protection.PlanID(id), Review: protection.ReviewID(id), Outcome: text},
		protection.Ended{Dated: d, Plan: protection.PlanID(id), Reason: text},
		note.Written{Dated: d, Note: note.ID(id), Kind: text},
		note.Written{Dated: d, Note: note.ID(id), For: text},
		note.SignedOff{Dated: d, Note: note.ID(id), Entry: 3},
		note.Returned{Dated: d, Note: note.ID(id), Entry: 3, Reason: text},
		oversight.Recorded{Dated: d, Oversight: oversight.ID(id), Worker: text},
		correspondence.Recorded{Dated: d, Correspondence: correspondence.ID(id), Subject: text},
		allocation.Allocated{Dated: d, Allocation: allocation.ID(id), Worker: text},
		unmapped.Kept{Dated: d, ID: id, Text: text},
		lookedafter.EpisodeBegan{Dated: d, Episode: lookedafter.EpisodeID(id), Reason: text},
		lookedafter.EpisodeCeased{Dated: d, Episode: lookedafter.EpisodeID(id), Reason: text},
		lookedafter.Reviewed{Dated: d, Review: lookedafter.ReviewID(id), Participation: text},
		health.TeethChecked{Dated: d, Check: health.ID(id)},
		health.MisuseFound{Dated: d, Finding: health.ID(id)},
		missing.WentMissing{Dated: d, Absence: missing.ID(id), Kind: text},
		missing.Returned{Dated: d, Absence: missing.ID(id)},
		adoption.Decided{Dated: d, Adoption: adoption.ID(id)},
		adoption.Reversed{Dated: d, Adoption: adoption.ID(id), Reason: text},
		legal.Ordered{Dated: d, Made: legal.OrderID(id), Order: text},
		legal.Heard{Dated: d, Application: legal.ApplicationID(id), Hearing: legal.HearingID(id), Outcome: text},
		careleaver.Contacted{Dated: d, Contact: careleaver.ContactID(id), InTouch: text},
		needs.Started{Dated: d, Assessment: needs.ID(id), Level: text},
		needs.Answered{Dated: d, Question: id, Answer: text},
		support.Agreed{Dated: d, Plan: support.PlanID(id), Aims: []string{text}},
		support.ServiceStarted{Dated: d, Service: support.ServiceID(id), Provider: text},
		safeguarding.Raised{Dated: d, Concern: safeguarding.ConcernID(id), Account: text},
		safeguarding.PlanReviewed{Dated: d, Plan: safeguarding.PlanID(id), Review: safeguarding.ReviewID(id)},
		transition.Planned{Dated: d, Transition: transition.ID(id), Team: text},
		capacity.Assessed{Dated: d, Assessment: capacity.ID(id), Decision: text},
		capacity.LibertyDecided{Dated: d, Authorisation: capacity.AuthorisationID(id), Granted: true},
		discharge.Noticed{Dated: d, Stay: discharge.StayID(id), Notice: "discharge-to-assess", Hospital: text},
		discharge.Withdrawn{Dated: d, Stay: discharge.StayID(id), Notice: "discharge-to-assess"},
		discharge.Discharged{Dated: d, Stay: discharge.StayID(id)},
	}).Draw(t, "event")
}

// naive is Effective written anew, from the words of the contract: an entry is
// in force unless a later one in force voids it or stands in its place.
func naive(list []domain.Entry) []domain.Entry {
	var inForce func(e domain.Entry) bool
	inForce = func(e domain.Entry) bool {
		for _, later := range list {
			if !inPlaceOf(list, later, e.Seq) && !(isVoidOf(later, e.Seq)) {
				continue
			}
			if later.Seq == e.Seq || later.Seq > e.Seq && inForce(later) {
				return false
			}
		}
		return true
	}
	var force []domain.Entry
	for _, e := range list {
		if inForce(e) {
			force = append(force, e)
		}
	}
	slices.SortFunc(force, func(a, b domain.Entry) int {
		return cmp.Or(cmp.Compare(a.Event.HappenedOn().String(), b.Event.HappenedOn().String()),
			cmp.Compare(first(list, a), first(list, b)), cmp.Compare(a.Seq, b.Seq))
	})
	return force
}

func isVoidOf(e domain.Entry, seq uint64) bool {
	v, ok := e.Event.(correction.EnteredInError)
	return ok && v.Entry == seq
}

// inPlaceOf reports whether e corrects the entry, at once or by way of others.
func inPlaceOf(list []domain.Entry, e domain.Entry, seq uint64) bool {
	if e.Corrects == nil || e.Corrects.Entry == 0 || e.Corrects.Entry >= e.Seq {
		return false
	}
	return e.Corrects.Entry == seq || inPlaceOf(list, list[e.Corrects.Entry-1], seq)
}

// first is the number of the entry that a chain of corrections began with.
func first(list []domain.Entry, e domain.Entry) uint64 {
	if e.Corrects == nil {
		return e.Seq
	}
	if e.Corrects.Entry == 0 || e.Corrects.Entry >= e.Seq {
		return e.Corrects.Entry
	}
	return first(list, list[e.Corrects.Entry-1])
}

// refold folds entries that need no more thought: one by one, in order, none
// of them pointing at another.
func refold(effective []domain.Entry) record.Record {
	var r record.Record
	for _, e := range effective {
		e.Corrects = nil
		if _, voids := e.Event.(correction.EnteredInError); !voids {
			r = r.Evolve(e)
		}
	}
	return r
}

func parts(r record.Record) []any {
	return []any{r.Person, r.Referrals, r.Assessments, r.Enquiries, r.CINPlans, r.Protection, r.Notes, r.Allocations, r.Unmapped,
		r.Care, r.Health, r.Absences, r.Adoptions, r.Leaver, r.Legal, r.Oversights, r.Letters,
		r.Needs, r.Support, r.Safeguarding, r.Transitions, r.Capacity, r.Hospital}
}

func TestHoweverEntriesArriveTheRecordIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawHistory(t)
		whole := record.Fold(list)
		if got, want := seqs(record.Effective(list)), seqs(naive(list)); !slices.Equal(got, want) {
			t.Fatalf("in force are %v, want %v", got, want)
		}
		if want := refold(naive(list)); !reflect.DeepEqual(parts(whole), parts(want)) {
			t.Fatalf("folded:\n%+v\nwant:\n%+v", parts(whole), parts(want))
		}
		var grown record.Record
		for rest := list; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "batch")
			grown = grown.Evolve(rest[:n]...)
			rest = rest[n:]
			if then := record.Fold(grown.Entries); !reflect.DeepEqual(grown, then) {
				t.Fatalf("after %d entries:\n%+v\nfolded at once:\n%+v", len(grown.Entries), parts(grown), parts(then))
			}
		}
		for _, e := range list {
			still, by := whole.InForce(e.Seq)
			if inEffect := slices.Contains(seqs(naive(list)), e.Seq); still != inEffect || still != (by == 0) {
				t.Fatalf("entry %d: in force %t, taken out by %d", e.Seq, still, by)
			}
		}
	})
}

func TestAStateIsNeverChangedByALaterOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawHistory(t)
		var r record.Record
		var states []record.Record
		var prints []string
		for _, e := range list {
			states, prints = append(states, r), append(prints, fmt.Sprintf("%+v", r))
			fork := r.Fork().Evolve(domain.Entry{Seq: e.Seq, Event: sex("2026-01-05", "fork")})
			r = r.Evolve(e)
			states, prints = append(states, fork), append(prints, fmt.Sprintf("%+v", fork))
		}
		for i, state := range states {
			if got := fmt.Sprintf("%+v", state); got != prints[i] {
				t.Fatalf("state %d was\n%s\nand is\n%s", i, prints[i], got)
			}
		}
	})
}

func TestAsKnownThenIsWhatWasFoldedThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawHistory(t)
		n := rapid.IntRange(0, len(list)).Draw(t, "known")
		then := record.Fold(list).At(hour(0).AddDate(0, 0, n-1).Add(1), domain.Date{})
		if want := record.Fold(list[:n:n]); !reflect.DeepEqual(parts(then), parts(want)) || len(then.Entries) != n {
			t.Fatalf("as known after %d entries:\n%+v\nwant:\n%+v", n, parts(then), parts(want))
		}
	})
}
