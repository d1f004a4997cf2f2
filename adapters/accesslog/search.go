package accesslog

import (
	"context"
	"fmt"
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
}

// Query chooses entries; empty members choose all.
type Query struct {
	From, To domain.Date // days, both included
	Record   string      // the subject, or among the records of a list
	Caller   string
	Limit    int // 0 is DefaultRows; at most MaxRows
}

// Search returns the chosen entries, oldest first. It reads every entry of the
// days asked for.
func Search(ctx context.Context, l *eventstore.Ledger, q Query) ([]Row, error) {
	limit := DefaultRows
	if q.Limit > 0 {
		limit = min(q.Limit, MaxRows)
	}
	rows := []Row{}
	for day, n := q.From, 0; !day.After(q.To) && n < MaxDays; day, n = day.AddDays(1), n+1 {
		for e, err := range l.Store.ReadStream(ctx, StreamOf(day), 0) {
			if err != nil {
				return nil, err
			}
			entry, err := l.Codec.Decode(e)
			if err != nil {
				return nil, fmt.Errorf("position %d: stream %s: revision %d: %w", e.Position, e.Stream, e.Revision, err)
			}
			if row := rowOf(day, entry); q.chooses(row) {
				rows = append(rows, row)
			}
			if len(rows) == limit {
				return rows, nil
			}
		}
	}
	return rows, nil
}

func rowOf(day domain.Date, e domain.Entry) Row {
	row := Row{Day: day.String(), Entry: e.Seq, Recorded: e.Recorded, Caller: e.Actor.ID, Role: e.Actor.Role, Agency: e.Actor.Agency,
		Basis: e.Authority.Basis, Purpose: e.Authority.Purpose}
	switch e := e.Event.(type) {
	case access.Released:
		row.Outcome, row.Operation, row.Record, row.Revision, row.View = "released", e.Operation, e.Subject, e.Revision, e.View
		row.Rows, row.Records, row.Policies = e.Rows, e.Records, e.Policies
	case access.Denied:
		row.Outcome, row.Operation, row.Record, row.Policies = e.Reason, e.Operation, e.Subject, e.Policies
	}
	return row
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
func Report(rows []Row) []Count {
	type key struct{ caller, role, operation, outcome string }
	times, seen := make(map[key]int), make(map[key]map[string]bool)
	for _, r := range rows {
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
	return counts
}
