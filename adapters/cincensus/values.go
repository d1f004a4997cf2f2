package cincensus

import (
	"strconv"
	"strings"

	"caseledger/domain"
)

// date reads the date that an element states, and what is wrong with it.
func (m *mapping) date(e *element, path string) (domain.Date, []domain.Flag) {
	text := e.value()
	if text == "" {
		return domain.Date{}, nil
	}
	place := path + "/" + e.name
	date, flags := parseDay(text, place)
	if date.After(m.header.reference) {
		flags = append(flags, domain.Flag{Field: place, Rule: "after-reference-date"})
	}
	return date, flags
}

func parseDay(text, place string) (domain.Date, []domain.Flag) {
	const dayBytes = len("2006-01-02")
	date, err := domain.ParseDate(text)
	if err == nil {
		return date, nil
	}
	if len(text) > dayBytes && strings.ContainsRune("TZ+-", rune(text[dayBytes])) {
		if date, err = domain.ParseDate(text[:dayBytes]); err == nil {
			return date, []domain.Flag{{Field: place, Rule: "date-with-time", Raw: text}}
		}
	}
	return domain.Date{}, []domain.Flag{{Field: place, Rule: "not-a-date", Raw: text}}
}

// yes reads a truth value: 0 and 1, in old files also false and true.
func yes(e *element, path string) (bool, []domain.Flag) {
	switch text := e.value(); text {
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	case "":
		return false, []domain.Flag{{Field: path, Rule: "required"}}
	default:
		return false, []domain.Flag{{Field: path, Rule: "not-a-yes-or-no", Raw: text}}
	}
}

// maxCount is more of anything than one child can have; a greater number has
// no place in an event.
const maxCount = 1_000_000

// count reads a number; nil where none is stated.
func count(e *element, path string) (*int, []domain.Flag) {
	text := e.value()
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > maxCount || n < -maxCount {
		return nil, []domain.Flag{{Field: path, Rule: "not-a-number", Raw: text}}
	}
	return &n, nil
}

// sexCodes are the codes of GenderCurrent, and the ledger's own.
var sexCodes = [...]struct{ old, own string }{{"1", "M"}, {"2", "F"}, {"0", "U"}, {"9", "I"}}

// sex returns the ledger's own code. A code that stands in the element of
// another year is understood and flagged.
func sex(e *element, path string) (string, []domain.Flag) {
	text := e.value()
	old := e.name == "GenderCurrent"
	for _, c := range sexCodes {
		if text == c.old || text == c.own {
			if old == (text == c.old) {
				return c.own, nil
			}
			return c.own, []domain.Flag{{Field: path, Rule: "code-of-another-year", Raw: text}}
		}
	}
	return text, nil
}
