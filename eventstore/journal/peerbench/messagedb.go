package main

import (
	"context"
	"encoding/hex"

	"github.com/jackc/pgx/v5"

	"caseledger/eventstore"
)

// messageDBSchema does what message-db (https://github.com/message-db/message-db, MIT
// licence) does, in other words: its table, its three indexes, and its function to write a message,
// which takes a lock of the stream's category, looks for the stream's version,
// compares it with the one expected, and inserts. The category of a stream's name
// is what stands before the first hyphen.
const messageDBSchema = `CREATE TABLE messages (
	global_position bigserial PRIMARY KEY,
	position bigint NOT NULL,
	time timestamp without time zone NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
	stream_name text NOT NULL,
	type text NOT NULL,
	data jsonb,
	metadata jsonb,
	id uuid NOT NULL DEFAULT gen_random_uuid()
);

CREATE FUNCTION category(name varchar) RETURNS varchar IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN split_part(name, '-', 1);
END $$;

CREATE FUNCTION hash_64(name varchar) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN ('x' || substr(md5(name), 1, 16))::bit(64)::bigint;
END $$;

CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE UNIQUE INDEX messages_stream ON messages (stream_name, position);
CREATE INDEX messages_category ON messages (category(stream_name), global_position, category(metadata->>'correlationStreamName'));

CREATE FUNCTION stream_version(name varchar) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	version bigint;
BEGIN
	SELECT max(m.position) INTO version FROM messages m WHERE m.stream_name = name;
	RETURN version;
END $$;

CREATE FUNCTION write_message(new_id varchar, name varchar, new_type varchar, new_data jsonb, new_metadata jsonb, expected bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	version bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hash_64(category(name)));
	version := coalesce(stream_version(name), -1);
	IF expected IS NOT NULL AND expected <> version THEN
		RAISE EXCEPTION 'Wrong expected version: % (Stream: %, Stream Version: %)', expected, name, version;
	END IF;
	INSERT INTO messages (id, stream_name, position, type, data, metadata)
	VALUES (new_id::uuid, name, version + 1, new_type, new_data, new_metadata);
	RETURN version + 1;
END $$;
`

// message-db counts from 0, and -1 is a stream that does not exist.
const (
	messageDBWrite = `SELECT write_message($1, $2, $3, $4, $5, $6), currval('messages_global_position_seq')`
	messageDBRead  = `SELECT global_position, stream_name, position + 1, id, type, metadata::text::bytea, data::text::bytea
FROM messages ORDER BY global_position`
)

func openMessageDB(ctx context.Context, _ string) (peer, error) {
	s, err := openPostgres(ctx, "peerbench_message_db", messageDBSchema)
	if err != nil {
		return nil, err
	}
	s.insert, s.read = writeMessages, messageDBRead
	s.gather = newGather(s.commit)
	return s, nil
}

// writeMessages writes the group in one transaction: the calls are sent
// together, and their answers read afterwards.
func writeMessages(ctx context.Context, conn *pgx.Conn, group []*request) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var calls pgx.Batch
		for _, r := range group {
			for i, e := range r.events {
				calls.Queue(messageDBWrite, hex.EncodeToString(e.ID[:]), r.stream, e.Type, e.Data, e.Metadata, int64(r.after)+int64(i)-1).
					QueryRow(func(row pgx.Row) error {
						var version, position int64
						err := row.Scan(&version, &position)
						r.last = eventstore.Position(position)
						return err
					})
			}
		}
		return tx.SendBatch(ctx, &calls).Close()
	})
}
