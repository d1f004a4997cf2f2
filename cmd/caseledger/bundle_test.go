package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pdfreader "github.com/carlos7ags/folio/reader"
	"github.com/go-json-experiment/json"

	"caseledger/adapters/binder"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/proof/evidence/browsertest"
)

// neighbour is a word that stands in one passage of one note.
const neighbour = "Quillfeather"

const plannedBundle = `{"title":"Re A: bundle for the hearing","court":"Family Court at Anytown","case":"AT26C00123","parties":["Anytown Council","the mother"],
"sections":[{"letter":"A","title":"Preliminary documents","documents":[{"title":"Chronology","chronology":"c1"},{"title":"What is withheld","paper":"schedule"}]},
{"letter":"B","title":"The record","documents":[{"title":"Notes in full","entries":{"kinds":["note"]}}]},
{"letter":"C","title":"Evidence","documents":[{"title":"A letter","date":"2026-01-07","file":"letter.pdf"}]}],
"variants":[{"variant":"court","reader":"the court"},{"variant":"mother","reader":"the mother","redaction":"mother"}]}`

// bundled is a ledger with a record of which a bundle is to be made.
type bundled struct {
	t                *testing.T
	dir, child, work string
}

func (b bundled) in(name string) string { return filepath.Join(b.work, name) }

// step takes a step as somebody, and returns the exit code and what was said.
func (b bundled) step(who string, args ...string) (int, string) {
	b.t.Helper()
	code, text, errs := caseledger(b.t, append(args, "--data", b.dir, "--actor", who, "--role", "solicitor", "--agency", "anytown",
		"--basis", "children-act-1989-s31", "--purpose", "court")...)
	return code, text + errs
}

func (b bundled) does(who string, args ...string) {
	b.t.Helper()
	if code, said := b.step(who, args...); code != exitOK {
		b.t.Fatalf("%v: exit %d, %s", args, code, said)
	}
}

func (b bundled) bundle(step string, more ...string) []string {
	return append([]string{"bundle", step, b.child, "--id", "b1", "--files", b.in("letters")}, more...)
}

// toBundle makes a ledger with a note that holds the word, a chronology, and
// redactions for the mother.
func toBundle(t *testing.T) bundled {
	t.Helper()
	dir := smallDemo(t)
	b := bundled{t, dir, rows(t, "caseload", "--data", dir)[0]["record"].(string), t.TempDir()}
	acted(t, dir, b.child, "note.write", `{"happened":"2026-01-05","note":"canary","kind":"visit","present":["mother"],"text":[{"text":"She was seen. "},{"text":"`+neighbour+` telephoned."}]}`, "canary")
	entries := rows(t, "record", "entries", b.child, "--data", dir)
	entry := fmt.Sprint(entries[len(entries)-1]["entry"])
	if err := os.MkdirAll(b.in("letters"), 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, "paper", b.child, "--data", dir, "--kind", "entries", "--entry", "1", "--out", filepath.Join(b.in("letters"), "letter.pdf"))
	writeFile(t, b.in("lines.csv"), "entry,field,ground,reason\n"+entry+",/text/1,third-party,it names a neighbour\n")
	writeFile(t, b.in("plan.json"), plannedBundle)
	b.does("sol-01", "chronology", "build", b.child, "--id", "c1", "--title", "What happened", "--request", "c1")
	b.does("clerk-01", "redaction", "propose", b.child, "--id", "mother", "--reader", "mother", "--for", "court", "--lines", b.in("lines.csv"), "--request", "r1")
	b.does("mgr-01", "redaction", "approve", b.child, "--id", "mother", "--request", "r2")
	return b
}

func (b bundled) manifest(name string) binder.Manifest {
	b.t.Helper()
	var m binder.Manifest
	if err := json.Unmarshal([]byte(read(b.t, b.in(name))), &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// unpacked is a PDF with its compressed streams beside them, attached files too.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	file := []byte(read(t, path))
	all := bytes.NewBuffer(slices.Clone(file))
	for rest := file; ; {
		_, after, found := bytes.Cut(rest, []byte("stream\n"))
		if !found {
			return all.String()
		}
		if z, err := zlib.NewReader(bytes.NewReader(after)); err == nil {
			_, _ = io.Copy(all, z) // what is no stream ends with an error
		}
		rest = after
	}
}

// unzipped is everything that a package holds.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	files, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	var all strings.Builder
	for _, f := range files.File {
		text, err := fs.ReadFile(files, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name)
		all.Write(text)
	}
	return all.String()
}

