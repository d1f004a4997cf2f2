// Package group is the history of one act that concerns several records: what
// was decided for each before the first was written, and what became of it. A
// crash in between is mended from it. It never interprets the parts' events.
package group

import "caseledger/domain"

// Part is what was decided for one record: events as they will be stored.
type Part struct {
	Stream  string   `json:"stream"`
	Request string   `json:"request"`
	After   uint64   `json:"after"` // the revision it was decided on
	Events  []Stored `json:"events"`
}

// Stored is an event in the form in which the store will hold it: sealed under
// the key of its record, so that whoever destroys that key destroys what was
// intended for the record too.
type Stored struct {
	ID       string `json:"id"` // hexadecimal
	Type     string `json:"type"`
	Metadata []byte `json:"metadata"` // base64 on the wire
	Data     []byte `json:"data"`
}

// Outcome is what became of one part.
type Outcome struct {
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"` // of its last event
}

// Begun states the intention. It is durable before the first part is written.
type Begun struct {
	domain.Dated
	Parts []Part `json:"parts"`
}

// Finished states the outcome of every part.
type Finished struct {
	domain.Dated
	Outcomes []Outcome `json:"outcomes"`
}

func (Begun) About() string    { return "" }
func (Finished) About() string { return "" }

// Group is what is known of one act on several records, and who did it.
type Group struct {
	Begun     domain.Known[Begun]
	Finished  domain.Known[Finished]
	Actor     domain.Actor
	Authority domain.Authority
	Digest    string // of the commands of all parts
}

// Evolve returns the group with more entries.
func (g Group) Evolve(entries ...domain.Entry) Group {
	for _, e := range entries {
		switch ev := e.Event.(type) {
		case Begun:
			g.Begun = domain.Know(e.Seq, ev)
			g.Actor, g.Authority, g.Digest = e.Actor, e.Authority, e.Digest
		case Finished:
			g.Finished = domain.Know(e.Seq, ev)
		}
	}
	return g
}
