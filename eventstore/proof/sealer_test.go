package proof

import (
	"fmt"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// rootByOther is the root as another implementation computes it.
func rootByOther(t testing.TB, leaves []Hash) Hash {
	t.Helper()
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, l := range leaves {
		if err := r.Append(l[:], nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(leaves) == 0 {
		return Hash(rfc6962.DefaultHasher.EmptyRoot())
	}
	root, err := r.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	return Hash(root)
}

func raw(hashes []Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

func TestTreesAndProofsAreThoseOfAnotherImplementation(t *testing.T) {
	r := newRig(t)
	var seen []Signed
	for _, n := range []int{1, 1, 5, 248, 1, 1, 255, 300, 1, 700} {
		r.addMany(n, 40)
		c := r.seal()
		leaves := r.leaves()
		if c.Size != int64(len(leaves)) || c.Root != rootByOther(t, leaves) {
			t.Fatalf("size %d: another root", c.Size)
		}
		checkInclusion(t, r, c, leaves)
		for _, old := range seen {
			p, err := NewLog(r.cfg.Dir).ProveConsistency(old.Checkpoint, c)
			if err != nil {
				t.Fatal(err)
			}
			if err := VerifyConsistency(old.Checkpoint, c.Checkpoint, p); err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old.Size), uint64(c.Size), raw(p.Hashes), old.Root[:], c.Root[:]); err != nil {
				t.Fatalf("%d to %d: %v", old.Size, c.Size, err)
			}
		}
		seen = append(seen, c)
	}
	for _, old := range seen { // from tiles that have grown since
		checkInclusion(t, r, old, r.leaves())
	}
}

func checkInclusion(t *testing.T, r *rig, c Signed, leaves []Hash) {
	t.Helper()
	for index := int64(0); index < c.Size; index += 1 + c.Size/50 {
		p, err := NewLog(r.cfg.Dir).ProveInclusion(c, index)
		if err != nil {
			t.Fatalf("size %d: %v", c.Size, err)
		}
		if err := VerifyInclusion(leaves[index], p, c.Checkpoint); err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(c.Size), leaves[index][:], raw(p.Hashes), c.Root[:]); err != nil {
			t.Fatal(fmt.Errorf("index %d of %d: %w", index, c.Size, err))
		}
	}
}
