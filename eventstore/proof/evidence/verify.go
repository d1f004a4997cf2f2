package evidence

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// TimestampVerifier verifies RFC 3161 time-stamps. token is a file of
// timestamps/, message the text that was stamped: proof.Checkpoint's.
type TimestampVerifier interface {
	VerifyTimestamp(token, message []byte) (time.Time, error)
}

// PolicyChecker says whether enough witnesses cosigned a signed checkpoint. The
// policy is the verifier's own, not the package's.
type PolicyChecker interface {
	CheckPolicy(checkpoint []byte) error
}

// Trust is what a verifier holds. Keys must be set and come from elsewhere than
// the package. What is nil is not asked for, and the report says so.
type Trust struct {
	Keys       *proof.History
	Policy     PolicyChecker
	Timestamps TimestampVerifier
	Known      [][]byte // signed checkpoints seen before, such as on receipts
	// OpenEnd accepts a package that does not show how far the record goes.
	OpenEnd bool
}

// Verify checks a package. What is wrong with it is in the report; the error is
// that of reading r, or that Trust has no keys, and the report is bad then too.
func Verify(r io.ReaderAt, size int64, trust Trust) (Report, error) {
	v, err := inspect(r, size, trust)
	return v.report, err
}

// Whole is an entry of a package that is shown in full.
type Whole struct {
	Leaf    seal.Leaf
	Hash    proof.Hash // of the leaf
	Payload []byte
}

// Read is Verify that also returns the entries, in their order. There are none
// unless every entry is VALID and nothing is wrong with the package.
func Read(r io.ReaderAt, size int64, trust Trust) (Report, []Whole, error) {
	v, err := inspect(r, size, trust)
	if err != nil || v.report.Overall != Valid {
		return v.report, nil, err
	}
	all := make([]Whole, len(v.entries))
	for i, e := range v.entries {
		if all[i], err = v.whole(e); err != nil {
			return v.report, nil, err
		}
	}
	return v.report, all, nil
}

func (v *verifier) whole(e *checked) (Whole, error) {
	lines, err := parseLines(v.files[disclosuresName(e.Seq)])
	if err != nil {
		return Whole{}, err
	}
	fields := make([]seal.Field, len(lines))
	for i, line := range lines {
		if _, fields[i], err = seal.VerifyDisclosure(line); err != nil {
			return Whole{}, err
		}
	}
	payload, err := seal.Join(fields)
	return Whole{Leaf: e.leaf, Hash: e.hash, Payload: payload}, err
}

func inspect(r io.ReaderAt, size int64, trust Trust) (*verifier, error) {
	v := &verifier{trust: trust, report: Report{Overall: Valid}}
	if trust.Keys == nil {
		v.report = Report{}
		return v, errors.New("evidence: no key of the log is known")
	}
	files, damaged, err := unpack(r, size)
	switch {
	case errors.Is(err, ErrFormat):
		v.report.problem(Altered, "the package is not readable as it was written: %v", err)
	case err != nil:
		v.report = Report{}
		return v, err
	default:
		v.files, v.spoiled = files, damaged
		for _, name := range slices.Sorted(maps.Keys(damaged)) {
			v.report.problem(Altered, "%s is damaged: the container states something else about it", name)
		}
		v.parts()
	}
	v.report.finish()
	return v, nil
}

type verifier struct {
	trust   Trust
	files   map[string][]byte
	spoiled map[string]bool // files that are damaged, or not those of the manifest
	report  Report

	manifest   manifest
	checkpoint *proof.Signed // nil when it is not believed
	schedule   map[int][]scheduled
	destroyed  map[string]bool // keys whose destruction is proved to be logged
	head       *shownHead      // nil when none is proved
	entries    []*checked
}

// parts checks the parts in an order in which each may rely on those before.
func (v *verifier) parts() {
	if !v.readManifest() {
		return
	}
	v.compareFiles()
	v.openCheckpoint()
	v.readSchedule()
	v.readCertificates()
	v.readHead()
	v.checkEntries()
	v.checkOrder()
	v.checkEnd()
	v.checkKnown()
	v.checkPolicy()
	v.checkTimestamps()
	for _, e := range v.entries {
		v.report.Entries = append(v.report.Entries, e.EntryReport)
	}
	if _, ok := v.files[bundleName]; ok {
		v.report.note("bundle.pdf is compared with nothing: its pages are the authority's rendering")
	}
	v.report.note("the texts system and policy, and the grounds, names and dates of redactions, are the authority's statements")
}

