package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"caseledger/adapters/takeover"
	"caseledger/domain"
	"caseledger/domain/disclosure"
	"caseledger/domain/record"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/proof/evidence"
	"caseledger/projections"
	"caseledger/schema"
)

func newTransfer(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "transfer",
		Short: "Hand a whole record over to another authority, and take one over",
		Example: `  caseledger transfer export AT000001 --to Othertown --recipient age1… --out record.age --actor ro-01
  caseledger transfer import record.age --identity othertown.age --keys anytown.keys --actor ro-07`,
	}, newTransferExport(to), newTransferImport(to), newTransferVerify(to))
}

func newTransferExport(to streams) *cobra.Command {
	var by acting
	var authority, recipient, out string
	var others verifierFlags
	cmd := &cobra.Command{
		Use:   "export RECORD",
		Short: "Write a whole record for another authority, encrypted to it",
		Long: `Export writes an evidence package of the record in which nothing is withheld,
encrypted to the receiver's age recipient, and records that it went, to whom and
with which fingerprint. The receiver needs the public keys of this ledger's log
('caseledger log keys') and the fingerprint another way than the file. Whoever
holds the receiver's identity can read the whole record.`,
		Example: `  caseledger transfer export AT000001 --to Othertown --recipient age1… --out record.age --actor ro-01 \
    --role records-officer --agency anytown --basis children-act-1989-s47 --purpose transfer --request t1`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	others.addOthers(cmd)
	by.add(cmd, "another package needs another one")
	flags := cmd.Flags()
	flags.StringVar(&authority, "to", "", "name of the authority that receives it")
	flags.StringVar(&recipient, "recipient", "", "its age recipient")
	flags.StringVar(&out, "out", "", "file to write; it must not exist")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if authority == "" || out == "" {
			return usageError{errors.New("--to, --recipient and --out are required")}
		}
		receiver, err := age.ParseX25519Recipient(recipient)
		if err != nil {
			return usageError{errors.New("--recipient is not an age recipient")}
		}
		if _, err := os.Lstat(out); err == nil {
			return usageError{fmt.Errorf("%s exists", out)}
		}
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			id, err := a.find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.send(cmd.Context(), to, *output, id, authority, receiver, out, by, others)
		})
	}
	return cmd
}

// sentRow says what was written for another authority.
type sentRow struct {
	Record      domain.RecordID `json:"record"`
	File        string          `json:"file"`
	Fingerprint string          `json:"fingerprint"`
	Entries     int             `json:"entries"`
	To          string          `json:"to"`
}

// send records that a record goes before the file is there: a file that nobody
// answers for is worse than an entry about one that was never handed out.
func (a *app) send(ctx context.Context, to streams, output format, id domain.RecordID, authority string, receiver *age.X25519Recipient, out string, by acting, others verifierFlags) error {
	in, attested, err := a.evidenceInput(ctx, to, schema.Stream(id), evidenceFlags{}, others)
	warnOf(to.err, attested)
	if err != nil {
		return err
	}
	pkg, report, err := a.pack(in, others)
	if err != nil {
		return err
	}
	var closed bytes.Buffer
	if err := takeover.Close(&closed, pkg, receiver); err != nil {
		return err
	}
	if _, err := a.records.Do(ctx, id, by.act(disclosure.Send{Dated: domain.Dated{Happened: a.records.Setting().Today}, To: authority, Recipient: receiver.String(),
		Known: uint64(len(report.Entries)), Package: report.Fingerprint, Checkpoint: fmt.Sprintf("%d %s", report.Size, report.Root)})); err != nil {
		return err
	}
	if err := durable.Create(out, closed.Bytes()); err != nil {
		return err
	}
	return output.print(to.out, []sentRow{{id, out, report.Fingerprint, len(report.Entries), authority}})
}

// received is what the command line says of a package that came.
type received struct {
	identity string
	verifier verifierFlags
}

func (f *received) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.identity, "identity", "", "file of this authority's age identity; without one the package is not encrypted")
	cmd.Flags().StringVar(&f.verifier.keys, "keys", "", "file of the public keys of the sender's log, which came another way than the package")
	f.verifier.addOthers(cmd)
}

// read opens and verifies a package.
func (f received) read(path string, codec schema.Codec) (takeover.Package, error) {
	if f.verifier.keys == "" {
		return takeover.Package{}, usageError{errors.New("--keys is required: the public keys of the sender's log, from elsewhere than the package")}
	}
	trust, err := f.verifier.trust()
	if err != nil {
		return takeover.Package{}, err
	}
	pkg, err := f.open(path)
	if err != nil {
		return takeover.Package{}, err
	}
	p, err := takeover.Read(pkg, trust, codec)
	if errors.Is(err, takeover.ErrUnsound) {
		err = verifyError{err}
	}
	return p, err
}

