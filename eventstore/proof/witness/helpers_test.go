package witness

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/transparency-dev/formats/log"
	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "ledger.example/prod"

// tree is a log: its leaves' stored hashes, in memory, and its key.
type tree struct {
	hashes []tlog.Hash
	size   int64
	signer note.Signer
	vkey   string
}

func newTree(t testing.TB) *tree {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &tree{signer: signer, vkey: vkey}
}

func (l *tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = l.hashes[n]
	}
	return out, nil
}

// grow appends leaves named after kind until the tree has size leaves.
func (l *tree) grow(t testing.TB, size int64, kind string) *tree {
	t.Helper()
	for l.size < size {
		more, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", kind, l.size), l)
		if err != nil {
			t.Fatal(err)
		}
		l.hashes = append(l.hashes, more...)
		l.size++
	}
	return l
}

// fork is a log with the same key that goes another way after size leaves.
func (l *tree) fork(t testing.TB, after, size int64) *tree {
	t.Helper()
	f := &tree{signer: l.signer, vkey: l.vkey}
	return f.grow(t, after, "leaf").grow(t, size, "other")
}

// at is the signed checkpoint of the first size leaves.
func (l *tree) at(t testing.TB, size int64) []byte {
	t.Helper()
	root := emptyRoot()
	if size > 0 {
		var err error
		if root, err = tlog.TreeHash(size, l); err != nil {
			t.Fatal(err)
		}
	}
	return sign(t, string(log.Checkpoint{Origin: origin, Size: uint64(size), Hash: root[:]}.Marshal()), l.signer)
}

func sign(t testing.TB, text string, signers ...note.Signer) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (l *tree) prove(_ context.Context, older, newer int64) (tlog.TreeProof, error) {
	return tlog.ProveTree(newer, older, l)
}

// step is the request that leads from one size to another.
func (l *tree) step(t testing.TB, from, to int64) Request {
	t.Helper()
	r := Request{Old: from, Note: l.at(t, to)}
	if from > 0 && from < to {
		proof, err := tlog.ProveTree(to, from, l)
		if err != nil {
			t.Fatal(err)
		}
		r.Proof = proof
	}
	return r
}

// cosigner is a witness's key.
type cosigner struct {
	signer note.Signer
	vkey   string
}

func newCosigner(t testing.TB, name string) cosigner {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	if vkey, err = cosig.VKeyToCosignatureV1(vkey); err != nil {
		t.Fatal(err)
	}
	return cosigner{newSigner(t, skey), vkey}
}

func newMLDSACosigner(t testing.TB, name string) cosigner {
	t.Helper()
	skey, vkey, err := cosig.GenerateMLDSAKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return cosigner{newSigner(t, skey), vkey}
}

func newSigner(t testing.TB, skey string) note.Signer {
	t.Helper()
	signer, err := cosig.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func (c cosigner) key(t testing.TB) note.Verifier {
	t.Helper()
	v, err := ParseKey(c.vkey)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// enrolled is a new witness of l, in its own directory.
func enrolled(t testing.TB, l *tree, signers ...note.Signer) (*Witness, string) {
	t.Helper()
	dir := t.TempDir()
	if err := Enrol(dir, origin); err != nil {
		t.Fatal(err)
	}
	return reopened(t, dir, l, signers...), dir
}

func reopened(t testing.TB, dir string, l *tree, signers ...note.Signer) *Witness {
	t.Helper()
	key, err := ParseLogKey(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(dir, []Log{{origin, []note.Verifier{key}}}, signers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// listening serves w on the loopback.
func listening(t testing.TB, w *Witness) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(w.Handler(quiet()))
	t.Cleanup(s.Close)
	return s
}

func post(t testing.TB, handler http.Handler, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/add-checkpoint", bytes.NewReader(body)))
	return rec
}
