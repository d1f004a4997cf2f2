package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestAnEnquiryIsAnsweredAndKept(t *testing.T) {
	dir := smallDemo(t)
	child := rows(t, "register", "--data", dir)[0]
	ask := func(args ...string) []map[string]any {
		return rows(t, append([]string{"register", "enquire", "--data", dir, "--enquirer", "Dr Lee", "--role", "registrar",
			"--agency", "hospital", "--called-back", "--reason", "bruising", "--keeper", "edt-002"}, args...)...)
	}
	first := ask("--number", child["laChildId"].(string))
	if len(first) != 1 || first[0]["answer"] != "on-register" || first[0]["record"] != child["record"] || first[0]["enquiriesBefore"].(float64) != 0 {
		t.Errorf("%v", first)
	}
	if again := ask("--number", child["laChildId"].(string)); again[0]["enquiriesBefore"].(float64) != 1 {
		t.Errorf("%v", again)
	}
	if nobody := ask("--family", "Zeller"); len(nobody) != 1 || nobody[0]["answer"] != "not-on-register" || nobody[0]["record"] != nil {
		t.Errorf("%v", nobody)
	}
	kept := rows(t, "register", "enquiries", "--data", dir)
	if len(kept) != 3 || kept[0]["enquirer"] != "Dr Lee" || kept[0]["keeper"] != "edt-002" || kept[2]["answer"] != "not-on-register" {
		t.Errorf("%v", kept)
	}
	for why, args := range map[string][]string{
		"nobody":        {"--reason", "x", "--enquirer", "e", "--role", "r", "--agency", "a", "--keeper", "k"},
		"no reason":     {"--family", "Zeller", "--enquirer", "e", "--role", "r", "--agency", "a", "--keeper", "k"},
		"nobody's name": {"--family", "Zeller", "--reason", "x", "--role", "r", "--agency", "a", "--keeper", "k"},
	} {
		if code, _, errs := caseledger(t, append([]string{"register", "enquire", "--data", dir}, args...)...); code != exitFailed || strings.Contains(errs, "Zeller") {
			t.Errorf("%s: exit %d, %s", why, code, errs)
		}
	}
	if got := len(rows(t, "register", "enquiries", "--data", dir)); got != 3 {
		t.Errorf("%d enquiries are kept", got)
	}
	must(t, "verify", "--data", dir)
}

func TestThePrintedRegisterNamesEveryoneOnItThen(t *testing.T) {
	dir := smallDemo(t)
	views, found := [][]string{nil}, 0
	for year := 2021; year <= 2026; year++ {
		day := fmt.Sprintf("%d-03-31", year)
		views = append(views, []string{"--true-on", day}, []string{"--known-at", day, "--true-on", day})
	}
	for _, view := range views {
		names := rows(t, append([]string{"register", "--data", dir}, view...)...)
		text := must(t, append([]string{"register", "print", "--data", dir}, view...)...)
		for _, n := range names {
			if !strings.Contains(text, n["record"].(string)) {
				t.Errorf("%v: %v is not printed", view, n["record"])
			}
		}
		found += len(names)
		if strings.Count(text, "registered ") != len(names) || len(view) > 0 && !strings.Contains(text, view[1]) {
			t.Errorf("%v: %d names\n%s", view, len(names), text)
		}
	}
	if found == 0 {
		t.Error("nobody was ever on the register")
	}
}

func TestOneActConcernsSeveralChildrenOrNone(t *testing.T) {
	dir := smallDemo(t)
	var family []any
	var child, day string
	for _, p := range rows(t, "record", "list", "--data", dir, "--limit", "40") {
		child, day = p["record"].(string), p["registered"].(string)
		for _, m := range rows(t, "record", "family", child, "--records", "--data", dir) {
			family = append(family, m["record"])
		}
		if len(family) > 1 {
			break
		}
		family = nil
	}
	if len(family) < 2 {
		t.Fatal("nobody in the demo has a sibling")
	}
	act := func(body string, also ...string) (int, string, string) {
		args := []string{"act", "visit.make", "--data", dir, "--record", child, "--actor", "sw-001", "--role", "social-worker",
			"--agency", "anytown", "--basis", "children-act-1989-s17", "--purpose", "visit", "--request", "visit-1", "--output", "json"}
		for _, a := range also {
			args = append(args, "--also", a)
		}
		return caseledgerWith(t, body, args...)
	}
	var also []string
	for _, id := range family[1:] {
		also = append(also, id.(string))
	}
	body := `{"happened":"` + day + `","visit":"together-1","under":"other","visitor":"sw-001","where":"home","seen":true,"alone":true,"bedroom":true}`
	code, first, errs := act(body, also...)
	if code != exitOK || strings.Count(first, `"revision"`) != len(family) {
		t.Errorf("exit %d, %s%s", code, first, errs)
	}
	if code, again, errs := act(body, also...); code != exitOK || again != first {
		t.Errorf("again: exit %d, %s%s", code, again, errs)
	}
	story := rows(t, "record", "chronology", child, "--family", "--data", dir)
	seen := 0
	for _, row := range story {
		if row["kind"] == "visit.made" && row["happened"] == day {
			seen++
		}
	}
	if seen != len(family) {
		t.Errorf("the visit is told %d times in a family of %d", seen, len(family))
	}
	if code, _, _ := act(`{"happened":"`+day+`","visit":"together-1"}`, also...); code == exitOK {
		t.Error("half a visit is recorded")
	}
}

func TestReconciliationOfTheDemoNamesRuleAndPlan(t *testing.T) {
	dir := smallDemo(t)
	for _, d := range rows(t, "register", "reconcile", "--data", dir, "--true-on", "2026-09-30") {
		if d["rule"] == "" || d["sentence"] == "" || d["record"] == "" {
			t.Errorf("%v", d)
		}
	}
}

// caseledgerWith runs one command line that reads a body.
func caseledgerWith(t *testing.T, body string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	root := newRoot(&stdout, &stderr)
	root.SetIn(strings.NewReader(body))
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	if err != nil {
		stderr.WriteString(err.Error())
	}
	return exitCode(err), stdout.String(), stderr.String()
}
