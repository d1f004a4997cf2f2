package journal

import (
	"encoding/binary"
	"hash/crc32"

	"caseledger/eventstore"
)

// The format, described byte by byte in eventstore/README.md. All numbers are
// little-endian.
const (
	magic         = "caseldgr"
	formatVersion = 1

	headerBytes       = 32 // of a segment: magic, version, checksum, first position, salt
	recordHeaderBytes = 52 // of a record, before stream, type, metadata and data
	checksumEnd       = 8  // length and checksum come first in a record

	maxRecordBytes = recordHeaderBytes + eventstore.MaxStreamBytes + eventstore.MaxTypeBytes + eventstore.MaxEventBytes
	maxAppendBytes = eventstore.MaxAppendBytes +
		eventstore.MaxAppendEvents*(recordHeaderBytes+eventstore.MaxStreamBytes+eventstore.MaxTypeBytes)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the beginning of a segment file.
type header struct {
	first uint64 // position of the segment's first event
	salt  uint64 // random; part of every checksum of the segment
}

func (h header) encode() []byte {
	b := make([]byte, headerBytes)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], formatVersion)
	binary.LittleEndian.PutUint64(b[16:], h.first)
	binary.LittleEndian.PutUint64(b[24:], h.salt)
	binary.LittleEndian.PutUint32(b[12:], headerChecksum(b))
	return b
}

// decodeHeader returns the header, or a reason why b is none.
func decodeHeader(b []byte) (h header, reason string) {
	switch {
	case len(b) < headerBytes:
		return h, "the header is cut short"
	case string(b[:len(magic)]) != magic:
		return h, "not a segment of a journal"
	case binary.LittleEndian.Uint32(b[12:]) != headerChecksum(b):
		return h, "the header's checksum is wrong"
	case binary.LittleEndian.Uint32(b[8:]) != formatVersion:
		return h, "the format's version is unknown"
	}
	return header{binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])}, ""
}

func headerChecksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[16:headerBytes])
}

// seed is where the checksum of every record of the segment begins. With it,
// the bytes of one journal kept as data in another are never taken for records.
func (h header) seed() uint32 {
	return crc32.Checksum(binary.LittleEndian.AppendUint64(nil, h.salt), castagnoli)
}

// record is one record of a segment: an event, or with revision 0 a mark. Its
// slices point into the buffer that it was read from.
type record struct {
	position uint64
	revision uint64
	id       eventstore.EventID
	back     uint32 // bytes from the beginning of the commit to this record
	rest     uint16 // events of the same append that follow
	stream   []byte
	kind     []byte // the event's type
	metadata []byte
	data     []byte
}

func (r record) mark() bool { return r.revision == 0 }

func (r record) size() int64 {
	return int64(recordHeaderBytes + len(r.stream) + len(r.kind) + len(r.metadata) + len(r.data))
}

// appendRecord appends the record to b with a checksum of 0; sign completes it.
func appendRecord(b []byte, stream string, revision uint64, rest int, e eventstore.Event) []byte {
	size := recordHeaderBytes + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = append(b, make([]byte, 4+8)...) // checksum and position
	b = binary.LittleEndian.AppendUint64(b, revision)
	b = append(b, e.ID[:]...)
	b = append(b, make([]byte, 4)...) // back
	b = binary.LittleEndian.AppendUint16(b, uint16(rest))
	b = append(b, byte(len(stream)), byte(len(e.Type)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.Metadata)))
	b = append(b, stream...)
	b = append(b, e.Type...)
	b = append(b, e.Metadata...)
	return append(b, e.Data...)
}

// sign completes the record at the beginning of b and returns its size.
func sign(b []byte, seed uint32, position uint64, back int) int {
	size := int(binary.LittleEndian.Uint32(b))
	binary.LittleEndian.PutUint64(b[8:], position)
	binary.LittleEndian.PutUint32(b[40:], uint32(back))
	binary.LittleEndian.PutUint32(b[4:], checksum(b[:size], seed))
	return size
}

func checksum(b []byte, seed uint32) uint32 {
	return crc32.Update(crc32.Update(seed, castagnoli, b[:4]), castagnoli, b[checksumEnd:])
}

// recordSize reads the size of the record that b begins with, and reports
// whether a record can have it.
func recordSize(b []byte) (int, bool) {
	size := binary.LittleEndian.Uint32(b)
	if size < recordHeaderBytes || size > maxRecordBytes {
		return 0, false
	}
	names := uint64(b[46]) + uint64(b[47])
	return int(size), recordHeaderBytes+names+uint64(binary.LittleEndian.Uint32(b[48:])) <= uint64(size)
}

// decode reads the record that b consists of and reports whether it is sound.
// recordSize has been asked before.
func decode(b []byte, seed uint32) (record, bool) {
	if binary.LittleEndian.Uint32(b[4:]) != checksum(b, seed) {
		return record{}, false
	}
	r := record{
		position: binary.LittleEndian.Uint64(b[8:]),
		revision: binary.LittleEndian.Uint64(b[16:]),
		id:       eventstore.EventID(b[24:40]),
		back:     binary.LittleEndian.Uint32(b[40:]),
		rest:     binary.LittleEndian.Uint16(b[44:]),
	}
	stream, kind, metadata := int(b[46]), int(b[47]), int(binary.LittleEndian.Uint32(b[48:]))
	b = b[recordHeaderBytes:]
	r.stream, b = b[:stream], b[stream:]
	r.kind, b = b[:kind], b[kind:]
	r.metadata, r.data = b[:metadata], b[metadata:]
	return r, true
}

// recorded copies the event out of the buffer. Stream and type are given as
// strings so that a reader of many can share them.
func (r record) recorded(stream, kind string) eventstore.Recorded {
	bytes := make([]byte, len(r.metadata)+len(r.data))
	n := copy(bytes, r.metadata)
	copy(bytes[n:], r.data)
	return eventstore.Recorded{
		Stream:   stream,
		Revision: eventstore.Revision(r.revision),
		Position: eventstore.Position(r.position),
		Event:    eventstore.Event{ID: r.id, Type: kind, Metadata: bytes[:n:n], Data: bytes[n:]},
	}
}
