package ssda903

import (
	"slices"
	"strings"
	"time"

	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/careleaver"
	"caseledger/domain/health"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/policy"
)

// The return gives the parts of a record no ids. A part is known again by the
// day on which it began, whether an import or a worker recorded it.

func (m *mapping) episode(r row) {
	day, flags := m.date(r, "DECOM")
	known := sameDay(m.known.Care.Episodes, day, func(e lookedafter.Episode) (domain.Date, string, bool) {
		return e.Began.Fact.Happened, string(e.ID), !e.Began.IsZero()
	})
	id := lookedafter.EpisodeID(m.parts.ID("episode", known, day.String()))
	c := r.cells
	m.add(claim{
		command: lookedafter.BeginEpisode{Dated: on(day), Episode: id, Reason: c["RNE"], LegalStatus: c["LS"], Need: c["CIN"], Type: c["PLACE"],
			Provider: c["PLACE_PROVIDER"], HomePostcode: c["HOME_POST"], Postcode: c["PL_POST"], URN: c["URN"]},
		row: r, flags: flags, day: day, rank: ofBeginning,
		fields: []field{{"/happened", "DECOM"}, {"/reason", "RNE"}, {"/legalStatus", "LS"}, {"/need", "CIN"}, {"/type", "PLACE"}, {"/provider", "PLACE_PROVIDER"},
			{"/homePostcode", "HOME_POST"}, {"/postcode", "PL_POST"}, {"/urn", "URN"}},
	})
	if c["DEC"] == "" && c["REC"] == "" && c["REASON_PLACE_CHANGE"] == "" {
		m.gone(r, "DEC", lookedafter.EpisodeCeased{Episode: id})
		return
	}
	end, flags := m.date(r, "DEC")
	m.add(claim{
		command: lookedafter.CeaseEpisode{Dated: on(end), Episode: id, Reason: c["REC"], PlacementChange: c["REASON_PLACE_CHANGE"]},
		row:     r, flags: flags, day: later(end, day), rank: endRank(day, end),
		fields: []field{{"/happened", "DEC"}, {"/reason", "REC"}, {"/placementChange", "REASON_PLACE_CHANGE"}},
	})
}

// gone claims that an end is not stated. It is decided last: what an earlier
// return stated is withdrawn.
func (m *mapping) gone(r row, column string, end domain.Event) {
	m.add(claim{absent: end, row: r, day: m.of.last(), rank: ofKept, fields: []field{{"", column}}})
}

func (m *mapping) review(r row) {
	day, flags := m.date(r, "REVIEW")
	known := sameDay(m.known.Care.Reviews, day, func(k domain.Known[lookedafter.Reviewed]) (domain.Date, string, bool) {
		return k.Fact.Happened, string(k.Fact.Review), true
	})
	slices.SortStableFunc(known, func(a, b string) int { // of several on one day, one that took place in the same way
		return m.unlike(a, r.cells["REVIEW_CODE"]) - m.unlike(b, r.cells["REVIEW_CODE"])
	})
	id := lookedafter.ReviewID(m.parts.ID("review", known, day.String()))
	m.add(claim{command: lookedafter.Review{Dated: on(day), Review: id, Participation: r.cells["REVIEW_CODE"]},
		row: r, flags: flags, day: day, rank: ofStep, fields: []field{{"/happened", "REVIEW"}, {"/participation", "REVIEW_CODE"}}})
}

// unlike is 0 for a known review with the same participation, and 1 otherwise.
func (m *mapping) unlike(id, participation string) int {
	for _, k := range m.known.Care.Reviews {
		if string(k.Fact.Review) == id && k.Fact.Participation == participation {
			return 0
		}
	}
	return 1
}

// asylum claims the status of an unaccompanied asylum seeker. The return gives
// it no first day; it is taken to be that of care.
func (m *mapping) asylum(r row) {
	ceases, flags := m.date(r, "DUC")
	flags = withoutRule(flags, "after-reference-date") // the status may end later
	if text := r.cells["SEX"]; text != m.sex {
		flags = append(flags, domain.Flag{Field: r.table + "/SEX", Rule: "differs-from-header", Raw: text})
	}
	flags = append(flags, domain.Flag{Field: r.table, Rule: "date-inferred"})
	m.add(claim{command: lookedafter.Recognise{Dated: on(m.opened), Ceases: ceases}, row: r, flags: flags, day: m.opened, rank: ofStep,
		fields: []field{{"/ceases", "DUC"}}})
}

