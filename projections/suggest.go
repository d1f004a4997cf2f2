package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/correspondence"
	"caseledger/domain/family"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/restriction"
	"caseledger/eventstore/seal"
	"caseledger/schema"
)

// Suggestion is a field that may have to be withheld. Whoever proposes decides:
// strictly necessary is what stands in the reason, and nothing else.
type Suggestion struct {
	Entry  uint64 `json:"entry"`
	Field  string `json:"field"`
	Ground string `json:"ground"`
	Reason string `json:"reason"` // why it is suggested
	// Person is the name for which it is, and Of what the person is to the one of
	// the record.
	Person string `json:"person,omitempty"`
	Of     string `json:"of,omitempty"`
	Source string `json:"source,omitempty"` // who told, or for which agency it was recorded
	// Mark is what the place is marked as itself: informant, third-party, address.
	Mark string      `json:"mark,omitempty"`
	Day  domain.Date `json:"day,omitzero"`
	Kind string      `json:"kind"` // type of the entry
}

// Other is somebody else than the person of a record, by the names that the ledger
// knows.
type Other struct {
	Of     string // mother, sibling, household
	Names  []string
	Record domain.RecordID // of the other's own; "" where there is none
}

// Names returns all names that a record gives its person, those no longer in force
// included.
func Names(r record.Record) []string {
	var all []string
	for _, e := range r.Entries {
		if n, is := e.Event.(identity.Named); is {
			all = append(all, strings.TrimSpace(n.Given+" "+n.Family))
		}
	}
	return all
}

// professional is what somebody is to a person whose name is not normally withheld.
const professional = "professional"

// Others returns those to whom the record gives a name itself, also where that is
// no longer in force; professionals are not among them.
func Others(r record.Record) []Other {
	var all []Other
	for _, e := range r.Entries {
		if f, is := e.Event.(family.Related); is && f.Name != "" && f.Kind != professional {
			all = append(all, Other{Of: f.Kind, Names: []string{f.Name}})
		}
	}
	return all
}

// OthersOf returns the people of a person's family who have records of their own.
func (db *DB) OthersOf(ctx context.Context, load Load, id domain.RecordID) ([]Other, error) {
	members, err := db.FamilyOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var all []Other
	for _, m := range members {
		if m.Record == id || slices.Contains(m.Kinds, professional) {
			continue
		}
		r, err := load(ctx, m.Record)
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", m.Record, err)
		}
		all = append(all, Other{Of: m.Kinds[0], Names: Names(r), Record: m.Record})
	}
	return all, nil
}

// Suggest returns what of a record may have to be withheld from somebody else than
// the person: what is marked as told by or about others, what a restriction keeps,
// and where others are named: whole words, whatever their case and however their
// accents are written. Names that the person shares name nobody.
func Suggest(c schema.Codec, r record.Record, others []Other) ([]Suggestion, error) {
	look := lookerOf(r)
	look.names = namesOf(append(Others(r), others...), Names(r))
	all := []Suggestion{}
	for _, e := range r.Entries {
		if _, is := e.Event.(redaction.Event); is {
			continue // who proposed it has looked at it, and no reader sees why
		}
		fields, err := c.Fields(e)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		for _, f := range fields {
			some := look.at(e, f)
			if len(some) == 0 {
				continue
			}
			holds, err := c.Holds(e, f.Path)
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
			}
			if holds {
				all = append(all, some...)
			}
		}
	}
	return all, nil
}

// looker knows what to look for in a record.
type looker struct {
	names     map[string][]bearer
	addresses []string // none where no restriction keeps them
	withholds bool     // a restriction keeps addresses
	shielded  map[uint64]bool
}

func lookerOf(r record.Record) looker {
	look := looker{withholds: r.Restrictions.WithholdsAny(), shielded: shieldedBy(r)}
	if look.withholds {
		look.addresses = addressesOf(r)
	}
	return look
}

// shieldedBy returns the entries of a record that could give an informant away:
// those that a restriction names, what corrects them or is corrected by them, and
// why one of them was written in error.
func shieldedBy(r record.Record) map[uint64]bool {
	roots, all := make(map[uint64]bool), make(map[uint64]bool)
	for _, e := range r.Entries {
		if is, _ := r.Restrictions.Shields(e.Seq); is {
			roots[firstOf(&r, e)] = true
		}
	}
	for _, e := range r.Entries {
		voids, _ := e.Event.(correction.EnteredInError)
		all[e.Seq] = roots[firstOf(&r, e)] || all[voids.Entry]
	}
	return all
}

// bearer is somebody who bears a name, and what the bearer is to the person.
type bearer struct{ name, of string }

