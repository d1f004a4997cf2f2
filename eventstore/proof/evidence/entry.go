package evidence

import (
	"bytes"
	"fmt"
	"slices"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// checked is an entry as far as it is believed.
type checked struct {
	EntryReport
	hash   proof.Hash
	leaf   seal.Leaf
	index  int64
	proved bool // the leaf is this record's, in this place, and in the log
}

// checkEntries checks each entry by itself.
func (v *verifier) checkEntries() {
	last := v.manifest.Entries
	for name := range v.files { // files beyond the stated number
		for n := range numbered(name) {
			if n > last {
				v.report.problem(Altered, "%s is beyond the last entry that the manifest states", name)
			}
		}
	}
	for n := 1; n <= last; n++ {
		e := &checked{EntryReport: EntryReport{Seq: n, Verdict: Valid}}
		v.entries = append(v.entries, e)
		v.checkLeaf(e)
		v.checkInclusion(e)
		v.checkContent(e)
		for _, name := range []string{leafName(n), digestsName(n), disclosuresName(n), inclusionName(n)} {
			if v.spoiled[name] {
				e.find(Altered, "%s is damaged, or not the file that the manifest lists", name)
			}
		}
	}
}

// numbered yields the entry that a file belongs to, nothing for other files.
func numbered(name string) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, dir := range []string{leavesDir, digestsDir, disclosuresDir, inclusionDir} {
			rest, ok := bytes.CutPrefix([]byte(name), []byte(dir))
			rest = bytes.TrimSuffix(rest, []byte(leafSuffix))
			if n, isNumber := parseNumber(string(rest), MaxEntries); ok && isNumber {
				yield(n)
				return
			}
		}
	}
}

// checkLeaf reads the leaf and compares it with the place that it stands in.
func (v *verifier) checkLeaf(e *checked) {
	text, ok := v.files[leafName(e.Seq)]
	if !ok {
		e.find(Missing, "its leaf is not in the package")
		return
	}
	leaf, err := seal.ParseLeaf(text)
	switch {
	case err != nil:
		e.find(Altered, "%v", err)
		return
	case leaf.Ledger != v.manifest.Ledger || leaf.Record != v.manifest.Record:
		e.find(Altered, "its leaf is of another ledger or record")
		return
	case leaf.Seq != uint64(e.Seq):
		e.find(Altered, "its leaf is that of entry %d", leaf.Seq)
		return
	case !v.manifest.KnownAt.IsZero() && leaf.Recorded.After(v.manifest.KnownAt):
		e.find(Altered, "it was recorded after the cut-off that the manifest states")
	}
	e.leaf, e.hash = leaf, seal.HashLeaf(text)
	e.proved = true // unless the log says otherwise
}

func (v *verifier) checkInclusion(e *checked) {
	text, ok := v.files[inclusionName(e.Seq)]
	switch {
	case v.checkpoint == nil:
		e.find(Altered, "%v", errNoCheckpoint)
		e.proved = false
		return
	case !ok:
		e.find(Missing, "the proof that it is in the log is not in the package")
		e.proved = false
		return
	case !e.proved:
		return
	}
	index, err := v.included(e.hash, text)
	if err != nil {
		e.find(Altered, "it is not shown to be in the log: %v", err)
		e.proved = false
		return
	}
	e.index = index
	e.Recorded, e.Type, e.Fields = e.leaf.Recorded, e.leaf.Type, e.leaf.Fields
}

// included checks an inclusion proof under the package's checkpoint.
func (v *verifier) included(leaf proof.Hash, text []byte) (int64, error) {
	if v.checkpoint == nil {
		return 0, errNoCheckpoint
	}
	p, err := proof.ParseInclusion(text)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(p.Checkpoint, v.checkpoint.Note) {
		return 0, fmt.Errorf("%w: it is under another checkpoint", proof.ErrProof)
	}
	return p.Index, proof.VerifyInclusion(leaf, p, v.checkpoint.Checkpoint)
}

