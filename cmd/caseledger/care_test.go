package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/ssda903"
)

func TestAReturnOnLookedAfterChildrenGivesTheSameChildrenInAnotherLedger(t *testing.T) {
	first, second, dir := smallDemo(t), newLedger(t), filepath.Join(t.TempDir(), "return")
	must(t, "export", "ssda903", "--data", first, "--year", "2026", "--out", dir)
	var report ssda903.Report
	if err := json.Unmarshal([]byte(must(t, "import", "ssda903", dir, "--data", second, "--year", "2026", "--output", "json")), &report); err != nil {
		t.Fatal(err)
	}
	if report.New == 0 || report.Failed > 0 || report.Kind != "ssda903/2026" {
		t.Errorf("%+v", report)
	}
	then := []string{"looked-after", "--true-on", "2026-03-31", "--data"}
	a, b := known(rows(t, append(then, first)...)), known(rows(t, append(then, second)...))
	if len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("%d looked-after children became %d, or others:\n%s\n%s", len(a), len(b), a, b)
	}
	if code, _, errs := caseledger(t, "export", "ssda903", "--data", first, "--year", "2026", "--out", dir); code != exitFailed {
		t.Errorf("a return is written over another: %d, %s", code, errs)
	}
	if code, _, _ := caseledger(t, "export", "ssda903", "--data", first); code != exitUsage {
		t.Errorf("a return of no year: exit %d", code)
	}
}

// known returns of each row what the return says of a looked-after child.
func known(rows []map[string]any) []string {
	var all []string
	for _, row := range rows {
		said := make(map[string]any)
		for _, name := range []string{"laChildId", "began", "legalStatus", "need", "placement", "provider", "urn", "missing"} {
			said[name] = row[name]
		}
		text, _ := json.Marshal(said, json.Deterministic(true)) // of values that came from JSON
		all = append(all, string(text))
	}
	slices.Sort(all)
	return all
}
