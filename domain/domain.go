// Package domain holds the words of social care that every part of a record
// shares: dates, ids, who acted and on what authority, what was recorded, and
// why an act was refused. The rules themselves stand in the packages below it,
// one per part of the record.
//
// Nothing here or below reads a clock, makes an id at random, or does input or
// output: dates and ids come in as arguments. Validation tags are declared
// here and checked at the edge, by package eventstore.
package domain

import "time"

// RecordID names one person's record: 32 lower-case hexadecimal digits, drawn
// at random, so that the id says nothing about the person.
type RecordID string

// PersonID names a person as the authority understands it, drawn like a
// RecordID. One person has two records where the law keeps identities apart
// (adoption), and one record until then.
type PersonID string

// Actor is who did or said something: a pseudonymous id, the role acted in
// ("social-worker") and the agency acted for ("anytown-childrens-services").
type Actor struct {
	ID     string `json:"id" validate:"required,max=100,printascii"`
	Role   string `json:"role" validate:"required,max=100,printascii"`
	Agency string `json:"agency" validate:"required,max=100,printascii"`
}

// Authority is why the actor may process the data: the legal basis
// ("children-act-1989-s17") and the purpose ("assessment").
type Authority struct {
	Basis   string `json:"basis" validate:"required,max=100,printascii"`
	Purpose string `json:"purpose" validate:"required,max=100,printascii"`
}

// Event is one fact that happened to a person's record: a plain struct, one
// type per kind of fact, named in the past tense. Its name on the wire stands
// in the schema catalogue and nowhere else.
type Event interface {
	// HappenedOn is the day the fact was true in the world, as stated by its
	// author; the zero Date means that nobody knows.
	HappenedOn() Date
	// About names the thing within the record that the event speaks of
	// ("referral/r1"). Two events of one type about the same thing are claims
	// about the same fact, so that one can correct the other. "" means the
	// person as a whole.
	About() string
}

// Dated is embedded in every event and command that has a day on which it was
// true in the world.
type Dated struct {
	Happened Date `json:"happened" validate:"required"`
}

// HappenedOn returns the day as stated.
func (d Dated) HappenedOn() Date { return d.Happened }

// Fact is an event that is about to be recorded, with what only the recording
// knows: which entry it corrects, and where an import found it.
type Fact struct {
	Event    Event
	Corrects *Correction
	Source   *Source
}

// Facts wraps events that correct nothing and were not imported.
func Facts(events ...Event) []Fact {
	facts := make([]Fact, len(events))
	for i, e := range events {
		facts[i] = Fact{Event: e}
	}
	return facts
}

// Correction points at the entry that a new one replaces, and says why.
type Correction struct {
	Entry  uint64 `json:"entry"`
	Reason string `json:"reason"`
}

// Source is where an imported entry came from.
type Source struct {
	// Kind is the format and its year: "cin-census/2022".
	Kind string `json:"kind"`
	// File is the SHA-256 of the imported file, in hexadecimal.
	File string `json:"file"`
	// Line is the line in the file, from 1, at which the element began.
	Line int `json:"line,omitzero"`
	// StatedOn is the date as of which the file speaks (its reference date).
	StatedOn Date `json:"statedOn,omitzero"`
	// Flags are the rules that the imported data breaks.
	Flags []Flag `json:"flags,omitempty"`
}

// Flag is one rule that imported data breaks. Data is kept as it came; where a
// field could not hold it (a date that is none), Raw holds it.
type Flag struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	Raw   string `json:"raw,omitempty"`
}

// Circumstances are what every entry says beside its event: who recorded it,
// on what authority, in answer to which request, and with which other records.
type Circumstances struct {
	Actor     Actor
	Authority Authority
	// Request is the caller's idempotency key: a repeat with the same key
	// appends nothing and is given the first receipt.
	Request string
	// Digest is the SHA-256, in hexadecimal, of the command that the request
	// carried and of its name, so that one key cannot stand for two different
	// acts.
	Digest string
	// Group joins the entries of one act on several records; "" for one.
	Group string
	// Corrects is set where this entry replaces an earlier one of the record.
	Corrects *Correction
	// Source is set on imported entries.
	Source *Source
	// Policy names the rules by which the entry was decided, and by which the
	// days that it states were reckoned (policy.Pack.Name); "" where none were
	// needed.
	Policy string
	// Captured is set where the act was done away from the ledger.
	Captured *Captured
	// Transferred is set where another ledger recorded the entry: one line for each
	// ledger that it came through, the first one first. Actor, authority and all else
	// are then as that first ledger recorded them.
	Transferred []Transferred
}

// Transferred says where another ledger holds an entry that this one took over.
// Its number there is the one that it has here.
type Transferred struct {
	// Ledger is the other ledger's name, Recorded when it accepted the entry.
	Ledger   string    `json:"ledger"`
	Recorded time.Time `json:"recorded"`
	// Leaf is the SHA-256 of the entry's leaf there, in hexadecimal: what the other
	// ledger's log proves.
	Leaf string `json:"leaf"`
	// Package is the fingerprint of the evidence package that it came in.
	Package string `json:"package"`
}

// Captured says that an act was done on a device that had no connection, and
// reached the ledger later. All of it is as the device stated it: what the
// ledger vouches for is when it recorded the entry.
type Captured struct {
	// Device is a pseudonym of the device.
	Device string `json:"device" validate:"required,max=100,printascii"`
	// Sequence counts the acts of the device: each is an act of its own, in this
	// order, however alike they are.
	Sequence uint64 `json:"sequence" validate:"required"`
	// At is the time by the device's clock, RFC 3339.
	At time.Time `json:"at" validate:"required"`
	// Seen is the revision of the record that the device had, 0 for none: what
	// others recorded since, the author did not know.
	Seen uint64 `json:"seen,omitzero"`
}

// Entry is one recorded event of a stream.
type Entry struct {
	// Seq counts the entries of the stream: 1, 2, 3 … without gaps.
	Seq uint64
	// Recorded is when the ledger accepted the entry, UTC, in microseconds.
	Recorded time.Time
	Circumstances
	Event Event
}

// Known is a fact as the record now understands it, with the entry that says
// so. The zero value means "nothing recorded".
type Known[E Event] struct {
	Entry uint64
	Fact  E
}

// Know notes that an entry states a fact.
func Know[E Event](entry uint64, fact E) Known[E] { return Known[E]{Entry: entry, Fact: fact} }

// IsZero reports whether nothing was recorded.
func (k Known[E]) IsZero() bool { return k.Entry == 0 }
