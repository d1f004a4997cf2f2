package keys

import (
	"context"
	"errors"
	"fmt"

	"caseledger/eventstore/seal"
)

// ForSealing implements Store. Callers that need new keys at the same time
// share one write and one sync.
func (s *Directory) ForSealing(_ context.Context, p Place) (seal.Key, error) {
	if err := p.check(); err != nil {
		return seal.Key{}, err
	}
	e, b, err := s.stage(p.hash())
	if err != nil {
		return seal.Key{}, err
	}
	if err := s.settle(b); err != nil {
		return seal.Key{}, err
	}
	return e.key()
}

// Prepare implements Store.
func (s *Directory) Prepare(_ context.Context, places []Place) error {
	if err := CheckPlaces(places); err != nil {
		return err
	}
	var last *batch
	for _, p := range places {
		_, b, err := s.stage(p.hash())
		if err != nil {
			return err
		}
		if b == nil || b == last {
			continue
		}
		// Another caller may have written the batch before this one.
		if err := s.settle(last); err != nil {
			return err
		}
		last = b
	}
	return s.settle(last)
}

// stage returns the place's key. When it is not durable yet, it is in the
// batch that is returned with it.
func (s *Directory) stage(place [32]byte) (*entry, *batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return nil, nil, s.cause
	}
	if e, ok := s.byPlace[place]; ok {
		return e, nil, nil
	}
	for _, b := range []*batch{s.flight, s.next} {
		if e, ok := b.byPlace[place]; ok {
			return e, b, nil
		}
	}
	if len(s.entries)+len(s.flight.entries)+len(s.next.entries) >= MaxKeys {
		return nil, nil, fmt.Errorf("%w: there are %d keys already", ErrRefused, MaxKeys)
	}
	e := newEntry(place)
	s.next.entries = append(s.next.entries, e)
	s.next.byPlace[place] = e
	return e, s.next, nil
}

// settle returns when the batch is durable. The first who comes writes for
// all who came before the write began.
func (s *Directory) settle(b *batch) error {
	if b == nil {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if b.written {
		return b.err
	}
	return s.commit()
}

// commit writes all keys that wait. The batch that is in flight stays where
// callers find it until its keys are known, so that no place gets two keys.
func (s *Directory) commit() error {
	s.mu.Lock()
	b := s.next
	s.flight, s.next = b, newBatch()
	b.err = s.cause
	s.mu.Unlock()
	if b.err == nil {
		b.err = s.append(b.entries)
	}
	b.written = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = newBatch()
	if b.err != nil {
		return b.err
	}
	s.entries = append(s.entries, b.entries...)
	for _, e := range b.entries {
		s.byID[e.id], s.byPlace[e.place] = e, e
	}
	return nil
}

// append makes new keys durable at the end of the file.
func (s *Directory) append(entries []*entry) error {
	b := s.chain.appendAll(entries)
	_, err := s.file.WriteAt(b, s.size)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		return s.fail(err)
	}
	s.size += int64(len(b))
	return nil
}

// fail refuses all changes from now on: nobody knows what is on the disk.
// Opening the store again finds out. Keys that are known still open events.
func (s *Directory) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cause = fmt.Errorf("keys: %w: %w", ErrBroken, err)
	return s.cause
}

// stopped returns why no changes are possible.
func (s *Directory) stopped() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// Destroy implements Store. The file of keys is written again without the
// secrets, takes the old one's place, and the old one's blocks are overwritten.
// Copies of the old file that were made before open until the epoch is renewed.
// It takes about as long for one key as for many: destroy together.
func (s *Directory) Destroy(_ context.Context, places []Place, d Destruction) ([]Entry, error) {
	if err := errors.Join(CheckPlaces(places), d.check()); err != nil {
		return nil, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.stopped(); err != nil {
		return nil, err
	}
	found, entries, err := s.without(places, d)
	if err != nil {
		return nil, err
	}
	if entries != nil {
		if err := s.rewrite(s.epoch, s.epochKey, entries); err != nil {
			return nil, s.fail(err)
		}
	}
	return found, nil
}

// without returns the destroyed keys of the places, and all entries with them,
// or no entries when none of the keys lives.
func (s *Directory) without(places []Place, d Destruction) (found []Entry, all []*entry, err error) {
	tombs := make(map[*entry]*entry)
	for i, p := range places {
		e, ok := s.byPlace[p.hash()]
		if !ok {
			return nil, nil, fmt.Errorf("%w: place %d has none", ErrUnknown, i)
		}
		if e.destroyed == nil {
			if tombs[e] == nil {
				tombs[e] = e.tomb(d)
			}
			e = tombs[e]
		}
		found = append(found, e.public())
	}
	if len(tombs) == 0 {
		return found, nil, nil
	}
	all = make([]*entry, len(s.entries))
	for i, e := range s.entries {
		all[i] = e
		if tomb, ok := tombs[e]; ok {
			all[i] = tomb
		}
	}
	return found, all, nil
}

// Renew wraps all living keys under a new epoch key and destroys the old one,
// so that copies of the file of keys that were made before open nothing more.
// It is to be done monthly, and after a destruction that may not wait. When it
// returns an error that is not ErrBroken, the keys are wrapped as they were.
func (s *Directory) Renew(ctx context.Context) error { return s.renew(ctx, nil) }

// RenewUnder is Renew, and has the new epoch key wrapped by another KMS: it is
// how a store leaves a secret that has become known, or goes over to a KMS.
// From then on only that KMS opens the store.
func (s *Directory) RenewUnder(ctx context.Context, k KMS) error { return s.renew(ctx, k) }

// renew leaves the KMS as it is when k is nil.
func (s *Directory) renew(ctx context.Context, k KMS) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.stopped(); err != nil {
		return err
	}
	if k == nil {
		k = s.kms
	}
	key, text, err := newEpoch(ctx, k, s.epoch+1)
	if err != nil {
		return err
	}
	old := s.epochKey
	if err := s.begin(s.epoch+1, key, text); err != nil {
		return s.fail(err)
	}
	s.kms = k
	clear(old)
	if err := s.tidy(); err != nil {
		return s.fail(fmt.Errorf("the old epoch key is still there: %w", err))
	}
	return nil
}
