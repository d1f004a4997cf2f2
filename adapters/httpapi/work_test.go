package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestDutiesGapsAndAllocationsComeInPagesWithoutWhatTheCallerMayNotSee(t *testing.T) {
	w := newWorld(t)
	var all []string
	for n := range 5 {
		record := w.child(fmt.Sprintf("AT%d", n))
		if got := w.act("manager", record+"/allocations", fmt.Sprintf(`{"happened":"2026-01-0%d","allocation":"a1","worker":"sw-%d","team":"north","role":"lead"}`, 6+n%2, n%2), fmt.Sprint("a", n), 4); got.status != http.StatusCreated {
			t.Fatalf("%d %s", got.status, got.body)
		}
		all = append(all, strings.TrimPrefix(record, "/v1/records/"))
	}
	slices.Sort(all)
	var err error
	w.tokens["social-worker"], err = w.api.Callers.(*Tokens).Add(Caller{ID: "social-worker-1", Role: "social-worker", Agency: "anytown", Teams: []string{"north"}})
	must(t, err)
	type row struct {
		Record string `json:"record"`
		Worker string `json:"worker"`
		Team   string `json:"team"`
		From   string `json:"from"`
	}
	type list struct {
		Rows []row  `json:"rows"`
		Next string `json:"next"`
	}
	read := func(path string) list {
		t.Helper()
		got := w.call("social-worker", http.MethodGet, path, "")
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		var page list
		got.as(t, &page)
		return page
	}
	whole := func(path string, size int) (records []string) {
		t.Helper()
		cursor := ""
		for range 10 {
			page := read(fmt.Sprintf("%s&limit=%d%s", path, size, cursor))
			if len(page.Rows) > size {
				t.Fatalf("%s: %d rows", path, len(page.Rows))
			}
			for _, row := range page.Rows {
				records = append(records, row.Record)
			}
			if page.Next == "" {
				return records
			}
			cursor = "&cursor=" + page.Next
		}
		t.Fatalf("%s: no end", path)
		return nil
	}
	for _, path := range []string{"/v1/duties?team=north", "/v1/gaps?team=north", "/v1/allocations?open=true", "/v1/duties?trueOn=2026-01-20&within=90&overdue=false", "/v1/gaps?trueOn=2026-03-20"} {
		at1, at2, once := whole(path, 1), whole(path, 2), whole(path, 100)
		if !slices.Equal(at1, once) || !slices.Equal(at2, once) {
			t.Errorf("%s: %v, %v and %v", path, at1, at2, once)
		}
		slices.Sort(once)
		if got := slices.Compact(once); !slices.Equal(got, all) {
			t.Errorf("%s: %v of %v", path, got, all)
		}
	}
	for path, want := range map[string]int{
		"/v1/allocations?worker=sw-0": 3, "/v1/allocations?team=south": 0, "/v1/allocations?record=" + all[0]: 1, "/v1/gaps?days=1000": 0, "/v1/gaps?plan=cin-plan": 0,
		"/v1/duties?worker=sw-9": 0, "/v1/duties?unallocated=true": 0, "/v1/gaps?worker=sw-1": 2, "/v1/gaps?trueOn=2026-01-10": 0, "/v1/gaps?trueOn=2026-01-10&days=2": 5,
		"/v1/duties?trueOn=2026-01-05&overdue=true": 0, "/v1/duties?trueOn=2026-01-05&within=1": 5, "/v1/duties?trueOn=2026-01-04": 0,
	} {
		if got := read(path); len(got.Rows) != want {
			t.Errorf("%s: %d rows: %v", path, len(got.Rows), got.Rows)
		}
	}
	if got := w.act("manager", "/v1/records/"+all[0]+"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"social-worker-1","reason":"relative"}`, "b", 5); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, path := range []string{"/v1/duties?team=north", "/v1/gaps?team=north", "/v1/allocations?open=true"} {
		for _, size := range []int{1, 100} {
			if got := whole(path, size); slices.Contains(got, all[0]) || len(got) == 0 {
				t.Errorf("%s: %v with %s", path, got, all[0])
			}
		}
	}
	page := read("/v1/allocations?open=true&limit=1")
	got := w.call("social-worker", http.MethodGet, "/v1/allocations?open=false&limit=1&cursor="+page.Next, "")
	if code, _ := got.problem(t); code != codeCursor {
		t.Errorf("another list's cursor: %d %s", got.status, got.body)
	}
	if rows := w.accessed(); rows[len(rows)-1].Operation == "" {
		t.Errorf("%v", rows)
	}
}

func TestTeamsCountWhatTheCallerMayKnowOf(t *testing.T) {
	w := newWorld(t)
	var records []string
	for n, held := range [][]string{{"sw-1", "north"}, {"sw-1", "north"}, {"sw-2", "north"}, {"sw-3", "south"}} {
		record := w.child(fmt.Sprintf("AT%d", n))
		w.must("manager", record+"/allocations", fmt.Sprintf(`{"happened":"2026-01-05","allocation":"a1","worker":"%s","team":"%s","role":"lead"}`, held[0], held[1]), 4)
		records = append(records, record)
	}
	w.must("manager", records[0]+"/allocations", `{"happened":"2026-01-05","allocation":"a2","worker":"sw-2","team":"north","role":"second"}`, 5)
	w.must("manager", records[3]+"/allocations", `{"happened":"2026-01-05","allocation":"a2","worker":"sw-4","team":"west","role":"second"}`, 5)
	w.must("manager", records[3]+"/allocations/a2/end", `{"happened":"2026-01-06"}`, 6)
	told := func(path string) string {
		t.Helper()
		got := w.call("manager", http.MethodGet, path, "")
		var page Teams
		got.as(t, &page)
		return fmt.Sprint(page.Rows, page.Next != "")
	}
	if got := told("/v1/teams"); got != "[{north 3 [{sw-1 2} {sw-2 2}]} {south 1 [{sw-3 1}]}] false" {
		t.Error(got)
	}
	if got := told("/v1/teams?limit=1"); got != "[{north 3 [{sw-1 2} {sw-2 2}]}] true" {
		t.Error(got)
	}
	if got := told("/v1/teams?team=south"); got != "[{south 1 [{sw-3 1}]}] false" {
		t.Error(got)
	}
	w.actAs("admin", records[0]+"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"manager-1","reason":"relative"}`, 6)
	w.actAs("admin", records[3]+"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"manager-1","reason":"relative"}`, 7)
	if got := told("/v1/teams"); got != "[{north 2 [{sw-1 1} {sw-2 1}]}] false" {
		t.Error(got)
	}
}

func TestTextsInOrderSortAsTheirParts(t *testing.T) {
	want := []string{inOrder("", "b", uint64(3)), inOrder("a", "b", uint64(9)), inOrder("a", "b", uint64(10)), inOrder("a", "ba", uint64(1)), inOrder("ab", "a", uint64(1))}
	if !slices.IsSorted(want) {
		t.Errorf("%q", want)
	}
}
