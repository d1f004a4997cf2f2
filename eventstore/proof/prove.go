package proof

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// InclusionProof proves that an entry stands at an index under a checkpoint.
// Its text is that of C2SP tlog-proof.
type InclusionProof struct {
	Index      int64
	Hashes     []Hash
	Checkpoint []byte // the signed note
}

// ConsistencyProof proves that a checkpoint grew out of a smaller one. Its text
// is the body of a C2SP tlog-witness add-checkpoint request.
type ConsistencyProof struct {
	OldSize    int64
	Hashes     []Hash
	Checkpoint []byte // the signed note of the larger one
}

const (
	inclusionTitle = "c2sp.org/tlog-proof@v1"

	// MaxProofHashes bounds a proof: no tree is higher.
	MaxProofHashes = 63
	// MaxProofBytes bounds the text of a proof.
	MaxProofBytes = MaxNoteBytes + 4096
)

// VerifyInclusion checks that the leaf with this hash stands at p.Index under
// c. The caller has opened c from p.Checkpoint, or from elsewhere. The error is
// ErrProof.
func VerifyInclusion(leaf Hash, p InclusionProof, c Checkpoint) error {
	if len(p.Hashes) > MaxProofHashes {
		return fmt.Errorf("proof: index %d: %w", p.Index, ErrProof)
	}
	if tlog.CheckRecord(toTlog(p.Hashes), c.Size, tlog.Hash(c.Root), p.Index, tlog.Hash(leaf)) != nil {
		return fmt.Errorf("proof: index %d under the checkpoint of %d: %w", p.Index, c.Size, ErrProof)
	}
	return nil
}

// VerifyConsistency checks that next grew out of old: the same entries, and
// none or more after them. Every tree grew out of the one without entries, whose
// root may be left zero. The error is ErrProof.
func VerifyConsistency(old, next Checkpoint, p ConsistencyProof) error {
	failed := fmt.Errorf("proof: checkpoints of %d and %d: %w", old.Size, next.Size, ErrProof)
	if old.Origin != next.Origin || p.OldSize != old.Size || len(p.Hashes) > MaxProofHashes || old.Size < 0 || old.Size > next.Size {
		return failed
	}
	if old.Size == 0 || old.Size == next.Size {
		same := old.Root == next.Root && old.Size == next.Size
		begun := old.Size == 0 && (old.Root == emptyRoot() || old.Root == Hash{})
		if len(p.Hashes) > 0 || !same && !begun {
			return failed
		}
		return nil
	}
	if tlog.CheckTree(toTlog(p.Hashes), next.Size, tlog.Hash(next.Root), old.Size, tlog.Hash(old.Root)) != nil {
		return failed
	}
	return nil
}

// emptyRoot is the root of a tree without entries: SHA-256 of nothing.
func emptyRoot() Hash {
	h, _ := tlog.TreeHash(0, nil)
	return Hash(h)
}

// Text returns the proof as C2SP tlog-proof has it, without extra data.
func (p InclusionProof) Text() []byte {
	return proofText(inclusionTitle+"\nindex "+strconv.FormatInt(p.Index, 10)+"\n", p.Hashes, p.Checkpoint)
}

// Text returns the proof as C2SP tlog-witness has it.
func (p ConsistencyProof) Text() []byte {
	return proofText("old "+strconv.FormatInt(p.OldSize, 10)+"\n", p.Hashes, p.Checkpoint)
}

func proofText(head string, hashes []Hash, checkpoint []byte) []byte {
	b := []byte(head)
	for _, h := range hashes {
		b = append(b, HashText(h)+"\n"...)
	}
	return append(append(b, '\n'), checkpoint...)
}

// ParseInclusion reads what Text writes. Nothing of it is verified.
func ParseInclusion(text []byte) (InclusionProof, error) {
	rest, ok := strings.CutPrefix(string(text), inclusionTitle+"\n")
	index, hashes, checkpoint, ok2 := parseProof("index ", rest)
	if !ok || !ok2 || len(text) > MaxProofBytes {
		return InclusionProof{}, fmt.Errorf("proof: inclusion proof: %w", ErrFormat)
	}
	return InclusionProof{Index: index, Hashes: hashes, Checkpoint: checkpoint}, nil
}

// ParseConsistency reads what Text writes. Nothing of it is verified.
func ParseConsistency(text []byte) (ConsistencyProof, error) {
	size, hashes, checkpoint, ok := parseProof("old ", string(text))
	if !ok || len(text) > MaxProofBytes {
		return ConsistencyProof{}, fmt.Errorf("proof: consistency proof: %w", ErrFormat)
	}
	return ConsistencyProof{OldSize: size, Hashes: hashes, Checkpoint: checkpoint}, nil
}

func parseProof(name, text string) (number int64, hashes []Hash, checkpoint []byte, ok bool) {
	head, rest, ended := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	value, named := strings.CutPrefix(lines[0], name)
	number, ok = ParseNumber(value)
	if !ended || !named || !ok || len(lines) > 1+MaxProofHashes {
		return 0, nil, nil, false
	}
	hashes = make([]Hash, len(lines)-1)
	for i, line := range lines[1:] {
		if hashes[i], ok = ParseHash(line); !ok {
			return 0, nil, nil, false
		}
	}
	if _, err := ReadCheckpoint([]byte(rest)); err != nil {
		return 0, nil, nil, false
	}
	return number, hashes, []byte(rest), true
}
