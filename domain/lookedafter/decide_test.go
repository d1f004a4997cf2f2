package lookedafter_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/lookedafter"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
	"caseledger/domain/visit"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...lookedafter.Event) lookedafter.Care {
	var c lookedafter.Care
	for i, e := range events {
		c = c.Evolve(uint64(i+1), e)
	}
	return c
}

func pack(t *testing.T) policy.Pack {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return england
}

func date(s string) domain.Date {
	if s == "" {
		return domain.Date{}
	}
	return domain.MustDate(s)
}

func began(id lookedafter.EpisodeID, day, reason, place string) lookedafter.Event {
	return lookedafter.EpisodeBegan{Dated: on(day), Episode: id, Reason: reason, LegalStatus: "C2", Placement: lookedafter.Placement{Type: place}}
}

func ceased(id lookedafter.EpisodeID, day, reason string) lookedafter.Event {
	return lookedafter.EpisodeCeased{Dated: on(day), Episode: id, Reason: reason}
}

type decision = func(lookedafter.Care) ([]domain.Event, error)

func TestTheRulesOfBeingLookedAfter(t *testing.T) {
	p := pack(t)
	born := date("2010-01-05")
	begin := func(id lookedafter.EpisodeID, day, reason string) decision {
		return func(c lookedafter.Care) ([]domain.Event, error) {
			return c.BeginEpisode(lookedafter.BeginEpisode{Dated: on(day), Episode: id, Reason: reason, LegalStatus: "C2", Type: "U6"}, referral.Referral{}, born, p)
		}
	}
	cease := func(day, reason string) decision {
		return func(c lookedafter.Care) ([]domain.Event, error) {
			return c.CeaseEpisode(lookedafter.CeaseEpisode{Dated: on(day), Episode: "e1", Reason: reason})
		}
	}
	review := func(id lookedafter.ReviewID, day, how string) decision {
		return func(c lookedafter.Care) ([]domain.Event, error) {
			return c.Review(lookedafter.Review{Dated: on(day), Review: id, Participation: how}, born, p)
		}
	}
	first, moved, left := began("e1", "2012-03-01", "S", "U6"), ceased("e1", "2012-06-01", "X1"), ceased("e1", "2012-06-01", "E4A")
	in := []lookedafter.Event{first}
	secured := lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1", Kind: "secure-accommodation"}
	panel := func(day string) decision {
		return func(c lookedafter.Care) ([]domain.Event, error) {
			return c.ReviewLiberty(lookedafter.ReviewLiberty{Dated: on(day), Restriction: "l1", Review: "1", Outcome: "criteria-met"}, p)
		}
	}
	for name, tt := range map[string]struct {
		given []lookedafter.Event
		when  decision
		want  []string
	}{
		"a start":                              {nil, begin("e1", "2012-03-01", "S"), nil},
		"a start before 18":                    {nil, begin("e1", "2028-01-04", "S"), nil},
		"a start at 18":                        {nil, begin("e1", "2028-01-05", "S"), []string{"started-care-as-adult"}},
		"an id twice":                          {[]lookedafter.Event{first, left}, begin("e1", "2013-01-01", "S"), []string{"care-episode-already-began"}},
		"another on the first day":             {in, begin("e2", "2012-03-01", "S"), []string{"care-episode-overlaps"}},
		"another on the day before":            {in, begin("e2", "2012-02-29", "S"), nil},
		"one that follows":                     {[]lookedafter.Event{first, moved}, begin("e2", "2012-06-01", "P"), nil},
		"one that follows a day late":          {[]lookedafter.Event{first, moved}, begin("e2", "2012-06-02", "P"), []string{"care-not-continued"}},
		"one that follows a day early":         {[]lookedafter.Event{first, moved}, begin("e2", "2012-05-31", "P"), []string{"care-episode-overlaps", "care-not-continued"}},
		"one that follows an end of care":      {[]lookedafter.Event{first, left}, begin("e2", "2012-06-01", "P"), []string{"care-not-continued"}},
		"a start after an end of care":         {[]lookedafter.Event{first, left}, begin("e2", "2012-06-01", "S"), nil},
		"a start where care goes on":           {[]lookedafter.Event{first, moved}, begin("e2", "2012-06-01", "S"), []string{"care-already-continued"}},
		"one of an unknown day":                {[]lookedafter.Event{first, moved}, begin("e2", "", "P"), nil},
		"one of which only the end is known":   {[]lookedafter.Event{moved}, begin("e1", "2012-06-01", "S"), nil},
		"an end on the first day":              {in, cease("2012-03-01", "X1"), nil},
		"an end before":                        {in, cease("2012-02-29", "X1"), []string{"before-care-episode"}},
		"an end of an unknown day":             {in, cease("", "X1"), nil},
		"an end of nothing":                    {nil, cease("2012-03-01", "X1"), []string{"care-episode-unknown"}},
		"an end twice":                         {[]lookedafter.Event{first, moved}, cease("2012-06-01", "X1"), []string{"care-episode-already-ceased"}},
		"a review on the first day":            {in, review("v1", "2012-03-01", "PN0"), nil},
		"a review before":                      {in, review("v1", "2012-02-29", "PN0"), []string{"not-looked-after"}},
		"a review on the last day":             {[]lookedafter.Event{first, left}, review("v1", "2012-06-01", "PN0"), nil},
		"a review after":                       {[]lookedafter.Event{first, left}, review("v1", "2012-06-02", "PN0"), []string{"not-looked-after"}},
		"a review of an unknown day":           {nil, review("v1", "", "PN0"), nil},
		"a review twice":                       {[]lookedafter.Event{first, lookedafter.Reviewed{Dated: on("2012-03-20"), Review: "v1"}}, review("v1", "2012-03-20", "PN0"), []string{"looked-after-review-already-held"}},
		"a review under four":                  {in, review("v1", "2014-01-04", "PN0"), nil},
		"a review under four, taking part":     {in, review("v1", "2014-01-04", "PN1"), []string{"participation-under-four"}},
		"a review at four":                     {in, review("v1", "2014-01-05", "PN1"), nil},
		"a review at four, without part":       {in, review("v1", "2014-01-05", "PN0"), []string{"participation-of-an-infant"}},
		"an officer":                           {in, officer("2012-03-01"), nil},
		"an officer before":                    {in, officer("2012-02-29"), []string{"not-looked-after"}},
		"an education plan":                    {in, plan(p, "2012-03-01"), nil},
		"an education plan before":             {in, plan(p, "2012-02-29"), []string{"not-looked-after"}},
		"an education plan twice":              {[]lookedafter.Event{first, lookedafter.EducationPlanned{Dated: on("2012-03-02"), Plan: "p1"}}, plan(p, "2012-03-03"), []string{"education-plan-already-made"}},
		"asylum to the eighteenth birthday":    {nil, asylum(born, "2012-03-01", "2028-01-05"), nil},
		"asylum a day longer":                  {nil, asylum(born, "2012-03-01", "2028-01-06"), []string{"asylum-status-past-eighteen"}},
		"asylum for a day":                     {nil, asylum(born, "2012-03-01", "2012-03-01"), nil},
		"asylum that ended before":             {nil, asylum(born, "2012-03-01", "2012-02-29"), []string{"asylum-status-ended-before"}},
		"no permanence":                        {nil, permanence("Z1", ""), nil},
		"no permanence, and an order":          {nil, permanence("Z1", "2010"), []string{"no-permanence-and-an-order"}},
		"an adoption before":                   {nil, permanence("P1", "2010"), nil},
		"a mother":                             {nil, mother(true, "2025-01-01"), nil},
		"no mother":                            {nil, mother(false, ""), nil},
		"no mother, and a child":               {nil, mother(false, "2025-01-01"), []string{"no-mother-and-a-child"}},
		"short breaks":                         {nil, breaks, nil},
		"short breaks twice":                   {[]lookedafter.Event{lookedafter.ShortBreaksAgreed{Dated: on("2012-03-01"), Agreement: "a1"}}, breaks, []string{"short-breaks-already-agreed"}},
		"an end of short breaks":               {[]lookedafter.Event{lookedafter.ShortBreaksAgreed{Dated: on("2012-03-01"), Agreement: "a1"}}, endBreaks("2012-03-01"), nil},
		"an end of short breaks before":        {[]lookedafter.Event{lookedafter.ShortBreaksAgreed{Dated: on("2012-03-01"), Agreement: "a1"}}, endBreaks("2012-02-29"), []string{"before-short-breaks"}},
		"an end of no short breaks":            {nil, endBreaks("2012-03-01"), []string{"short-breaks-unknown"}},
		"an end of short breaks twice":         {[]lookedafter.Event{lookedafter.ShortBreaksAgreed{Dated: on("2012-03-01"), Agreement: "a1"}, lookedafter.ShortBreaksEnded{Agreement: "a1"}}, endBreaks("2012-03-01"), []string{"short-breaks-already-ended"}},
		"a limit on liberty":                   {nil, restrict(p, "2012-03-01"), nil},
		"a limit on liberty that ended before": {nil, restrict(p, "2012-02-29"), []string{"liberty-ends-before-it-is-restricted"}},
		"a limit on liberty twice":             {[]lookedafter.Event{lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1"}}, restrict(p, "2012-03-01"), []string{"liberty-already-restricted"}},
		"a panel":                              {[]lookedafter.Event{secured}, panel("2012-03-01"), nil},
		"a panel before":                       {[]lookedafter.Event{secured}, panel("2012-02-29"), []string{"before-liberty-restriction"}},
		"a panel on nothing":                   {nil, panel("2012-03-01"), []string{"liberty-restriction-unknown"}},
		"a panel twice":                        {[]lookedafter.Event{secured, lookedafter.LibertyReviewed{Restriction: "l1", Review: "1"}}, panel("2012-03-01"), []string{"liberty-already-reviewed"}},
		"a panel on an order":                  {[]lookedafter.Event{lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1", Kind: "deprivation-of-liberty-order"}}, panel("2012-03-01"), []string{"reviewed-liberty-not-secure"}},
		"a panel on the last day":              {[]lookedafter.Event{secured, lookedafter.LibertyRestored{Dated: on("2012-03-20"), Restriction: "l1"}}, panel("2012-03-20"), nil},
		"a panel the day after":                {[]lookedafter.Event{secured, lookedafter.LibertyRestored{Dated: on("2012-03-20"), Restriction: "l1"}}, panel("2012-03-21"), []string{"liberty-restored-before"}},
		"liberty again":                        {[]lookedafter.Event{lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1"}}, restore("2012-03-01"), nil},
		"liberty before":                       {[]lookedafter.Event{lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1"}}, restore("2012-02-29"), []string{"before-liberty-restriction"}},
		"liberty that was never restricted":    {nil, restore("2012-03-01"), []string{"liberty-restriction-unknown"}},
		"liberty twice":                        {[]lookedafter.Event{lookedafter.LibertyRestricted{Dated: on("2012-03-01"), Restriction: "l1"}, lookedafter.LibertyRestored{Restriction: "l1"}}, restore("2012-03-01"), []string{"liberty-already-restored"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if !slices.Equal(rules(err), tt.want) || len(events) != 1 {
			t.Errorf("%s: %v and %d events, want %v", name, rules(err), len(events), tt.want)
		}
	}
}

func officer(day string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.NameOfficer(lookedafter.NameOfficer{Dated: on(day), Officer: "iro-1"})
	}
}

func plan(p policy.Pack, day string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.PlanEducation(lookedafter.PlanEducation{Dated: on(day), Plan: "p1"}, p)
	}
}

func asylum(born domain.Date, day, ceases string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.Recognise(lookedafter.Recognise{Dated: on(day), Ceases: date(ceases)}, born)
	}
}

func permanence(option, ordered string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.KnowPermanence(lookedafter.KnowPermanence{Option: option, Ordered: ordered})
	}
}

func mother(is bool, child string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.RecordMotherhood(lookedafter.RecordMotherhood{Mother: is, ChildBorn: date(child)})
	}
}

func breaks(c lookedafter.Care) ([]domain.Event, error) {
	return c.AgreeShortBreaks(lookedafter.AgreeShortBreaks{Dated: on("2012-03-01"), Agreement: "a1", LegalStatus: "V4"})
}

func endBreaks(day string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.EndShortBreaks(lookedafter.EndShortBreaks{Dated: on(day), Agreement: "a1"})
	}
}

func restrict(p policy.Pack, until string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.RestrictLiberty(lookedafter.RestrictLiberty{Dated: on("2012-03-01"), Restriction: "l1", Kind: "secure-accommodation", Until: date(until)}, p)
	}
}

func restore(day string) decision {
	return func(c lookedafter.Care) ([]domain.Event, error) {
		return c.RestoreLiberty(lookedafter.RestoreLiberty{Dated: on(day), Restriction: "l1"})
	}
}

func TestTheStartOfCareSetsItsClocksAndAChangeOfStatusSetsNone(t *testing.T) {
	for _, tt := range []struct {
		reason, status, want string
	}{
		{"S", "C2", "review 2026-05-01 visit 2026-04-08 health 2026-05-01 plan 2026-04-17"},
		{"S", "V4", "review  visit  health  plan "},
		{"P", "C2", "review  visit 2026-04-08 health  plan "},
		{"L", "C2", "review  visit  health  plan "},
	} {
		events, _ := fold().BeginEpisode(lookedafter.BeginEpisode{Dated: on("2026-04-01"), Reason: tt.reason, LegalStatus: tt.status}, referral.Referral{}, domain.Date{}, pack(t))
		e := events[0].(lookedafter.EpisodeBegan)
		if got := "review " + e.ReviewBy.String() + " visit " + e.VisitBy.String() + " health " + e.HealthBy.String() + " plan " + e.PlanBy.String(); got != tt.want {
			t.Errorf("%s under %s: %s, want %s", tt.reason, tt.status, got, tt.want)
		}
	}
}

func TestTheSecondReviewIsDueInThreeMonthsAndEachLaterOneInSix(t *testing.T) {
	c := fold(began("e1", "2026-01-05", "S", "U6"))
	for i, tt := range []struct{ held, due string }{{"2026-01-30", "2026-04-30"}, {"2026-04-20", "2026-10-20"}, {"2026-10-01", "2027-04-01"}} {
		events, err := c.Review(lookedafter.Review{Dated: on(tt.held), Review: lookedafter.ReviewID(tt.held), Participation: "PN1"}, domain.Date{}, pack(t))
		e := events[0].(lookedafter.Reviewed)
		if err != nil || e.ReviewBy.String() != tt.due {
			t.Errorf("review %d: due %s, %v; want %s", i+1, e.ReviewBy, err, tt.due)
		}
		if c = c.Evolve(uint64(10+i), e); c.ReviewBy().String() != tt.due {
			t.Errorf("review %d: the care is due for review by %s", i+1, c.ReviewBy())
		}
	}
	late, _ := c.Review(lookedafter.Review{Dated: on("2026-01-29"), Review: "late", Participation: "PN1"}, domain.Date{}, pack(t))
	if got := late[0].(lookedafter.Reviewed).ReviewBy.String(); got != "2026-04-29" {
		t.Errorf("a review that was written down after later ones is followed by %s", got)
	}
	again := fold(began("e1", "2020-01-06", "S", "U6"), lookedafter.Reviewed{Dated: on("2020-02-03"), Review: "v1"}, ceased("e1", "2020-03-02", "E4A"), began("e2", "2026-01-05", "S", "U6"))
	events, _ := again.Review(lookedafter.Review{Dated: on("2026-01-30"), Review: "v2"}, domain.Date{}, pack(t))
	if got := events[0].(lookedafter.Reviewed).ReviewBy.String(); got != "2026-04-30" {
		t.Errorf("a review in an earlier period of care counts: due %s", got)
	}
}

func TestAPeriodOfCareIsTheEpisodesThatFollowEachOther(t *testing.T) {
	c := fold(began("e1", "2020-01-06", "S", "U6"), ceased("e1", "2020-03-02", "E4A"),
		began("e2", "2021-01-04", "S", "U6"), ceased("e2", "2021-03-01", "X1"), began("e3", "2021-03-01", "P", "K2"))
	for day, want := range map[string]string{"2020-01-05": "", "2020-01-06": "2020-01-06", "2020-03-01": "2020-01-06", "2020-03-02": "",
		"2021-02-28": "2021-01-04", "2021-03-01": "2021-01-04", "2030-01-01": "2021-01-04"} {
		if got := c.Since(date(day)).String(); got != want {
			t.Errorf("%s: since %q, want %q", day, got, want)
		}
	}
	if got := c.Current().ID; got != "e3" {
		t.Errorf("the current episode is %s", got)
	}
	if got := c.PlacedSince(date("2022-01-01")).String(); got != "2021-03-01" {
		t.Errorf("placed since %s", got)
	}
	circle := fold(began("e1", "2020-01-06", "P", "U6"), ceased("e1", "2020-01-06", "X1"), began("e2", "2020-01-06", "P", "U6"))
	if got := circle.Since(date("2020-02-01")).String(); got != "2020-01-06" {
		t.Errorf("an episode of no length makes the period begin on %s", got)
	}
	unbegun := fold(ceased("e1", "2020-01-06", "X1"), began("e2", "2020-01-06", "P", "U6"))
	if got := unbegun.Since(date("2020-02-01")).String(); got != "2020-01-06" {
		t.Errorf("an episode of which only the end is known makes the period begin on %q", got)
	}
}

func TestAVisitIsDueAsTheLatestMoveOrVisitSetIt(t *testing.T) {
	placed := func(id lookedafter.EpisodeID, day, reason, by string) lookedafter.Event {
		return lookedafter.EpisodeBegan{Dated: on(day), Episode: id, Reason: reason, VisitBy: date(by)}
	}
	var made visit.Visits
	c := fold(placed("e1", "2026-01-05", "S", "2026-01-12"))
	if got := c.VisitBy(made).String(); got != "2026-01-12" {
		t.Errorf("after the start: %s", got)
	}
	made = made.Evolve(2, visit.Made{Dated: on("2026-01-07"), Visit: "x0", Under: visit.InNeed, Seen: true, NextBy: date("2026-03-20")})
	made = made.Evolve(2, visit.MadeInCare{Dated: on("2026-01-08"), Visit: "x0", VisitBy: date("2026-02-18")})
	if got := c.VisitBy(made).String(); got != "2026-01-12" {
		t.Errorf("after a visit of another kind, and one at which the child was not seen: %s", got)
	}
	made = made.Evolve(2, visit.MadeInCare{Dated: on("2026-01-09"), Visit: "x1", Seen: true, VisitBy: date("2026-02-20")})
	if got := c.VisitBy(made).String(); got != "2026-02-20" {
		t.Errorf("after a visit: %s", got)
	}
	c = c.Evolve(3, ceased("e1", "2026-02-02", "X1")).Evolve(4, placed("e2", "2026-02-02", "P", "2026-02-09"))
	if got := c.VisitBy(made).String(); got != "2026-02-09" {
		t.Errorf("after a move: %s", got)
	}
	made = made.Evolve(5, visit.Made{Dated: on("2026-02-04"), Visit: "x2", Under: visit.LookedAfter, Seen: true, NextBy: date("2026-03-18")})
	if got := c.VisitBy(made).String(); got != "2026-03-18" {
		t.Errorf("after a visit in the new placement: %s", got)
	}
	if left := c.Evolve(5, ceased("e2", "2026-03-02", "E4A")); !left.VisitBy(made).IsZero() || !left.ReviewBy().IsZero() {
		t.Error("something is due of a child who left care")
	}
}

func TestCareBeginsUnderAReferralThatGoesOn(t *testing.T) {
	under := referral.Referrals(nil).Evolve(1, referral.Received{Dated: on("2026-01-05"), Referral: "r1"}).Find("r1")
	for day, want := range map[string][]string{"2026-01-05": nil, "2026-01-04": {"before-referral"}} {
		_, err := fold().BeginEpisode(lookedafter.BeginEpisode{Dated: on(day), Episode: "e1", Referral: "r1", Reason: "S"}, under, domain.Date{}, pack(t))
		if got := rules(err); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

func TestCareUnderAReferralIsOpenWork(t *testing.T) {
	c := fold(lookedafter.EpisodeBegan{Dated: on("2026-01-05"), Episode: "e1", Referral: "r1"})
	if !c.OpenUnder("r1") || c.OpenUnder("r2") || c.OpenUnder("") {
		t.Error("care is open under another referral than its own")
	}
	if c.Evolve(2, ceased("e1", "2026-02-02", "E4A")).OpenUnder("r1") {
		t.Error("care that ended is open")
	}
}

func TestSecureAccommodationIsReviewedInAMonthAndThenEveryThree(t *testing.T) {
	events, err := fold().RestrictLiberty(lookedafter.RestrictLiberty{Dated: on("2026-01-05"), Restriction: "l1", Kind: "secure-accommodation"}, pack(t))
	if got := events[0].(lookedafter.LibertyRestricted).ReviewBy.String(); err != nil || got != "2026-02-05" {
		t.Errorf("first by %s, %v", got, err)
	}
	c := fold(events[0].(lookedafter.LibertyRestricted))
	for outcome, want := range map[string]string{"criteria-met": "2026-05-02", "criteria-not-met": ""} {
		events, err := c.ReviewLiberty(lookedafter.ReviewLiberty{Dated: on("2026-02-02"), Restriction: "l1", Review: "1", Outcome: outcome}, pack(t))
		if got := events[0].(lookedafter.LibertyReviewed).ReviewBy.String(); err != nil || got != want {
			t.Errorf("%s: then by %q, %v; want %q", outcome, got, err, want)
		}
	}
}

func TestAPlacementEndsWithAMoveAndCareWithTheChildsLeavingIt(t *testing.T) {
	c := fold(began("e1", "2020-01-06", "S", "U6"), ceased("e1", "2020-02-03", "X1"),
		began("e2", "2020-02-03", "L", "U6"), ceased("e2", "2020-03-02", "X1"),
		began("e3", "2020-03-02", "P", "K2"), ceased("e3", "2020-06-01", "E4A"), began("e4", "2020-06-01", "S", "U6"))
	for id, want := range map[lookedafter.EpisodeID][2]string{"e1": {"2020-03-02", "2020-06-01"}, "e2": {"2020-03-02", "2020-06-01"}, "e3": {"2020-06-01", "2020-06-01"}, "e4": {"", ""}} {
		e := c.Find(id)
		if moved, left := c.Moved(e).Fact.Happened.String(), c.Left(e).Fact.Happened.String(); moved != want[0] || left != want[1] {
			t.Errorf("%s: moved on %q, left on %q; want %q", id, moved, left, want)
		}
	}
	for day, want := range map[string]lookedafter.EpisodeID{"2020-01-05": "", "2020-05-31": "e1", "2020-06-01": "e4"} {
		if got := c.First(date(day)).ID; got != want {
			t.Errorf("%s: care began with %q, want %q", day, got, want)
		}
	}
	circle := fold(began("e1", "2020-01-06", "P", "U6"), ceased("e1", "2020-01-06", "X1"), began("e2", "2020-01-06", "P", "U6"), ceased("e2", "2020-01-06", "X1"))
	if circle.Left(circle.Find("e1")).IsZero() {
		t.Error("episodes of no length that continue each other never end")
	}
}
