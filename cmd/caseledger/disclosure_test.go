package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var recordID = regexp.MustCompile("[0-9a-f]{32}")

// opened opens a record, and returns its id.
func opened(t *testing.T, dir string) string {
	t.Helper()
	code, out, errs := caseledgerWith(t, `{"happened":"2026-01-02","person":"3a7c0c1e5d2b4f6f8a9b0c1d2e3f4a5b"}`, "act", "person.register", "--data", dir, "--actor", "sw-1", "--role", "social-worker",
		"--agency", "anytown", "--basis", "b", "--purpose", "p", "--request", "open", "--output", "json")
	id := recordID.FindString(out)
	if code != exitOK || id == "" {
		t.Fatal(out, errs)
	}
	return id
}

// step performs a command on a record.
func step(t *testing.T, dir, child, command, request, body string) {
	t.Helper()
	act(t, dir, command, body, "--record", child, "--request", request)
}

// documentText is the text of a Word file, with its marks.
func documentText(t *testing.T, path string) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f, err := in.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// considered has a request of the police considered under a profile and decided.
func considered(t *testing.T, dir, child, profile, decision string) {
	t.Helper()
	for i, one := range [][2]string{
		{"disclosure.request", `{"happened":"2026-03-02","disclosure":"d1","from":"police","body":"Anyshire Police","protocol":"police","reason":"an assault","asked":["all"]}`},
		{"disclosure.consider", `{"happened":"2026-03-04","disclosure":"d1","profile":"` + profile + `","text":["Weighed."]}`},
		{"disclosure.decide", `{"happened":"2026-03-05","disclosure":"d1","decision":"` + decision + `","basis":"DPA 2018","necessity":"needed","reason":"not all"}`},
	} {
		step(t, dir, child, one[0], fmt.Sprintf("d1-%d", i), one[1])
	}
}

