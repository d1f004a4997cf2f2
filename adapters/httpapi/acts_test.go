package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestARecordIsOpenedAndActsRaiseItsRevision(t *testing.T) {
	w := newWorld(t)
	opened := w.act("social-worker", "/v1/records", person, "k1", 0)
	var first Receipt
	opened.as(t, &first)
	path := opened.header.Get("Location")
	if opened.status != http.StatusCreated || opened.header.Get("ETag") != `"1"` || path != "/v1/records/"+string(first.Record) || first.Revision != 1 {
		t.Fatalf("%d %v %s", opened.status, opened.header, opened.body)
	}
	referred := w.act("social-worker", path+"/referrals", `{"happened":"2026-01-05","referral":"r1","source":"1A"}`, "k2", 1)
	if referred.status != http.StatusCreated || referred.header.Get("ETag") != `"2"` {
		t.Errorf("%d %s", referred.status, referred.body)
	}
	decided := w.act("manager", path+"/referrals/r1/decision", `{"happened":"2026-01-06","outcome":"assessment"}`, "k3", 2)
	if decided.status != http.StatusCreated {
		t.Errorf("%d %s", decided.status, decided.body)
	}
}

func TestARepeatGetsTheFirstAnswerForEver(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	body := `{"happened":"2026-01-06","outcome":"assessment"}`
	first := w.act("manager", path+"/referrals/r1/decision", body, "same", 4)
	w.act("manager", path+"/names", `{"happened":"2026-01-07","kind":"known-as","given":"A","family":"E"}`, "other", 5)
	again := w.act("manager", path+"/referrals/r1/decision", body, "same", 4)
	if first.status != http.StatusCreated || again.status != first.status || again.body != first.body || again.header.Get("ETag") != first.header.Get("ETag") {
		t.Errorf("first %d %s, again %d %s", first.status, first.body, again.status, again.body)
	}
	if first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Idempotent-Replayed") != "true" {
		t.Error("a repeat does not say that it is one")
	}
	reused := w.act("manager", path+"/referrals/r1/decision", `{"happened":"2026-01-06","outcome":"advice"}`, "same", 4)
	if code, _ := reused.problem(t); reused.status != http.StatusUnprocessableEntity || code != codeKeyReused {
		t.Errorf("another body: %d %s", reused.status, reused.body)
	}
	opened, other := w.act("manager", "/v1/records", person, "AT1", 0), w.act("social-worker", "/v1/records", person, "AT1", 0)
	if opened.header.Get("Location") != path || other.header.Get("Location") == path {
		t.Error("a key belongs to one caller, and opens one record")
	}
}

func TestOneOfFiftyWithOneETagIsRecorded(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	count := race(50, func(i int) int {
		got, err := w.try("manager", http.MethodPost, path+"/notes", note(i), fmt.Sprintf("Idempotency-Key: n%d", i), `If-Match: "4"`)
		if err != nil {
			t.Error(err)
		}
		if got.status == http.StatusPreconditionFailed && got.header.Get("ETag") != `"5"` {
			t.Errorf("412 with ETag %s", got.header.Get("ETag"))
		}
		return got.status
	})
	if count[http.StatusCreated] != 1 || count[http.StatusPreconditionFailed] != 49 {
		t.Error(count)
	}
}

func TestOfAHundredWithOneKeyAllGetTheOneAnswer(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	var mu sync.Mutex
	bodies := make(map[string]bool)
	count := race(100, func(int) int {
		got, err := w.try("manager", http.MethodPost, path+"/notes", note(1), "Idempotency-Key: n", `If-Match: "4"`)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		bodies[got.body] = true
		return got.status
	})
	if count[http.StatusCreated] != 100 || len(bodies) != 1 {
		t.Error(count, bodies)
	}
}

func note(i int) string {
	return fmt.Sprintf(`{"happened":"2026-01-06","note":"n%d","kind":"visit","text":[{"kind":"fact","text":"seen"}]}`, i)
}

// race runs n at once and counts what they return.
func race(n int, do func(int) int) map[int]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	count := make(map[int]int)
	for i := range n {
		all.Go(func() {
			got := do(i)
			mu.Lock()
			defer mu.Unlock()
			count[got]++
		})
	}
	all.Wait()
	return count
}

