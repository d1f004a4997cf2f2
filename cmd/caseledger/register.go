package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/register"
	"caseledger/eventstore"
	"caseledger/projections"
)

// enquiryStream is the stream of one enquiry of the register.
const enquiryStream = "register-enquiry-"

func newRegisterEnquire(to streams) *cobra.Command {
	var c register.Enquire
	var keeper, kind string
	cmd := &cobra.Command{
		Use:   "enquire",
		Short: "Answer whether a child is on the register, and keep who asked, why, and the answer",
		Long: `Enquire answers whether a child is on the register, and keeps the enquiry. A server
(--server) is asked by --kind and --number; it keeps as an access who asked it.`,
		Example: `  caseledger register enquire --family Jones --given Ava --born 2019-04-02 --enquirer "Dr Lee" \
    --role registrar --agency "Anytown hospital" --called-back --reason "bruising, seen tonight" --keeper edt-002`,
		Args: exactly(0),
	}
	data, output, server := addData(cmd), addFormat(cmd), addRemote(cmd)
	flags := cmd.Flags()
	flags.StringVar(&kind, "kind", "la-child-id", "of a number that a server is asked by: la-child-id, upn, former-upn, nhs-number or chi")
	flags.StringVar(&c.Child.Family, "family", "", "child's family name")
	flags.StringVar(&c.Child.Given, "given", "", "child's given name")
	flags.Var(dateFlag{&c.Child.Born}, "born", "child's day of birth")
	flags.StringVar(&c.Child.Number, "number", "", "child's number: of the authority, NHS, CHI or UPN")
	flags.StringVar(&c.Enquirer, "enquirer", "", "who asks")
	flags.StringVar(&c.Role, "role", "", "in which role")
	flags.StringVar(&c.From, "agency", "", "for which agency")
	flags.BoolVar(&c.CalledBack, "called-back", false, "the enquirer was rung back at a number known to be the agency's")
	flags.StringVar(&c.Reason, "reason", "", "why")
	flags.StringVar(&keeper, "keeper", "", "who answers")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			if c.Child.Number == "" || c.Child.Family+c.Child.Given != "" || !c.Child.Born.IsZero() {
				return usageError{errors.New("a server is asked by --number alone")}
			}
			return server.enquire(cmd.Context(), kind, c.Child.Number, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			answered, err := a.enquire(cmd.Context(), c, keeper)
			if err != nil {
				return err
			}
			return a.printAnswer(cmd.Context(), to, *output, answered)
		})
	}
	return cmd
}

// enquire answers and records an enquiry. The answer is recorded before it is
// given.
func (a *app) enquire(ctx context.Context, c register.Enquire, keeper string) (register.Enquired, error) {
	c.Happened = a.records.Setting().Today
	found, err := a.db.OnRegister(ctx, c.Child)
	if err != nil {
		return register.Enquired{}, err
	}
	earlier, err := a.db.EarlierEnquiries(ctx, c.Child)
	if err != nil {
		return register.Enquired{}, err
	}
	answered, refused := register.Answer(c, found, earlier)
	id := newEventID()
	act := eventstore.Act{
		Stream: enquiryStream + hex.EncodeToString(id[:]), Request: "enquire", Name: "register.enquire", Command: c,
		Actor:     domain.Actor{ID: keeper, Role: "register-keeper", Agency: "authority"},
		Authority: domain.Authority{Basis: "children-act-1989-s47", Purpose: "register-enquiry"},
	}
	folds := eventstore.NewFolds(0, register.Enquiry.Evolve)
	_, err = eventstore.Update(ctx, a.records.Ledger, folds, act, func(register.Enquiry) ([]domain.Fact, error) {
		return domain.Facts(answered), refused
	})
	return answered, err
}

// answerRow is what the keeper tells the enquirer, and no more.
type answerRow struct {
	Answer string          `json:"answer"`
	Record domain.RecordID `json:"record,omitempty"`
	Given  string          `json:"given,omitempty"`
	Family string          `json:"family,omitempty"`
	Born   domain.Date     `json:"born,omitzero"`
	Kind   string          `json:"kind,omitempty"`
	Since  domain.Date     `json:"since,omitzero"`
	Worker string          `json:"worker,omitempty"`
	Team   string          `json:"team,omitempty"`
	Before int             `json:"enquiriesBefore"`
}

func (a *app) printAnswer(ctx context.Context, to streams, output format, e register.Enquired) error {
	all, err := a.db.Register(ctx)
	if err != nil {
		return err
	}
	rows := []answerRow{}
	for _, m := range e.Matches {
		for _, r := range all {
			if r.Record == m.Record && string(r.Plan) == m.Plan {
				answer := register.Possible
				if m.Exact {
					answer = register.OnRegister
				}
				rows = append(rows, answerRow{answer, r.Record, r.Given, r.Family, r.Born, r.Kind, r.From, r.Worker, r.Team, e.Earlier})
			}
		}
	}
	if len(rows) == 0 {
		rows = append(rows, answerRow{Answer: e.Answer, Before: e.Earlier})
	}
	return output.print(to.out, rows)
}

