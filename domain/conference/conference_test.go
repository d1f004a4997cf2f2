package conference_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/conference"
	"caseledger/domain/domaintest"
	"caseledger/domain/enquiry"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...conference.Event) conference.Conferences {
	var all conference.Conferences
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(conference.Conferences) ([]domain.Event, error)

func TestTheRulesOfHowAConferenceWent(t *testing.T) {
	held := domain.MustDate("2026-01-20")
	minuted := conference.Minuted{Dated: on("2026-01-20"), Conference: "c1", Quorate: true}
	adjourned := conference.Adjourned{Dated: on("2026-01-13"), Conference: "c1"}
	circulated := conference.Circulated{Dated: on("2026-01-25"), Conference: "c1"}
	minute := func(day string, quorate bool, exception string, met domain.Date) decision {
		return func(cs conference.Conferences) ([]domain.Event, error) {
			return cs.Minute(conference.Minute{Dated: on(day), Conference: "c1", Quorate: quorate, Exception: exception}, met, policy.Pack{})
		}
	}
	adjourn := func(met domain.Date) decision {
		return func(cs conference.Conferences) ([]domain.Event, error) {
			return cs.Adjourn(conference.Adjourn{Dated: on("2026-01-13"), Conference: "c1", Reason: "inquorate"}, met, policy.Pack{})
		}
	}
	circulate := func(day string) decision {
		return func(cs conference.Conferences) ([]domain.Event, error) {
			return cs.Circulate(conference.Circulate{Dated: on(day), Conference: "c1"})
		}
	}
	delay := func(until string, events ...enquiry.Event) decision {
		var qs enquiry.Enquiries
		for i, e := range events {
			qs = qs.Evolve(uint64(i+1), e)
		}
		return func(cs conference.Conferences) ([]domain.Event, error) {
			return cs.Delay(conference.Delay{Dated: on("2026-01-13"), Enquiry: "e1", Until: domain.MustDate(until)}, qs.Find("e1"))
		}
	}
	started := enquiry.Started{Enquiry: "e1"}
	for name, tt := range map[string]struct {
		given []conference.Event
		when  decision
		want  []string
	}{
		"minutes":                          {nil, minute("2026-01-20", true, "", held), nil},
		"minutes of no conference":         {nil, minute("2026-01-20", true, "", domain.Date{}), []string{"conference-unknown"}},
		"minutes of another day":           {nil, minute("2026-01-21", true, "", held), []string{"conference-on-another-day"}},
		"minutes twice":                    {[]conference.Event{minuted}, minute("2026-01-20", true, "", held), []string{"conference-already-minuted"}},
		"an inquorate conference":          {nil, minute("2026-01-20", false, "", held), []string{"inquorate-conference-decides-nothing"}},
		"one that went on for a reason":    {nil, minute("2026-01-20", false, "the baby is due", held), nil},
		"an adjournment":                   {nil, adjourn(domain.Date{}), nil},
		"an adjournment twice":             {[]conference.Event{adjourned}, adjourn(domain.Date{}), []string{"conference-already-adjourned"}},
		"an adjournment of one that met":   {nil, adjourn(held), []string{"conference-already-held"}},
		"a record sent":                    {[]conference.Event{minuted}, circulate("2026-01-20"), nil},
		"a record sent before":             {[]conference.Event{minuted}, circulate("2026-01-19"), []string{"before-conference"}},
		"a record sent twice":              {[]conference.Event{minuted, circulated}, circulate("2026-01-26"), []string{"record-already-circulated"}},
		"a record of nothing":              {nil, circulate("2026-01-26"), []string{"conference-not-minuted"}},
		"a delay":                          {nil, delay("2026-01-13", started), nil},
		"a delay into the past":            {nil, delay("2026-01-12", started), []string{"delay-into-the-past"}},
		"a delay of no enquiry":            {nil, delay("2026-01-30"), []string{"enquiry-unknown"}},
		"a delay of an enquiry that ended": {nil, delay("2026-01-30", started, enquiry.ConferenceNotRequired{Enquiry: "e1"}), []string{"enquiry-already-ended"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestInScotlandAnInquorateMeetingIsHeldAgainAndTheRecordSentWithin10WorkingDays(t *testing.T) {
	scotland, err := policy.For(policy.Scotland)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2021-09-02": "2021-09-16", "2026-06-12": "2026-06-29"} {
		events, err := conference.Conferences{}.Adjourn(conference.Adjourn{Dated: on(day), Reason: "inquorate"}, domain.Date{}, scotland)
		if err != nil || events[0].(conference.Adjourned).ReconveneBy.String() != want {
			t.Errorf("adjourned on %s: %+v, %v; want %s", day, events, err, want)
		}
		events, err = conference.Conferences{}.Minute(conference.Minute{Dated: on(day), Quorate: true}, domain.MustDate(day), scotland)
		if err != nil || events[0].(conference.Minuted).CirculateBy.String() != want {
			t.Errorf("minuted on %s: %+v, %v; want %s", day, events, err, want)
		}
	}
	events, _ := conference.Conferences{}.Adjourn(conference.Adjourn{Dated: on("2026-06-12"), Reason: "family-absent"}, domain.Date{}, scotland)
	if by := events[0].(conference.Adjourned).ReconveneBy; !by.IsZero() {
		t.Errorf("a quorate meeting is to be held again by %s", by)
	}
}
