package httpapi

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// referencePage is the page of the API's description. It needs no script and
// nothing from elsewhere.
//
//go:embed reference.html
var referencePage string

const htmlMediaType = "text/html; charset=utf-8"

// reference is what the page shows.
type reference struct {
	Title, Text string
	MadeUp      bool
	Groups      []referenceGroup
}

type referenceGroup struct {
	Name       string `json:"name"`
	Text       string `json:"description"`
	Operations []referenceOperation
}

type referenceOperation struct {
	ID         string   `json:"operationId"`
	Text       string   `json:"description"`
	Tags       []string `json:"tags"`
	Parameters []struct {
		Name     string         `json:"name"`
		In       string         `json:"in"`
		Required bool           `json:"required"`
		Text     string         `json:"description"`
		Schema   jsontext.Value `json:"schema"`
	} `json:"parameters"`
	RequestBody *struct {
		Content map[string]struct {
			Schema jsontext.Value `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Text string `json:"description"`
	} `json:"responses"`
	Method, Path string
	Body         []referenceMember
}

// referenceMember is one line of a body: a member, or one of a member's.
type referenceMember struct {
	Name, Kind, Text string
	Required         bool
}

// referenceSchema is the part of JSON Schema that the page shows.
type referenceSchema struct {
	Type       jsontext.Value            `json:"type"`
	Format     string                    `json:"format"`
	Text       string                    `json:"description"`
	Enum       []string                  `json:"enum"`
	MaxLength  uint64                    `json:"maxLength"`
	Properties map[string]jsontext.Value `json:"properties"`
	Required   []string                  `json:"required"`
	Items      jsontext.Value            `json:"items"`
}

// makeReference makes the page of an OpenAPI file.
func makeReference(document []byte, madeUp bool) ([]byte, error) {
	var file struct {
		Info struct {
			Title string `json:"title"`
			Text  string `json:"description"`
		} `json:"info"`
		Tags  []referenceGroup                         `json:"tags"`
		Paths map[string]map[string]referenceOperation `json:"paths"`
	}
	if err := json.Unmarshal(document, &file); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	page := reference{Title: file.Info.Title, Text: file.Info.Text, MadeUp: madeUp, Groups: file.Tags}
	for _, path := range slices.Sorted(maps.Keys(file.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(file.Paths[path])) {
			op := file.Paths[path][method]
			op.Method, op.Path = strings.ToUpper(method), path
			if op.RequestBody != nil {
				op.Body = membersOf(op.RequestBody.Content["application/json"].Schema, "")
			}
			for i := range page.Groups {
				if slices.Contains(op.Tags, page.Groups[i].Name) {
					page.Groups[i].Operations = append(page.Groups[i].Operations, op)
				}
			}
		}
	}
	t, err := template.New("reference").Funcs(template.FuncMap{"kind": kindOf}).Parse(referencePage)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return out.Bytes(), nil
}

// membersOf lists the members of an object, and below each those of its own.
func membersOf(schema jsontext.Value, below string) []referenceMember {
	var s referenceSchema
	if json.Unmarshal(schema, &s) != nil {
		return nil // true: whatever it is
	}
	if s.Items != nil {
		return membersOf(s.Items, below+"[]")
	}
	var all []referenceMember
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		var member referenceSchema
		_ = json.Unmarshal(s.Properties[name], &member) // true has no text
		at := strings.TrimPrefix(below+"."+name, ".")
		all = append(all, referenceMember{Name: at, Kind: kindOf(s.Properties[name]), Text: member.Text, Required: slices.Contains(s.Required, name)})
		all = append(all, membersOf(s.Properties[name], at)...)
	}
	return all
}

// kindOf says in words what a value is.
func kindOf(schema jsontext.Value) string {
	var s referenceSchema
	if json.Unmarshal(schema, &s) != nil || s.Type == nil {
		return "a day, a time or any value"
	}
	kind := strings.Trim(string(s.Type), `"`)
	switch {
	case len(s.Enum) > 0:
		return "one of " + strings.Join(s.Enum, ", ")
	case s.Items != nil:
		return "list: " + kindOf(s.Items)
	case s.Format != "":
		return kind + ", " + s.Format
	case s.MaxLength > 0:
		return fmt.Sprintf("%s, up to %d characters", kind, s.MaxLength)
	}
	return kind
}
