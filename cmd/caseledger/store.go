package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
)

func newStore(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Short:   "The store of the events: its size, its soundness, its index; a move to an EventStoreDB and back",
		Example: "  caseledger store info --data ledger",
	}
	return family(cmd, newStoreInfo(to), newStoreCheck(to), newStoreReindex(to), newStoreCopy(to), newStoreServe(to), newStoreAccount(to))
}

// addFiles adds the flags of commands that look at the files of a ledger and
// open no record.
func addFiles(cmd *cobra.Command) *place {
	p := &place{}
	dir := os.Getenv("CASELEDGER_DATA")
	if dir == "" {
		dir = "caseledger-data"
	}
	cmd.Flags().StringVar(&p.dir, "data", dir, "directory of the ledger (also CASELEDGER_DATA)")
	cmd.Flags().StringVar(&p.log.lastDir, "last-checkpoint", os.Getenv("CASELEDGER_LAST_CHECKPOINT"),
		"directory, on another disk, that remembers the last checkpoint (also CASELEDGER_LAST_CHECKPOINT)")
	return p
}

// storeInfo is what is known of a journal by its files.
type storeInfo struct {
	Journal    string `json:"journal"` // its id
	Segments   int    `json:"segments"`
	Streams    int    `json:"streams"`
	Events     uint64 `json:"events"`
	Bytes      int64  `json:"bytes"` // of events
	Head       uint64 `json:"head"`  // position of the last event
	Checkpoint int64  `json:"checkpoint"`
	Index      string `json:"index"`
}

func newStoreInfo(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info",
		Short: "Show what the journal holds",
		Long: `Info reads the files of the journal and takes no lock: another process may be at
work. It changes nothing.`,
		Example: "  caseledger store info --data ledger --output json",
		Args:    exactly(0),
	}
	data, output := addFiles(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		info, err := data.storeInfo(cmd.Context())
		if err != nil {
			return err
		}
		return output.print(to.out, []storeInfo{info})
	}
	return cmd
}

func (p place) storeInfo(ctx context.Context) (storeInfo, error) {
	if err := p.isLedger(); err != nil {
		return storeInfo{}, err
	}
	files, err := journal.ReadFiles(ctx, p.journalDir(), 0)
	if err != nil {
		return storeInfo{}, err
	}
	info := storeInfo{
		Journal: files.Journal, Segments: len(files.Parts), Streams: files.Streams, Events: files.Events,
		Bytes: files.Bytes, Head: uint64(files.Last), Index: indexState(files),
	}
	last, err := p.last().Load(ctx)
	if err != nil || last == nil {
		return info, err
	}
	c, err := proof.ReadCheckpoint(last)
	info.Checkpoint = c.Size
	return info, err
}

func indexState(f journal.Files) string {
	sealed := len(f.Parts) - f.Unsealed
	if f.Indexed == sealed {
		return "complete"
	}
	return fmt.Sprintf("of %d of %d sealed segments; the rest is made when the ledger is opened next", f.Indexed, sealed)
}

func (p place) journalDir() string { return filepath.Join(p.dir, journalDir) }

// isLedger refuses a directory without a journal, and one whose ledger is
// elsewhere.
func (p place) isLedger() error {
	if err := embeddedOnly(p.dir); err != nil {
		return err
	}
	info, err := os.Stat(p.journalDir())
	if err != nil || !info.IsDir() {
		return notReadyError{fmt.Errorf("there is no ledger in %s", p.dir)}
	}
	return nil
}

func newStoreCheck(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read every byte of the journal and check it",
		Long: `Check verifies every checksum, digest, position and revision of the journal, and
that its index leads to each event. It opens no record and compares nothing with
a checkpoint: that is what 'caseledger verify' does. It exits with 3 when anything
does not hold, and repairs nothing.`,
		Example: "  caseledger store check --data ledger",
		Args:    exactly(0),
	}
	data := addFiles(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		store, err := openJournal(data.dir)
		if err != nil {
			return err
		}
		began := time.Now()
		seen, err := store.Verify(cmd.Context())
		if closed := store.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fmt.Errorf("%w; %d events before it are sound. Keep a copy of the directory as it is, and restore the last backup elsewhere", err, seen.Events)
		}
		fmt.Fprintf(to.out, "Sound: %d events in %d streams, %d bytes in %d segments, read in %v.\n",
			seen.Events, seen.Streams, seen.Bytes, seen.Segments, time.Since(began).Round(time.Millisecond))
		return nil
	}
	return cmd
}

func newStoreReindex(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "reindex",
		Short:   "Throw the journal's index away and build it anew from the segments",
		Example: "  caseledger store reindex --data ledger",
		Args:    exactly(0),
	}
	data := addFiles(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := data.isLedger(); err != nil {
			return err
		}
		began := time.Now()
		indexed, err := journal.Reindex(data.journalDir())
		if err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Fprintf(to.out, "Indexed %d events in %d streams in %v: %.0f events/s.\n",
			indexed.Events, indexed.Streams, took.Round(time.Millisecond), float64(indexed.Events)/took.Seconds())
		return nil
	}
	return cmd
}
