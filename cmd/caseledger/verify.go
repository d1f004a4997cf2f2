package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore"
	"caseledger/eventstore/seal"
	"caseledger/projections"
	"caseledger/schema"
)

type checkRow struct {
	Check  string `json:"check"`
	Result string `json:"result"` // ok, or what did not hold and where
	Seen   string `json:"seen"`
}

func newVerify(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every byte, every entry and every read model of a ledger",
		Long: `Verify re-reads the whole journal and checks every checksum, position and
revision; checks that in every stream each leaf follows the one before it, and
that each blob is the one that its leaf commits to; opens every entry and reads
it strictly, as its type and version say; and builds all read models anew, to
compare them with those in use. It exits with 3 when anything does not hold.`,
		Example: "  caseledger verify --data ledger",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			rows := a.verify(cmd.Context(), data.dir, to)
			if err := output.print(to.out, rows); err != nil {
				return err
			}
			for _, row := range rows {
				if row.Result != "ok" {
					return verifyError{errors.New("the ledger does not verify: " + row.Check)}
				}
			}
			return nil
		})
	}
	return cmd
}

func (a *app) verify(ctx context.Context, dir string, to streams) []checkRow {
	return []checkRow{a.verifyJournal(ctx), a.verifyChain(ctx, to), a.verifyEntries(ctx, to), a.verifyReadModels(ctx, dir, to)}
}

func verdict(check string, err error, seen string) checkRow {
	if err != nil {
		return checkRow{Check: check, Result: err.Error(), Seen: seen}
	}
	return checkRow{Check: check, Result: "ok", Seen: seen}
}

func (a *app) verifyJournal(ctx context.Context) checkRow {
	report, err := a.store.Verify(ctx)
	return verdict("journal", err, fmt.Sprintf("%d events in %d streams, %d bytes in %d segments", report.Events, report.Streams, report.Bytes, report.Segments))
}

// verifyChain checks, without any key, that each leaf follows the one before
// it in its stream, and that each blob is the one that its leaf commits to.
func (a *app) verifyChain(ctx context.Context, to streams) checkRow {
	chains := make(map[string]seal.Chain)
	err := a.eachEvent(ctx, bar(to.err, "chain"), func(e eventstore.Recorded) error {
		chain, begun := chains[e.Stream]
		if !begun {
			chain = seal.Chain{Ledger: a.sealed.Ledger, Record: e.Stream}
		}
		chain, leaf, err := chain.Next(e.Metadata)
		chains[e.Stream] = chain
		if err != nil {
			return err
		}
		return seal.CheckBlob(leaf, e.Data)
	})
	return verdict("chain", err, fmt.Sprintf("%d chains of leaves", len(chains)))
}

// verifyEntries opens and reads every entry.
func (a *app) verifyEntries(ctx context.Context, to streams) checkRow {
	entries, records := 0, 0
	last := make(map[string]time.Time)
	err := a.eachEvent(ctx, bar(to.err, "entries"), func(e eventstore.Recorded) error {
		entry, err := a.sealed.Decode(e)
		if err != nil {
			return err
		}
		if entry.Recorded.Before(last[e.Stream]) {
			return errors.New("recorded before the entry before it")
		}
		if _, is := schema.RecordOf(e.Stream); is && e.Revision == 1 {
			records++
		}
		last[e.Stream] = entry.Recorded
		entries++
		return nil
	})
	return verdict("entries", err, fmt.Sprintf("%d entries, %d records", entries, records))
}

// eachEvent checks the events of the log up to the first that does not hold.
func (a *app) eachEvent(ctx context.Context, show func(done, total int64), check func(eventstore.Recorded) error) error {
	total := int64(a.store.Head())
	for e, err := range a.store.ReadLog(ctx, 0) {
		if err != nil {
			return err
		}
		if err := check(e); err != nil {
			return fmt.Errorf("position %d: stream %s: %w", e.Position, e.Stream, err)
		}
		show(int64(e.Position), total)
	}
	return nil
}

// verifyReadModels builds all read models anew beside those in use.
func (a *app) verifyReadModels(ctx context.Context, dir string, to streams) checkRow {
	seen := fmt.Sprintf("%d read models", len(projections.All()))
	scratch, err := os.MkdirTemp(dir, "verify-")
	if err != nil {
		return verdict("read models", err, seen)
	}
	defer os.RemoveAll(scratch)
	return verdict("read models", a.compareReadModels(ctx, filepath.Join(scratch, projectionsFile), to), seen)
}

func (a *app) compareReadModels(ctx context.Context, path string, to streams) error {
	fresh, err := projections.Open(path)
	if err != nil {
		return err
	}
	runner, err := projections.NewRunner(fresh, a.store, a.sealed, projections.All())
	if err != nil {
		return errors.Join(err, fresh.Close())
	}
	show, total := bar(to.err, "read models"), int64(a.store.Head())
	err = runner.CatchUp(ctx, func(at eventstore.Position) { show(int64(at), total) })
	for _, p := range projections.All() {
		if err != nil {
			break
		}
		err = sameRows(ctx, a.db, fresh, p.Name)
	}
	return errors.Join(err, fresh.Close())
}

func sameRows(ctx context.Context, a, b *projections.DB, name string) error {
	used, err := a.Digest(ctx, name)
	if err != nil {
		return err
	}
	fresh, err := b.Digest(ctx, name)
	if err == nil && used != fresh {
		err = fmt.Errorf("read model %s is not what the entries say; run 'caseledger rebuild'", name)
	}
	return err
}

func newRebuild(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rebuild",
		Short:   "Throw the read models away and build them anew from the journal",
		Example: "  caseledger rebuild --data ledger",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		// The vault is opened first, so that nobody else is at work here and
		// what is thrown away can be made again.
		v, err := openVault(cmd.Context(), *data)
		if err != nil {
			return err
		}
		err = v.current(cmd.Context())
		if err == nil {
			err = removeReadModels(data.dir)
		}
		if err != nil {
			return errors.Join(err, v.close())
		}
		return useApp(cmd.Context(), data.dir, v, to, func(a *app) error {
			fmt.Fprintf(to.out, "Rebuilt %d read models from %d events.\n", len(projections.All()), a.store.Head())
			return nil
		})
	}
	return cmd
}

func removeReadModels(dir string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Remove(filepath.Join(dir, projectionsFile+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