// at returns what a field of an entry suggests, one for each person or mark.
func (l looker) at(e domain.Entry, f seal.Field) []Suggestion {
	one := Suggestion{Entry: e.Seq, Field: f.Path, Source: e.Actor.Agency, Day: e.Event.HappenedOn(), Kind: typeName(e.Event)}
	var all []Suggestion
	add := func(ground, reason string) {
		s := one
		s.Ground, s.Reason = ground, reason
		if ground == "confidential-address" {
			s.Mark = Address
		}
		all = append(all, s)
	}
	said, member := stringsOf(f.Value), memberOf(f)
	if p, is := passage(e.Event, f.Path); is {
		one.Source, one.Mark = cmp.Or(p.From, one.Source), markOf(p.Informant, p.ThirdParty)
	}
	if letter, is := e.Event.(correspondence.Recorded); is && letterSays[member] {
		one.Source, one.Mark = letter.From, markOf(letter.Informant, letter.ThirdParty)
	}
	for _, k := range l.keeps(e, f, said) {
		add(k.ground, k.reason)
	}
	if circumstantial[member] && member != "corrects" && member != "import" {
		return all
	}
	seen := make(map[bearer]bool)
	for _, word := range wordsOf(said) {
		for _, who := range l.names[fold(word)] {
			if !seen[who] {
				seen[who] = true
				add("third-party", fmt.Sprintf("The word %q is a name of somebody else (%s).", word, spaced(who.of)))
				all[len(all)-1].Person, all[len(all)-1].Of = who.name, who.of
			}
		}
	}
	return all
}

// The marks of what is kept from some.
const (
	Informant  = "informant"   // who told must not be known
	ThirdParty = "third-party" // somebody else told it, or it is about somebody else
	Address    = "address"     // a restriction keeps where the person lives
	// Withholding is why something is withheld from a reader: no reader sees it.
	Withholding = "withholding"
)

func markOf(informant, thirdParty bool) string {
	switch {
	case informant:
		return Informant
	case thirdParty:
		return ThirdParty
	}
	return ""
}

// kept is why a field is kept from some: its mark, and what that suggests.
type kept struct{ mark, ground, reason string }

// keeps returns why a field of an entry is kept from some, each reason once.
func (l looker) keeps(e domain.Entry, f seal.Field, said []string) []kept {
	var all []kept
	add := func(is bool, mark, ground, reason string) {
		if is {
			all = append(all, kept{mark, ground, reason})
		}
	}
	member := memberOf(f)
	if p, is := passage(e.Event, f.Path); is {
		add(p.Informant, Informant, "third-party", "The passage is marked as told by somebody who must not be known.")
		add(p.ThirdParty, ThirdParty, "third-party", "The passage is marked as told by or about somebody else.")
	}
	if letter, is := e.Event.(correspondence.Recorded); is && letterSays[member] {
		add(letter.Informant, Informant, "third-party", "The letter is marked as from somebody who must not be known.")
		add(letter.ThirdParty, ThirdParty, "third-party", "The letter is marked as from or about somebody else.")
	}
	add(l.shielded[e.Seq] && len(said) > 0 && !circumstantial[member], Informant, "third-party", "A restriction says that the entry could give an informant away.")
	add(e.Source != nil && e.Source.Kind == schema.ForeignSource && member == "text", Informant, "third-party", "Nobody here can tell what the entry of another ledger says, and of whom.")
	switch e.Event.(type) {
	case restriction.InformantShielded:
		add(member == "reason", Informant, "third-party", "Why an informant is shielded can say who it is.")
	case redaction.Proposed, redaction.Rejected:
		add(member == "lines" || member == "reason", Withholding, "third-party", "Why something is withheld can say what it is.")
		return all
	}
	switch {
	case l.withholds && addressMembers[member]:
		add(true, Address, "confidential-address", "A restriction keeps the address.")
	case l.tellsAddress(said):
		add(true, Address, "confidential-address", "The words of an address that a restriction keeps stand here.")
	}
	return all
}

// Keeps is what of a record is kept from those outside of the authority unless
// somebody decides otherwise: what is marked as told by or about others, what a
// restriction keeps, and why something is withheld from a reader.
type Keeps struct{ look looker }

// KeepsOf returns what of a record is kept.
func KeepsOf(r record.Record) Keeps { return Keeps{lookerOf(r)} }

// Why returns the marks for which a field of an entry of the record is kept, none
// where it is not.
func (k Keeps) Why(e domain.Entry, f seal.Field) []string {
	var marks []string
	for _, one := range k.look.keeps(e, f, stringsOf(f.Value)) {
		marks = append(marks, one.mark)
	}
	return marks
}

// memberOf is the member of a payload that a field is, or is an element of.
func memberOf(f seal.Field) string {
	member, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "/"), "/")
	return member
}

// letterSays are the members of correspondence that hold what was written, and by
// whom.
var letterSays = map[string]bool{"from": true, "to": true, "copied": true, "subject": true, "text": true, "attachments": true}

// addressMembers are the members of events that say where somebody lives.
var addressMembers = map[string]bool{"lines": true, "postcode": true, "uprn": true, "homePostcode": true}

// circumstantial are the members of a payload that are not of its event.
var circumstantial = map[string]bool{"actor": true, "authority": true, "request": true, "digest": true, "group": true, "corrects": true, "import": true,
	"policy": true, "captured": true}

// passage returns the passage of a note that a field is.
func passage(e domain.Event, path string) (note.Passage, bool) {
	n, is := e.(note.Written)
	if !is {
		return note.Passage{}, false
	}
	for i, p := range n.Text {
		if path == fmt.Sprint("/text/", i) {
			return p, true
		}
	}
	return note.Passage{}, false
}

