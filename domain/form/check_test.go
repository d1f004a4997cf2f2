package form_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"caseledger/domain/form"
)

func TestACheckFindsEachFaultByPlaceAndRule(t *testing.T) {
	question := func(d *form.Definition, i int) *form.Question { return &d.Sections[0].Questions[i] }
	is := func(question string, codes ...string) *form.Condition {
		return &form.Condition{Question: question, Is: codes}
	}
	for name, tt := range map[string]struct {
		change func(*form.Definition)
		want   string
	}{
		"none":                     {func(*form.Definition) {}, ""},
		"a name in capitals":       {func(d *form.Definition) { d.Name = "Small" }, "/form"},
		"a section twice":          {func(d *form.Definition) { d.Sections[1].Name = "open" }, "/sections/1/section"},
		"a question twice":         {func(d *form.Definition) { question(d, 1).Name = "words" }, "/sections/0/questions/1/question"},
		"codes of no set":          {func(d *form.Definition) { question(d, 4).Codes = "weathers" }, "/sections/0/questions/4/codes"},
		"codes without a set":      {func(d *form.Definition) { question(d, 4).Codes = "" }, "/sections/0/questions/4/codes"},
		"a text with a set":        {func(d *form.Definition) { question(d, 0).Codes = "sex" }, "/sections/0/questions/0/codes"},
		"a condition of no form":   {func(d *form.Definition) { question(d, 3).When = &form.Condition{Question: "needed"} }, "/sections/0/questions/3/when"},
		"a condition of two forms": {func(d *form.Definition) { question(d, 3).When.Not = is("needed", "no") }, "/sections/0/questions/3/when"},
		"a condition on nothing":   {func(d *form.Definition) { question(d, 3).When = is("weather", "yes") }, "/sections/0/questions/3/when/question"},
		"a condition on a text":    {func(d *form.Definition) { question(d, 3).When = is("words", "yes") }, "/sections/0/questions/3/when/question"},
		"a condition on no answer": {func(d *form.Definition) { question(d, 3).When = is("needed", "yes", "perhaps") }, "/sections/0/questions/3/when/is/1"},
		"a condition tells": {func(d *form.Definition) {
			d.Sections[1].Questions[0].Kind, question(d, 3).When = form.YesNo, is("secret", "yes")
		}, "/sections/0/questions/3/when/question"},
		"a question by itself":    {func(d *form.Definition) { question(d, 2).When = is("needed", "yes") }, "/sections/0/questions/2"},
		"a sum of itself":         {func(d *form.Definition) { question(d, 9).Calculate.Sum = []string{"one", "sum"} }, "/sections/0/questions/9"},
		"a condition in a circle": {func(d *form.Definition) { question(d, 3).Kind = form.YesNo; question(d, 2).When = is("why", "yes") }, "/sections/0/questions/2"},
		"what can never be": {func(d *form.Definition) {
			question(d, 3).When = &form.Condition{All: []form.Condition{*is("needed", "yes"), *is("needed", "no")}}
		}, "/sections/0/questions/3"},
		"never, by way of another": {func(d *form.Definition) {
			question(d, 3).Kind = form.YesNo
			question(d, 0).When = &form.Condition{All: []form.Condition{*is("needed", "no"), *is("why", "yes")}}
		}, "/sections/0/questions/0"},
		"never required": {func(d *form.Definition) { question(d, 3).RequiredWhen = is("needed", "no") }, "/sections/0/questions/3/requiredWhen"},
		"never performed": {func(d *form.Definition) {
			d.Acts[1].When = &form.Condition{Not: &form.Condition{Any: []form.Condition{*is("needed", "yes"), {Not: is("needed", "yes")}}}}
		}, "/acts/1/when"},
		"a sum of texts":          {func(d *form.Definition) { question(d, 9).Calculate.Sum = []string{"words"} }, "/sections/0/questions/9/calculate/sum/0"},
		"years from nothing":      {func(d *form.Definition) { question(d, 6).Calculate.Years = "weather" }, "/sections/0/questions/6/calculate/years"},
		"a sum and years":         {func(d *form.Definition) { question(d, 6).Calculate.Sum = []string{"one"} }, "/sections/0/questions/6/calculate"},
		"a calculation of a text": {func(d *form.Definition) { question(d, 6).Kind = form.Text }, "/sections/0/questions/6/calculate"},
		"a calculation required":  {func(d *form.Definition) { question(d, 6).Required = true }, "/sections/0/questions/6/calculate"},
		"a calculation that tells": {func(d *form.Definition) {
			d.Sections[1].Questions[0].Kind = form.Number
			question(d, 9).Calculate.Sum = []string{"secret"}
		}, "/sections/0/questions/9/calculate/sum/0"},
		"always and when":           {func(d *form.Definition) { question(d, 2).RequiredWhen = is("factors", "1A") }, "/sections/0/questions/2/requiredWhen"},
		"what is shown is required": {func(d *form.Definition) { question(d, 11).Required = true }, "/sections/0/questions/11/known"},
		"an act twice":              {func(d *form.Definition) { d.Acts[1].Name = "sex" }, "/acts/1/act"},
		"a field of nothing":        {func(d *form.Definition) { d.Acts[0].Fields[0].Question = "" }, "/acts/0/fields/0"},
		"a field of no question":    {func(d *form.Definition) { d.Acts[0].Fields[0].Question = "weather" }, "/acts/0/fields/0/question"},
		"a field of no link":        {func(d *form.Definition) { d.Acts[1].Fields[0] = form.Field{Field: "/assessment", Link: "weather"} }, "/acts/1/fields/0/link"},
		"a question of two acts":    {func(d *form.Definition) { d.Acts[1].At, d.Acts[1].Fields[0].Question = "", "sex" }, "/acts/1/fields/0/question"},
	} {
		d := small()
		tt.change(d)
		faults := d.Check()
		found := slices.ContainsFunc(faults, func(f form.Fault) bool { return f.Place == tt.want })
		if tt.want == "" && len(faults) > 0 || tt.want != "" && !found {
			t.Errorf("%s: %v, want %s", name, faults, tt.want)
		}
	}
}

