package projections

import (
	"context"
	"slices"

	"caseledger/domain"
	"caseledger/domain/allocation"
)

// Tie is what joins a worker to a record.
type Tie string

// The ties, the strongest first.
const (
	TieOwn    Tie = "own"    // the worker holds the case, or covers for who does
	TieTeam   Tie = "team"   // a team of the worker's holds it
	TieNobody Tie = "nobody" // nobody holds it
	TieNone   Tie = "none"   // others do
)

// TieTo returns what joins a worker, of some teams, to a record with the
// allocations on a day.
func TieTo(as allocation.Allocations, worker string, teams []string, on domain.Date) Tie {
	tie := TieNobody
	for _, a := range as {
		if !a.Open() {
			continue
		}
		switch {
		case a.Allocated.Fact.Worker == worker, a.CoveredBy(on) == worker:
			return TieOwn
		case slices.Contains(teams, a.Allocated.Fact.Team):
			tie = TieTeam
		case tie == TieNobody:
			tie = TieNone
		}
	}
	return tie
}

// maxIDs bounds the ids in one query.
const maxIDs = 500

// Ties returns what joins a worker, of some teams, to each of some records on a
// day.
func (db *DB) Ties(ctx context.Context, ids []domain.RecordID, worker string, teams []string, on domain.Date) (map[domain.RecordID]Tie, error) {
	ties := make(map[domain.RecordID]Tie, len(ids))
	held := make(map[domain.RecordID]allocation.Allocations)
	for part := range slices.Chunk(ids, maxIDs) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = string(id)
		}
		q := selectFrom(allocationTable())
		q.where("open = TRUE")
		q.where("record IN ("+marks(len(args))+")", args...)
		rows, err := rowsOf[AllocationRow](ctx, db, q)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			held[row.Record] = append(held[row.Record], row.allocation())
		}
	}
	for _, id := range ids {
		ties[id] = TieTo(held[id], worker, teams, on)
	}
	return ties, nil
}

// allocation is the open allocation that a row tells of.
func (r AllocationRow) allocation() allocation.Allocation {
	a := allocation.Allocation{ID: r.Allocation}
	a.Allocated = domain.Know(r.Entries[0], allocation.Allocated{Allocation: r.Allocation, Worker: r.Worker, Team: r.Team, Role: r.Role})
	if r.Cover != "" {
		a.Cover = domain.Know(r.Entries[0], allocation.CoverArranged{Dated: domain.Dated{Happened: r.CoverFrom}, Allocation: r.Allocation, Cover: r.Cover, Until: r.CoverUntil})
	}
	return a
}
