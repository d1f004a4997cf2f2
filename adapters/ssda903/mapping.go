package ssda903

import (
	"slices"
	"strings"
	"time"

	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/policy"
	"caseledger/domain/record"
)

// whose is whose claim an identifier of a return is.
const whose = "ssda903"

// mapping turns the rows of one child into claims on one record.
type mapping struct {
	of     collection
	record domain.RecordID
	known  record.Record   // as it is before this return
	person domain.PersonID // of a record that is opened now
	rows   []row

	opened domain.Date // the first day of care that the return states
	born   domain.Date
	birth  string // as the header writes it
	sex    string // likewise

	claims []claim
	parts  *reconcile.Parts // that the return has stated
	seen   map[string]bool  // rows, word for word
}

// mapChild returns what the rows state of a record. newPerson is used only
// where the record is new.
func mapChild(of collection, id domain.RecordID, newPerson domain.PersonID, known record.Record, c child) *mapping {
	m := &mapping{of: of, record: id, person: newPerson, known: known, rows: c.rows,
		parts: reconcile.PartsOf(id), seen: make(map[string]bool)}
	m.survey()
	m.register()
	for _, r := range m.rows {
		m.row(r)
	}
	inOrder(m.claims)
	return m
}

// survey finds what several tables are judged by.
func (m *mapping) survey() {
	for _, r := range m.rows {
		if r.table == atHeader && m.birth == "" {
			m.birth, m.sex = r.cells["DOB"], r.cells["SEX"]
		}
		if day, ok := parseDay(r.cells["DECOM"]); ok && (m.opened.IsZero() || day.Before(m.opened)) {
			m.opened = day
		}
	}
	for _, r := range m.rows {
		if m.birth == "" {
			m.birth = r.cells["DOB"]
		}
		if m.sex == "" {
			m.sex = r.cells["SEX"]
		}
	}
	m.born, _ = parseDay(m.birth)
	if m.opened.IsZero() {
		m.opened = m.of.last()
	}
}

// register claims that a record was opened. A child that no header knows is
// known by the first row.
func (m *mapping) register() {
	first := m.rows[0]
	var flags []domain.Flag
	if first.cells["CHILD"] == "" {
		flags = append(flags, domain.Flag{Field: first.table + "/CHILD", Rule: "no-child-number"})
	}
	m.add(claim{command: identity.Register{Dated: on(m.opened), Person: m.person}, row: first, rank: ofPerson, flags: flags})
	if first.table == atHeader {
		return
	}
	number := first.cells["CHILD"]
	if number != "" {
		m.add(claim{command: identity.Identify{Dated: on(m.claimed()), Kind: identity.LAChildID, Value: number, Source: whose}, row: first,
			rank: ofPerson, fields: []field{{"/value", "CHILD"}}, flags: []domain.Flag{{Field: first.table + "/CHILD", Rule: "not-in-header"}}})
	}
	if first.cells["DOB"] != "" {
		m.bornOn(first)
	}
}

// claimed is the day from which undated claims about the person hold.
func (m *mapping) claimed() domain.Date {
	if m.born.IsZero() {
		return m.opened
	}
	return m.born
}

func (m *mapping) row(r row) {
	from := len(m.claims)
	switch r.table {
	case atHeader:
		m.header(r)
	case atEpisodes:
		m.episode(r)
	case atReviews:
		m.review(r)
	case atUASC:
		m.asylum(r)
	case atOC2:
		m.outcomes(r)
	case atOC3:
		m.leaver(r)
	case atAD1:
		m.adopted(r)
	case atPlaced:
		m.placed(r)
	case atPermanence:
		m.permanence(r)
	case atMissing:
		m.missing(r)
	case atWorkers:
		m.worker(r)
	case atLiberty:
		m.liberty(r)
	}
	m.rest(r, from)
}

// rest flags the row's first claim with what is wrong with the row as a whole,
// and keeps the cells that no column of the return names.
func (m *mapping) rest(r row, from int) {
	flags := m.whole(r)
	if from < len(m.claims) {
		m.claims[from].flags = append(m.claims[from].flags, flags...)
		flags = nil
	}
	for _, b := range r.beyond {
		place := strings.TrimPrefix(r.table+"/"+b.column, "/")
		m.add(claim{row: r, rank: ofKept, day: m.of.last(), flags: append(flags, domain.Flag{Field: place, Rule: beyondRule(r)}),
			kept: &keepsake{id: m.parts.ID("kept", nil, r.text(), b.column), place: place, text: b.text}})
		flags = nil
	}
}

func beyondRule(r row) string {
	if r.table == "" {
		return "unknown-table"
	}
	return "unknown-column"
}

// whole are the flags of a row as a whole.
func (m *mapping) whole(r row) []domain.Flag {
	var flags []domain.Flag
	for _, rule := range r.flags {
		flags = append(flags, domain.Flag{Field: r.table, Rule: rule})
	}
	if text := r.table + "|" + r.text(); m.seen[text] {
		flags = append(flags, domain.Flag{Field: r.table, Rule: "duplicate-row"})
	} else {
		m.seen[text] = true
	}
	if r.table == atHeader || r.table == atEpisodes || r.table == "" {
		return flags
	}
	if text := r.cells["DOB"]; text != m.birth && !m.bornThen(text) {
		flags = append(flags, domain.Flag{Field: r.table + "/DOB", Rule: "differs-from-header", Raw: text})
	}
	return flags
}

// bornThen reports whether a text is the day of birth, in whichever form.
func (m *mapping) bornThen(text string) bool {
	day, ok := parseDay(text)
	return ok && day == m.born
}

