package note_test

import (
	"reflect"
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/note"
	"caseledger/domain/policy"
)

var on, rules = domaintest.On, domaintest.Rules

func TestANoteKeepsWhatWasTyped(t *testing.T) {
	write := note.Write{Dated: on("2026-01-05"), Note: "n1", Time: "14:05", Kind: "visit", Sensitivity: "sensitive", For: "mgr-1",
		Present: []string{"mother"}, Text: []note.Passage{{Text: "Seen alone.", Kind: "fact"},
			{Text: " \"Fine\", says mother.", Kind: "reported", From: "mother"}, {Text: " I want to go home.", From: "Ben", OwnWords: true}}}
	events, err := note.Notes{}.Write(write, "sw-1", policy.Pack{})
	want := note.Written{Dated: write.Dated, Note: "n1", Time: "14:05", Kind: "visit", Sensitivity: "sensitive", For: "mgr-1", Present: write.Present, Text: write.Text}
	if err != nil || len(events) != 1 || !reflect.DeepEqual(events[0], want) {
		t.Fatalf("%+v, %v", events, err)
	}
	notes := note.Notes{}.Evolve(3, want).Evolve(5, want)
	if notes.Count != 2 || notes.Last.Entry != 5 {
		t.Errorf("%+v", notes)
	}
}

func TestANoteThatWasStoredBeforeIsReadAsItWasWritten(t *testing.T) {
	old := note.WrittenV1{Dated: on("2026-01-05"), Note: "n1", Time: "14:05", Kind: "visit", Present: []string{"mother"},
		Text: []note.PassageV1{{Text: "x", Kind: "reported", From: "mother", ThirdParty: true, Informant: true}}}
	want := note.Written{Dated: old.Dated, Note: "n1", Time: "14:05", Kind: "visit", Present: old.Present,
		Text: []note.Passage{{Text: "x", Kind: "reported", From: "mother", ThirdParty: true, Informant: true}}}
	if got := old.Next().Latest(); !reflect.DeepEqual(got, want) || got.About() != old.About() {
		t.Errorf("%+v", got)
	}
}

