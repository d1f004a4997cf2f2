package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// secrets are words that stand in a record, by what must be done with them.
var secrets = map[string]string{
	"informant": "zqneighbour", "third-party": "zquncle", "address": "zqstreet", "sensitive": "zqillness", "highly-sensitive": "zqadopted",
}

// guarded is a child whose record holds a secret of each kind, held by sw-9 of
// the team north; at revision 14.
func (w *world) guarded(key string) string {
	w.t.Helper()
	path := w.elsewhere(key)
	note := func(id, sensitivity, passages string) string {
		return `{"happened":"2026-01-06","note":"` + id + `","kind":"visit","sensitivity":"` + sensitivity + `","text":[` + passages + `]}`
	}
	for i, act := range [][2]string{
		{"/addresses", `{"happened":"2026-01-06","lines":["1 zqstreet"],"postcode":"ZQ1 2ZQ"}`},
		{"/restrictions/addresses", `{"happened":"2026-01-06","restriction":"x1","basisOf":"domestic-abuse"}`},
		{"/notes", strings.Replace(note("n1", "", `{"text":"seen. ","kind":"fact"},{"text":"zqneighbour called","kind":"reported","from":"zqneighbour","informant":true},{"text":"zquncle drinks","kind":"opinion","thirdParty":true}`), `"sensitivity":"",`, "", 1)},
		{"/notes", note("n2", "sensitive", `{"text":"zqillness","kind":"fact"}`)},
		{"/notes", note("n3", "highly-sensitive", `{"text":"zqadopted","kind":"fact"}`)},
		{"/contacts", `{"happened":"2026-01-06","contact":"c1","source":"1A","channel":"telephone","concern":"zqneighbour heard shouting"}`},
		{"/restrictions/informants", `{"happened":"2026-01-06","restriction":"x2","entries":[11],"reason":"zqneighbour asked for it"}`},
		{"/correspondence", `{"happened":"2026-01-06","correspondence":"l1","medium":"letter","direction":"in","from":"zquncle","thirdParty":true,"text":["zquncle writes"]}`},
		{"/correspondence", `{"happened":"2026-01-06","correspondence":"l2","medium":"letter","direction":"in","from":"zqneighbour","informant":true,"text":["zqneighbour writes"]}`},
	} {
		if got := w.act("manager", path+act[0], act[1], fmt.Sprint(key, "g", i), 5+i); got.status != http.StatusCreated {
			w.t.Fatalf("%s: %d %s", act[0], got.status, got.body)
		}
	}
	return path
}

// readers are callers by what joins them to a guarded record.
func (w *world) readers() {
	w.t.Helper()
	for id, c := range map[string]Caller{
		"own":    {ID: "sw-9", Role: "social-worker"},
		"team":   {ID: "sw-8", Role: "social-worker", Teams: []string{"north"}},
		"broken": {ID: "sw-7", Role: "social-worker"}, // who has to break the glass
	} {
		c.Agency = "anytown"
		var err error
		w.tokens[id], err = w.api.Callers.(*Tokens).Add(c)
		must(w.t, err)
	}
}

func TestNoAnswerTellsWhatTheCallerMayNotSeeAndEachSaysThatItIsLeftOut(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	w.must("broken", path+"/break-glass", emergency, 0)
	for role, withheld := range map[string][]string{
		"manager": nil, "own": nil, "team": {"highly-sensitive", "informant"}, "broken": {"address", "highly-sensitive", "informant"},
		"records-officer": {"highly-sensitive", "informant"}, "auditor": {"address", "highly-sensitive", "informant", "sensitive", "third-party"},
	} {
		var shown []string // of the secrets that may be shown
		said := make(map[string]bool)
		for _, at := range []string{"", "/entries", "/chronology", "/notes", "/comparison?thenTrueOn=2026-01-05", "?trueOn=2026-01-06", "/entries?knownAt=2026-11-22", "/comparison?trueOn=2026-01-05"} {
			if role == "auditor" && at != "/entries" && at != "/entries?knownAt=2026-11-22" {
				continue
			}
			got := w.call(role, http.MethodGet, path+at, "")
			if got.status != http.StatusOK {
				t.Fatalf("%s %s: %d %s", role, at, got.status, got.body)
			}
			for reason, word := range secrets {
				found := strings.Contains(got.body, word) || reason == "address" && strings.Contains(got.body, "ZQ1 2ZQ")
				if found && slices.Contains(withheld, reason) {
					t.Errorf("%s %s tells what is withheld (%s): %s", role, at, reason, got.body)
				}
				if found {
					shown = append(shown, reason)
				}
			}
			var about OfRecord
			got.lenient(t, &about)
			for _, one := range about.Withheld {
				said[one.Reason] = true
				if len(one.Entries) == 0 && !strings.HasPrefix(at, "/comparison") || !slices.Contains(withheld, one.Reason) {
					t.Errorf("%s %s: %+v", role, at, about.Withheld)
				}
			}
		}
		for reason := range secrets {
			if want := slices.Contains(withheld, reason); want == slices.Contains(shown, reason) || want != said[reason] {
				t.Errorf("%s: %s withheld %t, shown %t, said %t", role, reason, want, slices.Contains(shown, reason), said[reason])
			}
		}
	}
	rows := w.accessed()
	for _, row := range rows {
		if row.Caller == "sw-7" && row.Operation == "record.read" && (row.BreakGlass != "u1" || fmt.Sprint(row.Withheld) != "[address highly-sensitive informant]") {
			t.Errorf("%+v", row)
		}
	}
}

