package ssda903

import (
	"caseledger/domain"
	"caseledger/domain/health"
	"caseledger/domain/lookedafter"
)

// The ages in months at which the return changes what it asks about health
// (rules 157, 187 to 189, 542 to 547 of the collection).
const (
	four     = 4 * 12
	five     = 5 * 12
	ten      = 10 * 12
	sixteen  = 16 * 12
	oneYear  = 12
	noScore  = "SDQ4" // the return's word for another reason
	answered = "1"
	denied   = "0"
)

// outcomes writes the answers on health and well-being: those of a return of
// this very year, else what the record says of a child who had been looked
// after for twelve months without a gap.
func (w *writing) outcomes(episodes []lookedafter.Episode) {
	for _, k := range w.seen.Health.Outcomes {
		e, known := w.all.Entry(k.Entry)
		if k.Fact.Year == w.of.year && known && ofThis(e, w.of) {
			w.answers(k.Fact, []uint64{k.Entry})
			return
		}
	}
	if len(episodes) == 0 || !w.twelveMonths() {
		return
	}
	w.answers(w.derived())
}

func (w *writing) answers(s health.OutcomesStated, entries []uint64) {
	w.put(atOC2, "", entries, map[string]string{"DOB": w.birth(), "SDQ_SCORE": s.Score, "SDQ_REASON": s.ScoreReason, "CONVICTED": s.Convicted,
		"HEALTH_CHECK": s.DevelopmentChecked, "IMMUNISATIONS": s.Immunised, "TEETH_CHECK": s.TeethChecked, "HEALTH_ASSESSMENT": s.Assessed,
		"SUBSTANCE_MISUSE": s.Misuse, "INTERVENTION_RECEIVED": s.InterventionReceived, "INTERVENTION_OFFERED": s.InterventionOffered})
}

// twelveMonths reports whether the child had been looked after on the last day
// for twelve months without a gap, other than by short breaks.
func (w *writing) twelveMonths() bool {
	current := w.seen.Care.On(w.of.last())
	since := w.seen.Care.Since(w.of.last())
	status := current.Began.Fact.LegalStatus
	return !since.IsZero() && !since.After(w.of.first()) && status != "V3" && status != "V4"
}

// derived answers from what was recorded in the year.
func (w *writing) derived() (health.OutcomesStated, []uint64) {
	h := w.seen.Health
	var from []uint64
	within := func(day domain.Date, entry uint64) bool {
		in := entry != 0 && !day.Before(w.of.first()) && !day.After(w.of.last())
		if in {
			from = append(from, entry)
		}
		return in
	}
	s := health.OutcomesStated{Immunised: denied, TeethChecked: denied, Assessed: denied, Misuse: denied}
	for _, k := range h.Immunised {
		if within(k.Fact.Happened, k.Entry) {
			s.Immunised = zeroOrOne(k.Fact.UpToDate)
		}
	}
	for _, k := range h.Teeth {
		if within(k.Fact.Happened, k.Entry) {
			s.TeethChecked = answered
		}
	}
	for _, k := range h.Assessments {
		if within(k.Fact.Happened, k.Entry) {
			s.Assessed = answered
		}
	}
	w.misuse(&s, within)
	w.byAge(&s, within)
	return s, from
}

func (w *writing) misuse(s *health.OutcomesStated, within func(domain.Date, uint64) bool) {
	for _, m := range w.seen.Health.Misuse {
		if !within(m.Found.Fact.Happened, m.Found.Entry) {
			continue
		}
		s.Misuse, s.InterventionReceived = answered, zeroOrOne(m.Offered.Fact.Received)
		if !m.Offered.Fact.Received {
			s.InterventionOffered = zeroOrOne(!m.Offered.IsZero())
		}
	}
}

// byAge answers what is asked of some ages only.
func (w *writing) byAge(s *health.OutcomesStated, within func(domain.Date, uint64) bool) {
	born := w.seen.Person.Born.Fact.Happened
	if born.IsZero() {
		return
	}
	h, last := w.seen.Health, w.of.last()
	if last.Before(born.AddMonths(five)) {
		s.DevelopmentChecked = denied
		for _, k := range h.Development {
			if within(k.Fact.Happened, k.Entry) {
				s.DevelopmentChecked = answered
			}
		}
	}
	if !last.Before(born.AddMonths(ten)) {
		s.Convicted = denied
		for _, k := range h.Convictions {
			if within(k.Fact.Happened, k.Entry) {
				s.Convicted = answered
			}
		}
	}
	if last.Before(born.AddMonths(four)) || !w.of.first().Before(born.AddMonths(sixteen+oneYear)) {
		return
	}
	s.ScoreReason = noScore
	for _, k := range h.Scores {
		if within(k.Fact.Happened, k.Entry) {
			s.Score, s.ScoreReason = numberText(k.Fact.Score), k.Fact.Reason
		}
	}
}
