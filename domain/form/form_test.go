package form_test

import (
	"slices"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/form"
)

var on, rules = domaintest.On, domaintest.Rules

// small is a form on which every rule can be broken.
func small() *form.Definition {
	is := func(question string, codes ...string) *form.Condition {
		return &form.Condition{Question: question, Is: codes}
	}
	return &form.Definition{Name: "small", Version: 1, Title: "A small form", From: domain.MustDate("2026-01-01"), Links: []string{"assessment"},
		Sections: []form.Section{
			{Name: "open", Title: "Open", Questions: []form.Question{
				{Name: "words", Ask: "?", Kind: form.Text},
				{Name: "places", Ask: "?", Kind: form.Lines},
				{Name: "needed", Ask: "?", Kind: form.YesNo, Required: true},
				{Name: "why", Ask: "?", Kind: form.Text, When: is("needed", "yes"), RequiredWhen: is("needed", "yes")},
				{Name: "factors", Ask: "?", Kind: form.Codes, Codes: "assessment-factor"},
				{Name: "born", Ask: "?", Kind: form.Date},
				{Name: "age", Ask: "?", Kind: form.Number, Calculate: &form.Calculation{Years: "born"}},
				{Name: "one", Ask: "?", Kind: form.Number},
				{Name: "two", Ask: "?", Kind: form.Number},
				{Name: "sum", Ask: "?", Kind: form.Number, Calculate: &form.Calculation{Sum: []string{"one", "two"}}},
				{Name: "sex", Ask: "?", Kind: form.Code, Codes: "sex", Known: &form.Known{Event: "person.sex-recorded", Field: "/sex"}},
				{Name: "source", Ask: "?", Kind: form.Code, Codes: "referral-source", Known: &form.Known{Event: "referral.received", Field: "/source"}},
			}},
			{Name: "closed", Title: "Closed", Readers: []string{"manager"}, Questions: []form.Question{{Name: "secret", Ask: "?", Kind: form.Text}}},
		},
		Acts: []form.Act{{Name: "sex", Command: "person.record-sex", Fields: []form.Field{{Field: "/sex", Question: "sex"}}},
			{Name: "end", Command: "assessment.complete", At: form.AtCompletion, When: is("needed", "yes"), Fields: []form.Field{{Field: "/factors", Question: "factors"}}}},
	}
}

func fold(events ...form.Event) form.Forms {
	var fs form.Forms
	for i, e := range events {
		fs = fs.Evolve(uint64(i+1), e)
	}
	return fs
}

func given(question string, values ...string) form.Given {
	return form.Given{Question: question, Values: values}
}

