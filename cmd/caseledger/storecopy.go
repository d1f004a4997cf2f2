package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof/sealer"
)

func newStoreCopy(to streams) *cobra.Command {
	var target storeConfig
	var inJournal, dry bool
	cmd := &cobra.Command{
		Use:   "copy",
		Short: "Move a ledger from its journal to an EventStoreDB, or back",
		Long: `Copy appends every event of the ledger, as it is and in the same order, to an
EventStoreDB or to the journal of the data directory, reads both again from end to
end, and only then makes the copy the ledger's store. Leaves, and so the tree and
every proof, stay as they are. Keys and checkpoints stay where they are; the
files of the log and the read models are made anew.

What an interrupted copy has appended is compared and gone on with. A target that
holds anything else is refused. The store that was left is not changed; an old
journal can be removed when backups of the new store exist. Nothing else may write
to the ledger meanwhile.`,
		Example: `  caseledger store copy --data ledger --to "esdb://store.example:2113?tlsCAFile=ca.pem" --credentials store-login
  caseledger store copy --data ledger --to-journal`,
		Args: exactly(0),
	}
	data := addData(cmd)
	cmd.Flags().StringVar(&target.Connection, "to", "", "connection string of the EventStoreDB, without credentials")
	cmd.Flags().StringVar(&target.Credentials, "credentials", "", "file with one line, login:password, for it")
	cmd.Flags().BoolVar(&inJournal, "to-journal", false, "move to the journal in the data directory")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "compare with what the target holds and append nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if inJournal == (target.Connection != "") {
			return usageError{errors.New("give one of --to and --to-journal")}
		}
		m := move{place: *data, target: &target, dry: dry, to: to}
		if inJournal {
			m.target = nil
		}
		return m.run(cmd.Context())
	}
	return cmd
}

// move is one run of the command.
type move struct {
	place  place
	target *storeConfig // nil is the journal
	dry    bool
	to     streams
}

func (m move) run(ctx context.Context) error {
	present, err := readStoreFile(m.place.dir)
	if err != nil {
		return err
	}
	if (present == nil) == (m.target == nil) {
		return usageError{errors.New("the ledger is in such a store already")}
	}
	v, err := openVault(ctx, m.place) // so that nobody else writes
	if err != nil {
		return err
	}
	if err := m.copied(ctx, v); err != nil || m.dry {
		return errors.Join(err, v.close())
	}
	if err := errors.Join(v.close(), m.change(ctx)); err != nil {
		return err
	}
	// Opening it makes the tree of what the new store holds and compares it with
	// the last checkpoint.
	return withLog(ctx, m.place, m.to, func(*app) error {
		fmt.Fprintln(m.to.out, "The ledger is in its new store, and agrees with the last checkpoint.")
		return nil
	})
}

// copied appends to the target what it lacks and compares the two.
func (m move) copied(ctx context.Context, v vault) error {
	target, err := m.open(ctx)
	if err != nil {
		return err
	}
	err = m.fill(ctx, v, target)
	return errors.Join(err, target.Close())
}

func (m move) open(ctx context.Context) (ledgerStore, error) {
	if m.target != nil {
		return m.target.open(ctx)
	}
	j, err := journal.Open(filepath.Join(m.place.dir, journalDir), journal.Options{})
	return embedded{j}, err
}

func (m move) fill(ctx context.Context, v vault, target ledgerStore) error {
	head, err := v.store.Head(ctx)
	if err != nil {
		return err
	}
	show := bar(m.to.err, "store copy")
	began := time.Now()
	there, appended, err := transfer(ctx, v.store, target, m.dry, func(at eventstore.Position) { show(int64(at), int64(head)) })
	if err != nil {
		return err
	}
	if m.dry {
		fmt.Fprintf(m.to.out, "The target holds the first %d events; %d would be appended.\n", there, appended)
		return nil
	}
	took := time.Since(began)
	fmt.Fprintf(m.to.out, "%d events were there, %d appended in %v: %.0f events/s. Comparing.\n",
		there, appended, took.Round(time.Millisecond), float64(appended)/took.Seconds())
	there, missing, err := transfer(ctx, v.store, target, true, func(eventstore.Position) {})
	if err == nil && missing > 0 {
		err = fmt.Errorf("the target lacks %d events after %d: somebody wrote to the ledger meanwhile", missing, there)
	}
	return err
}

// change makes the target the ledger's store. Log and read models name
// positions of the old one; both are made anew, whichever store the ledger has
// when this is interrupted.
func (m move) change(ctx context.Context) error {
	err := sealer.Forget(m.place.logDir())
	if err == nil {
		err = m.place.removeReadModels(ctx)
	}
	if err != nil {
		return err
	}
	if m.target != nil {
		return m.target.write(m.place.dir)
	}
	return os.Remove(filepath.Join(m.place.dir, storeFile))
}

// transfer compares the events of a store with those of another, in order, and
// appends what the other lacks at its end, or counts it when dry. It returns how
// many were there, and how many were not.
func transfer(ctx context.Context, from, to eventstore.Store, dry bool, progress func(eventstore.Position)) (there, missing int, err error) {
	next, stop := iter.Pull2(to.ReadLog(ctx, 0))
	defer stop()
	run := batchOf{to: to}
	for e, err := range from.ReadLog(ctx, 0) {
		if err != nil {
			return there, missing, err
		}
		progress(e.Position)
		if missing == 0 {
			have, failed, ok := next()
			switch {
			case failed != nil:
				return there, missing, failed
			case ok && !same(have, e):
				return there, missing, verifyError{fmt.Errorf("the target holds something else as event %d, stream %s", there+1, have.Stream)}
			case ok:
				there++
				continue
			}
		}
		missing++
		if dry {
			continue
		}
		if err := run.add(ctx, e); err != nil {
			return there, missing, err
		}
	}
	if err := run.flush(ctx); err != nil || missing > 0 {
		return there, missing, err
	}
	if have, failed, ok := next(); ok {
		return there, missing, errors.Join(failed, verifyError{fmt.Errorf("the target holds more than the ledger: event %d, stream %s", there+1, have.Stream)})
	}
	return there, missing, nil
}

func same(a, b eventstore.Recorded) bool {
	return a.Stream == b.Stream && a.Revision == b.Revision && a.ID == b.ID && a.Type == b.Type &&
		string(a.Metadata) == string(b.Metadata) && string(a.Data) == string(b.Data)
}

// batchOf appends consecutive events of one stream together.
type batchOf struct {
	to     eventstore.Store
	stream string
	after  eventstore.Revision
	events []eventstore.Event
	bytes  int
}

// Limits of one append of a copy: far under those of a store.
const (
	maxCopyEvents = 1_000
	maxCopyBytes  = 4 << 20
)

func (b *batchOf) add(ctx context.Context, e eventstore.Recorded) error {
	size := len(e.Metadata) + len(e.Data)
	if e.Stream != b.stream || len(b.events) == maxCopyEvents || b.bytes+size > maxCopyBytes {
		if err := b.flush(ctx); err != nil {
			return err
		}
		b.stream, b.after = e.Stream, e.Revision-1
	}
	b.events, b.bytes = append(b.events, e.Event), b.bytes+size
	return nil
}

func (b *batchOf) flush(ctx context.Context) error {
	if len(b.events) == 0 {
		return nil
	}
	_, err := b.to.Append(ctx, b.stream, b.after, b.events)
	b.stream, b.events, b.bytes = "", nil, 0
	return err
}
