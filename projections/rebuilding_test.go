package projections_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/projections"
)

// rebuilder is a runner that rebuilds however short the log is.
func rebuilder(t testing.TB, db *projections.DB, store meanwhile, all ...projections.Projection) *projections.Runner {
	t.Helper()
	r := runner(t, db, store, all...)
	r.SetRebuildFrom(0)
	return r
}

func undisturbed(l *ledger) meanwhile { return meanwhile{l.store, func() {}} }

func TestARebuildFindsTheEventThatCannotBeAppliedAndRebuildsTheOthers(t *testing.T) {
	l := newLedger(t)
	names(l)
	failing := journal(1, func(id domain.RecordID, _ domain.Entry) error {
		if id == ben {
			return errPlanted
		}
		return nil
	})
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	r := rebuilder(t, db, undisturbed(l), append(projections.All(), failing)...)
	err := r.CatchUp(ctx, nil)
	if want := "projection journal: position 30: stream record-bbbb: planted"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1" {
		t.Errorf("rows %s", got)
	}
	if got, want := digests(t, db), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("the others\n%s\nwant\n%s", got, want)
	}
}

func TestARebuildThatIsBrokenOffBeginsAnew(t *testing.T) {
	l := annsStory(t)
	db := open(t)
	stopping, stop := context.WithCancel(ctx)
	half := journal(1, func(id domain.RecordID, _ domain.Entry) error {
		if id == ben {
			stop()
		}
		return nil
	})
	r := rebuilder(t, db, undisturbed(l), append(projections.All(), half)...)
	if err := r.CatchUp(stopping, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if got := status(t, db); strings.Count(got, " at 0 ") != 1+len(projections.All()) {
		t.Errorf("a rebuild broken off left\n%s", got)
	}
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := digests(t, db), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("the second time\n%s\nwant\n%s", got, want)
	}
}

func TestNobodySeesRowsOfARebuildBeforeItIsWhole(t *testing.T) {
	l := newLedger(t)
	names(l)
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	look := reader(t, path)
	r := rebuilder(t, db, undisturbed(l), journal(1, func(domain.RecordID, domain.Entry) error {
		if rows, err := look.Query("SELECT * FROM journal"); err == nil {
			rows.Close()
			t.Error("the table is there while it is filled")
		}
		return nil
	}))
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, path); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
		t.Errorf("rows %s", got)
	}
}

func TestARebuildOfAFileThatAnotherProcessBeginsAnewLeavesItToThatOne(t *testing.T) {
	l := newLedger(t)
	names(l)
	for _, read := range []int32{1, 7} { // events: while the log is looked over, and while records are folded
		path := filepath.Join(t.TempDir(), "r.db")
		other := rebuilder(t, openFile(t, path), undisturbed(l), journal(1, never))
		var n atomic.Int32
		between := meanwhile{l.store, func() {
			if n.Add(1) == read {
				if err := other.CatchUp(ctx, nil); err != nil {
					t.Error(err)
				}
			}
		}}
		r := rebuilder(t, openFile(t, path), between, journal(1, never))
		if err := r.CatchUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if got := journalOf(t, fileReader(t, path)); got != "aaaa/1/1 aaaa/2/1 aaaa/3/1 bbbb/1/1" {
			t.Errorf("rows %s", got)
		}
	}
}

func TestTheFileOfARebuildIsInOrderAndAlone(t *testing.T) {
	l := annsStory(t)
	path := filepath.Join(t.TempDir(), "r.db")
	for _, suffix := range []string{".new", ".new-wal", ".new.sorting"} { // as a crash leaves them
		if err := os.WriteFile(path+suffix, []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := rebuilder(t, openFile(t, path), undisturbed(l), projections.All()...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	var verdict string
	if err := fileReader(t, path).QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Error(verdict, err)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || left != nil {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestARebuildBesideTablesThatStayFillsTheTablesThemselves(t *testing.T) {
	l := annsStory(t)
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	if err := runner(t, db, l.store, journal(1, never)).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	want := lines(t, path)
	r := rebuilder(t, db, undisturbed(l), append(projections.All(), journal(1, never))...)
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, path); got != want {
		t.Errorf("rows that should have stayed: %s, want %s", got, want)
	}
	if got, want := digests(t, db), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("rebuilt\n%s\nwant\n%s", got, want)
	}
}

func TestReadersOfAFileThatIsRebuiltSeeTheNewOne(t *testing.T) {
	l := annsStory(t)
	db := open(t)
	r := rebuilder(t, db, undisturbed(l), projections.All()...)
	if n, err := db.Counts(ctx); err != nil || n.Entries != 0 {
		t.Fatal(n, err)
	}
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Counts(ctx); err != nil || n.Entries != l.entries {
		t.Errorf("%d entries, want %d: %v", n.Entries, l.entries, err)
	}
	l.events(ann, identity.Died{Dated: on("2024-02-03")})
	if err := r.CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := digests(t, db), digests(t, caughtUp(t, l)); got != want {
		t.Errorf("after one more entry\n%s\nwant\n%s", got, want)
	}
}

func TestARebuildIsANewFileUnlessSomebodyHasTheOldOneOpen(t *testing.T) {
	l := annsStory(t)
	for _, reads := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "r.db")
		r := rebuilder(t, openFile(t, path), undisturbed(l), projections.All()...)
		idle, err := fileReader(t, path).Conn(ctx) // which holds no lock before it reads
		if err != nil {
			t.Fatal(err)
		}
		var n int
		entries := func() error { return idle.QueryRowContext(ctx, "SELECT count(*) FROM audit").Scan(&n) }
		if reads {
			if err := entries(); err != nil || n != 0 {
				t.Fatal(n, err)
			}
		}
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CatchUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if same := os.SameFile(before, after); same != reads || after.Mode().Perm() != 0o600 {
			t.Errorf("reads %v: the same file %v, mode %v", reads, same, after.Mode())
		}
		if err := entries(); reads && (err != nil || n != l.entries) {
			t.Errorf("a reader sees %d entries of %d: %v", n, l.entries, err)
		} else if !reads && err == nil {
			t.Errorf("a connection to the file that is gone still reads %d entries of it", n)
		}
		if err := idle.Close(); err != nil {
			t.Fatal(err)
		}
		if err := fileReader(t, path).QueryRow("SELECT count(*) FROM audit").Scan(&n); err != nil || n != l.entries {
			t.Errorf("%d entries of %d: %v", n, l.entries, err)
		}
		l.events(ann, identity.Died{Dated: on("2024-02-03")})
		if err := r.CatchUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if err := fileReader(t, path).QueryRow("SELECT count(*) FROM audit").Scan(&n); err != nil || n != l.entries {
			t.Errorf("followed on: %d entries of %d: %v", n, l.entries, err)
		}
	}
}

func TestTextsComeBackAsTheyWereGiven(t *testing.T) {
	l := newLedger(t)
	for _, name := range []string{"O'Neill", "'", "''", "NULL", "','NULL", "a\x1fb\nc", "é 'Ω'", "%Q", "?"} {
		l.events(ann, identity.Named{Dated: on("2015-05-05"), Kind: "legal", Given: name, Family: name + "'"})
		people, err := caughtUp(t, l).People(ctx, projections.PeopleFilter{})
		if err != nil || len(people) != 1 || people[0].Given != name || people[0].Family != name+"'" {
			t.Errorf("%q comes back as %+v, %v", name, people, err)
		}
	}
}
