package projections

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/visit"
)

// The kinds of open work.
const (
	WorkDecision   = "referral-decision"
	WorkCase       = "referral"
	WorkAssessment = "assessment"
	WorkEnquiry    = "s47-enquiry"
	WorkCINPlan    = "cin-plan"
	WorkProtection = "protection-plan"
	WorkReview     = "protection-plan-review"
	WorkCare       = "looked-after"
	WorkCareReview = "looked-after-review"
	WorkCareVisit  = "looked-after-visit"
	WorkLeaver     = "care-leaver"
	WorkPathway    = "pathway-plan-review"
	WorkInTouch    = "care-leaver-visit"
	WorkSignOff    = "note-sign-off"  // waits for the manager whom it names
	WorkAmendment  = "note-amendment" // was returned, and waits for its author

	WorkSupportRequest  = "support-request"
	WorkAdultAssessment = "adult-assessment"
	WorkSupportPlan     = "support-plan"
	WorkDirectPayment   = "direct-payment"
	WorkConcern         = "safeguarding-concern"
	WorkAdultEnquiry    = "safeguarding-enquiry"
	WorkAdultProtection = "safeguarding-plan"
	WorkTransition      = "transition"
	WorkLibertyRequest  = "liberty-request"
	WorkLiberty         = "deprivation-of-liberty"
	WorkHospitalStay    = "hospital-stay"

	WorkAccess = "subject-access" // a request of somebody to see the record
)

// CaseloadRow is one open piece of work.
type CaseloadRow struct {
	Record        domain.RecordID `json:"record"`
	Kind          string          `json:"kind"`
	Work          string          `json:"work"`
	LAChildID     string          `json:"laChildId,omitempty"`
	Referral      referral.ID     `json:"referral,omitempty"`
	Worker        string          `json:"worker,omitempty"` // "" is unallocated
	Team          string          `json:"team,omitempty"`
	Opened        domain.Date     `json:"opened,omitzero"`
	Due           domain.Date     `json:"due,omitzero"`
	What          string          `json:"what,omitempty"` // is due
	Contradictory bool            `json:"contradictory"`
	Entries       []uint64        `json:"entries"`
	// Overdue tells whether Due lies before the day of the question. It is in
	// no table, because it changes without anything being recorded.
	Overdue bool `json:"overdue"`
}

func (r *CaseloadRow) fields() []any {
	return []any{&r.Record, &r.Kind, &r.Work, &r.LAChildID, &r.Referral, &r.Worker, &r.Team, &r.Opened, &r.Due, &r.What, &r.Contradictory, &r.Entries}
}

func caseloadProjection() Projection {
	return Projection{
		Name: "caseload", Version: 2, Tables: []Table{caseloadTable()},
		Apply: func(w *Writer, c Change) error {
			if c.Record == "" {
				return nil
			}
			return replace(w, "caseload", caseloadRows(c.Record, c.Before), caseloadRows(c.Record, c.After))
		},
	}
}

func caseloadTable() Table {
	return Table{
		Name: "caseload", Comment: "One row for each open piece of work. What is overdue depends on the day: due < '2026-02-03'.",
		Columns: []Column{
			{"record", Text, "Id of the record."},
			{"kind", Text, "referral-decision (a referral that waits for a decision), referral (an open case), assessment, s47-enquiry, cin-plan, protection-plan, protection-plan-review, note-sign-off (a note that waits for a signature), note-amendment (a note that was returned to its author), looked-after, looked-after-review, looked-after-visit, care-leaver, pathway-plan-review, care-leaver-visit; of adults and carers support-request, adult-assessment, support-plan, direct-payment, safeguarding-concern, safeguarding-enquiry, safeguarding-plan, liberty-request, deprivation-of-liberty, hospital-stay; of those coming of age transition; of those who want to see their record subject-access."},
			{"work", Text, "Id within the record of the referral, assessment, enquiry, plan, note, request, payment or episode of care; care-leaver of a care leaver."},
			{"la_child_id", Text, "The authority's own number for the child."},
			{"referral", Text, "The referral under which the work is done; none for adults."},
			{"worker", Text, "The lead worker, else a care leaver's personal adviser; of a note, who is to sign or to correct it. NULL: nobody."},
			{"team", Text, "The lead worker's team."},
			{"opened", Date, "Day on which the work began; of a review or visit, the day of what came before it."},
			{"due", Date, "Last day in time, by the rules of the day on which the clock started."},
			{"what", Text, "What is due."},
			{"contradictory", Boolean, "Whether other entries say that there should be no such work: its referral was turned down, closed, or never received."},
			{"entries", JSON, "List of the entries that the row comes from."},
		},
		Key:     []string{"record", "kind", "work"},
		Indexes: [][]string{{"worker", "due"}, {"team", "due"}, {"due"}},
	}
}

