package keys

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"caseledger/eventstore/seal"
)

// shelf is what a store of a book keeps.
type shelf struct {
	text, header []byte
	records      [][]byte
}

func newBook(t testing.TB) (*Book, *shelf) {
	t.Helper()
	b, err := NewBook(t.Context(), testKMS(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	return b, &shelf{text: b.EpochText(), header: b.Header()}
}

// keep writes a draft down and has the book adopt it.
func (s *shelf) keep(t testing.TB, b *Book, d *Draft) {
	t.Helper()
	s.records = append(s.records, d.Written()...)
	for _, n := range d.Scrub() {
		r := s.records[n-1]
		s.records[n-1] = slices.Concat(r[:ClearBytes], r[RecordBytes-TagBytes:])
	}
	if err := b.Adopt(d); err != nil {
		t.Fatal(err)
	}
}

func (s *shelf) open(t testing.TB) (*Book, error) {
	b, err := OpenBook(t.Context(), testKMS(t), 1, s.text, s.header)
	if err != nil {
		return nil, err
	}
	d := b.Draft()
	for _, r := range s.records {
		if err := d.Read(r); err != nil {
			return nil, err
		}
	}
	return b, b.Adopt(d)
}

// threeAndATomb has keys of mary, tom and a third, of which mary's was
// destroyed.
func threeAndATomb(t testing.TB) (*Book, *shelf, seal.Key) {
	t.Helper()
	b, s := newBook(t)
	d := b.Draft()
	if err := d.Make([]Place{mary, tom, mary, {Stream: "record-third"}}); err != nil {
		t.Fatal(err)
	}
	s.keep(t, b, d)
	k, err := b.ForSealing(mary)
	if err != nil {
		t.Fatal(err)
	}
	d = b.Draft()
	found, err := d.Destroy([]Place{mary, mary}, destruction)
	if err != nil || len(found) != 2 || *found[1].Destroyed != destruction || len(d.Written()) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	s.keep(t, b, d)
	return b, s, k
}

func TestABookOpensAsItWasKept(t *testing.T) {
	b, s, k := threeAndATomb(t)
	again, err := s.open(t)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.List(), b.List()) || again.Tag() != b.Tag() || again.Records() != 4 || again.Keys() != 3 {
		t.Errorf("%v, not %v", again.List(), b.List())
	}
	if bytes.Contains(bytes.Join(s.records, nil), k.Secret[:]) || len(s.records[0]) != ScrubbedBytes {
		t.Error("the secret is still there")
	}
	var gone *DestroyedError
	if _, err := again.ForOpening(k.ID); !errors.As(err, &gone) || gone.Check != CheckOf(k) {
		t.Errorf("%v", err)
	}
	if _, err := again.ForSealing(Place{Stream: "record-none"}); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
}

func TestABookIsCopiedIntoANewEpochWithoutWhatWasScrubbed(t *testing.T) {
	b, _, _ := threeAndATomb(t)
	next, s := newBook(t)
	for at := 0; at < b.Keys(); at += 2 {
		d := next.Draft()
		d.Copy(b, at, 2)
		s.keep(t, next, d)
	}
	again, err := s.open(t)
	if err != nil || !reflect.DeepEqual(again.List(), b.List()) || again.Records() != 3 {
		t.Errorf("%v, %v", again.List(), err)
	}
	want, _ := b.ForSealing(tom)
	if got, err := again.ForSealing(tom); err != nil || got != want {
		t.Errorf("another key: %v", err)
	}
}

func TestEveryFlippedBitOfABookIsFound(t *testing.T) {
	_, s, _ := threeAndATomb(t)
	for i := range s.records {
		for j := range s.records[i] {
			s.records[i][j] ^= 1 << (j % 8)
			if _, err := s.open(t); !errors.Is(err, ErrCorrupt) && !(len(s.records[i]) == ScrubbedBytes && 1 <= j && j < idAt) {
				t.Errorf("record %d, byte %d: %v", i, j, err)
			}
			s.records[i][j] ^= 1 << (j % 8)
		}
	}
	for j := range s.header {
		s.header[j] ^= 1 << (j % 8)
		if _, err := s.open(t); !errors.Is(err, ErrCorrupt) {
			t.Errorf("header, byte %d: %v", j, err)
		}
		s.header[j] ^= 1 << (j % 8)
	}
}

func TestRecordsThatWereMovedOrTakenOutAreFound(t *testing.T) {
	b, whole, _ := threeAndATomb(t)
	d := b.Draft()
	if _, err := d.Destroy([]Place{tom}, destruction); err != nil {
		t.Fatal(err)
	}
	whole.keep(t, b, d)
	for name, spoil := range map[string]func(r [][]byte) [][]byte{
		"one missing":            func(r [][]byte) [][]byte { return slices.Delete(r, 2, 3) },
		"two exchanged":          func(r [][]byte) [][]byte { r[2], r[3] = r[3], r[2]; return r },
		"one twice":              func(r [][]byte) [][]byte { return append(r, r[len(r)-1]) },
		"scrubbed without death": func(r [][]byte) [][]byte { return r[:len(r)-1] },
		"a part of one":          func(r [][]byte) [][]byte { r[2] = r[2][1:]; return r },
		"an empty one":           func(r [][]byte) [][]byte { return append(r, nil) },
	} {
		s := shelf{whole.text, whole.header, spoil(slices.Clone(whole.records))}
		if _, err := s.open(t); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A secret that is put back where it was scrubbed is destroyed all the same:
// the record of the destruction comes later.
func TestAScrubbedRecordThatIsPutBackStaysDestroyed(t *testing.T) {
	b, s := newBook(t)
	d := b.Draft()
	if err := d.Make([]Place{mary}); err != nil {
		t.Fatal(err)
	}
	old := d.Written()[0]
	s.keep(t, b, d)
	d = b.Draft()
	if _, err := d.Destroy([]Place{mary}, destruction); err != nil {
		t.Fatal(err)
	}
	s.keep(t, b, d)
	s.records[0] = old
	again, err := s.open(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.ForSealing(mary); !errors.Is(err, seal.ErrErased) {
		t.Errorf("%v", err)
	}
}

func FuzzReadABook(f *testing.F) {
	b, s := newBook(f)
	d := b.Draft()
	if err := d.Make([]Place{mary, tom}); err != nil {
		f.Fatal(err)
	}
	f.Add(s.header, d.Written()[0], d.Written()[1])
	f.Add(s.header, d.Written()[0][:ScrubbedBytes], d.Written()[1])
	f.Fuzz(func(t *testing.T, header, first, second []byte) {
		s := &shelf{s.text, header, [][]byte{first, second}}
		again, err := s.open(t)
		if err == nil && (again.Keys() != 2 || again.Tag() != d.Tag()) {
			t.Error("it opens and holds something else")
		}
	})
}
