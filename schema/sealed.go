package schema

import (
	"context"
	"errors"
	"fmt"
	"io"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
)

var _ eventstore.Codec = Sealed{}

// Sealed seals every event: the metadata is the leaf, which commits to the
// payload and to the leaf before it in the stream; the data is the blob, which
// only the stream's key opens. All fields are required.
//
// Reading a record on after its key was destroyed is not offered: Decode then
// returns an error that matches seal.ErrErased.
type Sealed struct {
	Payload Codec
	Keys    keys.Store
	Ledger  string    // the ledger's name, which every leaf bears
	Random  io.Reader // crypto/rand.Reader in the product
}

// Encode implements eventstore.Codec. A stream gets a key with its first event
// and never another one. What may never be sealed is eventstore.ErrInvalid.
func (s Sealed) Encode(ctx context.Context, after eventstore.Tail, id eventstore.EventID, e domain.Entry) (eventstore.Event, domain.Entry, error) {
	kind, payload, err := s.Payload.Encode(e)
	if err != nil {
		return eventstore.Event{}, domain.Entry{}, err
	}
	read, err := s.Payload.Decode(kind, payload)
	if err != nil {
		return eventstore.Event{}, domain.Entry{}, err
	}
	read.Seq, read.Recorded = uint64(after.Revision)+1, e.Recorded
	chain, key, err := s.resume(ctx, after)
	if err != nil {
		return eventstore.Event{}, domain.Entry{}, err
	}
	leaf, blob, err := seal.Seal(chain.Header(e.Recorded, kind), payload, key, id, s.Random)
	if errors.Is(err, seal.ErrRefused) {
		err = fmt.Errorf("%w: %s: %w", eventstore.ErrInvalid, kind, err)
	}
	return eventstore.Event{ID: id, Type: kind, Metadata: leaf, Data: blob}, read, err
}

// resume returns the chain that ends in the tail, and the stream's key. Only a
// new stream may be given a new key: a stream whose key is not there would
// otherwise go on under another one, and nobody would notice the loss.
func (s Sealed) resume(ctx context.Context, after eventstore.Tail) (seal.Chain, seal.Key, error) {
	chain := seal.Chain{Ledger: s.Ledger, Record: after.Stream, Seq: uint64(after.Revision)}
	if after.Revision == 0 {
		key, err := s.Keys.ForSealing(ctx, keys.Place{Stream: after.Stream})
		return chain, key, err
	}
	last, err := seal.ParseLeaf(after.Metadata)
	if err == nil {
		err = s.inPlace(after.Stream, after.Revision, last)
	}
	if err != nil {
		return chain, seal.Key{}, err
	}
	chain.Head = seal.HashLeaf(after.Metadata)
	key, err := s.Keys.ForOpening(ctx, last.Key)
	return chain, key, err
}

// Decode implements eventstore.Codec. It errs unless leaf, blob, payload,
// stream, revision, event id and type belong together; it does not compare
// with the event before.
func (s Sealed) Decode(r eventstore.Recorded) (domain.Entry, error) {
	leaf, err := seal.ParseLeaf(r.Metadata)
	if err != nil {
		return domain.Entry{}, err
	}
	return s.DecodeLeaf(r, leaf)
}

// DecodeLeaf is Decode for a caller who has read the leaf, which is r's
// metadata.
func (s Sealed) DecodeLeaf(r eventstore.Recorded, leaf seal.Leaf) (domain.Entry, error) {
	opened, err := s.open(r, leaf)
	if err != nil {
		return domain.Entry{}, err
	}
	e, err := s.Payload.Decode(r.Type, opened.Payload)
	if err != nil {
		return domain.Entry{}, err
	}
	e.Seq, e.Recorded = leaf.Seq, leaf.Recorded
	return e, nil
}

// Open opens a stored event of this ledger at its place, without reading what
// it says.
func (s Sealed) Open(r eventstore.Recorded) (seal.Opened, error) {
	leaf, err := seal.ParseLeaf(r.Metadata)
	if err != nil {
		return seal.Opened{}, err
	}
	return s.open(r, leaf)
}

func (s Sealed) open(r eventstore.Recorded, leaf seal.Leaf) (seal.Opened, error) {
	if err := s.inPlace(r.Stream, r.Revision, leaf); err != nil {
		return seal.Opened{}, err
	}
	if leaf.Type != r.Type {
		return seal.Opened{}, fmt.Errorf("%w: seq %d is of another type", seal.ErrChain, leaf.Seq)
	}
	key, err := s.Keys.ForOpening(context.Background(), leaf.Key) // waits for nothing
	if err != nil {
		return seal.Opened{}, err
	}
	return leaf.Open(r.Data, key, r.ID)
}

// inPlace checks that a leaf is of a place in this ledger.
func (s Sealed) inPlace(stream string, at eventstore.Revision, leaf seal.Leaf) error {
	switch {
	case leaf.Ledger != s.Ledger:
		return fmt.Errorf("%w: the event at revision %d is of another ledger", seal.ErrChain, at)
	case leaf.Record != stream:
		return fmt.Errorf("%w: the event at revision %d is of another stream", seal.ErrChain, at)
	case leaf.Seq != uint64(at):
		return fmt.Errorf("%w: seq %d at revision %d", seal.ErrChain, leaf.Seq, at)
	}
	return nil
}
