package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/binder"
	"caseledger/adapters/enclosures"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/bundle"
	"caseledger/domain/redaction"
	"caseledger/eventstore"
	"caseledger/projections"
)

// MakeBundle is the body of the request for a bundle.
type MakeBundle struct {
	// Variants are those to build; all if none is named.
	Variants []string `json:"variants,omitempty" validate:"max=20,unique,dive,required,max=40,printascii"`
}

// AddLate is the body of the request for a supplement to a bundle.
type AddLate struct {
	// Sections are those in which documents come late.
	Sections []bundle.Section `json:"sections" validate:"required,min=1,max=26,unique=Letter,dive"`
	Reason   string           `json:"reason" validate:"required,max=2000"`
}

// BundleList are the bundles of a record.
type BundleList struct {
	OfRecord
	Rows []BundleRow `json:"rows"`
}

// BundleRow is one bundle, and how far it has got.
type BundleRow struct {
	Bundle   bundle.ID   `json:"bundle"`
	Title    string      `json:"title"`
	Court    string      `json:"court"`
	Case     string      `json:"case"`
	Happened domain.Date `json:"happened"`
	Rules    string      `json:"rules"`
	Reviewed bool        `json:"reviewed"` // as it is now
	Frozen   bool        `json:"frozen"`
	Edition  int         `json:"edition"` // 0, and one more for each supplement
	Entry    uint64      `json:"entry"`   // that opened it
}

// BundlePage is a bundle with what was built of it.
type BundlePage struct {
	OfRecord
	BundleRow
	Variants []BuiltVariant `json:"variants"`
}

// BuiltVariant is a bundle as one reader gets it, and what it became.
type BuiltVariant struct {
	Variant string `json:"variant"`
	Reader  string `json:"reader"`
	Pages   int    `json:"pages,omitzero"`
	SHA256  string `json:"sha256,omitempty"` // of the PDF, as its building was recorded
	// Files are there where the variant was built by this server. Whoever may see
	// all that the variant shows is given them.
	Files     []MadeFile `json:"files"`
	Permitted bool       `json:"permitted"`
}

// BundleRules is how a variant that was built stands to each rule for bundles.
type BundleRules struct {
	Rules    string           `json:"rules"` // by their name
	Title    string           `json:"title"`
	Findings []binder.Finding `json:"findings"`
}

// BundleCheck is a variant with how it stands to the rules.
type BundleCheck struct {
	OfRecord
	Bundle  bundle.ID `json:"bundle"`
	Variant string    `json:"variant"`
	SHA256  string    `json:"sha256"` // of the PDF that was checked
	BundleRules
}

// KeepRules keeps how a variant stands to the rules.
func (m Made) KeepRules(ctx context.Context, s *enclosures.Store, found BundleRules) error {
	return m.put(ctx, s, checkName, found)
}

// Rules returns how a variant stands to the rules, and whether that was found out.
func (m Made) Rules(ctx context.Context, s *enclosures.Store) (found BundleRules, is bool, err error) {
	is, err = m.get(ctx, s, checkName, &found)
	return found, is, err
}

// makeBundle begins a job.
func (a *API) makeBundle(ctx context.Context, r *request) (reply, error) {
	var body MakeBundle
	rec, err := ordered(ctx, a, r, &body)
	if err != nil {
		return reply{}, err
	}
	b := rec.Bundles.Find(bundle.ID(r.PathValue("bundle")))
	if b.Opened.IsZero() {
		return reply{}, problem(codeNotFound)
	}
	for _, act := range []string{"bundle.freeze", "bundle.build"} {
		if err := a.permit(ctx, r, act, groupAct, r.record); err != nil {
			return reply{}, err
		}
	}
	if faults := unmakeable(b, body.Variants); len(faults) > 0 {
		return reply{}, problem(codeInvalid, faults...)
	}
	return a.begin(a.order(r, string(b.ID), body))
}

