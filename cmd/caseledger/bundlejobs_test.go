package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/binder"
	"caseledger/adapters/httpapi"
	"caseledger/eventstore/proof/evidence"
)

// court is a server that bundles are asked of.
type court struct {
	t             *testing.T
	bundled       bundled
	server        *served
	maker, reader string // tokens
	path          string // of the bundle
}

// toCourt serves a ledger with a record of which a bundle is to be made, and plans
// the bundle over HTTP.
func toCourt(t *testing.T, serve ...string) court {
	t.Helper()
	return courtOf(t, toBundle(t), serve...)
}

// courtOf is toCourt of a ledger that has such a record, served with more arguments.
func courtOf(t *testing.T, b bundled, serve ...string) court {
	t.Helper()
	c := court{t: t, bundled: b, maker: tokenOf(t, b.dir, "manager")}
	c.reader = strings.TrimSpace(must(t, "token", "add", "--data", b.dir, "--id", "reader-1", "--role", "manager", "--agency", "anytown"))
	writeFile(t, b.in("log.keys"), must(t, "log", "keys", "--data", b.dir))
	c.server = serveProcess(t, b.dir, serve...)
	record := "/v1/records/" + b.child
	c.path = record + "/bundles/b1"
	letter := read(t, b.in("letters/letter.pdf"))
	status, text := c.send(c.maker, http.MethodPost, record+"/files", letter, "Content-Type: application/octet-stream", "Idempotency-Key: letter")
	var kept httpapi.KeptFile
	c.as(text, &kept)
	hash := sha256.Sum256([]byte(letter))
	if status != http.StatusOK || kept.SHA256 != hex.EncodeToString(hash[:]) || kept.Type != "application/pdf" {
		t.Fatalf("%d %s", status, text)
	}
	_, text = c.send(c.maker, http.MethodGet, record+"/chronologies/c1", "")
	var story struct {
		Revision uint64 `json:"revision"`
		Rows     []struct {
			Entry uint64 `json:"entry"`
		} `json:"rows"`
	}
	if err := json.Unmarshal([]byte(text), &story, json.RejectUnknownMembers(false)); err != nil {
		t.Fatal(err)
	}
	var entries []string
	for n := range story.Revision {
		entries = append(entries, fmt.Sprint(n+1))
	}
	revision := int(story.Revision)
	for i, act := range [][2]string{
		{"", `{"happened":"2026-01-08","bundle":"b1","title":"Re A: bundle","court":"Family Court at Anytown","case":"AT26C00123","parties":["Anytown Council"],"rules":"pd27a-2026"}`},
		{"/scope", fmt.Sprintf(`{"happened":"2026-01-08","selection":{},"parts":[{"record":%q,"known":%d,"entries":[%s]}]}`, b.child, revision, strings.Join(entries, ","))},
		{"/sections", `{"happened":"2026-01-08","sections":[{"letter":"A","title":"Preliminary","documents":[{"document":"a1","title":"Chronology","chronology":"c1"}]},
			{"letter":"C","title":"Evidence","documents":[{"document":"c1","title":"A letter","file":"` + kept.SHA256 + `"}]}]}`},
		{"/variants", `{"happened":"2026-01-08","variants":[{"variant":"court","reader":"the court"},{"variant":"mother","reader":"the mother","redaction":"mother"}]}`},
	} {
		to := c.path + act[0]
		if act[0] == "" {
			to = record + "/bundles"
		}
		status, text := c.send(c.maker, http.MethodPost, to, act[1], fmt.Sprintf("Idempotency-Key: plan-%d", i), fmt.Sprintf(`If-Match: "%d"`, revision+i))
		if status != http.StatusCreated {
			t.Fatalf("%s: %d %s", to, status, text)
		}
	}
	return c
}

// record is the path of the record.
func (c court) record() string { return "/v1/records/" + c.bundled.child }

// reviewed lets somebody else look the bundle through.
func (c court) reviewed() {
	c.t.Helper()
	c.reviewedAs("review")
}

func (c court) reviewedAs(key string) {
	c.t.Helper()
	var page httpapi.BundlePage
	c.get(c.path, &page)
	if status, text := c.send(c.reader, http.MethodPost, c.path+"/review", `{"happened":"2026-01-08"}`, "Idempotency-Key: "+key, fmt.Sprintf(`If-Match: "%d"`, page.Revision)); status != http.StatusCreated {
		c.t.Fatalf("%d %s", status, text)
	}
}

