package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/adapters/binder"
	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/eventstore/durable"
)

func newBundleDraft(to streams) *cobra.Command {
	var s stepping
	var out string
	cmd := &cobra.Command{
		Use:   "draft RECORD",
		Short: "Write the PDF of each reader as it would be now, for who looks the bundle through",
		Long: `Draft writes one PDF for each reader of a bundle that is planned and not frozen: what
the bundle would say now, without what proves it. Every page says at its foot that it
is a draft. Its page numbers can still change. Nothing is recorded.`,
		Example: "  caseledger bundle draft AT000001 --id b1 --files letters --out drafts",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&s.id, "id", "", "id of the bundle within the record")
	s.addFiles(cmd)
	cmd.Flags().StringVar(&out, "out", "", "folder to write to; it is made if it is not there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return usageError{errors.New("--out says where to")}
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, id domain.RecordID, r record.Record) error {
			rows, err := a.draftAll(cmd.Context(), id, r.Bundles.Find(bundle.ID(s.id)), folder(s.files), out)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// draftAll writes a draft of each variant of a bundle that is not frozen.
func (a *app) draftAll(ctx context.Context, on domain.RecordID, b bundle.Bundle, files folder, out string) ([]builtRow, error) {
	_, incomplete := b.Review(bundle.Review{Bundle: b.ID}, "who looks it through", nil)
	_, err := b.Arrange(bundle.Arrange{Bundle: b.ID}, chronology.Chronologies{})
	if err := cmp.Or(incomplete, err); err != nil {
		return nil, err
	}
	stand, err := a.draftStand(ctx, b)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return nil, err
	}
	var rows []builtRow
	for _, v := range b.Varied.Fact.Variants {
		draft, err := newBundling(a, on, b, v, files, stand).content(ctx)
		if err != nil {
			return nil, err
		}
		draft.Draft = true
		draft.Receipt = paper.Paper{Title: "Draft", Blocks: []paper.Block{paper.Heading{Level: 1, Text: "Draft"},
			paper.Plain("Made for " + v.Reader + " of what was known at " + stand.KnownAt + ". The bundle is not frozen: what it says and its page numbers can still change, and nothing proves it yet.")}}
		var file bytes.Buffer
		m, err := binder.Build(ctx, &file, draft, nil)
		if err != nil {
			return nil, err
		}
		row := builtRow{v.Variant, filepath.Join(out, fileName(string(b.ID), v.Variant, "draft")) + ".pdf", len(m.Labels), hashOf(file.Bytes())}
		if err := durable.Replace(row.File, file.Bytes()); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// draftStand is how far the records of a bundle have got now, under no checkpoint.
func (a *app) draftStand(ctx context.Context, b bundle.Bundle) (bundle.Stand, error) {
	s := bundle.Stand{KnownAt: a.records.Setting().Now.UTC().Format(standTime)}
	for _, p := range b.Scoped.Fact.Parts {
		r, err := a.load(ctx, p.Record)
		if err != nil {
			return s, err
		}
		s.Known = append(s.Known, bundle.Known{Record: p.Record, Entry: uint64(len(r.Entries))})
	}
	return s, nil
}
