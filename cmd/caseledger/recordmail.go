package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/eml"
	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/eventstore"
)

// mailing is what the command line says of an e-mail, and its file does not.
type mailing struct {
	direction, sensitivity string
	thirdParty, informant  bool
	happened               domain.Date
}

func newRecordMail(to streams) *cobra.Command {
	var by struct{ id, role, agency, basis, purpose, request string }
	var also []string
	how := mailing{direction: "in"}
	cmd := &cobra.Command{
		Use:   "mail FILE.eml RECORD",
		Short: "Record an e-mail: its headers, its words, and each attachment by its hash",
		Long: `Mail records an e-mail that came in or went out. The ledger keeps its words as
they stand and the SHA-256 of the file and of each attachment. It does not keep
the bytes of an attachment: keep the file where the authority keeps its mail. The
same file is recorded once on a record.`,
		Example: `  caseledger record mail letter.eml AT000001 --actor sw-001 --role social-worker \
    --agency anytown --basis children-act-1989-s17 --purpose assessment --third-party`,
		Args: exactly(2),
	}
	data, output := addData(cmd), addFormat(cmd)
	flags := cmd.Flags()
	flags.StringVar(&how.direction, "direction", how.direction, "in or out")
	flags.StringVar(&how.sensitivity, "sensitivity", "", "sensitive or highly-sensitive")
	flags.BoolVar(&how.thirdParty, "third-party", false, "it tells of others than the person")
	flags.BoolVar(&how.informant, "informant", false, "it could give an informant away")
	flags.Var(dateFlag{&how.happened}, "happened", "the day that it came or went; that on which it says it was sent when left out")
	flags.StringArrayVar(&also, "also", nil, "another record that it concerns; may be given again. All are recorded, or none")
	flags.StringVar(&by.id, "actor", "", "who acts")
	flags.StringVar(&by.role, "role", "", "in which role")
	flags.StringVar(&by.agency, "agency", "", "for which agency")
	flags.StringVar(&by.basis, "basis", "", "on which legal basis")
	flags.StringVar(&by.purpose, "purpose", "", "for which purpose")
	flags.StringVar(&by.request, "request", "", "idempotency key; the hash of the file when left out")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		command, err := how.read(args[0])
		if err != nil {
			return err
		}
		if by.request == "" {
			by.request = "mail-" + command.Original
		}
		act := eventstore.Act{Request: by.request, Actor: domain.Actor{ID: by.id, Role: by.role, Agency: by.agency},
			Authority: domain.Authority{Basis: by.basis, Purpose: by.purpose}, Command: command}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			for _, d := range command.Defects {
				fmt.Fprintf(to.err, "caseledger: the e-mail is recorded, but %s\n", d)
			}
			if len(also) > 0 {
				return a.actOnAll(cmd.Context(), to, append(also, args[1]), act, *output)
			}
			return a.act(cmd.Context(), to, args[1], act, *output)
		})
	}
	return cmd
}

// read makes a command of a file. Its id is made of its hash.
func (how mailing) read(path string) (correspondence.Record, error) {
	file, err := os.Open(path)
	if err != nil {
		return correspondence.Record{}, err
	}
	defer file.Close()
	m, err := eml.Read(file)
	if err != nil {
		return correspondence.Record{}, fmt.Errorf("mail: %w", err)
	}
	c := m.Record
	c.Correspondence, c.Direction, c.Sensitivity = correspondence.ID(c.Original[:32]), how.direction, how.sensitivity
	c.ThirdParty, c.Informant = how.thirdParty, how.informant
	if c.Happened = how.happened; !c.Happened.IsZero() {
		return c, nil
	}
	if m.Date.IsZero() {
		return c, usageError{errors.New("mail: the e-mail does not say when it was sent: give --happened")}
	}
	zone, err := time.LoadLocation("Europe/London")
	c.Happened = domain.DateOf(m.Date.In(zone))
	return c, err
}