func (c court) as(text string, to any) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		c.t.Fatalf("%v: %.500s", err, text)
	}
}

// send makes a request; what every one needs is added.
func (c court) send(token, method, path, body string, headers ...string) (int, string) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.server.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range append([]string{"Authorization: Bearer " + token, "Purpose: court", "Legal-Basis: children-act-1989-s31", "Content-Type: application/json"}, headers...) {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func (c court) get(path string, to any) {
	c.t.Helper()
	status, text := c.send(c.maker, http.MethodGet, path, "")
	if status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, status, text)
	}
	c.as(text, to)
}

// asks asks for the bundle under a key.
func (c court) asks(key, body string) (int, httpapi.Job) {
	c.t.Helper()
	status, text := c.send(c.maker, http.MethodPost, c.path+"/jobs", body, "Idempotency-Key: "+key)
	var job httpapi.Job
	if status == http.StatusAccepted {
		c.as(text, &job)
	} else {
		job.Problem = &httpapi.Problem{}
		c.as(text, job.Problem)
	}
	return status, job
}

// ended waits until a job has ended.
func (c court) ended(job httpapi.Job) httpapi.Job {
	c.t.Helper()
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		c.get(c.record()+"/jobs/"+job.Job, &job)
		if job.State != jobQueued && job.State != jobRunning {
			return job
		}
	}
	c.t.Fatalf("the job does not end: %+v", job)
	return job
}

func TestABundleIsMadeOverHTTPAndGivenToWhoMaySeeIt(t *testing.T) {
	c := toCourt(t)
	if status, job := c.asks("k1", "{}"); status != http.StatusUnprocessableEntity || job.Problem.Faults[0].Rule != "bundle-not-reviewed" {
		t.Errorf("before it was looked through: %d %+v", status, job)
	}
	c.reviewed()
	if status, job := c.asks("k1", `{"variants":["none"]}`); status != http.StatusUnprocessableEntity || job.Problem.Faults[0].Pointer != "/variants/0" {
		t.Errorf("a variant that there is not: %d %+v", status, job)
	}
	_, first := c.asks("k1", "{}")
	if _, again := c.asks("k1", "{}"); again.Job != first.Job {
		t.Errorf("%+v and %+v", first, again)
	}
	if status, job := c.asks("k1", `{"variants":["court"]}`); status != http.StatusUnprocessableEntity || job.Problem.Code != "idempotency-key-reused" {
		t.Errorf("another request under the key: %d %+v", status, job)
	}
	if done := c.ended(first); done.State != jobDone || done.Problem != nil {
		t.Fatalf("%+v %+v", done, done.Problem)
	}
	var page httpapi.BundlePage
	c.get(c.path, &page)
	if !page.Frozen || len(page.Variants) != 2 || page.Variants[0].Pages != page.Variants[1].Pages {
		t.Fatalf("%+v", page)
	}
	work := t.TempDir()
	keys := writeFile(t, filepath.Join(work, "log.keys"), c.logKeys())
	for _, v := range page.Variants {
		if len(v.Files) != 3 || v.Files[0].SHA256 != v.SHA256 || !v.Permitted {
			t.Fatalf("%+v", v)
		}
		for _, f := range v.Files {
			status, content := c.send(c.reader, http.MethodGet, c.path+"/variants/"+v.Variant+"/files/"+f.File, "")
			if sum := sha256.Sum256([]byte(content)); status != http.StatusOK || hex.EncodeToString(sum[:]) != f.SHA256 {
				t.Errorf("%s %s: %d", v.Variant, f.File, status)
			}
			writeFile(t, filepath.Join(work, v.Variant+"-"+f.File), content)
		}
		if holds := strings.Contains(unpacked(t, filepath.Join(work, v.Variant+"-pdf")), neighbour); holds != (v.Variant == "court") {
			t.Errorf("the bundle for %s holds the word: %t", v.Variant, holds)
		}
		var check httpapi.BundleCheck
		c.get(c.path+"/variants/"+v.Variant+"/check", &check)
		if i := slices.IndexFunc(check.Findings, func(f binder.Finding) bool { return f.Rule == "labels" }); check.SHA256 != v.SHA256 || check.Rules != "pd27a-2026" || i < 0 || check.Findings[i].Result != binder.Pass {
			t.Errorf("%+v", check)
		}
		must(t, "bundle", "verify", filepath.Join(work, v.Variant+"-pdf"), "--manifest", filepath.Join(work, v.Variant+"-manifest"), "--keys", keys)
	}
	if got := must(t, "verify", filepath.Join(work, "mother-evidence-1"), "--keys", keys); !strings.Contains(got, string(evidence.Redacted)) {
		t.Error(got)
	}
	if status, text := c.send(c.maker, http.MethodGet, c.path+"/variants/court/files/evidence-2", ""); status != http.StatusNotFound {
		t.Errorf("a file that there is not: %d %s", status, text)
	}
	if code := c.server.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, c.server.errs)
	}
	seen := 0
	for _, row := range rows(t, "access", "search", "--data", c.bundled.dir, "--record", c.bundled.child) {
		if row["operation"] == "record.bundle-file" && row["caller"] == "reader-1" {
			seen++
		}
	}
	if seen != 6 {
		t.Errorf("%d accesses to files, and 6 were given", seen)
	}
	must(t, "verify", "--data", c.bundled.dir)
}

