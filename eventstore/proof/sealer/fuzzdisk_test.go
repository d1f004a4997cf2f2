package sealer

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"caseledger/eventstore/proof"
)

// FuzzDirectory holds the sealer's own texts to the rule of all texts: what is
// taken is written again byte for byte.
func FuzzDirectory(f *testing.F) {
	f.Add(stateText(place{proof.Checkpoint{Origin: testOrigin, Size: 7}, 9}))
	f.Add([]byte("tile/0/x001/002.p/3"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if at, ok := parseState(string(text)); ok {
			same(t, stateText(at), text)
		}
		if tile, ok := parseTilePath(string(text)); ok {
			same(t, []byte(tilePath(tile)), text)
		}
	})
}

func FuzzHeadsFile(f *testing.F) {
	var b bytes.Buffer
	at := place{proof.Checkpoint{Origin: testOrigin, Size: 7}, 9}
	err := writeHeads(&b, at, func(yield func(proof.Head, error) bool) {
		_ = yield(proof.Head{Record: "record-1", Seq: 3, Leaf: proof.Hash{1}}, nil) && yield(proof.Head{Record: "record-2", Seq: 4, Leaf: proof.Hash{2}}, nil)
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	path := filepath.Join(f.TempDir(), "heads")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := openHeads(path)
		if err != nil {
			return
		}
		defer h.close()
		var again bytes.Buffer
		if err := writeHeads(&again, h.place, h.all); err != nil {
			t.Fatal(err)
		}
		same(t, again.Bytes(), text)
	})
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%q is written %q", want, got)
	}
}
