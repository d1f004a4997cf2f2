package schema

import (
	"encoding/json" // for json.Number, the library's type of a bound
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/invopop/jsonschema"

	"caseledger/domain"
	"caseledger/domain/form"
	"caseledger/domain/policy"
)

// EventSchema returns the JSON Schema (draft 2020-12) of the payload of an
// event's latest version: the circumstances' members and the event's own. It
// holds no code sets, because an import keeps codes that break the rules.
func EventSchema(t EventType) ([]byte, error) {
	s := reflectSchema(reflect.TypeFor[payload]())
	s.Properties.Delete("Event")
	own := reflectSchema(t.Go)
	for p := own.Properties.Oldest(); p != nil; p = p.Next() {
		s.Properties.Set(p.Key, p.Value)
	}
	s.Required = append(allBut(s.Required, "Event"), own.Required...)
	if happened, ok := s.Properties.Get("happened"); ok {
		*happened = jsonschema.Schema{Type: "string", Description: "The day on which it was true in the world; empty where nobody knows.",
			AnyOf: []*jsonschema.Schema{{Format: "date"}, {Const: ""}}}
	}
	return text(s, "urn:caseledger:event:"+t.String(), t.Name, t.Text)
}

// CommandSchema returns the JSON Schema (draft 2020-12) of a command's body,
// with the rules that its validate tags state. A code is any that ever was in
// its set: which one holds depends on the day that the command speaks of.
func CommandSchema(c Command) ([]byte, error) {
	return RequestSchema(c.Name, c.Text, c.Go)
}

// RequestSchema is CommandSchema of a body that is no command of the
// catalogue.
func RequestSchema(name, what string, t reflect.Type) ([]byte, error) {
	s := reflectSchema(t)
	s.Required = nil
	if err := constrain(s, t); err != nil {
		return nil, fmt.Errorf("command %s: %w", name, err)
	}
	return text(s, "urn:caseledger:command:"+name, name, what)
}

// RowSchema returns the JSON Schema (draft 2020-12) of what a program writes as
// JSON: an object of a struct type.
func RowSchema(t reflect.Type) ([]byte, error) {
	s := reflectSchema(t)
	s.Version = ""
	out, err := s.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return out, nil
}

func reflectSchema(t reflect.Type) *jsonschema.Schema {
	r := jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true, Mapper: dates}
	return r.ReflectFromType(t)
}

func dates(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[jsontext.Value]() {
		return &jsonschema.Schema{}
	}
	if t == reflect.TypeFor[form.Condition]() {
		return &jsonschema.Schema{Ref: "#/$defs/condition"}
	}
	if t != reflect.TypeFor[domain.Date]() {
		return nil
	}
	return &jsonschema.Schema{Type: "string", Format: "date"}
}

// allBut returns the names without one.
func allBut(names []string, without string) []string {
	var kept []string
	for _, name := range names {
		if name != without {
			kept = append(kept, name)
		}
	}
	return kept
}

func text(s *jsonschema.Schema, id, title, description string) ([]byte, error) {
	s.ID, s.Title, s.Description = jsonschema.ID(id), title, description
	out, err := s.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	value := jsontext.Value(out)
	if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	return append(value, '\n'), nil
}

// constrain adds to an object's schema what the validate tags of the struct say.
func constrain(s *jsonschema.Schema, t reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if err := constrain(s, f.Type); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		member, ok := s.Properties.Get(name)
		if !ok {
			return fmt.Errorf("member %s has no schema", name)
		}
		whole, each, _ := strings.Cut(f.Tag.Get("validate"), "dive")
		if isRequired(whole) {
			s.Required = append(s.Required, name)
		}
		if err := constrainMember(member, f.Type, whole, each); err != nil {
			return fmt.Errorf("member %s: %w", name, err)
		}
	}
	return nil
}

// isRequired reports whether the rules fail where a member is not given: it is
// empty then, or 0.
func isRequired(tags string) bool {
	for tag := range strings.SplitSeq(tags, ",") {
		switch name, param, _ := strings.Cut(tag, "="); {
		case name == "omitempty":
			return false
		case name == "required", name == "min" && param != "0":
			return true
		}
	}
	return false
}

// constrainMember adds the rules for a member, and for each of its elements.
func constrainMember(s *jsonschema.Schema, t reflect.Type, whole, each string) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if err := rules(s, t, whole); err != nil {
		return err
	}
	if t.Kind() != reflect.Slice || s.Items == nil {
		return nil
	}
	if err := rules(s.Items, t.Elem(), each); err != nil {
		return err
	}
	if t.Elem().Kind() == reflect.Struct {
		s.Items.Required = nil
		return constrain(s.Items, t.Elem())
	}
	return nil
}

func rules(s *jsonschema.Schema, t reflect.Type, tags string) error {
	for tag := range strings.SplitSeq(tags, ",") {
		name, param, _ := strings.Cut(tag, "=")
		if err := rule(s, t, name, param); err != nil {
			return err
		}
	}
	return nil
}

// patterns are the rules that are forms of a text.
var patterns = map[string]string{
	"printascii":  `^[ -~]*$`,
	"number":      `^[0-9]+$`,
	"hexadecimal": `^(0[xX])?[0-9a-fA-F]+$`,
	"datetime":    `^([01][0-9]|2[0-3]):[0-5][0-9]$`, // hh:mm
}

func rule(s *jsonschema.Schema, t reflect.Type, name, param string) error {
	switch name {
	case "", "omitempty", "required_with", "required_without": // what depends on others stands in the prose
		return nil
	case "required":
		return bound(s, t, "min", "1")
	case "min", "max":
		return bound(s, t, name, param)
	case "len":
		if err := bound(s, t, "min", param); err != nil {
			return err
		}
		return bound(s, t, "max", param)
	case "unique":
		s.UniqueItems = true
		return nil
	case "oneof":
		for value := range strings.FieldsSeq(param) {
			s.Enum = append(s.Enum, value)
		}
		return nil
	case "code":
		s.Description = "A code of the set " + param + "."
		for _, code := range policy.Codes(policy.CodeSet(param), domain.Date{}) {
			s.Enum = append(s.Enum, code.Code)
		}
		return nil
	}
	pattern, ok := patterns[name]
	if !ok || name == "datetime" && param != "15:04" {
		return fmt.Errorf("no JSON Schema for the rule %s", name)
	}
	s.Pattern = pattern
	return nil
}

// bound sets the least or greatest length, number of elements, or value. A
// date that must be there has its form, and needs no bound.
func bound(s *jsonschema.Schema, t reflect.Type, end, param string) error {
	n, err := strconv.ParseUint(param, 10, 64)
	if err != nil {
		return fmt.Errorf("bound %s=%s: %w", end, param, err)
	}
	low := end == "min"
	switch kind := t.Kind(); {
	case kind == reflect.String && low:
		s.MinLength = &n
	case kind == reflect.String:
		s.MaxLength = &n
	case kind == reflect.Slice && low:
		s.MinItems = &n
	case kind == reflect.Slice:
		s.MaxItems = &n
	case (kind == reflect.Int || kind == reflect.Uint64) && low:
		s.Minimum = json.Number(param)
	case kind == reflect.Int || kind == reflect.Uint64:
		s.Maximum = json.Number(param)
	}
	return nil
}
