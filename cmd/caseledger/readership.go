package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal"
	"caseledger/projections"
	"caseledger/schema"
)

// readership is what the reader of an approved set of redactions may know of a
// record, and of each sealed field that the reader does not get, why.
type readership struct {
	projections.Variant
	withheld map[int]map[string]evidence.Redaction // by entry and path
	later    evidence.Redaction                    // of what came since: nobody looked at it for this reader
}

// readership returns what the reader of a set of redactions may know of a record.
func (a *app) readership(r record.Record, id redaction.ID) (readership, error) {
	v, err := projections.Redacted(a.sealed.Payload, r, id)
	if err != nil {
		return readership{}, err
	}
	proposed := r.Redactions.Find(id).Proposed.Fact
	out := readership{v, make(map[int]map[string]evidence.Redaction), evidence.Redaction{
		Ground: "recorded after the record was looked through for this reader", DecidedBy: "the redactions of this reader", Date: proposed.Happened.Time()}}
	for _, w := range v.Schedule {
		entry := int(w.Entry)
		if out.withheld[entry] == nil {
			out.withheld[entry] = make(map[string]evidence.Redaction)
		}
		out.withheld[entry][w.Field] = evidence.Redaction{Ground: w.Name + " (" + w.Law + ")", DecidedBy: w.DecidedBy, Date: w.DecidedOn.Time()}
	}
	return out, nil
}

// readershipOf is readership of a stream.
func (a *app) readershipOf(ctx context.Context, stream string, id redaction.ID) (readership, error) {
	of, _ := schema.RecordOf(stream)
	r, err := a.load(ctx, of)
	if err != nil {
		return readership{}, err
	}
	return a.readership(r, id)
}

// withholds is a judgement. A record may know an old entry by other fields than
// those it was sealed with: what is withheld then has no field to be cut out of,
// and nothing is given.
func (r readership) withholds(e sifted) (map[string]evidence.Redaction, error) {
	if uint64(e.seq) > r.Known {
		return withholdAll(e.fields, r.later), nil
	}
	for path := range r.withheld[e.seq] {
		if !slices.ContainsFunc(e.fields, func(f seal.Field) bool { return f.Path == path }) {
			return nil, errors.New("a redaction is of a field that was not sealed so: nothing is given to this reader")
		}
	}
	return r.withheld[e.seq], nil
}

func withholdAll(fields []seal.Field, why evidence.Redaction) map[string]evidence.Redaction {
	all := make(map[string]evidence.Redaction, len(fields))
	for _, f := range fields {
		all[f.Path] = why
	}
	return all
}

// judgement returns the fields of an entry that a reader does not get, by path,
// with the ground of each and who decided so.
type judgement func(e sifted) (map[string]evidence.Redaction, error)

// sifted is an entry as it was sealed, its fields parted for a reader.
type sifted struct {
	seq      int
	leaf     seal.Hash
	kind     string       // of its event, without the version
	fields   []seal.Field // all
	shown    []seal.Field
	withheld []evidence.Redaction // in the order of the fields
}

// sift parts the entries of a stream that were recorded by a time, all for the zero
// time.
func (a *app) sift(ctx context.Context, stream string, knownAt time.Time, judge judgement) iter.Seq2[sifted, error] {
	return func(yield func(sifted, error) bool) {
		for e, err := range a.store.ReadStream(ctx, stream, 0) {
			if err != nil {
				yield(sifted{}, err)
				return
			}
			opened, err := a.sealed.Open(e)
			if err == nil && !knownAt.IsZero() && opened.Leaf.Recorded.After(knownAt) {
				return
			}
			one := sifted{seq: int(e.Revision), leaf: seal.HashLeaf(e.Metadata)}
			if err == nil {
				one.kind, _, _ = strings.Cut(opened.Leaf.Type, "/")
				one.fields = opened.Fields()
				err = one.part(judge)
			}
			if err != nil {
				yield(one, fmt.Errorf("entry %d: %w", e.Revision, err))
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

// digestField is the digest of the command that an entry answers. It is not salted:
// whoever holds it could find out by trying what the rest said, and so it goes with
// anything that is withheld.
const digestField = "/digest"

func (e *sifted) part(judge judgement) error {
	withheld, err := judge(*e)
	if err != nil {
		return err
	}
	for _, f := range e.fields {
		why, is := withheld[f.Path]
		if !is && f.Path == digestField && len(withheld) > 0 {
			why, is = withheld[slices.Min(slices.Collect(maps.Keys(withheld)))], true
		}
		if !is {
			e.shown = append(e.shown, f)
			continue
		}
		why.Seq, why.Path = e.seq, f.Path
		e.withheld = append(e.withheld, why)
	}
	return nil
}

// schedule is what sift finds to be withheld.
func (a *app) schedule(ctx context.Context, stream string, knownAt time.Time, judge judgement) ([]evidence.Redaction, error) {
	var all []evidence.Redaction
	for e, err := range a.sift(ctx, stream, knownAt, judge) {
		if err != nil {
			return nil, err
		}
		all = append(all, e.withheld...)
	}
	return all, nil
}
