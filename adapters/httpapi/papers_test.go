package httpapi

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/cedar"
	"caseledger/projections"
)

// chronicled builds a chronology on a record of which all entries but the first
// are told, and of another record's where one is given.
func (w *world) chronicled(path string, entries int, others ...string) {
	w.t.Helper()
	part := func(path string, n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprint(i+1))
		}
		return fmt.Sprintf(`{"record":%q,"known":%d,"entries":[%s]}`, strings.TrimPrefix(path, "/v1/records/"), n, strings.Join(all, ","))
	}
	parts := []string{part(path, entries)}
	for _, other := range others {
		parts = append(parts, part(other, 4))
	}
	w.must("manager", path+"/chronologies", `{"happened":"2026-01-07","chronology":"c1","title":"Home","selection":{"gapDays":1},"parts":[`+strings.Join(parts, ",")+`]}`, entries)
}

// saidBy returns what a file says, as far as programs at hand can read it.
func saidBy(t *testing.T, kind, file string) string {
	t.Helper()
	switch {
	case strings.HasPrefix(kind, "application/vnd.openxml"):
		z, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
		must(t, err)
		var all bytes.Buffer
		for _, f := range z.File {
			r, err := f.Open()
			must(t, err)
			_, err = io.Copy(&all, r)
			must(t, err)
		}
		return all.String()
	case kind == "application/pdf":
		if !strings.HasPrefix(file, "%PDF-") {
			t.Errorf("no PDF: %.40q", file)
		}
		program, err := exec.LookPath("pdftotext")
		if err != nil {
			return ""
		}
		path := filepath.Join(t.TempDir(), "x.pdf")
		must(t, os.WriteFile(path, []byte(file), 0o600))
		text, err := exec.Command(program, path, "-").Output()
		must(t, err)
		return string(text)
	}
	return file
}

func TestNoPaperTellsWhatTheCallerMayNotSeeWhateverItsFormat(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	w.chronicled(path, 14)
	w.must("broken", path+"/break-glass", emergency, 0)
	for role, withheld := range map[string][]string{
		"manager": nil, "team": {"highly-sensitive", "informant"}, "broken": {"address", "highly-sensitive", "informant"},
	} {
		for _, paper := range []string{"/papers/entries", "/chronologies/c1"} {
			for _, format := range []string{"json", "docx", "pdf", "csv"} {
				if format == "csv" && paper == "/papers/entries" {
					continue
				}
				got := w.call(role, http.MethodGet, path+paper+"?format="+format, "")
				if got.status != http.StatusOK {
					t.Fatalf("%s %s %s: %d %s", role, paper, format, got.status, got.body)
				}
				said := saidBy(t, got.header.Get("Content-Type"), got.body)
				for reason, word := range secrets {
					if slices.Contains(withheld, reason) && strings.Contains(said, word) {
						t.Errorf("%s %s as %s tells what is withheld (%s)", role, paper, format, reason)
					}
					if paper == "/papers/entries" && format == "docx" && !slices.Contains(withheld, reason) && !strings.Contains(said, word) {
						t.Errorf("%s %s as %s does not tell what he may see (%s)", role, paper, format, reason)
					}
				}
				if format == "json" {
					var about OfRecord
					got.lenient(t, &about)
					for _, left := range about.Withheld {
						if !slices.Contains(withheld, left.Reason) {
							t.Errorf("%s %s: %+v", role, paper, about.Withheld)
						}
					}
					if (len(about.Withheld) == 0) != (withheld == nil) {
						t.Errorf("%s %s says that this is left out: %+v", role, paper, about.Withheld)
					}
				}
			}
		}
	}
	seen := make(map[string]int)
	for _, row := range w.accessed() {
		seen[row.Operation]++
		if row.Caller == "sw-7" && row.Operation == "record.built-chronology" && row.BreakGlass != "u1" {
			t.Errorf("%+v", row)
		}
	}
	if seen["record.built-chronology"] != 12 || seen["record.entries-in-full"] != 9 {
		t.Errorf("accesses: %v", seen)
	}
}

