package inbound

import (
	"strconv"
	"strings"

	"github.com/ThreeDotsLabs/watermill/message"

	"caseledger/domain"
	"caseledger/eventstore"
)

// commandType begins the type of a CloudEvent that carries a command.
const commandType = "caseledger.command."

// Limits on a message.
const (
	MaxBytes  = 900_000 // of key, headers and value together; it fits into a broker's default on the poison topic too
	maxIDText = 100     // of a message's id
)

// request is what a partner's message asks for.
type request struct {
	id     string // of the message; with the partner's it is the request's
	source string
	name   string          // of the command
	record domain.RecordID // "" asks for a new record
	expect *eventstore.Revision
	body   []byte
}

// malformed is a message that is no CloudEvent with a command: which rule of the
// form it breaks, in a word that repeats nothing of it.
type malformed string

func (m malformed) Error() string { return "malformed: " + string(m) }

// parse reads a message in the binary mode of CloudEvents 1.0. The error is a
// malformed.
func parse(m *message.Message) (request, error) {
	r := request{id: m.Metadata["ce_id"], source: m.Metadata["ce_source"], body: m.Payload}
	if r.id == "" { // the subscriber takes the header away, and gives what bears none its place
		r.id = m.UUID
	}
	switch kind := m.Metadata["content-type"]; {
	case !printable(r.id, maxIDText) || strings.Contains(r.id, "/"):
		return r, malformed("ce_id")
	case m.Metadata["ce_specversion"] != "1.0":
		return r, malformed("ce_specversion")
	case !printable(r.source, 200):
		return r, malformed("ce_source")
	case kind != "application/json" && kind != "application/json; charset=utf-8":
		return r, malformed("content-type")
	}
	name, ok := strings.CutPrefix(m.Metadata["ce_type"], commandType)
	if !ok || !printable(name, 100) {
		return r, malformed("ce_type")
	}
	r.name = name
	if subject, given := m.Metadata["ce_subject"]; given {
		if r.record = domain.RecordID(strings.TrimPrefix(subject, "record-")); !recordID(string(r.record)) {
			return r, malformed("ce_subject")
		}
	}
	if text, given := m.Metadata["ce_revision"]; given {
		n, err := strconv.ParseUint(text, 10, 53)
		if err != nil {
			return r, malformed("ce_revision")
		}
		at := eventstore.Revision(n)
		r.expect = &at
	}
	return r, nil
}

func printable(s string, most int) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= most
}

// recordID reports whether a text is a record's id.
func recordID(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 32
}
