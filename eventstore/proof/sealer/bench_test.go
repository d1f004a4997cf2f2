package sealer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

const (
	benchEvents  = 40_000
	benchRecords = 4_000
	benchBytes   = 2_000 // of a payload
)

// filled is a store with events of 2 kB.
func filled(b *testing.B) *rig {
	b.Helper()
	r := newRig(b)
	payload := fmt.Appendf(nil, `{"text":"%0*d"}`, benchBytes, 1)
	for i := range benchEvents {
		record := fmt.Sprintf("record-%05d", i*7%benchRecords)
		after := eventstore.Revision(r.ends[record].Seq)
		if _, err := r.store.Append(context.Background(), record, after, []eventstore.Event{r.event(record, "note.written/1", payload)}); err != nil {
			b.Fatal(err)
		}
	}
	return r
}

func BenchmarkSealer(b *testing.B) {
	r := filled(b)
	b.Run("catch-up", func(b *testing.B) {
		for b.Loop() {
			cfg := r.cfg
			dir := b.TempDir()
			cfg.Dir, cfg.Last = filepath.Join(dir, "log"), NewLastFile(filepath.Join(dir, "last"))
			s, err := OpenSealer(b.Context(), cfg)
			if err != nil {
				b.Fatal(err)
			}
			if err := s.CatchUp(b.Context()); err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
		b.ReportMetric(benchEvents*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("sha256", func(b *testing.B) { // the same bytes and nothing else
		for b.Loop() {
			for e, err := range r.store.ReadLog(b.Context(), 0) {
				if err != nil {
					b.Fatal(err)
				}
				seal.HashLeaf(e.Metadata)
				sha256.Sum256(e.Data)
			}
		}
		b.ReportMetric(benchEvents*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("guard", func(b *testing.B) {
		c := r.seal()
		for b.Loop() {
			if err := Guard(b.Context(), r.store, c.Checkpoint); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(benchEvents*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

func BenchmarkCheckpoint(b *testing.B) {
	c := proof.Checkpoint{Origin: testOrigin, Size: 7, Root: proof.Hash{1}}
	keys := testKeys(b)
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			if _, err := testSigner().Sign(c, testTime); err != nil {
				b.Fatal(err)
			}
		}
	})
	text, err := testSigner().Sign(c, testTime)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := keys.Open(text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHeads: 100,000 records.
func BenchmarkHeads(b *testing.B) {
	dir := b.TempDir()
	c, err := openChains(dir, testOrigin)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100_000 {
		c.set(seal.Chain{Record: fmt.Sprintf("record-%032x", i*7919), Seq: 3, Head: proof.Hash{byte(i)}})
	}
	c.keep()
	at := place{Checkpoint: proof.Checkpoint{Origin: testOrigin, Size: 1}}
	if err := c.merge(realDisk{}, dir, at); err != nil {
		b.Fatal(err)
	}
	b.Run("find", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if chain, err := c.chain(fmt.Sprintf("record-%032x", i%100_000*7919)); err != nil || chain.Seq != 3 {
				b.Fatal(err)
			}
			i += 37
		}
	})
	b.Run("merge", func(b *testing.B) {
		for b.Loop() {
			if err := c.merge(realDisk{}, dir, at); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tree", func(b *testing.B) {
		for b.Loop() {
			h := &Heads{file: c.base}
			if err := h.build(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
