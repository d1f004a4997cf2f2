package sealer

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
	"strings"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
)

const (
	headsTitle  = "caseledger/heads/v1"
	headerLines = 5
	sumPrefix   = "sum " // no record: the hash after it has one part too few
	blockBytes  = 4096   // of lines between two entries of the index in memory
)

// place says of which tree and store position a heads file is.
type place struct {
	proof.Checkpoint
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
func writeHeads(w io.Writer, at place, heads func(yield func(proof.Head, error) bool)) error {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	if _, err := fmt.Fprintf(both, "%s\norigin %s\nsize %d\nroot %s\nposition %d\n", headsTitle, at.Origin, at.Size, proof.HashText(at.Root), at.Position); err != nil {
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
		return nil, fmt.Errorf("sealer: heads: %w", err)
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
		head, err := proof.ParseHead(string(line))
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
	size, ok1 := proof.ParseNumber(values[2])
	root, ok2 := proof.ParseHash(values[3])
	position, ok3 := proof.ParseNumber(values[4])
	h.place = place{proof.Checkpoint{Origin: values[1], Size: size, Root: root}, eventstore.Position(position)}
	return values[0] == "" && proof.ValidOrigin(values[1]) && ok1 && ok2 && ok3
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
func (h *headsFile) find(record string) (found proof.Head, ok bool, err error) {
	i := h.blockOf(record)
	if i < 0 {
		return proof.Head{}, false, nil
	}
	stop := h.end
	if i+1 < len(h.blocks) {
		stop = h.blocks[i+1].offset
	}
	data := make([]byte, stop-h.blocks[i].offset)
	if _, err := h.file.ReadAt(data, h.blocks[i].offset); err != nil {
		return proof.Head{}, false, fmt.Errorf("sealer: heads: %w", err)
	}
	wanted := []byte(record + " ")
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, wanted) {
			found, err = proof.ParseHead(string(line))
			return found, err == nil, err
		}
	}
	return proof.Head{}, false, nil
}

// all yields the heads in order.
func (h *headsFile) all(yield func(proof.Head, error) bool) { h.from(0)(yield) }

// from yields the heads in order from the beginning of a block on.
func (h *headsFile) from(block int) iter.Seq2[proof.Head, error] {
	return func(yield func(proof.Head, error) bool) {
		if block >= len(h.blocks) {
			return
		}
		begin := h.blocks[block].offset
		in := bufio.NewScanner(io.NewSectionReader(h.file, begin, h.end-begin))
		for in.Scan() {
			head, err := proof.ParseHead(in.Text())
			if !yield(head, err) || err != nil {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(proof.Head{}, fmt.Errorf("sealer: heads: %w", err))
		}
	}
}