func TestAnActThatLacksSomethingIsToldWhat(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	good := `{"happened":"2026-01-06","outcome":"assessment"}`
	none := "/v1/records/" + strings.Repeat("0", 32)
	for _, tt := range []struct {
		name, path, body string
		headers          []string
		status           int
		code, faults     string
	}{
		{"no key", path, good, []string{`If-Match: "4"`}, 400, codeNoKey, "Idempotency-Key required,max=100,printascii"},
		{"no revision", path, good, []string{"Idempotency-Key: k"}, 428, codeNoRevision, "If-Match required"},
		{"a stale revision", path, good, []string{"Idempotency-Key: k", `If-Match: "3"`}, 412, codeStale, ""},
		{"any revision", path, good, []string{"Idempotency-Key: k", `If-Match: *`}, 400, codeMalformed, "If-Match etag"},
		{"a weak revision", path, good, []string{"Idempotency-Key: k", `If-Match: W/"4"`}, 400, codeMalformed, "If-Match etag"},
		{"no purpose, basis, key or revision", path, good, []string{"-Purpose", "-Legal-Basis"}, 400, codeMalformed,
			"Purpose required,max=100,printascii; Legal-Basis required,max=100,printascii; Idempotency-Key required,max=100,printascii; If-Match required"},
		{"no such record", none, good, []string{"Idempotency-Key: k", `If-Match: "4"`}, 404, codeNotFound, ""},
		{"no record's id", "/v1/records/AT1", good, []string{"Idempotency-Key: k", `If-Match: "4"`}, 404, codeNotFound, ""},
		{"faults of shape, members and rules", path, `{"happened":"2027-01-06","outcome":"x","x":1}`, []string{"Idempotency-Key: k", `If-Match: "4"`}, 422, codeInvalid,
			" unknown-member; /outcome oneof=assessment strategy-discussion early-help advice;  in-the-future"},
		{"what the address says", path, `{"happened":"2026-01-06","outcome":"advice","referral":"r1"}`, []string{"Idempotency-Key: k", `If-Match: "4"`}, 422, codeInvalid, " unknown-member"},
		{"null", path, `{"happened":"2026-01-06","outcome":null}`, []string{"Idempotency-Key: k", `If-Match: "4"`}, 422, codeInvalid, "/outcome null"},
		{"an unknown parameter", path + "?", good, []string{"Idempotency-Key: k", `If-Match: "4"`}, 400, codeMalformed, "dryRun boolean; query unknown-parameter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, query, asks := strings.Cut(tt.path, "?")
			if at += "/referrals/r1/decision"; asks {
				at += "?dryRun=1&colour=red" + query
			}
			got := w.call("manager", http.MethodPost, at, tt.body, tt.headers...)
			code, faults := got.problem(t)
			if got.status != tt.status || code != tt.code || faults != tt.faults {
				t.Errorf("%d %s %q", got.status, code, faults)
			}
		})
	}
}

func TestADryRunRecordsNothingAndCountsAsAnAccess(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	got := w.act("manager", path+"/referrals/r1/decision?dryRun=true", `{"happened":"2026-01-06","outcome":"assessment"}`, "k", 4)
	var would Receipt
	got.as(t, &would)
	if got.status != http.StatusOK || fmt.Sprint(would.Would) != "[referral.decided]" || would.Revision != 5 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if now := w.call("manager", http.MethodGet, path, ""); now.header.Get("ETag") != `"4"` {
		t.Errorf("the record is at %s", now.header.Get("ETag"))
	}
	if rows := w.accessed(); len(rows) != 2 || rows[0].View != "dry-run" {
		t.Error(rows)
	}
}

func TestACorrectionTakesThePlaceOfAnEntry(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	body := `{"reason":"misread","command":"referral.receive","body":{"happened":"2026-01-04","referral":"r1","source":"1A"}}`
	if got := w.act("manager", path+"/entries/4/correction", body, "k", 4); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	bad := `{"reason":"misread","command":"referral.receive","body":{"happened":"2026-01-04","referral":"r1","source":"ZZ","x":1}}`
	got := w.act("manager", path+"/entries/5/correction", bad, "k2", 5)
	if _, faults := got.problem(t); faults != "/body unknown-member; /body/source code=referral-source" {
		t.Errorf("%q", faults)
	}
	if got := w.act("records-officer", path+"/entries/5/correction", body, "k3", 5); got.status != http.StatusForbidden {
		t.Errorf("a records officer corrects a referral: %d", got.status)
	}
}

func TestABulkRequestGivesEachItemItsResult(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	id := strings.TrimPrefix(path, "/v1/records/")
	body := `{"items":[
		{"command":"person.register","body":` + person + `},
		{"command":"referral.decide","record":"` + id + `","revision":4,"body":{"happened":"2026-01-06","referral":"r1","outcome":"assessment"}},
		{"command":"person.name","record":"` + id + `","body":{"happened":"2026-01-06","kind":"known-as","given":"A","family":"E"}},
		{"command":"referral.decide","record":"` + id + `","revision":4,"body":{"happened":"2026-01-06","referral":"r9","outcome":"assessment"}},
		{"command":"no.such","body":{}},
		{"command":7}]}`
	for round := range 2 {
		got := w.act("manager", "/v1/bulk", body, "b1", 0)
		var all Results
		got.as(t, &all)
		var statuses []int
		for _, r := range all.Results {
			statuses = append(statuses, r.Status)
		}
		if got.status != http.StatusOK || fmt.Sprint(statuses) != "[201 201 201 412 422 422]" {
			t.Errorf("round %d: %d %v %s", round, got.status, statuses, got.body)
		}
	}
	if now := w.call("manager", http.MethodGet, path, ""); now.header.Get("ETag") != `"6"` {
		t.Errorf("the record is at %s", now.header.Get("ETag"))
	}
	many := `{"items":[` + strings.Repeat(`{"command":"x.y","body":{}},`, MaxBulkItems) + `{"command":"x.y","body":{}}]}`
	if got := w.act("manager", "/v1/bulk", many, "b2", 0); got.status != http.StatusUnprocessableEntity {
		t.Errorf("%d items: %d", MaxBulkItems+1, got.status)
	}
}
