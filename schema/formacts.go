package schema

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"caseledger/domain"
	"caseledger/domain/form"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// start decides on a new form.
func (f *Forms) start(r record.Record, c form.Start) ([]domain.Event, error) {
	one := f.latest(c.Definition, c.Happened)
	if c.Version > 0 {
		one = f.version(c.Definition, c.Version, "")
	}
	if one == nil {
		return r.Forms.Start(c, nil, "")
	}
	return r.Forms.Start(c, &one.Definition, one.Hash)
}

// answer decides on answers, and on the commands that they become.
func (f *Forms) answer(r record.Record, s Setting, c form.Answer) ([]domain.Event, error) {
	sheet := f.Sheet(r, c.Form)
	events, err := r.Forms.Answer(c, sheet, s.Role)
	if err != nil {
		return events, err
	}
	after := sheet.With(c.Happened, c.Answers)
	return f.perform(r, s, events, after, after.Due(sheet.Changed(c.Answers)), c.Happened)
}

// complete decides on the end of a form, and on the commands that it becomes.
func (f *Forms) complete(r record.Record, s Setting, c form.Complete) ([]domain.Event, error) {
	sheet := f.Sheet(r, c.Form)
	events, err := r.Forms.Complete(c, sheet)
	if err != nil {
		return events, err
	}
	done, err := f.perform(r, s, nil, sheet, sheet.Closing(), c.Happened)
	return append(done, events...), err
}

// perform decides on acts one after the other, each on the record as what comes
// before leaves it, and returns all events.
func (f *Forms) perform(r record.Record, s Setting, events []domain.Event, sheet form.Sheet, acts []form.Act, day domain.Date) ([]domain.Event, error) {
	by := domain.Actor{ID: s.By, Role: s.Role}
	r = ahead(r.Fork(), by, events)
	of := f.of(sheet.Form)
	for _, a := range acts {
		build := of.acts[a.Name]
		command, err := build.make(a, sheet, day, len(r.Entries)+1)
		if err != nil {
			return events, err
		}
		more, err := build.command.Decide(r, s, command)
		if err != nil {
			return events, err
		}
		r, events = ahead(r, by, more), append(events, more...)
	}
	return events, nil
}

// make makes the command of an act. What its own tags forbid is a refusal that
// names the question and the rule.
func (b actBuilder) make(a form.Act, sheet form.Sheet, day domain.Date, n int) (any, error) {
	v := reflect.New(b.command.Go).Elem()
	if path, err := fieldOf(b.command.Go, "/happened"); err == nil {
		_ = path.set(v, []string{day.String()}) // a day as it is written fits
	}
	for i, f := range a.Fields {
		values := fieldValues(f, a, sheet, n)
		if len(values) == 0 {
			continue
		}
		if err := b.fields[i].set(v, values); err != nil {
			return nil, unfit("")
		}
	}
	command := v.Interface()
	var invalid *eventstore.ValidationError
	if err := eventstore.Validate(command); errors.As(err, &invalid) {
		return nil, unfit(questionAt(a, invalid.Faults[0].Pointer))
	} else if err != nil {
		return nil, err
	}
	return command, nil
}

func unfit(question string) error {
	about := "an answer"
	if question != "" {
		about = "the answer to " + question
	}
	return domain.Refusals{{Rule: "command-not-acceptable", Reason: "The command that the answers become cannot take " + about + "."}}
}

// questionAt returns the question that gives a member its value.
func questionAt(a form.Act, pointer string) string {
	i := slices.IndexFunc(a.Fields, func(f form.Field) bool { return f.Field == pointer })
	if i < 0 {
		return ""
	}
	return a.Fields[i].Question
}

func fieldValues(f form.Field, a form.Act, sheet form.Sheet, n int) []string {
	switch {
	case f.Question != "":
		return sheet.Value(f.Question).Values
	case f.Link != "":
		return some(sheet.Link(f.Link))
	case f.New:
		return some(fmt.Sprintf("%s-%d", a.Name, n))
	}
	return some(f.Value)
}

// Becomes returns the names of the commands that a command about a form can
// become on a record: whoever gives it needs to be allowed each of them.
func (r *Records) Becomes(ctx context.Context, id domain.RecordID, command any) ([]string, error) {
	if c, ok := command.(Correction); ok {
		command = c.Command
	}
	var of form.ID
	var asked func(form.Sheet) []form.Act
	switch c := command.(type) {
	case form.Answer:
		of, asked = c.Form, func(s form.Sheet) []form.Act { return s.Due(c.Answers) }
	case form.Complete:
		of, asked = c.Form, form.Sheet.Closing
	default:
		return nil, nil
	}
	on, _, err := r.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	sheet := r.Forms.Sheet(on, of)
	if sheet.Definition == nil {
		return nil, nil
	}
	if c, ok := command.(form.Answer); ok {
		sheet = sheet.With(c.Happened, c.Answers)
	}
	var names []string
	for _, a := range asked(sheet) {
		names = append(names, a.Command)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
