package eventstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"caseledger/domain"
	"caseledger/domain/group"
)

// MaxParts is the number of records that one act may concern.
const MaxParts = 100

// GroupStream returns the stream of an act on several records.
func GroupStream(id string) string { return "group-" + id }

// Part is the share of one record in an act on several.
type Part[S any] struct {
	Act
	Decide func(S) ([]domain.Fact, error)
}

// PartError says which record's share was not possible.
type PartError struct {
	Stream string
	Err    error
}

func (e *PartError) Error() string { return e.Stream + ": " + e.Err.Error() }
func (e *PartError) Unwrap() error { return e.Err }

// UpdateAll performs one act on several records, each of them named once.
// Every part is decided before the first append; when one is refused nothing
// is recorded, and the error joins a *PartError for each. Then the intention
// is recorded, and from that moment the act will be finished, by this call or,
// after a crash, by FinishGroup. A repeat with the same group id returns the
// old receipts.
func UpdateAll[S any](ctx context.Context, l *Ledger, folds *Folds[S], id string, parts []Part[S]) ([]Receipt, error) {
	digest, err := checkAll(parts)
	if err != nil {
		return nil, err
	}
	state, err := loadGroup(ctx, l, id)
	if err != nil {
		return nil, err
	}
	if state.State.Begun.IsZero() {
		if state, err = beginGroup(ctx, l, folds, id, state.Tail, digest, parts); err != nil {
			return nil, err
		}
	}
	if state.State.Digest != digest {
		return nil, &RequestReusedError{Stream: GroupStream(id)}
	}
	return FinishGroup(ctx, l, id)
}

// beginGroup decides and records the intention, and returns the group as it is
// then. Where another call has begun it meanwhile, that intention holds.
func beginGroup[S any](ctx context.Context, l *Ledger, folds *Folds[S], id string, at Tail, digest string, parts []Part[S]) (Folded[group.Group], error) {
	begun, refused := decideAll(ctx, l, folds, id, parts)
	if refused == nil {
		act := Act{Actor: parts[0].Actor, Authority: parts[0].Authority, Digest: digest}
		var conflict *ConflictError
		if err := appendGroup(ctx, l, act, id, at, begun); err != nil && !errors.As(err, &conflict) {
			return Folded[group.Group]{}, err
		}
	}
	state, err := loadGroup(ctx, l, id)
	if err == nil && state.State.Begun.IsZero() {
		err = refused
	}
	return state, err
}

// checkAll validates every part, and returns one digest for all of them.
func checkAll[S any](parts []Part[S]) (string, error) {
	if len(parts) == 0 || len(parts) > MaxParts {
		return "", &ValidationError{Faults: []Fault{{Pointer: "/parts", Rule: fmt.Sprintf("an act concerns 1 to %d records", MaxParts)}}}
	}
	sum := sha256.New()
	seen := make(map[string]bool, len(parts))
	var faults []error
	for i := range parts {
		if err := parts[i].check(); err != nil {
			faults = append(faults, &PartError{Stream: parts[i].Stream, Err: err})
		}
		if seen[parts[i].Stream] {
			twice := &ValidationError{Faults: []Fault{{Pointer: fmt.Sprintf("/parts/%d", i), Rule: "a record takes part once"}}}
			faults = append(faults, &PartError{Stream: parts[i].Stream, Err: twice})
		}
		seen[parts[i].Stream] = true
		fmt.Fprintf(sum, "%s %s\n", parts[i].Stream, parts[i].Digest)
	}
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(faults...)
}

func decideAll[S any](ctx context.Context, l *Ledger, folds *Folds[S], id string, parts []Part[S]) (group.Begun, error) {
	begun := group.Begun{Dated: domain.Dated{Happened: domain.DateOf(l.Now().UTC())}}
	var refused []error
	for i := range parts {
		part, err := decidePart(ctx, l, folds, id, &parts[i])
		if err != nil {
			refused = append(refused, &PartError{Stream: parts[i].Stream, Err: err})
			continue
		}
		begun.Parts = append(begun.Parts, part)
	}
	return begun, errors.Join(refused...)
}

func decidePart[S any](ctx context.Context, l *Ledger, folds *Folds[S], id string, p *Part[S]) (group.Part, error) {
	at, err := folds.Load(ctx, l, p.Stream)
	if err != nil {
		return group.Part{}, err
	}
	if _, seen := at.requests.find(p.Request); seen {
		return group.Part{}, &RequestReusedError{Stream: p.Stream}
	}
	if p.Expect != nil && *p.Expect != at.Revision {
		return group.Part{}, &ConflictError{Stream: p.Stream, Expected: *p.Expect, Actual: at.Revision}
	}
	facts, err := p.Decide(at.State)
	if err != nil {
		return group.Part{}, err
	}
	events, _, err := l.encode(ctx, at.Tail, p.Act, id, facts)
	if err != nil {
		return group.Part{}, err
	}
	if len(events) > 0 {
		if err := Check(p.Stream, events); err != nil {
			return group.Part{}, err // an intention that no store accepts could never be finished
		}
	}
	part := group.Part{Stream: p.Stream, Request: p.Request, After: uint64(at.Revision)}
	for _, e := range events {
		part.Events = append(part.Events, group.Stored{ID: hex.EncodeToString(e.ID[:]), Type: e.Type, Metadata: e.Metadata, Data: e.Data})
	}
	return part, nil
}

