package cincensus

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/record"
)

// mapping turns one Child into claims on one record.
type mapping struct {
	header header
	record domain.RecordID
	known  record.Record   // as it is before this return
	person domain.PersonID // of a record that is opened now

	claims []claim
	flags  []reconcile.Noted // of the child as a whole
	parts  *reconcile.Parts  // that the return has stated
	// contradictory: the child has a pupil number and a reason for none.
	contradictory bool
	episodes      []string // the referrals that the return carries
}

// mapChild returns what a Child states of a record. newPerson is used only
// where the record is new. It may be called again on the same Child.
func mapChild(h header, id domain.RecordID, newPerson domain.PersonID, known record.Record, child *element) *mapping {
	m := &mapping{header: h, record: id, person: newPerson, known: known,
		parts: reconcile.PartsOf(id)}
	child.reset()
	child.used, child.owner = true, "child"
	identifiers, characteristics := child.take("ChildIdentifiers"), child.take("ChildCharacteristics")
	details := child.all("CINdetails")
	m.need(identifiers, "ChildIdentifiers", child)
	m.need(characteristics, "ChildCharacteristics", child)
	m.need(first(details), "CINdetails", child)
	claimed := m.identify(child, identifiers, firstReferral(details))
	m.characterise(characteristics, claimed)
	for _, d := range details {
		m.episode(d)
	}
	m.leftovers(child, "", "child")
	inOrder(m.claims)
	return m
}

func first(elements []*element) *element {
	if len(elements) == 0 {
		return nil
	}
	return elements[0]
}

// need flags a required element that is missing in its parent.
func (m *mapping) need(e *element, path string, parent *element) {
	if e == nil || e.text == "" && len(e.children) == 0 {
		m.note(parent.line, domain.Flag{Field: path, Rule: "required"})
	}
}

// note flags the child as a whole.
func (m *mapping) note(line int, flags ...domain.Flag) {
	for _, f := range flags {
		m.flags = append(m.flags, reconcile.Noted{Flag: f, Line: line})
	}
}

func (m *mapping) add(c claim) { m.claims = append(m.claims, c) }

// firstReferral returns the earliest referral date that the child states.
func firstReferral(details []*element) domain.Date {
	var earliest domain.Date
	for _, d := range details {
		for _, e := range d.children {
			if e.name != "CINreferralDate" {
				continue
			}
			day, _ := parseDay(e.text, "")
			if earliest.IsZero() || !day.IsZero() && day.Before(earliest) {
				earliest = day
			}
		}
	}
	return earliest
}

const atIdentifiers = "ChildIdentifiers"

// identify claims who the child is, and returns the day from which undated
// claims about the person are taken to hold: birth, else the first referral,
// else the reference date.
func (m *mapping) identify(child, e *element, referred domain.Date) domain.Date {
	opened := referred
	if opened.IsZero() {
		opened = m.header.reference
	}
	m.add(claim{command: identity.Register{Dated: on(opened), Person: m.person}, line: child.line, path: "Child", rank: ofPerson})
	if e == nil {
		return opened
	}
	local, birth, due := e.take("LAchildID"), e.take("PersonBirthDate"), e.take("ExpectedPersonBirthDate")
	if local.value() == "" {
		m.note(e.line, domain.Flag{Field: atIdentifiers + "/LAchildID", Rule: "no-local-id"})
	}
	claimed := opened
	if birth != nil {
		day, flags := m.date(birth, atIdentifiers)
		if !day.IsZero() {
			claimed = day
		}
		m.claim1(birth, identity.RecordBirth{Dated: on(day)}, "/happened", flags)
	}
	if due != nil {
		day, flags := m.date(due, atIdentifiers)
		flags = withoutRule(flags, "after-reference-date") // a birth may be due later
		m.claim1(due, identity.ExpectBirth{Dated: on(opened), Expected: day}, "/expected", flags)
	}
	if birth == nil && due == nil {
		m.note(e.line, domain.Flag{Field: atIdentifiers + "/PersonBirthDate", Rule: "required"})
	}
	m.numbers(e, local, claimed)
	m.sex(e, claimed)
	if death := e.take("PersonDeathDate"); death != nil {
		day, flags := m.date(death, atIdentifiers)
		m.claim1(death, identity.RecordDeath{Dated: on(day)}, "/happened", flags)
	}
	return claimed
}

