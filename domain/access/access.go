// Package access is what the second ledger holds: to whom content of records was
// given, for which purpose, and to whom it was refused. It never holds the
// content itself. Who it was and the purpose stand in the entry's circumstances.
package access

import "caseledger/domain"

// Released says that content was about to leave. It is recorded before the
// first byte does.
type Released struct {
	domain.Dated
	Operation string `json:"operation"`         // "record.read"
	Subject   string `json:"subject,omitempty"` // the record asked for; "" of lists and searches
	// Revision is that of the record as it was shown.
	Revision uint64 `json:"revision,omitzero"`
	// View is the point of view asked for: "known-at=…&true-on=…".
	View string `json:"view,omitempty"`
	Rows int    `json:"rows"`
	// Records are those of whom a list or search gave something.
	Records []string `json:"records,omitempty"`
	// Policies are those that decided.
	Policies []string `json:"policies,omitempty"`
	// BreakGlass is the use of the break-glass without which it would have been
	// denied, "" where none was needed.
	BreakGlass string `json:"breakGlass,omitempty"`
	// Withheld are the reasons for which something of the record was left out.
	Withheld []string `json:"withheld,omitempty"`
}

// ReleasedV1 is Released as it was stored before a record could be opened in an
// emergency and parts of it be withheld.
type ReleasedV1 struct {
	domain.Dated
	Operation string   `json:"operation"`
	Subject   string   `json:"subject,omitempty"`
	Revision  uint64   `json:"revision,omitzero"`
	View      string   `json:"view,omitempty"`
	Rows      int      `json:"rows"`
	Records   []string `json:"records,omitempty"`
	Policies  []string `json:"policies,omitempty"`
}

// Latest returns the release as it is read today.
func (r ReleasedV1) Latest() Released {
	return Released{Dated: r.Dated, Operation: r.Operation, Subject: r.Subject, Revision: r.Revision, View: r.View, Rows: r.Rows,
		Records: r.Records, Policies: r.Policies}
}

// Denied says that something was asked for and not given.
type Denied struct {
	domain.Dated
	Operation string   `json:"operation"`
	Subject   string   `json:"subject,omitempty"`
	Reason    string   `json:"reason"` // a code: "forbidden", "not-found"
	Policies  []string `json:"policies,omitempty"`
}

// About is domain.Event's.
func (r Released) About() string { return r.Subject }

// About is domain.Event's.
func (r ReleasedV1) About() string { return r.Subject }

// About is domain.Event's.
func (d Denied) About() string { return d.Subject }
