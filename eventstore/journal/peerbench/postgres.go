package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"caseledger/eventstore"
)

// postgresVariable is the connection string of a PostgreSQL that is there to be
// filled: schemas of the names below are made anew in it.
const postgresVariable = "CASELEDGER_PEERBENCH_POSTGRES"

// uniqueViolation is PostgreSQL's code for a row that is there already.
const uniqueViolation = "23505"

// postgresStore appends all that wait in one transaction of one connection, so
// that positions are given in the order of commits. What it inserts with is the
// table's or message-db's.
type postgresStore struct {
	*gather
	conn   *pgx.Conn
	insert func(ctx context.Context, conn *pgx.Conn, group []*request) error // all or none
	read   string
}

// openPostgres connects and makes the schema.
func openPostgres(ctx context.Context, name, schema string) (*postgresStore, error) {
	source := os.Getenv(postgresVariable)
	if source == "" {
		return nil, fmt.Errorf("%s does not say where a PostgreSQL is", postgresVariable)
	}
	conn, err := pgx.Connect(ctx, source)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf("DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s; SET search_path TO %s;", name, name, name)+schema); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return &postgresStore{conn: conn}, nil
}

func (s *postgresStore) Close() error {
	s.close()
	return s.conn.Close(context.Background())
}

// commit appends a group; where one of many does not fit, each by itself.
func (s *postgresStore) commit(group []*request) {
	ctx := context.Background()
	err := s.insert(ctx, s.conn, group)
	if err == nil || len(group) == 1 {
		all(group, err)
		return
	}
	for i := range group {
		s.commit(group[i : i+1])
	}
}

func (s *postgresStore) ReadLog(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		rows, err := s.conn.Query(ctx, s.read)
		if err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e eventstore.Recorded
			err := rows.Scan(&e.Position, &e.Stream, &e.Revision, (*[16]byte)(&e.ID), &e.Type, &e.Metadata, &e.Data)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// An events table. That an expected revision is right is told by the constraint;
// one beyond the end of the stream would pass, which is in the table's favour.
const (
	tableSchema = `CREATE TABLE events (
	position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	stream text NOT NULL, revision bigint NOT NULL,
	id uuid NOT NULL, type text NOT NULL, metadata bytea NOT NULL, data bytea NOT NULL,
	UNIQUE (stream, revision)
)`
	tableInsert = `INSERT INTO events (stream, revision, id, type, metadata, data)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) RETURNING position`
	tableRead = `SELECT position, stream, revision, id, type, metadata, data FROM events ORDER BY position`
)

func openTable(ctx context.Context, _ string) (peer, error) {
	s, err := openPostgres(ctx, "peerbench_table", tableSchema)
	if err != nil {
		return nil, err
	}
	s.insert, s.read = insertRows, tableRead
	s.gather = newGather(s.commit)
	return s, nil
}

// insertRows inserts the group in one statement.
func insertRows(ctx context.Context, conn *pgx.Conn, group []*request) error {
	var streams, types []string
	var revisions []int64
	var ids [][16]byte
	var metadata, data [][]byte
	for _, r := range group {
		for i, e := range r.events {
			streams, revisions = append(streams, r.stream), append(revisions, int64(r.after)+int64(i)+1)
			ids, types = append(ids, e.ID), append(types, e.Type)
			metadata, data = append(metadata, e.Metadata), append(data, e.Data)
		}
	}
	rows, err := conn.Query(ctx, tableInsert, streams, revisions, ids, types, metadata, data)
	if err != nil {
		return err
	}
	positions, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == uniqueViolation {
		return &eventstore.ConflictError{Stream: group[0].stream, Expected: group[0].after}
	}
	if err != nil {
		return err
	}
	for _, r := range group {
		r.last, positions = eventstore.Position(positions[len(r.events)-1]), positions[len(r.events):]
	}
	return nil
}