func TestACheckOfAnInvolvedConditionEnds(t *testing.T) {
	d := &form.Definition{Name: "deep", Version: 1, Title: "Deep"}
	var before []form.Condition
	section := form.Section{Name: "one", Title: "One"}
	for i := range 400 {
		name := fmt.Sprintf("q%d", i)
		q := form.Question{Name: name, Ask: "?", Kind: form.YesNo}
		if len(before) > 0 {
			q.When = &form.Condition{Any: before}
		}
		section.Questions = append(section.Questions, q)
		before = []form.Condition{{Question: name, Is: []string{"yes"}}, {Question: name, Is: []string{"no"}}}
	}
	d.Sections = []form.Section{section}
	_ = d.Check() // it may say that this is too involved, and does not go on for ever
}

// TestAConditionIsImpossibleIfNoAnswersOfAllFulfilIt compares the search with
// trying everything.
func TestAConditionIsImpossibleIfNoAnswersOfAllFulfilIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c"}
		var draw func(depth int) form.Condition
		draw = func(depth int) form.Condition {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			if depth == 0 {
				kind = 0
			}
			switch kind {
			case 1:
				return form.Condition{All: []form.Condition{draw(depth - 1), draw(depth - 1)}}
			case 2:
				return form.Condition{Any: []form.Condition{draw(depth - 1), draw(depth - 1)}}
			case 3:
				not := draw(depth - 1)
				return form.Condition{Not: &not}
			}
			return form.Condition{Question: rapid.SampledFrom(names).Draw(t, "question"), Is: []string{rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "is")}}
		}
		when := draw(3)
		d := &form.Definition{Name: "drawn", Version: 1, Title: "Drawn", Sections: []form.Section{{Name: "s", Title: "S", Questions: []form.Question{
			{Name: "a", Ask: "?", Kind: form.YesNo},
			{Name: "b", Ask: "?", Kind: form.YesNo, When: &form.Condition{Question: "a", Is: []string{"yes"}}},
			{Name: "c", Ask: "?", Kind: form.YesNo}, {Name: "asked", Ask: "?", Kind: form.Text, When: &when}}}}}
		possible := false
		for n := range 27 {
			known := make(map[string]form.Value)
			for _, name := range names {
				if v := []string{"", "yes", "no"}[n%3]; v != "" {
					known[name] = form.Value{Values: []string{v}}
				}
				n /= 3
			}
			possible = possible || form.NewSheet(form.Form{}, d, known).Shown("asked")
		}
		if faults := d.Check(); (len(faults) == 0) != possible {
			t.Fatalf("%+v: possible %v, %v", when, possible, faults)
		}
	})
}

func TestAViewShowsOrWithholdsEveryQuestionOnceAndNothingOfAClosedSection(t *testing.T) {
	d := &form.Definition{Name: "two", Sections: []form.Section{
		{Name: "open", Questions: []form.Question{{Name: "health"}}},
		{Name: "closed", Readers: []string{"social-worker"}, Questions: []form.Question{{Name: "secret"}}}}}
	show := func(questions ...string) []form.Part {
		p := form.Part{Heading: "Facts"}
		for _, q := range questions {
			p.Facts = append(p.Facts, form.Fact{Question: q, Words: q})
		}
		return []form.Part{p}
	}
	hide := func(questions ...string) []form.Withheld {
		return []form.Withheld{{What: "x", Why: "y", Questions: questions}}
	}
	for name, tt := range map[string]struct {
		audience string
		of       *form.Definition
		parts    []form.Part
		withheld []form.Withheld
		want     string
	}{
		"all named":       {"teacher", d, show("health"), hide("secret"), ""},
		"one forgotten":   {"teacher", d, show("health"), nil, "/withheld"},
		"one twice":       {"teacher", d, show("health", "health"), hide("secret"), "/parts/0/facts/1/question"},
		"one unknown":     {"teacher", d, show("health"), hide("secret", "weather"), "/withheld/0/questions/1"},
		"one closed":      {"teacher", d, show("health", "secret"), nil, "/parts/0/facts/1/question"},
		"one open to him": {"social-worker", d, show("health", "secret"), nil, ""},
		"a form unknown":  {"teacher", nil, show("health"), nil, "/form"},
	} {
		faults := form.View{Name: "v", Of: "two", Audience: tt.audience, Parts: tt.parts, Withheld: tt.withheld}.Check(tt.of)
		if tt.want == "" && len(faults) > 0 || tt.want != "" && (len(faults) != 1 || faults[0].Place != tt.want) {
			t.Errorf("%s: %v, want %s", name, faults, tt.want)
		}
	}
	if v := (form.View{Readers: []string{"manager"}}); v.ReadBy("teacher") || !v.ReadBy("manager") {
		t.Error("a view is not read by its readers alone")
	}
}
