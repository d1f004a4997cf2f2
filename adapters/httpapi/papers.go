package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/projections"
)

// The media types of papers, by the names of their formats.
var paperMedia = map[string]string{
	"docx": docx.MediaType,
	"pdf":  "application/pdf",
	"csv":  "text/csv; charset=utf-8",
}

// asMedia are the other media types of an operation that writes papers.
func asMedia(formats ...string) map[string]reflect.Type {
	media := make(map[string]reflect.Type)
	for _, f := range formats {
		kind, _, _ := strings.Cut(paperMedia[f], ";")
		media[kind] = nil
	}
	return media
}

// Parameters of papers.
var (
	asFormat   = param{"format", format, "json, docx, pdf or csv; else as the header Accept says, and json if that says nothing."}
	asPaged    = param{"format", onPages, "json, docx or pdf; else as the header Accept says, and json if that says nothing."}
	happenedOn = param{"from", day, "Only what happened from this day on."}
	happenedTo = param{"to", day, "Only what happened up to this day."}
)

// BuiltChronology is a chronology as it was built, without what the caller may not
// see.
type BuiltChronology struct {
	OfRecord
	projections.Story
}

// FullEntries are entries with everything that they say.
type FullEntries struct {
	OfRecord
	Entries []projections.FullEntry `json:"entries"`
}

// formatOf returns in which of the formats of an operation a paper is asked for, ""
// for JSON.
func (r *request) formatOf() string {
	asked := r.query[asFormat.name]
	if asked == "" {
		for _, f := range []string{"docx", "pdf", "csv"} {
			if kind, _, _ := strings.Cut(paperMedia[f], ";"); accepts(r.Header, kind) && r.op.writes(f) {
				return f
			}
		}
	}
	if asked == "json" {
		return ""
	}
	return asked
}

func (op operation) writes(f string) bool {
	kind, _, _ := strings.Cut(paperMedia[f], ";")
	_, is := op.other[kind]
	return is
}

// asFile turns a reply into that of a file in a format, "" for none.
func (r *request) asFile(out reply, f string, fill func(io.Writer) error) (reply, error) {
	if f == "" || out.status == http.StatusNotModified {
		return out, nil
	}
	var file bytes.Buffer
	if err := fill(&file); err != nil {
		return reply{}, err
	}
	out.stream = func(_ context.Context, w http.ResponseWriter) {
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "paper."+f))
		write(w, r.Request, http.StatusOK, paperMedia[f], file.Bytes())
	}
	return out, nil
}

// writePaper writes a paper in a format that Word or a reader of PDFs opens.
func writePaper(w io.Writer, f string, p paper.Paper) error {
	if f == "pdf" {
		return pdf.Write(w, p)
	}
	return docx.Write(w, p)
}

// builtChronology gives a chronology as it was built. Of what the caller may not see
// only the place in the story is left, and of records that he may not be told of
// nothing.
func (a *API) builtChronology(ctx context.Context, r *request) (reply, error) {
	f := r.formatOf()
	if err := a.CatchUp(ctx); err != nil { // who may be told of the other records stands in the read models
		return reply{}, err
	}
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	load := func(ctx context.Context, id domain.RecordID) (record.Record, error) {
		one, _, err := a.View.Record(ctx, id)
		return one, err
	}
	id := chronology.ID(r.PathValue("chronology"))
	if rec.Chronologies.Find(id).IsZero() {
		return reply{}, problem(codeNotFound)
	}
	story, err := projections.Tell(ctx, load, rec, id)
	if err != nil {
		return reply{}, err
	}
	if about.Withheld, err = a.siftStory(ctx, r, &story); err != nil {
		return reply{}, err
	}
	out := ofRecord(r, about, len(story.Rows), BuiltChronology{about, story})
	for _, p := range story.Parts {
		if p.Record != r.record {
			out.release.Records = append(out.release.Records, string(p.Record))
		}
	}
	return r.asFile(out, f, func(w io.Writer) error {
		if f == "csv" {
			return paper.WriteCSV(w, story)
		}
		return writePaper(w, f, paper.Chronology(story))
	})
}

