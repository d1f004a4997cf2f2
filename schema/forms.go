package schema

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/invopop/jsonschema"

	"caseledger/domain"
	"caseledger/domain/form"
	"caseledger/domain/record"
	"caseledger/eventstore"
)

// Limits of definitions of forms and views.
const (
	MaxFormBytes = 1 << 20 // of one file
	MaxForms     = 1_000   // versions of definitions, and as many views
)

// Forms are the definitions of forms and views at hand: those that come with
// the program, and the authority's own.
type Forms struct {
	forms    []Form // by name and version
	views    []form.View
	commands map[string]Command
	events   map[string]EventType
}

// Form is one version of a definition at hand.
type Form struct {
	form.Definition
	Hash  string // SHA-256 of its text, in hexadecimal
	known map[reflect.Type][]*origin
	acts  map[string]actBuilder
}

// origin is where the answers to some questions stand: in events of a type that
// fulfil the same conditions.
type origin struct {
	named  []form.Where // the conditions, as the definition has them
	where  []condition
	fields map[string]fieldPath // by question
}

// condition tells events of a type apart.
type condition struct {
	field fieldPath
	is    string
}

// actBuilder makes an act's command.
type actBuilder struct {
	command Command
	fields  []fieldPath // of the act's fields, in their order
}

// NewForms returns the definitions that come with the program and those of more
// texts, each of which is a form or a view. A text with faults is an error: an
// *UnfitError that says which.
func NewForms(texts ...[]byte) (*Forms, error) {
	f := &Forms{commands: make(map[string]Command), events: make(map[string]EventType)}
	for _, c := range Commands() {
		f.commands[c.Name] = c
	}
	for _, e := range Events() {
		f.events[e.Name] = e
	}
	var views []int
	all := append(form.Shipped(), texts...)
	own := len(all) - len(texts)
	for i, text := range all {
		if isView(text) {
			views = append(views, i) // the forms that they are of may come later
			continue
		}
		if err := f.addForm(text); err != nil {
			return nil, &UnfitError{Text: i - own, Err: err}
		}
	}
	for _, i := range views {
		if err := f.addView(all[i]); err != nil {
			return nil, &UnfitError{Text: i - own, Err: err}
		}
	}
	return f, nil
}

// UnfitError says what is wrong with one of the texts given to NewForms.
type UnfitError struct {
	Text int // its number, from 0
	Err  error
}

func (e *UnfitError) Error() string { return fmt.Sprintf("definition %d: %v", e.Text, e.Err) }

// Unwrap returns what is wrong.
func (e *UnfitError) Unwrap() error { return e.Err }

// isView reports whether a text says that it is a view.
func isView(text []byte) bool {
	var members map[string]jsontext.Value
	err := json.Unmarshal(text, &members)
	return err == nil && members["view"] != nil
}

