package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
)

// The container is a zip in one form only: files in the order of their names'
// bytes, stored without compression, no extra fields, no comments, one fixed
// time. So the same contents always give the same bytes, no byte of the
// container is without meaning, and nothing can be hidden between files or be
// read differently by two programs.
const (
	localMagic   = 0x04034b50
	centralMagic = 0x02014b50
	endMagic     = 0x06054b50

	localBytes   = 30
	centralBytes = 46
	endBytes     = 22

	zipVersion = 20
	zipDate    = 1<<5 | 1 // 1 January 1980, the first that a zip can state
)

// pack returns the container of the files.
func pack(files map[string][]byte) []byte {
	var out, directory []byte
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		directory = appendCentral(directory, name, data, len(out))
		out = append(appendLocal(out, name, data), data...)
	}
	at := len(out)
	return appendEnd(append(out, directory...), len(files), len(directory), at)
}

// appendCommon appends what both headers of a file have in common.
func appendCommon(b []byte, name string, data []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, zipVersion)
	b = append(b, 0, 0, 0, 0, 0, 0) // no flags, stored, midnight
	b = le.AppendUint16(b, zipDate)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(data))
	b = le.AppendUint32(b, uint32(len(data)))
	b = le.AppendUint32(b, uint32(len(data)))
	b = le.AppendUint16(b, uint16(len(name)))
	return append(b, 0, 0) // no extra field
}

func appendLocal(b []byte, name string, data []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, localMagic)
	return append(appendCommon(b, name, data), name...)
}

func appendCentral(b []byte, name string, data []byte, at int) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, centralMagic)
	b = le.AppendUint16(b, zipVersion)
	b = appendCommon(b, name, data)
	b = append(b, make([]byte, 10)...) // no comment, disk 0, no attributes
	b = le.AppendUint32(b, uint32(at))
	return append(b, name...)
}

func appendEnd(b []byte, files, size, at int) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, endMagic)
	b = append(b, 0, 0, 0, 0) // disk 0 of one
	b = le.AppendUint16(b, uint16(files))
	b = le.AppendUint16(b, uint16(files))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint32(b, uint32(at))
	return append(b, 0, 0) // no comment
}

// unpack reads what pack writes, and refuses everything else. It reads the file
// names and sizes first, so that a container that is too large, or has too many
// files, costs nothing. The error is ErrFormat, or that of r.
func unpack(r io.ReaderAt, size int64) (map[string][]byte, error) {
	if size < endBytes || size > MaxPackageBytes {
		return nil, fmt.Errorf("%w: %d bytes, a package has %d to %d", ErrFormat, size, endBytes, MaxPackageBytes)
	}
	files := map[string][]byte{}
	at, last := int64(0), ""
	for {
		name, data, err := readLocal(r, at, size)
		if err != nil {
			return nil, err
		}
		if name == "" {
			break
		}
		if name <= last || !known(name) || len(files) == MaxFiles {
			return nil, fmt.Errorf("%w: file %d: its name is unknown, not the next in order, or one too many", ErrFormat, len(files)+1)
		}
		files[name], last = data, name
		at += int64(localBytes + len(name) + len(data))
	}
	return files, checkRest(r, at, size, files)
}

// readLocal reads one file, name empty when there is none at this place.
func readLocal(r io.ReaderAt, at, size int64) (name string, data []byte, err error) {
	head := make([]byte, localBytes)
	if size-at < localBytes {
		return "", nil, nil
	}
	if err := readAt(r, head, at); err != nil {
		return "", nil, err
	}
	if binary.LittleEndian.Uint32(head) != localMagic {
		return "", nil, nil
	}
	length := int64(binary.LittleEndian.Uint32(head[18:]))
	chars := int64(binary.LittleEndian.Uint16(head[26:]))
	if length > MaxFileBytes || chars == 0 || chars > maxNameChars || at+localBytes+chars+length > size {
		return "", nil, fmt.Errorf("%w: the file at byte %d is too long", ErrFormat, at)
	}
	body := make([]byte, chars+length)
	if err := readAt(r, body, at+localBytes); err != nil {
		return "", nil, err
	}
	name, data = string(body[:chars]), body[chars:]
	if !bytes.Equal(append(head, name...), appendLocal(nil, name, data)) {
		return "", nil, fmt.Errorf("%w: the file at byte %d is damaged", ErrFormat, at)
	}
	return name, data, nil
}

const maxNameChars = 64

func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return fmt.Errorf("evidence: byte %d: %w", at+int64(n), err)
}

// checkRest checks that the directory and nothing else follows the files.
func checkRest(r io.ReaderAt, at, size int64, files map[string][]byte) error {
	var directory []byte
	offset := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		directory = appendCentral(directory, name, files[name], offset)
		offset += localBytes + len(name) + len(files[name])
	}
	want := appendEnd(directory, len(files), len(directory), offset)
	if size-at != int64(len(want)) {
		return fmt.Errorf("%w: the container's directory has another length", ErrFormat)
	}
	rest := make([]byte, len(want))
	if err := readAt(r, rest, at); err != nil {
		return err
	}
	if !bytes.Equal(rest, want) {
		return fmt.Errorf("%w: the container's directory is not that of its files", ErrFormat)
	}
	return nil
}
