package transfer_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/transfer"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...transfer.Event) transfer.Transfers {
	var all transfer.Transfers
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(transfer.Transfers) ([]domain.Event, error)

func TestTheRulesOfTransfers(t *testing.T) {
	notified := transfer.Notified{Dated: on("2026-01-05"), Transfer: "t1", Direction: transfer.Out}
	taken := transfer.TakenOver{Dated: on("2026-01-20"), Transfer: "t1"}
	declined := transfer.Declined{Dated: on("2026-01-20"), Transfer: "t1"}
	notify := func(ts transfer.Transfers) ([]domain.Event, error) {
		return ts.Notify(transfer.Notify{Dated: on("2026-01-05"), Transfer: "t1"}, policy.Pack{})
	}
	take := func(day string) decision {
		return func(ts transfer.Transfers) ([]domain.Event, error) {
			return ts.TakeOver(transfer.TakeOver{Dated: on(day), Transfer: "t1"})
		}
	}
	decline := func(day string) decision {
		return func(ts transfer.Transfers) ([]domain.Event, error) {
			return ts.Decline(transfer.Decline{Dated: on(day), Transfer: "t1"})
		}
	}
	for name, tt := range map[string]struct {
		given []transfer.Event
		when  decision
		want  []string
	}{
		"a notice":                   {nil, notify, nil},
		"a notice twice":             {[]transfer.Event{notified}, notify, []string{"transfer-already-notified"}},
		"taken over on the day":      {[]transfer.Event{notified}, take("2026-01-05"), nil},
		"taken over before":          {[]transfer.Event{notified}, take("2026-01-04"), []string{"before-transfer"}},
		"taken over of nothing":      {nil, take("2026-01-04"), []string{"transfer-unknown"}},
		"taken over twice":           {[]transfer.Event{notified, taken}, take("2026-01-21"), []string{"transfer-already-answered"}},
		"declined":                   {[]transfer.Event{notified}, decline("2026-01-05"), nil},
		"declined before":            {[]transfer.Event{notified}, decline("2026-01-04"), []string{"before-transfer"}},
		"declined after taking over": {[]transfer.Event{notified, taken}, decline("2026-01-21"), []string{"transfer-already-answered"}},
		"taken over after declining": {[]transfer.Event{notified, declined}, take("2026-01-21"), []string{"transfer-already-answered"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAChildIsGoneFromTheDayOnWhichTheOtherAuthorityTookOver(t *testing.T) {
	out := fold(transfer.Notified{Transfer: "t1", Direction: transfer.Out}, transfer.TakenOver{Dated: on("2026-01-20"), Transfer: "t1"})
	in := fold(transfer.Notified{Transfer: "t1", Direction: transfer.In}, transfer.TakenOver{Dated: on("2026-01-20"), Transfer: "t1"})
	day := domain.MustDate("2026-01-20")
	if !out.Gone(day, day) || out.Gone(day, day.AddDays(-1)) || out.Gone(day.AddDays(1), day.AddDays(9)) || in.Gone(day, day) || fold().Gone(day, day) {
		t.Error("the day is not that of the taking over, or the direction is wrong")
	}
}

func TestAConferenceIsDueOnlyForAChildWithAPlanWhoMovesForGood(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		when transfer.Notify
		want string
	}{
		"for good, over Easter":      {transfer.Notify{Dated: on("2024-03-18"), Plan: "protection-plan", Permanent: true}, "2024-04-10"},
		"over a day off for a queen": {transfer.Notify{Dated: on("2022-09-05"), Plan: "protection-plan", Permanent: true}, "2022-09-27"},
		"for a while":                {transfer.Notify{Dated: on("2024-03-18"), Plan: "protection-plan"}, ""},
		"in need":                    {transfer.Notify{Dated: on("2024-03-18"), Plan: "cin-plan", Permanent: true}, ""},
	} {
		events, _ := fold().Notify(tt.when, england)
		if got := events[0].(transfer.Notified).ConferenceBy.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
