package enquiry_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/enquiry"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...enquiry.Event) enquiry.Enquiries {
	var all enquiry.Enquiries
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

type decision = func(enquiry.Enquiries) ([]domain.Event, error)

func TestTheRulesOfEnquiries(t *testing.T) {
	discussed := enquiry.Discussed{Dated: on("2026-01-06"), Enquiry: "e1", Referral: "r1"}
	started := enquiry.Started{Dated: on("2026-01-06"), Enquiry: "e1", Referral: "r1"}
	held := enquiry.ConferenceHeld{Dated: on("2026-01-20"), Conference: "c1", Referral: "r1", Enquiry: "e1"}
	none := enquiry.ConferenceNotRequired{Dated: on("2026-01-20"), Enquiry: "e1"}
	discuss := func(day string) decision {
		return func(qs enquiry.Enquiries) ([]domain.Event, error) {
			return qs.Discuss(enquiry.Discuss{Dated: on(day), Enquiry: "e1", Referral: "r1"}, asked())
		}
	}
	start := func(day string) decision {
		return func(qs enquiry.Enquiries) ([]domain.Event, error) {
			return qs.Start(enquiry.Start{Dated: on(day), Enquiry: "e1", Referral: "r1"}, asked(), domain.Date{}, pack(t))
		}
	}
	hold := func(day string, of enquiry.ID) decision {
		return func(qs enquiry.Enquiries) ([]domain.Event, error) {
			return qs.HoldConference(enquiry.HoldConference{Dated: on(day), Conference: "c1", Referral: "r1", Enquiry: of}, asked())
		}
	}
	require := func(day string) decision {
		return func(qs enquiry.Enquiries) ([]domain.Event, error) {
			return qs.RequireNoConference(enquiry.RequireNoConference{Dated: on(day), Enquiry: "e1"})
		}
	}
	for name, tt := range map[string]struct {
		given []enquiry.Event
		when  decision
		want  []string
	}{
		"a discussion":                        {nil, discuss("2026-01-05"), nil},
		"a discussion before the referral":    {nil, discuss("2026-01-04"), []string{"before-referral"}},
		"a discussion twice":                  {[]enquiry.Event{discussed}, discuss("2026-01-06"), []string{"strategy-discussion-already-held"}},
		"a discussion after the start":        {[]enquiry.Event{started}, discuss("2026-01-06"), nil},
		"a start":                             {[]enquiry.Event{discussed}, start("2026-01-06"), nil},
		"a start without discussion":          {nil, start("2026-01-05"), nil},
		"a start before the referral":         {nil, start("2026-01-04"), []string{"before-referral"}},
		"a start twice":                       {[]enquiry.Event{started}, start("2026-01-06"), []string{"enquiry-already-started"}},
		"a conference on the first day":       {[]enquiry.Event{started}, hold("2026-01-06", "e1"), nil},
		"a conference before the enquiry":     {[]enquiry.Event{started}, hold("2026-01-05", "e1"), []string{"before-enquiry"}},
		"a conference without enquiry":        {nil, hold("2026-01-06", ""), nil},
		"a conference of an unknown enquiry":  {nil, hold("2026-01-06", "e1"), []string{"enquiry-unknown"}},
		"a conference of an unknown day":      {[]enquiry.Event{started}, hold("", "e1"), nil},
		"a conference on a Friday":            {nil, hold("2026-01-09", ""), nil},
		"a conference on a Saturday":          {nil, hold("2026-01-10", ""), []string{"conference-on-weekend"}},
		"a conference on a Sunday":            {nil, hold("2026-01-11", ""), []string{"conference-on-weekend"}},
		"a conference on a Monday":            {nil, hold("2026-01-12", ""), nil},
		"a conference before the referral":    {nil, hold("2026-01-02", ""), []string{"before-referral"}},
		"a conference twice":                  {[]enquiry.Event{started, held}, hold("2026-01-20", "e1"), []string{"conference-already-held", "enquiry-already-ended"}},
		"no conference":                       {[]enquiry.Event{started}, require("2026-01-06"), nil},
		"no conference before":                {[]enquiry.Event{started}, require("2026-01-05"), []string{"before-enquiry"}},
		"no conference of nothing":            {[]enquiry.Event{discussed}, require("2026-01-06"), []string{"enquiry-unknown"}},
		"no conference after a conference":    {[]enquiry.Event{started, held}, require("2026-01-21"), []string{"enquiry-already-ended"}},
		"a conference where none is required": {[]enquiry.Event{started, none}, hold("2026-01-21", "e1"), []string{"enquiry-already-ended"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestAConferenceIsDue15WorkingDaysAfterTheDiscussion(t *testing.T) {
	discussed := fold(enquiry.Discussed{Dated: on("2026-01-05"), Enquiry: "e1"})
	for name, tt := range map[string]struct {
		given enquiry.Enquiries
		when  enquiry.Start
		want  string
	}{
		"from the discussion":               {discussed, enquiry.Start{Dated: on("2026-01-08"), Enquiry: "e1"}, "2026-01-26"},
		"from the start where none is held": {fold(), enquiry.Start{Dated: on("2026-01-05"), Enquiry: "e1"}, "2026-01-26"},
		"as another system stated":          {discussed, enquiry.Start{Dated: on("2026-01-08"), Enquiry: "e1", ConferenceBy: domain.MustDate("2026-01-30")}, "2026-01-30"},
		"not where nobody knows the day":    {fold(), enquiry.Start{Enquiry: "e1"}, ""},
	} {
		events, _ := tt.given.Start(tt.when, asked(), domain.Date{}, pack(t))
		if got := events[0].(enquiry.Started).ConferenceBy.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestAnEnquiryIsOpenFromItsStartToItsEnd(t *testing.T) {
	started := enquiry.Started{Enquiry: "e1", Referral: "r1"}
	for name, tt := range map[string]struct {
		given []enquiry.Event
		want  bool
	}{
		"unknown": {nil, false}, "discussed": {[]enquiry.Event{enquiry.Discussed{Enquiry: "e1", Referral: "r1"}}, false},
		"started":                {[]enquiry.Event{started}, true},
		"come to a conference":   {[]enquiry.Event{started, enquiry.ConferenceHeld{Conference: "c1", Enquiry: "e1"}}, false},
		"another's conference":   {[]enquiry.Event{started, enquiry.ConferenceHeld{Conference: "c1"}}, true},
		"no conference required": {[]enquiry.Event{started, enquiry.ConferenceNotRequired{Enquiry: "e1"}}, false},
	} {
		qs := fold(tt.given...)
		if qs.Find("e1").Open() != tt.want || qs.OpenUnder("r1") != tt.want || qs.OpenUnder("r2") {
			t.Errorf("%s: open %t", name, qs.Find("e1").Open())
		}
	}
}

func TestTheConferenceOnAnUnbornChildIsDueByTheDaysAndByTheWeeksOfThePregnancy(t *testing.T) {
	scotland, err := policy.For(policy.Scotland)
	if err != nil {
		t.Fatal(err)
	}
	// A child expected on 7 October is 28 weeks old in the womb on 15 July.
	for name, tt := range map[string]struct {
		from, expected string
		pack           policy.Pack
		want           string
	}{
		"28 days, the weeks are far":        {"2024-03-01", "2024-10-07", scotland, "2024-03-29"},
		"28 days to the day of 28 weeks":    {"2024-06-17", "2024-10-07", scotland, "2024-07-15"},
		"28 weeks a day before the 28 days": {"2024-06-18", "2024-10-07", scotland, "2024-07-15"},
		"on the last day of the 28 weeks":   {"2024-07-15", "2024-10-07", scotland, "2024-07-15"},
		"after the 28 weeks":                {"2024-07-16", "2024-10-07", scotland, "2024-08-13"},
		"2014: by 28 weeks":                 {"2015-03-02", "2015-10-07", scotland, "2015-07-15"},
		"2014: after a late notice":         {"2015-07-01", "2015-10-07", scotland, "2015-07-22"},
		"2014: the last early notice":       {"2015-06-24", "2015-10-07", scotland, "2015-07-15"},
		"a child who is born":               {"2015-03-02", "", scotland, "2015-03-23"},
		"England has no such rule":          {"2026-01-05", "2026-06-01", pack(t), "2026-01-26"},
	} {
		var expected domain.Date
		if tt.expected != "" {
			expected = domain.MustDate(tt.expected)
		}
		events, _ := fold().Start(enquiry.Start{Dated: on(tt.from), Enquiry: "e1"}, asked(), expected, tt.pack)
		if got := events[0].(enquiry.Started).ConferenceBy.String(); got != tt.want {
			t.Errorf("%s: by %s, want %s", name, got, tt.want)
		}
	}
}
