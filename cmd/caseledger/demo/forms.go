package demo

import (
	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/form"
)

// everyForm is how many assessments come before the next that is written on a
// form; the others are completed as they were before there were forms.
const everyForm = 12

// onForm reports whether an assessment is written on the form.
func (g *generator) onForm() bool {
	g.assessed++
	return g.assessed%everyForm == 1
}

// coreAssessment is an assessment that is written on its form, and completed
// with it.
func coreAssessment(id assessment.ID, begun, done domain.Date, factors []string) []any {
	of := form.ID("core-" + string(id))
	return []any{
		form.Start{Dated: dated(begun), Form: of, Definition: "core-assessment", Links: []form.Link{{Name: "assessment", ID: string(id)}}},
		form.Answer{Dated: dated(done), Form: of, Answers: []form.Given{
			answer("language", "English"), answer("interpreter", "no"),
			answer("reason", "A teacher was worried about how tired the child was."),
			answer("health", "Well, and seen by the health visitor."), answer("health-services", "yes"),
			answer("education", "Curious, and fond of stories."), answer("school", "Mill Lane School and Nursery"),
			answer("attendance-concern", "yes"), answer("attendance", "Mornings are hard after a bad night."),
			answer("relationships", "Close to the grandmother."),
			answer("basic-care", "Fed and clothed, and often tired."), answer("safety", "There was shouting at night; nobody was hurt."),
			answer("family-history", "The parents have parted and come together again twice."),
			answer("parent-views", "We know that the nights have to change."),
			answer("strengths", "The grandmother helps at weekends."), answer("concerns", "Tiredness, and what the child hears at night."),
			answer("analysis", "With help in the mornings and a plan for the nights the child can be well at home."),
			answer("services", "Family support, twice a week."), answer("factors", factors...),
		}},
		form.Complete{Dated: dated(done), Form: of},
	}
}

// report is the social worker's report to a conference. What the assessment
// found out is in it without being typed again.
func report(conference string, met domain.Date, category string) []any {
	of := form.ID("report-" + conference)
	return []any{
		form.Start{Dated: dated(met), Form: of, Definition: "conference-report", Links: []form.Link{{Name: "conference", ID: conference}}},
		form.Answer{Dated: dated(met), Form: of, Answers: []form.Given{
			answer("registered-before", "no"), answer("enquiry-findings", "The child was hurt when the parents fought."),
			answer("child-attends", "no"), answer("child-represented", "The social worker brings what the child said."),
			answer("risk-analysis", "More such nights are likely, and the child is too young to keep out of the way."),
			answer("plan-recommended", "yes"), answer("category-recommended", category), answer("outline-plan", "The children are safe at home."),
		}},
		form.Complete{Dated: dated(met), Form: of},
	}
}

// givenUp is a report that was begun and given up, because no conference met.
func givenUp(conference string, day domain.Date) []any {
	of := form.ID("report-" + conference)
	return []any{
		form.Start{Dated: dated(day), Form: of, Definition: "conference-report", Links: []form.Link{{Name: "conference", ID: conference}}},
		form.Abandon{Dated: dated(day), Form: of, Reason: "The enquiry ended without a conference."},
	}
}

func answer(question string, values ...string) form.Given {
	return form.Given{Question: question, Values: values}
}

// prepared are the reports that some children's conferences are given.
func (f *family) prepared(conference string, met domain.Date, category string) {
	if f.g.reported++; f.g.reported%everyForm == 1 {
		f.early(met, report(conference, met, category))
	}
}

// unprepared are reports to conferences that did not come about.
func (f *family) unprepared(enquiry string, day domain.Date) {
	if f.g.dropped++; f.g.dropped%everyForm == 1 {
		f.early(day, givenUp("none-"+enquiry, day))
	}
}

// early writes acts down on each child's record as soon as the day begins. It
// draws nothing, so that the lives are the same with it and without it.
func (f *family) early(day domain.Date, commands []any) {
	when := at(day, 8, 59)
	if when.Before(f.now) {
		when = f.now
	}
	if f.ended || domain.DateOf(when).After(lastDay) {
		return
	}
	for _, c := range f.children {
		f.g.steps = append(f.g.steps, step{at: when, order: len(f.g.steps), record: c.record, by: f.worker, commands: commands})
	}
}