func TestWhatWasWithheldStaysSoWhenTheEntryIsCorrected(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	body := `{"reason":"misheard","command":"contact.receive","body":{"happened":"2026-01-06","contact":"c1","source":"1A","channel":"telephone","concern":"zqneighbour saw it"}}`
	w.must("manager", path+"/entries/11/correction", body, 14)
	w.must("manager", path+"/entries/15/error", `{"happened":"2026-01-07","reason":"zqneighbour was somebody else"}`, 15)
	for _, at := range []string{"", "/entries", "/chronology", "/comparison?thenTrueOn=2026-01-05"} {
		if got := w.call("team", http.MethodGet, path+at, ""); got.status != http.StatusOK || strings.Contains(got.body, "zqneighbour") {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
	}
}

func TestASearchGivesNoAddressThatIsWithheld(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	for role, want := range map[string]bool{"manager": true, "own": true, "team": true, "broken": false, "records-officer": true} {
		var found People
		w.call(role, http.MethodPost, "/v1/searches", `{"text":"example"}`).as(t, &found)
		if len(found.Rows) != 1 || (found.Rows[0].Postcode != "") != want || (len(found.Withheld) == 0) != want {
			t.Errorf("%s: %+v", role, found)
		}
	}
	w.must("manager", path+"/restrictions/addresses", `{"happened":"2026-01-06","restriction":"x3","from":["sw-9"],"basisOf":"request"}`, 14)
	if got := w.call("own", http.MethodGet, path, ""); strings.Contains(got.body, "zqstreet") {
		t.Errorf("the one it is kept from: %s", got.body)
	}
}

func TestATextThatOnlyLooksLikeJSONStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.must("manager", path+"/names", `{"happened":"2026-01-06","kind":"known-as","given":"[1,  2]","family":"{\"lines\":  1}"}`, 4)
	got := w.call("manager", http.MethodGet, path, "")
	if !strings.Contains(got.body, `"[1,  2]"`) || !strings.Contains(got.body, `"{\"lines\":  1}"`) {
		t.Errorf("%s", got.body)
	}
}

func FuzzWhatIsLeftOutOfJSON(f *testing.F) {
	f.Add(`[{"informant":true,"text":"zqword"},{"lines":["zqword"]}]`)
	f.Add(`{"a":{"postcode":"zqword"},"b":[1,null,{"thirdParty":true}]}`)
	f.Fuzz(func(t *testing.T, value string) {
		all, none := &sieve{r: &request{}, keeps: true, named: true, may: map[[2]string]bool{{"x", "informant"}: false, {"x", "third-party"}: false}, left: make(map[string]map[uint64]bool)},
			&sieve{r: &request{}, may: map[[2]string]bool{{"x", "informant"}: true, {"x", "third-party"}: true}, left: make(map[string]map[uint64]bool)}
		if got := none.text("x", value, 1); got != value || len(none.left) != 0 {
			t.Errorf("%q of what is not marked becomes %q", value, got)
		}
		if got := all.text("x", value, 1); got != value && len(all.left) == 0 {
			t.Errorf("%q becomes %q, and nobody is told", value, got)
		}
	})
}

func TestAFormIsNotAnsweredFromWhatIsWithheld(t *testing.T) {
	w := newWorld(t)
	w.readers()
	path := w.guarded("AT1")
	w.must("manager", path+"/assessments", `{"happened":"2026-01-06","assessment":"a1","referral":"r1"}`, 14)
	w.must("manager", path+"/forms", `{"happened":"2026-01-06","form":"f1","definition":"core-assessment","links":[{"link":"assessment","id":"a1"}]}`, 15)
	w.must("broken", path+"/break-glass", emergency, 0)
	for role, want := range map[string]bool{"manager": true, "own": true, "broken": false} {
		got := w.call(role, http.MethodGet, path+"/forms/f1", "")
		if got.status != http.StatusOK || strings.Contains(got.body, "ZQ1 2ZQ") != want || strings.Contains(got.body, `"reason":"address"`) == want {
			t.Errorf("%s: %d %s", role, got.status, got.body)
		}
	}
}
