package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"caseledger/eventstore"
	"caseledger/eventstore/backup"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
)

// backupCheck is one verification of a repository.
type backupCheck struct {
	repository repositoryFlags
	id         string
	at         int64
	logKeys    string // file of the log's public keys; empty for none
	scratch    string // where to restore to
	data       place  // whose keys open the restored ledger; dir is empty for none
}

func newBackupVerify(to streams) *cobra.Command {
	var c backupCheck
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read every byte of a repository, and restore and replay a backup",
		Long: `Verify checks every file of the repository, restores a backup to a scratch
directory, reads the restored journal and compares the root of its tree with the
backup's checkpoint. With the public keys of the log (--keys) it verifies who signed
that. With the keys of the records (--data, and what opens them) it also opens every
entry, builds the read models anew, and compares the digest of each with those in
use if these are at the same entry; they lie in the scratch directory meanwhile, in
the clear.

It exits with 3 when anything does not hold.`,
		Example: `  caseledger backup verify --from /mnt/backup --repository-key repository-key --keys anytown.keys
  caseledger backup verify --from /mnt/backup --repository-key repository-key --data ledger`,
		Args: exactly(0),
	}
	c.repository.add(cmd, "from")
	addChoice(cmd, &c.id, &c.at)
	output := addFormat(cmd)
	cmd.Flags().StringVar(&c.logKeys, "keys", "", "file of the log's public keys; 'caseledger log keys' prints it where the ledger is")
	cmd.Flags().StringVar(&c.scratch, "scratch", "", "directory to restore to, emptied afterwards; that for temporary files if not given")
	cmd.Flags().StringVar(&c.data.dir, "data", "", "directory of the ledger whose keys open the backup; without it no entry is opened")
	addSecrets(cmd, &c.data)
	addReadModels(cmd, &c.data)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.repository.check("from"); err != nil {
			return err
		}
		var r ledgerReport
		err := c.run(cmd.Context(), to, &r)
		return errors.Join(err, r.printBackup(to, *output))
	}
	return cmd
}

// run adds what it finds to the report. The error is what kept it from going on.
func (c backupCheck) run(ctx context.Context, to streams, r *ledgerReport) error {
	signers, err := c.signers()
	if err != nil {
		return err
	}
	opened, err := c.repository.open(ctx)
	if err != nil {
		return err
	}
	seen, wrong, err := opened.Check(ctx, bar(to.err, "repository"))
	if err != nil {
		return err
	}
	for _, w := range wrong {
		r.Problems = append(r.Problems, w.Error())
	}
	r.add("repository", firstAndMore(r.Problems, 0), fmt.Sprintf("%d files, %d bytes, %d backups; %d objects that none needs", seen.Files, seen.Bytes, seen.Backups, seen.Unused))
	if len(wrong) > 0 {
		return nil
	}
	b, err := opened.Find(ctx, c.id, c.at)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(c.scratch, "caseledger-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	dir := filepath.Join(scratch, "ledger")
	err = opened.Restore(ctx, b, dir, bar(to.err, "restore"))
	r.add("restore", err, fmt.Sprintf("backup %s: %d entries, whose root is the checkpoint's", b.ID, b.Size))
	if err != nil {
		return nil
	}
	if signers != nil {
		_, err := signers.Open([]byte(b.Manifest.Checkpoint))
		r.add("signature", err, "the checkpoint, by the log's keys")
	}
	if c.data.dir == "" {
		return addJournal(ctx, dir, r)
	}
	return c.replay(ctx, to, b, dir, r)
}

func (c backupCheck) signers() (*proof.History, error) {
	if c.logKeys == "" {
		return nil, nil
	}
	text, err := readTrust(c.logKeys)
	if err != nil {
		return nil, err
	}
	h, err := proof.ParseHistory(text)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", c.logKeys, err)}
	}
	return h, nil
}

// addJournal checks the restored journal alone.
func addJournal(ctx context.Context, dir string, r *ledgerReport) error {
	store, err := openJournal(dir)
	if err != nil {
		return err
	}
	seen, err := store.Verify(ctx)
	r.add("journal", err, fmt.Sprintf("%d events in %d streams, %d bytes in %d segments", seen.Events, seen.Streams, seen.Bytes, seen.Segments))
	return store.Close()
}

// replay opens every entry of the restored ledger and builds its read models.
func (c backupCheck) replay(ctx context.Context, to streams, b backup.Backup, dir string, r *ledgerReport) error {
	v, seen, err := c.openRestored(ctx, b, dir)
	if err != nil {
		return err
	}
	r.add("keys", nil, seen)
	p := place{dir: dir}
	err = v.verify(ctx, to, p, evidence.Trust{}, nil, r)
	if _, bad := r.bad(); err == nil && !bad {
		err = c.readModels(ctx, to, v, dir, r)
	}
	return errors.Join(err, v.close())
}

