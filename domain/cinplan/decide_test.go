package cinplan_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/cinplan"
	"caseledger/domain/domaintest"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...cinplan.Event) cinplan.Plans {
	var all cinplan.Plans
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

// asked is a referral received on 5 January 2026, a Monday.
func asked() referral.Referral {
	return referral.Referrals(nil).Evolve(1, referral.Received{Dated: on("2026-01-05"), Referral: "r1"}).Find("r1")
}

type decision = func(cinplan.Plans) ([]domain.Event, error)

func TestTheRulesOfChildInNeedPlans(t *testing.T) {
	started := cinplan.Started{Dated: on("2026-01-06"), Plan: "p1", Referral: "r1"}
	ended := cinplan.Ended{Dated: on("2026-01-20"), Plan: "p1"}
	start := func(id cinplan.ID, day string, protected bool) decision {
		return func(ps cinplan.Plans) ([]domain.Event, error) {
			return ps.Start(cinplan.Start{Dated: on(day), Plan: id, Referral: "r1"}, asked(), protected)
		}
	}
	review := func(day string) decision {
		return func(ps cinplan.Plans) ([]domain.Event, error) {
			return ps.Review(cinplan.Review{Dated: on(day), Plan: "p1", Review: "v1"})
		}
	}
	end := func(day string) decision {
		return func(ps cinplan.Plans) ([]domain.Event, error) {
			return ps.End(cinplan.End{Dated: on(day), Plan: "p1"})
		}
	}
	for name, tt := range map[string]struct {
		given []cinplan.Event
		when  decision
		want  []string
	}{
		"a start":                      {nil, start("p1", "2026-01-05", false), nil},
		"a start before the referral":  {nil, start("p1", "2026-01-04", false), []string{"before-referral"}},
		"a start beside protection":    {nil, start("p1", "2026-01-05", true), []string{"cin-plan-beside-protection-plan"}},
		"an id twice":                  {[]cinplan.Event{started, ended}, start("p1", "2026-02-05", false), []string{"cin-plan-already-started"}},
		"a start beside another":       {[]cinplan.Event{started}, start("p2", "2026-01-06", false), []string{"cin-plan-overlaps"}},
		"a start before another":       {[]cinplan.Event{started}, start("p2", "2026-01-05", false), nil},
		"a start within another":       {[]cinplan.Event{started, ended}, start("p2", "2026-01-19", false), []string{"cin-plan-overlaps"}},
		"a start as another ends":      {[]cinplan.Event{started, ended}, start("p2", "2026-01-20", false), nil},
		"a start of an unknown day":    {[]cinplan.Event{started}, start("p2", "", false), nil},
		"a review with an id twice":    {[]cinplan.Event{started, cinplan.Reviewed{Plan: "p1", Review: "v1"}}, review("2026-01-07"), []string{"cin-review-already-recorded"}},
		"a review with another's id":   {[]cinplan.Event{started, cinplan.Reviewed{Plan: "p2", Review: "v1"}}, review("2026-01-07"), nil},
		"a review on the first day":    {[]cinplan.Event{started}, review("2026-01-06"), nil},
		"a review before":              {[]cinplan.Event{started}, review("2026-01-05"), []string{"before-cin-plan"}},
		"a review of nothing":          {nil, review("2026-01-06"), []string{"cin-plan-unknown"}},
		"a review of an unknown day":   {[]cinplan.Event{started, ended}, review(""), nil},
		"a review written down late":   {[]cinplan.Event{started, ended}, review("2026-01-20"), nil},
		"a review after the end":       {[]cinplan.Event{started, ended}, review("2026-01-21"), []string{"cin-plan-not-active"}},
		"an end on the first day":      {[]cinplan.Event{started}, end("2026-01-06"), nil},
		"an end before":                {[]cinplan.Event{started}, end("2026-01-05"), []string{"before-cin-plan"}},
		"an end of nothing":            {nil, end("2026-01-06"), []string{"cin-plan-unknown"}},
		"a second end on the same day": {[]cinplan.Event{started, ended}, end("2026-01-20"), []string{"cin-plan-already-ended"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestAPlanIsOpenFromItsStartToItsEnd(t *testing.T) {
	started := cinplan.Started{Plan: "p1", Referral: "r1"}
	for name, tt := range map[string]struct {
		given []cinplan.Event
		want  bool
	}{
		"unknown": {nil, false}, "only reviewed": {[]cinplan.Event{cinplan.Reviewed{Plan: "p1", Review: "v1"}}, false},
		"started": {[]cinplan.Event{started}, true}, "ended": {[]cinplan.Event{started, cinplan.Ended{Plan: "p1"}}, false},
	} {
		ps := fold(tt.given...)
		if ps.Find("p1").Open() != tt.want || ps.OpenUnder("r1") != tt.want || ps.OpenUnder("r2") {
			t.Errorf("%s: open %t", name, ps.Find("p1").Open())
		}
	}
}

func TestAReviewStatedTwiceIsOneReview(t *testing.T) {
	ps := fold(cinplan.Reviewed{Dated: on("2026-01-06"), Plan: "p1", Review: "v1"}, cinplan.Reviewed{Dated: on("2026-01-07"), Plan: "p1", Review: "v1"},
		cinplan.Reviewed{Dated: on("2026-01-08"), Plan: "p1", Review: "v2"})
	if reviews := ps.Find("p1").Reviews; len(reviews) != 2 || reviews[0].Entry != 2 || reviews[1].Entry != 3 {
		t.Errorf("%+v", reviews)
	}
}
