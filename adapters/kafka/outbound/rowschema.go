package outbound

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/projections"
)

func schemaID(t projections.Table, version int) string {
	return fmt.Sprintf("urn:caseledger:row:%s/%d", t.Name, version)
}

// jsonTypes are how a column's values are written; any may be null.
var jsonTypes = map[projections.Type]map[string]any{
	projections.Text:    {"type": []string{"string", "null"}},
	projections.Integer: {"type": []string{"integer", "null"}},
	projections.Date:    {"type": []string{"string", "null"}, "format": "date"},
	projections.Time:    {"type": []string{"string", "null"}, "format": "date-time"},
	projections.Boolean: {"type": []string{"boolean", "null"}},
	projections.JSON:    {},
}

// RowSchema returns the JSON Schema (draft 2020-12) of a row of a table, as a
// topic carries it. A topic may leave out any column that is not of the key.
func RowSchema(t projections.Table, version int) ([]byte, error) {
	properties := make(map[string]any, len(t.Columns))
	for _, c := range t.Columns {
		one := map[string]any{"description": c.Comment}
		for name, value := range jsonTypes[c.Type] {
			one[name] = value
		}
		properties[c.Name] = one
	}
	return json.Marshal(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schemaID(t, version), "title": t.Name, "description": t.Comment,
		"type": "object", "properties": properties, "required": t.Key, "additionalProperties": false,
	}, json.Deterministic(true), jsontext.WithIndent("  "))
}
