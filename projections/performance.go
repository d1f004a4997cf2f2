package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
)

// The indicators beside the timeliness of each clock, which is named after it.
const (
	InTimePrefix    = "in-time-"
	ReReferrals     = "re-referrals"
	RepeatPlans     = "repeat-plans"
	DriftProtection = "drift-protection"
	DriftInNeed     = "drift-in-need"
	SeenAlone       = "seen-alone"
	Unallocated     = "unallocated"

	AdultsUnallocated = "adults-unallocated"
	DirectPayments    = "direct-payments"
	SupportUnreviewed = "support-unreviewed"
)

// The lengths behind the indicators, in months.
const (
	reReferralMonths = 12
	driftMonths      = 24 // of a protection plan
	inNeedMonths     = 12 // of a child-in-need plan
)

// Indicator is a number about the authority's work, and of how many.
type Indicator struct {
	Indicator string `json:"indicator"`
	Sentence  string `json:"sentence"`
	Counted   int    `json:"counted"`
	Of        int    `json:"of"`
	Percent   string `json:"percent,omitempty"`
}

// Evidence is one case behind an indicator: every one that it is measured on,
// and whether it counts.
type Evidence struct {
	Indicator string          `json:"indicator"`
	Record    domain.RecordID `json:"record"`
	Work      string          `json:"work"`
	Day       domain.Date     `json:"day,omitzero"`
	Due       domain.Date     `json:"due,omitzero"`
	Done      domain.Date     `json:"done,omitzero"`
	Counted   bool            `json:"counted"`
	Worker    string          `json:"worker,omitempty"`
	Team      string          `json:"team,omitempty"`
	Entries   []uint64        `json:"entries"`
}

// Period is the time that indicators are about: what was due, received, begun or
// made from the first to the last day. What is open is counted as of the day on
// which the view is taken.
type Period struct{ From, To domain.Date }

func (p Period) holds(day domain.Date) bool {
	return !day.IsZero() && !day.Before(p.From) && !day.After(p.To)
}

// measured is what indicators are measured on.
type measured struct {
	clocks   []ClockRow
	episodes []EpisodeRow
	plans    []RegisterRow
	work     []CaseloadRow
	visits   []VisitRow
}

// Performance returns the cases behind all indicators for a period, by what is
// recorded now. on is the day of the question.
func (db *DB) Performance(ctx context.Context, p Period, on domain.Date) ([]Evidence, error) {
	var m measured
	var err error
	between := func(t Table, column string, from domain.Date) *query {
		q := selectFrom(t)
		q.where(column+" BETWEEN ? AND ?", from.String(), p.To.String())
		return q
	}
	if m.clocks, err = rowsOf[ClockRow](ctx, db, between(clockTable(), "due", p.From)); err != nil {
		return nil, err
	}
	if m.episodes, err = rowsOf[EpisodeRow](ctx, db, between(episodeTable(), "received", p.From.AddMonths(-reReferralMonths))); err != nil {
		return nil, err
	}
	if m.plans, err = rowsOf[RegisterRow](ctx, db, selectFrom(registerTable())); err != nil {
		return nil, err
	}
	if m.work, err = rowsOf[CaseloadRow](ctx, db, selectFrom(caseloadTable())); err != nil {
		return nil, err
	}
	if m.visits, err = rowsOf[VisitRow](ctx, db, between(visitTable(), "day", p.From)); err != nil {
		return nil, err
	}
	return m.evidence(p, on), nil
}

// PerformanceAt returns the same as known at a time and as true on a day. A
// zero time means "as known now". Records are replayed, not rows.
func (db *DB) PerformanceAt(ctx context.Context, load Load, known time.Time, p Period, on domain.Date) ([]Evidence, error) {
	var m measured
	err := db.each(ctx, load, known, "", func(id domain.RecordID, r record.Record) {
		r = r.At(known, on)
		m.clocks = append(m.clocks, clockRows(id, r)...)
		m.episodes = append(m.episodes, episodeRows(id, r)...)
		m.plans = append(m.plans, registerRows(id, r)...)
		m.work = append(m.work, caseloadRows(id, r)...)
		m.visits = append(m.visits, visitRows(id, r)...)
	})
	return m.evidence(p, on), err
}

// evidence lists the cases behind all indicators, in their order.
func (m measured) evidence(p Period, on domain.Date) []Evidence {
	all := slices.Concat(m.timeliness(p), m.reReferrals(p), m.repeatPlans(p), m.drift(on), m.seenAlone(p), m.unallocated(), m.adults(on))
	slices.SortStableFunc(all, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Record, b.Record), a.Day.Compare(b.Day), cmp.Compare(a.Work, b.Work), slices.Compare(a.Entries, b.Entries))
	})
	return all
}

