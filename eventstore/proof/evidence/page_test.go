package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/evidence/browsertest"
	"caseledger/eventstore/proof/witness"
)

// pageRig is the page, opened from a directory, and what a person gives it.
type pageRig struct {
	*browsertest.Page
	dir string
}

// newPageRig opens the page and gives it what w's verifiers hold.
func newPageRig(t testing.TB, w *world) pageRig {
	t.Helper()
	p := pageRig{browsertest.Open(t, "verifier.html"), t.TempDir()}
	p.give("keys", w.trust.Keys.Text())
	p.give("known", w.before.Note)
	p.give("policy", []byte(policyText(w.ledger.signer)))
	return p
}

// give chooses a file for one of the page's texts, and waits until it is read.
func (p pageRig) give(id string, text []byte) {
	p.T.Helper()
	p.Eval(fmt.Sprintf(`document.getElementById(%[1]q).value = document.getElementById(%[1]q + "-file").value = ""`, id))
	p.Choose(id+"-file", p.write(id, text))
	p.Eval(fmt.Sprintf(`new Promise((done) => (function wait() { document.getElementById(%q).value ? done(1) : setTimeout(wait, 1) })())`, id))
}

func (p pageRig) write(name string, data []byte) string {
	p.T.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		p.T.Fatal(err)
	}
	return path
}

// finished resolves when the page has finished a check.
const finished = `new Promise((done) => (function wait() { document.getElementById("main").ariaBusy === "true" ? setTimeout(wait, 1) : done(1) })())`

// check lets the page check a package, and reads the verdicts as line has them.
func (p pageRig) check(packed []byte) string {
	p.T.Helper()
	p.Choose("file", p.write("package.zip", packed))
	p.Eval(`document.getElementById("form").requestSubmit(); ` + finished)
	return p.Text(`[document.getElementById("verdict")?.textContent ?? "no verdict: " + document.getElementById("status").textContent,
		...Array.from(document.querySelectorAll("tbody tr"), (r) => r.cells[0].textContent + " " + r.cells[2].querySelector(".verdict").textContent)].join(", ")`)
}

// line is the verdicts of the program on a package.
func line(packed []byte, trust Trust) string {
	r := must(Verify(bytes.NewReader(packed), int64(len(packed)), trust))
	out := string(r.Overall)
	for _, e := range r.Entries {
		out += fmt.Sprintf(", %d %s", e.Seq, e.Verdict)
	}
	return out
}

// TestThePageFindsWhatTheProgramFinds lets both check every package of the
// attacks, and more that are spoiled at random. It compares what both check: no
// time-stamps, and no ML-DSA where that is all that is wrong.
func TestThePageFindsWhatTheProgramFinds(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	trust := Trust{Keys: w.trust.Keys, Known: w.trust.Known, Policy: w.trust.Policy}
	classic := trust // what is left when ML-DSA is not checked
	classic.Keys = must(proof.FirstKeys(testLedger, w.ledger.signer.VerifierKeys()[0]))
	for name, packed := range pagePackages(t, w) {
		got, want := p.check(packed), line(packed, trust)
		if got != want && got != line(packed, classic) {
			t.Errorf("%s: the page says %q, the program %q", name, got, want)
		}
	}
}

const randomPackages = 50

func pagePackages(t *testing.T, w *world) map[string][]byte {
	cutOff := w.input
	cutOff.KnownAt, cutOff.Destroyed = testTime.Add(3*time.Minute), nil
	packages := map[string][]byte{
		"another record":             pack(w.other),
		"a record that there is not": pack(absent(w)),
		"a cut-off":                  pack(w.build(cutOff)),
		"a million tiny files":       bytes.Repeat(appendLocal(nil, systemName, nil), 1_000_000),
	}
	for _, a := range attacks {
		packages[a.name] = pack(a.spoil(w))
	}
	for _, f := range forgeries {
		packages["a log with "+f.name] = pack(forged(w, f.forge))
	}
	for name, packed := range badContainers() {
		packages["a container that is "+name] = packed
	}
	for name, packed := range without(w) {
		packages["without "+name] = packed
	}
	chance := seeded(t)
	good := pack(w.files)
	for i := range randomPackages {
		packages[fmt.Sprint("a flipped bit of the container, ", i)] = flipOne(chance, good)
		packages[fmt.Sprint("a flipped bit of the contents, ", i)] = flipContents(chance, w)
	}
	return packages
}

func flipOne(chance *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	data[chance.IntN(len(data))] ^= 1 << chance.IntN(8)
	return data
}

// flipContents makes the manifest and the container anew.
func flipContents(chance *rand.Rand, w *world) []byte {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(w.files)) {
		if name != manifestName {
			names = append(names, name)
		}
	}
	return pack(attack{do: func(_ *world, f map[string][]byte) {
		name := names[chance.IntN(len(names))]
		f[name] = flipOne(chance, f[name])
	}}.spoil(w))
}

