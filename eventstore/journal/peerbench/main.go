// Command peerbench compares the journal with what else an authority might keep
// its events in: the same events, from as many writers, in the same run, by turns,
// each as durable as its makers can make it and each with the expected revision
// checked. Afterwards every acknowledged event is read back.
//
// It is a module of its own, so that what it needs is no part of the product.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/storebench"
)

// peer is a store of events, as far as it is compared.
type peer interface {
	storebench.Appender
	// ReadLog yields all events in the order of position.
	ReadLog(ctx context.Context) iter.Seq2[eventstore.Recorded, error]
	Close() error
}

// kind says how to make a peer in an empty directory.
type kind struct {
	name string
	what string // it is
	open func(ctx context.Context, dir string) (peer, error)
}

func kinds() []kind {
	return []kind{
		{"journal", "the journal", openJournal},
		{"pebble", "Pebble v2, an event and an index key in one synced batch", openPebble},
		{"sqlite", "SQLite, WAL, synchronous=FULL, all that wait in one transaction", openSQLite},
		{"postgres", "PostgreSQL 15, an events table, all that wait in one INSERT", openTable},
		{"message-db", "PostgreSQL 15, message-db's functions, all that wait in one transaction", openMessageDB},
		{"nats", "NATS JetStream, sync_interval: always", openNATS},
	}
}

// turns is how many turns each store has with each number of writers.
const turns = 5

var writerCounts = []int{1, 8, 64, 256}

type options struct {
	peers    []string
	duration time.Duration // of all turns of one store with one number of writers
	dir      string
	json     bool
}

func main() {
	var o options
	peers := flag.String("peers", "", "what to compare, separated by commas; empty is everything, PostgreSQL only if "+postgresVariable+" says where one is")
	flag.DurationVar(&o.duration, "duration", 5*time.Second, "time for each store with each number of writers")
	flag.StringVar(&o.dir, "dir", "", "directory to work under, on the disk to be measured; empty is the system's for temporary files")
	flag.BoolVar(&o.json, "json", false, "print JSON, not a table")
	flag.Parse()
	if *peers != "" {
		o.peers = strings.Split(*peers, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out, log io.Writer) error {
	chosen, err := choose(o.peers)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.dir, "caseledger-peerbench-")
	if err != nil {
		return err
	}
	results, err := compare(ctx, chosen, dir, o.duration/turns, log)
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	if o.json {
		text, err := json.MarshalIndent(results, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
	return printTable(out, results)
}

// choose returns the kinds that are named, and the journal.
func choose(named []string) ([]kind, error) {
	all := kinds()
	for _, name := range named {
		if !slices.ContainsFunc(all, func(k kind) bool { return k.name == name }) {
			return nil, fmt.Errorf("there is no peer %q", name)
		}
	}
	return slices.DeleteFunc(all, func(k kind) bool {
		switch {
		case k.name == "journal":
			return false
		case len(named) > 0:
			return !slices.Contains(named, k.name)
		}
		return os.Getenv(postgresVariable) == "" && (k.name == "postgres" || k.name == "message-db")
	}), nil
}

// contender is an open store with its events, and what it reached.
type contender struct {
	kind
	peer
	load  *storebench.Workload
	rates []float64 // events/s, in each turn with the writers of now
}

// compare opens all stores, lets them take turns with every number of writers,
// and reads everything back.
func compare(ctx context.Context, chosen []kind, dir string, turn time.Duration, log io.Writer) (results []result, err error) {
	var all []*contender
	defer func() {
		for _, c := range all {
			err = errors.Join(err, c.Close())
		}
	}()
	for _, k := range chosen {
		p, err := k.open(ctx, filepath.Join(dir, k.name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		all = append(all, &contender{kind: k, peer: p, load: storebench.NewWorkload(1)})
	}
	bare, err := storebench.NewBare(filepath.Join(dir, "bare"), false)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	groups := storebench.NewGroups(filepath.Join(dir, "journal"))
	for _, writers := range writerCounts {
		fmt.Fprintf(log, "peerbench: writers: %d\n", writers)
		limits, err := compete(ctx, all, writers, turn, groups, bare)
		if err != nil {
			return nil, fmt.Errorf("writers: %d: %w", writers, err)
		}
		results = append(results, outcome(all, writers, limits)...)
	}
	for _, c := range all {
		if err := c.load.Check(c.ReadLog(ctx)); err != nil {
			return nil, fmt.Errorf("%s: what was stored is not read back: %w", c.name, err)
		}
		fmt.Fprintf(log, "peerbench: %s: every event was read back\n", c.name)
	}
	return results, nil
}

// compete lets the stores take turns, another one first each time. The bare loop
// replays what the journal wrote; it returns what that reached.
func compete(ctx context.Context, all []*contender, writers int, turn time.Duration, groups *storebench.Groups, bare *storebench.Bare) (limits []float64, err error) {
	from := make(map[*contender][]*storebench.Writer)
	for _, c := range all {
		from[c], c.rates = c.load.Writers(writers), nil
	}
	for n := range turns {
		for i := range all {
			c := all[(n+i)%len(all)]
			storebench.Draw(from[c], turn, 1)
			done, err := storebench.Turn(ctx, from[c], turn, func(w *storebench.Writer) error {
				_, err := w.Append(ctx, c, 1)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			c.rates = append(c.rates, float64(done.Times)/done.Took.Seconds())
			if c.name != "journal" {
				continue
			}
			sizes, err := groups.Next()
			if err != nil {
				return nil, err
			}
			took, err := bare.Replay(sizes)
			if err != nil {
				return nil, err
			}
			limits = append(limits, float64(done.Times)/storebench.Sum(took).Seconds())
		}
	}
	return limits, nil
}

// journalPeer is the journal as a peer.
type journalPeer struct{ *journal.Store }

func openJournal(_ context.Context, dir string) (peer, error) {
	s, err := journal.Open(dir, journal.Options{})
	return journalPeer{s}, err
}

func (j journalPeer) ReadLog(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
	return j.Store.ReadLog(ctx, 0)
}
