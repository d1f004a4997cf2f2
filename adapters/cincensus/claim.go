package cincensus

import (
	"cmp"
	"slices"
	"strings"

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

	line   int
	at     *element // that holds the fields; nil where line says it all
	path   string   // of the element that holds the fields: "CINdetails"
	fields []field  // the first is the one that refusals are about
	flags  []domain.Flag

	// Claims are decided in the order in which they would have come to the
	// authority: a part never before the part that it belongs to.
	day  domain.Date
	rank rank
}

// field says which element of the census fills a member of a command. A
// member that none fills is not asked of an import.
type field struct{ pointer, element string }

// keepsake is an element to be kept word for word.
type keepsake struct{ id, element, text string }

// rank orders the claims of one day.
type rank int

const (
	ofWithdrawal rank = iota
	ofPerson
	ofEarlierPlan
	ofReferral
	ofNoFurtherAction
	ofAssessment
	ofAssessmentReview
	ofAssessmentEnd
	ofEnquiry
	ofConference
	ofNoConference
	ofPlan
	ofPlanReview
	ofCategory
	ofPlanEnd
	ofCINPlan
	ofCINPlanEnd
	ofClosure
	ofKept
)

func inOrder(claims []claim) {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.rank, b.rank))
	})
}

func later(a, b domain.Date) domain.Date {
	if a.After(b) {
		return a
	}
	return b
}

// endRank places the end of a plan: before whatever begins on the same day,
// but after the plan's own beginning.
func endRank(began, ended domain.Date, after rank) rank {
	if ended.After(began) {
		return ofEarlierPlan
	}
	return after
}

// Name is the element that refusals are about.
func (c claim) Name() string {
	if len(c.fields) == 0 {
		return c.path
	}
	return c.in(c.fields[0].element)
}

// OfRule is the same for every rule: the census has few elements to a fact.
func (c claim) OfRule(string) string { return c.Name() }

// OfMember returns the element that fills a member of the command: "/factors/0"
// is filled by what fills "/factors".
func (c claim) OfMember(pointer string) (string, bool) {
	for _, f := range c.fields {
		if pointer == f.pointer || strings.HasPrefix(pointer, f.pointer+"/") {
			return c.in(f.element), true
		}
	}
	return "", false
}

// Line returns the line of an element, or of the claim.
func (c claim) Line(place string) int {
	if c.at == nil {
		return c.line
	}
	for _, e := range c.at.children {
		if c.in(e.name) == place {
			return e.line
		}
	}
	return c.line
}

func (c claim) in(element string) string {
	if c.path == "" {
		return element
	}
	return c.path + "/" + element
}
