package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/drafts"
)

// another adds a caller of a role, and returns the name under which it calls.
func (w *world) another(id, role string) string {
	w.t.Helper()
	token, err := w.api.Callers.(*Tokens).Add(Caller{ID: id, Role: role, Agency: "anytown"})
	must(w.t, err)
	w.tokens[id] = token
	return id
}

// written is a draft of a note on a record, with a text.
func written(record, text string) string {
	return fmt.Sprintf(`{"command":"note.write","record":%q,"body":{"happened":"2026-11-20","note":"n1","kind":"visit","text":[{"text":%q}]}}`,
		strings.TrimPrefix(record, "/v1/records/"), text)
}

func (w *world) put(as, draft, body string, seen ...string) answered {
	w.t.Helper()
	var headers []string
	if len(seen) > 0 {
		headers = []string{"If-Match: " + strings.Join(seen, ", ")}
	}
	return w.call(as, http.MethodPut, "/v1/drafts/"+draft, body, headers...)
}

func (w *world) sign(as, draft, seen, body string) answered {
	w.t.Helper()
	return w.call(as, http.MethodPost, "/v1/drafts/"+draft+"/sign", body, "If-Match: "+seen)
}

// says fails unless an answer has the status, and the code where it is a problem.
func (w *world) says(got answered, status int, code string) {
	w.t.Helper()
	is := ""
	if got.status >= http.StatusBadRequest {
		is, _ = got.problem(w.t)
	}
	if got.status != status || is != code {
		w.t.Errorf("%d %q, want %d %q: %s", got.status, is, status, code, got.body)
	}
}

func TestADraftBecomesOneEventWhenItIsSignedAndIsGone(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	first := w.put("social-worker", "d1", written(record, "Ann was"))
	w.says(first, 200, "")
	if first.header.Get("ETag") != `"1"` {
		t.Error(first.header)
	}
	w.says(w.put("social-worker", "d1", written(record, "Ann was well."), `"1"`), 200, "")
	w.says(w.sign("social-worker", "d1", `"1"`, `{"revision":4}`), 412, "draft-stale")
	w.says(w.sign("social-worker", "d1", `"2"`, `{"revision":3}`), 412, "stale-revision")
	w.says(w.sign("social-worker", "d1", `"2"`, `{}`), 428, "if-match-missing")
	w.says(w.call("social-worker", http.MethodPost, "/v1/drafts/d1/sign?dryRun=true", `{"revision":4}`, `If-Match: "2"`), 200, "")
	signed := w.sign("social-worker", "d1", `"2"`, `{"revision":4}`)
	w.says(signed, 201, "")
	again := w.sign("social-worker", "d1", `"2"`, `{"revision":4}`)
	w.says(again, 201, "")
	if again.body != signed.body || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%s %v, first %s", again.body, again.header, signed.body)
	}
	w.says(w.call("social-worker", http.MethodGet, "/v1/drafts/d1", ""), 404, "not-found")
	w.says(w.put("social-worker", "d1", written(record, "later"), `"2"`), 409, "draft-signed")
	var notes Notes
	w.call("manager", http.MethodGet, record+"/notes", "").as(t, &notes)
	if len(notes.Notes) != 1 || notes.Notes[0].Text[0].Text != "Ann was well." || notes.Notes[0].Author != "social-worker-1" {
		t.Errorf("%+v", notes.Notes)
	}
	// Whoever did not get the answer may also ask as for any act with this key.
	direct := w.call("social-worker", http.MethodPost, record+"/notes", written(record, "Ann was well.")[strings.Index(written(record, ""), `{"happened"`):len(written(record, "Ann was well."))-1],
		"Idempotency-Key: d1", `If-Match: "4"`)
	w.says(direct, 201, "")
	if direct.header.Get("Idempotent-Replayed") != "true" {
		t.Error(direct.body)
	}
}

func TestACrashBetweenTheEventAndTheEndOfItsDraftMakesNoSecondEvent(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.put("manager", "d1", written(record, "Ann was well."))
	before := w.put("manager", "d2", written(record, "x"))
	w.says(before, 200, "")
	w.says(w.sign("manager", "d1", `"1"`, `{"revision":4}`), 201, "")
	// As after a crash: the event is there, and so is its draft.
	must(t, w.api.Drafts.Close())
	w.api.Drafts = newDrafts(t, w.api.View.Records.Ledger)
	w.put("manager", "d1", written(record, "Ann was well."))
	again := w.sign("manager", "d1", `"1"`, `{"revision":4}`)
	w.says(again, 201, "")
	var receipt Receipt
	again.as(t, &receipt)
	if receipt.Revision != 5 || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%s", again.body)
	}
	w.says(w.call("manager", http.MethodGet, "/v1/drafts/d1", ""), 404, "not-found")
}

