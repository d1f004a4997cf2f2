package projections_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"caseledger/projections"
)

// fillMillion writes records, a million of them unless fewer are wanted, each
// with an open case, to the tables of a file, past the ledger: it is the asking
// that is measured. Each worker has 30 children, each team 300, and 500 names are
// on the register, of the fiftieth part of all that ever were.
func fillMillion(b *testing.B, path string, records int) {
	b.Helper()
	db := fileReader(b, path)
	numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO ", records-1)
	const who = "printf('%032x', i), 'LA' || i, 'worker-' || (i / 30), 'team-' || (i / 300)"
	for table, fill := range map[string]string{
		"caseload": "(record, la_child_id, worker, team, kind, work, referral, opened, due, what, contradictory, entries) SELECT " + who +
			", 'referral', 'r1', 'r1', '2024-01-02', date('2024-02-01', (i % 300) || ' days'), 'a decision', 0, '[1,2,9]' FROM n",
		"sight": "(record, la_child_id, worker, team, plan, opened, last_visit, last_seen, entries) SELECT " + who +
			", 'none', '2024-01-02', '2024-03-01', date('2023-01-01', (i % 300) || ' days'), '[1,2,9]' FROM n",
		"register": "(record, la_child_id, worker, team, kind, plan, given, family, born, referral, from_date, open, initial_category, latest_category, previous, review_by, entries) SELECT " + who +
			", 'plan', 'p1', 'Given' || (i % 997), 'Family' || (i % 9973), '2015-05-05', 'r1', '2024-01-02', i % " + strconv.Itoa(records/500) + " = 0, 'NEG', 'NEG', 0, '2024-06-01', '[1,2,3,9,12]' FROM n WHERE i % 50 = 0",
	} {
		var physical string
		if err := db.QueryRow("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE ? ESCAPE '$'", table+"$_$_v%").Scan(&physical); err != nil {
			b.Fatal(err)
		}
		if _, err := db.Exec(numbers + physical + fill); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTheQuestionsOfADayOutOfAMillionRecords asks what a worker, a team
// and whoever keeps the register ask.
func BenchmarkTheQuestionsOfADayOutOfAMillionRecords(b *testing.B) {
	records := wanted(b, "CASELEDGER_RECORDS", 1_000_000)
	path := filepath.Join(b.TempDir(), "r.db")
	db := openFile(b, path)
	runner(b, db, newStore(), projections.All()...)
	fillMillion(b, path, records)
	today := date("2024-06-03")
	for _, question := range []struct {
		what string
		want int
		ask  func(n int) (int, error)
	}{
		{"caseload of 30", 30, func(n int) (int, error) {
			rows, err := db.Caseload(ctx, projections.CaseloadFilter{Worker: fmt.Sprint("worker-", n*7919%(records/30)), On: today})
			return len(rows), err
		}},
		{"register of 500", 500, func(int) (int, error) {
			rows, err := db.Register(ctx)
			return len(rows), err
		}},
		{"caseload of a team of 300", 300, func(n int) (int, error) {
			rows, err := db.Caseload(ctx, projections.CaseloadFilter{Team: fmt.Sprint("team-", n*7919%(records/300)), On: today, Limit: 300})
			return len(rows), err
		}},
		{"children of a team of 300 unseen for 28 days", 300, func(n int) (int, error) {
			rows, err := db.Gaps(ctx, projections.GapFilter{Team: fmt.Sprint("team-", n*7919%(records/300)), On: today, Days: 28})
			return len(rows), err
		}},
	} {
		b.Run(question.what, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				got, err := question.ask(n)
				if err != nil || got != question.want {
					b.Fatal(got, err)
				}
			}
		})
	}
}
