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

func TestADecisionThatIsKeptIsThatOfTheVeryQuestion(t *testing.T) {
	p, err := Parse("test", []byte(`
		@id("all") permit (principal, action, resource);
		@id("one") forbid (principal, action, resource == Record::"r9");
		@id("team") forbid (principal in Team::"south", action, resource);
		@id("rest") forbid (principal, action, resource) when { context.tie == "none" || context.mark == "x" || context.purpose == "p" || context.basis == "b" || context.breakGlass };
		@id("who") forbid (principal == Caller::"z", action, resource);
		@id("role") forbid (principal in Role::"z", action, resource);
		@id("agency") forbid (principal in Agency::"z", action, resource);
		@id("action") forbid (principal, action == Action::"z", resource);
		@id("group") forbid (principal, action in Action::"zz", resource);
		@id("content") forbid (principal, action, resource in Part::"z");`))
	if err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if !p.Decide(Question{Record: "r1"}).Allowed || !p.Decide(Question{}).Allowed {
			t.Fatal("nothing is allowed")
		}
		for _, q := range []Question{{Record: "r9"}, {Record: "r1", Teams: []string{"north", "south"}}, {Record: "r1", Tie: "none"}, {Record: "r1", Mark: "x"}, {Record: "r1", Purpose: "p"},
			{Record: "r1", Basis: "b"}, {Record: "r1", BreakGlass: true}, {Record: "r1", Caller: "z"}, {Record: "r1", Role: "z"}, {Record: "r1", Agency: "z"}, {Record: "r1", Action: "z"},
			{Record: "r1", Group: "zz"}, {Record: "r1", Content: "z.y"}} {
			if p.Decide(q).Allowed {
				t.Errorf("round %d: %+v is allowed", round, q)
			}
		}
	}
	for i := range 2 * maxKept {
		p.Decide(Question{Purpose: fmt.Sprint("many ", i)})
	}
	if n := len(p.now.Load().young) + len(p.now.Load().old); n > maxKept {
		t.Errorf("%d decisions are kept", n)
	}
}

func TestOneDecisionIsKeptForAllRecordsWhenNoPolicyNamesOne(t *testing.T) {
	p, err := Parse("policies.cedar", Default)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		p.Decide(Question{Role: "manager", Action: "record.read", Group: "read", Record: fmt.Sprint("r", i)})
	}
	if len(p.now.Load().young) != 1 {
		t.Errorf("%d decisions", len(p.now.Load().young))
	}
	if p.Decide(Question{Role: "manager", Action: "record.read", Group: "read"}); len(p.now.Load().young) != 2 {
		t.Error("the ledger is a record")
	}
}

func TestPoliciesThatAreReplacedDecideNothingMore(t *testing.T) {
	all, err := Parse("all", []byte(`@id("all") permit (principal, action, resource);`))
	if err != nil {
		t.Fatal(err)
	}
	none, err := Parse("none", []byte(`@id("none") forbid (principal, action, resource);`))
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Caller: "a", Action: "record.read", Record: "r1"}
	if !all.Decide(q).Allowed {
		t.Fatal("nothing is allowed")
	}
	if all.Replace(none); all.Decide(q).Allowed {
		t.Error("what was decided before still holds")
	}
}
