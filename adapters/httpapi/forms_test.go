package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/accesslog"
	"caseledger/schema"
)

// steps are acts on one record, each on the revision that the one before left.
type steps struct {
	*world
	path string
	at   int
}

func (s *steps) do(role, path, body string) answered {
	s.t.Helper()
	got := s.act(role, s.path+path, body, fmt.Sprint("step", path, s.at, role), s.at)
	if got.status == http.StatusCreated {
		var r Receipt
		got.as(s.t, &r)
		s.at = int(r.Revision)
	}
	return got
}

func (s *steps) must(role, path, body string) {
	s.t.Helper()
	if got := s.do(role, path, body); got.status != http.StatusCreated {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
}

// assessed is a record with a core assessment on its form, in progress.
func assessed(t *testing.T) *steps {
	t.Helper()
	w := newWorld(t)
	s := &steps{w, w.child("AT1"), 4}
	s.must("social-worker", "/assessments", `{"happened":"2026-01-06","assessment":"a1","referral":"r1"}`)
	s.must("social-worker", "/forms", `{"happened":"2026-01-06","form":"f1","definition":"core-assessment","links":[{"link":"assessment","id":"a1"}]}`)
	s.must("social-worker", "/forms/f1/answers", `{"happened":"2026-01-07","answers":[{"question":"reason","values":["The school rang."]},
		{"question":"health","values":["Well."]},{"question":"education","values":["Reads."]},{"question":"basic-care","values":["Fed."]},
		{"question":"safety","values":["Safe."]},{"question":"analysis","values":["Support."]},{"question":"factors","values":["1A"]},
		{"question":"third-party","values":["The uncle zqxsecret told."]},{"question":"ethnicity","values":["WBRI"]}]}`)
	return s
}

func (s *steps) complete() {
	s.t.Helper()
	s.must("social-worker", "/forms/f1/completion", `{"happened":"2026-01-20"}`)
}

func (s *steps) get(role, path string) answered {
	s.t.Helper()
	return s.call(role, http.MethodGet, s.path+path, "")
}

func TestAFormIsShownWithWhatTheRecordKnowsAndItsReadingIsAnAccess(t *testing.T) {
	s := assessed(t)
	var page FormPage
	s.get("social-worker", "/forms/f1").as(t, &page)
	found := make(map[string]schema.FormQuestion)
	for _, section := range page.Page.Sections {
		for _, q := range section.Questions {
			found[q.Question] = q
		}
	}
	if q := found["given-name"]; !slices.Equal(q.Values, []string{"Ann"}) || q.Entry != 2 || q.Day.String() != "2026-01-05" {
		t.Errorf("the name is %+v", q)
	}
	if q := found["ethnicity"]; !slices.Equal(q.Values, []string{"WBRI"}) || len(q.Codes) < 5 {
		t.Errorf("the ethnic group is %+v", q)
	}
	if _, shown := found["attendance"]; shown || page.Page.Status != "open" || page.Revision != uint64(s.at) {
		t.Errorf("a hidden question is shown, or %+v is not the head", page.Page.FormHead)
	}
	rows := s.accessed()
	if len(rows) == 0 || rows[len(rows)-1].Operation != "record.form" && rows[0].Operation != "record.form" {
		t.Errorf("the access is not on record: %+v", rows)
	}
	var list FormList
	s.get("social-worker", "/forms").as(t, &list)
	if len(list.Forms) != 1 || list.Forms[0].Form != "f1" {
		t.Errorf("%+v", list.Forms)
	}
	if got := s.get("social-worker", "/forms/f9"); got.status != http.StatusNotFound {
		t.Errorf("a form that is none: %d", got.status)
	}
}

func TestNoReadShowsAClosedSectionToWhomItIsClosed(t *testing.T) {
	s := assessed(t)
	s.complete()
	for _, path := range []string{"/forms/f1", "", "/entries", "/chronology", "/comparison?thenKnownAt=2026-01-01"} {
		for role, want := range map[string]bool{"social-worker": path != "/chronology", "records-officer": false} {
			got := s.get(role, path)
			if got.status != http.StatusOK || strings.Contains(got.body, "zqxsecret") != want {
				t.Errorf("%s of %q: %d, %.300s", role, path, got.status, got.body)
			}
		}
	}
	if got := s.get("auditor", "/entries"); got.status != http.StatusOK || strings.Contains(got.body, "zqxsecret") {
		t.Errorf("an auditor: %d", got.status)
	}
}

func TestAnAnswerIsRefusedByPlaceAndRule(t *testing.T) {
	s := assessed(t)
	for name, tt := range map[string]struct{ answers, want string }{
		"hidden":    {`[{"question":"attendance","values":["x"]}]`, "/answers/0/question question-hidden"},
		"carried":   {`[{"question":"primary-need","values":["N1"]}]`, "/answers/0/question question-carried"},
		"unknown":   {`[{"question":"zqxweather","values":["x"]}]`, "/answers/0/question question-unknown"},
		"withdrawn": {`[{"question":"health","values":["x"]},{"question":"factors","values":["18A"]}]`, "/answers/1/values answer-not-in-force"},
	} {
		got := s.do("social-worker", "/forms/f1/answers", `{"happened":"2026-01-08","answers":`+tt.answers+`}`)
		if code, faults := got.problem(t); got.status != http.StatusUnprocessableEntity || code != codeInvalid || faults != tt.want {
			t.Errorf("%s: %d %s %s", name, got.status, code, faults)
		}
	}
}

func TestAFormIsNoWayRoundThePolicies(t *testing.T) {
	s := assessed(t)
	forms, err := schema.NewForms([]byte(`{"form":"door","version":1,"title":"Door","from":"2026-01-01","sections":[{"section":"all","title":"All","questions":[
		{"question":"why-lifted","ask":"Why?","kind":"text","known":{"event":"restriction.lifted","field":"/reason"}}]}],
		"acts":[{"act":"lift","command":"restriction.lift","fields":[{"field":"/restriction","value":"x1"},{"field":"/reason","question":"why-lifted"}]}]}`))
	must(t, err)
	s.api.View.Records.Forms = forms
	s.must("manager", "/restrictions/barriers", `{"happened":"2026-01-08","restriction":"x1","worker":"sw-9","reason":"relative"}`)
	s.must("social-worker", "/forms", `{"happened":"2026-01-08","form":"d1","definition":"door"}`)
	body := `{"happened":"2026-01-08","answers":[{"question":"why-lifted","values":["I say so."]}]}`
	if got := s.do("social-worker", "/forms/d1/answers", body); got.status != http.StatusForbidden {
		t.Errorf("a social worker lifts a restriction by a form: %d %s", got.status, got.body)
	}
	item := fmt.Sprintf(`{"items":[{"command":"form.answer","record":%q,"revision":%d,"body":{"form":"d1",%s}]}`, strings.TrimPrefix(s.path, "/v1/records/"), s.at, body[1:])
	if got := s.act("social-worker", "/v1/bulk", item, "bulk", 0); !strings.Contains(got.body, `"status":403`) {
		t.Errorf("in bulk: %d %s", got.status, got.body)
	}
	group := fmt.Sprintf(`{"command":"form.answer","records":[{"record":%q,"revision":%d}],"body":{"form":"d1",%s}`, strings.TrimPrefix(s.path, "/v1/records/"), s.at, body[1:])
	if got := s.act("social-worker", "/v1/acts", group, "group", 0); got.status != http.StatusForbidden {
		t.Errorf("as an act on several records: %d %s", got.status, got.body)
	}
	s.must("manager", "/forms/d1/answers", body)
}

func TestAViewIsMadeForThoseWhomItNamesAndSaysWhatItLeavesOut(t *testing.T) {
	s := assessed(t)
	if got := s.get("social-worker", "/views/teacher"); got.status != http.StatusNotFound {
		t.Errorf("a form in progress is shown: %d", got.status)
	}
	s.complete()
	var page AudiencePage
	got := s.get("social-worker", "/views/teacher")
	got.as(t, &page)
	if got.status != http.StatusOK || len(page.Page.LeftOut) < 3 || !strings.Contains(got.body, "Reads.") || strings.Contains(got.body, "zqxsecret") || strings.Contains(got.body, "Support.") {
		t.Errorf("%d %.900s", got.status, got.body)
	}
	if got := s.get("records-officer", "/views/teacher"); got.status != http.StatusForbidden {
		t.Errorf("who is no reader: %d", got.status)
	}
	denied := slices.ContainsFunc(s.accessed(), func(row accesslog.Row) bool {
		return row.Operation == "record.view" && row.Caller == "records-officer-1"
	})
	if !denied {
		t.Error("that it was denied is not on record")
	}
	for _, path := range []string{"/views/neighbour", "/views/teacher?definition=other", "/views/teacher?form=f9"} {
		if got := s.get("social-worker", path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestAMegabyteOfAnswerIsKeptExactlyAsItWasTyped(t *testing.T) {
	s := assessed(t)
	typed := strings.Repeat("\U0001F9D2<b>", 1<<18)
	text, err := json.Marshal(typed)
	must(t, err)
	s.must("social-worker", "/forms/f1/answers", `{"happened":"2026-01-08","answers":[{"question":"health","values":[`+string(text)+`]}]}`)
	var page FormPage
	s.get("social-worker", "/forms/f1").as(t, &page)
	kept := slices.ContainsFunc(page.Page.Sections, func(one schema.FormSection) bool {
		return slices.ContainsFunc(one.Questions, func(q schema.FormQuestion) bool {
			return q.Question == "health" && slices.Equal(q.Values, []string{typed})
		})
	})
	if !kept {
		t.Error("the text came back otherwise")
	}
}
