package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnAuthoritysOwnRulesAreCheckedAdoptedAndKept(t *testing.T) {
	dir := newLedger(t)
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "rules.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write(`{"name":"Anytown","clocks":[{"clock":"assessment","amount":35,"unit":"working-days","from":"2020-01-01","source":"local","sentence":"Within 35 working days."}]}`)
	bad := write(`{"name":"Anytown","clocks":[{"clock":"secret","amount":35,"unit":"working-days","from":"2020-01-01","source":"local","sentence":"s"}]}`)
	amount := func(on string) float64 {
		for _, r := range rows(t, "policy", "show", "--data", dir, "--on", on) {
			if r["clock"] == "assessment" {
				return r["amount"].(float64)
			}
		}
		return 0
	}
	for _, args := range [][]string{{"policy", "check", bad}, {"policy", "adopt", bad, "--data", dir, "--actor", "a1"}} {
		code, _, errs := caseledger(t, args...)
		if code != exitFailed || !strings.Contains(errs, "/clocks/0/clock: no clock has this name") || strings.Contains(errs, "secret") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	must(t, "policy", "check", good, "--on", "2026-02-03")
	if before := amount("2026-02-03"); before != 45 {
		t.Errorf("%v working days before", before)
	}
	must(t, "policy", "adopt", good, "--data", dir, "--actor", "a1")
	must(t, "policy", "adopt", good, "--data", dir, "--actor", "a1") // which changes nothing
	for on, want := range map[string]float64{"2019-12-31": 45, "2020-01-01": 35, "2026-02-03": 35} {
		if got := amount(on); got != want {
			t.Errorf("%s: %v working days, want %v", on, got, want)
		}
	}
	if text := must(t, "policy", "schema"); !strings.Contains(text, `"clocks"`) {
		t.Error(text)
	}
	must(t, "verify", "--data", dir)
}
