package projections

import (
	"context"
	"errors"
	"strings"
	"time"

	"caseledger/domain"
	"caseledger/domain/batch"
	"caseledger/domain/group"
	"caseledger/schema"
)

// BatchRow is one imported file.
type BatchRow struct {
	Batch         string      `json:"batch"`
	Kind          string      `json:"kind"`
	File          string      `json:"file"`
	Year          int         `json:"year,omitzero"`
	ReferenceDate domain.Date `json:"referenceDate,omitzero"`
	Authority     string      `json:"authority,omitempty"`
	Begun         time.Time   `json:"begun"`
	Finished      time.Time   `json:"finished,omitzero"`
	Children      int         `json:"children"`
	Episodes      int         `json:"episodes"`
	Events        int         `json:"events"`
	Flags         int         `json:"flags"`
	Failed        int         `json:"failed"`
	BegunEntry    uint64      `json:"begunEntry"`
	FinishedEntry uint64      `json:"finishedEntry,omitzero"`
}

func (r *BatchRow) fields() []any {
	return []any{&r.Batch, &r.Kind, &r.File, &r.Year, &r.ReferenceDate, &r.Authority, &r.Begun, &r.Finished,
		&r.Children, &r.Episodes, &r.Events, &r.Flags, &r.Failed, &r.BegunEntry, &r.FinishedEntry}
}

// errNotBegun says that an event ends what nothing began.
var errNotBegun = errors.New("an end is recorded of what was never begun")

func batchProjection() Projection {
	return Projection{
		Name: "batch", Version: 1, Tables: []Table{batchTable()},
		Apply: func(w *Writer, c Change) error {
			for _, e := range c.Entries {
				if err := applyBatch(w, c.Stream, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func batchTable() Table {
	return Table{
		Name: "batch", Comment: "One row for each imported file. The counts are 0 until the import is finished.",
		Columns: []Column{
			{"batch", Text, "The stream of the import."},
			{"kind", Text, "Format and year of the format: cin-census/2022."},
			{"file", Text, "SHA-256 of the file, hexadecimal."},
			{"year", Integer, "Year that the file states; 0 when it does not."},
			{"reference_date", Date, "Reference date that the file states."},
			{"authority", Text, "LEA number that the file states."},
			{"begun", Time, "When the import began."},
			{"finished", Time, "When the import came to its end. NULL: it did not."},
			{"children", Integer, "Children in the file."},
			{"episodes", Integer, "Episodes in the file."},
			{"events", Integer, "Events recorded."},
			{"flags", Integer, "Rules that the data breaks, counted on each event."},
			{"failed", Integer, "Children that could not be imported."},
			{"begun_entry", Integer, "The entry of the stream that says that it began."},
			{"finished_entry", Integer, "The entry of the stream that says that it ended; 0 until then."},
		},
		Key: []string{"batch"},
	}
}

func applyBatch(w *Writer, stream string, e domain.Entry) error {
	switch ev := e.Event.(type) {
	case batch.Began:
		row := BatchRow{Batch: stream, Kind: ev.Kind, File: ev.File, Year: ev.Year, ReferenceDate: ev.ReferenceDate,
			Authority: ev.Authority, Begun: e.Recorded, BegunEntry: e.Seq}
		if err := w.Delete("batch", Cell{"batch", stream}); err != nil {
			return err
		}
		return w.Insert("batch", row.fields()...)
	case batch.Finished:
		n, err := w.Update("batch", []Cell{{"finished", e.Recorded}, {"children", ev.Children}, {"episodes", ev.Episodes},
			{"events", ev.Events}, {"flags", ev.Flags}, {"failed", ev.Failed}, {"finished_entry", e.Seq}}, []Cell{{"batch", stream}})
		if err == nil && n == 0 {
			return errNotBegun
		}
		return err
	}
	return nil
}

// Batches returns the imported files, the earliest first.
func (db *DB) Batches(ctx context.Context) ([]BatchRow, error) {
	q := selectFrom(batchTable())
	q.order = "begun, batch"
	return rowsOf[BatchRow](ctx, db, q)
}

// GroupRow is an act on several records that was begun and not finished.
type GroupRow struct {
	Group   string            `json:"group"`
	Begun   time.Time         `json:"begun"`
	Actor   string            `json:"actor"`
	Records []domain.RecordID `json:"records"`
	Entry   uint64            `json:"entry"`
}

func (r *GroupRow) fields() []any {
	return []any{&r.Group, &r.Begun, &r.Actor, &r.Records, &r.Entry}
}

func groupProjection() Projection {
	return Projection{
		Name: "open_group", Version: 1, Tables: []Table{groupTable()},
		Apply: func(w *Writer, c Change) error {
			for _, e := range c.Entries {
				if err := applyGroup(w, c.Stream, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func groupTable() Table {
	return Table{
		Name: "open_group", Comment: "One row for each act on several records that was begun and is not finished. A row that stays is a crash to mend.",
		Columns: []Column{
			{"group_id", Text, "Id of the act."},
			{"begun", Time, "When it was decided."},
			{"actor", Text, "Who did it."},
			{"records", JSON, "List of the records that it concerns."},
			{"entry", Integer, "The entry of the act's stream that the row comes from."},
		},
		Key: []string{"group_id"},
	}
}

func applyGroup(w *Writer, stream string, e domain.Entry) error {
	id := strings.TrimPrefix(stream, "group-")
	switch ev := e.Event.(type) {
	case group.Begun:
		row := GroupRow{Group: id, Begun: e.Recorded, Actor: e.Actor.ID, Entry: e.Seq}
		for _, p := range ev.Parts {
			if record, ok := schema.RecordOf(p.Stream); ok {
				row.Records = append(row.Records, record)
			}
		}
		return w.Insert("open_group", row.fields()...)
	case group.Finished:
		n, err := w.change("open_group", nil, []Cell{{"group_id", id}})
		if err == nil && n == 0 {
			return errNotBegun
		}
		return err
	}
	return nil
}

// OpenGroups returns the acts on several records that were not finished, the
// earliest first.
func (db *DB) OpenGroups(ctx context.Context) ([]GroupRow, error) {
	q := selectFrom(groupTable())
	q.order = "begun, group_id"
	return rowsOf[GroupRow](ctx, db, q)
}
