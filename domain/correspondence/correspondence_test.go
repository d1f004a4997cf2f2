package correspondence_test

import (
	"slices"
	"strings"
	"testing"

	"caseledger/domain/correspondence"
	"caseledger/domain/domaintest"
)

func TestTheRulesOfCorrespondence(t *testing.T) {
	file, other := strings.Repeat("0a", 32), strings.Repeat("0b", 32)
	given := correspondence.Letters(nil).Evolve(1, correspondence.Recorded{Correspondence: "e1", Original: file}).
		Evolve(2, correspondence.Recorded{Correspondence: "e2"})
	for name, tt := range map[string]struct {
		when correspondence.Record
		want []string
	}{
		"a letter":                  {correspondence.Record{Correspondence: "e3", Text: []string{"Dear Sir"}}, nil},
		"an id twice":               {correspondence.Record{Correspondence: "e1", Original: file, Subject: "x"}, []string{"correspondence-already-recorded"}},
		"a file twice":              {correspondence.Record{Correspondence: "e3", Original: file, Subject: "x"}, []string{"file-already-recorded"}},
		"another file":              {correspondence.Record{Correspondence: "e3", Original: other, Subject: "x"}, nil},
		"two letters of no file":    {correspondence.Record{Correspondence: "e3", Subject: "x"}, nil},
		"nothing but an attachment": {correspondence.Record{Correspondence: "e3", Attachments: []correspondence.Attachment{{SHA256: file}}}, nil},
		"sent at a time":            {correspondence.Record{Correspondence: "e3", Subject: "x", Sent: "2026-01-05T14:00:00+01:00"}, nil},
		"sent at no time":           {correspondence.Record{Correspondence: "e3", Subject: "x", Sent: "yesterday"}, []string{"sent-at-no-time"}},
		"nothing at all":            {correspondence.Record{Correspondence: "e3"}, []string{"correspondence-is-empty"}},
	} {
		events, err := given.Record(tt.when)
		if got := domaintest.Rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestForkedLettersNeverWriteToTheSameMemory(t *testing.T) {
	var grown correspondence.Letters
	for _, id := range []correspondence.ID{"e1", "e2", "e3"} {
		grown = grown.Evolve(1, correspondence.Recorded{Correspondence: id})
	}
	left, right := grown.Fork().Evolve(4, correspondence.Recorded{Correspondence: "left"}), grown.Evolve(4, correspondence.Recorded{Correspondence: "right"})
	if left[3].ID != "left" || right[3].ID != "right" {
		t.Errorf("%v and %v", left, right)
	}
}
