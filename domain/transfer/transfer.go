// Package transfer is the part of a record that says that responsibility for a
// child came from another authority or went to one. Until the receiving
// authority has taken over, the originating one keeps the case and the plan. It
// never carries the record itself.
package transfer

import "caseledger/domain"

// ID names a transfer within its record.
type ID string

// The directions of a transfer.
const (
	In  = "in"
	Out = "out"
)

// Event is one fact about a transfer.
//
//sumtype:decl
type Event interface {
	domain.Event
	transferEvent()
}

// Notified says that one authority told the other of a move.
type Notified struct {
	domain.Dated
	Transfer  ID     `json:"transfer"`
	Direction string `json:"direction"`     // in, out
	Authority string `json:"authorityName"` // the other one
	Plan      string `json:"plan"`          // protection-plan, cin-plan, looked-after, none
	Permanent bool   `json:"permanent"`
	// ConferenceBy is the last day in time for the receiving authority's
	// conference, where the child has a protection plan and moves for good.
	ConferenceBy domain.Date `json:"conferenceBy,omitzero"`
}

// TakenOver says that the receiving authority has taken responsibility.
type TakenOver struct {
	domain.Dated
	Transfer ID `json:"transfer"`
	// Bundle is the SHA-256, in hexadecimal, of the records that were handed
	// over; "" where none were.
	Bundle string `json:"bundle,omitempty"`
}

// Declined says that the move did not come about, or was not accepted.
type Declined struct {
	domain.Dated
	Transfer ID     `json:"transfer"`
	Reason   string `json:"reason"`
}

func (e Notified) About() string  { return "transfer/" + string(e.Transfer) }
func (e TakenOver) About() string { return "transfer/" + string(e.Transfer) }
func (e Declined) About() string  { return "transfer/" + string(e.Transfer) }

func (Notified) transferEvent()  {}
func (TakenOver) transferEvent() {}
func (Declined) transferEvent()  {}

// Transfer is what is known of one transfer.
type Transfer struct {
	ID        ID
	Notified  domain.Known[Notified]
	TakenOver domain.Known[TakenOver]
	Declined  domain.Known[Declined]
}

// Open reports whether the transfer waits for an answer.
func (t Transfer) Open() bool {
	return !t.Notified.IsZero() && t.TakenOver.IsZero() && t.Declined.IsZero()
}

// Transfers are those of one record, in the order of their beginning.
type Transfers []Transfer

// Find returns the transfer with the id, or one about which nothing is known.
func (ts Transfers) Find(id ID) Transfer {
	for _, t := range ts {
		if t.ID == id {
			return t
		}
	}
	return Transfer{ID: id}
}

// Gone reports whether another authority took the child over from one day to
// another, both included. A child who came back after an earlier move is not gone.
func (ts Transfers) Gone(since, by domain.Date) bool {
	for _, t := range ts {
		day := t.TakenOver.Fact.Happened
		if t.Notified.Fact.Direction == Out && !t.TakenOver.IsZero() && !day.Before(since) && !day.After(by) {
			return true
		}
	}
	return false
}

// Evolve returns the transfers with one more fact.
func (ts Transfers) Evolve(entry uint64, e Event) Transfers {
	switch e := e.(type) {
	case Notified:
		return ts.with(e.Transfer, func(t *Transfer) { t.Notified = domain.Know(entry, e) })
	case TakenOver:
		return ts.with(e.Transfer, func(t *Transfer) { t.TakenOver = domain.Know(entry, e) })
	case Declined:
		return ts.with(e.Transfer, func(t *Transfer) { t.Declined = domain.Know(entry, e) })
	}
	return ts
}

func (ts Transfers) with(id ID, change func(*Transfer)) Transfers {
	return domain.Upsert(ts,
		func(t *Transfer) bool { return t.ID == id },
		func(t *Transfer) { t.ID = id; change(t) })
}
