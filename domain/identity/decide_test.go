package identity_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/identity"
)

var on, rules = domaintest.On, domaintest.Rules

func fold(events ...identity.Event) identity.Person {
	var p identity.Person
	for i, e := range events {
		p = p.Evolve(uint64(i+1), e)
	}
	return p
}

type decision = func(identity.Person) ([]domain.Event, error)

func identify(kind, value string) decision {
	return func(p identity.Person) ([]domain.Event, error) {
		return p.Identify(identity.Identify{Dated: on("2026-01-05"), Kind: kind, Value: value, Source: "nhs"})
	}
}

func disabled(codes ...string) decision {
	return func(p identity.Person) ([]domain.Event, error) {
		return p.RecordDisabilities(identity.RecordDisabilities{Dated: on("2026-01-05"), Disabilities: codes})
	}
}

func TestTheRulesOfIdentity(t *testing.T) {
	born, died := identity.Born{Dated: on("2020-01-01")}, identity.Died{Dated: on("2026-01-10")}
	upn := identity.Identified{Kind: identity.UPN, Value: "B801200005001", Valid: true}
	register := func(p identity.Person) ([]domain.Event, error) { return p.Register(identity.Register{Person: "x"}) }
	birth := func(day string) decision {
		return func(p identity.Person) ([]domain.Event, error) {
			return p.RecordBirth(identity.RecordBirth{Dated: on(day)})
		}
	}
	death := func(day string) decision {
		return func(p identity.Person) ([]domain.Event, error) {
			return p.RecordDeath(identity.RecordDeath{Dated: on(day)})
		}
	}
	expect := func(p identity.Person) ([]domain.Event, error) { return p.ExpectBirth(identity.ExpectBirth{}) }
	miss := func(p identity.Person) ([]domain.Event, error) {
		return p.MissIdentifier(identity.MissIdentifier{Kind: identity.UPN, Reason: "UN1"})
	}
	for name, tt := range map[string]struct {
		given []identity.Event
		when  decision
		want  []string
	}{
		"a registration":                 {nil, register, nil},
		"a registration twice":           {[]identity.Event{identity.Registered{}}, register, []string{"already-registered"}},
		"a birth":                        {nil, birth("2020-01-01"), nil},
		"a birth twice":                  {[]identity.Event{born}, birth("2020-01-01"), []string{"birth-already-recorded"}},
		"a birth on the day of death":    {[]identity.Event{died}, birth("2026-01-10"), nil},
		"a birth after death":            {[]identity.Event{died}, birth("2026-01-11"), []string{"death-before-birth"}},
		"a birth of an unknown day":      {[]identity.Event{died}, birth(""), nil},
		"a death on the day of birth":    {[]identity.Event{born}, death("2020-01-01"), nil},
		"a death before birth":           {[]identity.Event{born}, death("2019-12-31"), []string{"death-before-birth"}},
		"a death of an unknown day":      {[]identity.Event{born}, death(""), nil},
		"a death twice":                  {[]identity.Event{died}, death("2026-01-10"), []string{"death-already-recorded"}},
		"a birth expected":               {nil, expect, nil},
		"a birth expected after it":      {[]identity.Event{born}, expect, []string{"already-born"}},
		"a reason for no UPN":            {nil, miss, nil},
		"a reason though there is one":   {[]identity.Event{upn}, miss, []string{"identifier-not-missing"}},
		"a valid NHS number":             {nil, identify(identity.NHSNumber, "9434765919"), nil},
		"a wrong NHS number":             {nil, identify(identity.NHSNumber, "9434765918"), []string{"identifier-check"}},
		"a valid UPN":                    {nil, identify(identity.UPN, "B801200005001"), nil},
		"a valid former UPN":             {nil, identify(identity.FormerUPN, "B801200005001"), nil},
		"a wrong UPN":                    {nil, identify(identity.UPN, "A801200005001"), []string{"identifier-check"}},
		"the authority's own number":     {nil, identify(identity.LAChildID, "abc123"), nil},
		"an own number that is too long": {nil, identify(identity.LAChildID, "abcdefghij0123456789x"), []string{"identifier-check"}},
		"an identifier of no kind":       {nil, identify("passport", "1"), []string{"identifier-check"}},
		"no disability":                  {nil, disabled("NONE"), nil},
		"two disabilities":               {nil, disabled("HAND", "MOB"), nil},
		"a disability and none":          {nil, disabled("HAND", "NONE"), []string{"disability-none-alone"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v and %d events, want %v", name, got, len(events), tt.want)
		}
	}
}

func TestAWrongIdentifierIsMarkedInWhatAnImportKeeps(t *testing.T) {
	for value, want := range map[string]bool{"9434765919": true, "9434765918": false} {
		events, _ := identify(identity.NHSNumber, value)(identity.Person{})
		if got := events[0].(identity.Identified).Valid; got != want {
			t.Errorf("valid %t, want %t", got, want)
		}
	}
}

func TestNamesAddressesAndCharacteristicsAreTakenAsTheyAreStated(t *testing.T) {
	var p identity.Person
	for _, decide := range []decision{
		func(p identity.Person) ([]domain.Event, error) {
			return p.GiveName(identity.GiveName{Kind: "legal", Given: "Ann", Family: "Example"})
		},
		func(p identity.Person) ([]domain.Event, error) {
			return p.RecordAddress(identity.RecordAddress{Lines: []string{"1 High Street"}})
		},
		func(p identity.Person) ([]domain.Event, error) {
			return p.RecordEthnicity(identity.RecordEthnicity{Ethnicity: "WBRI"})
		},
		func(p identity.Person) ([]domain.Event, error) { return p.RecordSex(identity.RecordSex{Sex: "F"}) },
	} {
		events, err := decide(p)
		if err != nil || len(events) != 1 {
			t.Fatalf("%v, %v", events, err)
		}
		p = p.Evolve(1, events[0].(identity.Event))
	}
	if p.Name("legal").Fact.Given != "Ann" || !p.Name("known-as").IsZero() || p.Address.Fact.Lines[0] != "1 High Street" ||
		p.Ethnicity.Fact.Ethnicity != "WBRI" || p.Sex.Fact.Sex != "F" {
		t.Errorf("%+v", p)
	}
}

func TestTheLatestClaimOfAnIdentifierHolds(t *testing.T) {
	claim := func(value string) identity.Event { return identity.Identified{Kind: identity.UPN, Value: value} }
	p := fold(claim("a"), claim("b"), identity.Identified{Kind: identity.CHI, Value: "c"}, claim("a"))
	if got := p.Identifier(identity.UPN); got.Fact.Value != "a" || got.Entry != 4 || len(p.Identifiers) != 3 {
		t.Errorf("%+v of %d", got, len(p.Identifiers))
	}
	if !p.Identifier(identity.NHSNumber).IsZero() {
		t.Error("an identifier that nobody claimed")
	}
}
