package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"caseledger/domain"
)

// AlikeRow is another record that may be of the same person, and why. It is for
// somebody to look at: twins share a birthday, a name and an address.
type AlikeRow struct {
	Record domain.RecordID `json:"record"`
	Why    []string        `json:"why"`
	Strong bool            `json:"strong"` // an identifier that is given to one person only
}

// strong are the kinds of identifiers that one person alone has.
var strong = []string{"nhs-number", "chi", "upn"}

// Alike returns the records that may be of the same person as one, those with an
// identifier in common first.
func (db *DB) Alike(ctx context.Context, id domain.RecordID) ([]AlikeRow, error) {
	found := make(map[domain.RecordID]*AlikeRow)
	note := func(others []domain.RecordID, why string, is bool) {
		for _, other := range others {
			if other == id {
				continue
			}
			if found[other] == nil {
				found[other] = &AlikeRow{Record: other}
			}
			found[other].Why, found[other].Strong = append(found[other].Why, why), found[other].Strong || is
		}
	}
	claims, err := db.Identifiers(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, claim := range claims {
		if !claim.Valid || !slices.Contains(strong, claim.Kind) {
			continue
		}
		others, err := db.FindIdentifier(ctx, claim.Kind, claim.Value)
		if err != nil {
			return nil, err
		}
		note(others, fmt.Sprintf("the same valid %s", spaced(claim.Kind)), true)
	}
	others, err := db.records(ctx, `SELECT b.record FROM person a JOIN person b ON lower(a.family) = lower(b.family) AND a.born = b.born
		WHERE a.record = ? AND b.record <> a.record ORDER BY b.record`, string(id))
	if err != nil {
		return nil, err
	}
	note(others, "the same family name and day of birth: a twin until shown otherwise", false)
	if others, err = db.records(ctx, `SELECT b.record FROM person a JOIN person b ON lower(a.family) = lower(b.family) AND lower(a.given) = lower(b.given)
		WHERE a.record = ? AND b.record <> a.record ORDER BY b.record`, string(id)); err != nil {
		return nil, err
	}
	note(others, "the same given and family name", false)
	rows := make([]AlikeRow, 0, len(found))
	for _, row := range found {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b AlikeRow) int {
		return cmp.Or(cmp.Compare(len(b.Why)+weight(b), len(a.Why)+weight(a)), cmp.Compare(a.Record, b.Record))
	})
	return rows, nil
}

// weight puts an identifier before everything else.
func weight(r AlikeRow) int {
	if r.Strong {
		return len(strong) + 2
	}
	return 0
}
