package seal

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// Fixed inputs of every test: nothing in this package needs a clock or chance.
var (
	testEvent  = [16]byte{0x01, 0x92, 0xe4, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x2a}
	testKey    = Key{ID: "k-91ab", Secret: [32]byte{1, 2, 3, 4, 5, 6, 7, 8}}
	testHeader = Header{
		Ledger: "anytown.example/prod", Record: "record-7f3c", Seq: 1,
		Recorded: time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC), Type: "protection-plan.reviewed/2",
	}
)

const testPayload = `{"actor":{"id":"w-1","role":"social-worker"},"happened":"2026-11-20","a/b~c":null,"empty":[],` +
	`"text":["He said \"no\\\". "," Then — nothing."],"score":-0.50,"large":9007199254740992}`

// count is a source of bytes 0, 1, 2 …: what a test seals is the same each time.
func count() io.Reader {
	b := make([]byte, nonceBytes+len(Hash{}))
	for i := range b {
		b[i] = byte(i)
	}
	return bytes.NewReader(b)
}

func mustSeal(t testing.TB, payload string) (leaf, blob []byte) {
	t.Helper()
	leaf, blob, err := Seal(testHeader, []byte(payload), testKey, testEvent, count())
	if err != nil {
		t.Fatal(err)
	}
	return leaf, blob
}

func mustOpen(t testing.TB, payload string) Opened {
	t.Helper()
	leaf, blob := mustSeal(t, payload)
	o, err := Open(leaf, blob, testKey, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// wide is a payload of n fields and about size bytes.
func wide(n, size int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"member%02d":"%s"`, i, strings.Repeat("x", size/n-len(`,"member00":""`)))
	}
	return "{" + b.String()[1:] + "}"
}
