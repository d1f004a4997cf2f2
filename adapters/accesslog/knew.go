package accesslog

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/projections"
)

// Knowing asks who knew of a record, or of one of its entries, by a time.
type Knowing struct {
	Record domain.RecordID
	Entry  uint64    // 0: of the record at all
	By     time.Time // accesses and entries up to then
	From   domain.Date
}

// Knower is somebody who had written on a record, or had been given some of it.
// Who reads it, in which role, is one row.
type Knower struct {
	Who    string `json:"who"`
	Role   string `json:"role"`
	Agency string `json:"agency"`
	Wrote  int    `json:"wrote"`  // entries
	Read   int    `json:"read"`   // times that the record was given
	Listed int    `json:"listed"` // times that a list or search had a row of it
	// First and Last are when the first and the last of these happened.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Entry is the last entry that was written or given; 0 where only lists were.
	Entry    uint64   `json:"entry,omitzero"`
	Purposes []string `json:"purposes,omitempty"`
	// Through are the operations by which the record was given.
	Through []string `json:"through,omitempty"`
}

// WhoKnew returns who had written, or had been given, what is asked for by then,
// the earliest first. It reads every access from q.From to q.By; l is nil where
// there is no access ledger. That somebody
// was given something does not say that it was understood, and what somebody was
// told in another way stands in no ledger.
func WhoKnew(ctx context.Context, l *eventstore.Ledger, r record.Record, q Knowing) ([]Knower, error) {
	k := knowers{q: q, by: make(map[domain.Actor]*Knower)}
	var found bool
	if k.asked, found = r.Entry(q.Entry); q.Entry > 0 && !found {
		return []Knower{}, nil // nobody knew of what is not there
	}
	for _, e := range record.KnownAt(r.Entries, q.By) {
		if q.Entry == 0 || q.Entry == e.Seq {
			k.wrote(e)
		}
	}
	if l == nil {
		return k.all(), nil
	}
	for day := q.From; !day.After(domain.DateOf(q.By.UTC())); day = day.AddDays(1) {
		for e, err := range l.Store.ReadStream(ctx, StreamOf(day), 0) {
			if err != nil {
				return nil, err
			}
			entry, err := l.Codec.Decode(e)
			if err != nil {
				return nil, fmt.Errorf("position %d: stream %s: revision %d: %w", e.Position, e.Stream, e.Revision, err)
			}
			if entry.Recorded.After(q.By) {
				break
			}
			k.given(rowOf(day, entry))
		}
	}
	return k.all(), nil
}

type knowers struct {
	q     Knowing
	asked domain.Entry // the zero entry where none is
	by    map[domain.Actor]*Knower
}

// of returns the row of somebody who did something at a time.
func (k knowers) of(who domain.Actor, at time.Time, purpose string) *Knower {
	one := k.by[who]
	if one == nil {
		one = &Knower{Who: who.ID, Role: who.Role, Agency: who.Agency, First: at}
		k.by[who] = one
	}
	one.First, one.Last = earlier(one.First, at), later(one.Last, at)
	if purpose != "" && !slices.Contains(one.Purposes, purpose) {
		one.Purposes = append(one.Purposes, purpose)
	}
	return one
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (k knowers) wrote(e domain.Entry) {
	one := k.of(e.Actor, e.Recorded, e.Authority.Purpose)
	one.Wrote++
	one.Entry = max(one.Entry, e.Seq)
}

// given takes one access into account.
func (k knowers) given(row Row) {
	who, id := domain.Actor{ID: row.Caller, Role: row.Role, Agency: row.Agency}, string(k.q.Record)
	switch {
	case row.Outcome != "released":
	case row.Record == id:
		shown := k.shown(row)
		if shown == 0 || shown < k.q.Entry {
			return
		}
		one := k.of(who, row.Recorded, row.Purpose)
		one.Read++
		one.Entry = max(one.Entry, shown)
		if !slices.Contains(one.Through, row.Operation) {
			one.Through = append(one.Through, row.Operation)
		}
	case k.q.Entry == 0 && slices.Contains(row.Records, id):
		k.of(who, row.Recorded, row.Purpose).Listed++
	}
}

// What some operations on a record do not give.
var (
	givesNoEntry = []string{"record.identities", "record.who-knew"}
	givesNotes   = "record.notes"
)

// shown returns the last entry that an access can have given, 0 for none. Where
// an entry is asked for, one that looked at an earlier day has not given it.
func (k knowers) shown(row Row) uint64 {
	if slices.Contains(givesNoEntry, row.Operation) || row.Operation == givesNotes && k.q.Entry > 0 && !strings.HasPrefix(k.asked.Event.About(), "note/") {
		return 0
	}
	view, err := url.ParseQuery(row.View)
	if err != nil {
		return row.Revision
	}
	last := k.upTo(row, view.Get("knownEntry"), view.Get("knownAt"), view.Get("trueOn"))
	if row.Operation == "record.compare" {
		last = max(last, k.upTo(row, view.Get("thenKnownEntry"), view.Get("thenKnownAt"), view.Get("thenTrueOn")))
	}
	return last
}

// upTo is shown for one point of view.
func (k knowers) upTo(row Row, entry, known, on string) uint64 {
	last := row.Revision
	if n, err := strconv.ParseUint(entry, 10, 64); err == nil && n > 0 {
		last = min(last, n)
	}
	if k.q.Entry == 0 {
		return last
	}
	if t, err := projections.ParseKnown(known); err == nil && k.asked.Recorded.After(t) {
		return 0
	}
	if day, err := domain.ParseDate(on); err == nil && k.asked.Event.HappenedOn().After(day) {
		return 0
	}
	return last
}

func (k knowers) all() []Knower {
	rows := make([]Knower, 0, len(k.by))
	for _, one := range k.by {
		rows = append(rows, *one)
	}
	slices.SortFunc(rows, func(a, b Knower) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Agency, b.Agency))
	})
	return rows
}