// siftStory leaves out of a story what the caller may not see, record by record.
func (a *API) siftStory(ctx context.Context, r *request, story *projections.Story) ([]Withheld, error) {
	var others []domain.RecordID
	for _, p := range story.Parts {
		if p.Record != r.record {
			others = append(others, p.Record)
		}
	}
	may, err := a.mayName(ctx, r, others)
	if err != nil {
		return nil, err
	}
	may[r.record] = true
	sieves, requests := make(map[domain.RecordID]*sieve), make(map[domain.RecordID]*request)
	for _, p := range story.Parts {
		if !may[p.Record] {
			continue
		}
		one := *r
		one.record, one.withheld = p.Record, nil
		rec, _, err := a.View.Record(ctx, p.Record)
		if err != nil {
			return nil, err
		}
		if p.Record != r.record {
			one.glass = "" // an emergency opens the one record
			one.tie = projections.TieTo(rec.Allocations, r.caller.ID, r.caller.Teams, a.today().Happened)
		}
		requests[p.Record], sieves[p.Record] = &one, a.sieve(&one, rec)
	}
	hides := len(sieves) < len(story.Parts)
	story.Parts = slices.DeleteFunc(story.Parts, func(p projections.StoryPart) bool { return !may[p.Record] })
	story.Rows = slices.DeleteFunc(story.Rows, func(row projections.StoryRow) bool {
		if row.Gap != nil {
			return hides // where there is none would tell of what is hidden
		}
		return !may[row.Record] || !sieves[row.Record].part(row.Kind, row.Entry)
	})
	for i := range story.Rows {
		if row := &story.Rows[i]; row.Gap == nil && !sieves[row.Record].whole(row.Entry) {
			row.Sentence, row.Passages, row.Stands, row.Impact, row.Tags = "[withheld]", nil, nil, nil, nil
		}
	}
	var all []Withheld
	for _, p := range story.Parts {
		for _, left := range sieves[p.Record].withheld() {
			if p.Record != r.record {
				left.Records = []domain.RecordID{p.Record}
			}
			all = append(all, left)
		}
		r.withheld = append(r.withheld, requests[p.Record].withheld...)
	}
	return all, nil
}

// entriesInFull gives entries with everything that they say, as a paper for a court
// has them, without what the caller may not see.
func (a *API) entriesInFull(ctx context.Context, r *request) (reply, error) {
	f := r.formatOf()
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	at := r.query.asked()
	known := rec.Known(at.Known, at.Entry)
	s := chronology.Selection{From: r.query.date(happenedOn), To: r.query.date(happenedTo)}
	if types := r.query[eventTypes.name]; types != "" {
		s.Kinds = strings.Split(types, ",")
	}
	part := projections.Choose(s, []domain.RecordID{r.record}, []record.Record{known})[0]
	sieve := a.sieve(r, rec)
	chosen := slices.DeleteFunc(part.Entries, func(n uint64) bool { return !sieve.part(sieve.thing(n).kind, n) })
	if len(chosen) > paper.MaxEntries {
		return reply{}, problem(codeMalformed, Fault{Parameter: "query", Rule: fmt.Sprintf("max-entries=%d", paper.MaxEntries)})
	}
	leaves, err := a.View.Leaves(ctx, r.record)
	if err != nil {
		return reply{}, err
	}
	entries, err := projections.InFull(r.record, known, leaves, chosen, func(e domain.Entry, field string, value jsontext.Value) jsontext.Value {
		if len(value) == 0 || !sieve.keep(sieve.thing(e.Seq), field, e.Seq) {
			return nil
		}
		return sieve.value(sieve.thing(e.Seq).kind, value, e.Seq)
	})
	if err != nil {
		return reply{}, err
	}
	closed := a.View.Records.Forms.Closed(rec, r.caller.Role)
	for i := range entries {
		if e := &entries[i]; closed[e.Entry] || !sieve.whole(e.Entry) {
			e.Sentence, e.Sayings, e.Passages, e.Changes, e.Reason, e.Source = "[withheld]", nil, nil, nil, "", nil
		}
	}
	slices.SortFunc(entries, projections.ByDay)
	about.Withheld = sieve.withheld()
	out := ofRecord(r, about, len(entries), FullEntries{about, entries})
	return r.asFile(out, f, func(w io.Writer) error {
		p, err := paper.Entries(a.headOf(about, known), entries)
		if err != nil {
			return problem(codeNotFound)
		}
		return writePaper(w, f, p)
	})
}

// headOf is what a paper about a record says of itself.
func (a *API) headOf(about OfRecord, known record.Record) paper.Head {
	h := paper.Head{Title: "Entries in full", By: a.Ledger, Footer: "Ledger " + a.Ledger}
	if n := len(known.Entries); n > 0 {
		h.Made = known.Entries[n-1].Recorded
		h.Preface = []string{fmt.Sprintf("Record %s of the ledger %s, as known when entry %d was its last (%s).", about.Record, a.Ledger, n, paper.Stamp(h.Made))}
	}
	for _, left := range about.Withheld {
		h.Preface = append(h.Preface, fmt.Sprintf("Left out for the reader of this paper (%s): of entries %s.", left.Reason, strings.Trim(fmt.Sprint(left.Entries), "[]")))
	}
	return h
}
