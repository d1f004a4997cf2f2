package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"caseledger/adapters/httpapi"
)

func TestADisclosureAndAnAnswerAreMadeOverHTTPAsTheCommandsMakeThem(t *testing.T) {
	dir, out := newLedger(t), t.TempDir()
	in := func(name string) string { return filepath.Join(out, name) }
	child := opened(t, dir)
	step(t, dir, child, "note.write", "n", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[
		{"kind":"fact","text":"canaryplain"},{"kind":"fact","text":"canarythird","thirdParty":true},{"kind":"fact","text":"canarycousin"}]}`)
	considered(t, dir, child, "police", "part")
	step(t, dir, child, "redaction.propose", "p", `{"happened":"2026-03-03","redaction":"s1","reader":"the person","purpose":"subject-access","known":2,
		"lines":[{"entry":2,"field":"/text/1","ground":"third-party","reason":"another's"},{"entry":2,"field":"/text/2","ground":"third-party","reason":"the cousin's"}]}`)
	answering(t, dir, child, "io-2", "redaction.approve", `{"happened":"2026-03-04","redaction":"s1"}`)
	for i, one := range [][2]string{
		{"subject-access.receive", `{"happened":"2026-03-05","accessRequest":"a1","from":"person","how":"letter","wants":"Everything."}`},
		{"subject-access.search", `{"happened":"2026-03-05","accessRequest":"a1","known":2}`},
		{"subject-access.exempt", `{"happened":"2026-03-05","accessRequest":"a1","redaction":"s1"}`},
	} {
		step(t, dir, child, one[0], string(rune('a'+i)), one[1])
	}
	officer := tokenOf(t, dir, "records-officer")
	writeFile(t, in("log.keys"), must(t, "log", "keys", "--data", dir))
	c := court{t: t, bundled: bundled{t: t, dir: dir, child: child, work: out}, maker: officer, server: serveProcess(t, dir)}
	one, request := c.record()+"/disclosures/d1", c.record()+"/subject-access-requests/a1"
	if status, text := c.send(officer, http.MethodPost, c.record()+"/disclosures/d9/jobs", "{}", "Idempotency-Key: d9"); status != http.StatusNotFound {
		t.Errorf("a disclosure that nobody asked for: %d %s", status, text)
	}
	c.makes(one+"/jobs", "d1", "{}")
	c.makes(request+"/jobs", "a1", "{}")
	c.server.end(t, syscall.SIGKILL)
	c.server = serveProcess(t, dir)
	c.makes(one+"/jobs", "d1", "{}")
	var page httpapi.PackedDisclosure
	c.get(one+"/package", &page)
	if len(page.Files) != 3 || !page.Permitted {
		t.Fatalf("%+v", page)
	}
	for _, f := range page.Files {
		status, text := c.send(officer, http.MethodGet, one+"/files/"+f.File, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", f.File, status, text)
		}
		writeFile(t, in("d1-"+f.File), text)
	}
	whole := documentText(t, in("d1-docx")) + unpacked(t, in("d1-pdf")) + unzipped(t, in("d1-package"))
	for word, want := range map[string]bool{"canaryplain": true, "canarycousin": true, "canarythird": false} {
		if strings.Contains(whole, word) != want {
			t.Errorf("what was disclosed holds %q: %t", word, !want)
		}
	}
	var answer httpapi.AnswerPage
	c.get(request+"/answer", &answer)
	status, text := c.send(officer, http.MethodGet, request+"/files/answer", "")
	if status != http.StatusOK || !answer.Permitted || answer.Count.Missing != 0 || answer.Count.Withheld != 3 || answer.Count.Hash != hashOf([]byte(text)) {
		t.Errorf("%d %+v", status, answer)
	}
	if code := c.server.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, c.server.errs)
	}
	if strings.Contains(c.server.errs.String(), "canary") {
		t.Error("the log holds what the record says")
	}
	must(t, "verify", in("d1-package"), "--keys", in("log.keys"))
	must(t, "subject-access", "deliver", child, "--data", dir, "--request", "a1", "--out", in("answer.zip"))
	if read(t, in("answer.zip")) != text {
		t.Error("the command makes another answer than the server")
	}
	for name, part := range parts(t, in("answer.zip")) {
		if strings.Contains(part, "canarythird") || strings.Contains(part, "canarycousin") {
			t.Errorf("what is withheld is in %s", name)
		}
	}
	disclosed := 0
	for _, row := range rows(t, "record", "entries", child, "--data", dir) {
		if row["type"] == "disclosure.made" {
			disclosed++
		}
	}
	if disclosed != 1 {
		t.Errorf("it was recorded %d times that something went", disclosed)
	}
	given := map[any]int{}
	for _, row := range rows(t, "access", "search", "--data", dir, "--record", child) {
		given[row["operation"]]++
	}
	if given["record.disclosure-file"] != 3 || given["record.answer-file"] != 1 {
		t.Errorf("recorded as given: %v", given)
	}
}
