package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/proof/evidence"
	"caseledger/projections"
	"caseledger/schema"
)

func newDisclosure(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "disclosure",
		Short: "Give the police, inspectors, health or another authority what may go to them, and keep on the record that it went",
		Example: `  caseledger disclosure profiles --on 2026-03-01
  caseledger disclosure make AT000001 --id d1 --package d1.zip --out d1.pdf --actor ro-01 --request d1`,
	}, newDisclosureProfiles(to), newDisclosureSchema(to), newDisclosureMake(to), newDisclosureList(to))
}

// catalogue returns the profiles of the program with those of a file before them.
func catalogue(path string) (disclosure.Catalogue, error) {
	all, err := schema.Profiles()
	if err != nil || path == "" {
		return all, err
	}
	text, err := readTrust(path)
	if err != nil {
		return all, err
	}
	own, err := schema.ReadProfiles(text)
	if err != nil {
		return all, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return all.With(own), nil
}

func addProfiles(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "profiles", "", "file of the authority's own protocols and profiles, which go before those of the program")
}

// profileRow is a profile, or a protocol with the profile that it goes by.
type profileRow struct {
	Kind     string      `json:"kind"` // profile, protocol
	Name     string      `json:"name"`
	Profile  string      `json:"profile,omitempty"`
	From     domain.Date `json:"from,omitzero"`
	Until    domain.Date `json:"until,omitzero"`
	Sentence string      `json:"sentence"`
	Source   string      `json:"source"`
}

func newDisclosureProfiles(to streams) *cobra.Command {
	var on domain.Date
	var file string
	cmd := &cobra.Command{
		Use:     "profiles",
		Short:   "List protocols and profiles of disclosure, with the source of each",
		Example: "  caseledger disclosure profiles --on 2015-06-01",
		Args:    exactly(0),
	}
	output := addFormat(cmd)
	addProfiles(cmd, &file)
	cmd.Flags().Var(dateFlag{&on}, "on", "only those in force on this day")
	cmd.RunE = func(*cobra.Command, []string) error {
		all, err := catalogue(file)
		if err != nil {
			return err
		}
		rows := []profileRow{}
		for _, p := range all.Protocols {
			if in, ok := all.Protocol(p.Protocol, on); on.IsZero() || ok && in == p {
				rows = append(rows, profileRow{"protocol", p.Protocol, p.Profile, p.From, p.Until, p.Title, p.Source})
			}
		}
		for _, p := range all.Profiles {
			if in, ok := all.Profile(p.Profile, on); on.IsZero() || ok && in.From == p.From && in.Source == p.Source {
				rows = append(rows, profileRow{"profile", p.Profile, "", p.From, p.Until, p.Sentence, p.Source})
			}
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newDisclosureSchema(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a file of profiles",
		Example: "  caseledger disclosure schema > profiles.schema.json",
		Args:    exactly(0),
	}
	cmd.RunE = func(*cobra.Command, []string) error {
		text, err := schema.ProfilesSchema()
		if err == nil {
			_, err = to.out.Write(append(text, '\n'))
		}
		return err
	}
	return cmd
}

// disclosing is what the command line says of a disclosure.
type disclosing struct {
	id, redaction string
	profiles      string
	contacts      []string
	pkg           string
	out           []string
	by            acting
}

// disclosurePapers are the formats of what is disclosed, by the ends of file names.
var disclosurePapers = map[string]func(io.Writer, paper.Paper) error{".docx": docx.Write, ".pdf": pdf.Write}

func newDisclosureMake(to streams) *cobra.Command {
	var d disclosing
	var others verifierFlags
	cmd := &cobra.Command{
		Use:   "make RECORD",
		Short: "Write the papers and the evidence package of a disclosure that was decided, and record that it goes",
		Long: `Make gives what was decided and nothing else. The profile under which the request
was considered says which fields of which kinds of entries go; what --redaction, a
set of redactions that somebody else approved, withholds, does not go either, nor
does anything recorded since that set was proposed. What is marked as from an
informant or about a third party, and an address that a restriction keeps, go only
where the profile says so, and why something is withheld never does. Everything that
is withheld stands in the package's schedule with its ground.

The entry names the profile, the entries shown, the package's fingerprint and the
checkpoint, and what the receiver may not do with it. Request, consideration and
decision come before: 'act disclosure.request', 'act disclosure.consider', 'act
disclosure.decide'.`,
		Example: `  caseledger disclosure make AT000001 --id d1 --redaction police --package d1.zip --out d1.pdf --actor ro-01 \
    --role records-officer --agency anytown --basis dpa-2018-sch2-p2 --purpose disclosure --request d1-made`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	others.addOthers(cmd)
	addProfiles(cmd, &d.profiles)
	d.by.add(cmd, "a disclosure is recorded once")
	flags := cmd.Flags()
	flags.StringVar(&d.id, "id", "", "id of the disclosure within the record")
	flags.StringVar(&d.redaction, "redaction", "", "id of an approved set of redactions, applied beside the profile")
	flags.StringArrayVar(&d.contacts, "contact", nil, "whom to call, with the telephone number; may be given again")
	flags.StringVar(&d.pkg, "package", "", "file of the evidence package to write; it must not exist")
	flags.StringArrayVar(&d.out, "out", nil, "paper to write, which must not exist: .docx or .pdf; may be given again")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := d.check(); err != nil {
			return err
		}
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			id, err := a.find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.disclose(cmd.Context(), to, *output, id, d, others)
		})
	}
	return cmd
}

