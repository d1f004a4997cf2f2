package evidence

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// forgery is a log that somebody signs who has every key and no scruples: any
// leaves, any heads.
type forgery struct {
	leaves []([]byte)   // of the log, before the event with the heads root
	heads  []proof.Head // sorted
	root   func(r *proof.HeadsRoot)
	record string // of the event with the heads root
	kind   string
	field  string
}

func honest(w *world) *forgery {
	g := &forgery{record: SystemRecord, kind: HeadsType, field: "root", root: func(*proof.HeadsRoot) {}}
	for e := range w.ledger.store.ReadLog(context.Background(), 0) {
		g.leaves = append(g.leaves, e.Metadata)
	}
	g.leaves = g.leaves[:len(g.leaves)-1]
	for i, text := range g.leaves {
		leaf := must(seal.ParseLeaf(text))
		g.heads = slices.DeleteFunc(g.heads, func(h proof.Head) bool { return h.Record == leaf.Record })
		g.heads = append(g.heads, proof.Head{Record: leaf.Record, Seq: leaf.Seq, Leaf: seal.HashLeaf(g.leaves[i])})
	}
	slices.SortFunc(g.heads, func(a, b proof.Head) int { return strings.Compare(a.Record, b.Record) })
	return g
}

// tree are all hashes of a tree in tlog's order.
type tree []tlog.Hash

func (t tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = t[n]
	}
	return out, nil
}

func treeOf(leaves []proof.Hash) (t tree) {
	for i, h := range leaves {
		t = append(t, must(tlog.StoredHashesForRecordHash(int64(i), tlog.Hash(h), t))...)
	}
	return t
}

func (t tree) path(size, index int64) (out []proof.Hash) {
	for _, h := range must(tlog.ProveRecord(size, index, t)) {
		out = append(out, proof.Hash(h))
	}
	return out
}

func (g *forgery) hashes() (out []proof.Hash) {
	for _, text := range g.leaves {
		out = append(out, seal.HashLeaf(text))
	}
	return out
}

// sign makes every proof in f anew under the forged log.
func (g *forgery) sign(w *world, f map[string][]byte) {
	var lines []proof.Hash
	for _, h := range g.heads {
		lines = append(lines, proof.Hash(tlog.RecordHash(h.Append(nil))))
	}
	heads, log, size := treeOf(lines), treeOf(g.hashes()), int64(len(g.leaves))
	root := proof.HeadsRoot{
		Checkpoint: proof.Checkpoint{Origin: testLedger, Size: size, Root: proof.Hash(must(tlog.TreeHash(size, log)))},
		Count:      int64(len(lines)), Heads: proof.Hash(must(tlog.TreeHash(int64(len(lines)), heads))),
	}
	g.root(&root)
	i := slices.IndexFunc(g.heads, func(h proof.Head) bool { return h.Record == testRecord })
	p := proof.HeadProof{Record: testRecord, Heads: []proof.ProvedHead{{Head: g.heads[i], Index: int64(i), Hashes: heads.path(root.Count, int64(i))}}}
	f[headDir+rootPart], f[headDir+proofPart] = root.Text(), p.Text()
	g.logRoot(w, f)
	g.reissue(w, f, root.Size)
}

// logRoot logs the event with the heads root.
func (g *forgery) logRoot(w *world, f map[string][]byte) {
	header := seal.Header{Ledger: testLedger, Record: g.record, Seq: 1, Recorded: testTime, Type: g.kind}
	payload := fmt.Sprintf(`{"%s":%s}`, g.field, must(json.Marshal(string(f[headDir+rootPart]))))
	key := seal.Key{ID: "k-0001", Secret: [32]byte{1}}
	leaf, blob, err := seal.Seal(header, []byte(payload), key, [16]byte{}, w.ledger.random)
	if err != nil {
		panic(err)
	}
	o := must(seal.Open(leaf, blob, key, [16]byte{}))
	g.leaves = append(g.leaves, leaf)
	f[headDir+leafPart], f[headDir+digestsPart], f[headDir+disclosuresPart] = leaf, digestsText(o.Digests()), linesText(o.Disclosures())
}

// reissue signs the log and proves every leaf of the package in it.
func (g *forgery) reissue(w *world, f map[string][]byte, rootSize int64) {
	all := g.hashes()
	log, size := treeOf(all), int64(len(all))
	c := must(w.ledger.signer.Sign(proof.Checkpoint{Origin: testLedger, Size: size, Root: proof.Hash(must(tlog.TreeHash(size, log)))}, testTime))
	signed := cosigned(must(w.ledger.known.Open(c)), w.ledger.known)
	f[checkpointName], f[timestampsDir+number(1)] = signed.Note, stamp(signed)
	delete(f, consistencyDir+number(1)+"/"+oldPart)
	delete(f, consistencyDir+number(1)+"/"+proofPart)
	grown := proof.ConsistencyProof{OldSize: rootSize, Checkpoint: signed.Note}
	if rootSize < size {
		for _, h := range must(tlog.ProveTree(size, rootSize, log)) {
			grown.Hashes = append(grown.Hashes, proof.Hash(h))
		}
	}
	f[headDir+consistencyPart] = grown.Text()
	for name, leaf := range map[string]string{
		headDir + inclusionPart: headDir + leafPart, "destruction/000001/inclusion": "destruction/000001/leaf",
		inclusionName(1): leafName(1), inclusionName(2): leafName(2), inclusionName(3): leafName(3), inclusionName(4): leafName(4),
	} {
		index := int64(slices.Index(all, seal.HashLeaf(f[leaf])))
		f[name] = proof.InclusionProof{Index: index, Hashes: log.path(size, index), Checkpoint: signed.Note}.Text()
	}
}

