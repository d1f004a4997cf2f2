package protection_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
)

func TestTheRulesOfTheWorkUnderAProtectionPlan(t *testing.T) {
	registered := protection.Registered{Dated: on("2026-01-06"), Plan: "p1"}
	ended := protection.Ended{Dated: on("2026-01-20"), Plan: "p1"}
	set := protection.ActionSet{Dated: on("2026-01-07"), Plan: "p1", Action: domain.Action{ID: "x1"}}
	closed := protection.ActionClosed{Dated: on("2026-01-10"), Plan: "p1", ID: "x1"}
	met := protection.CoreGroupMet{Dated: on("2026-01-10"), Plan: "p1", Meeting: "g1"}
	missed := protection.MissingReported{Dated: on("2026-01-10"), Plan: "p1"}
	traced := protection.ChildTraced{Dated: on("2026-01-12"), Plan: "p1"}
	outline := func(day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.AgreeOutline(protection.AgreeOutline{Dated: on(day), Plan: "p1"})
		}
	}
	setAction := func(day, by string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.SetAction(protection.SetAction{Dated: on(day), Plan: "p1", Action: domain.Action{ID: "x1", By: on(by).Happened}})
		}
	}
	closeAction := func(id string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.CloseAction(protection.CloseAction{Dated: on("2026-01-10"), Plan: "p1", ID: id})
		}
	}
	meet := func(day, id string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.MeetCoreGroup(protection.MeetCoreGroup{Dated: on(day), Plan: "p1", Meeting: id}, policy.Pack{})
		}
	}
	concern := func(day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.RecordConcerns(protection.RecordConcerns{Dated: on(day), Plan: "p1"})
		}
	}
	miss := func(ps protection.Plans) ([]domain.Event, error) {
		return ps.ReportMissing(protection.ReportMissing{Dated: on("2026-01-15"), Plan: "p1"})
	}
	trace := func(day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.TraceChild(protection.TraceChild{Dated: on(day), Plan: "p1"})
		}
	}
	find := func(ps protection.Plans) ([]domain.Event, error) {
		return ps.FindChange(protection.FindChange{Dated: on("2026-01-10"), Plan: "p1", Change: "s1", Why: "x"}, policy.Pack{})
	}
	tell := func(day string) decision {
		return func(ps protection.Plans) ([]domain.Event, error) {
			return ps.ReportChange(protection.ReportChange{Dated: on(day), Plan: "p1", Change: "s1", To: "chair-1", Outcome: "early-review"})
		}
	}
	found := protection.ChangeFound{Dated: on("2026-01-10"), Plan: "p1", Change: "s1"}
	told := protection.ChangeReported{Dated: on("2026-01-12"), Plan: "p1", Change: "s1"}
	type given = []protection.Event
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a significant change":               {given{registered}, find, nil},
		"a significant change twice":         {given{registered, found}, find, []string{"change-already-found"}},
		"a change without a plan":            {nil, find, []string{"plan-unknown"}},
		"the chair told on the day":          {given{registered, found}, tell("2026-01-10"), nil},
		"the chair told the day before":      {given{registered, found}, tell("2026-01-09"), []string{"before-change"}},
		"the chair told of nothing":          {given{registered}, tell("2026-01-10"), []string{"change-unknown"}},
		"the chair told twice":               {given{registered, found, told}, tell("2026-01-13"), []string{"change-already-reported"}},
		"an outline on the first day":        {given{registered}, outline("2026-01-06"), nil},
		"an outline before":                  {given{registered}, outline("2026-01-05"), []string{"before-plan"}},
		"an outline of nothing":              {nil, outline("2026-01-06"), []string{"plan-unknown"}},
		"an action":                          {given{registered}, setAction("2026-01-07", "2026-01-07"), nil},
		"an action without a day":            {given{registered}, setAction("2026-01-07", ""), nil},
		"an action due the day before":       {given{registered}, setAction("2026-01-07", "2026-01-06"), []string{"action-due-before-set"}},
		"an action changed":                  {given{registered, set}, setAction("2026-01-08", "2026-02-01"), nil},
		"an action changed after its end":    {given{registered, set, closed}, setAction("2026-01-11", "2026-02-01"), []string{"action-already-closed"}},
		"an action done":                     {given{registered, set}, closeAction("x1"), nil},
		"an action done twice":               {given{registered, set, closed}, closeAction("x1"), []string{"action-already-closed"}},
		"an action that nobody planned":      {given{registered, set}, closeAction("x2"), []string{"action-unknown"}},
		"a core group on the last day":       {given{registered, ended}, meet("2026-01-20", "g1"), nil},
		"a core group after the end":         {given{registered, ended}, meet("2026-01-21", "g1"), []string{"plan-not-active"}},
		"a core group twice":                 {given{registered, met}, meet("2026-01-11", "g1"), []string{"core-group-already-recorded"}},
		"a second core group":                {given{registered, met}, meet("2026-01-11", "g2"), nil},
		"concerns":                           {given{registered}, concern("2026-01-06"), nil},
		"concerns before":                    {given{registered}, concern("2026-01-05"), []string{"before-plan"}},
		"a missing child":                    {given{registered}, miss, nil},
		"a child missing twice":              {given{registered, missed}, miss, []string{"already-missing"}},
		"a child missing again":              {given{registered, missed, traced}, miss, nil},
		"a child found on the day":           {given{registered, missed}, trace("2026-01-10"), nil},
		"a child found before":               {given{registered, missed}, trace("2026-01-09"), []string{"traced-before-missing"}},
		"a child found who was not missed":   {given{registered}, trace("2026-01-10"), []string{"not-missing"}},
		"a child found who was found before": {given{registered, missed, traced}, trace("2026-01-13"), []string{"not-missing"}},
		"a child missing who was removed":    {given{registered, missed, ended}, miss, nil},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheNextCoreGroupIsDueAsTheConferenceOrTheLatestCoreGroupSetIt(t *testing.T) {
	ps := fold(protection.Registered{Plan: "p1", CoreGroupBy: domain.MustDate("2026-01-20")})
	if by := ps.Find("p1").CoreGroupBy().String(); by != "2026-01-20" {
		t.Errorf("after the conference: %s", by)
	}
	ps = ps.Evolve(2, protection.CoreGroupMet{Dated: on("2026-01-16"), Plan: "p1", Meeting: "g1", NextBy: domain.MustDate("2026-02-27")})
	if by := ps.Find("p1").CoreGroupBy().String(); by != "2026-02-27" {
		t.Errorf("after the first core group: %s", by)
	}
	ps = ps.Evolve(3, protection.CoreGroupMet{Dated: on("2026-02-16"), Plan: "p1", Meeting: "g2"})
	if by := ps.Find("p1").CoreGroupBy(); !by.IsZero() {
		t.Errorf("where the authority has no clock: %s", by)
	}
}

