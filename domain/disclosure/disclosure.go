// Package disclosure is the part of a record that says to whom outside the
// authority it went, and to whom it did not: what was asked for and on which
// protocol, how that was considered and decided, what was given and with which
// restrictions, and whole records that were sent to another authority or came
// from one. It never holds what was given: the entries do.
package disclosure

import (
	"slices"

	"caseledger/domain"
)

// ID names a disclosure within its record.
type ID string

// The decisions on a disclosure.
const (
	All    = "all"
	Part   = "part"
	Refuse = "refuse"
)

// Event is one fact about disclosures.
//
//sumtype:decl
type Event interface {
	domain.Event
	disclosureEvent()
}

// Requested says that somebody outside the authority asked for information.
type Requested struct {
	domain.Dated
	Disclosure ID     `json:"disclosure"`
	From       string `json:"from"` // police, health, authority, inspectorate, court, education, probation, other
	Body       string `json:"body"` // its name: "Anyshire Police"
	Reference  string `json:"reference,omitempty"`
	// Protocol is what the request goes by: the clock "disclosure-" and its name
	// says by when it is answered.
	Protocol string   `json:"protocol,omitempty"`
	Reason   string   `json:"reason"` // what it is wanted for
	Asked    []string `json:"asked"`
	// AnswerBy is the last day in time; zero where no rule sets one.
	AnswerBy domain.Date `json:"answerBy,omitzero"`
}

// Considered says under which profile a request was looked at, and what was
// weighed.
type Considered struct {
	domain.Dated
	Disclosure ID       `json:"disclosure"`
	Profile    string   `json:"profile"`
	Text       []string `json:"text"`
}

// Decided says what is to be disclosed, on which legal basis, and why that is
// necessary.
type Decided struct {
	domain.Dated
	Disclosure ID     `json:"disclosure"`
	Decision   string `json:"decision"` // all, part, refuse
	Basis      string `json:"basis"`
	Necessity  string `json:"necessity,omitempty"` // why what goes is necessary and proportionate
	Reason     string `json:"reason,omitempty"`    // why the rest does not go
}

// NotShared says that it was decided not to share something that nobody had
// asked for in form, and why.
type NotShared struct {
	domain.Dated
	Disclosure ID     `json:"disclosure"`
	With       string `json:"with"`
	What       string `json:"what"`
	Reason     string `json:"reason"`
}

// Disclosed says what was given: whoever opens the package with this
// fingerprint sees it.
type Disclosed struct {
	domain.Dated
	Disclosure ID     `json:"disclosure"`
	Profile    string `json:"profile"`
	// Redaction is the set of redactions that was applied beside the profile; ""
	// for none.
	Redaction string `json:"redaction,omitempty"`
	// Known is the last entry that was on the record.
	Known uint64 `json:"known"`
	// Entries are those of which something was shown, in the order of their
	// numbers.
	Entries []uint64 `json:"entries"`
	// Package is the evidence package's fingerprint, SHA-256 in hexadecimal.
	Package string `json:"package"`
	// Checkpoint is the state of the log that it is proved under: size and root.
	Checkpoint string   `json:"checkpoint"`
	Onward     []string `json:"onward,omitempty"` // what the receiver may not do with it
}

// Acknowledged says that the receiver has what was given.
type Acknowledged struct {
	domain.Dated
	Disclosure ID     `json:"disclosure"`
	By         string `json:"by"`
	Reference  string `json:"reference,omitempty"`
}

// Looked says that the authority was told of a look that somebody had, in
// another system, at what the authority shares there.
type Looked struct {
	domain.Dated
	Protocol  string `json:"protocol"` // cp-is
	By        string `json:"by"`       // the setting: "Anytown hospital, emergency department"
	Reference string `json:"reference"`
}

// Sent says that the whole record went to another authority.
type Sent struct {
	domain.Dated
	To         string `json:"to"`
	Recipient  string `json:"recipient"` // the public key that the package was encrypted to
	Known      uint64 `json:"known"`     // the last entry in it
	Package    string `json:"package"`
	Checkpoint string `json:"checkpoint"`
}

