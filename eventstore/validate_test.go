package eventstore_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/eventstore"
)

func TestEveryFaultIsNamedByPointerAndRule(t *testing.T) {
	happened := domain.Dated{Happened: domain.MustDate("2026-02-03")}
	minus := -1
	long := strings.Repeat("secret", 50)
	for name, tt := range map[string]struct {
		command any
		want    []eventstore.Fault
	}{
		"a date in an embedded struct": {identity.RecordBirth{}, []eventstore.Fault{{Pointer: "/happened", Rule: "required"}}},
		"members of its own": {referral.Decide{Dated: happened, Referral: "r1", Outcome: "secret"},
			[]eventstore.Fault{{Pointer: "/outcome", Rule: "oneof=assessment strategy-discussion early-help advice"}}},
		"an element of a list": {identity.RecordAddress{Dated: happened, Lines: []string{"1 High Street", long}},
			[]eventstore.Fault{{Pointer: "/lines/1", Rule: "max=200"}}},
		"a member of an element": {note.Write{Dated: happened, Note: "n1", Kind: "visit",
			Text: []note.Passage{{Text: "seen"}, {Text: "", Kind: "secret"}}},
			[]eventstore.Fault{{Pointer: "/text/1/text", Rule: "required"}, {Pointer: "/text/1/kind", Rule: "oneof=fact observation opinion reported"}}},
		"a time that is none": {note.Write{Dated: happened, Note: "n1", Kind: "visit", Time: "secret", Text: []note.Passage{{Text: "x"}}},
			[]eventstore.Fault{{Pointer: "/time", Rule: "datetime=15:04"}}},
		"a number behind a pointer": {protection.Register{Dated: happened, Plan: "p1", Referral: "r1", Category: "NEG", Previous: &minus},
			[]eventstore.Fault{{Pointer: "/previous", Rule: "min=0"}}},
		"a code that never was": {referral.Receive{Dated: happened, Referral: "r1", Source: "secret"},
			[]eventstore.Fault{{Pointer: "/source", Rule: "code=referral-source"}}},
		"a code in a list": {identity.RecordDisabilities{Dated: happened, Disabilities: []string{"NONE", "secret"}},
			[]eventstore.Fault{{Pointer: "/disabilities/1", Rule: "code=disability"}}},
		"a command within a command": {wrapper{Command: referral.Receive{Dated: happened, Referral: "r1", Source: "secret"}},
			[]eventstore.Fault{{Pointer: "/command/source", Rule: "code=referral-source"}}},
	} {
		t.Run(name, func(t *testing.T) {
			err := eventstore.Validate(tt.command)
			var invalid *eventstore.ValidationError
			if !errors.As(err, &invalid) || !reflect.DeepEqual(invalid.Faults, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats what was submitted: %v", err)
			}
		})
	}
}

// wrapper is a command around another, as a correction is.
type wrapper struct {
	Command any `json:"command" validate:"required"`
}

func TestACodeIsJudgedByTheDayOfItsOwnCommand(t *testing.T) {
	// I was a code for sex until March 2024.
	then := identity.RecordSex{Dated: domain.Dated{Happened: domain.MustDate("2024-03-31")}, Sex: "I"}
	now := identity.RecordSex{Dated: domain.Dated{Happened: domain.MustDate("2024-04-01")}, Sex: "I"}
	for _, command := range []any{then, wrapper{Command: then}, &then} {
		if err := eventstore.Validate(command); err != nil {
			t.Errorf("%T in its time: %v", command, err)
		}
	}
	for _, command := range []any{now, wrapper{Command: now}, &now} {
		if err := eventstore.Validate(command); err == nil {
			t.Errorf("%T after its time is allowed", command)
		}
	}
}

func TestWhatIsNoCommandIsAnErrorAndNoPanic(t *testing.T) {
	for _, command := range []any{nil, 7, "secret", (*referral.Receive)(nil)} {
		if err := eventstore.Validate(command); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%T: %v", command, err)
		}
	}
}

func TestCheckNamesWhatNoStoreAccepts(t *testing.T) {
	id := eventstore.EventID{1}
	ok := eventstore.Event{ID: id, Type: "a/1"}
	big := eventstore.Event{ID: id, Type: "a/1", Data: make([]byte, eventstore.MaxEventBytes)}
	bigger := big
	bigger.Metadata = []byte("x")
	five := make([]eventstore.Event, 5)
	for i := range five {
		five[i] = eventstore.Event{ID: eventstore.EventID{byte(i + 1)}, Type: "a/1", Data: big.Data}
	}
	for name, tt := range map[string]struct {
		stream string
		events []eventstore.Event
		wrong  bool
	}{
		"one event":              {"record-1.a_B", []eventstore.Event{ok}, false},
		"the longest name":       {strings.Repeat("s", eventstore.MaxStreamBytes), []eventstore.Event{ok}, false},
		"a longer name":          {strings.Repeat("s", eventstore.MaxStreamBytes+1), []eventstore.Event{ok}, true},
		"no name":                {"", []eventstore.Event{ok}, true},
		"a name with a slash":    {"a/b", []eventstore.Event{ok}, true},
		"nothing":                {"a", nil, true},
		"too many":               {"a", make([]eventstore.Event, eventstore.MaxAppendEvents+1), true},
		"no id":                  {"a", []eventstore.Event{{Type: "a/1"}}, true},
		"an id twice":            {"a", []eventstore.Event{ok, ok}, true},
		"no type":                {"a", []eventstore.Event{{ID: id}}, true},
		"a type with a space":    {"a", []eventstore.Event{{ID: id, Type: "a b"}}, true},
		"the longest type":       {"a", []eventstore.Event{{ID: id, Type: strings.Repeat("t", eventstore.MaxTypeBytes)}}, false},
		"a longer type":          {"a", []eventstore.Event{{ID: id, Type: strings.Repeat("t", eventstore.MaxTypeBytes+1)}}, true},
		"the largest event":      {"a", []eventstore.Event{big}, false},
		"a larger event":         {"a", []eventstore.Event{bigger}, true},
		"the largest append":     {"a", five[:4], false},
		"five of the largest":    {"a", five, true},
		"a type beyond ASCII":    {"a", []eventstore.Event{{ID: id, Type: "é"}}, true},
		"a name beyond ASCII":    {"é", []eventstore.Event{ok}, true},
		"a name with a zero":     {"a\x00", []eventstore.Event{ok}, true},
		"a type with a line end": {"a", []eventstore.Event{{ID: id, Type: "a\n"}}, true},
	} {
		if err := eventstore.Check(tt.stream, tt.events); errors.Is(err, eventstore.ErrInvalid) != tt.wrong {
			t.Errorf("%s: %v, want wrong %t", name, err, tt.wrong)
		}
	}
}