func (d disclosing) check() error {
	if d.id == "" || d.pkg == "" {
		return usageError{errors.New("--id and --package are required")}
	}
	for _, path := range append([]string{d.pkg}, d.out...) {
		if path != d.pkg && disclosurePapers[strings.ToLower(filepath.Ext(path))] == nil {
			return usageError{errors.New("a disclosure is written as .docx or .pdf")}
		}
		if _, err := os.Lstat(path); err == nil {
			return usageError{fmt.Errorf("%s exists", path)}
		}
	}
	return nil
}

// madeRow says what was disclosed.
type madeRow struct {
	Disclosure  string `json:"disclosure"`
	Profile     string `json:"profile"`
	Entries     int    `json:"entries"` // of which something is shown
	Withheld    int    `json:"withheld"`
	Package     string `json:"package"`
	Fingerprint string `json:"fingerprint"`
}

// disclose records that something goes before its files are there.
func (a *app) disclose(ctx context.Context, to streams, output format, id domain.RecordID, d disclosing, others verifierFlags) error {
	all, err := catalogue(d.profiles)
	if err != nil {
		return err
	}
	packed, err := a.packDisclosure(ctx, to, id, d, all, others)
	warnOf(to.err, packed.attested)
	if errors.Is(err, errNobodyToCall) {
		return usageError{fmt.Errorf("%w, with --contact", err)}
	}
	if err != nil {
		return err
	}
	if _, err := a.records.Do(ctx, id, d.by.act(packed.made)); err != nil {
		return err
	}
	if err := durable.Create(d.pkg, packed.pkg); err != nil {
		return err
	}
	for _, path := range d.out {
		var file bytes.Buffer
		if err := disclosurePapers[strings.ToLower(filepath.Ext(path))](&file, packed.paper); err != nil {
			return err
		}
		if err := durable.Create(path, file.Bytes()); err != nil {
			return err
		}
	}
	return output.print(to.out, []madeRow{{d.id, packed.made.Profile, len(packed.shown), packed.withheld, d.pkg, packed.made.Package}})
}

// disclosurePack is a disclosure that is made, and not recorded yet.
type disclosurePack struct {
	made     disclosure.Disclose
	shown    []paper.DisclosedEntry
	withheld int // fields
	pkg      []byte
	paper    paper.Paper
	attested []attestedRow
}

var errNobodyToCall = errors.New("the profile says that telephone numbers go with it: say whom to call")

// packDisclosure makes the package and the paper of a disclosure that was decided.
func (a *app) packDisclosure(ctx context.Context, to streams, id domain.RecordID, d disclosing, all disclosure.Catalogue, others verifierFlags) (disclosurePack, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return disclosurePack{}, err
	}
	one := r.Disclosures.Find(disclosure.ID(d.id))
	today := a.records.Setting().Today
	profile, ok := all.Profile(one.Considered.Fact.Profile, today)
	if !ok {
		return disclosurePack{}, errors.New("the disclosure was not considered under a profile that is in force: record that first")
	}
	if profile.Contacts && len(d.contacts) == 0 {
		return disclosurePack{}, errNobodyToCall
	}
	shown, schedule, err := a.disclosable(ctx, id, r, profile, one, redaction.ID(d.redaction))
	if err != nil {
		return disclosurePack{}, err
	}
	in, attested, err := a.evidenceInput(ctx, to, schema.Stream(id), evidenceFlags{}, others)
	out := disclosurePack{shown: shown, withheld: len(schedule), attested: attested}
	if err != nil {
		return out, err
	}
	in.Redactions = schedule
	var report evidence.Report
	if out.pkg, report, err = a.pack(in, others); err != nil {
		return out, err
	}
	out.made = disclosure.Disclose{Dated: domain.Dated{Happened: today}, Disclosure: one.ID, Profile: profile.Profile, Redaction: d.redaction,
		Known: uint64(len(report.Entries)), Package: report.Fingerprint, Checkpoint: fmt.Sprintf("%d %s", report.Size, report.Root), Onward: profile.Onward}
	for _, e := range shown {
		out.made.Entries = append(out.made.Entries, e.Entry)
	}
	protocol, _ := all.Protocol(one.Requested.Fact.Protocol, one.Requested.Fact.Happened)
	out.paper = paper.Disclosure(paper.Disclosed{ID: d.id, To: one.Requested.Fact.Body, Reference: one.Requested.Fact.Reference, Made: a.records.Setting().Now, By: d.by.role,
		Protocol: protocol.Title, Profile: profile.Sentence, Basis: one.Decided.Fact.Basis, Necessity: one.Decided.Fact.Necessity, Reason: one.Decided.Fact.Reason,
		Onward: profile.Onward, Contacts: d.contacts, Package: report.Fingerprint, Checkpoint: out.made.Checkpoint, Entries: shown, Withheld: byGround(schedule)})
	return out, nil
}

