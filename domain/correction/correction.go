// Package correction takes an entry out of force that should never have been
// written. The entry itself stays where it is for ever. Replacing an entry by a
// better one is not here but on every entry: see domain.Correction.
package correction

import (
	"strconv"

	"caseledger/domain"
)

// EnteredInError says that an entry of the record was written in error, on
// the wrong record for instance. It happened on the day the error was found.
type EnteredInError struct {
	domain.Dated
	Entry  uint64 `json:"entry"`
	Reason string `json:"reason"`
}

func (e EnteredInError) About() string { return "entry/" + strconv.FormatUint(e.Entry, 10) }

// EnterInError takes an entry out of force.
type EnterInError struct {
	domain.Dated
	Entry  uint64 `json:"entry" validate:"required"`
	Reason string `json:"reason" validate:"required,max=500"`
}
