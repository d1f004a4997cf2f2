package projections_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/eventstore"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
)

// journal is a projection with a row for each entry. fail is asked first.
func journal(version int, fail func(domain.RecordID, domain.Entry) error) projections.Projection {
	return projections.Projection{
		Name: "journal", Version: version,
		Tables: []projections.Table{{
			Name: "journal", Key: []string{"record", "entry"},
			Columns: []projections.Column{{"record", projections.Text, "."}, {"entry", projections.Integer, "."}, {"version", projections.Integer, "."}},
		}},
		Apply: func(w *projections.Writer, c projections.Change) error {
			first, last := c.Entries[0].Seq, c.Entries[len(c.Entries)-1].Seq
			if before, after := uint64(len(c.Before.Entries)), uint64(len(c.After.Entries)); before != first-1 || after != last {
				return fmt.Errorf("entries %d to %d come with records of %d and %d", first, last, before, after)
			}
			for _, e := range c.Entries {
				if err := w.Insert("journal", c.Record, e.Seq, version); err != nil {
					return err
				}
				if err := fail(c.Record, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func never(domain.RecordID, domain.Entry) error { return nil }

// idle is a projection that writes nothing.
func idle(name string) projections.Projection {
	return projections.Projection{Name: name, Version: 1, Apply: func(*projections.Writer, projections.Change) error { return nil }}
}

// lines reads "aaaa/1 aaaa/2 bbbb/1" from the file with a connection of its
// own, as an analyst would.
func lines(t testing.TB, path string) string {
	t.Helper()
	return journalOf(t, reader(t, path))
}

func journalOf(t testing.TB, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query("SELECT record, entry, version FROM journal ORDER BY record, entry")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var record string
		var entry, version int
		if err := rows.Scan(&record, &entry, &version); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, fmt.Sprintf("%s/%d/%d", record, entry, version))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(texts, " ")
}

func reader(t testing.TB, path string) *sql.DB {
	t.Helper()
	if onPostgres {
		return rawSchema(t, dsnOf(t, path))
	}
	return fileReader(t, path)
}

func fileReader(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func status(t testing.TB, db *projections.DB) string {
	t.Helper()
	all, err := db.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range all {
		texts = append(texts, fmt.Sprintf("%s v%d at %d in use %t %s", s.Name, s.Version, s.Position, s.InUse, s.Stopped))
	}
	return strings.Join(texts, "\n")
}

// names appends positions 10 to 40: two entries of ann, one of ben, one of ann.
func names(l *ledger) {
	named := identity.Named{Dated: on("2024-01-02"), Kind: "legal", Given: "G", Family: "F"}
	l.events(ann, named, named)
	l.events(ben, named)
	l.events(ann, named)
}

var errPlanted = errors.New("planted")

func TestAnEventThatCannotBeAppliedStopsItsProjectionAndNoOther(t *testing.T) {
	l := newLedger(t)
	names(l)
	broken := true
	failing := journal(1, func(id domain.RecordID, e domain.Entry) error {
		if broken && id == ben {
			return errPlanted
		}
		return nil
	})
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	r := runner(t, db, l.store, failing, idle("other"))

	err := r.CatchUp(ctx, nil)
	if want := "projection journal: position 30: stream record-bbbb: planted"; err == nil || err.Error() != want || !errors.Is(err, errPlanted) {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1" {
		t.Errorf("rows %s", got)
	}
	want := "journal v1 at 20 in use true projection journal: position 30: stream record-bbbb: planted\nother v1 at 40 in use true "
	if got := status(t, db); got != want {
		t.Errorf("status\n%s\nwant\n%s", got, want)
	}

	broken = false
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Error(err)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
		t.Errorf("after the repair: rows %s", got)
	}
	if got := status(t, db); strings.Contains(got, "planted") || !strings.Contains(got, "journal v1 at 40") {
		t.Errorf("after the repair: %s", got)
	}
}

func TestProgressIsSavedWithTheRowsAndNotWhenAnEventIsFetched(t *testing.T) {
	l := newLedger(t)
	names(l)
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	stopping, stop := context.WithCancel(ctx)
	half := journal(1, func(id domain.RecordID, _ domain.Entry) error {
		if id == ben {
			stop()
		}
		return stopping.Err()
	})
	r := runner(t, db, l.store, append(projections.All(), half)...)
	if err := r.CatchUp(stopping, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if got := lines(t, path) + status(t, db); strings.Count(got, " at 0 ") != 1+len(projections.All()) || strings.Contains(got, "/") {
		t.Errorf("an interrupted batch left %s", got)
	}
	stopping = ctx
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
		t.Errorf("rows %s", got)
	}
	if got, want := digests(t, db), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("after the interruption\n%s\nwant\n%s", got, want)
	}
}

func TestALongLogIsAppliedInSeveralTransactions(t *testing.T) {
	l := newLedger(t)
	const events = 20_001
	for i := range events {
		l.events(domain.RecordID(fmt.Sprint("child", i%1000)), identity.Born{Dated: on("2015-05-05")})
	}
	path := filepath.Join(t.TempDir(), "r.db")
	r := runner(t, openAt(t, path), l.store, journal(1, never))
	r.SetRebuildFrom(events + 1)
	var seen []eventstore.Position
	if err := r.CatchUp(ctx, func(p eventstore.Position) { seen = append(seen, p) }); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := reader(t, path).QueryRow("SELECT count(*) FROM journal").Scan(&rows); err != nil || rows != events {
		t.Errorf("%d rows, %v", rows, err)
	}
	if fmt.Sprint(seen) != "[50000 100000 150000 200000 200010]" {
		t.Errorf("progress at %v", seen)
	}
}

func TestAFileAsACrashLeavesItIsCaughtUpToTheSameRows(t *testing.T) {
	l := annsStory(t)
	want := digests(t, caughtUp(t, l))
	folder, crashed := t.TempDir(), ""
	path := filepath.Join(folder, "r.db")
	spy := journal(1, func(id domain.RecordID, _ domain.Entry) error {
		if id == ben && crashed == "" {
			crashed = filepath.Join(t.TempDir(), "r.db")
			for _, suffix := range []string{"", "-wal"} {
				copyFile(t, path+suffix, crashed+suffix)
			}
		}
		return nil
	})
	db := openFile(t, path)
	before := runner(t, db, l.store, append(projections.All(), spy)...)
	if err := before.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	again := openFile(t, crashed)
	if got := status(t, again); strings.Contains(got, "at 1") {
		t.Errorf("the crash left progress: %s", got)
	}
	if err := runner(t, again, l.store, append(projections.All(), journal(1, never))...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := digests(t, again); got != want {
		t.Errorf("after the crash\n%s\nwant\n%s", got, want)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// digests are those of all projections of the product.
func digests(t testing.TB, db *projections.DB) string {
	t.Helper()
	var all []string
	for _, p := range projections.All() {
		sum, err := db.Digest(ctx, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Name+" "+sum)
	}
	return strings.Join(all, "\n")
}

func TestReadersOfARaisedVersionSeeTheOldRowsOrTheNewAndNeverAMixture(t *testing.T) {
	l := newLedger(t)
	names(l)
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	if err := runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	const old, fresh = "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1", "aaaa/1/2 aaaa/2/2 aaaa/3/2 aaaa/4/2 bbbb/1/2"
	l.events(ann, identity.Born{Dated: on("2015-05-05")})

	reading, stop := context.WithCancel(ctx)
	seen := make(chan string)
	go func() { // a reader who never stops asking
		defer close(seen)
		for reading.Err() == nil {
			if got := lines(t, path); got != old && got != fresh {
				seen <- got
				return
			}
		}
	}()
	raised := journal(2, func(domain.RecordID, domain.Entry) error {
		if got := lines(t, path); got != old {
			t.Errorf("while the new tables are built: %s", got)
		}
		return nil
	})
	r := runner(t, db, l.store, raised)
	if got := lines(t, path); got != old {
		t.Errorf("before the rebuild: %s", got)
	}
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, path); got != fresh {
		t.Errorf("after the rebuild: %s", got)
	}
	stop()
	if got, ok := <-seen; ok {
		t.Errorf("a reader saw %s", got)
	}
	if got := status(t, db); got != "journal v2 at 50 in use true " {
		t.Errorf("status %s", got)
	}
	var tables int
	count := "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 'journal$_$_v%' ESCAPE '$'"
	if onPostgres {
		count = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'journal$_$_v%' ESCAPE '$'"
	}
	if err := reader(t, path).QueryRow(count).Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables are left, %v", tables, err)
	}
}

func TestARaisedVersionThatFailsLeavesTheOldRowsToReaders(t *testing.T) {
	l := newLedger(t)
	names(l)
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	if err := runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	failing := journal(2, func(domain.RecordID, domain.Entry) error { return errPlanted })
	if err := runner(t, db, l.store, failing).CatchUp(ctx, nil); !errors.Is(err, errPlanted) {
		t.Errorf("error %v", err)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
		t.Errorf("rows %s", got)
	}
	if err := runner(t, db, l.store, journal(3, never)).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := status(t, db); got != "journal v3 at 40 in use true " {
		t.Errorf("status %s", got)
	}
}

func TestAnOlderProgramIsRefused(t *testing.T) {
	db := open(t)
	runner(t, db, newStore(), journal(2, never))
	_, err := projections.NewRunner(db, newStore(), codec, []projections.Projection{journal(1, never)})
	if err == nil || !strings.Contains(err.Error(), "the tables are of version 2, this program makes version 1") {
		t.Errorf("error %v", err)
	}
}

func TestRowsOfAnotherLedgerOrOfALaterOneAreRefused(t *testing.T) {
	l := newLedger(t)
	names(l)
	other := newLedger(t)
	other.salt = 1
	names(other)
	shorter := newLedger(t)
	shorter.events(ann, identity.Born{Dated: on("2015-05-05")})
	db := open(t)
	if err := runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	for what, store := range map[string]spaced{"empty": newStore(), "shorter": shorter.store, "another": other.store} {
		if err := runner(t, db, store, journal(1, never)).CatchUp(ctx, nil); !errors.Is(err, projections.ErrUnusable) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	if err := runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil); err != nil {
		t.Errorf("the same ledger: %v", err)
	}
}

func TestADamagedFileSaysThatItCanBeDeletedAndRebuilt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := projections.Open(path); !errors.Is(err, projections.ErrUnusable) {
		t.Errorf("garbage: %v", err)
	}

	path = filepath.Join(t.TempDir(), "r.db")
	db := openFile(t, path)
	l := annsStory(t)
	if err := runner(t, db, l.store, projections.All()...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(data); i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := useAll(path, l); !errors.Is(err, projections.ErrUnusable) {
		t.Errorf("overwritten pages: %v", err)
	}
}

// useAll opens a file, catches up and reads every table.
func useAll(path string, l *ledger) error {
	db, err := projections.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := projections.NewRunner(db, l.store, codec, projections.All())
	if err != nil {
		return err
	}
	err = r.CatchUp(ctx, nil)
	for _, p := range projections.All() {
		_, digest := db.Digest(ctx, p.Name)
		err = errors.Join(err, digest)
	}
	return err
}

func TestTheDatabaseOfAnotherProgramIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec("CREATE TABLE precious (n)"); err != nil {
		t.Fatal(err)
	}
	if _, err := projections.Open(path); err == nil || errors.Is(err, projections.ErrUnusable) {
		t.Errorf("error %v", err)
	}
}

func TestOnlyTheOwnerMayReadTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	db := openFile(t, path)
	runner(t, db, newStore(), projections.All()...)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v, %v", suffix, info.Mode(), err)
		}
	}
}

