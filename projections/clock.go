package projections

import (
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
)

// ClockRow is one time limit that ran or runs on a record.
type ClockRow struct {
	Record  domain.RecordID `json:"record"`
	Clock   string          `json:"clock"`
	Work    string          `json:"work"`
	Started domain.Date     `json:"started,omitzero"`
	Due     domain.Date     `json:"due"`
	Done    domain.Date     `json:"done,omitzero"`
	IsDone  bool            `json:"isDone"`
	// Stopped is the day on which the work ended without what was due.
	Stopped   domain.Date `json:"stopped,omitzero"`
	IsStopped bool        `json:"isStopped"`
	Allowed   domain.Date `json:"allowed,omitzero"`
	Worker    string      `json:"worker,omitempty"`
	Team      string      `json:"team,omitempty"`
	Start     uint64      `json:"startEntry"`
	Entries   []uint64    `json:"entries"`
}

func (r *ClockRow) fields() []any {
	return []any{&r.Record, &r.Clock, &r.Work, &r.Start, &r.Started, &r.Due, &r.Done, &r.IsDone, &r.Stopped, &r.IsStopped, &r.Allowed, &r.Worker, &r.Team, &r.Entries}
}

// Runs reports whether the clock still runs.
func (r ClockRow) Runs() bool { return !r.IsDone && !r.IsStopped }

// Counts reports whether the clock counts for timeliness: what was never due,
// because the work ended before, does not.
func (r ClockRow) Counts() bool {
	return !r.IsStopped || r.IsDone || !r.Stopped.IsZero() && r.Stopped.After(r.Due)
}

// InTime reports whether what was due was done by the last day.
func (r ClockRow) InTime() bool { return r.IsDone && !r.Done.After(r.Due) }

func clockProjection() Projection {
	return Projection{
		Name: "clock", Version: 2, Tables: []Table{clockTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" || !slices.ContainsFunc(c.Entries, movesClocks) {
				return nil
			}
			return replace(w, "clock", clockRows(c.Record, c.Before), clockRows(c.Record, c.After))
		},
	}
}

func clockTable() Table {
	return Table{
		Name: "clock", Comment: "One row for each time limit that ran or runs. What is overdue depends on the day: NOT is_done AND NOT is_stopped AND due < '2026-02-03'.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"clock", Text, "Which time limit: initial-conference. domain/policy/data/clocks.csv lists them; plan-action, cin-action, safeguarding-action and oversight-decision are days that a plan or a manager sets, so is transition-assessment, and coming-of-age is the eighteenth birthday."},
			{"work", Text, "Id within the record of the referral, assessment, enquiry, plan, conference or first episode of care; of a care leaver, of the plan, contact or visit before."},
			{"start_entry", Integer, "The entry that started it."},
			{"started", Date, "Day from which it runs."},
			{"due", Date, "Last day in time, by the rules of the day on which it started."},
			{"done", Date, "Day on which what was due was done."},
			{"is_done", Boolean, "Whether it was done. The day can be unknown, so do not go by done."},
			{"stopped", Date, "Day on which the work ended without it."},
			{"is_stopped", Boolean, "Whether the work ended without it."},
			{"allowed", Date, "Day until which a senior manager allowed it to be late."},
			{"worker", Text, "The lead worker, else a care leaver's personal adviser. NULL: nobody holds the case."},
			{"team", Text, "The lead worker's team."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "clock", "work", "start_entry"},
		Indexes: [][]string{{"worker", "due"}, {"team", "due"}, {"due"}},
	}
}

// DutyRow is what is to be done by a day, and by which rule.
type DutyRow struct {
	ClockRow
	Overdue  bool   `json:"overdue"`
	Days     int    `json:"days"` // until the last day; negative when it has passed
	Sentence string `json:"sentence,omitempty"`
	Source   string `json:"source,omitempty"`
}

// DutyFilter chooses duties; empty members choose all.
type DutyFilter struct {
	Worker      string
	Team        string
	Unallocated bool
	Record      domain.RecordID
	Overdue     bool        // only what was due before On
	By          domain.Date // only what is due by this day
	On          domain.Date // the day of the question
}

// maxDuties bounds the answer to one question.
const maxDuties = 20_000

// Duties returns the clocks that run now and that the filter chooses, the most
// urgent first, each with the rule that it comes from.
func (db *DB) Duties(ctx context.Context, p policy.Pack, f DutyFilter) ([]DutyRow, error) {
	q := selectFrom(clockTable())
	q.where("NOT is_done AND NOT is_stopped")
	q.whereSet("worker", f.Worker)
	q.whereSet("team", f.Team)
	q.whereSet("record", string(f.Record))
	if f.Unallocated {
		q.where("worker IS NULL")
	}
	if f.Overdue {
		q.where("due < ?", f.On.String())
	}
	if !f.By.IsZero() {
		q.where("due <= ?", f.By.String())
	}
	q.order, q.limit = "due, record, clock, work, start_entry", maxDuties
	rows, err := rowsOf[ClockRow](ctx, db, q)
	return duties(p, rows, f), err
}

// DutiesAt returns the clocks that ran on the day of the filter, as it was
// known at a time. Records are replayed, not rows.
func (db *DB) DutiesAt(ctx context.Context, load Load, p policy.Pack, known time.Time, f DutyFilter) ([]DutyRow, error) {
	var all []ClockRow
	err := db.each(ctx, load, known, f.Record, func(id domain.RecordID, r record.Record) {
		for _, row := range clockRows(id, r.At(known, f.On)) {
			if f.matches(row) {
				all = append(all, row)
			}
		}
	})
	slices.SortFunc(all, compareClocks)
	return duties(p, all[:min(len(all), maxDuties)], f), err
}

func (f DutyFilter) matches(r ClockRow) bool {
	return r.Runs() && (f.Worker == "" || f.Worker == r.Worker) && (f.Team == "" || f.Team == r.Team) && (!f.Unallocated || r.Worker == "") &&
		(f.Record == "" || f.Record == r.Record) && (!f.Overdue || r.Due.Before(f.On)) && (f.By.IsZero() || !r.Due.After(f.By))
}

func duties(p policy.Pack, rows []ClockRow, f DutyFilter) []DutyRow {
	all := make([]DutyRow, len(rows))
	for i, row := range rows {
		all[i] = DutyRow{ClockRow: row}
		if !f.On.IsZero() {
			all[i].Days, all[i].Overdue = f.On.DaysUntil(row.Due), row.Due.Before(f.On)
		}
		if rule, ok := p.ClockRule(policy.Clock(row.Clock), row.Started); ok {
			all[i].Sentence, all[i].Source = rule.Sentence, rule.Source
		}
	}
	return all
}

// each gives every record that had an entry by a time, or one of them.
func (db *DB) each(ctx context.Context, load Load, known time.Time, only domain.RecordID, do func(domain.RecordID, record.Record)) error {
	q, args := "SELECT record FROM record WHERE coalesce(first_recorded <= ?, TRUE)", knownArgs(known)
	if only != "" {
		q, args = q+" AND record = ?", append(args, string(only))
	}
	return db.candidates(ctx, load, q+" ORDER BY record", args, do)
}
