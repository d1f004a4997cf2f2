// Package cedar decides who may do what, by policies in the Cedar language. What
// no policy permits is denied, and a policy that forbids beats all that permit.
// The package knows nobody and authenticates nobody.
package cedar

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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

// maxKept bounds the decisions that are kept: those not asked for longest are
// forgotten.
const maxKept = 20_000

// Policies are a set of policies. It can be asked by many goroutines, and be
// replaced meanwhile.
type Policies struct{ now atomic.Pointer[policies] }

// policies are a set as it was read, with what it has decided.
type policies struct {
	set     *cedar.PolicySet
	records bool // whether a policy names a single record

	mu         sync.Mutex
	young, old map[question]Decision // when young is half of maxKept, old is forgotten
}

// question is a Question that can be looked up. The record is left out where no
// policy names one, because then all records are one.
type question struct {
	caller, role, agency, teams, action, group, record, purpose, basis, tie, content, mark string
	breakGlass                                                                             bool
}

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
	set, records := cedar.NewPolicySet(), false
	for i, p := range list {
		records = records || bytes.Contains(p.MarshalCedar(), []byte(`Record::`))
		id, ok := p.Annotations()["id"]
		if !ok || !set.Add(cedar.PolicyID(id), p) {
			return nil, fmt.Errorf("policies: %s: policy %d needs an @id of its own", name, i+1)
		}
	}
	p := &Policies{}
	p.now.Store(&policies{set: set, records: records, young: make(map[question]Decision)})
	return p, nil
}

// Replace puts other policies in the place of these, for every question from now
// on.
func (p *Policies) Replace(by *Policies) { p.now.Store(by.now.Load()) }

// Decide answers a question. A policy that cannot be evaluated does not permit,
// and denies everything, because nobody can tell what it would have forbidden.
// The decision is shared: nobody changes it.
func (p *Policies) Decide(q Question) Decision { return p.now.Load().ask(q) }

func (p *policies) ask(q Question) Decision {
	key := p.key(q)
	if d, kept := p.kept(key); kept {
		return d
	}
	d := p.decide(q)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.young) >= maxKept/2 {
		p.old, p.young = p.young, make(map[question]Decision)
	}
	p.young[key] = d
	return d
}

func (p *policies) kept(key question) (Decision, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, kept := p.young[key]
	if !kept {
		if d, kept = p.old[key]; kept && len(p.young) < maxKept/2 {
			p.young[key] = d
		}
	}
	return d, kept
}

func (p *policies) key(q Question) question {
	key := question{q.Caller, q.Role, q.Agency, strings.Join(q.Teams, "\x00"), q.Action, q.Group, q.Record, q.Purpose, q.Basis, q.Tie, q.Content, q.Mark, q.BreakGlass}
	if q.Record != "" && !p.records {
		key.record = "any"
	}
	return key
}

func (p *policies) decide(q Question) Decision {
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
