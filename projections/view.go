package projections

import (
	"context"
	"errors"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/schema"
)

// ErrNoRecord says that the ledger holds no record with the id.
var ErrNoRecord = errors.New("there is no record with this id")

// ErrNoChronology says that no chronology with the id was built on a record.
var ErrNoChronology = errors.New("no chronology with this id was built on the record")

// ErrNoEntry says that a record has no entry with a number.
var ErrNoEntry = errors.New("there is no entry with this number")

// Moment is the point of view of a question: as known at a time, as true on a
// day. A zero time means now, a zero day whatever the day.
type Moment struct {
	Known time.Time
	On    domain.Date
	// Entry asks, of one record, for what was known when it was the last entry; 0
	// for the time alone. See Pin.
	Entry uint64
}

// IsNow reports whether nothing but the present is asked for.
func (m Moment) IsNow() bool { return m == Moment{} }

// Pin returns the moment whose answer about a record is that of m now, and stays
// so for ever: it names the last entry that was known. Where none was, m is
// returned.
func (m Moment) Pin(r record.Record) Moment {
	known := sideOf(r, m).entries
	if len(known) == 0 {
		return m
	}
	return Moment{On: m.On, Entry: uint64(len(known))}
}

// time returns when the moment was, as far as a record says: the zero time for
// now.
func (m Moment) time(r record.Record) time.Time {
	if e, found := r.Entry(m.Entry); found && (m.Known.IsZero() || e.Recorded.Before(m.Known)) {
		return e.Recorded
	}
	return m.Known
}

// ParseKnown reads a time, or a day, meaning its end in London. The error does
// not repeat the text.
func ParseKnown(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	day, err := domain.ParseDate(s)
	if err != nil {
		return time.Time{}, errors.New("not a time of the form 2026-03-31T17:00:00Z or a day of the form 2026-03-31")
	}
	y, m, d := day.Time().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, london()).Add(-time.Microsecond), nil
}

// View answers questions about records and lists, now from the read models and
// at other moments from the records themselves. Whoever asks sees to it that
// the read models have caught up.
type View struct {
	DB      *DB
	Records *schema.Records
	Codec   schema.Codec
}

// Record returns a record as it is now, and its revision.
func (v View) Record(ctx context.Context, id domain.RecordID) (record.Record, eventstore.Revision, error) {
	r, at, err := v.Records.Load(ctx, id)
	if err == nil && at == 0 {
		err = ErrNoRecord
	}
	return r, at, err
}

func (v View) load(ctx context.Context, id domain.RecordID) (record.Record, error) {
	r, _, err := v.Record(ctx, id)
	return r, err
}

// Facts returns what a record said at a moment.
func (v View) Facts(r record.Record, at Moment) ([]Fact, error) { return Replay(r, at) }

// Changes returns the differences from one moment to another.
func (v View) Changes(r record.Record, from, to Moment) ([]Difference, error) {
	return Compare(r, from, to)
}

// Overdue returns what was overdue on a record at a moment, by the rules of that
// time: what should have been done by then and was not. The day is that of the
// moment, else that of its time, else today.
func (v View) Overdue(ctx context.Context, id domain.RecordID, r record.Record, at Moment) ([]DutyRow, error) {
	known := at.time(r)
	pack, err := v.Records.PackAt(ctx, known)
	if err != nil {
		return nil, err
	}
	f := DutyFilter{Record: id, Overdue: true, On: at.On}
	if f.On.IsZero() {
		f.On = v.Records.Setting().Today
		if !known.IsZero() {
			f.On = domain.DateOf(known.In(london()))
		}
	}
	rows := []ClockRow{}
	for _, row := range clockRows(id, r.Upto(at.Entry).At(at.Known, f.On)) {
		if f.matches(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, compareClocks)
	return duties(pack, rows, f), nil
}

// Others returns the people of a person's family who have records of their own.
func (v View) Others(ctx context.Context, id domain.RecordID) ([]Other, error) {
	return v.DB.OthersOf(ctx, v.load, id)
}

// Relations returns the relationships that a record stated at a moment.
func (v View) Relations(ctx context.Context, id domain.RecordID, r record.Record, at Moment) ([]RelationRow, error) {
	if at.IsNow() {
		return v.DB.Relations(ctx, id)
	}
	return relationRows(id, r.Upto(at.Entry).At(at.Known, at.On)), nil
}

// Chronology tells a record's story as it was at a moment.
func (v View) Chronology(ctx context.Context, id domain.RecordID, r record.Record, at Moment) ([]ChronologyRow, error) {
	if at.IsNow() {
		return v.DB.Chronology(ctx, id)
	}
	return ChronologyAt(id, r.Upto(at.Entry), at.Known, at.On), nil
}

// Register returns the names on the register at a moment.
func (v View) Register(ctx context.Context, at Moment) ([]RegisterRow, error) {
	if at.IsNow() {
		return v.DB.Register(ctx)
	}
	return v.DB.RegisterAt(ctx, v.load, at.Known, at.On)
}

// Caseload returns a page of the open work at a moment. The filter's day is
// the moment's, or today.
func (v View) Caseload(ctx context.Context, f CaseloadFilter, at Moment) ([]CaseloadRow, error) {
	f.On = at.On
	if at.IsNow() {
		f.On = v.Records.Setting().Today
		return v.DB.Caseload(ctx, f)
	}
	return v.DB.CaseloadAt(ctx, v.load, at.Known, f)
}

// day is the day of a question about a moment: the moment's, or today.
func (v View) day(at Moment) domain.Date {
	if at.On.IsZero() {
		return v.Records.Setting().Today
	}
	return at.On
}

// Duties returns what was due at a moment, the most urgent first. The filter's
// day is the moment's, or today; within is how many days from it what is due
// may be away, 0 for any.
func (v View) Duties(ctx context.Context, f DutyFilter, within int, at Moment) ([]DutyRow, error) {
	f.On = v.day(at)
	if within > 0 {
		f.By = f.On.AddDays(within)
	}
	if at.IsNow() {
		return v.DB.Duties(ctx, v.Records.Pack, f)
	}
	pack, err := v.Records.PackAt(ctx, at.Known)
	if err != nil {
		return nil, err
	}
	return v.DB.DutiesAt(ctx, v.load, pack, at.Known, f)
}

// Gaps returns the children who had not been seen for a while at a moment, the
// longest unseen first. The filter's day is the moment's, or today.
func (v View) Gaps(ctx context.Context, f GapFilter, at Moment) ([]SightRow, error) {
	f.On = v.day(at)
	if at.IsNow() {
		return v.DB.Gaps(ctx, f)
	}
	return v.DB.GapsAt(ctx, v.load, at.Known, f)
}
