package sealer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	cosign "github.com/transparency-dev/formats/note"
	other "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// published is what a public log published: shipped with the tests of x/mod.
type published struct {
	Size    int64       `json:"tree_size"`
	Root    tlog.Hash   `json:"sha256_root_hash"`
	Path    []tlog.Hash `json:"audit_path"`
	Tree    []tlog.Hash `json:"consistency"`
	Entries []struct {
		Leaf []byte `json:"leaf_input"`
	} `json:"entries"`
}

func readPublished(t *testing.T, names ...string) (p published) {
	t.Helper()
	root, err := moduleDir("golang.org/x/mod")
	if err != nil {
		t.Skip("the module golang.org/x/mod is not on this machine")
	}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(root, "sumdb/tlog/testdata/argon2020", name))
		if err != nil {
			t.Skip("the tests of golang.org/x/mod are not on this machine")
		}
		if err := json.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestProofsOfAPublicCertificateLogVerify(t *testing.T) {
	p := readPublished(t, "sth.json", "entries.json", "proof.json", "consistency.json")
	c := proof.Checkpoint{Origin: "argon2020", Size: p.Size, Root: proof.Hash(p.Root)}
	leaf := seal.HashLeaf(p.Entries[0].Leaf)
	if err := proof.VerifyInclusion(leaf, proof.InclusionProof{Index: 10000, Hashes: fromTlog(p.Path)}, c); err != nil {
		t.Error(err)
	}
	if err := proof.VerifyInclusion(leaf, proof.InclusionProof{Index: 10001, Hashes: fromTlog(p.Path)}, c); !errors.Is(err, proof.ErrProof) {
		t.Error(err)
	}
	root, err := tlog.ParseHash("AuIZ5V6sDUj1vn3Y1K85oOaQ7y+FJJKtyRTl1edIKBQ=")
	if err != nil {
		t.Fatal(err)
	}
	old := proof.Checkpoint{Origin: "argon2020", Size: 3654490, Root: proof.Hash(root)}
	if err := proof.VerifyConsistency(old, c, proof.ConsistencyProof{OldSize: old.Size, Hashes: fromTlog(p.Tree)}); err != nil {
		t.Error(err)
	}
}

func TestAnyAlteredProofFails(t *testing.T) {
	r := newRig(t)
	r.addMany(10, 3)
	old := r.seal()
	r.addMany(500, 3)
	c := r.seal()
	l, leaves := NewLog(r.cfg.Dir), r.leaves()
	rapid.Check(t, func(t *rapid.T) {
		index := rapid.Int64Range(0, c.Size-1).Draw(t, "index")
		in, err := l.ProveInclusion(c, index)
		if err != nil {
			t.Fatal(err)
		}
		grown, err := l.ProveConsistency(old.Checkpoint, c)
		if err != nil {
			t.Fatal(err)
		}
		leaf, root := leaves[index], c.Checkpoint
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			in.Index, grown.OldSize = in.Index^1, grown.OldSize+1
		case 1:
			flip(t, in.Hashes)
			flip(t, grown.Hashes)
		case 2:
			in.Hashes, grown.Hashes = in.Hashes[1:], grown.Hashes[1:]
		case 3:
			in.Hashes, grown.Hashes = append(in.Hashes, proof.Hash{}), append(grown.Hashes, proof.Hash{})
		case 4:
			leaf[3] ^= 1
			root.Root[3] ^= 1
		case 5: // the tree ends before the entry, or before the old tree
			root.Size = min(in.Index, old.Size-1)
		}
		if proof.VerifyInclusion(leaf, in, root) == nil {
			t.Error("an altered inclusion proof holds")
		}
		if proof.VerifyConsistency(old.Checkpoint, root, grown) == nil {
			t.Error("an altered consistency proof holds")
		}
	})
}

