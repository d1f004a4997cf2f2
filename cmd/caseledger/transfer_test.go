package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"caseledger/adapters/takeover"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// newIdentity writes the identity of an authority, and returns the file and the
// recipient.
func newIdentity(t *testing.T) (file, recipient string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "identity")
	if err := os.WriteFile(file, []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, id.Recipient().String()
}

var recordsOfficer = []string{"--actor", "ro-01", "--role", "records-officer", "--agency", "anytown", "--basis", "children-act-1989-s47", "--purpose", "transfer"}

// apart are the columns of read models that say where an entry came from, or when
// this ledger took it in.
var apart = []string{"position", "recorded", "ledger", "written", "leaf", "first_recorded", "last_recorded"}

// said is what the read models say of a record, up to an entry: a line for each
// row of each table.
func said(t *testing.T, dir string, id domain.RecordID, upto int) []string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, projectionsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var lines []string
	for _, table := range recordTables(t, db) {
		rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT * FROM %q WHERE record = ?", table), string(id))
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			if line, within := lineOf(table, names, cells, upto); within {
				lines = append(lines, line)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	slices.Sort(lines)
	return lines
}

// lineOf tells a row without what is apart. A row about an entry after the last
// one is left out.
func lineOf(table string, names []string, cells []any, upto int) (string, bool) {
	line := []string{table}
	for i, name := range names {
		if n, ok := cells[i].(int64); ok && name == "entry" && n > int64(upto) {
			return "", false
		}
		counts := table == "record" && name == "entries" // one more says where they came from
		if !slices.Contains(apart, name) && !counts && !holds(table, names, name) {
			line = append(line, fmt.Sprintf("%s=%v", name, cells[i]))
		}
	}
	return strings.Join(line, " "), true
}

// holds says whether a column tells who holds the case, or which entry says so:
// nobody does, once another authority has taken it over.
func holds(table string, columns []string, column string) bool {
	return column == "worker" || column == "team" || column == "entries" && slices.Contains(columns, "worker") ||
		table == "allocation" && slices.Contains([]string{"open", "to_date", "reason"}, column)
}

func recordTables(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'record' WHERE m.type = 'view' ORDER BY m.name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if len(names) < 10 {
		t.Fatalf("only %d tables tell of records: %v", len(names), names)
	}
	return names
}

// lives are the records of a demo, each with the number of its entries.
func lives(t *testing.T, dir string, most int) map[domain.RecordID]int {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, projectionsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT record, count(*) FROM audit GROUP BY record ORDER BY record LIMIT ?", most)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := make(map[domain.RecordID]int)
	for rows.Next() {
		var id domain.RecordID
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			t.Fatal(err)
		}
		all[id] = n
	}
	return all
}

