package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/projections"
)

// blank is where somebody has to write by hand what the ledger does not know.
const blank = "______________________________"

// Officer is who signs a paper for the authority. What is empty is left to be
// filled in.
type Officer struct{ Name, Position, Authority string }

func (o Officer) name() string      { return cmp.Or(o.Name, blank) }
func (o Officer) position() string  { return cmp.Or(o.Position, blank) }
func (o Officer) authority() string { return cmp.Or(o.Authority, blank) }

func (o Officer) signature() []Block {
	return []Block{Plain(""), Plain("Signed " + blank), Plain("Name " + o.name()), Plain("Position " + o.position()), Plain("Date " + blank)}
}

// Checkpoint is the signed state of the log under which a paper is made.
type Checkpoint struct {
	Ledger string
	Size   int64  // entries of the log
	Root   string // of its tree, in base64
}

func (c Checkpoint) sentence() string {
	return fmt.Sprintf("Made under the checkpoint of the log of %s that counts %d entries, with the root %s.", c.Ledger, c.Size, c.Root)
}

func numbered(lines ...string) []Block {
	var all []Block
	for i, line := range lines {
		all = append(all, Plain(fmt.Sprintf("%d. %s", i+1, line)))
	}
	return all
}

// Issues drafts a statement of issues: the entries to which a party was recorded to
// stand in one way or another, first those that somebody disputes. Practice
// Direction 27A of the Family Procedure Rules 2010 asks for such a statement among
// the preliminary documents of a hearing; what the issues are is for the parties
// and the court.
func Issues(h Head, rows []projections.StoryRow) (Paper, error) {
	if len(rows) == 0 {
		return Paper{}, ErrNothing
	}
	p := h.paper()
	p.Blocks = append(p.Blocks, Paragraph{{Text: "Draft. ", Bold: true}, {Text: "It is filled in from what parties were recorded to say of entries of the record, and no party has approved it. What nobody was recorded to dispute or agree is not in it."}})
	var disputed, agreed [][]Cell
	for _, row := range rows {
		to, begin := &agreed, "Agreed "
		if slices.ContainsFunc(row.Stands, func(s projections.Stand) bool { return s.Stand == chronology.Disputed }) {
			to, begin = &disputed, ""
		}
		n := fmt.Sprint(begin, len(*to)+1)
		if begin == "" {
			n = "Issue " + n
		}
		lines := append(Cell{{{Text: n, Bold: true}}, Plain(dayInWords(row)), Plain(fmt.Sprintf("Entry %d, by %s, %s.", row.Entry, row.Author, row.Role))}, told(row, false)...)
		*to = append(*to, spread(bounded(lines, maxTold), bounded(stands(row), maxChanged))...)
	}
	section := func(title, none string, rows [][]Cell) {
		p.Blocks = append(p.Blocks, Heading{2, title})
		if len(rows) == 0 {
			p.Blocks = append(p.Blocks, Plain(none))
		}
		p.Blocks = append(p.Blocks, tables([]int{55, 45}, []string{"What the record says", "How the parties stand to it"}, rows)...)
	}
	section("In dispute", "Nobody is recorded to dispute an entry.", disputed)
	section("Agreed", "No entry is agreed by all who were recorded to say something of it.", agreed)
	p.Blocks = append(p.Blocks, Heading{2, "Other issues for this hearing and for the final hearing"}, Plain(blank), Plain(blank))
	return p, nil
}

func dayInWords(row projections.StoryRow) string {
	if row.Happened.IsZero() {
		return undated + "."
	}
	return strings.TrimSpace(row.Happened.String()+" "+row.Time) + "."
}

func stands(row projections.StoryRow) []Paragraph {
	var all []Paragraph
	for _, s := range row.Stands {
		text := " (entry " + fmt.Sprint(s.Entry) + ")"
		if s.Note != "" {
			text = ": " + s.Note + text
		}
		all = append(all, Paragraph{{Text: capital(s.Stand) + " by " + s.Party, Bold: true}, {Text: text}})
	}
	return all
}

