package httpapi

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// object reads a body as one JSON object, strictly: no doubled member, no
// invalid UTF-8, nothing after it.
func object(body []byte) (map[string]jsontext.Value, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, problem(codeMalformed, Fault{Rule: "json-object"})
	}
	return members, nil
}

// fill reads members into the struct that v points at, and returns every fault
// of shape. A member that is not known is a fault of the whole, because its
// name is the caller's.
func fill(v any, members map[string]jsontext.Value) []Fault {
	target := reflect.ValueOf(v).Elem()
	fields := fieldsOf(target.Type())
	var faults []Fault
	unknown := false
	for name, value := range members {
		index, ok := fields[name]
		if !ok {
			unknown = true
			continue
		}
		if f, bad := fillOne(target.FieldByIndex(index).Addr().Interface(), name, value); bad {
			faults = append(faults, f)
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	if unknown {
		faults = append(faults, Fault{Rule: "unknown-member"})
	}
	return faults
}

func fillOne(to any, name string, value jsontext.Value) (Fault, bool) {
	at := jsontext.Pointer("").AppendToken(name)
	if hasNull(value) {
		return Fault{Pointer: string(at), Rule: "null"}, true
	}
	err := json.Unmarshal(value, to, json.RejectUnknownMembers(true))
	if err == nil {
		return Fault{}, false
	}
	var semantic *json.SemanticError
	rule := "type"
	if errors.As(err, &semantic) {
		inner := semantic.JSONPointer
		if errors.Is(err, json.ErrUnknownName) {
			inner, rule = inner.Parent(), "unknown-member"
		}
		at += inner
	}
	return Fault{Pointer: string(at), Rule: rule}, true
}

// hasNull reports whether a value is or holds null, which says nothing.
func hasNull(value jsontext.Value) bool {
	d := jsontext.NewDecoder(bytes.NewReader(value))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		if token.Kind() == 'n' {
			return true
		}
	}
}

// fieldsOf returns where the members of a struct stand.
func fieldsOf(t reflect.Type) map[string][]int {
	fields := make(map[string][]int)
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && name != "" && name != "-" {
			fields[name] = f.Index
		}
	}
	return fields
}

// beside returns the faults that no earlier fault of the same place explains.
func beside(earlier, more []Fault) []Fault {
	return slices.DeleteFunc(more, func(f Fault) bool {
		return f.Pointer != "" && slices.ContainsFunc(earlier, func(e Fault) bool {
			return e.Pointer != "" && e.Rule != "unknown-member" && (f.Pointer == e.Pointer || strings.HasPrefix(f.Pointer, e.Pointer+"/") || strings.HasPrefix(e.Pointer, f.Pointer+"/"))
		})
	})
}
