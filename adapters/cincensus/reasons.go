package cincensus

import "strings"

// reasonOf says a rule of this package in a sentence. The rules of the domain
// and of validation say themselves by their names.
func reasonOf(rule string) string {
	switch rule {
	case "not-a-date":
		return "The text is no date of the form YYYY-MM-DD; it is kept with the flag."
	case "date-with-time":
		return "The date bears a time or zone; the day is taken."
	case "after-reference-date":
		return "The day lies after the reference date of the return."
	case "not-a-yes-or-no":
		return "The text is none of 0, 1, false, true; it is kept with the flag."
	case "not-a-number":
		return "The text is no number that can be, up to 1,000,000; it is kept with the flag."
	case "code-of-another-year":
		return "The code belongs to the element of another year; it is understood."
	case "date-inferred":
		return "The census gives no day for this; the nearest stated day is taken."
	case "referral-nfa-with-modules":
		return "No further action was taken, and yet work under the referral is stated."
	case "unknown-element", "unknown-attribute", "stray-text":
		return "The census has no such element; it is kept as it stands."
	case "repeated-element":
		return "The element may stand once; the first counts and this one is kept as it stands."
	case "empty-element":
		return "The element says nothing; it is taken as not there."
	case "duplicate-child":
		return "The file holds this child more than once; the first statement counts."
	case "no-local-id":
		return "The child bears no number of the authority."
	case "later-return-states-otherwise":
		return "A return with a later reference date says otherwise; this statement is kept aside."
	case "withdrawn-by-later-return":
		return "An earlier return stated this and a later one, which carries the same part, does not."
	case "required":
		return "The census requires this."
	}
	if strings.HasPrefix(rule, "code=") {
		return "The code is not in the set that was in force on that day; it is kept as it stands."
	}
	return "The field breaks the rule named; it is kept as it stands."
}
