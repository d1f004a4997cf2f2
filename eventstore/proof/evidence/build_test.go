package evidence

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/seal"
)

func TestPartsThatDoNotBelongTogetherMakeNoPackage(t *testing.T) {
	w := testWorld()
	redact := func(change func(r *Redaction)) func(*Input) {
		return func(in *Input) {
			r := in.Redactions[0]
			change(&r)
			in.Redactions = []Redaction{r}
		}
	}
	for name, spoil := range map[string]func(in *Input){
		"a redaction of no field":         redact(func(r *Redaction) { r.Path = "/nothing" }),
		"a redaction of no entry":         redact(func(r *Redaction) { r.Seq = 9 }),
		"a redaction of an erased entry":  redact(func(r *Redaction) { r.Seq, r.Path = 3, "/actor" }),
		"a redaction without ground":      redact(func(r *Redaction) { r.Ground = "" }),
		"a ground of two lines":           redact(func(r *Redaction) { r.Ground = "a\n2\t1" }),
		"a ground that turns its reading": redact(func(r *Redaction) { r.Ground = "a\u202eb" }),
		"a redaction without date":        redact(func(r *Redaction) { r.Date = time.Time{} }),
		"a redaction twice":               func(in *Input) { in.Redactions = append(slices.Clone(in.Redactions), in.Redactions...) },
		"no certificate":                  func(in *Input) { in.Destroyed = nil },
		"a certificate of nothing":        func(in *Input) { in.Destroyed = []Destruction{{Certificate: []byte("x")}} },
		"another record":                  func(in *Input) { in.Record = otherRecord },
		"another ledger":                  func(in *Input) { in.Ledger = "bigtown.example/test" },
		"a cut-off in nanoseconds":        func(in *Input) { in.KnownAt = testTime.Add(1) },
		"no entries":                      func(in *Input) { in.Entries = nil },
		"too many time-stamps":            func(in *Input) { in.Timestamps = make([][]byte, MaxParts+1) },
		"too large a bundle":              func(in *Input) { in.Bundle = make([]byte, MaxFileBytes+1) },
		"an opener of something else":     func(in *Input) { in.Open = otherOpener{w} },
	} {
		in := w.input
		spoil(&in)
		var out bytes.Buffer
		err := Build(&out, in)
		if err == nil || !errors.Is(err, ErrInput) && !errors.Is(err, ErrFormat) || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "Mrs N.") {
			t.Errorf("%s: the error shows what is withheld", name)
		}
	}
}

// otherOpener opens every event as the first.
type otherOpener struct{ w *world }

func (o otherOpener) Open(Stored) (seal.Opened, error) {
	for s := range o.w.ledger.stored(otherRecord) {
		return o.w.ledger.Open(s)
	}
	return seal.Opened{}, seal.ErrErased
}

// twoKeys makes a blob that AES-GCM opens under two keys: the tag is linear in
// the ciphertext, so one free block is solved for. It opens to what was sealed
// under neither, but a system that commits to ciphertext alone would take it.
func twoKeys(keys [2]cipher.Block, nonce, head []byte, blocks int) []byte {
	c := make([]byte, 16*blocks)
	var sums [2]*big.Int
	var last [2]*big.Int
	for i, k := range keys {
		h := encrypt(k, make([]byte, 16))
		text := append(padded(head), c...)
		text = binary.BigEndian.AppendUint64(text, uint64(len(head)*8))
		text = binary.BigEndian.AppendUint64(text, uint64(len(c)*8))
		sums[i] = xor(ghash(h, text), element(encrypt(k, append(bytes.Clone(nonce), 0, 0, 0, 1))))
		last[i] = multiply(element(h), element(h)) // the factor of the last block of ciphertext
	}
	x := multiply(xor(sums[0], sums[1]), inverse(xor(last[0], last[1])))
	block := octets(x)
	copy(c[16*(blocks-1):], block)
	tag := xor(sums[0], multiply(x, last[0]))
	return append(append(bytes.Clone(nonce), c...), octets(tag)...)
}

func padded(b []byte) []byte { return append(bytes.Clone(b), make([]byte, (16-len(b)%16)%16)...) }

