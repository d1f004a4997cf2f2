package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"caseledger/eventstore"
)

// pebbleStore keeps each event under its position, and where it is under its
// stream and revision. Positions are given in the order of commits; the sync is
// awaited outside the lock, so that Pebble commits many with one.
type pebbleStore struct {
	db *pebble.DB

	mu    sync.Mutex
	last  uint64
	heads map[string]eventstore.Revision // of the streams that were looked at
}

// quiet keeps Pebble from reporting what it does.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...)) // its files can no longer be trusted
}

func openPebble(_ context.Context, dir string) (peer, error) {
	cache := pebble.NewCache(256 << 20)
	defer cache.Unref()
	db, err := pebble.Open(dir, &pebble.Options{
		Cache: cache, MemTableSize: 64 << 20, FormatMajorVersion: pebble.FormatNewest, Logger: quiet{},
	})
	return &pebbleStore{db: db, heads: make(map[string]eventstore.Revision)}, err
}

func (p *pebbleStore) Close() error { return p.db.Close() }

func eventKey(position uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'e'}, position) }

func indexKey(stream string, revision uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte("s"+stream), 0), revision)
}

func (p *pebbleStore) Append(_ context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	values := make([][]byte, len(events))
	for i, e := range events {
		values[i] = encodeEvent(stream, after+eventstore.Revision(i)+1, e)
	}
	b := p.db.NewBatch()
	defer b.Close()
	last, err := p.commit(b, stream, after, values)
	if err != nil {
		return 0, err
	}
	return last, b.SyncWait()
}

// commit puts the batch into Pebble's log and memory, not yet durably.
func (p *pebbleStore) commit(b *pebble.Batch, stream string, after eventstore.Revision, values [][]byte) (eventstore.Position, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	head, err := p.head(stream)
	if err != nil {
		return 0, err
	}
	if head != after {
		return 0, &eventstore.ConflictError{Stream: stream, Expected: after, Actual: head}
	}
	for _, v := range values {
		p.last++
		head++
		if err := errors.Join(b.Set(eventKey(p.last), v, nil), b.Set(indexKey(stream, uint64(head)), eventKey(p.last)[1:], nil)); err != nil {
			return 0, err
		}
	}
	if err := p.db.ApplyNoSyncWait(b, pebble.Sync); err != nil {
		return 0, err
	}
	p.heads[stream] = head
	return eventstore.Position(p.last), nil
}

func (p *pebbleStore) head(stream string) (eventstore.Revision, error) {
	if head, ok := p.heads[stream]; ok {
		return head, nil
	}
	begin := indexKey(stream, 0)
	i, err := p.db.NewIter(&pebble.IterOptions{LowerBound: begin, UpperBound: append([]byte("s"+stream), 1)})
	if err != nil {
		return 0, err
	}
	head := eventstore.Revision(0)
	if i.Last() {
		head = eventstore.Revision(binary.BigEndian.Uint64(i.Key()[len(begin)-8:]))
	}
	return head, i.Close()
}

func (p *pebbleStore) ReadLog(context.Context) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		i, err := p.db.NewIter(&pebble.IterOptions{LowerBound: eventKey(0), UpperBound: []byte{'e' + 1}})
		if err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		for i.First(); i.Valid(); i.Next() {
			e, err := decodeEvent(bytes.Clone(i.Value()))
			e.Position = eventstore.Position(binary.BigEndian.Uint64(i.Key()[1:]))
			if !yield(e, err) || err != nil {
				break
			}
		}
		if err := i.Close(); err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

// encodeEvent puts stream, type, metadata and data behind revision and id, the
// first three after their lengths.
func encodeEvent(stream string, revision eventstore.Revision, e eventstore.Event) []byte {
	b := make([]byte, 0, 64+len(stream)+len(e.Type)+len(e.Metadata)+len(e.Data))
	b = binary.BigEndian.AppendUint64(b, uint64(revision))
	b = append(b, e.ID[:]...)
	b = append(binary.AppendUvarint(b, uint64(len(stream))), stream...)
	b = append(binary.AppendUvarint(b, uint64(len(e.Type))), e.Type...)
	b = append(binary.AppendUvarint(b, uint64(len(e.Metadata))), e.Metadata...)
	return append(b, e.Data...)
}

func decodeEvent(b []byte) (e eventstore.Recorded, err error) {
	const fixed = 8 + len(eventstore.EventID{})
	if len(b) < fixed {
		return e, errors.New("an event is cut short")
	}
	e.Revision, e.ID = eventstore.Revision(binary.BigEndian.Uint64(b)), eventstore.EventID(b[8:fixed])
	b = b[fixed:]
	var parts [3][]byte
	for i := range parts {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return e, errors.New("an event is cut short")
		}
		parts[i], b = b[size:][:n:n], b[size+int(n):]
	}
	e.Stream, e.Type, e.Metadata, e.Data = string(parts[0]), string(parts[1]), parts[2], b
	return e, nil
}
