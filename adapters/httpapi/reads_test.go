package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caseledger/domain"
)

func TestARecordIsShownAsItWasKnownAndTrue(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.act("manager", path+"/referrals/r1/decision", `{"happened":"2026-02-06","outcome":"assessment"}`, "k", 4)
	for _, tt := range []struct {
		query string
		facts string // that must be there
		gone  string // that must not
	}{
		{"", `"type":"referral.decided"`, "nothing"},
		{"?trueOn=2026-01-31", `"trueOn":"2026-01-31"`, "referral.decided"},
		{"?knownAt=2026-01-31", `"knownAt":"2026-01-31T23:59:59.999999Z"`, "person.named"},
		{"?knownAt=2026-11-22T10:00:00Z&trueOn=2026-02-06", `"type":"referral.decided"`, "nothing"},
	} {
		got := w.call("social-worker", http.MethodGet, path+tt.query, "")
		if got.status != http.StatusOK || !strings.Contains(got.body, tt.facts) || strings.Contains(got.body, tt.gone) {
			t.Errorf("%s: %d %s", tt.query, got.status, got.body)
		}
	}
	compared := w.call("social-worker", http.MethodGet, path+"/comparison?trueOn=2026-01-31", "")
	var c Comparison
	compared.as(t, &c)
	if len(c.Changes) == 0 || c.Changes[0].Type != "referral.decided" || c.Changes[0].Entry != 5 {
		t.Errorf("%s", compared.body)
	}
}

func TestAnAnswerHoldsWhatWasWrittenBefore(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	for i := range 5 {
		w.act("manager", path+"/notes", note(i), fmt.Sprint("n", i), 4+i)
		var e Entries
		w.call("manager", http.MethodGet, path+"/entries", "").as(t, &e)
		var c Chronology
		w.call("manager", http.MethodGet, path+fmt.Sprintf("/chronology?minRevision=%d", 5+i), "").as(t, &c)
		if len(e.Entries) != 5+i || len(c.Rows) != 5+i {
			t.Errorf("after %d entries: %d entries, %d rows", 5+i, len(e.Entries), len(c.Rows))
		}
	}
	if got := w.call("manager", http.MethodGet, path+"?minRevision=10", ""); got.status != http.StatusPreconditionFailed {
		t.Errorf("a revision that is not there yet: %d", got.status)
	}
	if got := w.call("manager", http.MethodGet, path, "", `If-None-Match: "9"`); got.status != http.StatusNotModified || got.body != "" {
		t.Errorf("the revision seen: %d %s", got.status, got.body)
	}
}

func TestTheRegisterIsListedAndEnquiredOf(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.child("AT2")
	for i, one := range [][2]string{
		{"/referrals/r1/decision", `{"happened":"2026-01-06","outcome":"strategy-discussion"}`},
		{"/s47-enquiries", `{"happened":"2026-01-07","enquiry":"e1","referral":"r1"}`},
		{"/initial-conferences", `{"happened":"2026-01-14","conference":"c1","enquiry":"e1","referral":"r1","outcome":"protection-plan"}`},
		{"/protection-plans", `{"happened":"2026-01-14","plan":"p1","referral":"r1","category":"NEG"}`},
	} {
		if got := w.act("manager", path+one[0], one[1], fmt.Sprint("p", i), 4+i); got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", one[0], got.status, got.body)
		}
	}
	var all Register
	w.call("analyst", http.MethodGet, "/v1/register", "").as(t, &all)
	if len(all.Rows) != 1 || all.Rows[0].LAChildID != "AT1" {
		t.Errorf("%+v", all)
	}
	for number, want := range map[string]string{"AT1": "true true 1", "AT2": "true false 0", "AT3": "false false 0"} {
		var e Enquired
		w.call("social-worker", http.MethodPost, "/v1/register/enquiries", `{"kind":"la-child-id","value":"`+number+`"}`).as(t, &e)
		if got := fmt.Sprint(e.Known, e.OnRegister, " ", len(e.Rows)); strings.ReplaceAll(got, "  ", " ") != want {
			t.Errorf("%s: %s", number, got)
		}
	}
}

