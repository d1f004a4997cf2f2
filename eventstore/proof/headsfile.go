package proof

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"sort"
	"strconv"
	"strings"

	"caseledger/eventstore"
	"caseledger/eventstore/seal"
)

// Head is the end of a record: its last leaf as of some checkpoint.
type Head struct {
	Record string
	Seq    uint64
	Leaf   Hash // of the last leaf
}

// Append appends the head's line, "<record> <seq> <hash>\n", the hash in
// hexadecimal as in the prev line of a leaf. The line is the entry of the tree
// of heads.
func (h Head) Append(b []byte) []byte {
	b = append(b, h.Record...)
	b = append(b, ' ')
	b = strconv.AppendUint(b, h.Seq, 10)
	b = append(b, ' ')
	b = hex.AppendEncode(b, h.Leaf[:])
	return append(b, '\n')
}

// String returns the line without its end.
func (h Head) String() string { return strings.TrimSuffix(string(h.Append(nil)), "\n") }

// ParseHead reads a line of Append, with or without its end.
func ParseHead(line string) (Head, error) {
	line = strings.TrimSuffix(line, "\n")
	parts := strings.SplitN(line, " ", 4)
	if len(parts) != 3 || len(line) > maxHeadChars || !validRecord(parts[0]) {
		return Head{}, fmt.Errorf("proof: head: %w", ErrFormat)
	}
	seq, err := strconv.ParseUint(parts[1], 10, 63)
	h := Head{Record: parts[0], Seq: seq}
	if err != nil || seq == 0 || len(parts[2]) != 2*len(h.Leaf) {
		return Head{}, fmt.Errorf("proof: head: %w", ErrFormat)
	}
	if _, err := hex.Decode(h.Leaf[:], []byte(parts[2])); err != nil || h.String() != line {
		return Head{}, fmt.Errorf("proof: head: %w", ErrFormat)
	}
	return h, nil
}

func validRecord(s string) bool { return validOrigin(s) && !strings.Contains(s, "/") }

const (
	headsTitle   = "caseledger/heads/v1"
	maxHeadChars = seal.MaxNameChars + 1 + 19 + 1 + 64
	headerLines  = 5
	sumPrefix    = "sum " // no record: the hash after it has one part too few
	blockBytes   = 4096   // of lines between two entries of the index in memory
)

// place says of which tree and store position a heads file is.
type place struct {
	Checkpoint
	Position eventstore.Position // of the last event
}

// headsFile are the heads of all records as of a place: a file of sorted
// lines, and an index in memory of one entry for 4 KiB of it. The file is made
// once and never changed.
type headsFile struct {
	place
	count  int
	file   *os.File // nil for the heads of an empty log
	blocks []block
	end    int64 // where the lines end
}

type block struct {
	first  string // record
	index  int    // of its head
	offset int64
}

// writeHeads writes a heads file. heads must be sorted.
func writeHeads(w io.Writer, at place, heads func(yield func(Head, error) bool)) error {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	if _, err := fmt.Fprintf(both, "%s\norigin %s\nsize %d\nroot %s\nposition %d\n", headsTitle, at.Origin, at.Size, base64Of(at.Root), at.Position); err != nil {
		return err
	}
	var line []byte
	for h, err := range heads {
		if err != nil {
			return err
		}
		line = h.Append(line[:0])
		if _, err := both.Write(line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s%x\n", sumPrefix, sum.Sum(nil))
	return err
}

// openHeads opens a heads file and reads it once, to check its sum and order.
func openHeads(path string) (*headsFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("proof: heads: %w", err)
	}
	h := &headsFile{file: f}
	if reason := h.scan(); reason != "" {
		f.Close()
		return nil, &DamagedError{File: path, Reason: reason}
	}
	return h, nil
}

func (h *headsFile) scan() (reason string) {
	in, sum := bufio.NewReaderSize(h.file, 64<<10), sha256.New()
	var header [headerLines]string
	for i := range header {
		line, err := in.ReadString('\n')
		if err != nil {
			return "its header is incomplete"
		}
		sum.Write([]byte(line))
		h.end += int64(len(line))
		header[i] = strings.TrimSuffix(line, "\n")
	}
	if !h.parseHeader(header) {
		return "its header is not in the format"
	}
	previous := ""
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "its end is missing"
		}
		if stated, ok := bytes.CutPrefix(line, []byte(sumPrefix)); ok {
			return h.checkEnd(in, string(stated), sum.Sum(nil))
		}
		head, err := ParseHead(string(line))
		if err != nil || head.Record <= previous {
			return fmt.Sprintf("line %d is not the next head", headerLines+h.count+1)
		}
		if len(h.blocks) == 0 || h.end-h.blocks[len(h.blocks)-1].offset >= blockBytes {
			h.blocks = append(h.blocks, block{first: head.Record, index: h.count, offset: h.end})
		}
		sum.Write(line)
		previous, h.end, h.count = head.Record, h.end+int64(len(line)), h.count+1
	}
}

