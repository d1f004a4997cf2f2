package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	notes "caseledger/domain/note"
	"caseledger/domain/record"
)

// told returns the words of the note that a record's last entry is.
func (w *world) told(path string) string {
	w.t.Helper()
	r, _, err := w.api.View.Record(w.t.Context(), domain.RecordID(strings.TrimPrefix(path, "/v1/records/")))
	must(w.t, err)
	return lastNote(r)
}

func lastNote(r record.Record) string {
	var text strings.Builder
	for _, p := range r.Notes.Last.Fact.Text {
		text.WriteString(p.Text)
	}
	return text.String()
}

func TestAnyMegabyteOfUnicodeIsKeptExactlyAsItWasTyped(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	const mega = 1 << 20
	for i, unit := range []string{"x", "\U0001F9D2", "e\u0301", "\u00e9", "\u202e\u200d\ufeff", "<script>alert('no')</script>&amp;", "\x00", "\u2028\r\n\t \"\\"} {
		typed := strings.Repeat(unit, mega/max(len(unit), 6)) // a control character takes six bytes of JSON
		if unit == "x" {
			typed = strings.Repeat(unit, mega)
		}
		body, err := json.Marshal(typedNote{"2026-01-06", fmt.Sprint("n", i), "visit", []notes.Passage{{Text: typed}}})
		must(t, err)
		got := w.act("social-worker", path+"/notes", string(body), fmt.Sprint("k", i), 4+i)
		if got.status != http.StatusCreated || w.told(path) != typed {
			t.Errorf("%q: %d %.300s", unit, got.status, got.body)
		}
	}
	var shown Notes
	w.call("social-worker", http.MethodGet, path+"/notes", "").as(t, &shown)
	if len(shown.Notes) != 8 || !shown.Notes[3].NFC || shown.Notes[2].NFC {
		t.Errorf("%d notes are shown", len(shown.Notes))
	}
	if got := w.call("social-worker", http.MethodGet, path+"/chronology", ""); got.status != http.StatusOK {
		t.Errorf("the chronology: %d %.300s", got.status, got.body)
	}
}

// typedNote is a note as a client writes it.
type typedNote struct {
	Happened string          `json:"happened"`
	Note     string          `json:"note"`
	Kind     string          `json:"kind"`
	Text     []notes.Passage `json:"text"`
}