func TestWhatIsDisclosedIsWhatTheProfileSaysAndTheRecordSaysSo(t *testing.T) {
	dir, out := newLedger(t), t.TempDir()
	in := func(name string) string { return filepath.Join(out, name) }
	child := opened(t, dir)
	step(t, dir, child, "referral.receive", "r", `{"happened":"2026-01-05","referral":"r1","source":"2A","need":"N1"}`)
	step(t, dir, child, "person.record-address", "a", `{"happened":"2026-01-05","lines":["7 Canaryaddress Road"],"postcode":"AB1 2CD"}`)
	step(t, dir, child, "note.write", "n", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[
		{"kind":"fact","text":"canaryplain"},{"kind":"fact","text":"canarythird","thirdParty":true},{"kind":"fact","text":"canaryinformant","informant":true}]}`)
	considered(t, dir, child, "police", "part")
	made := rows(t, append([]string{"disclosure", "make", child, "--data", dir, "--id", "d1", "--package", in("d.zip"), "--out", in("d.docx"), "--out", in("d.pdf"), "--request", "m"}, recordsOfficer...)...)[0]
	if made["entries"].(float64) < 3 || made["withheld"].(float64) < 3 {
		t.Errorf("%v", made)
	}
	writeFile(t, in("keys"), must(t, "log", "keys", "--data", dir))
	if told := must(t, "verify", in("d.zip"), "--keys", in("keys")); !strings.Contains(told, "REDACTED") {
		t.Errorf("%s", told)
	}
	pkg, err := os.ReadFile(in("d.zip"))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"canaryplain": true, "canarythird": false, "canaryinformant": false, "Canaryaddress": false, "AB1 2CD": false} {
		if got := bytes.Contains(pkg, []byte(word)); got != want {
			t.Errorf("the package holds %q: %v", word, got)
		}
		if got := strings.Contains(documentText(t, in("d.docx")), word); got != want {
			t.Errorf("the paper holds %q: %v", word, got)
		}
	}
	listed := rows(t, "disclosure", "list", child, "--data", dir)[0]
	if listed["package"] != made["fingerprint"] || listed["open"] != false || listed["answerBy"] != "2026-03-30" || listed["decision"] != "part" {
		t.Errorf("%v", listed)
	}
	for name, tt := range map[string]struct {
		args []string
		exit int
	}{
		"a request twice":                  {[]string{"--id", "d1", "--package", in("e.zip"), "--request", "m"}, exitFailed},
		"nothing that was considered":      {[]string{"--id", "d9", "--package", in("e.zip"), "--request", "x"}, exitFailed},
		"a file that is there":             {[]string{"--id", "d1", "--package", in("d.zip"), "--request", "x"}, exitUsage},
		"a set that nobody approved":       {[]string{"--id", "d1", "--package", in("e.zip"), "--redaction", "s9", "--request", "x"}, exitFailed},
		"profiles that are not of a shape": {[]string{"--id", "d1", "--package", in("e.zip"), "--profiles", in("keys"), "--request", "x"}, exitUsage},
	} {
		if code, _, errs := caseledger(t, append(append([]string{"disclosure", "make", child, "--data", dir}, tt.args...), recordsOfficer...)...); code != tt.exit {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
	if _, err := os.Stat(in("e.zip")); err == nil {
		t.Error("a package was written that nobody answers for")
	}
}

func TestWhatARestrictionKeepsDoesNotGoByAProfileThatSaysNothingOfIt(t *testing.T) {
	dir, out := newLedger(t), t.TempDir()
	child := opened(t, dir)
	step(t, dir, child, "person.record-address", "a", `{"happened":"2026-01-05","lines":["7 Canaryaddress Road"],"postcode":"AB1 2CD"}`)
	step(t, dir, child, "contact.receive", "c", `{"happened":"2026-01-06","contact":"c1","source":"1A","channel":"telephone","concern":"canaryneighbour heard shouting"}`)
	step(t, dir, child, "correspondence.record", "l", `{"happened":"2026-01-06","correspondence":"l1","medium":"letter","direction":"in","from":"canarywriter","informant":true,"text":["canaryletter"]}`)
	step(t, dir, child, "note.write", "n", `{"happened":"2026-01-07","note":"n1","kind":"visit","text":[{"kind":"fact","text":"canaryplain"},{"kind":"fact","text":"seen at 7, Canaryaddress road"}]}`)
	entries := len(rows(t, "record", "entries", child, "--data", dir))
	step(t, dir, child, "restriction.shield-informant", "x", fmt.Sprintf(`{"happened":"2026-01-08","restriction":"x1","entries":[%d],"reason":"canaryneighbour asked"}`, entries-2))
	step(t, dir, child, "restriction.withhold-address", "y", `{"happened":"2026-01-08","restriction":"x2","basisOf":"domestic-abuse"}`)
	step(t, dir, child, "redaction.propose", "s", fmt.Sprintf(`{"happened":"2026-01-08","redaction":"s1","reader":"father","purpose":"disclosure","known":%d,
		"lines":[{"entry":%d,"field":"/concern","ground":"third-party","reason":"canaryreason"}]}`, entries, entries-2))
	considered(t, dir, child, "whole", "all")
	canaries := []string{"Canaryaddress", "AB1 2CD", "canaryneighbour", "canarywriter", "canaryletter", "canaryreason"}
	given := func(more string) []byte {
		name := fmt.Sprint("d", len(more))
		profiles, pkg := filepath.Join(out, name+".json"), filepath.Join(out, name+".zip")
		writeFile(t, profiles, `{"profiles":[{"profile":"whole","from":"2000-01-01","sentence":"All.","shows":[{"kinds":["*"],"fields":["/*"]}],"ground":"none","source":"a test"`+more+`}]}`)
		must(t, append([]string{"disclosure", "make", child, "--data", dir, "--id", "d1", "--profiles", profiles, "--package", pkg, "--request", name}, recordsOfficer...)...)
		text, err := os.ReadFile(pkg)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	least := given("")
	if !bytes.Contains(least, []byte("canaryplain")) {
		t.Error("what nobody keeps does not go")
	}
	for _, word := range canaries {
		if bytes.Contains(least, []byte(word)) {
			t.Errorf("%s goes though no profile says so", word)
		}
	}
	most := given(`,"informants":true,"thirdParty":true,"addresses":true`)
	for _, word := range canaries {
		if got, want := bytes.Contains(most, []byte(word)), word != "canaryreason"; got != want {
			t.Errorf("%s goes: %v", word, got)
		}
	}
}

func TestASetOfRedactionsIsAppliedBesideTheProfileAndHoldsBackWhatCameSince(t *testing.T) {
	dir, out := newLedger(t), t.TempDir()
	child := opened(t, dir)
	step(t, dir, child, "note.write", "n1", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"kind":"fact","text":"canarykept"},{"kind":"fact","text":"canaryshown"}]}`)
	entry := len(rows(t, "record", "entries", child, "--data", dir))
	step(t, dir, child, "redaction.propose", "s1", fmt.Sprintf(`{"happened":"2026-01-07","redaction":"s1","reader":"police","purpose":"disclosure","known":%d,
		"lines":[{"entry":%d,"field":"/text/0","ground":"third-party","reason":"a neighbour"}]}`, entry, entry))
	code, _, errs := caseledgerWith(t, `{"happened":"2026-01-08","redaction":"s1"}`, "act", "redaction.approve", "--data", dir, "--record", child, "--actor", "tm-02", "--role", "manager", "--agency", "anytown",
		"--basis", "b", "--purpose", "p", "--request", "s1a")
	if code != exitOK {
		t.Fatal(errs)
	}
	step(t, dir, child, "note.write", "n2", `{"happened":"2026-01-09","note":"n2","kind":"visit","text":[{"kind":"fact","text":"canarylater"}]}`)
	considered(t, dir, child, "police", "all")
	path := filepath.Join(out, "d.zip")
	must(t, append([]string{"disclosure", "make", child, "--data", dir, "--id", "d1", "--redaction", "s1", "--package", path, "--request", "m"}, recordsOfficer...)...)
	pkg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"canaryshown": true, "canarykept": false, "canarylater": false} {
		if got := bytes.Contains(pkg, []byte(word)); got != want {
			t.Errorf("the package holds %q: %v", word, got)
		}
	}
}

