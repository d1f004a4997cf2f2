package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"

	"caseledger/adapters/binder"
	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/settings"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/proof/sealer"
	"caseledger/projections"
	"caseledger/schema"
)

// bundling makes one variant of a bundle.
type bundling struct {
	app     *app
	on      domain.RecordID
	bundle  bundle.Bundle
	variant bundle.Variant
	files   library
	stand   bundle.Stand                    // of what the bundle is made
	records map[domain.RecordID]*readership // as the reader of the variant may know them
}

// newBundling begins to make a variant of a bundle on a record.
func newBundling(a *app, on domain.RecordID, b bundle.Bundle, v bundle.Variant, files library, stand bundle.Stand) bundling {
	return bundling{a, on, b, v, files, stand, make(map[domain.RecordID]*readership)}
}

const standTime = "2006-01-02T15:04:05.000000Z"

// knownAt is the time up to which the bundle says what was recorded.
func (b bundling) knownAt() (time.Time, error) {
	at, err := time.Parse(standTime, b.stand.KnownAt)
	if err != nil {
		return at, errors.New("the bundle was frozen of no time that can be read")
	}
	return at, nil
}

// reader returns what the reader of the variant may know of a record: all of it,
// where the variant is without redactions.
func (b bundling) reader(ctx context.Context, id domain.RecordID) (*readership, error) {
	if known := b.records[id]; known != nil {
		return known, nil
	}
	r, err := b.app.load(ctx, id)
	if err != nil {
		return nil, err
	}
	known := readership{Variant: projections.Variant{Reader: b.variant.Reader, Known: uint64(len(r.Entries)), Record: r}}
	if b.variant.Redaction != "" {
		if known, err = b.app.readership(r, b.variant.Redaction); err != nil {
			return nil, err
		}
	}
	b.records[id] = &known
	return &known, nil
}

// load returns a record as the reader of the variant may know it: what is
// withheld is not in it, whatever is made of it.
func (b bundling) load(ctx context.Context, id domain.RecordID) (record.Record, error) {
	known, err := b.reader(ctx, id)
	if err != nil {
		return record.Record{}, err
	}
	return known.Record, nil
}

// documents makes the documents of sections.
func (b bundling) documents(ctx context.Context, sections []bundle.Section, late bool) (map[string][]binder.Document, error) {
	out := make(map[string][]binder.Document)
	for _, s := range sections {
		for _, d := range s.Documents {
			one, err := b.document(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("document %s: %w", d.Document, err)
			}
			one.Late, one.Pages = late, b.reserved(d.Document)
			out[s.Letter] = append(out[s.Letter], one)
		}
	}
	return out, nil
}

func (b bundling) reserved(document string) int {
	for _, p := range b.stand.Reserved {
		if p.Document == document {
			return p.Pages
		}
	}
	return 0
}

func (b bundling) document(ctx context.Context, d bundle.Document) (binder.Document, error) {
	out := binder.Document{ID: d.Document, Title: d.Title, Date: d.Date}
	if d.File != "" {
		var err error
		out.File, err = b.files.byHash(d.File)
		return out, err
	}
	p, err := b.paper(ctx, d)
	out.Paper = &p
	return out, err
}

// paper fills in a document from the records.
func (b bundling) paper(ctx context.Context, d bundle.Document) (paper.Paper, error) {
	r, err := b.load(ctx, b.on)
	if err != nil {
		return paper.Paper{}, err
	}
	switch {
	case d.Chronology != "":
		return b.chronology(ctx, r, d.Chronology)
	case d.Paper != "":
		fill, known := bundlePapers[d.Paper]
		if !known {
			return paper.Paper{}, usageError{errors.New("a paper of a bundle is issues or schedule; any other is written with 'caseledger paper', signed, and put in as a file")}
		}
		return fill(ctx, b, d, r)
	}
	return b.inFull(ctx, d)
}

// chronology sets one as it was built, each row with the leaf of its entry.
func (b bundling) chronology(ctx context.Context, r record.Record, id chronology.ID) (paper.Paper, error) {
	story, err := projections.Tell(ctx, b.load, r, id)
	if errors.Is(err, projections.ErrNoChronology) && b.variant.Redaction != "" {
		err = errors.New("the redactions of this reader were proposed before the chronology was built: propose them again, of the whole record")
	}
	if err != nil {
		return paper.Paper{}, err
	}
	leaves := make(map[domain.RecordID][]string)
	for _, p := range story.Parts {
		if leaves[p.Record], err = b.app.view.Leaves(ctx, p.Record); err != nil {
			return paper.Paper{}, err
		}
	}
	for i, row := range story.Rows {
		if row.Gap == nil {
			story.Rows[i].Leaf = leaves[row.Record][row.Entry-1]
		}
	}
	return paper.Chronology(story), nil
}

