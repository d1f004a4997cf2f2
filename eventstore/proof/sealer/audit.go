package sealer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
)

// Audit compares a log with the leaves that a store holds, which it is given
// one after the other: every hash of every tile, the position of every entry,
// and the root of every checkpoint it is told of. It believes no file, writes
// nothing, and keeps one tile of each level in memory. One goroutine uses it.
type Audit struct {
	dir    string
	state  place
	size   int64
	edge   peaks
	claims []Claim // by size; those before next are decided
	next   int
	rows   [][]byte // of each level, the hashes of the tile that is not full
	places *bufio.Reader
	file   *os.File
	wrong  []error
}

// Claim is a checkpoint that somebody holds, with its name for reports.
type Claim struct {
	Name string
	proof.Checkpoint
}

// MaxWrong bounds what an Audit reports of the files of a log.
const MaxWrong = 100

// NewAudit begins an audit of the log. The claims are those that must hold
// beside what the directory says of itself.
func (l Log) NewAudit(origin string, claims []Claim) (*Audit, error) {
	state, err := readState(l.dir, origin)
	if err != nil {
		return nil, err
	}
	a := &Audit{dir: l.dir, state: state, edge: peaks{}}
	a.claims = append(slices.Clone(claims), Claim{"the tree on the disk", state.Checkpoint})
	slices.SortStableFunc(a.claims, func(x, y Claim) int { return int(x.Size - y.Size) })
	for a.next < len(a.claims) && a.claims[a.next].Size == 0 {
		a.next++
	}
	a.file, err = os.Open(filepath.Join(l.dir, positionsName))
	if errors.Is(err, fs.ErrNotExist) && state.Size == 0 {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	a.places = bufio.NewReaderSize(a.file, 64<<10)
	return a, nil
}

// Size returns how many entries the tree on the disk has.
func (a *Audit) Size() int64 { return a.state.Size }

// Add compares the next leaf of the store.
func (a *Audit) Add(position eventstore.Position, leaf proof.Hash) {
	if err := a.edge.add(a.size, leaf); err != nil {
		a.report(fmt.Errorf("sealer: tree: %w", err))
	}
	if a.size < a.state.Size {
		a.place(position)
		a.hash(0, leaf)
	}
	a.size++
	for a.next < len(a.claims) && a.claims[a.next].Size == a.size {
		a.claim(a.claims[a.next])
		a.next++
	}
}

func (a *Audit) report(err error) {
	if len(a.wrong) < MaxWrong {
		a.wrong = append(a.wrong, err)
	}
}

func (a *Audit) claim(c Claim) {
	if err := a.edge.match(c.Checkpoint); err != nil {
		a.report(fmt.Errorf("%s: %w", c.Name, err))
	}
}

func (a *Audit) place(position eventstore.Position) {
	var b [positionBytes]byte
	_, err := io.ReadFull(a.places, b[:])
	if stated := binary.BigEndian.Uint64(b[:]); err != nil || stated != uint64(position) {
		a.report(&DamagedError{File: positionsName, Reason: fmt.Sprintf("entry %d is not where it says", a.size)})
	}
}

// hash adds a hash to a level, and compares the tile when that is full.
func (a *Audit) hash(level int, h proof.Hash) {
	if level == len(a.rows) {
		a.rows = append(a.rows, nil)
	}
	a.rows[level] = append(a.rows[level], h[:]...)
	if len(a.rows[level]) < tileWidth*tlog.HashSize {
		return
	}
	row, n := a.rows[level], a.size>>(tileHeight*(level+1))
	a.compare(tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth}, row)
	a.rows[level] = row[:0]
	a.hash(level+1, rootOf(row))
}

func (a *Audit) compare(t tlog.Tile, expected []byte) {
	data, err := os.ReadFile(filepath.Join(a.dir, tilePath(t)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.report(&DamagedError{File: tilePath(t), Reason: "it is missing"})
	case err != nil:
		a.report(fmt.Errorf("sealer: %w", err))
	case !bytes.Equal(data, expected):
		a.report(&DamagedError{File: tilePath(t), Reason: "it holds other hashes than the stored events give"})
	}
}

// partial compares the last tile of a level, and its earlier forms, which stay
// until it is full.
func (a *Audit) partial(t tlog.Tile, expected []byte) {
	a.compare(t, expected)
	full := t
	full.W = tileWidth
	earlier, err := sizesIn(filepath.Join(a.dir, tilePath(full)+".p"))
	if err != nil {
		a.report(err)
	}
	for _, width := range earlier {
		if t.W = int(width); 0 < t.W && t.W*tlog.HashSize < len(expected) {
			a.compare(t, expected[:t.W*tlog.HashSize])
		}
	}
}

// rootOf is the root over the hashes of a full tile.
func rootOf(row []byte) proof.Hash {
	level := make([]tlog.Hash, 0, tileWidth)
	for h := range slices.Chunk(row, tlog.HashSize) {
		level = append(level, tlog.Hash(h))
	}
	for ; len(level) > 1; level = level[:len(level)/2] {
		for i := range len(level) / 2 {
			level[i] = tlog.NodeHash(level[2*i], level[2*i+1])
		}
	}
	return proof.Hash(level[0])
}

// Finish says which checkpoints the store does not reach, compares what is not
// full, and returns everything that was found wrong, MaxWrong at most.
func (a *Audit) Finish() []error {
	for _, c := range a.claims[a.next:] {
		a.report(fmt.Errorf("%s: %w", c.Name, &RollbackError{What: "the store", Size: a.size, Sealed: c.Size}))
	}
	for level, row := range a.rows {
		if len(row) > 0 && a.size >= a.state.Size {
			a.partial(tlog.Tile{H: tileHeight, L: level, N: a.state.Size >> (tileHeight * (level + 1)), W: len(row) / tlog.HashSize}, row)
		}
	}
	if a.places != nil {
		if _, err := a.places.ReadByte(); err == nil && a.size >= a.state.Size {
			a.surplus()
		}
	}
	a.files()
	return a.wrong
}

// Close ends the audit, finished or not.
func (a *Audit) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// surplus looks at positions beyond the tree. They are what a crash leaves
// between positions and state, and say nothing.
func (a *Audit) surplus() {
	info, err := a.file.Stat()
	if err != nil || info.Size()%positionBytes != 0 {
		a.report(&DamagedError{File: positionsName, Reason: "it does not end with a whole position"})
	}
}

// files reads what has its own check sum.
func (a *Audit) files() {
	l := NewLog(a.dir)
	if base, err := openHeads(filepath.Join(a.dir, chainsName)); err == nil {
		base.close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		a.report(err)
	}
	sizes, err := l.AttestedSizes()
	if err != nil {
		a.report(err)
	}
	for _, size := range sizes {
		if _, err := l.Attested(size); err != nil {
			a.report(err)
		}
	}
	heads, err := l.HeadsSizes()
	if err != nil {
		a.report(err)
	}
	for _, size := range heads {
		h, err := l.Heads(size)
		if err != nil {
			a.report(err)
			continue
		}
		h.Close()
	}
}
