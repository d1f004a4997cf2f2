package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/eventstore/journal"
)

func newStore(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "store",
		Short:   "Look after the files of the journal",
		Example: "  caseledger store reindex --data ledger",
	}, newReindex(to))
}

func newReindex(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "Build the index of the journal anew",
		Long: `Build the index of the journal anew from its events. No key is needed. Every
command does the same by itself where the index is missing or damaged.`,
		Example: "  caseledger store reindex --data ledger",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := exists(data.dir); err != nil {
			return err
		}
		s, err := journal.Reindex(filepath.Join(data.dir, journalDir))
		if err != nil {
			return err
		}
		fmt.Fprintf(to.out, "The index leads to %d events in %d streams.\n", s.Events, s.Streams)
		return nil
	}
	return cmd
}
