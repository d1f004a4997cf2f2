package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// answering runs an act of an information officer, or of who approves.
func answering(t *testing.T, dir, record, who, name, body string) {
	t.Helper()
	old := os.Stdin
	in, err := os.Open(writeFile(t, filepath.Join(t.TempDir(), "body.json"), body))
	if err != nil {
		t.Fatal(err)
	}
	os.Stdin = in
	defer func() { os.Stdin = old; in.Close() }()
	must(t, "act", name, "--data", dir, "--record", record, "--actor", who, "--role", "records-officer", "--agency", "anytown",
		"--basis", "uk-gdpr-article-15", "--purpose", "subject-access", "--request", name)
}

// parts are the files of a zip.
func parts(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func TestAnAnswerHoldsAllThatIsNotWithheldAndWhatIsSpoiledIsMissed(t *testing.T) {
	dir, out := smallDemo(t), t.TempDir()
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	act := func(who, name, body string) { answering(t, dir, child, who, name, body) }
	act("io-1", "note.write", `{"happened":"2026-01-05","note":"zn1","kind":"visit","present":["aunt"],"text":[{"text":"She smiled. "},{"text":"Her cousin Zqxcanary cried."}]}`)
	finds := rows(t, "subject-access", "search", child, "--data", dir)
	known := 0
	for _, f := range finds {
		if f["place"] == "entries" {
			known = int(f["count"].(float64))
		}
	}
	if last := finds[len(finds)-1]; known == 0 || last["place"] != "accesses" {
		t.Fatalf("found %v", finds)
	}
	file := filepath.Join(out, "answer.zip")
	deliver := []string{"subject-access", "deliver", child, "--data", dir, "--request", "sa1", "--out", file, "--output", "json"}
	act("io-1", "subject-access.receive", `{"happened":"2026-03-02","accessRequest":"sa1","from":"person","how":"letter","wants":"Everything."}`)
	if duties := must(t, "duties", "--data", dir, "--true-on", "2026-04-03", "--overdue", "--output", "json"); !strings.Contains(duties, "subject-access") || !strings.Contains(duties, "2026-04-02") {
		t.Errorf("the duties are %s", duties)
	}
	act("io-1", "subject-access.search", strings.ReplaceAll(`{"happened":"2026-03-03","accessRequest":"sa1","known":N}`, "N", strconv.Itoa(known)))
	if code, _, errs := caseledger(t, deliver...); code != exitUsage {
		t.Fatalf("before it is said what is withheld: exit %d, %s", code, errs)
	}
	act("io-1", "redaction.propose", strings.ReplaceAll(`{"happened":"2026-03-03","redaction":"s1","reader":"the person","purpose":"subject-access","known":N,
		"lines":[{"entry":N,"field":"/text/1","ground":"third-party","reason":"It is the cousin's."}]}`, "N", strconv.Itoa(known)))
	act("io-2", "redaction.approve", `{"happened":"2026-03-04","redaction":"s1"}`)
	act("io-1", "subject-access.exempt", `{"happened":"2026-03-05","accessRequest":"sa1","redaction":"s1"}`)
	act("io-1", "subject-access.decide", `{"happened":"2026-03-05","accessRequest":"sa1","outcome":"part","reason":"The cousin's matters are left out."}`)
	must(t, deliver...)
	all := parts(t, file)
	for name, text := range all {
		if strings.Contains(text, "Zqxcanary") {
			t.Errorf("what is withheld is in %s", name)
		}
		for inside, text := range packed(text) {
			if strings.Contains(text, "Zqxcanary") {
				t.Errorf("what is withheld is in %s of %s", inside, name)
			}
		}
	}
	if story := packed(all["2-your-story.docx"])["word/document.xml"]; !strings.Contains(story, "She smiled.") || !strings.Contains(story, "[withheld: third party]") {
		t.Errorf("the story says %.3000s", story)
	}
	checked := rows(t, "subject-access", "check", child, "--data", dir, "--file", file)[0]
	if checked["missing"].(float64) != 0 || checked["withheld"].(float64) < 1 || checked["delivered"].(float64) < float64(known) {
		t.Errorf("the count is %v", checked)
	}
	again := filepath.Join(out, "again.zip")
	must(t, "subject-access", "deliver", child, "--data", dir, "--request", "sa1", "--out", again)
	if sum(t, file) != sum(t, again) {
		t.Error("the same request gives another file")
	}
	hash := checked["hash"].(string)
	act("io-1", "subject-access.deliver", `{"happened":"2026-03-09","accessRequest":"sa1","how":"collected","hash":"`+hash+`"}`)
	act("io-1", "subject-access.check", `{"happened":"2026-03-09","accessRequest":"sa1","hash":"`+hash+`","known":`+strconv.Itoa(known)+`,"delivered":1,"withheld":1,"missing":0}`)
	act("io-1", "subject-access.close", `{"happened":"2026-03-09","accessRequest":"sa1","reason":"answered"}`)
	for name, spoil := range map[string]func(map[string]string){
		"a field lost": func(p map[string]string) {
			p[answerFile] = strings.Replace(p[answerFile], "She smiled. ", "She slept. ", 1)
		},
		"a reason lost": func(p map[string]string) {
			p[answerFile] = strings.Replace(p[answerFile], `"field":"/text/1"`, `"field":"/text/9"`, 1)
		},
		"a paper of another":    func(p map[string]string) { p["3-your-record.pdf"] = p["2-your-story.pdf"] },
		"a paper that is empty": func(p map[string]string) { p["5-who-looked.pdf"] = "" },
	} {
		spoiled := parts(t, file)
		spoil(spoiled)
		path := filepath.Join(out, "spoiled.zip")
		if err := os.WriteFile(path, packedAs(t, spoiled), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, text, _ := caseledger(t, "subject-access", "check", child, "--data", dir, "--file", path); code != exitVerify {
			t.Errorf("%s: exit %d, %s", name, code, text)
		}
	}
	for name, text := range map[string]string{"no zip": "x", "another zip": string(packedAs(t, map[string]string{"a": "b"}))} {
		path := writeFile(t, filepath.Join(out, "bad.zip"), text)
		if code, _, _ := caseledger(t, "subject-access", "check", child, "--data", dir, "--file", path); code != exitUsage {
			t.Errorf("%s: exit %d", name, code)
		}
	}
}

func packedAs(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// packed are the files of a text that is a zip, none of one that is not.
func packed(text string) map[string]string {
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		return nil
	}
	all := make(map[string]string)
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			content, _ := io.ReadAll(r)
			all[f.Name] = string(content)
		}
	}
	return all
}

func FuzzNoFileIsTakenForAnAnswerOrPanics(f *testing.F) {
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, err := parseAnswer(text); err != nil && err != errAnswer {
			t.Errorf("%v", err)
		}
	})
}