func withoutRule(flags []domain.Flag, rule string) []domain.Flag {
	var rest []domain.Flag
	for _, f := range flags {
		if f.Rule != rule {
			rest = append(rest, f)
		}
	}
	return rest
}

// outcomes claims the answers of the year on health and well-being.
func (m *mapping) outcomes(r row) {
	c := r.cells
	m.add(claim{
		command: health.StateOutcomes{Dated: on(m.of.last()), Year: m.of.year, Score: c["SDQ_SCORE"], ScoreReason: c["SDQ_REASON"], Convicted: c["CONVICTED"],
			DevelopmentChecked: c["HEALTH_CHECK"], Immunised: c["IMMUNISATIONS"], TeethChecked: c["TEETH_CHECK"], Assessed: c["HEALTH_ASSESSMENT"],
			Misuse: c["SUBSTANCE_MISUSE"], InterventionReceived: c["INTERVENTION_RECEIVED"], InterventionOffered: c["INTERVENTION_OFFERED"]},
		row: r, day: m.of.last(), rank: ofStep,
		fields: []field{{"/score", "SDQ_SCORE"}, {"/scoreReason", "SDQ_REASON"}, {"/convicted", "CONVICTED"}, {"/developmentChecked", "HEALTH_CHECK"},
			{"/immunised", "IMMUNISATIONS"}, {"/teethChecked", "TEETH_CHECK"}, {"/assessed", "HEALTH_ASSESSMENT"}, {"/misuse", "SUBSTANCE_MISUSE"},
			{"/interventionReceived", "INTERVENTION_RECEIVED"}, {"/interventionOffered", "INTERVENTION_OFFERED"}},
	})
}

// leaver claims how a care leaver was doing. The return asks around the
// birthday, which is taken for the day.
func (m *mapping) leaver(r row) {
	day := birthdayIn(m.born, m.of)
	if day.IsZero() {
		day = m.of.last()
	}
	known := sameDay(m.known.Leaver.Contacts, day, func(k domain.Known[careleaver.Contacted]) (domain.Date, string, bool) {
		return k.Fact.Happened, string(k.Fact.Contact), true
	})
	id := careleaver.ContactID(m.parts.ID("contact", known, day.String()))
	c := r.cells
	m.add(claim{command: careleaver.Contact{Dated: on(day), Contact: id, InTouch: c["IN_TOUCH"], Activity: c["ACTIV"], Accommodation: c["ACCOM"]},
		row: r, day: day, rank: ofStep, flags: []domain.Flag{{Field: r.table, Rule: "date-inferred"}},
		fields: []field{{"/inTouch", "IN_TOUCH"}, {"/activity", "ACTIV"}, {"/accommodation", "ACCOM"}}})
}

// birthdayIn returns the birthday that falls into the year; the zero Date where
// the birth is not known.
func birthdayIn(born domain.Date, of collection) domain.Date {
	if born.IsZero() {
		return domain.Date{}
	}
	years := of.year - 1 - born.Time().Year()
	if born.Time().Month() < time.April {
		years++
	}
	return born.AddMonths(12 * years)
}

// placed claims the decision that the child should be placed for adoption, and
// its reversal.
func (m *mapping) placed(r row) {
	day, flags := m.date(r, "DATE_PLACED")
	id := m.adoption(day)
	m.add(claim{command: adoption.Decide{Dated: on(day), Adoption: id}, row: r, flags: flags, day: day, rank: ofBeginning,
		fields: []field{{"/happened", "DATE_PLACED"}}})
	if r.cells["DATE_PLACED_CEASED"] == "" && r.cells["REASON_PLACED_CEASED"] == "" {
		m.gone(r, "DATE_PLACED_CEASED", adoption.Reversed{Adoption: id})
		return
	}
	end, flags := m.date(r, "DATE_PLACED_CEASED")
	m.add(claim{command: adoption.Reverse{Dated: on(end), Adoption: id, Reason: r.cells["REASON_PLACED_CEASED"]}, row: r, flags: flags,
		day: later(end, day), rank: ofEnd, fields: []field{{"/happened", "DATE_PLACED_CEASED"}, {"/reason", "REASON_PLACED_CEASED"}}})
}

