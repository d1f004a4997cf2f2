package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const doorForm = `{"form":"door","version":1,"title":"At the door","from":"2020-01-01","sections":[{"section":"all","title":"All","questions":[
	{"question":"seen","ask":"Seen?","kind":"yes-no","required":true},
	{"question":"said","ask":"What was said?","kind":"text","when":{"question":"seen","is":["yes"]}}]}]}`

func TestTheDemoHoldsACompletedCoreAssessmentAndAConferenceReportAndShowsThemToEachAudience(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	must(t, "demo", "--data", dir, "--children", "60")
	var assessed, reported string
	for _, person := range rows(t, "record", "list", "--data", dir, "--limit", "1000") {
		for _, f := range rows(t, "form", "list", person["record"].(string), "--data", dir) {
			switch {
			case f["definition"] == "core-assessment" && f["status"] == "completed":
				assessed = person["record"].(string)
			case f["definition"] == "conference-report" && f["status"] == "completed":
				reported = person["record"].(string)
			}
		}
		if assessed != "" && reported != "" {
			break
		}
	}
	if assessed == "" || reported == "" {
		t.Fatalf("no completed form: %q, %q", assessed, reported)
	}
	for audience, want := range map[string]bool{"social-worker": true, "teacher": false, "health-professional": true, "police": true, "reporter": true, "parent": true} {
		text := must(t, "view", "--record", assessed, "--audience", audience, "--data", dir)
		if strings.Contains(text, "With help in the mornings") != want || strings.Contains(text, "Left out") != true {
			t.Errorf("%s is shown\n%s", audience, text)
		}
	}
	for _, args := range [][]string{{"view", "--record", assessed, "--audience", "neighbour", "--data", dir}, {"view", "--record", assessed, "--audience", "teacher", "--form", "f9", "--data", dir},
		{"form", "show", assessed, "f9", "--data", dir}} {
		if code, _, errs := caseledger(t, args...); code == exitOK || errs == "" {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

func TestADefinitionIsCheckedAndTakenFromADirectory(t *testing.T) {
	dir, forms := newLedger(t), t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(forms, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("door-1.json", doorForm)
	must(t, "form", "check", good)
	must(t, "form", "check", good, "--forms", forms)
	found := slices.ContainsFunc(rows(t, "form", "definitions", "--forms", forms), func(r map[string]any) bool { return r["definition"] == "door" })
	if !found {
		t.Error("the definition is not at hand")
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(strings.Replace(doorForm, `["yes"]`, `["secret"]`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := caseledger(t, "form", "check", bad)
	if code != exitFailed || !strings.Contains(out, "/sections/0/questions/1/when/is/0") || !strings.Contains(out, "the question has no such answer") || strings.Contains(out+errs, "secret") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	if code, _, errs := caseledger(t, "form", "list", "x", "--data", dir, "--forms", filepath.Dir(bad)); code != exitFailed || !strings.Contains(errs, "bad.json") {
		t.Errorf("a folder with a faulty definition: exit %d, %s", code, errs)
	}
	for _, args := range [][]string{{"form", "check", filepath.Join(forms, "none.json")}, {"form", "definitions", "--forms", filepath.Join(forms, "none")}} {
		if code, _, _ := caseledger(t, args...); code != exitFailed {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	for _, args := range [][]string{{"form", "schema"}, {"form", "schema", "--view"}} {
		if text := must(t, args...); !strings.Contains(text, "urn:caseledger:"+map[int]string{2: "form", 3: "view"}[len(args)]) {
			t.Error(text)
		}
	}
}
