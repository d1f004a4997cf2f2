// Package feed is what the ways in which notices leave have in common: a filter
// says which of them a follower wants, and an account of what it is told nothing.
// It opens no event to anybody.
package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// Media types of CloudEvents 1.0.
const (
	MediaType      = "application/cloudevents+json"
	BatchMediaType = "application/cloudevents-batch+json"
)

// MaxTypes bounds the types of events that one filter names.
const MaxTypes = 100

// Filter says which notices a follower wants: those that match every member
// that is not empty. Only what stands in persons' records is ever wanted.
type Filter struct {
	Types  []string        `json:"types,omitempty"` // names of events: "referral.received"
	Record domain.RecordID `json:"record,omitempty"`
	// Team wants what stands in records of which the team holds a case at the
	// time of reading.
	Team string `json:"team,omitempty"`
}

// Check says what is wrong with a filter.
func (f Filter) Check() error {
	if len(f.Types) > MaxTypes {
		return fmt.Errorf("feed: more than %d types of events", MaxTypes)
	}
	for _, name := range f.Types {
		if !Known(name) {
			return errors.New("feed: no event has the name of a type")
		}
	}
	return nil
}

// names are those of all types of events.
var names = func() map[string]bool {
	all := make(map[string]bool)
	for _, t := range schema.Events() {
		all[t.Name] = true
	}
	return all
}()

// Known reports whether there is a type of event with the name.
func Known(name string) bool { return names[name] }

// Held returns the records of which a team holds a case now, sorted.
type Held func(ctx context.Context, team string) ([]domain.RecordID, error)

// HeldIn is Held of a ledger's read models, which catchUp brings to its end.
func HeldIn(db *projections.DB, catchUp func(context.Context) error) Held {
	return func(ctx context.Context, team string) ([]domain.RecordID, error) {
		if err := catchUp(ctx); err != nil {
			return nil, err
		}
		rows, err := db.Allocations(ctx, projections.AllocationFilter{Team: team, Open: true})
		ids := make([]domain.RecordID, len(rows))
		for i, row := range rows {
			ids[i] = row.Record
		}
		slices.Sort(ids)
		return slices.Compact(ids), err
	}
}

// Choice applies a filter to events in the order of the ledger. It belongs to
// one goroutine.
type Choice struct {
	filter Filter
	held   Held
	team   []domain.RecordID
	asked  bool // for team
}

// NewChoice returns the choice of a filter that passes Check.
func NewChoice(f Filter, held Held) *Choice { return &Choice{filter: f, held: held} }

// Takes reports whether the event is wanted.
func (c *Choice) Takes(ctx context.Context, e eventstore.Recorded) (bool, error) {
	id, isRecord := schema.RecordOf(e.Stream)
	if !isRecord || c.filter.Record != "" && c.filter.Record != id {
		return false, nil
	}
	name := schema.NameOf(e.Type)
	if c.filter.Team != "" {
		if err := c.follow(ctx, name); err != nil {
			return false, err
		}
		if _, theirs := slices.BinarySearch(c.team, id); !theirs {
			return false, nil
		}
	}
	return len(c.filter.Types) == 0 || slices.Contains(c.filter.Types, name), nil
}

// follow looks again at what the team holds where an event may have moved it: an
// allocation, or an entry that takes one out of force.
func (c *Choice) follow(ctx context.Context, name string) error {
	if c.asked && !strings.HasPrefix(name, "allocation.") && !strings.HasPrefix(name, "entry.") {
		return nil
	}
	team, err := c.held(ctx, c.filter.Team)
	if err != nil {
		return fmt.Errorf("feed: what a team holds: %w", err)
	}
	c.team, c.asked = team, true
	return nil
}
