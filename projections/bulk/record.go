package bulk

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"strings"
)

// What SQLite calls the serial type of a value: how it is stored.
const (
	serialNull = 0
	serialZero = 8
	serialOne  = 9
	serialText = 13 // and twice its length
)

// maxVarint is the most bytes of a number of variable length: all are lengths
// and rowids, and below 2^56.
const maxVarint = 8

// appendVarint appends a number seven bits at a time, the high ones first; only
// the last byte has no high bit.
func appendVarint(b []byte, n uint64) []byte {
	for shift := 7 * (varintLen(n) - 1); shift > 0; shift -= 7 {
		b = append(b, byte(n>>shift)|0x80)
	}
	return append(b, byte(n)&0x7f)
}

func varintLen(n uint64) int { return max(1, (bits.Len64(n)+6)/7) }

// appendRecord appends a row: the length of its head, the serial types, the
// values.
func appendRecord(b []byte, row []any) []byte {
	head := 0
	for _, v := range row {
		head += varintLen(serialType(v))
	}
	length := head + 1
	if length > 0x7f {
		length++ // of a head of up to 16,383 bytes: SQLite has at most 2,000 columns
	}
	b = appendVarint(b, uint64(length))
	for _, v := range row {
		b = appendVarint(b, serialType(v))
	}
	for _, v := range row {
		switch v := v.(type) {
		case string:
			b = append(b, v...)
		case *string:
			b = append(b, *v...)
		case int64:
			b = appendInteger(b, v)
		}
	}
	return b
}

func serialType(v any) uint64 {
	switch v := v.(type) {
	case string:
		return serialText + 2*uint64(len(v))
	case *string:
		return serialText + 2*uint64(len(*v))
	case int64:
		return serialInteger(v)
	case bool:
		if v {
			return serialOne
		}
		return serialZero
	}
	return serialNull
}

// serialInteger is how short an integer can be: of 1, 2, 3, 4, 6 or 8 bytes.
func serialInteger(n int64) uint64 {
	size := bits.Len64(uint64(n^(n>>63))) + 1
	switch {
	case n == 0 || n == 1:
		return serialZero + uint64(n)
	case size <= 32:
		return uint64(size+7) / 8
	case size <= 48:
		return 5
	}
	return 6
}

func appendInteger(b []byte, n int64) []byte {
	var size int
	switch serial := serialInteger(n); serial {
	case serialZero, serialOne:
		return b
	case 5:
		size = 6
	case 6:
		size = 8
	default:
		size = int(serial)
	}
	for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return b
}

// The parts of a key sort by their bytes as SQLite sorts the values: NULL,
// integers, texts.
const (
	keyNull = iota + 1
	keyInteger
	keyText

	keyEnd = 0 // of a text
)

var errZeroByte = errors.New("a zero byte in a key")

func appendKey(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendKeyText(b, v)
	case *string:
		return appendKeyText(b, *v)
	case int64:
		return appendKeyInteger(b, v), nil
	case bool:
		if v {
			return appendKeyInteger(b, 1), nil
		}
		return appendKeyInteger(b, 0), nil
	}
	return append(b, keyNull), nil
}

func appendKeyText(b []byte, s string) ([]byte, error) {
	if strings.IndexByte(s, keyEnd) >= 0 {
		return b, errZeroByte
	}
	return append(append(append(b, keyText), s...), keyEnd), nil
}

// appendKeyInteger turns the sign, so that negative ones come first.
func appendKeyInteger(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, keyInteger), uint64(n)^1<<63)
}

// entry makes records of keys, in space that it uses again.
type entry struct {
	record, values []byte
}

// of returns the record of an index entry: the values of the key.
func (e *entry) of(key []byte) []byte {
	e.record, e.values = append(e.record[:0], 0), e.values[:0]
	for len(key) > 0 {
		part := key[0]
		key = key[1:]
		switch part {
		case keyNull:
			e.record = append(e.record, serialNull)
		case keyInteger:
			n := int64(binary.BigEndian.Uint64(key) ^ 1<<63)
			e.record = appendVarint(e.record, serialInteger(n))
			e.values = appendInteger(e.values, n)
			key = key[8:]
		case keyText:
			length := 0
			for key[length] != keyEnd {
				length++
			}
			e.record = appendVarint(e.record, serialText+2*uint64(length))
			e.values = append(e.values, key[:length]...)
			key = key[length+1:]
		}
	}
	e.record[0] = byte(len(e.record)) // at most 127: there are at most 14 columns and the rowid
	e.record = append(e.record, e.values...)
	return e.record
}
