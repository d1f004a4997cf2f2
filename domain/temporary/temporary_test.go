package temporary_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/temporary"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...temporary.Event) temporary.Registrations {
	var all temporary.Registrations
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(temporary.Registrations) ([]domain.Event, error)

func TestTheRulesOfTemporaryRegistration(t *testing.T) {
	entered := temporary.Entered{Dated: on("2026-01-05"), Registration: "m1"}
	ended := temporary.Ended{Dated: on("2026-01-20"), Registration: "m1"}
	enter := func(id temporary.ID, registered bool) decision {
		return func(rs temporary.Registrations) ([]domain.Event, error) {
			return rs.Enter(temporary.Enter{Dated: on("2026-01-05"), Registration: id}, registered, policy.Pack{})
		}
	}
	end := func(day, reason string, registered bool) decision {
		return func(rs temporary.Registrations) ([]domain.Event, error) {
			return rs.End(temporary.End{Dated: on(day), Registration: "m1", Reason: reason}, registered)
		}
	}
	for name, tt := range map[string]struct {
		given []temporary.Event
		when  decision
		want  []string
	}{
		"a temporary registration":          {nil, enter("m1", false), nil},
		"one with a plan of its own":        {nil, enter("m1", true), []string{"already-on-the-register"}},
		"an id twice":                       {[]temporary.Event{entered, ended}, enter("m1", false), []string{"temporary-registration-already-entered"}},
		"a second beside the first":         {[]temporary.Event{entered}, enter("m2", false), []string{"already-on-the-register"}},
		"a second after the first":          {[]temporary.Event{entered, ended}, enter("m2", false), nil},
		"an end on the day":                 {[]temporary.Event{entered}, end("2026-01-05", "returned", false), nil},
		"an end before":                     {[]temporary.Event{entered}, end("2026-01-04", "returned", false), []string{"before-temporary-registration"}},
		"an end twice":                      {[]temporary.Event{entered, ended}, end("2026-01-21", "returned", false), []string{"temporary-registration-already-ended"}},
		"an end of nothing":                 {nil, end("2026-01-21", "returned", false), []string{"temporary-registration-unknown"}},
		"an end by a plan":                  {[]temporary.Event{entered}, end("2026-01-20", "plan-made", true), nil},
		"an end by a plan that nobody made": {[]temporary.Event{entered}, end("2026-01-20", "plan-made", false), []string{"no-plan-made"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheTransferConferenceIsDueByTheClockOfTheNation(t *testing.T) {
	for name, tt := range map[string]struct {
		nation policy.Nation
		when   temporary.Enter
		want   string
	}{
		"England, 15 working days over Easter": {policy.England, temporary.Enter{Dated: on("2024-03-18"), Permanent: true}, "2024-04-10"},
		"England, over a single holiday":       {policy.England, temporary.Enter{Dated: on("2022-09-05"), Permanent: true}, "2022-09-27"},
		"Scotland, 21 working days":            {policy.Scotland, temporary.Enter{Dated: on("2026-06-12"), Permanent: true}, "2026-07-14"},
		"a family on a visit":                  {policy.England, temporary.Enter{Dated: on("2024-03-18")}, ""},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		events, err := fold().Enter(tt.when, false, p)
		if got := events[0].(temporary.Entered).ConferenceBy.String(); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestATemporaryRegistrationIsOpenUntilItEnds(t *testing.T) {
	if !fold(temporary.Entered{Registration: "m1"}).Open() || fold(temporary.Entered{Registration: "m1"}, temporary.Ended{Registration: "m1"}).Open() || fold().Open() {
		t.Error("open from its start to its end, and no longer")
	}
}
