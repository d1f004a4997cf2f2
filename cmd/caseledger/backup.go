package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"caseledger/adapters/s3"
	"caseledger/eventstore"
	"caseledger/eventstore/backup"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
)

func newBackup(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "backup",
		Short:   "Encrypted copies of the ledger in a repository elsewhere",
		Example: "  caseledger backup create --data ledger --to /mnt/backup --repository-key /etc/caseledger/repository-key",
	}
	return family(cmd, newBackupCreate(to), newBackupList(to), newBackupVerify(to), newBackupPrune(to))
}

// destination says where copies are kept.
type destination struct {
	place string // a directory, or s3://bucket/prefix
	store s3.Config
}

// add adds the flags; the one of the place is called "to" or "from".
func (d *destination) add(cmd *cobra.Command, flag, what string) {
	cmd.Flags().StringVar(&d.place, flag, "", what+": a directory, or s3://bucket/prefix")
	cmd.Flags().StringVar(&d.store.Endpoint, "s3-endpoint", os.Getenv("CASELEDGER_S3_ENDPOINT"),
		"https://host:port of the object store (also CASELEDGER_S3_ENDPOINT)")
	cmd.Flags().StringVar(&d.store.Region, "s3-region", os.Getenv("CASELEDGER_S3_REGION"), "its region, if it asks for one (also CASELEDGER_S3_REGION)")
	cmd.Flags().StringVar(&d.store.CredentialsFile, "s3-credentials", os.Getenv("CASELEDGER_S3_CREDENTIALS_FILE"),
		"file of two lines, the access key and its secret (also CASELEDGER_S3_CREDENTIALS_FILE)")
}

func (d destination) at() (backup.Destination, error) {
	if !s3.Is(d.place) {
		return backup.NewDir(d.place), nil
	}
	c := d.store
	c.URL = d.place
	b, err := s3.Open(c)
	if err != nil {
		return nil, usageError{err}
	}
	return b, nil
}

// repositoryFlags say where a repository is and what opens it.
type repositoryFlags struct {
	destination
	keyFile    string
	identities []string
}

// add adds the flags; the one of the place is called "to" or "from".
func (f *repositoryFlags) add(cmd *cobra.Command, flag string) {
	f.destination.add(cmd, flag, "the repository")
	cmd.Flags().StringVar(&f.keyFile, "repository-key", os.Getenv("CASELEDGER_REPOSITORY_KEY_FILE"),
		"file of the repository's key (also CASELEDGER_REPOSITORY_KEY_FILE)")
	cmd.Flags().StringArrayVar(&f.identities, "identity", nil, "file of an age identity that opens the repository instead; may be repeated")
}

// check refuses a command line that names no repository or no key.
func (f repositoryFlags) check(flag string) error {
	if f.place == "" {
		return usageError{fmt.Errorf("--%s is required: the place of the repository", flag)}
	}
	if (f.keyFile == "") == (len(f.identities) == 0) {
		return usageError{errors.New("a repository is opened by --repository-key or by --identity")}
	}
	return nil
}

func (f repositoryFlags) open(ctx context.Context) (*backup.Repository, error) {
	at, err := f.at()
	if err != nil {
		return nil, err
	}
	if len(f.identities) > 0 {
		identities, err := readIdentities(f.identities)
		if err != nil {
			return nil, err
		}
		return backup.OpenWrapped(ctx, at, identities)
	}
	key, err := backup.ReadKey(f.keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		err = notReadyError{err}
	}
	if err != nil {
		return nil, err
	}
	return backup.Open(ctx, at, key)
}

func readIdentities(paths []string) ([]age.Identity, error) {
	var out []age.Identity
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, notReadyError{err}
		}
		found, err := age.ParseIdentities(f)
		f.Close()
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", path, err)}
		}
		out = append(out, found...)
	}
	return out, nil
}