func TestTheRulesOfWritingANote(t *testing.T) {
	written := note.Notes{}.Evolve(1, note.Written{Note: "n1"})
	text := func(p note.Passage) note.Write {
		return note.Write{Note: "n2", Text: []note.Passage{{Text: "Seen."}, p}}
	}
	for name, tt := range map[string]struct {
		when note.Write
		want []string
	}{
		"an id twice":                       {note.Write{Note: "n1"}, []string{"note-already-written"}},
		"another id":                        {note.Write{Note: "n2"}, nil},
		"own words":                         {text(note.Passage{Kind: "reported", From: "Ben", OwnWords: true}), nil},
		"own words of no kind":              {text(note.Passage{From: "Ben", OwnWords: true}), nil},
		"own words of nobody":               {text(note.Passage{OwnWords: true}), []string{"own-words-without-speaker"}},
		"own words as the author's opinion": {text(note.Passage{Kind: "opinion", From: "Ben", OwnWords: true}), []string{"own-words-are-reported"}},
		"reported by somebody":              {text(note.Passage{Kind: "reported", From: "school"}), nil},
		"reported by nobody":                {text(note.Passage{Kind: "reported"}), []string{"reported-without-source"}},
		"reported by an informant":          {text(note.Passage{Kind: "reported", Informant: true}), nil},
		"for a manager":                     {note.Write{Note: "n2", For: "mgr-1"}, nil},
		"for the author":                    {note.Write{Note: "n2", For: "sw-1"}, []string{"signed-by-its-author"}},
	} {
		if _, err := written.Write(tt.when, "sw-1", policy.Pack{}); !slices.Equal(rules(err), tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func fold(events ...note.Event) note.Notes {
	var n note.Notes
	for i, e := range events {
		n = n.Evolve(uint64(i+1), e)
	}
	return n
}

func TestTheRulesOfSignatures(t *testing.T) {
	type given = []note.Event
	written := note.Written{Dated: on("2026-01-05"), Note: "n1", For: "mgr-1"}
	signed := note.SignedOff{Dated: on("2026-01-06"), Note: "n1", Entry: 1}
	countersigned := note.Countersigned{Dated: on("2026-01-07"), Note: "n1", Entry: 1}
	returned := note.Returned{Dated: on("2026-01-06"), Note: "n1", Entry: 1, Reason: "Who said so?"}
	resubmitted := note.Submitted{Dated: on("2026-01-06"), Note: "n1", To: "mgr-2"}
	type decision = func(note.Notes) ([]domain.Event, error)
	hands := func(by string) note.Hands { return note.Hands{Author: "sw-1", Signed: "mgr-1", By: by} }
	submit := func(to, day string) decision {
		return func(n note.Notes) ([]domain.Event, error) {
			return n.Submit(note.Submit{Dated: on(day), Note: "n1", To: to}, hands("sw-1"), policy.Pack{})
		}
	}
	sign := func(by, day string) decision {
		return func(n note.Notes) ([]domain.Event, error) {
			return n.SignOff(note.SignOff{Dated: on(day), Note: "n1"}, hands(by))
		}
	}
	counter := func(by, day string) decision {
		return func(n note.Notes) ([]domain.Event, error) {
			return n.Countersign(note.Countersign{Dated: on(day), Note: "n1"}, hands(by))
		}
	}
	giveBack := func(by, day string) decision {
		return func(n note.Notes) ([]domain.Event, error) {
			return n.Return(note.Return{Dated: on(day), Note: "n1", Reason: "x"}, hands(by))
		}
	}
	for name, tt := range map[string]struct {
		given given
		when  decision
		want  []string
	}{
		"submitted":                            {given{written}, submit("mgr-2", "2026-01-05"), nil},
		"submitted before it was":              {given{written}, submit("mgr-2", "2026-01-04"), []string{"before-note"}},
		"submitted to its author":              {given{written}, submit("sw-1", "2026-01-05"), []string{"signed-by-its-author"}},
		"submitted once signed off":            {given{written, signed}, submit("mgr-2", "2026-01-06"), []string{"note-already-signed-off"}},
		"no note submitted":                    {nil, submit("mgr-2", "2026-01-05"), []string{"note-unknown"}},
		"signed off":                           {given{written}, sign("mgr-1", "2026-01-05"), nil},
		"signed off before it was":             {given{written}, sign("mgr-1", "2026-01-04"), []string{"before-note"}},
		"signed off by its author":             {given{written}, sign("sw-1", "2026-01-05"), []string{"signed-by-its-author"}},
		"signed off twice":                     {given{written, signed}, sign("mgr-1", "2026-01-06"), []string{"note-already-signed-off"}},
		"signed off once returned":             {given{written, returned}, sign("mgr-1", "2026-01-06"), []string{"note-returned"}},
		"signed off once submitted again":      {given{written, returned, resubmitted}, sign("mgr-1", "2026-01-06"), nil},
		"no note signed off":                   {nil, sign("mgr-1", "2026-01-05"), []string{"note-unknown"}},
		"countersigned":                        {given{written, signed}, counter("mgr-2", "2026-01-06"), nil},
		"countersigned first":                  {given{written}, counter("mgr-2", "2026-01-06"), []string{"note-not-signed-off"}},
		"countersigned twice":                  {given{written, signed, countersigned}, counter("mgr-2", "2026-01-07"), []string{"note-already-countersigned"}},
		"countersigned by the same":            {given{written, signed}, counter("mgr-1", "2026-01-06"), []string{"countersigned-by-the-same"}},
		"countersigned by its author":          {given{written, signed}, counter("sw-1", "2026-01-06"), []string{"countersigned-by-the-same"}},
		"no note countersigned":                {nil, counter("mgr-2", "2026-01-06"), []string{"note-unknown"}},
		"returned":                             {given{written}, giveBack("mgr-1", "2026-01-05"), nil},
		"returned by its author":               {given{written}, giveBack("sw-1", "2026-01-05"), []string{"returned-by-its-author"}},
		"returned twice":                       {given{written, returned}, giveBack("mgr-1", "2026-01-06"), []string{"note-returned"}},
		"returned once signed off":             {given{written, signed}, giveBack("mgr-1", "2026-01-06"), []string{"note-already-signed-off"}},
		"signed off once it was amended":       {given{note.Written{Note: "n1"}, note.SignedOff{Note: "n1", Entry: 9}}, sign("mgr-1", "2026-01-06"), nil},
		"countersigned though it was amended":  {given{note.Written{Note: "n1"}, note.SignedOff{Note: "n1", Entry: 9}}, counter("mgr-2", "2026-01-06"), []string{"note-not-signed-off"}},
		"signed off once amended since return": {given{note.Written{Note: "n1"}, note.Returned{Note: "n1", Entry: 9}}, sign("mgr-1", "2026-01-06"), nil},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestANoteWaitsUntilItIsSignedOffAsItStands(t *testing.T) {
	written := note.Written{Note: "n1", For: "mgr-1"}
	for name, tt := range map[string]struct {
		given []note.Event
		want  int
	}{
		"for nobody":             {[]note.Event{note.Written{Note: "n1"}}, 0},
		"for a manager":          {[]note.Event{written}, 1},
		"submitted":              {[]note.Event{note.Written{Note: "n1"}, note.Submitted{Note: "n1", To: "mgr-1"}}, 1},
		"submitted to another":   {[]note.Event{written, note.Submitted{Note: "n1", To: "mgr-2"}}, 1},
		"signed off":             {[]note.Event{written, note.SignedOff{Note: "n1", Entry: 1}}, 0},
		"signed off, as it was":  {[]note.Event{written, note.SignedOff{Note: "n1", Entry: 7}}, 1},
		"another was signed off": {[]note.Event{written, note.Written{Note: "n2"}, note.SignedOff{Note: "n2", Entry: 2}}, 1},
	} {
		if got := len(fold(tt.given...).Given); got != tt.want {
			t.Errorf("%s: %d wait, want %d", name, got, tt.want)
		}
	}
}

func TestForkedNotesNeverWriteToTheSameMemory(t *testing.T) {
	grown := fold(note.Written{Note: "n1"}, note.Written{Note: "n2"}, note.Written{Note: "n3"},
		note.SignedOff{Note: "n1"}, note.SignedOff{Note: "n2"}, note.SignedOff{Note: "n3"})
	left := grown.Fork().Evolve(7, note.Written{Note: "left"}).Evolve(8, note.SignedOff{Note: "left"})
	right := grown.Evolve(7, note.Written{Note: "right"}).Evolve(8, note.SignedOff{Note: "right"})
	if left.Heads[3].ID != "left" || right.Heads[3].ID != "right" || left.Signatures[3].Note != "left" || right.Signatures[3].Note != "right" {
		t.Errorf("%v and %v", left, right)
	}
}

func TestASignatureIsDueAsTheAuthoritySets(t *testing.T) {
	england, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	p, err := england.With(policy.Local{Clocks: []policy.LocalClock{{Clock: policy.NoteSignature, Amount: 5, Unit: policy.WorkingDays,
		From: domain.MustDate("2025-01-01"), Source: "local", Sentence: "A note is signed off in a week."}}})
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{"mgr-1": "2026-01-12", "": ""} {
		events, err := note.Notes{}.Write(note.Write{Dated: on("2026-01-05"), Note: "n1", For: to, Text: []note.Passage{{Text: "x"}}}, "sw-1", p)
		written := events[0].(note.Written)
		if err != nil || written.SignBy.String() != want {
			t.Errorf("for %q by %s, %v", to, written.SignBy, err)
		}
		notes := note.Notes{}.Evolve(1, written)
		events, err = notes.Submit(note.Submit{Dated: on("2026-01-07"), Note: "n1", To: "mgr-2"}, note.Hands{}, p)
		if err != nil || events[0].(note.Submitted).SignBy.String() != "2026-01-14" {
			t.Errorf("%+v, %v", events[0], err)
		}
		if given := notes.Evolve(2, events[0].(note.Event)).Given; len(given) != 1 || given[0].SignBy.String() != "2026-01-14" {
			t.Errorf("%+v", given)
		}
	}
	old := note.SubmittedV1{Dated: on("2026-01-05"), Note: "n1", To: "mgr-1"}
	if got := old.Latest(); got != (note.Submitted{Dated: old.Dated, Note: "n1", To: "mgr-1"}) || got.About() != old.About() {
		t.Errorf("%+v", got)
	}
}
