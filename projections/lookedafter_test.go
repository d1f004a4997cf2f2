package projections_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/health"
	"caseledger/domain/lookedafter"
	"caseledger/domain/visit"
	"caseledger/projections"
)

// naiveCare says where a child is looked after.
func naiveCare(id domain.RecordID, told []domain.Entry) []string {
	c := naiveCareOf(told)
	if c == nil {
		return nil
	}
	return []string{fmt.Sprintf("%s %s since %s under %s in %s, %s, reviewed %s, again by %s, visited %s, again by %s",
		id, c.current.Episode, c.since, c.current.LegalStatus, c.current.Placement.Type, c.officer, c.lastReview, c.reviewBy, c.lastVisit, c.visitBy)}
}

// naivelyInCare is a child who is looked after.
type naivelyInCare struct {
	current                                         lookedafter.EpisodeBegan
	officer                                         string
	since, lastReview, reviewBy, lastVisit, visitBy domain.Date
}

// naiveCareOf tells a child's care: one entry after the other, with nothing that
// the product uses; nil for a child who is not looked after.
func naiveCareOf(told []domain.Entry) *naivelyInCare {
	began, ceased := map[lookedafter.EpisodeID]lookedafter.EpisodeBegan{}, map[lookedafter.EpisodeID]lookedafter.EpisodeCeased{}
	var order []lookedafter.EpisodeID // of the first word of each
	reviews, visits := map[lookedafter.ReviewID]lookedafter.Reviewed{}, []visit.Made{}
	var reviewOrder []lookedafter.ReviewID
	officer := ""
	for _, e := range told {
		switch e := e.Event.(type) {
		case lookedafter.EpisodeBegan:
			if !slices.Contains(order, e.Episode) {
				order = append(order, e.Episode)
			}
			began[e.Episode] = e
		case lookedafter.EpisodeCeased:
			if !slices.Contains(order, e.Episode) {
				order = append(order, e.Episode)
			}
			ceased[e.Episode] = e
		case lookedafter.Reviewed:
			if _, again := reviews[e.Review]; !again {
				reviewOrder = append(reviewOrder, e.Review)
			}
			reviews[e.Review] = e
		case visit.MadeInCare:
			visits = append(visits, visit.Made{Dated: e.Dated, Seen: e.Seen, NextBy: e.VisitBy})
		case visit.Made:
			if e.Under == visit.LookedAfter {
				visits = append(visits, e)
			}
		case lookedafter.OfficerNamed:
			officer = e.Officer
		}
	}
	var current *lookedafter.EpisodeBegan
	for _, one := range order {
		b, is := began[one]
		if _, over := ceased[one]; is && !over {
			current = &b
		}
	}
	if current == nil {
		return nil
	}
	since := current.Happened
	for moved := true; moved; {
		moved = false
		for _, one := range order {
			b, is := began[one]
			c, over := ceased[one]
			if is && over && c.Reason == "X1" && !since.IsZero() && c.Happened == since && b.Happened.Before(since) {
				since, moved = b.Happened, true
				break
			}
		}
	}
	var reviewBy, visitBy, lastReview, lastVisit, latest, moved domain.Date
	for _, one := range order {
		if b, is := began[one]; is && b.Happened == since {
			reviewBy = b.ReviewBy
			break
		}
	}
	for _, one := range reviewOrder {
		if r := reviews[one]; !r.Happened.Before(since) && !r.Happened.Before(latest) {
			reviewBy, latest, lastReview = r.ReviewBy, r.Happened, r.Happened
		}
	}
	for _, one := range order {
		if b, is := began[one]; is && !b.VisitBy.IsZero() && !b.Happened.Before(since) && !b.Happened.Before(moved) {
			visitBy, moved = b.VisitBy, b.Happened
		}
	}
	for _, v := range visits {
		if !v.Happened.Before(since) && !v.Happened.Before(lastVisit) {
			lastVisit = v.Happened
		}
		if !v.Happened.Before(since) && !v.Happened.Before(moved) && !v.NextBy.IsZero() && v.Seen {
			visitBy, moved = v.NextBy, v.Happened
		}
	}
	return &naivelyInCare{*current, officer, since, lastReview, reviewBy, lastVisit, visitBy}
}

func careTexts(rows []projections.LookedAfterRow) []string {
	var texts []string
	for _, r := range rows {
		texts = append(texts, fmt.Sprintf("%s %s since %s under %s in %s, %s, reviewed %s, again by %s, visited %s, again by %s",
			r.Record, r.Episode, r.Since, r.LegalStatus, r.Placement, r.Officer, r.LastReview, r.ReviewBy, r.LastVisit, r.VisitBy))
	}
	slices.Sort(texts)
	return texts
}

func TestWhoIsLookedAfterIsWhatANaiveFoldSaysAsKnownAtAnyTimeAndTrueOnAnyDay(t *testing.T) {
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
				all = append(all, naiveCare(id, naiveInForce(r.Entries, known, day))...)
			}
			slices.Sort(all)
			return all
		}
		rows, err := db.LookedAfter(ctx)
		if got, want := careTexts(rows), naive(time.Time{}, domain.Date{}); err != nil || !slices.Equal(got, want) {
			rt.Fatalf("now: %v\n%q\nwant\n%q", err, got, want)
		}
		for range 3 {
			known := moment(rapid.IntRange(0, l.entries).Draw(rt, "known"))
			day := drawDated(rt).Happened
			rows, err := db.LookedAfterAt(ctx, l.load, known, day)
			if got, want := careTexts(rows), naive(known, day); err != nil || !slices.Equal(got, want) {
				rt.Fatalf("known at %s, on %s: %v\n%q\nwant\n%q", known, day, err, got, want)
			}
		}
	})
}

func TestALookedAfterChildsHealthAndEducationAreDueAsTheLatestOfThemSetThem(t *testing.T) {
	l := newLedger(t)
	l.events(ann, lookedafter.EpisodeBegan{Dated: on("2024-01-02"), Episode: "e1", Reason: "S", HealthBy: date("2024-01-30"), PlanBy: date("2024-01-16")})
	row := func() projections.LookedAfterRow {
		t.Helper()
		rows, err := caughtUp(t, l).LookedAfter(ctx)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%+v, %v", rows, err)
		}
		return rows[0]
	}
	if r := row(); r.HealthBy != date("2024-01-30") || r.PlanBy != date("2024-01-16") || !slices.Equal(r.Entries, []uint64{1}) {
		t.Errorf("at the start: %+v", r)
	}
	l.events(ann, health.Assessed{Dated: on("2024-01-20"), Assessment: "h1", NextBy: date("2025-01-20")},
		lookedafter.EducationPlanned{Dated: on("2024-01-10"), Plan: "p1", ReviewBy: date("2024-07-10")})
	if r := row(); r.HealthBy != date("2025-01-20") || r.PlanBy != date("2024-07-10") || !slices.Equal(r.Entries, []uint64{1, 2, 3}) {
		t.Errorf("after both: %+v", r)
	}
}
