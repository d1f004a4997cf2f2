package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"caseledger/eventstore"
)

// The format, described byte by byte in eventstore/README.md. All numbers are
// little-endian.
const (
	magic         = "caseldgr"
	sealMagic     = "caseseal"
	formatVersion = 1

	versionBytes      = 16 // magic, version and their checksum: the same in every version of the format
	headerBytes       = 52 // of a segment: the version, then ledger, first position, salt, checksum
	recordHeaderBytes = 52 // of a record, before stream, type, metadata and data
	checksumEnd       = 8  // length and checksum come first in a record
	sealBytes         = 68 // of a footer, after its table: magic, events, streams, records' end, digest, checksum
	digestOffset      = 32 // of the digest in them; it covers everything before it

	maxRecordBytes = recordHeaderBytes + eventstore.MaxStreamBytes + eventstore.MaxTypeBytes + eventstore.MaxEventBytes
	maxAppendBytes = eventstore.MaxAppendBytes +
		eventstore.MaxAppendEvents*(recordHeaderBytes+eventstore.MaxStreamBytes+eventstore.MaxTypeBytes)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ledgerID is the same in all segments of a journal and in no other journal.
type ledgerID [16]byte

// header is the beginning of a segment file.
type header struct {
	ledger ledgerID
	first  uint64 // position of the segment's first event
	salt   uint64 // random; part of every checksum of the segment
}

func (h header) encode() []byte {
	b := make([]byte, 0, headerBytes)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = append(b, h.ledger[:]...)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = binary.LittleEndian.AppendUint64(b, h.salt)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[versionBytes:], castagnoli))
}

// decodeHeader returns the header, or a reason why b is none. A newer version
// is one, whatever follows it.
func decodeHeader(b []byte) (h header, version uint32, reason string) {
	switch {
	case len(b) < headerBytes:
		return h, 0, "the header is cut short"
	case string(b[:len(magic)]) != magic:
		return h, 0, "not a segment of a journal"
	case binary.LittleEndian.Uint32(b[12:]) != crc32.Checksum(b[:12], castagnoli):
		return h, 0, "the checksum of the version is wrong"
	}
	version = binary.LittleEndian.Uint32(b[8:])
	switch {
	case version > formatVersion:
		return h, version, ""
	case version < formatVersion:
		return h, version, "there is no format of this version"
	case binary.LittleEndian.Uint32(b[48:]) != crc32.Checksum(b[versionBytes:48], castagnoli):
		return h, version, "the header's checksum is wrong"
	}
	return header{ledgerID(b[16:32]), binary.LittleEndian.Uint64(b[32:]), binary.LittleEndian.Uint64(b[40:])}, version, ""
}

// seed is where the checksum of every record of the segment begins. With it,
// the bytes of one journal kept as data in another are never taken for records.
func (h header) seed() uint32 {
	return crc32.Checksum(binary.LittleEndian.AppendUint64(nil, h.salt), castagnoli)
}

// footer is the end of a segment that is sealed.
type footer struct {
	events  uint64
	streams uint64   // that begin in the segment
	end     int64    // of the records; the footer begins here
	sparse  []uint32 // offset of every sparseEvery'th event
	digest  [sha256.Size]byte
}

// footerBytes is the size of the footer of so many events.
func footerBytes(events uint64) int64 {
	return int64((events+sparseEvery-1)/sparseEvery)*4 + sealBytes
}

// encode returns the footer. digest is given everything before the digest.
func (f footer) encode(seed uint32, digest hash.Hash) []byte {
	b := make([]byte, 0, footerBytes(f.events))
	for _, offset := range f.sparse {
		b = binary.LittleEndian.AppendUint32(b, offset)
	}
	b = append(b, sealMagic...)
	b = binary.LittleEndian.AppendUint64(b, f.events)
	b = binary.LittleEndian.AppendUint64(b, f.streams)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.end))
	digest.Write(b)
	b = digest.Sum(b)
	return binary.LittleEndian.AppendUint32(b, crc32.Update(seed, castagnoli, b))
}

