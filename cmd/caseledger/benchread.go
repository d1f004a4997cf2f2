package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/storebench"
)

// What the measurements of reading are held to.
const (
	shortTarget   = 500_000   // events/s
	longTarget    = 1_000_000 // events/s
	scanTarget    = 0.7       // of reading the files
	followRate    = 5000      // events/s
	followWriters = 25
	followTarget  = 2 * time.Millisecond // 99 in 100, above the sync itself
	openTarget    = time.Second
	reindexTarget = 1_000_000 // events/s
	victimWriters = 64
)

// withFilled does something with a journal of b.events events that was closed
// and opened again. It is made once for a run.
func (b *bench) withFilled(ctx context.Context, do func(*journal.Store, storebench.Filled) error) error {
	dir := b.filledDir()
	if b.filled == nil {
		made, err := fill(ctx, dir, b.events)
		if err != nil {
			return err
		}
		b.filled = &made
	}
	store, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(store, *b.filled), store.Close())
}

func (b *bench) filledDir() string { return filepath.Join(b.dir, "filled") }

func fill(ctx context.Context, dir string, events int) (storebench.Filled, error) {
	store, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return storebench.Filled{}, err
	}
	made, err := storebench.NewWorkload(1).Fill(ctx, store, events)
	return made, errors.Join(err, store.Close())
}

// read measures the reading of whole streams, whose events lie apart.
func (b *bench) read(ctx context.Context) error {
	return b.withFilled(ctx, func(store *journal.Store, made storebench.Filled) error {
		if err := b.streams(ctx, store, made.Short, made.ShortEvents, shortTarget); err != nil {
			return err
		}
		return b.streams(ctx, store, made.Long, made.LongEvents, longTarget)
	})
}

func (b *bench) streams(ctx context.Context, store *journal.Store, names []string, events int, target float64) error {
	one := storebench.Result{Work: "read", Case: fmt.Sprintf("streams of %d events", events), Unit: "events/s"}
	var rates []float64
	sum, used := 0, storebench.ProcessorTime()
	for range 2 * benchTurns {
		read, began := 0, time.Now()
		for i := 0; read == 0 || time.Since(began) < b.turn(); i++ {
			n, err := counted(store.ReadStream(ctx, names[i%len(names)], 0))
			if err != nil {
				return err
			}
			if n != events {
				return fmt.Errorf("stream %s: %d events, want %d", names[i%len(names)], n, events)
			}
			read += n
		}
		rates = append(rates, float64(read)/time.Since(began).Seconds())
		sum += read
	}
	one.CPU = storebench.Number(float64((storebench.ProcessorTime() - used).Nanoseconds()) / 1000 / float64(sum))
	one.Value = storebench.Number(storebench.Median(rates))
	one.Reach(fmt.Sprintf("≥ %.0f", target), float64(one.Value) >= target)
	b.add(one)
	return nil
}

