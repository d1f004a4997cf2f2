package drafts

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"

	_ "modernc.org/sqlite" // the driver
)

// Store keeps drafts in a file of SQLite. All methods may be called by many
// goroutines at once. Whose drafts there are, and what they are called, does not
// stand in the file; what they say stands there encrypted, and is overwritten
// when it goes.
type Store struct {
	Options
	db *sql.DB
	turns
}

const (
	applicationID = 0x434c4452 // "CLDR": no other program's database is written to by mistake
	busyTimeoutMS = 10_000
	maxOpen       = 8 // connections to the file
)

const tables = `
CREATE TABLE IF NOT EXISTS draft (
	author BLOB NOT NULL, draft BLOB NOT NULL, key TEXT NOT NULL,
	expires INTEGER NOT NULL, -- milliseconds since 1970; 0: not by itself
	signed BLOB,              -- the answer to its author, encrypted
	PRIMARY KEY (author, draft)
) STRICT;
CREATE INDEX IF NOT EXISTS draft_expires ON draft (expires);
CREATE TABLE IF NOT EXISTS version (
	author BLOB NOT NULL, draft BLOB NOT NULL, number INTEGER NOT NULL,
	current INTEGER NOT NULL, saved INTEGER NOT NULL, digest BLOB NOT NULL, key TEXT NOT NULL, bytes INTEGER NOT NULL, sealed BLOB NOT NULL,
	PRIMARY KEY (author, draft, number)
) STRICT;`

// Open opens the store, or makes it. Only the owner may read its file. Every
// commit syncs the disk: what was saved outlives a power cut.
func Open(o Options) (*Store, error) {
	if len(o.Secret) < 32 {
		return nil, errors.New("drafts: the secret has fewer than 32 bytes")
	}
	if o.Gather == 0 {
		o.Gather = DefaultGather
	}
	file, err := os.OpenFile(o.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", busyTimeoutMS),
		"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)", "temp_store(MEMORY)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	db.SetMaxOpenConns(maxOpen)
	s := &Store{Options: o, db: db}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("drafts: %w", err), db.Close())
	}
	return s, nil
}

// prepare makes the tables of a new file, and refuses that of another program.
func (s *Store) prepare() error {
	var id, objects int
	err := errors.Join(s.db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&objects), s.db.QueryRow("PRAGMA application_id").Scan(&id))
	if err != nil {
		return err
	}
	if id != applicationID && (objects > 0 || id != 0) {
		return errors.New("the file is the database of another program")
	}
	_, err = s.db.Exec(fmt.Sprintf("PRAGMA application_id = %d;", applicationID) + tables)
	return err
}

// Close ends the use of the store. Nothing may be going on.
func (s *Store) Close() error { return s.db.Close() }

// inside is what is encrypted.
type inside struct {
	ID      string         `json:"id"`
	After   []uint64       `json:"after,omitempty"`
	Content jsontext.Value `json:"content"`
}

// writer encrypts the versions of one draft.
type writer struct {
	place
	key  seal.Key
	aead cipher.AEAD
	mark []byte // key of the digests
}

// keyClass is the class under which the keys of authors lie in the key store.
const keyClass = "draft"

// writer returns what encrypts a draft, under the key of its author, which is
// made with the first.
func (s *Store) writer(ctx context.Context, at place) (writer, error) {
	key, err := s.Keys.ForSealing(ctx, keys.Place{Stream: "drafts-" + hex.EncodeToString(at.author), Class: keyClass})
	if err != nil {
		return writer{}, fmt.Errorf("drafts: %w", err)
	}
	aead, mark, err := ciphers(key)
	return writer{at, key, aead, mark}, err
}

// ciphers derives from an author's key what encrypts, and what makes digests.
func ciphers(key seal.Key) (cipher.AEAD, []byte, error) {
	secret, err := hkdf.Key(sha256.New, key.Secret[:], nil, "caseledger/draft/v1", 64)
	if err != nil {
		return nil, nil, fmt.Errorf("drafts: %w", err)
	}
	block, err := aes.NewCipher(secret[:32])
	if err != nil {
		return nil, nil, fmt.Errorf("drafts: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, nil, fmt.Errorf("drafts: %w", err)
	}
	return aead, secret[32:], nil
}

// digest tells a repeat from another version, and nothing without the key.
func (w writer) digest(in inside) []byte {
	mac := hmac.New(sha256.New, w.mark)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(in.After))))
	for _, number := range in.After {
		mac.Write(binary.BigEndian.AppendUint64(nil, number))
	}
	mac.Write(in.Content)
	return mac.Sum(nil)
}

func (w writer) seal(number uint64, in inside) ([]byte, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, errors.New("drafts: the content is no JSON")
	}
	return w.aead.Seal(nil, nil, text, w.bind(number)), nil
}

// bind names the place of a version, so that one that is moved opens no more.
func (at place) bind(number uint64) []byte {
	return strconv.AppendUint(append(append([]byte("caseledger/draft/v1"), at.author...), at.draft...), number, 10)
}

// open decrypts. The key of what is read is never made anew.
func (s *Store) open(ctx context.Context, at place, id string, number uint64, sealed []byte) (inside, error) {
	var in inside
	key, err := s.Keys.ForOpening(ctx, id)
	if err != nil {
		return in, fmt.Errorf("drafts: %w", err)
	}
	aead, _, err := ciphers(key)
	if err != nil {
		return in, err
	}
	text, err := aead.Open(nil, nil, sealed, at.bind(number))
	if err != nil {
		return in, ErrDamaged
	}
	if err := json.Unmarshal(text, &in, json.RejectUnknownMembers(true)); err != nil {
		return in, ErrDamaged
	}
	return in, nil
}

// room reports ErrFull where an author may have no more.
func (s *Store) room(tx *sql.Tx, at place, begins bool, more int) error {
	var count, bytes int
	err := tx.QueryRow("SELECT count(DISTINCT draft), coalesce(sum(bytes), 0) FROM version WHERE author = ?", at.author).Scan(&count, &bytes)
	if err != nil {
		return err
	}
	if begins && count >= MaxOfAuthor || bytes+more > MaxKept {
		return ErrFull
	}
	return nil
}

// read returns the drafts of an author that have not expired, with the versions
// that a condition names.
func (s *Store) read(ctx context.Context, at place, condition string, args ...any) ([]Draft, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT v.draft, v.number, v.current, v.saved, v.key, v.sealed, d.expires FROM version v JOIN draft d USING (author, draft)
		WHERE v.author = ? AND (d.expires = 0 OR d.expires > ?)`+condition+" ORDER BY v.draft, v.number",
		append([]any{at.author, s.Now().UnixMilli()}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	defer rows.Close()
	var all []Draft
	for rows.Next() {
		var v Version
		var draft, sealed []byte
		var key string
		var saved, expires int64
		if err := rows.Scan(&draft, &v.Number, &v.Current, &saved, &key, &sealed, &expires); err != nil {
			return nil, fmt.Errorf("drafts: %w", err)
		}
		in, err := s.open(ctx, place{at.author, draft}, key, v.Number, sealed)
		if err != nil {
			return nil, err
		}
		v.Saved, v.After, v.Content = time.UnixMilli(saved).UTC(), in.After, in.Content
		if len(all) == 0 || all[len(all)-1].ID != in.ID {
			all = append(all, Draft{ID: in.ID})
			if expires != 0 {
				all[len(all)-1].Expires = time.UnixMilli(expires).UTC()
			}
		}
		all[len(all)-1].Versions = append(all[len(all)-1].Versions, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return all, nil
}