// logKeys are the public keys of the log: the server has the ledger, so they were
// asked for before.
func (c court) logKeys() string { return read(c.t, c.bundled.in("log.keys")) }

func TestAServerThatIsKilledLeavesNoHalfABundleAndTheSameRequestFinishesIt(t *testing.T) {
	c := toCourt(t)
	c.reviewed()
	for range 3 {
		_, job := c.asks("k1", "{}")
		for until := time.Now().Add(time.Minute); job.State == jobQueued && time.Now().Before(until); {
			c.get(c.record()+"/jobs/"+job.Job, &job)
		}
		c.server.end(t, syscall.SIGKILL) // wherever it is, what stands there has to be whole
		c.server = serveProcess(t, c.bundled.dir)
		if status, text := c.send(c.maker, http.MethodGet, c.record()+"/jobs/"+job.Job, ""); status != http.StatusNotFound {
			t.Errorf("a job of a process that is gone: %d %s", status, text)
		}
	}
	left, err := filepath.Glob(filepath.Join(c.bundled.dir, filesDir, "unfinished", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
	_, job := c.asks("k1", "{}")
	if done := c.ended(job); done.State != jobDone {
		t.Fatalf("%+v %+v", done, done.Problem)
	}
	var page httpapi.BundlePage
	c.get(c.path, &page)
	for _, v := range page.Variants {
		if len(v.Files) != 3 || v.Files[0].SHA256 != v.SHA256 {
			t.Errorf("%+v", v)
		}
	}
	if code := c.server.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, c.server.errs)
	}
	if steps := rows(t, "bundle", "list", c.bundled.child, "--data", c.bundled.dir); len(steps) != 2 {
		t.Errorf("%v", steps)
	}
}

func TestAJobThatIsCancelledEndsAndCanBeAskedForAgain(t *testing.T) {
	c := toCourt(t)
	c.reviewed()
	_, first := c.asks("k1", "{}")
	_, second := c.asks("k2", "{}") // waits for the first, or has nothing left to do
	for _, job := range []httpapi.Job{second, first} {
		if status, text := c.send(c.maker, http.MethodDelete, c.record()+"/jobs/"+job.Job, "", "Idempotency-Key: c"); status != http.StatusOK {
			t.Errorf("%d %s", status, text)
		}
		if ended := c.ended(job); ended.State != jobCancelled && ended.State != jobDone {
			t.Errorf("%+v %+v", ended, ended.Problem)
		}
	}
	for _, key := range []string{"k1", "k2"} {
		if _, job := c.asks(key, "{}"); c.ended(job).State != jobDone {
			t.Errorf("%s: %+v", key, c.ended(job))
		}
	}
}

func TestAServerThatStopsCancelsWhatItMakes(t *testing.T) {
	c := toCourt(t)
	c.reviewed()
	for i := range 5 {
		c.asks(fmt.Sprint("k", i), "{}")
	}
	if code := c.server.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, c.server.errs)
	}
	if strings.Contains(c.server.errs.String(), neighbour) {
		t.Error("the log holds what the record says")
	}
	must(t, "verify", "--data", c.bundled.dir)
}

