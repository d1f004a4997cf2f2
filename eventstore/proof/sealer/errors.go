package sealer

import (
	"errors"
	"fmt"
	"strconv"

	"caseledger/eventstore"
)

// ErrSwapped says that another checkpoint than expected was the last one.
var ErrSwapped = errors.New("the last checkpoint is another than expected")

// UnsoundError says which stored event cannot be sealed. Nothing that was read
// with it or after it is signed.
type UnsoundError struct {
	Position eventstore.Position // in the store
	Index    int64               // in the log, 0 for the first event
	Err      error
}

func (e *UnsoundError) Error() string {
	return fmt.Sprintf("sealer: the event at position %d (index %d) cannot be sealed: %v", e.Position, e.Index, e.Err)
}

func (e *UnsoundError) Unwrap() error { return e.Err }

// RollbackError says that less stands than was sealed before.
type RollbackError struct {
	What   string // "the store"
	Size   int64  // entries that are there; -1 when they were not counted
	Sealed int64  // entries that were there
}

func (e *RollbackError) Error() string {
	there := "fewer"
	if e.Size >= 0 {
		there = strconv.FormatInt(e.Size, 10)
	}
	return fmt.Sprintf("sealer: %s holds %s entries, but %d were sealed before: it was cut short or replaced by an older copy; nothing may be added until the missing entries are restored", e.What, there, e.Sealed)
}

// ForkError says that what stands is not what was sealed before.
type ForkError struct {
	What   string // "the store"
	Sealed int64  // entries that it contradicts
	Detail string // where, if that is known
}

func (e *ForkError) Error() string {
	text := fmt.Sprintf("sealer: %s contradicts the %d entries sealed before: entries were altered, inserted or removed, or it is another ledger; nothing may be signed", e.What, e.Sealed)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// DamagedError says that a file of the tree is not what was written.
type DamagedError struct {
	File   string
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("sealer: %s is damaged: %s; all but heads and attested can be removed and is made again from the store", e.File, e.Reason)
}
