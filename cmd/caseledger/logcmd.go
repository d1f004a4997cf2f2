package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/proof/witness"
)

// serveGrace is how long a server may take to answer what it has begun.
const serveGrace = 5 * time.Second

func newLog(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "log",
		Short:   "The log over the ledger's entries: checkpoints, public keys, and what others said of them",
		Example: "  caseledger log checkpoint --data ledger",
	}
	return family(cmd, newLogCheckpoint(to), newLogKeys(to), newLogAttest(to), newLogRotate(to), newLogServe(to))
}

func newLogCheckpoint(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the newest checkpoint, to be kept by somebody else",
		Long: `Checkpoint prints the newest signed checkpoint. Whoever keeps it can show later
that nothing that was in the ledger then has been altered or removed: give it to
'caseledger verify --known', or to 'caseledger evidence --known'.`,
		Example: "  caseledger log checkpoint --data ledger > checkpoint",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			signed, err := a.checkpoint(cmd.Context())
			if err != nil {
				return err
			}
			_, err = to.out.Write(signed.Note)
			return err
		})
	}
	return cmd
}

func newLogKeys(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "keys",
		Short:   "Print the public keys of the log, which verifiers need",
		Example: "  caseledger log keys --data ledger > anytown.keys",
		Args:    exactly(0),
	}
	data := addData(cmd)
	policy := cmd.Flags().Bool("policy", false, "print them as the lines of a witness policy instead")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			text := a.log.keys.Text()
			if *policy {
				text = policyLines(a.log.keys)
			}
			_, err := to.out.Write(text)
			return err
		})
	}
	return cmd
}

func policyLines(keys *proof.History) []byte {
	var out []byte
	for _, e := range keys.Events {
		if !e.Retired {
			out = fmt.Appendf(out, "log %s\n", e.Key)
		}
	}
	return out
}

func newLogAttest(to streams) *cobra.Command {
	var others verifierFlags
	cmd := &cobra.Command{
		Use:   "attest",
		Short: "Ask witnesses and time-stamp authorities about the newest checkpoint",
		Long: `Attest seals what was appended, asks the witnesses of --witness-policy and the
authorities of --authorities about the newest checkpoint, and keeps what they say.
Let it run every hour; once a day with --heads, which also commits to where
every record has got to. Origin, size and root of the log leave the building, and
a hash; no entry does. It fails when any of them did not answer.`,
		Example: "  caseledger log attest --data ledger --witness-policy policy --authorities authorities --heads",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	others.addOthers(cmd)
	heads := cmd.Flags().Bool("heads", false, "log the tree of the records' heads first")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if others.policy == "" && others.authorities == "" && !*heads {
			return usageError{errors.New("nobody is to be asked: give --witness-policy, --authorities or --heads")}
		}
		return withLog(cmd.Context(), *data, to, func(a *app) error { return a.logAttest(cmd.Context(), to, *output, others, *heads) })
	}
	return cmd
}

func (a *app) logAttest(ctx context.Context, to streams, output format, others verifierFlags, heads bool) error {
	if heads {
		if err := a.logHeads(ctx); err != nil {
			return err
		}
	}
	attested, err := a.attest(ctx, others)
	if err != nil {
		return err
	}
	if err := output.print(to.out, attested.rows); err != nil {
		return err
	}
	for _, row := range attested.rows {
		if !row.attests() {
			return fmt.Errorf("%s %s: %s", row.Kind, row.Who, row.Result)
		}
	}
	return nil
}

func newLogRotate(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Put new keys in the place of those that sign the log",
		Long: `Rotate makes new keys, records that they sign the log from here on and the old
ones do not, and puts them in the place of the old ones, which are lost. Give the
new list of public keys ('caseledger log keys') to witnesses and verifiers: it
tells which keys count for which checkpoint, so old ones stay good.`,
		Example: "  caseledger log rotate --data ledger",
		Args:    exactly(0),
	}
	data := addData(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			if err := a.rotate(cmd.Context()); err != nil {
				return err
			}
			_, err := to.out.Write(a.log.keys.Text())
			return err
		})
	}
	return cmd
}

func newLogServe(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the log over HTTP, for reading, as C2SP tlog-tiles",
		Long: `Serve answers GET /checkpoint and /tile/… with sizes, hashes and signatures; it
holds no entry, and needs neither keys nor the journal, so it runs beside the
program that writes. Put a proxy with TLS before it.`,
		Example: "  caseledger log serve --data ledger --listen 127.0.0.1:8081",
		Args:    exactly(0),
	}
	data := addData(cmd)
	listen := cmd.Flags().String("listen", "127.0.0.1:8081", "address to listen on")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		logger := slog.New(slog.NewJSONHandler(to.err, nil))
		return serve(cmd.Context(), to, *listen, sealer.Handler{Log: sealer.NewLog(data.logDir()), Logger: logger})
	}
	return cmd
}

// serve serves until ctx ends, and lets what has begun come to its end.
func serve(ctx context.Context, to streams, address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return notReadyError{err}
	}
	server := witness.NewServer(handler)
	closeUnused(server)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Fprintf(to.out, "Listening on http://%s\n", listener.Addr())
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serveGrace)
	defer cancel()
	err = server.Shutdown(grace)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
