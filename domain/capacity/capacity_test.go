package capacity_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/capacity"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...capacity.Event) capacity.Capacity {
	var cs capacity.Capacity
	for i, e := range events {
		cs = cs.Evolve(uint64(i+1), e)
	}
	return cs
}

func england(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnAdultLacksCapacityWhoIsImpairedAndCannotDoOneOfTheFourThings(t *testing.T) {
	able := capacity.Assess{Assessment: "m1", Decision: "where to live", Understands: true, Retains: true, Weighs: true, Communicates: true}
	change := func(f func(*capacity.Assess)) capacity.Assess { c := able; f(&c); return c }
	for name, tt := range map[string]struct {
		when capacity.Assess
		want bool
	}{
		"able":                 {able, true},
		"impaired and able":    {change(func(c *capacity.Assess) { c.Impaired = true }), true},
		"unwise, not impaired": {change(func(c *capacity.Assess) { c.Weighs = false }), true},
		"cannot understand":    {change(func(c *capacity.Assess) { c.Impaired, c.Understands = true, false }), false},
		"cannot retain":        {change(func(c *capacity.Assess) { c.Impaired, c.Retains = true, false }), false},
		"cannot weigh":         {change(func(c *capacity.Assess) { c.Impaired, c.Weighs = true, false }), false},
		"cannot communicate":   {change(func(c *capacity.Assess) { c.Impaired, c.Communicates = true, false }), false},
	} {
		events, err := capacity.Capacity{}.Assess(tt.when)
		if got := events[0].(capacity.Assessed).Capable; err != nil || got != tt.want {
			t.Errorf("%s: capable %t, %v", name, got, err)
		}
	}
}

func TestTheRulesOfCapacityAndLiberty(t *testing.T) {
	p := england(t)
	type (
		given    = []capacity.Event
		decision = func(capacity.Capacity) ([]domain.Event, error)
	)
	lacks := capacity.Assessed{Dated: on("2026-01-05"), Assessment: "m1", Impaired: true}
	can := capacity.Assessed{Dated: on("2026-01-05"), Assessment: "m1", Capable: true}
	asked := capacity.LibertyRequested{Dated: on("2026-01-05"), Authorisation: "l1"}
	granted := capacity.LibertyDecided{Dated: on("2026-01-20"), Authorisation: "l1", Granted: true}
	ended := capacity.LibertyEnded{Dated: on("2026-03-20"), Authorisation: "l1"}
	assess := func(cs capacity.Capacity) ([]domain.Event, error) {
		return cs.Assess(capacity.Assess{Assessment: "m1"})
	}
	decide := func(day string) decision {
		return func(cs capacity.Capacity) ([]domain.Event, error) {
			return cs.Decide(capacity.Decide{Dated: on(day), Decision: "b1", Assessment: "m1"})
		}
	}
	ask := func(day, born, urgent string) decision {
		return func(cs capacity.Capacity) ([]domain.Event, error) {
			return cs.RequestLiberty(capacity.RequestLiberty{Dated: on(day), Authorisation: "l1", UrgentUntil: on(urgent).Happened}, on(born).Happened, p)
		}
	}
	grant := func(day, until string) decision {
		return func(cs capacity.Capacity) ([]domain.Event, error) {
			return cs.DecideLiberty(capacity.DecideLiberty{Dated: on(day), Authorisation: "l1", Granted: true, Assessment: "m1", Until: on(until).Happened}, p)
		}
	}
	refuse := func(until string) decision {
		return func(cs capacity.Capacity) ([]domain.Event, error) {
			return cs.DecideLiberty(capacity.DecideLiberty{Dated: on("2026-01-05"), Authorisation: "l1", Until: on(until).Happened}, p)
		}
	}
	end := func(day string) decision {
		return func(cs capacity.Capacity) ([]domain.Event, error) {
			return cs.EndLiberty(capacity.EndLiberty{Dated: on(day), Authorisation: "l1"})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"an assessment":                            {nil, assess, nil},
		"an assessment twice":                      {given{can}, assess, []string{"capacity-already-assessed"}},
		"a decision for one who cannot":            {given{lacks}, decide("2026-01-05"), nil},
		"a decision for one who can":               {given{can}, decide("2026-01-05"), []string{"adult-can-decide"}},
		"a decision before the assessment":         {given{lacks}, decide("2026-01-04"), []string{"before-capacity-assessment"}},
		"a decision without an assessment":         {nil, decide("2026-01-05"), []string{"capacity-not-assessed"}},
		"a decision twice":                         {given{lacks, capacity.Decided{Decision: "b1"}}, decide("2026-01-05"), []string{"best-interest-already-decided"}},
		"a request on the eighteenth birthday":     {nil, ask("2026-01-05", "2008-01-05", ""), nil},
		"a request the day before":                 {nil, ask("2026-01-04", "2008-01-05", ""), []string{"liberty-of-a-child"}},
		"a request twice":                          {given{asked}, ask("2026-01-05", "", ""), []string{"liberty-already-requested"}},
		"seven days of urgency":                    {nil, ask("2026-01-05", "", "2026-01-12"), nil},
		"eight days of urgency":                    {nil, ask("2026-01-05", "", "2026-01-13"), []string{"urgent-authorisation-too-long"}},
		"a year":                                   {given{asked, lacks}, grant("2026-01-20", "2027-01-20"), nil},
		"a year and a day":                         {given{asked, lacks}, grant("2026-01-20", "2027-01-21"), []string{"liberty-too-long"}},
		"without a last day":                       {given{asked, lacks}, grant("2026-01-20", ""), []string{"liberty-without-end"}},
		"one day":                                  {given{asked, lacks}, grant("2026-01-20", "2026-01-20"), nil},
		"an end before the beginning":              {given{asked, lacks}, grant("2026-01-20", "2026-01-19"), []string{"liberty-ends-before"}},
		"of one who can decide":                    {given{asked, can}, grant("2026-01-20", "2026-07-20"), []string{"adult-can-decide"}},
		"of one whom nobody assessed":              {given{asked}, grant("2026-01-20", "2026-07-20"), []string{"capacity-not-assessed"}},
		"a decision on liberty before its request": {given{asked, lacks}, grant("2026-01-04", "2026-07-04"), []string{"before-liberty-request", "before-capacity-assessment"}},
		"a decision on liberty nobody asked for":   {given{lacks}, grant("2026-01-20", "2026-07-20"), []string{"liberty-not-requested"}},
		"a decision on liberty twice":              {given{asked, lacks, granted}, grant("2026-01-20", "2026-07-20"), []string{"liberty-already-decided"}},
		"a refusal":                                {given{asked}, refuse(""), nil},
		"a refusal with a last day":                {given{asked}, refuse("2026-07-20"), []string{"liberty-without-end"}},
		"the end of an authorisation on its day":   {given{asked, granted}, end("2026-01-05"), nil},
		"the end before":                           {given{asked, granted}, end("2026-01-04"), []string{"before-liberty-request"}},
		"the end twice":                            {given{asked, granted, ended}, end("2026-03-20"), []string{"liberty-already-ended"}},
		"the end of nothing":                       {nil, end("2026-03-20"), []string{"liberty-not-requested"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestARequestIsDecidedIn21DaysOrBeforeTheUrgentAuthorisationEnds(t *testing.T) {
	for urgent, want := range map[string]string{"": "2026-01-26", "2026-01-12": "2026-01-12"} {
		events, err := capacity.Capacity{}.RequestLiberty(capacity.RequestLiberty{Dated: on("2026-01-05"), UrgentUntil: on(urgent).Happened}, domain.Date{}, england(t))
		if got := events[0].(capacity.LibertyRequested).DecideBy.String(); err != nil || got != want {
			t.Errorf("urgent until %q: to be decided by %s, %v", urgent, got, err)
		}
	}
}

func TestLibertyIsTakenFromTheDecisionToTheEnd(t *testing.T) {
	cs := fold(capacity.LibertyRequested{Authorisation: "l1"})
	if a := cs.FindAuthorisation("l1"); !a.Waits() || a.Granted() {
		t.Errorf("requested: %+v", a)
	}
	cs = cs.Evolve(2, capacity.LibertyDecided{Authorisation: "l1", Granted: true})
	if a := cs.FindAuthorisation("l1"); a.Waits() || !a.Granted() {
		t.Errorf("granted: %+v", a)
	}
	cs = cs.Evolve(3, capacity.LibertyEnded{Authorisation: "l1"})
	if a := cs.FindAuthorisation("l1"); a.Waits() || a.Granted() {
		t.Errorf("ended: %+v", a)
	}
}
