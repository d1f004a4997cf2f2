package sealer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
	"pgregory.net/rapid"

	"caseledger/eventstore/proof"
)

func (r *rig) heads() (proof.HeadsRoot, *Heads) {
	r.t.Helper()
	s := r.open()
	root, err := s.BuildHeads(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		r.t.Fatal(err)
	}
	h, err := NewLog(r.cfg.Dir).Heads(root.Size)
	if err != nil || h.Root() != root {
		r.t.Fatal("another root", err)
	}
	r.t.Cleanup(func() { h.Close() })
	return root, h
}

func TestEveryRecordHasAProvedHeadAndEveryOtherIsProvedAbsent(t *testing.T) {
	for _, records := range []int{0, 1, 2, 3, 200} {
		r := newRig(t)
		r.addMany(3*records, records+1)
		root, h := r.heads()
		var leaves []proof.Hash
		for _, name := range slices.Sorted(keys(r)) {
			p := proveHead(t, h, name)
			head, found, err := proof.VerifyHead(p, root)
			if want := r.ends[name]; err != nil || !found || head.Seq != want.Seq || head.Leaf != want.Head || head.Record != name {
				t.Fatalf("%s: %v %v", name, head, err)
			}
			leaves = append(leaves, proof.Hash(rfc6962.DefaultHasher.HashLeaf(head.Append(nil))))
		}
		if root.Heads != rootByOther(t, leaves) || root.Count != int64(len(leaves)) {
			t.Fatal("another root")
		}
		for _, name := range []string{"a", "record-", "record-000a", "record-001-", "record-100.x", "zzz", "record-199", "record-999"} {
			if _, exists := r.ends[name]; exists {
				continue
			}
			if _, found, err := proof.VerifyHead(proveHead(t, h, name), root); err != nil || found {
				t.Fatalf("%d records: %s: %v %v", records, name, found, err)
			}
		}
	}
}

func keys(r *rig) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range r.ends {
			if !yield(k) {
				return
			}
		}
	}
}

// proveHead makes a proof and sends it through its text.
func proveHead(t testing.TB, h *Heads, record string) proof.HeadProof {
	t.Helper()
	p, err := h.Prove(record)
	if err != nil {
		t.Fatal(err)
	}
	read, err := proof.ParseHeadProof(p.Text())
	if err != nil || string(read.Text()) != string(p.Text()) {
		t.Fatalf("%q: %v", p.Text(), err)
	}
	return read
}

func TestNoProofShowsThatAnExistingRecordIsAbsent(t *testing.T) {
	r := newRig(t)
	r.addMany(40, 20)
	root, h := r.heads()
	names := slices.Sorted(keys(r))
	proved := map[string]proof.ProvedHead{}
	for _, name := range names {
		proved[name] = proveHead(t, h, name).Heads[0]
	}
	around := proof.HeadProof{Record: names[5], Heads: []proof.ProvedHead{proved[names[4]], proved[names[6]]}}
	if _, _, err := proof.VerifyHead(around, root); !errors.Is(err, proof.ErrProof) {
		t.Error("neighbours that leave a place between them prove something")
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "record")
		n := rapid.IntRange(0, 3).Draw(t, "heads")
		p := proof.HeadProof{Record: name}
		for range n {
			head := proved[rapid.SampledFrom(names).Draw(t, "head")]
			head.Index += int64(rapid.SampledFrom([]int{0, 0, 0, -1, 1}).Draw(t, "shift"))
			p.Heads = append(p.Heads, head)
		}
		_, found, err := proof.VerifyHead(p, root)
		if err == nil && !found {
			t.Fatalf("%s is shown to be absent by %d heads", name, n)
		}
		if found != (n == 1 && p.Heads[0].Record == name && err == nil) {
			t.Fatal("found by another's head")
		}
	})
}

