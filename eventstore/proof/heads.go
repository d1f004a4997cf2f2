package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const headsRootTitle = "caseledger/heads-root/v1"

// HeadsRoot commits to where every record had got to under a checkpoint: the
// RFC 6962 root over the lines of all heads, sorted by record. Once it is
// logged it proves that a record ended there, or did not exist.
type HeadsRoot struct {
	Checkpoint       // of the log
	Count      int64 // records
	Heads      Hash  // root of the tree of heads
}

// Text returns the root as it is logged.
func (r HeadsRoot) Text() []byte {
	return fmt.Appendf(nil, "%s\n%sheads %d %s\n", headsRootTitle, r.Checkpoint.Text(), r.Count, base64Of(r.Heads))
}

// ParseHeadsRoot reads what Text writes.
func ParseHeadsRoot(text []byte) (HeadsRoot, error) {
	failed := fmt.Errorf("proof: heads root: %w", ErrFormat)
	rest, ok := bytes.CutPrefix(text, []byte(headsRootTitle+"\n"))
	cut := bytes.LastIndex(rest, []byte("heads "))
	if !ok || cut < 0 {
		return HeadsRoot{}, failed
	}
	c, err := ParseCheckpoint(rest[:cut])
	line, ended := strings.CutSuffix(string(rest[cut+len("heads "):]), "\n")
	number, hash, _ := strings.Cut(line, " ")
	count, ok1 := parseSize(number)
	root, ok2 := parseBase64(hash)
	if err != nil || !ended || !ok1 || !ok2 {
		return HeadsRoot{}, failed
	}
	return HeadsRoot{Checkpoint: c, Count: count, Heads: root}, nil
}

// BuildHeads seals and signs what the store holds, and keeps the heads of all
// records as of that checkpoint, for proofs that may be asked for later. The
// caller logs the root.
func (s *Sealer) BuildHeads(ctx context.Context) (HeadsRoot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.passLocked(ctx, func() bool { return false }); err != nil {
		return HeadsRoot{}, err
	}
	if err := s.keepHeads(); err != nil {
		s.broken = err
		return HeadsRoot{}, err
	}
	h, err := NewLog(s.cfg.Dir).Heads(s.at.Size)
	if err != nil {
		return HeadsRoot{}, err
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
		return fmt.Errorf("proof: heads: %w", err)
	}
	return nil
}

func headsPath(dir string, size int64) string {
	return filepath.Join(dir, headsDir, strconv.FormatInt(size, 10))
}

// Heads are the heads of all records under one checkpoint. They keep 64 bytes
// for each record in memory.
type Heads struct {
	file   *headsFile
	root   HeadsRoot
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
		return nil, fmt.Errorf("proof: heads of %d: %w", size, ErrOutside)
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
			return fmt.Errorf("proof: heads: %w", err)
		}
		h.hashes = append(h.hashes, hashes...)
		n++
	}
	root, err := tlog.TreeHash(n, h.hashes)
	if err != nil {
		return fmt.Errorf("proof: heads: %w", err)
	}
	h.root = HeadsRoot{Checkpoint: h.file.Checkpoint, Count: n, Heads: Hash(root)}
	return nil
}

// Root returns what the heads are proved under.
func (h *Heads) Root() HeadsRoot { return h.root }

// Prove proves where a record had got to, or that it did not exist.
func (h *Heads) Prove(record string) (HeadProof, error) {
	p := HeadProof{Record: record}
	if !validRecord(record) {
		return p, fmt.Errorf("proof: record: %w", ErrFormat)
	}
	near, index, err := h.around(record)
	if err != nil {
		return p, err
	}
	for i, head := range near {
		hashes, err := tlog.ProveRecord(h.root.Count, index+int64(i), h.hashes)
		if err != nil {
			return p, fmt.Errorf("proof: heads: %w", err)
		}
		p.Heads = append(p.Heads, ProvedHead{Head: head, Index: index + int64(i), Hashes: fromTlog(hashes)})
	}
	return p, nil
}

// around returns the record's head, or its one or two neighbours, and the index
// of the first.
func (h *Heads) around(record string) (near []Head, index int64, err error) {
	begin := max(0, h.file.blockOf(record))
	var before []Head
	n := h.file.indexOf(begin)
	for head, err := range h.file.from(begin) {
		switch {
		case err != nil:
			return nil, 0, err
		case head.Record == record:
			return []Head{head}, n, nil
		case head.Record > record:
			return append(before, head), n - int64(len(before)), nil
		}
		before = []Head{head}
		n++
	}
	return before, n - int64(len(before)), nil
}

// HeadProof proves where one record had got to, by its head, or that it did not
// exist, by the heads between which it would stand.
type HeadProof struct {
	Record string
	Heads  []ProvedHead // the record's own; or the neighbours, of which one is missing at an end
}

// ProvedHead is a head with its place in the tree of heads.
type ProvedHead struct {
	Head
	Index  int64
	Hashes []Hash
}

// VerifyHead checks a proof under a root that the caller trusts: one that was
// logged. It returns the head, or found false when the record is proved not
// to exist. The error is ErrProof.
func VerifyHead(p HeadProof, root HeadsRoot) (head Head, found bool, err error) {
	failed := fmt.Errorf("proof: head of a record under the heads of %d: %w", root.Size, ErrProof)
	for _, h := range p.Heads {
		leaf := Hash(tlog.RecordHash(h.Append(nil)))
		in := InclusionProof{Index: h.Index, Hashes: h.Hashes}
		if VerifyInclusion(leaf, in, Checkpoint{Size: root.Count, Root: root.Heads}) != nil {
			return Head{}, false, failed
		}
	}
	if len(p.Heads) == 1 && p.Heads[0].Record == p.Record {
		return p.Heads[0].Head, true, nil
	}
	if !absent(p, root) {
		return Head{}, false, failed
	}
	return Head{}, false, nil
}

// absent reports whether the proved heads leave no place for the record.
func absent(p HeadProof, root HeadsRoot) bool {
	n := len(p.Heads)
	switch {
	case n == 0:
		return root.Count == 0 && root.Heads == emptyRoot()
	case n > 2:
		return false
	case n == 2:
		first, second := p.Heads[0], p.Heads[1]
		return first.Index+1 == second.Index && first.Record < p.Record && p.Record < second.Record
	case p.Heads[0].Index == 0 && p.Record < p.Heads[0].Record:
		return true
	default:
		return p.Heads[0].Index == root.Count-1 && p.Heads[0].Record < p.Record
	}
}
