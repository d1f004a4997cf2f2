// Package drafts keeps what somebody is writing until it is signed: apart from
// the ledger, in a file of its own, encrypted under a key of its author that
// lies with the keys of the records. A draft has versions, so that two devices
// never overwrite each other, and goes when it has expired.
//
// The package does not know what a draft says, records nothing in a ledger, and
// never gives a draft to anybody but its author: to all others there is none.
package drafts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore/seal/keys"
)

// Limits on drafts.
const (
	MaxBytes    = 4 << 20  // of one version
	MaxOfAuthor = 500      // drafts
	MaxKept     = 64 << 20 // bytes of all of an author's versions
	MaxCurrent  = 8        // versions of one draft that nothing took the place of
	MaxID       = 64       // characters of an id
	keptBehind  = 10       // versions kept although others took their place
	Lifetime    = 30 * 24 * time.Hour
)

// What a store answers instead of a draft. Nothing was changed.
var (
	// ErrNone says that the author has no such draft.
	ErrNone = errors.New("there is no such draft")
	// ErrID says that an id is not 1 to MaxID of a-z A-Z 0-9 _ -.
	ErrID = errors.New("not the id of a draft")
	// ErrStale says that a version is named that the draft never had.
	ErrStale = errors.New("the draft has no such version")
	// ErrSigned says that the draft was signed.
	ErrSigned = errors.New("the draft was signed")
	// ErrDivided says that the draft has as many versions side by side as it may.
	ErrDivided = errors.New("the draft has too many versions side by side")
	// ErrFull says that a version is too large, or that the author has as many
	// drafts, or bytes of them, as there may be.
	ErrFull = errors.New("the author's drafts are full")
	// ErrDamaged says that what is stored is not what was written.
	ErrDamaged = errors.New("the draft is damaged")
)

// Options say where drafts are and who keeps their keys. All but Gather are
// required.
type Options struct {
	Path   string // of the file, which is made if there is none
	Keys   keys.Store
	Secret []byte // hides whose drafts are in the file: 32 bytes, the same for ever
	Now    func() time.Time
	// Gather is how long a write waits for others, so that one sync of the disk
	// serves them all: DefaultGather if zero.
	Gather time.Duration
}

// DefaultGather makes five syncs a second of any number of writes: whoever types
// does not wait for them, and whoever appends to a journal on the same disk
// hardly does.
const DefaultGather = 200 * time.Millisecond

// Version is a draft as it was saved once.
type Version struct {
	Number uint64
	After  []uint64 // the versions whose place it took
	Saved  time.Time
	// Current is whether no other version has taken its place. Two that are
	// current were saved by two devices of which neither knew of the other: it is
	// for the author to choose.
	Current bool
	Content jsontext.Value
}

// Draft is what an author is writing.
type Draft struct {
	ID       string
	Expires  time.Time // zero: not by itself
	Versions []Version // from the oldest kept
}

// Current returns the numbers of the versions whose place no other has taken.
func (d Draft) Current() []uint64 {
	var all []uint64
	for _, v := range d.Versions {
		if v.Current {
			all = append(all, v.Number)
		}
	}
	return all
}

// Find returns the version with the number.
func (d Draft) Find(number uint64) (Version, bool) {
	i := slices.IndexFunc(d.Versions, func(v Version) bool { return v.Number == number })
	if i < 0 {
		return Version{}, false
	}
	return d.Versions[i], true
}

// Save is one version on its way into the store.
type Save struct {
	Author, ID string
	After      []uint64 // the versions that the author saw, and that this takes the place of
	Content    jsontext.Value
	Stays      bool // the draft does not expire by itself
}

// Saved says what became of a Save.
type Saved struct {
	Version uint64
	Current []uint64 // this one, and those of which its author did not know
	Expires time.Time
}

// Save keeps a version. When it returns without error the version is durable. A
// repeat keeps no second one. The versions that it does not name stay current:
// nothing is ever overwritten that its author did not see.
//
// Errors: ErrID, ErrFull, ErrStale, ErrSigned, ErrDivided.
func (s *Store) Save(ctx context.Context, one Save) (Saved, error) {
	at, err := s.place(one.Author, one.ID)
	if err != nil {
		return Saved{}, err
	}
	if len(one.Content) > MaxBytes {
		return Saved{}, ErrFull
	}
	after := slices.Compact(slices.Sorted(slices.Values(one.After)))
	w, err := s.writer(ctx, at)
	if err != nil {
		return Saved{}, err
	}
	out := new(Saved)
	if err := s.write(ctx, func(tx *sql.Tx) (err error) {
		*out, err = s.save(tx, w, inside{ID: one.ID, After: after, Content: one.Content}, one.Stays)
		return err
	}); err != nil {
		return Saved{}, err // and out is left to whom it may still be written for
	}
	return *out, nil
}