// addLate begins the job of a supplement, of documents that the bundle would take.
func (a *API) addLate(ctx context.Context, r *request) (reply, error) {
	var body AddLate
	rec, err := ordered(ctx, a, r, &body)
	if err != nil {
		return reply{}, err
	}
	b := rec.Bundles.Find(bundle.ID(r.PathValue("bundle")))
	if b.Opened.IsZero() {
		return reply{}, problem(codeNotFound)
	}
	if err := a.permit(ctx, r, "bundle.supplement", groupAct, r.record); err != nil {
		return reply{}, err
	}
	o := a.order(r, string(b.ID), body)
	_, err = b.Supplement(bundle.Supplement{Bundle: b.ID, Sections: body.Sections}, rec.Chronologies)
	var refused domain.Refusals
	if errors.As(err, &refused) && !o.Recorded(rec) {
		refused = slices.DeleteFunc(slices.Clone(refused), func(why domain.Refusal) bool { return why.Rule == "bundle-supplement-unsound" }) // the job makes what it stands on
		if len(refused) > 0 {
			return reply{}, refused
		}
	}
	return a.begin(o)
}

// unmakeable says what forbids to make a bundle as it is.
func unmakeable(b bundle.Bundle, variants []string) []Fault {
	var faults []Fault
	for i, name := range variants {
		if _, known := b.Variant(name); !known {
			faults = append(faults, Fault{Pointer: fmt.Sprintf("/variants/%d", i), Rule: "bundle-variant-unknown", Reason: "The bundle has no variant of this name."})
		}
	}
	if !b.IsReviewed() {
		faults = append(faults, Fault{Rule: "bundle-not-reviewed", Reason: "Somebody who made no part of it looks through a bundle before it is frozen or built."})
	}
	return faults
}

func rowOf(b bundle.Bundle) BundleRow {
	o := b.Opened.Fact
	return BundleRow{Bundle: b.ID, Title: o.Title, Court: o.Court, Case: o.Case, Happened: o.Happened, Rules: o.Rules,
		Reviewed: b.IsReviewed(), Frozen: !b.Frozen.IsZero(), Edition: b.Edition(), Entry: b.Opened.Entry}
}

func (a *API) bundles(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	sieve, rows := a.sieve(r, rec), []BundleRow{}
	for _, b := range rec.Bundles {
		if !b.Opened.IsZero() && sieve.whole(b.Opened.Entry) {
			rows = append(rows, rowOf(b))
		}
	}
	about.Withheld = sieve.withheld()
	return ofRecord(r, about, len(rows), BundleList{about, rows}), nil
}

// bundle shows a bundle, and what was built of it.
func (a *API) bundle(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	b, sieve := rec.Bundles.Find(bundle.ID(r.PathValue("bundle"))), a.sieve(r, rec)
	if b.Opened.IsZero() || !sieve.whole(b.Opened.Entry) {
		return reply{}, problem(codeNotFound)
	}
	page := BundlePage{BundleRow: rowOf(b), Variants: []BuiltVariant{}}
	for _, v := range b.Varied.Fact.Variants {
		if !sieve.whole(b.Varied.Entry) {
			break
		}
		built := b.BuiltOf(v.Variant).Fact
		one := BuiltVariant{Variant: v.Variant, Reader: v.Reader, Pages: built.Pages, SHA256: built.SHA256}
		if built.SHA256 != "" {
			if one.Files, err = OfBundle(r.record, b.ID, b.Edition(), v.Variant).Files(ctx, a.Files); err != nil {
				return reply{}, err
			}
			if one.Permitted, err = a.mayHave(ctx, r, b, v); err != nil {
				return reply{}, err
			}
		}
		page.Variants = append(page.Variants, one)
	}
	about.Withheld = sieve.withheld()
	page.OfRecord = about
	return ofRecord(r, about, len(page.Variants), page), nil
}

// builtVariant returns the variant of a request, which has to be built.
func (a *API) builtVariant(ctx context.Context, r *request) (b bundle.Bundle, v bundle.Variant, about OfRecord, err error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return b, v, about, err
	}
	b = rec.Bundles.Find(bundle.ID(r.PathValue("bundle")))
	v, known := b.Variant(r.PathValue("variant"))
	if !known || b.BuiltOf(v.Variant).IsZero() {
		err = problem(codeNotFound)
	}
	return b, v, about, err
}

