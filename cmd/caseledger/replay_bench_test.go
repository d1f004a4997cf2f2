package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// BenchmarkReplay replays a record of 5,000 entries, notes of some hundred words
// but for every fifth, at a time of which half of it was known. Cold it is read
// from the journal, opened, decoded and folded first; warm it has been.
func BenchmarkReplay(b *testing.B) {
	const entries = 5_000
	dir := newLedger(b)
	err := withApp(b.Context(), place{dir: dir}, streams{os.Stderr, os.Stderr}, func(a *app) error {
		id := newRecordID()
		if err := fillRecord(b.Context(), a, id, entries); err != nil {
			return err
		}
		r, err := a.load(b.Context(), id)
		if err != nil {
			return err
		}
		at := []projections.Moment{{Entry: entries / 2}, {Known: r.Entries[entries/2].Recorded}, {On: domain.MustDate("2020-06-01")}, {}}
		b.Run("cold", func(b *testing.B) {
			for i := range b.N {
				a.records.Folds = eventstore.NewFolds(eventstore.DefaultFoldBudget, record.Record.Evolve)
				r, err := a.load(b.Context(), id)
				if err == nil {
					_, err = a.view.Facts(r, at[i%len(at)])
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("warm", func(b *testing.B) {
			for i := range b.N {
				r, err := a.load(b.Context(), id)
				if err == nil {
					_, err = a.view.Facts(r, at[i%len(at)])
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("compare", func(b *testing.B) {
			for i := range b.N {
				if _, err := a.view.Changes(r, at[i%len(at)], at[(i+1)%len(at)]); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("steps", func(b *testing.B) {
			for range b.N {
				if _, err := projections.Steps(r, projections.Moment{}, entries/2, 100); err != nil {
					b.Fatal(err)
				}
			}
		})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// fillRecord writes entries on a record, a hundred in each act.
func fillRecord(ctx context.Context, a *app, id domain.RecordID, entries int) error {
	begin, words := domain.MustDate("2018-01-01"), strings.Repeat("She was at home with her mother, and had eaten. ", 12)
	for n := 0; n < entries; {
		var facts []domain.Fact
		for range min(100, entries-n) {
			n++
			dated := domain.Dated{Happened: begin.AddDays(n / 2)}
			var e domain.Event = note.Written{Dated: dated, Note: note.ID(fmt.Sprint("n", n)), Kind: "visit", Present: []string{"mother"}, Text: []note.Passage{{Text: words, Kind: "observation"}}}
			if n%5 == 0 {
				e = identity.AddressRecorded{Dated: dated, Lines: []string{fmt.Sprint(n, " High Street")}}
			}
			facts = append(facts, domain.Fact{Event: e})
		}
		act := eventstore.Act{Stream: schema.Stream(id), Name: "fill", Request: fmt.Sprint("fill-", n), Actor: operator("social-worker"), Command: struct{ N int }{n},
			Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}}
		if _, err := eventstore.Update(ctx, a.records.Ledger, a.records.Folds, act, func(record.Record) ([]domain.Fact, error) { return facts, nil }); err != nil {
			return err
		}
	}
	return nil
}
