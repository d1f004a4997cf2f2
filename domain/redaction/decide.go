package redaction

import (
	"slices"
	"strconv"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Propose says what of a record to withhold from a reader.
type Propose struct {
	domain.Dated
	Redaction ID     `json:"redaction" validate:"required,max=64,printascii"`
	Reader    string `json:"reader" validate:"required,max=200"`
	Purpose   string `json:"purpose" validate:"required,oneof=court subject-access disclosure"`
	Known     uint64 `json:"known" validate:"required"`
	Lines     []Line `json:"lines,omitempty" validate:"max=5000,dive"`
	Nothing   bool   `json:"nothing,omitzero"`
}

// Approve decides to withhold so.
type Approve struct {
	domain.Dated
	Redaction ID `json:"redaction" validate:"required,max=64,printascii"`
}

// Reject decides not to withhold so.
type Reject struct {
	domain.Dated
	Redaction ID     `json:"redaction" validate:"required,max=64,printascii"`
	Reason    string `json:"reason" validate:"required,max=2000"`
}

// Fields returns the paths of an entry's fields: those that can be withheld, and
// those by which the record holds together, which cannot.
type Fields func(entry uint64) (free, fixed []string)

// Propose decides on a set of redactions of a record that has so many entries.
func (rs Redactions) Propose(c Propose, entries uint64, fields Fields) ([]domain.Event, error) {
	rules := []domain.Rule{
		{Name: "redaction-already-proposed", Broken: !rs.Find(c.Redaction).Proposed.IsZero(),
			Reason: "A set of redactions with this id is already on the record: propose the next one under another id."},
		{Name: "redaction-beyond-the-record", Broken: c.Known > entries,
			Reason: "The last entry that was looked at is not on the record."},
		{Name: "redaction-is-empty", Broken: (len(c.Lines) == 0) != c.Nothing,
			Reason: "A set of redactions either withholds something or says that there is nothing to withhold."},
	}
	for i, l := range c.Lines {
		rules = append(rules, lineRules("/lines/"+strconv.Itoa(i), l, c.Happened, min(c.Known, entries), fields)...)
	}
	return []domain.Event{Proposed{Dated: c.Dated, Redaction: c.Redaction, Reader: c.Reader, Purpose: c.Purpose, Known: c.Known,
		Lines: c.Lines, Nothing: c.Nothing}}, domain.Refuse(rules...)
}

// lineRules are those of one line: somebody believes that it withholds something.
func lineRules(at string, l Line, on domain.Date, known uint64, fields Fields) []domain.Rule {
	_, ground := policy.GroundOn(l.Ground, on)
	there := 1 <= l.Entry && l.Entry <= known
	var free, fixed bool
	if there {
		some, none := fields(l.Entry)
		free, fixed = slices.ContainsFunc(some, l.Field.Covers), slices.ContainsFunc(none, l.Field.Covers)
	}
	return []domain.Rule{
		{Name: "redaction-entry-unknown", Pointer: at + "/entry", Broken: !there,
			Reason: "The entry is not among those that were looked at."},
		{Name: "redaction-ground-unknown", Pointer: at + "/ground", Broken: !ground,
			Reason: "The law of that day knows no such ground."},
		{Name: "redaction-withholds-nothing", Pointer: at + "/field", Broken: there && !free && !fixed,
			Reason: "The entry has no such field, so that nothing would be withheld."},
		{Name: "redaction-of-what-holds-the-record", Pointer: at + "/field", Broken: !free && fixed,
			Reason: "The day of an entry, what it is about and which entry it corrects cannot be withheld: without them the record would tell something else."},
	}
}

// Approve decides on an approval, by somebody, of what author proposed.
func (rs Redactions) Approve(c Approve, author, by string) ([]domain.Event, error) {
	s := rs.Find(c.Redaction)
	return []domain.Event{Approved{Dated: c.Dated, Redaction: c.Redaction}}, domain.Refuse(append(s.decidable(),
		domain.Rule{Name: "redaction-approved-by-its-author", Broken: s.State() == Open && by == author,
			Reason: "Somebody else than the one who proposed a redaction approves it."})...)
}

// Reject decides on a rejection. Who proposed it may take it back so.
func (rs Redactions) Reject(c Reject) ([]domain.Event, error) {
	return []domain.Event{Rejected{Dated: c.Dated, Redaction: c.Redaction, Reason: c.Reason}},
		domain.Refuse(rs.Find(c.Redaction).decidable()...)
}

// decidable are the rules of any decision on a set.
func (s Set) decidable() []domain.Rule {
	return []domain.Rule{
		{Name: "redaction-unknown", Broken: s.State() == "", Reason: "No set of redactions with this id is on the record."},
		{Name: "redaction-already-decided", Broken: s.State() == Decided || s.State() == Refused, Reason: "The set of redactions was already approved or rejected."},
	}
}
