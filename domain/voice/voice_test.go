package voice_test

import (
	"slices"
	"testing"

	"caseledger/domain/domaintest"
	"caseledger/domain/voice"
)

func TestTheRulesOfViews(t *testing.T) {
	said := voice.Views(nil).Evolve(1, voice.Recorded{View: "w1"})
	for name, tt := range map[string]struct {
		given voice.Views
		when  voice.Record
		want  []string
	}{
		"a first view":                  {nil, voice.Record{View: "w1", How: "spoken", Verbatim: true}, nil},
		"a second":                      {said, voice.Record{View: "w2", How: "observed"}, nil},
		"an id twice":                   {said, voice.Record{View: "w1", How: "spoken"}, []string{"view-already-recorded"}},
		"the words of one who played":   {nil, voice.Record{View: "w1", How: "play", Verbatim: true}, []string{"observed-is-not-verbatim"}},
		"the words of one who drew":     {nil, voice.Record{View: "w1", How: "drawn", Verbatim: true}, []string{"observed-is-not-verbatim"}},
		"the words of one who signed":   {nil, voice.Record{View: "w1", How: "signed", Verbatim: true}, nil},
		"the words of one who was seen": {nil, voice.Record{View: "w1", How: "observed", Verbatim: true}, []string{"observed-is-not-verbatim"}},
	} {
		if _, err := tt.given.Record(tt.when); !slices.Equal(domaintest.Rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestTheChildsOwnViewIsFoundApartFromTheParents(t *testing.T) {
	var vs voice.Views
	for i, e := range []voice.Recorded{
		{View: "w1", Whose: "child", Words: "I want to stay with Nan.", Towards: "assessment/a1"},
		{View: "w2", Whose: "mother", Words: "He is fine here.", Towards: "assessment/a1"},
		{View: "w3", Whose: "child", Words: "I do not like the shouting."},
	} {
		vs = vs.Evolve(uint64(i+1), e)
	}
	if vs.Of("child", "assessment/a1").Fact.View != "w1" || vs.Of("child", "").Fact.View != "w3" || !vs.Of("father", "").IsZero() {
		t.Errorf("%+v", vs)
	}
}
