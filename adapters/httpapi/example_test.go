package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// described is the part of a description that its examples stand in.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct {
			Name     string         `json:"name"`
			In       string         `json:"in"`
			Required bool           `json:"required"`
			Example  jsontext.Value `json:"example"`
		} `json:"parameters"`
		RequestBody struct {
			Content map[string]struct {
				Example jsontext.Value `json:"example"`
			} `json:"content"`
		} `json:"requestBody"`
	} `json:"paths"`
}

// TestTheExampleOfEveryOperationIsUnderstood makes the request that the
// description gives as an example of each operation. A record may forbid it, or
// lack what it is about: nothing of it may be malformed.
func TestTheExampleOfEveryOperationIsUnderstood(t *testing.T) {
	w := newWorld(t)
	record := strings.TrimPrefix(w.child("AT1"), "/v1/records/")
	document, err := Document()
	must(t, err)
	var d described
	must(t, json.Unmarshal(document, &d, json.RejectUnknownMembers(false)))
	asked := 0
	for path, methods := range d.Paths {
		for method, op := range methods {
			var headers []string
			address := path
			for _, p := range op.Parameters {
				text := strings.Trim(string(p.Example), `"`)
				switch {
				case p.Name == "dryRun":
					address += "?dryRun=true" // so that each meets the same record
				case p.Name == "id":
					text = record
				case p.Name == "Idempotency-Key":
					headers = append(headers, p.Name+": "+op.OperationID)
				case p.In == "header":
					must(t, json.Unmarshal(p.Example, &text))
					headers = append(headers, p.Name+": "+text)
				}
				address = strings.Replace(address, "{"+p.Name+"}", text, 1)
				if p.Required && text == "" {
					t.Errorf("%s has no example of %s", op.OperationID, p.Name)
				}
			}
			var body string
			for kind, one := range op.RequestBody.Content {
				headers = append(headers, "Content-Type: "+kind)
				if body = string(one.Example); kind != "application/json" {
					must(t, json.Unmarshal(one.Example, &body))
				}
				if body == "" {
					t.Errorf("%s has no example of its body", op.OperationID)
				}
			}
			if strings.HasSuffix(path, "/stream") {
				w.api.Stop() // or it would not end
			}
			asked++
			got := w.call("manager", strings.ToUpper(method), address, body, headers...)
			switch got.status {
			case http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed:
				continue
			}
			if _, faults := got.problem(t); got.status != http.StatusUnprocessableEntity || malformed(faults) {
				t.Errorf("%s %s: %s: %d %s", method, address, body, got.status, got.body)
			}
		}
	}
	if all := len(operations()); asked != all {
		t.Errorf("%d of %d operations have examples", asked, all)
	}
}

// malformed reports whether one of the faults, each "pointer rule", is one of the
// form of a request, and not of what a record forbids.
func malformed(faults string) bool {
	for fault := range strings.SplitSeq(faults, "; ") {
		_, rule, _ := strings.Cut(fault, " ")
		name, _, _ := strings.Cut(rule, "=")
		if strings.Contains(" required max min len oneof unknown type date printascii number hexadecimal datetime ", " "+name+" ") {
			return true
		}
	}
	return false
}
