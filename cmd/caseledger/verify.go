package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/audit"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
	"caseledger/schema"
)

// checkRow is one thing that was verified.
type checkRow struct {
	Check  string `json:"check"`
	Result string `json:"result"` // ok, or what did not hold and where
	Seen   string `json:"seen"`
}

// ledgerReport is the answer of verify about a ledger.
type ledgerReport struct {
	Sound    bool       `json:"sound"`
	Checks   []checkRow `json:"checks"`
	Problems []string   `json:"problems,omitempty"` // of single entries and of the log, all of them
	Summary  []string   `json:"summary"`            // sentences for people
}

func (r *ledgerReport) add(check string, err error, seen string) {
	row := checkRow{Check: check, Result: "ok", Seen: seen}
	if err != nil {
		row.Result = err.Error()
	}
	r.Checks = append(r.Checks, row)
}

// bad returns the first check that does not hold.
func (r *ledgerReport) bad() (checkRow, bool) {
	i := slices.IndexFunc(r.Checks, func(row checkRow) bool { return row.Result != "ok" })
	if i < 0 {
		return checkRow{}, false
	}
	return r.Checks[i], true
}

func newVerify(to streams) *cobra.Command {
	var known []string
	var ledgerOnly bool
	var verifier verifierFlags
	cmd := &cobra.Command{
		Use:   "verify [PACKAGE]",
		Short: "Check an evidence package, or every byte and entry of a ledger",
		Long: `Verify PACKAGE checks an evidence package. It needs no ledger, server or
network: only the package, and the public keys of the log, which must come from
elsewhere than the package. It says for every entry what was found.

Without PACKAGE it checks a ledger. It re-reads the whole journal and checks every
checksum; that in every record each leaf follows the one before it; that each
blob is the one that its leaf commits to, and opens to what it commits to; that
the log is the tree over these leaves; that every checkpoint, kept here or given
with --known, still stands; and that all read models, built anew, are those in use.

It exits with 3 when anything does not hold.`,
		Example: "  caseledger verify --data ledger\n  caseledger verify evidence.zip --keys anytown.keys",
		Args:    usage(cobra.MaximumNArgs(1)),
	}
	data, output := addData(cmd), addFormat(cmd)
	verifier.add(cmd)
	cmd.Flags().StringArrayVar(&known, "known", nil, "file of a signed checkpoint that must still stand; may be repeated")
	cmd.Flags().BoolVar(&ledgerOnly, "ledger-only", false, "do not build the read models anew")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		held, err := readHeld(known)
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return verifyPackage(to, *output, args[0], verifier, held)
		}
		if verifier.keys != "" || verifier.openEnd {
			return usageError{errors.New("--keys and --open-end are for evidence packages")}
		}
		return verifyLedger(cmd.Context(), to, *output, *data, verifier, held, !ledgerOnly)
	}
	return cmd
}

func verifyLedger(ctx context.Context, to streams, output format, p place, verifier verifierFlags, held []audit.Held, readModels bool) error {
	trust, err := verifier.trust()
	if err == nil {
		err = p.sealsHere()
	}
	if err != nil {
		return err
	}
	v, err := openVault(ctx, p)
	if isAny(err, keys.ErrUnwrap, keys.ErrRefused) && !isAny(err, keys.ErrUnreachable, keys.ErrDenied) {
		err = verifyError{err} // the wrong secret, or a damaged one: nobody can say which
	}
	if err != nil {
		return err
	}
	v.warn(to)
	var r ledgerReport
	err = v.verify(ctx, to, p, trust, held, &r)
	if _, bad := r.bad(); err == nil && !bad && readModels {
		return errors.Join(useApp(ctx, p, v, to, func(a *app) error {
			r.add("read models", a.verifyReadModels(ctx, p.dir, to), fmt.Sprintf("%d read models", len(projections.All())))
			return nil
		}), r.print(to, output))
	}
	return errors.Join(err, v.close(), r.print(to, output))
}