// bundleFile gives one of the files of a variant to whoever may see all that the
// variant shows.
func (a *API) bundleFile(ctx context.Context, r *request) (reply, error) {
	b, v, about, err := a.builtVariant(ctx, r)
	if err != nil {
		return reply{}, err
	}
	made := OfBundle(r.record, b.ID, b.Edition(), v.Variant)
	all, err := made.Files(ctx, a.Files)
	if err != nil {
		return reply{}, err
	}
	i := slices.IndexFunc(all, func(f MadeFile) bool { return f.File == r.PathValue("file") })
	if i < 0 {
		return reply{}, problem(codeNotFound)
	}
	release, err := a.giving(ctx, r, b, v, about, all[i].SHA256)
	if err != nil {
		return reply{}, err
	}
	content, err := made.File(ctx, a.Files, all[i].File)
	if err != nil {
		return reply{}, fileProblem(err)
	}
	return given(all[i].Type, all[i].File, content, release), nil
}

// bundleCheck tells how a variant stands to the rules. What is found names pages and
// documents, so it is for whoever is given the variant.
func (a *API) bundleCheck(ctx context.Context, r *request) (reply, error) {
	b, v, about, err := a.builtVariant(ctx, r)
	if err != nil {
		return reply{}, err
	}
	found, is, err := OfBundle(r.record, b.ID, b.Edition(), v.Variant).Rules(ctx, a.Files)
	if err == nil && !is {
		err = problem(codeNotFound)
	}
	if err != nil {
		return reply{}, err
	}
	hash := b.BuiltOf(v.Variant).Fact.SHA256
	release, err := a.giving(ctx, r, b, v, about, hash)
	return reply{body: BundleCheck{about, b.ID, v.Variant, hash, found}, revision: eventstore.Revision(about.Revision), release: &release}, err
}

// giving returns what is released with something of a variant, to whoever may see
// all that the variant shows.
func (a *API) giving(ctx context.Context, r *request, b bundle.Bundle, v bundle.Variant, about OfRecord, hash string) (access.Released, error) {
	may, err := a.mayHave(ctx, r, b, v)
	if err == nil && !may {
		err = a.refused(ctx, r)
	}
	release := access.Released{Revision: about.Revision, View: "variant=" + v.Variant + "&sha256=" + hash, Rows: 1}
	for _, k := range b.Stand().Known {
		if k.Record != r.record {
			release.Records = append(release.Records, string(k.Record))
		}
	}
	return release, err
}

// mayHave reports whether a caller may see everything that a variant of a frozen
// bundle shows: of each record that it is made of, all that is not withheld from
// its reader.
func (a *API) mayHave(ctx context.Context, r *request, b bundle.Bundle, v bundle.Variant) (bool, error) {
	var others []domain.RecordID
	for _, k := range b.Stand().Known {
		if k.Record != r.record {
			others = append(others, k.Record)
		}
	}
	if len(others) > 0 {
		if err := a.CatchUp(ctx); err != nil { // who may be told of them stands in the read models
			return false, err
		}
	}
	may, err := a.mayName(ctx, r, others)
	if err != nil {
		return false, err
	}
	may[r.record] = true
	for _, k := range b.Stand().Known {
		if !may[k.Record] {
			return false, nil
		}
		rec, _, err := a.View.Record(ctx, k.Record)
		if err != nil {
			return false, err
		}
		one := *r
		if one.record = k.Record; k.Record != r.record {
			one.tie = projections.TieTo(rec.Allocations, r.caller.ID, r.caller.Teams, a.today().Happened)
		}
		if all, err := a.sieve(&one, rec).all(k.Entry, v.Redaction); err != nil || !all {
			return false, err
		}
	}
	return true, nil
}

