package disclosure_test

import (
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
)

var on = domaintest.On

func fold(events ...disclosure.Event) disclosure.Disclosures {
	var all disclosure.Disclosures
	for i, e := range events {
		all = all.Evolve(uint64(i+1), e)
	}
	return all
}

type decision = func(disclosure.Disclosures) ([]domain.Event, error)

func TestTheRulesOfDisclosures(t *testing.T) {
	asked := disclosure.Requested{Dated: on("2026-01-05"), Disclosure: "d1"}
	considered := disclosure.Considered{Dated: on("2026-01-06"), Disclosure: "d1", Profile: "police"}
	part := disclosure.Decided{Dated: on("2026-01-07"), Disclosure: "d1", Decision: disclosure.Part}
	refused := disclosure.Decided{Dated: on("2026-01-07"), Disclosure: "d1", Decision: disclosure.Refuse}
	given := disclosure.Disclosed{Dated: on("2026-01-08"), Disclosure: "d1"}
	request := func(ds disclosure.Disclosures) ([]domain.Event, error) {
		return ds.Request(disclosure.Request{Dated: on("2026-01-05"), Disclosure: "d1"}, policy.Pack{})
	}
	withhold := func(ds disclosure.Disclosures) ([]domain.Event, error) {
		return ds.Withhold(disclosure.Withhold{Dated: on("2026-01-05"), Disclosure: "d1"})
	}
	consider := func(day string) decision {
		return func(ds disclosure.Disclosures) ([]domain.Event, error) {
			return ds.Consider(disclosure.Consider{Dated: on(day), Disclosure: "d1", Profile: "police"})
		}
	}
	decide := func(what, necessity, reason string) decision {
		return func(ds disclosure.Disclosures) ([]domain.Event, error) {
			return ds.Decide(disclosure.Decide{Dated: on("2026-01-07"), Disclosure: "d1", Decision: what, Necessity: necessity, Reason: reason})
		}
	}
	disclose := func(profile string, known uint64, entries ...uint64) decision {
		return func(ds disclosure.Disclosures) ([]domain.Event, error) {
			return ds.Disclose(disclosure.Disclose{Dated: on("2026-01-08"), Disclosure: "d1", Profile: profile, Known: known, Entries: entries}, 9)
		}
	}
	acknowledge := func(ds disclosure.Disclosures) ([]domain.Event, error) {
		return ds.Acknowledge(disclosure.Acknowledge{Dated: on("2026-01-09"), Disclosure: "d1"})
	}
	look := func(ds disclosure.Disclosures) ([]domain.Event, error) {
		return ds.NoteLook(disclosure.NoteLook{Dated: on("2026-01-09"), Protocol: "cp-is", Reference: "7"})
	}
	send := func(known uint64) decision {
		return func(ds disclosure.Disclosures) ([]domain.Event, error) {
			return ds.Send(disclosure.Send{Dated: on("2026-01-09"), Known: known}, 9)
		}
	}
	for name, tt := range map[string]struct {
		given []disclosure.Event
		when  decision
		want  []string
	}{
		"a request":                         {nil, request, nil},
		"a request twice":                   {[]disclosure.Event{asked}, request, []string{"disclosure-already-known"}},
		"not shared":                        {nil, withhold, nil},
		"not shared twice":                  {[]disclosure.Event{disclosure.NotShared{Disclosure: "d1"}}, withhold, []string{"disclosure-already-known"}},
		"considered on the day":             {[]disclosure.Event{asked}, consider("2026-01-05"), nil},
		"considered before":                 {[]disclosure.Event{asked}, consider("2026-01-04"), []string{"before-request"}},
		"considered without a request":      {nil, consider("2026-01-05"), []string{"disclosure-unknown"}},
		"considered after the decision":     {[]disclosure.Event{asked, considered, part}, consider("2026-01-08"), []string{"disclosure-already-decided"}},
		"all is decided":                    {[]disclosure.Event{asked, considered}, decide(disclosure.All, "why", ""), nil},
		"part is decided":                   {[]disclosure.Event{asked, considered}, decide(disclosure.Part, "why", "why not"), nil},
		"decided without a look":            {[]disclosure.Event{asked}, decide(disclosure.All, "why", ""), []string{"disclosure-not-considered"}},
		"refused without a look":            {[]disclosure.Event{asked}, decide(disclosure.Refuse, "", "why not"), nil},
		"no reason for not sharing":         {[]disclosure.Event{asked}, decide(disclosure.Refuse, "", ""), []string{"withholding-without-reason"}},
		"no need for sharing":               {[]disclosure.Event{asked, considered}, decide(disclosure.All, "", ""), []string{"disclosure-without-necessity"}},
		"decided twice":                     {[]disclosure.Event{asked, considered, part}, decide(disclosure.All, "why", ""), []string{"disclosure-already-decided"}},
		"disclosed":                         {[]disclosure.Event{asked, considered, part}, disclose("police", 9, 1, 9), nil},
		"disclosed before a decision":       {[]disclosure.Event{asked, considered}, disclose("police", 9, 1), []string{"disclosure-not-decided"}},
		"disclosed after a refusal":         {[]disclosure.Event{asked, considered, refused}, disclose("police", 9, 1), []string{"disclosure-not-decided"}},
		"disclosed under another profile":   {[]disclosure.Event{asked, considered, part}, disclose("health", 9, 1), []string{"disclosure-under-another-profile"}},
		"more than is on the record":        {[]disclosure.Event{asked, considered, part}, disclose("police", 10, 1), []string{"disclosed-entries-unsound"}},
		"an entry after the last":           {[]disclosure.Event{asked, considered, part}, disclose("police", 8, 9), []string{"disclosed-entries-unsound"}},
		"an entry twice":                    {[]disclosure.Event{asked, considered, part}, disclose("police", 9, 3, 3), []string{"disclosed-entries-unsound"}},
		"acknowledged":                      {[]disclosure.Event{asked, considered, part, given}, acknowledge, nil},
		"acknowledged with nothing given":   {[]disclosure.Event{asked, considered, part}, acknowledge, []string{"nothing-disclosed"}},
		"a look":                            {nil, look, nil},
		"a look twice":                      {[]disclosure.Event{disclosure.Looked{Protocol: "cp-is", Reference: "7"}}, look, []string{"look-already-noted"}},
		"the whole record sent":             {nil, send(9), nil},
		"more sent than there is":           {nil, send(10), []string{"sent-more-than-recorded"}},
		"another look of the same protocol": {[]disclosure.Event{disclosure.Looked{Protocol: "cp-is", Reference: "8"}}, look, nil},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := domaintest.Rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestARequestOfThePoliceIsToBeAnsweredAsTheProtocolOfTheDaySays(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ protocol, day, want string }{
		"20 working days, over a bank holiday": {"police", "2026-04-20", "2026-05-19"},
		"before the protocol of 2024":          {"police", "2024-02-29", ""},
		"another protocol":                     {"cp-is", "2026-04-20", ""},
		"none":                                 {"", "2026-04-20", ""},
	} {
		events, _ := fold().Request(disclosure.Request{Dated: on(tt.day), Protocol: tt.protocol}, england)
		if got := events[0].(disclosure.Requested).AnswerBy.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestARequestIsOpenUntilItIsRefusedOrWhatWasDecidedIsGiven(t *testing.T) {
	asked := disclosure.Requested{Disclosure: "d1"}
	for name, tt := range map[string]struct {
		given []disclosure.Event
		want  bool
	}{
		"nothing": {nil, false},
		"asked":   {[]disclosure.Event{asked}, true},
		"decided": {[]disclosure.Event{asked, disclosure.Decided{Disclosure: "d1", Decision: disclosure.All}}, true},
		"refused": {[]disclosure.Event{asked, disclosure.Decided{Disclosure: "d1", Decision: disclosure.Refuse}}, false},
		"given":   {[]disclosure.Event{asked, disclosure.Disclosed{Disclosure: "d1"}}, false},
	} {
		if got := fold(tt.given...).Find("d1").Open(); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAProfileShowsTheFieldsOfTheKindsThatItNamesOnItsDays(t *testing.T) {
	all := disclosure.Catalogue{Profiles: []disclosure.Profile{
		{Profile: "health", From: domain.MustDate("2014-01-01"), Until: domain.MustDate("2019-12-31")},
		{Profile: "health", From: domain.MustDate("2020-01-01"), Shows: []disclosure.Shows{
			{Kinds: []string{"protection-plan"}, Fields: []string{"/happened", "/text/*"}},
			{Kinds: []string{"*"}, Fields: []string{"/a*"}, Except: []string{"/ab"}}}},
	}}
	if _, ok := all.Profile("health", domain.MustDate("2013-12-31")); ok {
		t.Error("a profile holds before its first day")
	}
	if p, ok := all.Profile("health", domain.MustDate("2019-12-31")); !ok || len(p.Shows) > 0 {
		t.Error("a profile does not hold on its last day")
	}
	p, _ := all.Profile("health", domain.MustDate("2020-01-01"))
	for line, want := range map[string]bool{
		"protection-plan.ended /happened": true, "protection-plan.ended /text/0": true, "protection-plan.ended /reason": false,
		"protection-planning.ended /happened": false, "note.written /happened": false, "note.written /actor": true, "note.written /ab": false, "protection-plan /happened": true,
	} {
		kind, field, _ := strings.Cut(line, " ")
		if got := p.Shown(kind, field); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	own := all.With(disclosure.Catalogue{Profiles: []disclosure.Profile{{Profile: "health", Ground: "local"}}})
	if p, _ := own.Profile("health", domain.MustDate("2026-01-01")); p.Ground != "local" {
		t.Error("the authority's own profile does not go before the nation's")
	}
}

func TestForkedDisclosuresNeverWriteToTheSameMemory(t *testing.T) {
	var grown disclosure.Disclosures
	for i := range uint64(3) {
		grown = grown.Evolve(i, disclosure.Looked{}).Evolve(i, disclosure.Sent{}).Evolve(i, disclosure.Received{})
	}
	left, right := grown.Fork().Evolve(4, disclosure.Sent{Known: 7}), grown.Evolve(4, disclosure.Sent{Known: 8})
	if left.Sent[3].Fact.Known != 7 || right.Sent[3].Fact.Known != 8 {
		t.Errorf("%v and %v", left.Sent, right.Sent)
	}
}
