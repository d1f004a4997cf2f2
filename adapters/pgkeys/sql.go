package pgkeys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"caseledger/eventstore/seal/keys"
)

// version is that of the tables. A change of them raises it.
const version = 1

// tables are made once. One row says which record is the last; whoever adds
// records changes it in the same transaction, so that no two come after the
// same.
var tables = fmt.Sprintf(`
CREATE TABLE caseledger_key_store (
	one     boolean PRIMARY KEY DEFAULT true CHECK (one),
	version integer NOT NULL,
	epoch   bigint  NOT NULL,
	header  bytea   NOT NULL,
	last    bigint  NOT NULL,
	tag     bytea   NOT NULL
);
COMMENT ON TABLE caseledger_key_store IS 'Keys of a Caseledger ledger: the epoch, and the number and the end of its last record.';
CREATE TABLE caseledger_key_epochs (
	epoch   bigint PRIMARY KEY,
	wrapped bytea  NOT NULL,
	begun   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE caseledger_key_epochs IS 'The epoch key, wrapped by a KMS. Keep these rows out of dumps: without them a dump opens nothing.';
CREATE TABLE caseledger_keys (
	epoch  bigint NOT NULL,
	n      bigint NOT NULL,
	record bytea  NOT NULL CHECK (octet_length(record) IN (%d, %d)),
	PRIMARY KEY (epoch, n)
);
COMMENT ON TABLE caseledger_keys IS 'Keys of records, wrapped under the epoch key, and destructions of keys. Each record is bound to the one before.';
`, keys.RecordBytes, keys.ScrubbedBytes)

// page asks what comes after a record, at most $3 records, and nothing of another epoch
// than $1. It always answers with the last record.
const page = `
SELECT s.version, s.epoch, s.last, s.tag, k.n, k.record
FROM caseledger_key_store s LEFT JOIN LATERAL (
	SELECT n, record FROM caseledger_keys WHERE epoch = s.epoch AND s.epoch = $1 AND n > $2 ORDER BY n LIMIT $3
) k ON true
ORDER BY k.n`

// pageRecords bounds one answer, and what a renewal writes at once.
const pageRecords = 10_000

// add adds the records $4, the last of which ends with $5, and scrubs those of
// the numbers $6, all or nothing: the database must be at record $2, which
// ends with $3. It answers with no row when another was first.
var add = fmt.Sprintf(`
WITH store AS (
	UPDATE caseledger_key_store SET last = last + cardinality($4::bytea[]), tag = $5
	WHERE version = %d AND epoch = $1 AND last = $2 AND tag = $3
	RETURNING epoch
), added AS (
	INSERT INTO caseledger_keys (epoch, n, record)
	SELECT store.epoch, $2::bigint + new.at, new.record FROM store, unnest($4::bytea[]) WITH ORDINALITY AS new (record, at)
), scrubbed AS (
	UPDATE caseledger_keys k SET record = substring(k.record FOR %d) || substring(k.record FROM %d)
	FROM store WHERE k.epoch = store.epoch AND k.n = ANY($6::bigint[])
)
SELECT epoch FROM store`, version, keys.ClearBytes, keys.RecordBytes-keys.TagBytes+1)

// database is the pool, or a transaction on it.
type database interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// end is where the database is.
type end struct {
	version     int32
	epoch, last int64
	tag         []byte
}

// read reads the next page of records into the draft.
func read(ctx context.Context, db database, d *keys.Draft, epoch uint64) (at end, err error) {
	ctx, cancel := context.WithTimeout(ctx, MaxWait)
	defer cancel()
	rows, err := db.Query(ctx, page, int64(epoch), d.Records(), pageRecords)
	if err != nil {
		return end{}, named(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n *int64
		var record []byte
		if err := rows.Scan(&at.version, &at.epoch, &at.last, &at.tag, &n, &record); err != nil {
			return end{}, named(err)
		}
		if n == nil {
			continue
		}
		if *n != d.Records()+1 {
			return end{}, fmt.Errorf("%w: record %d is missing", keys.ErrCorrupt, d.Records()+1)
		}
		if err := d.Read(record); err != nil {
			return end{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return end{}, named(err)
	}
	return at, at.check()
}

func (at end) check() error {
	switch {
	case at.version == 0:
		return fmt.Errorf("%w: its tables are empty", keys.ErrMissing)
	case at.version > version:
		return fmt.Errorf("%w: version %d", ErrLater, at.version)
	case at.version < 0 || at.epoch < 1 || at.last < 0:
		return fmt.Errorf("%w: the row that says where it ends", keys.ErrCorrupt)
	}
	return nil
}

// openBook opens the epoch in which the database is, without its records.
func openBook(ctx context.Context, db database, k keys.KMS) (*keys.Book, error) {
	asking, cancel := context.WithTimeout(ctx, MaxWait)
	defer cancel()
	var at end
	var header, wrapped []byte
	err := db.QueryRow(asking, `SELECT s.version, s.epoch, s.last, s.header, e.wrapped
		FROM caseledger_key_store s LEFT JOIN caseledger_key_epochs e ON e.epoch = s.epoch`).
		Scan(&at.version, &at.epoch, &at.last, &header, &wrapped)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, named(err)
	}
	if err := at.check(); err != nil {
		return nil, err
	}
	if wrapped == nil {
		return nil, fmt.Errorf("%w: epoch %d", keys.ErrNoEpoch, at.epoch)
	}
	return keys.OpenBook(ctx, k, uint64(at.epoch), wrapped, header)
}

// write adds the draft to the records. It reports false when another process
// wrote first. After an error it may have been done or not.
func write(ctx context.Context, db database, b *keys.Book, d *keys.Draft) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, MaxWait)
	defer cancel()
	before, after := b.Tag(), d.Tag()
	var epoch int64
	err := db.QueryRow(ctx, add, int64(b.Epoch().Number), b.Records(), before[:], d.Written(), after[:], d.Scrub()).Scan(&epoch)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, named(err)
}