// Received says that the entries before this one were taken over, number by
// number, from another ledger.
type Received struct {
	domain.Dated
	Ledger     string `json:"ledger"` // the sender's
	Stream     string `json:"stream"` // there
	Known      uint64 `json:"known"`  // the last entry taken over
	Package    string `json:"package"`
	Checkpoint string `json:"checkpoint"`
	// Unread are the entries of kinds that this ledger did not know: they are kept
	// word for word, and await somebody who reads them.
	Unread []uint64 `json:"unread,omitempty"`
}

func about(id ID) string { return "disclosure/" + string(id) }

func (e Requested) About() string    { return about(e.Disclosure) }
func (e Considered) About() string   { return about(e.Disclosure) }
func (e Decided) About() string      { return about(e.Disclosure) }
func (e NotShared) About() string    { return about(e.Disclosure) }
func (e Disclosed) About() string    { return about(e.Disclosure) }
func (e Acknowledged) About() string { return about(e.Disclosure) }
func (e Looked) About() string       { return "look/" + e.Protocol + "/" + e.Reference }
func (e Sent) About() string         { return "package/" + e.Package }
func (e Received) About() string     { return "package/" + e.Package }

func (Requested) disclosureEvent()    {}
func (Considered) disclosureEvent()   {}
func (Decided) disclosureEvent()      {}
func (NotShared) disclosureEvent()    {}
func (Disclosed) disclosureEvent()    {}
func (Acknowledged) disclosureEvent() {}
func (Looked) disclosureEvent()       {}
func (Sent) disclosureEvent()         {}
func (Received) disclosureEvent()     {}

// Disclosure is what is known of one disclosure.
type Disclosure struct {
	ID           ID
	Requested    domain.Known[Requested]
	Considered   domain.Known[Considered] // the latest
	Decided      domain.Known[Decided]
	NotShared    domain.Known[NotShared]
	Disclosed    domain.Known[Disclosed] // the latest
	Acknowledged domain.Known[Acknowledged]
}

// Open reports whether the disclosure waits for a decision, or for what was
// decided to be done.
func (d Disclosure) Open() bool {
	return !d.Requested.IsZero() && d.Disclosed.IsZero() && d.Decided.Fact.Decision != Refuse
}

// Disclosures is what is known of those of one record. The lists grow in place:
// see Fork.
type Disclosures struct {
	All      []Disclosure // in the order of their beginning
	Looks    []domain.Known[Looked]
	Sent     []domain.Known[Sent]
	Received []domain.Known[Received]
}

// Fork returns the disclosures in a form that may be evolved apart from these.
func (ds Disclosures) Fork() Disclosures {
	ds.Looks, ds.Sent, ds.Received = slices.Clip(ds.Looks), slices.Clip(ds.Sent), slices.Clip(ds.Received)
	return ds
}

// Find returns the disclosure with the id, or one about which nothing is known.
func (ds Disclosures) Find(id ID) Disclosure {
	for _, d := range ds.All {
		if d.ID == id {
			return d
		}
	}
	return Disclosure{ID: id}
}

// Evolve returns the disclosures with one more fact.
func (ds Disclosures) Evolve(entry uint64, e Event) Disclosures {
	switch e := e.(type) {
	case Requested:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.Requested = domain.Know(entry, e) })
	case Considered:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.Considered = domain.Know(entry, e) })
	case Decided:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.Decided = domain.Know(entry, e) })
	case NotShared:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.NotShared = domain.Know(entry, e) })
	case Disclosed:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.Disclosed = domain.Know(entry, e) })
	case Acknowledged:
		return ds.with(e.Disclosure, func(d *Disclosure) { d.Acknowledged = domain.Know(entry, e) })
	case Looked:
		ds.Looks = append(ds.Looks, domain.Know(entry, e))
	case Sent:
		ds.Sent = append(ds.Sent, domain.Know(entry, e))
	case Received:
		ds.Received = append(ds.Received, domain.Know(entry, e))
	}
	return ds
}

func (ds Disclosures) with(id ID, change func(*Disclosure)) Disclosures {
	ds.All = domain.Upsert(ds.All,
		func(d *Disclosure) bool { return d.ID == id },
		func(d *Disclosure) { d.ID = id; change(d) })
	return ds
}
