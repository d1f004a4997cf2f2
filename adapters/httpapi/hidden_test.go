package httpapi

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// work gives a child a plan, an allocation and things to do, at revision 9.
func (w *world) work(path string) {
	w.t.Helper()
	for i, act := range [][2]string{
		{"/allocations", `{"happened":"2026-01-05","allocation":"a1","worker":"sw-9","team":"north","role":"lead"}`},
		{"/s47-enquiries", `{"happened":"2026-01-06","enquiry":"e1","referral":"r1"}`},
		{"/initial-conferences", `{"happened":"2026-01-12","conference":"c1","enquiry":"e1","referral":"r1","outcome":"protection-plan"}`},
		{"/protection-plans", `{"happened":"2026-01-12","plan":"p1","referral":"r1","category":"NEG"}`},
		{"/addresses", `{"happened":"2026-01-12","lines":["1 High Street"],"postcode":"AT1 1AT"}`},
	} {
		w.must("manager", path+act[0], act[1], 4+i)
	}
}

// TestTwoLedgersThatDifferInAHiddenRecordGiveTheSameAnswers asks every list and
// search of a ledger in which there is a record that the caller may not see, and
// of one in which there is none.
func TestTwoLedgersThatDifferInAHiddenRecordGiveTheSameAnswers(t *testing.T) {
	const other = `{"happened":"2026-01-05","allocation":"a2","worker":"sw-5","team":"south","role":"lead"}`
	barrier := func(worker string) [2]string {
		return [2]string{"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"` + worker + `","reason":"relative"}`}
	}
	sealed := [2]string{"/restrictions/seals", `{"happened":"2026-02-01","restriction":"b1","reason":"high-profile","readers":["records-officer-1"]}`}
	lists := []string{"/v1/caseloads", "/v1/register", "/v1/register?trueOn=2026-01-20", "/v1/caseloads?overdue=true", "/v1/caseloads?knownAt=2026-11-22T23:00:00Z", "/v1/duties", "/v1/duties?team=north",
		"/v1/gaps", "/v1/gaps?trueOn=2026-03-01", "/v1/allocations", "/v1/allocations?open=true", "/v1/teams", "/v1/teams?team=north", "/v1/break-glass", "/v1/feed", "/v1/feed?type=referral.received", "/v1/feed?after=20"}
	searches := []string{`{"text":"example"}`, `{"text":"AT9"}`, `{"text":"AT"}`, `{"kind":"la-child-id","value":"AT9"}`, `{"kind":"la-child-id","value":"AT1"}`}
	for _, tt := range []struct {
		name, role string
		restrict   [2]string
		only       []string // lists where all of them is too much
	}{
		{"a barrier", "social-worker", barrier("social-worker-1"), nil},
		{"a barrier, for a manager", "manager", barrier("manager-1"), nil},
		{"a seal", "manager", sealed, nil},
		{"a seal, for a social worker", "social-worker", sealed, nil},
		{"another team", "social-worker", [2]string{"/allocations", other}, []string{"/v1/caseloads", "/v1/duties", "/v1/gaps", "/v1/allocations", "/v1/teams"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			without, with := newWorld(t), newWorld(t)
			for _, w := range []*world{without, with} {
				w.tokens["social-worker"] = w.token(Caller{ID: "social-worker-1", Role: "social-worker", Agency: "anytown", Teams: []string{"north"}})
				for _, key := range []string{"AT1", "AT2", "AT3"} {
					w.work(w.child(key))
				}
			}
			hidden := with.child("AT9")
			if tt.only == nil {
				with.work(hidden)
				with.must("records-officer", hidden+"/names", `{"happened":"2026-01-05","kind":"known-as","given":"Zoe","family":"Example"}`, 9)
				with.actAs("admin", hidden+tt.restrict[0], tt.restrict[1], 10)
			} else {
				with.actAs("admin", hidden+tt.restrict[0], tt.restrict[1], 4)
			}
			asked := 0
			same := func(method, path, body string) {
				t.Helper()
				asked++
				a, b := without.call(tt.role, method, path, body), with.call(tt.role, method, path, body)
				if got, want := comparable(b), comparable(a); got != want {
					t.Errorf("%s %s\nwith:    %s\nwithout: %s", path, body, got, want)
				}
			}
			only := tt.only
			if only == nil {
				only = lists
				for _, size := range []int{1, 2, 3, 100} {
					for _, body := range searches {
						same(http.MethodPost, fmt.Sprintf("/v1/searches?limit=%d", size), body)
					}
				}
				same(http.MethodPost, "/v1/register/enquiries", `{"kind":"la-child-id","value":"AT9"}`)
			}
			for _, path := range only {
				same(http.MethodGet, path, "")
				if strings.HasPrefix(path, "/v1/register") || strings.HasPrefix(path, "/v1/feed") {
					continue
				}
				for _, size := range []int{1, 2, 3} {
					same(http.MethodGet, path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+fmt.Sprint("limit=", size), "")
				}
			}
			if seen := with.call("records-officer", http.MethodPost, "/v1/searches", `{"text":"example"}`); !strings.Contains(seen.body, strings.TrimPrefix(hidden, "/v1/records/")) || asked < 8 {
				t.Errorf("nothing was hidden: %s", seen.body)
			}
		})
	}
}

var (
	sealedCursor = regexp.MustCompile(`"next":"[^"]*"`)
	randomID     = regexp.MustCompile(`"id":"[0-9a-f]{32}"`)
)

// comparable is an answer without its time and the ids of events, which are
// random, and with of a cursor, which is encrypted anew each time, only the
// length.
func comparable(a answered) string {
	body := sealedCursor.ReplaceAllStringFunc(a.body, func(s string) string { return fmt.Sprint("next ", len(s)) })
	body = randomID.ReplaceAllString(body, "id")
	a.header.Del("Date")
	return fmt.Sprint(a.status, a.header, body)
}

// token makes a token for a caller.
func (w *world) token(c Caller) string {
	w.t.Helper()
	token, err := w.api.Callers.(*Tokens).Add(c)
	must(w.t, err)
	return token
}

// actAs makes an act of a manager of another name, whom no restriction names.
func (w *world) actAs(id, path, body string, revision int) {
	w.t.Helper()
	w.tokens[id] = w.token(Caller{ID: id, Role: "manager", Agency: "anytown"})
	w.must(id, path, body, revision)
}

// restricted is a record with something in the way.
type restricted struct {
	name string
	acts [][3]string // role, path, body
}

// restrictions are what can stand in the way, each as the acts that put it
// there. The record is held by somebody else, but for "none".
var restrictions = []restricted{
	{"none", nil},
	{"held by others", nil},
	{"emergency", [][3]string{{"social-worker", "/break-glass", emergency}}},
	{"barrier", nil},
	{"seal", [][3]string{{"admin", "/restrictions/seals", `{"happened":"2026-02-01","restriction":"b","reason":"high-profile","readers":["nobody"]}`}}},
	{"seal and emergency", [][3]string{{"social-worker", "/break-glass", emergency}, {"admin", "/restrictions/seals", `{"happened":"2026-02-01","restriction":"b","reason":"high-profile","readers":["nobody"]}`}}},
	{"seal of the law and emergency", [][3]string{{"social-worker", "/break-glass", emergency}, {"admin", "/restrictions/seals", `{"happened":"2026-02-01","restriction":"b","reason":"adoption","readers":["nobody"]}`}}},
	{"barrier and emergency", [][3]string{{"social-worker", "/break-glass", emergency}}},
}

// toldOf is the cell of who follows the feed: of a record, until there is a notice of
// the last one.
func (w *world) toldOf(role, record, last string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/v1/feed/stream", nil)
	must(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.tokens[role])
	req.Header.Set("Purpose", "integration")
	res, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer res.Body.Close()
	cell := fmt.Sprint(res.StatusCode)
	if res.StatusCode != http.StatusOK {
		return cell
	}
	named := "-"
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		switch {
		case strings.Contains(lines.Text(), strings.TrimPrefix(record, "/v1/records/")):
			named = "+"
		case strings.Contains(lines.Text(), strings.TrimPrefix(last, "/v1/records/")):
			return cell + named
		}
	}
	w.t.Errorf("%s: the feed ends without a notice of the last record", role)
	return cell
}

