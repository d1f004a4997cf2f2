package sealer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
)

const (
	stateName      = "state"
	stateTitle     = "caseledger/tree/v1"
	positionsName  = "positions"
	positionBytes  = 8
	checkpointName = "checkpoint"
	headsDir       = "heads"
)

// readState returns how far the tree on disk has got. It need not be signed
// yet.
func readState(dir, origin string) (place, error) {
	b, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return place{Checkpoint: proof.Checkpoint{Origin: origin}}, nil
	}
	if err != nil {
		return place{}, fmt.Errorf("sealer: %w", err)
	}
	at, ok := parseState(string(b))
	if !ok {
		return place{}, &DamagedError{File: stateName, Reason: "it is not in the format"}
	}
	if at.Origin != origin {
		return place{}, &DamagedError{File: stateName, Reason: "it is of another ledger"}
	}
	return at, nil
}

func stateText(at place) []byte {
	return fmt.Appendf(nil, "%s\n%sposition %d\n", stateTitle, at.Text(), at.Position)
}

func parseState(text string) (place, bool) {
	rest, ok1 := strings.CutPrefix(text, stateTitle+"\n")
	cut := strings.LastIndex(rest, "position ")
	if !ok1 || cut < 0 {
		return place{}, false
	}
	c, err := proof.ParseCheckpoint([]byte(rest[:cut]))
	number, ok2 := strings.CutSuffix(rest[cut+len("position "):], "\n")
	position, ok3 := proof.ParseNumber(number)
	return place{c, eventstore.Position(position)}, err == nil && ok2 && ok3
}

// positionAt reads the store position of an entry: the file holds 8 bytes,
// big-endian, for each entry of the log.
func positionAt(f *os.File, index int64) (eventstore.Position, error) {
	var b [positionBytes]byte
	if _, err := f.ReadAt(b[:], index*positionBytes); err != nil {
		return 0, &DamagedError{File: positionsName, Reason: "it is too short"}
	}
	return eventstore.Position(binary.BigEndian.Uint64(b[:])), nil
}

// indexOf searches the entry with a position among the first size ones.
func indexOf(f *os.File, size int64, position eventstore.Position) (int64, error) {
	var failed error
	at := func(i int64) eventstore.Position {
		p, err := positionAt(f, i)
		failed = errors.Join(failed, err)
		return p
	}
	i := int64(sort.Search(int(size), func(i int) bool { return at(int64(i)) >= position }))
	if failed != nil {
		return 0, failed
	}
	if i == size || at(i) != position {
		return 0, fmt.Errorf("sealer: position %d: %w", position, proof.ErrOutside)
	}
	return i, nil
}

func encodePositions(positions []eventstore.Position) []byte {
	b := make([]byte, 0, len(positions)*positionBytes)
	for _, p := range positions {
		b = binary.BigEndian.AppendUint64(b, uint64(p))
	}
	return b
}
