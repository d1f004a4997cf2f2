package asyncapi

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/schema"
)

func TestEveryEventAndCommandIsDescribedAndEveryReferenceLeadsSomewhere(t *testing.T) {
	text, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	messages := doc["components"].(node)["messages"].(node)
	for _, e := range schema.Events() {
		if messages["notice."+e.Name] == nil || messages["open."+e.Name] == nil {
			t.Errorf("event %s is not described", e.Name)
		}
	}
	for _, c := range schema.Commands() {
		if messages["command."+c.Name] == nil {
			t.Errorf("command %s is not described", c.Name)
		}
	}
	found := 0
	each(doc, func(to string) {
		found++
		var at any = doc
		for part := range strings.SplitSeq(strings.TrimPrefix(to, "#/"), "/") {
			inner, _ := at.(node)
			at = inner[part]
		}
		if at == nil {
			t.Errorf("%s leads nowhere", to)
		}
	})
	if found < len(schema.Events()) {
		t.Errorf("%d references", found)
	}
}

// each calls do with every reference in a document.
func each(v any, do func(string)) {
	switch v := v.(type) {
	case node:
		if to, is := v["$ref"].(string); is {
			do(to)
		}
		for _, inner := range v {
			each(inner, do)
		}
	case []any:
		for _, inner := range v {
			each(inner, do)
		}
	}
}
