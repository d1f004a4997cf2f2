package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/cedar"
	"caseledger/schema"
)

const emergency = `{"happened":"2026-11-22","use":"u1","reason":"out-of-hours","detail":"the child is at the police station","hours":4}`

// elsewhere is a child whose case another worker's team holds, at revision 5.
func (w *world) elsewhere(key string) string {
	w.t.Helper()
	path := w.child(key)
	w.must("manager", path+"/allocations", `{"happened":"2026-01-05","allocation":"a1","worker":"sw-9","team":"north","role":"lead"}`, 4)
	return path
}

// must makes an act that is recorded, on a revision; 0 is none.
func (w *world) must(role, path, body string, revision int) {
	w.t.Helper()
	if got := w.act(role, path, body, fmt.Sprint(path, revision), revision); got.status != http.StatusCreated {
		w.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
}

func TestAnEmergencyOpensARecordForItsHoursAndIsReviewed(t *testing.T) {
	w := newWorld(t)
	path := w.elsewhere("AT1")
	reads := func(role string) int { return w.call(role, http.MethodGet, path, "").status }
	if got := reads("social-worker"); got != http.StatusForbidden {
		t.Fatalf("before: %d", got)
	}
	w.must("social-worker", path+"/break-glass", emergency, 0) // without a revision: who may not open the record knows none
	if again := w.act("social-worker", path+"/break-glass", emergency, path+"/break-glass0", 0); again.status != http.StatusCreated || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("a repeat: %d %s", again.status, again.body)
	}
	for _, at := range []string{"", "/entries", "/chronology", "/notes", "/comparison"} {
		if got := w.call("social-worker", http.MethodGet, path+at, ""); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
	}
	w.must("social-worker", path+"/notes", note(1), 6)
	rows := w.accessed()
	for _, row := range rows[len(rows)-5:] {
		if row.BreakGlass != "u1" || row.Outcome != "released" || !slices.Contains(row.Policies, "the-glass-was-broken") {
			t.Errorf("an access does not say under what: %+v", row)
		}
	}
	if got := w.call("social-worker", http.MethodGet, "/v1/caseloads", ""); strings.Contains(got.body, path[len("/v1/records/"):]) {
		t.Errorf("a list: %s", got.body)
	}
	queue := func(role, query string) (page Openings) {
		t.Helper()
		w.call(role, http.MethodGet, "/v1/break-glass"+query, "").as(t, &page)
		return page
	}
	for _, query := range []string{"", "?waits=true", "?team=north&waits=true", "?worker=social-worker-1"} {
		for _, role := range []string{"manager", "auditor"} {
			if got := queue(role, query).Rows; len(got) != 1 || got[0].Worker != "social-worker-1" || got[0].Lead != "sw-9" || got[0].Until != "2026-11-22T14:00:00Z" || !got[0].Waits {
				t.Errorf("%s%s: %+v", role, query, got)
			}
		}
	}
	var page Feed
	w.call("auditor", http.MethodGet, "/v1/feed?type=break-glass.used", "").as(t, &page)
	if len(page.Notices) != 1 || !strings.Contains(w.logs.String(), `"level":"WARN","msg":"request","operation":"break-glass.use"`) {
		t.Errorf("nobody is told: %+v", page)
	}
	judge := `{"happened":"2026-11-22","finding":"unjustified"}`
	if got := w.act("social-worker", path+"/break-glass/u1/review", judge, "r0", 7); got.status != http.StatusForbidden {
		t.Errorf("the worker judges: %d", got.status)
	}
	w.must("auditor", path+"/break-glass/u1/review", judge, 0)
	if got := queue("manager", "").Rows; len(got) != 1 || got[0].Waits || got[0].Reviewer != "auditor-1" {
		t.Errorf("reviewed: %+v", got)
	}
	if got := reads("social-worker"); got != http.StatusForbidden {
		t.Errorf("after it was found unjustified: %d", got)
	}
}

func TestAnEmergencyEndsWithItsHours(t *testing.T) {
	w := newWorld(t)
	path := w.elsewhere("AT1")
	w.must("social-worker", path+"/break-glass", emergency, 0)
	ledger := w.api.View.Records.Ledger
	began := ledger.Now()
	for after, want := range map[time.Duration]int{4*time.Hour - time.Second: 200, 4 * time.Hour: 403} {
		w.api.View.Records = at(t, w.api.View.Records, began.Add(after))
		if got := w.call("social-worker", http.MethodGet, path, ""); got.status != want {
			t.Errorf("after %s: %d", after, got.status)
		}
	}
}

// at are the records with another clock.
func at(t *testing.T, r *schema.Records, now time.Time) *schema.Records {
	t.Helper()
	ledger := *r.Ledger
	ledger.Now = func() time.Time { return now }
	other, err := schema.NewRecords(&ledger, r.Pack)
	must(t, err)
	return other
}

