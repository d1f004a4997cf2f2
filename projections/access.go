package projections

import (
	"fmt"
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/subjectaccess"
)

// accessWork returns the requests for access that wait for an answer. While the
// clock stands still, no day is due.
func accessWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, q := range r.AccessRequests {
		if !q.Open() {
			continue
		}
		row := CaseloadRow{Kind: WorkAccess, Work: string(q.ID), Opened: q.Received.Fact.Happened, What: "answer to the request for access", Entries: accessEntries(q)}
		switch runs := accessRuns(q); {
		case !q.Delivered.IsZero():
			row.What = "closure of the request for access"
		case standsStill(q):
			row.What = "the requester's answer"
		case len(runs) > 0:
			row.Due = runs[len(runs)-1].due
		}
		rows = append(rows, row)
	}
	return rows
}

// accessEntries are the entries that say what a request waits for, and when.
func accessEntries(q subjectaccess.Request) []uint64 {
	all := []uint64{q.Received.Entry, q.IdentityAsked.Entry, q.IdentityChecked.Entry, q.Extended.Entry, q.Delivered.Entry}
	for _, one := range q.Questions {
		all = append(all, one.Asked.Entry, one.Given.Entry)
	}
	return all
}

// standsStill reports whether the clock of a request waits for the requester.
func standsStill(q subjectaccess.Request) bool {
	return slices.ContainsFunc(accessPauses(q), func(p pause) bool { return p.until.entry == 0 })
}

// pause is a time in which a clock does not run; until is zero while it goes on.
type pause struct{ from, until moment }

func accessPauses(q subjectaccess.Request) []pause {
	var all []pause
	if q.IdentityAsked.Fact.Stops {
		until := at(q.IdentityChecked)
		if !q.IdentityChecked.Fact.Proved {
			until = moment{}
		}
		all = append(all, pause{at(q.IdentityAsked), until})
	}
	for _, one := range q.Questions {
		if one.Asked.Fact.Stops {
			all = append(all, pause{at(one.Asked), at(one.Given)})
		}
	}
	return all
}

// accessRun is a time in which the clock of a request runs.
type accessRun struct {
	run
	clock policy.Clock
}

// accessRuns returns the runs of a request in the order in which they began: each
// but the last was ended by the next.
func accessRuns(q subjectaccess.Request) []accessRun {
	all := []accessRun{{run{at(q.Received), q.Received.Fact.AnswerBy}, policy.SubjectAccess}}
	add := func(from moment, due domain.Date) {
		if from.entry != 0 && !due.IsZero() {
			all = append(all, accessRun{run{from, due}, policy.SubjectAccess})
		}
	}
	if q.IdentityChecked.Fact.Proved {
		add(at(q.IdentityChecked), q.IdentityChecked.Fact.AnswerBy)
	}
	for _, one := range q.Questions {
		add(at(one.Given), one.Given.Fact.AnswerBy)
	}
	add(at(q.Extended), q.Extended.Fact.AnswerBy)
	slices.SortFunc(all, func(a, b accessRun) int {
		switch {
		case a.from.after(b.from):
			return 1
		case b.from.after(a.from):
			return -1
		}
		return 0
	})
	extended := at(q.Extended)
	for i := range all {
		if extended.entry != 0 && !extended.after(all[i].from) {
			all[i].clock = policy.SubjectAccessExtended
		}
	}
	return all
}

// access adds the clocks of requests for access: a run is ended by the answer, and
// stopped by a question that lets the clock stand still, by the next run, or by
// the end of the request without an answer.
func (c *clocks) access(r record.Record) {
	for _, q := range r.AccessRequests {
		if q.Received.IsZero() {
			continue
		}
		pauses, runs := accessPauses(q), accessRuns(q)
		for i, one := range runs {
			if slices.ContainsFunc(pauses, func(p pause) bool {
				return !p.from.after(one.from) && (p.until.entry == 0 || p.until.after(one.from))
			}) {
				continue // it begins when the requester has answered
			}
			stopped := at(q.Closed)
			earlier := func(m moment) {
				if m.entry != 0 && m.after(one.from) && (stopped.entry == 0 || stopped.after(m)) {
					stopped = m
				}
			}
			for _, p := range pauses {
				earlier(p.from)
			}
			if i+1 < len(runs) {
				earlier(runs[i+1].from)
			}
			done := at(q.Delivered)
			if stopped.entry != 0 && done.after(stopped) {
				done = moment{}
			}
			c.add(string(one.clock), string(q.ID), one.from, one.due, done, stopped)
		}
		for _, one := range q.Complaints {
			c.add(string(policy.AccessReview), string(q.ID)+"/"+one.ID, at(one.Made), one.Made.Fact.ReviewBy, at(one.Reviewed), moment{})
		}
	}
}

