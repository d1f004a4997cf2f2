package pgkeys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/eventstore/seal/keys/keystest"
)

// contextOf is a context that lasts beyond the test's, for its cleanup.
func contextOf(t testing.TB) context.Context { return context.WithoutCancel(t.Context()) }

func TestADatabaseKeepsThePromisesOfAKeyStore(t *testing.T) {
	keystest.Store(t, func(t *testing.T) keystest.Opened {
		b, k := newBase(t), testKMS(t)
		return promising(b, k, b.create(k))
	})
}

func promising(b base, k keys.KMS, s *Store) keystest.Opened {
	return keystest.Opened{Store: s, Renew: s.Renew, Again: func() keystest.Opened {
		if err := s.Close(); err != nil {
			b.t.Fatal(err)
		}
		return promising(b, k, b.open(b.options(), k))
	}}
}

func TestProcessesThatRaceForAPlaceGetOneKey(t *testing.T) {
	const places, destroyed = 40, 35
	b, k := newBase(t), testKMS(t)
	b.create(k)
	var got [4][places]seal.Key
	var all sync.WaitGroup
	for i := range got {
		s := b.open(b.options(), k)
		for half := range 2 {
			all.Go(func() {
				for j := half; j < places; j += 2 {
					key, err := s.ForSealing(t.Context(), keys.Place{Stream: fmt.Sprint("record-", j)})
					if err != nil && !errors.Is(err, seal.ErrErased) {
						t.Error(err)
					}
					got[i][j] = key
					disturb(t, s, i, j, destroyed)
				}
			})
		}
	}
	all.Wait()
	s := b.open(b.options(), k)
	for j := range places {
		key, err := s.ForSealing(t.Context(), keys.Place{Stream: fmt.Sprint("record-", j)})
		if j == destroyed && !errors.Is(err, seal.ErrErased) || j != destroyed && err != nil {
			t.Errorf("place %d: %v", j, err)
		}
		for i := range got {
			if j != destroyed && got[i][j] != key {
				t.Errorf("place %d has two keys", j)
			}
		}
	}
	if found, err := s.List(t.Context()); err != nil || len(found) != places+10 {
		t.Errorf("%d keys: %v", len(found), err)
	}
}

