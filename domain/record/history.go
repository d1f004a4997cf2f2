package record

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/correction"
)

// KnownAt returns the entries that had been recorded by t: what did we know,
// and when? Where a clock was set back, or an act on several records was
// finished after a crash, an entry can bear an earlier time than the one before
// it; it was on the record no earlier than that one.
func KnownAt(entries []domain.Entry, t time.Time) []domain.Entry {
	n := slices.IndexFunc(entries, func(e domain.Entry) bool { return e.Recorded.After(t) })
	if n < 0 {
		n = len(entries)
	}
	return entries[:n:n]
}

// Effective returns the entries in force, in the order of the world (the day
// on which they happened, then the order of recording): an entry entered in
// error is left out, and a corrected one is represented by its latest
// correction. Taking a correction out of force puts the corrected entry back.
func Effective(entries []domain.Entry) []domain.Entry {
	force := inForce(entries)
	effective := make([]domain.Entry, len(force))
	for i, p := range force {
		effective[i] = entries[p.at]
	}
	return effective
}

// place stands for an entry, which is long, in the order of the world.
type place struct {
	day       domain.Date
	root, seq uint64 // root is the first entry of its chain of corrections
	at        int    // among the entries
}

// inForce returns the places of the entries in force, in the order of the world.
func inForce(entries []domain.Entry) []place {
	out := OutOfForce(entries)
	root := make(map[uint64]uint64) // of a correction
	force := make([]place, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		first := e.Seq
		if e.Corrects != nil {
			first = rootOf(root, e.Corrects.Entry)
			root[e.Seq] = first
		}
		if _, by := out[e.Seq]; !by {
			force = append(force, place{e.Event.HappenedOn(), first, e.Seq, i})
		}
	}
	slices.SortStableFunc(force, func(a, b place) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.root, b.root), cmp.Compare(a.seq, b.seq))
	})
	return force
}

func rootOf(root map[uint64]uint64, seq uint64) uint64 {
	if first, ok := root[seq]; ok {
		return first
	}
	return seq
}

// OutOfForce maps each entry that is no longer in force to the entry that took
// it out. Later entries are judged first, because one that is itself out of
// force takes nothing out. A correction of a correction takes out both.
func OutOfForce(entries []domain.Entry) map[uint64]uint64 {
	out := make(map[uint64]uint64)
	for i := range slices.Backward(entries) {
		e := &entries[i]
		if _, by := out[e.Seq]; by {
			continue
		}
		if v, ok := e.Event.(correction.EnteredInError); ok {
			out[v.Entry] = e.Seq
		}
		for corrected := range chain(entries, *e) {
			out[corrected] = e.Seq
		}
	}
	return out
}

// chain yields the entry that e corrects, the one that this corrects, and so
// on, each earlier than the one before.
func chain(entries []domain.Entry, e domain.Entry) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for e.Corrects != nil && 0 < e.Corrects.Entry && e.Corrects.Entry < e.Seq {
			corrected := e.Corrects.Entry
			if !yield(corrected) || corrected > uint64(len(entries)) {
				return
			}
			if e = entries[corrected-1]; e.Seq != corrected {
				return // some entries are missing: nobody can tell what it corrected
			}
		}
	}
}

// TrueOn returns the effective entries that had happened by the day. Entries
// of which nobody knows the day are among them.
func TrueOn(effective []domain.Entry, day domain.Date) []domain.Entry {
	n, _ := slices.BinarySearchFunc(effective, day, func(e domain.Entry, day domain.Date) int {
		if e.Event.HappenedOn().After(day) {
			return 1
		}
		return -1
	})
	return effective[:n:n]
}

// Upto returns the record as it was when the entry with the number was its last;
// 0, or a number that is not there yet, is the record as it is. It holds for ever:
// what is recorded later is not looked at.
func (r Record) Upto(entry uint64) Record {
	if entry == 0 || entry >= uint64(len(r.Entries)) {
		return r
	}
	return Fold(r.Entries[:entry:entry])
}

// Known returns the record as it was known at a time and when an entry was its last,
// whichever is earlier; a zero time and entry 0 are the present.
func (r Record) Known(at time.Time, entry uint64) Record {
	if at.IsZero() {
		return r.Upto(entry)
	}
	last := uint64(len(KnownAt(r.Entries, at)))
	if entry > 0 {
		last = min(last, entry)
	}
	if last == 0 {
		return Record{}
	}
	return r.Upto(last)
}

// At returns the record as known at a time and as true on a day. A zero time
// means "as known now", a zero day "whatever the day".
func (r Record) At(known time.Time, day domain.Date) Record {
	entries := r.Entries
	if !known.IsZero() {
		entries = KnownAt(entries, known)
	}
	effective := Effective(entries)
	if !day.IsZero() {
		effective = TrueOn(effective, day)
	}
	return told(slices.Clip(entries), effective)
}

// From returns the record that only the given entries tell, which are in force
// and in the order of the world, as Effective returns them.
func From(effective []domain.Entry) Record {
	return told(slices.Clip(effective), effective)
}

func told(entries, effective []domain.Entry) Record {
	r := Record{Entries: entries}
	for _, e := range effective {
		r.apply(e)
	}
	return r
}

// InForce reports whether the entry is still what the record goes by, and the
// entry that took it out of force otherwise.
func (r Record) InForce(seq uint64) (bool, uint64) {
	by, gone := OutOfForce(r.Entries)[seq]
	return !gone, by
}
