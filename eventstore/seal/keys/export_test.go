package keys

import (
	"bytes"
	"slices"
	"testing"
)

func FuzzParseExport(f *testing.F) {
	living := &entry{id: [16]byte{1}, place: [32]byte{2}, secret: [32]byte{3}}
	f.Add(string(exportText(slices.Values([]*entry{living, living.tomb(destruction)}))))
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := parseExport(text)
		if err == nil && string(exportText(slices.Values(entries))) != text {
			t.Errorf("%q is written another way", text)
		}
	})
}

func FuzzParseEpoch(f *testing.F) {
	f.Add(epochText(1, "key-file", []byte{1, 2, 3}))
	f.Fuzz(func(t *testing.T, text []byte) {
		kms, wrapped, ok := parseEpoch(1, text)
		if ok && !bytes.Equal(epochText(1, kms, wrapped), text) {
			t.Errorf("%q is written another way", text)
		}
	})
}