// accessSentence tells a request for access and what became of it.
func accessSentence(e subjectaccess.Event) string {
	switch e := e.(type) {
	case subjectaccess.Received:
		return fmt.Sprintf("A request to see what is recorded came from the %s%s (%s)%s: %s", spaced(e.From), prefixed(", ", e.Name), spaced(e.How),
			prefixed(", to be answered by ", day(e.AnswerBy)), quote(e.Wants))
	case subjectaccess.IdentityAsked:
		return fmt.Sprintf("The requester was asked to show who they are: %s", quote(e.What))
	case subjectaccess.IdentityChecked:
		return fmt.Sprintf("The requester %s who they are (%s)%s.", either(e.Proved, "showed", "did not show"), e.Means, prefixed("; the answer is due by ", day(e.AnswerBy)))
	case subjectaccess.ClarificationAsked:
		return fmt.Sprintf("The requester was asked what the request is about%s: %s", unless(!e.Stops, ", and the clock stands still"), quote(e.What))
	case subjectaccess.ClarificationGiven:
		return fmt.Sprintf("The requester answered%s: %s", prefixed(", and the answer to the request is due by ", day(e.AnswerBy)), quote(e.What))
	case subjectaccess.Extended:
		return fmt.Sprintf("The requester was told that the answer takes longer (%s)%s: %s", spaced(e.Reason), prefixed(", until ", day(e.AnswerBy)), quote(e.Told))
	case subjectaccess.Searched:
		n := 0
		for _, f := range e.Found {
			n += f.Count
		}
		return fmt.Sprintf("What is recorded was searched up to entry %d: %d finds.", e.Known, n)
	case subjectaccess.Exempted:
		return fmt.Sprintf("For the answer to the request for access the redactions %s hold; %d lines of who looked are left out.", e.Redaction, len(e.Looks))
	case subjectaccess.Decided:
		what := map[string]string{subjectaccess.All: "all", subjectaccess.Part: "a part", subjectaccess.Nobody: "nothing"}
		return fmt.Sprintf("It was decided to give the requester %s: %s", what[e.Outcome], quote(e.Reason))
	case subjectaccess.Delivered:
		return fmt.Sprintf("The answer to the request for access was handed over (%s).", spaced(e.How))
	case subjectaccess.Checked:
		return fmt.Sprintf("The answer was counted against the record: %d given, %d withheld, %d missing.", e.Delivered, e.Withheld, e.Missing)
	case subjectaccess.Closed:
		return fmt.Sprintf("The request for access ended: %s.", spaced(e.Reason))
	case subjectaccess.HarmOpinionAsked:
		return fmt.Sprintf("%s was asked whether seeing %d entries would cause serious harm.", e.Of, len(e.Entries))
	case subjectaccess.HarmOpinionGiven:
		return fmt.Sprintf("%s (%s) said that seeing it would %scause serious harm: %s", e.By, spaced(e.Profession), unless(e.Harm, "not "), quote(e.Text))
	case subjectaccess.ConsentAsked:
		return fmt.Sprintf("%s was asked whether what %d entries say may be shown.", e.Party, len(e.Entries))
	case subjectaccess.ConsentSettled:
		return fmt.Sprintf("Whether what is about %s may be shown: %s%s.", e.Party, consentAnswers[e.Answer], prefixed("; ", e.Reason))
	case subjectaccess.Complained:
		return fmt.Sprintf("The requester complained about the answer: %s", quote(e.Says))
	case subjectaccess.Reviewed:
		return fmt.Sprintf("The complaint about the answer was reviewed (%s): %s", spaced(e.Outcome), quote(e.Reason))
	}
	return ""
}

var consentAnswers = map[string]string{subjectaccess.Given: "consent was given", subjectaccess.Refused: "consent was refused",
	subjectaccess.Reasonable: "it is reasonable without consent", subjectaccess.Unfair: "it is not reasonable without consent"}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
