package evidence

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

var update = flag.Bool("update", false, "write the table of attacks into README.md")

// attack is something done to a good package. Unless it says otherwise, the
// attacker then makes the manifest and the container anew, so that both agree
// with what was altered.
type attack struct {
	name    string
	do      func(w *world, f map[string][]byte)
	entries int     // that the new manifest states; 0 for as many as before
	raw     bool    // leave the manifest as do left it
	overall Verdict // expected
	entry   int     // the entry that is found to be bad, 0 for none in particular
	verdict Verdict // of that entry
}

func flipped(name string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		data := bytes.Clone(f[name])
		data[len(data)/2] ^= 1
		f[name] = data
	}
}

func removed(names ...string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		for _, name := range names {
			if _, ok := f[name]; !ok {
				panic(name)
			}
			delete(f, name)
		}
	}
}

func replaced(name, old, next string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		if !bytes.Contains(f[name], []byte(old)) {
			panic(name)
		}
		f[name] = bytes.Replace(f[name], []byte(old), []byte(next), 1)
	}
}

func each(steps ...func(*world, map[string][]byte)) func(*world, map[string][]byte) {
	return func(w *world, f map[string][]byte) {
		for _, step := range steps {
			step(w, f)
		}
	}
}

// moved renames the four files of an entry.
func moved(from, to int) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		for _, name := range []func(int) string{leafName, digestsName, disclosuresName, inclusionName} {
			if data, ok := f[name(from)]; ok {
				f[name(to)] = data
			} else {
				delete(f, name(to))
			}
		}
	}
}

func entryFiles(n int) []string {
	return []string{leafName(n), digestsName(n), disclosuresName(n), inclusionName(n)}
}

// borrowed puts an entry of another record into a place.
func borrowed(from, to int) func(*world, map[string][]byte) {
	return func(w *world, f map[string][]byte) {
		for _, name := range []func(int) string{leafName, digestsName, disclosuresName, inclusionName} {
			f[name(to)] = w.other[name(from)]
		}
	}
}

// resealed replaces an entry by another that is sealed as well as the first,
// under the same key, and was never in the log.
func resealed(n int) func(*world, map[string][]byte) {
	return func(w *world, f map[string][]byte) {
		leaf := must(seal.ParseLeaf(f[leafName(n)]))
		text, blob, err := seal.Seal(leaf.Header, []byte(`{"actor":"sw-1","seen":false}`), w.ledger.keys[leaf.Key], [16]byte{9}, w.ledger.random)
		if err != nil {
			panic(err)
		}
		o := must(seal.Open(text, blob, w.ledger.keys[leaf.Key], [16]byte{9}))
		f[leafName(n)], f[digestsName(n)], f[disclosuresName(n)] = text, digestsText(o.Digests()), linesText(o.Disclosures())
	}
}

// resealedContent shows other content and its digests for a leaf that stays.
func resealedContent(n int, payload string) func(*world, map[string][]byte) {
	return func(w *world, f map[string][]byte) {
		leaf := must(seal.ParseLeaf(f[leafName(n)]))
		text, blob, err := seal.Seal(leaf.Header, []byte(payload), w.ledger.keys[leaf.Key], [16]byte{9}, w.ledger.random)
		if err != nil {
			panic(err)
		}
		o := must(seal.Open(text, blob, w.ledger.keys[leaf.Key], [16]byte{9}))
		f[digestsName(n)], f[disclosuresName(n)] = digestsText(o.Digests()), linesText(o.Disclosures())
	}
}

// secondOpening shows another content for a leaf that stays as it is: what
// one gets who makes a blob that opens under two keys.
func secondOpening(withDigests bool) func(*world, map[string][]byte) {
	return func(w *world, f map[string][]byte) {
		leaf := f[leafName(1)]
		resealed(1)(w, f)
		f[leafName(1)] = leaf
		if !withDigests {
			f[digestsName(1)] = w.files[digestsName(1)]
		}
	}
}

// forked is the package of another history under the same name.
func forked(signer *proof.Signer, w *world, f map[string][]byte) {
	fork := newWorld(signer, 2)
	clear(f)
	maps.Copy(f, fork.files)
	f[keysName] = w.files[keysName]
}