// TestThePageReadsAPolicyAsTheProgramDoes, save that it counts no witness whose
// key is of type ML-DSA-44.
func TestThePageReadsAPolicyAsTheProgramDoes(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	private, public, err := cosig.GenerateMLDSAKey("lattice.example/w")
	if err != nil {
		t.Fatal(err)
	}
	lattice := "witness lattice " + public + "\n"
	in := w.input
	n := must(note.Open(in.Checkpoint.Note, note.VerifierList(w.trust.Keys.At(1)...)))
	in.Checkpoint.Note = append(bytes.Clone(in.Checkpoint.Note), must(note.Sign(&note.Note{Text: n.Text}, must(cosig.NewMLDSASigner(private))))[len(n.Text)+1:]...)
	packed := pack(w.build(in))
	head := strings.TrimSuffix(policyText(w.ledger.signer), "quorum neighbour\n")
	_, stranger, err := note.GenerateKey(nil, testLedger)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ text, page string }{ // page: where it differs from the program
		"one witness":             {head + "quorum neighbour\n", ""},
		"none":                    {head + "# nobody\nquorum none\n", ""},
		"any of two":              {head + lattice + "group g any neighbour lattice\nquorum g\n", ""},
		"all of two":              {head + lattice + "group g all neighbour lattice\nquorum g\n", string(Unwitnessed)},
		"a key of ML-DSA":         {head + lattice + "quorum lattice\n", string(Unwitnessed)},
		"a stranger's log":        {"log " + stranger + "\nquorum none\n", ""},
		"no quorum":               {head, ""},
		"an unknown quorum":       {head + "quorum x\n", ""},
		"two quorums":             {head + "quorum neighbour\nquorum neighbour\n", ""},
		"a witness twice":         {head + strings.SplitAfter(head, "\n")[2] + "quorum neighbour\n", ""},
		"a group of strangers":    {head + "group g any a b\nquorum g\n", ""},
		"more than there are":     {head + "group g 2 neighbour\nquorum g\n", ""},
		"a member of two groups":  {head + "group g any neighbour\ngroup h any neighbour\nquorum h\n", ""},
		"another word":            {head + "witnesses 1\nquorum neighbour\n", ""},
		"a control character":     {head + "quorum neighbour\r\x07\n", ""},
		"the log as a witness":    {head + "witness self " + w.ledger.signer.VerifierKeys()[0] + "\nquorum self\n", ""},
		"a witness called none":   {strings.Replace(head, "witness neighbour", "witness none", 1) + "quorum none\n", ""},
		"a key that is not one":   {head + "witness x abc\nquorum x\n", ""},
		"more members than a sum": {head + "group g 0 neighbour\nquorum g\n", ""},
	} {
		p.give("policy", []byte(tt.text))
		got, _, _ := strings.Cut(p.check(packed), ",")
		want := "no verdict: The check could not be made. The policy cannot be used"
		if policy, err := witness.ParsePolicy([]byte(tt.text)); err == nil {
			r := must(Verify(bytes.NewReader(packed), int64(len(packed)), Trust{Keys: w.trust.Keys, Policy: quorum{policy}}))
			want = string(r.Overall)
		}
		if tt.page != "" && want != string(Unwitnessed) {
			want = tt.page
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: the page says %q, the program %q", name, got, want)
		}
	}
}

func TestThePageSaysWhyItCannotCheck(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	for keys, want := range map[string]string{
		"":                   "Give the public keys of the ledger: without them nothing can be checked.",
		"some words":         "The check could not be made. The public keys cannot be used: not a key history.",
		"caseledger/keys/v1": "The check could not be made. The public keys cannot be used: the keys are not those of one log.",
		witnessVerifierKey(): "The check could not be made. The public keys cannot be used: a public key of an unknown type.",
	} {
		p.Eval(fmt.Sprintf(`document.getElementById("keys").value = %q`, keys))
		if got := p.check(pack(w.files)); got != "no verdict: "+want {
			t.Errorf("%.20q: %q", keys, got)
		}
	}
}

func witnessVerifierKey() string {
	_, public := witnessKey()
	return public
}

// TestThePageKnowsItselfAndTheReadme: a page cannot hold its own SHA-256, so
// it holds that of itself with zeros in its place.
func TestThePageKnowsItselfAndTheReadme(t *testing.T) {
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	constant := func(name string) *regexp.Regexp { return regexp.MustCompile(`const ` + name + ` = "[0-9a-f]{64}";`) }
	stated := func(name, digits string) string { return fmt.Sprintf(`const %s = "%s";`, name, digits) }
	want := constant("README").ReplaceAllString(page, stated("README", sum(readme)))
	want = constant("PAGE").ReplaceAllString(want, stated("PAGE", strings.Repeat("0", 64)))
	want = strings.Replace(want, stated("PAGE", strings.Repeat("0", 64)), stated("PAGE", sum(want)), 1)
	if want == page {
		return
	}
	if !*update {
		t.Fatal("verifier.html states other sums: go test ./eventstore/proof/evidence -run Itself -update")
	}
	if err := os.WriteFile("verifier.html", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
