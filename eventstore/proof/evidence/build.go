package evidence

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// Stored is one event of the record as the store holds it.
type Stored struct {
	Leaf  []byte
	Blob  []byte
	Event [16]byte // id
	Index int64    // of its leaf in the log
}

// Opener opens stored events. The error is seal.ErrErased when the key was
// destroyed.
type Opener interface {
	Open(s Stored) (seal.Opened, error)
}

// Prover makes proofs from the log; sealer.Log is one.
type Prover interface {
	ProveInclusion(c proof.Signed, index int64) (proof.InclusionProof, error)
	ProveConsistency(old proof.Checkpoint, next proof.Signed) (proof.ConsistencyProof, error)
}

// Logged is an event of the ledger's own stream, SystemRecord, that a package
// refers to: opened, with the paths of the fields that are shown.
type Logged struct {
	Stored Stored
	Opened seal.Opened
	Show   []string
}

// Head shows how far the record went when the heads were last logged, or that
// it did not exist.
type Head struct {
	Root  proof.HeadsRoot
	Proof proof.HeadProof
	Event Logged // of HeadsType; shows HeadsField
}

// Destruction is the certificate of a destroyed key.
type Destruction struct {
	Certificate []byte // as in README.md
	Event       Logged // of DestructionType; shows DestructionField
}

// Input is what a package is made of. Timestamps, Older, Destroyed, Bundle and
// Policy may be empty, and Head nil: then the package does not show that it
// holds the record to its end, and says so.
type Input struct {
	Ledger  string
	Record  string
	KnownAt time.Time // only what was recorded by then; zero for everything

	Entries    iter.Seq2[Stored, error] // of the record, from the first
	Open       Opener
	Prove      Prover
	Redactions []Redaction // every other field is disclosed

	Checkpoint proof.Signed   // what everything is proved under, with all cosignatures
	Older      []proof.Signed // checkpoints that readers may hold
	Keys       *proof.History
	Head       *Head
	Timestamps [][]byte // as the verifier's TimestampVerifier reads them; over Checkpoint.Text()
	Destroyed  []Destruction

	Policy string // the witness policy, for people
	System string // version, configuration, known errors, privileged access
	Bundle []byte // the signed PDF
}

// Build writes the package. The same input gives the same bytes. It proves
// nothing to itself: verify what was written before handing it out. The error
// is ErrInput when the parts do not belong together: a redaction without its
// field, an entry out of its place, a destroyed key without certificate.
func Build(w io.Writer, in Input) error {
	b := builder{in: in, files: map[string][]byte{}, schedule: map[int][]Redaction{}, certified: map[string]bool{}}
	for _, step := range []func() error{b.check, b.certificates, b.entries, b.head, b.log} {
		if err := step(); err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
	}
	b.texts()
	for name, data := range b.files {
		if len(data) > MaxFileBytes {
			return fmt.Errorf("evidence: %w: %s has more than %d bytes", ErrInput, name, MaxFileBytes)
		}
	}
	if b.size() > MaxPackageBytes {
		return fmt.Errorf("evidence: %w: more than %d bytes", ErrInput, MaxPackageBytes)
	}
	_, err := w.Write(pack(b.files))
	return err
}

type builder struct {
	in        Input
	files     map[string][]byte
	schedule  map[int][]Redaction // by entry, not yet used
	lines     []scheduled
	certified map[string]bool // keys
	count     int
}

func (b *builder) size() (n int) {
	for name, data := range b.files {
		n += localBytes + centralBytes + 2*len(name) + len(data)
	}
	return n + endBytes
}

func (b *builder) check() error {
	switch in := b.in; {
	case in.Entries == nil || in.Open == nil || in.Prove == nil || in.Keys == nil:
		return fmt.Errorf("%w: a part is missing", ErrInput)
	case in.Checkpoint.Origin != in.Ledger || !proof.ValidRecord(in.Record):
		return fmt.Errorf("%w: the checkpoint is of another ledger, or the record has no name", ErrInput)
	case len(in.Timestamps) > MaxParts || len(in.Older) > MaxParts || len(in.Destroyed) > MaxParts || len(in.Redactions) > MaxRedactions:
		return fmt.Errorf("%w: too many parts", ErrInput)
	case in.KnownAt.Nanosecond()%1000 != 0:
		return fmt.Errorf("%w: the cut-off is not in whole microseconds", ErrInput)
	}
	for i, r := range b.in.Redactions {
		if !r.valid() {
			return fmt.Errorf("%w: redaction %d has no entry, field, ground, decider or date that can be printed", ErrInput, i+1)
		}
		b.schedule[r.Seq] = append(b.schedule[r.Seq], r)
	}
	return nil
}

func (b *builder) certificates() error {
	for i, d := range b.in.Destroyed {
		key, err := certificateKey(d.Certificate)
		if err != nil {
			return err
		}
		dir := destructionDir + number(i+1) + "/"
		b.certified[key] = true
		b.files[dir+certificatePart] = d.Certificate
		if err := b.logged(dir, d.Event); err != nil {
			return err
		}
	}
	return nil
}

