package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore/backup"
	"caseledger/eventstore/proof"
)

// mirrorEvery is the time between two looks at the ledger.
const mirrorEvery = time.Second

func newMirror(to streams) *cobra.Command {
	var into destination
	var once bool
	cmd := &cobra.Command{
		Use:   "mirror",
		Short: "Keep a copy of the journal elsewhere, a second behind, until stopped",
		Long: `Mirror copies what comes under a checkpoint to a directory on another machine,
or to an object store, each second until it is stopped. It takes no lock of the ledger. A mirror is
the journal as it is: which records there are, and when an event of which type was
recorded in each, but nothing that it says; no key goes there. 'caseledger restore'
makes a data directory of it.

While that cannot be written to, mirror says so and tries again.`,
		Example: "  caseledger mirror --data ledger --to /mnt/neighbour/anytown",
		Args:    exactly(0),
	}
	data := addFiles(cmd)
	into.add(cmd, "to", "the mirror")
	cmd.Flags().BoolVar(&once, "once", false, "copy what is there, and end")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if into.place == "" {
			return usageError{errors.New("--to is required: the place of the mirror")}
		}
		at, err := into.at()
		if err != nil {
			return err
		}
		m := mirroring{place: *data, at: at, into: into.place, to: to}
		if once {
			err := m.step(cmd.Context())
			if err == nil {
				m.say()
			}
			return err
		}
		return m.run(cmd.Context())
	}
	return cmd
}

// mirroring is a mirror at work.
type mirroring struct {
	place  place
	at     backup.Destination
	into   string
	to     streams
	mirror *backup.Mirror
	note   []byte // the last one that was shipped
	bytes  int64  // of the journal that were shipped
}

// run ships until the context ends, or something is wrong with the ledger.
func (m *mirroring) run(ctx context.Context) error {
	tick := time.NewTicker(mirrorEvery)
	defer tick.Stop()
	said := ""
	for {
		err := m.step(ctx)
		if ctx.Err() != nil {
			m.say()
			return nil
		}
		if err != nil && m.hopeless(err) {
			return err
		}
		if err != nil && err.Error() != said {
			said = err.Error()
			fmt.Fprintf(m.to.err, "caseledger: %v; it is tried again every second\n", err)
		} else if err == nil && said != "" {
			said = ""
			fmt.Fprintln(m.to.err, "caseledger: the mirror has caught up")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// hopeless reports what time does not heal.
func (m *mirroring) hopeless(err error) bool {
	code := exitCode(err)
	return code == exitUsage || code == exitVerify || code == exitNotReady || errors.Is(err, backup.ErrOther)
}

// step ships what is new.
func (m *mirroring) step(ctx context.Context) error {
	note, err := m.place.lastNote(ctx)
	if err != nil {
		return err
	}
	if m.mirror == nil {
		if m.mirror, err = backup.OpenMirror(ctx, m.at, m.place.dir, note); err != nil {
			return err
		}
	}
	sent, err := m.mirror.Ship(ctx, note)
	m.bytes += sent
	if err == nil {
		m.note = note
	}
	return err
}

func (m *mirroring) say() {
	c, err := proof.ReadCheckpoint(m.note)
	if err == nil {
		fmt.Fprintf(m.to.out, "Mirrored %d entries to %s; %d bytes were new.\n", c.Size, m.into, m.bytes)
	}
}

// restoreMirror makes a data directory of a mirror.
func restoreMirror(ctx context.Context, to streams, from backup.Destination, into string, chosen bool) error {
	if chosen {
		return usageError{errors.New("a mirror has one checkpoint: --backup and --at are for a repository")}
	}
	note, err := backup.RestoreMirror(ctx, from, into)
	if err != nil {
		return err
	}
	c, err := proof.ReadCheckpoint(note)
	if err != nil {
		return err
	}
	fmt.Fprintf(to.out, "Restored %s with %d entries under the checkpoint of the mirror to %s.\n%s\n", c.Origin, c.Size, into, whatLacks(backup.Backup{}))
	return nil
}