// caseloadRows returns the open work of a record.
func caseloadRows(id domain.RecordID, r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, one := range r.Referrals {
		rows = append(rows, referralWork(r, one, underReferral(r, one.ID))...)
	}
	rows = append(rows, enquiryWork(r)...)
	rows = append(rows, planWork(r)...)
	rows = append(rows, careWork(r)...)
	rows = append(rows, leaverWork(r)...)
	for i := range rows {
		rows[i].contradict(r)
	}
	rows = append(rows, adultWork(r)...)
	rows = append(rows, accessWork(r)...)
	lead, number := leadOf(r), r.Person.Identifier(identity.LAChildID)
	for i := range rows {
		row := &rows[i]
		row.Record, row.LAChildID, row.Worker, row.Team = id, number.Fact.Value, lead.worker, lead.team
		row.Entries = entries(append(row.Entries, lead.entry, number.Entry)...)
	}
	return append(rows, noteWork(id, r, lead, number)...)
}

// noteWork returns the notes that wait for a signature, or for their authors.
func noteWork(id domain.RecordID, r record.Record, held lead, number domain.Known[identity.Identified]) []CaseloadRow {
	var rows []CaseloadRow
	for _, g := range r.Notes.Given {
		of := r.Notes.Find(g.Note)
		if of.Entry == 0 {
			continue // taken out of force
		}
		row := CaseloadRow{Record: id, Kind: WorkSignOff, Work: string(g.Note), LAChildID: number.Fact.Value, Worker: g.To, Team: held.team,
			Opened: g.Since, Due: g.SignBy, What: "signature under a note", Entries: entries(of.Entry, g.By, held.entry, number.Entry)}
		if back := r.Notes.Returned(of); !back.IsZero() {
			row.Kind, row.Worker, row.Opened, row.Due, row.What = WorkAmendment, r.Hands(g.Note, "").Author, back.Fact.Happened, domain.Date{}, "amendment of a note"
			row.Entries = entries(of.Entry, g.By, back.Entry, held.entry, number.Entry)
		} else if g.To == "" {
			continue // returned as it stood before, and given to nobody since
		}
		rows = append(rows, row)
	}
	return rows
}

// contradict marks work under a referral that was never received, or is over.
func (r *CaseloadRow) contradict(rec record.Record) {
	if r.Kind != WorkCase && r.Kind != WorkDecision && !(r.Referral == "" && ofCare(r.Kind)) {
		under := rec.Referrals.Find(r.Referral)
		r.Contradictory = under.Received.IsZero() || !under.Open()
	}
}

// referralWork returns the case that a referral opened, while it is open (see
// record.CaseOpen).
func referralWork(r record.Record, one referral.Referral, under work) []CaseloadRow {
	if !r.CaseOpen(one) {
		return nil
	}
	turnedDown, worked := !one.NotTakenFurther.IsZero(), len(under.entries) > 0
	row := CaseloadRow{Kind: WorkCase, Work: string(one.ID), Referral: one.ID, Opened: one.Received.Fact.Happened, Contradictory: turnedDown,
		Entries: []uint64{one.Received.Entry, one.Decided.Entry, one.NotTakenFurther.Entry}}
	if turnedDown {
		row.Entries = append(row.Entries, under.entries...)
	}
	if one.Decided.IsZero() && !worked {
		row.Kind, row.Due, row.What = WorkDecision, one.Received.Fact.DecideBy, "decision on the referral"
	}
	return []CaseloadRow{row}
}

func enquiryWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, a := range r.Assessments {
		if s := a.Started; !s.IsZero() && a.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkAssessment, Work: string(a.ID), Referral: s.Fact.Referral,
				Opened: s.Fact.Happened, Due: s.Fact.CompleteBy, What: "completion of the assessment", Entries: []uint64{s.Entry, a.Reviewed.Entry}})
		}
	}
	for _, q := range r.Enquiries.All {
		if s := q.Started; q.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkEnquiry, Work: string(q.ID), Referral: s.Fact.Referral,
				Opened: s.Fact.Happened, Due: s.Fact.ConferenceBy, What: "initial conference, or the finding that none is required", Entries: []uint64{s.Entry, q.Discussed.Entry}})
		}
	}
	return rows
}

