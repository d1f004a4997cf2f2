package legal_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/legal"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...legal.Event) legal.Matters {
	var m legal.Matters
	for i, e := range events {
		m = m.Evolve(uint64(i+1), e)
	}
	return m
}

func pack(t *testing.T) policy.Pack {
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func until(day string) domain.Date {
	if day == "" {
		return domain.Date{}
	}
	return domain.MustDate(day)
}

type decision = func(legal.Matters) ([]domain.Event, error)

func TestTheRulesBeforeAndInCourt(t *testing.T) {
	p := pack(t)
	sent := legal.LetterSent{Dated: on("2026-01-05"), Process: "p1"}
	applied := legal.Applied{Dated: on("2026-02-02"), Application: "a1", Order: "care"}
	disposed := legal.Disposed{Dated: on("2026-06-01"), Application: "a1"}
	made := legal.Ordered{Dated: on("2026-02-02"), Made: "o1", Order: "emergency-protection", Until: until("2026-02-10")}
	detained := legal.Ordered{Dated: on("2026-02-02"), Made: "o1", Order: "police-protection", Until: until("2026-02-05")}
	letter := func(m legal.Matters) ([]domain.Event, error) {
		return m.SendLetter(legal.SendLetter{Dated: on("2026-01-05"), Process: "p1"})
	}
	endProcess := func(day string) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.EndProcess(legal.EndProcess{Dated: on(day), Process: "p1", Outcome: "stepped-down"})
		}
	}
	apply := func(m legal.Matters) ([]domain.Event, error) {
		return m.Apply(legal.Apply{Dated: on("2026-02-02"), Application: "a1", Order: "care"}, p)
	}
	hear := func(day string) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.Hear(legal.Hear{Dated: on(day), Application: "a1", Hearing: "h1", Kind: "final"})
		}
	}
	dispose := func(day string) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.Dispose(legal.Dispose{Dated: on(day), Application: "a1", Outcome: "granted"})
		}
	}
	order := func(kind, day, last string, under legal.ApplicationID) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.MakeOrder(legal.MakeOrder{Dated: on(day), Made: "o1", Order: kind, Until: until(last), Application: under}, p)
		}
	}
	extend := func(last string) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.Extend(legal.Extend{Dated: on("2026-02-09"), Made: "o1", Until: until(last)}, p)
		}
	}
	end := func(day string) decision {
		return func(m legal.Matters) ([]domain.Event, error) {
			return m.EndOrder(legal.EndOrder{Dated: on(day), Made: "o1", Reason: "discharged"})
		}
	}
	for name, tt := range map[string]struct {
		given []legal.Event
		when  decision
		want  []string
	}{
		"a letter":                          {nil, letter, nil},
		"a letter twice":                    {[]legal.Event{sent}, letter, []string{"pre-proceedings-already-begun"}},
		"an end on the day":                 {[]legal.Event{sent}, endProcess("2026-01-05"), nil},
		"an end before":                     {[]legal.Event{sent}, endProcess("2026-01-04"), []string{"before-pre-proceedings"}},
		"an end of an unknown day":          {[]legal.Event{sent}, endProcess(""), nil},
		"an end of nothing":                 {nil, endProcess("2026-01-05"), []string{"pre-proceedings-unknown"}},
		"an end twice":                      {[]legal.Event{sent, legal.ProcessEnded{Process: "p1"}}, endProcess("2026-01-06"), []string{"pre-proceedings-already-ended"}},
		"an application":                    {nil, apply, nil},
		"an application twice":              {[]legal.Event{applied}, apply, []string{"application-already-made"}},
		"a hearing on the day":              {[]legal.Event{applied}, hear("2026-02-02"), nil},
		"a hearing before":                  {[]legal.Event{applied}, hear("2026-02-01"), []string{"before-application"}},
		"a hearing of nothing":              {nil, hear("2026-02-02"), []string{"application-unknown"}},
		"a hearing twice":                   {[]legal.Event{applied, legal.Heard{Application: "a1", Hearing: "h1"}}, hear("2026-02-02"), []string{"hearing-already-recorded"}},
		"a hearing on the last day":         {[]legal.Event{applied, disposed}, hear("2026-06-01"), nil},
		"a hearing after the end":           {[]legal.Event{applied, disposed}, hear("2026-06-02"), []string{"application-disposed"}},
		"a disposal":                        {[]legal.Event{applied}, dispose("2026-06-01"), nil},
		"a disposal before":                 {[]legal.Event{applied}, dispose("2026-02-01"), []string{"before-application"}},
		"a disposal twice":                  {[]legal.Event{applied, disposed}, dispose("2026-06-01"), []string{"application-already-disposed"}},
		"an order":                          {[]legal.Event{applied}, order("care", "2026-06-01", "", "a1"), nil},
		"an order before its application":   {[]legal.Event{applied}, order("care", "2026-02-01", "", "a1"), []string{"before-application"}},
		"an order without application":      {nil, order("care", "2026-06-01", "", ""), nil},
		"an order twice":                    {[]legal.Event{made}, order("care", "2026-06-01", "", ""), []string{"order-already-made"}},
		"an order for a day":                {nil, order("interim-care", "2026-06-01", "2026-06-01", ""), nil},
		"an order that ended before":        {nil, order("interim-care", "2026-06-01", "2026-05-31", ""), []string{"order-ends-before-it-begins"}},
		"an emergency order of eight days":  {nil, order("emergency-protection", "2026-02-02", "2026-02-10", ""), nil},
		"an emergency order of nine days":   {nil, order("emergency-protection", "2026-02-02", "2026-02-11", ""), []string{"order-longer-than-the-law-allows"}},
		"police protection of three days":   {nil, order("police-protection", "2026-02-02", "2026-02-05", ""), nil},
		"police protection of four days":    {nil, order("police-protection", "2026-02-02", "2026-02-06", ""), []string{"order-longer-than-the-law-allows"}},
		"an extension of seven days":        {[]legal.Event{made}, extend("2026-02-17"), nil},
		"an extension of eight days":        {[]legal.Event{made}, extend("2026-02-18"), []string{"extended-longer-than-the-law-allows"}},
		"an extension that shortens":        {[]legal.Event{made}, extend("2026-02-09"), []string{"extension-shortens"}},
		"a second extension":                {[]legal.Event{made, legal.Extended{Made: "o1", Until: until("2026-02-12")}}, extend("2026-02-17"), []string{"extended-before"}},
		"an extension of police protection": {[]legal.Event{detained}, extend("2026-02-06"), []string{"police-protection-extended"}},
		"an extension of nothing":           {nil, extend("2026-02-17"), []string{"order-unknown"}},
		"an order's end on its day":         {[]legal.Event{made}, end("2026-02-02"), nil},
		"an order's end before":             {[]legal.Event{made}, end("2026-02-01"), []string{"before-order"}},
		"an order's end twice":              {[]legal.Event{made, legal.Ended{Made: "o1"}}, end("2026-02-09"), []string{"order-already-ended"}},
	} {
		if _, err := tt.when(fold(tt.given...)); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, rules(err), tt.want)
		}
	}
}