func TestAnEventThatNobodyKnowsStopsAllBeforeIt(t *testing.T) {
	l := newLedger(t)
	names(l)
	const stream, kind = "record-cccc", "person.cloned/1"
	key, err := codec.Keys.ForSealing(ctx, keys.Place{Stream: stream})
	if err != nil {
		t.Fatal(err)
	}
	header := seal.Chain{Ledger: codec.Ledger, Record: stream}.Header(moment(9), kind)
	leaf, blob, err := seal.Seal(header, []byte(`{"of":"dolly"}`), key, eventstore.EventID{1}, codec.Random)
	if err != nil {
		t.Fatal(err)
	}
	e := eventstore.Event{ID: eventstore.EventID{1}, Type: kind, Metadata: leaf, Data: blob}
	if _, err := l.store.Append(ctx, stream, 0, []eventstore.Event{e}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	err = runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil)
	if err == nil || err.Error() != "position 50: stream record-cccc: the event type is not in the catalogue" {
		t.Errorf("error %v", err)
	}
	if got := status(t, db); got != "journal v1 at 40 in use true " {
		t.Errorf("status %s", got)
	}
}

func TestRunAppliesWhatIsRecordedMeanwhile(t *testing.T) {
	l := newLedger(t)
	names(l)
	running, stop := context.WithCancel(ctx)
	defer stop()
	applied := make(chan uint64, 100)
	db := open(t)
	r := runner(t, db, l.store, journal(1, func(id domain.RecordID, e domain.Entry) error {
		if id == ann {
			applied <- e.Seq
		}
		return nil
	}))
	ended := make(chan error)
	go func() { ended <- r.Run(running) }()
	for want := uint64(1); want <= 6; want++ {
		if got := <-applied; got != want {
			t.Fatalf("applied %d, want %d", got, want)
		}
		if want >= 3 { // the end of what there was: each further one is awaited
			l.events(ann, identity.Born{Dated: on("2015-05-05")})
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
}

// On PostgreSQL the second process would wait for the first: see
// TestOneProcessAtATimeAppliesAndAnotherTakesOverWhenItsConnectionEnds.
func TestTwoProcessesDoNotApplyAnEventOfAFileTwice(t *testing.T) {
	l := newLedger(t)
	names(l)
	path := filepath.Join(t.TempDir(), "r.db")
	other := runner(t, openFile(t, path), l.store, journal(1, never))
	r := runner(t, openFile(t, path), meanwhile{l.store, func() {
		if err := other.CatchUp(ctx, nil); err != nil {
			t.Error(err)
		}
	}}, journal(1, never))
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := journalOf(t, fileReader(t, path)); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
		t.Errorf("rows %s", got)
	}
}
