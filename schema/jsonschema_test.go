package schema

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// golden compares a text with a file; -update writes the file anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	want, err := os.ReadFile(path)
	if *update && (errors.Is(err, fs.ErrNotExist) || !bytes.Equal(got, want)) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, got, 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v; now it is\n%s", path, err, got)
	}
}

func TestTheSchemasOfSomeEventsAndCommandsReadAsTheyDid(t *testing.T) {
	for _, et := range Events() {
		if slices.Contains([]string{"referral.received", "note.written"}, et.Name) {
			schema, err := EventSchema(et)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "event."+et.Name+".json", schema)
		}
	}
	for _, c := range Commands() {
		if slices.Contains([]string{"referral.receive", "note.write", "protection-plan.register", "person.record-disabilities"}, c.Name) {
			schema, err := CommandSchema(c)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "command."+c.Name+".json", schema)
		}
	}
}

// object is as much of JSON Schema as the schemas here use.
type object struct {
	Schema      string            `json:"$schema"`
	ID          string            `json:"$id"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Type        string            `json:"type"`
	Format      string            `json:"format"`
	Pattern     string            `json:"pattern"`
	Encoding    string            `json:"contentEncoding"`
	Enum        []string          `json:"enum"`
	Const       *string           `json:"const"`
	AnyOf       []object          `json:"anyOf"`
	Properties  map[string]object `json:"properties"`
	Required    []string          `json:"required"`
	Additional  *bool             `json:"additionalProperties"`
	Items       *object           `json:"items"`
	Unique      bool              `json:"uniqueItems"`
	Min         int               `json:"minimum"`
	Max         int               `json:"maximum"`
	MinLength   int               `json:"minLength"`
	MaxLength   int               `json:"maxLength"`
	MinItems    int               `json:"minItems"`
	MaxItems    int               `json:"maxItems"`
}

func parse(t *testing.T, schema []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(schema, &o, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("%v in\n%s", err, schema)
	}
	return o
}

// fits names the places where a value is not as the schema says.
func (o object) fits(at string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var wrong []string
		for _, name := range o.Required {
			if _, ok := v[name]; !ok {
				wrong = append(wrong, at+"/"+name+" is missing")
			}
		}
		for name, member := range v {
			p, ok := o.Properties[name]
			if !ok {
				wrong = append(wrong, at+"/"+name+" is unknown")
				continue
			}
			wrong = append(wrong, p.fits(at+"/"+name, member)...)
		}
		return wrong
	case []any:
		var wrong []string
		for _, element := range v {
			wrong = append(wrong, o.Items.fits(at+"/0", element)...)
		}
		return wrong
	case string:
		long := o.MaxLength > 0 && len(v) > o.MaxLength || len(v) < o.MinLength
		form := o.Pattern != "" && !regexp.MustCompile(o.Pattern).MatchString(v)
		if o.Type != "string" || long || form || len(o.Enum) > 0 && !slices.Contains(o.Enum, v) {
			return []string{at}
		}
	case float64:
		if o.Type != "integer" || v < float64(o.Min) || o.Max > 0 && v > float64(o.Max) {
			return []string{at}
		}
	case bool:
		if o.Type != "boolean" {
			return []string{at}
		}
	}
	return nil
}

func TestEverySampleFitsItsSchema(t *testing.T) {
	for _, et := range Events() {
		schema, err := EventSchema(et)
		if err != nil {
			t.Fatal(err)
		}
		o := parse(t, schema)
		if o.ID != "urn:caseledger:event:"+et.String() || o.Title != et.Name || o.Description != et.Text ||
			o.Additional == nil || *o.Additional || !strings.HasSuffix(o.Schema, "2020-12/schema") {
			t.Errorf("%s: the head of the schema is %q %q", et, o.ID, o.Title)
		}
		_, sample := readSample(t, NewCodec(Events()), et, et.Version())
		var v any
		if err := json.Unmarshal(sample, &v); err != nil {
			t.Fatal(err)
		}
		if wrong := o.fits("", v); len(wrong) > 0 {
			t.Errorf("%s: %v", et, wrong)
		}
		delete(v.(map[string]any), "happened")
		v.(map[string]any)["unknown"] = "x"
		if wrong := o.fits("", v); len(wrong) != 2 {
			t.Errorf("%s: one member missing and one unknown is %v", et, wrong)
		}
	}
}

func TestEveryCommandHasASchemaThatSaysWhatItsTagsSay(t *testing.T) {
	for _, c := range Commands() {
		schema, err := CommandSchema(c)
		if err != nil {
			t.Error(err)
			continue
		}
		o := parse(t, schema)
		if o.ID != "urn:caseledger:command:"+c.Name || o.Title != c.Name || *o.Additional || !slices.Contains(o.Required, "happened") {
			t.Errorf("%s: %+v", c.Name, o)
		}
		if names := members(c.Go); len(names) != len(o.Properties) {
			t.Errorf("%s: members %v, properties %v", c.Name, names, o.Properties)
		}
	}
}

func TestARuleWithoutASchemaIsAnError(t *testing.T) {
	type odd struct {
		Name string `json:"name" validate:"required,email"`
	}
	if _, err := CommandSchema(Command{Name: "odd.do", Go: reflect.TypeFor[odd]()}); err == nil || !strings.Contains(err.Error(), "email") {
		t.Errorf("%v", err)
	}
}
