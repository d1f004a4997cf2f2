package accesslog

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/go-json-experiment/json"
)

// AuditEvent is an entry as FHIR R4 has it (hl7.org/fhir/R4/auditevent.html),
// which systems that watch over access in health and care read. It names people
// by their pseudonyms and holds no content.
type AuditEvent struct {
	ResourceType string    `json:"resourceType"`
	ID           string    `json:"id"`
	Type         Coding    `json:"type"`
	Subtype      []Coding  `json:"subtype"`
	Action       string    `json:"action"` // R, or E of a search
	Recorded     time.Time `json:"recorded"`
	Outcome      string    `json:"outcome"` // 0, or 4 where it was denied
	OutcomeDesc  string    `json:"outcomeDesc,omitempty"`
	Purpose      []Concept `json:"purposeOfEvent,omitempty"`
	Agent        []Agent   `json:"agent"`
	Source       Source    `json:"source"`
	Entity       []Entity  `json:"entity,omitempty"`
}

// Coding is a code of a system.
type Coding struct {
	System string `json:"system"`
	Code   string `json:"code"`
}

// Concept is a purpose in words.
type Concept struct {
	Coding []Coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// Identified is a reference by an identifier.
type Identified struct {
	Identifier Identifier `json:"identifier"`
}

// Identifier is an id within a system.
type Identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

// Agent is who asked.
type Agent struct {
	Role      []Concept  `json:"role"`
	Who       Identified `json:"who"`
	Requestor bool       `json:"requestor"`
	Policy    []string   `json:"policy,omitempty"`
	Purpose   []Concept  `json:"purposeOfUse,omitempty"`
}

// Source is the ledger.
type Source struct {
	Observer Identified `json:"observer"`
	Type     []Coding   `json:"type"`
}

// Entity is a record that was asked for, or named.
type Entity struct {
	What   Identified `json:"what"`
	Detail []Detail   `json:"detail,omitempty"`
}

// Detail is one more thing that is known of it.
type Detail struct {
	Type  string `json:"type"`
	Value string `json:"valueString"`
}

// The systems of codes. The ledger's own are made of its name.
const (
	auditEventType = "http://terminology.hl7.org/CodeSystem/audit-event-type"
	sourceType     = "http://terminology.hl7.org/CodeSystem/security-source-type"
	purposeOfUse   = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
)

// auditEvent returns a row as an AuditEvent of a ledger.
func auditEvent(ledger string, r Row) AuditEvent {
	own := "urn:caseledger:" + ledger
	e := AuditEvent{
		ResourceType: "AuditEvent", ID: fmt.Sprintf("access-%s-%d", r.Day, r.Entry),
		Type: Coding{auditEventType, "rest"}, Subtype: []Coding{{own + ":operation", r.Operation}},
		Action: "R", Recorded: r.Recorded.UTC(), Outcome: "0",
		Agent:  []Agent{{Role: []Concept{{Text: r.Role}}, Who: Identified{Identifier{own + ":caller:" + r.Agency, r.Caller}}, Requestor: true}},
		Source: Source{Observer: Identified{Identifier{"urn:caseledger", ledger}}, Type: []Coding{{sourceType, "4"}}},
	}
	for _, p := range r.Policies {
		e.Agent[0].Policy = append(e.Agent[0].Policy, own+":policy:"+p)
	}
	if r.Purpose != "" {
		e.Purpose = append(e.Purpose, Concept{Text: r.Purpose})
	}
	if r.BreakGlass != "" {
		e.Agent[0].Purpose = append(e.Agent[0].Purpose, Concept{Coding: []Coding{{purposeOfUse, "BTG"}}})
	}
	if r.Outcome != "released" {
		e.Outcome, e.OutcomeDesc = "4", r.Outcome
	}
	if r.Record != "" {
		e.Entity = append(e.Entity, entity(own, r.Record, r.details()))
	} else {
		e.Action = "E"
	}
	for _, id := range r.Records {
		e.Entity = append(e.Entity, entity(own, id, nil))
	}
	return e
}

func entity(own, record string, details []Detail) Entity {
	return Entity{What: Identified{Identifier{own + ":record", record}}, Detail: details}
}

func (r Row) details() []Detail {
	var all []Detail
	add := func(kind, value string) {
		if value != "" {
			all = append(all, Detail{kind, value})
		}
	}
	if r.Revision > 0 {
		add("revision", fmt.Sprint(r.Revision))
	}
	add("view", r.View)
	add("break-glass", r.BreakGlass)
	for _, why := range r.Withheld {
		add("withheld", why)
	}
	return all
}

// WriteFHIR writes rows as NDJSON: an AuditEvent a line.
func WriteFHIR(w io.Writer, ledger string, rows iter.Seq2[Row, error]) error {
	for r, err := range rows {
		if err != nil {
			return err
		}
		text, err := json.Marshal(auditEvent(ledger, r), json.Deterministic(true))
		if err != nil {
			return err
		}
		if _, err := w.Write(append(text, '\n')); err != nil {
			return err
		}
	}
	return nil
}
