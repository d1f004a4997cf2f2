package httpapi

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/drafts"
	"caseledger/adapters/feed"
	"caseledger/schema"
)

// node is an object of the description.
type node = map[string]any

// bodySchema is the JSON Schema of a command's body, without what its address
// says already. The catalogue's own tests make sure that there is one.
func bodySchema(c schema.Command) []byte {
	text, err := schema.CommandSchema(c)
	if err != nil {
		return nil
	}
	return without(text, pathMember(c))
}

// structSchema is the JSON Schema of a body that is no command.
func structSchema(name, text string, t reflect.Type) []byte {
	out, err := schema.RequestSchema(name, text, t)
	if err != nil {
		return nil
	}
	return out
}

// without removes a member from an object's schema.
func without(text []byte, member string) []byte {
	var s struct {
		Properties map[string]jsontext.Value `json:"properties"`
		Required   []string                  `json:"required,omitempty"`
		Rest       jsontext.Value            `json:",embed"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil
	}
	delete(s.Properties, member)
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return name == member })
	out, err := json.Marshal(s, json.Deterministic(true))
	if err != nil {
		return nil
	}
	return out
}

// Document returns the OpenAPI 3.1 description of the API, as JSON.
func Document() ([]byte, error) { return describe(operations()) }

// describe writes the OpenAPI 3.1 description of the operations.
func describe(all []operation) ([]byte, error) {
	schemas := node{}
	paths := node{}
	for _, op := range all {
		if op.group != groupList && op.method == "POST" && op.body == nil {
			return nil, fmt.Errorf("http api: operation %s has no schema", op.id)
		}
		item, ok := paths[op.path].(node)
		if !ok {
			item = node{}
			paths[op.path] = item
		}
		described, err := op.describe(schemas)
		if err != nil {
			return nil, err
		}
		item[strings.ToLower(op.method)] = described
	}
	problem, err := plainSchema(reflect.TypeFor[Problem]())
	if err != nil {
		return nil, err
	}
	schemas["Problem"] = problem
	doc := node{
		"openapi": "3.1.0",
		"info": node{"title": "Caseledger", "version": "1", "description": "The ledger of social-care records. Every answer about a person is recorded as an access before it leaves.",
			"license": node{"name": "MIT", "identifier": "MIT"}},
		"servers":  []node{{"url": "/"}},
		"security": []node{{"token": []string{}}},
		"tags": []node{{"name": groupAct, "description": "Acts on a record: one for each command of the catalogue."},
			{"name": groupRead, "description": "One record, at any moment."}, {"name": groupList, "description": "Many records, and what happened."},
			{"name": groupAudit, "description": "Who saw what."}, {"name": groupDraft, "description": "What the caller is writing, and nobody else sees."}},
		"paths":      paths,
		"components": node{"schemas": schemas, "securitySchemes": node{"token": node{"type": "http", "scheme": "bearer"}}},
	}
	return json.Marshal(doc, json.Deterministic(true))
}

// describe is one operation as OpenAPI has it.
func (op operation) describe(schemas node) (node, error) {
	name := strings.NewReplacer(".", "_", "-", "_").Replace(op.id)
	out := node{"operationId": name, "summary": strings.TrimSuffix(op.text, "."), "description": op.text, "tags": []string{op.group}, "parameters": op.parameters()}
	if op.body != nil {
		body, err := example(op.body)
		if err != nil {
			return nil, fmt.Errorf("http api: the example of %s: %w", op.id, err)
		}
		out["requestBody"] = node{"required": true, "content": node{cmp.Or(op.takes, "application/json"): node{"schema": jsontext.Value(op.body), "example": body}}}
	}
	success := node{"description": "Done.", "headers": op.headers()}
	switch {
	case op.stream:
		success["content"] = node{"text/event-stream": node{"schema": node{"type": "string"}}}
	case op.media != "":
		success["content"] = node{op.media: node{"schema": node{"type": "string"}}}
	default:
		content, err := op.answers(schemas)
		if err != nil {
			return nil, err
		}
		success["content"] = content
	}
	responses := node{strconv.Itoa(op.status): success}
	if op.status == 201 {
		responses["200"] = node{"description": "The dry run.", "content": success["content"]}
	}
	if op.ofRecord() {
		responses["304"] = node{"description": "The record is still at the revision given."}
	}
	for _, status := range op.problems() {
		responses[strconv.Itoa(status)] = node{"description": "Not granted.", "content": node{problemMediaType: node{"schema": node{"$ref": "#/components/schemas/Problem"}}}}
	}
	responses["431"] = node{"description": "The headers or the address are too long.", "content": node{"text/plain": node{"schema": node{"type": "string"}}}}
	out["responses"] = responses
	return out, nil
}

// answers are the media types of what an operation answers with.
func (op operation) answers(schemas node) (node, error) {
	content := node{}
	if op.reply != nil {
		described, err := plainSchema(op.reply)
		if err != nil {
			return nil, err
		}
		schemas[op.reply.Name()] = described
		content["application/json"] = node{"schema": node{"$ref": "#/components/schemas/" + op.reply.Name()}}
	}
	for kind, of := range op.other {
		if of == nil {
			content[kind] = node{"schema": node{"type": "string", "format": "binary"}}
			continue
		}
		described, err := plainSchema(of)
		if err != nil {
			return nil, err
		}
		content[kind] = node{"schema": described}
	}
	return content, nil
}

func (op operation) headers() node {
	h := node{}
	switch {
	case op.id == "draft.read" || op.id == "draft.save":
		h["ETag"] = node{"description": "The version, in quotes; left out where several are current.", "schema": node{"type": "string"}}
	case op.ofRecord() || op.status == 201:
		h["ETag"] = node{"description": "The record's revision, in quotes.", "schema": node{"type": "string"}}
	}
	if op.status == 202 {
		h["Location"] = node{"description": "The job.", "schema": node{"type": "string"}}
	}
	if op.id == registers {
		h["Location"] = node{"description": "The new record.", "schema": node{"type": "string"}}
	}
	if op.id == "feed.read" {
		h["Link"] = node{"description": "The next page, as rel=\"next\".", "schema": node{"type": "string"}}
	}
	return h
}

// problems are the statuses with which an operation refuses.
func (op operation) problems() []int {
	all := []int{400, 401, 403, 429, 500, 503}
	if strings.Contains(op.path, "{id}") {
		all = append(all, 404)
	}
	if strings.Contains(op.path, "{draft}") {
		all = append(all, 404, 409, 412, 428)
	}
	if op.body != nil {
		all = append(all, 413, 415)
	}
	if op.body != nil || slices.Contains(op.params, cursor) {
		all = append(all, 422)
	}
	if op.pinned {
		all = append(all, 412, 428)
	}
	if op.id == "file.keep" {
		all = append(all, 409)
	}
	if op.ofRecord() {
		all = append(all, 412)
	}
	return all
}

func (op operation) parameters() []node {
	all := []node{header("Purpose", true, "Why you ask: recorded with the access or act.", "assessment")}
	if op.based() {
		all = append(all, header("Legal-Basis", true, "On which legal basis you act: children-act-1989-s17.", "children-act-1989-s17"))
	}
	if op.keyed() {
		all = append(all, header("Idempotency-Key", true, "A repeat with the same key and body gets the same answer, and changes nothing.", "referral-2026-1"))
	}
	if op.group == groupDraft && op.id != "draft.list" && op.id != "draft.read" {
		h := header("If-Match", op.id != "draft.save", "The versions of the draft that you saw, by their ETags.", `"1"`)
		h["schema"] = node{"type": "string", "pattern": fmt.Sprintf(`^"[1-9][0-9]{0,15}"( *, *"[1-9][0-9]{0,15}"){0,%d}$`, drafts.MaxCurrent-1)}
		all = append(all, h)
	}
	if op.pinned {
		h := header("If-Match", true, "The ETag of the record as you saw it.", `"4"`)
		h["schema"] = node{"type": "string", "pattern": `^"[1-9][0-9]{0,15}"$`}
		all = append(all, h)
	}
	for part := range strings.SplitSeq(op.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			all = append(all, inPath(strings.TrimSuffix(name, "}")))
		}
	}
	for _, p := range op.params {
		described := node{"name": p.name, "in": "query", "description": p.text, "schema": p.kind.schema()}
		if p.kind == types {
			described["style"], described["explode"] = "form", false
		}
		all = append(all, described)
	}
	return all
}

func header(name string, required bool, text, example string) node {
	return node{"name": name, "in": "header", "required": required, "description": text, "example": example,
		"schema": node{"type": "string", "minLength": 1, "maxLength": maxWordBytes, "pattern": "^[!-~]([ -~]*[!-~])?$"}}
}

func inPath(name string) node {
	s := node{"type": "string", "minLength": 1, "maxLength": 64, "pattern": `^[A-Za-z0-9_-]+$`}
	text, example := "The "+name+", by its id within the record.", any(name+"-1")
	switch name {
	case "id":
		s, text, example = node{"type": "string", "pattern": "^[0-9a-f]{32}$"}, "The record.", strings.Repeat("1f", 16)
	case "sha":
		s, text, example = node{"type": "string", "pattern": "^[0-9a-f]{64}$"}, "The document, by its SHA-256.", strings.Repeat("1f", 32)
	case "job":
		s, text, example = node{"type": "string", "pattern": "^[0-9a-f]{32}$"}, "The job.", strings.Repeat("1f", 16)
	case "variant":
		text = "The variant, by its name within the bundle."
	case "file":
		text = "pdf, manifest, evidence-1 and so on: as what was made lists it."
	case "draft":
		text = "The draft, by the id that its author gave it."
	case "entry":
		s, text, example = node{"type": "integer", "minimum": 1, "maximum": 1 << 53}, "The number of the entry.", 1
	}
	return node{"name": name, "in": "path", "required": true, "description": text, "schema": s, "example": example}
}

func (k kind) schema() node {
	switch k {
	case day:
		return node{"type": "string", "format": "date"}
	case instant:
		return node{"anyOf": []node{{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}}}
	case yesNo:
		return node{"type": "boolean"}
	case count:
		return node{"type": "integer", "minimum": 1, "maximum": maxRowsOfPage}
	case number:
		return node{"type": "integer", "minimum": 0, "maximum": 1 << 53}
	case second:
		return node{"type": "integer", "minimum": 0, "maximum": int(maxLongPoll.Seconds())}
	case types:
		var names []string
		for _, t := range schema.Events() {
			names = append(names, t.Name)
		}
		return node{"type": "array", "items": node{"type": "string", "enum": names}, "minItems": 1, "maxItems": feed.MaxTypes}
	case format:
		return node{"type": "string", "enum": []string{"json", "docx", "pdf", "csv"}}
	case onPages:
		return node{"type": "string", "enum": []string{"json", "docx", "pdf"}}
	case page:
		return node{"type": "string", "minLength": 1, "maxLength": maxCursorBytes, "pattern": "^[A-Za-z0-9_-]+$"}
	}
	return node{"type": "string", "minLength": 1, "maxLength": maxWordBytes, "pattern": "^[ -~]+$"}
}

// plainSchema is the JSON Schema of what this package writes.
func plainSchema(t reflect.Type) (jsontext.Value, error) {
	text, err := schema.RowSchema(t)
	if err != nil {
		return nil, fmt.Errorf("http api: %s: %w", t.Name(), err)
	}
	return text, nil
}
