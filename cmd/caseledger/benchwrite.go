package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/seal/keys"
	"caseledger/eventstore/storebench"
)

// What the append and import measurements do, and are held to.
const (
	importBatch   = 500 // events in one append
	updateWriters = 64
	appendTarget  = 0.85 // of the bare loop
	updateTarget  = 0.6
	updateBusy    = 0.9 // of the processors, when nothing but them is the limit
	writtenTarget = 1.3 // bytes for a byte
)

// append measures durable appends of one event.
func (b *bench) append(ctx context.Context) error {
	for _, writers := range []int{1, 8, 64, 256} {
		one := storebench.Result{Work: "append", Case: writersOf(writers), Unit: "events/s"}
		zeroing := storebench.Result{Work: "append", Case: one.Case + ", beside a loop that writes zeros ahead as well", Unit: one.Unit}
		err := b.withJournal(func(store *journal.Store) error {
			load := storebench.NewWorkload(1)
			e, err := b.against(ctx, &one, b.journal(), 1, load.Writers(writers), func(w *storebench.Writer) error {
				_, err := w.Append(ctx, store, 1)
				return err
			})
			if err != nil {
				return err
			}
			zeroing.Against(e.ours, e.zeroing)
			return load.Check(store.ReadLog(ctx, 0))
		})
		if err != nil {
			return err
		}
		one.AtLeast(appendTarget, "the bare loop")
		b.add(one)
		b.add(zeroing)
	}
	return nil
}

func writersOf(n int) string {
	if n == 1 {
		return "1 writer"
	}
	return fmt.Sprintf("%d writers", n)
}

// effort is what the turns of the journal took beside time.
type effort struct {
	written int64   // bytes, the index with them; 0 where the system does not say
	busy    float64 // the share of the processors that the process used

	ours, zeroing []float64 // events/s of each turn: the journal's, and those of a loop that writes zeros ahead
}

// against lets writers append events, so many at a time, in turns with a bare
// loop that replays what the journal has written.
func (b *bench) against(ctx context.Context, r *storebench.Result, dir string, events int, writers []*storebench.Writer, do func(*storebench.Writer) error) (e effort, err error) {
	bare, err := storebench.NewBare(filepath.Join(b.dir, "bare"), false)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, bare.Close()) }()
	zeroing, err := storebench.NewBare(filepath.Join(b.dir, "zeroing"), true)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, zeroing.Close()) }()
	groups := storebench.NewGroups(dir)
	if _, err := groups.Next(); err != nil { // what is there already
		return e, err
	}
	before, known := storebench.Written()
	var limits []float64
	var total int
	var used, took time.Duration
	for range benchTurns {
		storebench.Draw(writers, b.turn(), events)
		done, err := storebench.Turn(ctx, writers, b.turn(), do)
		if err != nil {
			return e, err
		}
		sizes, err := groups.Next()
		if err != nil {
			return e, err
		}
		if len(sizes) == 0 {
			return e, errors.New("the journal's files hold no group of this turn")
		}
		replayed, err := bare.Replay(sizes)
		if err != nil {
			return e, err
		}
		zeroed, err := zeroing.Replay(sizes)
		if err != nil {
			return e, err
		}
		n := done.Times * events
		e.ours = append(e.ours, float64(n)/done.Took.Seconds())
		limits = append(limits, float64(n)/storebench.Sum(replayed).Seconds())
		e.zeroing = append(e.zeroing, float64(n)/storebench.Sum(zeroed).Seconds())
		total, used, took = total+n, used+done.CPU, took+done.Took
	}
	r.Against(e.ours, limits)
	r.CPU = storebench.Number(float64(used.Microseconds()) / float64(total))
	e.busy = used.Seconds() / took.Seconds() / float64(runtime.NumCPU())
	if known {
		after, _ := storebench.Written()
		e.written = after - before - bare.Bytes() - zeroing.Bytes()
	}
	return e, nil
}

// update measures acts on records of a whole ledger: each is validated, decided on
// the folded record, sealed under the record's key, and appended; the log over
// the ledger's leaves is written and signed meanwhile. The records' keys are
// made beforehand, as by an import.
func (b *bench) update(ctx context.Context) error {
	return b.scratch(func() error { return b.updating(ctx) })
}

func (b *bench) updating(ctx context.Context) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	untiringly() // as the server
	p := place{dir: filepath.Join(b.dir, "ledger")}
	quiet := streams{out: io.Discard, err: io.Discard}
	err := create(ctx, p, settings.LedgerCreated{Ledger: "localhost/bench", Nation: "england"}, quiet)
	if err != nil {
		return err
	}
	return withApp(ctx, p, quiet, func(a *app) error {
		load := storebench.NewWorkload(1)
		places := make([]keys.Place, storebench.Streams)
		for i := range places {
			places[i].Stream = load.Name(i)
		}
		if err := a.keys.Prepare(ctx, places); err != nil {
			return err
		}
		one := storebench.Result{Work: "update", Case: writersOf(updateWriters) + ", sealed", Unit: "events/s"}
		e, err := b.against(ctx, &one, p.journalDir(), 1, load.Writers(updateWriters), func(w *storebench.Writer) error { return a.write(ctx, w) })
		if err != nil {
			return err
		}
		text := fmt.Sprintf("≥ %v of the bare loop, or %v of the processors' time used (%.2f)", updateTarget, updateBusy, e.busy)
		one.Reach(text, float64(one.Ratio) >= updateTarget || e.busy >= updateBusy)
		b.add(one)
		return nil
	})
}

// write writes a note into some record.
func (a *app) write(ctx context.Context, w *storebench.Writer) error {
	return w.On(func(stream string, _ eventstore.Revision) (int, error) {
		id := newEventID()
		command := note.Write{
			Dated: domain.Dated{Happened: a.records.Setting().Today}, Note: note.ID(fmt.Sprintf("%x", id)),
			Kind: "visit", Text: []note.Passage{{Text: w.Text()}},
		}
		act := eventstore.Act{
			Stream: stream, Request: string(command.Note), Actor: operator("social-worker"), Command: command,
			Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"},
		}
		receipt, err := eventstore.Update(ctx, a.records.Ledger, a.records.Folds, act, func(on record.Record) ([]domain.Fact, error) {
			events, err := on.Notes.Write(command, act.Actor.ID, a.records.Pack)
			return domain.Facts(events...), err
		})
		return receipt.Events(), err
	})
}

// importing measures appends of 500 events, and how much is written for them.
func (b *bench) importing(ctx context.Context) error {
	for _, writers := range []int{1, 4} {
		one := storebench.Result{Work: "import", Case: fmt.Sprintf("batches of %d, %s", importBatch, writersOf(writers)), Unit: "events/s"}
		size := storebench.Result{Work: "import", Case: "written for a byte given, " + writersOf(writers), Unit: "bytes"}
		err := b.withJournal(func(store *journal.Store) error {
			load := storebench.NewWorkload(1)
			from := load.Writers(writers)
			e, err := b.against(ctx, &one, b.journal(), importBatch, from, func(w *storebench.Writer) error {
				_, err := w.Append(ctx, store, importBatch)
				return err
			})
			given := int64(0)
			for _, w := range from {
				given += w.Bytes
			}
			size.Value = storebench.Number(float64(e.written) / float64(given))
			return err
		})
		if err != nil {
			return err
		}
		one.AtLeast(appendTarget, "the bare loop")
		b.add(one)
		if size.Value > 0 {
			size.Reach(fmt.Sprintf("≤ %v", writtenTarget), size.Value <= writtenTarget)
			b.add(size)
		}
	}
	return nil
}
