package binder_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"caseledger/adapters/binder"
)

// BenchmarkBundle builds bundles of about 350 and 5,000 pages, and tells how many
// pages they have and how far the heap grew.
func BenchmarkBundle(b *testing.B) {
	for _, entries := range []int{4_500, 65_000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) {
			bundle := sample()
			bundle.Sections[0].Documents[1].Paper = told("Chronology", entries)
			var most uint64
			pages := 0
			for b.Loop() {
				m, err := binder.Build(b.Context(), io.Discard, bundle, func(done, total int) {
					if done/64%20 == 0 {
						var stats runtime.MemStats
						runtime.ReadMemStats(&stats)
						most = max(most, stats.HeapAlloc)
					}
				})
				if err != nil {
					b.Fatal(err)
				}
				pages = len(m.Labels)
			}
			b.ReportMetric(float64(pages), "pages")
			b.ReportMetric(float64(most)/1e6, "most-MB")
		})
	}
}
