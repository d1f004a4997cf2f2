package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
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

// unpack reads what pack writes, and refuses everything else. It reads file by
// file and stops at the first that is not in its place, so that a container
// that is too large, or has too many files, costs nothing. Files that are where
// they should be and yet damaged are named: all else can still be looked at.
// The error is ErrFormat, or that of r.
func unpack(r io.ReaderAt, size int64) (files map[string][]byte, damaged map[string]bool, err error) {
	if size < endBytes || size > MaxPackageBytes {
		return nil, nil, fmt.Errorf("%w: %d bytes, a package has %d to %d", ErrFormat, size, endBytes, MaxPackageBytes)
	}
	files, damaged = map[string][]byte{}, map[string]bool{}
	var directory []central
	at, last := int64(0), ""
	for {
		f, err := readLocal(r, at, size)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("%w, after %s", err, lastOf(directory, damaged))
		case f.name == "":
			return files, damaged, checkRest(r, at, size, directory, damaged)
		case f.name <= last || !known(f.name) || len(files) == MaxFiles:
			return nil, nil, fmt.Errorf("%w: the name of file %d, %q, is unknown, not the next in order after %s, or one too many", ErrFormat, len(files)+1, f.name, lastOf(directory, damaged))
		case f.damaged:
			damaged[f.name] = true
		}
		directory = append(directory, central{f.name, appendCentral(nil, f.name, f.data, int(at))})
		files[f.name], last = f.data, f.name
		at += int64(localBytes + len(f.name) + len(f.data))
	}
}

// local is a file of a container, central its line in the directory.
type local struct {
	name    string // empty when there is none at this place
	data    []byte
	damaged bool // its header is not that of its contents
}

type central struct {
	name string
	line []byte
}

func readLocal(r io.ReaderAt, at, size int64) (local, error) {
	head := make([]byte, localBytes)
	if size-at < localBytes {
		return local{}, nil
	}
	if err := readAt(r, head, at); err != nil {
		return local{}, err
	}
	if binary.LittleEndian.Uint32(head) != localMagic {
		return local{}, nil
	}
	length := int64(binary.LittleEndian.Uint32(head[18:]))
	chars := int64(binary.LittleEndian.Uint16(head[26:]))
	if length > MaxFileBytes || chars == 0 || chars > maxNameChars || at+localBytes+chars+length > size {
		return local{}, fmt.Errorf("%w: the file at byte %d is too long", ErrFormat, at)
	}
	body := make([]byte, chars+length)
	if err := readAt(r, body, at+localBytes); err != nil {
		return local{}, err
	}
	f := local{name: string(body[:chars]), data: body[chars:]}
	f.damaged = !bytes.Equal(append(head, f.name...), appendLocal(nil, f.name, f.data))
	return f, nil
}

const maxNameChars = 64

func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return fmt.Errorf("evidence: byte %d: %w", at+int64(n), err)
}

// checkRest checks that the directory and nothing else follows the files, and
// adds the files to damaged whose lines are not theirs.
func checkRest(r io.ReaderAt, at, size int64, directory []central, damaged map[string]bool) error {
	length := 0
	for _, c := range directory {
		length += len(c.line)
	}
	end := appendEnd(nil, len(directory), length, int(at))
	if size-at != int64(length+len(end)) {
		return fmt.Errorf("%w: what follows %s is neither the next file nor the container's directory", ErrFormat, lastOf(directory, damaged))
	}
	rest := make([]byte, length+len(end))
	if err := readAt(r, rest, at); err != nil {
		return err
	}
	for _, c := range directory {
		if !bytes.Equal(rest[:len(c.line)], c.line) {
			damaged[c.name] = true
		}
		rest = rest[len(c.line):]
	}
	if !bytes.Equal(rest, end) {
		return fmt.Errorf("%w: the container's last %d bytes are not those of its files", ErrFormat, len(end))
	}
	return nil
}

// lastOf names the last two files and the first damaged one, for whoever must
// find what is broken: a file may have another name or length than it had.
func lastOf(directory []central, damaged map[string]bool) string {
	var names []string
	for _, c := range directory[max(0, len(directory)-2):] {
		names = append(names, strconv.Quote(c.name))
	}
	out := strings.Join(names, " and ")
	if len(damaged) > 0 {
		out += fmt.Sprintf(" (%q is damaged)", slices.Sorted(maps.Keys(damaged))[0])
	}
	return out
}
