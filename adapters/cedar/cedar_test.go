package cedar

import (
	"fmt"
	"testing"
)

func TestWhatNothingPermitsIsDeniedAndForbidBeatsPermit(t *testing.T) {
	p, err := Parse("test", []byte(`
		@id("all") permit (principal in Role::"worker", action in Action::"act", resource);
		@id("not-this") forbid (principal, action, resource == Record::"r9");
		@id("purpose") permit (principal, action == Action::"read", resource) when { context.purpose == "court" };
		@id("team") permit (principal in Team::"north", action == Action::"list", resource == Ledger::"ledger");`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		q    Question
		want string
	}{
		{Question{Caller: "a", Role: "worker", Action: "note.write", Group: "act", Record: "r1"}, "{true [all]}"},
		{Question{Caller: "a", Role: "worker", Action: "note.write", Group: "act", Record: "r9"}, "{false [not-this]}"},
		{Question{Caller: "a", Role: "other", Action: "note.write", Group: "act", Record: "r1"}, "{false []}"},
		{Question{Caller: "a", Action: "read", Purpose: "court"}, "{true [purpose]}"},
		{Question{Caller: "a", Action: "read", Purpose: "curiosity"}, "{false []}"},
		{Question{Caller: "a", Teams: []string{"south", "north"}, Action: "list"}, "{true [team]}"},
		{Question{Caller: "a", Teams: []string{"south"}, Action: "list"}, "{false []}"},
	} {
		if got := fmt.Sprint(p.Decide(tt.q)); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.q, got, tt.want)
		}
	}
}

func TestAPolicyThatCannotBeEvaluatedDeniesEverything(t *testing.T) {
	p, err := Parse("test", []byte(`
		@id("all") permit (principal, action, resource);
		@id("broken") forbid (principal, action, resource) when { context.nothing == 1 };`))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.Decide(Question{Caller: "a", Action: "read"})); got != "{false [all broken]}" {
		t.Error(got)
	}
}

func TestPoliciesWithoutANameOfTheirOwnAreRefused(t *testing.T) {
	for _, text := range []string{
		`permit (principal, action, resource);`,
		`@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);`,
		`permit (`,
	} {
		if _, err := Parse("test", []byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	if _, err := Parse("policies.cedar", Default); err != nil {
		t.Error(err)
	}
}
