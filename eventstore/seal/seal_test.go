package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestWhatIsSealedOpensToTheSameBytes(t *testing.T) {
	for _, payload := range []string{testPayload, `{"a":1}`, `{"a":[[],{"b":[1]}]}`, wide(20, 2000), wide(300, 60_000)} {
		o := mustOpen(t, payload)
		if string(o.Payload) != payload {
			t.Errorf("sealed %q, opened %q", payload, o.Payload)
		}
		again, err := Join(o.Fields())
		if err != nil || string(again) != payload {
			t.Errorf("fields of %q join to %q, %v", payload, again, err)
		}
	}
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	leaf, blob := mustSeal(t, testPayload)
	head := Chain{Ledger: testHeader.Ledger, Record: testHeader.Record}
	end, _, err := head.Next(leaf)
	if err != nil {
		t.Fatal(err)
	}
	for i := range leaf {
		bad := bytes.Clone(leaf)
		bad[i] ^= 1
		if _, err := Open(bad, blob, testKey, testEvent); err == nil {
			t.Errorf("leaf byte %d: opened", i)
		}
		if after, _, err := head.Next(bad); err == nil && after == end {
			t.Errorf("leaf byte %d: the chain is the same", i)
		}
	}
	for i := range blob {
		bad := bytes.Clone(blob)
		bad[i] ^= 1
		if _, err := Open(leaf, bad, testKey, testEvent); !errors.Is(err, ErrCipher) {
			t.Errorf("blob byte %d: %v", i, err)
		}
	}
}