func TestAChronologyTellsNothingOfARecordThatTheCallerMayNotBeToldOf(t *testing.T) {
	w := newWorld(t)
	other := w.child("AT2")
	path := w.child("AT1")
	w.chronicled(path, 4, other)
	w.actAs("admin", other+"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"manager-1","reason":"relative"}`, 4)
	var got, whole BuiltChronology
	w.call("manager", http.MethodGet, path+"/chronologies/c1", "").as(t, &got)
	w.call("admin", http.MethodGet, path+"/chronologies/c1", "").as(t, &whole)
	hidden := strings.TrimPrefix(other, "/v1/records/")
	if len(whole.Parts) != 2 || len(got.Parts) != 1 || len(got.Rows) == 0 || slices.ContainsFunc(got.Rows, func(r projections.StoryRow) bool { return r.Gap != nil || string(r.Record) == hidden }) {
		t.Errorf("%+v", got)
	}
	for _, row := range w.accessed() {
		if row.Operation == "record.built-chronology" && slices.Contains(row.Records, hidden) != (row.Caller == "admin") {
			t.Errorf("%+v", row)
		}
	}
}

func TestAnEmergencyOpensNothingOfTheOtherRecordsOfAChronology(t *testing.T) {
	w := newWorld(t)
	w.readers()
	other := w.child("AT2")
	path := w.guarded("AT1")
	w.chronicled(path, 14, other)
	w.must("broken", path+"/break-glass", emergency, 0)
	var err error
	w.api.Policies, err = cedar.Parse("profile", []byte(string(cedar.Default)+`
		@id("names-in-an-emergency")
		forbid (principal in Role::"social-worker", action == Action::"content.see", resource == Content::"person.named") unless { context.breakGlass };`))
	must(t, err)
	var got BuiltChronology
	w.call("broken", http.MethodGet, path+"/chronologies/c1", "").as(t, &got)
	named := make(map[string]int)
	for _, row := range got.Rows {
		if row.Kind == "person.named" {
			named["/v1/records/"+string(row.Record)]++
		}
	}
	if len(got.Parts) != 2 || named[path] == 0 || named[other] > 0 {
		t.Errorf("%d parts, names %v", len(got.Parts), named)
	}
}

func TestAPaperIsWrittenAsAcceptSaysAndAsItWasKnownThen(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	docx := "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	got := w.call("manager", http.MethodGet, path+"/papers/entries?knownEntry=3", "", "Accept: "+docx)
	if got.header.Get("Content-Type") != docx || got.header.Get("ETag") == "" {
		t.Errorf("%v", got.header)
	}
	w.must("manager", path+"/tags", `{"happened":"2026-01-05","entry":3,"tags":["home"]}`, 4)
	if again := w.call("manager", http.MethodGet, path+"/papers/entries?knownEntry=3", "", "Accept: "+docx); again.body != got.body {
		t.Error("as known then, it is another paper")
	}
	var full FullEntries
	w.call("manager", http.MethodGet, path+"/papers/entries?type=referral.received", "").as(t, &full)
	if len(full.Entries) != 1 || full.Entries[0].Kind != "referral.received" || len(full.Entries[0].Leaf) != 64 || !strings.Contains(full.Permanent, "knownEntry=5") {
		t.Errorf("%+v", full)
	}
	for at, status := range map[string]int{
		"/papers/entries?format=csv": http.StatusBadRequest, "/papers/entries?format=odt": http.StatusBadRequest, "/chronologies/none": http.StatusNotFound,
		"/papers/entries?from=2030-01-01&format=pdf": http.StatusNotFound, "/papers/entries?from=2030-01-01": http.StatusOK,
	} {
		if got := w.call("manager", http.MethodGet, path+at, ""); got.status != status {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
	}
}
