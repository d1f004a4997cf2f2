package seal

import (
	"fmt"
	"time"
)

// Chain is where a record has got to: its last leaf. Start one for each record
// with its ledger and its name, Seq and Head zero.
type Chain struct {
	Ledger string
	Record string
	Seq    uint64 // of the last leaf
	Head   Hash   // HashLeaf of the last leaf
}

// Header returns the header of the event that comes next.
func (c Chain) Header(recorded time.Time, kind string) Header {
	return Header{Ledger: c.Ledger, Record: c.Record, Seq: c.Seq + 1, Prev: c.Head, Recorded: recorded, Type: kind}
}

// Next reads the leaf that comes next and returns the chain that ends in it.
// The error is ErrLeaf, or ErrChain for a leaf of another place.
func (c Chain) Next(text []byte) (Chain, Leaf, error) {
	l, err := ParseLeaf(text)
	if err != nil {
		return c, Leaf{}, err
	}
	if err := c.Check(l); err != nil {
		return c, l, err
	}
	return Chain{Ledger: c.Ledger, Record: c.Record, Seq: l.Seq, Head: HashLeaf(text)}, l, nil
}

// Check says whether a leaf is the one that comes next. The error is ErrChain.
func (c Chain) Check(l Leaf) error {
	switch {
	case l.Ledger != c.Ledger:
		return fmt.Errorf("%w: seq %d is of another ledger", ErrChain, c.Seq+1)
	case l.Record != c.Record:
		return fmt.Errorf("%w: seq %d is of another record", ErrChain, c.Seq+1)
	case l.Seq != c.Seq+1:
		return fmt.Errorf("%w: seq %d where %d is due", ErrChain, l.Seq, c.Seq+1)
	case l.Prev != c.Head:
		return fmt.Errorf("%w: seq %d does not follow the leaf before it", ErrChain, l.Seq)
	}
	return nil
}
