package cinplan_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/cinplan"
	"caseledger/domain/policy"
)

func TestTheRulesOfTheContentOfAPlan(t *testing.T) {
	type given = []cinplan.Event
	started := cinplan.Started{Dated: on("2026-01-06"), Plan: "p1"}
	agreed := cinplan.Agreed{Dated: on("2026-01-07"), Plan: "p1", Actions: []domain.Action{{ID: "x1"}}}
	closed := cinplan.ActionClosed{Dated: on("2026-01-10"), Plan: "p1", Action: "x1"}
	reviewed := cinplan.Reviewed{Dated: on("2026-01-15"), Plan: "p1", Review: "v1"}
	minuted := cinplan.ReviewMinuted{Dated: on("2026-01-15"), Plan: "p1", Review: "v1"}
	agree := func(day, by string) decision {
		return func(ps cinplan.Plans) ([]domain.Event, error) {
			return ps.Agree(cinplan.Agree{Dated: on(day), Plan: "p1", ReviewBy: on(by).Happened}, policy.Pack{})
		}
	}
	closing := func(id string) decision {
		return func(ps cinplan.Plans) ([]domain.Event, error) {
			return ps.CloseAction(cinplan.CloseAction{Dated: on("2026-01-10"), Plan: "p1", Action: id})
		}
	}
	minute := func(ps cinplan.Plans) ([]domain.Event, error) {
		return ps.MinuteReview(cinplan.MinuteReview{Dated: on("2026-01-15"), Plan: "p1", Review: "v1"}, policy.Pack{})
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"an agreement":                  {given{started}, agree("2026-01-06", "2026-01-06"), nil},
		"an agreement before":           {given{started}, agree("2026-01-05", ""), []string{"before-cin-plan"}},
		"a review due the day before":   {given{started}, agree("2026-01-06", "2026-01-05"), []string{"cin-review-due-before-plan"}},
		"an action done":                {given{started, agreed}, closing("x1"), nil},
		"an action done twice":          {given{started, agreed, closed}, closing("x1"), []string{"cin-action-already-closed"}},
		"an action that nobody planned": {given{started, agreed}, closing("x2"), []string{"cin-action-unknown"}},
		"minutes":                       {given{started, reviewed}, minute, nil},
		"minutes of no review":          {given{started}, minute, []string{"cin-review-unknown"}},
		"minutes twice":                 {given{started, reviewed, minuted}, minute, []string{"cin-review-already-minuted"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheNextReviewOfAPlanIsDueAsItWasAgreedLast(t *testing.T) {
	ps := fold(cinplan.Agreed{Dated: on("2026-01-07"), Plan: "p1", ReviewBy: domain.MustDate("2026-02-07")})
	if by := ps.Find("p1").ReviewBy().String(); by != "2026-02-07" {
		t.Errorf("as agreed: %s", by)
	}
	ps = ps.Evolve(2, cinplan.ReviewMinuted{Dated: on("2026-02-05"), Plan: "p1", Review: "v1", NextBy: domain.MustDate("2026-03-05")})
	if by := ps.Find("p1").ReviewBy().String(); by != "2026-03-05" {
		t.Errorf("after a review: %s", by)
	}
}