func TestABundleOfADocumentThatNobodyUploadedIsNotMadeAndSaysWhy(t *testing.T) {
	c := toCourt(t)
	c.reviewed()
	if err := os.RemoveAll(filepath.Join(c.bundled.dir, filesDir, "record-"+c.bundled.child)); err != nil {
		t.Fatal(err)
	}
	_, job := c.asks("k1", "{}")
	if failed := c.ended(job); failed.State != jobFailed || failed.Problem == nil || !strings.Contains(failed.Problem.Faults[0].Reason, "was uploaded") {
		t.Errorf("%+v %+v", failed, failed.Problem)
	}
}

func TestAFreezeOverHTTPAsksTheWitnessesAndIsNoneWithoutTheirPolicy(t *testing.T) {
	b := toBundle(t)
	writeFile(t, b.in("log.keys"), must(t, "log", "keys", "--data", b.dir))
	witness := b.in("witness")
	vkey := strings.TrimSpace(must(t, "witness", "init", "--dir", witness, "--name", "borough.example/w1"))
	other := strings.TrimSpace(must(t, "witness", "init", "--dir", b.in("other"), "--name", "county.example/w1"))
	must(t, "witness", "enrol", "--dir", witness, "--keys", b.in("log.keys"))
	alive, _ := serving(t, "witness", "serve", "--dir", witness, "--listen", "127.0.0.1:0")
	text := must(t, "log", "keys", "--policy", "--data", b.dir) + "witness borough " + vkey + " " + alive + "\nwitness county " + other + " http://127.0.0.1:1\nquorum borough\n"
	policy := writeFile(t, b.in("policy"), text)
	c := courtOf(t, b, "--witness-policy", policy)
	c.reviewed()
	if err := os.Remove(policy); err != nil {
		t.Fatal(err)
	}
	_, job := c.asks("k1", `{"variants":["court"]}`)
	failed := c.ended(job)
	var page httpapi.BundlePage
	c.get(c.path, &page)
	if failed.State != jobFailed || failed.Problem.Code != "failed" || page.Frozen {
		t.Errorf("without the policy: %+v %+v, frozen %t", failed, failed.Problem, page.Frozen)
	}
	if text, err := json.Marshal(failed); err != nil || strings.Contains(string(text), "policy") {
		t.Errorf("whoever asked is told of the machine: %s %v", text, err)
	}
	writeFile(t, policy, text)
	_, job = c.asks("k1", `{"variants":["court"]}`)
	done := c.ended(job)
	slices.SortFunc(done.Attested, func(a, b httpapi.Attested) int { return strings.Compare(a.Who, b.Who) })
	if want := []httpapi.Attested{{Who: "borough", Kind: "witness", Attested: true}, {Who: "county", Kind: "witness"}}; done.State != jobDone || !slices.Equal(done.Attested, want) {
		t.Errorf("%+v %+v", done, done.Problem)
	}
	status, file := c.send(c.reader, http.MethodGet, c.path+"/variants/court/files/evidence-1", "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, file)
	}
	must(t, "verify", writeFile(t, b.in("evidence.zip"), file), "--keys", b.in("log.keys"), "--witness-policy", policy)
}

