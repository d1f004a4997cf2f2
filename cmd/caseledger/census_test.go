package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/cincensus"
)

// report runs an import and returns its report.
func report(t *testing.T, args ...string) cincensus.Report {
	t.Helper()
	var r cincensus.Report
	if err := json.Unmarshal([]byte(must(t, append(args, "--output", "json")...)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestADirtyReturnIsTakenInWholeAndReportedOnce(t *testing.T) {
	file, dir := shared(t, "cin-census/fake_CIN_data.xml"), newLedger(t)
	first := report(t, "import", "cin-census", file, "--data", dir)
	if first.Children != 332 || first.Episodes != 402 || first.New != 332 {
		t.Errorf("%d children, %d new, %d episodes; the file holds 332 and 402", first.Children, first.New, first.Episodes)
	}
	if first.Events == 0 || first.FlawCount < 402 || len(first.Flaws) != first.FlawCount {
		t.Errorf("%d events, %d flaws of which %d are listed; each episode breaks a rule at least", first.Events, first.FlawCount, len(first.Flaws))
	}
	head := headOf(t, dir)
	if again := report(t, "import", "cin-census", file, "--data", dir); again.Events != 0 || headOf(t, dir) != head {
		t.Errorf("the second import recorded %d events, and moved the log from %d to %d", again.Events, head, headOf(t, dir))
	}
	must(t, "verify", "--data", dir)
}

func TestAnExportedReturnGivesTheSameRegisterAndCaseload(t *testing.T) {
	for _, tt := range []struct {
		name, year string
		ledger     func(*testing.T) string
	}{
		{"of a dirty return", "2022", func(t *testing.T) string {
			dir := newLedger(t)
			must(t, "import", "cin-census", shared(t, "cin-census/fake_CIN_data.xml"), "--data", dir)
			return dir
		}},
		{"of a return of a return", "2026", func(t *testing.T) string {
			file, dir := filepath.Join(t.TempDir(), "return.xml"), newLedger(t)
			must(t, "export", "cin-census", "--data", smallDemo(t), "--year", "2026", "--out", file)
			must(t, "import", "cin-census", file, "--data", dir)
			return dir
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, second, file := tt.ledger(t), newLedger(t), filepath.Join(t.TempDir(), "export.xml")
			must(t, "export", "cin-census", "--data", first, "--year", tt.year, "--out", file)
			must(t, "import", "cin-census", file, "--data", second)
			for _, model := range []string{"register", "caseload"} {
				a, b := comparable(rows(t, model, "--data", first)), comparable(rows(t, model, "--data", second))
				if !slices.Equal(a, b) {
					t.Errorf("%s: %d rows became %d, or others", model, len(a), len(b))
				}
				if model == "caseload" && len(a) == 0 {
					t.Error("there is no open work to compare")
				}
			}
		})
	}
}

// comparable returns rows without what differs from ledger to ledger: ids drawn
// at random or made from them, and the numbers of entries.
func comparable(rows []map[string]any) []string {
	var all []string
	for _, row := range rows {
		for _, name := range []string{"record", "entries", "plan", "work", "referral"} {
			delete(row, name)
		}
		text, _ := json.Marshal(row, json.Deterministic(true)) // of values that came from JSON
		all = append(all, string(text))
	}
	slices.Sort(all)
	return all
}
