package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"caseledger/adapters/docx"
	"caseledger/adapters/httpapi"
	"caseledger/adapters/pdf"
	"caseledger/domain/disclosure"
	"caseledger/domain/subjectaccess"
	"caseledger/projections"
)

// packDisclosure makes the files of a disclosure, keeps them, and records last that it
// goes: nobody is given what is not recorded.
func (js *jobs) packDisclosure(ctx context.Context, shown jobShown, asked httpapi.PackDisclosure) error {
	j := shown.job
	r, err := js.app.load(ctx, j.Record)
	if err != nil || j.Recorded(r) {
		return err
	}
	all, err := catalogue(js.profiles)
	if err != nil {
		return ofMachineError{err}
	}
	shown.step("pack", "")
	d := disclosing{id: j.Of, redaction: asked.Redaction, contacts: asked.Contacts, by: j.acts(j.Request())}
	made, err := js.packed(ctx, shown, d, all)
	if err != nil {
		return err
	}
	files := []httpapi.MadeFile{{File: "package", Type: "application/zip"}, {File: "pdf", Type: "application/pdf"}, {File: "docx", Type: docx.MediaType}}
	var asPDF, asWord bytes.Buffer
	if err := pdf.Write(&asPDF, made.paper); err != nil {
		return err
	}
	if err := docx.Write(&asWord, made.paper); err != nil {
		return err
	}
	kept := httpapi.OfDisclosure(j.Record, disclosure.ID(j.Of), made.made.Package)
	if err := kept.Keep(ctx, js.files, files, map[string][]byte{"package": made.pkg, "pdf": asPDF.Bytes(), "docx": asWord.Bytes()}); err != nil {
		return err
	}
	if err := kept.KeepShown(ctx, js.files, fieldsOf(made)); err != nil {
		return err
	}
	_, err = js.app.records.Do(ctx, j.Record, d.by.act(made.made))
	return err
}

func (js *jobs) packed(ctx context.Context, shown jobShown, d disclosing, all disclosure.Catalogue) (disclosurePack, error) {
	if err := js.trusted(); err != nil {
		return disclosurePack{}, err
	}
	js.attesting.Lock()
	defer js.attesting.Unlock()
	made, err := js.app.packDisclosure(ctx, streams{io.Discard, shown}, shown.job.Record, d, all, js.others)
	shown.attested(made.attested)
	return made, err
}

// fieldsOf are the fields that a disclosure shows.
func fieldsOf(made disclosurePack) []httpapi.ShownEntry {
	var all []httpapi.ShownEntry
	for _, e := range made.shown {
		one := httpapi.ShownEntry{Entry: e.Entry}
		for _, f := range e.Fields {
			one.Fields = append(one.Fields, f.Path)
		}
		all = append(all, one)
	}
	return all
}

// makeAnswer makes the answer to a request for access, and counts what is in the file
// against what the ledgers hold. The same exemptions give the same file.
func (js *jobs) makeAnswer(ctx context.Context, shown jobShown) error {
	j := shown.job
	shown.step("answer", "")
	r, err := js.app.load(ctx, j.Record)
	if err != nil {
		return err
	}
	q := r.AccessRequests.Find(subjectaccess.ID(j.Of))
	var whole answer
	if whole.Answer, err = projections.AnswerOf(js.app.view.Codec, j.Record, r, q.ID); err != nil {
		return err
	}
	looks, err := looksIn(ctx, js.second.records.Ledger, j.Record, began(r), whole.Made)
	if err != nil {
		return err
	}
	whole.Looks = withheldLooks(q.Exempted.Fact, looks)
	var file bytes.Buffer
	if err := writeAnswer(&file, whole); err != nil {
		return err
	}
	shown.step("check", "")
	given, papers, err := parseAnswer(file.Bytes())
	if err != nil {
		return err
	}
	count, err := countFile(js.app.view.Codec, r, whole, given, papers)
	if err != nil {
		return err
	}
	if len(count.Missing) > 0 {
		return fmt.Errorf("%d are missing from the answer, or are not what is recorded", len(count.Missing))
	}
	kept := httpapi.OfAnswer(j.Record, q.ID, q.Exempted.Entry)
	if err := kept.Keep(ctx, js.files, []httpapi.MadeFile{{File: "answer", Type: "application/zip"}}, map[string][]byte{"answer": file.Bytes()}); err != nil {
		return err
	}
	return kept.KeepCount(ctx, js.files, httpapi.AnswerCount{Hash: hashOf(file.Bytes()), Known: given.Known, Delivered: count.Delivered, Withheld: count.Withheld})
}
