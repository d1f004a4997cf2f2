package main

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver

	"caseledger/eventstore"
)

// sqliteSchema is an events table. An append inserts its first event only where
// the stream ends at the revision that is expected.
const (
	sqliteSchema = `CREATE TABLE events (
	position INTEGER PRIMARY KEY,
	stream TEXT NOT NULL, revision INTEGER NOT NULL,
	id BLOB NOT NULL, type TEXT NOT NULL, metadata BLOB NOT NULL, data BLOB NOT NULL,
	UNIQUE (stream, revision)
)`
	sqliteInsert = `INSERT INTO events (stream, revision, id, type, metadata, data)
SELECT ?1, ?2 + 1, ?3, ?4, ?5, ?6 WHERE (SELECT ifnull(max(revision), 0) FROM events WHERE stream = ?1) = ?2`
	sqliteRead = `SELECT position, stream, revision, id, type, metadata, data FROM events ORDER BY position`
)

// sqlitePragmas are for a power cut: with FULL every commit syncs the log. The
// log may grow to 40 MB before it is copied into the table.
var sqlitePragmas = []string{
	"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(10000)", "cache_size(-262144)",
}

type sqliteStore struct {
	*gather
	db     *sql.DB
	insert *sql.Stmt
}

func openSQLite(ctx context.Context, dir string) (peer, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	source := url.URL{Scheme: "file", Opaque: filepath.Join(dir, "events.db"), RawQuery: url.Values{"_pragma": sqlitePragmas}.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &sqliteStore{db: db}
	if _, err = db.ExecContext(ctx, sqliteSchema); err == nil {
		s.insert, err = db.PrepareContext(ctx, sqliteInsert)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.gather = newGather(s.commit)
	return s, nil
}

func (s *sqliteStore) Close() error {
	s.close()
	return errors.Join(s.insert.Close(), s.db.Close())
}

// commit appends a group in one transaction. A conflict is the outcome of its
// own append alone.
func (s *sqliteStore) commit(group []*request) {
	tx, err := s.db.Begin()
	if err != nil {
		all(group, err)
		return
	}
	insert := tx.Stmt(s.insert)
	for _, r := range group {
		if err := appendRows(insert, r); err != nil {
			all(group, errors.Join(err, tx.Rollback()))
			return
		}
	}
	if err := tx.Commit(); err != nil {
		all(group, err)
	}
}

// appendRows inserts the events of an append, or none if the stream ends
// elsewhere.
func appendRows(insert *sql.Stmt, r *request) error {
	for i, e := range r.events {
		done, err := insert.Exec(r.stream, int64(r.after)+int64(i), e.ID[:], e.Type, e.Metadata, e.Data)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 { // before the first event was inserted
			r.err = &eventstore.ConflictError{Stream: r.stream, Expected: r.after}
			return nil
		}
		last, err := done.LastInsertId()
		if err != nil {
			return err
		}
		r.last = eventstore.Position(last)
	}
	return nil
}

func (s *sqliteStore) ReadLog(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		rows, err := s.db.QueryContext(ctx, sqliteRead)
		if err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e eventstore.Recorded
			var id []byte
			err := rows.Scan(&e.Position, &e.Stream, &e.Revision, &id, &e.Type, &e.Metadata, &e.Data)
			copy(e.ID[:], id)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}