func TestADraftSaysSoOnEveryPageAndLeavesNothingOnTheRecord(t *testing.T) {
	b := toBundle(t)
	b.does("clerk-01", "bundle", "open", b.child, "--id", "b1", "--plan", b.in("plan.json"), "--files", b.in("letters"), "--request", "b1")
	before := rows(t, "record", "entries", b.child, "--data", b.dir)
	draft := []string{"bundle", "draft", b.child, "--id", "b1", "--data", b.dir, "--files", b.in("letters"), "--out", b.in("drafts")}
	must(t, draft...)
	if after := rows(t, "record", "entries", b.child, "--data", b.dir); len(after) != len(before) {
		t.Errorf("the record has %d entries after a draft, and had %d", len(after), len(before))
	}
	for name, told := range map[string]bool{"b1-court-draft.pdf": true, "b1-mother-draft.pdf": false} {
		pages := pagesOf(t, b.in(filepath.Join("drafts", name)))
		if len(pages) < 5 || strings.Contains(strings.Join(pages, ""), neighbour) != told {
			t.Errorf("%s: %d pages; the word is to be there: %v", name, len(pages), told)
		}
		for i, page := range pages {
			if !strings.Contains(page, "DRAFT") {
				t.Errorf("%s: page %d does not say that it is a draft", name, i+1)
			}
		}
	}
	b.does("sol-02", "bundle", "review", b.child, "--id", "b1", "--request", "b2")
	b.does("sol-01", b.bundle("freeze", "--request", "b3")...)
	if code, text, errs := caseledger(t, draft...); code == exitOK || !strings.Contains(errs, "frozen") {
		t.Errorf("a draft of a bundle that is frozen: exit %d, %s %s", code, text, errs)
	}
}

