package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
)

func TestARedactionIsSuggestedProposedShownAndDecidedByAnother(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	var suggested Suggestions
	w.call("manager", http.MethodGet, path+"/redaction-suggestions", "").as(t, &suggested)
	grounds := make(map[string]int)
	for _, s := range suggested.Rows {
		grounds[s.Ground+" "+s.Mark]++
	}
	if grounds["third-party informant"] == 0 || grounds["third-party third-party"] == 0 || grounds["confidential-address address"] != 2 {
		t.Errorf("%v", grounds)
	}
	body := `{"happened":"2026-01-07","redaction":"m1","reader":"mother","purpose":"court","known":14,` +
		`"lines":[{"entry":8,"field":"/text/1","ground":"third-party","reason":"zqneighbour must not be known"}]}`
	if got := w.act("own", path+"/redactions", body, "p1", 14); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for role, want := range map[string]bool{"manager": true, "own": true, "team": false} {
		for _, at := range []string{"/redactions/m1", "/redactions", "/redaction-suggestions", "/entries"} {
			got := w.call(role, http.MethodGet, path+at, "")
			if tells := strings.Contains(got.body, "zqneighbour"); got.status != http.StatusOK || tells && !want {
				t.Errorf("%s %s: %d %s", role, at, got.status, got.body)
			}
		}
		var page RedactionPage
		w.call(role, http.MethodGet, path+"/redactions/m1", "").as(t, &page)
		if page.State != "proposed" || page.Reader != "mother" || (len(page.Withholds) == 1) != want || (len(page.Withheld) == 0) != want {
			t.Errorf("%s: %+v", role, page)
		}
	}
	if got := w.call("manager", http.MethodGet, path+"/redactions/m9", ""); got.status != http.StatusNotFound {
		t.Errorf("a set that is not there: %d", got.status)
	}
	if got := w.act("own", path+"/redactions/m1/approval", `{"happened":"2026-01-07"}`, "a1", 15); got.status != http.StatusForbidden {
		t.Errorf("approved by a social worker: %d %s", got.status, got.body)
	}
	if got := w.act("manager", path+"/redactions/m1/approval", `{"happened":"2026-01-07"}`, "a2", 15); got.status != http.StatusCreated {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.act("manager", path+"/redactions", strings.Replace(body, "m1", "m2", 1), "p2", 16); got.status != http.StatusCreated {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.act("manager", path+"/redactions/m2/approval", `{"happened":"2026-01-07"}`, "a3", 17); !strings.Contains(got.body, "redaction-approved-by-its-author") {
		t.Errorf("approved by its author: %d %s", got.status, got.body)
	}
	var sets RedactionSets
	w.call("manager", http.MethodGet, path+"/redactions", "").as(t, &sets)
	if len(sets.Rows) != 2 || sets.Rows[0].State != "approved" || sets.Rows[0].DecidedBy == sets.Rows[0].By || sets.Rows[1].State != "proposed" {
		t.Errorf("%+v", sets.Rows)
	}
	for _, op := range []string{"record.redactions", "record.redaction", "record.redaction-suggestions"} {
		if !slices.ContainsFunc(w.accessed(), func(row accesslog.Row) bool { return row.Operation == op }) {
			t.Errorf("nobody would know that %s was answered", op)
		}
	}
}

func TestASetOfRedactionsOfAPartThatIsNotForTheCallerIsNotThere(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.must("social-worker", path+"/redactions", `{"happened":"2026-01-07","redaction":"m1","reader":"zqmother","purpose":"court","known":4,"nothing":true}`, 4)
	var err error
	w.api.Policies, err = cedar.Parse("profile", []byte(string(cedar.Default)+`
		@id("no-redactions")
		forbid (principal in Role::"records-officer", action == Action::"content.see", resource in Part::"redaction");`))
	must(t, err)
	hidden, absent := w.call("records-officer", http.MethodGet, path+"/redactions/m1", ""), w.call("records-officer", http.MethodGet, path+"/redactions/m2", "")
	if hidden.status != http.StatusNotFound || strings.Contains(hidden.body, "zqmother") || hidden.status != absent.status {
		t.Errorf("%d %s, and of none %d %s", hidden.status, hidden.body, absent.status, absent.body)
	}
	if got := w.call("manager", http.MethodGet, path+"/redactions/m1", ""); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}
