package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/binder"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/eventstore"
	"caseledger/eventstore/durable"
)

// builtRow is one file that was written.
type builtRow struct {
	Variant string `json:"variant"`
	File    string `json:"file"`
	Pages   int    `json:"pages"`
	SHA256  string `json:"sha256"` // of the file before it is signed
}

// buildAll builds the variants that are asked for, all if none are.
func (a *app) buildAll(ctx context.Context, to streams, on domain.RecordID, b bundle.Bundle, s stepping, only []string, out string) ([]builtRow, error) {
	if len(only) == 0 {
		for _, v := range b.Varied.Fact.Variants {
			only = append(only, v.Variant)
		}
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return nil, err
	}
	var rows []builtRow
	for _, name := range only {
		v, known := b.Variant(name)
		if !known {
			_, err := b.Build(bundle.Build{Bundle: b.ID, Variant: name})
			return nil, err
		}
		show := bar(to.err, "pages for "+name)
		made := newBundling(a, on, b, v, folder(s.files), b.Stand())
		row, err := made.file(ctx, to, s.by, out, func(done, total int) { show(int64(done), int64(total)) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// buildable refuses what the record would refuse when all is done.
func (b bundling) buildable() error {
	_, err := b.bundle.Build(bundle.Build{Bundle: b.bundle.ID, Variant: b.variant.Variant})
	return refusedBut(err, "bundle-already-built")
}

// refusedBut returns why a record would refuse a command, but for a rule of what is
// not known yet.
func refusedBut(err error, rule string) error {
	var refused domain.Refusals
	if !errors.As(err, &refused) {
		return err
	}
	refused = slices.DeleteFunc(slices.Clone(refused), func(r domain.Refusal) bool { return r.Rule == rule })
	if len(refused) == 0 {
		return nil
	}
	return refused
}

// write writes the PDF, and returns what stands where in it and its SHA-256.
func (b bundling) write(ctx context.Context, to streams, w io.Writer, progress func(done, total int)) (whole binder.Bundle, m binder.Manifest, sum string, err error) {
	if err = b.buildable(); err != nil {
		return whole, m, "", err
	}
	if whole, err = b.whole(ctx, to); err != nil {
		return whole, m, "", err
	}
	tee := hashing{w, sha256.New()}
	if m, err = binder.Build(ctx, tee, whole, progress); err != nil {
		return whole, m, "", err
	}
	sum = hex.EncodeToString(tee.sum.Sum(nil))
	if was := b.bundle.BuiltOf(b.variant.Variant); !was.IsZero() && was.Fact.SHA256 != sum {
		err = verifyError{fmt.Errorf("variant %s is not what was built of it before: another version of the program, or another file", b.variant.Variant)}
	}
	return whole, m, sum, err
}

type hashing struct {
	io.Writer
	sum hash.Hash
}

// Write implements io.Writer.
func (h hashing) Write(p []byte) (int, error) {
	h.sum.Write(p)
	return h.Writer.Write(p)
}

// file writes the files of the variant, each whole or not at all, and records the
// build last: a repeat writes what is missing.
func (b bundling) file(ctx context.Context, to streams, by acting, out string, progress func(done, total int)) (builtRow, error) {
	stem := filepath.Join(out, fileName(string(b.bundle.ID), b.variant.Variant))
	part := filepath.Join(out, "."+filepath.Base(stem)+".part")
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return builtRow{}, err
	}
	defer os.Remove(part) // after a rename there is none
	whole, m, sum, err := b.write(ctx, to, f, progress)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return builtRow{}, err
	}
	manifest, err := json.Marshal(m, jsontext.WithIndent("  "))
	if err != nil {
		return builtRow{}, err
	}
	for _, a := range whole.Attachments {
		if err := durable.Replace(stem+"-"+a.Name, a.Content); err != nil {
			return builtRow{}, err
		}
	}
	if err := durable.Replace(stem+".json", append(manifest, '\n')); err != nil {
		return builtRow{}, err
	}
	if err := os.Rename(part, stem+".pdf"); err != nil {
		return builtRow{}, err
	}
	row := builtRow{b.variant.Variant, stem + ".pdf", len(m.Labels), sum}
	return row, b.record(ctx, by, row)
}

// record records the build, unless this very file was recorded before.
func (b bundling) record(ctx context.Context, by acting, row builtRow) error {
	if !b.bundle.BuiltOf(b.variant.Variant).IsZero() {
		return nil
	}
	command := bundle.Build{Dated: b.app.stepDay(), Bundle: b.bundle.ID, Variant: row.Variant, SHA256: row.SHA256, Pages: row.Pages}
	_, err := b.app.records.Do(ctx, b.on, by.part(row.Variant, command))
	var refused domain.Refusals
	var reused *eventstore.RequestReusedError
	if !errors.As(err, &refused) && !errors.As(err, &reused) {
		return err
	}
	// Another builder was first: what it recorded has to be this file.
	r, other := b.app.load(ctx, b.on)
	if other == nil && r.Bundles.Find(b.bundle.ID).BuiltOf(row.Variant).Fact.SHA256 == row.SHA256 {
		return nil
	}
	return errors.Join(err, other)
}

// fileName is what ids and names become in the name of a file.
func fileName(parts ...string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, strings.Join(parts, "-"))
}
