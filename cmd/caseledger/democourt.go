package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"caseledger/cmd/caseledger/demo"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/disclosure"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/subjectaccess"
	"caseledger/eventstore/durable"
	"caseledger/projections"
)

// courtCase is a child of the demo whose record goes to court, to its subject, to
// the police and to another authority. It is made by what the commands of those
// names do, on the demo's clock; what they write lies in a folder of the ledger.
type courtCase struct {
	*app
	child domain.RecordID
	dir   string
	acts  int
}

// The people of the case.
var (
	solicitor   = acting{id: "sol-01", role: "solicitor", agency: "anytown", basis: "children-act-1989-s31", purpose: "court"}
	clerk       = acting{id: "clerk-01", role: "legal-clerk", agency: "anytown", basis: "children-act-1989-s31", purpose: "court"}
	reviewer    = acting{id: "sol-02", role: "solicitor", agency: "anytown", basis: "children-act-1989-s31", purpose: "court"}
	approver    = acting{id: "mgr-01", role: "team-manager", agency: "anytown", basis: "children-act-1989-s31", purpose: "court"}
	infoOfficer = acting{id: "io-01", role: "records-officer", agency: "anytown", basis: "uk-gdpr-art15", purpose: "subject-access"}
	discloser   = acting{id: "ro-01", role: "records-officer", agency: "anytown", basis: "dpa-2018-sch2-p2", purpose: "disclosure"}
)

