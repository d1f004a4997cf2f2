package httpapi

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/feed"
	"caseledger/schema"
	"caseledger/schema/cloudeventtest"
)

// following is an open stream of the feed.
type following struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (w *world) follow(t *testing.T, query string, headers ...string) following {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v1/feed/stream"+query, nil)
	must(t, err)
	for _, h := range append(headers, "Authorization: Bearer "+w.tokens["manager"], "Purpose: integration") {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", query, res.Status)
	}
	return following{t, bufio.NewScanner(res.Body)}
}

// next returns the next notice, once it is a CloudEvent.
func (f following) next() schema.Notice {
	f.t.Helper()
	for f.lines.Scan() {
		data, is := strings.CutPrefix(f.lines.Text(), "data: ")
		if !is {
			continue
		}
		if err := cloudeventtest.Check([]byte(data)); err != nil {
			f.t.Errorf("%s: %v", data, err)
		}
		var n schema.Notice
		must(f.t, json.Unmarshal([]byte(data), &n))
		return n
	}
	f.t.Fatal("the stream has ended: ", f.lines.Err())
	return schema.Notice{}
}

func TestEveryNoticeOfTheFeedIsACloudEvent(t *testing.T) {
	w := newWorld(t)
	w.child("AT1")
	var page struct {
		Notices jsontext.Value `json:"notices"`
		Next    uint64         `json:"next"`
	}
	w.call("analyst", http.MethodGet, "/v1/feed", "").as(t, &page)
	if n, err := cloudeventtest.CheckBatch(page.Notices); n != 4 || err != nil {
		t.Errorf("%d notices: %v", n, err)
	}
	got := w.call("analyst", http.MethodGet, "/v1/feed?limit=3&type=person.registered,person.named,referral.received", "", "Accept: text/html, "+feed.BatchMediaType)
	if n, err := cloudeventtest.CheckBatch([]byte(got.body)); n != 3 || err != nil || got.header.Get("Content-Type") != feed.BatchMediaType {
		t.Errorf("%d events as %s: %v", n, got.header.Get("Content-Type"), err)
	}
	next, _, found := strings.Cut(strings.TrimPrefix(got.header.Get("Link"), "<"), `>; rel="next"`)
	if got = w.call("analyst", http.MethodGet, next, "", "Accept: "+feed.BatchMediaType); !found || got.body != "[]" {
		t.Errorf("the page after the last, %s, is %s", next, got.body)
	}
	stream := w.follow(t, "")
	for i := range 4 {
		if n := stream.next(); n.Revision != uint64(i+1) {
			t.Errorf("%+v is notice %d", n, i+1)
		}
	}
}

