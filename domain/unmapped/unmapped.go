// Package unmapped keeps what an import found and no other part of the record
// has a place for, word for word, so that nothing that another system said is
// lost. It never interprets it.
package unmapped

import "caseledger/domain"

// Kept says that an imported file held an element without a place of its own.
type Kept struct {
	domain.Dated
	// ID is the same for the same element of the same record in every file.
	ID      string `json:"id"`
	Element string `json:"element"`
	Text    string `json:"text"`
}

func (e Kept) About() string { return "unmapped/" + e.ID }

// Elements are the elements kept, by the latest entry of each.
type Elements []domain.Known[Kept]

// Evolve returns the elements with one more.
func (es Elements) Evolve(entry uint64, e Kept) Elements {
	return domain.Upsert(es,
		func(k *domain.Known[Kept]) bool { return k.Fact.ID == e.ID },
		func(k *domain.Known[Kept]) { *k = domain.Know(entry, e) })
}