func TestAServerDoesNotStartWithAPolicyOfWitnessesThatCannotBeRead(t *testing.T) {
	policy := writeFile(t, filepath.Join(t.TempDir(), "policy"), "quorum nobody\n")
	if code, _, errs := caseledger(t, "serve", "--data", newLedger(t), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--witness-policy", policy); code != exitUsage {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// makes asks for a job and waits until it is done.
func (c court) makes(path, key, body string) httpapi.Job {
	c.t.Helper()
	status, text := c.send(c.maker, http.MethodPost, path, body, "Idempotency-Key: "+key)
	if status != http.StatusAccepted {
		c.t.Fatalf("%s: %d %s", path, status, text)
	}
	var job httpapi.Job
	c.as(text, &job)
	done := c.ended(job)
	if done.State != jobDone {
		c.t.Fatalf("%s: %+v %+v", path, done, done.Problem)
	}
	return done
}

// manifest is that of a variant as it was built last.
func (c court) manifest(variant string) (m binder.Manifest) {
	c.t.Helper()
	c.get(c.path+"/variants/"+variant+"/files/manifest", &m)
	return m
}

func TestLateDocumentsComeOverHTTPOnceAndNoPageGetsAnotherNumber(t *testing.T) {
	c := toCourt(t)
	sections := func(hash string) string {
		return `{"reason":"Directed on 3 March.","sections":[{"letter":"C","title":"Evidence","documents":[{"document":"late1","title":"A second letter","file":"` + hash + `"}]}]}`
	}
	nowhere := sections(strings.Repeat("0", 64))
	if status, text := c.send(c.maker, http.MethodPost, c.path+"/late", nowhere, "Idempotency-Key: l0"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "bundle-not-frozen") {
		t.Errorf("before it is frozen: %d %s", status, text)
	}
	c.reviewed()
	c.makes(c.path+"/jobs", "k1", "{}")
	before := map[string]binder.Manifest{"court": c.manifest("court"), "mother": c.manifest("mother")}
	status, text := c.send(c.maker, http.MethodPost, c.path+"/late", nowhere, "Idempotency-Key: l0")
	var job httpapi.Job
	c.as(text, &job)
	if failed := c.ended(job); status != http.StatusAccepted || failed.State != jobFailed || !strings.Contains(failed.Problem.Faults[0].Reason, "was uploaded") {
		t.Errorf("of a document that nobody uploaded: %d %+v %+v", status, failed, failed.Problem)
	}
	must(t, "paper", c.bundled.child, "--data", smallDemo(t), "--kind", "entries", "--entry", "2", "--out", c.bundled.in("second.pdf"))
	_, text = c.send(c.maker, http.MethodPost, c.record()+"/files", read(t, c.bundled.in("second.pdf")), "Content-Type: application/octet-stream", "Idempotency-Key: second")
	var kept httpapi.KeptFile
	c.as(text, &kept)
	late := sections(kept.SHA256)
	c.makes(c.path+"/late", "l1", late)
	c.server.end(t, syscall.SIGKILL)
	c.server = serveProcess(t, c.bundled.dir)
	c.makes(c.path+"/late", "l1", late)
	if status, text := c.send(c.maker, http.MethodPost, c.path+"/late", late, "Idempotency-Key: l2"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "bundle-document-twice") {
		t.Errorf("the same document again: %d %s", status, text)
	}
	if status, text := c.send(c.maker, http.MethodPost, c.path+"/jobs", "{}", "Idempotency-Key: k2"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "bundle-not-reviewed") {
		t.Errorf("before somebody else has looked it through: %d %s", status, text)
	}
	c.reviewedAs("review-2")
	c.makes(c.path+"/jobs", "k2", "{}")
	var page httpapi.BundlePage
	c.get(c.path, &page)
	if page.Edition != 1 {
		t.Errorf("%+v", page)
	}
	for variant, old := range before {
		now := c.manifest(variant)
		for _, d := range old.Documents {
			i := slices.IndexFunc(now.Documents, func(one binder.Bound) bool { return one.ID == d.ID })
			if i < 0 || now.Documents[i].First != d.First || now.Documents[i].Pages != d.Pages {
				t.Errorf("%s: %+v became %+v", variant, d, now.Documents)
			}
		}
		if len(now.Documents) != len(old.Documents)+1 {
			t.Errorf("%s: %d documents, and there were %d", variant, len(now.Documents), len(old.Documents))
		}
		_, file := c.send(c.reader, http.MethodGet, c.path+"/variants/"+variant+"/files/pdf", "")
		if holds := strings.Contains(unpacked(t, writeFile(t, c.bundled.in(variant+".pdf"), file)), neighbour); holds != (variant == "court") {
			t.Errorf("the bundle for %s holds the word: %t", variant, holds)
		}
		var check httpapi.BundleCheck
		c.get(c.path+"/variants/"+variant+"/check", &check)
		if i := slices.IndexFunc(check.Findings, func(f binder.Finding) bool { return f.Rule == "late-last" }); i < 0 || check.Findings[i].Result != binder.Pass {
			t.Errorf("%s: %+v", variant, check)
		}
	}
}