func newBackupCreate(to streams) *cobra.Command {
	var flags repositoryFlags
	var recipients []string
	var withKeys bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Add a backup of the ledger as its last checkpoint has it",
		Long: `Create copies what the repository does not have yet. It reads the ledger's files
and takes no lock: another process may be at work in the ledger. A repository that
does not exist is made, and its key file with it. Whatever opens the keys of the
records (their epochs, key file, passphrase) and what signs the log is never copied.`,
		Example: `  caseledger backup create --data ledger --to /mnt/backup --repository-key /etc/caseledger/repository-key
  caseledger backup create --data ledger --to /mnt/backup --repository-key repository-key --recipient age1… --with-keys`,
		Args: exactly(0),
	}
	data := addFiles(cmd)
	flags.add(cmd, "to")
	cmd.Flags().StringArrayVar(&recipients, "recipient", nil, "age recipient who can open the repository too, when it is made; may be repeated")
	cmd.Flags().BoolVar(&withKeys, "with-keys", false, "copy the wrapped keys of the records too")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := flags.check("to"); err != nil {
			return err
		}
		note, err := data.lastNote(cmd.Context())
		if err != nil {
			return err
		}
		r, err := flags.ensure(cmd.Context(), *data, note, recipients)
		if err != nil {
			return err
		}
		made, err := r.Create(cmd.Context(), backup.Source{Dir: data.dir, Checkpoint: note, Keys: withKeys, Progress: bar(to.err, "backup")})
		if err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Backup %s: %d entries, %d bytes; %d objects of %d bytes were new.\n", made.ID, made.Size, made.Bytes(), made.Objects, made.Written)
		return nil
	}
	return cmd
}

// lastNote returns the last checkpoint that was signed.
func (p place) lastNote(ctx context.Context) ([]byte, error) {
	if err := errors.Join(p.isLedger(), p.guardLast(ctx)); err != nil {
		return nil, err
	}
	note, err := p.last().Load(ctx)
	if err == nil && note == nil {
		err = notReadyError{errors.New("the ledger has no checkpoint yet")}
	}
	return note, err
}

// ensure opens the repository, and makes it when there is none.
func (f repositoryFlags) ensure(ctx context.Context, p place, note []byte, recipients []string) (*backup.Repository, error) {
	at, err := f.at()
	if err != nil {
		return nil, err
	}
	there, err := backup.Exists(ctx, at)
	if err != nil {
		return nil, err
	}
	if there && len(recipients) > 0 {
		return nil, usageError{errors.New("--recipient is for a new repository: this one is there already")}
	}
	if there {
		return f.open(ctx)
	}
	if f.keyFile == "" {
		return nil, usageError{errors.New("a new repository needs --repository-key")}
	}
	key, err := ensureKey(f.keyFile)
	if err != nil {
		return nil, err
	}
	c, err := proof.ReadCheckpoint(note)
	if err != nil {
		return nil, err
	}
	files, err := journal.ReadFiles(ctx, p.journalDir(), eventstore.Position(c.Size))
	if err != nil {
		return nil, err
	}
	return backup.Establish(ctx, at, key, c.Origin, files.Journal, recipients)
}

// ensureKey reads the key of a repository, or makes it.
func ensureKey(path string) (backup.Key, error) {
	key, err := backup.ReadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = backup.NewKey()
		err = backup.WriteKey(path, key)
	}
	return key, err
}

// backupRow is a line of the list of backups.
type backupRow struct {
	Backup  string    `json:"backup"`
	Entries int64     `json:"entries"`
	Bytes   int64     `json:"bytes"`
	Keys    bool      `json:"keys"` // the wrapped keys are in it
	Made    time.Time `json:"made"` // as the file system of the repository has it
}

func newBackupList(to streams) *cobra.Command {
	var flags repositoryFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the backups in a repository, oldest first",
		Example: "  caseledger backup list --from /mnt/backup --repository-key repository-key",
		Args:    exactly(0),
	}
	flags.add(cmd, "from")
	output := addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := flags.check("from"); err != nil {
			return err
		}
		r, err := flags.open(cmd.Context())
		if err != nil {
			return err
		}
		all, damages := r.List(cmd.Context())
		rows := []backupRow{}
		for _, b := range all {
			rows = append(rows, backupRow{b.ID, b.Size, b.Bytes(), b.Keys(), b.Made.UTC().Truncate(time.Second)})
		}
		return errors.Join(output.print(to.out, rows), damages)
	}
	return cmd
}

