package main

import (
	"testing"
)

func TestDutiesGapsAndIndicatorsAreToldAsOfNowAndOfThen(t *testing.T) {
	dir := smallDemo(t)
	for _, view := range [][]string{nil, {"--true-on", "2024-03-31"}, {"--known-at", "2024-03-31", "--true-on", "2024-03-31"}} {
		say := func(command ...string) []map[string]any {
			return rows(t, append(append(command, "--data", dir), view...)...)
		}
		duties := say("duties")
		for _, d := range duties {
			if d["clock"] == "" || d["due"] == "" || d["record"] == "" {
				t.Errorf("%v: %v", view, d)
			}
		}
		children := say("gaps", "--days", "0")
		if len(children) == 0 {
			t.Errorf("%v: no child has an open case", view)
		}
		if unseen := say("gaps", "--days", "30"); len(unseen) > len(children) {
			t.Errorf("%v: %d of %d children have not been seen", view, len(unseen), len(children))
		}
		for n, i := range say("performance", "--from", "2021-01-01", "--to", "2024-03-31") {
			if len(view) > 0 && n%5 != 0 {
				continue // each as of now, and of the past some
			}
			cases := say("performance", "--from", "2021-01-01", "--to", "2024-03-31", "--behind", i["indicator"].(string))
			counted := 0
			for _, c := range cases {
				if c["counted"] == true {
					counted++
				}
			}
			if len(cases) != int(i["of"].(float64)) || counted != int(i["counted"].(float64)) {
				t.Errorf("%v: %v is counted on %d of %d cases", view, i, counted, len(cases))
			}
		}
	}
}

func TestAllCasesOfAWorkerAreHandedOver(t *testing.T) {
	dir := smallDemo(t)
	var worker string
	for _, a := range rows(t, "allocations", "--open", "--data", dir) {
		worker = a["worker"].(string)
	}
	held := rows(t, "allocations", "--worker", worker, "--open", "--data", dir)
	handOver := func(args ...string) []map[string]any {
		return rows(t, append([]string{"hand-over", "--data", dir, "--from", worker, "--actor", "mgr-01", "--request", "h-" + args[1]}, args...)...)
	}
	if covered := handOver("--to", "sw-081", "--until", "2099-01-01", "--reason", "leave"); len(covered) != len(held) {
		t.Errorf("%d of %d cases are covered", len(covered), len(held))
	}
	if given := handOver("--to", "sw-080", "--team", "north", "--reason", "left"); len(held) == 0 || len(given) != len(held) {
		t.Errorf("%d of %d cases are handed over", len(given), len(held))
	}
	if left := rows(t, "allocations", "--worker", worker, "--open", "--data", dir); len(left) != 0 {
		t.Errorf("%d cases are left", len(left))
	}
	if history := rows(t, "allocations", "--worker", worker, "--data", dir); len(history) < len(held) {
		t.Errorf("%d allocations of the worker are remembered, of %d", len(history), len(held))
	}
	found := false
	for _, w := range rows(t, "workload", "--data", dir) {
		found = found || w["worker"] == "sw-080" && int(w["children"].(float64)) == len(held)
	}
	if !found {
		t.Error("the next worker has no workload")
	}
	if code, _, _ := caseledger(t, "hand-over", "--data", dir); code != exitUsage {
		t.Errorf("nobody's cases are handed over: exit %d", code)
	}
	must(t, "verify", "--data", dir)
}