func TestMoreThanANoteCanHoldIsRefusedWithTheReason(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	for name, tt := range map[string]struct {
		text   string
		status int
		code   string
	}{
		"a passage over its limit": {strings.Repeat("x", 1<<20+1), 422, codeInvalid},
		"a body over its limit":    {strings.Repeat("x", MaxTextBytes), 413, codeTooLarge},
		"no Unicode":               {"\xff", 400, codeMalformed},
	} {
		got := w.act("social-worker", path+"/notes", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"text":"`+tt.text+`"}]}`, "k", 4)
		if code, _ := got.problem(t); got.status != tt.status || code != tt.code {
			t.Errorf("%s: %d %s", name, got.status, code)
		}
	}
	part := `{"text":"` + strings.Repeat("x", 1<<20-100) + `"}`
	body := `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[` + part + `,` + part + `,` + part + `]}`
	ids := []string{strings.TrimPrefix(path, "/v1/records/"), strings.TrimPrefix(w.child("AT2"), "/v1/records/")}
	got := w.act("social-worker", "/v1/acts", acts("note.write", body, ids, 4), "k", 0)
	if code, faults := got.problem(t); got.status != 422 || code != codeInvalid || !strings.Contains(faults, "not-storable") {
		t.Errorf("an intention that is too large: %d %s %s", got.status, code, faults)
	}
}

// acts is the body of one act on records that are all at one revision.
func acts(command, body string, records []string, at int) string {
	var parts []string
	for _, id := range records {
		parts = append(parts, fmt.Sprintf(`{"record":"%s","revision":%d}`, id, at))
	}
	return fmt.Sprintf(`{"command":"%s","records":[%s],"body":%s}`, command, strings.Join(parts, ","), body)
}

func TestOneNoteIsWrittenOnSeveralRecordsOrOnNone(t *testing.T) {
	w := newWorld(t)
	paths := []string{w.child("AT1"), w.child("AT2"), w.child("AT3")}
	var ids []string
	for _, p := range paths {
		ids = append(ids, strings.TrimPrefix(p, "/v1/records/"))
	}
	first := w.act("social-worker", "/v1/acts", acts("note.write", note(1), ids, 4), "k1", 0)
	var all GroupReceipts
	first.as(t, &all)
	if first.status != http.StatusCreated || len(all.Receipts) != 3 || all.Receipts[0].Revision != 5 || all.Receipts[0].Entries != 1 {
		t.Fatalf("%d %s", first.status, first.body)
	}
	for _, p := range paths {
		if w.told(p) != "seen" {
			t.Errorf("%s: %q", p, w.told(p))
		}
	}
	again := w.act("social-worker", "/v1/acts", acts("note.write", note(1), ids, 4), "k1", 0)
	if again.status != first.status || again.body != first.body {
		t.Errorf("again: %d %s", again.status, again.body)
	}
	reused := w.act("social-worker", "/v1/acts", acts("note.write", note(2), ids, 5), "k1", 0)
	if code, _ := reused.problem(t); code != codeKeyReused {
		t.Errorf("another act: %s", reused.body)
	}
	w.act("social-worker", paths[2]+"/notes", note(7), "alone", 5)
	for name, tt := range map[string]struct{ role, command, body, records, code, faults string }{
		"an id that one record has": {"social-worker", "note.write", note(7), "seen", codeInvalid, "/records/2 note-already-written"},
		"a stale record":            {"social-worker", "note.write", note(3), "stale", codeStale, ""},
		"no such command":           {"social-worker", "note.sing", note(3), "", codeInvalid, "/command command"},
		"opening records":           {"social-worker", "person.register", person, "", codeInvalid, "/command command"},
		"one that may not":          {"analyst", "note.write", note(3), "", codeForbidden, ""},
		"what the role may not":     {"social-worker", "note.sign-off", `{"happened":"2026-01-06","note":"n1"}`, "", codeForbidden, ""},
		"a fault of shape":          {"social-worker", "note.write", `{"happened":"2026-01-06","note":7,"kind":"visit","text":[{"text":"x"}]}`, "", codeInvalid, "/body/note type"},
		"a fault of a member":       {"social-worker", "note.write", `{"happened":"2026-01-06","note":"n9","kind":"x","text":[{"text":"x"}]}`, "", codeInvalid, "/body/kind"},
	} {
		at := []int{5, 5, 6}
		if tt.records == "stale" {
			at[2] = 5
		}
		var parts []string
		for i, id := range ids {
			parts = append(parts, fmt.Sprintf(`{"record":"%s","revision":%d}`, id, at[i]))
		}
		got := w.act(tt.role, "/v1/acts", fmt.Sprintf(`{"command":"%s","records":[%s],"body":%s}`, tt.command, strings.Join(parts, ","), tt.body), "k-"+tt.command+tt.records, 0)
		if code, faults := got.problem(t); code != tt.code || !strings.Contains(faults, tt.faults) {
			t.Errorf("%s: %d %s %q", name, got.status, code, faults)
		}
	}
	for i, p := range paths {
		if now := w.call("social-worker", http.MethodGet, p, ""); now.header.Get("ETag") != []string{`"5"`, `"5"`, `"6"`}[i] {
			t.Errorf("%s is at %s", p, now.header.Get("ETag"))
		}
	}
}

func TestANoteIsSignedByAnotherAndACorrectionKeepsWhatWasWritten(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	day := `{"happened":"2026-01-06"}`
	written := `{"happened":"2026-01-06","note":"n1","kind":"visit","for":"manager-1","text":[{"text":"He said no.","kind":"fact"}]}`
	amended := `{"reason":"Who said so.","command":"note.write","body":{"happened":"2026-01-06","note":"n1","kind":"visit","for":"manager-1","text":[{"text":"He said no.","kind":"reported","from":"mother"}]}}`
	for _, step := range []struct {
		name, role, at, body string
		revision, status     int
		fault                string
	}{
		{"to be signed by its author", "manager", "/notes", written, 4, 422, "signed-by-its-author"},
		{"written", "social-worker", "/notes", written, 4, 201, ""},
		{"signed by its author's role", "social-worker", "/notes/n1/signature", day, 5, 403, ""},
		{"returned", "manager", "/notes/n1/return", `{"happened":"2026-01-07","reason":"Who said so?"}`, 5, 201, ""},
		{"signed off too soon", "manager", "/notes/n1/signature", day, 6, 422, "note-returned"},
		{"amended", "social-worker", "/entries/5/correction", amended, 6, 201, ""},
		{"signed off", "manager", "/notes/n1/signature", day, 7, 201, ""},
		{"countersigned by the same", "manager", "/notes/n1/countersignature", day, 8, 422, "countersigned-by-the-same"},
		{"taken out of force", "manager", "/entries/7/error", `{"happened":"2026-01-08","reason":"Another child."}`, 8, 201, ""},
	} {
		got := w.act(step.role, path+step.at, step.body, step.name, step.revision)
		if got.status != step.status || !strings.Contains(got.body, step.fault) {
			t.Fatalf("%s: %d %s", step.name, got.status, got.body)
		}
		if step.name == "amended" {
			var waiting Caseload
			w.call("manager", http.MethodGet, "/v1/caseloads?worker=manager-1", "").as(t, &waiting)
			if len(waiting.Rows) != 1 || waiting.Rows[0].Kind != "note-sign-off" {
				t.Errorf("for the manager: %+v", waiting.Rows)
			}
		}
	}
	r, _, err := w.api.View.Record(t.Context(), domain.RecordID(strings.TrimPrefix(path, "/v1/records/")))
	must(t, err)
	if first := r.Entries[4].Event.(notes.Written); first.Text[0].Kind != "fact" || r.Entries[6].Corrects.Entry != 5 {
		t.Errorf("%+v", first)
	}
}