func TestNoEmergencyPassesABarrierOrASealOfTheLaw(t *testing.T) {
	barrier := [2]string{"/restrictions/barriers", `{"happened":"2026-01-06","restriction":"b1","worker":"social-worker-1","reason":"relative"}`}
	seal := func(reason string) [2]string {
		return [2]string{"/restrictions/seals", `{"happened":"2026-01-06","restriction":"b1","reason":"` + reason + `","readers":["manager-1"]}`}
	}
	for _, tt := range []struct {
		name        string
		restriction [2]string
		use, read   int
	}{
		{"a barrier", barrier, 403, 403}, {"a seal for adoption", seal("adoption"), 403, 403}, {"a seal of a court", seal("court-order"), 403, 403},
		{"a seal of the authority", seal("high-profile"), 201, 200},
	} {
		for _, first := range []string{"restriction", "emergency"} {
			t.Run(tt.name+" after the "+first, func(t *testing.T) {
				w := newWorld(t)
				path := w.elsewhere("AT1")
				use := tt.use
				if first == "emergency" { // the barrier is raised while the record is open
					w.must("social-worker", path+"/break-glass", emergency, 0)
					w.must("manager", path+tt.restriction[0], tt.restriction[1], 6)
				} else {
					w.must("manager", path+tt.restriction[0], tt.restriction[1], 5)
					if got := w.act("social-worker", path+"/break-glass", emergency, "use", 0); got.status != use {
						t.Errorf("use: %d %s", got.status, got.body)
					}
				}
				if got := w.call("social-worker", http.MethodGet, path, ""); got.status != tt.read {
					t.Errorf("read: %d %s", got.status, got.body)
				}
				if got := w.act("social-worker", path+"/notes", note(1), "n", 6); tt.read != 200 && got.status != http.StatusForbidden {
					t.Errorf("act: %d %s", got.status, got.body)
				}
			})
		}
	}
}

func TestAnEmergencyOnASealedRecordIsJudgedByWhoCannotReadIt(t *testing.T) {
	w := newWorld(t)
	path := w.elsewhere("AT1")
	w.must("social-worker", path+"/break-glass", emergency, 0)
	w.must("manager", path+"/restrictions/seals", `{"happened":"2026-01-06","restriction":"b1","reason":"court-order","readers":["nobody"]}`, 6)
	var queue Openings
	w.call("auditor", http.MethodGet, "/v1/break-glass?waits=true", "").as(t, &queue)
	if got := w.call("auditor", http.MethodGet, path+"/entries", ""); len(queue.Rows) != 1 || got.status != http.StatusForbidden {
		t.Errorf("%+v %d", queue, got.status)
	}
	w.must("auditor", path+"/break-glass/u1/review", `{"happened":"2026-11-22","finding":"justified"}`, 0)
}

func TestWhoHoldsTheCaseDecidesWhoOpensIt(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	tokens := w.api.Callers.(*Tokens)
	for id, team := range map[string]string{"sw-lead": "", "sw-second": "", "sw-cover": "", "sw-team": "north", "sw-other": "south"} {
		c := Caller{ID: id, Role: "social-worker", Agency: "anytown"}
		if team != "" {
			c.Teams = []string{team}
		}
		var err error
		w.tokens[id], err = tokens.Add(c)
		must(t, err)
	}
	reads := func(want map[string]int) {
		t.Helper()
		for id, status := range want {
			if got := w.call(id, http.MethodGet, path, ""); got.status != status {
				t.Errorf("%s reads: %d", id, got.status)
			}
			listed := strings.Contains(w.call(id, http.MethodGet, "/v1/caseloads", "").body, path[len("/v1/records/"):])
			if listed != (status == http.StatusOK) {
				t.Errorf("%s is listed: %t", id, listed)
			}
			var found People
			w.call(id, http.MethodPost, "/v1/searches", `{"text":"example"}`).as(t, &found)
			if len(found.Rows) != 1 {
				t.Errorf("%s finds %d people", id, len(found.Rows))
			}
		}
	}
	reads(map[string]int{"sw-lead": 200, "sw-other": 200}) // nobody holds it
	w.must("manager", path+"/allocations", `{"happened":"2026-01-05","allocation":"a1","worker":"sw-lead","team":"north","role":"lead"}`, 4)
	w.must("manager", path+"/allocations", `{"happened":"2026-01-05","allocation":"a2","worker":"sw-second","team":"west","role":"second"}`, 5)
	reads(map[string]int{"sw-lead": 200, "sw-second": 200, "sw-team": 200, "sw-cover": 403, "sw-other": 403})
	w.must("manager", path+"/allocations/a1/cover", `{"happened":"2026-11-20","cover":"sw-cover","until":"2026-11-22"}`, 6)
	reads(map[string]int{"sw-cover": 200})
	w.must("manager", path+"/allocations/a1/end", `{"happened":"2026-11-22"}`, 7)
	reads(map[string]int{"sw-lead": 403, "sw-second": 200, "sw-team": 403, "sw-cover": 403})
}

func TestAnAgencySeesWhatItsSharingProfileNames(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	profile := string(cedar.Default) + `
		@id("health-reads")
		permit (principal in Agency::"anytown-nhs", action == Action::"record.read", resource);
		@id("health-sees")
		forbid (principal in Agency::"anytown-nhs", action == Action::"content.see", resource)
		unless { resource in [Part::"protection-plan", Part::"allocation"] || resource == Content::"person.named" };`
	var err error
	w.api.Policies, err = cedar.Parse("profile", []byte(profile))
	must(t, err)
	w.tokens["nurse"], err = w.api.Callers.(*Tokens).Add(Caller{ID: "nurse-1", Role: "analyst", Agency: "anytown-nhs"})
	must(t, err)
	var got Facts
	w.call("nurse", http.MethodGet, path, "").as(t, &got)
	for _, f := range got.Facts {
		if f.Type != "person.named" {
			t.Errorf("%+v", f)
		}
	}
	if len(got.Facts) == 0 || len(got.Withheld) != 1 || got.Withheld[0].Reason != "part" || fmt.Sprint(got.Withheld[0].Entries) != "[1 3 4]" {
		t.Errorf("%+v", got)
	}
}