func (m measured) timeliness(p Period) []Evidence {
	var all []Evidence
	for _, c := range m.clocks {
		if p.holds(c.Due) && c.Counts() {
			all = append(all, Evidence{Indicator: InTimePrefix + c.Clock, Record: c.Record, Work: c.Work, Day: c.Started, Due: c.Due, Done: c.Done,
				Counted: c.InTime(), Worker: c.Worker, Team: c.Team, Entries: c.Entries})
		}
	}
	return all
}

func (m measured) reReferrals(p Period) []Evidence {
	received := make(map[domain.RecordID][]EpisodeRow)
	for _, e := range m.episodes {
		received[e.Record] = append(received[e.Record], e)
	}
	var all []Evidence
	for _, e := range m.episodes {
		if !p.holds(e.Received) {
			continue
		}
		before := slices.ContainsFunc(received[e.Record], func(o EpisodeRow) bool {
			return !o.Received.IsZero() && o.Received.Before(e.Received) && !o.Received.Before(e.Received.AddMonths(-reReferralMonths))
		})
		all = append(all, Evidence{Indicator: ReReferrals, Record: e.Record, Work: string(e.Referral), Day: e.Received, Counted: before, Entries: e.Entries})
	}
	return all
}

func (m measured) repeatPlans(p Period) []Evidence {
	var all []Evidence
	for _, r := range m.plans {
		if r.Kind == ByPlan && p.holds(r.From) {
			all = append(all, Evidence{Indicator: RepeatPlans, Record: r.Record, Work: string(r.Plan), Day: r.From, Counted: r.Previous > 0,
				Worker: r.Worker, Team: r.Team, Entries: r.Entries})
		}
	}
	return all
}

// drift are the plans that are open, and whether they have gone on for long.
func (m measured) drift(on domain.Date) []Evidence {
	var all []Evidence
	long := func(from domain.Date, months int) bool { return !from.IsZero() && from.AddMonths(months).Before(on) }
	for _, w := range m.work {
		e := Evidence{Record: w.Record, Work: w.Work, Day: w.Opened, Worker: w.Worker, Team: w.Team, Entries: w.Entries}
		switch w.Kind {
		case WorkProtection:
			e.Indicator, e.Counted = DriftProtection, long(w.Opened, driftMonths)
		case WorkCINPlan:
			e.Indicator, e.Counted = DriftInNeed, long(w.Opened, inNeedMonths)
		default:
			continue
		}
		all = append(all, e)
	}
	return all
}

func (m measured) seenAlone(p Period) []Evidence {
	var all []Evidence
	for _, v := range m.visits {
		if p.holds(v.Day) && v.Seen {
			all = append(all, Evidence{Indicator: SeenAlone, Record: v.Record, Work: string(v.Visit), Day: v.Day, Counted: v.Alone, Worker: v.Visitor, Entries: []uint64{v.Entry}})
		}
	}
	return all
}

func (m measured) unallocated() []Evidence {
	cases := make(map[domain.RecordID]bool)
	for _, w := range m.work {
		cases[w.Record] = cases[w.Record] || w.Kind == WorkCase || w.Kind == WorkDecision
	}
	work := slices.Clone(m.work) // what counts must not hang on the order of the rows: care goes before leaving it
	slices.SortFunc(work, func(a, b CaseloadRow) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Work, b.Work))
	})
	var all []Evidence
	for _, w := range work {
		inCare := (w.Kind == WorkCare || w.Kind == WorkLeaver) && !cases[w.Record]
		if w.Kind == WorkCase || w.Kind == WorkDecision || inCare {
			cases[w.Record] = true // and a child in care who is a care leaver already is counted once
			all = append(all, Evidence{Indicator: Unallocated, Record: w.Record, Work: w.Work, Day: w.Opened, Due: w.Due, Counted: w.Worker == "", Worker: w.Worker, Team: w.Team, Entries: w.Entries})
		}
	}
	return all
}

// adultKinds are the kinds of work with an adult or carer.
var adultKinds = []string{WorkSupportRequest, WorkAdultAssessment, WorkSupportPlan, WorkDirectPayment, WorkConcern, WorkAdultEnquiry,
	WorkAdultProtection, WorkLibertyRequest, WorkLiberty, WorkHospitalStay}