func TestPeopleAreFoundByTextAndByIdentifier(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		w.child(fmt.Sprint("AT1", i))
	}
	var found People
	w.call("social-worker", http.MethodPost, "/v1/searches", `{"kind":"la-child-id","value":"AT11"}`).as(t, &found)
	if len(found.Rows) != 1 || found.Rows[0].LAChildID != "AT11" || found.Next != "" {
		t.Errorf("%+v", found)
	}
	w.call("social-worker", http.MethodPost, "/v1/searches?limit=2", `{"text":"example"}`).as(t, &found)
	if len(found.Rows) != 2 || found.Next == "" || strings.Contains(found.Next, "Example") {
		t.Fatalf("%+v", found)
	}
	var rest People
	w.call("social-worker", http.MethodPost, "/v1/searches?limit=2&cursor="+found.Next, `{"text":"example"}`).as(t, &rest)
	if len(rest.Rows) != 1 {
		t.Errorf("%+v", rest)
	}
	other := w.call("social-worker", http.MethodPost, "/v1/searches?limit=2&cursor="+found.Next, `{"text":"ann"}`)
	if code, _ := other.problem(t); code != codeCursor {
		t.Errorf("a cursor of another search: %s", other.body)
	}
	if got := w.call("social-worker", http.MethodPost, "/v1/searches", `{}`); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a search for everything: %d", got.status)
	}
}

func TestACaseloadComesInPages(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.child(fmt.Sprint("AT", i))
	}
	seen, cursor := 0, ""
	for range 10 {
		var page Caseload
		w.call("analyst", http.MethodGet, "/v1/caseloads?limit=2"+cursor, "").as(t, &page)
		seen += len(page.Rows)
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	if seen != 5 {
		t.Errorf("%d rows", seen)
	}
	if got := w.call("analyst", http.MethodGet, "/v1/caseloads?limit=2&overdue=true"+cursor, ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a cursor with another filter: %d %s", got.status, got.body)
	}
}

func TestNothingIsShownThatCouldNotBeAccountedFor(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	w.broken.Store(true)
	for _, one := range [][3]string{
		{"manager", http.MethodGet, path}, {"manager", http.MethodGet, path + "/entries"}, {"manager", http.MethodGet, path + "/chronology"},
		{"manager", http.MethodGet, "/v1/register"}, {"manager", http.MethodGet, "/v1/caseloads"}, {"manager", http.MethodGet, "/v1/feed"},
		{"manager", http.MethodPost, "/v1/searches"}, {"analyst", http.MethodGet, path},
		{"manager", http.MethodGet, "/v1/records/" + strings.Repeat("0", 32)},
	} {
		got := w.call(one[0], one[1], one[2], `{"text":"example"}`)
		if code, _ := got.problem(t); got.status != http.StatusServiceUnavailable || code != codeUnaccounted || strings.Contains(got.body, "Example") {
			t.Errorf("%v: %d %s", one, got.status, got.body)
		}
	}
}