// writeNew makes the tables and writes the book, with a copy of the keys of
// another if there is one.
func writeNew(ctx context.Context, tx pgx.Tx, b, from *keys.Book) error {
	if _, err := tx.Exec(ctx, tables); err != nil {
		return existing(err)
	}
	if err := writeEpoch(ctx, tx, b, from); err != nil {
		return err
	}
	tag := b.Tag()
	return exec(ctx, tx, `INSERT INTO caseledger_key_store (version, epoch, header, last, tag) VALUES ($1, $2, $3, $4, $5)`,
		version, int64(b.Epoch().Number), b.Header(), b.Records(), tag[:])
}

// writeEpoch writes the book's epoch key and a copy of the other's keys, which
// the book adopts.
func writeEpoch(ctx context.Context, tx pgx.Tx, b, from *keys.Book) error {
	epoch := int64(b.Epoch().Number)
	if err := exec(ctx, tx, `INSERT INTO caseledger_key_epochs (epoch, wrapped) VALUES ($1, $2)`, epoch, b.EpochText()); err != nil {
		return err
	}
	for at := 0; from != nil && at < from.Keys(); at += pageRecords {
		d := b.Draft()
		d.Copy(from, at, pageRecords)
		first, records := b.Records()+1, d.Written()
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"caseledger_keys"}, []string{"epoch", "n", "record"},
			pgx.CopyFromSlice(len(records), func(i int) ([]any, error) { return []any{epoch, first + int64(i), records[i]}, nil }))
		if err != nil {
			return named(err)
		}
		if err := b.Adopt(d); err != nil {
			return err
		}
	}
	return nil
}

// replace puts the new book in the place of the old one, of which nothing is
// left but what the database itself keeps of deleted rows.
func replace(ctx context.Context, tx pgx.Tx, old, b *keys.Book) error {
	if err := writeEpoch(ctx, tx, b, old); err != nil {
		return err
	}
	tag := b.Tag()
	err := exec(ctx, tx, `UPDATE caseledger_key_store SET epoch = $1, header = $2, last = $3, tag = $4`,
		int64(b.Epoch().Number), b.Header(), b.Records(), tag[:])
	if err != nil {
		return err
	}
	epoch := int64(old.Epoch().Number)
	for n := int64(0); n < old.Records(); n += pageRecords {
		if err := exec(ctx, tx, `DELETE FROM caseledger_keys WHERE epoch = $1 AND n > $2 AND n <= $3`, epoch, n, n+pageRecords); err != nil {
			return err
		}
	}
	return exec(ctx, tx, `DELETE FROM caseledger_key_epochs WHERE epoch = $1`, epoch)
}

func exec(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	_, err := tx.Exec(ctx, sql, args...)
	return named(err)
}

// inTransaction commits what do has done unless it fails.
func (s *Store) inTransaction(ctx context.Context, do func(pgx.Tx) error) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return named(err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, rolledBack(tx))
	}
	return named(tx.Commit(ctx))
}

// rolledBack ends a transaction that failed, also when its context ended. A
// connection that is lost has ended it already.
func rolledBack(tx pgx.Tx) error {
	ctx, cancel := context.WithTimeout(context.Background(), MaxWait)
	defer cancel()
	if err := tx.Rollback(ctx); err != nil && !tx.Conn().IsClosed() {
		return named(err)
	}
	return nil
}

// begun returns when an epoch was written.
func (s *Store) begun(ctx context.Context, epoch uint64) (t time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, MaxWait)
	defer cancel()
	err = s.pool.QueryRow(ctx, `SELECT begun FROM caseledger_key_epochs WHERE epoch = $1`, int64(epoch)).Scan(&t)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, fmt.Errorf("%w: epoch %d", keys.ErrNoEpoch, epoch)
	}
	return t, named(err)
}
