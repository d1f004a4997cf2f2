package feed

import (
	"context"
	"errors"
	"strings"

	"caseledger/domain"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// Account is a person or program that follows the ledger. Of a record that is
// barred or sealed from it, it is told nothing: not even that the record is there.
type Account struct {
	// ID names it, as barriers and seals do.
	ID   string
	View projections.View
	// CatchUp brings the read models to the end of the ledger as it is now.
	CatchUp func(context.Context) error
	// May is what the policies say of a record; nil where they were asked before.
	May func(domain.RecordID) bool
}

// Hides reports whether an event must not be told. It is asked of every event,
// in the order of the ledger, by one goroutine.
type Hides func(context.Context, eventstore.Recorded) (bool, error)

// Hides returns what hides from the account what comes from now on. It begins with
// the records that the read models know to be restricted, and looks at the record
// itself, as it is when it is asked, where there may be a barrier or seal.
func (a Account) Hides(ctx context.Context) (Hides, error) {
	if err := a.CatchUp(ctx); err != nil {
		return nil, err
	}
	ids, err := a.View.DB.Restricted(ctx, restriction.Barrier, restriction.Sealed)
	marked := make(map[domain.RecordID]bool, len(ids))
	for _, id := range ids {
		marked[id] = true
	}
	return func(ctx context.Context, e eventstore.Recorded) (bool, error) {
		id, isRecord := schema.RecordOf(e.Stream)
		if !isRecord {
			return false, nil
		}
		if strings.HasPrefix(e.Type, "restriction.") || strings.HasPrefix(e.Type, "entry.") { // which may take the lifting of a seal back
			marked[id] = true
		}
		if !a.Told(id) {
			return true, nil
		}
		if !marked[id] {
			return false, nil
		}
		return a.kept(ctx, id)
	}, err
}

// Told reports whether the policies let the account be told of a record; of
// the ledger as a whole, where there is none.
func (a Account) Told(id domain.RecordID) bool { return a.May == nil || a.May(id) }

// kept reports whether a barrier or seal keeps the account from a record.
func (a Account) kept(ctx context.Context, id domain.RecordID) (bool, error) {
	rec, _, err := a.View.Record(ctx, id)
	if errors.Is(err, projections.ErrNoRecord) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, sealed := rec.Restrictions.SealedFrom(a.ID)
	return sealed || rec.Restrictions.Barred(a.ID), nil
}

// Kept returns the records that barriers and seals keep from the account now.
func (a Account) Kept(ctx context.Context) ([]domain.RecordID, error) {
	if err := a.CatchUp(ctx); err != nil {
		return nil, err
	}
	return a.View.DB.Barred(ctx, a.ID)
}
