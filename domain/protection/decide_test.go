package protection_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...protection.Event) protection.Plans {
	var all protection.Plans
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

// asked is a referral received on 5 January 2026, a Monday.
func asked() referral.Referral {
	return referral.Referrals(nil).Evolve(1, referral.Received{Dated: on("2026-01-05"), Referral: "r1"}).Find("r1")
}

func pack(t *testing.T) policy.Pack {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return england
}

type decision = func(protection.Plans) ([]domain.Event, error)

func register(t *testing.T, id protection.PlanID, day string, conferred bool, previous ...int) decision {
	c := protection.Register{Dated: on(day), Plan: id, Referral: "r1", Category: "NEG"}
	if len(previous) > 0 {
		c.Previous = &previous[0]
	}
	return func(ps protection.Plans) ([]domain.Event, error) {
		return ps.Register(c, asked(), protection.Conferred{Met: conferred}, pack(t))
	}
}

func TestTheRulesOfProtectionPlans(t *testing.T) {
	registered := protection.Registered{Dated: on("2026-01-06"), Plan: "p1", Referral: "r1"}
	ended := protection.Ended{Dated: on("2026-01-20"), Plan: "p1"}
	decidedToEnd := protection.Reviewed{Dated: on("2026-01-20"), Plan: "p1", Review: "v1", Outcome: "end"}
	decidedToGoOn := protection.Reviewed{Dated: on("2026-01-20"), Plan: "p1", Review: "v1", Outcome: "continue"}
	review := func(id protection.ReviewID, day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.Review(protection.Review{Dated: on(day), Plan: "p1", Review: id, Outcome: "continue"}, pack(t))
		}
	}
	change := func(day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.ChangeCategory(protection.ChangeCategory{Dated: on(day), Plan: "p1", Category: "PHY"})
		}
	}
	leave := func(day, reason string, child protection.Leaving) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.End(protection.End{Dated: on(day), Plan: "p1", Reason: reason}, child)
		}
	}
	end := func(day, reason string) decision {
		return leave(day, reason, protection.Leaving{Died: true, TakenOver: true})
	}
	born := protection.Leaving{Born: domain.MustDate("2008-01-20")}
	const conference = "review-conference"
	for name, tt := range map[string]struct {
		given []protection.Event
		when  decision
		want  []string
	}{
		"a registration":                     {nil, register(t, "p1", "2026-01-05", true), nil},
		"one before the referral":            {nil, register(t, "p1", "2026-01-04", true), []string{"before-referral"}},
		"one without a conference":           {nil, register(t, "p1", "2026-01-05", false), []string{"no-conference-that-day"}},
		"an id twice":                        {[]protection.Event{registered, ended}, register(t, "p1", "2026-02-05", true), []string{"plan-already-registered"}},
		"one on the first day of another":    {[]protection.Event{registered}, register(t, "p2", "2026-01-06", true), []string{"plan-overlaps"}},
		"one on the day before another":      {[]protection.Event{registered}, register(t, "p2", "2026-01-05", true), nil},
		"one on the last day but one":        {[]protection.Event{registered, ended}, register(t, "p2", "2026-01-19", true), []string{"plan-overlaps"}},
		"one as another ends":                {[]protection.Event{registered, ended}, register(t, "p2", "2026-01-20", true), nil},
		"one of an unknown day":              {[]protection.Event{registered}, register(t, "p2", "", true), nil},
		"as many earlier plans as known":     {[]protection.Event{registered, ended}, register(t, "p2", "2026-02-05", true, 1), nil},
		"fewer earlier plans than known":     {[]protection.Event{registered, ended}, register(t, "p2", "2026-02-05", true, 0), []string{"previous-plans-undercounted"}},
		"more earlier plans, from elsewhere": {[]protection.Event{registered, ended}, register(t, "p2", "2026-02-05", true, 3), nil},
		"a review on the first day":          {[]protection.Event{registered}, review("v1", "2026-01-06"), nil},
		"a review before":                    {[]protection.Event{registered}, review("v1", "2026-01-05"), []string{"before-plan"}},
		"a review of nothing":                {nil, review("v1", "2026-01-06"), []string{"plan-unknown"}},
		"a review on the last day":           {[]protection.Event{registered, ended}, review("v1", "2026-01-20"), nil},
		"a review after the end":             {[]protection.Event{registered, ended}, review("v1", "2026-01-21"), []string{"plan-not-active"}},
		"a review twice":                     {[]protection.Event{registered, decidedToGoOn}, review("v1", "2026-01-20"), []string{"review-already-recorded"}},
		"a review of an unknown day":         {[]protection.Event{registered, ended}, review("v1", ""), nil},
		"a category on the first day":        {[]protection.Event{registered}, change("2026-01-06"), nil},
		"a category before":                  {[]protection.Event{registered}, change("2026-01-05"), []string{"before-plan"}},
		"a category on the last day":         {[]protection.Event{registered, ended}, change("2026-01-20"), nil},
		"a category after the end":           {[]protection.Event{registered, ended}, change("2026-01-21"), []string{"plan-not-active"}},
		"an end by a conference that day":    {[]protection.Event{registered, decidedToEnd}, end("2026-01-20", conference), nil},
		"an end the day after it":            {[]protection.Event{registered, decidedToEnd}, end("2026-01-21", conference), []string{"only-a-review-conference-removes-a-name"}},
		"an end though it decided to go on":  {[]protection.Event{registered, decidedToGoOn}, end("2026-01-20", conference), []string{"only-a-review-conference-removes-a-name"}},
		"an end by a move":                   {[]protection.Event{registered}, end("2026-01-06", "transferred-out"), nil},
		"a move that nobody took over":       {[]protection.Event{registered}, leave("2026-01-06", "transferred-out", protection.Leaving{}), []string{"not-taken-over"}},
		"a death that nobody recorded":       {[]protection.Event{registered}, leave("2026-01-06", "died", protection.Leaving{}), []string{"no-death-recorded"}},
		"the day before the 18th birthday":   {[]protection.Event{registered}, leave("2026-01-19", "reached-18", born), []string{"not-yet-18"}},
		"the 18th birthday":                  {[]protection.Event{registered}, leave("2026-01-20", "reached-18", born), nil},
		"18 years from an unknown day":       {[]protection.Event{registered}, leave("2026-01-20", "reached-18", protection.Leaving{}), []string{"not-yet-18"}},
		"an end before":                      {[]protection.Event{registered}, end("2026-01-05", "died"), []string{"before-plan"}},
		"an end twice":                       {[]protection.Event{registered, ended}, end("2026-01-20", "died"), []string{"plan-already-ended"}},
		"an end of nothing":                  {nil, end("2026-01-20", "died"), []string{"plan-unknown"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestARegistrationStatesItsClocksAndTheNumberOfEarlierPlans(t *testing.T) {
	earlier := fold(protection.Registered{Dated: on("2020-01-06"), Plan: "p0"}, protection.Ended{Dated: on("2020-06-01"), Plan: "p0"})
	events, err := register(t, "p1", "2026-01-06", true)(earlier)
	got := events[0].(protection.Registered)
	if err != nil || got.Previous != 1 || got.CoreGroupBy.String() != "2026-01-20" || got.ReviewBy.String() != "2026-04-06" {
		t.Errorf("%+v, %v", got, err)
	}
	events, _ = register(t, "p1", "2026-01-06", true, 4)(earlier)
	if got := events[0].(protection.Registered).Previous; got != 4 {
		t.Errorf("four plans are stated, %d recorded", got)
	}
}

func TestTheNextReviewIsDueAsTheLatestConferenceSetIt(t *testing.T) {
	registered := protection.Registered{Dated: on("2026-01-06"), Plan: "p1", ReviewBy: domain.MustDate("2026-04-06")}
	review := func(id protection.ReviewID, day, by string) protection.Event {
		r := protection.Reviewed{Dated: on(day), Plan: "p1", Review: id}
		if by != "" {
			r.ReviewBy = domain.MustDate(by)
		}
		return r
	}
	for name, tt := range map[string]struct {
		given []protection.Event
		want  string
	}{
		"no review":                    {[]protection.Event{registered}, "2026-04-06"},
		"one review":                   {[]protection.Event{registered, review("v1", "2026-03-02", "2026-09-02")}, "2026-09-02"},
		"one that decided to end":      {[]protection.Event{registered, review("v1", "2026-03-02", "")}, ""},
		"one whose day was moved on":   {[]protection.Event{registered, review("v1", "2026-03-02", "2026-09-02"), review("v2", "2026-03-03", "2026-09-03"), review("v1", "2026-03-04", "2026-09-04")}, "2026-09-04"},
		"two, the later written later": {[]protection.Event{registered, review("v1", "2026-03-02", "2026-09-02"), review("v2", "2026-08-03", "2027-02-03")}, "2027-02-03"},
	} {
		if got := fold(tt.given...).Find("p1").ReviewBy().String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for outcome, want := range map[string]string{"continue": "2026-07-06", "end": ""} {
		events, _ := fold(registered).Review(protection.Review{Dated: on("2026-01-06"), Plan: "p1", Review: "v1", Outcome: outcome}, pack(t))
		if got := events[0].(protection.Reviewed).ReviewBy.String(); got != want {
			t.Errorf("a review that decides to %s: next by %q, want %q", outcome, got, want)
		}
	}
}

func TestANameStandsOnTheRegisterFromTheFirstDayToTheDayBeforeTheLast(t *testing.T) {
	ps := fold(protection.Registered{Dated: on("2026-01-06"), Plan: "p1", Referral: "r1", Category: "NEG"})
	ended := ps.Evolve(2, protection.Ended{Dated: on("2026-01-20"), Plan: "p1"})
	for day, want := range map[string]bool{"2026-01-05": false, "2026-01-06": true, "2026-01-19": true, "2026-01-20": false} {
		if got := ended.On(domain.MustDate(day)); got != want {
			t.Errorf("%s: on the register %t", day, got)
		}
	}
	if !ps.On(domain.MustDate("2030-01-01")) || !ps.OpenUnder("r1") || ended.OpenUnder("r1") || ended.Find("p2").Open() {
		t.Error("open plans are not told from ended ones")
	}
}

func TestTheLatestCategoryNamesTheEntryThatSaysSo(t *testing.T) {
	ps := fold(protection.Registered{Plan: "p1", Category: "NEG"})
	if category, entry := ps.Find("p1").LatestCategory(); category != "NEG" || entry != 1 {
		t.Errorf("%s by entry %d", category, entry)
	}
	ps = ps.Evolve(7, protection.CategoryChanged{Plan: "p1", Category: "PHY"})
	if category, entry := ps.Find("p1").LatestCategory(); category != "PHY" || entry != 7 {
		t.Errorf("%s by entry %d", category, entry)
	}
}