func newRegisterEnquiries(to streams) *cobra.Command {
	var since time.Time
	cmd := &cobra.Command{
		Use:     "enquiries",
		Short:   "List the enquiries of the register, with what was answered",
		Example: "  caseledger register enquiries --since 2026-03-01 --output csv",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().Var(knownFlag{&since}, "since", "only enquiries after this time, or after the end of this day")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.db.Enquiries(cmd.Context(), since)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newRegisterPrint(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "print",
		Short:   "Print the register as a document, as of any moment",
		Example: "  caseledger register print --known-at 2024-03-31T17:00:00Z --true-on 2024-03-31 > register.txt",
		Args:    exactly(0),
	}
	data, at := addData(cmd), addMoment(cmd, "", "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.view.Register(cmd.Context(), *at)
			if err != nil {
				return err
			}
			head, err := a.store.Head(cmd.Context())
			if err != nil {
				return err
			}
			return printRegister(to.out, registerDocument{Ledger: a.created.Ledger, Nation: a.created.Nation, Head: int64(head), View: *at, Rows: rows})
		})
	}
	return cmd
}

// registerDocument is the register as it is put on paper.
type registerDocument struct {
	Ledger, Nation string
	Head           int64 // position of the last entry of the ledger
	View           projections.Moment
	Rows           []projections.RegisterRow
}

// Known says as of when the register was known.
func (d registerDocument) Known() string {
	if d.View.Known.IsZero() {
		return fmt.Sprintf("the entry at position %d of the ledger, the last", d.Head)
	}
	return d.View.Known.UTC().Format(time.RFC3339)
}

// On says for which day the register holds.
func (d registerDocument) On() string {
	if d.View.On.IsZero() {
		return "the latest that is recorded"
	}
	return d.View.On.String()
}

// Reasons are the categories or areas of concern of a row, in words.
func (d registerDocument) Reasons(r projections.RegisterRow) string {
	var all []string
	if r.Latest != "" {
		all = append(all, fmt.Sprintf("%s (%s)", policy.Label(policy.CategoryOfAbuse, r.Latest), r.Latest))
	}
	for _, c := range r.Concerns {
		all = append(all, policy.Label(policy.AreaOfConcern, c))
	}
	return strings.Join(all, ", ")
}

const registerLayout = `CHILD PROTECTION REGISTER
Ledger {{.Ledger}} ({{.Nation}})
As known at: {{.Known}}
As true on:  {{.On}}
Names:       {{len .Rows}}
{{range $i, $r := .Rows}}
{{printf "%4d" (inc $i)}}  {{or $r.Family "(no family name)"}}, {{or $r.Given "(no given name)"}}   number {{or $r.LAChildID "none"}}   record {{$r.Record}}
      {{if $r.Born.IsZero}}unborn, expected {{or $r.Expected.String "on a day not known"}}{{else}}born {{$r.Born}}{{end}}
      registered {{or $r.From.String "on a day not known"}} ({{$r.Kind}}){{with $.Reasons $r}}   {{.}}{{end}}   earlier plans {{$r.Previous}}
      review by {{or $r.ReviewBy.String "no day set"}}   key worker {{or $r.Worker "none"}}{{with $r.Team}}, {{.}}{{end}}{{with $r.Elsewhere}}
      the plan is kept by {{.}}{{end}}{{if not $r.Missing.IsZero}}
      MISSING since {{$r.Missing}}{{end}}
{{end}}
End of the register: {{len .Rows}} names.
`

func printRegister(out io.Writer, d registerDocument) error {
	layout, err := template.New("register").Funcs(template.FuncMap{"inc": func(i int) int { return i + 1 }}).Parse(registerLayout)
	if err != nil {
		return err
	}
	return layout.Execute(out, d)
}

func newRegisterReconcile(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "reconcile",
		Short:   "Compare the register with plans, cases and clocks, and list what does not fit",
		Example: "  caseledger register reconcile --true-on 2024-03-31 --output csv",
		Args:    exactly(0),
	}
	data, output, at := addData(cmd), addFormat(cmd), addMoment(cmd, "", "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			on := at.On
			if on.IsZero() {
				on = a.records.Setting().Today
			}
			rows, err := a.db.Reconcile(cmd.Context(), a.load, a.records.Pack, at.Known, on)
			if err != nil {
				return err
			}
			if err := output.print(to.out, rows); err != nil {
				return err
			}
			return footer(to, *output, "%d things about the register do not fit%s.", len(rows), at)
		})
	}
	return cmd
}
