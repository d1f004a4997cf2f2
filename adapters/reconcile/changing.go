package reconcile

import (
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
)

// Varies reports whether a fact changes over time, so that another statement is
// a later state and no correction.
func Varies(e domain.Event) bool {
	switch e.(type) {
	case identity.Identified, identity.IdentifierMissing, identity.EthnicityRecorded, identity.SexRecorded,
		identity.DisabilitiesRecorded, lookedafter.MotherhoodRecorded, lookedafter.PermanenceKnown:
		return true
	}
	return false
}

// happening returns the command about a varying fact with another day.
func happening(command any, day domain.Date) any {
	switch c := command.(type) {
	case identity.Identify:
		c.Happened = day
		return c
	case identity.MissIdentifier:
		c.Happened = day
		return c
	case identity.RecordEthnicity:
		c.Happened = day
		return c
	case identity.RecordSex:
		c.Happened = day
		return c
	case identity.RecordDisabilities:
		c.Happened = day
		return c
	case lookedafter.RecordMotherhood:
		c.Happened = day
		return c
	case lookedafter.KnowPermanence:
		c.Happened = day
		return c
	}
	return command
}
