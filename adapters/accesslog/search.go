package accesslog

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/eventstore"
)

// Limits on a search.
const (
	DefaultRows = 1_000
	MaxRows     = 10_000
	MaxDays     = 366 // read for one search
)

// Row is one entry of the log.
type Row struct {
	Day       string    `json:"day"`
	Entry     uint64    `json:"entry"` // within the day
	Recorded  time.Time `json:"recorded"`
	Outcome   string    `json:"outcome"` // released, or why it was denied
	Caller    string    `json:"caller"`
	Role      string    `json:"role"`
	Agency    string    `json:"agency"`
	Basis     string    `json:"basis,omitempty"`
	Purpose   string    `json:"purpose,omitempty"`
	Operation string    `json:"operation"`
	Record    string    `json:"record,omitempty"`
	Revision  uint64    `json:"revision,omitzero"`
	View      string    `json:"view,omitempty"`
	Rows      int       `json:"rows"`
	Records   []string  `json:"records,omitempty"`
	Policies  []string  `json:"policies,omitempty"`
	// BreakGlass is the use of the break-glass on the record that opened it.
	BreakGlass string   `json:"breakGlass,omitempty"`
	Withheld   []string `json:"withheld,omitempty"` // why something was left out
}

// Query chooses entries; empty members choose all.
type Query struct {
	From, To domain.Date // days, both included
	Record   string      // the subject, or among the records of a list
	Caller   string
	Limit    int // 0 is DefaultRows; at most MaxRows
	// Hides reports whether nothing may be told of a record; nil hides none.
	Hides func(record string) bool
}

// Search returns the chosen entries, oldest first. It reads every entry of the
// days asked for.
func Search(ctx context.Context, l *eventstore.Ledger, q Query) ([]Row, error) {
	limit := DefaultRows
	if q.Limit > 0 {
		limit = min(q.Limit, MaxRows)
	}
	rows := []Row{}
	for row, err := range All(ctx, l, q) {
		if err != nil {
			return nil, err
		}
		if rows = append(rows, row); len(rows) == limit {
			break
		}
	}
	return rows, nil
}

// All are the chosen entries of MaxDays at most, oldest first, whatever the
// limit of the query.
func All(ctx context.Context, l *eventstore.Ledger, q Query) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for day, n := q.From, 0; !day.After(q.To) && n < MaxDays; day, n = day.AddDays(1), n+1 {
			for e, err := range l.Store.ReadStream(ctx, StreamOf(day), 0) {
				if err != nil {
					yield(Row{}, err)
					return
				}
				entry, err := l.Codec.Decode(e)
				if err != nil {
					yield(Row{}, fmt.Errorf("position %d: stream %s: revision %d: %w", e.Position, e.Stream, e.Revision, err))
					return
				}
				if row, told := q.tells(rowOf(day, entry)); told && q.chooses(row) && !yield(row, nil) {
					return
				}
			}
		}
	}
}

func rowOf(day domain.Date, e domain.Entry) Row {
	row := Row{Day: day.String(), Entry: e.Seq, Recorded: e.Recorded, Caller: e.Actor.ID, Role: e.Actor.Role, Agency: e.Actor.Agency,
		Basis: e.Authority.Basis, Purpose: e.Authority.Purpose}
	switch e := e.Event.(type) {
	case access.Released:
		row.Outcome, row.Operation, row.Record, row.Revision, row.View = "released", e.Operation, e.Subject, e.Revision, e.View
		row.Rows, row.Records, row.Policies, row.BreakGlass, row.Withheld = e.Rows, e.Records, e.Policies, e.BreakGlass, e.Withheld
	case access.Denied:
		row.Outcome, row.Operation, row.Record, row.Policies = e.Reason, e.Operation, e.Subject, e.Policies
	}
	return row
}

// tells returns a row without the records that are hidden, and whether anything
// may be told of it.
func (q Query) tells(r Row) (Row, bool) {
	if q.Hides == nil {
		return r, true
	}
	r.Records = slices.DeleteFunc(slices.Clone(r.Records), q.Hides)
	return r, r.Record == "" || !q.Hides(r.Record)
}

func (q Query) chooses(r Row) bool {
	return (q.Record == "" || q.Record == r.Record || slices.Contains(r.Records, q.Record)) && (q.Caller == "" || q.Caller == r.Caller)
}

// Count is one line of a report: how often somebody did something.
type Count struct {
	Caller    string `json:"caller"`
	Role      string `json:"role"`
	Operation string `json:"operation"`
	Outcome   string `json:"outcome"`
	Times     int    `json:"times"`
	Records   int    `json:"records"` // different ones
}

// Report counts entries by caller, operation and outcome, in that order.
func Report(rows iter.Seq2[Row, error]) ([]Count, error) {
	type key struct{ caller, role, operation, outcome string }
	times, seen := make(map[key]int), make(map[key]map[string]bool)
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		k := key{r.Caller, r.Role, r.Operation, r.Outcome}
		if times[k]++; seen[k] == nil {
			seen[k] = make(map[string]bool)
		}
		for _, id := range append([]string{r.Record}, r.Records...) {
			if id != "" {
				seen[k][id] = true
			}
		}
	}
	counts := make([]Count, 0, len(times))
	for k, n := range times {
		counts = append(counts, Count{k.caller, k.role, k.operation, k.outcome, n, len(seen[k])})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return slices.Compare([]string{a.Caller, a.Operation, a.Outcome, a.Role}, []string{b.Caller, b.Operation, b.Outcome, b.Role})
	})
	return counts, nil
}
