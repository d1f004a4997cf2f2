package projections

import (
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/record"
	"caseledger/domain/visit"
)

// VisitRow is one visit to a child.
type VisitRow struct {
	Record  domain.RecordID `json:"record"`
	Entry   uint64          `json:"entry"`
	Visit   visit.ID        `json:"visit"`
	Day     domain.Date     `json:"day,omitzero"`
	Under   string          `json:"under"`
	Of      string          `json:"of,omitempty"`
	Visitor string          `json:"visitor"`
	Where   string          `json:"where"`
	Seen    bool            `json:"seen"`
	Alone   bool            `json:"alone"`
	Bedroom bool            `json:"bedroom"`
	NotSeen string          `json:"notSeen,omitempty"`
}

func (r *VisitRow) fields() []any {
	return []any{&r.Record, &r.Entry, &r.Visit, &r.Day, &r.Under, &r.Of, &r.Visitor, &r.Where, &r.Seen, &r.Alone, &r.Bedroom, &r.NotSeen}
}

// SightRow says when a child whom the authority has to see to was last seen.
type SightRow struct {
	Record    domain.RecordID `json:"record"`
	LAChildID string          `json:"laChildId,omitempty"`
	Plan      string          `json:"plan"` // see planOf
	Opened    domain.Date     `json:"opened,omitzero"`
	Worker    string          `json:"worker,omitempty"`
	Team      string          `json:"team,omitempty"`
	Visited   domain.Date     `json:"lastVisit,omitzero"`
	Seen      domain.Date     `json:"lastSeen,omitzero"`
	Alone     domain.Date     `json:"lastSeenAlone,omitzero"`
	Bedroom   domain.Date     `json:"lastBedroomSeen,omitzero"`
	Entries   []uint64        `json:"entries"`
}

func (r *SightRow) fields() []any {
	return []any{&r.Record, &r.LAChildID, &r.Plan, &r.Opened, &r.Worker, &r.Team, &r.Visited, &r.Seen, &r.Alone, &r.Bedroom, &r.Entries}
}

func visitProjection() Projection {
	return Projection{
		Name: "visit", Version: 2, Tables: []Table{visitTable(), sightTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			if slices.ContainsFunc(c.Entries, movesVisits) {
				if err := replace(w, "visit", visitRows(c.Record, c.Before), visitRows(c.Record, c.After)); err != nil {
					return err
				}
			}
			return replace(w, "sight", sightRows(c.Record, c.Before), sightRows(c.Record, c.After))
		},
	}
}

func movesVisits(e domain.Entry) bool {
	_, visits := e.Event.(visit.Event)
	return visits || target(e) != 0
}

func visitTable() Table {
	return Table{
		Name: "visit", Comment: "One row for each visit to a child, whether the child was seen or not.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"entry", Integer, "The entry that the row comes from."},
			{"visit", Text, "Id of the visit within the record."},
			{"day", Date, "Day of the visit."},
			{"under", Text, "Kind of work under which the child was visited: protection-plan, cin-plan, assessment, s47-enquiry, private-fostering, looked-after, care-leaver, other."},
			{"of", Text, "Id within the record of that work."},
			{"visitor", Text, "Who visited: a pseudonym."},
			{"place", Text, "home, placement, school, hospital, relatives, office, elsewhere, online."},
			{"seen", Boolean, "Whether the child was seen."},
			{"alone", Boolean, "Whether the child was seen alone."},
			{"bedroom", Boolean, "Whether the place where the child sleeps was seen."},
			{"not_seen", Text, "Why the child was not seen."},
		},
		Key:     []string{"record", "entry"},
		Indexes: [][]string{{"day"}},
	}
}

