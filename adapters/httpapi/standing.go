package httpapi

import (
	"context"
	"errors"
	"slices"

	"caseledger/adapters/cedar"
	"caseledger/domain"
	"caseledger/domain/breakglass"
	"caseledger/projections"
)

// breaks is the command by which a caller opens a record in an emergency, queues
// lists who did, and judges is the command by which somebody else judges that.
// Both commands are for people who may not open the record, and so need no
// revision; whoever judges need not be a reader of a sealed record.
const (
	breaks = "break-glass.use"
	queues = "break-glass.list"
	judges = "break-glass.review"
)

// standing is how a caller stands to a record.
type standing struct {
	tie      projections.Tie // "" of a record that does not exist
	barred   bool
	sealed   bool
	passable bool          // the seal, in an emergency
	glass    breakglass.ID // that lets the caller in, "" for none
}

// standingTo returns how the caller stands to a record now.
func (a *API) standingTo(ctx context.Context, c Caller, id domain.RecordID) (standing, error) {
	if id == "" {
		return standing{}, nil
	}
	rec, _, err := a.View.Record(ctx, id)
	if errors.Is(err, projections.ErrNoRecord) {
		return standing{}, nil
	}
	if err != nil {
		return standing{}, err
	}
	now := a.View.Records.Setting()
	seal, sealed := rec.Restrictions.SealedFrom(c.ID)
	return standing{tie: projections.TieTo(rec.Allocations, c.ID, c.Teams, now.Today), barred: rec.Restrictions.Barred(c.ID),
		sealed: sealed, passable: seal.Passable(), glass: rec.Openings.For(c.ID, now.Now).ID}, nil
}

// open reports whether no barrier or seal is in the way of an action. No
// emergency passes a barrier, nor a seal that is not the authority's own.
func (s standing) open(action string, emergency bool) bool {
	passes := s.passable && (emergency || action == breaks) || action == judges
	return !s.barred && (!s.sealed || passes)
}

// permit asks the policies, and the record itself; it records a denial. What is
// denied is asked again in the light of an emergency, where there is one.
func (a *API) permit(ctx context.Context, r *request, action, group string, id domain.RecordID) error {
	s, err := a.standingTo(ctx, r.caller, id)
	if err != nil {
		return err
	}
	d := a.decide(r, action, group, id, s.tie, false)
	allowed := d.Allowed && s.open(action, false)
	if !allowed && s.glass != "" && s.open(action, true) {
		if d = a.decide(r, action, group, id, s.tie, true); d.Allowed {
			allowed, r.glass = true, s.glass
		}
	}
	r.policies, r.tie = d.Policies, s.tie
	if allowed {
		return nil
	}
	if err := a.denied(ctx, r, codeForbidden); err != nil {
		return err
	}
	return problem(codeForbidden)
}

func (a *API) decide(r *request, action, group string, id domain.RecordID, tie projections.Tie, emergency bool) cedar.Decision {
	return a.Policies.Decide(cedar.Question{
		Caller: r.caller.ID, Role: r.caller.Role, Agency: r.caller.Agency, Teams: r.caller.Teams,
		Action: action, Group: group, Record: string(id), Purpose: r.purpose, Basis: r.basis, Tie: string(tie), BreakGlass: emergency,
	})
}

// named leaves out the rows of records that the caller may not be told of: a
// list says nothing of them, not even that they are there. A row of no record
// stays.
func named[R any](ctx context.Context, a *API, r *request, rows []R, of func(R) domain.RecordID) ([]R, error) {
	ids := make([]domain.RecordID, 0, len(rows))
	for _, row := range rows {
		if id := of(row); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	may, err := a.mayName(ctx, r, slices.Compact(ids))
	return slices.DeleteFunc(rows, func(row R) bool { id := of(row); return id != "" && !may[id] }), err
}

// mayName reports of each record whether the operation may name it to the
// caller.
func (a *API) mayName(ctx context.Context, r *request, ids []domain.RecordID) (map[domain.RecordID]bool, error) {
	may := make(map[domain.RecordID]bool, len(ids))
	if len(ids) == 0 {
		return may, nil
	}
	barred, err := a.View.DB.Barred(ctx, r.caller.ID)
	if err != nil {
		return may, err
	}
	ties, err := a.View.DB.Ties(ctx, ids, r.caller.ID, r.caller.Teams, a.today().Happened)
	if err != nil {
		return may, err
	}
	for _, id := range ids {
		_, is := slices.BinarySearch(barred, id)
		if is && r.op.id == queues {
			s, err := a.standingTo(ctx, r.caller, id)
			if err != nil {
				return may, err
			}
			is = s.barred
		}
		may[id] = !is && a.decide(r, r.op.id, r.op.group, id, ties[id], false).Allowed
	}
	return may, nil
}

// pageOf gathers a page of the rows that the caller may be told of, and the
// place of the last one where there are more. fetch returns some rows after a
// place, in their order, fewer than it is asked for only at the end.
func pageOf[R any](ctx context.Context, a *API, r *request, fetch func(after string, limit int) ([]R, error), place func(R) string,
	of func(R) domain.RecordID) (page []R, next string, err error) {
	after, err := a.cursors.open(r.query[cursor.name], r.query.filter(r.op.id)+r.asked)
	if err != nil {
		return nil, "", err
	}
	size := sizeOf(r.query)
	page = []R{}
	for {
		rows, err := fetch(after, size+1)
		if err != nil {
			return nil, "", err
		}
		ended := len(rows) <= size
		if !ended {
			after = place(rows[size])
		}
		if rows, err = named(ctx, a, r, rows, of); err != nil {
			return nil, "", err
		}
		page = append(page, rows...)
		if len(page) > size {
			return page[:size], a.cursors.seal(place(page[size-1]), r.query.filter(r.op.id)+r.asked), nil
		}
		if ended {
			return page, "", nil
		}
	}
}
