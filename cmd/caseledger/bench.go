package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore/journal"
	"caseledger/eventstore/storebench"
)

// Bounds of what a measurement may be asked for.
const (
	mostBenchTime   = time.Hour
	mostBenchEvents = 100_000_000
	mostBenchRate   = 1_000_000
	leastBenchEvent = 1000
)

// benchTurns is how many turns the sides of a measurement take, each in half of
// its share of the duration.
const benchTurns = 5

// bench is a run of measurements, in a directory of its own.
type bench struct {
	dir      string
	profile  string        // file for a profile of the processor, "" for none
	duration time.Duration // of one measurement
	events   int           // of the journals that are read and opened
	rate     int           // requests a second of memory, 0 for as many as are answered
	to       streams
	results  []storebench.Result
	filled   *storebench.Filled // the journal that is read and scanned, once it is made
}

// benchmark is one selection.
type benchmark struct {
	name string
	run  func(*bench, context.Context) error
}

func benchmarks() []benchmark {
	return []benchmark{
		{"append", (*bench).append},
		{"update", (*bench).update},
		{"import", (*bench).importing},
		{"read", (*bench).read},
		{"scan", (*bench).scan},
		{"follow", (*bench).follow},
		{"reopen", (*bench).reopen},
		{"api", (*bench).api},
		{"feed", (*bench).feed},
		{"memory", (*bench).memory},
	}
}

func newBench(to streams) *cobra.Command {
	b := &bench{to: to}
	names := make([]string, 0, len(benchmarks()))
	for _, one := range benchmarks() {
		names = append(names, one.name)
	}
	cmd := &cobra.Command{
		Use:   "bench [" + strings.Join(names, "|") + "]...",
		Short: "Measure the journal and the HTTP API on this machine against what it allows",
		Long: `Bench measures the embedded store with made-up events, in a directory of its own
that it removes: no ledger is touched. All measurements are made unless some are
named, with as much memory as a server would use. The limit of what is written is a bare loop that writes as many bytes in the same
groups and syncs each; it takes turns with the journal, and a ratio is the median of the turns.

  append   durable appends of one event, by 1 to 256 writers
  update   acts on records, validated, decided, sealed and appended, by 64 writers
  import   appends of 500 events
  read     streams of 100 and of 10,000 events
  scan     the whole log, against reading the same files from the page cache
  follow   the time from an append to its delivery, at 5,000 events a second
  reopen   opening the journal of a process that was killed, and indexing it anew
  api      acts, views and enquiries over 64 connections to a server process, in turns
           with a page that does nothing and with the journal alone
  feed     the time from an entry's recording to its delivery to 1,000 who follow the
           feed of a server process, at 500 events a second
  memory   what a server process holds under a mixed load, in ten parts of the time

Payloads are JSON of 600 bytes in the mean, metadata is 300 bytes, and 100,000
streams are as busy as a Zipf distribution says.`,
		Example: "  caseledger bench\n  caseledger bench append import --dir /srv/scratch --duration 30s --output json",
		Args:    usage(cobra.MatchAll(cobra.OnlyValidArgs)), ValidArgs: names,
	}
	cmd.Flags().StringVar(&b.dir, "dir", "", "directory, on the disk to be measured, to work under; empty is the system's for temporary files")
	cmd.Flags().DurationVar(&b.duration, "duration", 10*time.Second, "time for each measurement")
	cmd.Flags().IntVar(&b.events, "events", 500_000, "events of the journals that are read, scanned and opened")
	cmd.Flags().IntVar(&b.rate, "rate", 0, "requests a second of memory; 0 is as many as are answered")
	cmd.Flags().StringVar(&b.profile, "profile", "", "file for a profile of the processor, which go tool pprof reads; that of the server of api, feed and memory has .server after its name")
	output := addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := b.bounded(); err != nil {
			return err
		}
		spaciously() // as the server that does such work
		if err := b.scratch(func() error { return b.profiled(func() error { return b.all(cmd.Context(), args) }) }); err != nil {
			return err
		}
		return output.print(to.out, b.results)
	}
	cmd.AddCommand(newBenchVictim(to), newBenchServer(to))
	return cmd
}

func (b *bench) bounded() error {
	if b.duration <= 0 || b.duration > mostBenchTime {
		return usageError{fmt.Errorf("--duration is more than 0 and at most %v", mostBenchTime)}
	}
	if b.events < leastBenchEvent || b.events > mostBenchEvents {
		return usageError{fmt.Errorf("--events is a number from %d to %d", leastBenchEvent, mostBenchEvents)}
	}
	if b.rate < 0 || b.rate > mostBenchRate {
		return usageError{fmt.Errorf("--rate is a number from 0 to %d", mostBenchRate)}
	}
	return nil
}

// all makes the measurements that are named, all if none is.
func (b *bench) all(ctx context.Context, named []string) error {
	for _, one := range benchmarks() {
		if len(named) > 0 && !slices.Contains(named, one.name) {
			continue
		}
		fmt.Fprintf(b.to.err, "caseledger: bench %s\n", one.name)
		if err := one.run(b, ctx); err != nil {
			return fmt.Errorf("bench %s: %w", one.name, err)
		}
	}
	return nil
}

// profiled does something, and writes down what the processor did meanwhile.
func (b *bench) profiled(do func() error) error {
	if b.profile == "" {
		return do()
	}
	f, err := os.Create(b.profile)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	err = do()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

// scratch does something in a new directory under b.dir, which it removes.
func (b *bench) scratch(do func() error) error {
	under := b.dir
	dir, err := os.MkdirTemp(under, "caseledger-bench-")
	if err != nil {
		return err
	}
	b.dir = dir
	err = do()
	b.dir = under
	return errors.Join(err, os.RemoveAll(dir))
}

// turn is the time that one side has for one turn.
func (b *bench) turn() time.Duration { return b.duration / (2 * benchTurns) }

func (b *bench) add(r storebench.Result) { b.results = append(b.results, r) }

// withJournal does something with an empty journal, in a scratch directory.
func (b *bench) withJournal(do func(*journal.Store) error) error {
	return b.scratch(func() error {
		store, err := journal.Open(b.journal(), journal.Options{})
		if err != nil {
			return err
		}
		return errors.Join(do(store), store.Close())
	})
}

func (b *bench) journal() string { return filepath.Join(b.dir, journalDir) }
