package projections

import (
	"context"
	"slices"
	"strings"

	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/domain/family"
	"caseledger/domain/form"
	"caseledger/domain/note"
	"caseledger/domain/record"
)

// Find is how much is held about a person in one place, and by which entries.
type Find struct {
	// Place is one of those of subjectaccess.Found.
	Place   string
	Record  domain.RecordID // another record than the person's
	Count   int
	Entries []uint64
}

// Finds searches every record for what is held about the person of one: its own
// entries by what they are, the acts that it shares with others, and the entries of
// others that name the person in full or by the record's id. It reads every record.
func (v View) Finds(ctx context.Context, id domain.RecordID, r record.Record) ([]Find, error) {
	finds := ownFinds(r)
	names, groups := fullNames(r), make(map[string]bool)
	for _, e := range r.Entries {
		if e.Group != "" {
			groups[e.Group] = true
		}
	}
	var failed error
	err := v.DB.candidates(ctx, func(ctx context.Context, of domain.RecordID) (record.Record, error) {
		r, _, err := v.Record(ctx, of)
		return r, err
	}, "SELECT record FROM record ORDER BY record", nil, func(of domain.RecordID, other record.Record) {
		if of == id || failed != nil {
			return
		}
		shared, naming := Find{Place: "group-acts", Record: of}, Find{Place: "other-records", Record: of}
		for _, e := range other.Entries {
			_, payload, err := v.Codec.Encode(e)
			if err != nil {
				failed = err
				return
			}
			if groups[e.Group] {
				shared.add(e.Seq)
			} else if text := strings.ToLower(string(payload)); strings.Contains(text, string(id)) || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) }) {
				naming.add(e.Seq)
			}
		}
		for _, f := range []Find{shared, naming} {
			if f.Count > 0 {
				finds = append(finds, f)
			}
		}
	})
	if err == nil {
		err = failed
	}
	return finds, err
}

func (f *Find) add(entry uint64) { f.Count, f.Entries = f.Count+1, append(f.Entries, entry) }

func ownFinds(r record.Record) []Find {
	all := []Find{{Place: "entries"}, {Place: "notes"}, {Place: "letters"}, {Place: "forms"}, {Place: "relations"}}
	all[0].Count = len(r.Entries)
	for _, e := range r.Entries {
		switch e.Event.(type) {
		case note.Event:
			all[1].add(e.Seq)
		case correspondence.Event:
			all[2].add(e.Seq)
		case form.Event:
			all[3].add(e.Seq)
		case family.Event:
			all[4].add(e.Seq)
		}
	}
	return all
}

// fullNames are the names of more than one word that the record gives the person,
// in small letters.
func fullNames(r record.Record) []string {
	var names []string
	for _, name := range Names(r) {
		if name = strings.ToLower(name); strings.Contains(name, " ") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