func byGround(schedule []evidence.Redaction) []paper.WithheldCount {
	counts := make(map[string]int)
	for _, r := range schedule {
		counts[r.Ground]++
	}
	all := make([]paper.WithheldCount, 0, len(counts))
	for ground, n := range counts {
		all = append(all, paper.WithheldCount{Ground: ground, Fields: n})
	}
	slices.SortFunc(all, func(a, b paper.WithheldCount) int {
		return cmp.Or(cmp.Compare(b.Fields, a.Fields), cmp.Compare(a.Ground, b.Ground))
	})
	return all
}

// disclosable parts the fields of a record: those that go, and those that do not,
// each with its ground. What a set of redactions withholds goes by its ground there.
func (a *app) disclosable(ctx context.Context, id domain.RecordID, r record.Record, p disclosure.Profile, one disclosure.Disclosure, set redaction.ID) (shown []paper.DisclosedEntry, schedule []evidence.Redaction, err error) {
	var reader readership
	if set != "" {
		if reader, err = a.readership(r, set); err != nil {
			return nil, nil, err
		}
	}
	decided, _ := r.Entry(one.Decided.Entry)
	why := evidence.Redaction{DecidedBy: cmp.Or(decided.Actor.Role, "nobody"), Date: one.Decided.Fact.Happened.Time()}
	keeps := projections.KeepsOf(r)
	judge := func(e sifted) (map[string]evidence.Redaction, error) {
		withheld := make(map[string]evidence.Redaction)
		entry, _ := r.Entry(uint64(e.seq))
		repeats := "" // why what repeats words of the entry does not go either
		for _, f := range e.fields {
			why.Ground = p.Ground
			if p.Shown(e.kind, f.Path) {
				why.Ground = groundOf(p, keeps.Why(entry, f))
				repeats = cmp.Or(repeats, why.Ground)
			}
			if why.Ground != "" {
				withheld[f.Path] = why
			}
		}
		if why.Ground = repeats; repeats != "" {
			withheld[importField] = why
		}
		if set == "" {
			return withheld, nil
		}
		bySet, err := reader.withholds(e)
		maps.Copy(withheld, bySet)
		return withheld, err
	}
	for e, err := range a.sift(ctx, schema.Stream(id), time.Time{}, judge) {
		if err != nil {
			return nil, nil, err
		}
		schedule = append(schedule, e.withheld...)
		if len(e.shown) == 0 {
			continue
		}
		force, _ := r.InForce(uint64(e.seq))
		entry := paper.DisclosedEntry{Entry: uint64(e.seq), Kind: e.kind, Leaf: e.leaf.String(), InForce: force}
		for _, f := range e.shown {
			entry.Fields = append(entry.Fields, paper.DisclosedField{Path: f.Path, Value: string(f.Value)})
		}
		shown = append(shown, entry)
	}
	return shown, schedule, nil
}

// importField is what an import says of the line that an entry was made of, with
// words of the line.
const importField = "/import"

// groundOf returns why a profile withholds what is kept for some marks, "" where it
// goes.
func groundOf(p disclosure.Profile, marks []string) string {
	for _, mark := range marks {
		switch {
		case mark == projections.Informant && !p.Informants:
			return "it would show who gave information in confidence"
		case mark == projections.ThirdParty && !p.ThirdParty:
			return "it is about a third party"
		case mark == projections.Address && !p.Addresses:
			return "where somebody lives is kept confidential"
		case mark == projections.Withholding:
			return "it says why something is withheld from a reader"
		}
	}
	return ""
}

func newDisclosureList(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list RECORD",
		Short:   "List to whom a record was disclosed or sent, and to whom it was decided not to",
		Example: "  caseledger disclosure list AT000001 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onRecord(cmd.Context(), *data, args[0], to, func(_ *app, _ domain.RecordID, r record.Record) error {
			return output.print(to.out, projections.Disclosures(r))
		})
	}
	return cmd
}