// decodeFooter reads the footer at the end of a segment of so many bytes,
// and reports whether there is a sound one.
func decodeFooter(src io.ReaderAt, size int64, seed uint32) (footer, bool) {
	b := make([]byte, sealBytes)
	if size < headerBytes+sealBytes {
		return footer{}, false
	}
	if _, err := src.ReadAt(b, size-sealBytes); err != nil || string(b[:len(sealMagic)]) != sealMagic {
		return footer{}, false
	}
	f := footer{
		events:  binary.LittleEndian.Uint64(b[8:]),
		streams: binary.LittleEndian.Uint64(b[16:]),
		end:     int64(binary.LittleEndian.Uint64(b[24:])),
		digest:  [sha256.Size]byte(b[digestOffset:]),
	}
	if f.events > maxSegmentBytes || f.end < headerBytes || size-f.end != footerBytes(f.events) {
		return footer{}, false
	}
	b = make([]byte, size-f.end)
	if _, err := src.ReadAt(b, f.end); err != nil {
		return footer{}, false
	}
	checked := len(b) - 4
	if binary.LittleEndian.Uint32(b[checked:]) != crc32.Update(seed, castagnoli, b[:checked]) {
		return footer{}, false
	}
	for at := 0; at < len(b)-sealBytes; at += 4 {
		f.sparse = append(f.sparse, binary.LittleEndian.Uint32(b[at:]))
	}
	return f, true
}

// record is the bytes of one sound record of a segment: an event, or with
// revision 0 a mark. They belong to the buffer that it was read from.
type record []byte

func (r record) position() uint64 { return binary.LittleEndian.Uint64(r[8:]) }
func (r record) revision() uint64 { return binary.LittleEndian.Uint64(r[16:]) }
func (r record) back() uint32     { return binary.LittleEndian.Uint32(r[40:]) } // bytes from the beginning of the commit to this record
func (r record) rest() uint16     { return binary.LittleEndian.Uint16(r[44:]) } // events of the same append that follow
func (r record) stream() []byte   { return r[recordHeaderBytes:][:r[46]] }
func (r record) kind() []byte     { return r[recordHeaderBytes+int(r[46]):][:r[47]] } // the event's type

func (r record) mark() bool { return r.revision() == 0 }

func (r record) size() int64 { return int64(len(r)) }

// recordBytes is the size of an event's record.
func recordBytes(stream string, e *eventstore.Event) int64 {
	return int64(recordHeaderBytes + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data))
}

// appendRecord appends the record to b with a checksum of 0; sign completes it.
func appendRecord(b []byte, stream string, revision uint64, rest int, e *eventstore.Event) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(recordBytes(stream, e)))
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

// checksum takes in the length byte by byte: for so few the call would cost more.
func checksum(b []byte, seed uint32) uint32 {
	sum := ^seed
	for _, c := range b[:4] {
		sum = castagnoli[byte(sum)^c] ^ sum>>8
	}
	return crc32.Update(^sum, castagnoli, b[checksumEnd:])
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

// sound reports whether b is a record. recordSize has been asked before.
func sound(b []byte, seed uint32) bool {
	return binary.LittleEndian.Uint32(b[4:]) == checksum(b, seed)
}

// leading returns the record that b begins with, and reports whether it is whole
// and sound.
func leading(b []byte, seed uint32) (record, bool) {
	if len(b) < recordHeaderBytes {
		return nil, false
	}
	size, ok := recordSize(b)
	if !ok || size > len(b) {
		return nil, false
	}
	return b[:size:size], sound(b[:size], seed)
}

// event fills in e, whose metadata and data stay in the buffer that the record was
// read from. Stream and type are given as strings so that a reader of many can share
// them. Each field is written to its place: an event that is put together elsewhere
// and then copied takes as long again.
func (r record) event(e *eventstore.Recorded, stream, kind string) {
	e.Stream = stream
	e.Revision, e.Position = eventstore.Revision(r.revision()), eventstore.Position(r.position())
	e.ID, e.Type = eventstore.EventID(r[24:40]), kind
	b := r[recordHeaderBytes+len(stream)+len(kind):]
	metadata := binary.LittleEndian.Uint32(r[48:])
	e.Metadata, e.Data = b[:metadata:metadata], b[metadata:len(b):len(b)]
}

// errUnreadable says that no sound record begins at an offset.
var errUnreadable = errors.New("no sound record")