func newBackupPrune(to streams) *cobra.Command {
	var flags repositoryFlags
	var keep int
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove all backups but the newest, and what only they needed",
		Long: `Prune keeps the backups of the newest checkpoints, so many, and removes every other
backup and every object that none of the rest needs. When it is interrupted the
backups that are listed are whole; run it again.`,
		Example: "  caseledger backup prune --from /mnt/backup --repository-key repository-key --keep 30",
		Args:    exactly(0),
	}
	flags.add(cmd, "from")
	cmd.Flags().IntVar(&keep, "keep", 0, "how many checkpoints' backups to keep; at least 1")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := flags.check("from"); err != nil {
			return err
		}
		if keep < 1 {
			return usageError{errors.New("--keep is required, and at least 1")}
		}
		r, err := flags.open(cmd.Context())
		if err != nil {
			return err
		}
		done, err := r.Prune(cmd.Context(), keep)
		if err == nil {
			fmt.Fprintf(to.out, "Removed %d backups and %d objects of %d bytes.\n", done.Backups, done.Objects, done.Bytes)
		}
		return err
	}
	return cmd
}

func newRestore(to streams) *cobra.Command {
	var flags repositoryFlags
	var into, id string
	var at int64
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Make a data directory of a backup or a mirror",
		Long: `Restore makes a new data directory as a checkpoint had it, the newest one if no other
is named (a mirror has that one only, and needs no key), and checks that the entries give the checkpoint's root. It overwrites
nothing. What no backup holds is put beside it by hand: the keys' epochs, the
secret that opens them, and the keys that sign the log.`,
		Example: `  caseledger restore --from /mnt/backup --repository-key repository-key --to ledger
  caseledger restore --from /mnt/backup --repository-key repository-key --to ledger --at 120417`,
		Args: exactly(0),
	}
	flags.add(cmd, "from")
	cmd.Flags().StringVar(&into, "to", "", "data directory to make; it must not exist, or be empty")
	addChoice(cmd, &id, &at)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if flags.place == "" || into == "" {
			return usageError{errors.New("--from and --to are required: the place of the repository or mirror, and the data directory to make")}
		}
		from, err := flags.at()
		if err != nil {
			return err
		}
		mirrored, err := backup.IsMirror(cmd.Context(), from)
		if err != nil {
			return err
		}
		if mirrored {
			return restoreMirror(cmd.Context(), to, from, into, id != "" || at != 0)
		}
		if err := flags.check("from"); err != nil {
			return err
		}
		r, err := flags.open(cmd.Context())
		if err != nil {
			return err
		}
		b, err := r.Find(cmd.Context(), id, at)
		if err != nil {
			return err
		}
		if err := r.Restore(cmd.Context(), b, into, bar(to.err, "restore")); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Restored %s with %d entries under the checkpoint of backup %s to %s.\n%s\n", r.Ledger(), b.Size, b.ID, into, whatLacks(b))
		return nil
	}
	return cmd
}

// addChoice adds the flags that name a backup.
func addChoice(cmd *cobra.Command, id *string, at *int64) {
	cmd.Flags().StringVar(id, "backup", "", "id of the backup; the newest one if not given")
	cmd.Flags().Int64Var(at, "at", 0, "size of the checkpoint, in entries, instead")
	cmd.MarkFlagsMutuallyExclusive("backup", "at")
}

func whatLacks(b backup.Backup) string {
	if b.Keys() {
		return "Put keys/epochs, the secret that opens them and log-key beside it; then run 'caseledger verify'."
	}
	return "Put keys with their epochs, the secret that opens them and log-key beside it; then run 'caseledger verify'."
}
