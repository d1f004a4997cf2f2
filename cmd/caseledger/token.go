package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"caseledger/adapters/httpapi"
	"caseledger/eventstore/durable"
)

func newToken(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "token",
		Short: "Keep the local tokens of the HTTP API",
		Long: `Local tokens are for one machine: a server that takes them listens on a loopback
address only. The file holds their digests. A server reads it when it starts.`,
		Example: "  caseledger token add --data ledger --id sw-001 --role social-worker --agency anytown\n  caseledger token list --data ledger",
	}, newTokenAdd(to), newTokenList(to), newTokenRevoke(to))
}

func addDir(cmd *cobra.Command) *string {
	dir := os.Getenv("CASELEDGER_DATA")
	if dir == "" {
		dir = "caseledger-data"
	}
	return cmd.Flags().String("data", dir, "directory of the ledger (also CASELEDGER_DATA)")
}

func newTokenAdd(to streams) *cobra.Command {
	var c httpapi.Caller
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Make a token and print it, this once",
		Example: "  caseledger token add --data ledger --id sw-001 --role social-worker --agency anytown --team assessment-north",
		Args:    exactly(0),
	}
	dir := addDir(cmd)
	cmd.Flags().StringVar(&c.ID, "id", "", "who bears it")
	cmd.Flags().StringVar(&c.Role, "role", "", "social-worker, manager, records-officer, auditor or analyst")
	cmd.Flags().StringVar(&c.Agency, "agency", "", "for which agency")
	cmd.Flags().StringArrayVar(&c.Teams, "team", nil, "a team of the bearer; may be repeated")
	cmd.RunE = func(*cobra.Command, []string) error {
		var token string
		err := onTokens(*dir, func(t *httpapi.Tokens) (err error) {
			if token, err = t.Add(c); err != nil {
				err = usageError{err}
			}
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(to.out, token)
		return err
	}
	return cmd
}

func newTokenList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List who bears a token",
		Example: "  caseledger token list --data ledger",
		Args:    exactly(0),
	}
	dir, output := addDir(cmd), addFormat(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		t, err := httpapi.ReadTokens(filepath.Join(*dir, tokensFile))
		if err != nil {
			return err
		}
		return output.print(to.out, t.List())
	}
	return cmd
}

func newTokenRevoke(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "revoke ID",
		Short:   "Take all tokens of a bearer out; a running server must be started anew",
		Example: "  caseledger token revoke sw-001 --data ledger",
		Args:    exactly(1),
	}
	dir := addDir(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return onTokens(*dir, func(t *httpapi.Tokens) error {
			if n := t.Remove(args[0]); n == 0 {
				return errors.New("nobody of this id bears a token")
			}
			return nil
		})
	}
	return cmd
}

// onTokens changes the file of tokens of a ledger.
func onTokens(dir string, change func(*httpapi.Tokens) error) error {
	if err := exists(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, tokensFile)
	t, err := httpapi.ReadTokens(path)
	if err != nil {
		return err
	}
	if err := change(t); err != nil {
		return err
	}
	text, err := t.Text()
	if err != nil {
		return err
	}
	return durable.Replace(path, text)
}