// openRestored opens the restored ledger under the epochs and the secret of the
// ledger in use: with the backup's own keys when it has them and they still
// open, and else with those in use.
func (c backupCheck) openRestored(ctx context.Context, b backup.Backup, dir string) (vault, string, error) {
	p := c.data
	p.dir = dir
	if p.given() == 0 {
		p.keyFile = c.data.ownKeyFile()
	}
	from, into := c.data.keyDirs(), p.keyDirs()
	if err := copyFiles(from.Epochs, into.Epochs); err != nil {
		return vault{}, "", err
	}
	if b.Keys() {
		v, err := openVault(ctx, p)
		if !errors.Is(err, keys.ErrNoEpoch) {
			return v, "the backup's own open", err
		}
		if err := removeKeys(into.Keys); err != nil {
			return vault{}, "", err
		}
	}
	if err := copyFiles(from.Keys, into.Keys); err != nil {
		return vault{}, "", err
	}
	v, err := openVault(ctx, p)
	if b.Keys() {
		return v, "the backup's own are of an epoch that is gone; those of the ledger open", err
	}
	return v, "those of the ledger open; the backup has none", err
}

// copyFiles copies the small files in a directory, but not the lock.
func copyFiles(from, into string) error {
	found, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		err = notReadyError{err}
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(into, 0o700); err != nil {
		return err
	}
	for _, f := range found {
		if f.IsDir() || f.Name() == "LOCK" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err == nil {
			err = durable.Create(filepath.Join(into, f.Name()), b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func removeKeys(dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, "keys-*"))
	for _, f := range found {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

// readModels builds the read models of the restored ledger, and compares them
// with those in use if they are at the same place.
func (c backupCheck) readModels(ctx context.Context, to streams, v vault, dir string, r *ledgerReport) error {
	name, err := v.ledger(ctx)
	if err != nil {
		return err
	}
	fresh, err := projections.Open(filepath.Join(dir, projectionsFile))
	if err != nil {
		return err
	}
	defer fresh.Close()
	runner, err := projections.NewRunner(fresh, v.store, v.codec(name), projections.All())
	if err != nil {
		return err
	}
	head, err := v.store.Head(ctx)
	if err != nil {
		return err
	}
	show, total := bar(to.err, "read models"), int64(head)
	err = runner.CatchUp(ctx, func(at eventstore.Position) { show(int64(at), total) })
	r.add("replay", err, fmt.Sprintf("%d read models of %d events", len(projections.All()), total))
	if err != nil {
		return nil
	}
	used, err := c.inUse(ctx, head)
	if err != nil {
		return err
	}
	for _, p := range projections.All() {
		digest, err := fresh.Digest(ctx, p.Name)
		if err != nil {
			return err
		}
		if used[p.Name] != "" && used[p.Name] != digest {
			err = errors.New("it is not the one in use")
		}
		r.add("read model "+p.Name, err, strings.TrimSpace(digest+" "+compared(used)))
	}
	return nil
}

func compared(used map[string]string) string {
	if len(used) == 0 {
		return ""
	}
	return "as in use"
}

// inUse returns the digests of the read models in use, none unless all of them
// are at a position.
func (c backupCheck) inUse(ctx context.Context, at eventstore.Position) (map[string]string, error) {
	if _, err := os.Stat(filepath.Join(c.data.dir, projectionsFile)); err != nil && !c.data.inPostgres() {
		return nil, nil // there are none, and that is no fault of the backup
	}
	db, err := c.data.openReadModels(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	out := make(map[string]string)
	for _, p := range projections.All() {
		if out[p.Name], err = db.Digest(ctx, p.Name); err != nil {
			return nil, err
		}
	}
	status, err := db.Status(ctx)
	for _, s := range status {
		if s.Position != at {
			return nil, err
		}
	}
	return out, err
}

// printBackup writes the report, and errs when it is bad.
func (r *ledgerReport) printBackup(to streams, output format) error {
	if len(r.Checks) == 0 {
		return nil
	}
	row, bad := r.bad()
	r.Sound = !bad
	var err error
	if output == "json" {
		err = writeJSON(to.out, r)
	} else {
		err = output.print(to.out, r.Checks)
	}
	if err == nil && bad {
		err = verifyError{fmt.Errorf("the backup does not verify: %s: %s", row.Check, row.Result)}
	}
	return err
}