func (m *mapping) adoption(decided domain.Date) adoption.ID {
	return adoption.ID(m.parts.ID("adoption", m.decisionsOn(decided), decided.String()))
}

func (m *mapping) decisionsOn(day domain.Date) []string {
	return sameDay(m.known.Adoptions, day, func(a adoption.Adoption) (domain.Date, string, bool) {
		return a.Decided.Fact.Happened, string(a.ID), !a.Decided.IsZero()
	})
}

// adopted claims the match with adopters. It belongs to the decision of the
// day that it names; where no table states such a decision, that is a decision
// of its own.
func (m *mapping) adopted(r row) {
	decided, flags := m.date(r, "DATE_INT")
	matched, more := m.date(r, "DATE_MATCH")
	id, known := m.decision(r, decided)
	c := r.cells
	match := claim{
		command: adoption.Match{Dated: on(matched), Adoption: id, Number: c["NB_ADOPTR"], Sex: c["SEX_ADOPTR"], LegalStatus: c["LS_ADOPTR"], Fostered: c["FOSTER_CARE"]},
		row:     r, flags: append(flags, more...), day: later(matched, decided), rank: ofLaterStep,
		fields: []field{{"/happened", "DATE_MATCH"}, {"/number", "NB_ADOPTR"}, {"/sex", "SEX_ADOPTR"}, {"/legalStatus", "LS_ADOPTR"}, {"/fostered", "FOSTER_CARE"}},
	}
	if !known {
		match.flags = append(match.flags, domain.Flag{Field: atAD1 + "/DATE_INT", Rule: "differs-from-decision", Raw: c["DATE_INT"]})
	}
	m.add(match)
}

// decision returns the plan of adoption that a match belongs to, and whether it
// was decided on the day that the match names.
func (m *mapping) decision(r row, decided domain.Date) (adoption.ID, bool) {
	var others []string
	for _, other := range m.rows {
		if other.table != atPlaced {
			continue
		}
		day, ok := parseDay(other.cells["DATE_PLACED"])
		if ok && day == decided {
			return m.adoptionOf(day), true
		}
		others = append(others, string(m.adoptionOf(day)))
	}
	if known := m.decisionsOn(decided); len(known) > 0 && !decided.IsZero() {
		return adoption.ID(known[0]), true
	}
	if len(others) > 0 {
		return adoption.ID(others[len(others)-1]), false
	}
	return adoption.ID(m.parts.ID("adoption", nil, "unstated", r.cells["DATE_INT"])), false
}

// adoptionOf returns the id that the decision of a day is given when its row is
// read, which takes it.
func (m *mapping) adoptionOf(decided domain.Date) adoption.ID {
	if known := m.decisionsOn(decided); len(known) > 0 {
		return adoption.ID(known[0])
	}
	return adoption.ID(reconcile.ID(string(m.record)+"|adoption|"+decided.String(), "0"))
}

// permanence claims an earlier permanence order, of which the day can be known
// in part: zz stands for what is not.
func (m *mapping) permanence(r row) {
	ordered, flags := partialDay(r, "DATE_PERM")
	c := r.cells
	m.add(claim{command: lookedafter.KnowPermanence{Dated: on(m.opened), Option: c["PREV_PERM"], ArrangedBy: c["LA_PERM"], Ordered: ordered},
		row: r, flags: append(flags, domain.Flag{Field: r.table, Rule: "date-inferred"}), day: m.opened, rank: ofStep,
		fields: []field{{"/option", "PREV_PERM"}, {"/arrangedBy", "LA_PERM"}, {"/ordered", "DATE_PERM"}}})
}

func (m *mapping) missing(r row) {
	day, flags := m.date(r, "MIS_START")
	known := sameDay(m.known.Absences, day, func(a missing.Absence) (domain.Date, string, bool) {
		return a.Went.Fact.Happened, string(a.ID), !a.Went.IsZero()
	})
	id := missing.ID(m.parts.ID("absence", known, day.String()))
	m.add(claim{command: missing.GoMissing{Dated: on(day), Absence: id, Kind: r.cells["MISSING"]}, row: r, flags: flags, day: day, rank: ofBeginning,
		fields: []field{{"/happened", "MIS_START"}, {"/kind", "MISSING"}}})
	if r.cells["MIS_END"] == "" {
		m.gone(r, "MIS_END", missing.Returned{Absence: id})
		return
	}
	end, flags := m.date(r, "MIS_END")
	m.add(claim{command: missing.Return{Dated: on(end), Absence: id}, row: r, flags: flags, day: later(end, day), rank: endRank(day, end),
		fields: []field{{"/happened", "MIS_END"}}})
}

