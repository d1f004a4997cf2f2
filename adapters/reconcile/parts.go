package reconcile

import (
	"strconv"
	"strings"

	"caseledger/domain"
)

// Parts gives the parts of a record their ids. A return has none: a part is
// known again by what it belongs to and when it began.
type Parts struct {
	of       domain.RecordID
	taken    map[string]bool
	ordinals map[string]int
}

// PartsOf begins with none of the record's parts taken.
func PartsOf(id domain.RecordID) *Parts {
	return &Parts{of: id, taken: make(map[string]bool), ordinals: make(map[string]int)}
}

// ID returns the id of a part of a kind: the first of the known ones that was
// not yet taken, else one that is the same for the same key in every return.
// Equal keys of one record are told apart by their order.
func (p *Parts) ID(kind string, known []string, key ...string) string {
	for _, id := range known {
		if p.take(kind, id) {
			return id
		}
	}
	text := string(p.of) + "|" + kind + "|" + strings.Join(key, "|")
	for {
		id := ID(text, strconv.Itoa(p.ordinals[text]))
		p.ordinals[text]++
		if p.take(kind, id) {
			return id
		}
	}
}

func (p *Parts) take(kind, id string) bool {
	if p.taken[kind+id] {
		return false
	}
	p.taken[kind+id] = true
	return true
}