// checkContent checks what is disclosed of the entry, and that what is not is
// explained.
func (v *verifier) checkContent(e *checked) {
	if e.hash == (proof.Hash{}) {
		return // without its leaf there is nothing to compare with
	}
	text, ok := v.files[digestsName(e.Seq)]
	lines, disclosed := v.files[disclosuresName(e.Seq)]
	if !ok {
		v.checkErased(e, disclosed)
		return
	}
	if v.destroyed[e.leaf.Key] {
		e.find(Altered, "its content is shown although its key is certified to have been destroyed")
		return
	}
	digests, err := committed(e.leaf, text)
	if err != nil {
		e.find(Altered, "%v", err)
		return
	}
	shown, err := disclosedFields(digests, lines)
	if err != nil {
		e.find(Altered, "%v", err)
		return
	}
	e.Shown = len(shown)
	v.checkSchedule(e, shown)
}

// checkErased looks for the certificate of an entry without content.
func (v *verifier) checkErased(e *checked, disclosed bool) {
	switch {
	case disclosed:
		e.find(Missing, "its digests are not in the package")
	case len(v.schedule[e.Seq]) > 0:
		e.find(Altered, "the schedule explains fields of which no digest is shown")
	case v.destroyed[e.leaf.Key]:
		e.Verdict = worse(e.Verdict, Erased)
	default:
		e.find(Unexplained, "nothing of its content is shown, and no logged certificate says that key %s was destroyed", e.leaf.Key)
	}
}

// committed returns the digests if they are those that the leaf commits to.
func committed(leaf seal.Leaf, text []byte) ([]proof.Hash, error) {
	digests, err := parseDigests(text)
	if err != nil {
		return nil, err
	}
	if len(digests) != leaf.Fields || seal.RootOf(digests) != leaf.Root {
		return nil, fmt.Errorf("the digests are not those that the leaf commits to")
	}
	return digests, nil
}

// disclosedFields returns the disclosed fields by their place, from 1. Every
// line must be a field of the event, once, in stored order.
func disclosedFields(digests []proof.Hash, text []byte) (map[int]seal.Field, error) {
	lines, err := parseLines(text)
	if err != nil {
		return nil, err
	}
	shown := map[int]seal.Field{}
	at := 0
	var fields []seal.Field
	for i, line := range lines {
		digest, field, err := seal.VerifyDisclosure(line)
		if err != nil {
			return nil, fmt.Errorf("disclosure %d: %w", i+1, err)
		}
		next := slices.Index(digests[at:], digest)
		if next < 0 {
			return nil, fmt.Errorf("disclosure %d is not of a field that the leaf commits to, or not in its place", i+1)
		}
		at += next + 1
		shown[at] = field
		fields = append(fields, field)
	}
	if len(shown) == len(digests) {
		if _, err := seal.Join(fields); err != nil {
			return nil, fmt.Errorf("the fields are not those of one payload")
		}
	}
	return shown, nil
}

// checkSchedule compares what is not shown with the schedule.
func (v *verifier) checkSchedule(e *checked, shown map[int]seal.Field) {
	explained := map[int]bool{}
	paths := map[string]bool{}
	for _, f := range shown {
		paths[f.Path] = true
	}
	for _, r := range v.schedule[e.Seq] {
		_, disclosed := shown[r.Field]
		switch {
		case r.Field > e.leaf.Fields:
			e.find(Altered, "the schedule names field %d of %d", r.Field, e.leaf.Fields)
		case disclosed || paths[r.Path]:
			e.find(Altered, "the schedule says of field %d that it is withheld, and it is shown", r.Field)
		}
		explained[r.Field], paths[r.Path] = true, true
		if !slices.Contains(e.Grounds, r.Ground) {
			e.Grounds = append(e.Grounds, r.Ground)
		}
	}
	e.Withheld = len(explained)
	for n := 1; n <= e.leaf.Fields; n++ {
		if _, ok := shown[n]; !ok && !explained[n] {
			e.find(Unexplained, "field %d is neither shown nor in the schedule", n)
		}
	}
	if e.Withheld > 0 {
		e.Verdict = worse(e.Verdict, Redacted)
	}
}

// checkOrder checks that entries which are in the log follow one another.
func (v *verifier) checkOrder() {
	for i := 1; i < len(v.entries); i++ {
		e, before := v.entries[i], v.entries[i-1]
		if !e.proved || !before.proved {
			continue
		}
		if e.leaf.Prev != before.hash || e.index <= before.index {
			e.find(Altered, "it does not follow entry %d", before.Seq)
		}
	}
}