// disturb renews, prepares and destroys meanwhile.
func disturb(t *testing.T, s *Store, process, place, destroyed int) {
	if process == 0 && place%10 == 0 {
		if err := s.Renew(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if place%4 == 0 {
		if err := s.Prepare(t.Context(), []keys.Place{{Stream: fmt.Sprint("other-", place)}, {Stream: fmt.Sprint("record-", place+1)}}); err != nil {
			t.Error(err)
		}
	}
	if place == destroyed {
		if _, err := s.Destroy(t.Context(), []keys.Place{{Stream: fmt.Sprint("record-", place)}}, destruction); err != nil {
			t.Error(err)
		}
	}
}

func TestAKeyThatOneProcessMadeIsOpenedByAnotherAtOnce(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	first := b.create(k)
	second := b.open(b.options(), k)
	for i := range 20 {
		key := sealing(t, first, keys.Place{Stream: fmt.Sprint("record-", i)})
		if got, err := second.ForOpening(t.Context(), key.ID); err != nil || got != key {
			t.Errorf("%v", err)
		}
	}
}

func TestADestructionIsSeenBeforeAnotherProcessSealsAgain(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	first := b.create(k)
	key := sealing(t, first, mary)
	second := b.open(b.options(), k)
	third := b.open(b.options(), k)
	if sealing(t, second, mary) != key {
		t.Error("two keys")
	}
	if _, err := first.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	var gone *keys.DestroyedError
	if _, err := second.ForSealing(t.Context(), mary); !errors.As(err, &gone) || *gone.Destroyed != destruction || gone.Check != keys.CheckOf(key) {
		t.Errorf("%v", err)
	}
	if _, err := second.ForOpening(t.Context(), key.ID); !errors.Is(err, seal.ErrErased) {
		t.Errorf("after it sealed: %v", err)
	}
	until(t, "a process that asks for nothing sees the destruction", func() bool {
		_, err := third.ForOpening(t.Context(), key.ID)
		return errors.Is(err, seal.ErrErased)
	})
}

func TestAKeyThatWasMadeAndDestroyedBetweenTwoLooksIsDestroyed(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	first := b.create(k)
	second := b.open(b.options(), k)
	key := sealing(t, first, mary)
	later := sealing(t, first, tom)
	if _, err := first.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ForOpening(t.Context(), key.ID); !errors.Is(err, seal.ErrErased) {
		t.Errorf("%v", err)
	}
	if got, err := second.ForOpening(t.Context(), later.ID); err != nil || got != later {
		t.Errorf("%v", err)
	}
}

func TestKnownKeysOpenWithoutTheDatabaseForAsLongAsTheOptionSays(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	b.create(k)
	patient, w := b.wired()
	patient.Stale = time.Hour
	impatient := patient
	impatient.Stale = 50 * time.Millisecond
	long, short := b.open(patient, k), b.open(impatient, k)
	key := sealing(t, long, mary)
	until(t, "both know the key", func() bool {
		_, err := short.ForOpening(t.Context(), key.ID)
		return err == nil
	})
	w.set(true)
	if got, err := long.ForOpening(t.Context(), key.ID); err != nil || got != key {
		t.Errorf("a known key: %v", err)
	}
	if _, err := long.ForOpening(t.Context(), "k-00000000000000000000000000000000"); !errors.Is(err, keys.ErrUnreachable) || errors.Is(err, keys.ErrUnknown) {
		t.Errorf("an unknown key: %v", err)
	}
	if _, err := long.ForSealing(t.Context(), mary); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("sealing: %v", err)
	}
	if _, err := long.Destroy(t.Context(), []keys.Place{mary}, destruction); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("destroying: %v", err)
	}
	if err := long.Renew(t.Context()); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("renewing: %v", err)
	}
	if _, err := Open(t.Context(), patient, k); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("opening: %v", err)
	}
	until(t, "a process that heard nothing for long opens nothing", func() bool {
		_, err := short.ForOpening(t.Context(), key.ID)
		return errors.Is(err, keys.ErrUnreachable)
	})
	w.set(false)
	for _, s := range []*Store{long, short} {
		if sealing(t, s, mary) != key {
			t.Error("another key when the database is back")
		}
	}
}

func TestACallerThatStopsWaitingDisturbsNobody(t *testing.T) {
	b := newBase(t)
	s := b.create(testKMS(t))
	s.turn <- struct{}{} // the database takes its time
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	go func() {
		_, err := s.ForSealing(ctx, mary)
		given <- err
	}()
	cancel()
	if err := <-given; !errors.Is(err, keys.ErrUnreachable) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-s.turn
	sealing(t, s, mary)
}

