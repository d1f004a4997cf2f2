package projections

import (
	"fmt"
	"strings"

	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/domain/form"
	"caseledger/domain/note"
	"caseledger/domain/oversight"
)

// recordingSentence tells what was written down: notes and their signatures,
// oversight, e-mails and letters, forms. It quotes no answer to a form, of which
// a section can be closed to whom a chronology is open.
func recordingSentence(e domain.Event) string {
	switch e := e.(type) {
	case note.Written:
		return noteSentence(e)
	case note.Submitted:
		return fmt.Sprintf("Note %s was given to %s to sign off.", e.Note, e.To)
	case note.SignedOff:
		return fmt.Sprintf("Note %s was signed off as entry %d states it.", e.Note, e.Entry)
	case note.Countersigned:
		return fmt.Sprintf("Note %s was countersigned as entry %d states it.", e.Note, e.Entry)
	case note.Returned:
		return fmt.Sprintf("Note %s, as entry %d states it, was returned to its author: %s", e.Note, e.Entry, quote(e.Reason))
	case oversight.Recorded:
		return fmt.Sprintf("A manager looked at the work of %s (%s%s), with %d decisions: %s", e.Worker, spaced(e.Kind), prefixed(", ", e.Towards),
			len(e.Decisions), quote(strings.TrimSpace(strings.Join(e.Text, ""))))
	case oversight.DecisionClosed:
		return fmt.Sprintf("A manager's decision was closed: %s%s.", spaced(e.Result), prefixed("; ", strings.TrimSuffix(e.Note, ".")))
	case correspondence.Recorded:
		return correspondenceSentence(e)
	case form.Started:
		return fmt.Sprintf("Form %s was begun (%s, version %d).", e.Form, spaced(e.Definition), e.Version)
	case form.Answered:
		return fmt.Sprintf("The question %s of form %s was answered%s.", spaced(e.Question), e.Form, prefixed(": no answer, ", spaced(e.NotGiven)))
	case form.Completed:
		return fmt.Sprintf("Form %s was completed.", e.Form)
	case form.Abandoned:
		return fmt.Sprintf("Form %s was given up: %s", e.Form, quote(e.Reason))
	}
	return ""
}

// What a sentence says in place of what it does not quote: a chronology is
// handed on more freely than the entry itself.
const (
	fromOthers  = "[what others told is left out]"
	isSensitive = "[sensitive: not quoted]"
)

func noteSentence(e note.Written) string {
	var own strings.Builder
	left := ""
	for _, p := range e.Text {
		if p.ThirdParty || p.Informant {
			left = " " + fromOthers
			continue
		}
		own.WriteString(p.Text)
	}
	text := quote(strings.TrimSpace(own.String())) + left
	if e.Sensitivity != "" {
		text = isSensitive
	}
	return fmt.Sprintf("Note (%s%s)%s: %s", spaced(e.Kind), prefixed(", ", e.Time), prefixed(", present: ", strings.Join(e.Present, ", ")), text)
}

func correspondenceSentence(e correspondence.Recorded) string {
	what := map[string]string{"in": "came in", "out": "went out"}[e.Direction]
	medium := "A letter"
	if e.Medium == "e-mail" {
		medium = "An e-mail"
	}
	attached := ""
	if n := len(e.Attachments); n > 0 {
		attached = fmt.Sprintf(", with %d attachments", n)
	}
	switch {
	case e.Sensitivity != "":
		return fmt.Sprintf("%s %s%s: %s", medium, what, attached, isSensitive)
	case e.Informant:
		return fmt.Sprintf("%s %s%s: %s", medium, what, attached, fromOthers)
	case e.ThirdParty:
		return fmt.Sprintf("%s from %s %s%s: %s", medium, e.From, what, attached, fromOthers)
	}
	return fmt.Sprintf("%s from %s to %s %s%s%s: %s", medium, e.From, strings.Join(e.To, ", "), what, prefixed(", about ", e.Subject), attached,
		quote(strings.TrimSpace(strings.Join(e.Text, ""))))
}
