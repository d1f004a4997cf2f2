package chronology

import (
	"slices"

	"caseledger/domain"
)

// Tag says for what an entry of the record matters; no tag takes all away.
type Tag struct {
	domain.Dated
	Entry uint64   `json:"entry" validate:"required"`
	Tags  []string `json:"tags,omitempty" validate:"max=50,unique,dive,required,max=100"`
}

// Mark says how a party stands to an entry of the record.
type Mark struct {
	domain.Dated
	Entry uint64 `json:"entry" validate:"required"`
	Party string `json:"party" validate:"required,max=200"`
	Stand string `json:"stand" validate:"required,oneof=disputed agreed withdrawn"`
	Note  string `json:"note,omitempty" validate:"max=5000"`
}

// StateImpact says what an entry of the record meant for the person.
type StateImpact struct {
	domain.Dated
	Entry uint64   `json:"entry" validate:"required"`
	By    string   `json:"by,omitempty" validate:"max=200"`
	Text  []string `json:"text" validate:"required,min=1,max=100,dive,required,max=10000"`
}

// Build records a chronology.
type Build struct {
	domain.Dated
	Chronology ID        `json:"chronology" validate:"required,max=64,printascii"`
	Title      string    `json:"title" validate:"required,max=500"`
	Selection  Selection `json:"selection"`
	Parts      []Part    `json:"parts" validate:"required,min=1,max=50,dive"`
}

// Tag decides on the tags of an entry of a record that has so many.
func (cs Chronologies) Tag(c Tag, entries uint64) ([]domain.Event, error) {
	return []domain.Event{Tagged{Dated: c.Dated, Entry: c.Entry, Tags: c.Tags}}, onRecord(c.Entry, entries)
}

// Mark decides on how a party stands to an entry.
func (cs Chronologies) Mark(c Mark, entries uint64) ([]domain.Event, error) {
	return []domain.Event{Marked{Dated: c.Dated, Entry: c.Entry, Party: c.Party, Stand: c.Stand, Note: c.Note}}, onRecord(c.Entry, entries)
}

// StateImpact decides on what an entry meant for the person.
func (cs Chronologies) StateImpact(c StateImpact, entries uint64) ([]domain.Event, error) {
	return []domain.Event{ImpactStated{Dated: c.Dated, Entry: c.Entry, By: c.By, Text: c.Text}}, onRecord(c.Entry, entries)
}

func onRecord(entry, entries uint64) error {
	return domain.Refuse(domain.Rule{Name: "chronology-entry-unknown", Broken: entry > entries,
		Reason: "No entry with this number is on the record."})
}

// Build decides on a chronology of a record that has so many entries.
func (cs Chronologies) Build(c Build, entries uint64) ([]domain.Event, error) {
	s := c.Selection
	return []domain.Event{Built{Dated: c.Dated, Chronology: c.Chronology, Title: c.Title, Selection: s, Parts: c.Parts}},
		domain.Refuse(
			domain.Rule{Name: "chronology-already-built", Broken: !cs.Find(c.Chronology).IsZero(),
				Reason: "A chronology with this id is already on the record: build the next one under another id."},
			domain.Rule{Name: "chronology-is-empty", Broken: !slices.ContainsFunc(c.Parts, func(p Part) bool { return len(p.Entries) > 0 }),
				Reason: "The selection chooses no entry."},
			domain.Rule{Name: "chronology-ends-before-it-begins", Broken: !s.To.IsZero() && s.To.Before(s.From),
				Reason: "The last day of the selection lies before the first."},
			domain.Rule{Name: "chronology-parts-unsound", Broken: !Sound(c.Parts, entries),
				Reason: "Each record is told once, its entries in the order of their numbers and no later than the last one known; the first is this record."})
}

// Sound reports whether parts of a record that has so many entries can be told:
// each record once, and none beyond what was known.
func Sound(parts []Part, entries uint64) bool {
	seen := make(map[domain.RecordID]bool)
	for i, p := range parts {
		last := uint64(0)
		for _, e := range p.Entries {
			if e <= last || e > p.Known {
				return false
			}
			last = e
		}
		if seen[p.Record] || i == 0 && p.Known > entries {
			return false
		}
		seen[p.Record] = true
	}
	return true
}