func encrypt(k cipher.Block, in []byte) []byte {
	out := make([]byte, 16)
	k.Encrypt(out, in)
	return out
}

// Elements of GCM's field: bit 127 of the number is the coefficient of x^0.
func element(b []byte) *big.Int  { return new(big.Int).SetBytes(b) }
func octets(x *big.Int) []byte   { return x.FillBytes(make([]byte, 16)) }
func xor(a, b *big.Int) *big.Int { return new(big.Int).Xor(a, b) }
func ghash(h, text []byte) *big.Int {
	y := new(big.Int)
	for block := range slices.Chunk(text, 16) {
		y = multiply(xor(y, element(block)), element(h))
	}
	return y
}

func multiply(a, b *big.Int) *big.Int {
	r := new(big.Int).Lsh(big.NewInt(0xe1), 120)
	z, v := new(big.Int), new(big.Int).Set(b)
	for i := 127; i >= 0; i-- {
		if a.Bit(i) == 1 {
			z.Xor(z, v)
		}
		carry := v.Bit(0)
		v.Rsh(v, 1)
		if carry == 1 {
			v.Xor(v, r)
		}
	}
	return z
}

// inverse is a to the power of 2^128-2.
func inverse(a *big.Int) *big.Int {
	result, square := new(big.Int).Lsh(big.NewInt(1), 127), a
	for range 127 {
		square = multiply(square, square)
		result = multiply(result, square)
	}
	return result
}

// eventBlock is the cipher of one event, as seal's README.md has it.
func eventBlock(k seal.Key, event [16]byte) cipher.Block {
	key := must(hkdf.Key(sha256.New, k.Secret[:], nil, "caseledger/event-key/v1"+string(event[:]), 32))
	return must(aes.NewCipher(key))
}

func TestABlobThatOpensUnderTwoKeysMakesNoPackage(t *testing.T) {
	w := testWorld()
	keys := [2]seal.Key{{ID: "k-aaaa", Secret: [32]byte{1}}, {ID: "k-aaaa", Secret: [32]byte{2}}}
	blocks := [2]cipher.Block{eventBlock(keys[0], [16]byte{5}), eventBlock(keys[1], [16]byte{5})}
	var s Stored
	for first := range w.ledger.stored(testRecord) {
		s = first
		break
	}
	leaf := must(seal.ParseLeaf(s.Leaf))
	leaf.Key = keys[0].ID
	head, _, _ := bytes.Cut(leaf.Text(), []byte("cipher "))
	s.Event, s.Blob = [16]byte{5}, twoKeys(blocks, make([]byte, 12), head, 8)
	leaf.Cipher = sha256.Sum256(s.Blob)
	s.Leaf = leaf.Text()
	for i, b := range blocks {
		if _, err := must(cipher.NewGCM(b)).Open(nil, s.Blob[:12], s.Blob[12:], head); err != nil {
			t.Fatalf("it does not open under key %d", i)
		}
		in := w.input
		in.Redactions = nil
		in.Entries = func(yield func(Stored, error) bool) { yield(s, nil) }
		in.Open = keyOpener{keys[i]}
		if err := Build(new(bytes.Buffer), in); !errors.Is(err, seal.ErrRoot) {
			t.Error(err)
		}
	}
}

type keyOpener struct{ key seal.Key }

func (o keyOpener) Open(s Stored) (seal.Opened, error) {
	return seal.Open(s.Leaf, s.Blob, o.key, s.Event)
}

func TestAPackageOfManyEntriesIsBuiltAndVerified(t *testing.T) {
	w := testWorld()
	l := newLedger(t.TempDir(), w.ledger.signer, 3)
	for range 300 {
		l.add(testRecord, "k-7f01", "note.written/1", `{"actor":"sw-1","text":["One."," Two."]}`)
	}
	in := w.input
	in.Checkpoint = l.seal(func(*sealer.Sealer) {})
	in.Entries, in.Open, in.Prove = l.stored(testRecord), l, l.log()
	in.Head, in.Older, in.Destroyed, in.Redactions = nil, nil, nil, nil
	if r := verify(w.build(in), Trust{Keys: l.known, OpenEnd: true}); r.Overall != Valid || len(r.Entries) != 300 {
		t.Error(r.Overall, r.Problems)
	}
}
