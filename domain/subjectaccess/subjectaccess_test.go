package subjectaccess_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/policy"
	"caseledger/domain/redaction"
	. "caseledger/domain/subjectaccess"
)

func on(day string) domain.Dated { return domain.Dated{Happened: domain.MustDate(day)} }

func england(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told folds events in their order.
func told(events ...Event) Requests {
	var rs Requests
	for i, e := range events {
		rs = rs.Evolve(uint64(i+1), e)
	}
	return rs
}

// done folds what was decided.
func done(t *testing.T, rs Requests, events []domain.Event, err error) Requests {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		rs = rs.Evolve(9, e.(Event))
	}
	return rs
}

func TestTheClockIsCountedAsTheLawOfTheDayOfTheRequestSays(t *testing.T) {
	p := england(t)
	type steps func(Requests) ([]domain.Event, error)
	identity := func(asked, shown string) []steps {
		return []steps{
			func(rs Requests) ([]domain.Event, error) {
				return rs.AskIdentity(AskIdentity{Dated: on(asked), Request: "a1", What: "A passport."}, p)
			},
			func(rs Requests) ([]domain.Event, error) {
				return rs.CheckIdentity(CheckIdentity{Dated: on(shown), Request: "a1", Means: "A passport.", Proved: true}, p)
			}}
	}
	question := func(asked, given string) []steps {
		return []steps{
			func(rs Requests) ([]domain.Event, error) {
				return rs.AskClarification(AskClarification{Dated: on(asked), Request: "a1", What: "Which years?"}, p)
			},
			func(rs Requests) ([]domain.Event, error) {
				return rs.Clarify(Clarify{Dated: on(given), Request: "a1", What: "All."}, p)
			}}
	}
	extended := func(day string) []steps {
		return []steps{func(rs Requests) ([]domain.Event, error) {
			return rs.Extend(Extend{Dated: on(day), Request: "a1", Reason: "complex", Told: "There are 3,000 pages."}, p)
		}}
	}
	for name, tt := range map[string]struct {
		received string
		steps    [][]steps
		want     string
	}{
		"40 days, of the law until 2018":             {"2018-05-24", nil, "2018-07-03"},
		"a month since":                              {"2018-05-25", nil, "2018-06-25"},
		"the last day of January":                    {"2025-01-31", nil, "2025-02-28"},
		"of which the last of February is no day":    {"2026-01-31", nil, "2026-03-02"},
		"onto a Saturday":                            {"2026-06-11", nil, "2026-07-13"},
		"onto Boxing Day as it is kept":              {"2026-11-28", nil, "2026-12-29"},
		"extended":                                   {"2026-03-02", [][]steps{extended("2026-04-02")}, "2026-06-02"},
		"extended onto a bank holiday":               {"2026-02-25", [][]steps{extended("2026-03-25")}, "2026-05-26"},
		"a question, the day before it counts":       {"2026-02-04", [][]steps{question("2026-02-10", "2026-02-12")}, "2026-03-04"},
		"a question, the day from which it counts":   {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-11")}, "2026-03-09"},
		"answered on the same day":                   {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-10")}, "2026-03-06"},
		"two questions that share a day":             {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-11"), question("2026-02-11", "2026-02-12")}, "2026-03-09"},
		"two questions that share a day, and more":   {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-11"), question("2026-02-11", "2026-02-14")}, "2026-03-10"},
		"identity, the day before it counts":         {"2026-02-04", [][]steps{identity("2026-02-05", "2026-02-12")}, "2026-03-04"},
		"identity, the day from which it counts":     {"2026-02-05", [][]steps{identity("2026-02-05", "2026-02-12")}, "2026-03-12"},
		"identity and a question":                    {"2026-02-05", [][]steps{identity("2026-02-05", "2026-02-12"), question("2026-02-16", "2026-02-17")}, "2026-03-16"},
		"a question and more time":                   {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-11"), extended("2026-03-09")}, "2026-05-07"},
		"more time while the question is open":       {"2026-02-05", [][]steps{question("2026-02-10", "2026-02-10")[:1], extended("2026-03-20"), question("2026-02-10", "2026-03-31")[1:]}, "2026-06-24"},
		"identity that the authority already knew":   {"2026-02-05", [][]steps{identity("2026-02-05", "2026-02-12")[1:]}, "2026-03-12"},
		"the first month that has no such last days": {"2027-08-31", nil, "2027-09-30"},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := Requests(nil).Receive(Receive{Dated: on(tt.received), Request: "a1", From: "person", How: "letter", Wants: "Everything."}, p)
			rs := done(t, nil, events, err)
			for _, group := range tt.steps {
				for _, step := range group {
					events, err := step(rs)
					rs = done(t, rs, events, err)
				}
			}
			if got := rs.Find("a1").AnswerBy(p); got.String() != tt.want {
				t.Errorf("due on %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTheRulesOfRequestsForAccess(t *testing.T) {
	p := england(t)
	asked := Received{Dated: on("2026-03-02"), Request: "a1", From: "person", How: "letter", Wants: "Everything."}
	who := IdentityAsked{Dated: on("2026-03-03"), Request: "a1", What: "A passport.", Stops: true}
	shown := IdentityChecked{Dated: on("2026-03-04"), Request: "a1", Means: "A passport.", Proved: true}
	not := IdentityChecked{Dated: on("2026-03-04"), Request: "a1", Means: "A bus ticket."}
	which := ClarificationAsked{Dated: on("2026-03-05"), Request: "a1", What: "Which years?", Stops: true}
	searched := Searched{Dated: on("2026-03-06"), Request: "a1", Known: 7}
	opinion := HarmOpinionAsked{Dated: on("2026-03-07"), Request: "a1", Opinion: "o1", Of: "Dr. Ames", Entries: []uint64{3}}
	given := HarmOpinionGiven{Dated: on("2026-03-08"), Request: "a1", Opinion: "o1", HoldsUntil: domain.MustDate("2026-09-08")}
	aunt := ConsentAsked{Dated: on("2026-03-07"), Request: "a1", Party: "aunt", Entries: []uint64{3}}
	harm := HarmOpinionGiven{Dated: on("2026-03-08"), Request: "a1", Opinion: "o1", Harm: true, HoldsUntil: domain.MustDate("2026-09-08")}
	again := HarmOpinionAsked{Dated: on("2026-03-09"), Request: "a1", Opinion: "o2", Of: "Dr. Ames", Entries: []uint64{3}}
	renewed := HarmOpinionGiven{Dated: on("2026-03-10"), Request: "a1", Opinion: "o2", HoldsUntil: domain.MustDate("2026-09-10")}
	no := ConsentSettled{Dated: on("2026-03-08"), Request: "a1", Party: "aunt", Answer: Refused}
	reasonable := ConsentSettled{Dated: on("2026-03-09"), Request: "a1", Party: "aunt", Answer: Reasonable, Reason: "She was there."}
	unfair := ConsentSettled{Dated: on("2026-03-08"), Request: "a1", Party: "aunt", Answer: Unfair, Reason: "She is ill."}
	more := Searched{Dated: on("2026-03-10"), Request: "a1", Known: 8}
	exempted := Exempted{Dated: on("2026-03-09"), Request: "a1", Redaction: "s1"}
	nothing := Exempted{Dated: on("2026-03-09"), Request: "a1", Redaction: "none"}
	decided := Decided{Dated: on("2026-03-10"), Request: "a1", Outcome: Part}
	refused := Decided{Dated: on("2026-03-10"), Request: "a1", Outcome: Nobody}
	hash := string(slices.Repeat([]byte("a"), 64))
	delivered := Delivered{Dated: on("2026-03-11"), Request: "a1", Hash: hash}
	complete := Checked{Dated: on("2026-03-11"), Request: "a1", Hash: hash, Known: 7}
	wanting := Checked{Dated: on("2026-03-11"), Request: "a1", Hash: hash, Known: 7, Missing: 1}
	closed := Closed{Dated: on("2026-03-12"), Request: "a1", Reason: "answered"}
	complained := Complained{Dated: on("2026-03-13"), Request: "a1", Complaint: "k1"}
	var sets redaction.Redactions
	for i, s := range []redaction.Proposed{{Redaction: "s1", Purpose: "subject-access", Known: 7, Lines: []redaction.Line{{Entry: 3}}}, {Redaction: "none", Purpose: "subject-access", Known: 7},
		{Redaction: "court", Purpose: "court", Known: 7}, {Redaction: "short", Purpose: "subject-access", Known: 6}} {
		sets = sets.Evolve(uint64(10+i), s).Evolve(uint64(20+i), redaction.Approved{Redaction: s.Redaction})
	}
	sets = sets.Evolve(30, redaction.Proposed{Redaction: "open", Purpose: "subject-access", Known: 7})
	day := on("2026-03-20")
	for name, tt := range map[string]struct {
		given  []Event
		decide func(Requests) ([]domain.Event, error)
		want   []string
	}{
		"a request": {nil, func(rs Requests) ([]domain.Event, error) {
			return rs.Receive(Receive{Dated: day, Request: "a1", From: "person"}, p)
		}, nil},
		"twice": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Receive(Receive{Dated: day, Request: "a1", From: "person"}, p)
		}, []string{"access-already-asked"}},
		"an agent of no name": {nil, func(rs Requests) ([]domain.Event, error) {
			return rs.Receive(Receive{Dated: day, Request: "a1", From: "agent"}, p)
		}, []string{"access-agent-without-name"}},
		"identity of nobody": {nil, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-unknown"}},
		"before the request": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: on("2026-03-01"), Request: "a1"}, p)
		}, []string{"access-before-request"}},
		"when it is closed": {[]Event{asked, closed}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-closed"}},
		"identity twice": {[]Event{asked, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-identity-already-asked"}},
		"identity again": {[]Event{asked, who, not}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, nil},
		"identity shown": {[]Event{asked, who, shown}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-identity-already-proved"}},
		"shown before asked": {[]Event{asked, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.CheckIdentity(CheckIdentity{Dated: on("2026-03-02"), Request: "a1", Proved: true}, p)
		}, []string{"access-before-question"}},
		"shown twice": {[]Event{asked, who, shown}, func(rs Requests) ([]domain.Event, error) {
			return rs.CheckIdentity(CheckIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-identity-already-proved"}},
		"a question": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskClarification(AskClarification{Dated: day, Request: "a1"}, p)
		}, nil},
		"two questions": {[]Event{asked, which}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskClarification(AskClarification{Dated: day, Request: "a1"}, p)
		}, []string{"access-question-open"}},
		"a question afterward": {[]Event{asked, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskClarification(AskClarification{Dated: day, Request: "a1"}, p)
		}, []string{"access-already-delivered"}},
		"no question": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) { return rs.Clarify(Clarify{Dated: day, Request: "a1"}, p) }, []string{"access-no-question"}},
		"answered before": {[]Event{asked, which}, func(rs Requests) ([]domain.Event, error) {
			return rs.Clarify(Clarify{Dated: on("2026-03-04"), Request: "a1"}, p)
		}, []string{"access-before-question"}},
		"told in time": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Extend(Extend{Dated: on("2026-04-02"), Request: "a1"}, p)
		}, nil},
		"told too late": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Extend(Extend{Dated: on("2026-04-03"), Request: "a1"}, p)
		}, []string{"access-extended-too-late"}},
		"extended twice": {[]Event{asked, Extended{Dated: on("2026-03-10"), Request: "a1"}}, func(rs Requests) ([]domain.Event, error) { return rs.Extend(Extend{Dated: day, Request: "a1"}, p) },
			[]string{"access-already-extended"}},
		"no more time in 2010": {[]Event{Received{Dated: on("2010-03-02"), Request: "a1"}}, func(rs Requests) ([]domain.Event, error) {
			return rs.Extend(Extend{Dated: on("2010-03-03"), Request: "a1"}, p)
		},
			[]string{"access-no-extension"}},
		"a search": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Search(Search{Dated: day, Request: "a1", Known: 7}, 7)
		}, nil},
		"a search of more": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Search(Search{Dated: day, Request: "a1", Known: 8}, 7)
		}, []string{"access-entry-unknown"}},
		"an opinion": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskHarmOpinion(AskHarmOpinion{Dated: day, Request: "a1", Opinion: "o1", Entries: []uint64{7}}, 7)
		}, nil},
		"an opinion on no one": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskHarmOpinion(AskHarmOpinion{Dated: day, Request: "a1", Opinion: "o1", Entries: []uint64{0}}, 7)
		}, []string{"access-entry-unknown"}},
		"an opinion twice": {[]Event{asked, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskHarmOpinion(AskHarmOpinion{Dated: day, Request: "a1", Opinion: "o1"}, 7)
		}, []string{"access-opinion-already-asked"}},
		"a doctor's": {[]Event{asked, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.GiveHarmOpinion(GiveHarmOpinion{Dated: day, Request: "a1", Opinion: "o1", Profession: "medical-practitioner"}, p)
		}, nil},
		"a social worker's": {[]Event{asked, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.GiveHarmOpinion(GiveHarmOpinion{Dated: day, Request: "a1", Opinion: "o1", Profession: "social-worker"}, p)
		}, []string{"access-opinion-not-of-health"}},
		"an opinion unasked": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.GiveHarmOpinion(GiveHarmOpinion{Dated: day, Request: "a1", Opinion: "o1"}, p)
		}, []string{"access-opinion-not-asked"}},
		"an opinion before it was asked": {[]Event{asked, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.GiveHarmOpinion(GiveHarmOpinion{Dated: on("2026-03-06"), Request: "a1", Opinion: "o1"}, p)
		}, []string{"access-before-question"}},
		"consent": {[]Event{asked, aunt}, func(rs Requests) ([]domain.Event, error) {
			return rs.SettleConsent(SettleConsent{Dated: day, Request: "a1", Party: "aunt", Answer: Given})
		}, nil},
		"consent of nobody": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.SettleConsent(SettleConsent{Dated: day, Request: "a1", Party: "aunt", Answer: Refused})
		}, []string{"access-consent-not-asked"}},
		"reasonable without": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.SettleConsent(SettleConsent{Dated: day, Request: "a1", Party: "aunt", Answer: Reasonable, Reason: "She was there."})
		}, nil},
		"reasonable for no reason": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.SettleConsent(SettleConsent{Dated: day, Request: "a1", Party: "aunt", Answer: Unfair})
		},
			[]string{"access-reasonable-without-reason"}},
		"consent to no entry": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskConsent(AskConsent{Dated: day, Request: "a1", Party: "aunt", Entries: []uint64{8}}, 7)
		}, []string{"access-entry-unknown"}},
		"a set": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "s1"}, sets)
		}, nil},
		"a set not approved": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "open"}, sets)
		}, []string{"access-redaction-not-approved"}},
		"no set": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "x"}, sets)
		}, []string{"access-redaction-not-approved"}},
		"a set for the court": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "court"}, sets)
		}, []string{"access-redaction-of-another-purpose"}},
		"a set of less": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "short"}, sets)
		}, []string{"access-redaction-of-less"}},
		"part": {[]Event{asked, searched, exempted}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: Part}, sets)
		}, nil},
		"all": {[]Event{asked, searched, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, nil},
		"all and a part": {[]Event{asked, searched, exempted}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-all-with-exemption"}},
		"a part that is all": {[]Event{asked, searched, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: Part}, sets)
		}, []string{"access-part-without-exemption"}},
		"nothing searched": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		},
			[]string{"access-not-searched", "access-not-looked-through"}},
		"nothing given": {[]Event{asked, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: Nobody}, sets)
		}, nil},
		"to whom nobody knows": {[]Event{asked, who, searched, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-identity-not-proved"}},
		"to who did not show it": {[]Event{asked, who, not, searched, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-identity-not-proved"}},
		"to who did not show it unasked": {[]Event{asked, not, searched, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-identity-not-proved"}},
		"of more than the set": {[]Event{asked, searched, nothing, more}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-redaction-of-less"}},
		"all, which does harm": {[]Event{asked, searched, nothing, opinion, harm}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-all-despite-harm-or-refusal"}},
		"a part, for harm": {[]Event{asked, searched, exempted, opinion, harm}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: Part}, sets)
		}, nil},
		"all, to which the aunt says no": {[]Event{asked, searched, nothing, aunt, no}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-all-despite-harm-or-refusal"}},
		"all, for it is reasonable": {[]Event{asked, searched, nothing, aunt, no, reasonable}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, nil},
		"on an opinion that was asked for again": {[]Event{asked, searched, nothing, opinion, harm, again, renewed}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: on("2026-09-10"), Request: "a1", Outcome: All}, sets)
		}, nil},
		"while it is asked for again": {[]Event{asked, searched, nothing, opinion, given, again}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-opinion-or-consent-open"}},
		"a search afterward": {[]Event{asked, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Search(Search{Dated: day, Request: "a1", Known: 7}, 7)
		}, []string{"access-already-delivered"}},
		"delivered though another set holds since": {[]Event{asked, searched, exempted, decided, nothing}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"delivered though it is not known to whom": {[]Event{asked, searched, exempted, decided, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"delivered though consent is asked for": {[]Event{asked, searched, exempted, decided, aunt}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"delivered though an opinion is due": {[]Event{asked, searched, exempted, decided, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"refused, whatever is recorded since": {[]Event{asked, refused, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1"})
		}, nil},
		"answered by a refusal after a file that was not complete": {[]Event{asked, wanting, Delivered{Dated: on("2026-03-11"), Request: "a1"}}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, nil},
		"another set afterward": {[]Event{asked, searched, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Exempt(Exempt{Dated: day, Request: "a1", Redaction: "s1"}, sets)
		}, []string{"access-already-delivered"}},
		"decided afterward": {[]Event{asked, searched, nothing, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-already-delivered"}},
		"all, which is unfair to the aunt": {[]Event{asked, searched, nothing, unfair}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-all-despite-harm-or-refusal"}},
		"while the aunt is asked again": {[]Event{asked, searched, nothing, aunt, reasonable, aunt}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-opinion-or-consent-open"}},
		"identity a third time": {[]Event{asked, who, not, who}, func(rs Requests) ([]domain.Event, error) {
			return rs.AskIdentity(AskIdentity{Dated: day, Request: "a1"}, p)
		}, []string{"access-identity-already-asked"}},
		"delivered though somebody else came": {[]Event{asked, searched, exempted, decided, not}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"delivered though more was searched since": {[]Event{asked, searched, exempted, decided, more}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-decision-overtaken"}},
		"closed for an identity that nobody asked for": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "identity-not-proved"})
		}, []string{"access-closed-though-proved"}},
		"while an opinion is due": {[]Event{asked, searched, nothing, opinion}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-opinion-or-consent-open"}},
		"while a consent is due": {[]Event{asked, searched, nothing, aunt}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: day, Request: "a1", Outcome: All}, sets)
		}, []string{"access-opinion-or-consent-open"}},
		"on the opinion's last": {[]Event{asked, searched, nothing, opinion, given}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: on("2026-09-08"), Request: "a1", Outcome: All}, sets)
		}, nil},
		"on an old opinion": {[]Event{asked, searched, nothing, opinion, given}, func(rs Requests) ([]domain.Event, error) {
			return rs.Decide(Decide{Dated: on("2026-09-09"), Request: "a1", Outcome: All}, sets)
		}, []string{"access-opinion-too-old"}},
		"delivered": {[]Event{asked, decided}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, nil},
		"delivered undecided": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-not-decided"}},
		"delivered of no file": {[]Event{asked, decided}, func(rs Requests) ([]domain.Event, error) { return rs.Deliver(Deliver{Dated: day, Request: "a1"}) }, []string{"access-delivery-without-file"}},
		"a refusal with a file": {[]Event{asked, refused}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-delivery-without-file"}},
		"delivered twice": {[]Event{asked, decided, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Deliver(Deliver{Dated: day, Request: "a1", Hash: hash})
		}, []string{"access-already-delivered"}},
		"checked": {[]Event{asked, searched, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Check(Check{Dated: day, Request: "a1", Hash: hash, Known: 7}, 9)
		}, nil},
		"checked of another": {[]Event{asked, searched, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Check(Check{Dated: day, Request: "a1", Hash: "b", Known: 7}, 9)
		}, []string{"access-check-of-another-file"}},
		"checked of less": {[]Event{asked, searched, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Check(Check{Dated: day, Request: "a1", Hash: hash, Known: 6}, 9)
		}, []string{"access-check-of-older-search"}},
		"checked of more": {[]Event{asked, searched}, func(rs Requests) ([]domain.Event, error) {
			return rs.Check(Check{Dated: day, Request: "a1", Hash: hash, Known: 10}, 9)
		}, []string{"access-entry-unknown"}},
		"answered": {[]Event{asked, delivered, complete}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, nil},
		"answered by a refusal": {[]Event{asked, Delivered{Dated: on("2026-03-11"), Request: "a1"}}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, nil},
		"answered by nothing": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, []string{"access-not-delivered"}},
		"answered unchecked": {[]Event{asked, delivered}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, []string{"access-not-checked"}},
		"answered in part": {[]Event{asked, delivered, wanting}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "answered"})
		}, []string{"access-incomplete"}},
		"withdrawn": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "withdrawn"})
		}, nil},
		"no clarification": {[]Event{asked, which}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "no-clarification"})
		}, nil},
		"no clarification of what": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "no-clarification"})
		}, []string{"access-closed-though-answered"}},
		"proved, and closed": {[]Event{asked, who, shown}, func(rs Requests) ([]domain.Event, error) {
			return rs.Close(Close{Dated: day, Request: "a1", Reason: "identity-not-proved"})
		}, []string{"access-closed-though-proved"}},
		"a complaint": {[]Event{asked, closed}, func(rs Requests) ([]domain.Event, error) {
			return rs.Complain(Complain{Dated: day, Request: "a1", Complaint: "k1"}, p)
		}, nil},
		"a complaint twice": {[]Event{asked, complained}, func(rs Requests) ([]domain.Event, error) {
			return rs.Complain(Complain{Dated: day, Request: "a1", Complaint: "k1"}, p)
		}, []string{"access-complaint-already-made"}},
		"a review": {[]Event{asked, closed, complained}, func(rs Requests) ([]domain.Event, error) {
			return rs.Review(Review{Dated: day, Request: "a1", Complaint: "k1"})
		}, nil},
		"a review of nothing": {[]Event{asked}, func(rs Requests) ([]domain.Event, error) {
			return rs.Review(Review{Dated: day, Request: "a1", Complaint: "k1"})
		}, []string{"access-complaint-unknown"}},
		"a review before": {[]Event{asked, complained}, func(rs Requests) ([]domain.Event, error) {
			return rs.Review(Review{Dated: on("2026-03-12"), Request: "a1", Complaint: "k1"})
		}, []string{"access-before-complaint"}},
		"a review twice": {[]Event{asked, complained, Reviewed{Dated: on("2026-03-14"), Request: "a1", Complaint: "k1"}},
			func(rs Requests) ([]domain.Event, error) {
				return rs.Review(Review{Dated: day, Request: "a1", Complaint: "k1"})
			}, []string{"access-complaint-already-reviewed"}},
	} {
		events, err := tt.decide(told(tt.given...))
		if got := domaintest.Rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