// FinishGroup finishes an act on several records whose intention is recorded,
// and returns the receipt of each part. It may be called any number of times.
func FinishGroup(ctx context.Context, l *Ledger, id string) ([]Receipt, error) {
	at, err := loadGroup(ctx, l, id)
	if err != nil {
		return nil, err
	}
	begun := at.State.Begun
	if begun.IsZero() {
		return nil, fmt.Errorf("group %s: no intention is recorded", id)
	}
	finished := group.Finished{Dated: begun.Fact.Dated}
	var receipts []Receipt
	for _, part := range begun.Fact.Parts {
		receipt, err := l.finishPart(ctx, part)
		if err != nil {
			return receipts, &PartError{Stream: part.Stream, Err: err}
		}
		receipts = append(receipts, receipt)
		finished.Outcomes = append(finished.Outcomes, group.Outcome{Stream: part.Stream, Revision: uint64(receipt.Revision)})
	}
	if !at.State.Finished.IsZero() {
		return receipts, nil
	}
	act := Act{Actor: at.State.Actor, Authority: at.State.Authority}
	var conflict *ConflictError
	if err := appendGroup(ctx, l, act, id, at.Tail, finished); err != nil && !errors.As(err, &conflict) {
		return receipts, err
	}
	return receipts, nil // also where another call has finished it meanwhile
}

// finishPart appends what was decided for one record. The record may have
// moved on since: what was decided holds, so it is encoded again for the new
// end, unless it is there already.
func (l *Ledger) finishPart(ctx context.Context, part group.Part) (Receipt, error) {
	intended, err := unpack(part)
	if err != nil {
		return Receipt{}, err
	}
	after, events := Tail{Stream: part.Stream, Revision: Revision(part.After)}, intended
	if len(events) == 0 {
		return Receipt{Stream: part.Stream, Revision: after.Revision}, nil
	}
	var conflict *ConflictError
	for range MaxAttempts {
		position, err := l.Store.Append(ctx, part.Stream, after.Revision, events)
		if err == nil {
			last := after.Revision + Revision(len(events))
			return Receipt{Stream: part.Stream, First: after.Revision + 1, Revision: last, Position: position}, nil
		}
		if !errors.As(err, &conflict) {
			return Receipt{}, err
		}
		done, head, err := l.find(ctx, after, events)
		if err != nil || done.Repeated {
			return done, err
		}
		if head.Revision == after.Revision {
			return Receipt{}, conflict // the stream has lost events since
		}
		after = head
		if events, err = l.encodeAgain(ctx, after, part, intended); err != nil {
			return Receipt{}, err
		}
	}
	return Receipt{}, conflict
}

// encodeAgain moves the intended events, which were encoded for the revision
// that the part was decided on, to another tail. Their ids stay, so that they
// are found again wherever they went.
func (l *Ledger) encodeAgain(ctx context.Context, after Tail, part group.Part, intended []Event) ([]Event, error) {
	ids, entries := make([]EventID, len(intended)), make([]domain.Entry, len(intended))
	for i, e := range intended {
		entry, err := l.Codec.Decode(Recorded{Stream: part.Stream, Revision: Revision(part.After) + Revision(i) + 1, Event: e})
		if err != nil {
			return nil, fmt.Errorf("event %d of the intention: %w", i, err)
		}
		ids[i], entries[i] = e.ID, entry
	}
	return l.encodeEntries(ctx, after, ids, entries)
}

// find looks for the events of a part in its stream, and returns their receipt
// or the end of the stream.
func (l *Ledger) find(ctx context.Context, after Tail, events []Event) (Receipt, Tail, error) {
	var receipt Receipt
	var last Recorded
	for e, err := range l.Store.ReadStream(ctx, after.Stream, after.Revision) {
		if err != nil {
			return Receipt{}, after, err
		}
		last = e
		if e.ID == events[0].ID {
			receipt = Receipt{Stream: e.Stream, First: e.Revision, Repeated: true}
		}
		if e.ID == events[len(events)-1].ID {
			receipt.Revision, receipt.Position = e.Revision, e.Position
		}
	}
	if receipt.Repeated || last.Revision == 0 {
		return receipt, after, nil
	}
	entry, err := l.Codec.Decode(last)
	if err != nil {
		return Receipt{}, after, last.fault(err)
	}
	return receipt, last.tail(entry), nil
}

func unpack(part group.Part) ([]Event, error) {
	events := make([]Event, len(part.Events))
	for i, stored := range part.Events {
		id, err := hex.DecodeString(stored.ID)
		if err != nil || len(id) != len(EventID{}) {
			return nil, fmt.Errorf("event %d of the intention has no proper id", i)
		}
		events[i] = Event{ID: EventID(id), Type: stored.Type, Metadata: stored.Metadata, Data: stored.Data}
	}
	return events, nil
}

func loadGroup(ctx context.Context, l *Ledger, id string) (Folded[group.Group], error) {
	folds := NewFolds(0, group.Group.Evolve)
	return folds.Load(ctx, l, GroupStream(id))
}

func appendGroup(ctx context.Context, l *Ledger, act Act, id string, after Tail, event domain.Event) error {
	act.Stream, act.Request = GroupStream(id), fmt.Sprintf("group-%s-%d", id, after.Revision)
	events, _, err := l.encode(ctx, after, act, id, domain.Facts(event))
	if err != nil {
		return err
	}
	_, err = l.Store.Append(ctx, act.Stream, after.Revision, events)
	return err
}