// bundlePapers are the papers that are filled in for each reader anew.
var bundlePapers = map[string]func(context.Context, bundling, bundle.Document, record.Record) (paper.Paper, error){
	"issues": func(_ context.Context, b bundling, d bundle.Document, r record.Record) (paper.Paper, error) {
		h, err := b.head(d)
		if err != nil {
			return paper.Paper{}, err
		}
		return paper.Issues(h, projections.Issues(b.on, r.Upto(b.bundle.Scoped.Fact.Parts[0].Known)))
	},
	"schedule": func(ctx context.Context, b bundling, d bundle.Document, _ record.Record) (paper.Paper, error) {
		return b.schedule(ctx, d)
	},
}

func (b bundling) head(d bundle.Document) (paper.Head, error) {
	at, err := b.knownAt()
	return paper.Head{Title: d.Title, By: b.app.created.Ledger, Made: at, Footer: "Ledger " + b.app.created.Ledger}, err
}

// inFull tells entries with every word that the reader may know.
func (b bundling) inFull(ctx context.Context, d bundle.Document) (paper.Paper, error) {
	var all []projections.FullEntry
	for _, p := range d.Entries {
		r, err := b.load(ctx, p.Record)
		if err != nil {
			return paper.Paper{}, err
		}
		leaves, err := b.app.view.Leaves(ctx, p.Record)
		if err != nil {
			return paper.Paper{}, err
		}
		some, err := projections.InFull(p.Record, r.Upto(p.Known), leaves, p.Entries, nil)
		if errors.Is(err, projections.ErrNoEntry) && b.variant.Redaction != "" {
			err = projections.ErrNotLookedAt
		}
		if err != nil {
			return paper.Paper{}, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, projections.ByDay)
	h, err := b.head(d)
	if err != nil {
		return paper.Paper{}, err
	}
	return paper.Entries(h, all)
}

// schedule says what is withheld from the reader of the variant, and why.
func (b bundling) schedule(ctx context.Context, d bundle.Document) (paper.Paper, error) {
	h, err := b.head(d)
	if err != nil {
		return paper.Paper{}, err
	}
	var all []paper.Withholding
	for _, k := range b.stand.Known {
		known, err := b.reader(ctx, k.Record)
		if err != nil {
			return paper.Paper{}, err
		}
		all = append(all, paper.Withholding{Record: k.Record, Variant: known.Variant})
	}
	return paper.Redactions(h, b.variant.Reader, all), nil
}

// content makes what stands in the variant.
func (b bundling) content(ctx context.Context) (binder.Bundle, error) {
	at, err := b.knownAt()
	if err != nil {
		return binder.Bundle{}, err
	}
	o := b.bundle.Opened.Fact
	out := binder.Bundle{Title: o.Title, Court: o.Court, Case: o.Case, Parties: strings.Join(o.Parties, "; "), Made: at}
	first, late := b.bundle.Sections()
	documents, err := b.documents(ctx, first, false)
	if err != nil {
		return out, err
	}
	after, err := b.documents(ctx, late, true)
	if err != nil {
		return out, err
	}
	for _, s := range first {
		out.Sections = append(out.Sections, binder.Section{Letter: s.Letter, Title: s.Title, Documents: append(documents[s.Letter], after[s.Letter]...)})
	}
	return out, b.namesNothingWithheld(ctx)
}

// whole makes the variant with everything that goes with it.
func (b bundling) whole(ctx context.Context, to streams) (binder.Bundle, error) {
	out, err := b.content(ctx)
	if err != nil {
		return out, err
	}
	packages, err := b.packages(ctx, to)
	if err != nil {
		return out, err
	}
	out.Receipt = b.receipt(out.Made, packages)
	for _, p := range packages {
		out.Attachments = append(out.Attachments, p.attachment())
	}
	return out, nil
}

// evidencePackage is the package of one record, for the reader of a variant.
type evidencePackage struct {
	name    string
	record  domain.RecordID
	entries uint64
	content []byte
}

func (p evidencePackage) attachment() binder.Attachment {
	return binder.Attachment{Name: p.name, Type: "application/zip", About: "Evidence package of record " + string(p.record), Relation: "Supplement", Content: p.content}
}

// packages makes the evidence packages of the records: under the checkpoint that
// the bundle was frozen under, so that they are the same bytes whenever it is
// built.
func (b bundling) packages(ctx context.Context, to streams) ([]evidencePackage, error) {
	at, err := b.knownAt()
	if err != nil {
		return nil, err
	}
	signed, stamps, err := b.app.attestedOf(b.stand)
	if err != nil {
		return nil, err
	}
	var all []evidencePackage
	for i, k := range b.stand.Known {
		stream := schema.Stream(k.Record)
		in := evidence.Input{Ledger: b.app.created.Ledger, Record: stream, KnownAt: at, Prove: b.app.log.proofs, Keys: b.app.log.keys,
			Open: opener{b.app, stream}, System: b.app.statement(), Checkpoint: signed, Timestamps: stamps}
		if in.Older, err = b.app.older(signed.Size, nil); err != nil {
			return nil, err
		}
		if in.Head, err = b.app.head(ctx, in); err != nil {
			return nil, err
		}
		in.Entries = upto(b.app.stored(ctx, stream, 0, signed.Checkpoint), k.Entry)
		if b.variant.Redaction != "" {
			known, err := b.reader(ctx, k.Record)
			if err != nil {
				return nil, err
			}
			if in.Redactions, err = b.app.schedule(ctx, stream, at, known.withholds); err != nil {
				return nil, err
			}
		}
		var content bytes.Buffer
		if err := evidence.Build(&content, in); err != nil {
			return nil, err
		}
		all = append(all, evidencePackage{fmt.Sprintf("evidence-%d.zip", i+1), k.Record, k.Entry, content.Bytes()})
	}
	return all, nil
}

// upto yields the first entries only: those after them are not under the
// checkpoint.
func upto(all iter.Seq2[evidence.Stored, error], n uint64) iter.Seq2[evidence.Stored, error] {
	return func(yield func(evidence.Stored, error) bool) {
		left := n
		for s, err := range all {
			if !yield(s, err) || err != nil {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// receipt is the last page: under which checkpoint the bundle was made.
func (b bundling) receipt(at time.Time, packages []evidencePackage) paper.Paper {
	o := b.bundle.Opened.Fact
	p := paper.Paper{Title: "What this bundle was made under", Made: at, Blocks: []paper.Block{
		paper.Heading{Level: 1, Text: "What this bundle was made under"},
		paper.Plain(fmt.Sprintf("Bundle %s in case %s, as made for: %s.", o.Bundle, o.Case, b.variant.Reader)),
		paper.Plain(fmt.Sprintf("Ledger: %s", b.app.created.Ledger)),
		paper.Plain(fmt.Sprintf("Checkpoint: %d entries of the log", b.stand.Size)),
		paper.Plain("Root of the log: " + b.stand.Root),
		paper.Plain("Known up to: " + b.stand.KnownAt),
	}}
	for _, one := range packages {
		p.Blocks = append(p.Blocks,
			paper.Plain(fmt.Sprintf("Attached as %s: every entry of record %s up to entry %d, with its proof. Its SHA-256: %s", one.name, one.record, one.entries, hashOf(one.content))))
	}
	p.Blocks = append(p.Blocks, paper.Plain("Whoever holds the public keys of the log verifies the attached files with 'caseledger verify', or with the page inside them in a browser, without the authority."))
	return p
}

// attestedOf returns the checkpoint that a bundle was frozen under, with what
// others said of it.
func (a *app) attestedOf(s bundle.Stand) (signed proof.Signed, stamps [][]byte, err error) {
	kept, err := a.log.proofs.Attested(s.Size)
	if err != nil {
		return signed, nil, err
	}
	if kept.Note == nil {
		return signed, nil, errors.New("the checkpoint that the bundle was frozen under is not kept here")
	}
	if signed, err = a.log.keys.Open(kept.Note); err == nil && hex.EncodeToString(signed.Root[:]) != s.Root {
		err = verifyError{errors.New("the checkpoint that the bundle was frozen under is another one here")}
	}
	return signed, kept.Stamps, err
}

// standNow logs how far every record has got, has the checkpoint over it
// attested, and says what a bundle of the records is made of now, and what each who
// was asked said of the checkpoint.
func (a *app) standNow(ctx context.Context, b bundle.Bundle, others verifierFlags) (s bundle.Stand, rows []attestedRow, err error) {
	if err := a.logHeads(ctx); err != nil {
		return s, nil, err
	}
	attested, err := a.attest(ctx, others)
	if err != nil {
		return s, nil, err
	}
	if err := a.log.KeepAttested(sealer.Attested{Note: attested.Note, Stamps: attested.stamps}); err != nil {
		return s, nil, err
	}
	at, err := a.settings(ctx)
	if err != nil {
		return s, nil, err
	}
	logged := at.State.Heads[len(at.State.Heads)-1]
	s.KnownAt, s.Size, s.Root = logged.Recorded.UTC().Format(standTime), attested.Size, hex.EncodeToString(attested.Root[:])
	s.Known, err = a.knownUnder(ctx, logged, b.Scoped.Fact.Parts)
	return s, attested.rows, err
}

// knownUnder returns how far the logged heads prove each record. What was begun to
// be recorded before them can come after them: its time alone does not tell.
func (a *app) knownUnder(ctx context.Context, logged settings.Heads, parts []chronology.Part) ([]bundle.Known, error) {
	root, err := proof.ParseHeadsRoot([]byte(logged.Fact.Root))
	if err != nil {
		return nil, err
	}
	heads, err := a.log.proofs.Heads(root.Size)
	if err != nil {
		return nil, err
	}
	defer heads.Close()
	var all []bundle.Known
	for _, p := range parts {
		r, err := a.load(ctx, p.Record)
		if err != nil {
			return nil, err
		}
		proved, err := heads.Prove(schema.Stream(p.Record))
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(proved.Heads, func(h proof.ProvedHead) bool { return h.Record == schema.Stream(p.Record) })
		if i < 0 {
			return nil, errors.New("the bundle draws on a record that the last heads do not have")
		}
		all = append(all, bundle.Known{Record: p.Record, Entry: min(proved.Heads[i].Seq, uint64(len(record.KnownAt(r.Entries, logged.Recorded))))})
	}
	return all, nil
}

// reserve lays out each variant once, and returns how many pages the documents of
// some sections take in the longest.
func (a *app) reserve(ctx context.Context, to streams, on domain.RecordID, b bundle.Bundle, stand bundle.Stand, sections []bundle.Section, files library) ([]bundle.Pages, error) {
	most := make(map[string]int)
	for _, v := range b.Varied.Fact.Variants {
		made := newBundling(a, on, b, v, files, stand)
		whole, err := made.whole(ctx, to)
		if err != nil {
			return nil, err
		}
		show := bar(to.err, "pages for "+v.Variant)
		manifest, err := binder.Build(ctx, io.Discard, whole, func(done, total int) { show(int64(done), int64(total)) })
		if err != nil {
			return nil, err
		}
		for _, d := range manifest.Documents {
			most[d.ID] = max(most[d.ID], d.Pages)
		}
	}
	var out []bundle.Pages
	for _, s := range sections {
		for _, d := range s.Documents {
			out = append(out, bundle.Pages{Document: d.Document, Pages: most[d.Document]})
		}
	}
	return out, nil
}

// namesNothingWithheld refuses titles in which somebody typed a word that the
// reader gets nowhere else: it would stand in the index and in a bookmark.
func (b bundling) namesNothingWithheld(ctx context.Context) error {
	if b.variant.Redaction == "" {
		return nil
	}
	withheld, shown := make(map[string]bool), make(map[string]bool)
	for _, k := range b.stand.Known {
		known, err := b.reader(ctx, k.Record)
		if err != nil {
			return err
		}
		whole, err := b.app.load(ctx, k.Record)
		if err != nil {
			return err
		}
		for _, e := range known.Record.Entries {
			if err := b.words(shown, e, nil); err != nil {
				return err
			}
		}
		for _, w := range known.Schedule {
			e, _ := whole.Entry(w.Entry)
			if err := b.words(withheld, e, &w.Field); err != nil {
				return err
			}
		}
	}
	o := b.bundle.Opened.Fact
	titles := append([]string{o.Title, o.Court, o.Case}, o.Parties...)
	first, late := b.bundle.Sections()
	for _, s := range slices.Concat(first, late) {
		titles = append(titles, s.Title)
		for _, d := range s.Documents {
			titles = append(titles, d.Title)
		}
	}
	for _, title := range titles {
		for _, word := range wordsOf(title) {
			if withheld[word] && !shown[word] {
				return fmt.Errorf("variant %s: a title of the bundle holds a word that is withheld from this reader: change the plan", b.variant.Variant)
			}
		}
	}
	return nil
}

// words adds the words of an entry, or of one field of it. What a bundle and a
// redaction are called says nothing of what a reader knows.
func (b bundling) words(to map[string]bool, e domain.Entry, only *string) error {
	switch e.Event.(type) {
	case bundle.Event, redaction.Event:
		return nil
	}
	fields, err := b.app.sealed.Payload.Fields(e)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if only == nil || f.Path == *only {
			for _, word := range wordsOf(string(f.Value)) {
				to[word] = true
			}
		}
	}
	return nil
}

// wordsOf are the words of a text in small letters.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