func TestADraftOfAnotherIsNotThere(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.put("manager", "d1", written(record, "Ann was well."))
	other := w.another("tm-2", "manager")
	w.says(w.call(other, http.MethodGet, "/v1/drafts/d1", ""), 404, "not-found")
	w.says(w.call(other, http.MethodDelete, "/v1/drafts/d1", "", `If-Match: "1"`), 404, "not-found")
	w.says(w.sign(other, "d1", `"1"`, `{"revision":4}`), 404, "not-found")
	w.says(w.put(other, "d1", written(record, "mine"), `"1"`), 412, "draft-stale") // as if there were none
	w.says(w.put(other, "d1", written(record, "mine")), 200, "")
	var list DraftList
	w.call(other, http.MethodGet, "/v1/drafts", "").as(t, &list)
	if len(list.Drafts) != 1 {
		t.Errorf("%+v", list)
	}
	for _, never := range []string{"auditor", "analyst"} {
		w.says(w.call(never, http.MethodGet, "/v1/drafts/d1", ""), 403, "forbidden")
		w.says(w.call(never, http.MethodGet, "/v1/drafts/d9", ""), 403, "forbidden")
	}
	if got := w.call("manager", http.MethodGet, "/v1/drafts/d1", ""); !strings.Contains(got.body, "Ann was well.") {
		t.Error(got.body)
	}
}

func TestWhatTwoDevicesWroteIsKeptUntilTheAuthorChooses(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.put("manager", "d1", written(record, "a"))
	w.put("manager", "d1", written(record, "ab"), `"1"`)
	telephone := w.put("manager", "d1", written(record, "ax"), `"1"`)
	var saved DraftSaved
	telephone.as(t, &saved)
	if fmt.Sprint(saved.Version, saved.Current) != "3 [2 3]" {
		t.Errorf("%s", telephone.body)
	}
	var d DraftVersions
	w.call("manager", http.MethodGet, "/v1/drafts/d1", "").as(t, &d)
	if len(d.Versions) != 3 || !strings.Contains(string(d.Versions[1].Body["text"]), "ab") || !strings.Contains(string(d.Versions[2].Body["text"]), "ax") {
		t.Errorf("%+v", d)
	}
	w.says(w.sign("manager", "d1", `"2"`, `{"revision":4}`), 412, "draft-stale")
	w.says(w.sign("manager", "d1", `"2", "3"`, `{"revision":4}`), 409, "draft-divided")
	w.says(w.call("manager", http.MethodDelete, "/v1/drafts/d1", "", `If-Match: "3"`), 412, "draft-stale")
	w.says(w.put("manager", "d1", written(record, "abx"), `"2"`, `"3"`), 200, "")
	w.says(w.sign("manager", "d1", `"4"`, `{"revision":4}`), 201, "")
}

func TestADraftIsDiscardedByWhoKnowsAllOfIt(t *testing.T) {
	w := newWorld(t)
	w.put("manager", "d1", `{"body":{}}`)
	w.says(w.call("manager", http.MethodDelete, "/v1/drafts/d1", ""), 428, "if-match-missing")
	w.says(w.call("manager", http.MethodDelete, "/v1/drafts/d1", "", "If-Match: 1"), 400, "malformed")
	w.says(w.call("manager", http.MethodDelete, "/v1/drafts/d1", "", `If-Match: "1"`), 200, "")
	w.says(w.call("manager", http.MethodDelete, "/v1/drafts/d1", "", `If-Match: "1"`), 404, "not-found")
}