// stolen has the Ed25519 key of the log and an ML-DSA key of its own.
func stolen(w *world, f map[string][]byte) {
	mine := must(proof.GenerateKeys(testLedger))
	lines := strings.Split(string(mine), "\n")
	theirs := strings.Split(string(testKeyText()), "\n")
	lines[1] = theirs[1]
	forked(must(proof.ParseSigner([]byte(strings.Join(lines, "\n")))), w, f)
}

// otherOrigin is a good package of another ledger.
func otherOrigin(w *world, f map[string][]byte) {
	for name, data := range f {
		f[name] = bytes.ReplaceAll(data, []byte(testLedger), []byte("bigtown.example/test"))
	}
}

// cutAtTheEnd leaves out the last entry, and whatever would show it.
var cutAtTheEnd = each(removed(entryFiles(4)...), func(_ *world, f map[string][]byte) {
	for name := range f {
		if strings.HasPrefix(name, headDir) {
			delete(f, name)
		}
	}
})

// typedRoot is a heads root that a user typed into an entry of a record.
func typedRoot(w *world, f map[string][]byte) {
	f[headDir+leafPart] = f[leafName(1)]
	f[headDir+digestsPart] = f[digestsName(1)]
	f[headDir+disclosuresPart] = f[disclosuresName(1)]
	f[headDir+inclusionPart] = f[inclusionName(1)]
}

func addLine(name, line string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) { f[name] = append(bytes.Clone(f[name]), line...) }
}

func swapLines(name string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		lines := must(parseLines(f[name]))
		lines = slices.Clone(lines)
		lines[0], lines[1] = lines[1], lines[0]
		f[name] = linesText(lines)
	}
}

func swapLastLines(name string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		lines := slices.Clone(must(parseLines(f[name])))
		n := len(lines)
		lines[n-1], lines[n-2] = lines[n-2], lines[n-1]
		f[name] = linesText(lines)
	}
}

// doubleLastLine puts the last line in the place of the one before, too.
func doubleLastLine(name string) func(*world, map[string][]byte) {
	return func(_ *world, f map[string][]byte) {
		lines := slices.Clone(must(parseLines(f[name])))
		lines[len(lines)-2] = lines[len(lines)-1]
		f[name] = linesText(lines)
	}
}

func otherTimestamp(w *world, f map[string][]byte) {
	f[timestampsDir+number(1)] = stamp(w.before)
}

// withoutWitness removes the witness's signature everywhere.
func withoutWitness(w *world, f map[string][]byte) {
	n := must(note.Open(f[checkpointName], note.VerifierList(w.ledger.known.At(1)...)))
	n.UnverifiedSigs = nil
	full, bare := f[checkpointName], must(note.Sign(n))
	for name, data := range f {
		f[name] = bytes.Replace(data, full, bare, 1)
	}
}