func flip(t *rapid.T, hashes []proof.Hash) {
	i := rapid.IntRange(0, len(hashes)-1).Draw(t, "hash")
	hashes[i][rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
}

func TestConsistencyNeedsTheSameLogAndAGrowingTree(t *testing.T) {
	a := proof.Checkpoint{Origin: testOrigin, Size: 5, Root: proof.Hash{1}}
	b := proof.Checkpoint{Origin: testOrigin, Size: 5, Root: proof.Hash{2}}
	foreign := proof.Checkpoint{Origin: "other", Size: 5, Root: proof.Hash{1}}
	smaller := proof.Checkpoint{Origin: testOrigin, Size: 4, Root: proof.Hash{1}}
	none := proof.Checkpoint{Origin: testOrigin}
	for _, tt := range []struct {
		old, next proof.Checkpoint
		hashes    int
		ok        bool
	}{
		{a, a, 0, true}, {a, b, 0, false}, {a, foreign, 0, false}, {a, smaller, 0, false}, {smaller, a, 0, false},
		{none, a, 0, true}, {none, a, 1, false}, {a, a, 1, false}, {a, none, 0, false}, {proof.Checkpoint{Origin: testOrigin, Root: proof.Hash{9}}, a, 0, false},
		{proof.Checkpoint{Origin: testOrigin, Size: -1}, a, 0, false},
	} {
		p := proof.ConsistencyProof{OldSize: tt.old.Size, Hashes: make([]proof.Hash, tt.hashes)}
		if err := proof.VerifyConsistency(tt.old, tt.next, p); (err == nil) != tt.ok {
			t.Errorf("%v to %v: %v", tt.old, tt.next, err)
		}
	}
}

func TestTextsAreThoseOfOtherImplementations(t *testing.T) {
	r := newRig(t)
	r.addMany(77, 3)
	c := r.seal()
	p, err := NewLog(r.cfg.Dir).ProveInclusion(c, 42)
	if err != nil {
		t.Fatal(err)
	}
	var theirs other.TLogProof
	if err := theirs.Unmarshal(p.Text()); err != nil || theirs.Index != 42 || len(theirs.Hashes) != len(p.Hashes) || !bytes.Equal(theirs.Checkpoint, c.Note) {
		t.Errorf("%+v, %v", theirs, err)
	}
	if !bytes.Equal(theirs.Marshal(), p.Text()) {
		t.Error("written otherwise")
	}
	classic, err1 := note.NewVerifier(testSigner().VerifierKeys()[0])
	quantum, err2 := cosign.NewMLDSAVerifier(testSigner().VerifierKeys()[1])
	n, err3 := note.Open(c.Note, note.VerifierList(classic, quantum))
	if err := errors.Join(err1, err2, err3); err != nil || len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		t.Errorf("%v, %v", n, err)
	}
}

func TestSignaturesOfWitnessesArePassedOver(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 3)
	c := r.seal()
	skey, vkey, err := note.GenerateKey(nil, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(c.Note, note.VerifierList(r.cfg.Keys.At(c.Size)...))
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := note.Sign(n, witness)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.cfg.Keys.Open(cosigned); err != nil || got.Checkpoint != c.Checkpoint {
		t.Error(err)
	}
	v, err := proof.ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proof.OpenCheckpoint(cosigned, []note.Verifier{v}); err != nil {
		t.Error(err)
	}
	if _, err := proof.OpenCheckpoint(c.Note, []note.Verifier{v}); !errors.As(err, new(*proof.MissingKeyError)) {
		t.Error(err)
	}
}

func TestAnAlteredCheckpointIsNotOpened(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 3)
	c := r.seal()
	for i := range c.Note {
		bad := bytes.Clone(c.Note)
		bad[i] ^= 1
		if _, err := r.cfg.Keys.Open(bad); !errors.Is(err, proof.ErrFormat) && !errors.Is(err, proof.ErrSignature) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for _, end := range []int{0, 10, bytes.Index(c.Note, []byte("\n\n")), bytes.LastIndexByte(c.Note[:len(c.Note)-1], '\n') + 1, len(c.Note) - 1} {
		if _, err := r.cfg.Keys.Open(c.Note[:end]); err == nil {
			t.Errorf("cut after %d bytes", end)
		}
	}
}

func TestTextsThatAreNoCheckpointsAreRefused(t *testing.T) {
	root := proof.HashText(proof.Hash{1})
	for _, text := range []string{
		"", "\n", "a\n1\n", "a\n1\n" + root, "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n+1\n" + root + "\n", "\n1\n" + root + "\n",
		"a b\n1\n" + root + "\n", "a\n1\n" + root + "\nextra\n", "a\n1\n" + root + "\n\n", "a\n9223372036854775808\n" + root + "\n",
		"a\n1\n" + root[4:] + "\n", "a\n1\n" + strings.Replace(root, "=", "", 1) + "\n", "a\r\n1\n" + root + "\n", "a\n1\n" + root[:42] + "B=\n",
	} {
		if c, err := proof.ParseCheckpoint([]byte(text)); !errors.Is(err, proof.ErrFormat) {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
	if _, err := proof.ParseCheckpoint([]byte("a\n1\n" + root + "\n")); err != nil {
		t.Error(err)
	}
}
