package proof

import (
	"fmt"
	"strconv"
	"strings"
)

const headProofTitle = "caseledger/head-proof/v1"

// Text returns the proof as text: a title, "record <record>", and for each head
// "head <index> <line of the head>" and its hashes in base64, a line each.
func (p HeadProof) Text() []byte {
	b := []byte(headProofTitle + "\nrecord " + p.Record + "\n")
	for _, h := range p.Heads {
		b = append(b, "head "+strconv.FormatInt(h.Index, 10)+" "...)
		b = h.Append(b)
		for _, hash := range h.Hashes {
			b = append(b, HashText(hash)+"\n"...)
		}
	}
	return b
}

// ParseHeadProof reads what Text writes. Nothing of it is verified.
func ParseHeadProof(text []byte) (HeadProof, error) {
	failed := fmt.Errorf("proof: head proof: %w", ErrFormat)
	lines := strings.Split(string(text), "\n")
	if len(text) > MaxProofBytes || len(lines) < 3 || lines[0] != headProofTitle || lines[len(lines)-1] != "" {
		return HeadProof{}, failed
	}
	record, ok := strings.CutPrefix(lines[1], "record ")
	if !ok || !ValidRecord(record) {
		return HeadProof{}, failed
	}
	p := HeadProof{Record: record}
	for _, line := range lines[2 : len(lines)-1] {
		if !p.parseLine(line) {
			return HeadProof{}, failed
		}
	}
	return p, nil
}

func (p *HeadProof) parseLine(line string) bool {
	if rest, ok := strings.CutPrefix(line, "head "); ok {
		number, text, _ := strings.Cut(rest, " ")
		index, ok := ParseNumber(number)
		head, err := ParseHead(text)
		p.Heads = append(p.Heads, ProvedHead{Head: head, Index: index})
		return ok && err == nil && len(p.Heads) <= 2
	}
	hash, ok := ParseHash(line)
	if !ok || len(p.Heads) == 0 {
		return false
	}
	last := &p.Heads[len(p.Heads)-1]
	last.Hashes = append(last.Hashes, hash)
	return len(last.Hashes) <= MaxProofHashes
}
