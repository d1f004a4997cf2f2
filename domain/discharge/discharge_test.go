package discharge_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/discharge"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func TestTheRulesOfDischargeFromHospital(t *testing.T) {
	type given = []discharge.Event
	type decision = func(discharge.Hospital) ([]domain.Event, error)
	noticed := func(kind string) discharge.Event {
		return discharge.Noticed{Dated: on("2021-06-02"), Stay: "s1", Notice: kind}
	}
	withdrawn := discharge.Withdrawn{Dated: on("2021-06-03"), Stay: "s1", Notice: "assessment-notice"}
	delayed := discharge.Delayed{Dated: on("2021-06-05"), Stay: "s1", Delay: "d1"}
	over := discharge.DelayEnded{Dated: on("2021-06-07"), Delay: "d1"}
	left := discharge.Discharged{Dated: on("2021-06-09"), Stay: "s1"}
	assess, other := noticed("assessment-notice"), noticed("discharge-to-assess")
	notify := func(kind, expected string) decision {
		return func(h discharge.Hospital) ([]domain.Event, error) {
			return h.Notify(discharge.Notify{Dated: on("2021-06-04"), Stay: "s1", Notice: kind, Expected: on(expected).Happened}, policy.Pack{})
		}
	}
	withdraw := func(day string) decision {
		return func(h discharge.Hospital) ([]domain.Event, error) {
			return h.Withdraw(discharge.Withdraw{Dated: on(day), Stay: "s1", Notice: "assessment-notice"})
		}
	}
	delay := func(id discharge.DelayID, day string) decision {
		return func(h discharge.Hospital) ([]domain.Event, error) {
			return h.RecordDelay(discharge.RecordDelay{Dated: on(day), Stay: "s1", Delay: id})
		}
	}
	endDelay := func(day string) decision {
		return func(h discharge.Hospital) ([]domain.Event, error) {
			return h.EndDelay(discharge.EndDelay{Dated: on(day), Delay: "d1"})
		}
	}
	leave := func(day string) decision {
		return func(h discharge.Hospital) ([]domain.Event, error) {
			return h.Discharge(discharge.Discharge{Dated: on(day), Stay: "s1", Pathway: "1"}, policy.Pack{})
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"a first notice":                             {nil, notify("assessment-notice", ""), nil},
		"a notice twice":                             {given{assess}, notify("assessment-notice", ""), []string{"notice-already-given"}},
		"a notice again after it was withdrawn":      {given{assess, withdrawn}, notify("assessment-notice", ""), nil},
		"a discharge notice after the other":         {given{assess}, notify("discharge-notice", ""), nil},
		"a discharge notice without the other":       {nil, notify("discharge-notice", ""), []string{"discharge-without-assessment-notice"}},
		"a discharge notice after a withdrawal":      {given{assess, withdrawn}, notify("discharge-notice", ""), []string{"discharge-without-assessment-notice"}},
		"a notice after the discharge":               {given{assess, left}, notify("discharge-to-assess", ""), []string{"already-discharged"}},
		"a discharge expected on the same day":       {nil, notify("assessment-notice", "2021-06-04"), nil},
		"a discharge expected before":                {nil, notify("assessment-notice", "2021-06-03"), []string{"discharge-expected-before"}},
		"a withdrawal on the same day":               {given{assess}, withdraw("2021-06-02"), nil},
		"a withdrawal before":                        {given{assess}, withdraw("2021-06-01"), []string{"before-notice"}},
		"a withdrawal of nothing":                    {given{other}, withdraw("2021-06-02"), []string{"notice-unknown"}},
		"a withdrawal twice":                         {given{assess, withdrawn}, withdraw("2021-06-03"), []string{"notice-already-withdrawn"}},
		"a withdrawal after the discharge":           {given{assess, left}, withdraw("2021-06-09"), []string{"already-discharged"}},
		"a delay on the day of the notice":           {given{assess}, delay("d1", "2021-06-02"), nil},
		"a delay before":                             {given{assess}, delay("d1", "2021-06-01"), []string{"before-stay"}},
		"a delay of nothing":                         {nil, delay("d1", "2021-06-02"), []string{"stay-unknown"}},
		"a delay twice":                              {given{assess, delayed}, delay("d1", "2021-06-05"), []string{"delay-already-recorded"}},
		"a delay until the discharge":                {given{assess, left}, delay("d1", "2021-06-09"), nil},
		"a delay after the discharge":                {given{assess, left}, delay("d1", "2021-06-10"), []string{"already-discharged"}},
		"the end of a delay on its day":              {given{assess, delayed}, endDelay("2021-06-05"), nil},
		"the end of a delay before":                  {given{assess, delayed}, endDelay("2021-06-04"), []string{"before-delay"}},
		"the end of no delay":                        {given{assess}, endDelay("2021-06-05"), []string{"delay-unknown"}},
		"the end of a delay twice":                   {given{assess, delayed, over}, endDelay("2021-06-07"), []string{"delay-already-ended"}},
		"a discharge":                                {given{assess}, leave("2021-06-02"), nil},
		"a discharge before the notice":              {given{assess}, leave("2021-06-01"), []string{"before-stay"}},
		"a discharge of nobody":                      {nil, leave("2021-06-02"), []string{"stay-unknown"}},
		"a discharge twice":                          {given{assess, left}, leave("2021-06-09"), []string{"already-discharged"}},
		"a discharge while a delay goes on":          {given{assess, delayed}, leave("2021-06-08"), []string{"delay-goes-on"}},
		"a discharge after the delay":                {given{assess, delayed, over}, leave("2021-06-08"), nil},
		"a discharge to be assessed":                 {given{other}, leave("2021-06-08"), nil},
		"a discharge after the notice was withdrawn": {given{assess, withdrawn}, leave("2021-06-08"), nil},
	} {
		var h discharge.Hospital
		for i, e := range tt.given {
			h = h.Evolve(uint64(i+1), e)
		}
		events, err := tt.when(h)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAStayIsOpenWhileANoticeHoldsAndUntilTheDischarge(t *testing.T) {
	var h discharge.Hospital
	for i, step := range []struct {
		event discharge.Event
		open  bool
		day   string
	}{
		{discharge.Noticed{Dated: on("2021-06-02"), Stay: "s1", Notice: "assessment-notice", Expected: domain.MustDate("2021-06-10")}, true, "2021-06-10"},
		{discharge.Noticed{Dated: on("2021-06-05"), Stay: "s1", Notice: "discharge-notice", Expected: domain.MustDate("2021-06-08")}, true, "2021-06-08"},
		{discharge.Withdrawn{Dated: on("2021-06-06"), Stay: "s1", Notice: "discharge-notice"}, true, "2021-06-10"},
		{discharge.Withdrawn{Dated: on("2021-06-06"), Stay: "s1", Notice: "assessment-notice"}, false, ""},
		{discharge.Noticed{Dated: on("2021-06-07"), Stay: "s1", Notice: "discharge-to-assess"}, true, ""},
		{discharge.Discharged{Dated: on("2021-06-09"), Stay: "s1"}, false, ""},
	} {
		h = h.Evolve(uint64(i+1), step.event)
		if s := h.Find("s1"); s.Open() != step.open || s.Expected().String() != step.day {
			t.Errorf("step %d: open %v, expected %s", i+1, s.Open(), s.Expected())
		}
	}
}

func TestTheAssessmentOfWhoLeavesAHospitalIsDueAsTheAuthoritySets(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	clock := func(c policy.Clock, days int) policy.LocalClock {
		return policy.LocalClock{Clock: c, Amount: days, Unit: policy.CalendarDays, From: domain.MustDate("2024-04-01"), Source: "local", Sentence: "So it is here."}
	}
	pack, err := england.With(policy.Local{Clocks: []policy.LocalClock{clock(policy.HospitalAssessment, 2), clock(policy.DischargeAssessment, 10)}})
	if err != nil {
		t.Fatal(err)
	}
	var h discharge.Hospital
	noticed, err := h.Notify(discharge.Notify{Dated: on("2024-06-03"), Stay: "s1", Notice: "discharge-to-assess"}, pack)
	if by := noticed[0].(discharge.Noticed).AssessBy.String(); by != "2024-06-05" || err != nil {
		t.Error(by, err)
	}
	h = h.Evolve(1, noticed[0].(discharge.Event))
	for pathway, want := range map[string]string{"0": "", "1": "2024-06-14", "2": "2024-06-14", "3": "2024-06-14"} {
		left, err := h.Discharge(discharge.Discharge{Dated: on("2024-06-04"), Stay: "s1", Pathway: pathway}, pack)
		if by := left[0].(discharge.Discharged).AssessBy.String(); by != want || err != nil {
			t.Errorf("pathway %s: %s, %v", pathway, by, err)
		}
	}
}