// adults are the adults and carers with whom there is work, and how those are
// supported who have a plan.
func (m measured) adults(on domain.Date) []Evidence {
	held, paid := make(map[domain.RecordID]bool), make(map[domain.RecordID]bool)
	work := slices.Clone(m.work) // the case that stands for an adult must not hang on the order of the rows
	slices.SortFunc(work, func(a, b CaseloadRow) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Work, b.Work))
	})
	for _, w := range work {
		held[w.Record] = held[w.Record] || w.Worker != ""
		paid[w.Record] = paid[w.Record] || w.Kind == WorkDirectPayment
	}
	var all []Evidence
	counted := make(map[domain.RecordID]bool)
	for _, w := range work {
		if !slices.Contains(adultKinds, w.Kind) {
			continue
		}
		e := Evidence{Record: w.Record, Work: w.Work, Day: w.Opened, Due: w.Due, Worker: w.Worker, Team: w.Team, Entries: w.Entries}
		if !counted[w.Record] {
			counted[w.Record] = true
			e.Indicator, e.Counted = AdultsUnallocated, !held[w.Record]
			all = append(all, e)
		}
		if w.Kind == WorkSupportPlan {
			e.Indicator, e.Counted = DirectPayments, paid[w.Record]
			all = append(all, e)
			e.Indicator, e.Counted = SupportUnreviewed, !w.Due.IsZero() && w.Due.Before(on)
			all = append(all, e)
		}
	}
	return all
}

// sentences of the indicators that are no clock's.
var indicatorSentences = map[string]string{
	ReReferrals:     "Referrals received in the period, and those of a child who had been referred in the 12 months before.",
	RepeatPlans:     "Protection plans begun in the period, and those of a child who had had one before, here or elsewhere.",
	DriftProtection: "Protection plans that are open, and those open for more than two years.",
	DriftInNeed:     "Child-in-need plans that are open, and those open for more than a year.",
	SeenAlone:       "Visits of the period at which the child was seen, and those at which the child was seen alone.",
	Unallocated:     "Cases and referrals that are open, children looked after and care leavers without one, and those that no worker holds.",

	AdultsUnallocated: "Adults and carers with whom work is open, and those whom no worker holds.",
	DirectPayments:    "Support plans that are open, and those of people to whom the authority pays something so that they arrange support themselves.",
	SupportUnreviewed: "Support plans that are open, and those of which the review is overdue.",
}

// Indicators sums up the evidence: one row for each indicator.
func Indicators(all []Evidence) []Indicator {
	rows := []Indicator{}
	for _, e := range all { // in the order of the indicators
		if n := len(rows); n == 0 || rows[n-1].Indicator != e.Indicator {
			sentence, known := indicatorSentences[e.Indicator]
			if !known {
				sentence = "What was due in the period, and what was done in time."
			}
			rows = append(rows, Indicator{Indicator: e.Indicator, Sentence: sentence})
		}
		row := &rows[len(rows)-1]
		row.Of++
		if e.Counted {
			row.Counted++
		}
	}
	for i := range rows {
		rows[i].Percent = fmt.Sprintf("%.1f", 100*float64(rows[i].Counted)/float64(rows[i].Of))
	}
	return rows
}

// WorkloadRow is how much a worker has to see to.
type WorkloadRow struct {
	Worker   string `json:"worker,omitempty"` // "" is nobody
	Team     string `json:"team,omitempty"`
	Children int    `json:"children"`
	Points   int    `json:"points"`
	Due      int    `json:"due"` // within the days asked for, overdue left out
	Overdue  int    `json:"overdue"`
}

// Weigher says how heavy a case is, by what the child has: protection-plan,
// cin-plan, none.
type Weigher func(plan string, on domain.Date) int

// Workload returns how much each worker has to see to on a day: children with an
// open case, weighed, and what is due within some days and overdue.
func (db *DB) Workload(ctx context.Context, weigh Weigher, on domain.Date, within int) ([]WorkloadRow, error) {
	sights, err := db.Gaps(ctx, GapFilter{On: on})
	if err != nil {
		return nil, err
	}
	q := selectFrom(clockTable())
	q.where("NOT is_done AND NOT is_stopped AND due <= ?", on.AddDays(within).String())
	due, err := rowsOf[ClockRow](ctx, db, q)
	if err != nil {
		return nil, err
	}
	return workload(sights, due, weigh, on), nil
}

func workload(sights []SightRow, due []ClockRow, weigh Weigher, on domain.Date) []WorkloadRow {
	by := make(map[[2]string]*WorkloadRow)
	of := func(worker, team string) *WorkloadRow {
		key := [2]string{worker, team}
		if by[key] == nil {
			by[key] = &WorkloadRow{Worker: worker, Team: team}
		}
		return by[key]
	}
	for _, s := range sights {
		row := of(s.Worker, s.Team)
		row.Children++
		row.Points += weigh(s.Plan, on)
	}
	for _, c := range due {
		if row := of(c.Worker, c.Team); c.Due.Before(on) {
			row.Overdue++
		} else {
			row.Due++
		}
	}
	rows := []WorkloadRow{}
	for _, row := range by {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b WorkloadRow) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Worker, b.Worker))
	})
	return rows
}