// court lets the record of a child be asked for in every way.
func (a *app) court(ctx context.Context, clock *demo.Clock, child domain.RecordID) error {
	c := courtCase{app: a, child: child, dir: filepath.Join(a.place.dir, "court")}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	clock.Run()
	for _, part := range []func(context.Context) error{c.bundle, c.access, c.police, c.moves} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// by is the next act of somebody, under a key of its own.
func (c *courtCase) by(who acting) acting {
	c.acts++
	who.request = fmt.Sprintf("court-%d", c.acts)
	return who
}

// do records what somebody says, in their order.
func (c *courtCase) do(ctx context.Context, who acting, commands ...any) error {
	for _, command := range commands {
		if _, err := c.records.Do(ctx, c.child, c.by(who).act(command)); err != nil {
			return err
		}
	}
	return nil
}

func (c *courtCase) known(ctx context.Context) (record.Record, error) { return c.load(ctx, c.child) }

// ago is a day so many days before the end of the demo.
func (c *courtCase) ago(days int) domain.Dated {
	return domain.Dated{Happened: c.records.Setting().Today.AddDays(-days)}
}

// redact lets somebody propose to withhold the first words of the last note from a
// reader, and somebody else approve it.
func (c *courtCase) redact(ctx context.Context, who acting, id redaction.ID, reader, purpose string) error {
	r, err := c.known(ctx)
	if err != nil {
		return err
	}
	propose := redaction.Propose{Dated: c.ago(0), Redaction: id, Reader: reader, Purpose: purpose, Known: uint64(len(r.Entries)), Nothing: true}
	for _, e := range r.Entries {
		if _, is := e.Event.(note.Written); is {
			propose.Nothing = false
			propose.Lines = []redaction.Line{{Entry: e.Seq, Field: "/text/0", Ground: "third-party", Reason: "It is about somebody else's life, and the rest can be understood without it."}}
		}
	}
	if err := c.do(ctx, who, propose); err != nil {
		return err
	}
	return c.do(ctx, approver, redaction.Approve{Dated: c.ago(0), Redaction: id})
}

// bundle makes a chronology, and a bundle for the court and for the mother.
func (c *courtCase) bundle(ctx context.Context) error {
	r, err := c.known(ctx)
	if err != nil {
		return err
	}
	if err := c.chronicle(ctx, c.child, r, chronicling{id: "hearing", title: "What happened", selection: chronology.Selection{GapDays: 90}, by: c.by(solicitor)}); err != nil {
		return err
	}
	if err := c.redact(ctx, clerk, "mother", "the mother", "court"); err != nil {
		return err
	}
	plan := bundlePlan{Title: "Bundle for the case management hearing", Court: "Family Court at Anytown", Case: "AT26C00123",
		Parties: []string{"Anytown Council", "the mother"},
		Sections: []planSection{{Letter: "A", Title: "Preliminary", Documents: []planDocument{
			{Title: "Chronology", Chronology: "hearing"}, {Title: "What is withheld", Paper: "schedule"}}}},
		Variants: []bundle.Variant{{Variant: "court", Reader: "the court"}, {Variant: "mother", Reader: "the mother", Redaction: "mother"}}}
	if r, err = c.known(ctx); err != nil {
		return err
	}
	err = c.planned(ctx, c.child, r, "hearing", plan, "", func(_ string, command any) error { return c.do(ctx, clerk, command) })
	if err != nil {
		return err
	}
	if err := c.do(ctx, reviewer, bundle.Review{Dated: c.ago(0), Bundle: "hearing", Note: "Read from the first page to the last."}); err != nil {
		return err
	}
	quiet := streams{out: io.Discard, err: io.Discard}
	step := stepping{id: "hearing", by: c.by(solicitor)}
	if r, err = c.known(ctx); err != nil {
		return err
	}
	if _, err := c.freeze(ctx, quiet, c.child, r.Bundles.Find("hearing"), step, verifierFlags{}); err != nil {
		return err
	}
	step.by = c.by(solicitor)
	if r, err = c.known(ctx); err != nil {
		return err
	}
	_, err = c.buildAll(ctx, quiet, c.child, r.Bundles.Find("hearing"), step, nil, c.dir)
	return err
}

// access answers a request for access, of which the clock stood still twice.
func (c *courtCase) access(ctx context.Context) error {
	const id = "access"
	r, err := c.known(ctx)
	if err != nil {
		return err
	}
	searched := uint64(len(r.Entries))
	err = c.do(ctx, infoOfficer,
		subjectaccess.Receive{Dated: c.ago(60), Request: id, From: "person", How: "letter", Wants: "Everything that is written about me."},
		subjectaccess.AskIdentity{Dated: c.ago(59), Request: id, What: "Something with your name and address."},
		subjectaccess.CheckIdentity{Dated: c.ago(50), Request: id, Means: "Her passport was seen.", Proved: true},
		subjectaccess.AskClarification{Dated: c.ago(49), Request: id, What: "Do you want the letters of the school as well?"},
		subjectaccess.Clarify{Dated: c.ago(40), Request: id, What: "Yes, all of them."},
		subjectaccess.Search{Dated: c.ago(30), Request: id, Known: searched, Found: []subjectaccess.Found{{Place: "entries", Count: int(searched)}}})
	if err != nil {
		return err
	}
	if err := c.redact(ctx, infoOfficer, "subject", "the person", "subject-access"); err != nil {
		return err
	}
	if r, err = c.known(ctx); err != nil {
		return err
	}
	decide := subjectaccess.Decide{Dated: c.ago(0), Request: id, Outcome: subjectaccess.Part, Reason: "What is about somebody else is left out."}
	if r.Redactions.Find("subject").Proposed.Fact.Nothing {
		decide.Outcome, decide.Reason = subjectaccess.All, "There is nothing to leave out."
	}
	if err := c.do(ctx, infoOfficer, subjectaccess.Exempt{Dated: c.ago(0), Request: id, Redaction: "subject"}, decide); err != nil {
		return err
	}
	if r, err = c.known(ctx); err != nil {
		return err
	}
	given, err := projections.AnswerOf(c.sealed.Payload, c.child, r, id)
	if err != nil {
		return err
	}
	count, err := projections.CountAnswer(c.sealed.Payload, r, given)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := writeAnswer(&file, answer{Answer: given}); err != nil {
		return err
	}
	if err := durable.Create(filepath.Join(c.dir, "answer.zip"), file.Bytes()); err != nil {
		return err
	}
	sum := sha256.Sum256(file.Bytes())
	hash := hex.EncodeToString(sum[:])
	return c.do(ctx, infoOfficer, subjectaccess.Deliver{Dated: c.ago(0), Request: id, How: "collected", Hash: hash},
		subjectaccess.Check{Dated: c.ago(0), Request: id, Hash: hash, Known: given.Known, Delivered: count.Delivered, Withheld: count.Withheld, Missing: len(count.Missing)},
		subjectaccess.Close{Dated: c.ago(0), Request: id, Reason: "answered"})
}

// police gives the police what their protocol lets them have.
func (c *courtCase) police(ctx context.Context) error {
	err := c.do(ctx, discloser,
		disclosure.Request{Dated: c.ago(20), Disclosure: "police", From: "police", Body: "Anytown Police", Reference: "AP/2026/1177", Protocol: "police",
			Reason: "An offence against the child is investigated.", Asked: []string{"The record of the last year."}},
		disclosure.Consider{Dated: c.ago(10), Disclosure: "police", Profile: "police", Text: []string{"What is asked for bears on the offence."}},
		disclosure.Decide{Dated: c.ago(5), Disclosure: "police", Decision: "part", Basis: "Data Protection Act 2018 Sch 2 Pt 1", Necessity: "The offence cannot be investigated without it.",
			Reason: "What is about others is not needed."})
	if err != nil {
		return err
	}
	own := ""
	return c.disclose(ctx, streams{out: io.Discard, err: io.Discard}, "text", c.child, disclosing{id: "police", profiles: own, by: c.by(discloser),
		contacts: []string{"Duty team, 01632 960001"}, pkg: filepath.Join(c.dir, "police.zip"), out: []string{filepath.Join(c.dir, "police.pdf")}}, verifierFlags{})
}

// moves sends the record to another authority, whose key is made up and forgotten.
func (c *courtCase) moves(ctx context.Context) error {
	othertown, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	return c.send(ctx, streams{out: io.Discard, err: io.Discard}, "text", c.child, "Othertown", othertown.Recipient(), filepath.Join(c.dir, "othertown.age"), c.by(discloser), verifierFlags{})
}
