package ssda903

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/record"
	"caseledger/domain/unmapped"
)

// content is what an event states of the world, so that two statements can be
// compared. Days that the ledger reckoned from others (their members end in
// By) are left out, because a later change of a clock is no other statement;
// so are days that the return does not give.
func content(e domain.Event) string {
	switch e := e.(type) {
	case identity.Registered:
		return "" // open is open, whoever opened it
	case identity.Identified:
		return e.Value
	case identity.IdentifierMissing:
		return e.Reason
	case identity.EthnicityRecorded:
		return e.Ethnicity
	case identity.SexRecorded:
		return e.Sex
	case unmapped.Kept:
		return e.Text
	case lookedafter.Recognised:
		return e.Ceases.String()
	case lookedafter.PermanenceKnown:
		e.Dated = domain.Dated{}
		return stated(e)
	case lookedafter.MotherhoodRecorded:
		e.Dated = domain.Dated{}
		return stated(e)
	}
	return stated(e)
}

// stated returns the members of an event without those that the ledger
// reckoned.
func stated(e domain.Event) string {
	text, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return err.Error() // no event of the catalogue fails to marshal
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(text, &members); err != nil {
		return err.Error() // what was marshalled from a struct is an object
	}
	for name := range members {
		if strings.HasSuffix(name, "By") && name != "arrangedBy" {
			delete(members, name)
		}
	}
	text, err = json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// carryOver completes a command by what the record already knows of the same
// thing and the return has no column for.
func carryOver(r record.Record, command any) any {
	switch c := command.(type) {
	case lookedafter.BeginEpisode:
		known := r.Care.Find(c.Episode).Began.Fact
		c.Referral, c.Location, c.Distance = known.Referral, known.Placement.Location, known.Placement.Distance
		return c
	case lookedafter.RestrictLiberty:
		for _, one := range r.Care.Restrictions {
			if one.ID == c.Restriction && !one.Restricted.IsZero() {
				c.Kind, c.Until = one.Restricted.Fact.Kind, one.Restricted.Fact.Until
			}
		}
		return c
	case allocation.Allocate:
		if known := r.Allocations.Find(c.Allocation).Allocated; !known.IsZero() {
			c.Team, c.Role = known.Fact.Team, known.Fact.Role
		}
		return c
	case allocation.End:
		c.Reason = r.Allocations.Find(c.Allocation).Ended.Fact.Reason
		return c
	}
	return command
}
