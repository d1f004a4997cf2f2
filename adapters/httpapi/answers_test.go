package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/subjectaccess"
)

// overheard is a record, held by others than most readers, with a note of which one passage
// is an informant's, as entry 6.
func (w *world) overheard() (path string, id domain.RecordID) {
	w.t.Helper()
	w.readers()
	w.tokens["admin"] = w.token(Caller{ID: "admin", Role: "manager", Agency: "anytown"})
	path = w.elsewhere("AT1")
	w.must("own", path+"/notes", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"text":"seen. "},{"text":"zqneighbour called","kind":"reported","from":"zqneighbour","informant":true}]}`, 5)
	return path, domain.RecordID(strings.TrimPrefix(path, "/v1/records/"))
}

// fetched asks for a file in each role, and sees that it is given, and recorded as
// given, to whom it should be.
func (w *world) fetched(path, view, content string, permitted ...string) {
	w.t.Helper()
	for _, role := range []string{"manager", "own", "team", "records-officer", "broken", "auditor", "analyst"} {
		want := http.StatusForbidden
		if slices.Contains(permitted, role) {
			want = http.StatusOK
		}
		got := w.call(role, http.MethodGet, path, "")
		if got.status != want || got.status == http.StatusOK != (got.body == content) {
			w.t.Errorf("%s for %s: %d %s", path, role, got.status, got.body)
		}
		recorded := slices.ContainsFunc(w.accessed(), func(row accesslog.Row) bool {
			return row.Caller == w.id(role) && strings.HasPrefix(row.View, view+"&sha256=")
		})
		if recorded != (want == http.StatusOK) {
			w.t.Errorf("%s for %s: recorded as given: %t", path, role, recorded)
		}
	}
}

func TestWhatWasDisclosedIsGivenToWhoMaySeeAllThatItShowsAndToNobodyElse(t *testing.T) {
	w := newWorld(t)
	path, id := w.overheard()
	revision := 6
	act := func(path, body string) {
		t.Helper()
		w.must("manager", path, body, revision)
		revision++
	}
	fingerprint := func(of string) string { return strings.Repeat(of, 32) }
	for i, one := range []struct{ id, kept, went, field string }{
		{"d1", "0a", "0a", "/text/0"}, {"d2", "0b", "0b", "/text/1"}, {"d3", "0c", "0d", "/text/0"}, {"d4", "0e", "0e", "/another"}} {
		act(path+"/disclosures", `{"happened":"2026-01-07","disclosure":"`+one.id+`","from":"police","body":"Anyshire Police","protocol":"police","reason":"an assault","asked":["all"]}`)
		act(path+"/disclosures/"+one.id+"/consideration", `{"happened":"2026-01-07","profile":"police","text":["Weighed."]}`)
		act(path+"/disclosures/"+one.id+"/decision", `{"happened":"2026-01-07","decision":"part","basis":"DPA 2018","necessity":"needed","reason":"not all"}`)
		made := OfDisclosure(id, disclosure.ID(one.id), fingerprint(one.kept))
		must(t, made.Keep(t.Context(), w.api.Files, []MadeFile{{File: "pdf", Type: "application/pdf"}}, map[string][]byte{"pdf": []byte(aPDF + one.id)}))
		must(t, made.KeepShown(t.Context(), w.api.Files, []ShownEntry{{Entry: 6, Fields: []string{one.field}}}))
		file := path + "/disclosures/" + one.id + "/files/pdf"
		if got := w.call("manager", http.MethodGet, file, ""); got.status != http.StatusNotFound {
			t.Errorf("%d: before it is recorded that it goes: %d", i, got.status)
		}
		act(path+"/disclosures/"+one.id+"/package", fmt.Sprintf(`{"happened":"2026-01-07","profile":"police","known":6,"entries":[6],"package":%q,"checkpoint":"6 x"}`, fingerprint(one.went)))
	}
	w.fetched(path+"/disclosures/d1/files/pdf", "disclosure=d1", aPDF+"d1", "manager", "own", "team", "records-officer")
	w.fetched(path+"/disclosures/d2/files/pdf", "disclosure=d2", aPDF+"d2", "manager", "own")
	w.fetched(path+"/disclosures/d4/files/pdf", "disclosure=d4", aPDF+"d4", "manager", "own", "team", "records-officer")
	if got := w.call("manager", http.MethodGet, path+"/disclosures/d3/files/pdf", ""); got.status != http.StatusNotFound {
		t.Errorf("what was made is not what went: %d %s", got.status, got.body)
	}
	for role, permitted := range map[string]bool{"manager": true, "team": false} {
		var page PackedDisclosure
		w.call(role, http.MethodGet, path+"/disclosures/d2/package", "").as(t, &page)
		if page.Permitted != permitted || len(page.Files) != 1 || page.Package != fingerprint("0b") {
			t.Errorf("%s: %+v", role, page)
		}
	}
}

func TestAnAnswerIsGivenToWhoMaySeeAllThatItShowsAndWhoLookedAndToNobodyElse(t *testing.T) {
	w := newWorld(t)
	path, id := w.overheard()
	revision := 6
	act := func(role, path, body string) {
		t.Helper()
		w.must(role, path, body, revision)
		revision++
	}
	line := `{"entry":6,"field":"/text/1","ground":"third-party","reason":"zqneighbour must not be known"}`
	for _, one := range []struct{ id, lines string }{{"a1", `"lines":[` + line + `]`}, {"a2", `"nothing":true`}} {
		request := path + "/subject-access-requests"
		act("manager", path+"/redactions", `{"happened":"2026-01-07","redaction":"`+one.id+`","reader":"the person","purpose":"subject-access","known":6,`+one.lines+`}`)
		act("admin", path+"/redactions/"+one.id+"/approval", `{"happened":"2026-01-07"}`)
		act("manager", request, `{"happened":"2026-01-07","accessRequest":"`+one.id+`","from":"person","how":"letter","wants":"Everything."}`)
		request += "/" + one.id
		if got := w.act("manager", request+"/jobs", "{}", one.id, 0); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "access-not-looked-through") {
			t.Errorf("before it is said what is withheld: %d %s", got.status, got.body)
		}
		act("manager", request+"/searches", `{"happened":"2026-01-07","known":6}`)
		act("manager", request+"/exemptions", `{"happened":"2026-01-07","redaction":"`+one.id+`"}`)
		if got := w.call("records-officer", http.MethodGet, request+"/answer", ""); got.status != http.StatusNotFound {
			t.Errorf("before it is made: %d %s", got.status, got.body)
		}
		made := OfAnswer(id, subjectaccess.ID(one.id), uint64(revision))
		must(t, made.Keep(t.Context(), w.api.Files, []MadeFile{{File: "answer", Type: "application/zip"}}, map[string][]byte{"answer": []byte("PK" + one.id)}))
		must(t, made.KeepCount(t.Context(), w.api.Files, AnswerCount{Known: 6, Delivered: 9}))
	}
	w.fetched(path+"/subject-access-requests/a1/files/answer", "accessRequest=a1", "PKa1", "records-officer")
	w.fetched(path+"/subject-access-requests/a2/files/answer", "accessRequest=a2", "PKa2")
	for request, permitted := range map[string]bool{"a1": true, "a2": false} {
		var page AnswerPage
		w.call("records-officer", http.MethodGet, path+"/subject-access-requests/"+request+"/answer", "").as(t, &page)
		if page.Permitted != permitted || len(page.Files) != 1 || page.Count.Delivered != 9 {
			t.Errorf("%s: %+v", request, page)
		}
	}
	if got := w.act("manager", path+"/subject-access-requests/a1/jobs", "{}", "j1", 0); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, codeElsewhere) {
		t.Errorf("where no job is done: %d %s", got.status, got.body)
	}
}
