package schema

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain/policy"
	"caseledger/eventstore"
)

// MaxPolicyBytes bounds the text of local rules.
const MaxPolicyBytes = 1 << 20

// ReadPolicy reads an authority's own rules and adds them to those of the
// nation. Every error names the place, as in /clocks/0/from, and the rule, and
// repeats nothing of what the file says.
func ReadPolicy(text []byte, nation policy.Pack) (policy.Local, policy.Pack, error) {
	var l policy.Local
	if len(text) > MaxPolicyBytes {
		return l, policy.Pack{}, fmt.Errorf("local rules: more than %d bytes", MaxPolicyBytes)
	}
	if err := json.Unmarshal(text, &l, json.RejectUnknownMembers(true)); err != nil {
		return policy.Local{}, policy.Pack{}, policyFault(err)
	}
	if err := eventstore.Validate(l); err != nil {
		return policy.Local{}, policy.Pack{}, fmt.Errorf("local rules: %w", err)
	}
	p, err := nation.With(l)
	if err != nil {
		return policy.Local{}, policy.Pack{}, err
	}
	return l, p, nil
}

// policyFault says where the text is not of the shape of local rules.
func policyFault(err error) error {
	place, rule := shapeFault(err)
	return policy.Faults{{Place: place, Rule: rule}}
}

// shapeFault says where a text is not of the shape of what it is read into, and
// repeats nothing of it but names.
func shapeFault(err error) (place, rule string) {
	var shape *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &shape) && errors.Is(err, json.ErrUnknownName):
		return string(shape.JSONPointer), "no member has this name"
	case errors.As(err, &shape):
		return string(shape.JSONPointer), fmt.Sprintf("a %s does not belong here, or its form is wrong", shape.JSONKind)
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s at byte %d", syntax.JSONPointer, syntax.ByteOffset), "the text is not JSON"
	}
	return "/", "the text is not JSON"
}

// PolicySchema returns the JSON Schema (draft 2020-12) of local rules.
func PolicySchema() ([]byte, error) {
	t := reflect.TypeFor[policy.Local]()
	s := reflectSchema(t)
	s.Required = nil
	if err := constrain(s, t); err != nil {
		return nil, fmt.Errorf("local rules: %w", err)
	}
	return text(s, "urn:caseledger:policy", "policy", "What one authority sets for itself, beside the rules of its nation.")
}
