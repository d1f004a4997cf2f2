package keys

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"caseledger/eventstore/seal"
)

// The file of wrapped keys: a header and records of one size, described byte
// by byte in README.md of the package above. Numbers are little-endian.
const (
	magic         = "caseldgk"
	formatVersion = 1
	fileInfo      = "caseledger/keys-file/v1"

	saltAt      = 24
	headerTagAt = saltAt + 16
	headerBytes = headerTagAt + tagBytes

	idAt        = 4
	placeAt     = idAt + 16
	nonceAt     = placeAt + 32
	bodyAt      = nonceAt + nonceBytes
	recordTagAt = bodyAt + bodyBytes
	recordBytes = recordTagAt + tagBytes

	bodyBytes  = 80
	nonceBytes = 12
	tagBytes   = 16

	kindKey       = 1
	kindDestroyed = 2
)

// entry is one key, living or destroyed.
type entry struct {
	id        [16]byte
	place     [32]byte
	secret    [32]byte // zeros when destroyed
	check     Check    // kept of a destroyed key
	destroyed *Destruction
	scrubbed  bool // of a Book alone: the secret was taken out, the destruction is still to be read
}

func (e *entry) name() string { return "k-" + hex.EncodeToString(e.id[:]) }

func (e *entry) key() (seal.Key, error) {
	if e.destroyed != nil {
		return seal.Key{}, &DestroyedError{e.public()}
	}
	if e.scrubbed {
		return seal.Key{}, fmt.Errorf("%w: key %s was taken out", ErrCorrupt, e.name())
	}
	return seal.Key{ID: e.name(), Secret: e.secret}, nil
}

func (e *entry) public() Entry {
	if e.destroyed == nil {
		return Entry{ID: e.name(), Check: checkOf(&e.secret)}
	}
	d := *e.destroyed
	return Entry{ID: e.name(), Check: e.check, Destroyed: &d}
}

// parseID is the inverse of name.
func parseID(name string) (id [16]byte, ok bool) {
	digits, ok := strings.CutPrefix(name, "k-")
	if !ok || len(digits) != 2*len(id) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err == nil && seal.ValidKeyID(name)
}

func newEntry(place [32]byte) *entry {
	e := &entry{place: place}
	rand.Read(e.id[:])
	rand.Read(e.secret[:])
	return e
}

// tomb is the entry after its destruction.
func (e *entry) tomb(d Destruction) *entry {
	d.When = d.When.UTC().Truncate(time.Microsecond)
	return &entry{id: e.id, place: e.place, check: checkOf(&e.secret), destroyed: &d}
}

func (e *entry) body() []byte {
	b := make([]byte, 0, bodyBytes)
	if e.destroyed == nil {
		return append(b, e.secret[:]...)[:bodyBytes]
	}
	b = append(b, e.check[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.destroyed.When.UnixMicro()))
	b = append(b, byte(len(e.destroyed.Certificate)))
	return append(b, e.destroyed.Certificate...)[:bodyBytes]
}

func (e *entry) readBody(kind byte, b []byte) bool {
	switch kind {
	case kindKey:
		e.secret = [32]byte(b)
	case kindDestroyed:
		n := int(b[16])
		if n > MaxCertificateChars {
			return false
		}
		e.check = Check(b)
		when := time.UnixMicro(int64(binary.LittleEndian.Uint64(b[8:]))).UTC()
		e.destroyed = &Destruction{When: when, Certificate: string(b[17 : 17+n])}
	}
	return bytes.Equal(e.body(), b)
}

// chain writes or reads the records of one file in their order: each is bound
// to the one before it, so that none can be changed, moved, doubled or left
// out between others.
type chain struct {
	aead cipher.AEAD
	tag  [tagBytes]byte // of the record before, at first of the header
}

