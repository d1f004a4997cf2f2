package referral_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...referral.Event) referral.Referrals {
	var rs referral.Referrals
	for i, e := range events {
		rs = rs.Evolve(uint64(i+1), e)
	}
	return rs
}

type decision = func(referral.Referrals) ([]domain.Event, error)

func TestTheRulesOfReferrals(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	received := referral.Received{Dated: on("2026-01-05"), Referral: "r1"}
	decided := referral.Decided{Dated: on("2026-01-06"), Referral: "r1"}
	turned := referral.NotTakenFurther{Dated: on("2026-01-06"), Referral: "r1"}
	closed := referral.Closed{Dated: on("2026-01-20"), Referral: "r1"}
	receive := func(rs referral.Referrals) ([]domain.Event, error) {
		return rs.Receive(referral.Receive{Dated: on("2026-01-05"), Referral: "r1", Source: "1A"}, england)
	}
	decide := func(day string) decision {
		return func(rs referral.Referrals) ([]domain.Event, error) {
			return rs.Decide(referral.Decide{Dated: on(day), Referral: "r1"})
		}
	}
	turn := func(day string, open ...bool) decision {
		return func(rs referral.Referrals) ([]domain.Event, error) {
			return rs.TakeNoFurther(referral.TakeNoFurther{Dated: on(day), Referral: "r1"}, len(open) > 0)
		}
	}
	shut := func(day string, open bool) decision {
		return func(rs referral.Referrals) ([]domain.Event, error) {
			return rs.Close(referral.Close{Dated: on(day), Referral: "r1"}, open)
		}
	}
	work := func(day string) decision {
		return func(rs referral.Referrals) ([]domain.Event, error) {
			return nil, domain.Refuse(rs.Find("r1").Active(on(day).Happened)...)
		}
	}
	for name, tt := range map[string]struct {
		given []referral.Event
		when  decision
		want  []string
	}{
		"a first referral":                 {nil, receive, nil},
		"an id twice":                      {[]referral.Event{received}, receive, []string{"referral-already-received"}},
		"another id":                       {[]referral.Event{referral.Received{Referral: "r2"}}, receive, nil},
		"a decision on the day":            {[]referral.Event{received}, decide("2026-01-05"), nil},
		"a decision on the day before":     {[]referral.Event{received}, decide("2026-01-04"), []string{"before-referral"}},
		"a decision of an unknown day":     {[]referral.Event{received}, decide(""), nil},
		"a decision on nothing":            {nil, decide("2026-01-05"), []string{"referral-unknown"}},
		"a second decision":                {[]referral.Event{received, decided}, decide("2026-01-07"), []string{"referral-already-decided"}},
		"a decision after no further":      {[]referral.Event{received, turned}, decide("2026-01-07"), []string{"referral-already-decided"}},
		"no further action":                {[]referral.Event{received}, turn("2026-01-05"), nil},
		"no further action with open work": {[]referral.Event{received}, turn("2026-01-05", true), []string{"open-work"}},
		"no further action before":         {[]referral.Event{received}, turn("2026-01-04"), []string{"before-referral"}},
		"no further action once decided":   {[]referral.Event{received, decided}, turn("2026-01-07"), []string{"referral-already-decided"}},
		"a closure":                        {[]referral.Event{received, decided}, shut("2026-01-05", false), nil},
		"a closure before":                 {[]referral.Event{received}, shut("2026-01-04", false), []string{"before-referral"}},
		"a closure with open work":         {[]referral.Event{received}, shut("2026-01-05", true), []string{"open-work"}},
		"a closure twice":                  {[]referral.Event{received, closed}, shut("2026-01-21", false), []string{"referral-already-closed"}},
		"a closure after no further":       {[]referral.Event{received, turned}, shut("2026-01-21", false), []string{"referral-not-taken-further"}},
		"work on the day of the referral":  {[]referral.Event{received}, work("2026-01-05"), nil},
		"work before the referral":         {[]referral.Event{received}, work("2026-01-04"), []string{"before-referral"}},
		"work of an unknown day":           {[]referral.Event{received, closed}, work(""), nil},
		"work on the day of the closure":   {[]referral.Event{received, closed}, work("2026-01-20"), nil},
		"work after the closure":           {[]referral.Event{received, closed}, work("2026-01-21"), []string{"referral-closed"}},
		"work under one not taken further": {[]referral.Event{received, turned}, work("2026-01-05"), []string{"referral-not-taken-further"}},
		"work under nothing":               {nil, work("2026-01-05"), []string{"referral-unknown"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestAReferralIsToBeDecidedByTheNextWorkingDay(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-01-08": "2026-01-09", "2026-01-09": "2026-01-12", "": ""} {
		events, err := referral.Referrals(nil).Receive(referral.Receive{Dated: on(day), Referral: "r1"}, england)
		if err != nil || events[0].(referral.Received).DecideBy.String() != want {
			t.Errorf("received on %q: %+v, %v", day, events, err)
		}
	}
}

func TestAReferralIsOpenFromItsReceiptToItsEnd(t *testing.T) {
	received := referral.Received{Referral: "r1"}
	for name, tt := range map[string]struct {
		given []referral.Event
		want  bool
	}{
		"unknown": {nil, false}, "received": {[]referral.Event{received}, true},
		"closed":            {[]referral.Event{received, referral.Closed{Referral: "r1"}}, false},
		"not taken further": {[]referral.Event{received, referral.NotTakenFurther{Referral: "r1"}}, false},
	} {
		if got := fold(tt.given...).Find("r1").Open(); got != tt.want {
			t.Errorf("%s: open %t", name, got)
		}
	}
}
