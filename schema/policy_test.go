package schema

import (
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
)

const localRules = `{"name":"Anytown","clocks":[{"clock":"protection-visit","amount":10,"unit":"working-days","from":"2024-04-01",
	"source":"local procedures","sentence":"A child with a plan is seen every 10 working days."}],
	"holidays":[{"day":"2026-12-29","name":"closed"}],"weights":[{"plan":"protection-plan","points":3,"from":"2024-04-01"}]}`

func england(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLocalRulesAreReadStrictlyAndAFaultNamesItsPlaceAndRule(t *testing.T) {
	l, p, err := ReadPolicy([]byte(localRules), england(t))
	if err != nil || l.Name != "Anytown" || p.Weight("protection-plan", domain.MustDate("2024-04-01")) != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	for name, tt := range map[string]struct{ change, to, want string }{
		"a unit that is none":     {`"working-days"`, `"secret-moons"`, "/clocks/0/unit: oneof="},
		"an amount of nothing":    {`"amount":10`, `"amount":0`, "/clocks/0/amount: required"},
		"an amount in words":      {`"amount":10`, `"amount":"secret"`, "/clocks/0/amount"},
		"no first day":            {`"from":"2024-04-01",`, "", "/clocks/0/from: required"},
		"a day that is none":      {`"2026-12-29"`, `"2026-13-29 secret"`, "/holidays/0/day"},
		"a clock that nobody has": {`"protection-visit"`, `"secret-visit"`, "/clocks/0/clock: no clock has this name"},
		"a member too many":       {`"name":"Anytown"`, `"name":"Anytown","secret":1`, "/secret: no member has this name"},
		"a member twice":          {`"name":"Anytown"`, `"name":"Anytown","name":"secret"`, "the text is not JSON"},
		"half a text":             {`]}`, ``, "the text is not JSON"},
		"a day off on a Sunday":   {`2026-12-29`, `2026-12-27`, "/holidays/0/day: the day is no working day anyway"},
	} {
		text := strings.Replace(localRules, tt.change, tt.to, 1)
		_, _, err := ReadPolicy([]byte(text), england(t))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(strings.ReplaceAll(err.Error(), "/secret:", ""), "secret") {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if _, _, err := ReadPolicy(make([]byte, MaxPolicyBytes+1), england(t)); err == nil {
		t.Error("a file without end is read")
	}
}

func TestTheSchemaOfLocalRulesFitsAFileOfThem(t *testing.T) {
	text, err := PolicySchema()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"clocks"`, `"working-days"`, `"concerns-at-registration"`, `"date"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestEveryEntryNamesTheRulesThatItWasDecidedBy(t *testing.T) {
	r, _ := newRecords(t, "2026-01-10T10:00:00Z")
	registered(t, r, "one")
	local, err := england(t).With(policy.Local{Name: "Anytown", Clocks: []policy.LocalClock{{Clock: policy.ReferralDecision, Amount: 2, Unit: policy.WorkingDays, From: domain.MustDate("2026-01-01")}}})
	if err != nil {
		t.Fatal(err)
	}
	packs := []policy.Pack{england(t), local}
	for i, p := range packs {
		r.Pack = p
		command := referral.Receive{Dated: dated("2026-01-05"), Referral: referral.ID(p.Name()[:10] + string(rune('a'+i))), Source: "1A"}
		if _, err := r.Do(t.Context(), "one", act(p.Name(), command)); err != nil {
			t.Fatal(err)
		}
	}
	on, _, err := r.Load(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	entries := on.Entries[len(on.Entries)-2:]
	for i, want := range []string{"2026-01-06", "2026-01-07"} {
		if e := entries[i]; e.Policy != packs[i].Name() || e.Event.(referral.Received).DecideBy.String() != want {
			t.Errorf("decided by %q, due %s", e.Policy, e.Event.(referral.Received).DecideBy)
		}
	}
}
