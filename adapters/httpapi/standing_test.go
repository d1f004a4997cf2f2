package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestNoRolePassesABarrierOrASeal(t *testing.T) {
	for name, act := range map[string][2]string{
		"a barrier": {"/restrictions/barriers", `{"happened":"2026-01-06","restriction":"b1","worker":"social-worker-1","reason":"relative"}`},
		"a seal":    {"/restrictions/seals", `{"happened":"2026-01-06","restriction":"b1","reason":"adoption","readers":["manager-1"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			path := w.child("AT1")
			search := func(role string) (found People) {
				w.call(role, http.MethodPost, "/v1/searches", `{"text":"example"}`).as(t, &found)
				return found
			}
			if got := w.call("social-worker", http.MethodGet, path, ""); got.status != http.StatusOK || len(search("social-worker").Rows) != 1 {
				t.Fatalf("before: %d %s", got.status, got.body)
			}
			if got := w.act("manager", path+act[0], act[1], "raise", 4); got.status != http.StatusCreated {
				t.Fatalf("%d %s", got.status, got.body)
			}
			for _, at := range []string{path, path + "/entries", path + "/chronology"} {
				if got := w.call("social-worker", http.MethodGet, at, ""); got.status != http.StatusForbidden {
					t.Errorf("%s: %d %s", at, got.status, got.body)
				}
			}
			if got := w.act("social-worker", path+"/notes", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":"x"}`, "k", 5); got.status != http.StatusForbidden {
				t.Errorf("an act: %d %s", got.status, got.body)
			}
			if found := search("social-worker"); len(found.Rows) != 0 {
				t.Errorf("a list tells of it: %+v", found.Rows)
			}
			if got := w.call("manager", http.MethodGet, path, ""); got.status != http.StatusOK || len(search("manager").Rows) != 1 {
				t.Errorf("the manager: %d %s", got.status, got.body)
			}
			denials := 0
			for _, row := range w.accessed() {
				if row.Caller == "social-worker-1" && row.Outcome != "released" {
					denials++
				}
			}
			if denials != 4 {
				t.Errorf("%d denials are recorded", denials)
			}
		})
	}
}

func TestTheNewIdentityOfAnAdoptedChildLeadsBackOnlyThoseWhoMayOpenTheOld(t *testing.T) {
	w := newWorld(t)
	old, young := w.child("AT1"), w.child("AT2")
	revision := 4
	for _, act := range [][2]string{
		{"/referrals/r1/no-further-action", `{"happened":"2026-01-05"}`},
		{"/adoptions", `{"happened":"2026-01-05","adoption":"d1"}`},
		{"/adoptions/d1/match", `{"happened":"2026-01-05"}`},
		{"/adoptions/d1/placement", `{"happened":"2026-01-05"}`},
		{"/adoptions/d1/order", `{"happened":"2026-01-05"}`},
		{"/adoptions/d1/identity", `{"happened":"2026-01-06","successor":"` + strings.TrimPrefix(young, "/v1/records/") + `","restriction":"x1","readers":["manager-1"]}`},
	} {
		if got := w.act("manager", old+act[0], act[1], act[0], revision); got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", act[0], got.status, got.body)
		}
		revision++
	}
	for role, want := range map[string]int{"manager": 1, "social-worker": 0} {
		var links Identities
		w.call(role, http.MethodGet, young+"/identities", "").as(t, &links)
		if len(links.Rows) != want {
			t.Errorf("%s: %+v", role, links.Rows)
		}
		var found People
		w.call(role, http.MethodPost, "/v1/searches", `{"text":"example"}`).as(t, &found)
		if len(found.Rows) != 1+want {
			t.Errorf("%s finds %d records", role, len(found.Rows))
		}
	}
	if got := w.call("social-worker", http.MethodGet, old+"/identities", ""); got.status != http.StatusForbidden {
		t.Errorf("the old record: %d %s", got.status, got.body)
	}
	for _, at := range []string{young, young + "/entries", young + "/chronology"} {
		if got := w.call("social-worker", http.MethodGet, at, ""); got.status != http.StatusOK || strings.Contains(got.body, strings.TrimPrefix(old, "/v1/records/")) {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
	}
}
