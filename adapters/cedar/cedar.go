// Package cedar decides who may do what, by policies in the Cedar language. What
// no policy permits is denied, and a policy that forbids beats all that permit.
// The package knows nobody and authenticates nobody.
package cedar

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/cedar-policy/cedar-go"
)

// MaxPolicyBytes bounds a file of policies.
const MaxPolicyBytes = 1 << 20

// Default are the policies of the product, by role.
//
//go:embed policies.cedar
var Default []byte

// Question is one thing that somebody wants to do.
type Question struct {
	Caller  string
	Role    string
	Agency  string
	Teams   []string
	Action  string // "record.read", or a command's name
	Group   string // of the action: "read", "act", "list"; "" for none
	Record  string // "" where no single record is asked for
	Purpose string
	Basis   string
}

// Decision is the answer, with the policies that decided it.
type Decision struct {
	Allowed  bool
	Policies []string
}

// Policies are a set of policies. It can be asked by many goroutines.
type Policies struct{ set *cedar.PolicySet }

// Parse reads policies; name says in errors where they stand. A policy is named
// by its annotation @id, which no two may share.
func Parse(name string, text []byte) (*Policies, error) {
	if len(text) > MaxPolicyBytes {
		return nil, fmt.Errorf("policies: %s has more than %d bytes", name, MaxPolicyBytes)
	}
	list, err := cedar.NewPolicyListFromBytes(name, text)
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	set := cedar.NewPolicySet()
	for i, p := range list {
		id, ok := p.Annotations()["id"]
		if !ok || !set.Add(cedar.PolicyID(id), p) {
			return nil, fmt.Errorf("policies: %s: policy %d needs an @id of its own", name, i+1)
		}
	}
	return &Policies{set}, nil
}

// Decide answers a question. A policy that cannot be evaluated does not permit,
// and denies everything, because nobody can tell what it would have forbidden.
func (p *Policies) Decide(q Question) Decision {
	caller, action, resource := uid("Caller", q.Caller), uid("Action", q.Action), uid("Record", q.Record)
	if q.Record == "" {
		resource = uid("Ledger", "ledger")
	}
	decision, why := cedar.Authorize(p.set, q.entities(caller, action), cedar.Request{
		Principal: caller, Action: action, Resource: resource,
		Context: cedar.NewRecord(cedar.RecordMap{"purpose": cedar.String(q.Purpose), "basis": cedar.String(q.Basis)}),
	})
	d := Decision{Allowed: bool(decision) && len(why.Errors) == 0}
	for _, reason := range why.Reasons {
		d.Policies = append(d.Policies, string(reason.PolicyID))
	}
	for _, failed := range why.Errors {
		d.Policies = append(d.Policies, string(failed.PolicyID))
	}
	slices.Sort(d.Policies)
	return d
}

// entities are the caller in his role, agency and teams, and the action in its
// group.
func (q Question) entities(caller, action cedar.EntityUID) cedar.EntityMap {
	parents := []cedar.EntityUID{uid("Role", q.Role), uid("Agency", q.Agency)}
	for _, team := range q.Teams {
		parents = append(parents, uid("Team", team))
	}
	return cedar.EntityMap{
		caller: {UID: caller, Parents: cedar.NewEntityUIDSet(parents...)},
		action: {UID: action, Parents: cedar.NewEntityUIDSet(uid("Action", q.Group))},
	}
}

func uid(kind, id string) cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(kind), cedar.String(id))
}
