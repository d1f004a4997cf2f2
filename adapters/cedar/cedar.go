// Package cedar decides who may do what, by policies in the Cedar language. What
// no policy permits is denied, and a policy that forbids beats all that permit.
// The package knows nobody and authenticates nobody.
package cedar

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

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
	// Tie is what joins the caller to the record: own, team, nobody, none; "" where
	// no single record is asked for.
	Tie string
	// BreakGlass says that the caller opened the record in an emergency.
	BreakGlass bool
	// Content is the type of an event, of the action "content.see", and Mark what
	// it must be treated as: informant, third-party, address, sensitive,
	// highly-sensitive; "" for nothing in particular.
	Content string
	Mark    string
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
	caller, action, resource := uid("Caller", q.Caller), uid("Action", q.Action), q.resource()
	decision, why := cedar.Authorize(p.set, q.entities(caller, action, resource), cedar.Request{
		Principal: caller, Action: action, Resource: resource,
		Context: cedar.NewRecord(cedar.RecordMap{"purpose": cedar.String(q.Purpose), "basis": cedar.String(q.Basis),
			"tie": cedar.String(q.Tie), "breakGlass": cedar.Boolean(q.BreakGlass), "mark": cedar.String(q.Mark)}),
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

// resource is what is asked for: content, a record, or the ledger as a whole.
func (q Question) resource() cedar.EntityUID {
	switch {
	case q.Content != "":
		return uid("Content", q.Content)
	case q.Record != "":
		return uid("Record", q.Record)
	}
	return uid("Ledger", "ledger")
}

// entities are the caller in his role, agency and teams, the action in its
// group, and content in its part of the record: "note.written" in "note".
func (q Question) entities(caller, action, resource cedar.EntityUID) cedar.EntityMap {
	parents := []cedar.EntityUID{uid("Role", q.Role), uid("Agency", q.Agency)}
	for _, team := range q.Teams {
		parents = append(parents, uid("Team", team))
	}
	all := cedar.EntityMap{
		caller: {UID: caller, Parents: cedar.NewEntityUIDSet(parents...)},
		action: {UID: action, Parents: cedar.NewEntityUIDSet(uid("Action", q.Group))},
	}
	if part, _, found := strings.Cut(q.Content, "."); found {
		all[resource] = cedar.Entity{UID: resource, Parents: cedar.NewEntityUIDSet(uid("Part", part))}
	}
	return all
}

func uid(kind, id string) cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(kind), cedar.String(id))
}
