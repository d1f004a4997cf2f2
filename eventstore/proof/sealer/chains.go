package sealer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// Limits of what a sealer keeps in memory of the records that it follows.
const (
	maxRecentRecords = 1 << 17 // changed since the heads file was written
	maxRecentEvents  = 1 << 18 // and events, which are read again when the sealer is opened
)

const chainsName = "chains" // the heads file that the sealer works with

// chains are the ends of all records: a heads file, above it in memory what
// has changed since, and above that what is read and not yet in the tree.
type chains struct {
	base   *headsFile
	recent map[string]end
	events int // in recent
	ahead  map[string]end
	read   int // events in ahead
}

// end is where a record has got to.
type end struct {
	seq  uint64
	leaf proof.Hash
}

// openChains opens the heads file of dir, or begins without one.
func openChains(dir, origin string) (*chains, error) {
	base, err := openHeads(filepath.Join(dir, chainsName))
	if errors.Is(err, fs.ErrNotExist) {
		base, err = &headsFile{place: place{Checkpoint: proof.Checkpoint{Origin: origin}}}, nil
	}
	if err != nil {
		return nil, err
	}
	if base.Origin != origin {
		base.close()
		return nil, &DamagedError{File: chainsName, Reason: "it is of another ledger"}
	}
	return &chains{base: base, recent: map[string]end{}, ahead: map[string]end{}}, nil
}

// chain returns where a record has got to.
func (c *chains) chain(record string) (seal.Chain, error) {
	out := seal.Chain{Ledger: c.base.Origin, Record: record}
	for _, changed := range []map[string]end{c.ahead, c.recent} {
		if e, ok := changed[record]; ok {
			out.Seq, out.Head = e.seq, e.leaf
			return out, nil
		}
	}
	h, _, err := c.base.find(record)
	out.Seq, out.Head = h.Seq, h.Leaf
	return out, err
}

// set notes where a record got to with an event that was read.
func (c *chains) set(next seal.Chain) {
	c.ahead[next.Record] = end{next.Seq, next.Head}
	c.read++
}

// keep says that what was read is in the tree now.
func (c *chains) keep() {
	maps.Copy(c.recent, c.ahead)
	c.events += c.read
	c.forget()
}

// forget goes back to what is in the tree.
func (c *chains) forget() {
	clear(c.ahead)
	c.read = 0
}

func (c *chains) full() bool { return len(c.recent) >= maxRecentRecords || c.events >= maxRecentEvents }

// merge writes the heads as of at into dir, and goes on from there.
func (c *chains) merge(on disk, dir string, at place) error {
	path := filepath.Join(dir, chainsName)
	err := putFile(on, path, func(w io.Writer) error { return writeHeads(w, at, c.sorted) })
	if err == nil {
		err = on.syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("sealer: heads: %w", err)
	}
	merged, err := openHeads(path)
	if err != nil {
		return err
	}
	c.base.close()
	*c = chains{base: merged, recent: map[string]end{}, ahead: map[string]end{}}
	return nil
}

// sorted yields all heads in the order of their records.
func (c *chains) sorted(yield func(proof.Head, error) bool) {
	names := slices.Sorted(maps.Keys(c.recent))
	give := func() bool {
		e := c.recent[names[0]]
		head := proof.Head{Record: names[0], Seq: e.seq, Leaf: e.leaf}
		names = names[1:]
		return yield(head, nil)
	}
	for head, err := range c.base.all {
		if err != nil {
			yield(proof.Head{}, err)
			return
		}
		for len(names) > 0 && names[0] < head.Record {
			if !give() {
				return
			}
		}
		if len(names) > 0 && names[0] == head.Record {
			if !give() {
				return
			}
			continue
		}
		if !yield(head, nil) {
			return
		}
	}
	for len(names) > 0 && give() {
	}
}
