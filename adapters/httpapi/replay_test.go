package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caseledger/adapters/accesslog"
)

func TestAPermanentAddressAnswersTheSameForEver(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	permanent := make(map[string]answered)
	for _, query := range []string{"?trueOn=2026-01-31", "/comparison?knownAt=2026-01-31", "/steps?after=1&limit=2", "/overdue?trueOn=2026-06-01", "/relations", "/notes", "/chronology?knownEntry=3", "/entries"} {
		got := w.call("manager", http.MethodGet, path+query, "")
		var about OfRecord
		got.as(t, &about)
		if !strings.HasPrefix(about.Permanent, path) || !strings.Contains(about.Permanent, "nownEntry=") {
			t.Fatalf("%s: the permanent address is %q", query, about.Permanent)
		}
		permanent[about.Permanent] = w.call("manager", http.MethodGet, about.Permanent, "")
	}
	if got := w.act("manager", path+"/notes", note(1), "n", 4); got.status != http.StatusCreated {
		t.Fatal(got.body)
	}
	if got := w.act("manager", path+"/entries/4/error", `{"happened":"2026-02-01","reason":"wrong child"}`, "v", 5); got.status != http.StatusCreated {
		t.Fatal(got.body)
	}
	for address, then := range permanent {
		now := w.call("manager", http.MethodGet, address, "")
		if body(now) != body(then) {
			t.Errorf("%s:\n%s\nwas\n%s", address, now.body, then.body)
		}
	}
	for _, query := range []string{"?knownEntry=99", "/comparison?thenKnownEntry=99"} {
		if got := w.call("manager", http.MethodGet, path+query, ""); got.status != http.StatusPreconditionFailed {
			t.Errorf("%s, which is not there yet: %d", query, got.status)
		}
	}
}

// body is an answer but for the record's revision, which goes on.
func body(a answered) string {
	_, rest, _ := strings.Cut(a.body, `"permanent":`)
	_, rest, _ = strings.Cut(rest, ",")
	before, after, found := strings.Cut(rest, `"revision":`)
	if !found {
		return rest
	}
	_, after, _ = strings.Cut(after, ",")
	return before + after
}

func TestARecordIsGoneThroughStepByStep(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	var all []string
	after := uint64(0)
	for range 10 {
		var page Steps
		w.call("social-worker", http.MethodGet, fmt.Sprintf("%s/steps?limit=3&after=%d", path, after), "").as(t, &page)
		for _, s := range page.Rows {
			all = append(all, s.Type)
			if len(s.Changes) == 0 || s.Changes[0].Entry != s.Entry || s.Changes[0].Author != "manager-1" || s.Changes[0].Lateness == nil {
				t.Errorf("%+v", s)
			}
		}
		if after = page.Next; after == 0 {
			break
		}
	}
	if got := strings.Join(all, " "); got != "person.registered person.named person.identified referral.received" {
		t.Error(got)
	}
}

func TestWhatWasOverdueIsToldWithItsRule(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	var then, later Overdue
	w.call("social-worker", http.MethodGet, path+"/overdue?trueOn=2026-01-05", "").as(t, &then)
	w.call("social-worker", http.MethodGet, path+"/overdue?trueOn=2026-01-20", "").as(t, &later)
	if len(then.Rows) != 0 || len(later.Rows) != 1 || later.Rows[0].Clock != "referral-decision" || later.Rows[0].Sentence == "" || later.Rows[0].Source == "" {
		t.Errorf("%+v, then %+v", then, later)
	}
	w.act("manager", path+"/referrals/r1/decision", `{"happened":"2026-01-15","outcome":"assessment"}`, "k", 4)
	w.call("social-worker", http.MethodGet, path+"/overdue?trueOn=2026-01-20&knownEntry=4", "").as(t, &later)
	if len(later.Rows) != 1 {
		t.Errorf("as known before it was done: %+v", later)
	}
}

func TestWhoKnewIsAskedOfBothLedgersAndOnlyByThoseWhoAudit(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.call("social-worker", http.MethodGet, path, "")
	var all, ofFirst Knowers
	w.call("auditor", http.MethodGet, path+"/who-knew", "").as(t, &all)
	w.call("auditor", http.MethodGet, path+"/who-knew?entry=4", "").as(t, &ofFirst)
	for _, k := range []Knowers{all, ofFirst} {
		if got := knowerNames(k.Rows); got != "manager-1 social-worker-1" || k.AccessesFrom.String() != today {
			t.Errorf("%s, from %s", got, k.AccessesFrom)
		}
	}
	if got := w.call("auditor", http.MethodGet, path+"/who-knew?entry=5", ""); got.status != http.StatusNotFound {
		t.Errorf("of an entry that is not there: %d", got.status)
	}
	if got := w.call("manager", http.MethodGet, path+"/who-knew", ""); got.status != http.StatusForbidden {
		t.Errorf("asked by a manager: %d", got.status)
	}
	rows := w.accessed()
	if last := rows[len(rows)-1]; last.Operation != "record.who-knew" || last.Outcome != "forbidden" {
		t.Errorf("%+v", last)
	}
}

func knowerNames(rows []accesslog.Knower) string {
	var all []string
	for _, row := range rows {
		all = append(all, row.Who)
	}
	return strings.Join(all, " ")
}