// Maker is who made entries that are exhibited.
type Maker struct {
	Name  string // "" is left to be filled in
	First int    // number of the maker's first exhibit here: numbers run on from one statement to the next
}

// Exhibits makes the exhibit sheets of chosen entries: a section for each maker,
// with marks of the maker's initials and a number that runs on, "AB/1". Practice
// Direction 27A and Practice Direction 32, paragraphs 11 to 13, of the Civil
// Procedure Rules ask for marks and consecutive numbers.
func Exhibits(h Head, entries []projections.FullEntry, makers map[string]Maker) (Paper, error) {
	if len(entries) == 0 {
		return Paper{}, ErrNothing
	}
	if len(entries) > MaxEntries {
		return Paper{}, ErrTooMany
	}
	p := h.paper()
	var order []string
	of := make(map[string][]projections.FullEntry)
	for _, e := range entries {
		if of[e.Author.ID] == nil {
			order = append(order, e.Author.ID)
		}
		of[e.Author.ID] = append(of[e.Author.ID], e)
	}
	taken := make(map[string]bool)
	for _, id := range order {
		maker := makers[id]
		initials := markOf(id, maker.Name, taken)
		p.Blocks = append(p.Blocks, sheet(id, initials, maker, of[id])...)
	}
	return p, nil
}

// markOf returns the letters of a maker's marks: initials, or the pseudonym of one
// whose name is not given. Two with the same initials are told apart by a number.
func markOf(id, name string, taken map[string]bool) string {
	var initials strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }) {
		r, _ := utf8.DecodeRuneInString(word)
		initials.WriteRune(unicode.ToUpper(r))
	}
	first := cmp.Or(initials.String(), id)
	mark := first
	for n := 2; taken[mark]; n++ {
		mark = fmt.Sprint(first, n)
	}
	taken[mark] = true
	return mark
}

func sheet(id, initials string, maker Maker, entries []projections.FullEntry) []Block {
	first := max(1, maker.First)
	last := first + len(entries) - 1
	name := cmp.Or(maker.Name, blank+" ("+id+")")
	var rows [][]Cell
	for i, e := range entries {
		rows = append(rows, []Cell{{Paragraph{{Text: fmt.Sprintf("%s/%d", initials, first+i), Bold: true}}}, {Plain(entryTitle(e, false))},
			{Plain(fmt.Sprintf("Entry %d, leaf %s", e.Entry, referenceTo(e).Leaf)), Plain("Record " + string(e.Record)), Plain("Recorded " + Stamp(e.Recorded))}})
	}
	marks := fmt.Sprintf("This is the exhibit marked %s/%d", initials, first)
	if last > first {
		marks = fmt.Sprintf("These are the exhibits marked %s/%d to %s/%d", initials, first, initials, last)
	}
	blocks := []Block{Heading{2, "Exhibits of " + cmp.Or(maker.Name, id)}, Plain("Case number " + blank), Plain(fmt.Sprintf("Statement of %s dated %s", name, blank))}
	blocks = append(blocks, tables([]int{18, 37, 45}, []string{"Mark", "What it is", "Where it is from"}, rows)...)
	return append(blocks, Plain(fmt.Sprintf("%s, referred to in the statement of %s.", marks, name)), Plain("Signed "+blank), Plain("Date "+blank),
		Plain(fmt.Sprintf("The next exhibit of this maker is %s/%d.", initials, last+1)))
}