// newFile returns a new file's header and its chain.
func newFile(epoch uint64, epochKey []byte) ([]byte, *chain, error) {
	h := make([]byte, headerTagAt, headerBytes)
	copy(h, magic)
	binary.LittleEndian.PutUint32(h[8:], formatVersion)
	binary.LittleEndian.PutUint64(h[16:], epoch)
	rand.Read(h[saltAt:headerTagAt])
	c, err := chainOf(h, epochKey)
	if err != nil {
		return nil, nil, err
	}
	h = c.aead.Seal(h, make([]byte, nonceBytes), nil, h)
	copy(c.tag[:], h[headerTagAt:])
	return h, c, nil
}

// chainOf derives the key that wraps the records of one file.
func chainOf(header, epochKey []byte) (*chain, error) {
	key, err := hkdf.Key(sha256.New, epochKey, header[saltAt:headerTagAt], fileInfo, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &chain{aead: aead}, err
}

// append appends the entry's record to b.
func (c *chain) append(b []byte, e *entry) []byte {
	at := len(b)
	b = append(b, make([]byte, bodyAt)...)
	b[at] = kindKey
	if e.destroyed != nil {
		b[at] = kindDestroyed
	}
	copy(b[at+idAt:], e.id[:])
	copy(b[at+placeAt:], e.place[:])
	rand.Read(b[at+nonceAt : at+bodyAt])
	b = c.aead.Seal(b, b[at+nonceAt:at+bodyAt], e.body(), c.additional(b[at:]))
	copy(c.tag[:], b[at+recordTagAt:])
	return b
}

func (c *chain) appendAll(entries []*entry) []byte {
	b := make([]byte, 0, len(entries)*recordBytes)
	for _, e := range entries {
		b = c.append(b, e)
	}
	return b
}

func (c *chain) additional(record []byte) []byte {
	return append(append(make([]byte, 0, nonceAt+tagBytes), record[:nonceAt]...), c.tag[:]...)
}

// read reads the record that b begins with.
func (c *chain) read(b []byte) (*entry, bool) {
	body, err := c.aead.Open(nil, b[nonceAt:bodyAt], b[bodyAt:recordBytes], c.additional(b))
	if err != nil {
		return nil, false
	}
	e := &entry{id: [16]byte(b[idAt:]), place: [32]byte(b[placeAt:])}
	if !e.readBody(b[0], body) {
		return nil, false
	}
	copy(c.tag[:], b[recordTagAt:])
	return e, true
}

// readHeader checks a file's header and returns its chain.
func readHeader(b []byte, epoch uint64, epochKey []byte) (*chain, error) {
	if len(b) < headerBytes || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: not a file of keys", ErrCorrupt)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != formatVersion {
		return nil, fmt.Errorf("%w: version %d is unknown", ErrCorrupt, v)
	}
	if binary.LittleEndian.Uint64(b[16:]) != epoch {
		return nil, fmt.Errorf("%w: the file is of another epoch than its name", ErrCorrupt)
	}
	c, err := chainOf(b, epochKey)
	if err != nil {
		return nil, err
	}
	if _, err := c.aead.Open(nil, make([]byte, nonceBytes), b[headerTagAt:headerBytes], b[:headerTagAt]); err != nil {
		return nil, fmt.Errorf("%w: header", ErrCorrupt)
	}
	copy(c.tag[:], b[headerTagAt:])
	return c, nil
}

// decode reads a file of keys. sound is the length of its whole records; what
// is behind them was never acknowledged: part of a record, or zeros.
func decode(b []byte, epoch uint64, epochKey []byte) (entries []*entry, c *chain, sound int, err error) {
	if c, err = readHeader(b, epoch, epochKey); err != nil {
		return nil, nil, 0, err
	}
	for sound = headerBytes; sound+recordBytes <= len(b); sound += recordBytes {
		e, ok := c.read(b[sound:])
		if !ok && len(bytes.Trim(b[sound:], "\x00")) == 0 {
			break
		}
		if !ok || len(entries) == MaxKeys {
			return nil, nil, 0, fmt.Errorf("%w: record %d", ErrCorrupt, len(entries))
		}
		entries = append(entries, e)
	}
	return entries, c, sound, nil
}