func TestAWriteWhoseAnswerGetsLostIsLookedUp(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	b.create(k)
	o, w := b.wired()
	s := b.open(o, k)
	w.drop(mary)
	key := sealing(t, s, mary)
	if all, err := s.List(t.Context()); err != nil || len(all) != 1 || all[0].ID != key.ID {
		t.Errorf("%v, %v", all, err)
	}
	if !w.dropped() {
		t.Error("no answer got lost")
	}
	w.drop(mary)
	found, err := s.Destroy(t.Context(), []keys.Place{mary}, destruction)
	if err != nil || len(found) != 1 || *found[0].Destroyed != destruction || !w.dropped() {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAConnectionThatTheServerEndsIsMadeAgain(t *testing.T) {
	b := newBase(t)
	s := b.create(testKMS(t))
	key := sealing(t, s, mary)
	for range 3 {
		b.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1`, pid(t, s))
		if sealing(t, s, mary) != key {
			t.Error("another key")
		}
	}
}

// pid is that of the store's process at the server.
func pid(t *testing.T, s *Store) (pid int) {
	t.Helper()
	err := s.inTurn(t.Context(), func() error {
		return s.pool.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(&pid)
	})
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestAStoreThatIsNotThereOrNotOursIsRefused(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	refused := func(o Options, k keys.KMS, want error) {
		t.Helper()
		s, err := Open(t.Context(), o, k)
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		if err == nil {
			s.Close()
		}
	}
	refused(b.options(), k, keys.ErrMissing)
	refused(b.options("dbname", "no_such_database"), k, keys.ErrMissing)
	s := b.create(k)
	sealing(t, s, mary)
	if _, err := Create(t.Context(), b.options(), k); !errors.Is(err, keys.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	refused(b.options(), testKMS(t), keys.ErrUnwrap)
	open := b.options()
	os.Chmod(open.DSNFile, 0o644)
	refused(open, k, keys.ErrExposed)
	refused(Options{DSNFile: file(t, "host=db.anytown.example password=hunter2")}, k, keys.ErrRefused)
	refused(Options{DSNFile: filepath.Join(t.TempDir(), "none")}, k, os.ErrNotExist)
	b.exec("UPDATE caseledger_key_store SET version = 2")
	refused(b.options(), k, ErrLater)
	if _, err := s.ForSealing(t.Context(), tom); !errors.Is(err, ErrLater) {
		t.Errorf("a later version while it runs: %v", err)
	}
	b.exec("UPDATE caseledger_key_store SET version = 1")
	b.exec("DELETE FROM caseledger_key_epochs")
	refused(b.options(), k, keys.ErrNoEpoch)
	b.exec("DELETE FROM caseledger_key_store")
	refused(b.options(), k, keys.ErrMissing)
}

func TestOnlyOneOfTwoProcessesCreates(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	var all sync.WaitGroup
	var errs [4]error
	for i := range errs {
		o := b.options()
		all.Go(func() {
			s, err := Create(t.Context(), o, k)
			if errs[i] = err; err == nil {
				s.Close()
			}
		})
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, keys.ErrExists) {
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d have created it", made)
	}
	b.open(b.options(), k)
}

func TestNoConnectionStringIsRepeatedAndNoneIsTakenThatOthersCanListenTo(t *testing.T) {
	for dsn, ok := range map[string]bool{
		"":                                false,
		"postgres://u:hunter2@:bad:port/": false,
		"host=10.1.2.3 password=hunter2":  false,
		"host=db.anytown.example password=hunter2 sslmode=require":           false,
		"host=127.0.0.1,10.1.2.3 password=hunter2":                           false,
		"host=db.anytown.example password=hunter2 sslmode=verify-full":       true,
		"postgres://u:hunter2@db.anytown.example/keys?sslmode=verify-full":   true,
		"host=127.0.0.1 password=hunter2":                                    true,
		"host=/run/postgresql password=hunter2":                              true,
		"postgres://u:hunter2@[::1]:5432/keys":                               true,
		"host=db.anytown.example password=hunter2 sslmode=verify-full x='":   false,
		"host=db.anytown.example password=hunter2 connect_timeout=hunter2  ": false,
	} {
		c, err := parseDSN(dsn)
		if (err == nil) != ok {
			t.Errorf("%q: %v", dsn, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("it repeats the password: %v", err)
		}
		if err == nil && c.MaxConns != 1 {
			t.Errorf("%d connections", c.MaxConns)
		}
	}
}

func TestARoleNeedsNoMoreThanTheDocumentationSays(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	role := b.schema
	if _, err := b.Exec(t.Context(), "CREATE ROLE "+role+" LOGIN PASSWORD 'hunter2'"); err != nil {
		t.Skipf("the server lets nobody make a role: %v", err)
	}
	t.Cleanup(func() {
		b.exec("DROP OWNED BY " + role)
		b.exec("DROP ROLE " + role)
	})
	owner := b.create(k)
	key := sealing(t, owner, mary)
	o := b.options("user", role, "password", "hunter2")
	if _, err := Open(t.Context(), o, k); !errors.Is(err, keys.ErrDenied) && !errors.Is(err, keys.ErrMissing) {
		t.Errorf("a role without any right: %v", err)
	}
	b.exec("GRANT USAGE ON SCHEMA " + b.schema + " TO " + role)
	b.exec("GRANT SELECT, UPDATE ON caseledger_key_store TO " + role)
	b.exec("GRANT SELECT ON caseledger_key_epochs TO " + role)
	b.exec("GRANT SELECT, INSERT, UPDATE (record) ON caseledger_keys TO " + role)
	s := b.open(o, k)
	if sealing(t, s, mary) != key {
		t.Error("another key")
	}
	sealing(t, s, tom)
	if _, err := s.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Error(err)
	}
	if err := s.Renew(t.Context()); !errors.Is(err, keys.ErrDenied) {
		t.Errorf("a renewal: %v", err)
	}
	b.exec("GRANT INSERT, DELETE ON caseledger_key_epochs, caseledger_keys TO " + role)
	if err := s.Renew(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Create(t.Context(), o, k); !errors.Is(err, keys.ErrDenied) {
		t.Errorf("creating: %v", err)
	}
}

// contents is all that the tables hold.
func (b base) contents() []byte {
	b.t.Helper()
	var all []byte
	for _, table := range []string{"caseledger_key_store", "caseledger_key_epochs", "caseledger_keys"} {
		rows, err := b.Query(b.t.Context(), "SELECT * FROM "+table)
		if err != nil {
			b.t.Fatal(err)
		}
		for rows.Next() {
			for _, raw := range rows.RawValues() {
				all = append(append(all, raw...), '\n')
			}
		}
		if err := rows.Err(); err != nil {
			b.t.Fatal(err)
		}
	}
	return all
}

func (b base) number(sql string) (n int) {
	b.t.Helper()
	if err := b.QueryRow(b.t.Context(), sql).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestTheDatabaseHoldsNoSecretAndNothingOfADestroyedKey(t *testing.T) {
	b := newBase(t)
	s := b.create(testKMS(t))
	first, second := sealing(t, s, mary), sealing(t, s, tom)
	var record []byte
	if err := b.QueryRow(t.Context(), "SELECT record FROM caseledger_keys WHERE n = 1").Scan(&record); err != nil {
		t.Fatal(err)
	}
	wrapped := record[keys.ClearBytes : keys.RecordBytes-keys.TagBytes]
	if !bytes.Contains(b.contents(), wrapped) {
		t.Error("the test does not see the tables")
	}
	if _, err := s.Destroy(t.Context(), []keys.Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string][]byte{"a key": first.Secret[:], "the other key": second.Secret[:], "a stream": []byte(mary.Stream), "a destroyed key, wrapped": wrapped} {
		if bytes.Contains(b.contents(), secret) {
			t.Errorf("the tables hold %s", what)
		}
	}
	if err := s.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.number("SELECT count(*) FROM caseledger_keys"); n != 2 {
		t.Errorf("%d records after the renewal", n)
	}
	if n := b.number("SELECT count(*) FROM caseledger_key_epochs"); n != 1 {
		t.Errorf("%d epoch keys after the renewal", n)
	}
}

func TestWhateverIsAlteredInTheTablesIsFound(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	s := b.create(k)
	for i := range 4 {
		sealing(t, s, keys.Place{Stream: fmt.Sprint("record-", i)})
	}
	if _, err := s.Destroy(t.Context(), []keys.Place{{Stream: "record-0"}}, destruction); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, alter := range []string{
		"UPDATE caseledger_keys SET record = set_bit(record, 3, 1 - get_bit(record, 3)) WHERE n = 1",
		"UPDATE caseledger_keys SET record = set_bit(record, 700, 1 - get_bit(record, 700)) WHERE n = 3",
		"UPDATE caseledger_keys SET record = substring(record FOR 52) || substring(record FROM 145) WHERE n = 2",
		"DELETE FROM caseledger_keys WHERE n = 2",
		"DELETE FROM caseledger_keys WHERE n = 5",
		"INSERT INTO caseledger_keys SELECT epoch, 6, record FROM caseledger_keys WHERE n = 5",
		"UPDATE caseledger_keys SET n = n + 1 WHERE n = 5",
		"UPDATE caseledger_keys SET n = CASE n WHEN 3 THEN 13 ELSE 14 END WHERE n IN (3, 4); UPDATE caseledger_keys SET n = CASE n WHEN 13 THEN 4 ELSE 3 END WHERE n > 10",
		"UPDATE caseledger_key_store SET last = 4",
		"UPDATE caseledger_key_store SET last = 6",
		"UPDATE caseledger_key_store SET tag = 'abc'",
		"UPDATE caseledger_key_store SET header = set_bit(header, 300, 1 - get_bit(header, 300))",
		"UPDATE caseledger_key_store SET header = '\\x00'",
		"UPDATE caseledger_key_epochs SET wrapped = wrapped || '\\x0a'",
	} {
		b.exec("CREATE TABLE old_keys AS TABLE caseledger_keys; CREATE TABLE old_store AS TABLE caseledger_key_store; CREATE TABLE old_epochs AS TABLE caseledger_key_epochs")
		b.exec(alter)
		if s, err := Open(t.Context(), b.options(), k); !errors.Is(err, keys.ErrCorrupt) {
			t.Errorf("%s: %v", alter, err)
			if err == nil {
				s.Close()
			}
		}
		b.exec(`DELETE FROM caseledger_keys; DELETE FROM caseledger_key_store; DELETE FROM caseledger_key_epochs;
			INSERT INTO caseledger_keys TABLE old_keys; INSERT INTO caseledger_key_store TABLE old_store; INSERT INTO caseledger_key_epochs TABLE old_epochs;
			DROP TABLE old_keys, old_store, old_epochs`)
	}
	b.open(b.options(), k)
}

func TestADatabaseThatIsPutBackToABackupIsNoticedByThoseWhoSawMore(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	s := b.create(k)
	sealing(t, s, mary)
	b.exec("CREATE TABLE old_keys AS TABLE caseledger_keys; CREATE TABLE old_store AS TABLE caseledger_key_store")
	key := sealing(t, s, tom)
	b.exec("DELETE FROM caseledger_keys; DELETE FROM caseledger_key_store; INSERT INTO caseledger_keys TABLE old_keys; INSERT INTO caseledger_key_store TABLE old_store")
	seals := func() error {
		_, err := s.ForSealing(t.Context(), keys.Place{Stream: "record-new"})
		return err
	}
	if err := seals(); !errors.Is(err, keys.ErrCorrupt) {
		t.Errorf("shorter than before: %v", err)
	}
	other := b.open(b.options(), k)
	if _, err := other.ForOpening(t.Context(), key.ID); !errors.Is(err, keys.ErrUnknown) {
		t.Errorf("the key that the backup has not: %v", err)
	}
	sealing(t, other, keys.Place{Stream: "record-other"})
	if err := seals(); !errors.Is(err, keys.ErrCorrupt) {
		t.Errorf("as long as before, and another: %v", err)
	}
	sealing(t, other, keys.Place{Stream: "record-third"})
	if err := seals(); !errors.Is(err, keys.ErrCorrupt) {
		t.Errorf("longer than before, and another: %v", err)
	}
}

// otherName is a KMS of another name.
type otherName struct{ keys.KMS }

func (otherName) Name() string { return "other" }

// away is a KMS that cannot be reached.
type away struct{ keys.KMS }

func (away) Wrap(context.Context, []byte) ([]byte, error) { return nil, keys.ErrUnreachable }

func TestAStoreGoesOverToAnotherKMSAndOpensUnderThatAlone(t *testing.T) {
	b, old, next := newBase(t), testKMS(t), otherName{testKMS(t)}
	s := b.create(old)
	other := b.open(b.options(), old)
	key := sealing(t, s, mary)
	before, err := s.Epoch()
	if err != nil || before.Number != 1 || before.KMS != "key-file" || len(before.Wrapped) == 0 || before.Begun.IsZero() {
		t.Errorf("%+v, %v", before, err)
	}
	if err := s.RenewUnder(t.Context(), away{next}); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("%v", err)
	}
	if e, err := s.Epoch(); err != nil || !reflect.DeepEqual(e, before) {
		t.Errorf("a renewal that the KMS did not answer: %+v, %v", e, err)
	}
	if err := s.RenewUnder(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	after, err := s.Epoch()
	if err != nil || after.Number != 2 || after.KMS != "other" || after.Check == before.Check {
		t.Errorf("%+v, %v", after, err)
	}
	if _, err := other.ForSealing(t.Context(), mary); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("a process with the old secret: %v", err)
	}
	if _, err := Open(t.Context(), b.options(), old); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("the old secret: %v", err)
	}
	if sealing(t, b.open(b.options(), next), mary) != key {
		t.Error("another key")
	}
	if err := s.Renew(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestKeysGoFromADirectoryToADatabaseAndBack(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	d, err := keys.CreateDirectory(t.Context(), keys.Dirs{Keys: filepath.Join(t.TempDir(), "keys")}, k)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	key := sealing(t, d, mary)
	sealing(t, d, tom)
	if _, err := d.Destroy(t.Context(), []keys.Place{tom}, destruction); err != nil {
		t.Fatal(err)
	}
	first, second := identity(t), identity(t)
	var export bytes.Buffer
	if err := d.Export(&export, first.Recipient().String(), second.Recipient().String()); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), b.options(), k, bytes.NewReader(export.Bytes()), second, first); err == nil {
		t.Error("imported by the officers in the wrong order")
	}
	s := b.opened(Import(t.Context(), b.options(), k, &export, first, second))
	if sealing(t, s, mary) != key {
		t.Error("another key")
	}
	export.Reset()
	if err := s.Export(&export, first.Recipient().String(), second.Recipient().String()); err != nil {
		t.Fatal(err)
	}
	back, err := keys.ImportDirectory(t.Context(), keys.Dirs{Keys: filepath.Join(t.TempDir(), "keys")}, k, &export, first, second)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	want, _ := d.List(t.Context())
	got, err := back.List(t.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAPrepareOfManyIsReadInPages(t *testing.T) {
	b, k := newBase(t), testKMS(t)
	s := b.create(k)
	places := make([]keys.Place, pageRecords+1)
	for i := range places {
		places[i].Stream = fmt.Sprint("record-", i)
	}
	if err := s.Prepare(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Destroy(t.Context(), places[:10], destruction); err != nil {
		t.Fatal(err)
	}
	want, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := b.open(b.options(), k).List(t.Context())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d keys, not %d: %v", len(got), len(want), err)
		}
		if err := s.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClosedStoreGivesNoKeys(t *testing.T) {
	b := newBase(t)
	s := b.create(testKMS(t))
	key := sealing(t, s, mary)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_, opening := s.ForOpening(t.Context(), key.ID)
	_, sealing := s.ForSealing(t.Context(), mary)
	_, list := s.List(t.Context())
	_, destroy := s.Destroy(t.Context(), []keys.Place{mary}, destruction)
	_, epoch := s.Epoch()
	for _, err := range []error{opening, sealing, list, destroy, epoch, s.Renew(t.Context()), s.Prepare(t.Context(), []keys.Place{mary})} {
		if !errors.Is(err, keys.ErrClosed) {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
