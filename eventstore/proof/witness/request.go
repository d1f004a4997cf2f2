package witness

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Request is the body of add-checkpoint: a signed checkpoint, and the proof
// that its tree begins with the one of Old leaves.
type Request struct {
	Old   int64
	Proof tlog.TreeProof
	Note  []byte // the signed checkpoint
}

// ParseRequest reads a body, byte for byte: what it accepts is what Text writes.
func ParseRequest(body []byte) (Request, error) {
	if len(body) > MaxRequest {
		return Request{}, fmt.Errorf("request of %d bytes: %w", len(body), ErrMalformed)
	}
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return Request{}, fmt.Errorf("request without a checkpoint: %w", ErrMalformed)
	}
	lines := bytes.Split(head, []byte("\n"))
	if len(lines)-1 > maxProof {
		return Request{}, fmt.Errorf("proof of %d hashes: %w", len(lines)-1, ErrMalformed)
	}
	digits, ok := bytes.CutPrefix(lines[0], []byte("old "))
	old, valid := parseSize(string(digits))
	if !ok || !valid {
		return Request{}, fmt.Errorf("request line 1: %w", ErrMalformed)
	}
	r := Request{Old: old, Note: bytes.Clone(signed)}
	for i, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(string(line))
		if err != nil || len(hash) != tlog.HashSize || len(line) != base64.StdEncoding.EncodedLen(tlog.HashSize) {
			return Request{}, fmt.Errorf("request line %d: %w", i+2, ErrMalformed)
		}
		r.Proof = append(r.Proof, tlog.Hash(hash))
	}
	return r, nil
}

// Text is the body that carries the request.
func (r Request) Text() []byte {
	text := fmt.Appendf(nil, "old %d\n", r.Old)
	for _, h := range r.Proof {
		text = fmt.Appendf(text, "%s\n", h)
	}
	return append(append(text, '\n'), r.Note...)
}

// parseSize reads a size in decimal without leading zeros.
func parseSize(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= MaxSize && strconv.FormatInt(n, 10) == s
}
