package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/eventstore/durable"
)

func newNode(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "node",
		Short: "Let several machines work on one ledger",
		Long: `A node is a data directory on a machine of its own. All nodes of a ledger share its
store, an EventStoreDB, and its keys, a PostgreSQL. One of them, where the ledger was
created or moved, has the log and signs its checkpoints. Each has a second ledger of
what it gave out.`,
		Example: "  caseledger node add --data ledger --to node-2",
	}, newNodeAdd(to))
}

func newNodeAdd(to streams) *cobra.Command {
	var target string
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Make the data directory of one more node",
		Long: `Add writes what another node needs to know into a new directory: where store and
keys are, who bears a token, and the secret that makes the ids of new records. It
copies no key of a record and no key of the log. Bring the directory to the other
machine; what opens the keys is given there as here.`,
		Example: "  caseledger node add --data ledger --to node-2",
		Args:    exactly(0),
	}
	dir := addDir(cmd)
	cmd.Flags().StringVar(&target, "to", "", "directory to make; it must not exist")
	cmd.RunE = func(*cobra.Command, []string) error {
		if target == "" {
			return usageError{errors.New("give the directory to make: --to")}
		}
		if err := addNode(*dir, target); err != nil {
			return err
		}
		fmt.Fprintf(to.out, "Made the data directory of a node: %s.\n", target)
		return nil
	}
	return cmd
}

func addNode(dir, target string) error {
	c, err := readStoreFile(dir)
	if err != nil {
		return err
	}
	if c == nil || c.Keys == "" {
		return usageError{fmt.Errorf("nodes share a store and keys: %s names none, so this ledger is one machine's own", filepath.Join(dir, storeFile))}
	}
	if _, err := ensureSecret(filepath.Join(dir, secretFile)); err != nil {
		return err
	}
	if err := os.Mkdir(target, 0o700); err != nil {
		return err
	}
	for _, name := range []string{tokensFile, secretFile} {
		text, err := readTrust(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = durable.Create(filepath.Join(target, name), text)
		}
		if err != nil {
			return err
		}
	}
	other := *c
	other.SealedElsewhere = true
	return other.write(target)
}

func newProject(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "project",
		Short: "Keep the read models up to date until stopped",
		Long: `Project follows the ledger and applies every event to the read models as it comes.
Several may run, here and on other nodes, when the read models are in PostgreSQL:
they take turns, and when one dies another goes on.`,
		Example: "  caseledger project --data node-2 --readmodels /run/secrets/readmodels",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return project(cmd.Context(), *data, to) }
	return cmd
}

// project follows until ctx ends, which is no failure.
func project(ctx context.Context, p place, to streams) error {
	return withApp(ctx, p, to, func(a *app) error {
		fmt.Fprintln(to.out, "Following")
		err := a.runner.Run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		return ofReadModels(err)
	})
}
