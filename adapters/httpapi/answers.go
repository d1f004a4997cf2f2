package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"caseledger/adapters/docx"
	"caseledger/adapters/enclosures"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/disclosure"
	"caseledger/domain/record"
	"caseledger/domain/subjectaccess"
)

// PackDisclosure is the body of the request for the files of a disclosure.
type PackDisclosure struct {
	// Redaction is an approved set of redactions, applied beside the profile.
	Redaction string `json:"redaction,omitempty" validate:"max=64,printascii"`
	// Contacts are whom to call, with the telephone number.
	Contacts []string `json:"contacts,omitempty" validate:"max=20,dive,required,max=200"`
}

// MakeAnswer is the body of the request for the answer to a request for access: the
// record says what it is of.
type MakeAnswer struct{}

// PackedDisclosure is a disclosure with the files that go.
type PackedDisclosure struct {
	OfRecord
	Disclosure disclosure.ID `json:"disclosure"`
	Profile    string        `json:"profile"`
	Happened   domain.Date   `json:"happened"`
	Package    string        `json:"package"` // fingerprint of the evidence package, as the record names it
	// Files are there where they were made by this server. Whoever may see all that
	// they show is given them.
	Files     []MadeFile `json:"files"`
	Permitted bool       `json:"permitted"`
}

// AnswerPage is the answer to a request for access.
type AnswerPage struct {
	OfRecord
	Request   subjectaccess.ID `json:"accessRequest"`
	Count     AnswerCount      `json:"count"`
	Files     []MadeFile       `json:"files"`
	Permitted bool             `json:"permitted"`
}

// AnswerCount says what counting an answer against the ledgers gave, as
// 'subject-access.check' records it.
type AnswerCount struct {
	Hash      string `json:"hash"` // of the file, for 'subject-access.deliver' too
	Known     uint64 `json:"known"`
	Delivered int    `json:"delivered"` // fields and lines of the access ledger
	Withheld  int    `json:"withheld"`
	Missing   int    `json:"missing"`
}

// ShownEntry are the fields of an entry that a disclosure shows, by their paths.
type ShownEntry struct {
	Entry  uint64   `json:"entry"`
	Fields []string `json:"fields"`
}

// The names under which more than files is kept.
const (
	shownName = "shown"
	countName = "count"
)

// OfDisclosure is where the files of a disclosure are kept, by the fingerprint of the
// package: those of one that was never recorded take the place of no others.
func OfDisclosure(record domain.RecordID, id disclosure.ID, fingerprint string) Made {
	return Made{record, fmt.Sprintf("disclosure/%q/%s", id, fingerprint)}
}

// OfAnswer is where the answer to a request for access is kept, of the exemptions
// that an entry says.
func OfAnswer(record domain.RecordID, id subjectaccess.ID, exempted uint64) Made {
	return Made{record, fmt.Sprintf("answer/%q/%d", id, exempted)}
}

// KeepShown keeps what a disclosure shows.
func (m Made) KeepShown(ctx context.Context, s *enclosures.Store, all []ShownEntry) error {
	return m.put(ctx, s, shownName, all)
}

// KeepCount keeps what counting an answer gave.
func (m Made) KeepCount(ctx context.Context, s *enclosures.Store, c AnswerCount) error {
	return m.put(ctx, s, countName, c)
}

// packDisclosure begins the job that makes the files of a disclosure that was decided,
// and records that it goes.
func (a *API) packDisclosure(ctx context.Context, r *request) (reply, error) {
	var body PackDisclosure
	rec, err := ordered(ctx, a, r, &body)
	if err != nil {
		return reply{}, err
	}
	one := rec.Disclosures.Find(disclosure.ID(r.PathValue("disclosure")))
	if one.Requested.IsZero() {
		return reply{}, problem(codeNotFound)
	}
	if err := a.permit(ctx, r, "disclosure.make", groupAct, r.record); err != nil {
		return reply{}, err
	}
	o := a.order(r, string(one.ID), body)
	if _, err := rec.Disclosures.Disclose(disclosure.Disclose{Dated: a.today(), Disclosure: one.ID, Profile: one.Considered.Fact.Profile}, 0); err != nil && !o.Recorded(rec) {
		return reply{}, err
	}
	return a.begin(o)
}

