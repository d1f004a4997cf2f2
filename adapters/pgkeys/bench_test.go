package pgkeys

import (
	"fmt"
	"sync/atomic"
	"testing"

	"caseledger/eventstore/seal/keys"
)

func BenchmarkForOpeningKnown(b *testing.B) {
	base := newBase(b)
	s := base.create(testKMS(b))
	k := sealing(b, s, mary)
	for b.Loop() {
		if _, err := s.ForOpening(b.Context(), k.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkForSealingKnown(b *testing.B) {
	base := newBase(b)
	s := base.create(testKMS(b))
	for b.Loop() {
		sealing(b, s, mary)
	}
}

func BenchmarkForSealingNew(b *testing.B) {
	base := newBase(b)
	s := base.create(testKMS(b))
	for i := 0; b.Loop(); i++ {
		sealing(b, s, keys.Place{Stream: fmt.Sprint("record-", i)})
	}
}

func BenchmarkForSealing64Callers(b *testing.B) {
	for name, places := range map[string]int64{"known": 100, "new": 1 << 40} {
		b.Run(name, func(b *testing.B) {
			base := newBase(b)
			s := base.create(testKMS(b))
			var n atomic.Int64
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := s.ForSealing(b.Context(), keys.Place{Stream: fmt.Sprint("record-", n.Add(1)%places)}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "keys/s")
		})
	}
}

func BenchmarkPrepareThousand(b *testing.B) {
	base := newBase(b)
	s := base.create(testKMS(b))
	n := 0
	for b.Loop() {
		places := make([]keys.Place, 1000)
		for i := range places {
			places[i].Stream = fmt.Sprint("record-", n)
			n++
		}
		if err := s.Prepare(b.Context(), places); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "keys/s")
}

func Benchmark100000(b *testing.B) {
	base, k := newBase(b), testKMS(b)
	s := base.create(k)
	places := make([]keys.Place, keys.MaxPlaces)
	for i := range places {
		places[i].Stream = fmt.Sprint("record-", i)
	}
	if err := s.Prepare(b.Context(), places); err != nil {
		b.Fatal(err)
	}
	b.Run("destroy-one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := s.Destroy(b.Context(), places[i:i+1], destruction); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			other, err := Open(b.Context(), base.options(), k)
			if err != nil {
				b.Fatal(err)
			}
			other.Close()
		}
	})
	b.Run("renew", func(b *testing.B) {
		for b.Loop() {
			if err := s.Renew(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
