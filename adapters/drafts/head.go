package drafts

import (
	"database/sql"
	"errors"
	"slices"
	"time"
)

// head is a draft as its file states it, without what it says.
type head struct {
	stays    bool // does not expire by itself
	expires  time.Time
	signed   []byte
	versions []version // by number
	gone     []uint64  // numbers of versions that are kept no longer
}

// version is a row of the file.
type version struct {
	number  uint64
	current bool
	saved   time.Time
	digest  []byte
	sealed  []byte // of a new one only
}

// headOf returns a draft. One that has expired is removed first.
func headOf(tx *sql.Tx, at place, now time.Time) (head, error) {
	var h head
	var expires int64
	err := tx.QueryRow("SELECT expires, signed FROM draft WHERE author = ? AND draft = ?", at.author, at.draft).Scan(&expires, &h.signed)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	if expires != 0 && expires <= now.UnixMilli() {
		return head{}, remove(tx, at)
	}
	h.stays = expires == 0
	if expires != 0 {
		h.expires = time.UnixMilli(expires)
	}
	rows, err := tx.Query("SELECT number, current, digest FROM version WHERE author = ? AND draft = ? ORDER BY number", at.author, at.draft)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		var v version
		if err := rows.Scan(&v.number, &v.current, &v.digest); err != nil {
			return h, err
		}
		h.versions = append(h.versions, v)
	}
	return h, rows.Err()
}

func remove(tx *sql.Tx, at place) error {
	for _, table := range []string{"version", "draft"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE author = ? AND draft = ?", at.author, at.draft); err != nil {
			return err
		}
	}
	return nil
}

// last returns the number of the newest version.
func (h *head) last() uint64 {
	if len(h.versions) == 0 {
		return 0
	}
	return h.versions[len(h.versions)-1].number
}

func (h *head) current() []uint64 {
	var all []uint64
	for _, v := range h.versions {
		if v.current {
			all = append(all, v.number)
		}
	}
	return all
}

// find returns the version that was saved with this digest, or 0.
func (h *head) find(digest []byte) uint64 {
	for _, v := range h.versions {
		if string(v.digest) == string(digest) {
			return v.number
		}
	}
	return 0
}

// add lets a version take the place of others. Those behind the newest few go.
func (h *head) add(next version, after []uint64) {
	for i, v := range h.versions {
		h.versions[i].current = v.current && !slices.Contains(after, v.number)
	}
	h.versions = append(h.versions, next)
	behind := 0
	for i := len(h.versions) - 1; i >= 0; i-- {
		if h.versions[i].current {
			continue
		}
		if behind++; behind > keptBehind {
			h.gone = append(h.gone, h.versions[i].number)
			h.versions = slices.Delete(h.versions, i, i+1)
		}
	}
}

// keep writes the draft with its new version, and removes what it no longer
// holds.
func (h *head) keep(tx *sql.Tx, at place, key string, next version, after []uint64) error {
	var expires int64
	if !h.expires.IsZero() {
		expires = h.expires.UnixMilli()
	}
	if _, err := tx.Exec(`INSERT INTO draft (author, draft, key, expires) VALUES (?, ?, ?, ?)
		ON CONFLICT (author, draft) DO UPDATE SET expires = excluded.expires`, at.author, at.draft, key, expires); err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO version (author, draft, number, current, saved, digest, key, bytes, sealed) VALUES (?, ?, ?, TRUE, ?, ?, ?, ?, ?)",
		at.author, at.draft, next.number, next.saved.UnixMilli(), next.digest, key, len(next.sealed), next.sealed); err != nil {
		return err
	}
	for _, number := range after {
		if _, err := tx.Exec("UPDATE version SET current = FALSE WHERE author = ? AND draft = ? AND number = ?", at.author, at.draft, number); err != nil {
			return err
		}
	}
	for _, number := range h.gone {
		if _, err := tx.Exec("DELETE FROM version WHERE author = ? AND draft = ? AND number = ?", at.author, at.draft, number); err != nil {
			return err
		}
	}
	return nil
}
