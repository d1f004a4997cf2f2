package httpapi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/projections"
)

// defaultUnseen is for how many days a child was not seen, when it is not said.
const defaultUnseen = 28

// Duties is a page of what is due.
type Duties struct {
	Moment
	Rows []projections.DutyRow `json:"rows"`
	Next string                `json:"next,omitempty"`
}

// Gaps is a page of children whom nobody has seen for a while.
type Gaps struct {
	Moment
	Rows []projections.SightRow `json:"rows"`
	Next string                 `json:"next,omitempty"`
}

// Allocations is a page of who held which case.
type Allocations struct {
	Rows []projections.AllocationRow `json:"rows"`
	Next string                      `json:"next,omitempty"`
}

// Teams is a page of the teams that hold cases.
type Teams struct {
	Rows []TeamRow `json:"rows"`
	Next string    `json:"next,omitempty"`
}

// TeamRow is a team and how many records it holds, of those that the caller may know
// of.
type TeamRow struct {
	Team    string       `json:"team"`
	Records int          `json:"records"`
	Workers []TeamWorker `json:"workers"`
}

// TeamWorker is a worker of a team and how many records they hold there. A record
// that two hold counts for each.
type TeamWorker struct {
	Worker  string `json:"worker"`
	Records int    `json:"records"`
}

// Openings is a page of who opened a record in an emergency.
type Openings struct {
	Rows []projections.BreakGlassRow `json:"rows"`
	Next string                      `json:"next,omitempty"`
}

// paged returns the rows of a list that a request asks for, without those of
// barred records, and the cursor of the next page. The list is in the order of
// key, so that a page begins where the last one ended whatever has gone between.
func paged[R any](ctx context.Context, a *API, r *request, rows []R, key func(R) string, of func(R) domain.RecordID) ([]R, string, error) {
	after, err := a.cursors.open(r.query[cursor.name], r.query.filter(r.op.id))
	if err != nil {
		return nil, "", err
	}
	if rows, err = named(ctx, a, r, rows, of); err != nil {
		return nil, "", err
	}
	if after != "" {
		rows = slices.DeleteFunc(rows, func(row R) bool { return key(row) <= after })
	}
	size := sizeOf(r.query)
	if len(rows) <= size {
		return rows, "", nil
	}
	return rows[:size], a.cursors.seal(key(rows[size-1]), r.query.filter(r.op.id)), nil
}

// inOrder makes a text of parts that sorts as they do.
func inOrder(parts ...any) string {
	var text strings.Builder
	for _, part := range parts {
		if n, is := part.(uint64); is {
			part = fmt.Sprintf("%020d", n)
		}
		fmt.Fprintf(&text, "%s\x00", part)
	}
	return text.String()
}

func (a *API) duties(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	at := r.query.asked()
	rows, err := a.View.Duties(ctx, projections.DutyFilter{Worker: r.query[worker.name], Team: r.query[team.name], Unallocated: r.query.is(unallocated),
		Overdue: r.query.is(overdue)}, int(r.query.number(within)), at)
	if err != nil {
		return reply{}, err
	}
	of := func(row projections.DutyRow) domain.RecordID { return row.Record }
	key := func(row projections.DutyRow) string {
		return inOrder(row.Due, row.Record, row.Clock, row.Work, row.Start)
	}
	rows, next, err := paged(ctx, a, r, rows, key, of)
	return listed(r, Duties{echo(at), rows, next}, rows, of), err
}

func (a *API) gaps(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	at := r.query.asked()
	f := projections.GapFilter{Worker: r.query[worker.name], Team: r.query[team.name], Plan: r.query[plan.name], Days: defaultUnseen, Alone: r.query.is(alone)}
	if days := r.query.number(unseen); days > 0 {
		f.Days = int(days)
	}
	rows, err := a.View.Gaps(ctx, f, at)
	if err != nil {
		return reply{}, err
	}
	of := func(row projections.SightRow) domain.RecordID { return row.Record }
	key := func(row projections.SightRow) string {
		if f.Alone {
			return inOrder(row.Alone, row.Record)
		}
		return inOrder(row.Seen, row.Record)
	}
	rows, next, err := paged(ctx, a, r, rows, key, of)
	return listed(r, Gaps{echo(at), rows, next}, rows, of), err
}

func (a *API) allocations(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rows, err := a.View.DB.Allocations(ctx, projections.AllocationFilter{Worker: r.query[worker.name], Team: r.query[team.name],
		Record: domain.RecordID(strings.TrimPrefix(r.query[ofPerson.name], "record-")), Open: r.query.is(stillOpen)})
	if err != nil {
		return reply{}, err
	}
	of := func(row projections.AllocationRow) domain.RecordID { return row.Record }
	key := func(row projections.AllocationRow) string { return inOrder(row.From, row.Record, row.Allocation) }
	rows, next, err := paged(ctx, a, r, rows, key, of)
	return listed(r, Allocations{rows, next}, rows, of), err
}

// teams counts what is left when records that the caller may not know of are taken
// out: no number tells of them.
func (a *API) teams(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	held, err := a.View.DB.Allocations(ctx, projections.AllocationFilter{Team: r.query[team.name], Open: true})
	if err != nil {
		return reply{}, err
	}
	if held, err = named(ctx, a, r, held, func(row projections.AllocationRow) domain.RecordID { return row.Record }); err != nil {
		return reply{}, err
	}
	ofNobody := func(TeamRow) domain.RecordID { return "" }
	rows, next, err := paged(ctx, a, r, teamsOf(held), func(row TeamRow) string { return row.Team }, ofNobody)
	return reply{body: Teams{rows, next}, release: &access.Released{View: view(r.query), Rows: len(rows)}}, err
}

// teamsOf counts the records that each team and worker holds.
func teamsOf(held []projections.AllocationRow) []TeamRow {
	type records map[domain.RecordID]bool
	all, of := make(map[string]records), make(map[string]map[string]records)
	for _, row := range held {
		if all[row.Team] == nil {
			all[row.Team], of[row.Team] = make(records), make(map[string]records)
		}
		if of[row.Team][row.Worker] == nil {
			of[row.Team][row.Worker] = make(records)
		}
		all[row.Team][row.Record], of[row.Team][row.Worker][row.Record] = true, true
	}
	rows := []TeamRow{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		row := TeamRow{Team: name, Records: len(all[name]), Workers: []TeamWorker{}}
		for _, who := range slices.Sorted(maps.Keys(of[name])) {
			row.Workers = append(row.Workers, TeamWorker{who, len(of[name][who])})
		}
		rows = append(rows, row)
	}
	return rows
}

func (a *API) openings(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	rows, err := a.View.DB.BreakGlass(ctx, projections.BreakGlassFilter{Worker: r.query[worker.name], Team: r.query[team.name],
		Record: domain.RecordID(strings.TrimPrefix(r.query[ofPerson.name], "record-")), Waits: r.query.is(waits)})
	if err != nil {
		return reply{}, err
	}
	of := func(row projections.BreakGlassRow) domain.RecordID { return row.Record }
	key := func(row projections.BreakGlassRow) string { return inOrder(row.On, row.Record, row.Use) }
	rows, next, err := paged(ctx, a, r, rows, key, of)
	return listed(r, Openings{rows, next}, rows, of), err
}