func (m *mapping) numbers(e, local *element, claimed domain.Date) {
	upn, former, unknown := e.take("UPN"), e.take("FormerUPN"), e.take("UPNunknown")
	m.contradictory = upn.value() != "" && unknown.value() != ""
	for _, number := range []struct {
		*element
		kind string
	}{{local, identity.LAChildID}, {upn, identity.UPN}, {former, identity.FormerUPN}} {
		if text := number.value(); text != "" {
			m.claim1(number.element, identity.Identify{Dated: on(claimed), Kind: number.kind, Value: text, Source: source}, "/value", nil)
		}
	}
	if text := unknown.value(); text != "" {
		m.claim1(unknown, identity.MissIdentifier{Dated: on(claimed), Kind: identity.UPN, Reason: text}, "/reason", nil)
	}
}

// source is whose claim an identifier of a return is.
const source = "cin-census"

func (m *mapping) sex(e *element, claimed domain.Date) {
	said := e.take("Sex")
	if said == nil {
		said = e.take("GenderCurrent")
	}
	m.need(said, atIdentifiers+"/Sex", e)
	if said.value() == "" {
		return
	}
	code, flags := sex(said, atIdentifiers+"/"+said.name)
	m.claim1(said, identity.RecordSex{Dated: on(claimed), Sex: code}, "/sex", flags)
}

// claim1 adds one fact about the person, stated by one element.
func (m *mapping) claim1(e *element, command any, pointer string, flags []domain.Flag) {
	m.add(claim{command: command, rank: ofPerson, line: e.line, path: atIdentifiers, fields: []field{{pointer, e.name}}, flags: flags})
}

const atCharacteristics = "ChildCharacteristics"

func (m *mapping) characterise(e *element, claimed domain.Date) {
	if e == nil {
		return
	}
	group := e.take("Ethnicity")
	m.need(group, atCharacteristics+"/Ethnicity", e)
	if code := group.value(); code != "" {
		m.add(claim{command: identity.RecordEthnicity{Dated: on(claimed), Ethnicity: code}, rank: ofPerson, line: group.line,
			path: atCharacteristics, fields: []field{{"/ethnicity", "Ethnicity"}}})
	}
	if all := e.take("Disabilities"); all != nil {
		m.add(claim{command: identity.RecordDisabilities{Dated: on(claimed), Disabilities: values(all.all("Disability"))},
			rank: ofPerson, line: all.line, path: atCharacteristics, fields: []field{{"/disabilities", "Disabilities"}}})
	}
}

func values(elements []*element) []string {
	texts := make([]string, 0, len(elements))
	for _, e := range elements {
		texts = append(texts, e.value())
	}
	return texts
}

// leftovers keeps whatever no mapping has read.
func (m *mapping) leftovers(e *element, path, owner string) {
	if e.owner != "" {
		owner = e.owner
	}
	if e.text != "" && !e.valued {
		m.keep(e.line, path, owner, "stray-text", e.text)
	}
	for _, a := range e.attrs {
		m.keep(e.line, below(path, "@"+a.Name.Local), owner, "unknown-attribute", a.Value)
	}
	for _, name := range e.empty {
		m.note(e.line, domain.Flag{Field: below(path, name), Rule: "empty-element"})
	}
	known := make(map[string]bool)
	for _, c := range e.children {
		at := below(path, c.name)
		switch {
		case c.used:
			known[c.name] = true
			m.leftovers(c, at, owner)
		case known[c.name]:
			m.keep(c.line, at, owner, "repeated-element", c.String())
		default:
			m.keep(c.line, at, owner, "unknown-element", c.String())
		}
	}
}

func below(path, name string) string { return strings.TrimPrefix(path+"/"+name, "/") }

func (m *mapping) keep(line int, path, owner, rule, text string) {
	path = cmp.Or(path, "Child")
	m.add(claim{line: line, path: path, rank: ofKept, day: m.header.reference,
		kept:  &keepsake{id: m.parts.ID("kept", nil, owner, path), element: path, text: text},
		flags: []domain.Flag{{Field: path, Rule: rule}}})
}

func on(day domain.Date) domain.Dated { return domain.Dated{Happened: day} }

func withoutRule(flags []domain.Flag, rule string) []domain.Flag {
	var rest []domain.Flag
	for _, f := range flags {
		if f.Rule != rule {
			rest = append(rest, f)
		}
	}
	return rest
}

// canonical is the SHA-256 of what a Child says, however it was laid out.
func canonical(child *element) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(child.String())))
}