func (h *headsFile) checkEnd(in *bufio.Reader, stated string, sum []byte) string {
	if _, err := in.ReadByte(); err != io.EOF {
		return "it goes on after its end"
	}
	if stated != hex.EncodeToString(sum)+"\n" {
		return "its sum is another"
	}
	return ""
}

func (h *headsFile) parseHeader(lines [headerLines]string) bool {
	var values [headerLines]string
	for i, name := range [headerLines]string{headsTitle, "origin ", "size ", "root ", "position "} {
		value, ok := strings.CutPrefix(lines[i], name)
		if !ok {
			return false
		}
		values[i] = value
	}
	size, ok1 := parseSize(values[2])
	root, ok2 := parseBase64(values[3])
	position, ok3 := parseSize(values[4])
	h.place = place{Checkpoint{Origin: values[1], Size: size, Root: root}, eventstore.Position(position)}
	return values[0] == "" && validOrigin(values[1]) && ok1 && ok2 && ok3
}

func (h *headsFile) close() {
	if h.file != nil {
		h.file.Close()
	}
}

// blockOf returns the block that the record would be in, -1 when it would be
// before the first.
func (h *headsFile) blockOf(record string) int {
	return sort.Search(len(h.blocks), func(i int) bool { return h.blocks[i].first > record }) - 1
}

// indexOf returns the index of a block's first head.
func (h *headsFile) indexOf(block int) int64 {
	if block >= len(h.blocks) {
		return 0
	}
	return int64(h.blocks[block].index)
}

// find returns the head of a record, ok false when the record has none.
func (h *headsFile) find(record string) (found Head, ok bool, err error) {
	i := h.blockOf(record)
	if i < 0 {
		return Head{}, false, nil
	}
	stop := h.end
	if i+1 < len(h.blocks) {
		stop = h.blocks[i+1].offset
	}
	data := make([]byte, stop-h.blocks[i].offset)
	if _, err := h.file.ReadAt(data, h.blocks[i].offset); err != nil {
		return Head{}, false, fmt.Errorf("proof: heads: %w", err)
	}
	wanted := []byte(record + " ")
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, wanted) {
			found, err = ParseHead(string(line))
			return found, err == nil, err
		}
	}
	return Head{}, false, nil
}

// all yields the heads in order.
func (h *headsFile) all(yield func(Head, error) bool) { h.from(0)(yield) }

// from yields the heads in order from the beginning of a block on.
func (h *headsFile) from(block int) iter.Seq2[Head, error] {
	return func(yield func(Head, error) bool) {
		if block >= len(h.blocks) {
			return
		}
		begin := h.blocks[block].offset
		in := bufio.NewScanner(io.NewSectionReader(h.file, begin, h.end-begin))
		for in.Scan() {
			head, err := ParseHead(in.Text())
			if !yield(head, err) || err != nil {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(Head{}, fmt.Errorf("proof: heads: %w", err))
		}
	}
}
