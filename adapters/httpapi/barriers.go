package httpapi

import (
	"context"
	"errors"
	"slices"

	"caseledger/domain"
	"caseledger/projections"
)

// openTo reports whether the caller may open a record. A barrier or a seal on
// it cannot be passed by any role; a record that does not exist is open, and
// not found.
func (a *API) openTo(ctx context.Context, r *request, id domain.RecordID) (bool, error) {
	if id == "" {
		return true, nil
	}
	rec, _, err := a.View.Record(ctx, id)
	if errors.Is(err, projections.ErrNoRecord) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	open, _ := rec.Restrictions.MayOpen(r.caller.ID)
	return open, nil
}

// withoutBarred leaves out the rows of records that the caller may not open:
// a list tells nothing of them, not even that they are there.
func withoutBarred[R any](ctx context.Context, a *API, r *request, rows []R, of func(R) domain.RecordID) ([]R, error) {
	barred, err := a.View.DB.Barred(ctx, r.caller.ID)
	if err != nil || len(barred) == 0 {
		return rows, err
	}
	return slices.DeleteFunc(rows, func(row R) bool { _, is := slices.BinarySearch(barred, of(row)); return is }), nil
}
