package backup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/seal"
)

const testLedger = "anytown.example/test"

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// testSegmentBytes makes a journal of many segments.
const testSegmentBytes = 16 << 10

// testSigner is made once: keys of ML-DSA take a while.
var testSigner = sync.OnceValue(func() *proof.Signer { return newSigner(testLedger) })

func newSigner(origin string) *proof.Signer {
	text, err := proof.GenerateKeys(origin)
	if err != nil {
		panic(err)
	}
	s, err := proof.ParseSigner(text)
	if err != nil {
		panic(err)
	}
	return s
}

// rig is a ledger that is open: sealed events of no catalogue, and their log.
type rig struct {
	dir   string
	store *journal.Store
	log   *sealer.Sealer
	keys  *proof.History
	ends  map[string]seal.Chain
	ids   uint64
}

func openRig(ctx context.Context, dir string, signer *proof.Signer) (*rig, error) {
	return openRigOf(ctx, dir, signer, testSegmentBytes)
}

func openRigOf(ctx context.Context, dir string, signer *proof.Signer, segmentBytes int64) (*rig, error) {
	r := &rig{dir: dir, ends: map[string]seal.Chain{}}
	keys, err := proof.FirstKeys(signer.Origin(), signer.VerifierKeys()...)
	if err != nil {
		return nil, err
	}
	r.keys = keys
	if r.store, err = journal.Open(filepath.Join(dir, journalDir), journal.Options{SegmentBytes: segmentBytes}); err != nil {
		return nil, err
	}
	for e, err := range r.store.ReadLog(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if r.ends[e.Stream], _, err = r.chain(e.Stream, signer.Origin()).Next(e.Metadata); err != nil {
			return nil, err
		}
		r.ids++
	}
	r.log, err = sealer.OpenSealer(ctx, sealer.Config{
		Dir: filepath.Join(dir, logDir), Store: r.store, Signer: signer, Keys: keys,
		Last: sealer.NewLastFile(filepath.Join(dir, filepath.Dir(lastName))), Clock: sealer.SystemClock{},
	})
	return r, err
}

func (r *rig) chain(record, ledger string) seal.Chain {
	if c, ok := r.ends[record]; ok {
		return c
	}
	return seal.Chain{Ledger: ledger, Record: record}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// add appends an event with a payload of so many bytes to one of eight records.
func (r *rig) add(ctx context.Context, ledger string, size int) error {
	r.ids++
	var id eventstore.EventID
	binary.BigEndian.PutUint64(id[:], r.ids)
	record := fmt.Sprintf("record-%d", r.ids%8)
	chain := r.chain(record, ledger)
	payload := fmt.Appendf(nil, `{"n":%d,"text":"%0*d"}`, r.ids, size, 0)
	leaf, blob, err := seal.Seal(chain.Header(testTime, "note.written/1"), payload, seal.Key{ID: "k-91ab", Secret: [32]byte{1}}, id, zeros{})
	if err != nil {
		return err
	}
	next, _, err := chain.Next(leaf)
	if err != nil {
		return err
	}
	r.ends[record] = next
	_, err = r.store.Append(ctx, record, eventstore.Revision(chain.Seq), []eventstore.Event{{ID: id, Type: "note.written/1", Metadata: leaf, Data: blob}})
	return err
}

// note is the last checkpoint.
func note(t testing.TB, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(lastName)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newLedger makes a ledger of n entries that are under a checkpoint, with files
// beside the journal. It stays open: backups are made while it is.
func newLedger(t testing.TB, n int) *rig { return newLedgerOf(t, testSigner(), n, testSegmentBytes) }

func newLedgerOf(t testing.TB, signer *proof.Signer, n int, segmentBytes int64) *rig {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ledger")
	for path, text := range map[string]string{
		"log/heads/3": "heads of 3", "log/heads/1000000": "heads of later", "log/attested/3": "attested",
		"keys/keys-1": "wrapped keys", "keys/epochs/epoch-1": "epoch", "keys/LOCK": "", "log-key": "signs", "key": "opens",
	} {
		path = filepath.Join(dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := openRigOf(t.Context(), dir, signer, segmentBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.log.Close(); r.store.Close() })
	r.grow(t, n)
	return r
}

// grow appends n entries, which come under a checkpoint.
func (r *rig) grow(t testing.TB, n int) {
	t.Helper()
	for range n {
		if err := r.add(t.Context(), testLedger, 200); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.log.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var testKey = Key{1, 2, 3}

// establish makes a repository for a ledger.
func establish(t testing.TB, r *rig, at Destination) *Repository {
	t.Helper()
	files, err := journal.ReadFiles(t.Context(), filepath.Join(r.dir, journalDir), 0)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := Establish(t.Context(), at, testKey, testLedger, files.Journal, nil)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

func (r *rig) source(t testing.TB) Source {
	return Source{Dir: r.dir, Checkpoint: note(t, r.dir), Keys: true}
}

func create(t testing.TB, repo *Repository, src Source) Made {
	t.Helper()
	made, err := repo.Create(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// tree is every file below a directory, by its path there.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// restores checks that a backup gives its checkpoint's tree, signed by the
// ledger's keys, and returns where.
func restores(t testing.TB, repo *Repository, keys *proof.History, b Backup) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	if err := repo.Restore(t.Context(), b, dir, nil); err != nil {
		t.Fatalf("backup %s: %v", b.ID, err)
	}
	signed, err := keys.Open(note(t, dir))
	if err != nil || signed.Size != b.Size {
		t.Fatalf("backup %s: size %d: %v", b.ID, signed.Size, err)
	}
	return dir
}

// allRestore checks every backup that is listed, and that nothing is damaged.
func allRestore(t testing.TB, repo *Repository, keys *proof.History) []Backup {
	t.Helper()
	_, wrong, err := repo.Check(t.Context(), nil)
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	all, err := repo.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		restores(t, repo, keys, b)
	}
	return all
}

// failing is a destination that fails from its n'th change on.
type failing struct {
	Dir
	left  int
	cause error
}

func (f *failing) spent() error {
	if f.left--; f.left < 0 {
		return f.cause
	}
	return nil
}

func (f *failing) Put(ctx context.Context, name string, content []byte) error {
	if err := f.spent(); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return f.Dir.Put(ctx, name, content)
}

func (f *failing) Remove(ctx context.Context, name string) error {
	if err := f.spent(); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return f.Dir.Remove(ctx, name)
}

func (f *failing) Lock(ctx context.Context, alone bool) (io.Closer, error) {
	return f.Dir.Lock(ctx, alone)
}