func TestADraftMayBeUnfinishedAndIsJudgedWhenItIsSigned(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	id := strings.TrimPrefix(record, "/v1/records/")
	for i, tt := range []struct {
		body, revision string
		status         int
		code, faults   string
	}{
		{`{"body":{}}`, "4", 422, "invalid", "/command command"},
		{`{"command":"note.wright","record":"` + id + `","body":{}}`, "4", 422, "invalid", "/command command"},
		{`{"command":"note.write","body":{}}`, "4", 422, "invalid", "/record only person.register opens a record"},
		{`{"command":"note.write","record":"` + strings.Repeat("0", 32) + `","body":{}}`, "4", 404, "not-found", ""},
		{`{"command":"note.write","record":"` + id + `","body":{"happened":"x","note":7}}`, "4", 422, "invalid",
			"/happened type; /note type; /kind required; /text required"},
	} {
		draft := fmt.Sprint("d", i)
		w.says(w.put("manager", draft, tt.body), 200, "")
		got := w.sign("manager", draft, `"1"`, `{"revision":`+tt.revision+`}`)
		w.says(got, tt.status, tt.code)
		if _, faults := got.problem(t); faults != tt.faults {
			t.Errorf("%s: %s", tt.body, faults)
		}
		w.says(w.call("manager", http.MethodGet, "/v1/drafts/"+draft, ""), 200, "") // and is still there
	}
	w.says(w.put("manager", "bad", `{"body":[]}`), 422, "invalid")
	w.says(w.put("manager", "bad", `{"body":{"a":1,"a":2}}`), 400, "malformed")
	w.says(w.put("manager", "bad", `{"body":{},"other":1}`), 422, "invalid")
	w.says(w.put("manager", "b.d", `{"body":{}}`), 404, "not-found")
	w.says(w.put("manager", "bad", `{"body":{},"captured":{"device":"d","sequence":1,"at":"1899-01-01T00:00:00Z"}}`), 422, "invalid")
	w.says(w.put("manager", "bad", `{"body":{"a":"`+strings.Repeat("x", MaxTextBytes)+`"}}`), 413, "too-large")
	opening := w.put("manager", "new", `{"command":"person.register","body":`+person+`}`)
	w.says(opening, 200, "")
	w.says(w.sign("manager", "new", `"1"`, `{}`), 201, "")
}

func TestADraftThatItsAuthorMayNotSignStaysTheirs(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.put("social-worker", "d1", written(record, "Ann was well."))
	got := w.act("manager", record+"/restrictions/barriers", `{"happened":"2026-11-20","restriction":"b1","worker":"social-worker-1","reason":"relative"}`, "bar", 4)
	w.says(got, 201, "")
	w.says(w.sign("social-worker", "d1", `"1"`, `{"revision":5}`), 403, "forbidden")
	w.says(w.call("social-worker", http.MethodGet, "/v1/drafts/d1", ""), 200, "")
	w.put("social-worker", "d2", strings.Replace(written(record, ""), "note.write", "note.sign-off", 1))
	w.says(w.sign("social-worker", "d2", `"1"`, `{"revision":5}`), 403, "forbidden")
}

func TestEveryLookAtADraftIsRecordedAndNoSave(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.put("manager", "d1", written(record, "Ann was well."))
	before := len(w.accessed())
	w.put("manager", "d1", written(record, "Ann was very well."), `"1"`)
	if n := len(w.accessed()); n != before {
		t.Errorf("%d accesses of a save", n-before)
	}
	w.call("manager", http.MethodGet, "/v1/drafts/d1", "")
	w.call("manager", http.MethodGet, "/v1/drafts", "")
	rows := w.accessed()
	if len(rows) != before+2 {
		t.Errorf("%d accesses", len(rows)-before)
	}
	if strings.Contains(w.logs.String(), "well") || strings.Contains(fmt.Sprint(rows), "well") {
		t.Error("what was written stands in a log")
	}
}

func TestADraftThatCannotBeReadIsAFaultOfTheServer(t *testing.T) {
	w := newWorld(t)
	w.put("manager", "d1", `{"body":{}}`)
	_, err := w.api.Drafts.Save(t.Context(), drafts.Save{Author: "manager-1", ID: "d2", Content: []byte(`[]`)})
	must(t, err)
	w.says(w.call("manager", http.MethodGet, "/v1/drafts/d2", ""), 500, "failed")
}

func TestADraftIsKeptExactlyAsItWasTyped(t *testing.T) {
	w := newWorld(t)
	for i, unit := range []string{"x", "\U0001F9D2", "e\u0301", "\u00e9", "\u202e\u200d\ufeff", "<script>alert('no')</script>&amp;", "\x00", "\u2028\r\n\t \"\\"} {
		typed := strings.Repeat(unit, (1<<20)/max(len(unit), 6)) // a control character takes six bytes of JSON
		body, err := json.Marshal(Draft{Command: "note.write", Body: map[string]jsontext.Value{"text": quoted(t, typed)}})
		must(t, err)
		draft := fmt.Sprint("d", i)
		w.says(w.put("manager", draft, string(body)), 200, "")
		var d DraftVersions
		w.call("manager", http.MethodGet, "/v1/drafts/"+draft, "").as(t, &d)
		var kept string
		must(t, json.Unmarshal(d.Versions[0].Body["text"], &kept))
		if kept != typed {
			t.Errorf("%q is kept otherwise", unit)
		}
	}
}

func quoted(t *testing.T, s string) jsontext.Value {
	t.Helper()
	text, err := json.Marshal(s)
	must(t, err)
	return text
}
