package backup

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
)

func TestABackupHoldsTheLedgerAsItsCheckpointHasItAndNoSecret(t *testing.T) {
	r := newLedger(t, 200)
	src := r.source(t)
	for range 50 { // which no checkpoint covers
		if err := r.add(t.Context(), testLedger, 200); err != nil {
			t.Fatal(err)
		}
	}
	repo := establish(t, r, NewDir(t.TempDir()))
	made := create(t, repo, src)
	dir := restores(t, repo, r.keys, made.Backup)
	got := tree(t, dir)
	for _, name := range []string{"log/heads/3", "log/attested/3", "keys/keys-1", lastName} {
		if want := tree(t, r.dir)[name]; got[name] != want || want == "" {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	for _, name := range []string{"log/heads/1000000", "keys/epochs/epoch-1", "log-key", "key"} {
		if _, ok := got[name]; ok {
			t.Errorf("%s was copied", name)
		}
	}
	store, err := journal.Open(filepath.Join(dir, journalDir), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	seen, err := store.Verify(t.Context())
	if err != nil || seen.Events != 200 || seen.Segments < 5 {
		t.Errorf("%+v: %v", seen, err)
	}
}

// aFile is what a file of a record is called.
var aFile = strings.Repeat("5e", 32)

func TestTheFilesOfTheRecordsComeBackWithTheirBackupAndWhatWasNotFinishedDoesNot(t *testing.T) {
	r := newLedger(t, 10)
	content := bytes.Repeat([]byte("sealed"), pieceBytes/4)
	other := strings.Repeat("a0", 32)
	for name, b := range map[string][]byte{"record-a/" + aFile: content, "record-b/" + other: {1}, "unfinished/4711": {2}, "record-b/notes.txt": {3}} {
		path := filepath.Join(r.dir, filesDir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	src, at := r.source(t), t.TempDir()
	repo := establish(t, r, NewDir(at))
	got := tree(t, restores(t, repo, r.keys, create(t, repo, src).Backup))
	if got["files/record-a/"+aFile] != string(content) || got["files/record-b/"+other] != "\x01" {
		t.Error("a file of a record did not come back as it was")
	}
	for name := range got {
		if strings.HasPrefix(name, "files/unfinished") || name == "files/record-b/notes.txt" {
			t.Errorf("%s was copied", name)
		}
	}
	if again := create(t, reopened(t, at), src); !again.Again || again.Objects != 0 {
		t.Errorf("%+v", again)
	}
}

func TestOneCheckpointGivesTheSameFilesWheneverItIsBackedUp(t *testing.T) {
	r := newLedger(t, 150)
	src := r.source(t)
	first, second := t.TempDir(), t.TempDir()
	create(t, establish(t, r, NewDir(first)), src)
	r.grow(t, 200) // which seals the segment that was open, and more
	create(t, establish(t, r, NewDir(second)), src)
	if a, b := tree(t, first), tree(t, second); !maps.Equal(a, b) {
		t.Errorf("%v\n%v", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	}
	if again := create(t, reopened(t, first), src); !again.Again || again.Objects != 0 {
		t.Errorf("%+v", again)
	}
}

func reopened(t *testing.T, dir string) *Repository {
	t.Helper()
	repo, err := Open(t.Context(), NewDir(dir), testKey)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

func TestASealedSegmentIsCopiedOnce(t *testing.T) {
	r := newLedger(t, 300)
	repo := establish(t, r, NewDir(t.TempDir()))
	all := create(t, repo, r.source(t))
	r.grow(t, 1)
	if more := create(t, repo, r.source(t)); more.Objects > 2 || all.Objects < 5 {
		t.Errorf("%d objects for one more entry, %d for the first 300", more.Objects, all.Objects)
	}
	allRestore(t, repo, r.keys)
}

func TestAFileLargerThanAPieceComesBackWhole(t *testing.T) {
	r := newLedger(t, 3)
	if err := r.add(t.Context(), testLedger, 900_000); err != nil {
		t.Fatal(err)
	}
	r.grow(t, 1)
	big := bytes.Repeat([]byte("0123456789"), pieceBytes/8)
	if err := os.WriteFile(filepath.Join(r.dir, keysDir, "keys-2"), big, 0o600); err != nil {
		t.Fatal(err)
	}
	repo := establish(t, r, NewDir(t.TempDir()))
	dir := restores(t, repo, r.keys, create(t, repo, r.source(t)).Backup)
	if got := tree(t, dir)["keys/keys-2"]; got != string(big) {
		t.Errorf("%d bytes of %d", len(got), len(big))
	}
}

func TestNothingOfTheLedgerIsLegibleInARepository(t *testing.T) {
	r := newLedger(t, 20)
	at := t.TempDir()
	create(t, establish(t, r, NewDir(at)), r.source(t))
	for name, text := range tree(t, at) {
		for _, word := range []string{testLedger, "record-1", "note.written", "wrapped keys", "journal"} {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
}

func TestAByteFlippedAnywhereInARepositoryIsFoundAndNamed(t *testing.T) {
	r := newLedger(t, 120)
	at := t.TempDir()
	identity := newIdentity(t)
	files, err := journal.ReadFiles(t.Context(), filepath.Join(r.dir, journalDir), 0)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := Establish(t.Context(), NewDir(at), testKey, testLedger, files.Journal, []string{identity.Recipient().String()})
	if err != nil {
		t.Fatal(err)
	}
	create(t, repo, r.source(t))
	for name, text := range tree(t, at) {
		for _, offset := range []int{0, len(text) / 3, len(text) / 2, len(text) - 1} {
			if offset < 0 || len(text) == 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s at %d", filepath.Base(name), offset), func(t *testing.T) {
				path := filepath.Join(at, name)
				b := []byte(text)
				b[offset] ^= 1
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				if got := damages(t, at); !strings.Contains(got, name) {
					t.Errorf("%q does not name it", got)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	if got := damages(t, at); got != "" {
		t.Errorf("a sound repository: %s", got)
	}
}

// damages is what is found in a repository.
func damages(t *testing.T, at string) string {
	t.Helper()
	repo, err := Open(t.Context(), NewDir(at), testKey)
	if err != nil {
		return err.Error()
	}
	_, wrong, err := repo.Check(t.Context(), nil)
	return strings.Trim(fmt.Sprint(wrong, err), "[] <nil>")
}

func TestAMissingObjectIsFoundAndKeepsARestoreFromAppearing(t *testing.T) {
	r := newLedger(t, 120)
	at := t.TempDir()
	repo := establish(t, r, NewDir(at))
	made := create(t, repo, r.source(t))
	name := objectName(made.Manifest.Files[1].Objects[0])
	if err := os.Remove(filepath.Join(at, name)); err != nil {
		t.Fatal(err)
	}
	if got := damages(t, at); !strings.Contains(got, name) {
		t.Errorf("%q does not name it", got)
	}
	into := filepath.Join(t.TempDir(), "restored")
	var corrupt *CorruptError
	if err := repo.Restore(t.Context(), made.Backup, into, nil); !errors.As(err, &corrupt) || corrupt.File != name {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(into)); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
	if again := create(t, repo, r.source(t)); again.Objects != 1 {
		t.Errorf("the next backup wrote %d objects", again.Objects)
	}
	allRestore(t, repo, r.keys)
}

func TestARestoreOverwritesNothing(t *testing.T) {
	r := newLedger(t, 5)
	repo := establish(t, r, NewDir(t.TempDir()))
	made := create(t, repo, r.source(t))
	before := tree(t, r.dir)
	if err := repo.Restore(t.Context(), made.Backup, r.dir, nil); !errors.Is(err, ErrThere) {
		t.Errorf("%v", err)
	}
	if !maps.Equal(before, tree(t, r.dir)) {
		t.Error("something was written")
	}
	if err := repo.Restore(t.Context(), made.Backup, t.TempDir(), nil); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
}

func TestARepositoryOfAnotherLedgerIsRefused(t *testing.T) {
	const other = "othertown.example/test"
	r := newLedger(t, 5)
	repo := establish(t, r, NewDir(t.TempDir()))
	create(t, repo, r.source(t))
	elsewhere, err := openRig(t.Context(), t.TempDir(), newSigner(other))
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.store.Close()
	if err := errors.Join(elsewhere.add(t.Context(), other, 1), elsewhere.log.CatchUp(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Create(t.Context(), elsewhere.source(t)); !errors.Is(err, ErrOther) {
		t.Errorf("another name: %v", err)
	}
	same := newLedger(t, 9)
	if _, err := repo.Create(t.Context(), same.source(t)); !errors.Is(err, ErrOther) {
		t.Errorf("the same name: %v", err)
	}
}

func TestALedgerThatWentAnotherWayThanItsBackupsIsRefused(t *testing.T) {
	r := newLedger(t, 5)
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	r.grow(t, 2)
	repo := establish(t, r, NewDir(t.TempDir()))
	create(t, repo, r.source(t))
	fork, err := openRig(t.Context(), dir, testSigner())
	if err != nil {
		t.Fatal(err)
	}
	defer fork.store.Close()
	defer fork.log.Close()
	for size := 7; size < 10; size++ {
		fork.ids += 2 // other entries than those of the ledger
		fork.grow(t, size-int(fork.store.Head()))
		if _, err := repo.Create(t.Context(), fork.source(t)); !errors.Is(err, ErrOlder) {
			t.Errorf("%d entries: %v", size, err)
		}
	}
}

func TestALedgerThatIsBehindItsBackupsIsRefused(t *testing.T) {
	r := newLedger(t, 5)
	repo := establish(t, r, NewDir(t.TempDir()))
	old := r.source(t)
	r.grow(t, 5)
	create(t, repo, r.source(t))
	if _, err := repo.Create(t.Context(), old); !errors.Is(err, ErrOlder) {
		t.Errorf("%v", err)
	}
}

func TestAFullDiskLeavesEveryBackupThatIsListed(t *testing.T) {
	r := newLedger(t, 30)
	at := t.TempDir()
	repo := establish(t, r, NewDir(at))
	create(t, repo, r.source(t))
	r.grow(t, 40)
	for left := 0; ; left++ {
		full := &failing{Dir: NewDir(at), left: left, cause: syscall.ENOSPC}
		_, err := (&Repository{at: full, key: testKey, of: repo.of}).Create(t.Context(), r.source(t))
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		if n := len(allRestore(t, repo, r.keys)); n != 1 {
			t.Fatalf("after %d objects: %d backups", left, n)
		}
	}
	if n := len(allRestore(t, repo, r.keys)); n != 2 {
		t.Errorf("with room: %d backups", n)
	}
}

func TestAnInterruptedPruneLeavesEveryBackupThatIsListedAndTheNextOneEndsIt(t *testing.T) {
	r := newLedger(t, 30)
	full, cut := t.TempDir(), errors.New("the power went")
	for range 3 {
		repo, err := Open(t.Context(), NewDir(full), testKey)
		if errors.Is(err, ErrNone) {
			repo = establish(t, r, NewDir(full))
		}
		create(t, repo, r.source(t))
		r.grow(t, 10)
	}
	for left := 0; ; left++ {
		at := filepath.Join(t.TempDir(), "repository")
		if err := os.CopyFS(at, os.DirFS(full)); err != nil {
			t.Fatal(err)
		}
		repo := reopened(t, at)
		weak := &failing{Dir: NewDir(at), left: left, cause: cut}
		_, err := (&Repository{at: weak, key: testKey, of: repo.of}).Prune(t.Context(), 1)
		if len(allRestore(t, repo, r.keys)) == 0 {
			t.Fatal("no backup is left")
		}
		if err == nil {
			break
		}
		if !errors.Is(err, cut) {
			t.Fatal(err)
		}
		if _, err := repo.Prune(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		seen, _, err := repo.Check(t.Context(), nil)
		if err != nil || seen.Unused > 0 || len(allRestore(t, repo, r.keys)) != 1 {
			t.Fatalf("%+v: %v", seen, err)
		}
	}
}

func TestPruneWaitsForNobodyAndDisturbsNobody(t *testing.T) {
	r := newLedger(t, 5)
	at := NewDir(t.TempDir())
	repo := establish(t, r, at)
	create(t, repo, r.source(t))
	held, err := at.Lock(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := repo.Prune(t.Context(), 1); !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
}

func TestARepositoryOpensUnderItsKeyOrAnIdentityOfARecipient(t *testing.T) {
	r := newLedger(t, 5)
	at := NewDir(t.TempDir())
	identity, stranger := newIdentity(t), newIdentity(t)
	files, err := journal.ReadFiles(t.Context(), filepath.Join(r.dir, journalDir), 0)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := Establish(t.Context(), at, testKey, testLedger, files.Journal, []string{identity.Recipient().String()})
	if err != nil {
		t.Fatal(err)
	}
	create(t, repo, r.source(t))
	opened, err := OpenWrapped(t.Context(), at, []age.Identity{identity})
	if err != nil {
		t.Fatal(err)
	}
	allRestore(t, opened, r.keys)
	if _, err := OpenWrapped(t.Context(), at, []age.Identity{stranger}); !errors.Is(err, ErrKey) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := Open(t.Context(), at, NewKey()); !errors.Is(err, ErrKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := Establish(t.Context(), at, testKey, testLedger, files.Journal, nil); !errors.Is(err, ErrThere) {
		t.Errorf("over another: %v", err)
	}
}

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAKeyFileOpenToOthersIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	key := NewKey()
	if err := WriteKey(path, key); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadKey(path); got != key || err != nil {
		t.Error("the key is another", err)
	}
	if WriteKey(path, key) == nil {
		t.Error("a key was overwritten")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("%v", err)
	}
	if text := fmt.Sprintf("%v %s %x %#v", key, key, key, key); strings.Contains(text, fmt.Sprintf("%x", key[0:4:4])) {
		t.Error(text)
	}
}

func TestAManifestThatWouldRestoreElsewhereIsRefused(t *testing.T) {
	for _, path := range []string{"../x", "/etc/passwd", "journal/../x.seg", "log/state", "keys/epochs/epoch-1", "log-key", "journal/LOCK",
		"files/" + aFile, "files/../" + aFile, "files/./" + aFile, "files//" + aFile, "files/record-a/b/" + aFile, "files/record-a/b", "files/record-a/../" + aFile, "files/unfinished/123"} {
		m := Manifest{Format: title, Files: []File{{Path: path}}}
		text, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeManifest(text); err == nil {
			t.Errorf("%s was accepted", path)
		}
	}
}

func TestAJournalThatEndsBeforeItsCheckpointIsNotBackedUp(t *testing.T) {
	r := newLedger(t, 50)
	repo := establish(t, r, NewDir(t.TempDir()))
	src := r.source(t)
	src.Dir = filepath.Join(t.TempDir(), "cut")
	if err := os.CopyFS(src.Dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	segments, _ := filepath.Glob(filepath.Join(src.Dir, journalDir, "*.seg"))
	if err := os.Truncate(segments[len(segments)-1], 60); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Create(t.Context(), src); !errors.Is(err, journal.ErrShort) {
		t.Errorf("%v", err)
	}
	if all, _ := repo.List(t.Context()); len(all) > 0 {
		t.Error("a backup was made")
	}
}

func TestABackupWhoseEntriesAreNotThoseOfItsCheckpointIsNotRestored(t *testing.T) {
	r := newLedger(t, 5)
	src := r.source(t)
	forged, err := testSigner().Sign(proof.Checkpoint{Origin: testLedger, Size: 5, Root: proof.Hash{1}}, testTime)
	if err != nil {
		t.Fatal(err)
	}
	src.Checkpoint = forged
	repo := establish(t, r, NewDir(t.TempDir()))
	made := create(t, repo, src)
	into := filepath.Join(t.TempDir(), "restored")
	var fork *sealer.ForkError
	if err := repo.Restore(t.Context(), made.Backup, into, nil); !errors.As(err, &fork) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(into); err == nil {
		t.Error("it appeared all the same")
	}
}

func TestAnotherContentUnderTheNameOfAnObjectIsRefused(t *testing.T) {
	name, err := testKey.name([]byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := testKey.seal(name, []byte("two"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := testKey.open(name, sealed); !errors.Is(err, errAltered) {
		t.Errorf("%v", err)
	}
}

func TestADamagedManifestHidesNoOtherBackup(t *testing.T) {
	r := newLedger(t, 5)
	at := t.TempDir()
	repo := establish(t, r, NewDir(at))
	first := create(t, repo, r.source(t))
	r.grow(t, 5)
	create(t, repo, r.source(t))
	kept, err := NewDir(at).List(t.Context(), backupsFolder)
	if err != nil || len(kept) != 2 {
		t.Fatal(kept, err)
	}
	if err := os.Truncate(filepath.Join(at, kept[1].Name), 40); err != nil {
		t.Fatal(err)
	}
	var corrupt *CorruptError
	if all, err := repo.List(t.Context()); len(all) != 1 || !errors.As(err, &corrupt) || corrupt.File != kept[1].Name {
		t.Errorf("%d backups: %v", len(all), err)
	}
	if _, err := repo.Find(t.Context(), "", 0); !errors.As(err, &corrupt) {
		t.Errorf("the newest one is taken for another: %v", err)
	}
	b, err := repo.Find(t.Context(), first.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	restores(t, repo, r.keys, b)
	if _, err := repo.Prune(t.Context(), 1); !errors.As(err, &corrupt) {
		t.Errorf("prune cannot tell what is needed, and goes on: %v", err)
	}
}
