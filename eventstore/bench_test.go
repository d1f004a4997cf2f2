package eventstore_test

import (
	"fmt"
	"testing"

	"caseledger/domain"
	"caseledger/eventstore"
)

func BenchmarkCachedUpdateOfAStreamOf5000Events(b *testing.B) {
	store := &sliceStore{}
	l := newLedger(store)
	// The state only counts, so that the ledger's own work is measured.
	folds := eventstore.NewFolds(eventstore.DefaultFoldBudget, func(n int, entries ...domain.Entry) int { return n + len(entries) })
	fact := []domain.Fact{{Event: said{Dated: today, Text: "x"}}}
	decide := func(int) ([]domain.Fact, error) { return fact, nil }
	n := 0
	update := func() {
		n++
		if _, err := eventstore.Update(b.Context(), l, folds, act("a", fmt.Sprint(n), "x"), decide); err != nil {
			b.Fatal(err)
		}
	}
	for range 5000 {
		update()
	}
	b.ReportAllocs()
	for b.Loop() {
		update()
	}
}
