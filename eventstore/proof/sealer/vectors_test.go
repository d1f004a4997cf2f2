package sealer

import (
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
	"golang.org/x/mod/sumdb/note"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// The vectors are those of the tests inside transparency-dev/merkle (testonly)
// and golang.org/x/mod (sumdb/tlog/note_test.go, sumdb/note/note_test.go).

func TestTreesAreThoseOfThePublishedVectors(t *testing.T) {
	edge := peaks{}
	for i, text := range testonly.LeafInputs() {
		leaf := seal.HashLeaf(text)
		if leaf != proof.Hash(testonly.NodeHashes()[0][i]) {
			t.Errorf("leaf %d is %s", i, leaf)
		}
		if err := edge.add(int64(i), leaf); err != nil {
			t.Fatal(err)
		}
		size := int64(i + 1)
		if err := edge.match(proof.Checkpoint{Size: size, Root: proof.Hash(testonly.RootHashes()[size])}); err != nil {
			t.Errorf("the tree of %d: %v", size, err)
		}
	}
}

func TestProofsOfThePublishedVectorsVerify(t *testing.T) {
	tree := testonly.New(rfc6962.DefaultHasher)
	tree.AppendData(testonly.LeafInputs()...)
	hashes := func(raw [][]byte) (out []proof.Hash) {
		for _, h := range raw {
			out = append(out, proof.Hash(h))
		}
		return out
	}
	at := func(size uint64) proof.Checkpoint {
		return proof.Checkpoint{Size: int64(size), Root: proof.Hash(testonly.RootHashes()[size])}
	}
	for size := uint64(1); size <= tree.Size(); size++ {
		for index := range size {
			path, err := tree.InclusionProof(index, size)
			if err != nil {
				t.Fatal(err)
			}
			leaf, p := proof.Hash(testonly.NodeHashes()[0][index]), proof.InclusionProof{Index: int64(index), Hashes: hashes(path)}
			if err := proof.VerifyInclusion(leaf, p, at(size)); err != nil {
				t.Errorf("entry %d of %d: %v", index, size, err)
			}
			leaf[0] ^= 1
			if proof.VerifyInclusion(leaf, p, at(size)) == nil {
				t.Errorf("entry %d of %d: another leaf is in it", index, size)
			}
		}
		for older := uint64(1); older <= size; older++ {
			path, err := tree.ConsistencyProof(older, size)
			if err != nil {
				t.Fatal(err)
			}
			p := proof.ConsistencyProof{OldSize: int64(older), Hashes: hashes(path)}
			if err := proof.VerifyConsistency(at(older), at(size), p); err != nil {
				t.Errorf("%d to %d: %v", older, size, err)
			}
		}
	}
}

func TestNotesAreThoseOfThePublishedVectors(t *testing.T) {
	const (
		tree  = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
		peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
		enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
	)
	c := proof.Checkpoint{Origin: "go.sum database tree", Size: 123456789012, Root: seal.HashLeaf([]byte("hello world"))}
	if string(c.Text()) != tree {
		t.Errorf("%q", c.Text())
	}
	for _, key := range []string{peter, enoch} {
		ours, err := proof.ParseVerifier(key)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := note.NewVerifier(key)
		if err != nil || ours.Name() != theirs.Name() || ours.KeyHash() != theirs.KeyHash() {
			t.Errorf("%s: %x, %v", ours.Name(), ours.KeyHash(), err)
		}
	}
	for i, bad := range []string{peter + "x", "x" + peter, peter[:len(peter)-1], "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"} {
		if _, err := proof.ParseVerifier(bad); err == nil {
			t.Errorf("mangled key %d is accepted", i)
		}
	}
}
