package evidence

import (
	"fmt"
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// shownHead is a proved head of the record.
type shownHead struct {
	size  int64 // of the log that it is true for
	found bool  // or the record did not exist
	head  proof.Head
}

// logged checks that the ledger logged an event in its own stream, of this
// type, with a field that is the JSON string want; and returns its index.
func (v *verifier) logged(dir, kind, path, want string) (int64, error) {
	text := v.files[dir+leafPart]
	leaf, err := seal.ParseLeaf(text)
	switch {
	case err != nil:
		return 0, err
	case leaf.Ledger != v.manifest.Ledger || leaf.Record != SystemRecord || leaf.Type != kind:
		return 0, fmt.Errorf("%w: what is logged is another event", ErrFormat)
	}
	index, err := v.included(seal.HashLeaf(text), v.files[dir+inclusionPart])
	if err != nil {
		return 0, err
	}
	digests, err := committed(leaf, v.files[dir+digestsPart])
	if err != nil {
		return 0, err
	}
	fields, err := disclosedFields(digests, v.files[dir+disclosuresPart])
	if err != nil {
		return 0, err
	}
	for _, f := range fields {
		value, err := jsontext.AppendUnquote(nil, f.Value)
		if f.Path == path && err == nil && string(value) == want {
			return index, nil
		}
	}
	return 0, fmt.Errorf("%w: the logged event states something else", ErrFormat)
}

// readHead proves the record's head from the logged heads root.
func (v *verifier) readHead() {
	text, ok := v.files[headDir+rootPart]
	if !ok {
		v.unused(headDir, rootPart)
		return
	}
	head, err := v.proveHead(text)
	if err != nil {
		v.report.problem(Altered, "the proof of how far the record goes is not believed: %v", err)
		return
	}
	v.head = head
}

func (v *verifier) proveHead(text []byte) (*shownHead, error) {
	root, err := proof.ParseHeadsRoot(text)
	if err != nil {
		return nil, err
	}
	index, err := v.logged(headDir, HeadsType, HeadsField, string(text))
	if err != nil {
		return nil, err
	}
	if root.Origin != v.manifest.Ledger || index < root.Size {
		return nil, fmt.Errorf("%w: the root is of another ledger, or was logged before what it covers", ErrFormat)
	}
	if err := v.grew(root.Checkpoint, headDir+consistencyPart); err != nil {
		return nil, err
	}
	p, err := proof.ParseHeadProof(v.files[headDir+proofPart])
	if err != nil {
		return nil, err
	}
	if p.Record != v.manifest.Record {
		return nil, fmt.Errorf("%w: it is the head of another record", proof.ErrProof)
	}
	head, found, err := proof.VerifyHead(p, root)
	return &shownHead{size: root.Size, found: found, head: head}, err
}

// checkEnd compares the entries with the record's head.
func (v *verifier) checkEnd() {
	h := v.head
	if h == nil {
		v.report.Head = "Nothing shows how far the record goes: entries after the last one here may exist."
		if v.trust.OpenEnd {
			v.report.note("you accepted that nothing shows how far the record goes")
			return
		}
		v.report.problem(Missing, "there is no believed proof of how far the record goes: entries may have been left out at its end")
		return
	}
	seq := h.head.Seq
	if !h.found {
		seq = 0
	}
	for _, e := range v.entries {
		v.checkAgainstHead(e, seq)
	}
	v.addMissing(seq)
	v.report.Head = headWords(h, seq)
}

// checkAgainstHead checks one entry: up to the head it is in the log that the
// head is true for, the head itself is its leaf, and after it comes later.
func (v *verifier) checkAgainstHead(e *checked, seq uint64) {
	n := uint64(e.Seq)
	switch {
	case !e.proved:
	case n <= seq && e.index >= v.head.size, n > seq && e.index < v.head.size:
		e.find(Altered, "its place in the log contradicts the record's head")
	case n == seq && e.hash != v.head.head.Leaf:
		e.find(Altered, "it is not the leaf that the record's head states")
	}
}

// addMissing adds the entries that the head has and the package has not.
func (v *verifier) addMissing(seq uint64) {
	if seq <= uint64(len(v.entries)) {
		return
	}
	v.report.problem(Missing, "the record goes to entry %d and the package to %d", seq, len(v.entries))
	if !v.manifest.KnownAt.IsZero() {
		v.report.note("the package has a cut-off, which may be why entries are missing; nothing shows that they were recorded after it")
	}
	for n := len(v.entries) + 1; n <= int(min(seq, MaxEntries, math.MaxInt32)); n++ {
		e := &checked{EntryReport: EntryReport{Seq: n, Verdict: Valid}}
		e.find(Missing, "it is not in the package")
		v.entries = append(v.entries, e)
	}
}

func headWords(h *shownHead, seq uint64) string {
	if !h.found {
		return fmt.Sprintf("When the ledger's log had %d entries, this record did not exist.", h.size)
	}
	return fmt.Sprintf("When the ledger's log had %d entries, this record had %d and no more.", h.size, seq)
}
