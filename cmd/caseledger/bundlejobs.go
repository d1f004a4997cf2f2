package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/binder"
	"caseledger/adapters/enclosures"
	"caseledger/adapters/httpapi"
	"caseledger/domain"
	"caseledger/domain/bundle"
)

// maxGathered bounds the bytes of the documents of one bundle.
const maxGathered = 1 << 30

// makeBundle freezes the bundle, if it is not frozen yet, builds what was asked for,
// and checks it against the rules.
func (js *jobs) makeBundle(ctx context.Context, shown jobShown, asked httpapi.MakeBundle) error {
	j := shown.job
	now, err := js.bundle(ctx, j)
	if err != nil {
		return err
	}
	first, late := now.Sections()
	s, err := js.stepping(ctx, j, slices.Concat(first, late), fmt.Sprintf("bundle-%s-%d", j.Job, now.Edition()))
	if err != nil {
		return err
	}
	to := streams{io.Discard, shown}
	if now.Frozen.IsZero() {
		shown.step("freeze", "")
		if err := js.freeze(ctx, shown, now, s); err != nil {
			return err
		}
		if now, err = js.bundle(ctx, j); err != nil {
			return err
		}
	}
	wanted := slices.DeleteFunc(slices.Clone(now.Varied.Fact.Variants), func(v bundle.Variant) bool {
		return len(asked.Variants) > 0 && !slices.Contains(asked.Variants, v.Variant)
	})
	for _, v := range wanted {
		shown.step("build", v.Variant)
		if err := js.build(ctx, to, s, newBundling(js.app, j.Record, now, v, s.library(), now.Stand()), shown.Show); err != nil {
			return err
		}
	}
	for _, v := range wanted {
		shown.step("check", v.Variant)
		if err := js.check(ctx, httpapi.OfBundle(j.Record, now.ID, now.Edition(), v.Variant), now.Opened.Fact); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (js *jobs) bundle(ctx context.Context, j *job) (bundle.Bundle, error) {
	r, err := js.app.load(ctx, j.Record)
	return r.Bundles.Find(bundle.ID(j.Of)), err
}

// stepping is a step towards the bundle of a job, with the documents that stand in
// sections of it.
func (js *jobs) stepping(ctx context.Context, j *job, sections []bundle.Section, request string) (stepping, error) {
	gathered, err := js.gather(ctx, j.Record, sections)
	return stepping{id: j.Of, uploaded: gathered, by: j.acts(request)}, err
}

func (js *jobs) freeze(ctx context.Context, shown jobShown, now bundle.Bundle, s stepping) error {
	if err := js.trusted(); err != nil {
		return err
	}
	js.attesting.Lock()
	defer js.attesting.Unlock()
	rows, err := js.app.freeze(ctx, streams{io.Discard, shown}, shown.job.Record, now, s, js.others)
	shown.attested(rows)
	return err
}

// addLate adds documents that came late, once.
func (js *jobs) addLate(ctx context.Context, shown jobShown, asked httpapi.AddLate) error {
	j := shown.job
	r, err := js.app.load(ctx, j.Record)
	if err != nil || j.Recorded(r) {
		return err
	}
	now := r.Bundles.Find(bundle.ID(j.Of))
	first, late := now.Sections()
	s, err := js.stepping(ctx, j, slices.Concat(first, late, asked.Sections), j.Request())
	if err != nil {
		return err
	}
	if err := js.trusted(); err != nil {
		return err
	}
	shown.step("supplement", "")
	js.attesting.Lock()
	defer js.attesting.Unlock()
	rows, err := js.app.supplement(ctx, streams{io.Discard, shown}, j.Record, r, now, s, asked.Sections, asked.Reason, js.others)
	shown.attested(rows)
	return err
}

// build builds a variant, keeps its files and records it last. One that was built
// and kept before is not built again.
func (js *jobs) build(ctx context.Context, to streams, s stepping, made bundling, progress func(done, total int64)) error {
	place := httpapi.OfBundle(made.on, made.bundle.ID, made.bundle.Edition(), made.variant.Variant)
	kept, err := place.Files(ctx, js.files)
	if was := made.bundle.BuiltOf(made.variant.Variant).Fact; err != nil || len(kept) > 0 && kept[0].SHA256 == was.SHA256 {
		return err
	}
	var pdf bytes.Buffer
	whole, manifest, sum, err := made.write(ctx, to, &pdf, func(done, total int) { progress(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	text, err := json.Marshal(manifest, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	all := []httpapi.MadeFile{{File: "pdf", Type: "application/pdf"}, {File: "manifest", Type: "application/json"}}
	content := map[string][]byte{"pdf": pdf.Bytes(), "manifest": append(text, '\n')}
	for i, a := range whole.Attachments {
		name := fmt.Sprintf("evidence-%d", i+1)
		all, content[name] = append(all, httpapi.MadeFile{File: name, Type: a.Type}), a.Content
	}
	if err := cmp.Or(ctx.Err(), place.Keep(ctx, js.files, all, content)); err != nil {
		return err
	}
	return made.record(ctx, s.by, builtRow{Variant: made.variant.Variant, Pages: len(manifest.Labels), SHA256: sum})
}

// check keeps how a variant that was built stands to the rules that its bundle
// follows, unless that is kept already.
func (js *jobs) check(ctx context.Context, of httpapi.Made, opened bundle.Opened) error {
	_, known, err := of.Rules(ctx, js.files)
	if err != nil || known {
		return err
	}
	rules, known := binder.RulesNamed(opened.Rules)
	if !known { // what the court directed is known to the court
		return nil
	}
	file, err := of.File(ctx, js.files, "pdf")
	if err != nil {
		return err
	}
	text, err := of.File(ctx, js.files, "manifest")
	if err != nil {
		return err
	}
	var m binder.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	found, err := binder.Check(ctx, file, rules, binder.Given{Permission: opened.Permission, Manifest: &m})
	if err != nil {
		return err
	}
	return of.KeepRules(ctx, js.files, httpapi.BundleRules{Rules: rules.Name, Title: rules.Title, Findings: found})
}

// uploaded are documents that are none of the ledger's, by their hashes.
type uploaded map[string][]byte

func (u uploaded) byHash(hash string) ([]byte, error) {
	content, is := u[hash]
	if !is {
		return nil, fmt.Errorf("no file with the SHA-256 %s was uploaded to the record", hash)
	}
	return content, nil
}

// gather reads the documents of sections that were uploaded.
func (js *jobs) gather(ctx context.Context, id domain.RecordID, sections []bundle.Section) (uploaded, error) {
	all, left := make(uploaded), maxGathered
	for _, s := range sections {
		for _, d := range s.Documents {
			if d.File == "" || all[d.File] != nil {
				continue
			}
			content, err := httpapi.Uploaded(ctx, js.files, id, d.File)
			if errors.Is(err, enclosures.ErrNone) {
				continue // byHash says so, where it is asked for
			}
			if err != nil {
				return nil, err
			}
			if left -= len(content); left < 0 {
				return nil, fmt.Errorf("the files of the bundle have more than %d bytes", maxGathered)
			}
			all[d.File] = content
		}
	}
	return all, nil
}