func planWork(r record.Record) []CaseloadRow {
	var rows []CaseloadRow
	for _, p := range r.CINPlans {
		if s := p.Started; !s.IsZero() && p.Open() {
			rows = append(rows, CaseloadRow{Kind: WorkCINPlan, Work: string(p.ID), Referral: s.Fact.Referral, Opened: s.Fact.Happened, Entries: []uint64{s.Entry}})
		}
	}
	for _, p := range r.Protection {
		if !p.Open() {
			continue
		}
		s := p.Registered
		row := CaseloadRow{Kind: WorkProtection, Work: string(p.ID), Referral: s.Fact.Referral, Opened: s.Fact.Happened, Entries: []uint64{s.Entry}}
		rows = append(rows, row)
		if by := p.ReviewBy(); !by.IsZero() {
			row.Kind, row.Due, row.What = WorkReview, by, "review conference"
			if n := len(p.Reviews); n > 0 {
				row.Opened, row.Entries = p.Reviews[n-1].Fact.Happened, []uint64{s.Entry, p.Reviews[n-1].Entry}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// ofCare reports whether work of a kind may be done without a referral: others
// told of it, in a return, and not how it came about.
func ofCare(kind string) bool {
	switch kind {
	case WorkCare, WorkCareReview, WorkCareVisit, WorkLeaver, WorkPathway, WorkInTouch:
		return true
	}
	return false
}

// careWork is the work with a child who is looked after.
func careWork(r record.Record) []CaseloadRow {
	current := r.Care.Current()
	if !current.Open() {
		return nil
	}
	began := moment{r.Care.Start(current), current.Began.Entry}
	row := CaseloadRow{Kind: WorkCare, Work: string(current.ID), Referral: current.Began.Fact.Referral, Opened: began.day, Entries: []uint64{began.entry}}
	rows := []CaseloadRow{row}
	since := func(last moment) {
		if row.Opened, row.Entries = began.day, []uint64{began.entry}; last.entry != 0 && !last.day.Before(began.day) {
			row.Opened, row.Entries = last.day, append(row.Entries, last.entry)
		}
	}
	if row.Due = r.Care.ReviewBy(); !row.Due.IsZero() {
		row.Kind, row.What = WorkCareReview, "looked-after review"
		since(at(r.Care.LastReview()))
		rows = append(rows, row)
	}
	if row.Due = r.Care.VisitBy(r.Visits); !row.Due.IsZero() {
		row.Kind, row.What = WorkCareVisit, "visit to the looked-after child"
		since(at(r.Visits.Last(seenAsLookedAfter)))
		rows = append(rows, row)
	}
	return rows
}

func seenAsLookedAfter(v visit.Made) bool { return v.Seen && lookedafter.InCare(v) }

// leaverWork is the work with a care leaver.
func leaverWork(r record.Record) []CaseloadRow {
	if !r.Leaver.Open() {
		return nil
	}
	begun := leaving(r)
	row := CaseloadRow{Kind: WorkLeaver, Work: WorkLeaver, Opened: begun.day, Entries: []uint64{begun.entry}}
	rows := []CaseloadRow{row}
	if last := r.Leaver.LastPlan(); !last.Fact.ReviewBy.IsZero() {
		row.Kind, row.What, row.Due, row.Opened, row.Entries = WorkPathway, "review of the pathway plan", last.Fact.ReviewBy, last.Fact.Happened, []uint64{last.Entry}
		rows = append(rows, row)
	}
	if by, last := inTouchBy(r); !by.IsZero() {
		row.Kind, row.What, row.Due, row.Opened, row.Entries = WorkInTouch, "visit to the care leaver", by, last.day, []uint64{last.entry}
		rows = append(rows, row)
	}
	return rows
}

// inTouchBy returns the last day in time for the next visit to a care leaver, and
// the contact or visit that set it.
func inTouchBy(r record.Record) (domain.Date, moment) {
	contact := r.Leaver.LastContact()
	seen := r.Visits.Last(func(v visit.Made) bool { return v.Under == visit.CareLeaver && v.Seen })
	if at(seen).after(at(contact)) {
		return seen.Fact.NextBy, at(seen)
	}
	return contact.Fact.VisitBy, at(contact)
}

// leaving is the beginning of help to a care leaver: where nobody says that the
// person is entitled, the first plan or contact.
func leaving(r record.Record) moment {
	begun := at(r.Leaver.Entitled)
	for _, m := range slices.Concat(moments(r.Leaver.Plans), moments(r.Leaver.Contacts)) {
		if begun.entry == 0 || r.Leaver.Entitled.IsZero() && begun.after(m) {
			begun = m
		}
	}
	return begun
}

// lead is who holds a case.
type lead struct {
	worker, team string
	entry        uint64
}

// leadOf returns the lead worker, and of a care leaver without one the personal
// adviser.
func leadOf(r record.Record) lead {
	held := r.Allocations.Lead().Allocated
	if held.IsZero() && r.Leaver.Open() {
		return lead{worker: r.Leaver.Adviser.Fact.Adviser, entry: r.Leaver.Adviser.Entry}
	}
	return lead{worker: held.Fact.Worker, team: held.Fact.Team, entry: held.Entry}
}

// CaseloadFilter chooses open work; empty members choose all. Pages are in the
// order of due date (none last), record, kind, work.
type CaseloadFilter struct {
	Worker      string
	Team        string
	Unallocated bool
	Record      domain.RecordID
	Kind        string
	Overdue     bool        // only what was due before On
	On          domain.Date // the day of the question; without it nothing is overdue
	After       string      // CaseloadRow.Cursor of the last row seen
	Limit       int         // 0 is DefaultLimit; at most MaxLimit
}

const neverDue = "9999-12-31" // sorts work without a due date last

// Cursor names the row's place in the order of pages.
func (r CaseloadRow) Cursor() string { return cursor(r.order()...) }

func (r CaseloadRow) order() []string {
	return []string{cmp.Or(r.Due.String(), neverDue), string(r.Record), r.Kind, r.Work}
}

func (r CaseloadRow) overdue(on domain.Date) bool {
	return !on.IsZero() && !r.Due.IsZero() && r.Due.Before(on)
}

// Caseload returns the open work that the filter chooses.
func (db *DB) Caseload(ctx context.Context, f CaseloadFilter) ([]CaseloadRow, error) {
	q := selectFrom(caseloadTable())
	q.whereSet("worker", f.Worker)
	q.whereSet("team", f.Team)
	q.whereSet("record", string(f.Record))
	q.whereSet("kind", f.Kind)
	if f.Unallocated {
		q.where("worker IS NULL")
	}
	if f.Overdue {
		q.where("due < ?", f.On.String())
	}
	if err := q.page([]string{"coalesce(due, '" + neverDue + "')", "record", "kind", "work"}, f.After, f.Limit); err != nil {
		return nil, err
	}
	rows, err := rowsOf[CaseloadRow](ctx, db, q)
	for i := range rows {
		rows[i].Overdue = rows[i].overdue(f.On)
	}
	return rows, err
}

// CaseloadAt returns the work that was open on the day of the filter, as it was
// known at a time. A zero time means "as known now", a zero day "whatever the
// day". Records are replayed, not rows.
func (db *DB) CaseloadAt(ctx context.Context, load Load, known time.Time, f CaseloadFilter) ([]CaseloadRow, error) {
	var after []string
	if f.After != "" {
		var err error
		if after, err = parseCursor(f.After, 4); err != nil {
			return nil, err
		}
	}
	all := []CaseloadRow{}
	candidates, args := "SELECT record FROM record WHERE coalesce(first_recorded <= ?, TRUE)", knownArgs(known)
	if f.Record != "" {
		candidates, args = candidates+" AND record = ?", append(args, string(f.Record))
	}
	err := db.candidates(ctx, load, candidates, args, func(id domain.RecordID, r record.Record) {
		for _, row := range caseloadRows(id, r.At(known, f.On)) {
			row.Overdue = row.overdue(f.On)
			if f.matches(row) && slices.Compare(row.order(), after) > 0 {
				all = append(all, row)
			}
		}
	})
	slices.SortFunc(all, func(a, b CaseloadRow) int { return slices.Compare(a.order(), b.order()) })
	return all[:min(len(all), pageSize(f.Limit))], err
}

func (f CaseloadFilter) matches(r CaseloadRow) bool {
	return (f.Worker == "" || f.Worker == r.Worker) && (f.Team == "" || f.Team == r.Team) &&
		(!f.Unallocated || r.Worker == "") && (f.Kind == "" || f.Kind == r.Kind) && (!f.Overdue || r.Overdue)
}
