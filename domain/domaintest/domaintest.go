// Package domaintest holds the few words that the tests of every part of the
// record share. It is never imported by anything but tests.
package domaintest

import (
	"errors"

	"caseledger/domain"
)

// On returns the day of a command or event; "" is a day that nobody knows.
func On(day string) domain.Dated {
	if day == "" {
		return domain.Dated{}
	}
	return domain.Dated{Happened: domain.MustDate(day)}
}

// Rules returns the names of the rules that refused.
func Rules(err error) []string {
	var all domain.Refusals
	errors.As(err, &all)
	var names []string
	for _, r := range all {
		names = append(names, r.Rule)
	}
	return names
}
