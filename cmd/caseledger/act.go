package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// maxCommandBytes bounds the text of one command.
const maxCommandBytes = eventstore.MaxEventBytes

type receiptRow struct {
	Record   domain.RecordID     `json:"record"`
	Revision eventstore.Revision `json:"revision"`
	Position eventstore.Position `json:"position"`
	Events   int                 `json:"events"`
	Repeated bool                `json:"repeated"`
}

func newAct(to streams) *cobra.Command {
	var by struct{ id, role, agency, basis, purpose, record, request, reason string }
	var corrects, revision uint64
	var also []string
	cmd := &cobra.Command{
		Use:   "act COMMAND",
		Short: "Perform one command on a record; the body is JSON on standard input",
		Example: `  echo '{"happened":"2026-03-02","referral":"r1","source":"2A","need":"N1"}' |
    caseledger act referral.receive --record AT000001 --actor sw-001 --role social-worker \
      --agency anytown --basis children-act-1989-s17 --purpose referral --request 7d1f
  caseledger act note.write --server https://ledger.anytown.example --token-file token --record 3a7c0c1e5d2b4f6f8a9b0c1d2e3f4a5b \
      --revision 4 --basis children-act-1989-s17 --purpose assessment --request 7d20 < note.json`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	flags := cmd.Flags()
	flags.StringVar(&by.record, "record", "", "record's id or the child's number with the authority; empty opens a new record")
	flags.StringArrayVar(&also, "also", nil, "another record that the same act concerns; may be given again. All are recorded, or none")
	flags.StringVar(&by.id, "actor", "", "who acts")
	flags.StringVar(&by.role, "role", "", "in which role")
	flags.StringVar(&by.agency, "agency", "", "for which agency")
	flags.StringVar(&by.basis, "basis", "", "on which legal basis")
	flags.StringVar(&by.purpose, "purpose", "", "for which purpose")
	flags.StringVar(&by.request, "request", "", "idempotency key: a repeat with the same key changes nothing")
	flags.Uint64Var(&corrects, "corrects", 0, "number of the entry that this act replaces")
	flags.StringVar(&by.reason, "reason", "", "why that entry is replaced")
	flags.Uint64Var(&revision, "revision", 0, "revision of the record as you saw it; only a server asks")
	server := addRemote(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if server.given() {
			if len(also) > 0 || by.id != "" || by.role != "" || by.agency != "" {
				return usageError{errors.New("a server knows by the token who acts, and takes one record at a time here")}
			}
			c, err := server.client(by.purpose, by.basis)
			if err != nil {
				return err
			}
			one := remoteAct{command: args[0], record: by.record, request: by.request, reason: by.reason, revision: int64(revision), corrects: int64(corrects)}
			return actRemotely(cmd.Context(), c, one, cmd.InOrStdin(), to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			act := eventstore.Act{Request: by.request, Actor: domain.Actor{ID: by.id, Role: by.role, Agency: by.agency},
				Authority: domain.Authority{Basis: by.basis, Purpose: by.purpose}}
			var err error
			if act.Command, err = a.decode(args[0], cmd.InOrStdin()); err != nil {
				return usageError{err}
			}
			if corrects > 0 {
				act.Command = schema.Correction{Entry: corrects, Reason: by.reason, Command: act.Command}
			}
			if len(also) > 0 {
				return a.actOnAll(cmd.Context(), to, append(also, by.record), act, *output)
			}
			return a.act(cmd.Context(), to, by.record, act, *output)
		})
	}
	return cmd
}

// decode reads the body of a command.
func (a *app) decode(name string, body io.Reader) (any, error) {
	command, ok := a.records.Named(name)
	if !ok {
		return nil, errors.New("no command has this name; see 'caseledger schema commands'")
	}
	text, err := io.ReadAll(io.LimitReader(body, maxCommandBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxCommandBytes {
		return nil, fmt.Errorf("the body has more than %d bytes", maxCommandBytes)
	}
	return command.Decode(jsontext.Value(text))
}

func (a *app) act(ctx context.Context, to streams, name string, act eventstore.Act, output format) error {
	id := newRecordID()
	if name != "" {
		var err error
		if id, err = a.find(ctx, name); err != nil {
			return err
		}
	}
	do := a.records.Do
	if _, corrects := act.Command.(schema.Correction); corrects {
		do = a.records.Correct
	}
	receipt, err := do(ctx, id, act)
	if err != nil {
		return err
	}
	return output.print(to.out, []receiptRow{{id, receipt.Revision, receipt.Position, receipt.Events(), receipt.Repeated}})
}

// maxActRecords bounds the records that one act concerns.
const maxActRecords = 50

// actOnAll performs one command on several records, whole or not at all. The
// request names the group, so that a repeat is the same act.
func (a *app) actOnAll(ctx context.Context, to streams, names []string, act eventstore.Act, output format) error {
	if _, corrects := act.Command.(schema.Correction); corrects || len(names) > maxActRecords {
		return usageError{fmt.Errorf("one act concerns at most %d records, and corrects an entry of one", maxActRecords)}
	}
	acts := make(map[domain.RecordID]eventstore.Act)
	for _, name := range names {
		id, err := a.find(ctx, name)
		if err != nil {
			return err
		}
		acts[id] = act
	}
	sum := sha256.Sum256([]byte(act.Request))
	receipts, err := a.records.DoAll(ctx, hex.EncodeToString(sum[:16]), acts)
	if err != nil {
		return err
	}
	rows := make([]receiptRow, len(receipts))
	for i, r := range receipts {
		id, _ := schema.RecordOf(r.Stream)
		rows[i] = receiptRow{id, r.Revision, r.Position, r.Events(), r.Repeated}
	}
	return output.print(to.out, rows)
}