func TestTheRulesOfForms(t *testing.T) {
	links := []form.Link{{Name: "assessment", ID: "a1"}}
	started := form.Started{Dated: on("2026-01-05"), Form: "f1", Definition: "small", Version: 1, Links: links}
	completed := form.Completed{Dated: on("2026-01-20"), Form: "f1"}
	type decision = func(form.Forms) ([]domain.Event, error)
	start := func(d *form.Definition, links ...form.Link) decision {
		return func(fs form.Forms) ([]domain.Event, error) {
			return fs.Start(form.Start{Dated: on("2026-01-05"), Form: "f1", Definition: "small", Links: links}, d, "h")
		}
	}
	answerAs := func(role, day string, d *form.Definition, answers ...form.Given) decision {
		return func(fs form.Forms) ([]domain.Event, error) {
			sheet := form.NewSheet(fs.Find("f1"), d, map[string]form.Value{"words": {Values: []string{"known"}, Entry: 9}})
			return fs.Answer(form.Answer{Dated: on(day), Form: "f1", Answers: answers}, sheet, role)
		}
	}
	answer := func(answers ...form.Given) decision {
		return answerAs("social-worker", "2026-01-05", small(), answers...)
	}
	complete := func(day string, d *form.Definition, known map[string]form.Value) decision {
		return func(fs form.Forms) ([]domain.Event, error) {
			return fs.Complete(form.Complete{Dated: on(day), Form: "f1"}, form.NewSheet(fs.Find("f1"), d, known))
		}
	}
	abandon := func(fs form.Forms) ([]domain.Event, error) {
		return fs.Abandon(form.Abandon{Dated: on("2026-01-20"), Form: "f1", Reason: "moved away"})
	}
	no := map[string]form.Value{"needed": {Values: []string{"no"}}}
	yes := map[string]form.Value{"needed": {Values: []string{"yes"}}}
	open := []form.Event{started}
	for name, tt := range map[string]struct {
		given []form.Event
		when  decision
		want  []string
	}{
		"a start":                        {nil, start(small(), links...), nil},
		"a start twice":                  {open, start(small(), links...), []string{"form-already-started"}},
		"a start on nothing":             {nil, start(nil), []string{"form-definition-unknown"}},
		"a start without its link":       {nil, start(small()), []string{"links-differ"}},
		"a start with a link too many":   {nil, start(small(), links[0], form.Link{Name: "other", ID: "x"}), []string{"links-differ"}},
		"a text":                         {open, answer(given("words", "  Naïve <b>words</b>\x00\u202e ")), nil},
		"a text twice over":              {open, answer(given("words", "one", "two")), []string{"answer-unfit"}},
		"lines":                          {open, answer(given("places", "1 High Street", "Anytown")), nil},
		"what is known":                  {open, answer(given("words", "known")), []string{"answers-already-known"}},
		"what is known beside what not":  {open, answer(given("words", "known"), given("needed", "no")), nil},
		"an answer of no form":           {nil, answer(given("words", "x")), []string{"form-unknown"}},
		"an answer before":               {open, answerAs("social-worker", "2026-01-04", small(), given("words", "x")), []string{"before-form"}},
		"an answer after the end":        {append(open, completed), answer(given("words", "x")), []string{"form-ended"}},
		"an answer on no definition":     {open, answerAs("social-worker", "2026-01-05", nil, given("words", "x")), []string{"form-definition-missing"}},
		"an answer to nothing":           {open, answer(given("weather", "x")), []string{"question-unknown"}},
		"an answer of who may not see":   {open, answer(given("secret", "x")), []string{"section-closed"}},
		"an answer of who may":           {open, answerAs("manager", "2026-01-05", small(), given("secret", "x")), nil},
		"a hidden question":              {open, answer(given("why", "x")), []string{"question-hidden"}},
		"a question shown by the same":   {open, answer(given("why", "x"), given("needed", "yes")), nil},
		"a question hidden by the same":  {open, answer(given("why", "x"), given("needed", "no")), []string{"question-hidden"}},
		"a calculation":                  {open, answer(given("age", "5")), []string{"question-calculated"}},
		"what is carried":                {open, answer(given("source", "1A")), []string{"question-carried"}},
		"what becomes a command":         {open, answer(given("sex", "F")), nil},
		"neither answer nor reason":      {open, answer(given("words")), []string{"values-or-reason"}},
		"a reason":                       {open, answer(form.Given{Question: "words", NotGiven: "declined"}), nil},
		"an answer and a reason":         {open, answer(form.Given{Question: "words", Values: []string{"x"}, NotGiven: "declined"}), []string{"values-or-reason"}},
		"a date":                         {open, answer(given("born", "2020-02-29")), nil},
		"a date that is none":            {open, answer(given("born", "2021-02-29")), []string{"answer-unfit"}},
		"a number":                       {open, answer(given("one", "-12")), nil},
		"a number in other digits":       {open, answer(given("one", "+012")), []string{"answer-unfit"}},
		"a number that is too large":     {open, answer(given("one", "1000000001")), []string{"answer-unfit"}},
		"a code that is none":            {open, answer(given("factors", "99Z")), []string{"answer-unfit"}},
		"a code twice":                   {open, answer(given("factors", "1A", "1A")), []string{"answer-unfit"}},
		"a code of the day":              {open, answer(given("factors", "1A", "2B")), nil},
		"a code that was withdrawn":      {open, answer(given("factors", "18A")), []string{"answer-not-in-force"}},
		"a completion":                   {open, complete("2026-01-05", small(), no), nil},
		"a completion with a question":   {open, complete("2026-01-05", small(), nil), []string{"form-incomplete"}},
		"a completion with the next":     {open, complete("2026-01-05", small(), yes), []string{"form-incomplete"}},
		"a completion of nothing":        {nil, complete("2026-01-05", nil, nil), []string{"form-unknown"}},
		"a completion twice":             {append(open, completed), complete("2026-01-20", small(), no), []string{"form-ended"}},
		"a completion before":            {open, complete("2026-01-04", small(), no), []string{"before-form"}},
		"a form given up":                {open, abandon, nil},
		"a completed form given up":      {append(open, completed), abandon, []string{"form-ended"}},
		"a form given up that was never": {nil, abandon, []string{"form-unknown"}},
	} {
		events, err := tt.when(fold(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, tt.want, events)
		}
	}
}