func TestHeadsStayAsTheyWereWhenTheyWereKept(t *testing.T) {
	r := newRig(t)
	r.addMany(30, 10)
	first, _ := r.heads()
	r.addMany(35, 11)
	second, _ := r.heads()
	if first.Heads == second.Heads || first.Count != 10 || second.Count != 11 {
		t.Fatal("the roots do not tell them apart")
	}
	h, err := NewLog(r.cfg.Dir).Heads(first.Size)
	if err != nil || h.Root() != first {
		t.Fatal(err)
	}
	defer h.Close()
	if _, found, err := proof.VerifyHead(proveHead(t, h, "record-010"), first); err != nil || found {
		t.Error(found, err)
	}
	if _, err := NewLog(r.cfg.Dir).Heads(31); !errors.Is(err, proof.ErrOutside) {
		t.Error(err)
	}
}

func TestAHeadsRootReadsBackAsItsText(t *testing.T) {
	r := newRig(t)
	r.addMany(3, 3)
	root, _ := r.heads()
	if read, err := proof.ParseHeadsRoot(root.Text()); err != nil || read != root {
		t.Error(err)
	}
	for i := range root.Text() {
		bad := root.Text()
		bad[i] ^= 1
		if read, err := proof.ParseHeadsRoot(bad); err == nil && read == root {
			t.Errorf("byte %d", i)
		}
	}
}

func TestChainsMergeToWhatTheyWouldBeWithoutAFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		c, err := openChains(dir, testOrigin)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { c.base.close() }()
		want := map[string]end{}
		for i := range rapid.IntRange(0, 120).Draw(rt, "steps") {
			if rapid.IntRange(0, 25).Draw(rt, "merge") == 0 {
				if err := c.merge(quickDisk{}, dir, place{proof.Checkpoint{Origin: testOrigin, Size: int64(i)}, 0}); err != nil {
					rt.Fatal(err)
				}
			}
			name := fmt.Sprintf("record-%d", rapid.IntRange(0, 40).Draw(rt, "record"))
			chain, err := c.chain(name)
			if err != nil || chain.Seq != want[name].seq || chain.Head != want[name].leaf {
				rt.Fatalf("%s: %v", name, err)
			}
			chain.Seq, chain.Head = chain.Seq+1, proof.Hash{byte(i), byte(i >> 8), 1}
			c.set(chain)
			if rapid.Bool().Draw(rt, "fails") {
				c.forget()
				continue
			}
			c.keep()
			want[name] = end{chain.Seq, chain.Head}
		}
		previous := ""
		n := 0
		for head, err := range c.sorted {
			if err != nil || head.Record <= previous || want[head.Record] != (end{head.Seq, head.Leaf}) {
				rt.Fatal(head, err)
			}
			previous = head.Record
			n++
		}
		if n != len(want) {
			rt.Fatalf("%d heads of %d records", n, len(want))
		}
	})
}

func TestAHeadsFileThatIsNotSortedOrWasAlteredIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	write := func(records ...string) []byte {
		var b bytes.Buffer
		err := writeHeads(&b, place{proof.Checkpoint{Origin: testOrigin, Size: 7}, 9}, func(yield func(proof.Head, error) bool) {
			for _, record := range records {
				if !yield(proof.Head{Record: record, Seq: 1, Leaf: proof.Hash{1}}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	sound := write("a", "b", "c")
	if err := os.WriteFile(path, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err := openHeads(path); err != nil || h.count != 3 {
		t.Fatal(err)
	}
	bad := [][]byte{write("b", "a"), write("a", "a"), append(bytes.Clone(sound), '\n'), sound[:len(sound)-1], {}}
	for i := range sound {
		altered := bytes.Clone(sound)
		altered[i] ^= 1
		bad = append(bad, altered)
	}
	for i, text := range bad {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openHeads(path); !errors.As(err, new(*DamagedError)) {
			t.Errorf("case %d: %v", i, err)
		}
	}
}