func TestWhyAnEarlierReaderWasNotToldIsNotForTheNextOneEither(t *testing.T) {
	dir, path := newLedger(t), filepath.Join(t.TempDir(), "d.zip")
	child := opened(t, dir)
	step(t, dir, child, "note.write", "n1", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"kind":"fact","text":"canarykept"},{"kind":"fact","text":"canaryshown"}]}`)
	entry := len(rows(t, "record", "entries", child, "--data", dir))
	for i, known := range []int{entry, entry + 1} {
		set := fmt.Sprint("s", i+1)
		step(t, dir, child, "redaction.propose", set, fmt.Sprintf(`{"happened":"2026-01-07","redaction":"%s","reader":"inspector","purpose":"disclosure","known":%d,
			"lines":[{"entry":%d,"field":"/text/0","ground":"third-party","reason":"canaryreason"}]}`, set, known, entry))
	}
	code, _, errs := caseledgerWith(t, `{"happened":"2026-01-08","redaction":"s2"}`, "act", "redaction.approve", "--data", dir, "--record", child, "--actor", "tm-02", "--role", "manager", "--agency", "anytown",
		"--basis", "b", "--purpose", "p", "--request", "s2a")
	if code != exitOK {
		t.Fatal(errs)
	}
	considered(t, dir, child, "inspectorate", "all")
	must(t, append([]string{"disclosure", "make", child, "--data", dir, "--id", "d1", "--redaction", "s2", "--package", path, "--request", "m"}, recordsOfficer...)...)
	pkg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"canaryshown": true, "canarykept": false, "canaryreason": false} {
		if got := bytes.Contains(pkg, []byte(word)); got != want {
			t.Errorf("the package holds %q: %v", word, got)
		}
	}
}

func TestHealthSeesPlanAndDatesAndWhomToCall(t *testing.T) {
	dir, path := newLedger(t), filepath.Join(t.TempDir(), "d.zip")
	child := opened(t, dir)
	considered(t, dir, child, "health", "part")
	args := append([]string{"disclosure", "make", child, "--data", dir, "--id", "d1", "--package", path, "--request", "m"}, recordsOfficer...)
	if code, _, errs := caseledger(t, args...); code != exitUsage || !strings.Contains(errs, "--contact") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if told := must(t, "disclosure", "schema"); !strings.Contains(told, "urn:caseledger:profiles") {
		t.Error(told)
	}
	before, after := rows(t, "disclosure", "profiles", "--on", "2024-02-29"), rows(t, "disclosure", "profiles", "--on", "2024-03-01")
	if !strings.HasPrefix(before[0]["sentence"].(string), "2013") || !strings.Contains(after[0]["sentence"].(string), "2024") || len(rows(t, "disclosure", "profiles")) <= len(after) {
		t.Errorf("%v\n%v", before[0], after[0])
	}
}