func TestARefusedAnswerIsNamedByItsPlace(t *testing.T) {
	fs := fold(form.Started{Dated: on("2026-01-05"), Form: "f1", Definition: "small", Version: 1})
	_, err := fs.Answer(form.Answer{Dated: on("2026-01-05"), Form: "f1", Answers: []form.Given{given("words", "x"), given("why", "y")}},
		form.NewSheet(fs.Find("f1"), small(), nil), "manager")
	refused, ok := err.(domain.Refusals)
	if !ok || len(refused) != 1 || refused[0].Pointer != "/answers/1/question" {
		t.Errorf("%+v", err)
	}
}

func TestACalculationUsesWhatIsShownAndAHiddenAnswerIsNone(t *testing.T) {
	f := fold(form.Started{Dated: on("2026-02-28"), Form: "f1", Definition: "small", Version: 1}).Find("f1")
	known := map[string]form.Value{"born": {Values: []string{"2020-02-29"}}, "one": {Values: []string{"3"}}, "two": {Values: []string{"-5"}},
		"needed": {Values: []string{"no"}}, "why": {Values: []string{"an earlier answer"}}}
	s := form.NewSheet(f, small(), known)
	for question, want := range map[string]string{"age": "6", "sum": "-2", "why": ""} {
		got := ""
		if v := s.Value(question).Values; len(v) > 0 {
			got = v[0]
		}
		if got != want {
			t.Errorf("%s is %q, want %q", question, got, want)
		}
	}
	if v := form.NewSheet(f, small(), nil).Value("sum"); !v.IsZero() {
		t.Errorf("the sum of nothing is %v", v)
	}
	if s.With(domain.MustDate("2026-03-01"), []form.Given{given("needed", "yes")}).Value("why").IsZero() {
		t.Error("a question that is shown again has lost its answer")
	}
}

func TestAnActIsPerformedWithItsAnswerOrAtTheEndIfItsConditionHolds(t *testing.T) {
	f := fold(form.Started{Dated: on("2026-01-05"), Form: "f1", Definition: "small", Version: 1}).Find("f1")
	s := form.NewSheet(f, small(), map[string]form.Value{"needed": {Values: []string{"no"}}})
	if due := s.Due([]form.Given{given("sex", "F"), given("words", "x")}); len(due) != 1 || due[0].Name != "sex" {
		t.Errorf("%v", due)
	}
	if due := s.Due([]form.Given{{Question: "sex", NotGiven: "declined"}}); len(due) != 0 {
		t.Errorf("no answer becomes %v", due)
	}
	if end := s.Closing(); len(end) != 0 {
		t.Errorf("%v", end)
	}
	s = s.With(domain.MustDate("2026-01-06"), []form.Given{given("needed", "yes")})
	if end := s.Closing(); len(end) != 1 || end[0].Name != "end" {
		t.Errorf("%v", end)
	}
}
