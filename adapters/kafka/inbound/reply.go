package inbound

import (
	"errors"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json"

	"caseledger/adapters/kafka"
	"caseledger/domain"
	"caseledger/eventstore"
)

// Types of replies.
const (
	TypeAccepted = "caseledger.reply.accepted"
	TypeRefused  = "caseledger.reply.refused"
)

// Reply is the value of a reply: a receipt, or the rules that forbid the act.
type Reply struct {
	Request  string          `json:"request"` // the id of the message that is answered
	Record   domain.RecordID `json:"record,omitzero"`
	Revision uint64          `json:"revision,omitzero"` // of the record after the act
	First    uint64          `json:"first,omitzero"`    // entry that the act recorded, the first of them
	Entries  int             `json:"entries,omitzero"`
	Position uint64          `json:"position,omitzero"` // of the last of them, in the ledger's feeds
	Repeated bool            `json:"repeated,omitzero"` // this was answered before
	Faults   []Fault         `json:"faults,omitempty"`
}

// Fault is one rule that forbids an act. It repeats nothing that was submitted.
type Fault struct {
	Rule    string `json:"rule"`
	Pointer string `json:"pointer,omitzero"` // member of the value (RFC 6901)
	Reason  string `json:"reason,omitzero"`
}

func accepted(r request, receipt eventstore.Receipt) Reply {
	return Reply{Request: r.id, Record: r.record, Revision: uint64(receipt.Revision), First: uint64(receipt.First), Entries: receipt.Events(),
		Position: uint64(receipt.Position), Repeated: receipt.Repeated}
}

// faultsOf returns what forbids an act, and whether the ledger decided so: any
// other error says that it could not. A conflict is the message's fault only
// where it pinned a revision.
func faultsOf(err error, pinned bool) ([]Fault, bool) {
	var refused domain.Refusals
	var invalid *eventstore.ValidationError
	var conflict *eventstore.ConflictError
	var reused *eventstore.RequestReusedError
	var faults []Fault
	switch {
	case errors.As(err, &refused):
		for _, r := range refused {
			faults = append(faults, Fault{Rule: r.Rule, Pointer: r.Pointer, Reason: r.Reason})
		}
	case errors.As(err, &invalid):
		for _, f := range invalid.Faults {
			faults = append(faults, Fault{Rule: f.Rule, Pointer: f.Pointer})
		}
	case errors.As(err, &conflict) && pinned:
		faults = []Fault{{Rule: "revision", Reason: "The record has changed since the revision that the message names."}}
	case errors.As(err, &reused):
		faults = []Fault{{Rule: "id-reused", Reason: "The id was used before for another message."}}
	case errors.Is(err, eventstore.ErrInvalid):
		faults = []Fault{{Rule: "not-recordable", Reason: "The ledger takes no such event: it is too large, or its text is not well-formed."}}
	}
	return faults, len(faults) > 0
}

// reply makes the message that answers another. Its id follows from that one's,
// so that the answer to a repeat can be told as one.
func (c clerk) reply(to *message.Message, r request, out Reply) (*message.Message, error) {
	value, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	kind := TypeAccepted
	if len(out.Faults) > 0 {
		kind = TypeRefused
	}
	m := message.NewMessage("reply-"+r.id, value)
	m.Metadata = message.Metadata{
		"ce_specversion": "1.0", "ce_source": "urn:caseledger:" + c.Ledger, "ce_type": kind,
		"ce_time": c.Records.Ledger.Now().UTC().Format(time.RFC3339Nano), "content-type": "application/json",
	}
	if key, ok := to.Metadata[kafka.KeyMetadata]; ok {
		m.Metadata[kafka.KeyMetadata] = key
	}
	return m, nil
}