func (f received) open(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if f.identity == "" {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if info.Size() > evidence.MaxPackageBytes {
			return nil, verifyError{fmt.Errorf("%w: it has more than %d bytes", takeover.ErrUnsound, int64(evidence.MaxPackageBytes))}
		}
		return os.ReadFile(path)
	}
	identity, err := readIdentity(f.identity)
	if err != nil {
		return nil, err
	}
	pkg, err := takeover.Open(file, identity)
	if err != nil {
		return nil, verifyError{err}
	}
	return pkg, nil
}

func newTransferImport(to streams) *cobra.Command {
	var by acting
	var from received
	var dry bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Verify another authority's record whole, and take it over",
		Long: `Import opens a package, verifies it whole with the public keys of the sender's log,
and writes nothing unless every entry is shown in full, unaltered and in its place;
otherwise it exits with 3. Each entry keeps its number, its day, what it says and who
wrote it there when, and the hash of its leaf in the sender's log. Entries of kinds
that this ledger does not know are kept word for word and named. The same package
again adds nothing; one whose import was interrupted is finished.

It never merges records: it names those that may be of the same person, and why.
Who held the case at the sender's holds it no longer: allocate it here.`,
		Example: `  caseledger transfer import record.age --identity othertown.age --keys anytown.keys --actor ro-07 \
    --role records-officer --agency othertown --basis children-act-1989-s47 --purpose transfer`,
		Args: exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	by.add(cmd, "not needed, the package has one")
	from.add(cmd)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "verify and say what would be taken over, write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			p, err := from.read(args[0], a.sealed.Payload)
			if err != nil {
				return err
			}
			return a.takeOver(cmd.Context(), to, *output, p, by, dry)
		})
	}
	return cmd
}

// takenRow says what became of a package.
type takenRow struct {
	takeover.Outcome
	Ledger      string                 `json:"ledger"` // the sender's
	Fingerprint string                 `json:"fingerprint"`
	Alike       []projections.AlikeRow `json:"alike"` // records that may be of the same person
}

func (a *app) takeOver(ctx context.Context, to streams, output format, p takeover.Package, by acting, dry bool) error {
	row := takenRow{Outcome: takeover.Outcome{Entries: p.Whole(), Unread: p.Unread}, Ledger: p.Report.Ledger, Fingerprint: p.Report.Fingerprint}
	if !dry {
		var err error
		who := by.act(nil)
		if row.Outcome, err = (takeover.Importer{Records: a.records, Actor: who.Actor, Authority: who.Authority}).Take(ctx, p); err != nil {
			return err
		}
		if err := a.catchUp(ctx, to); err != nil {
			return err
		}
		if row.Alike, err = a.db.Alike(ctx, row.Record); err != nil {
			return err
		}
	}
	return output.print(to.out, []takenRow{row})
}

func newTransferVerify(to streams) *cobra.Command {
	var from received
	var file string
	cmd := &cobra.Command{
		Use:   "verify RECORD",
		Short: "Check a record that was taken over against the package that it came in",
		Long: `Verify checks the chain of custody: that the package is what the sender's log
proves, and that each entry here says what the entry of its number in the package
says, by whom and when, and names its leaf. It exits with 3 when one does not.`,
		Example: "  caseledger transfer verify AT000001 --package record.age --identity othertown.age --keys anytown.keys",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	from.add(cmd)
	cmd.Flags().StringVar(&file, "package", "", "the file as it came")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if file == "" {
			return usageError{errors.New("--package is required")}
		}
		return onRecord(cmd.Context(), *data, args[0], to, func(a *app, _ domain.RecordID, r record.Record) error {
			p, err := from.read(file, a.sealed.Payload)
			if err != nil {
				return err
			}
			return custody(to, *output, a.sealed.Payload, r, p)
		})
	}
	return cmd
}

// custodyRow says how a record stands to the package that it came in.
type custodyRow struct {
	Ledger      string   `json:"ledger"`
	Fingerprint string   `json:"fingerprint"`
	Entries     int      `json:"entries"` // of the package
	Since       int      `json:"since"`   // recorded here since
	Differ      []uint64 `json:"differ"`
}

func custody(to streams, output format, codec schema.Codec, r record.Record, p takeover.Package) error {
	named := slices.ContainsFunc(r.Disclosures.Received, func(k domain.Known[disclosure.Received]) bool { return k.Fact.Package == p.Report.Fingerprint })
	if !named {
		return verifyError{errors.New("the record does not say that it came in this package")}
	}
	differ, err := takeover.Check(codec, r.Entries, p)
	if err != nil {
		return err
	}
	row := custodyRow{p.Report.Ledger, p.Report.Fingerprint, len(p.Entries), len(r.Entries) - p.Whole(), differ}
	if err := output.print(to.out, []custodyRow{row}); err != nil {
		return err
	}
	if len(differ) > 0 {
		return verifyError{fmt.Errorf("%d entries are not those of the package", len(differ))}
	}
	return nil
}
