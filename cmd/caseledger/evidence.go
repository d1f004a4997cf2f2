package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/domain/redaction"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/durable"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal"
	"caseledger/schema"
)

// maxOlder bounds the older checkpoints in a package: the newest of those that
// were attested, and all that are given.
const maxOlder = 20

// evidenceFlags say what a package is to hold.
type evidenceFlags struct {
	record  string
	knownAt time.Time
	out     string
	held    []string
	withholding
}

func newEvidence(to streams) *cobra.Command {
	var f evidenceFlags
	var others verifierFlags
	cmd := &cobra.Command{
		Use:   "evidence",
		Short: "Write an evidence package: one record, for one reader, that proves itself",
		Long: `Evidence writes a zip of texts that shows what the ledger holds about one record:
that it is all of it, that nothing was altered, when each entry was written, and
what is withheld and why. Anybody verifies it with 'caseledger verify', or with
the page inside it in a browser, without us; the public keys of the log
('caseledger log keys') and the package's fingerprint go to the reader another way.

--redaction names an approved set of redactions ('caseledger redaction'): the
package then tells of the record as far as that set looked at it. Without one,
--redactions is a CSV file with the columns entry, field, ground, decided-by and
decided-on: one line for each field that is withheld. --fields is a text file with
one field a line; every other field is withheld, on the --ground given. A field is
a JSON Pointer, such as /happened; one that ends in * stands for all that begin
so. With anything of an entry goes the digest of its command, by which the rest
could be guessed. The same ledger and options give the same bytes.`,
		Example: "  caseledger evidence --data ledger --record AT000001 --out evidence.zip",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	others.addOthers(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.record, "record", "", "record's id or the child's number with the authority")
	flags.Var(knownFlag{&f.knownAt}, "known-at", "only what was recorded by this time: 2026-03-31T17:00:00Z, or a day, meaning its end in London")
	flags.StringVar(&f.out, "out", "", "file to write; it must not exist")
	flags.StringArrayVar(&f.held, "known", nil, "file of a checkpoint that the reader holds; may be repeated")
	f.withholding.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.record == "" || f.out == "" {
			return usageError{errors.New("--record and --out are required")}
		}
		return withLog(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			return a.evidence(cmd.Context(), to, *output, f, others)
		})
	}
	return cmd
}

// packageRow says what was written.
type packageRow struct {
	File        string `json:"file"`
	Fingerprint string `json:"fingerprint"` // to be printed in the letter that comes with it
	Verdict     string `json:"verdict"`
	Entries     int    `json:"entries"`
	Size        int64  `json:"size"` // entries of the log under the package's checkpoint
	Head        string `json:"head"`
}

// evidence writes a package, having verified it.
func (a *app) evidence(ctx context.Context, to streams, output format, f evidenceFlags, others verifierFlags) error {
	id, err := a.find(ctx, f.record)
	if err != nil {
		return err
	}
	if f.set != "" {
		r, err := a.load(ctx, id)
		if err != nil {
			return err
		}
		if f.knownAt, err = lookedAt(r, redaction.ID(f.set), f.knownAt); err != nil {
			return err
		}
	}
	in, attested, err := a.evidenceInput(ctx, to, schema.Stream(id), f, others)
	warnOf(to.err, attested)
	if err != nil {
		return err
	}
	text, report, err := a.pack(in, others)
	if err != nil {
		return err
	}
	if err := durable.Create(f.out, text); err != nil {
		return err
	}
	return output.print(to.out, []packageRow{{f.out, report.Fingerprint, string(report.Overall), len(report.Entries), report.Size, report.Head}})
}

// pack makes a package of its parts, and verifies it.
func (a *app) pack(in evidence.Input, others verifierFlags) ([]byte, evidence.Report, error) {
	var text bytes.Buffer
	if err := evidence.Build(&text, in); err != nil {
		return nil, evidence.Report{}, err
	}
	trust, err := others.trust()
	if err != nil {
		return nil, evidence.Report{}, err
	}
	trust.Keys, trust.OpenEnd = a.log.keys, in.Head == nil
	report, err := evidence.Verify(bytes.NewReader(text.Bytes()), int64(text.Len()), trust)
	if err == nil && report.Bad() && report.Overall != evidence.Unwitnessed && report.Overall != evidence.Untimed {
		err = verifyError{fmt.Errorf("the package would not verify (%s): %s", report.Overall, strings.Join(report.Problems, "; "))}
	}
	return text.Bytes(), report, err
}

