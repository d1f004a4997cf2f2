package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/record"
)

// How many rows a page has.
const (
	DefaultLimit = 100
	MaxLimit     = 10_000
)

// ErrCursor says that a page was asked for after something that is no cursor.
var ErrCursor = errors.New("not a cursor of this list")

// Load reads a record as it is now, from the ledger.
type Load func(context.Context, domain.RecordID) (record.Record, error)

// query is a SELECT of all columns of a table in the making.
type query struct {
	table  Table
	wheres []string
	args   []any
	order  string
	limit  int // 0 is no limit
}

func selectFrom(t Table) *query { return &query{table: t, order: strings.Join(t.Key, ", ")} }

func (q *query) where(condition string, args ...any) {
	q.wheres, q.args = append(q.wheres, condition), append(q.args, args...)
}

// whereSet adds the condition when the value is not empty.
func (q *query) whereSet(column, value string) {
	if value != "" {
		q.where(column+" = ?", value)
	}
}

// page orders by text expressions and takes the rows after a cursor.
func (q *query) page(by []string, after string, limit int) error {
	q.order = strings.Join(by, ", ")
	q.limit = pageSize(limit)
	if after == "" {
		return nil
	}
	parts, err := parseCursor(after, len(by))
	if err != nil {
		return err
	}
	args := make([]any, len(parts))
	for i, p := range parts {
		args[i] = p
	}
	q.where(fmt.Sprintf("(%s) > (%s)", q.order, marks(len(by))), args...)
	return nil
}

func pageSize(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return min(limit, MaxLimit)
}

// text is the query for what stands in place of the columns' names.
func (q *query) text(columns string) string {
	text := "SELECT " + columns + " FROM " + q.table.Name
	if len(q.wheres) > 0 {
		text += " WHERE " + strings.Join(q.wheres, " AND ")
	}
	text += " ORDER BY " + q.order
	if q.limit > 0 {
		text += fmt.Sprintf(" LIMIT %d", q.limit)
	}
	return text
}

// rowsOf runs a query and reads its rows; none is an empty list.
func rowsOf[R any, P row[R]](ctx context.Context, db *DB, q *query) ([]R, error) {
	columns, scan := db.engine.columns(q.table.columnNames())
	rows, err := db.query(ctx, q.text(columns), q.args...)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", q.table.Name, db.engine.explain(err))
	}
	defer rows.Close()
	all := []R{}
	for rows.Next() {
		all = append(all, *new(R))
		if err := scan(rows, P(&all[len(all)-1]).fields()); err != nil {
			return nil, fmt.Errorf("table %s: %w", q.table.Name, db.engine.explain(err))
		}
	}
	return all, db.engine.explain(rows.Err())
}

// scanCells reads the columns of a row into the fields of an empty one.
func scanCells(rows *sql.Rows, fields []any) error {
	cells := make([]any, len(fields))
	for i, f := range fields {
		cells[i] = cell{f}
	}
	return rows.Scan(cells...)
}

// records runs a query for ids.
func (db *DB) records(ctx context.Context, text string, args ...any) ([]domain.RecordID, error) {
	rows, err := db.query(ctx, text, args...)
	if err != nil {
		return nil, db.engine.explain(err)
	}
	defer rows.Close()
	ids := []domain.RecordID{}
	for rows.Next() {
		var id domain.RecordID
		if err := rows.Scan(&id); err != nil {
			return nil, db.engine.explain(err)
		}
		ids = append(ids, id)
	}
	return ids, db.engine.explain(rows.Err())
}

// cursor names a place in an ordered list.
func cursor(parts ...string) string {
	text, err := json.Marshal(parts)
	if err != nil { // not UTF-8, which the ledger never holds
		return ""
	}
	return string(text)
}

func parseCursor(text string, parts int) ([]string, error) {
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != parts {
		return nil, ErrCursor
	}
	return list, nil
}

// Counts says how much there is.
type Counts struct {
	Records       int `json:"records"`
	Entries       int `json:"entries"`
	OpenCases     int `json:"openCases"`     // referrals that are being decided or worked on
	OpenPlans     int `json:"openPlans"`     // protection plans: the size of the register
	Unallocated   int `json:"unallocated"`   // open cases without a lead worker
	Contradictory int `json:"contradictory"` // open pieces of work that other entries contradict
	Batches       int `json:"batches"`       // imported files
	OpenGroups    int `json:"openGroups"`    // acts on several records that were not finished
}

// Counts returns how much there is, all as of one moment.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	const cases = "FROM caseload WHERE kind IN ('referral', 'referral-decision')"
	var c Counts
	err := db.queryRow(ctx, `SELECT
		(SELECT count(*) FROM record), (SELECT coalesce(sum(entries), 0) FROM record),
		(SELECT count(*) `+cases+`), (SELECT count(*) FROM register WHERE open),
		(SELECT count(*) `+cases+` AND worker IS NULL), (SELECT count(*) FROM caseload WHERE contradictory),
		(SELECT count(*) FROM batch), (SELECT count(*) FROM open_group)`).
		Scan(&c.Records, &c.Entries, &c.OpenCases, &c.OpenPlans, &c.Unallocated, &c.Contradictory, &c.Batches, &c.OpenGroups)
	return c, db.engine.explain(err)
}

// candidates runs a query for the records that can matter, and gives each of
// them as it stands in the ledger.
func (db *DB) candidates(ctx context.Context, load Load, q string, args []any, each func(domain.RecordID, record.Record)) error {
	ids, err := db.records(ctx, q, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := load(ctx, id)
		if err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
		each(id, r)
	}
	return nil
}