func (v *verifier) readManifest() bool {
	text, ok := v.files[manifestName]
	if !ok {
		v.report.problem(Missing, "there is no manifest")
		return false
	}
	m, err := parseManifest(text)
	if err != nil {
		v.report.problem(Altered, "%v", err)
		return false
	}
	v.manifest = m
	v.report.Ledger, v.report.Record, v.report.KnownAt = m.Ledger, m.Record, m.KnownAt
	v.report.Fingerprint = proof.Hash(sha256.Sum256(text)).String()
	if m.Ledger != v.trust.Keys.Origin {
		v.report.problem(Altered, "the package is of another ledger than the keys that you hold")
	}
	return true
}

// compareFiles compares the files with the manifest.
func (v *verifier) compareFiles() {
	stated := map[string]bool{}
	for _, f := range v.manifest.Files {
		data, ok := v.files[f.Name]
		stated[f.Name] = true
		switch {
		case !ok:
			v.report.problem(Missing, "the manifest lists %q, which is not in the package", f.Name)
		case len(data) != f.Size || sha256.Sum256(data) != f.Sum:
			v.report.problem(Altered, "%s is not the file that the manifest lists", f.Name)
			v.spoiled[f.Name] = true
		}
	}
	for name := range v.files {
		if !stated[name] && name != manifestName {
			v.report.problem(Altered, "%s is not listed in the manifest", name)
			v.spoiled[name] = true
		}
	}
	for _, name := range []string{readmeName, pageName, systemName, redactionsName} {
		if _, ok := v.files[name]; !ok {
			v.report.problem(Missing, "%s is missing", name)
		}
	}
	for name, want := range map[string]string{readmeName: readme, pageName: page} {
		if text, ok := v.files[name]; ok && string(text) != want {
			v.report.problem(Altered, "%s is not the one that every package has: do not use it", name)
		}
	}
}

// openCheckpoint believes the checkpoint when the verifier's keys signed it. The
// package's own keys must be able to open it too.
func (v *verifier) openCheckpoint() {
	text, ok := v.files[checkpointName]
	if !ok {
		v.report.problem(Missing, "there is no checkpoint")
		return
	}
	c, err := v.trust.Keys.Open(text)
	if err == nil && v.spoiled[checkpointName] {
		err = fmt.Errorf("the checkpoint: %w", ErrFormat)
	}
	if err != nil {
		v.report.problem(Altered, "the checkpoint is not believed: %v", err)
		return
	}
	v.checkpoint = &c
	v.report.describe(c)
	keys, err := proof.ParseHistory(v.files[keysName])
	if err == nil {
		_, err = keys.Open(text)
	}
	if err != nil {
		v.report.problem(Altered, "the package's key history is not that of the log: %v", err)
		return
	}
	if !bytes.Equal(keys.Text(), v.trust.Keys.Text()) {
		v.report.note("the package's key history is another than yours, with the same keys in force")
	}
}

func (v *verifier) readSchedule() {
	v.schedule = map[int][]scheduled{}
	lines, err := parseRedactions(v.files[redactionsName])
	if err != nil {
		v.report.problem(Altered, "%v", err)
		return
	}
	for _, r := range lines {
		if r.Seq > v.manifest.Entries {
			v.report.problem(Altered, "the schedule names entry %d, which the package does not have", r.Seq)
		}
		v.schedule[r.Seq] = append(v.schedule[r.Seq], r)
	}
}

// readCertificates believes a certificate when the ledger logged it.
func (v *verifier) readCertificates() {
	v.destroyed = map[string]bool{}
	for n := 1; n <= MaxParts; n++ {
		dir := destructionDir + number(n) + "/"
		text, ok := v.files[dir+certificatePart]
		if !ok {
			v.unused(dir, certificatePart)
			continue
		}
		key, err := certificateKey(text)
		if err == nil {
			_, err = v.logged(dir, DestructionType, DestructionField, string(text))
		}
		if err != nil {
			v.report.problem(Altered, "certificate of destruction %d is not believed: %v", n, err)
			continue
		}
		v.destroyed[key] = true
	}
}

// unused finds files of a directory whose main part is missing.
func (v *verifier) unused(dir, part string) {
	for name := range v.files {
		if strings.HasPrefix(name, dir) {
			v.report.problem(Missing, "%s is there without %s", name, dir+part)
		}
	}
}

