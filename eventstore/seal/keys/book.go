package keys

import (
	"context"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"

	"caseledger/eventstore/seal"
)

// Bytes of what a Book keeps.
const (
	RecordBytes   = recordBytes        // a record, as in a file of keys
	ClearBytes    = nonceAt            // its beginning, which is not encrypted
	TagBytes      = tagBytes           // its end
	ScrubbedBytes = nonceAt + tagBytes // a scrubbed record: beginning and end alone
)

// Book is the keys of one epoch, for a Store that keeps them elsewhere than in
// a directory. It has them in memory, and knows the bytes in which they are
// kept: the header and the records of a file of keys, numbered from 1. Records
// are only ever added. A destroyed key has a record of its destruction at the
// end, and what it was wrapped in is taken out of its first: scrubbed. Every
// byte is authenticated as in a file, but for the beginning of a scrubbed
// record: who alters those can change where in List a destroyed key stands.
//
// A book never writes anything anywhere; it asks the KMS when it is made or
// opened, and never afterwards. Only Adopt changes it: all other methods may be
// called by many goroutines at once while nobody adopts.
type Book struct {
	epoch   Epoch
	text    []byte
	header  []byte
	chain   chain
	records int64
	entries []*slot // in the order of their making
	byID    map[[16]byte]*slot
	byPlace map[[32]byte]*slot
	open    int // scrubbed records whose keys are not yet known to be destroyed
}

// slot is the place of a key in a book.
type slot struct {
	*entry
	record int64 // the number of the record that has the entry
}

func emptyBook() *Book {
	return &Book{byID: make(map[[16]byte]*slot), byPlace: make(map[[32]byte]*slot)}
}

// NewBook begins an epoch, of which there are no records yet.
func NewBook(ctx context.Context, k KMS, epoch uint64) (*Book, error) {
	key, text, err := newEpoch(ctx, k, epoch)
	if err != nil {
		return nil, err
	}
	header, c, err := newFile(epoch, key)
	if err != nil {
		return nil, err
	}
	return bookOf(epoch, key, text, header, c)
}

// OpenBook opens an epoch by what EpochText and Header returned once. The book
// is empty until it adopts a draft that has read the records.
func OpenBook(ctx context.Context, k KMS, epoch uint64, text, header []byte) (*Book, error) {
	key, err := openEpoch(ctx, k, epoch, text)
	if err != nil {
		return nil, err
	}
	if len(header) != headerBytes {
		return nil, fmt.Errorf("%w: a header of %d bytes", ErrCorrupt, len(header))
	}
	c, err := readHeader(header, epoch, key)
	if err != nil {
		return nil, err
	}
	return bookOf(epoch, key, text, header, c)
}

// bookOf keeps nothing of the epoch's key but what the chain needs.
func bookOf(epoch uint64, key, text, header []byte, c *chain) (*Book, error) {
	kms, wrapped, ok := parseEpoch(epoch, text)
	if !ok {
		return nil, fmt.Errorf("%w: epoch %d", ErrCorrupt, epoch)
	}
	b := emptyBook()
	b.epoch = Epoch{Number: epoch, KMS: kms, Wrapped: wrapped, Check: checkOf((*[epochKeyBytes]byte)(key))}
	b.text, b.header, b.chain = text, header, *c
	clear(key)
	return b, nil
}

// ImportBook reads an export. The book is of no epoch: it is for copying from.
func ImportBook(export io.Reader, first, second age.Identity) (*Book, error) {
	entries, err := readExport(export, first, second)
	if err != nil {
		return nil, err
	}
	b := emptyBook()
	d := b.Draft()
	for _, e := range entries {
		d.add(e)
	}
	return b, b.Adopt(d)
}

// Epoch returns what may be known of the epoch, but not when it begun.
func (b *Book) Epoch() Epoch { return b.epoch }

// EpochText returns the text of the epoch's file: its key, wrapped by the KMS.
func (b *Book) EpochText() []byte { return slices.Clone(b.text) }

// Header returns what stands before the records.
func (b *Book) Header() []byte { return slices.Clone(b.header) }

// Records returns how many records there are.
func (b *Book) Records() int64 { return b.records }

// Tag returns the end of the last record, or of the header before there is
// one. Two books of one epoch with the same tag hold the same records.
func (b *Book) Tag() [TagBytes]byte { return b.chain.tag }

// Keys returns how many keys there are, living and destroyed.
func (b *Book) Keys() int { return len(b.entries) }

// ForOpening returns the key that a leaf names, as Store's.
func (b *Book) ForOpening(id string) (seal.Key, error) {
	if raw, ok := parseID(id); ok {
		if e, ok := b.byID[raw]; ok {
			return e.key()
		}
	}
	return seal.Key{}, unknown(id)
}

// ForSealing returns the place's key, ErrUnknown if it has none.
func (b *Book) ForSealing(p Place) (seal.Key, error) {
	e, ok := b.byPlace[p.hash()]
	if !ok {
		return seal.Key{}, fmt.Errorf("%w: the place has none", ErrUnknown)
	}
	return e.key()
}

// List returns all keys in the order of their making.
func (b *Book) List() []Entry {
	out := make([]Entry, len(b.entries))
	for i, e := range b.entries {
		out[i] = e.public()
	}
	return out
}