// save keeps a version within a transaction.
func (s *Store) save(tx *sql.Tx, w writer, in inside, stays bool) (Saved, error) {
	now := s.Now()
	head, err := headOf(tx, w.place, now)
	if err != nil {
		return Saved{}, err
	}
	if head.signed != nil {
		return Saved{}, ErrSigned
	}
	digest := w.digest(in)
	if number := head.find(digest); number > 0 {
		return Saved{number, head.current(), head.expires}, nil
	}
	if len(in.After) > 0 && in.After[len(in.After)-1] > head.last() || slices.Contains(in.After, 0) {
		return Saved{}, ErrStale
	}
	next := version{number: head.last() + 1, current: true, saved: now, digest: digest}
	if next.sealed, err = w.seal(next.number, in); err != nil {
		return Saved{}, err
	}
	head.expires = now.Add(Lifetime).Truncate(time.Millisecond)
	if stays || head.stays {
		head.expires = time.Time{}
	}
	head.add(next, in.After)
	if len(head.current()) > MaxCurrent {
		return Saved{}, ErrDivided
	}
	if err := s.room(tx, w.place, len(head.versions) == 1, len(next.sealed)); err != nil {
		return Saved{}, err
	}
	if err := head.keep(tx, w.place, w.key.ID, next, in.After); err != nil {
		return Saved{}, err
	}
	return Saved{next.number, head.current(), head.expires}, nil
}

// Get returns a draft of its author, with all versions that are kept, or ErrNone.
func (s *Store) Get(ctx context.Context, author, id string) (Draft, error) {
	at, err := s.place(author, id)
	if err != nil {
		return Draft{}, ErrNone
	}
	all, err := s.read(ctx, at, " AND v.draft = ?", at.draft)
	if err != nil {
		return Draft{}, err
	}
	if len(all) == 0 {
		return Draft{}, ErrNone
	}
	return all[0], nil
}

// List returns the author's drafts with their current versions, the one saved
// last first.
func (s *Store) List(ctx context.Context, author string) ([]Draft, error) {
	all, err := s.read(ctx, place{author: s.hide("author", author)}, " AND v.current")
	slices.SortStableFunc(all, func(a, b Draft) int {
		return b.Versions[len(b.Versions)-1].Saved.Compare(a.Versions[len(a.Versions)-1].Saved)
	})
	return all, err
}

// Discard removes a draft and all its versions, or is ErrNone.
func (s *Store) Discard(ctx context.Context, author, id string) error {
	at, err := s.place(author, id)
	if err != nil {
		return ErrNone
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		removed, err := tx.Exec("DELETE FROM version WHERE author = ? AND draft = ?", at.author, at.draft)
		if err != nil {
			return err
		}
		if n, err := removed.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNone)
		}
		_, err = tx.Exec("DELETE FROM draft WHERE author = ? AND draft = ? AND signed IS NULL", at.author, at.draft)
		return err
	})
}

// Finish removes a version that was signed and all whose place it took, and
// keeps the answer that its author got, so that who asks again gets it again. A
// version that was saved meanwhile stays, to be read and discarded: it can be
// signed no more.
func (s *Store) Finish(ctx context.Context, author, id string, signed uint64, answer jsontext.Value) error {
	at, err := s.place(author, id)
	if err != nil {
		return err
	}
	w, err := s.writer(ctx, at)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		if _, err := tx.Exec("DELETE FROM version WHERE author = ? AND draft = ? AND (number <= ? OR NOT current)", at.author, at.draft, signed); err != nil {
			return err
		}
		sealed, err := w.seal(0, inside{ID: id, Content: answer})
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO draft (author, draft, key, expires, signed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (author, draft) DO UPDATE SET key = excluded.key, expires = excluded.expires, signed = excluded.signed`,
			at.author, at.draft, w.key.ID, now.Add(Lifetime).UnixMilli(), sealed)
		return err
	})
}

// Answer returns what Finish kept, or ErrNone for a draft that was not signed.
func (s *Store) Answer(ctx context.Context, author, id string) (jsontext.Value, error) {
	at, err := s.place(author, id)
	if err != nil {
		return nil, ErrNone
	}
	var key string
	var sealed []byte
	err = s.db.QueryRowContext(ctx, "SELECT key, signed FROM draft WHERE author = ? AND draft = ? AND signed IS NOT NULL AND expires > ?",
		at.author, at.draft, s.Now().UnixMilli()).Scan(&key, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	in, err := s.open(ctx, at, key, 0, sealed)
	return in.Content, err
}

// sweepEvery is how often what has expired is removed; nobody is shown it before.
const sweepEvery = time.Hour

// Run removes what has expired, until ctx ends, and says what goes wrong.
func (s *Store) Run(ctx context.Context, report func(error)) {
	again := time.NewTicker(sweepEvery)
	defer again.Stop()
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// Sweep removes what has expired.
func (s *Store) Sweep(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		now := s.Now().UnixMilli()
		const gone = " WHERE (author, draft) IN (SELECT author, draft FROM draft WHERE expires BETWEEN 1 AND ?)"
		if _, err := tx.Exec("DELETE FROM version"+gone, now); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM draft WHERE expires BETWEEN 1 AND ?", now)
		return err
	})
}

// place is where a draft is in the file: whose it is and which, both hidden.
type place struct{ author, draft []byte }

func (s *Store) place(author, id string) (place, error) {
	if !ValidID(id) {
		return place{}, ErrID
	}
	return place{s.hide("author", author), s.hide("draft", author+"/"+id)}, nil
}

// hide makes of a text what tells nothing without the secret.
func (s *Store) hide(what, text string) []byte {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte("caseledger/drafts/v1/" + what + "\n" + text))
	return mac.Sum(nil)[:16]
}

// ValidID reports whether id can be that of a draft.
func ValidID(id string) bool {
	outside := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	return id != "" && len(id) <= MaxID && !strings.ContainsFunc(id, outside)
}
