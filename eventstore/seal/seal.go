// Package seal turns an event's payload into a leaf and a blob, and back. The
// leaf is a small text that commits to every field of the payload under a salt
// of its own; the blob is the payload, encrypted under a key of the event. A
// store keeps both and learns nothing. A reader who is shown some fields can
// check that they are the ones sealed, and cannot guess the others. When the
// record's key is destroyed the leaf still proves that the event was there.
//
// README.md beside this file describes the formats byte by byte.
//
// The package keeps no keys, reads no clock, knows no event type and no store,
// and never encodes a payload again: what is hashed is what was given. It
// makes alteration evident; it does not prevent it.
package seal

import (
	"crypto/sha256"
	"fmt"
	"io"
)

const (
	nonceBytes = 12
	tagBytes   = 16

	blobOverhead = nonceBytes + len(Hash{}) + tagBytes

	usualFields    = 16 // what space is made for at first
	usualLeafBytes = 512
)

// Seal seals one event. payload is a JSON object in UTF-8 without whitespace
// outside strings, without duplicate names and without numbers beyond ±2^53.
// random is read for 44 bytes: a nonce and the seed of the salts. It must be
// unpredictable; in the product it is crypto/rand.Reader. An event that lost
// its place to another may be sealed again, with the same id, for a later one:
// the nonce is new each time.
//
// The error is ErrRefused for a header, payload or key that breaks a rule, or
// that of random.
func Seal(h Header, payload []byte, key Key, event [16]byte, random io.Reader) (leaf, blob []byte, err error) {
	if err := h.check(); err != nil {
		return nil, nil, fmt.Errorf("%w: leaf: %w", ErrRefused, err)
	}
	if err := key.check(); err != nil {
		return nil, nil, err
	}
	fields, err := split(payload)
	if err != nil {
		return nil, nil, err
	}
	blob = make([]byte, nonceBytes+len(Hash{}), blobOverhead+len(payload))
	if _, err := io.ReadFull(random, blob); err != nil {
		return nil, nil, fmt.Errorf("seal: random bytes: %w", err)
	}
	l := Leaf{Header: h, Fields: len(fields), Key: key.ID}
	l.Root = commit(Hash(blob[nonceBytes:]), payload, fields)
	leaf = l.appendHead(make([]byte, 0, usualLeafBytes))
	gcm, err := key.aead(event)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: %w", err)
	}
	plain := append(blob[nonceBytes:], payload...)
	blob = gcm.Seal(blob[:nonceBytes], blob[:nonceBytes], plain, leaf)
	l.Cipher = sha256.Sum256(blob)
	return l.appendTail(leaf), blob, nil
}

func commit(seed Hash, payload []byte, fields []field) Hash {
	var space [usualFields]Hash
	c := newCommitter(seed, payload)
	defer c.free()
	return root(c.digests(fields, space[:0]))
}

// Opened is an event whose payload is proved to be the one that its leaf
// commits to.
type Opened struct {
	Leaf    Leaf
	Payload []byte
	seed    Hash
}

// Open opens what Seal made. It checks everything that the leaf states about
// the blob and the payload: AES-GCM alone would not do, for one blob can be
// made to open under two keys.
//
// The error is ErrLeaf, ErrCipher, ErrKey or ErrRoot.
func Open(leaf, blob []byte, key Key, event [16]byte) (Opened, error) {
	l, err := ParseLeaf(leaf)
	if err != nil {
		return Opened{}, err
	}
	return l.Open(blob, key, event)
}

// Open is the function Open for one who has parsed the leaf, to find the key
// that it names.
func (l Leaf) Open(blob []byte, key Key, event [16]byte) (Opened, error) {
	if err := CheckBlob(l, blob); err != nil {
		return Opened{}, err
	}
	s := scanners.Get().(*scanner)
	defer s.free()
	s.head = l.appendHead(s.head[:0])
	plain, err := l.decrypt(blob, key, event, s.head)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Leaf: l, Payload: plain[len(Hash{}):], seed: Hash(plain)}
	fields, err := s.split(o.Payload)
	if err != nil || len(fields) != l.Fields || commit(o.seed, o.Payload, fields) != l.Root {
		return Opened{}, fmt.Errorf("%w: seq %d", ErrRoot, l.Seq)
	}
	return o, nil
}

// CheckBlob checks, without any key, that the blob is the one that the leaf
// commits to. The error is ErrCipher.
func CheckBlob(l Leaf, blob []byte) error {
	if len(blob) < blobOverhead || sha256.Sum256(blob) != l.Cipher {
		return fmt.Errorf("%w: seq %d", ErrCipher, l.Seq)
	}
	return nil
}

// decrypt returns seed and payload. head is the leaf's.
func (l *Leaf) decrypt(blob []byte, key Key, event [16]byte, head []byte) ([]byte, error) {
	if key.ID != l.Key {
		return nil, fmt.Errorf("%w: seq %d needs key %s", ErrKey, l.Seq, l.Key)
	}
	gcm, err := key.aead(event)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	plain, err := gcm.Open(nil, blob[:nonceBytes], blob[nonceBytes:], head)
	if err != nil {
		return nil, fmt.Errorf("%w: seq %d, key %s", ErrKey, l.Seq, l.Key)
	}
	return plain, nil
}

// Fields returns the fields in stored order. The values are parts of Payload.
func (o Opened) Fields() []Field {
	parts := o.split()
	fields := make([]Field, len(parts))
	for i := range parts {
		fields[i] = parts[i].of(o.Payload)
	}
	return fields
}

// Digests returns the digests of all fields in stored order. They say nothing
// about the fields and are given to every reader.
func (o Opened) Digests() []Hash {
	c := newCommitter(o.seed, o.Payload)
	defer c.free()
	return c.digests(o.split(), nil)
}

// Disclosures returns the disclosures of all fields in stored order.
func (o Opened) Disclosures() [][]byte {
	c := newCommitter(o.seed, o.Payload)
	defer c.free()
	parts := o.split()
	texts := make([][]byte, len(parts))
	for i := range parts {
		texts[i] = c.disclose(nil, &parts[i])
	}
	return texts
}

// Disclose returns the disclosure of one field, or ErrNoField.
func (o Opened) Disclose(path string) ([]byte, error) {
	c := newCommitter(o.seed, o.Payload)
	defer c.free()
	parts := o.split()
	for i := range parts {
		if string(parts[i].appendPath(nil, o.Payload)) == path {
			return c.disclose(nil, &parts[i]), nil
		}
	}
	return nil, fmt.Errorf("%w: seq %d", ErrNoField, o.Leaf.Seq)
}

// split splits the payload again. Open has done it before, without error.
func (o Opened) split() []field {
	fields, _ := split(o.Payload)
	return fields
}
