// Command caseledger is the whole product in one program: it keeps a ledger of
// social-care records in a directory, takes statutory returns in, and gives
// registers, caseloads, histories and returns out. It decides no rule itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"caseledger/adapters/pgkeys"
	"caseledger/eventstore/backup"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/proof/witness"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
)

// Exit codes, the same for every command.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitVerify   = 3 // something checked did not hold
	exitNotReady = 4 // the ledger or its keys are not there, or another process has it
)

// heapFloor bytes are counted as living and never touched, so that they take no
// memory. With them a process that needs little does not look for garbage before
// there are 8 MiB of it, instead of a hundred times a second while it reads events.
const heapFloor = 16 << 20

func main() {
	floor := make([]byte, heapFloor)
	// Half the garbage of the default: an authority's server has better uses
	// for its memory, and the disk sets the pace of what takes long.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(floor)
	os.Exit(code)
}

// run performs one command line and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintf(stderr, "caseledger: %v\n", err)
	}
	if errors.Is(err, projections.ErrUnusable) {
		fmt.Fprintf(stderr, "caseledger: 'caseledger rebuild' makes %s anew from the journal, which is not affected\n", projectionsFile)
	}
	return exitCode(err)
}

// usageError marks what the caller typed wrongly.
type usageError struct{ error }

// verifyError marks a check that did not hold.
type verifyError struct{ error }

// notReadyError marks a ledger that cannot be used now.
type notReadyError struct{ error }

func exitCode(err error) int {
	var usage usageError
	var verify verifyError
	var notReady notReadyError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &verify), errors.Is(err, projections.ErrUnusable), unsound(err):
		return exitVerify
	case errors.As(err, &notReady), locked(err):
		return exitNotReady
	}
	return exitFailed
}

// unsound reports a journal, events, keys or a log that are not as they were
// written.
func unsound(err error) bool {
	var corrupt *journal.CorruptError
	var altered *sealer.UnsoundError
	var shorter *sealer.RollbackError
	var other *sealer.ForkError
	var damaged *sealer.DamagedError
	var copied *backup.CorruptError
	return errors.As(err, &corrupt) || errors.As(err, &altered) || errors.As(err, &shorter) || errors.As(err, &other) || errors.As(err, &damaged) ||
		errors.As(err, &copied) || isAny(err, backup.ErrOlder, journal.ErrShort, seal.ErrLeaf, seal.ErrChain, seal.ErrCipher, seal.ErrKey, seal.ErrRoot, keys.ErrCorrupt, proof.ErrSignature, proof.ErrFormat, proof.ErrProof, sealer.ErrSwapped, witness.ErrState)
}

// locked reports a ledger that another process has, or whose keys are not at
// hand.
func locked(err error) bool {
	return isAny(err, journal.ErrLocked, sealer.ErrLocked, witness.ErrLocked, keys.ErrMissing, keys.ErrLocked, keys.ErrNoEpoch, keys.ErrUnwrap,
		backup.ErrLocked, backup.ErrKey, backup.ErrNone,
		keys.ErrUnknown, keys.ErrExposed, keys.ErrUnreachable, keys.ErrDenied, pgkeys.ErrLater)
}

func isAny(err error, of ...error) bool {
	return slices.ContainsFunc(of, func(one error) bool { return errors.Is(err, one) })
}

// streams are where a command writes: answers to out, all else to err.
type streams struct {
	out, err io.Writer
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "caseledger",
		Short: "A ledger of social-care records: append-only, replayable, provable",
		Long: `Caseledger keeps every change to a person's record as an event that is never
changed again, and builds registers, caseloads, chronologies and statutory
returns from the events.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	to := streams{out: stdout, err: stderr}
	return family(root,
		newInit(to), newDemo(to), newImport(to), newExport(to), newRegister(to), newCaseload(to),
		newRecord(to), newAct(to), newSchema(to), newRebuild(to), newEvidence(to), newVerify(to), newLog(to), newWitness(to),
		newKeys(to), newStore(to), newVersion(to),
		newDuties(to), newGaps(to), newPerformance(to), newWorkload(to), newAllocations(to), newHandOver(to), newPolicy(to),
		newLookedAfter(to), newBackup(to), newRestore(to), newMirror(to),
		newServe(to), newToken(to), newAccess(to), newNode(to), newProject(to),
		newBench(to),
		newWebhook(to),
		newChronology(to),
		newTransfer(to),
		newDisclosure(to),
		newSubjectAccess(to),
		newRedaction(to),
		newForm(to), newView(to),
		newFeed(to),
		newPaper(to),
		newBundle(to),
	)
}

// family is a command that only holds others. Called by itself it prints its
// help; with the name of none of them it is a usage error.
func family(cmd *cobra.Command, members ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(members...)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return usageError{fmt.Errorf("unknown command %q for %q; see '%s --help'", args[0], cmd.CommandPath(), cmd.CommandPath())}
	}
	return cmd
}

// exactly is cobra.ExactArgs with the usage exit code.
func exactly(n int) cobra.PositionalArgs { return usage(cobra.ExactArgs(n)) }

func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}