// Export writes all keys for two officers, as Directory's.
func (b *Book) Export(w io.Writer, first, second string) error {
	return writeExport(w, first, second, func(yield func(*entry) bool) {
		for _, s := range b.entries {
			if !yield(s.entry) {
				return
			}
		}
	})
}

// Draft returns an empty draft that goes on where the book ends.
func (b *Book) Draft() *Draft { return &Draft{book: b, chain: b.chain, records: b.records} }

// Adopt makes what is in the draft part of the book, which must not have
// changed since the draft was begun. After an error the book is of no use: it
// is ErrCorrupt.
func (b *Book) Adopt(d *Draft) error {
	for _, s := range d.added {
		if err := b.adopt(s); err != nil {
			return err
		}
	}
	b.chain, b.records = d.chain, d.records
	if b.open != 0 || len(b.entries) > MaxKeys {
		return fmt.Errorf("%w: %d keys were taken out and not destroyed; there are %d keys", ErrCorrupt, b.open, len(b.entries))
	}
	return nil
}

func (b *Book) adopt(s *slot) error {
	old, known := b.byID[s.id]
	_, taken := b.byPlace[s.place]
	switch {
	case !known && !taken:
		b.entries = append(b.entries, s)
		b.byID[s.id], b.byPlace[s.place] = s, s
	case known && old.place == s.place && old.destroyed == nil && s.destroyed != nil && (old.scrubbed || checkOf(&old.secret) == s.check):
		if old.scrubbed {
			b.open--
		}
		*old = *s
	default:
		return fmt.Errorf("%w: record %d: a key stands twice", ErrCorrupt, s.record)
	}
	if s.scrubbed {
		b.open++
	}
	return nil
}

// Draft is what comes after a book: records that were read, or such as are to
// be written before the book adopts them. It is for one goroutine.
type Draft struct {
	book    *Book
	chain   chain
	records int64
	added   []*slot
	written [][]byte
	scrub   []int64
}

// Read reads the next record. ErrCorrupt for one that is not as it was written
// or stood elsewhere.
func (d *Draft) Read(record []byte) error {
	var e *entry
	ok := false
	switch len(record) {
	case RecordBytes:
		e, ok = d.chain.read(record)
	case ScrubbedBytes:
		// The next record is bound to the tag, and the record of the destruction
		// names the key once more.
		e, ok = &entry{id: [16]byte(record[idAt:]), place: [32]byte(record[placeAt:]), scrubbed: true}, record[0] == kindKey
		copy(d.chain.tag[:], record[ClearBytes:])
	}
	if !ok {
		return fmt.Errorf("%w: record %d", ErrCorrupt, d.records+1)
	}
	d.add(e)
	return nil
}

// Make adds keys for the places that have none. ErrRefused when there would be
// more than MaxKeys.
func (d *Draft) Make(places []Place) error {
	made := make(map[[32]byte]bool)
	for _, p := range places {
		place := p.hash()
		if d.book.byPlace[place] == nil && !made[place] {
			made[place] = true
			d.write(newEntry(place))
		}
	}
	if len(d.book.entries)+len(made) > MaxKeys {
		return fmt.Errorf("%w: there are %d keys already", ErrRefused, len(d.book.entries))
	}
	return nil
}

// Destroy adds the destruction of the places' keys, all or none, and returns
// what Store's Destroy does. Of keys that were destroyed before nothing is
// added.
func (d *Draft) Destroy(places []Place, why Destruction) ([]Entry, error) {
	if err := why.check(); err != nil {
		return nil, err
	}
	slots := make([]*slot, len(places))
	for i, p := range places {
		if slots[i] = d.book.byPlace[p.hash()]; slots[i] == nil {
			return nil, fmt.Errorf("%w: place %d has none", ErrUnknown, i)
		}
	}
	var found []Entry
	tombs := make(map[*slot]*entry)
	for _, s := range slots {
		e := s.entry
		if e.destroyed == nil {
			if tombs[s] == nil {
				tombs[s] = e.tomb(why)
				d.write(tombs[s])
				d.scrub = append(d.scrub, s.record)
			}
			e = tombs[s]
		}
		found = append(found, e.public())
	}
	return found, nil
}

// Copy adds n keys of another book, living and destroyed, from the one at the
// index at; fewer when there are no more.
func (d *Draft) Copy(from *Book, at, n int) {
	for _, s := range from.entries[at:min(at+n, len(from.entries))] {
		d.write(s.entry)
	}
}

// Written returns the records to be written at the end of those of the book.
func (d *Draft) Written() [][]byte { return d.written }

// Scrub returns the numbers of the records that are to be scrubbed with the
// same write: cut down to their first ClearBytes and last TagBytes.
func (d *Draft) Scrub() []int64 { return d.scrub }

// Records returns how many records there are with those of the draft.
func (d *Draft) Records() int64 { return d.records }

// Tag returns the end of the last of them.
func (d *Draft) Tag() [TagBytes]byte { return d.chain.tag }

func (d *Draft) write(e *entry) {
	d.written = append(d.written, d.chain.append(make([]byte, 0, RecordBytes), e))
	d.add(e)
}

func (d *Draft) add(e *entry) {
	d.records++
	d.added = append(d.added, &slot{e, d.records})
}
