package projections

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/schema"
)

// Why there is no record as a reader may know it.
var (
	ErrNoRedaction = errors.New("no set of redactions with this id is on the record: what a reader may know of it was not decided")
	ErrNotApproved = errors.New("the set of redactions was not approved")
	ErrNotLookedAt = errors.New("the set of redactions was proposed before this was recorded: nobody looked at what came since")
	errFewer       = errors.New("the set of redactions knows more entries than the record has")
)

// Variant is a record as one reader may know it. Whatever is made of Record, and of
// nothing else, holds nothing that is withheld.
type Variant struct {
	Redaction redaction.ID `json:"redaction"`
	Reader    string       `json:"reader"`
	Purpose   string       `json:"purpose"`
	Known     uint64       `json:"known"` // the last entry that was looked at, and so the last of Record
	// Schedule is what is withheld, by entry and in the order in which its fields
	// are sealed.
	Schedule []Withheld    `json:"schedule"`
	Record   record.Record `json:"-"`
}

// Withheld is a field of an entry that a reader does not get.
type Withheld struct {
	Entry  uint64 `json:"entry"`
	Field  string `json:"field"` // its path, see redaction.Field
	Ground string `json:"ground"`
	Law    string `json:"law"`
	// Name stands where something was taken out, and Explanation is what the reader
	// is told.
	Name        string      `json:"name"`
	Explanation string      `json:"explanation"`
	DecidedBy   string      `json:"decidedBy"` // the role of who approved
	DecidedOn   domain.Date `json:"decidedOn"`
}

// Text is what stands in the place of what is withheld.
func (w Withheld) Text() string { return "[withheld: " + w.Name + "]" }

// Redacted returns a record as an approved set of redactions lets its reader know
// it: each entry loses what is withheld before anything is made of it, and the
// record is folded again. With anything of an entry goes what repeats it or lets it
// be guessed: the digest of the command, and the file's words of an import. Why
// earlier sets withheld something, or were rejected, goes on the ground that they
// gave.
func Redacted(c schema.Codec, r record.Record, id redaction.ID) (Variant, error) {
	if state := r.Redactions.Find(id).State(); state != "" && state != redaction.Decided {
		return Variant{}, ErrNotApproved
	}
	return AsProposed(c, r, id)
}

// AsProposed returns the same of a set that nobody decided on yet, to be looked at
// by who decides.
func AsProposed(c schema.Codec, r record.Record, id redaction.ID) (Variant, error) {
	set := r.Redactions.Find(id)
	if set.State() == "" {
		return Variant{}, ErrNoRedaction
	}
	p := set.Proposed.Fact
	v := Variant{Redaction: set.ID, Reader: p.Reader, Purpose: p.Purpose, Known: p.Known, Schedule: []Withheld{}}
	if p.Known > uint64(len(r.Entries)) {
		return v, errFewer
	}
	approval, _ := r.Entry(set.Approved.Entry)
	decided := Withheld{DecidedBy: approval.Actor.Role, DecidedOn: set.Approved.Fact.Happened}
	lines := make(map[uint64][]redaction.Line)
	for _, l := range p.Lines {
		lines[l.Entry] = append(lines[l.Entry], l)
	}
	entries := make([]domain.Entry, p.Known)
	for i, e := range r.Entries[:p.Known] {
		some, err := withheldOf(c, e, lines[e.Seq], p.Happened, earlier(r.Redactions, e))
		if err == nil {
			entries[i], err = without(c, e, some)
		}
		if err != nil {
			return v, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		for _, w := range some {
			w.DecidedBy, w.DecidedOn = decided.DecidedBy, decided.DecidedOn
			v.Schedule = append(v.Schedule, w)
		}
	}
	v.Record = record.Fold(entries)
	return v, nil
}

// RedactedLoad loads every record as the sets with one id let their reader know it:
// a record without one is an error, and never shown whole.
func RedactedLoad(c schema.Codec, load Load, id redaction.ID) Load {
	return func(ctx context.Context, of domain.RecordID) (record.Record, error) {
		v, err := loadRedacted(ctx, c, load, of, id)
		return v.Record, err
	}
}

func loadRedacted(ctx context.Context, c schema.Codec, load Load, of domain.RecordID, id redaction.ID) (Variant, error) {
	r, err := load(ctx, of)
	if err != nil {
		return Variant{}, err
	}
	return Redacted(c, r, id)
}

// TellRedacted is Tell for the reader of the sets of redactions with an id: on the
// record itself, and on every other one that the chronology tells of.
func TellRedacted(ctx context.Context, c schema.Codec, load Load, of domain.RecordID, id chronology.ID, by redaction.ID) (Story, error) {
	variants := make(map[domain.RecordID]Variant)
	redacted := func(ctx context.Context, of domain.RecordID) (_ record.Record, err error) {
		v, loaded := variants[of]
		if !loaded {
			if v, err = loadRedacted(ctx, c, load, of, by); err == nil {
				variants[of] = v
			}
		}
		return v.Record, err
	}
	r, err := redacted(ctx, of)
	if err != nil {
		return Story{}, err
	}
	s, err := Tell(ctx, redacted, r, id)
	if errors.Is(err, ErrNoChronology) {
		err = fmt.Errorf("%w; a chronology is built before its redactions are proposed", err)
	}
	s.For = &Readership{Redaction: by, Reader: variants[of].Reader, Grounds: groundsOf(maps.Values(variants))}
	return s, err
}

func groundsOf(variants iter.Seq[Variant]) []Grounds {
	all := []Grounds{}
	for v := range variants {
		for _, w := range v.Schedule {
			if g := (Grounds{w.Name, w.Law, w.Explanation}); !slices.Contains(all, g) {
				all = append(all, g)
			}
		}
	}
	slices.SortFunc(all, func(a, b Grounds) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Law, b.Law)) })
	return all
}

