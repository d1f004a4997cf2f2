package proof

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/seal"
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
	return fmt.Appendf(nil, "%s\n%sheads %d %s\n", headsRootTitle, r.Checkpoint.Text(), r.Count, HashText(r.Heads))
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
	count, ok1 := ParseNumber(number)
	root, ok2 := ParseHash(hash)
	if err != nil || !ended || !ok1 || !ok2 {
		return HeadsRoot{}, failed
	}
	return HeadsRoot{Checkpoint: c, Count: count, Heads: root}, nil
}

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
	if len(parts) != 3 || len(line) > maxHeadChars || !ValidRecord(parts[0]) {
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

const maxHeadChars = seal.MaxNameChars + 1 + 19 + 1 + 64

// ValidRecord reports whether s can be the name of a record.
func ValidRecord(s string) bool { return ValidOrigin(s) && !strings.Contains(s, "/") }

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
