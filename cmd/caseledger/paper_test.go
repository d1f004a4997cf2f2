package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// words returns what a Word document says, a paragraph a line.
func words(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("</w:p>"), []byte("\n"))
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(text), ""))
}

// printed returns what a PDF says, "" where there is no program to read it with.
func printed(t *testing.T, path string) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return ""
	}
	text, err := exec.Command(program, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// papered writes a paper of a kind, and returns what it says. The PDF says the
// same.
func papered(t *testing.T, dir, child, kind string, says []string, more ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), kind)
	must(t, append([]string{"paper", child, "--data", dir, "--kind", kind, "--out", out + ".docx", "--out", out + ".pdf"}, more...)...)
	text, page := words(t, out+".docx"), strings.Join(strings.Fields(printed(t, out+".pdf")), " ")
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("%s: there is no %q in\n%.6000s", kind, want, text)
		}
		if page != "" && len(want) < 25 && !strings.Contains(page, want) { // a longer one may be broken by the end of a page
			t.Errorf("%s: there is no %q in the PDF", kind, want)
		}
	}
	return text
}

func TestEntriesAreWrittenInFullAsTheyWereKnownThen(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	acted(t, dir, child, "note.write", `{"happened":"2026-01-05","note":"np","time":"14:05","kind":"visit","present":["mother"],"text":[{"text":"She said «שלום» 😀 and "},{"text":"left.","thirdParty":true}]}`, "np")
	last := len(rows(t, "record", "entries", child, "--data", dir))
	text := papered(t, dir, child, "entries", []string{"2026-01-05 14:05: Note written", fmt.Sprintf("Entry %d (leaf ", last), "[third party]", "solicitor"}, "--entry", fmt.Sprint(last))
	if !strings.Contains(text, "She said «שלום» 😀 and left.") {
		t.Errorf("the words of the note are not there as they were typed:\n%s", text)
	}
	then := papered(t, dir, child, "entries", nil, "--known-entry", "3")
	acted(t, dir, child, "entry.tag", `{"happened":"2026-01-05","entry":3,"tags":["attendance"]}`, "t1")
	if again := papered(t, dir, child, "entries", nil, "--known-entry", "3"); again != then || !strings.Contains(then, "Entry 1 (leaf ") {
		t.Errorf("as known then, it is another paper:\n%s\n%s", then, again)
	}
	out := filepath.Join(t.TempDir(), "x.pdf")
	for name, args := range map[string][]string{
		"another kind":                  {"--kind", "letter", "--out", out},
		"no file":                       {"--kind", "entries"},
		"another format":                {"--kind", "entries", "--out", "x.odt"},
		"a file that exists":            {"--kind", "entries", "--out", dir},
		"an entry that is not there":    {"--kind", "entries", "--out", out, "--entry", "1-99999"},
		"what is no entry":              {"--kind", "entries", "--out", out, "--entry", "3-2"},
		"a chronology that is not":      {"--kind", "entries", "--out", out, "--chronology", "none"},
		"a selection of nothing":        {"--kind", "entries", "--out", out, "--tag", "nothing"},
		"a moment before all entries":   {"--kind", "entries", "--out", out, "--known-at", "1901-01-01"},
		"entries of two ways to choose": {"--kind", "entries", "--out", out, "--entry", "1", "--chronology", "c1"},
	} {
		if code, _, errs := caseledger(t, append([]string{"paper", child, "--data", dir}, args...)...); code != exitUsage {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}

func TestThePapersOfACourtAreFilledInFromTheRecord(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	acted(t, dir, child, "entry.mark", `{"happened":"2026-01-05","entry":2,"party":"mother","stand":"disputed","note":"It was «never» so. שלום"}`, "m1")
	n := len(rows(t, "record", "entries", child, "--data", dir))
	officer := []string{"--officer", "Zoë Ö'Neil", "--position", "records manager", "--authority", "Anytown Council"}
	with := func(more ...string) []string { return append(more, officer...) }
	papered(t, dir, child, "issues", []string{"Issue 1", "It was «never» so. שלום", "Entry 2, by"})
	author := rows(t, "record", "entries", child, "--data", dir)[1]["actor"].(string)
	papered(t, dir, child, "exhibits", []string{"AB/5", "The next exhibit of this maker is AB/6."}, "--entry", "2", "--maker", author+"=Anna Brown/5")
	papered(t, dir, child, "certificate", []string{"section 9 of the Civil Evidence Act 1995", "Zoë Ö'Neil", "Made under the checkpoint"}, with("--entry", "1-2")...)
	papered(t, dir, child, "absence", []string{fmt.Sprintf("all %d entries", n), "no-such-word", "There is no such entry"}, with("--word", "no-such-word")...)
	papered(t, dir, child, "system", []string{fmt.Sprintf("All %d entries of record %s", n, child), "the proof of it was made and verified", "A clock was late."},
		with("--from", "2026-01-01", "--to", "2026-12-31", "--known-error", "A clock was late.")...)
	out := filepath.Join(t.TempDir(), "x.pdf")
	for name, tt := range map[string]struct {
		code int
		args []string
	}{
		"an absence of what is there":   {exitFailed, []string{"--kind", "absence", "--type", "person.registered"}},
		"an absence by tag":             {exitUsage, []string{"--kind", "absence", "--tag", "x"}},
		"a maker without a name":        {exitUsage, []string{"--kind", "exhibits", "--maker", "x"}},
		"a maker's number that is none": {exitUsage, []string{"--kind", "exhibits", "--maker", "x=Y/0"}},
		"a system of no days":           {exitUsage, []string{"--kind", "system"}},
		"a certificate of nothing":      {exitUsage, []string{"--kind", "certificate", "--tag", "nothing"}},
		"issues before there were any":  {exitUsage, []string{"--kind", "issues", "--known-entry", "2"}},
	} {
		if code, _, errs := caseledger(t, append([]string{"paper", child, "--data", dir, "--out", out}, tt.args...)...); code != tt.code {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}

func TestAPaperForAReaderHoldsNothingThatIsWithheldAndAScheduleOfIt(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	acted(t, dir, child, "note.write", `{"happened":"2026-01-05","note":"np","kind":"visit","text":[{"text":"She was well. "},{"text":"zqcanary drinks."}]}`, "np")
	n := fmt.Sprint(len(rows(t, "record", "entries", child, "--data", dir)))
	acted(t, dir, child, "redaction.propose", `{"happened":"2026-01-06","redaction":"m1","reader":"mother","purpose":"court","known":`+n+
		`,"lines":[{"entry":`+n+`,"field":"/text/1","ground":"third-party","reason":"zqreason"}]}`, "p1")
	out := filepath.Join(t.TempDir(), "x.pdf")
	if code, _, errs := caseledger(t, "paper", child, "--data", dir, "--kind", "entries", "--redaction", "m1", "--out", out); code != exitUsage {
		t.Errorf("a set that nobody approved: exit %d, %s", code, errs)
	}
	actedBy(t, "mgr-09", dir, child, "redaction.approve", `{"happened":"2026-01-06","redaction":"m1"}`, "a1")
	for _, text := range []string{
		papered(t, dir, child, "entries", []string{"She was well. [withheld: third party]"}, "--redaction", "m1"),
		papered(t, dir, child, "redactions", []string{"withheld from: mother", "Entry " + n, "third party"}, "--redaction", "m1"),
	} {
		if strings.Contains(text, "Schedule of redactions") && !strings.Contains(text, "Data Protection Act 2018") {
			t.Errorf("the schedule does not name the law:\n%s", text)
		}
		if strings.Contains(text, "zqcanary") || strings.Contains(text, "zqreason") {
			t.Errorf("what is withheld stands in\n%s", text)
		}
	}
	for name, args := range map[string][]string{
		"a schedule of no set":    {"--kind", "redactions"},
		"a set that is not there": {"--kind", "entries", "--redaction", "none"},
		"an absence for a reader": {"--kind", "absence", "--redaction", "m1"},
	} {
		if code, _, errs := caseledger(t, append([]string{"paper", child, "--data", dir, "--out", out}, args...)...); code != exitUsage {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}