// Certificate is an officer's certificate that entries form part of the records of
// the authority. By section 9(2) of the Civil Evidence Act 1995 a document is taken
// to form part of the records of a public authority if a certificate to that
// effect, signed by an officer, is produced; by section 9(4) an officer is any
// person who occupies a responsible position in relation to its relevant activities
// or its records. It is the law of England and Wales.
func Certificate(h Head, o Officer, entries []projections.FullEntry, c Checkpoint) (Paper, error) {
	if len(entries) == 0 {
		return Paper{}, ErrNothing
	}
	if len(entries) > MaxEntries {
		return Paper{}, ErrTooMany
	}
	p := h.paper()
	p.Blocks = append(p.Blocks, numbered(
		fmt.Sprintf("I, %s, am %s of %s (the authority), which is a public authority. I occupy a responsible position in relation to its records.", o.name(), o.position(), o.authority()),
		"I certify, for the purposes of section 9 of the Civil Evidence Act 1995, that each document produced with this certificate and listed in its schedule forms part of the records of the authority.",
		fmt.Sprintf("The authority keeps these records in electronic form, in the ledger %s. Each entry was given the time at which it was recorded, and its hash, when it was recorded; an entry is not changed afterwards, and a correction is an entry of its own.", c.Ledger),
		"This certificate says that the documents are records of the authority. It does not say that what they tell is true.")...)
	p.Blocks = append(p.Blocks, o.signature()...)
	p.Blocks = append(p.Blocks, Heading{2, "Schedule"})
	var rows [][]Cell
	for i, e := range entries {
		rows = append(rows, []Cell{{Plain(fmt.Sprint(i + 1))}, {Plain(entryTitle(e, false)), Plain(fmt.Sprintf("Entry %d, recorded %s", e.Entry, Stamp(e.Recorded))), Plain("Record " + string(e.Record))},
			{Plain(inFours(e.Leaf))}})
	}
	p.Blocks = append(p.Blocks, tables([]int{8, 50, 42}, []string{"No", "Document", "Hash of the entry's leaf"}, rows)...)
	p.Blocks = append(p.Blocks, Plain(c.sentence()))
	return p, nil
}

// inFours writes a hash in groups, so that it can be read aloud and broken over
// lines.
func inFours(hash string) string {
	var groups []string
	for part := range slices.Chunk([]byte(hash), 8) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, " ")
}

// Absence is a search of a record that found nothing.
type Absence struct {
	Record   domain.RecordID
	Looked   projections.Looked
	Searched int    // entries, those no longer in force included
	LastLeaf string // of the last entry searched
	At       Checkpoint
}

// Absent drafts the affidavit by which an officer says that the records hold no
// entry. Section 9(3) of the Civil Evidence Act 1995 lets the absence of an entry in
// the records of a public authority be proved by affidavit of an officer. It is the
// law of England and Wales.
func Absent(h Head, o Officer, a Absence) Paper {
	p := h.paper()
	p.Blocks = append(p.Blocks, Paragraph{{Text: "Draft for an affidavit. ", Bold: true}, {Text: "It has to be sworn or affirmed before a person who may take affidavits."}})
	p.Blocks = append(p.Blocks, numbered(
		fmt.Sprintf("I, %s, am %s of %s (the authority), which is a public authority. I occupy a responsible position in relation to its records. I make this affidavit under section 9(3) of the Civil Evidence Act 1995.", o.name(), o.position(), o.authority()),
		fmt.Sprintf("The authority keeps its records of the person whose record is %s in the ledger %s.", a.Record, a.At.Ledger),
		fmt.Sprintf("I caused all %d entries of that record to be searched, from the first to entry %d, whose leaf has the hash %s. Entries that were corrected or taken out of force were searched too, and entries of which nobody knows the day.", a.Searched, a.Searched, inFours(a.LastLeaf)),
		"What was searched for: "+lookedFor(a.Looked)+".",
		"There is no such entry in that record.",
		"This says what the record does not hold. It does not say that what might have been recorded did not happen, and it says nothing of what is kept elsewhere: in other records, on paper, or by others.",
		a.At.sentence()+" The entries of a record are numbered without a gap, and each holds the hash of the one before, so that none can be missing from the entries searched.")...)
	p.Blocks = append(p.Blocks, o.signature()...)
	p.Blocks = append(p.Blocks, Plain("Sworn or affirmed at "+blank), Plain("before me "+blank), Plain("Date "+blank))
	return p
}