func TestTheFeedHoldsWhatItsFiltersChoose(t *testing.T) {
	w := newWorld(t)
	first, second := w.child("AT1"), w.child("AT2")
	allocate := func(path, id, team string, at int) {
		t.Helper()
		body := fmt.Sprintf(`{"happened":"2026-01-06","allocation":%q,"worker":"sw-1","team":%q,"role":"lead"}`, id, team)
		if got := w.act("manager", path+"/allocations", body, id, at); got.status != http.StatusCreated {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	allocate(first, "a1", "north", 4)
	allocate(second, "a2", "south", 4)
	record := strings.TrimPrefix(second, "/v1/records/")
	for query, want := range map[string]string{
		"":                              "1 2 3 4 5 6 7 8 9 10",
		"?type=person.named":            "2 6",
		"?type=person.named,no.such":    "fault",
		"?type=":                        "fault",
		"?record=" + record:             "5 6 7 8 10",
		"?team=north":                   "1 2 3 4 9",
		"?team=nowhere":                 "",
		"?team=south&type=person.named": "6",
		"?team=south&record=" + strings.TrimPrefix(first, "/v1/records/"): "",
	} {
		got := w.call("manager", http.MethodGet, "/v1/feed"+query, "")
		var page Feed
		seen := "fault"
		if got.status == http.StatusOK {
			got.as(t, &page)
			seen = ""
			for _, n := range page.Notices {
				seen += " " + strconv.FormatUint(n.Position, 10)
			}
			if page.Next != 10 {
				t.Errorf("%s: next is %d", query, page.Next)
			}
		}
		if strings.TrimSpace(seen) != want {
			t.Errorf("%s: got %s, want %s", query, seen, want)
		}
	}
	// A team that is given a case while it follows hears of what comes then.
	stream := w.follow(t, "?team=east", "Last-Event-ID: 10")
	w.act("manager", first+"/notes", note(1), "n1", 5)
	if got := w.act("manager", first+"/allocations/a1/end", `{"happened":"2026-01-07","reason":"transferred"}`, "e1", 6); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	allocate(first, "a3", "east", 7)
	w.act("manager", first+"/notes", note(2), "n2", 8)
	var heard []string
	for n := stream.next(); ; n = stream.next() {
		heard = append(heard, n.Type)
		if n.Revision == 9 {
			break
		}
	}
	if got := strings.Join(heard, " "); !strings.HasSuffix(got, "caseledger.allocation.made caseledger.note.written") {
		t.Errorf("heard of %s", got)
	}
}

// TestManyFollowersEachHearEverythingOnceAndInOrder has some begin far behind
// what is kept of the end, and some at a place that is not there yet.
func TestManyFollowersEachHearEverythingOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	const followers, notes = tailRows + 8, 100
	ahead := w.follow(t, "?after=50")
	streams := make([]following, followers)
	for i := range streams {
		streams[i] = w.follow(t, "", "Last-Event-ID: "+strconv.Itoa(i%5))
	}
	for i := range notes {
		if got := w.act("manager", path+"/notes", note(i), fmt.Sprint("n", i), 4+i); got.status != http.StatusCreated {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	for i, s := range streams {
		for want := uint64(i%5 + 1); want <= 4+notes; want++ {
			if n := s.next(); n.Position != want {
				t.Fatalf("follower %d: position %d, want %d", i, n.Position, want)
			}
		}
	}
	if n := ahead.next(); n.Position != 51 {
		t.Errorf("who began at 50 hears of %d", n.Position)
	}
}

// TestThoseWhoFollowTheFeedAreToldInTurns has two of them in each row but the
// last, where there is one.
func TestThoseWhoFollowTheFeedAreToldInTurns(t *testing.T) {
	tail := newTail(0, func() {})
	tail.teller.Stop()
	for i := range 2*tailRows - 1 {
		if row := tail.sit(); row != i%tailRows {
			t.Fatalf("follower %d sits in row %d", i, row)
		}
	}
	begin := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	step := tail.step()
	waiting := func() (all []<-chan struct{}) {
		for i := range tailRows {
			_, more, _ := tail.after(0, i)
			all = append(all, more)
		}
		return all
	}
	told := func(rows []<-chan struct{}) (n int) {
		for i, more := range rows {
			select {
			case <-more:
				n++
				if n != i+1 {
					t.Errorf("row %d is told before another", i)
				}
			default:
			}
		}
		return n
	}
	tail.left, tail.due = tailRows, begin
	rows := waiting()
	for i, at := range []time.Duration{0, step / 2, step, 3*step + step/2} {
		tail.turn(begin.Add(at))
		if got, want := told(rows), []int{1, 1, 2, 4}[i]; got != want {
			t.Errorf("after %v %d rows were told, want %d", at, got, want)
		}
	}
	// What comes meanwhile is for all once more, and the rows go on in their order.
	tail.left = tailRows
	if wait := tail.turn(begin.Add(tailRows*step - 1)); told(rows) != tailRows || wait != 1 {
		t.Errorf("%d rows were told, and the next one is in %v", told(rows), wait)
	}
	// Who is late tells each row once, and then nobody until there is more.
	rows = waiting()
	if wait := tail.turn(begin.Add(time.Hour)); told(rows[:4]) != 4 || told(rows) != 4 || wait != heartbeat/2 {
		t.Errorf("%d rows were told, and the next one is in %v", told(rows), wait)
	}
	// Nothing is recorded: all hear that the stream goes on.
	rows = waiting()
	begin = begin.Add(2 * time.Hour)
	tail.turn(begin)
	if tail.turn(begin.Add(tailRows * step)); told(append(rows[4:], rows[:4]...)) != tailRows {
		t.Error("not all rows were told that the stream goes on")
	}
	if left := tail.rise(0); left != 2*tailRows-2 || tail.sit() != 0 {
		t.Errorf("%d are left, and a place that is free is not taken", left)
	}
}

func TestWhatTheAPISaysOfItselfIsForEverybody(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/openapi.json": `"openapi":"3.1.0"`, "/v1/asyncapi.json": `"asyncapi":"3.0.0"`, "/reference": `<details id="referral_receive">`} {
		got := w.call("nobody", http.MethodGet, path, "", "-Purpose")
		if got.status != http.StatusOK || !strings.Contains(got.body, want) || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %.100s", path, got.status, got.body)
		}
	}
}

func TestTheReferenceNamesEveryOperationAndNeedsNothingFromElsewhere(t *testing.T) {
	document, err := Document()
	must(t, err)
	page, err := makeReference(document, true)
	must(t, err)
	if !strings.Contains(string(page), "everybody in this ledger is made up") {
		t.Error("there is no banner")
	}
	for _, op := range operations() {
		if !strings.Contains(string(page), op.path) {
			t.Errorf("%s is not there", op.id)
		}
	}
	for _, no := range []string{"<script", "http://", "https://", "src=", "@import"} {
		if strings.Contains(string(page), no) {
			t.Errorf("the page has %s", no)
		}
	}
}