// entries writes the record up to the cut-off.
func (b *builder) entries() error {
	chain := seal.Chain{Ledger: b.in.Ledger, Record: b.in.Record}
	for s, err := range b.in.Entries {
		if err != nil {
			return err
		}
		next, leaf, err := chain.Next(s.Leaf)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInput, err)
		}
		if !b.in.KnownAt.IsZero() && leaf.Recorded.After(b.in.KnownAt) {
			break
		}
		if chain, b.count = next, b.count+1; b.count > MaxEntries {
			return fmt.Errorf("%w: more than %d entries", ErrInput, MaxEntries)
		}
		if err := b.entry(s, leaf); err != nil {
			return err
		}
	}
	for seq := range b.schedule {
		return fmt.Errorf("%w: a redaction names entry %d, or a field of it, which there is not to withhold", ErrInput, seq)
	}
	return nil
}

func (b *builder) entry(s Stored, leaf seal.Leaf) error {
	n := b.count
	p, err := b.in.Prove.ProveInclusion(b.in.Checkpoint, s.Index)
	if err != nil {
		return err
	}
	b.files[leafName(n)] = s.Leaf
	b.files[inclusionName(n)] = p.Text()
	opened, err := b.in.Open.Open(s)
	if errors.Is(err, seal.ErrErased) {
		if !b.certified[leaf.Key] {
			return fmt.Errorf("%w: entry %d: its key was destroyed and no certificate is given", ErrInput, n)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("entry %d: %w", n, err)
	}
	if string(opened.Leaf.Text()) != string(s.Leaf) {
		return fmt.Errorf("%w: entry %d was opened as another", ErrInput, n)
	}
	b.files[digestsName(n)] = digestsText(opened.Digests())
	return b.disclose(n, opened)
}

// disclose writes the fields that are not withheld, and a line for each that is.
func (b *builder) disclose(n int, opened seal.Opened) error {
	withheld := map[string]Redaction{}
	for _, r := range b.schedule[n] {
		if _, twice := withheld[r.Path]; twice {
			return fmt.Errorf("%w: entry %d: a field is withheld twice", ErrInput, n)
		}
		withheld[r.Path] = r
	}
	var shown [][]byte
	texts := opened.Disclosures()
	for i, f := range opened.Fields() {
		if r, ok := withheld[f.Path]; ok {
			b.lines = append(b.lines, scheduled{r, i + 1})
			delete(withheld, f.Path)
			continue
		}
		shown = append(shown, texts[i])
	}
	if len(withheld) == 0 {
		delete(b.schedule, n)
	}
	b.files[disclosuresName(n)] = linesText(shown)
	return nil
}

// logged writes the parts that show an event of the ledger's own stream.
func (b *builder) logged(dir string, l Logged) error {
	p, err := b.in.Prove.ProveInclusion(b.in.Checkpoint, l.Stored.Index)
	if err != nil {
		return err
	}
	var shown [][]byte
	for _, path := range l.Show {
		text, err := l.Opened.Disclose(path)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInput, err)
		}
		shown = append(shown, text)
	}
	b.files[dir+leafPart] = l.Stored.Leaf
	b.files[dir+digestsPart] = digestsText(l.Opened.Digests())
	b.files[dir+disclosuresPart] = linesText(shown)
	b.files[dir+inclusionPart] = p.Text()
	return nil
}

func (b *builder) head() error {
	h := b.in.Head
	if h == nil {
		return nil
	}
	p, err := b.in.Prove.ProveConsistency(h.Root.Checkpoint, b.in.Checkpoint)
	if err != nil {
		return err
	}
	b.files[headDir+rootPart] = h.Root.Text()
	b.files[headDir+proofPart] = h.Proof.Text()
	b.files[headDir+consistencyPart] = p.Text()
	return b.logged(headDir, h.Event)
}

// log writes what is about the log: checkpoints, keys, time-stamps.
func (b *builder) log() error {
	b.files[checkpointName] = b.in.Checkpoint.Note
	b.files[keysName] = b.in.Keys.Text()
	for i, old := range b.in.Older {
		p, err := b.in.Prove.ProveConsistency(old.Checkpoint, b.in.Checkpoint)
		if err != nil {
			return err
		}
		dir := consistencyDir + number(i+1) + "/"
		b.files[dir+oldPart] = old.Note
		b.files[dir+proofPart] = p.Text()
	}
	for i, token := range b.in.Timestamps {
		b.files[timestampsDir+number(i+1)] = token
	}
	return nil
}

func (b *builder) texts() {
	b.files[readmeName], b.files[pageName] = []byte(readme), []byte(page)
	b.files[redactionsName] = redactionsText(b.lines)
	b.files[systemName] = []byte(strings.TrimRight(b.in.System, "\n") + "\n")
	if b.in.Policy != "" {
		b.files[policyName] = []byte(b.in.Policy)
	}
	if len(b.in.Bundle) > 0 {
		b.files[bundleName] = b.in.Bundle
	}
	m := manifest{Ledger: b.in.Ledger, Record: b.in.Record, Entries: b.count, KnownAt: b.in.KnownAt, Files: list(b.files)}
	b.files[manifestName] = m.text()
}
