package accesslog

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain"
	"caseledger/domain/access"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// read is a row of somebody who opened a record.
func read(caller, record string, entry int, at time.Time) Row {
	return Row{Day: "2026-11-22", Entry: uint64(entry), Recorded: at, Outcome: "released", Caller: caller, Role: "social-worker", Agency: "anytown", Purpose: "assessment",
		Operation: "record.read", Record: record, Revision: 4, Policies: []string{"social-workers-read"}}
}

// each gives rows as a log does.
func each(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestAPersonIsToldWhoLookedAtTheRecord(t *testing.T) {
	denied, listed, emergency, other := read("b", "r1", 4, noon), read("c", "", 5, noon), read("d", "r1", 6, noon), read("e", "r2", 7, noon)
	denied.Outcome, listed.Operation, listed.Records, emergency.BreakGlass = "forbidden", "person.search", []string{"r2", "r1"}, "u1"
	late := read("a", "r1", 1, noon)
	late.Day = "2026-11-23"
	var got []string
	looks, err := Looks(each(late, read("a", "r1", 2, noon), read("a", "r1", 3, noon), denied, listed, emergency, other), "r1")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range looks {
		got = append(got, fmt.Sprintf("%s %s %s %s %t %d", l.Day[8:], l.Caller, l.Operation, l.Outcome, l.Emergency, l.Times))
	}
	want := []string{"22 a record.read released false 2", "22 b record.read forbidden false 1", "22 c person.search released false 1",
		"22 d record.read released true 1", "23 a record.read released false 1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestOddPatternsBeginWithTheirNumberAndNotBefore(t *testing.T) {
	many := func(n int, row func(i int) Row) []Row {
		var rows []Row
		for i := range n {
			rows = append(rows, row(i))
		}
		return rows
	}
	differ := func(i int) Row { return read("a", fmt.Sprint("r", i), i, noon) }
	again := func(i int) Row { return read("a", "r1", i, noon) }
	searches := func(i int) Row { r := read("a", "", i, noon); r.Operation = "person.search"; return r }
	denials := func(i int) Row { r := read("a", "r1", i, noon); r.Outcome = "forbidden"; return r }
	lists := func(i int) Row { r := read("a", "", i, noon); r.Records = []string{fmt.Sprint("r", i)}; return r }
	emergency := func(i int) Row { r := read("a", "r1", i, noon); r.BreakGlass = "u1"; return r }
	at := func(text string) func(int) Row {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return func(i int) Row { return read("a", "r1", i, when) }
	}
	for _, tt := range []struct {
		n    int
		row  func(int) Row
		want string
	}{
		{49, differ, ""}, {50, differ, "many-records 50"}, {19, again, ""}, {20, again, "one-record-again r1 20"}, {99, searches, ""}, {100, searches, "many-searches 100"},
		{9, denials, ""}, {10, denials, "many-denials 10"}, {999, lists, ""}, {1000, lists, "many-listed 1000"}, {1, emergency, "break-glass r1 1"},
		{1, at("2026-11-22T21:59:59Z"), ""}, {1, at("2026-11-22T22:00:00Z"), "at-night 1"}, {1, at("2026-11-22T05:59:59Z"), "at-night 1"}, {1, at("2026-11-22T06:00:00Z"), ""},
		{1, at("2026-07-22T21:00:00Z"), "at-night 1"}, {1, at("2026-07-22T05:00:00Z"), ""}, // summer time
	} {
		found, err := Patterns(each(many(tt.n, tt.row)...))
		var got []string
		for _, p := range found {
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(p.Kind, " ", p.Record, " ", p.Times)), " "))
		}
		if text := strings.Join(got, "; "); err != nil || text != tt.want {
			t.Errorf("%d: %q, want %q (%v)", tt.n, text, tt.want, err)
		}
	}
}

func TestTheLogIsExportedAsAuditEventsOfFHIR(t *testing.T) {
	emergency, denied, listed := read("a", "r1", 1, noon), read("b", "r1", 2, noon), read("c", "", 3, noon)
	emergency.BreakGlass, emergency.Withheld, emergency.View = "u1", []string{"informant"}, "trueOn=2026-01-01"
	denied.Outcome, denied.Policies, listed.Operation, listed.Records = "forbidden", nil, "person.search", []string{"r1", "r2"}
	var out bytes.Buffer
	if err := WriteFHIR(&out, "anytown.example/prod/access", each(emergency, denied, listed)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		// What R4 says must be there: type, recorded, agent.requestor, source.observer.
		var e struct {
			ResourceType string    `json:"resourceType"`
			Type         Coding    `json:"type"`
			Recorded     time.Time `json:"recorded"`
			Agent        []struct {
				Requestor *bool `json:"requestor"`
			} `json:"agent"`
			Source struct {
				Observer Identified `json:"observer"`
			} `json:"source"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ResourceType != "AuditEvent" || e.Type.Code == "" || !e.Recorded.Equal(noon) ||
			len(e.Agent) != 1 || e.Agent[0].Requestor == nil || e.Source.Observer.Identifier.Value == "" {
			t.Errorf("%v: %s", err, line)
		}
	}
	for _, tt := range []struct {
		line int
		want string
	}{
		{0, `"id":"access-2026-11-22-1"`}, {0, `"action":"R"`}, {0, `"outcome":"0"`}, {0, `"purposeOfUse":[{"coding":[{"code":"BTG","system":"http://terminology.hl7.org/CodeSystem/v3-ActReason"}]}]`},
		{0, `"what":{"identifier":{"system":"urn:caseledger:anytown.example/prod/access:record","value":"r1"}}`}, {0, `{"type":"withheld","valueString":"informant"}`},
		{1, `"outcome":"4","outcomeDesc":"forbidden"`}, {2, `"action":"E"`}, {2, `"value":"r2"`},
	} {
		var sorted any
		if err := json.Unmarshal([]byte(lines[tt.line]), &sorted); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(sorted, json.Deterministic(true))
		if err != nil || !strings.Contains(string(text), tt.want) {
			t.Errorf("%s is not in %s (%v)", tt.want, text, err)
		}
	}
}

func TestASearchTellsNothingOfWhatIsHidden(t *testing.T) {
	r := newRig()
	l := New(r.Ledger)
	defer run(l)()
	list := access.Released{Dated: domain.Dated{Happened: domain.MustDate("2026-11-22")}, Operation: "person.search", Rows: 2, Records: []string{"r1", "r2"}}
	for _, e := range []domain.Event{seen("r1"), seen("r2"), list} {
		if err := l.Record(t.Context(), by("a"), e); err != nil {
			t.Fatal(err)
		}
	}
	rows := search(t, r, Query{Hides: func(id string) bool { return id == "r1" }})
	if len(rows) != 2 || rows[0].Record != "r2" || fmt.Sprint(rows[1].Records) != "[r2]" {
		t.Errorf("%+v", rows)
	}
	if rows := search(t, r, Query{Record: "r1", Hides: func(id string) bool { return id == "r1" }}); len(rows) != 0 {
		t.Errorf("%+v", rows)
	}
}
