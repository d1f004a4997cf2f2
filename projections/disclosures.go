package projections

import (
	"cmp"

	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/record"
)

// DisclosureRow is where one disclosure has got to.
type DisclosureRow struct {
	Disclosure   string      `json:"disclosure"` // "" of a whole record
	Kind         string      `json:"kind"`       // request, not-shared, sent, received, look
	From         string      `json:"from"`       // police, health, authority …
	Body         string      `json:"body"`       // its name
	Protocol     string      `json:"protocol,omitempty"`
	Begun        domain.Date `json:"begun,omitzero"`    // asked, decided, sent, received or looked at
	AnswerBy     domain.Date `json:"answerBy,omitzero"` // last day in time
	Profile      string      `json:"profile,omitempty"`
	Decision     string      `json:"decision,omitempty"` // all, part, refuse
	Disclosed    domain.Date `json:"disclosed,omitzero"`
	Acknowledged domain.Date `json:"acknowledged,omitzero"`
	Package      string      `json:"package,omitempty"` // fingerprint
	Open         bool        `json:"open"`              // waits for the authority
	Entry        uint64      `json:"entry"`             // that began it
}

// Disclosures returns to whom outside the authority a record went, and to whom it
// was decided not to let it go.
func Disclosures(r record.Record) []DisclosureRow {
	rows := []DisclosureRow{}
	for _, d := range r.Disclosures.All {
		rows = append(rows, disclosureRow(d))
	}
	for _, k := range r.Disclosures.Sent {
		rows = append(rows, DisclosureRow{Kind: "sent", From: "authority", Body: k.Fact.To, Begun: k.Fact.Happened, Decision: disclosure.All,
			Disclosed: k.Fact.Happened, Package: k.Fact.Package, Entry: k.Entry})
	}
	for _, k := range r.Disclosures.Received {
		rows = append(rows, DisclosureRow{Kind: "received", From: "authority", Body: k.Fact.Ledger, Begun: k.Fact.Happened, Package: k.Fact.Package, Entry: k.Entry})
	}
	for _, k := range r.Disclosures.Looks {
		rows = append(rows, DisclosureRow{Kind: "look", From: "health", Body: k.Fact.By, Protocol: k.Fact.Protocol, Begun: k.Fact.Happened, Disclosed: k.Fact.Happened, Entry: k.Entry})
	}
	return rows
}

func disclosureRow(d disclosure.Disclosure) DisclosureRow {
	if !d.NotShared.IsZero() {
		f := d.NotShared.Fact
		return DisclosureRow{Disclosure: string(d.ID), Kind: "not-shared", From: "other", Body: f.With, Begun: f.Happened, Decision: disclosure.Refuse, Entry: d.NotShared.Entry}
	}
	f := d.Requested.Fact
	return DisclosureRow{Disclosure: string(d.ID), Kind: "request", From: f.From, Body: f.Body, Protocol: f.Protocol, Begun: f.Happened, AnswerBy: f.AnswerBy,
		Profile: cmp.Or(d.Disclosed.Fact.Profile, d.Considered.Fact.Profile), Decision: d.Decided.Fact.Decision, Disclosed: d.Disclosed.Fact.Happened,
		Acknowledged: d.Acknowledged.Fact.Happened, Package: d.Disclosed.Fact.Package, Open: d.Open(), Entry: d.Requested.Entry}
}