// earlier returns the set of which an entry says why something is withheld, with
// lines that withhold that; none of other entries. Why a set was rejected goes on
// the ground of its first line.
func earlier(sets redaction.Redactions, e domain.Entry) redaction.Proposed {
	switch said := e.Event.(type) {
	case redaction.Proposed:
		lines := make([]redaction.Line, len(said.Lines))
		for i, l := range said.Lines {
			lines[i] = redaction.Line{Entry: e.Seq, Field: redaction.Field(fmt.Sprint("/lines/", i)), Ground: l.Ground}
		}
		said.Lines = lines
		return said
	case redaction.Rejected:
		set := sets.Find(said.Redaction).Proposed.Fact
		for _, l := range set.Lines {
			set.Lines = []redaction.Line{{Entry: e.Seq, Field: "/reason", Ground: l.Ground}}
			return set
		}
	}
	return redaction.Proposed{}
}

// withheldOf returns what lines withhold of an entry by the law of a day, and those
// of a set that was proposed earlier by the law of its day.
func withheldOf(c schema.Codec, e domain.Entry, lines []redaction.Line, on domain.Date, before redaction.Proposed) ([]Withheld, error) {
	grounds := make(map[string]policy.Ground)
	for _, l := range before.Lines {
		grounds[l.Ground], _ = policy.GroundOn(l.Ground, before.Happened)
	}
	for _, l := range lines {
		grounds[l.Ground], _ = policy.GroundOn(l.Ground, on)
	}
	lines = slices.Concat(lines, before.Lines)
	if len(lines) == 0 {
		return nil, nil
	}
	fields, err := c.Fields(e)
	if err != nil {
		return nil, err
	}
	var out []Withheld
	for _, f := range fields {
		ground := lines[0].Ground
		if i := slices.IndexFunc(lines, func(l redaction.Line) bool { return l.Field.Covers(f.Path) }); i >= 0 {
			ground = lines[i].Ground
		} else if !repeats(e, f.Path) {
			continue
		}
		if holds, err := c.Holds(e, f.Path); err != nil || !holds {
			if err != nil {
				return nil, err
			}
			continue
		}
		g := grounds[ground]
		out = append(out, Withheld{Entry: e.Seq, Field: f.Path, Ground: ground, Law: g.Source, Name: g.Name, Explanation: g.Sentence})
	}
	return out, nil
}

// repeats reports whether a field can tell what stands in others: an unsalted
// digest by trying what it could be of, the flags of an import by their words.
func repeats(e domain.Entry, path string) bool {
	said := e.Source != nil && slices.ContainsFunc(e.Source.Flags, func(f domain.Flag) bool { return f.Raw != "" })
	return path == "/digest" || path == "/import" && said
}

func without(c schema.Codec, e domain.Entry, some []Withheld) (domain.Entry, error) {
	if len(some) == 0 {
		return e, nil
	}
	texts := make(map[string]string, len(some))
	for _, w := range some {
		texts[w.Field] = w.Text()
	}
	return c.Withhold(e, texts)
}