// packed returns the files of a disclosure that was recorded, none where they were not
// made here, and whether the caller may see all that they show.
func (a *API) packed(ctx context.Context, r *request, rec record.Record) (one disclosure.Disclosure, made Made, files []MadeFile, may bool, err error) {
	one = rec.Disclosures.Find(disclosure.ID(r.PathValue("disclosure")))
	if one.Disclosed.IsZero() {
		return one, made, nil, false, problem(codeNotFound)
	}
	made = OfDisclosure(r.record, one.ID, one.Disclosed.Fact.Package)
	var shown []ShownEntry
	if is, err := made.get(ctx, a.Files, shownName, &shown); err != nil || !is {
		return one, made, nil, false, err
	}
	if files, err = made.Files(ctx, a.Files); err != nil {
		return one, made, nil, false, err
	}
	may, err = a.sieve(r, rec).those(shown, one.Requested.Entry, one.Considered.Entry, one.Decided.Entry, one.Disclosed.Entry)
	return one, made, files, may, err
}

// disclosed shows which files of a disclosure there are.
func (a *API) disclosed(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	one, _, files, may, err := a.packed(ctx, r, rec)
	if err != nil {
		return reply{}, err
	}
	d, sieve := one.Disclosed.Fact, a.sieve(r, rec)
	if !sieve.whole(one.Disclosed.Entry) {
		return reply{}, problem(codeNotFound)
	}
	return ofRecord(r, about, len(files), PackedDisclosure{about, one.ID, d.Profile, d.Happened, d.Package, files, may}), nil
}

// disclosureFile gives a file of a disclosure to whoever may see all that it shows.
func (a *API) disclosureFile(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	one, made, files, may, err := a.packed(ctx, r, rec)
	if err != nil {
		return reply{}, err
	}
	return a.give(ctx, r, about, made, files, may, "disclosure="+string(one.ID))
}

// give gives one of the files that a job made to whoever may have them.
func (a *API) give(ctx context.Context, r *request, about OfRecord, made Made, files []MadeFile, may bool, view string) (reply, error) {
	i := slices.IndexFunc(files, func(f MadeFile) bool { return f.File == r.PathValue("file") })
	switch {
	case i < 0:
		return reply{}, problem(codeNotFound)
	case !may:
		return reply{}, a.refused(ctx, r)
	}
	content, err := made.File(ctx, a.Files, files[i].File)
	if err != nil {
		return reply{}, fileProblem(err)
	}
	return given(files[i].Type, files[i].File, content, access.Released{Revision: about.Revision, View: view + "&sha256=" + files[i].SHA256, Rows: 1}), nil
}

// makeAnswer begins the job that makes the answer to a request for access.
func (a *API) makeAnswer(ctx context.Context, r *request) (reply, error) {
	var body MakeAnswer
	rec, err := ordered(ctx, a, r, &body)
	if err != nil {
		return reply{}, err
	}
	q := rec.AccessRequests.Find(subjectaccess.ID(r.PathValue("accessRequest")))
	if q.Received.IsZero() {
		return reply{}, problem(codeNotFound)
	}
	if err := a.permit(ctx, r, "subject-access.deliver", groupAct, r.record); err != nil {
		return reply{}, err
	}
	if q.Exempted.IsZero() {
		return reply{}, domain.Refuse(domain.Rule{Name: "access-not-looked-through", Broken: true, Reason: "Nobody has said which set of redactions holds: one that withholds nothing is a set too."})
	}
	return a.begin(a.order(r, string(q.ID), body))
}