// In Scotland the category fell away with the guidance of September 2021.
func TestACategoryIsRequiredByTheNationAndTheDay(t *testing.T) {
	for name, tt := range map[string]struct {
		nation   policy.Nation
		day      string
		category string
		want     []string
	}{
		"England":                          {policy.England, "2026-01-06", "", []string{"category-required"}},
		"England, with one":                {policy.England, "2026-01-06", "NEG", nil},
		"Wales":                            {policy.Wales, "2026-01-06", "", []string{"category-required"}},
		"Scotland on the last day of 2014": {policy.Scotland, "2021-09-01", "", []string{"category-required"}},
		"Scotland on the first of 2021":    {policy.Scotland, "2021-09-02", "", nil},
		"on a day that nobody knows":       {policy.England, "", "", nil},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		under := asked()
		under.Received.Fact.Happened = on("2020-01-06").Happened
		_, err = fold().Register(protection.Register{Dated: on(tt.day), Plan: "p1", Referral: "r1", Category: tt.category}, under, protection.Conferred{Met: true}, p)
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheClocksOfARegistrationAreThoseOfTheNationAndTheDay(t *testing.T) {
	for name, tt := range map[string]struct {
		nation           policy.Nation
		day              string
		coreGroup, first string
	}{
		"England, 10 working days over Easter":   {policy.England, "2024-03-25", "2024-04-10", "2024-06-25"},
		"England, over a single holiday":         {policy.England, "2022-09-12", "2022-09-27", "2022-12-12"},
		"Wales":                                  {policy.Wales, "2022-09-12", "2022-09-27", "2022-12-12"},
		"Scotland by the guidance of 2014":       {policy.Scotland, "2021-09-01", "2021-09-16", "2021-12-01"},
		"Scotland by the guidance of 2021":       {policy.Scotland, "2021-09-02", "2021-09-17", "2022-03-02"},
		"England by the guidance of 2015":        {policy.England, "2015-03-02", "2015-03-16", "2015-06-02"},
		"Scotland before there was any guidance": {policy.Scotland, "2013-03-04", "", ""},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		events, _ := fold().Register(protection.Register{Dated: on(tt.day), Plan: "p1", Category: "NEG"}, asked(), protection.Conferred{Met: true}, p)
		e := events[0].(protection.Registered)
		if e.CoreGroupBy.String() != tt.coreGroup || e.ReviewBy.String() != tt.first {
			t.Errorf("%s: core group by %s, review by %s; want %s and %s", name, e.CoreGroupBy, e.ReviewBy, tt.coreGroup, tt.first)
		}
	}
}

func TestAfterAMeetingBeforeBirthTheReviewInScotlandIsDueSooner(t *testing.T) {
	for name, tt := range map[string]struct {
		nation policy.Nation
		day    string
		unborn bool
		want   string
	}{
		"Scotland, unborn":                     {policy.Scotland, "2024-02-29", true, "2024-05-29"},
		"Scotland, born":                       {policy.Scotland, "2024-02-29", false, "2024-08-29"},
		"Scotland, by the guidance of 2014":    {policy.Scotland, "2021-09-01", true, "2021-12-01"},
		"England knows one review for unborns": {policy.England, "2024-02-29", true, "2024-05-29"},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		events, _ := fold().Register(protection.Register{Dated: on(tt.day), Plan: "p1"}, asked(), protection.Conferred{Met: true, Unborn: tt.unborn}, p)
		if got := events[0].(protection.Registered).ReviewBy.String(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestInScotlandTheChairIsToldOfASignificantChangeWithinThreeDays(t *testing.T) {
	registered := protection.Plans(nil).Evolve(1, protection.Registered{Dated: on("2024-01-10"), Plan: "p1"})
	for nation, want := range map[policy.Nation]string{policy.Scotland: "2024-02-04", policy.England: ""} {
		pack, err := policy.For(nation)
		if err != nil {
			t.Fatal(err)
		}
		events, err := registered.FindChange(protection.FindChange{Dated: on("2024-02-01"), Plan: "p1", Change: "s1", Why: "x"}, pack)
		if got := events[0].(protection.ChangeFound).ReportBy.String(); err != nil || got != want {
			t.Errorf("%s: by %q, %v; want %q", nation, got, err, want)
		}
	}
}
