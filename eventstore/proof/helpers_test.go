package proof

import (
	"sync"
	"testing"
	"time"
)

const testOrigin = "anytown.example/test"

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// testSigner is made once: keys of ML-DSA take a while.
var testSigner = sync.OnceValue(func() *Signer { return newSigner(testOrigin) })

func newSigner(origin string) *Signer {
	text, err := GenerateKeys(origin)
	if err != nil {
		panic(err)
	}
	s, err := ParseSigner(text)
	if err != nil {
		panic(err)
	}
	return s
}

func testKeys(t testing.TB) *History {
	t.Helper()
	h, err := FirstKeys(testOrigin, testSigner().VerifierKeys()...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