// pagesOf returns the words on each page of a PDF.
func pagesOf(t *testing.T, path string) []string {
	t.Helper()
	r, err := pdfreader.Parse([]byte(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range r.PageCount() {
		page, err := r.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		spans, err := page.TextSpans()
		if err != nil {
			t.Fatal(err)
		}
		words := ""
		for _, s := range spans {
			words += s.Text + " "
		}
		all = append(all, words)
	}
	return all
}

func TestABundleIsFiledInStepsAndEachReaderGetsTheSamePages(t *testing.T) {
	b := toBundle(t)
	open := b.bundle("open", "--plan", b.in("plan.json"), "--request", "b1")
	b.does("clerk-01", open...)
	b.does("clerk-01", open...) // a repeat records nothing
	refused := func(says, who string, args ...string) {
		t.Helper()
		if code, said := b.step(who, args...); code != exitFailed || !strings.Contains(said, says) {
			t.Errorf("%s: exit %d, %s", says, code, said)
		}
	}
	review, build := []string{"bundle", "review", b.child, "--id", "b1", "--request", "review"}, b.bundle("build", "--out", b.in("filed"), "--request", "build")
	refused("bundle-not-reviewed", "sol-01", b.bundle("freeze", "--request", "freeze")...)
	refused("bundle-reviewed-by-its-author", "clerk-01", review...)
	b.does("sol-02", review...)
	refused("bundle-not-frozen", "sol-01", build...)
	b.does("sol-01", b.bundle("freeze", "--request", "freeze")...)
	writeFile(t, b.in("plan.json"), strings.ReplaceAll(plannedBundle, "A letter", "Another"))
	refused("bundle-frozen", "clerk-01", b.bundle("open", "--plan", b.in("plan.json"), "--request", "b2")...)

	if err := os.MkdirAll(b.in("filed"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, b.in("filed/.b1-court.part"), "what a build that was killed has left")
	b.does("sol-01", build...)
	court, mother := b.manifest("filed/b1-court.json"), b.manifest("filed/b1-mother.json")
	if !slices.Equal(court.Labels, mother.Labels) || len(court.Labels) < 5 {
		t.Errorf("%v and %v", court.Labels, mother.Labels)
	}
	for name, want := range map[string]bool{"b1-court-evidence-1.zip": true, "b1-mother-evidence-1.zip": false} {
		if got := strings.Contains(unzipped(t, b.in("filed/"+name)), neighbour); got != want {
			t.Errorf("%s holds the word: %t", name, got)
		}
	}
	if strings.Contains(unpacked(t, b.in("filed/b1-mother.pdf")), neighbour) {
		t.Error("the word is in the mother's bundle")
	}
	before := sum(t, b.in("filed/b1-court.pdf"))
	if built := rows(t, "bundle", "list", b.child, "--data", b.dir); len(built) != 2 || built[0]["sha256"] != before {
		t.Errorf("%v", built)
	}
	b.does("sol-01", build...)
	if sum(t, b.in("filed/b1-court.pdf")) != before {
		t.Error("built again it is another file")
	}
	if left, err := filepath.Glob(b.in("filed/.*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	verifyBundles(t, b)
	supplementOf(t, b, court)
	t.Run("the page inside each package says the same", func(t *testing.T) { readInBrowser(t, b) })
}

// readInBrowser lets the page that is inside each variant's package check it.
func readInBrowser(t *testing.T, b bundled) {
	for variant, want := range map[string]evidence.Verdict{"court": evidence.Valid, "mother": evidence.Redacted} {
		file := b.in("filed/b1-" + variant + "-evidence-1.zip")
		files, err := zip.OpenReader(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(files, "verifier.html")
		if err := errors.Join(err, files.Close()); err != nil {
			t.Fatal(err)
		}
		page := browsertest.Open(t, writeFile(t, filepath.Join(t.TempDir(), "verifier.html"), string(text)))
		page.Choose("keys-file", b.in("log.keys"))
		page.Eval(`new Promise((done) => (function wait() { document.getElementById("keys").value ? done(1) : setTimeout(wait, 1) })())`)
		page.Choose("file", file)
		page.Eval(`document.getElementById("form").requestSubmit();
			new Promise((done) => (function wait() { document.getElementById("main").ariaBusy === "true" ? setTimeout(wait, 1) : done(1) })())`)
		if got := page.Text(`document.getElementById("verdict")?.textContent ?? document.getElementById("status").textContent`); got != string(want) {
			t.Errorf("%s: the page says %q, and not %q", variant, got, want)
		}
	}
}

// frozen makes a bundle that only has to be built.
func frozen(t *testing.T) bundled {
	t.Helper()
	b := toBundle(t)
	b.does("clerk-01", b.bundle("open", "--plan", b.in("plan.json"), "--request", "b1")...)
	b.does("sol-02", "bundle", "review", b.child, "--id", "b1", "--request", "review")
	b.does("sol-01", b.bundle("freeze", "--request", "freeze")...)
	return b
}

// builder is a build as a process of its own.
func (b bundled) builder() *exec.Cmd {
	args := append(b.bundle("build", "--out", b.in("filed"), "--request", "build"), "--data", b.dir, "--actor", "sol-01", "--role", "solicitor",
		"--agency", "anytown", "--basis", "children-act-1989-s31", "--purpose", "court")
	cmd := exec.CommandContext(b.t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CASELEDGER_TEST_AS_PROGRAM=1")
	return cmd
}

func (b bundled) built() []string {
	b.t.Helper()
	files, err := filepath.Glob(b.in("filed/b1-*.pdf"))
	if err != nil {
		b.t.Fatal(err)
	}
	return files
}

func TestABuildThatIsKilledLeavesNoHalfABundleAndIsFinishedByRepeatingIt(t *testing.T) {
	b := frozen(t)
	left := make(map[string]string)
	for range min(crashes(t), 10) {
		cmd := b.builder()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(time.Second)) // whenever it comes, what stands there has to be whole
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed, or had ended
		for _, file := range b.built() {
			left[file] = sum(t, file)
		}
	}
	b.does("sol-01", b.bundle("build", "--out", b.in("filed"), "--request", "build")...)
	for file, was := range left {
		if sum(t, file) != was {
			t.Errorf("%s was not whole", file)
		}
	}
	if steps := rows(t, "bundle", "list", b.child, "--data", b.dir); len(steps) != 2 || len(b.built()) != 2 {
		t.Errorf("%v and %v", steps, b.built())
	}
}

func TestTwoBuildersOfOneBundleBuildItOnce(t *testing.T) {
	b := frozen(t)
	one, other := b.builder(), b.builder()
	if err := errors.Join(one.Start(), other.Start()); err != nil {
		t.Fatal(err)
	}
	_, _ = one.Wait(), other.Wait() // how they ended is looked at below
	codes := []int{one.ProcessState.ExitCode(), other.ProcessState.ExitCode()}
	if slices.Sort(codes); codes[0] != exitOK || codes[1] != exitOK && codes[1] != exitNotReady {
		t.Errorf("exit %v", codes)
	}
	if steps := rows(t, "bundle", "list", b.child, "--data", b.dir); len(steps) != 2 || len(b.built()) != 2 {
		t.Errorf("%v and %v", steps, b.built())
	}
}

// verifyBundles checks and verifies both variants, and spoils one.
func verifyBundles(t *testing.T, b bundled) {
	t.Helper()
	keys := writeFile(t, b.in("log.keys"), must(t, "log", "keys", "--data", b.dir))
	for _, variant := range []string{"court", "mother"} {
		file, manifest := b.in("filed/b1-"+variant+".pdf"), b.in("filed/b1-"+variant+".json")
		must(t, "bundle", "verify", file, "--manifest", manifest, "--keys", keys)
		if code, said, _ := caseledger(t, "bundle", "check", file, "--manifest", manifest, "--on", "2026-11-22"); !strings.Contains(said, "page-limit") {
			t.Errorf("%s: exit %d, %s", variant, code, said)
		}
	}
	spoiled := strings.Replace(read(t, b.in("filed/b1-court.json")), `"leaf": "`, `"leaf": "0`, 1)
	if code, _, errs := caseledger(t, "bundle", "verify", b.in("filed/b1-court.pdf"), "--keys", keys, "--manifest", writeFile(t, b.in("spoiled.json"), spoiled)); code != exitVerify {
		t.Errorf("a page that tells of another entry: exit %d, %s", code, errs)
	}
	cut := read(t, b.in("filed/b1-court.pdf"))
	if code, _, errs := caseledger(t, "bundle", "verify", writeFile(t, b.in("cut.pdf"), cut[:len(cut)/2]), "--keys", keys); code != exitVerify {
		t.Errorf("a bundle cut in two: exit %d, %s", code, errs)
	}
}

// supplementOf adds a late document: no page that was there gets another number.
func supplementOf(t *testing.T, b bundled, before binder.Manifest) {
	t.Helper()
	writeFile(t, b.in("late.json"), `{"sections":[{"letter":"C","title":"Evidence","documents":[{"title":"The late letter","file":"letter.pdf"}]}]}`)
	b.does("clerk-01", b.bundle("supplement", "--plan", b.in("late.json"), "--reason", "directed", "--request", "late")...)
	if code, said := b.step("sol-01", b.bundle("build", "--out", b.in("later"), "--request", "later")...); code != exitFailed || !strings.Contains(said, "bundle-not-reviewed") {
		t.Errorf("a supplement that nobody looked through: exit %d, %s", code, said)
	}
	b.does("sol-02", "bundle", "review", b.child, "--id", "b1", "--request", "review-late")
	b.does("sol-01", b.bundle("build", "--variant", "court", "--out", b.in("later"), "--request", "later")...)
	after := b.manifest("later/b1-court.json")
	first := make(map[string]string)
	for _, d := range after.Documents {
		first[d.ID] = d.First
	}
	for _, d := range before.Documents {
		if first[d.ID] != d.First {
			t.Errorf("%s stood at %s, and stands at %s", d.ID, d.First, first[d.ID])
		}
	}
	if len(after.Documents) != len(before.Documents)+1 {
		t.Errorf("%d documents, and %d before", len(after.Documents), len(before.Documents))
	}
}

func TestATitleWithAWordThatIsWithheldIsNotBuilt(t *testing.T) {
	b := toBundle(t)
	writeFile(t, b.in("plan.json"), strings.Replace(plannedBundle, "A letter", "Letter from Mrs "+neighbour, 1))
	b.does("clerk-01", b.bundle("open", "--plan", b.in("plan.json"), "--request", "b1")...)
	b.does("sol-02", "bundle", "review", b.child, "--id", "b1", "--request", "review")
	code, said := b.step("sol-01", b.bundle("freeze", "--request", "freeze")...)
	if code != exitFailed || !strings.Contains(said, "withheld from this reader") || strings.Contains(said, neighbour) {
		t.Errorf("exit %d, %s", code, said)
	}
}

// TestABundleIsFrozenOfNoMoreThanTheHeadsProve: an act that was begun before the heads
// were logged, and so bears an earlier time, can be appended after them.
func TestABundleIsFrozenOfNoMoreThanTheHeadsProve(t *testing.T) {
	dir := newLedger(t)
	child := domain.RecordID(opened(t, dir))
	must(t, "log", "attest", "--heads", "--data", dir)
	before := len(rows(t, "record", "entries", string(child), "--data", dir))
	acted(t, dir, string(child), "note.write", `{"happened":"2026-01-05","note":"late","kind":"visit","text":[{"text":"She was seen."}]}`, "late")
	err := withLog(t.Context(), place{dir: dir}, streams{io.Discard, io.Discard}, func(a *app) error {
		at, err := a.settings(t.Context())
		if err != nil {
			return err
		}
		logged := at.State.Heads[len(at.State.Heads)-1]
		logged.Recorded = logged.Recorded.Add(time.Hour)
		known, err := a.knownUnder(t.Context(), logged, []chronology.Part{{Record: child}})
		if err == nil && (len(known) != 1 || known[0].Entry != uint64(before)) {
			t.Errorf("%v, the heads prove %d entries", known, before)
		}
		_, unknown := a.knownUnder(t.Context(), logged, []chronology.Part{{Record: "r-none"}})
		if unknown == nil {
			t.Error("a record that the heads do not have")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