// verify checks what cannot be made anew.
func (v vault) verify(ctx context.Context, to streams, p place, trust evidence.Trust, held []audit.Held, r *ledgerReport) error {
	name, err := v.ledger(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(v.current(ctx), p.guardLast(ctx)); err != nil {
		return err
	}
	if j, ok := v.store.(embedded); ok {
		seen, err := j.Verify(ctx)
		r.add("journal", err, fmt.Sprintf("%d events in %d streams, %d bytes in %d segments", seen.Events, seen.Streams, seen.Bytes, seen.Segments))
		if err != nil {
			return nil
		}
	}
	codec := v.codec(name)
	at, err := eventstore.NewFolds(0, settings.Settings.Evolve).Load(ctx, &eventstore.Ledger{Store: v.store, Codec: codec}, systemStream)
	if err != nil {
		r.add("settings", fmt.Errorf("stream %s: %w", systemStream, err), "")
		return nil
	}
	cfg, err := v.auditOf(ctx, p, codec, at.State)
	if err != nil {
		r.add("settings", err, "")
		return nil
	}
	head, err := v.store.Head(ctx)
	if err != nil {
		return err
	}
	show, total := bar(to.err, "ledger"), int64(head)
	cfg.Progress, cfg.Known = func(at eventstore.Position) { show(int64(at), total) }, held
	found, err := audit.Run(ctx, cfg)
	r.found(found)
	r.attested(cfg, trust)
	return err
}

// auditOf says what is audited, and against what.
func (v vault) auditOf(ctx context.Context, p place, codec schema.Sealed, s settings.Settings) (audit.Config, error) {
	signers, err := history(codec.Ledger, s)
	if err != nil {
		return audit.Config{}, err
	}
	if s.Created.Fact.Ledger != codec.Ledger {
		return audit.Config{}, errors.New("the ledger's first entry names another ledger than its leaf")
	}
	last, err := p.last().Load(ctx)
	if err != nil {
		return audit.Config{}, err
	}
	roots, err := headsRoots(s)
	return audit.Config{
		Store: v.store, Ledger: codec.Ledger, Log: sealer.NewLog(p.logDir()), Keys: signers, Last: last, Heads: roots,
		Open: func(e eventstore.Recorded, leaf seal.Leaf) error { _, err := codec.DecodeLeaf(e, leaf); return err },
	}, err
}

// headsRoots reads the heads roots that the ledger logged.
func headsRoots(s settings.Settings) ([]proof.HeadsRoot, error) {
	var out []proof.HeadsRoot
	for _, h := range s.Heads {
		root, err := proof.ParseHeadsRoot([]byte(h.Fact.Root))
		if err != nil {
			return nil, fmt.Errorf("stream %s: entry %d: %w", systemStream, h.Entry, err)
		}
		out = append(out, root)
	}
	return out, nil
}

// found turns what an audit found into rows.
func (r *ledgerReport) found(a audit.Report) {
	for _, p := range a.Problems {
		r.Problems = append(r.Problems, p.String())
	}
	for _, err := range a.Log {
		r.Problems = append(r.Problems, err.Error())
	}
	seen := fmt.Sprintf("%d entries of %d streams, %d bytes of leaves and blobs", a.Events, a.Streams, a.Bytes)
	if a.Erased > 0 {
		seen += fmt.Sprintf("; the content of %d was destroyed with its key", a.Erased)
	}
	r.add("entries", firstAndMore(r.Problems[:len(a.Problems)], a.More), seen)
	seen = fmt.Sprintf("%d entries in the tree, %d checkpoints", a.Sealed, a.Checkpoints)
	if waiting := a.Events - a.Sealed; waiting > 0 {
		seen += fmt.Sprintf("; %d entries are not sealed yet", waiting)
	}
	if !a.SignedAt.IsZero() {
		seen += ", the last one signed " + a.SignedAt.UTC().Format(time.RFC3339)
	}
	r.add("log", firstAndMore(r.Problems[len(a.Problems):], 0), seen)
}

// firstAndMore says what is wrong in a line.
func firstAndMore(problems []string, more int) error {
	switch more += len(problems) - 1; {
	case len(problems) == 0:
		return nil
	case more == 0:
		return errors.New(problems[0])
	default:
		return fmt.Errorf("%s; and %d more", problems[0], more)
	}
}

// attested checks what witnesses and time-stamp authorities said, when there
// is a policy or a list of authorities to check it with.
func (r *ledgerReport) attested(cfg audit.Config, trust evidence.Trust) {
	if trust.Policy == nil && trust.Timestamps == nil {
		return
	}
	newest, err := newestAttested(cfg.Log)
	if err == nil && newest.Note == nil {
		err = errors.New("no checkpoint was ever attested: run 'caseledger log attest'")
	}
	if trust.Policy != nil {
		r.add("witnesses", firstOf(err, func() error { return trust.Policy.CheckPolicy(newest.Note) }), "the newest attested checkpoint")
	}
	if trust.Timestamps != nil {
		r.add("time-stamps", firstOf(err, func() error { return allStamps(trust.Timestamps, newest) }), fmt.Sprintf("%d of the newest attested checkpoint", len(newest.Stamps)))
	}
}

func firstOf(err error, or func() error) error {
	if err != nil {
		return err
	}
	return or()
}

func allStamps(verifier evidence.TimestampVerifier, a sealer.Attested) error {
	c, err := proof.ReadCheckpoint(a.Note)
	if err != nil {
		return err
	}
	if len(a.Stamps) == 0 {
		return errors.New("UNTIMED: there is none")
	}
	for _, stamp := range a.Stamps {
		if _, err := verifier.VerifyTimestamp(stamp, c.Text()); err != nil {
			return fmt.Errorf("UNTIMED: %w", err)
		}
	}
	return nil
}

// print writes the report, and errs when it is bad.
func (r *ledgerReport) print(to streams, output format) error {
	if len(r.Checks) == 0 {
		return nil
	}
	row, bad := r.bad()
	r.Sound = !bad
	r.Summary = r.sentences()
	var err error
	if output == "json" {
		err = writeJSON(to.out, r)
	} else if err = output.print(to.out, r.Checks); err == nil && output == "text" {
		_, err = fmt.Fprintln(to.out, "\n"+strings.Join(r.Summary, "\n"))
	}
	if err == nil && bad {
		err = verifyError{errors.New("the ledger does not verify: " + row.Check)}
	}
	return err
}

func (r *ledgerReport) sentences() []string {
	if r.Sound {
		return []string{
			"Every entry of the ledger is there, in its place and as it was written.",
			"What was written after the last checkpoint that somebody else holds could still have been cut off; give such checkpoints with --known.",
		}
	}
	return []string{
		"The ledger is not as it was written. Keep a copy of the directory as it is, and do not write to it.",
		"The table says what does not hold, and where.",
	}
}

// verifyReadModels builds all read models anew beside those in use.
func (a *app) verifyReadModels(ctx context.Context, dir string, to streams) error {
	scratch, err := os.MkdirTemp(dir, "verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	return a.compareReadModels(ctx, filepath.Join(scratch, projectionsFile), to)
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
	head, err := a.store.Head(ctx)
	if err != nil {
		return errors.Join(err, fresh.Close())
	}
	show, total := bar(to.err, "read models"), int64(head)
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

const (
	rebuildGC     = 400       // lets the heap grow to five times what lives
	rebuildMemory = 700 << 20 // bytes of heap at which garbage is looked for more often
)

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
			err = data.removeReadModels(cmd.Context())
		}
		if err != nil {
			return errors.Join(err, v.close())
		}
		// What lives is little beside what is made on the way: looking for garbage
		// seldom saves a good part of the time.
		debug.SetGCPercent(rebuildGC)
		debug.SetMemoryLimit(rebuildMemory)
		return useApp(cmd.Context(), *data, v, to, func(a *app) error {
			head, err := a.store.Head(cmd.Context())
			if err == nil {
				fmt.Fprintf(to.out, "Rebuilt %d read models up to position %d.\n", len(projections.All()), head)
			}
			return err
		})
	}
	return cmd
}
