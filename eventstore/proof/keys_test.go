package proof

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestEveryGeneratedKeyReadsBackAndSigns(t *testing.T) {
	for range 40 { // base64 with and without plus signs
		s := newSigner(testOrigin)
		h, err := FirstKeys(testOrigin, s.VerifierKeys()...)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Sign(Checkpoint{Origin: testOrigin, Size: 1, Root: Hash{1}}, testTime)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := h.Open(text); err != nil || c.Size != 1 || !c.At.Equal(testTime) {
			t.Fatalf("%v, %v", c.At, err)
		}
	}
}

func TestAKeyFileIsForItsOwnerAloneAndIsNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	made, err := WriteKeys(path, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	if _, err := WriteKeys(path, testOrigin); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	read, err := ReadSigner(path)
	if err != nil || strings.Join(read.VerifierKeys(), " ") != strings.Join(made.VerifierKeys(), " ") {
		t.Fatal("other keys", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigner(path); err == nil || !strings.Contains(err.Error(), "others than its owner") {
		t.Error(err)
	}
}

func TestASignerNeverShowsItsKeys(t *testing.T) {
	text, err := GenerateKeys(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSigner(text)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(struct{ S *Signer }{s})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s %x", s, s, s, s, s), fmt.Sprintf("%+v", struct{ S *Signer }{s}), string(asJSON)} {
		if strings.Contains(shown, "PRIVATE") || !strings.Contains(shown, "signer of") && !strings.Contains(shown, "0x") {
			t.Error(shown)
		}
	}
	for i := range text { // nor does the error of a bad file
		bad := bytes.Clone(text)
		bad[i] ^= 0x20
		if _, err := ParseSigner(bad); err != nil && err.Error() != "proof: key file: not in the format" {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
}

func TestAPublicKeyThatWasAlteredIsRefused(t *testing.T) {
	for _, key := range testSigner().VerifierKeys() {
		if _, err := ParseVerifier(key); err != nil {
			t.Fatal(err)
		}
		for i := range key {
			bad := key[:i] + string(key[i]^1) + key[i+1:]
			if _, err := ParseVerifier(bad); !errors.Is(err, ErrFormat) {
				t.Fatalf("byte %d of %d: %v", i, len(key), err)
			}
		}
	}
}

func TestACheckpointMustBeSignedByTheKeysInForceAtItsSize(t *testing.T) {
	first, second := newSigner(testOrigin), newSigner(testOrigin)
	var events []KeyEvent
	for _, k := range first.VerifierKeys() {
		events = append(events, KeyEvent{Key: k})
	}
	for _, k := range second.VerifierKeys() {
		events = append(events, KeyEvent{From: 100, Key: k})
	}
	for _, v := range mustAt(t, events, 0) {
		events = append(events, KeyEvent{Retired: true, From: 100, Key: v})
	}
	h, err := NewHistory(testOrigin, events)
	if err != nil {
		t.Fatal(err)
	}
	if h, err = ParseHistory(h.Text()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		signer *Signer
		size   int64
		ok     bool
	}{{first, 1, true}, {first, 99, true}, {first, 100, false}, {second, 99, false}, {second, 100, true}, {second, 1000, true}} {
		text, err := tt.signer.Sign(Checkpoint{Origin: testOrigin, Size: tt.size}, testTime)
		if err != nil {
			t.Fatal(err)
		}
		var missing *MissingKeyError
		if _, err := h.Open(text); (err == nil) != tt.ok || err != nil && (!errors.Is(err, ErrSignature) || !errors.As(err, &missing)) {
			t.Errorf("size %d: %v", tt.size, err)
		}
	}
}

func mustAt(t *testing.T, events []KeyEvent, size int64) (ids []string) {
	t.Helper()
	h, err := NewHistory(testOrigin, events)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range h.At(size) {
		ids = append(ids, keyID(v))
	}
	return ids
}

func TestHistoriesThatContradictThemselvesAreRefused(t *testing.T) {
	keys := testSigner().VerifierKeys()
	id := mustAt(t, []KeyEvent{{Key: keys[0]}}, 0)[0]
	other := newSigner("othertown.example/test").VerifierKeys()[0]
	for name, events := range map[string][]KeyEvent{
		"added twice":       {{Key: keys[0]}, {Key: keys[0]}},
		"sizes fall":        {{Key: keys[0], From: 2}, {Key: keys[1], From: 1}},
		"a negative size":   {{Key: keys[0], From: -1}},
		"retired unknown":   {{Retired: true, Key: id}},
		"retired twice":     {{Key: keys[0]}, {Retired: true, Key: id}, {Retired: true, Key: id}},
		"added when gone":   {{Key: keys[0]}, {Retired: true, Key: id}, {Key: keys[0]}},
		"of another log":    {{Key: other}},
		"not a key":         {{Key: "anytown.example/test+00000000+AQ=="}},
		"retired by vkey":   {{Key: keys[0]}, {Retired: true, Key: keys[0]}},
		"a key with spaces": {{Key: keys[0] + " "}},
	} {
		if _, err := NewHistory(testOrigin, events); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
