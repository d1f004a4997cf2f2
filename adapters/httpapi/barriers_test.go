package httpapi

import (
	"net/http"
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
