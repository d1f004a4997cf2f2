package record_test

import (
	"fmt"
	"testing"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

// long is a record of n entries: mostly notes, with referrals and reviews among
// them, and one correction in fifty.
func long(n int) []domain.Entry {
	list := make([]domain.Entry, n)
	for i := range list {
		d := domain.Dated{Happened: domain.NewDate(2010, 1, 1+i)}
		e := domain.Entry{Seq: uint64(i + 1), Recorded: hour(i), Event: note.Written{Dated: d, Note: note.ID(fmt.Sprint(i)), Kind: "visit"}}
		switch {
		case i%250 == 3:
			e.Event = referral.Received{Dated: d, Referral: referral.ID(fmt.Sprint(i))}
		case i%100 == 7:
			e.Event = protection.Reviewed{Dated: d, Plan: "p1", Review: protection.ReviewID(fmt.Sprint(i))}
		case i%50 == 9:
			e.Corrects = &domain.Correction{Entry: uint64(i), Reason: "slip"}
		}
		list[i] = e
	}
	return list
}

func BenchmarkFoldOf5000Entries(b *testing.B) {
	list := long(5000)
	b.ReportAllocs()
	for b.Loop() {
		record.Fold(list)
	}
}

func BenchmarkEvolveOf5000EntriesByOneInOrder(b *testing.B) {
	r := record.Fold(long(5000))
	e := domain.Entry{Seq: 5001, Event: note.Written{Dated: domain.Dated{Happened: domain.MustDate("2026-01-01")}}}
	r = r.Evolve(e) // now there is room for more
	b.ReportAllocs()
	for b.Loop() {
		r.Evolve(e)
	}
}

func BenchmarkEvolveOf5000EntriesByOneThatIsLate(b *testing.B) {
	r := record.Fold(long(5000))
	e := domain.Entry{Seq: 5001, Event: note.Written{Dated: domain.Dated{Happened: domain.MustDate("2012-01-01")}}}
	b.ReportAllocs()
	for b.Loop() {
		r.Evolve(e)
	}
}
