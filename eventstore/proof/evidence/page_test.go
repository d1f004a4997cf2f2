package evidence

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/eventstore/proof"
)

// TestThePageFindsWhatTheProgramFinds runs the page's script over every package
// of the attacks, and more that are spoiled at random. It compares what both
// check: no policy, no time-stamps, and no ML-DSA where that is all that is
// wrong.
func TestThePageFindsWhatTheProgramFinds(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no JavaScript engine (node) to run the page with")
	}
	w, dir := testWorld(), t.TempDir()
	trust := Trust{Keys: w.trust.Keys, Known: w.trust.Known}
	put(t, dir, "keys", w.trust.Keys.Text())
	put(t, dir, "known", w.before.Note)
	put(t, dir, "readme", []byte(readme))
	classic := trust // what is left when ML-DSA is not checked
	classic.Keys = must(proof.FirstKeys(testLedger, w.ledger.signer.VerifierKeys()[0]))
	var want, without []string
	for i, packed := range pagePackages(t, w) {
		name := fmt.Sprintf("%04d.zip", i)
		put(t, dir, name, packed)
		want = append(want, line(name, packed, trust))
		without = append(without, line(name, packed, classic))
	}
	out, err := exec.Command(node, "testdata/page.mjs", "verifier.html", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d verdicts for %d packages: %s", len(got), len(want), got[len(got)-1])
	}
	for i := range want {
		if got[i] != want[i] && got[i] != without[i] {
			name := "a random one"
			if i < len(attacks) {
				name = attacks[i].name
			}
			t.Errorf("%s: the page says %q, the program %q", name, got[i], want[i])
		}
	}
}

// line is a package's verdicts as testdata/page.mjs prints them.
func line(name string, packed []byte, trust Trust) string {
	r := must(Verify(bytes.NewReader(packed), int64(len(packed)), trust))
	out := name + ", " + string(r.Overall)
	for _, e := range r.Entries {
		out += fmt.Sprintf(", %d %s", e.Seq, e.Verdict)
	}
	return out
}

func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

const randomPackages = 100

func pagePackages(t *testing.T, w *world) (packages [][]byte) {
	for _, a := range attacks {
		packages = append(packages, pack(a.spoil(w)))
	}
	packages = append(packages, pack(w.other), []byte("not a zip at all, but long enough"), pack(w.files)[1:])
	chance := seeded(t)
	names := make([]string, 0, len(w.files))
	for name := range w.files {
		if name != pageName && name != readmeName && name != bundleName && name != manifestName {
			names = append(names, name)
		}
	}
	for range randomPackages {
		f := maps.Clone(w.files)
		name := names[chance.IntN(len(names))]
		data := bytes.Clone(f[name])
		data[chance.IntN(len(data))] ^= 1 << chance.IntN(7)
		f[name] = data
		packages = append(packages, pack(attack{do: func(*world, map[string][]byte) {}}.spoil(&world{files: f})))
	}
	return packages
}