func TestTheAccessLedgerSaysWhoWasGivenAndDeniedWhat(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	id := strings.TrimPrefix(path, "/v1/records/")
	w.call("manager", http.MethodGet, path+"?trueOn=2026-01-31", "", "Purpose: court")
	w.call("analyst", http.MethodGet, path, "")
	w.call("manager", http.MethodGet, "/v1/records/"+strings.Repeat("0", 32), "")
	w.call("social-worker", http.MethodPost, "/v1/searches", `{"text":"example"}`)
	var got []string
	for _, r := range w.accessed() {
		got = append(got, fmt.Sprint(r.Caller, " ", r.Purpose, " ", r.Operation, " ", r.Outcome, " ", r.Record == id, " ", r.Revision, " ", r.View, " ", len(r.Records), " ", r.Policies))
	}
	want := []string{
		"manager-1 court record.read released true 4 trueOn=2026-01-31 0 [managers-work-and-read]",
		"analyst-1 assessment record.read forbidden true 0  0 []",
		"manager-1 assessment record.read not-found false 0  0 [managers-work-and-read]",
		"social-worker-1 assessment person.search released false 0  1 [social-workers-ask-who-is-known]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var rows Accesses
	w.call("auditor", http.MethodGet, "/v1/accesses?record="+id, "").as(t, &rows)
	if len(rows.Rows) != 3 {
		t.Errorf("%d accesses to the record, a search among them: %+v", len(rows.Rows), rows)
	}
}

func TestTheFeedSaysThatAndNotWhat(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	got := w.call("analyst", http.MethodGet, "/v1/feed?type=person.named", "")
	var feed Feed
	got.as(t, &feed)
	if len(feed.Notices) != 1 || feed.Notices[0].Type != "caseledger.person.named" || feed.Notices[0].Revision != 2 || strings.Contains(got.body, "Ann") {
		t.Errorf("%s", got.body)
	}
	answer := make(chan answered)
	go func() {
		got, err := w.try("analyst", http.MethodGet, fmt.Sprintf("/v1/feed?after=%d&wait=25", feed.Next), "")
		if err != nil {
			t.Error(err)
		}
		answer <- got
	}()
	w.act("manager", path+"/notes", note(1), "n", 4)
	(<-answer).as(t, &feed)
	if len(feed.Notices) != 1 || feed.Notices[0].Type != "caseledger.note.written" {
		t.Errorf("who waited was told %+v", feed)
	}
}

func TestAStreamGoesOnAfterTheLastNoticeSeenAndEndsWithTheServer(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/feed/stream", nil)
	must(t, err)
	for name, value := range map[string]string{"Authorization": "Bearer " + w.tokens["manager"], "Purpose": "integration", "Last-Event-ID": "3"} {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				return id
			}
		}
		return "end"
	}
	if got := next(); got != "4" {
		t.Errorf("the stream goes on with %s", got)
	}
	w.act("manager", path+"/notes", note(1), "n", 4)
	if got := next(); got != "5" {
		t.Errorf("then comes %s", got)
	}
	w.api.Stop() // without which it would go on for as long as the test waits
	if got := next(); got != "end" {
		t.Errorf("after the end of the server comes %s", got)
	}
	if rows := w.accessed(); len(rows) != 1 || rows[0].Operation != "feed.follow" {
		t.Error(rows)
	}
}

// renewing records an access, and only then do callers become others.
type renewing struct {
	Access
	renew func()
}

func (r renewing) Record(ctx context.Context, by domain.Circumstances, e domain.Event) error {
	defer r.renew()
	return r.Access.Record(ctx, by, e)
}

func TestWhoIsBeingLetInWhenCallersBecomeOthersComesBackToo(t *testing.T) {
	w := newWorld(t)
	w.child("AT1")
	accesses := w.api.Access
	w.api.Access = renewing{accesses, w.api.Renew}
	stream := w.follow(t, "")
	for stream.lines.Scan() {
		if strings.HasPrefix(stream.lines.Text(), "id: ") {
			t.Fatalf("who was let in before is told %s", stream.lines.Text())
		}
	}
	w.api.Access = accesses
	if n := w.follow(t, "").next(); n.Position != 1 {
		t.Errorf("who came back is told of %d first", n.Position)
	}
}

func TestWhoFollowsComesBackToBeAskedAnewWhenCallersAreOthers(t *testing.T) {
	w := newWorld(t)
	w.child("AT1")
	for range 2 {
		stream := w.follow(t, "")
		for range 4 {
			stream.next()
		}
		w.api.Renew()
		for stream.lines.Scan() {
			if strings.HasPrefix(stream.lines.Text(), "id: ") {
				t.Errorf("after that comes %s", stream.lines.Text())
			}
		}
	}
}
