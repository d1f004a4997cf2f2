package projections

import (
	"fmt"
	"strings"

	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/redaction"
)

// chronologySentence tells what was made of the record for a court.
func chronologySentence(e chronology.Event) string {
	switch e := e.(type) {
	case chronology.Tagged:
		if len(e.Tags) == 0 {
			return fmt.Sprintf("Entry %d matters for nothing in particular.", e.Entry)
		}
		return fmt.Sprintf("Entry %d matters for %s.", e.Entry, strings.Join(e.Tags, ", "))
	case chronology.Marked:
		return fmt.Sprintf("Entry %d is %s by %s%s.", e.Entry, stands[e.Stand], e.Party, prefixed(": ", strings.TrimSuffix(quote(e.Note), ".")))
	case chronology.ImpactStated:
		return fmt.Sprintf("What entry %d meant for the person%s: %s", e.Entry, prefixed(", says ", e.By), quote(strings.Join(e.Text, "")))
	case chronology.Built:
		n := 0
		for _, p := range e.Parts {
			n += len(p.Entries)
		}
		return fmt.Sprintf("Chronology %s was built of %d entries of %d records: %s.", e.Chronology, n, len(e.Parts), strings.TrimSuffix(e.Title, "."))
	}
	return ""
}

// stands are how a party stands to an entry, as a sentence has it.
var stands = map[string]string{chronology.Disputed: "disputed", chronology.Agreed: "agreed", chronology.Withdrawn: "neither disputed nor agreed any more"}

// redactionSentence tells what is withheld from whom, and never what or why.
func redactionSentence(e redaction.Event) string {
	switch e := e.(type) {
	case redaction.Proposed:
		return fmt.Sprintf("Redaction %s was proposed, for %s (%s): %d lines.", e.Redaction, e.Reader, spaced(e.Purpose), len(e.Lines))
	case redaction.Approved:
		return fmt.Sprintf("Redaction %s was approved.", e.Redaction)
	case redaction.Rejected:
		return fmt.Sprintf("Redaction %s was rejected.", e.Redaction)
	}
	return ""
}

// bundleSentence tells of a step towards a bundle for a court.
func bundleSentence(e bundle.Event) string {
	switch e := e.(type) {
	case bundle.Opened:
		return fmt.Sprintf("Bundle %s is to be filed in case %s by the rules %s.", e.Bundle, e.Case, e.Rules)
	case bundle.Scoped:
		n := 0
		for _, p := range e.Parts {
			n += len(p.Entries)
		}
		return fmt.Sprintf("Bundle %s can draw on %d entries of %d records.", e.Bundle, n, len(e.Parts))
	case bundle.Arranged:
		return fmt.Sprintf("Bundle %s holds %s.", e.Bundle, documents(e.Sections))
	case bundle.Varied:
		names := make([]string, len(e.Variants))
		for i, v := range e.Variants {
			names[i] = v.Variant
		}
		return fmt.Sprintf("Bundle %s is made for %s.", e.Bundle, strings.Join(names, ", "))
	case bundle.Reviewed:
		return fmt.Sprintf("Bundle %s was looked through.", e.Bundle)
	case bundle.Frozen:
		return fmt.Sprintf("Bundle %s was frozen.", e.Bundle)
	case bundle.Built:
		return fmt.Sprintf("Bundle %s was built for %s: %d pages.", e.Bundle, e.Variant, e.Pages)
	case bundle.Supplemented:
		return fmt.Sprintf("Bundle %s was supplemented by %s.", e.Bundle, documents(e.Sections))
	}
	return ""
}

func documents(sections []bundle.Section) string {
	n := 0
	for _, s := range sections {
		n += len(s.Documents)
	}
	return fmt.Sprintf("%d documents in %d sections", n, len(sections))
}
