// Package restriction is the part of a record that says who may not see what of
// it: barriers between a worker and the record, sealed records, informants who
// must not be named, and addresses that must not be disclosed. It says what
// holds; enforcing it is for whoever gives the record out.
package restriction

import (
	"slices"

	"caseledger/domain"
)

// ID names a restriction within its record.
type ID string

// The kinds of restriction.
const (
	Barrier   = "barrier"   // a worker may not open the record
	Sealed    = "sealed"    // only the named may open the record
	Informant = "informant" // who told must not be known from the entries
	Address   = "address"   // where the person lives must not be told to the named
)

// Event is one fact about a restriction.
//
//sumtype:decl
type Event interface {
	domain.Event
	restrictionEvent()
}

// BarrierSet says that a worker may not open the record, because the worker
// knows the person or is a relative.
type BarrierSet struct {
	domain.Dated
	Restriction ID     `json:"restriction"`
	Worker      string `json:"worker"` // an actor id
	Reason      string `json:"reason"` // see SetBarrier
}

// RecordSealed says that only the named workers may open the record.
type RecordSealed struct {
	domain.Dated
	Restriction ID       `json:"restriction"`
	Reason      string   `json:"reason"` // see SealRecord
	Readers     []string `json:"readers"`
}

// InformantShielded says that who gave the information in the named entries
// must not be known to the family.
type InformantShielded struct {
	domain.Dated
	Restriction ID       `json:"restriction"`
	Entries     []uint64 `json:"entries"`
	Reason      string   `json:"reason,omitempty"`
}

// AddressWithheld says that where the person lives must not be told to the
// named people.
type AddressWithheld struct {
	domain.Dated
	Restriction ID       `json:"restriction"`
	From        []string `json:"from"`    // names, or ids of relationships; empty is everybody outside the authority
	Basis       string   `json:"basisOf"` // see WithholdAddress
}

// Lifted says that a restriction no longer holds.
type Lifted struct {
	domain.Dated
	Restriction ID     `json:"restriction"`
	Reason      string `json:"reason"`
}

func (e BarrierSet) About() string        { return "restriction/" + string(e.Restriction) }
func (e RecordSealed) About() string      { return "restriction/" + string(e.Restriction) }
func (e InformantShielded) About() string { return "restriction/" + string(e.Restriction) }
func (e AddressWithheld) About() string   { return "restriction/" + string(e.Restriction) }
func (e Lifted) About() string            { return "restriction/" + string(e.Restriction) }

func (BarrierSet) restrictionEvent()        {}
func (RecordSealed) restrictionEvent()      {}
func (InformantShielded) restrictionEvent() {}
func (AddressWithheld) restrictionEvent()   {}
func (Lifted) restrictionEvent()            {}

// Restriction is what is known of one restriction.
type Restriction struct {
	ID      ID
	Kind    string // of what was set last; "" where nothing was
	Set     uint64 // the entry that set it
	From    domain.Date
	Workers []string // a barrier's worker, a seal's readers, or from whom an address is withheld
	Entries []uint64 // of a shielded informant
	Reason  string
	Lifted  domain.Known[Lifted]
}

// Open reports whether the restriction holds.
func (r Restriction) Open() bool { return r.Kind != "" && r.Lifted.IsZero() }

// Restrictions are those of one record, in the order of their beginning.
type Restrictions []Restriction

// Find returns the restriction with the id, or one about which nothing is
// known.
func (rs Restrictions) Find(id ID) Restriction {
	for _, r := range rs {
		if r.ID == id {
			return r
		}
	}
	return Restriction{ID: id}
}

// Barred reports whether a barrier keeps a worker from the record.
func (rs Restrictions) Barred(worker string) bool {
	return slices.ContainsFunc(rs, func(r Restriction) bool { return r.Open() && r.Kind == Barrier && slices.Contains(r.Workers, worker) })
}

// SealedFrom returns the seal that keeps a worker from the record, and whether
// there is one.
func (rs Restrictions) SealedFrom(worker string) (Restriction, bool) {
	for _, r := range rs {
		if r.Open() && r.Kind == Sealed && !slices.Contains(r.Workers, worker) {
			return r, true
		}
	}
	return Restriction{}, false
}

// Passable reports whether an emergency passes a seal: the authority itself put
// it on, and not the law on adoption or a court.
func (r Restriction) Passable() bool { return r.Reason != "adoption" && r.Reason != "court-order" }

// Shields reports whether an entry must not be given out in a form that shows
// who told, and the restriction that says so.
func (rs Restrictions) Shields(entry uint64) (bool, ID) {
	for _, r := range rs {
		if r.Open() && r.Kind == Informant && slices.Contains(r.Entries, entry) {
			return true, r.ID
		}
	}
	return false, ""
}

// Withholds reports whether the address must not be told to somebody outside
// the authority, and the restriction that says so.
func (rs Restrictions) Withholds(from string) (bool, ID) {
	for _, r := range rs {
		if r.Open() && r.Kind == Address && (len(r.Workers) == 0 || slices.Contains(r.Workers, from)) {
			return true, r.ID
		}
	}
	return false, ""
}

// WithholdsAny reports whether the address must not be told to anybody at all:
// whoever does not know whom a paper reaches does not put it in.
func (rs Restrictions) WithholdsAny() bool {
	return slices.ContainsFunc(rs, func(r Restriction) bool { return r.Open() && r.Kind == Address })
}

// Evolve returns the restrictions with one more fact.
func (rs Restrictions) Evolve(entry uint64, e Event) Restrictions {
	switch e := e.(type) {
	case BarrierSet:
		return rs.set(e.Restriction, Restriction{Kind: Barrier, Set: entry, From: e.Happened, Workers: []string{e.Worker}, Reason: e.Reason})
	case RecordSealed:
		return rs.set(e.Restriction, Restriction{Kind: Sealed, Set: entry, From: e.Happened, Workers: e.Readers, Reason: e.Reason})
	case InformantShielded:
		return rs.set(e.Restriction, Restriction{Kind: Informant, Set: entry, From: e.Happened, Entries: e.Entries, Reason: e.Reason})
	case AddressWithheld:
		return rs.set(e.Restriction, Restriction{Kind: Address, Set: entry, From: e.Happened, Workers: e.From, Reason: e.Basis})
	case Lifted:
		return rs.with(e.Restriction, func(r *Restriction) { r.Lifted = domain.Know(entry, e) })
	}
	return rs
}

func (rs Restrictions) set(id ID, as Restriction) Restrictions {
	return rs.with(id, func(r *Restriction) { as.ID, as.Lifted = id, r.Lifted; *r = as })
}

func (rs Restrictions) with(id ID, change func(*Restriction)) Restrictions {
	return domain.Upsert(rs,
		func(r *Restriction) bool { return r.ID == id },
		func(r *Restriction) { r.ID = id; change(r) })
}