func TestARecordSaysTheSameInTheLedgerThatTookItOver(t *testing.T) {
	most := 1000
	if testing.Short() {
		most = 12
	}
	from, into := smallDemo(t), newLedger(t)
	records := lives(t, from, most)
	packages := make(map[domain.RecordID][]byte)
	var keyText []byte
	to := streams{out: new(bytes.Buffer), err: new(bytes.Buffer)}
	if err := withLog(t.Context(), place{dir: from}, to, func(a *app) error {
		keyText = a.log.keys.Text()
		for id := range records {
			in, _, err := a.evidenceInput(t.Context(), to, schema.Stream(id), evidenceFlags{}, verifierFlags{})
			if err != nil {
				return err
			}
			if packages[id], _, err = a.pack(in, verifierFlags{}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(t.TempDir(), "sender.keys")
	writeFile(t, keyFile, string(keyText))
	trust, err := verifierFlags{keys: keyFile}.trust()
	if err != nil {
		t.Fatal(err)
	}
	if err := withApp(t.Context(), place{dir: into}, to, func(a *app) error {
		for id, pkg := range packages {
			p, err := takeover.Read(pkg, trust, a.sealed.Payload)
			if err != nil {
				return fmt.Errorf("record %s: %w", id, err)
			}
			out, err := takeover.Importer{Records: a.records, Actor: operator("records-officer"), Authority: domain.Authority{Basis: "b", Purpose: "transfer"}}.Take(t.Context(), p)
			if err != nil || out.Record != id || out.Added != records[id]+1+len(p.Held()) || len(out.Unread) > 0 {
				return fmt.Errorf("record %s: %+v, %w", id, out, err)
			}
		}
		return a.catchUp(t.Context(), to)
	}); err != nil {
		t.Fatal(err)
	}
	if held := rows(t, "caseload", "--data", into, "--worker", "sw-063"); len(held) > 0 {
		t.Errorf("a worker here holds %d pieces of work of the sender's", len(held))
	}
	told := 0
	for id, n := range records {
		got, want := said(t, into, id, n), said(t, from, id, n)
		told += len(want)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("record %s, %d lines and %d\n%s\n%s", id, len(got), len(want), at(got, i), at(want, i))
			}
		}
	}
	if told < 10*len(records) {
		t.Errorf("%d lines of %d records are too few to compare", told, len(records))
	}
	t.Logf("%d records, %d lines", len(records), told)
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// positionOf returns where the log of a ledger ends.
func positionOf(t *testing.T, dir string) (at eventstore.Position) {
	t.Helper()
	to := streams{out: new(bytes.Buffer), err: new(bytes.Buffer)}
	if err := withApp(t.Context(), place{dir: dir}, to, func(a *app) (err error) {
		at, err = a.store.Head(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestARecordIsHandedOverVerifiedAndTakenOverOnce(t *testing.T) {
	from, into, dir := smallDemo(t), newLedger(t), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	identity, recipient := newIdentity(t)
	child := string(slices.Sorted(maps.Keys(lives(t, from, 1)))[0])
	writeFile(t, in("keys"), must(t, "log", "keys", "--data", from))

	sent := rows(t, append([]string{"transfer", "export", child, "--data", from, "--to", "Othertown", "--recipient", recipient, "--out", in("a.age"), "--request", "t1"}, recordsOfficer...)...)[0]
	take := append([]string{"transfer", "import", in("a.age"), "--data", into, "--identity", identity, "--keys", in("keys")}, recordsOfficer...)
	before := positionOf(t, into)
	if dry := rows(t, append(take, "--dry-run")...)[0]; dry["added"].(float64) != 0 || positionOf(t, into) != before {
		t.Errorf("a dry run: %v", dry)
	}
	first := rows(t, take...)[0]
	if first["record"] != child || first["added"] != first["entries"] || first["fingerprint"] != sent["fingerprint"] {
		t.Errorf("%v of %v", first, sent)
	}
	after := positionOf(t, into)
	if again := rows(t, take...)[0]; again["added"].(float64) != 0 || positionOf(t, into) != after {
		t.Errorf("the same package twice: %v", again)
	}
	check := []string{"transfer", "verify", child, "--data", into, "--package", in("a.age"), "--identity", identity, "--keys", in("keys")}
	if custody := rows(t, check...)[0]; custody["since"].(float64) != 0 || len(custody["differ"].([]any)) > 0 {
		t.Errorf("%v", custody)
	}
	must(t, "verify", "--data", into)
	if told := must(t, "record", "chronology", child, "--data", from); !strings.Contains(told, "was sent to Othertown") {
		t.Error("the sender's record does not say that it was sent")
	}

	// The sender sends it again: another package, never merged, and somebody is told why it may be the same.
	must(t, append([]string{"transfer", "export", child, "--data", from, "--to", "Othertown", "--recipient", recipient, "--out", in("b.age"), "--request", "t2"}, recordsOfficer...)...)
	take[2] = in("b.age")
	second := rows(t, take...)[0]
	if second["record"] == child || len(second["alike"].([]any)) == 0 {
		t.Errorf("%v", second)
	}
}

func TestASpoiledOrPartialPackageIsRefusedAndNothingIsWritten(t *testing.T) {
	from, into, dir := smallDemo(t), newLedger(t), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	identity, recipient := newIdentity(t)
	_, stranger := newIdentity(t)
	child := string(slices.Sorted(maps.Keys(lives(t, from, 1)))[0])
	writeFile(t, in("keys"), must(t, "log", "keys", "--data", from))
	writeFile(t, in("others.keys"), must(t, "log", "keys", "--data", into))
	must(t, "evidence", "--data", from, "--record", child, "--out", in("whole.zip"))
	writeFile(t, in("redactions.csv"), "entry,field,ground,decided-by,decided-on\n1,/happened,third-party,officer,2026-01-05\n")
	must(t, "evidence", "--data", from, "--record", child, "--redactions", in("redactions.csv"), "--out", in("part.zip"))
	must(t, append([]string{"transfer", "export", child, "--data", from, "--to", "O", "--recipient", stranger, "--out", in("stranger.age"), "--request", "t1"}, recordsOfficer...)...)
	must(t, append([]string{"transfer", "export", child, "--data", from, "--to", "O", "--recipient", recipient, "--out", in("cut.age"), "--request", "t2"}, recordsOfficer...)...)
	whole, err := os.ReadFile(in("whole.zip"))
	if err != nil {
		t.Fatal(err)
	}
	spoiled := bytes.Clone(whole)
	spoiled[len(spoiled)/2] ^= 1
	writeFile(t, in("spoiled.zip"), string(spoiled))
	writeFile(t, in("short.zip"), string(whole[:len(whole)/2]))
	closed, err := os.ReadFile(in("cut.age"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, in("cut.age"), string(closed[:len(closed)-9]))
	before := positionOf(t, into)
	for name, args := range map[string][]string{
		"a byte":            {in("spoiled.zip"), "--keys", in("keys")},
		"half of it":        {in("short.zip"), "--keys", in("keys")},
		"a part withheld":   {in("part.zip"), "--keys", in("keys")},
		"others' keys":      {in("whole.zip"), "--keys", in("others.keys")},
		"for somebody else": {in("stranger.age"), "--keys", in("keys"), "--identity", identity},
		"cut at its end":    {in("cut.age"), "--keys", in("keys"), "--identity", identity},
		"not encrypted":     {in("whole.zip"), "--keys", in("keys"), "--identity", identity},
		"encrypted, no key": {in("stranger.age"), "--keys", in("keys")},
	} {
		if code, _, errs := caseledger(t, append(append([]string{"transfer", "import", "--data", into}, args...), recordsOfficer...)...); code != exitVerify {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
	if after := positionOf(t, into); after != before {
		t.Errorf("the log went from %d to %d", before, after)
	}
	must(t, append([]string{"transfer", "import", in("whole.zip"), "--data", into, "--keys", in("keys")}, recordsOfficer...)...)
}