// counted reads to the end.
func counted(events iter.Seq2[eventstore.Recorded, error]) (n int, err error) {
	for _, err := range events {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// scan measures the reading of the whole log, in turns with a bare read of its
// files from the page cache. Every side reads all of it at least once in a turn.
func (b *bench) scan(ctx context.Context) error {
	return b.withFilled(ctx, func(store *journal.Store, _ storebench.Filled) error {
		scan := storebench.Result{Work: "scan", Case: fmt.Sprintf("log of %d events", store.Head()), Unit: "MB/s"}
		log := storebench.Result{Work: "scan", Case: "the same, each event in memory of its own", Unit: "MB/s"}
		var scans, logs, limits []float64
		for range benchTurns {
			bare, err := b.repeated(func() (int64, error) { return readSegments(b.filledDir()) })
			if err != nil {
				return err
			}
			scanned, err := b.readWhole(store, func() iter.Seq2[eventstore.Recorded, error] { return store.Scan(ctx, 0) })
			if err != nil {
				return err
			}
			read, err := b.readWhole(store, func() iter.Seq2[eventstore.Recorded, error] { return store.ReadLog(ctx, 0) })
			if err != nil {
				return err
			}
			scans, logs, limits = append(scans, scanned), append(logs, read), append(limits, bare)
		}
		scan.Against(scans, limits)
		scan.AtLeast(scanTarget, "reading the files")
		b.add(scan)
		log.Against(logs, limits)
		b.add(log)
		return nil
	})
}

// readWhole reads the whole log for a turn, and returns how many MB/s that were.
func (b *bench) readWhole(store *journal.Store, log func() iter.Seq2[eventstore.Recorded, error]) (float64, error) {
	return b.repeated(func() (int64, error) {
		n, err := counted(log())
		if err == nil && eventstore.Position(n) != store.Head() {
			err = fmt.Errorf("%d events, want %d", n, store.Head())
		}
		return store.Stats().Bytes, err
	})
}

// repeated does something for a turn, and returns how many MB/s that were.
func (b *bench) repeated(do func() (bytes int64, err error)) (float64, error) {
	sum, began := int64(0), time.Now()
	for sum == 0 || time.Since(began) < b.turn() {
		n, err := do()
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return float64(sum) / 1e6 / time.Since(began).Seconds(), nil
}

// readSegments reads all segments of a journal into one buffer.
func readSegments(dir string) (sum int64, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		return 0, err
	}
	buffer := make([]byte, 256<<10)
	for _, path := range paths {
		n, err := readFile(path, buffer)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func readFile(path string, buffer []byte) (sum int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for {
		n, err := f.Read(buffer)
		sum += int64(n)
		if err == io.EOF {
			return sum, nil
		}
		if err != nil {
			return sum, err
		}
	}
}

// follow measures how long after the call of Append a follower has the event,
// and how long the same calls would wait for a bare loop to write and sync them.
func (b *bench) follow(ctx context.Context) error {
	return b.withJournal(func(store *journal.Store) error {
		bare, err := storebench.NewBare(filepath.Join(b.dir, "bare"), false)
		if err != nil {
			return err
		}
		return errors.Join(b.followed(ctx, store, bare), bare.Close())
	})
}

func (b *bench) followed(ctx context.Context, store *journal.Store, bare *storebench.Bare) error {
	writers := storebench.NewWorkload(1).Writers(followWriters)
	groups := storebench.NewGroups(b.journal())
	var delays, syncs []time.Duration
	var at eventstore.Position
	for range benchTurns {
		delivered, last, err := storebench.Follow(ctx, store, at, writers, followRate, b.turn())
		if err != nil {
			return err
		}
		sizes, err := groups.Next()
		if err != nil {
			return err
		}
		took, err := bare.Replay(sizes)
		if err != nil {
			return err
		}
		for _, one := range delivered {
			delays = append(delays, one.Took)
		}
		syncs, at = append(syncs, storebench.Alone(delivered, took)...), last
	}
	for _, percent := range []int{50, 99} {
		whole, sync := storebench.Percentile(delays, percent), storebench.Percentile(syncs, percent)
		one := storebench.Result{
			Work: "follow", Case: fmt.Sprintf("%d in 100 delivered within", percent), Unit: "ms",
			Value: milliseconds(whole), Limit: milliseconds(sync),
		}
		if percent == 99 {
			one.Reach(fmt.Sprintf("< %v above the sync", followTarget), whole-sync < followTarget)
		}
		b.add(one)
	}
	return nil
}

func milliseconds(d time.Duration) storebench.Number {
	return storebench.Number(float64(d.Microseconds()) / 1000)
}

// reopen measures how long a journal takes to open whose process was killed
// while it appended, and then to index anew.
func (b *bench) reopen(ctx context.Context) error {
	return b.scratch(func() error {
		if err := b.killVictim(ctx); err != nil {
			return err
		}
		began := time.Now()
		store, err := journal.Open(b.journal(), journal.Options{})
		took := time.Since(began)
		if err != nil {
			return err
		}
		events := int(store.Head())
		if err := store.Close(); err != nil {
			return err
		}
		if events < b.events {
			return fmt.Errorf("%d events, %d were acknowledged", events, b.events)
		}
		opened := storebench.Result{Work: "reopen", Case: fmt.Sprintf("after kill -9, %d events", events), Unit: "s", Value: storebench.Number(took.Seconds())}
		opened.Reach(fmt.Sprintf("< %v", openTarget), took < openTarget)
		b.add(opened)

		began = time.Now()
		if _, err := journal.Reindex(b.journal()); err != nil {
			return err
		}
		rate := float64(events) / time.Since(began).Seconds()
		indexed := storebench.Result{Work: "reopen", Case: fmt.Sprintf("reindex, %d events", events), Unit: "events/s", Value: storebench.Number(rate)}
		indexed.Reach(fmt.Sprintf("≥ %d", reindexTarget), rate >= reindexTarget)
		b.add(indexed)
		return nil
	})
}

// victimReady is what a victim says when it has its events, and goes on.
const victimReady = "ready"

// killVictim lets a process of this program append to the journal, and kills it
// a moment after it has its events.
func (b *bench) killVictim(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	victim := exec.CommandContext(ctx, program, "bench", "victim", b.journal(), strconv.Itoa(b.events))
	victim.Stderr = b.to.err
	out, err := victim.StdoutPipe()
	if err != nil {
		return err
	}
	if err := victim.Start(); err != nil {
		return err
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if strings.TrimSpace(said) == victimReady {
		time.Sleep(b.turn())
		err = victim.Process.Kill()
	}
	return errors.Join(err, killed(victim.Wait()))
}

// killed expects a process to have been killed.
func killed(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return nil
	}
	return errors.Join(errors.New("the process that was to be killed ended by itself"), err)
}

// newBenchVictim is what bench reopen runs and kills.
func newBenchVictim(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "victim JOURNAL EVENTS", Short: "Append to a new journal until killed", Hidden: true, Args: exactly(2)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		events, err := strconv.Atoi(args[1])
		if err != nil || events < leastBenchEvent || events > mostBenchEvents {
			return usageError{fmt.Errorf("EVENTS is a number from %d to %d", leastBenchEvent, mostBenchEvents)}
		}
		store, err := journal.Open(args[0], journal.Options{})
		if err != nil {
			return err
		}
		if store.Head() > 0 {
			return errors.Join(errors.New("the journal has events already"), store.Close())
		}
		load := storebench.NewWorkload(1)
		_, err = load.Fill(ctx, store, events)
		if err == nil {
			fmt.Fprintln(to.out, victimReady)
			_, err = storebench.Turn(ctx, load.Writers(victimWriters), mostBenchTime, func(w *storebench.Writer) error {
				_, err := w.Append(ctx, store, 1)
				return err
			})
		}
		return errors.Join(err, store.Close())
	}
	return cmd
}
