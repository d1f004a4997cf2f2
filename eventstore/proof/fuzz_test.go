package proof

import (
	"bytes"
	"testing"
)

// Whatever a parser takes it must write again byte for byte.

func FuzzCheckpoint(f *testing.F) {
	c := Checkpoint{Origin: testOrigin, Size: 7, Root: Hash{1}}
	text, err := testSigner().Sign(c, testTime)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(c.Text())
	keys := testKeys(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := ParseCheckpoint(text); err == nil && !bytes.Equal(c.Text(), text) {
			t.Errorf("%q", text)
		}
		if got, err := keys.Open(text); err == nil && got.Checkpoint != c {
			t.Errorf("forged: %q", text)
		}
	})
}

func FuzzProofs(f *testing.F) {
	signed, err := testSigner().Sign(Checkpoint{Origin: testOrigin, Size: 7, Root: Hash{1}}, testTime)
	if err != nil {
		f.Fatal(err)
	}
	c := Checkpoint{Origin: testOrigin, Size: 7, Root: Hash{1}}
	hashes := []Hash{{1}, {2}}
	f.Add(InclusionProof{Index: 3, Hashes: hashes, Checkpoint: signed}.Text())
	f.Add(ConsistencyProof{OldSize: 3, Hashes: hashes, Checkpoint: signed}.Text())
	f.Add(HeadProof{Record: "record-1", Heads: []ProvedHead{{Head{"record-1", 3, Hash{1}}, 4, hashes}}}.Text())
	f.Add(HeadsRoot{Checkpoint: c, Count: 3, Heads: Hash{4}}.Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParseInclusion(text); err == nil {
			same(t, p.Text(), text)
			if VerifyInclusion(Hash{3}, p, c) == nil {
				t.Error("proved what is not there")
			}
		}
		if p, err := ParseConsistency(text); err == nil {
			same(t, p.Text(), text)
			VerifyConsistency(Checkpoint{Origin: testOrigin, Size: p.OldSize}, c, p)
		}
		if p, err := ParseHeadProof(text); err == nil {
			same(t, p.Text(), text)
			VerifyHead(p, HeadsRoot{Checkpoint: c, Count: 5})
		}
		if r, err := ParseHeadsRoot(text); err == nil {
			same(t, r.Text(), text)
		}
	})
}

func FuzzTexts(f *testing.F) {
	f.Add(testKeys(f).Text())
	f.Add([]byte(Head{"record-1", 3, Hash{1}}.String()))
	f.Add([]byte(testSigner().VerifierKeys()[0]))
	f.Fuzz(func(t *testing.T, text []byte) {
		if h, err := ParseHistory(text); err == nil {
			same(t, h.Text(), text)
			h.At(100)
		}
		if h, err := ParseHead(string(text)); err == nil {
			same(t, []byte(h.String()), bytes.TrimSuffix(text, []byte("\n")))
		}
		ParseVerifier(string(text))
		ParseSigner(text)
	})
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%q is written %q", want, got)
	}
}
