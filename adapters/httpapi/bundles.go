package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
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
	"caseledger/projections"
	"caseledger/schema"
)

// Maker makes bundles, one job after the other, beside the requests.
type Maker interface {
	// Make begins a job, and returns how it stands. One that is known under the id
	// is not begun again unless it failed or was cancelled. Errors: ErrOtherJob,
	// ErrManyJobs.
	Make(BundleOrder) (BundleProgress, bool, error)
	// Job returns a job and how it stands, and whether there is one.
	Job(id string) (BundleOrder, BundleProgress, bool)
	// Cancel ends a job that is not done; what was built of it stays.
	Cancel(id string) (BundleProgress, bool)
}

// Why a job is not begun.
var (
	ErrOtherJob = errors.New("a job under this id makes something else")
	ErrManyJobs = errors.New("too many jobs wait")
)

// BundleOrder is a bundle that somebody wants to have frozen, if it is not frozen
// yet, and built.
type BundleOrder struct {
	Job       string
	Record    domain.RecordID
	Bundle    bundle.ID
	Variants  []string // all if none
	By        domain.Actor
	Authority domain.Authority
}

// BundleProgress is how far a job has come.
type BundleProgress struct {
	State   string // queued, running, done, failed, cancelled
	Step    string // of a running one: freeze or build
	Variant string // that is being built
	// Done of Total blocks, rows and pages of files are set. Both begin anew with
	// each variant that is laid out.
	Done, Total int
	Err         error // of a failed one
}

// UnbuildableError says why a bundle cannot be made as it is, in words for whoever
// asked.
type UnbuildableError struct{ Reason string }

func (e *UnbuildableError) Error() string { return e.Reason }

// MakeBundle is the body of the request for a bundle.
type MakeBundle struct {
	// Variants are those to build; all if none is named.
	Variants []string `json:"variants,omitempty" validate:"max=20,unique,dive,required,max=40,printascii"`
}

// BundleJob is a bundle that is being made.
type BundleJob struct {
	Job     string          `json:"job"`
	Record  domain.RecordID `json:"record"`
	Bundle  bundle.ID       `json:"bundle"`
	State   string          `json:"state"`             // queued, running, done, failed, cancelled
	Step    string          `json:"step,omitempty"`    // of a running one: freeze or build
	Variant string          `json:"variant,omitempty"` // that is being built
	// Done of Total blocks, rows and pages of files are set, of the variant that is
	// being laid out.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Problem is why it failed.
	Problem *Problem `json:"problem,omitempty"`
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
	Files     []BundleFile `json:"files"`
	Permitted bool         `json:"permitted"`
}