// TestEveryOperationAnswersEachRoleUnderEachRestrictionAsTheTableSays makes each
// request in each role with an empty body, or a search that finds the record.
// 403 is a denial, 422 an act that may be made once it says what it does; "+"
// is a list that names the record, "-" one that does not.
func TestEveryOperationAnswersEachRoleUnderEachRestrictionAsTheTableSays(t *testing.T) {
	var table strings.Builder
	table.WriteString("operation,restriction," + strings.Join(roles, ",") + "\n")
	cells := make(map[string]string)
	tried := func(i int) bool { return !testing.Short() || i%3 == 0 } // of the restrictions
	for i, restriction := range restrictions {
		if !tried(i) {
			continue
		}
		w := newWorld(t)
		w.tokens["admin"] = w.token(Caller{ID: "admin", Role: "manager", Agency: "anytown"})
		record := w.child("AT1")
		if restriction.name != "none" {
			w.work(record)
		}
		for _, act := range restriction.acts {
			var now OfRecord
			w.call("admin", http.MethodGet, record, "").lenient(t, &now)
			revision := int(now.Revision)
			if act[1] == "/break-glass" {
				revision = 0
			}
			w.must(act[0], record+act[1], act[2], revision)
		}
		if strings.HasPrefix(restriction.name, "barrier") {
			for i, role := range roles {
				var now OfRecord
				w.call("admin", http.MethodGet, record, "").lenient(t, &now)
				w.must("admin", record+"/restrictions/barriers", fmt.Sprintf(`{"happened":"2026-02-01","restriction":"b%d","worker":"%s-1","reason":"relative"}`, i, role), int(now.Revision))
			}
		}
		for _, op := range operations() {
			if op.stream {
				continue // below: another record comes to be, and that is the end
			}
			body := map[string]string{"person.search": `{"text":"example"}`, "register.enquire": `{"kind":"la-child-id","value":"AT1"}`}[op.id]
			if body == "" {
				body = "{}"
			}
			for _, role := range roles {
				got := w.call(role, op.method, op.at(record), body, "Idempotency-Key: k", `If-Match: "4"`)
				cell := fmt.Sprint(got.status)
				if got.status == http.StatusOK && !strings.Contains(op.path, "{id}") {
					cell += map[bool]string{true: "+", false: "-"}[strings.Contains(got.body, strings.TrimPrefix(record, "/v1/records/"))]
				}
				cells[op.id+restriction.name] += "," + cell
			}
		}
		last := w.child("AT2")
		for _, role := range roles {
			cells["feed.follow"+restriction.name] += "," + w.toldOf(role, record, last)
		}
	}
	for _, op := range operations() {
		for i, restriction := range restrictions {
			if tried(i) {
				table.WriteString(op.id + "," + restriction.name + cells[op.id+restriction.name] + "\n")
			}
		}
	}
	const path = "testdata/restrictions.csv"
	if *update {
		must(t, os.WriteFile(path, []byte(table.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	old := slices.DeleteFunc(strings.Split(string(want), "\n"), func(line string) bool {
		cells := strings.Split(line, ",")
		i := slices.IndexFunc(restrictions, func(r restricted) bool { return len(cells) > 1 && r.name == cells[1] })
		return i >= 0 && !tried(i)
	})
	if got := strings.Split(table.String(), "\n"); !slices.Equal(got, old) {
		for i := range min(len(got), len(old)) {
			if got[i] != old[i] {
				t.Fatalf("the table is another (-update writes it): %s, and stands as %s", got[i], old[i])
			}
		}
		t.Errorf("the table has %d lines, and %d stand (-update writes it)", len(got), len(old))
	}
}
