package redaction_test

import (
	"slices"
	"testing"

	"caseledger/domain/domaintest"
	"caseledger/domain/redaction"
)

var on, rules = domaintest.On, domaintest.Rules

func fields(entry uint64) (free, fixed []string) {
	return []string{"/actor", "/text/0", "/text/1"}, []string{"/happened", "/note"}
}

func TestTheRulesOfProposingARedaction(t *testing.T) {
	given := redaction.Redactions{}.Evolve(3, redaction.Proposed{Redaction: "r1"})
	line := func(entry uint64, field redaction.Field, ground string) []redaction.Line {
		return []redaction.Line{{Entry: entry, Field: field, Ground: ground, Reason: "He would know who told."}}
	}
	good := line(2, "/text/1", "third-party")
	for name, tt := range map[string]struct {
		id      redaction.ID
		day     string
		known   uint64
		lines   []redaction.Line
		nothing bool
		want    []string
	}{
		"a field":                      {"r2", "2026-01-06", 4, good, false, nil},
		"an id twice":                  {"r1", "2026-01-06", 4, good, false, []string{"redaction-already-proposed"}},
		"beyond the record":            {"r2", "2026-01-06", 5, good, false, []string{"redaction-beyond-the-record"}},
		"nothing":                      {"r2", "2026-01-06", 4, nil, true, nil},
		"nothing, and nobody says so":  {"r2", "2026-01-06", 4, nil, false, []string{"redaction-is-empty"}},
		"something said to be nothing": {"r2", "2026-01-06", 4, good, true, []string{"redaction-is-empty"}},
		"the last entry looked at":     {"r2", "2026-01-06", 2, good, false, nil},
		"an entry after that":          {"r2", "2026-01-06", 1, good, false, []string{"redaction-entry-unknown"}},
		"entry 0":                      {"r2", "2026-01-06", 4, line(0, "/text/1", "third-party"), false, []string{"redaction-entry-unknown"}},
		"a ground of that day":         {"r2", "2018-05-24", 4, good, false, nil},
		"a ground not yet law":         {"r2", "2000-02-29", 4, good, false, []string{"redaction-ground-unknown"}},
		"no ground":                    {"r2", "2026-01-06", 4, line(2, "/text/1", "embarrassing"), false, []string{"redaction-ground-unknown"}},
		"all elements":                 {"r2", "2026-01-06", 4, line(2, "/text/*", "crime"), false, nil},
		"no such element":              {"r2", "2026-01-06", 4, line(2, "/text/2", "crime"), false, []string{"redaction-withholds-nothing"}},
		"the list itself":              {"r2", "2026-01-06", 4, line(2, "/text", "crime"), false, []string{"redaction-withholds-nothing"}},
		"the day":                      {"r2", "2026-01-06", 4, line(2, "/happened", "crime"), false, []string{"redaction-of-what-holds-the-record"}},
		"all that can be":              {"r2", "2026-01-06", 4, line(2, "/*", "crime"), false, nil},
	} {
		events, err := given.Propose(redaction.Propose{Dated: on(tt.day), Redaction: tt.id, Reader: "mother", Purpose: "court", Known: tt.known,
			Lines: tt.lines, Nothing: tt.nothing}, 4, fields)
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheRulesOfDecidingOnARedaction(t *testing.T) {
	proposed := redaction.Redactions{}.Evolve(3, redaction.Proposed{Redaction: "r1"})
	for name, tt := range map[string]struct {
		given    redaction.Redactions
		id       redaction.ID
		by       string
		approval []string
		refusal  []string
	}{
		"by another":         {proposed, "r1", "m1", nil, nil},
		"by who proposed":    {proposed, "r1", "w1", []string{"redaction-approved-by-its-author"}, nil},
		"of none":            {proposed, "r2", "m1", []string{"redaction-unknown"}, []string{"redaction-unknown"}},
		"once approved":      {proposed.Evolve(4, redaction.Approved{Redaction: "r1"}), "r1", "m1", []string{"redaction-already-decided"}, []string{"redaction-already-decided"}},
		"once rejected":      {proposed.Evolve(4, redaction.Rejected{Redaction: "r1"}), "r1", "m1", []string{"redaction-already-decided"}, []string{"redaction-already-decided"}},
		"approved by itself": {proposed.Evolve(4, redaction.Approved{Redaction: "r1"}), "r1", "w1", []string{"redaction-already-decided"}, []string{"redaction-already-decided"}},
	} {
		_, err := tt.given.Approve(redaction.Approve{Dated: on("2026-01-07"), Redaction: tt.id}, "w1", tt.by)
		if got := rules(err); !slices.Equal(got, tt.approval) {
			t.Errorf("%s approved: %v, want %v", name, got, tt.approval)
		}
		_, err = tt.given.Reject(redaction.Reject{Dated: on("2026-01-07"), Redaction: tt.id, Reason: "Too much."})
		if got := rules(err); !slices.Equal(got, tt.refusal) {
			t.Errorf("%s rejected: %v, want %v", name, got, tt.refusal)
		}
	}
}

func TestASetSaysHowFarItHasCome(t *testing.T) {
	var rs redaction.Redactions
	for i, tt := range []struct {
		event redaction.Event
		want  string
	}{{redaction.Proposed{Redaction: "r1"}, "proposed"}, {redaction.Rejected{Redaction: "r1"}, "rejected"}, {redaction.Approved{Redaction: "r1"}, "approved"}} {
		if rs = rs.Evolve(uint64(i+1), tt.event); rs.Find("r1").State() != tt.want {
			t.Errorf("%+v: %s", tt.event, rs.Find("r1").State())
		}
	}
	if got := (redaction.Redactions{}.Evolve(1, redaction.Approved{Redaction: "r9"})).Find("r9").State(); got != "" {
		t.Errorf("what nobody proposed is %s", got)
	}
}

func TestAFieldStandsForItselfOrForAllThatBeginSo(t *testing.T) {
	for field, want := range map[redaction.Field]bool{"/text/1": true, "/text/*": true, "/*": true, "/text": false, "/text/1/": false, "/text/12": false, "/text/1*": true, "*": true, "": false} {
		if field.Covers("/text/1") != want {
			t.Errorf("%q", field)
		}
	}
}
