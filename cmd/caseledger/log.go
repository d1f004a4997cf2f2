package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"caseledger/domain"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
)

// What a data directory holds of the log over the ledger's leaves.
const (
	logDir     = "log"             // tiles and checkpoints
	logKeyFile = "log-key"         // what signs them
	lastDir    = "last-checkpoint" // the last one, which belongs elsewhere
)

// logPlace says where the parts of the log are that should not lie beside the
// data.
type logPlace struct {
	keyFile string // path; empty stands for the file "log-key" in the data directory
	lastDir string // path; empty stands for "last-checkpoint" in the data directory
}

func addLog(cmd *cobra.Command, p *place) {
	cmd.Flags().StringVar(&p.log.keyFile, "log-key-file", os.Getenv("CASELEDGER_LOG_KEY_FILE"),
		"file of the keys that sign the log's checkpoints (also CASELEDGER_LOG_KEY_FILE); the ledger's own if not given")
	cmd.Flags().StringVar(&p.log.lastDir, "last-checkpoint", os.Getenv("CASELEDGER_LAST_CHECKPOINT"),
		"directory, on another disk, that remembers the last checkpoint (also CASELEDGER_LAST_CHECKPOINT)")
}

func (p place) logDir() string { return filepath.Join(p.dir, logDir) }

func (p place) logKeyFile() string {
	if p.log.keyFile != "" {
		return p.log.keyFile
	}
	return filepath.Join(p.dir, logKeyFile)
}

func (p place) last() *sealer.LastFile {
	if p.log.lastDir != "" {
		return sealer.NewLastFile(p.log.lastDir)
	}
	return sealer.NewLastFile(filepath.Join(p.dir, lastDir))
}

// sealing is the log of an open ledger. Until it is closed it seals what is
// appended, at most once a second.
type sealing struct {
	*sealer.Sealer
	proofs sealer.Log
	keys   *proof.History
	ctx    context.Context // of the command that opened the ledger
	cancel context.CancelFunc
	ended  chan error
}

// openLog opens the log and compares the ledger with the last checkpoint: a
// ledger that is behind it, or another one, is not opened.
func openLog(ctx context.Context, p place, store eventstore.Store, keys *proof.History) (*sealing, error) {
	if err := p.finishRotation(keys); err != nil {
		return nil, err
	}
	signer, err := proof.ReadSigner(p.logKeyFile())
	if errors.Is(err, fs.ErrNotExist) {
		err = notReadyError{fmt.Errorf("%w: give the keys that sign the log", err)}
	}
	if err != nil {
		return nil, err
	}
	if err := p.guardLast(ctx); err != nil {
		return nil, err
	}
	opened, err := sealer.OpenSealer(ctx, sealer.Config{
		Dir: p.logDir(), Store: store, Signer: signer, Keys: keys, Last: p.last(), Clock: sealer.SystemClock{},
	})
	if err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(ctx)
	s := &sealing{Sealer: opened, proofs: sealer.NewLog(p.logDir()), keys: keys, ctx: ctx, cancel: cancel, ended: make(chan error, 1)}
	go func() { s.ended <- opened.Run(running) }()
	return s, nil
}

// guardLast refuses a log that was signed and whose last checkpoint is not
// where it belongs: a disk that is not mounted must not pass for a new ledger.
func (p place) guardLast(ctx context.Context) error {
	last, err := p.last().Load(ctx)
	if err != nil || last != nil {
		return err
	}
	published, err := sealer.NewLog(p.logDir()).Checkpoint()
	if err != nil || published == nil {
		return err
	}
	return notReadyError{errors.New("the last checkpoint is not in its directory: put it back, or mount the disk that it is on; without it nobody notices that a ledger was put back to an older copy")}
}

// close seals what is left and ends the log. What an interrupted command has
// appended is sealed by the next one.
func (s *sealing) close() error {
	s.cancel()
	err := <-s.ended
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if err == nil && s.ctx.Err() == nil {
		err = s.CatchUp(s.ctx)
	}
	return errors.Join(err, s.Close())
}

// history reads which keys sign the log, from the ledger's own entries.
func history(ledger string, s settings.Settings) (*proof.History, error) {
	var events []proof.KeyEvent
	for _, e := range s.LogKeys {
		switch e := e.(type) {
		case settings.LogKeyAdded:
			events = append(events, proof.KeyEvent{From: e.From, Key: e.Key})
		case settings.LogKeyRetired:
			events = append(events, proof.KeyEvent{From: e.From, Key: e.Key, Retired: true})
		}
	}
	if len(events) == 0 {
		return nil, verifyError{errors.New("the ledger has no entry that says which keys sign its log")}
	}
	return proof.NewHistory(ledger, events)
}

// logKeys makes the keys of a new log, unless an init that was interrupted has,
// and returns the facts that make them known.
func (p place) logKeys(ledger string, today domain.Date) ([]domain.Fact, error) {
	signer, err := ensureSigner(p.logKeyFile(), ledger)
	if err != nil {
		return nil, err
	}
	return added(signer, 0, today), nil
}

// ensureSigner reads a file of keys, or makes it.
func ensureSigner(path, ledger string) (*proof.Signer, error) {
	signer, err := proof.ReadSigner(path)
	if errors.Is(err, fs.ErrNotExist) {
		signer, err = proof.WriteKeys(path, ledger)
	}
	if err == nil && signer.Origin() != ledger {
		err = usageError{fmt.Errorf("%s holds the keys of another log", path)}
	}
	return signer, err
}

func added(signer *proof.Signer, from int64, today domain.Date) []domain.Fact {
	var facts []domain.Fact
	for _, key := range signer.VerifierKeys() {
		facts = append(facts, domain.Facts(settings.LogKeyAdded{Dated: domain.Dated{Happened: today}, From: from, Key: key})...)
	}
	return facts
}

// nextSuffix is that of the file of keys that are to be in force next.
const nextSuffix = ".next"

// rotate puts new keys in the place of those that sign the log. What was signed
// with the old ones stays as it is; they sign nothing that has these entries.
func (a *app) rotate(ctx context.Context) error {
	signed, err := a.checkpoint(ctx)
	if err != nil {
		return err
	}
	next, err := ensureSigner(a.place.logKeyFile()+nextSuffix, a.created.Ledger)
	if err != nil {
		return err
	}
	today, from := a.records.Setting().Today, signed.Size+1
	facts := added(next, from, today)
	for _, v := range a.log.keys.At(signed.Size) {
		old := settings.LogKeyRetired{Dated: domain.Dated{Happened: today}, From: from, Key: fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())}
		facts = append(facts, domain.Facts(old)...)
	}
	if err := a.log.close(); err != nil { // so that nothing is signed in between
		return err
	}
	a.log = nil
	if err := a.record(ctx, fmt.Sprintf("log-keys-%d", from), nil, facts...); err != nil {
		return err
	}
	return a.configure(ctx)
}

// finishRotation gives keys that are in force their place.
func (p place) finishRotation(keys *proof.History) error {
	next, err := proof.ReadSigner(p.logKeyFile() + nextSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	inForce := keys.At(math.MaxInt64)
	for _, key := range next.VerifierKeys() {
		v, err := proof.ParseVerifier(key)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(inForce, func(f note.Verifier) bool { return f.Name() == v.Name() && f.KeyHash() == v.KeyHash() }) {
			return nil // the rotation was interrupted before it was recorded
		}
	}
	return os.Rename(p.logKeyFile()+nextSuffix, p.logKeyFile())
}
