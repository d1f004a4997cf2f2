package httpapi

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shape is what an example is made from: the part of a JSON Schema that says
// what must be there and what it looks like.
type shape struct {
	Type       string           `json:"type"`
	Format     string           `json:"format"`
	Pattern    string           `json:"pattern"`
	Enum       []jsontext.Value `json:"enum"`
	Properties map[string]shape `json:"properties"`
	Required   []string         `json:"required"`
	Items      *shape           `json:"items"`
	MinLength  int              `json:"minLength"`
	MinItems   int              `json:"minItems"`
	Minimum    int              `json:"minimum"`
}

// example is the smallest body that a schema allows: what must be there, and
// what nearly always is. It says nothing of anybody.
func example(schema []byte) (jsontext.Value, error) {
	var s shape
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	return json.Marshal(s.example(""), json.Deterministic(true))
}

func (s shape) example(name string) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "object":
		out := make(map[string]any)
		for _, name := range s.Required {
			out[name] = s.Properties[name].example(name)
		}
		return out
	case s.Type == "array":
		out := make([]any, max(s.MinItems, 1))
		for i := range out {
			out[i] = s.Items.example(name)
		}
		return out
	case s.Type == "boolean":
		return true
	case s.Type == "integer", s.Type == "number":
		return max(s.Minimum, 1)
	case s.Type == "string":
		return s.text(name)
	}
	return map[string]any{} // any value
}

// text is a text of the form that a schema wants, and otherwise the name of its
// member with a number: "referral-1".
func (s shape) text(name string) string {
	switch {
	case s.Format == "date":
		return "2026-01-05"
	case s.Format == "date-time":
		return "2026-01-05T10:00:00Z"
	case strings.Contains(s.Pattern, ":"):
		return "10:00"
	case strings.Contains(s.Pattern, "a-f"):
		return strings.Repeat("1f", max(s.MinLength, 32)/2)
	case strings.Contains(s.Pattern, "0-9]"):
		return strings.Repeat("1", max(s.MinLength, 1))
	}
	text := fmt.Sprintf("%s-1", cmp.Or(name, "text"))
	return text + strings.Repeat("x", max(0, s.MinLength-len(text)))
}
