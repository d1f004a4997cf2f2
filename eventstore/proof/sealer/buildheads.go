package sealer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/proof"
)

// BuildHeads seals and signs what the store holds, and keeps the heads of all
// records as of that checkpoint, for proofs that may be asked for later. The
// caller logs the root.
func (s *Sealer) BuildHeads(ctx context.Context) (proof.HeadsRoot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.passLocked(ctx, func() bool { return false }); err != nil {
		return proof.HeadsRoot{}, err
	}
	if err := s.keepHeads(); err != nil {
		s.broken = err
		return proof.HeadsRoot{}, err
	}
	h, err := NewLog(s.cfg.Dir).Heads(s.at.Size)
	if err != nil {
		return proof.HeadsRoot{}, err
	}
	defer h.Close()
	return h.Root(), nil
}

// keepHeads writes the heads as they are now into a file of their own.
func (s *Sealer) keepHeads() error {
	path := headsPath(s.cfg.Dir, s.at.Size)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	err := putFile(s.on, path, func(w io.Writer) error { return writeHeads(w, s.at, s.chains.sorted) })
	if err == nil {
		err = syncDirs(s.on, map[string]bool{filepath.Dir(path): true, s.cfg.Dir: true})
	}
	if err != nil {
		return fmt.Errorf("sealer: heads: %w", err)
	}
	return nil
}

func headsPath(dir string, size int64) string {
	return filepath.Join(dir, headsDir, strconv.FormatInt(size, 10))
}

// HeadsSizes returns the sizes of the log at which BuildHeads kept the heads,
// smallest first.
func (l Log) HeadsSizes() ([]int64, error) { return sizesIn(filepath.Join(l.dir, headsDir)) }

// Heads are the heads of all records under one checkpoint. They keep 64 bytes
// for each record in memory.
type Heads struct {
	file   *headsFile
	root   proof.HeadsRoot
	hashes storedHashes
}

// storedHashes are all hashes of a tree in tlog's order.
type storedHashes []tlog.Hash

// ReadHashes is tlog.HashReader's.
func (s storedHashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, index := range at {
		out[i] = s[index]
	}
	return out, nil
}

// Heads opens the heads that BuildHeads kept at a size of the log. The error
// is ErrOutside when it kept none.
func (l Log) Heads(size int64) (*Heads, error) {
	file, err := openHeads(headsPath(l.dir, size))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sealer: heads of %d: %w", size, proof.ErrOutside)
	}
	if err != nil {
		return nil, err
	}
	h := &Heads{file: file}
	if err := h.build(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Close closes the file.
func (h *Heads) Close() error {
	h.file.close()
	return nil
}

func (h *Heads) build() error {
	n := int64(0)
	for head, err := range h.file.all {
		if err != nil {
			return err
		}
		hashes, err := tlog.StoredHashes(n, head.Append(nil), h.hashes)
		if err != nil {
			return fmt.Errorf("sealer: heads: %w", err)
		}
		h.hashes = append(h.hashes, hashes...)
		n++
	}
	root, err := tlog.TreeHash(n, h.hashes)
	if err != nil {
		return fmt.Errorf("sealer: heads: %w", err)
	}
	h.root = proof.HeadsRoot{Checkpoint: h.file.Checkpoint, Count: n, Heads: proof.Hash(root)}
	return nil
}

// Root returns what the heads are proved under.
func (h *Heads) Root() proof.HeadsRoot { return h.root }

// Prove proves where a record had got to, or that it did not exist.
func (h *Heads) Prove(record string) (proof.HeadProof, error) {
	p := proof.HeadProof{Record: record}
	if !proof.ValidRecord(record) {
		return p, fmt.Errorf("sealer: record: %w", proof.ErrFormat)
	}
	near, index, err := h.around(record)
	if err != nil {
		return p, err
	}
	for i, head := range near {
		hashes, err := tlog.ProveRecord(h.root.Count, index+int64(i), h.hashes)
		if err != nil {
			return p, fmt.Errorf("sealer: heads: %w", err)
		}
		p.Heads = append(p.Heads, proof.ProvedHead{Head: head, Index: index + int64(i), Hashes: fromTlog(hashes)})
	}
	return p, nil
}

// around returns the record's head, or its one or two neighbours, and the index
// of the first.
func (h *Heads) around(record string) (near []proof.Head, index int64, err error) {
	begin := max(0, h.file.blockOf(record))
	var before []proof.Head
	n := h.file.indexOf(begin)
	for head, err := range h.file.from(begin) {
		switch {
		case err != nil:
			return nil, 0, err
		case head.Record == record:
			return []proof.Head{head}, n, nil
		case head.Record > record:
			return append(before, head), n - int64(len(before)), nil
		}
		before = []proof.Head{head}
		n++
	}
	return before, n - int64(len(before)), nil
}
