package seal

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash is a SHA-256.
type Hash [32]byte

// String returns 64 hexadecimal characters.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// RootOf returns the RFC 6962 root over the digests in their order. Each
// digest is one entry: its leaf hash is SHA-256(0x00 || digest).
func RootOf(digests []Hash) Hash {
	level := make([]Hash, len(digests))
	copy(level, digests)
	return root(level)
}

// root computes the root in place, level by level: neighbours are hashed
// together and one left over moves up as it is, which gives the tree of RFC
// 6962 for every size.
func root(level []Hash) Hash {
	if len(level) == 0 {
		return sha256.Sum256(nil)
	}
	for i := range level {
		level[i] = entryHash(&level[i])
	}
	for len(level) > 1 {
		half := len(level) / 2
		for i := range half {
			level[i] = nodeHash(&level[2*i], &level[2*i+1])
		}
		if len(level)%2 == 1 {
			level[half] = level[len(level)-1]
			half++
		}
		level = level[:half]
	}
	return level[0]
}

func entryHash(digest *Hash) Hash {
	var b [1 + len(Hash{})]byte
	copy(b[1:], digest[:])
	return sha256.Sum256(b[:])
}

func nodeHash(left, right *Hash) Hash {
	var b [1 + 2*len(Hash{})]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+len(left):], right[:])
	return sha256.Sum256(b[:])
}