// addressesOf returns the first lines and the postcodes of the addresses on a
// record, folded.
func addressesOf(r record.Record) []string {
	var all []string
	for _, e := range r.Entries {
		if a, is := e.Event.(identity.AddressRecorded); is {
			for _, text := range append(slices.Clip(a.Lines[:min(1, len(a.Lines))]), a.Postcode) {
				if words := plainWords(text); strings.TrimSpace(words) != "" {
					all = append(all, words)
				}
			}
		}
	}
	return all
}

func (l looker) tellsAddress(said []string) bool {
	text := plainWords(strings.Join(said, " "))
	return slices.ContainsFunc(l.addresses, func(a string) bool { return strings.Contains(text, a) })
}

// noNames are words of names that name nobody.
var noNames = map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "baby": true, "unknown": true, "the": true, "of": true, "and": true}

// namesOf returns who is named by each word, by the folded words. Words of the
// person's own names, titles and initials name nobody.
func namesOf(others []Other, own []string) map[string][]bearer {
	mine := make(map[string]bool)
	for _, word := range wordsOf(own) {
		mine[fold(word)] = true
	}
	names := make(map[string][]bearer)
	for _, o := range others {
		for _, name := range o.Names {
			for _, word := range wordsOf([]string{name}) {
				w, who := fold(word), bearer{name, o.Of}
				if !mine[w] && !noNames[w] && len([]rune(w)) > 1 && !slices.Contains(names[w], who) {
					names[w] = append(names[w], who)
				}
			}
		}
	}
	return names
}

// fold returns a text as it is compared: its accents composed, its case folded.
func fold(s string) string {
	if !strings.ContainsFunc(s, func(c rune) bool { return c > unicode.MaxASCII }) {
		return strings.ToLower(s)
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// wordsOf returns the words of texts: letters with their marks, and digits.
func wordsOf(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, strings.FieldsFunc(norm.NFKC.String(text), func(c rune) bool {
			return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c)
		})...)
	}
	return all
}

// stringsOf returns the strings in a JSON value.
func stringsOf(value []byte) []string {
	var all []string
	in := jsontext.NewDecoder(strings.NewReader(string(value)))
	for {
		kind, length := in.StackIndex(in.StackDepth())
		token, err := in.ReadToken()
		if err != nil {
			return all
		}
		if isName := kind == '{' && length%2 == 0; token.Kind() == '"' && !isName {
			all = append(all, token.String())
		}
	}
}

// Remainder is a place where words that are withheld elsewhere still stand.
type Remainder struct {
	Entry uint64 `json:"entry"` // where they are withheld
	Field string `json:"field"` // likewise
	Where uint64 `json:"where"` // the entry where they stand
	In    string `json:"in"`    // its field
}

// maxRemainders bounds what Remainders returns.
const maxRemainders = 1000

// Remainders returns where words that are withheld still stand in what the reader
// gets: a correction that repeats them, a form that was filled in with them, a name
// elsewhere. Short words and codes are passed over.
func Remainders(c schema.Codec, whole record.Record, v Variant) ([]Remainder, error) {
	texts, err := foldedFields(c, v.Record)
	if err != nil {
		return nil, err
	}
	all := []Remainder{}
	for _, w := range v.Schedule {
		e, _ := whole.Entry(w.Entry)
		fields, err := c.Fields(e)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", w.Entry, err)
		}
		i := slices.IndexFunc(fields, func(f seal.Field) bool { return f.Path == w.Field })
		if i < 0 || w.Field == "/digest" {
			continue
		}
		for _, said := range stringsOf(fields[i].Value) {
			if !telling(said) {
				continue
			}
			words := plainWords(said)
			for _, t := range texts {
				if len(all) < maxRemainders && strings.Contains(t.text, words) {
					all = append(all, Remainder{Entry: w.Entry, Field: w.Field, Where: t.entry, In: t.path})
				}
			}
		}
	}
	return all, nil
}

// telling reports whether a text is more than a code or a short word: what is typed
// has a capital, a digit or a space.
func telling(s string) bool {
	return len([]rune(s)) >= 4 && strings.ContainsFunc(s, func(c rune) bool { return unicode.IsUpper(c) || unicode.IsSpace(c) || c > unicode.MaxASCII })
}

type foldedField struct {
	entry uint64
	path  string
	text  string
}

// plainWords returns the folded words of a text, a space around each.
func plainWords(s string) string { return " " + strings.Join(wordsOf([]string{fold(s)}), " ") + " " }

// foldedFields returns what the events of a record say, as it is compared.
func foldedFields(c schema.Codec, r record.Record) ([]foldedField, error) {
	var all []foldedField
	for _, e := range r.Entries {
		fields, err := c.Fields(e)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		for _, f := range fields {
			member := memberOf(f)
			if circumstantial[member] && member != "corrects" && member != "import" {
				continue
			}
			if said := stringsOf(f.Value); len(said) > 0 {
				all = append(all, foldedField{e.Seq, f.Path, plainWords(strings.Join(said, " . "))})
			}
		}
	}
	return all, nil
}