// BundleFile is one of the files that a variant became.
type BundleFile struct {
	File   string `json:"file"` // pdf, manifest, evidence-1
	Type   string `json:"type"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Built is where the files of a variant are kept.
type Built struct {
	Record  domain.RecordID
	Bundle  bundle.ID
	Edition int
	Variant string
}

func (b Built) name(file string) string {
	return fmt.Sprintf("bundle/%q/%d/%q/%s", b.Bundle, b.Edition, b.Variant, file)
}

// Keep keeps what a variant became, by the names of the files: the list of them
// last, so that there are either all or none.
func (b Built) Keep(ctx context.Context, s *enclosures.Store, all []BundleFile, content map[string][]byte) error {
	for i, f := range all {
		sum := sha256.Sum256(content[f.File])
		all[i].SHA256, all[i].Bytes = hex.EncodeToString(sum[:]), len(content[f.File])
		if err := s.Put(ctx, schema.Stream(b.Record), b.name(f.File), content[f.File]); err != nil {
			return err
		}
	}
	list, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return s.Put(ctx, schema.Stream(b.Record), b.name("list"), list)
}

// Files returns what a variant became; none where it was not built here.
func (b Built) Files(ctx context.Context, s *enclosures.Store) ([]BundleFile, error) {
	var all []BundleFile
	list, err := s.Get(ctx, schema.Stream(b.Record), b.name("list"))
	if errors.Is(err, enclosures.ErrNone) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(list, &all)
	}
	return all, err
}

// makeBundle begins a job.
func (a *API) makeBundle(ctx context.Context, r *request) (reply, error) {
	var body MakeBundle
	if err := unmarshal(r.body, &body); err != nil {
		return reply{}, err
	}
	rec, _, err := a.View.Record(ctx, r.record)
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
	if a.Bundles == nil {
		return reply{}, problem(codeElsewhere)
	}
	order := BundleOrder{Job: a.jobOf(r, b.ID), Record: r.record, Bundle: b.ID, Variants: body.Variants, By: r.actor(),
		Authority: domain.Authority{Basis: r.basis, Purpose: r.purpose}}
	now, repeated, err := a.Bundles.Make(order)
	switch {
	case errors.Is(err, ErrOtherJob):
		return reply{}, problem(codeKeyReused)
	case errors.Is(err, ErrManyJobs):
		return reply{}, problem(codeBusy)
	case err != nil:
		return reply{}, err
	}
	return reply{body: jobNow(order, now), repeated: repeated, location: r.URL.Path + "/" + order.Job}, nil
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

// jobOf is the id of the job of a caller's key: a repeat finds it.
func (a *API) jobOf(r *request, id bundle.ID) string {
	mac := hmac.New(sha256.New, a.Secret)
	fmt.Fprintf(mac, "bundle\x00%s\x00%s\x00%s\x00%s", r.record, id, r.caller.ID, r.Header.Get("Idempotency-Key"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func jobNow(o BundleOrder, p BundleProgress) BundleJob {
	out := BundleJob{Job: o.Job, Record: o.Record, Bundle: o.Bundle, State: p.State, Step: p.Step, Variant: p.Variant, Done: p.Done, Total: p.Total}
	var why *UnbuildableError
	switch {
	case p.Err == nil:
	case errors.As(p.Err, &why):
		out.Problem = problem(codeInvalid, Fault{Rule: "bundle-cannot-be-made", Reason: why.Reason})
	default:
		out.Problem = problemOf(p.Err)
	}
	return out
}

// job returns the job of a request, which is one of its bundle.
func (a *API) job(ctx context.Context, r *request) (BundleOrder, BundleProgress, error) {
	if err := a.exists(ctx, r.record); err != nil {
		return BundleOrder{}, BundleProgress{}, err
	}
	if a.Bundles == nil {
		return BundleOrder{}, BundleProgress{}, problem(codeNotFound)
	}
	order, now, found := a.Bundles.Job(r.PathValue("job"))
	if !found || order.Record != r.record || string(order.Bundle) != r.PathValue("bundle") {
		return order, now, problem(codeNotFound)
	}
	return order, now, nil
}

// bundleJob tells how far a job has come: nothing of the record, so no access.
func (a *API) bundleJob(ctx context.Context, r *request) (reply, error) {
	order, now, err := a.job(ctx, r)
	return reply{body: jobNow(order, now)}, err
}

func (a *API) cancelBundle(ctx context.Context, r *request) (reply, error) {
	order, now, err := a.job(ctx, r)
	if err != nil {
		return reply{}, err
	}
	if after, found := a.Bundles.Cancel(order.Job); found {
		now = after
	}
	return reply{body: jobNow(order, now)}, nil
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
			if one.Files, err = (Built{r.record, b.ID, b.Edition(), v.Variant}).Files(ctx, a.Files); err != nil {
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

// bundleFile gives one of the files of a variant to whoever may see all that the
// variant shows.
func (a *API) bundleFile(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	b := rec.Bundles.Find(bundle.ID(r.PathValue("bundle")))
	v, known := b.Variant(r.PathValue("variant"))
	if !known || b.BuiltOf(v.Variant).IsZero() {
		return reply{}, problem(codeNotFound)
	}
	built := Built{r.record, b.ID, b.Edition(), v.Variant}
	all, err := built.Files(ctx, a.Files)
	if err != nil {
		return reply{}, err
	}
	i := slices.IndexFunc(all, func(f BundleFile) bool { return f.File == r.PathValue("file") })
	if i < 0 {
		return reply{}, problem(codeNotFound)
	}
	may, err := a.mayHave(ctx, r, b, v)
	if err != nil {
		return reply{}, err
	}
	if !may {
		return reply{}, a.refused(ctx, r)
	}
	content, err := a.Files.Get(ctx, schema.Stream(r.record), built.name(all[i].File))
	if err != nil {
		return reply{}, fileProblem(err)
	}
	release := access.Released{Revision: about.Revision, View: "variant=" + v.Variant + "&sha256=" + all[i].SHA256, Rows: 1}
	for _, k := range b.Stand().Known {
		if k.Record != r.record {
			release.Records = append(release.Records, string(k.Record))
		}
	}
	return given(all[i].Type, all[i].File, content, release), nil
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
	build := "Freeze a bundle, if it is not frozen yet, and build it for its readers, beside other requests. A repeat finds the job, or begins it anew where it had failed."
	of := func(id, path, text string, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error)) operation {
		return operation{id: id, method: http.MethodGet, path: path, group: groupRead, text: text, params: []param{atLeast},
			status: http.StatusOK, reply: answer, serve: serve}
	}
	job := of("record.bundle-job", one+"/jobs/{job}", "How far the making of a bundle has come.", reflect.TypeFor[BundleJob](), (*API).bundleJob)
	job.params = nil
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
		{id: "bundle.make", method: http.MethodPost, path: one + "/jobs", group: groupAct, text: build,
			body: structSchema("bundle.make", build, reflect.TypeFor[MakeBundle]()), status: http.StatusAccepted, reply: reflect.TypeFor[BundleJob](), serve: (*API).makeBundle},
		job,
		{id: "bundle.cancel", method: http.MethodDelete, path: one + "/jobs/{job}", group: groupAct, text: "Cancel the making of a bundle; what was built of it stays.",
			status: http.StatusOK, reply: reflect.TypeFor[BundleJob](), serve: (*API).cancelBundle},
		file,
	}
}
