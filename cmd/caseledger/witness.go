package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"caseledger/eventstore/durable"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/witness"
)

const (
	witnessKeyFile = "key"
	enrolledSuffix = ".keys" // public keys of a log that is witnessed
)

func newWitness(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Vouch for the ledgers of others: nothing but size and root of their logs is seen",
		Long: `A witness remembers the last checkpoint of each log that it was enrolled for, and
cosigns the next one only when that one contains it (C2SP tlog-witness). Whoever
asks it and its neighbours can then tell that all were shown the same ledger.`,
		Example: "  caseledger witness init --dir witness --name borough.example/w1",
	}
	return family(cmd, newWitnessInit(to), newWitnessEnrol(to), newWitnessServe(to))
}

func addWitnessDir(cmd *cobra.Command) *string {
	return cmd.Flags().String("dir", "caseledger-witness", "directory of the witness; never restore it from a backup")
}

func newWitnessInit(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "init",
		Short:   "Make a witness, and print its public key for policies",
		Example: "  caseledger witness init --dir witness --name borough.example/w1",
		Args:    exactly(0),
	}
	dir := addWitnessDir(cmd)
	name := cmd.Flags().String("name", "", "name of the witness, for ever")
	kind := cmd.Flags().String("kind", witness.Ed25519, "kind of key: "+witness.Ed25519+" or "+witness.MLDSA44)
	cmd.RunE = func(*cobra.Command, []string) error {
		if *name == "" {
			return usageError{errors.New("--name is required")}
		}
		if err := os.MkdirAll(*dir, 0o700); err != nil {
			return err
		}
		vkey, err := witness.WriteKey(filepath.Join(*dir, witnessKeyFile), *name, *kind)
		if errors.Is(err, witness.ErrKey) {
			err = usageError{err}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(to.out, vkey)
		return err
	}
	return cmd
}

func newWitnessEnrol(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Begin to witness a log, from its public keys",
		Long: `Enrol begins to witness the log whose public keys are given, as 'caseledger log keys'
prints them where the ledger is. Given again, it takes over keys that were added.`,
		Example: "  caseledger witness enrol --dir witness --keys anytown.keys",
		Args:    exactly(0),
	}
	dir := addWitnessDir(cmd)
	keys := cmd.Flags().String("keys", "", "file of the log's public keys")
	cmd.RunE = func(*cobra.Command, []string) error {
		if *keys == "" {
			return usageError{errors.New("--keys is required")}
		}
		text, err := readTrust(*keys)
		if err != nil {
			return err
		}
		history, err := proof.ParseHistory(text)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", *keys, err)}
		}
		if err := enrol(*dir, history); err != nil {
			return err
		}
		_, err = fmt.Fprintf(to.out, "Enrolled %s.\n", history.Origin)
		return err
	}
	return cmd
}

// enrol keeps the keys of a log, and begins its memory if there is none.
func enrol(dir string, keys *proof.History) error {
	if err := witness.Enrol(dir, keys.Origin); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	sum := sha256.Sum256([]byte(keys.Origin))
	return durable.Replace(filepath.Join(dir, hex.EncodeToString(sum[:16])+enrolledSuffix), keys.Text())
}

func newWitnessServe(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve POST /add-checkpoint (C2SP tlog-witness)",
		Long: `Serve answers logs that ask for a cosignature. Put a proxy with TLS before it. Only
one process is the witness of a directory.`,
		Example: "  caseledger witness serve --dir witness --listen 127.0.0.1:8082",
		Args:    exactly(0),
	}
	dir := addWitnessDir(cmd)
	listen := cmd.Flags().String("listen", "127.0.0.1:8082", "address to listen on")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		w, err := openWitness(*dir)
		if err != nil {
			return err
		}
		logger := slog.New(slog.NewJSONHandler(to.err, nil))
		return errors.Join(serve(cmd.Context(), to, *listen, w.Handler(logger)), w.Close())
	}
	return cmd
}

func openWitness(dir string) (*witness.Witness, error) {
	signer, _, err := witness.ReadKey(filepath.Join(dir, witnessKeyFile))
	if err != nil {
		return nil, notReadyError{err}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"+enrolledSuffix))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, notReadyError{errors.New("the witness has no log: run 'caseledger witness enrol'")}
	}
	var logs []witness.Log
	for _, file := range files {
		text, err := readTrust(file)
		if err != nil {
			return nil, err
		}
		history, err := proof.ParseHistory(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		logs = append(logs, witness.Log{Origin: history.Origin, Keys: history.At(math.MaxInt64)})
	}
	return witness.Open(dir, logs, []note.Signer{signer})
}