func (f *Forms) addForm(text []byte) error {
	one, err := f.ReadForm(text)
	if err != nil {
		return err
	}
	same := func(o Form) bool { return o.Name == one.Name && o.Version == one.Version }
	if i := slices.IndexFunc(f.forms, same); i >= 0 {
		if f.forms[i].Hash == one.Hash {
			return nil
		}
		return form.Faults{{Place: "/version", Rule: "another text has this name and version: a version is never changed"}}
	}
	if len(f.forms) == MaxForms {
		return fmt.Errorf("more than %d definitions", MaxForms)
	}
	if faults := f.unlike(one); faults != nil {
		return faults
	}
	f.forms = append(f.forms, one)
	slices.SortFunc(f.forms, func(a, b Form) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return nil
}

// unlike finds questions that are of another kind in another form: an answer
// given in one is known in all.
func (f *Forms) unlike(one Form) form.Faults {
	type kind struct {
		kind  form.Kind
		codes string
	}
	kinds := make(map[string]kind)
	for _, other := range f.forms {
		for _, q := range other.All {
			kinds[q.Name] = kind{q.Kind, string(q.Codes)}
		}
	}
	var faults form.Faults
	for i, s := range one.Sections {
		for j, q := range s.Questions {
			if other, known := kinds[q.Name]; known && other != (kind{q.Kind, string(q.Codes)}) {
				faults = append(faults, form.Fault{Place: fmt.Sprintf("/sections/%d/questions/%d/kind", i, j), Rule: "the question is of another kind in another form"})
			}
		}
	}
	return faults
}

func (f *Forms) addView(text []byte) error {
	v, err := f.ReadView(text)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(f.views, func(o form.View) bool { return o.Audience == v.Audience && o.Of == v.Of && o.Version >= v.Version }); i >= 0 {
		if reflect.DeepEqual(f.views[i], v) {
			return nil
		}
		return form.Faults{{Place: "/version", Rule: "a view of this form for this audience has this version, or a later one"}}
	}
	if len(f.views) == MaxForms {
		return fmt.Errorf("more than %d views", MaxForms)
	}
	f.views = slices.DeleteFunc(f.views, func(o form.View) bool { return o.Audience == v.Audience && o.Of == v.Of })
	f.views = append(f.views, v)
	return nil
}

// ReadForm reads a definition strictly, and checks it. Faults name the place and
// the rule, and repeat nothing of the text.
func (f *Forms) ReadForm(text []byte) (Form, error) {
	var one Form
	if err := readDefinition(text, &one.Definition); err != nil {
		return Form{}, err
	}
	faults := one.Check()
	faults = append(faults, f.bind(&one)...)
	if len(faults) > 0 {
		return Form{}, faults
	}
	sum := sha256.Sum256(text)
	one.Hash = hex.EncodeToString(sum[:])
	return one, nil
}

// ReadView reads a view strictly, and checks it against the version of its form
// that it was written for.
func (f *Forms) ReadView(text []byte) (form.View, error) {
	var v form.View
	if err := readDefinition(text, &v); err != nil {
		return form.View{}, err
	}
	var of *form.Definition
	if one := f.version(v.Of, v.OfVersion, ""); one != nil {
		of = &one.Definition
	}
	if faults := v.Check(of); len(faults) > 0 {
		return form.View{}, faults
	}
	return v, nil
}

func readDefinition(text []byte, to any) error {
	if len(text) > MaxFormBytes {
		return form.Faults{{Place: "", Rule: fmt.Sprintf("the text has more than %d bytes", MaxFormBytes)}}
	}
	if err := json.Unmarshal(text, to, json.RejectUnknownMembers(true)); err != nil {
		place, rule := shapeFault(err)
		return form.Faults{{Place: place, Rule: rule}}
	}
	var invalid *eventstore.ValidationError
	err := eventstore.Validate(to)
	if !errors.As(err, &invalid) {
		return err
	}
	var faults form.Faults
	for _, one := range invalid.Faults {
		faults = append(faults, form.Fault{Place: one.Pointer, Rule: one.Rule})
	}
	return faults
}

// bind finds what a definition names in the catalogues of events and commands,
// and what it names there in vain.
func (f *Forms) bind(one *Form) form.Faults {
	b := binder{f: f, of: one, kinds: make(map[string]*form.Question)}
	one.known, one.acts = make(map[reflect.Type][]*origin), make(map[string]actBuilder)
	for _, q := range one.All {
		b.kinds[q.Name] = q
	}
	for i, s := range one.Sections {
		for j, q := range s.Questions {
			if q.Known != nil {
				b.origin(fmt.Sprintf("/sections/%d/questions/%d/known", i, j), q)
			}
		}
	}
	for i, a := range one.Acts {
		b.act(fmt.Sprintf("/acts/%d", i), a)
	}
	return b.faults
}

type binder struct {
	f      *Forms
	of     *Form
	kinds  map[string]*form.Question
	faults form.Faults
}

func (b *binder) fault(place, rule string, is bool) bool {
	if is {
		b.faults = append(b.faults, form.Fault{Place: place, Rule: rule})
	}
	return is
}

func (b *binder) origin(place string, q form.Question) {
	t, known := b.f.events[q.Known.Event]
	if b.fault(place+"/event", "no event has this name", !known) {
		return
	}
	field, err := fieldOf(t.Go, q.Known.Field)
	b.fault(place+"/field", "the event has no such member", err != nil)
	b.fault(place+"/field", "the member cannot hold an answer of this kind", err == nil && !field.fits(q.Kind))
	b.originOf(t.Go, place, q.Known.Where).fields[q.Name] = field
}

// originOf returns the origin of a type with the conditions.
func (b *binder) originOf(t reflect.Type, place string, where []form.Where) *origin {
	o := &origin{named: where, fields: make(map[string]fieldPath)}
	for i, w := range where {
		field, err := fieldOf(t, w.Field)
		b.fault(fmt.Sprintf("%s/where/%d/field", place, i), "the event has no such member", err != nil || !field.fits(form.YesNo) && !field.fits(form.Text))
		o.where = append(o.where, condition{field, w.Is})
	}
	for _, other := range b.of.known[t] {
		if slices.Equal(other.named, where) {
			return other
		}
	}
	b.of.known[t] = append(b.of.known[t], o)
	return o
}

func (b *binder) act(place string, a form.Act) {
	command, known := b.f.commands[a.Command]
	if b.fault(place+"/command", "no command has this name", !known) {
		return
	}
	if b.fault(place+"/command", "a form does not fill in forms", strings.HasPrefix(a.Command, "form.") || a.Command == "person.register") {
		return
	}
	build := actBuilder{command: command}
	given := make(map[string]bool)
	for i, f := range a.Fields {
		at := fmt.Sprintf("%s/fields/%d", place, i)
		field, err := fieldOf(command.Go, f.Field)
		build.fields = append(build.fields, field)
		if b.fault(at+"/field", "the command has no such member", err != nil) {
			continue
		}
		b.fault(at+"/field", "an earlier field gives this member its value", given[f.Field])
		given[f.Field] = true
		member, _, _ := strings.Cut(f.Field[1:], "/")
		given["/"+member] = true
		q := b.kinds[f.Question]
		b.fault(at+"/field", "the member cannot hold this value", q != nil && !field.fits(q.Kind) || q == nil && !field.fits(form.Text) && !field.fits(form.YesNo))
		if q != nil && a.At != form.AtCompletion {
			b.fault(at+"/question", "what is recorded by a command must be known from an event of the same part of the record", !b.comesBack(q, command))
		}
	}
	for _, name := range requiredOf(command.Go) {
		b.fault(place+"/fields", "a member that the command requires has no value", !given["/"+name] && name != "happened")
	}
	b.of.acts[a.Name] = build
}

// comesBack reports whether the answer that becomes a command is known from an
// event of the same package: otherwise the form would ask for it for ever.
func (b *binder) comesBack(q *form.Question, c Command) bool {
	if q.Known == nil {
		return false
	}
	t, known := b.f.events[q.Known.Event]
	return known && t.Go.PkgPath() == c.Go.PkgPath()
}

// requiredOf are the members that a command cannot do without.
func requiredOf(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		whole, _, _ := strings.Cut(f.Tag.Get("validate"), "dive")
		if !f.Anonymous && isRequired(whole) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// All returns the definitions at hand, by name and version.
func (f *Forms) All() []Form { return f.forms }

// Views returns the latest version of each view.
func (f *Forms) Views() []form.View { return f.views }

// latest returns the newest version of a definition that is started on a day;
// with no date, the newest of all. It is nil where there is none.
func (f *Forms) latest(name string, on domain.Date) *Form {
	for i := range slices.Backward(f.forms) {
		if one := &f.forms[i]; one.Name == name && (on.IsZero() || !one.From.After(on)) {
			return one
		}
	}
	return nil
}

// version returns one version of a definition, whose text has the hash unless
// that is empty; nil where it is not at hand.
func (f *Forms) version(name string, version int, hash string) *Form {
	i := slices.IndexFunc(f.forms, func(one Form) bool { return one.Name == name && one.Version == version })
	if i < 0 || hash != "" && f.forms[i].Hash != hash {
		return nil
	}
	return &f.forms[i]
}

// of returns the definition that a form was started with.
func (f *Forms) of(one form.Form) *Form {
	s := one.Started.Fact
	return f.version(s.Definition, s.Version, s.Hash)
}

// Sheet returns a form of a record with what the record knows. A completed form
// is as it was when it was completed.
func (f *Forms) Sheet(r record.Record, id form.ID) form.Sheet {
	one := r.Forms.Find(id)
	definition := f.of(one)
	if definition == nil {
		return form.NewSheet(one, nil, nil)
	}
	entries := r.Entries
	if n := one.Completed.Entry; n > 0 && n <= uint64(len(entries)) {
		entries = entries[:n:n]
	}
	return form.NewSheet(one, &definition.Definition, definition.answers(entries))
}

// answers returns what entries say in answer to the questions: of each, the
// latest in the order of the world, whichever form or other act it came from.
func (one *Form) answers(entries []domain.Entry) map[string]form.Value {
	open := make(map[string]bool)
	for _, q := range one.All {
		open[q.Name] = true
	}
	known := make(map[string]form.Value, len(open))
	note := func(question string, v form.Value, e domain.Entry) {
		v.Entry, v.Day = e.Seq, e.Event.HappenedOn()
		known[question] = v
		delete(open, question)
	}
	for _, e := range slices.Backward(record.Effective(entries)) {
		if len(open) == 0 {
			break
		}
		if a, ok := e.Event.(form.Answered); ok && open[a.Question] {
			note(a.Question, form.Value{Values: a.Values, NotGiven: a.NotGiven}, e)
			continue
		}
		event := reflect.ValueOf(e.Event)
		for _, o := range one.known[event.Type()] {
			if !o.tells(event) {
				continue
			}
			for question, field := range o.fields {
				if open[question] {
					note(question, form.Value{Values: field.get(event)}, e)
				}
			}
		}
	}
	return known
}

// tells reports whether an event is one of those that hold the answers.
func (o *origin) tells(event reflect.Value) bool {
	return !slices.ContainsFunc(o.where, func(w condition) bool { return !slices.Contains(w.field.get(event), w.is) })
}

// FormSchema returns the JSON Schema (draft 2020-12) of a definition.
func FormSchema() ([]byte, error) {
	return definitionSchema(reflect.TypeFor[form.Definition](), "form", "One version of a form: what is asked, of whom, when, and what becomes of the answers.")
}

// ViewSchema returns the JSON Schema (draft 2020-12) of a view.
func ViewSchema() ([]byte, error) {
	return definitionSchema(reflect.TypeFor[form.View](), "view", "What one audience is shown of a form, and what is left out and why.")
}

func definitionSchema(t reflect.Type, name, what string) ([]byte, error) {
	s := reflectSchema(t)
	s.Required = nil
	if err := constrain(s, t); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if name == "form" {
		s.Definitions = jsonschema.Definitions{"condition": conditionSchema()}
	}
	return text(s, "urn:caseledger:"+name, name, what)
}

// conditionSchema is written by hand, as a condition holds conditions.
func conditionSchema() *jsonschema.Schema {
	one := &jsonschema.Schema{Ref: "#/$defs/condition"}
	least := uint64(1)
	list := &jsonschema.Schema{Type: "array", MinItems: &least, Items: one}
	object := func(required []string, members ...any) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: required, AdditionalProperties: jsonschema.FalseSchema}
		for i := 0; i < len(members); i += 2 {
			s.Properties.Set(members[i].(string), members[i+1].(*jsonschema.Schema))
		}
		return s
	}
	text := &jsonschema.Schema{Type: "string", MinLength: &least}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		object([]string{"question", "is"}, "question", text, "is", &jsonschema.Schema{Type: "array", MinItems: &least, Items: text}),
		object([]string{"all"}, "all", list), object([]string{"any"}, "any", list), object([]string{"not"}, "not", one),
	}}
}
