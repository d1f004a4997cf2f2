package main

import (
	"os"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore/storebench"
)

func TestBenchMeasuresEveryKindOfWorkAndLeavesNothingBehind(t *testing.T) {
	t.Setenv("CASELEDGER_TEST_AS_PROGRAM", "1") // for the process that it kills
	dir := t.TempDir()
	out := must(t, "bench", "--dir", dir, "--duration", "20ms", "--events", "1000", "--output", "json")
	var results []storebench.Result
	if err := json.Unmarshal([]byte(out), &results); err != nil {
		t.Fatal(err)
	}
	measured := make(map[string]int)
	for _, r := range results {
		measured[r.Work]++
		if r.Case == "" || r.Unit == "" || r.Value <= 0 {
			t.Errorf("no measurement: %+v", r)
		}
		if compared := r.Work == "append" || r.Work == "update" || r.Work == "scan"; compared && (r.Limit <= 0 || r.Ratio <= 0) {
			t.Errorf("compared with no limit: %+v", r)
		}
		if (r.Target == "") != (r.Met == "") {
			t.Errorf("a target that is neither met nor missed: %+v", r)
		}
	}
	for work, least := range map[string]int{"append": 4, "update": 1, "import": 2, "read": 2, "scan": 2, "follow": 2, "reopen": 2, "api": 11, "feed": 6, "memory": 12} {
		if measured[work] < least {
			t.Errorf("%s has %d results, want %d", work, measured[work], least)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBenchMeasuresWhatIsNamedAndRefusesWhatIsNot(t *testing.T) {
	dir := t.TempDir()
	var works []string
	for _, row := range rows(t, "bench", "read", "scan", "--dir", dir, "--duration", "1ms", "--events", "1000") {
		works = append(works, row["work"].(string))
	}
	if !slices.Equal(works, []string{"read", "read", "scan", "scan"}) {
		t.Errorf("measured %v", works)
	}
	for _, args := range [][]string{
		{"bench", "everything"}, {"bench", "--duration", "0s"}, {"bench", "--events", "1"}, {"bench", "memory", "--rate", "-1"}, {"bench", "victim", dir, "1"}, {"bench", "victim", dir}, {"bench", "server"},
	} {
		if code, _, errs := caseledger(t, args...); code != exitUsage {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}
