package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/httpapi"
)

// TestTheClientIsTheOneOfTheDescription makes the client from the OpenAPI file as
// it is now. oapi-codegen, which reads OpenAPI 3.0, stops at the boolean schemas of
// 3.1; the file uses so little of JSON Schema that a generator of its own is
// shorter than the code that another would need at run time.
func TestTheClientIsTheOneOfTheDescription(t *testing.T) {
	text, err := httpapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(text)
	if err != nil {
		t.Fatal(err)
	}
	const path = "../client/operations.go"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): go test ./adapters/httpapi -run TheOneOfTheDescription -update", path, err)
	}
}

// shape is the part of JSON Schema that the file uses.
type shape struct {
	Type        string   `json:"type"`
	Format      string   `json:"format"`
	Description string   `json:"description"`
	Properties  members  `json:"properties"`
	Required    []string `json:"required"`
	Items       *shape   `json:"items"`
	AnyOf       []shape  `json:"anyOf"`
	Ref         string   `json:"$ref"`
}

// UnmarshalJSON takes true, which is any value, as a shape without a type.
func (s *shape) UnmarshalJSON(text []byte) error {
	if string(text) == "true" {
		return nil
	}
	type plain shape
	return json.Unmarshal(text, (*plain)(s))
}

// members are those of an object, in the order of the file.
type members struct {
	names []string
	of    map[string]shape
}

func (m *members) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		m.names = append(m.names, fmt.Sprint(name))
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return json.Unmarshal(text, &m.of)
}

type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Description string `json:"description"`
	Schema      shape  `json:"schema"`
}

type content map[string]struct {
	Schema shape `json:"schema"`
}

