package projections

import (
	"fmt"
	"strings"

	"caseledger/domain/disclosure"
)

// disclosureSentence tells to whom outside the authority the record went.
func disclosureSentence(e disclosure.Event) string {
	switch e := e.(type) {
	case disclosure.Requested:
		return fmt.Sprintf("%s (%s) asked for information%s: %s", e.Body, spaced(e.From), unless(e.AnswerBy.IsZero(), ", to be answered by "+day(e.AnswerBy)), quote(strings.Join(e.Asked, " ")))
	case disclosure.Considered:
		return fmt.Sprintf("Request %s was considered under the profile %s: %s", e.Disclosure, spaced(e.Profile), quote(strings.Join(e.Text, " ")))
	case disclosure.Decided:
		return fmt.Sprintf("On request %s it was decided to %s, on %s.%s%s", e.Disclosure, decisions[e.Decision], e.Basis,
			prefixed(" Why it is necessary: ", quote(e.Necessity)), prefixed(" Why not, or not all: ", quote(e.Reason)))
	case disclosure.NotShared:
		return fmt.Sprintf("It was decided not to share something with %s: %s Why not: %s", e.With, quote(e.What), quote(e.Reason))
	case disclosure.Disclosed:
		return fmt.Sprintf("On request %s %d entries were disclosed under the profile %s.", e.Disclosure, len(e.Entries), spaced(e.Profile))
	case disclosure.Acknowledged:
		return fmt.Sprintf("%s has what was disclosed on request %s.", e.By, e.Disclosure)
	case disclosure.Looked:
		return fmt.Sprintf("%s looked at what the authority shares (%s).", e.By, e.Protocol)
	case disclosure.Sent:
		return fmt.Sprintf("The whole record, %d entries, was sent to %s.", e.Known, e.To)
	case disclosure.Received:
		return fmt.Sprintf("%d entries were taken over from the ledger %s.", e.Known, e.Ledger)
	}
	return ""
}

var decisions = map[string]string{disclosure.All: "disclose all", disclosure.Part: "disclose part", disclosure.Refuse: "disclose nothing"}
