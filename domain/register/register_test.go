package register_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/register"
)

func TestTheAnswerIsAsGoodAsTheBestNameThatFits(t *testing.T) {
	ask := register.Enquire{Child: register.Child{Family: "Archer"}}
	for name, tt := range map[string]struct {
		when  register.Enquire
		found []register.Match
		want  string
		rules []string
	}{
		"nobody":              {ask, nil, register.NotOnIt, nil},
		"one in part":         {ask, []register.Match{{}}, register.Possible, nil},
		"one exactly":         {ask, []register.Match{{}, {Exact: true}, {}}, register.OnRegister, nil},
		"by number only":      {register.Enquire{Child: register.Child{Number: "AT1"}}, nil, register.NotOnIt, nil},
		"asked for nobody":    {register.Enquire{}, nil, register.NotOnIt, []string{"nobody-asked-for"}},
		"asked for some Anne": {register.Enquire{Child: register.Child{Given: "Anne"}}, nil, register.NotOnIt, []string{"nobody-asked-for"}},
	} {
		e, err := register.Answer(tt.when, tt.found, 2)
		if e.Answer != tt.want || e.Earlier != 2 || !slices.Equal(domaintest.Rules(err), tt.rules) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func TestANameFitsByNumberOrByFamilyNameAndBirth(t *testing.T) {
	born := domain.MustDate("2015-05-05")
	for name, tt := range map[string]struct {
		asked         register.Child
		born          domain.Date
		exact, partly bool
	}{
		"the number":                      {register.Child{Number: "la100"}, born, true, true},
		"the number and another name":     {register.Child{Number: "LA100", Family: "Baker"}, born, true, true},
		"another number":                  {register.Child{Number: "LA101"}, born, false, false},
		"family name and birth":           {register.Child{Family: "archer ", Born: born}, born, true, true},
		"another day, the same names":     {register.Child{Family: "Archer", Given: "Ann", Born: born.AddDays(1)}, born, false, true},
		"another day, another given name": {register.Child{Family: "Archer", Given: "Eve", Born: born.AddDays(1)}, born, false, false},
		"the family name only":            {register.Child{Family: "Archer"}, born, false, true},
		"family name, other given name":   {register.Child{Family: "Archer", Given: "Eve"}, born, false, false},
		"given name and birth":            {register.Child{Family: "Baker", Given: "Ann", Born: born}, born, false, true},
		"an unborn child of the family":   {register.Child{Family: "Archer", Born: born}, domain.Date{}, false, true},
	} {
		exact, partly := tt.asked.Fits("Ann", "Archer", tt.born, []string{"LA100"})
		if exact != tt.exact || partly != tt.partly {
			t.Errorf("%s: exact %t, partly %t", name, exact, partly)
		}
	}
}

func TestAnEnquiryKnowsWhatItsEntrySays(t *testing.T) {
	q := register.Enquiry{}.Evolve(domain.Entry{Seq: 1, Event: register.Enquired{Answer: register.Possible}})
	if q.Enquired.Fact.Answer != register.Possible || q.Enquired.Entry != 1 {
		t.Errorf("%+v", q)
	}
}