func lookedFor(l projections.Looked) string {
	by := []string{"any entry"}
	if len(l.Kinds) > 0 {
		by = []string{"an entry of the type " + strings.Join(l.Kinds, " or ")}
	}
	if len(l.Sources) > 0 {
		by = append(by, "recorded for or imported from "+strings.Join(l.Sources, " or "))
	}
	if !l.From.IsZero() {
		by = append(by, "of what happened on or after "+l.From.String())
	}
	if !l.To.IsZero() {
		by = append(by, "of what happened on or before "+l.To.String())
	}
	if l.Word != "" {
		by = append(by, "that holds the letters “"+l.Word+"”, in capitals or not")
	}
	return strings.Join(by, ", ")
}

// System is what an authority can state of the system that keeps its records.
type System struct {
	At      Checkpoint
	Version string
	// Settings is the last entry of the ledger's own settings, and its leaf's hash,
	// which covers all before it.
	Settings     uint64
	SettingsLeaf string
	Policy       string   // the rules in force
	Keys         string   // where the keys of records are kept
	Checked      []string // what was checked for this statement, each of which held
	KnownErrors  []string // what somebody stated
	From, To     domain.Date
	Given        int // releases of the record's content in that time
	Denied       int
	Privileged   []Access
}

// Access is one time that somebody looked at a record by a privilege.
type Access struct{ When, Who, Why, Outcome string }

// Reliability states of a system what a court asks of a computer's records: since
// section 69 of the Police and Criminal Evidence Act 1984 was repealed (Youth
// Justice and Criminal Evidence Act 1999, section 60) it is presumed that a computer
// worked as it should, until there is evidence that it did not. This is what can be
// checked of it.
func Reliability(h Head, o Officer, s System) Paper {
	p := h.paper()
	add := func(title string, lines ...string) {
		p.Blocks = append(p.Blocks, Heading{2, title})
		for _, line := range lines {
			p.Blocks = append(p.Blocks, Plain(line))
		}
	}
	add("Program", s.Version)
	add("Configuration", fmt.Sprintf("The settings of the ledger are entries of its own. The last is entry %d; its leaf has the hash %s, which covers every setting before it.", s.Settings, inFours(s.SettingsLeaf)),
		"Rules in force: "+s.Policy+".", "Keys of records: "+s.Keys)
	add("Checks that were run for this statement, and held", s.Checked...)
	known := s.KnownErrors
	if len(known) == 0 {
		known = []string{"The ledger holds no list of the program's errors. Errors known to the authority that could bear on these records: " + blank}
	}
	add("Known errors", known...)
	add("Privileged access", fmt.Sprintf("From %s to %s content of this record was given %s and denied %s, as the access ledger has it.", s.From, s.To, times(s.Given), times(s.Denied)),
		"What was read by means other than the program's interface for other programs stands in no access ledger: whoever runs the program and holds its keys can read what it can.")
	if len(s.Privileged) == 0 {
		p.Blocks = append(p.Blocks, Plain("Nobody is recorded to have opened the record in an emergency in that time."))
	}
	var rows [][]Cell
	for _, a := range s.Privileged {
		rows = append(rows, spread([]Cell{{Plain(a.When)}}, []Cell{{Plain(a.Who)}}, bounded([]Paragraph{Plain(a.Why)}, maxChanged), []Cell{{Plain(a.Outcome)}})...)
	}
	p.Blocks = append(p.Blocks, tables([]int{20, 22, 38, 20}, []string{"When", "Who", "Why", "Review"}, rows)...)
	p.Blocks = append(p.Blocks, Heading{2, "Receipt"}, Plain(s.At.sentence()), Plain(fmt.Sprintf("I, %s, am %s of %s. I occupy a responsible position in relation to its records.", o.name(), o.position(), o.authority())))
	p.Blocks = append(p.Blocks, o.signature()...)
	return p
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprint(n, " times")
}
