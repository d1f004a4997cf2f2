package contact_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/contact"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...contact.Event) contact.Contacts {
	var all contact.Contacts
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(contact.Contacts) ([]domain.Event, error)

func TestTheRulesOfContactsAndEarlyHelp(t *testing.T) {
	received := contact.Received{Dated: on("2026-01-05"), Contact: "k1"}
	decided := contact.Decided{Dated: on("2026-01-05"), Contact: "k1", Outcome: "early-help"}
	helped := contact.HelpStarted{Dated: on("2026-01-06"), Help: "h1"}
	reviewed := contact.HelpReviewed{Dated: on("2026-01-10"), Help: "h1", Review: "v1"}
	ended := contact.HelpEnded{Dated: on("2026-01-20"), Help: "h1"}
	referred := referral.Referrals(nil).Evolve(1, referral.Received{Referral: "r1"}).Find("r1")
	receive := func(cs contact.Contacts) ([]domain.Event, error) {
		return cs.Receive(contact.Receive{Dated: on("2026-01-05"), Contact: "k1"}, policy.Pack{})
	}
	decide := func(day, outcome string, became referral.Referral) decision {
		return func(cs contact.Contacts) ([]domain.Event, error) {
			return cs.Decide(contact.Decide{Dated: on(day), Contact: "k1", Outcome: outcome, Referral: became.ID}, became)
		}
	}
	start := func(day string, of contact.ID, consent bool) decision {
		return func(cs contact.Contacts) ([]domain.Event, error) {
			return cs.StartHelp(contact.StartHelp{Dated: on(day), Help: "h1", Contact: of, Consent: consent})
		}
	}
	review := func(day string, id contact.ReviewID) decision {
		return func(cs contact.Contacts) ([]domain.Event, error) {
			return cs.ReviewHelp(contact.ReviewHelp{Dated: on(day), Help: "h1", Review: id})
		}
	}
	end := func(day string) decision {
		return func(cs contact.Contacts) ([]domain.Event, error) {
			return cs.EndHelp(contact.EndHelp{Dated: on(day), Help: "h1"})
		}
	}
	for name, tt := range map[string]struct {
		given []contact.Event
		when  decision
		want  []string
	}{
		"a contact":                            {nil, receive, nil},
		"a contact twice":                      {[]contact.Event{received}, receive, []string{"contact-already-received"}},
		"a decision on the day":                {[]contact.Event{received}, decide("2026-01-05", "early-help", referral.Referral{}), nil},
		"a decision before":                    {[]contact.Event{received}, decide("2026-01-04", "early-help", referral.Referral{}), []string{"before-contact"}},
		"a decision of an unknown day":         {[]contact.Event{received}, decide("", "early-help", referral.Referral{}), nil},
		"a decision on nothing":                {nil, decide("2026-01-05", "early-help", referral.Referral{}), []string{"contact-unknown"}},
		"a decision twice":                     {[]contact.Event{received, decided}, decide("2026-01-05", "early-help", referral.Referral{}), []string{"contact-already-decided"}},
		"a contact that became a referral":     {[]contact.Event{received}, decide("2026-01-05", "referral", referred), nil},
		"a referral that nobody received":      {[]contact.Event{received}, decide("2026-01-05", "referral", referral.Referral{ID: "r9"}), []string{"contact-names-no-referral"}},
		"a referral of one that became none":   {[]contact.Event{received}, decide("2026-01-05", "passed-on", referred), []string{"contact-is-no-referral"}},
		"early help":                           {nil, start("2026-01-06", "", true), nil},
		"early help without consent":           {nil, start("2026-01-06", "", false), []string{"early-help-without-consent"}},
		"early help after a contact":           {[]contact.Event{received}, start("2026-01-05", "k1", true), nil},
		"early help before its contact":        {[]contact.Event{received}, start("2026-01-04", "k1", true), []string{"before-contact"}},
		"early help after an unknown contact":  {nil, start("2026-01-04", "k1", true), []string{"contact-unknown"}},
		"early help twice":                     {[]contact.Event{helped}, start("2026-01-06", "", true), []string{"early-help-already-started"}},
		"a review on the first day":            {[]contact.Event{helped}, review("2026-01-06", "v1"), nil},
		"a review before":                      {[]contact.Event{helped}, review("2026-01-05", "v1"), []string{"before-early-help"}},
		"a review twice":                       {[]contact.Event{helped, reviewed}, review("2026-01-11", "v1"), []string{"early-help-review-already-recorded"}},
		"a second review":                      {[]contact.Event{helped, reviewed}, review("2026-01-11", "v2"), nil},
		"a review on the last day":             {[]contact.Event{helped, ended}, review("2026-01-20", "v1"), nil},
		"a review after the end":               {[]contact.Event{helped, ended}, review("2026-01-21", "v1"), []string{"early-help-not-active"}},
		"a review of help that nobody started": {nil, review("2026-01-21", "v1"), []string{"early-help-unknown"}},
		"an end":                               {[]contact.Event{helped}, end("2026-01-06"), nil},
		"an end twice":                         {[]contact.Event{helped, ended}, end("2026-01-20"), []string{"early-help-already-ended"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAContactIsOpenUntilItIsDecidedAndHelpUntilItEnds(t *testing.T) {
	cs := fold(contact.Received{Contact: "k1"}, contact.HelpStarted{Help: "h1"})
	if !cs.Find("k1").Open() || !cs.FindHelp("h1").Open() {
		t.Error("not open at first")
	}
	cs = cs.Evolve(3, contact.Decided{Contact: "k1"}).Evolve(4, contact.HelpEnded{Help: "h1"})
	if cs.Find("k1").Open() || cs.FindHelp("h1").Open() || cs.Find("k2").Open() || cs.FindHelp("h2").Open() {
		t.Error("open at last")
	}
}