// checkKnown compares the checkpoint with older ones: those that the verifier
// holds must be proved to have grown into it, and those in the package too.
func (v *verifier) checkKnown() {
	proved := v.checkOlder()
	for i, text := range v.trust.Known {
		old, err := v.trust.Keys.Open(text)
		switch {
		case err != nil:
			v.report.problem(Altered, "checkpoint %d that you hold is not believed: %v", i+1, err)
		case v.checkpoint == nil:
		case old.Checkpoint == v.checkpoint.Checkpoint || proved[old.Checkpoint]:
		case old.Size == v.checkpoint.Size || v.contradicts(old.Checkpoint, proved):
			v.distrust("the log contradicts the checkpoint of %d entries that you hold: there are two histories", old.Size)
		default:
			v.report.problem(Missing, "nothing in the package shows that the checkpoint of %d entries that you hold still stands", old.Size)
		}
	}
	if len(v.trust.Known) == 0 {
		v.report.note("no checkpoint that you hold from elsewhere was compared")
	}
}

// contradicts reports whether another tree of the same size is proved.
func (v *verifier) contradicts(old proof.Checkpoint, proved map[proof.Checkpoint]bool) bool {
	for c := range proved {
		if c.Size == old.Size && c != old {
			return true
		}
	}
	return false
}

// checkOlder returns the older checkpoints that the package proves.
func (v *verifier) checkOlder() map[proof.Checkpoint]bool {
	proved := map[proof.Checkpoint]bool{}
	for n := 1; n <= MaxParts; n++ {
		dir := consistencyDir + number(n) + "/"
		text, ok := v.files[dir+oldPart]
		if !ok {
			v.unused(dir, oldPart)
			continue
		}
		old, err := v.trust.Keys.Open(text)
		if err == nil {
			err = v.grew(old.Checkpoint, dir+proofPart)
		}
		if err != nil {
			v.distrust("older checkpoint %d: %v", n, err)
			continue
		}
		proved[old.Checkpoint] = true
	}
	return proved
}

// grew checks a consistency proof from old to the package's checkpoint.
func (v *verifier) grew(old proof.Checkpoint, name string) error {
	if v.checkpoint == nil {
		return errNoCheckpoint
	}
	p, err := proof.ParseConsistency(v.files[name])
	if err != nil {
		return err
	}
	if !bytes.Equal(p.Checkpoint, v.checkpoint.Note) {
		return fmt.Errorf("%w: its proof is under another checkpoint", proof.ErrProof)
	}
	return proof.VerifyConsistency(old, v.checkpoint.Checkpoint, p)
}

var errNoCheckpoint = errors.New("there is no checkpoint that is believed")

// distrust marks everything as altered: the log has two histories.
func (v *verifier) distrust(format string, args ...any) {
	v.report.problem(Altered, format, args...)
	for _, e := range v.entries {
		e.find(Altered, "the log that it is proved under is not believed")
	}
}

func (v *verifier) checkPolicy() {
	if v.trust.Policy == nil {
		v.report.note("no witness policy was asked for")
		return
	}
	if v.checkpoint == nil {
		return
	}
	if err := v.trust.Policy.CheckPolicy(v.checkpoint.Note); err != nil {
		v.all(Unwitnessed, "the checkpoint does not satisfy your witness policy")
	}
}

// checkTimestamps asks for one good time-stamp and no bad one.
func (v *verifier) checkTimestamps() {
	if v.trust.Timestamps == nil {
		v.report.note("no time-stamp was asked for or checked")
		return
	}
	if v.checkpoint == nil {
		return
	}
	found := false
	for n := 1; n <= MaxParts; n++ {
		token, ok := v.files[timestampsDir+number(n)]
		if !ok {
			continue
		}
		at, err := v.trust.Timestamps.VerifyTimestamp(token, v.checkpoint.Text())
		if err != nil {
			v.all(Untimed, "time-stamp %d does not verify", n)
			continue
		}
		if !found || at.Before(v.report.StampedAt) {
			v.report.StampedAt, found = at, true
		}
	}
	if !found {
		v.all(Untimed, "no time-stamp of the checkpoint verifies")
	}
}

// all finds the same about the package and every entry that is in it.
func (v *verifier) all(verdict Verdict, format string, args ...any) {
	v.report.problem(verdict, format, args...)
	for _, e := range v.entries {
		e.find(verdict, format, args...)
	}
}
