package keys

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"caseledger/eventstore/seal"
)

var _ Store = (*Memory)(nil)

// Memory is a key store that lives and dies with its process, for tests and
// scratch work: what was sealed under its keys can never be opened afterwards.
type Memory struct {
	mu      sync.Mutex
	entries []*entry // in the order of their making
	byID    map[string]*entry
	byPlace map[[32]byte]*entry
}

// NewMemory returns an empty key store.
func NewMemory() *Memory {
	return &Memory{byID: make(map[string]*entry), byPlace: make(map[[32]byte]*entry)}
}

// ForOpening implements Store.
func (m *Memory) ForOpening(_ context.Context, id string) (seal.Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byID[id]; ok {
		return e.key()
	}
	return seal.Key{}, unknown(id)
}

// ForSealing implements Store.
func (m *Memory) ForSealing(_ context.Context, p Place) (seal.Key, error) {
	if err := p.check(); err != nil {
		return seal.Key{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.make(p.hash()).key()
}

// make returns the place's key, a new one if there is none.
func (m *Memory) make(place [32]byte) *entry {
	e, ok := m.byPlace[place]
	if !ok {
		e = newEntry(place)
		m.entries = append(m.entries, e)
		m.byID[e.name()], m.byPlace[place] = e, e
	}
	return e
}

// Prepare implements Store.
func (m *Memory) Prepare(_ context.Context, places []Place) error {
	if err := CheckPlaces(places); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range places {
		m.make(p.hash())
	}
	return nil
}

// Destroy implements Store.
func (m *Memory) Destroy(_ context.Context, places []Place, d Destruction) ([]Entry, error) {
	if err := errors.Join(CheckPlaces(places), d.check()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, p := range places {
		if m.byPlace[p.hash()] == nil {
			return nil, fmt.Errorf("%w: place %d has none", ErrUnknown, i)
		}
	}
	var found []Entry
	for _, p := range places {
		e := m.byPlace[p.hash()]
		if e.destroyed == nil {
			*e = *e.tomb(d)
		}
		found = append(found, e.public())
	}
	return found, nil
}

// List implements Store.
func (m *Memory) List(context.Context) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Entry, len(m.entries))
	for i, e := range m.entries {
		out[i] = e.public()
	}
	return out, nil
}