// answered returns the answer of a request, and whether the caller may see all that it
// shows: the record as its reader is given it, and who looked at it.
func (a *API) answered(ctx context.Context, r *request, rec record.Record) (at Made, page AnswerPage, err error) {
	q := rec.AccessRequests.Find(subjectaccess.ID(r.PathValue("accessRequest")))
	page.Request = q.ID
	if q.Exempted.IsZero() {
		return at, page, problem(codeNotFound)
	}
	at = OfAnswer(r.record, q.ID, q.Exempted.Entry)
	is, err := at.get(ctx, a.Files, countName, &page.Count)
	if err == nil && !is {
		err = problem(codeNotFound)
	}
	if err != nil {
		return at, page, err
	}
	if page.Files, err = at.Files(ctx, a.Files); err != nil {
		return at, page, err
	}
	if !a.decide(r, "access.looks", groupAudit, r.record, r.tie, r.glass != "").Allowed {
		return at, page, nil
	}
	page.Permitted, err = a.sieve(r, rec).all(page.Count.Known, q.Exempted.Fact.Redaction)
	return at, page, err
}

// answerPage shows whether the answer to a request for access is there, and complete.
func (a *API) answerPage(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	_, page, err := a.answered(ctx, r, rec)
	page.OfRecord = about
	return ofRecord(r, about, len(page.Files), page), err
}

// answerFile gives the answer to whoever may see all that it shows.
func (a *API) answerFile(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	made, page, err := a.answered(ctx, r, rec)
	if err != nil {
		return reply{}, err
	}
	return a.give(ctx, r, about, made, page.Files, page.Permitted, "accessRequest="+string(page.Request))
}

// those reports whether the caller may see fields of entries, and the whole of
// others.
func (s *sieve) those(all []ShownEntry, others ...uint64) (bool, error) {
	for _, entry := range others {
		if entry > 0 && !s.whole(entry) {
			return false, nil
		}
	}
	for _, one := range all {
		e, found := s.rec.Entry(one.Entry)
		if !found {
			return false, nil
		}
		fields, err := s.api.View.Codec.Fields(e)
		if err != nil {
			return false, err
		}
		known := 0 // of the fields that are shown: the rest are those of an older version
		for _, f := range fields {
			if !slices.Contains(one.Fields, f.Path) {
				continue
			}
			if may, err := s.field(e, f.Path, f.Value); err != nil || !may {
				return false, err
			}
			known++
		}
		if known < len(one.Fields) && !s.whole(one.Entry) {
			return false, nil
		}
	}
	return true, nil
}

// answerOperations is what can be asked about what goes to others and to the person.
func answerOperations() []operation {
	const one, ofAccess = "/v1/records/{id}/disclosures/{disclosure}", "/v1/records/{id}/subject-access-requests/{accessRequest}"
	of := func(id, path, text string, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error)) operation {
		return operation{id: id, method: http.MethodGet, path: path, group: groupRead, text: text, params: []param{atLeast}, status: http.StatusOK, reply: answer, serve: serve}
	}
	disclosed := of("record.disclosure-file", one+"/files/{file}", "A file of a disclosure that went: its evidence package, or its paper.", nil, (*API).disclosureFile)
	disclosed.other = map[string]reflect.Type{"application/zip": nil, "application/pdf": nil, docx.MediaType: nil}
	answered := of("record.answer-file", ofAccess+"/files/{file}", "The answer to a request for access, as the person is given it.", nil, (*API).answerFile)
	answered.other = map[string]reflect.Type{"application/zip": nil}
	disclosed.transfers, answered.transfers = true, true
	answer := ordering("subject-access.answer", ofAccess+"/jobs", "Make the answer to a request for access, and count that nothing is missing from it, beside other requests.", reflect.TypeFor[MakeAnswer](), (*API).makeAnswer)
	return []operation{
		ordering("disclosure.pack", one+"/jobs", "Make the evidence package and the paper of a disclosure that was decided, and record that it goes, beside other requests.", reflect.TypeFor[PackDisclosure](), (*API).packDisclosure),
		of("record.disclosure", one+"/package", "What went with a disclosure, and the files.", reflect.TypeFor[PackedDisclosure](), (*API).disclosed),
		disclosed,
		answer,
		of("record.answer", ofAccess+"/answer", "Whether the answer to a request for access is made, and complete.", reflect.TypeFor[AnswerPage](), (*API).answerPage),
		answered,
	}
}