func TestEveryChangedPayloadByteChangesTheRoot(t *testing.T) {
	want := mustOpen(t, testPayload).Leaf
	for i := range testPayload {
		for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
			bad := []byte(testPayload)
			bad[i] ^= flip
			leaf, _, err := Seal(testHeader, bad, testKey, testEvent, count())
			if err != nil {
				continue // refused at the door
			}
			if l, err := ParseLeaf(leaf); err != nil || l.Root == want.Root && l.Fields == want.Fields {
				t.Errorf("byte %d to %q: %v, the same root", i, bad[i], err)
			}
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	leaf, blob := mustSeal(t, testPayload)
	otherSecret, otherID := testKey, testKey
	otherSecret.Secret[31] ^= 1
	otherID.ID = "k-91ac"
	tests := []struct {
		name  string
		leaf  []byte
		blob  []byte
		key   Key
		event [16]byte
		want  error
	}{
		{"another leaf", bytes.Replace(leaf, []byte("reviewed"), []byte("received"), 1), blob, testKey, testEvent, ErrKey},
		{"no leaf", leaf[:len(leaf)-1], blob, testKey, testEvent, ErrLeaf},
		{"a blob cut short", leaf, blob[:blobOverhead-1], testKey, testEvent, ErrCipher},
		{"another secret", leaf, blob, otherSecret, testEvent, ErrKey},
		{"another key", leaf, blob, otherID, testEvent, ErrKey},
		{"no key", leaf, blob, Key{}, testEvent, ErrKey},
		{"another event id", leaf, blob, testKey, [16]byte{1}, ErrKey},
	}
	for _, tt := range tests {
		if o, err := Open(tt.leaf, tt.blob, tt.key, tt.event); !errors.Is(err, tt.want) || o.Payload != nil {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestAParsedLeafOpensAsItsTextDoes(t *testing.T) {
	text, blob := mustSeal(t, testPayload)
	l, err := ParseLeaf(text)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := l.Open(blob, testKey, testEvent); err != nil || string(o.Payload) != testPayload || o.Leaf != l {
		t.Error(err)
	}
	l.Seq, l.Prev = 2, Hash{1}
	if _, err := l.Open(blob, testKey, testEvent); !errors.Is(err, ErrKey) {
		t.Errorf("of another place: %v", err)
	}
}

// One who knows the key can make a blob that decrypts well under a leaf with
// its right hash. The salted commitments are what finds it out.
func TestABlobWithAnotherPayloadIsFoundByTheRoot(t *testing.T) {
	for _, other := range []string{`{"a":2}`, `{"a":1,"b":1}`, `{"a": 1}`, `{"a":1}}`, ``} {
		leaf, _ := mustSeal(t, `{"a":1}`)
		l, _ := ParseLeaf(leaf)
		gcm, err := testKey.aead(testEvent)
		if err != nil {
			t.Fatal(err)
		}
		nonce := make([]byte, nonceBytes)
		blob := gcm.Seal(nonce, nonce, append(make([]byte, 32), other...), l.appendHead(nil))
		l.Cipher = sha256.Sum256(blob)
		if _, err := Open(l.Text(), blob, testKey, testEvent); !errors.Is(err, ErrRoot) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func TestALeafThatCountsOtherFieldsThanThePayloadHasIsFound(t *testing.T) {
	leaf, _ := mustSeal(t, `{"a":1}`)
	l, _ := ParseLeaf(leaf)
	l.Fields = 2
	gcm, err := testKey.aead(testEvent)
	if err != nil {
		t.Fatal(err)
	}
	plain := make([]byte, 44)
	io.ReadFull(count(), plain)
	blob := gcm.Seal(plain[:nonceBytes:nonceBytes], plain[:nonceBytes], append(plain[nonceBytes:], `{"a":1}`...), l.appendHead(nil))
	l.Cipher = sha256.Sum256(blob)
	if _, err := Open(l.Text(), blob, testKey, testEvent); !errors.Is(err, ErrRoot) {
		t.Error(err)
	}
}

func TestSealingTwiceUnderOneIdNeverRepeatsANonce(t *testing.T) {
	key := testKey
	seen := map[string]bool{}
	random := bytes.NewReader(bytes.Repeat([]byte("0123456789abcdefghijk"), 1000))
	for seq := uint64(2); seq < 20; seq++ {
		h := testHeader
		h.Seq, h.Prev = seq, Hash{1}
		_, blob, err := Seal(h, []byte(`{"a":1}`), key, testEvent, random)
		if err != nil || seen[string(blob[:nonceBytes])] {
			t.Fatalf("seq %d: %v, or a nonce was used before", seq, err)
		}
		seen[string(blob[:nonceBytes])] = true
	}
}

func TestWithoutEnoughChanceNothingIsSealed(t *testing.T) {
	_, blob, err := Seal(testHeader, []byte(`{"a":1}`), testKey, testEvent, bytes.NewReader(make([]byte, 43)))
	if err == nil || blob != nil {
		t.Errorf("%v, %d bytes", err, len(blob))
	}
}

func TestHeadersAndKeysThatBreakARuleAreRefused(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Header, *Key)
	}{
		{"no ledger", func(h *Header, _ *Key) { h.Ledger = "" }},
		{"a line end in the ledger", func(h *Header, _ *Key) { h.Ledger = "a\nrecord b" }},
		{"a slash in the record", func(h *Header, _ *Key) { h.Record = "a/b" }},
		{"a long record", func(h *Header, _ *Key) { h.Record = strings.Repeat("r", MaxNameChars+1) }},
		{"seq 0", func(h *Header, _ *Key) { h.Seq = 0 }},
		{"seq 2 without a leaf before", func(h *Header, _ *Key) { h.Seq = 2 }},
		{"seq 1 with a leaf before", func(h *Header, _ *Key) { h.Prev = Hash{1} }},
		{"seq 2^63", func(h *Header, _ *Key) { h.Seq, h.Prev = 1<<63, Hash{1} }},
		{"no time", func(h *Header, _ *Key) { h.Recorded = h.Recorded.AddDate(-2000, 0, 0) }},
		{"a nanosecond", func(h *Header, _ *Key) { h.Recorded = h.Recorded.Add(1) }},
		{"a space in the type", func(h *Header, _ *Key) { h.Type = "a b" }},
		{"no key id", func(_ *Header, k *Key) { k.ID = "" }},
		{"a key id in capitals", func(_ *Header, k *Key) { k.ID = "k-91AB" }},
		{"a secret of zeros", func(_ *Header, k *Key) { k.Secret = [32]byte{} }},
	}
	for _, tt := range tests {
		h, k := testHeader, testKey
		tt.spoil(&h, &k)
		if _, _, err := Seal(h, []byte(`{"a":1}`), k, testEvent, count()); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestAKeyNeverShowsItsSecret(t *testing.T) {
	k := Key{ID: "k-91ab", Secret: [32]byte(bytes.Repeat([]byte("Z"), 32))}
	asJSON, err := json.Marshal(struct{ K Key }{k})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v %#v %x %d %s %q", k, k, k, k, k, k), fmt.Sprintf("%+v", struct{ K Key }{k}), fmt.Sprint(&k), string(asJSON)} {
		if strings.Contains(s, "ZZ") || strings.Contains(s, "90") || strings.Contains(s, "5a5a") {
			t.Errorf("shows the secret: %s", s)
		}
	}
}

func TestTheKeyOfAnEventIsHKDF(t *testing.T) {
	want, err := hkdf.Key(sha256.New, testKey.Secret[:], nil, infoPrefix+string(testEvent[:]), 32)
	if got := testKey.eventKey(testEvent); err != nil || !bytes.Equal(got[:], want) {
		t.Errorf("%x, want %x, %v", got, want, err)
	}
}

// BenchmarkSeal and BenchmarkOpen: an event of 20 fields and 2 kB.
func BenchmarkSeal(b *testing.B) {
	payload, random := []byte(wide(20, 2000)), forever{}
	var stored int
	for b.Loop() {
		leaf, blob, err := Seal(testHeader, payload, testKey, testEvent, random)
		if err != nil {
			b.Fatal(err)
		}
		stored = len(leaf) + len(blob)
	}
	b.ReportMetric(float64(stored-len(payload)), "overhead-B/op")
}

func BenchmarkOpen(b *testing.B) {
	leaf, blob := mustSeal(b, wide(20, 2000))
	for b.Loop() {
		if _, err := Open(leaf, blob, testKey, testEvent); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLimit is the cryptography that the format asks for in one event of
// BenchmarkSeal and nothing else: what no implementation could leave out.
func BenchmarkLimit(b *testing.B) {
	payload := make([]byte, 2000)
	block, _ := aes.NewCipher(make([]byte, 32))
	gcm, _ := cipher.NewGCM(block)
	nonce, out := make([]byte, nonceBytes), make([]byte, 0, 4000)
	texts := hashed(20, 100)
	var joined []byte
	for _, text := range texts {
		blocks := (len(text) + 9 + sha256.BlockSize - 1) / sha256.BlockSize // 9 bytes end a text
		joined = append(joined, make([]byte, blocks*sha256.BlockSize)...)
	}
	b.Run("sha256-blocks", func(b *testing.B) { // all of them in one call
		for b.Loop() {
			sha256.Sum256(joined)
		}
		b.ReportMetric(float64(len(joined)/sha256.BlockSize), "blocks/op")
	})
	b.Run("sha256-calls", func(b *testing.B) {
		for b.Loop() {
			for _, text := range texts {
				sha256.Sum256(text)
			}
		}
		b.ReportMetric(float64(len(texts)), "calls/op")
	})
	b.Run("aes-gcm", func(b *testing.B) {
		for b.Loop() {
			gcm.Seal(out, nonce, payload, texts[0])
		}
	})
}

// hashed returns texts of the lengths that are hashed for n fields of so many
// bytes, a member's name and punctuation included. The two states that an HMAC
// begins with are counted once for all salts.
func hashed(n, size int) (texts [][]byte) {
	add := func(times, size int) {
		for range times {
			texts = append(texts, make([]byte, size))
		}
	}
	add(1, blobOverhead+n*size)                         // the blob
	add(4, sha256.BlockSize+sha256.Size)                // the event's key: two HMACs
	add(2, sha256.BlockSize-9)                          // the salts' padded key
	add(2*n, sha256.Size)                               // the salts
	add(n, len(`["","/",]`)+saltChars+size-len(`,"":`)) // the disclosures
	add(n, 1+sha256.Size)                               // the entries
	add(n-1, 1+2*sha256.Size)                           // the nodes
	return texts
}

type forever struct{}

func (forever) Read(b []byte) (int, error) { return len(b), nil }