func (m *mapping) add(c claim) { m.claims = append(m.claims, c) }

// header claims who the child is.
func (m *mapping) header(r row) {
	fact := func(command any, pointer, column string, flags []domain.Flag) {
		m.add(claim{command: command, row: r, rank: ofPerson, fields: []field{{pointer, column}}, flags: flags})
	}
	since := on(m.claimed())
	if number := r.cells["CHILD"]; number != "" {
		fact(identity.Identify{Dated: since, Kind: identity.LAChildID, Value: number, Source: whose}, "/value", "CHILD", nil)
	}
	m.bornOn(r)
	code, flags := m.sexOf(r)
	fact(identity.RecordSex{Dated: since, Sex: code}, "/sex", "SEX", flags)
	fact(identity.RecordEthnicity{Dated: since, Ethnicity: r.cells["ETHNIC"]}, "/ethnicity", "ETHNIC", nil)
	m.pupil(r, since)
	m.motherhood(r)
}

func (m *mapping) bornOn(r row) {
	day, flags := m.date(r, "DOB")
	m.add(claim{command: identity.RecordBirth{Dated: on(day)}, row: r, rank: ofPerson, fields: []field{{"/happened", "DOB"}}, flags: flags})
}

func (m *mapping) pupil(r row, since domain.Dated) {
	switch number := r.cells["UPN"]; {
	case policy.Valid(policy.UPNUnknown, number, domain.Date{}):
		m.add(claim{command: identity.MissIdentifier{Dated: since, Kind: identity.UPN, Reason: number}, row: r, rank: ofPerson, fields: []field{{"/reason", "UPN"}}})
	case number != "":
		m.add(claim{command: identity.Identify{Dated: since, Kind: identity.UPN, Value: number, Source: whose}, row: r, rank: ofPerson, fields: []field{{"/value", "UPN"}}})
	}
}

func (m *mapping) motherhood(r row) {
	if r.cells["MOTHER"] == "" && r.cells["MC_DOB"] == "" {
		return
	}
	is, flags := yes(r, "MOTHER")
	child, more := m.date(r, "MC_DOB")
	day := later(child, m.claimed())
	m.add(claim{command: lookedafter.RecordMotherhood{Dated: on(day), Mother: is, ChildBorn: child}, row: r, day: day, rank: ofStep,
		fields: []field{{"/mother", "MOTHER"}, {"/childBorn", "MC_DOB"}}, flags: append(flags, more...)})
}

// sexCodes are the codes of the returns up to 2024, and the ledger's own.
var sexCodes = [...]struct{ old, own string }{{"1", "M"}, {"2", "F"}, {"0", "U"}, {"9", "I"}}

// sexFrom is the first collection that says M, F and U.
const sexFrom = 2025

// sexOf returns the ledger's own code. A code of another year is understood and
// flagged.
func (m *mapping) sexOf(r row) (string, []domain.Flag) {
	text := r.cells["SEX"]
	old := m.of.year < sexFrom
	for _, c := range sexCodes {
		if text == c.old || text == c.own {
			if old == (text == c.old) {
				return c.own, nil
			}
			return c.own, []domain.Flag{{Field: r.table + "/SEX", Rule: "code-of-another-year", Raw: text}}
		}
	}
	return text, nil
}

// date reads the date of a column, and what is wrong with it.
func (m *mapping) date(r row, column string) (domain.Date, []domain.Flag) {
	text := r.cells[column]
	if text == "" {
		return domain.Date{}, nil
	}
	day, ok := parseDay(text)
	place := r.table + "/" + column
	if !ok {
		return domain.Date{}, []domain.Flag{{Field: place, Rule: "not-a-date", Raw: text}}
	}
	var flags []domain.Flag
	if written903(day) != text {
		flags = append(flags, domain.Flag{Field: place, Rule: "date-of-another-form", Raw: text})
	}
	if day.After(m.of.last()) {
		flags = append(flags, domain.Flag{Field: place, Rule: "after-reference-date"})
	}
	return day, flags
}

// parseDay reads DD/MM/YYYY, and the forms that spreadsheets make of it and
// that can mean no other day: D/M/YYYY, YYYY-MM-DD, and any of these with the
// time of midnight.
func parseDay(text string) (domain.Date, bool) {
	text = strings.TrimSpace(text)
	for _, midnight := range []string{" 00:00:00", "T00:00:00", " 00:00", " 0:00"} {
		text = strings.TrimSuffix(text, midnight)
	}
	for _, form := range []string{"2/1/2006", "2006-01-02"} {
		if day, err := time.Parse(form, text); err == nil {
			return domain.DateOf(day), true
		}
	}
	return domain.Date{}, false
}

// yes reads 0 and 1; a fraction of nothing, which spreadsheets add, is
// understood.
func yes(r row, column string) (bool, []domain.Flag) {
	text := r.cells[column]
	place := r.table + "/" + column
	switch text {
	case "1", "0", "":
		return text == "1", nil
	case "1.0", "0.0":
		return text == "1.0", []domain.Flag{{Field: place, Rule: "number-with-fraction", Raw: text}}
	}
	return false, []domain.Flag{{Field: place, Rule: "not-a-yes-or-no", Raw: text}}
}

// sameDay returns the ids of those parts that began on the day.
func sameDay[T any](all []T, day domain.Date, of func(T) (domain.Date, string, bool)) []string {
	var ids []string
	for _, one := range all {
		if began, id, known := of(one); known && began == day {
			ids = append(ids, id)
		}
	}
	return slices.Clip(ids)
}