// all reports whether the caller may see everything that the first entries of the
// record say, but for what a set of redactions withholds; "" withholds nothing.
func (s *sieve) all(known uint64, by redaction.ID) (bool, error) {
	type place struct {
		entry uint64
		field string
	}
	withheld := make(map[place]bool)
	if by != "" {
		v, err := projections.Redacted(s.api.View.Codec, s.rec, by)
		if err != nil {
			return false, err
		}
		known = min(known, v.Known) // of what came later the reader gets nothing
		for _, w := range v.Schedule {
			withheld[place{w.Entry, w.Field}] = true
		}
	}
	for _, e := range s.rec.Entries[:min(known, uint64(len(s.rec.Entries)))] {
		fields, err := s.api.View.Codec.Fields(e)
		if err != nil {
			return false, err
		}
		for _, f := range fields {
			if withheld[place{e.Seq, f.Path}] {
				continue
			}
			if may, err := s.field(e, f.Path, f.Value); err != nil || !may {
				return false, err
			}
		}
	}
	return true, nil
}

// field reports whether the caller may see a field of an entry. What holds the
// record together, the day of an entry and what it is about, nobody can withhold
// of what he may know to be there.
func (s *sieve) field(e domain.Entry, path string, value []byte) (bool, error) {
	of := s.thing(e.Seq)
	if !s.sees(of.kind, "") {
		return false, nil
	}
	member := jsontext.Pointer(path)
	for member.Parent() != "" {
		member = member.Parent()
	}
	keep := s.keep(of, member.LastToken(), e.Seq)
	if keep {
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			return false, err
		}
		_, cut := s.cut(of.kind, v, e.Seq)
		keep = !cut
	}
	if keep {
		return true, nil
	}
	free, err := s.api.View.Codec.Holds(e, path)
	return !free, err
}

// bundleOperations is what can be asked about bundles, and the files that go into
// them.
func bundleOperations() []operation {
	one := "/v1/records/{id}/bundles/{bundle}"
	keep := "Keep a PDF, JPEG or PNG that is none of the ledger's, by the SHA-256 that is answered."
	build := "Freeze a bundle, if it is not frozen yet, build it for its readers and check it against the rules, beside other requests. A repeat finds the job, or begins it anew where it had failed."
	late := "Add documents that came late to a frozen bundle, beside other requests: behind the last page of their sections, so that no page gets another number. Somebody else then looks it through, and it is made again."
	of := func(id, path, text string, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error)) operation {
		return operation{id: id, method: http.MethodGet, path: path, group: groupRead, text: text, params: []param{atLeast},
			status: http.StatusOK, reply: answer, serve: serve}
	}
	file := of("record.bundle-file", one+"/variants/{variant}/files/{file}", "A file that a variant of a bundle became: its PDF, its manifest, or an evidence package.", nil, (*API).bundleFile)
	file.other = map[string]reflect.Type{"application/pdf": nil, "application/zip": nil, "application/json": reflect.TypeFor[binder.Manifest]()}
	kept := of("record.file", "/v1/records/{id}/files/{sha}", "A document that was uploaded, as it was uploaded.", nil, (*API).keptFile)
	kept.other = map[string]reflect.Type{"application/pdf": nil, "image/jpeg": nil, "image/png": nil}
	file.transfers, kept.transfers = true, true
	return []operation{
		{id: "file.keep", method: http.MethodPost, path: "/v1/records/{id}/files", group: groupAct, text: keep, body: []byte(`{"type":"string","format":"binary"}`),
			takes: fileMediaType, transfers: true, status: http.StatusOK, reply: reflect.TypeFor[KeptFile](), serve: (*API).keepFile},
		kept,
		of("record.bundles", "/v1/records/{id}/bundles", "The bundles of a record, and how far each has got.", reflect.TypeFor[BundleList](), (*API).bundles),
		of("record.bundle", one, "A bundle, and the files that it became for each reader.", reflect.TypeFor[BundlePage](), (*API).bundle),
		ordering("bundle.make", one+"/jobs", build, reflect.TypeFor[MakeBundle](), (*API).makeBundle),
		ordering("bundle.add-late", one+"/late", late, reflect.TypeFor[AddLate](), (*API).addLate),
		file,
		of("record.bundle-check", one+"/variants/{variant}/check", "Of each rule for bundles, whether a variant that was built keeps it, and on which pages not.", reflect.TypeFor[BundleCheck](), (*API).bundleCheck),
	}
}
