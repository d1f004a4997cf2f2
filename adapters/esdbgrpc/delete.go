package esdbgrpc

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"

	"caseledger/eventstore"
)

// Delete hides the events of a scratch stream. It refuses any other.
func (s streamsService) Delete(ctx context.Context, req *streams.DeleteReq) (*streams.DeleteResp, error) {
	o := req.GetOptions()
	want := expected{expectation: anything}
	switch x := o.GetExpectedStreamRevision().(type) {
	case *streams.DeleteReq_Options_Revision:
		want = expected{exactly, x.Revision}
	case *streams.DeleteReq_Options_NoStream:
		want.expectation = noStream
	case *streams.DeleteReq_Options_StreamExists:
		want.expectation = exists
	}
	done, err := s.remove(ctx, o.GetStreamIdentifier(), want, func(p place, c condition) (appended, error) {
		return s.set(ctx, p, c, "$tb", math.MaxInt64)
	})
	if err != nil {
		return nil, err
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{
		Position: &streams.DeleteResp_Position{CommitPosition: done.position, PreparePosition: done.position},
	}}, nil
}

// Tombstone ends a scratch stream for ever. It refuses any other.
func (s streamsService) Tombstone(ctx context.Context, req *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	o := req.GetOptions()
	want := expected{expectation: anything}
	switch x := o.GetExpectedStreamRevision().(type) {
	case *streams.TombstoneReq_Options_Revision:
		want = expected{exactly, x.Revision}
	case *streams.TombstoneReq_Options_NoStream:
		want.expectation = noStream
	case *streams.TombstoneReq_Options_StreamExists:
		want.expectation = exists
	}
	done, err := s.remove(ctx, o.GetStreamIdentifier(), want, func(p place, _ condition) (appended, error) {
		return s.appendScratch(ctx, &proposal{
			place: p, want: want, content: []string{sealedContent},
			events: []eventstore.Event{{ID: newID(), Type: tombstoneType}},
		})
	})
	if err != nil {
		return nil, err
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{
		Position: &streams.TombstoneResp_Position{CommitPosition: done.position, PreparePosition: done.position},
	}}, nil
}

func (s streamsService) remove(ctx context.Context, id *shared.StreamIdentifier, want expected, do func(place, condition) (appended, error)) (appended, error) {
	name := string(id.GetStreamName())
	if err := allowed(ctx, Write, name); err != nil {
		return appended{}, err
	}
	p, err := s.place(name)
	if err != nil {
		return appended{}, err
	}
	if p.kind != scratch {
		return appended{}, keptForEver()
	}
	c, err := s.condition(ctx, p)
	switch {
	case err != nil:
		return appended{}, err
	case c.tombstoned:
		return appended{}, streamDeleted(name)
	case !c.meets(want):
		return appended{}, (&wrongVersion{stream: name, want: want, head: c.head}).failure()
	}
	done, err := do(p, c)
	var wrong *wrongVersion
	if errors.As(err, &wrong) {
		return appended{}, wrong.failure()
	}
	return done, err
}

// failure is how a delete tells a wrong version.
func (w *wrongVersion) failure() error {
	number := func(present bool, n uint64, absent string) string {
		if present {
			return decimal(n)
		}
		return absent
	}
	words := map[expectation]string{noStream: "-1", anything: "-2", exists: "-4"}
	return refusal(codes.FailedPrecondition, w.Error(),
		"exception", "wrong-expected-version", "stream-name", printable(w.stream),
		"expected-version", number(w.want.expectation == exactly, w.want.revision, words[w.want.expectation]),
		"actual-version", number(w.head > 0, w.head-1, "-1"))
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