// exchange replaces a leaf of the package in the log, in the package, and in
// the heads if it is the last.
func (g *forgery) exchange(f map[string][]byte, n int, next seal.Leaf) {
	old, text := f[leafName(n)], next.Text()
	f[leafName(n)] = text
	for i := range g.leaves {
		if bytes.Equal(g.leaves[i], old) {
			g.leaves[i] = text
		}
	}
	for i := range g.heads {
		if g.heads[i].Leaf == seal.HashLeaf(old) {
			g.heads[i].Leaf = seal.HashLeaf(text)
		}
	}
}

func (g *forgery) head() *proof.Head {
	return &g.heads[slices.IndexFunc(g.heads, func(h proof.Head) bool { return h.Record == testRecord })]
}

// forgeries are what a log can do that has all its keys, and what is found.
var forgeries = []struct {
	name    string
	forge   func(g *forgery, f map[string][]byte)
	overall Verdict
	entry   int // that is ALTERED
}{
	{"nothing", func(*forgery, map[string][]byte) {}, Erased, 0},
	{"a leaf that does not follow the one before", func(g *forgery, f map[string][]byte) {
		leaf := must(seal.ParseLeaf(f[leafName(4)]))
		leaf.Prev[0] ^= 1
		g.exchange(f, 4, leaf)
	}, Altered, 4},
	{"a leaf that commits to one field twice", func(g *forgery, f map[string][]byte) {
		leaf := must(seal.ParseLeaf(f[leafName(4)]))
		lines := must(parseLines(f[disclosuresName(4)]))
		other := bytes.Replace(lines[0], []byte("sw-3"), []byte("sw-4"), 1)
		first, _, _ := seal.VerifyDisclosure(lines[0])
		second, _, _ := seal.VerifyDisclosure(other)
		leaf.Fields, leaf.Root = 2, seal.RootOf([]seal.Hash{first, second})
		f[digestsName(4)], f[disclosuresName(4)] = digestsText([]proof.Hash{first, second}), linesText([][]byte{lines[0], other})
		g.exchange(f, 4, leaf)
	}, Altered, 4},
	{"entries in another order in the log", func(g *forgery, _ map[string][]byte) { g.leaves[0], g.leaves[2] = g.leaves[2], g.leaves[0] }, Altered, 2},
	{"a head that states another leaf", func(g *forgery, _ map[string][]byte) { g.head().Leaf[0] ^= 1 }, Altered, 4},
	{"a head that ends before the last entry", func(g *forgery, f map[string][]byte) {
		g.head().Seq, g.head().Leaf = 3, seal.HashLeaf(f[leafName(3)])
	}, Altered, 4},
	{"a heads root over another tree than the log", func(g *forgery, _ map[string][]byte) { g.root = func(r *proof.HeadsRoot) { r.Root[0] ^= 1 } }, Altered, 0},
	{"a heads root of what came after it", func(g *forgery, _ map[string][]byte) { g.root = func(r *proof.HeadsRoot) { r.Size++ } }, Altered, 0},
	{"a heads root in a record", func(g *forgery, _ map[string][]byte) { g.record = "record-0001" }, Altered, 0},
	{"a heads root in an event of another type", func(g *forgery, _ map[string][]byte) { g.kind = "note.written/1" }, Altered, 0},
	{"a heads root in another field", func(g *forgery, _ map[string][]byte) { g.field = "note" }, Altered, 0},
}

// forged is the package of a log that contradicts itself.
func forged(w *world, forge func(g *forgery, f map[string][]byte)) map[string][]byte {
	g, f := honest(w), maps.Clone(w.files)
	forge(g, f)
	g.sign(w, f)
	return attack{do: func(*world, map[string][]byte) {}}.spoil(&world{files: f})
}

func TestALogThatContradictsItselfIsFoundAlthoughAllItsKeysSignedIt(t *testing.T) {
	w := testWorld()
	trust := w.trust
	trust.Known = nil
	for _, tt := range forgeries {
		r := verify(forged(w, tt.forge), trust)
		if r.Overall != tt.overall || tt.entry > 0 && r.Entries[tt.entry-1].Verdict != Altered {
			t.Errorf("%s: %s %q %v", tt.name, r.Overall, r.Problems, r.Entries)
		}
	}
}