// evidenceInput gathers the parts of a package of one stream, and what each who was
// asked said of its checkpoint.
func (a *app) evidenceInput(ctx context.Context, to streams, stream string, f evidenceFlags, others verifierFlags) (evidence.Input, []attestedRow, error) {
	in := evidence.Input{Ledger: a.created.Ledger, Record: stream, Prove: a.log.proofs, Keys: a.log.keys, Open: opener{a, stream}, System: a.statement()}
	if in.KnownAt = f.knownAt.UTC().Truncate(time.Microsecond); in.KnownAt.IsZero() {
		if err := a.logHeads(ctx); err != nil {
			return in, nil, err
		}
	}
	attested, err := a.attest(ctx, others)
	if err != nil {
		return in, nil, err
	}
	in.Checkpoint, in.Timestamps = attested.Signed, attested.stamps
	if others.policy != "" {
		text, err := readTrust(others.policy)
		if err != nil {
			return in, attested.rows, err
		}
		in.Policy = string(text)
	}
	if in.Older, err = a.older(attested.Size, f.held); err != nil {
		return in, attested.rows, err
	}
	if in.Head, err = a.head(ctx, in); err != nil {
		return in, attested.rows, err
	}
	if in.Head == nil {
		fmt.Fprintln(to.err, "caseledger: warning: no heads root that was logged by then can be proved: the package does not show that it holds the record to its end")
	}
	in.Entries = a.stored(ctx, stream, 0, attested.Checkpoint)
	in.Redactions, err = a.redactions(ctx, stream, in.KnownAt, f.withholding)
	return in, attested.rows, err
}

// stored yields the events of a stream after a revision, with their places in
// the log.
func (a *app) stored(ctx context.Context, stream string, after eventstore.Revision, c proof.Checkpoint) iter.Seq2[evidence.Stored, error] {
	return func(yield func(evidence.Stored, error) bool) {
		for e, err := range a.store.ReadStream(ctx, stream, after) {
			s := evidence.Stored{Leaf: e.Metadata, Blob: e.Data, Event: e.ID}
			if err == nil {
				s.Index, err = a.log.proofs.Index(c, e.Position)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// opener opens the events of one stream.
type opener struct {
	app    *app
	stream string
}

// Open is evidence.Opener's.
func (o opener) Open(s evidence.Stored) (seal.Opened, error) {
	leaf, err := seal.ParseLeaf(s.Leaf)
	if err != nil {
		return seal.Opened{}, err
	}
	event := eventstore.Event{ID: s.Event, Type: leaf.Type, Metadata: s.Leaf, Data: s.Blob}
	return o.app.sealed.Open(eventstore.Recorded{Event: event, Stream: o.stream, Revision: eventstore.Revision(leaf.Seq)})
}

// head returns the newest heads root that was logged, by the cut-off if there
// is one, with the proof of the record's head; nil when there is none.
func (a *app) head(ctx context.Context, in evidence.Input) (*evidence.Head, error) {
	at, err := a.settings(ctx)
	if err != nil {
		return nil, err
	}
	i := len(at.State.Heads) - 1
	for i >= 0 && !in.KnownAt.IsZero() && at.State.Heads[i].Recorded.After(in.KnownAt) {
		i--
	}
	if i < 0 {
		return nil, nil
	}
	return a.proveHead(ctx, at.State.Heads[i], in)
}

func (a *app) proveHead(ctx context.Context, logged settings.Heads, in evidence.Input) (*evidence.Head, error) {
	root, err := proof.ParseHeadsRoot([]byte(logged.Fact.Root))
	if err != nil {
		return nil, err
	}
	heads, err := a.log.proofs.Heads(root.Size)
	if errors.Is(err, proof.ErrOutside) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer heads.Close()
	h := &evidence.Head{Root: root, Event: evidence.Logged{Show: []string{evidence.HeadsField}}}
	if h.Proof, err = heads.Prove(in.Record); err != nil {
		return nil, err
	}
	for s, err := range a.stored(ctx, systemStream, eventstore.Revision(logged.Entry-1), in.Checkpoint.Checkpoint) {
		if err != nil {
			return nil, err
		}
		h.Event.Stored = s
		h.Event.Opened, err = opener{a, systemStream}.Open(s)
		return h, err
	}
	return nil, fmt.Errorf("stream %s: entry %d is not there", systemStream, logged.Entry)
}

// older returns the checkpoints before a size that readers may hold.
func (a *app) older(size int64, held []string) ([]proof.Signed, error) {
	var out []proof.Signed
	given, err := readHeld(held)
	if err != nil {
		return nil, err
	}
	for _, h := range given {
		c, err := a.log.keys.Open(h.Note)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", h.Name, err)}
		}
		out = append(out, c)
	}
	sizes, err := a.log.proofs.AttestedSizes()
	if err != nil {
		return nil, err
	}
	sizes = slices.DeleteFunc(sizes, func(s int64) bool { return s >= size })
	for _, size := range sizes[max(0, len(sizes)-maxOlder):] {
		kept, err := a.log.proofs.Attested(size)
		if err != nil {
			return nil, err
		}
		c, err := a.log.keys.Open(kept.Note)
		if err != nil {
			return nil, fmt.Errorf("attested checkpoint of %d: %w", size, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// statement is what the authority states of its system.
func (a *app) statement() string {
	b := buildInfo()
	return fmt.Sprintf(`ledger %s
authority %s, nation %s
program caseledger %s, revision %s, %s %s/%s
keys of records %s
known errors: none is recorded in the ledger
privileged access: not recorded by this version; whoever runs the program can read what it can
`, a.created.Ledger, cmp.Or(a.created.LEA, "without a number"), a.created.Nation, b.version, b.revision, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		cmp.Or(strings.TrimSpace(a.warning), "in a key management service"))
}
