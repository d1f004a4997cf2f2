package schema

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain/policy"
	"caseledger/domain/settings"
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

// SystemStream is the stream in which a ledger says what it is and which rules it
// goes by.
const SystemStream = "system"

// PackAt returns the rules by which the ledger went at a time; the zero time is
// now. A ledger that does not say goes by those that it has now.
func (r *Records) PackAt(ctx context.Context, t time.Time) (policy.Pack, error) {
	if t.IsZero() {
		return r.Pack, nil
	}
	var then settings.Settings
	for e, err := range r.Ledger.Store.ReadStream(ctx, SystemStream, 0) {
		if err != nil {
			return policy.Pack{}, err
		}
		entry, err := r.Ledger.Codec.Decode(e)
		if err != nil {
			return policy.Pack{}, fmt.Errorf("stream %s: revision %d: %w", SystemStream, e.Revision, err)
		}
		if entry.Recorded.After(t) {
			break
		}
		then = then.Evolve(entry)
	}
	if then.Created.IsZero() {
		return r.Pack, nil
	}
	return then.Pack()
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