func TestTheLawLimitsAnOrderWhereTheCourtDoesNot(t *testing.T) {
	for kind, want := range map[string]string{"emergency-protection": "2026-02-10", "police-protection": "2026-02-05", "care": ""} {
		events, _ := fold().MakeOrder(legal.MakeOrder{Dated: on("2026-02-02"), Made: "o1", Order: kind}, pack(t))
		if got := events[0].(legal.Ordered).Until.String(); got != want {
			t.Errorf("%s until %q, want %q", kind, got, want)
		}
	}
	for kind, want := range map[string]string{"care": "2026-08-03", "emergency-protection": ""} {
		events, _ := fold().Apply(legal.Apply{Dated: on("2026-02-02"), Application: "a1", Order: kind}, pack(t))
		if got := events[0].(legal.Applied).DecideBy.String(); got != want {
			t.Errorf("%s to be disposed of by %q, want %q", kind, got, want)
		}
	}
}

func TestAnOrderHasEffectFromItsFirstDayToItsLast(t *testing.T) {
	m := fold(legal.Ordered{Dated: on("2026-02-02"), Made: "o1", Until: until("2026-02-10")})
	for day, want := range map[string]bool{"2026-02-01": false, "2026-02-02": true, "2026-02-10": true, "2026-02-11": false} {
		if got := m.Orders[0].On(until(day)); got != want {
			t.Errorf("%s: %t", day, got)
		}
	}
	longer := m.Evolve(2, legal.Extended{Made: "o1", Until: until("2026-02-17")})
	ended := longer.Evolve(3, legal.Ended{Dated: on("2026-02-12"), Made: "o1"})
	if !longer.Orders[0].On(until("2026-02-17")) || ended.Orders[0].On(until("2026-02-12")) || !ended.Orders[0].On(until("2026-02-11")) {
		t.Error("an extension or an end has no effect")
	}
	open := fold(legal.Applied{Dated: on("2026-02-02"), Application: "a1"})
	if !open.Applications[0].Open() || open.Evolve(2, legal.Disposed{Application: "a1"}).Applications[0].Open() {
		t.Error("proceedings are open until the court disposes of them")
	}
}
