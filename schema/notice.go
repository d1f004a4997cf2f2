package schema

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/seal"
)

// Notice says that something was recorded, as CloudEvents 1.0 has it, and not
// what: whoever needs to know asks for the record, and is recorded as asking.
// It is what every feed of the ledger is made of.
type Notice struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`      // the event's own, for ever the same
	Source      string    `json:"source"`  // the ledger: "urn:caseledger:anytown.example/prod"
	Type        string    `json:"type"`    // "caseledger.referral.received"
	Subject     string    `json:"subject"` // the stream: "record-…"
	Time        time.Time `json:"time"`
	// Position is the place in the feed. It is written as a string of digits,
	// because an Integer of CloudEvents has 32 bits and a ledger more events.
	Position uint64 `json:"position,string"`
	Revision uint64 `json:"revision"` // of the subject
}

// NoticeOf reads what the leaf says of an event of a ledger; nothing is opened.
func NoticeOf(ledger string, e eventstore.Recorded) (Notice, error) {
	leaf, err := seal.ParseLeaf(e.Metadata)
	if err != nil {
		return Notice{}, fmt.Errorf("position %d: %w", e.Position, err)
	}
	return Notice{SpecVersion: "1.0", ID: hex.EncodeToString(e.ID[:]), Source: "urn:caseledger:" + ledger, Type: "caseledger." + NameOf(e.Type),
		Subject: e.Stream, Time: leaf.Recorded, Position: uint64(e.Position), Revision: uint64(e.Revision)}, nil
}

// NameOf returns the name of a stored event's type, without its version.
func NameOf(wire string) string {
	name, _, _ := strings.Cut(wire, "/")
	return name
}

// Members returns the names that an event's own members have in a payload.
func (t EventType) Members() []string {
	var names []string
	for _, f := range reflect.VisibleFields(t.Go) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
