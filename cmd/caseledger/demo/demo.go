// Package demo makes a synthetic authority: families over six years, with all
// that happens to a record in practice, such as late entries, corrections,
// transfers and a child who is registered again. The same seed gives the same
// entries: payloads, order, times and ids. What a store holds of them differs,
// because keys and salts are random. Everybody in it is made up.
//
// It writes through the same commands as everybody else, and never past them.
package demo

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Options say which authority to make.
type Options struct {
	Seed     uint64
	Children int // at least this many; families are not torn apart
	// Progress is told how many acts are done; nil for none.
	Progress func(done, total int64)
}

// Summary says what was made.
type Summary struct {
	Families    int
	Children    int
	Acts        int
	Late        int // notes written more than three days after what they tell
	Corrections int
	Errors      int // entries written in error
	Transfers   int // cases handed to another authority
	Again       int // children registered a second time
	LookedAfter int // children who came into care
	Adults      int // adults and carers who asked for support
}

// The days between which the authority's work lies.
var (
	firstDay = domain.MustDate("2020-10-01")
	lastDay  = domain.MustDate("2026-09-30")
)

// Start returns the moment at which the ledger of the demo is created.
func Start() time.Time { return firstDay.Time().Add(8 * time.Hour) }

// Clock is the time of day in the demo.
type Clock struct {
	now  time.Time
	runs bool
}

// Now returns the time in the demo.
func (c *Clock) Now() time.Time {
	if c.runs {
		c.now = c.now.Add(time.Second)
	}
	return c.now
}

// Run lets time pass from the evening of the last day on, after all that Build
// makes: a second whenever somebody asks.
func (c *Clock) Run() {
	c.runs = true
	if evening := lastDay.Time().Add(18 * time.Hour); c.now.Before(evening) {
		c.now = evening
	}
}

// NewLedger returns a ledger over the store whose clock and event ids follow
// from the seed.
func NewLedger(store eventstore.Store, codec eventstore.Codec, seed uint64) (*eventstore.Ledger, *Clock) {
	clock := &Clock{now: Start()}
	ids := rand.New(rand.NewPCG(seed, 1))
	return &eventstore.Ledger{Store: store, Codec: codec, Now: clock.Now, NewID: func() eventstore.EventID {
		return eventstore.EventID(randomBytes(ids))
	}}, clock
}

// step is one act at a moment. Its commands become one entry each.
type step struct {
	at       time.Time
	order    int
	record   domain.RecordID
	siblings []domain.RecordID // others whom the act concerns too
	by       actor
	commands []any
	// corrects finds the entry that the command replaces; nil for none.
	corrects func([]domain.Entry) uint64
}

// Build makes the authority in an empty ledger made by NewLedger.
func Build(ctx context.Context, records *schema.Records, clock *Clock, o Options) (Summary, error) {
	g := &generator{rng: rand.New(rand.NewPCG(o.Seed, 2)), pack: records.Pack}
	for len(g.born) < o.Children {
		g.family()
	}
	g.adults()
	slices.SortStableFunc(g.steps, func(a, b step) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order)) })
	for i, s := range g.steps {
		if s.at.After(clock.now) {
			clock.now = s.at
		}
		if err := s.perform(ctx, records); err != nil {
			return g.summary, fmt.Errorf("demo: act %d (%T): %w", i, s.commands[0], err)
		}
		if o.Progress != nil {
			o.Progress(int64(i+1), int64(len(g.steps)))
		}
	}
	g.summary.Acts, g.summary.Children = len(g.steps), len(g.born)
	return g.summary, nil
}

func (s step) perform(ctx context.Context, records *schema.Records) error {
	act := eventstore.Act{Request: fmt.Sprintf("demo-%d", s.order), Actor: s.by.actor(), Authority: s.by.authority()}
	if s.corrects != nil {
		return s.correct(ctx, records, act)
	}
	if len(s.siblings) > 0 {
		acts := make(map[domain.RecordID]eventstore.Act)
		for _, id := range append(s.siblings, s.record) {
			act.Command = s.commands[0]
			acts[id] = act
		}
		_, err := records.DoAll(ctx, fmt.Sprintf("demo-%d", s.order), acts)
		return err
	}
	_, err := records.DoSeries(ctx, s.record, act, s.commands...)
	return err
}

func (s step) correct(ctx context.Context, records *schema.Records, act eventstore.Act) error {
	on, _, err := records.Load(ctx, s.record)
	if err != nil {
		return err
	}
	entry := s.corrects(on.Entries)
	if command, ok := s.commands[0].(func(entry uint64) any); ok {
		act.Command = command(entry)
		_, err := records.Do(ctx, s.record, act)
		return err
	}
	act.Command = schema.Correction{Entry: entry, Reason: "Mistyped; found when the file was checked.", Command: s.commands[0]}
	_, err = records.Correct(ctx, s.record, act)
	return err
}

// generator draws lives and collects the acts in them.
type generator struct {
	rng     *rand.Rand
	pack    policy.Pack
	steps   []step
	born    []domain.RecordID
	numbers int // of children's numbers given out
	locals  int // of local ids given out
	notes   int // of visits
	summary Summary

	assessed, reported, dropped int // assessments, conferences, and enquiries without one
}

func (g *generator) newID() string { return hex.EncodeToString(randomBytes(g.rng)) }

func randomBytes(rng *rand.Rand) []byte {
	b := make([]byte, 16)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// chance is true in one of n cases.
func (g *generator) chance(n int) bool { return g.rng.IntN(n) == 0 }

// between returns a number from low to high, both included.
func (g *generator) between(low, high int) int { return low + g.rng.IntN(high-low+1) }

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

// actor is who acts in the demo, in which role and on which basis.
type actor struct {
	id, role, basis, purpose string
}

func (a actor) actor() domain.Actor {
	return domain.Actor{ID: a.id, Role: a.role, Agency: "anytown-childrens-services"}
}

func (a actor) authority() domain.Authority {
	return domain.Authority{Basis: a.basis, Purpose: a.purpose}
}