func sightTable() Table {
	return Table{
		Name: "sight", Comment: "One row for each child with an open case, plan, registration or private fostering, each looked-after child and each care leaver: when the child was last visited and seen. A gap depends on the day: coalesce(last_seen, opened) < '2026-01-20'.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"la_child_id", Text, "The authority's own number for the child."},
			{"plan", Text, "protection-plan, temporary-registration, looked-after, cin-plan, private-fostering, care-leaver, or none: what the child has."},
			{"opened", Date, "Day of the earliest referral whose case is open; where there is none, on which began what the child has."},
			{"worker", Text, "The lead worker, else a care leaver's personal adviser. NULL: nobody holds the case."},
			{"team", Text, "The lead worker's team."},
			{"last_visit", Date, "Day of the last visit, seen or not."},
			{"last_seen", Date, "Day on which the child was last seen at a visit."},
			{"last_seen_alone", Date, "Day on which the child was last seen alone."},
			{"last_bedroom_seen", Date, "Day on which the place where the child sleeps was last seen."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record"},
		Indexes: [][]string{{"worker"}, {"team"}},
	}
}

func visitRows(id domain.RecordID, r record.Record) []VisitRow {
	var rows []VisitRow
	for _, v := range r.Visits {
		f := v.Fact
		rows = append(rows, VisitRow{Record: id, Entry: v.Entry, Visit: f.Visit, Day: f.Happened, Under: f.Under, Of: f.Of, Visitor: f.Visitor, Where: f.Where,
			Seen: f.Seen, Alone: f.WasSeenAlone(), Bedroom: f.Bedroom, NotSeen: f.NotSeen})
	}
	return rows
}

func sightRows(id domain.RecordID, r record.Record) []SightRow {
	row, open := SightRow{Record: id, Plan: "none"}, false
	var from []uint64
	for _, one := range r.Referrals {
		if !r.CaseOpen(one) {
			continue
		}
		if day := one.Received.Fact.Happened; !open || day.Before(row.Opened) {
			row.Opened = day
		}
		open, from = true, append(from, one.Received.Entry)
	}
	if plan, begun := planOf(r); plan != "none" {
		if !open {
			row.Opened = begun.day
		}
		row.Plan, open, from = plan, true, append(from, begun.entry)
	}
	if !open {
		return nil
	}
	lead, number := leadOf(r), r.Person.Identifier("la-child-id")
	row.Worker, row.Team, row.LAChildID = lead.worker, lead.team, number.Fact.Value
	from = append(from, lead.entry, number.Entry)
	for _, last := range []struct {
		is func(visit.Made) bool
		to *domain.Date
	}{{func(visit.Made) bool { return true }, &row.Visited}, {visit.Made.WasSeen, &row.Seen}, {visit.Made.WasSeenAlone, &row.Alone}, {visit.Made.WasBedroomSeen, &row.Bedroom}} {
		v := r.Visits.Last(last.is)
		*last.to, from = v.Fact.Happened, append(from, v.Entry)
	}
	row.Entries = entries(from...)
	return []SightRow{row}
}

// HasTemporary is what a child has whose name stands on the register for a
// while.
const HasTemporary = "temporary-registration"

// planOf returns the kind of plan that a child has, the weightiest of several,
// and its beginning.
func planOf(r record.Record) (string, moment) {
	for _, p := range r.Protection {
		if p.Open() {
			return WorkProtection, at(p.Registered)
		}
	}
	for _, t := range r.Temporary {
		if t.Open() {
			return HasTemporary, at(t.Entered)
		}
	}
	if current := r.Care.Current(); current.Open() {
		return WorkCare, moment{r.Care.Start(current), current.Began.Entry}
	}
	for _, p := range r.CINPlans {
		if p.Open() {
			return WorkCINPlan, at(p.Started)
		}
	}
	for _, a := range r.PrivateFostering {
		if a.Open() {
			return visit.PrivateFostering, at(a.Notified)
		}
	}
	if r.Leaver.Open() {
		return WorkLeaver, leaving(r)
	}
	return "none", moment{}
}

// GapFilter chooses children who were not seen for a while.
type GapFilter struct {
	Worker string
	Team   string
	Plan   string
	On     domain.Date // the day of the question
	Days   int         // without being seen; 0 chooses every child with an open case
	Alone  bool        // without being seen alone
}

// Gaps returns the children with an open case who have not been seen for the
// days of the filter, the longest unseen first. A case younger than that is no
// gap.
func (db *DB) Gaps(ctx context.Context, f GapFilter) ([]SightRow, error) {
	q := selectFrom(sightTable())
	q.whereSet("worker", f.Worker)
	q.whereSet("team", f.Team)
	q.whereSet("plan", f.Plan)
	if f.Days > 0 {
		day := f.On.AddDays(-f.Days).String()
		q.where("coalesce("+f.column()+" < ?, opened < ?, TRUE)", day, day)
	}
	q.order = f.column() + " NULLS FIRST, record"
	return rowsOf[SightRow](ctx, db, q)
}

func (f GapFilter) column() string {
	if f.Alone {
		return "last_seen_alone"
	}
	return "last_seen"
}

// GapsAt returns the same as it was on the day of the filter, as known at a
// time. Records are replayed, not rows.
func (db *DB) GapsAt(ctx context.Context, load Load, known time.Time, f GapFilter) ([]SightRow, error) {
	all := []SightRow{}
	err := db.each(ctx, load, known, "", func(id domain.RecordID, r record.Record) {
		for _, row := range sightRows(id, r.At(known, f.On)) {
			if f.matches(row) {
				all = append(all, row)
			}
		}
	})
	slices.SortStableFunc(all, func(a, b SightRow) int { return f.last(a).Compare(f.last(b)) })
	return all, err
}

func (f GapFilter) last(r SightRow) domain.Date {
	if f.Alone {
		return r.Alone
	}
	return r.Seen
}

func (f GapFilter) matches(r SightRow) bool {
	last := f.last(r)
	if last.IsZero() {
		last = r.Opened
	}
	return (f.Worker == "" || f.Worker == r.Worker) && (f.Team == "" || f.Team == r.Team) && (f.Plan == "" || f.Plan == r.Plan) &&
		(f.Days <= 0 || last.Before(f.On.AddDays(-f.Days)))
}

// AllocationRow is one worker's holding of a case: the history that no
// reallocation loses.
type AllocationRow struct {
	Record     domain.RecordID `json:"record"`
	Allocation allocation.ID   `json:"allocation"`
	Worker     string          `json:"worker"`
	Team       string          `json:"team"`
	Role       string          `json:"role"`
	From       domain.Date     `json:"from,omitzero"`
	To         domain.Date     `json:"to,omitzero"`
	Open       bool            `json:"open"`
	Reason     string          `json:"reason,omitempty"`
	Cover      string          `json:"cover,omitempty"`
	CoverFrom  domain.Date     `json:"coverFrom,omitzero"`
	CoverUntil domain.Date     `json:"coverUntil,omitzero"`
	Entries    []uint64        `json:"entries"`
}

func (r *AllocationRow) fields() []any {
	return []any{&r.Record, &r.Allocation, &r.Worker, &r.Team, &r.Role, &r.From, &r.To, &r.Open, &r.Reason, &r.Cover, &r.CoverFrom, &r.CoverUntil, &r.Entries}
}

func allocationProjection() Projection {
	return Projection{
		Name: "allocation", Version: 1, Tables: []Table{allocationTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || !slices.ContainsFunc(c.Entries, movesAllocations) {
				return nil
			}
			return replace(w, "allocation", allocationRows(c.Record, c.Before), allocationRows(c.Record, c.After))
		},
	}
}

func movesAllocations(e domain.Entry) bool {
	_, allocates := e.Event.(allocation.Event)
	return allocates || target(e) != 0
}

func allocationTable() Table {
	return Table{
		Name: "allocation", Comment: "One row for each time a worker held a case, also those that ended.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"allocation", Text, "Id of the allocation within the record."},
			{"worker", Text, "Who holds or held the case: a pseudonym."},
			{"team", Text, "The worker's team."},
			{"role", Text, "lead, second."},
			{"from_date", Date, "Day from which."},
			{"to_date", Date, "Day on which it ended."},
			{"open", Boolean, "Whether the worker holds the case."},
			{"reason", Text, "Why it ended."},
			{"cover", Text, "Who was last to see to the case while the worker was away."},
			{"cover_from", Date, "First day of the cover."},
			{"cover_until", Date, "Last day of the cover."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "allocation"},
		Indexes: [][]string{{"worker", "open"}, {"team", "open"}},
	}
}

func allocationRows(id domain.RecordID, r record.Record) []AllocationRow {
	var rows []AllocationRow
	for _, a := range r.Allocations {
		if a.Allocated.IsZero() {
			continue // facts about an allocation that nothing says there was
		}
		s, c := a.Allocated.Fact, a.Cover.Fact
		rows = append(rows, AllocationRow{Record: id, Allocation: a.ID, Worker: s.Worker, Team: s.Team, Role: s.Role, From: s.Happened, To: a.Ended.Fact.Happened,
			Open: a.Open(), Reason: a.Ended.Fact.Reason, Cover: c.Cover, CoverFrom: c.Happened, CoverUntil: c.Until,
			Entries: entries(a.Allocated.Entry, a.Ended.Entry, a.Cover.Entry)})
	}
	return rows
}

// AllocationFilter chooses allocations; empty members choose all.
type AllocationFilter struct {
	Record domain.RecordID
	Worker string
	Team   string
	Open   bool
}

// Allocations returns who held which case, from the earliest on.
func (db *DB) Allocations(ctx context.Context, f AllocationFilter) ([]AllocationRow, error) {
	q := selectFrom(allocationTable())
	q.whereSet("record", string(f.Record))
	q.whereSet("worker", f.Worker)
	q.whereSet("team", f.Team)
	if f.Open {
		q.where("open = TRUE")
	}
	q.order = "from_date NULLS FIRST, record, allocation"
	return rowsOf[AllocationRow](ctx, db, q)
}