// worker claims that a social worker holds the case. Why that worker came has
// no place but the flag: the ledger says why the one before went.
func (m *mapping) worker(r row) {
	day, flags := m.date(r, "SW_DECOM")
	known := sameDay(m.known.Allocations, day, func(a allocation.Allocation) (domain.Date, string, bool) {
		return a.Allocated.Fact.Happened, string(a.ID), !a.Allocated.IsZero()
	})
	id := allocation.ID(m.parts.ID("allocation", known, day.String()))
	if reason := r.cells["SW_REASON"]; reason != "" {
		flags = append(flags, domain.Flag{Field: atWorkers + "/SW_REASON", Rule: "no-place", Raw: reason})
		if !policy.Valid(policy.SocialWorkerChange, reason, domain.Date{}) {
			flags = append(flags, domain.Flag{Field: atWorkers + "/SW_REASON", Rule: "code=" + string(policy.SocialWorkerChange)})
		}
	}
	m.add(claim{command: allocation.Allocate{Dated: on(day), Allocation: id, Worker: r.cells["SW_ID"], Role: "lead"}, row: r, flags: flags, day: day, rank: ofBeginning,
		fields: []field{{"/happened", "SW_DECOM"}, {"/worker", "SW_ID"}}})
	if r.cells["SW_DEC"] == "" {
		m.gone(r, "SW_DEC", allocation.Ended{Allocation: id})
		return
	}
	end, flags := m.date(r, "SW_DEC")
	m.add(claim{command: allocation.End{Dated: on(end), Allocation: id}, row: r, flags: flags, day: later(end, day), rank: endRank(day, end),
		fields: []field{{"/happened", "SW_DEC"}}})
}

func (m *mapping) liberty(r row) {
	day, flags := m.date(r, "DOLO_START")
	known := sameDay(m.known.Care.Restrictions, day, func(one lookedafter.Restriction) (domain.Date, string, bool) {
		return one.Restricted.Fact.Happened, string(one.ID), !one.Restricted.IsZero()
	})
	id := lookedafter.RestrictionID(m.parts.ID("restriction", known, day.String()))
	m.add(claim{command: lookedafter.RestrictLiberty{Dated: on(day), Restriction: id, Kind: "deprivation-of-liberty-order"}, row: r, flags: flags,
		day: day, rank: ofBeginning, fields: []field{{"/happened", "DOLO_START"}}})
	if r.cells["DOLO_END"] == "" {
		m.gone(r, "DOLO_END", lookedafter.LibertyRestored{Restriction: id})
		return
	}
	end, flags := m.date(r, "DOLO_END")
	m.add(claim{command: lookedafter.RestoreLiberty{Dated: on(end), Restriction: id}, row: r, flags: flags, day: later(end, day), rank: endRank(day, end),
		fields: []field{{"/happened", "DOLO_END"}}})
}

// partialDay reads a day of which the parts can be unknown: zz/zz/2015 is 2015,
// zz/05/2015 is 2015-05.
func partialDay(r row, column string) (string, []domain.Flag) {
	text := r.cells[column]
	if text == "" {
		return "", nil
	}
	if day, ok := parseDay(text); ok {
		return day.String(), nil
	}
	parts := strings.Split(text, "/")
	if len(parts) == 3 && parts[0] == "zz" && parts[1] == "zz" {
		if day, ok := parseDay("01/01/" + parts[2]); ok {
			return day.String()[:len("2015")], nil
		}
	}
	if len(parts) == 3 && parts[0] == "zz" {
		if day, ok := parseDay("01/" + parts[1] + "/" + parts[2]); ok {
			return day.String()[:len("2015-05")], nil
		}
	}
	return "", []domain.Flag{{Field: r.table + "/" + column, Rule: "not-a-date", Raw: text}}
}
