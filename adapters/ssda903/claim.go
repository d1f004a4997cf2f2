package ssda903

import (
	"cmp"
	"slices"

	"caseledger/domain"
)

// claim is one fact that a return states, as the command that it becomes.
type claim struct {
	command any
	// kept is set, in place of a command, on what has no place of its own.
	kept *keepsake
	// absent is set, in place of a command, where the return carries a part
	// without the end that an earlier return stated: the event of that end.
	absent domain.Event

	row    row
	fields []field // the first is the one that refusals are about
	flags  []domain.Flag

	// Claims are decided in the order in which they would have come to the
	// authority: a part never before the part that it belongs to.
	day  domain.Date
	rank rank
}

// field says which column fills a member of a command. A member that none
// fills is not asked of an import.
type field struct{ pointer, column string }

// keepsake is a cell to be kept word for word.
type keepsake struct{ id, place, text string }

// rank orders the claims of one day.
type rank int

const (
	ofPerson     rank = iota
	ofEarlierEnd      // of what began on an earlier day
	ofBeginning
	ofStep // of what goes on
	ofLaterStep
	ofLatestStep
	ofEnd
	ofKept
)

func inOrder(claims []claim) {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.rank, b.rank))
	})
}

// endRank places an end: before whatever begins on the same day, but after the
// part's own beginning.
func endRank(began, ended domain.Date) rank {
	if ended.After(began) {
		return ofEarlierEnd
	}
	return ofEnd
}

func later(a, b domain.Date) domain.Date {
	if a.After(b) {
		return a
	}
	return b
}

// Name is the column that refusals are about.
func (c claim) Name() string {
	if len(c.fields) == 0 {
		return c.row.table
	}
	return c.at(c.fields[0].column)
}

func (c claim) at(column string) string {
	if c.row.table == "" {
		return column
	}
	return c.row.table + "/" + column
}

// OfRule is the column that a refusal is about, where it is not the first.
func (c claim) OfRule(rule string) string {
	column := columnOf(rule)
	for _, f := range c.fields {
		if f.column == column {
			return c.at(column)
		}
	}
	return c.Name()
}

// columnOf names the column that a rule of the domain is about, where that is
// not the day.
func columnOf(rule string) string {
	switch rule {
	case "participation-of-an-infant", "participation-under-four":
		return "REVIEW_CODE"
	case "intervention-without-misuse":
		return "SUBSTANCE_MISUSE"
	case "intervention-received-and-offered":
		return "INTERVENTION_OFFERED"
	case "adopters-do-not-agree":
		return "NB_ADOPTR"
	case "care-not-continued", "care-already-continued":
		return "RNE"
	}
	return ""
}

// OfMember returns the column that fills a member of the command.
func (c claim) OfMember(pointer string) (string, bool) {
	for _, f := range c.fields {
		if f.pointer == pointer {
			return c.at(f.column), true
		}
	}
	return "", false
}

// Line is that of the row, whatever the column.
func (c claim) Line(string) int { return c.row.line }