type operation struct {
	ID          string      `json:"operationId"`
	Description string      `json:"description"`
	Tags        []string    `json:"tags"`
	Parameters  []parameter `json:"parameters"`
	RequestBody *struct {
		Content content `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content content `json:"content"`
	} `json:"responses"`
}

type description struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]shape `json:"schemas"`
	} `json:"components"`
}

// writer writes Go.
type writer struct {
	bytes.Buffer
	types map[string]bool
}

func (w *writer) line(format string, values ...any) { fmt.Fprintf(w, format+"\n", values...) }

func generate(text []byte) ([]byte, error) {
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	w := &writer{types: make(map[string]bool)}
	w.line("// Code generated from the OpenAPI file by adapters/httpapi/client_test.go; DO NOT EDIT.\n\npackage client\n\nimport (\n\"context\"\n\"net/url\"\n\"strconv\"\n\"strings\"\n\"time\"\n)\n")
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			w.operation(path, strings.ToUpper(method), d.Paths[path][method])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		w.object(name, "is what the API answers with", d.Components.Schemas[name], false)
	}
	return format.Source(w.Bytes())
}

// name makes an exported name: referral_receive is ReferralReceive.
func name(s string) string {
	var out strings.Builder
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// local is a name of a variable that is no word of Go.
func local(s string) string {
	if s == "type" {
		return "kind"
	}
	return s
}

func (w *writer) operation(path, method string, op operation) {
	title := name(op.ID)
	act := slices.Contains(op.Tags, "act")
	arguments, query, address := "ctx context.Context", []parameter(nil), fmt.Sprintf("%q", path)
	if act {
		arguments += ", act Act"
	}
	for _, p := range op.Parameters {
		switch p.In {
		case "path":
			arguments += ", " + local(p.Name) + " " + w.goType("", p.Schema, true)
			address = fmt.Sprintf("strings.Replace(%s, %q, url.PathEscape(%s), 1)", address, "{"+p.Name+"}", asText(p))
		case "query":
			query = append(query, p)
		}
	}
	one, reply := fmt.Sprintf("method: %q, path: %s", method, address), ""
	if len(query) > 0 {
		w.query(title, query)
		arguments, one = arguments+", query "+title+"Query", one+", query: query.values()"
	}
	switch {
	case op.RequestBody == nil:
	case op.RequestBody.Content["application/json"].Schema.Type == "":
		arguments, one = arguments+", body []byte", one+", body: body"
	default:
		w.object(title, "is the body of [Client."+title+"]. "+op.Description, op.RequestBody.Content["application/json"].Schema, true)
		arguments, one = arguments+", body "+title, one+", body: body"
	}
	for _, status := range []string{"200", "201", "202"} {
		if answer, ok := op.Responses[status].Content["application/json"]; ok {
			reply = strings.TrimPrefix(answer.Schema.Ref, "#/components/schemas/")
		}
	}
	if reply == "" {
		return // a stream, Client.Follow, or a file
	}
	if act {
		one += ", act: &act"
	}
	given, answer, repeated := reply, "&out", "_"
	if reply == "Receipt" {
		given, answer, repeated = "Done", "&out.Receipt", "out.Repeated"
	}
	w.line("// %s: %s", title, comment(op.Description))
	w.line("func (c *Client) %s(%s) (out %s, err error) {", title, arguments, given)
	w.line("%s, err = c.do(ctx, call{%s}, %s)", repeated, one, answer)
	w.line("return out, err\n}\n")
}

// asText is a part of an address as text.
func asText(p parameter) string {
	if p.Schema.Type == "integer" {
		return "strconv.FormatInt(" + p.Name + ", 10)"
	}
	return p.Name
}

func (w *writer) query(title string, all []parameter) {
	w.line("// %sQuery are the parameters of [Client.%s]; one that is empty is not given.\ntype %sQuery struct {", title, title, title)
	for _, p := range all {
		w.line("%s %s // %s", name(p.Name), queryType(p.Schema), comment(p.Description))
	}
	w.line("}\n\nfunc (q %sQuery) values() url.Values {\nv := url.Values{}", title)
	for _, p := range all {
		value := "q." + name(p.Name)
		if p.Schema.Type == "array" {
			value = "strings.Join(" + value + `, ",")`
		}
		w.line("set(v, %q, %s)", p.Name, value)
	}
	w.line("return v\n}\n")
}

func queryType(s shape) string {
	switch s.Type {
	case "integer":
		return "int64"
	case "boolean":
		return "bool"
	case "array":
		return "[]string"
	}
	return "string"
}

// object writes a struct, and those of its members that are structs.
func (w *writer) object(title, what string, s shape, request bool) {
	if w.types[title] {
		return
	}
	w.types[title] = true
	var inner []func()
	w.line("// %s %s\ntype %s struct {", title, comment(what), title)
	for _, member := range s.Properties.names {
		p := s.Properties.of[member]
		required := slices.Contains(s.Required, member)
		tag := member
		if !required {
			tag += ",omitzero"
		}
		for at, to := title+name(member), &p; to != nil; to = to.Items {
			if to.Type == "object" && len(to.Properties.names) > 0 {
				of := *to
				inner = append(inner, func() { w.object(at, "is a part of ["+title+"].", of, request) })
			}
		}
		w.line("%s %s `json:%q`", name(member), w.goType(title+name(member), p, required || !request), tag)
	}
	w.line("}\n")
	for _, write := range inner {
		write()
	}
}

// goType is the type of a member. In a body a number, or yes or no, that may be
// left out is a pointer, because 0 and false say something.
func (w *writer) goType(title string, s shape, plain bool) string {
	pointer := "*"
	if plain {
		pointer = ""
	}
	switch s.Type {
	case "string":
		if s.Format == "date-time" {
			return "time.Time"
		}
		return "string"
	case "integer":
		return pointer + "int64"
	case "boolean":
		return pointer + "bool"
	case "array":
		return "[]" + w.goType(title, *s.Items, true)
	case "object":
		if len(s.Properties.names) > 0 {
			return title
		}
		return "map[string]any"
	}
	return "any"
}

func comment(s string) string { return strings.Join(strings.Fields(s), " ") }