var attacks = []attack{
	{name: "nothing", do: each(), overall: Erased},
	{name: "a byte of a leaf", do: flipped(leafName(1)), overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of a leaf, the manifest as it was", do: flipped(leafName(1)), raw: true, overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of the digests", do: flipped(digestsName(1)), overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of a disclosure", do: flipped(disclosuresName(1)), overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of an inclusion proof", do: flipped(inclusionName(1)), overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of the checkpoint", do: flipped(checkpointName), overall: Altered, entry: 1, verdict: Altered},
	{name: "a byte of the key history", do: flipped(keysName), overall: Altered},
	{name: "a byte of the heads root", do: flipped(headDir + rootPart), overall: Altered},
	{name: "a byte of the head proof", do: flipped(headDir + proofPart), overall: Altered},
	{name: "a byte of an older checkpoint", do: flipped(consistencyDir + number(1) + "/" + oldPart), overall: Altered},
	{name: "a byte of a consistency proof", do: flipped(consistencyDir + number(1) + "/" + proofPart), overall: Altered},
	{name: "a byte of a time-stamp", do: flipped(timestampsDir + number(1)), overall: Untimed, entry: 1, verdict: Untimed},
	{name: "a byte of a certificate of destruction", do: flipped(destructionDir + number(1) + "/" + certificatePart), overall: Altered, entry: 3, verdict: Unexplained},
	{name: "a byte of README.txt", do: flipped(readmeName), overall: Altered},
	{name: "a page that finds everything good", do: replaced(pageName, "Check an evidence package", "All is well"), overall: Altered},
	{name: "a byte of the manifest", do: flipped(manifestName), raw: true, overall: Altered},
	{name: "a byte of the system's statement, the manifest as it was", do: flipped(systemName), raw: true, overall: Altered},
	{name: "a byte of the system's statement, the manifest made anew", do: flipped(systemName), overall: Erased},
	{name: "another ground in the schedule, the manifest made anew", do: replaced(redactionsName, "third party", "own wish"), overall: Erased, entry: 2, verdict: Redacted},

	{name: "an entry left out", do: removed(entryFiles(2)...), overall: Missing, entry: 2, verdict: Missing},
	{name: "an entry left out, the others moved up", do: each(moved(3, 2), moved(4, 3), removed(leafName(4), digestsName(4), disclosuresName(4), inclusionName(4))), entries: 3, overall: Altered, entry: 2, verdict: Altered},
	{name: "the first entry left out, the others moved up", do: each(moved(2, 1), moved(3, 2), moved(4, 3), removed(leafName(4), digestsName(4), disclosuresName(4), inclusionName(4))), entries: 3, overall: Altered, entry: 1, verdict: Altered},
	{name: "the last entry left out", do: removed(entryFiles(4)...), entries: 3, overall: Missing, entry: 4, verdict: Missing},
	{name: "the last entry left out, and the proof of the head", do: cutAtTheEnd, entries: 3, overall: Missing},
	{name: "two entries exchanged", do: each(moved(1, 5), moved(4, 1), moved(5, 4), removed(entryFiles(5)...)), overall: Altered, entry: 1, verdict: Altered},
	{name: "an entry doubled at the end", do: moved(4, 5), entries: 5, overall: Altered, entry: 5, verdict: Altered},
	{name: "an entry of another record inserted", do: borrowed(1, 5), entries: 5, overall: Altered, entry: 5, verdict: Altered},
	{name: "an entry of another record in the place of one", do: borrowed(1, 1), overall: Altered, entry: 1, verdict: Altered},
	{name: "files beyond the stated number", do: moved(4, 5), entries: 4, overall: Altered},
	{name: "an entry sealed again with other content", do: resealed(2), overall: Altered, entry: 2, verdict: Altered},
	{name: "the whole package said to be of another record", do: replaced(manifestName, testRecord, otherRecord), raw: true, overall: Altered, entry: 1, verdict: Altered},
	{name: "the other record's head", do: func(w *world, f map[string][]byte) { f[headDir+proofPart] = w.other[headDir+proofPart] }, overall: Altered},
	{name: "a heads root that stands in a record, not in the ledger's own stream", do: typedRoot, overall: Altered},

	{name: "signed by another's keys", do: func(w *world, f map[string][]byte) {
		forked(must(proof.ParseSigner(must(proof.GenerateKeys(testLedger)))), w, f)
	}, overall: Altered, entry: 1, verdict: Altered},
	{name: "another history, signed with the stolen Ed25519 key alone", do: stolen, overall: Altered, entry: 1, verdict: Altered},
	{name: "another history, signed with all keys of the log", do: func(w *world, f map[string][]byte) { forked(w.ledger.signer, w, f) }, overall: Altered, entry: 1, verdict: Altered},
	{name: "another ledger's name", do: otherOrigin, overall: Altered},
	{name: "no signature of a witness", do: withoutWitness, overall: Unwitnessed, entry: 1, verdict: Unwitnessed},
	{name: "no time-stamp", do: removed(timestampsDir + number(1)), overall: Untimed, entry: 1, verdict: Untimed},
	{name: "the time-stamp of another checkpoint", do: otherTimestamp, overall: Untimed, entry: 1, verdict: Untimed},
	{name: "no proof that an older checkpoint still stands", do: removed(consistencyDir+number(1)+"/"+oldPart, consistencyDir+number(1)+"/"+proofPart), overall: Missing},
	{name: "no checkpoint", do: removed(checkpointName), overall: Altered, entry: 1, verdict: Altered},
	{name: "no inclusion proof", do: removed(inclusionName(1)), overall: Missing, entry: 1, verdict: Missing},

	{name: "a field withheld without a line in the schedule", do: replaced(redactionsName, "2\t3\t/informant\tthird party\tteam-manager\t2026-11-22\n", ""), overall: Unexplained, entry: 2, verdict: Unexplained},
	{name: "all disclosures of an entry left out", do: removed(disclosuresName(1)), overall: Unexplained, entry: 1, verdict: Unexplained},
	{name: "all content of an entry left out", do: removed(disclosuresName(1), digestsName(1)), overall: Unexplained, entry: 1, verdict: Unexplained},
	{name: "a line in the schedule for a field that there is not", do: addLine(redactionsName, "2\t9\t/mother\tthird party\tteam-manager\t2026-11-22\n"), overall: Altered, entry: 2, verdict: Altered},
	{name: "a line in the schedule for a field that is shown", do: addLine(redactionsName, "4\t1\t/actor\tthird party\tteam-manager\t2026-11-22\n"), overall: Altered, entry: 4, verdict: Altered},
	{name: "the same under another path", do: addLine(redactionsName, "4\t1\t/mother\tthird party\tteam-manager\t2026-11-22\n"), overall: Altered, entry: 4, verdict: Altered},
	{name: "a line in the schedule that names a path that is shown", do: replaced(redactionsName, "/informant", "/actor"), overall: Altered, entry: 2, verdict: Altered},
	{name: "a line in the schedule for an entry that there is not", do: addLine(redactionsName, "9\t1\t/actor\tthird party\tteam-manager\t2026-11-22\n"), overall: Altered},
	{name: "a line in the schedule twice", do: addLine(redactionsName, "2\t3\t/informant\town wish\tteam-manager\t2026-11-22\n"), overall: Altered, entry: 2, verdict: Unexplained},
	{name: "disclosures in another order", do: swapLines(disclosuresName(1)), overall: Altered, entry: 1, verdict: Altered},
	{name: "a field disclosed that was never sealed", do: addLine(disclosuresName(1), `["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","/x",1]`+"\n"), overall: Altered, entry: 1, verdict: Altered},
	{name: "another content for the same blob (it opens under two keys)", do: secondOpening(false), overall: Altered, entry: 1, verdict: Altered},
	{name: "another content with as many fields, and its digests", do: resealedContent(4, `{"actor":"sw-9","steps":["see never","tell nobody"]}`), overall: Altered, entry: 4, verdict: Altered},
	{name: "the same with its own digests", do: secondOpening(true), overall: Altered, entry: 1, verdict: Altered},

	{name: "an erased entry without certificate", do: removed("destruction/000001/certificate", "destruction/000001/leaf", "destruction/000001/digests", "destruction/000001/disclosures", "destruction/000001/inclusion"), overall: Unexplained, entry: 3, verdict: Unexplained},
	{name: "a certificate that the ledger never logged", do: each(removed(disclosuresName(1), digestsName(1)), replaced("destruction/000001/certificate", "k-7f02", "k-7f01")), overall: Altered, entry: 1, verdict: Unexplained},
	{name: "content of an entry whose key is certified to be destroyed", do: func(w *world, f map[string][]byte) {
		f[digestsName(3)], f[disclosuresName(3)] = f[digestsName(1)], f[disclosuresName(1)]
	}, overall: Altered, entry: 3, verdict: Altered},

	{name: "the true content of such an entry", do: func(w *world, f map[string][]byte) {
		f[digestsName(3)], f[disclosuresName(3)] = digestsText(w.erased.Digests()), linesText(w.erased.Disclosures())
	}, overall: Altered, entry: 3, verdict: Altered},

	{name: "a manifest that states fewer entries", do: each(), entries: 3, overall: Altered},
	{name: "a manifest that states more entries", do: each(), entries: 5, overall: Missing, entry: 5, verdict: Missing},
	{name: "a manifest with a cut-off before what it holds", do: replaced(manifestName, "known-at -", "known-at "+testTime.Format(timeLayout)), raw: true, overall: Altered, entry: 1, verdict: Altered},
	{name: "a file that the manifest does not list", do: func(_ *world, f map[string][]byte) { f[timestampsDir+number(9)] = f[timestampsDir+number(1)] }, raw: true, overall: Altered},
	{name: "a file that the manifest lists and is not there", do: removed(policyName), raw: true, overall: Missing},
	{name: "a manifest in another order", do: swapLastLines(manifestName), raw: true, overall: Altered},
	{name: "a manifest that lists a file twice", do: doubleLastLine(manifestName), raw: true, overall: Altered},
}

// spoil returns the package after an attack.
func (a attack) spoil(w *world) map[string][]byte {
	f := maps.Clone(w.files)
	a.do(w, f)
	if a.raw {
		return f
	}
	m := must(parseManifest(f[manifestName]))
	if a.entries > 0 {
		m.Entries = a.entries
	}
	delete(f, manifestName)
	m.Files = list(f)
	f[manifestName] = m.text()
	return f
}

func TestEveryAttackIsFoundForWhatItIs(t *testing.T) {
	w := testWorld()
	var table strings.Builder
	for _, a := range attacks {
		r := verify(a.spoil(w), w.trust)
		got := Verdict("")
		if a.entry > 0 && a.entry <= len(r.Entries) {
			got = r.Entries[a.entry-1].Verdict
		}
		if r.Overall != a.overall || got != a.verdict {
			t.Errorf("%s: package %q, entry %d %q; expected %q, %q\n%q\n%v", a.name, r.Overall, a.entry, got, a.overall, a.verdict, r.Problems, r.Entries)
		}
		entry := "–"
		if a.entry > 0 {
			entry = fmt.Sprintf("%d: %s", a.entry, got)
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", a.name, r.Overall, entry)
	}
	checkTable(t, table.String())
}

// guide is where the table of attacks stands.
const guide = "../../README.md"

// checkTable compares the table with what was found.
func checkTable(t *testing.T, rows string) {
	t.Helper()
	const begin, end = "| Done to the package | Package | Entry |\n|---|---|---|\n", "\n<!-- end of the attacks -->"
	text := must(os.ReadFile(guide))
	before, rest, ok1 := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal(guide + " has no table of attacks")
	}
	if old == rows {
		return
	}
	if !*update {
		t.Fatal(guide + " states other verdicts: go test ./eventstore/proof/evidence -update")
	}
	if err := os.WriteFile(guide, []byte(before+begin+rows+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestACheckpointThatIsHeldFindsASecondHistory is without the package's help:
// the forger leaves the older checkpoint out.
func TestACheckpointThatIsHeldFindsASecondHistory(t *testing.T) {
	w := testWorld()
	fork := newWorld(w.ledger.signer, 2)
	trust := w.trust
	if r := verify(fork.files, Trust{Keys: trust.Keys}); r.Bad() {
		t.Error("who holds no checkpoint of the first history cannot know of it, yet:", r.Problems)
	}
	if r := verify(fork.files, trust); r.Overall != Altered || !strings.Contains(strings.Join(r.Problems, " "), "two histories") {
		t.Error(r.Problems)
	}
	trust.Known = [][]byte{fork.input.Checkpoint.Note}
	if r := verify(w.files, trust); r.Overall != Altered {
		t.Error(r.Overall)
	}
}

func TestALaterCheckpointThatIsHeldIsNotTakenForShown(t *testing.T) {
	w := testWorld()
	later := must(w.ledger.signer.Sign(proof.Checkpoint{Origin: testLedger, Size: 100, Root: proof.Hash{1}}, testTime.Add(time.Hour)))
	trust := w.trust
	trust.Known = [][]byte{later}
	if r := verify(w.files, trust); r.Overall != Missing {
		t.Error(r.Overall)
	}
}

// TestARecordIsNotShownToBeAbsentByAnothersAbsence hides a whole record behind
// the proof that some other does not exist.
func TestARecordIsNotShownToBeAbsentByAnothersAbsence(t *testing.T) {
	w := testWorld()
	hide := attack{do: func(_ *world, f map[string][]byte) {
		m := must(parseManifest(f[manifestName]))
		m.Record = testRecord
		f[manifestName] = m.text()
	}}
	if r := verify(hide.spoil(&world{files: absent(w)}), w.trust); r.Overall != Altered {
		t.Error(r.Overall, r.Head)
	}
}
