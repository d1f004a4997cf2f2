package esdbgrpc_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/memory"
)

func TestASealedEventIsShownAsItIsStored(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	read, err := c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	got, err := read.Recv()
	if err != nil {
		t.Fatal(err)
	}
	e, want := got.Event, happened("record-1", 1)
	if eventstore.EventID(e.EventID) != want.ID || e.EventType != want.Type || !bytes.Equal(e.UserMetadata, want.Metadata) || !bytes.Equal(e.Data, want.Data) {
		t.Errorf("%v is not what was stored", e)
	}
	if e.ContentType != "application/octet-stream" || e.Position.Commit != 1 || e.EventNumber != 0 {
		t.Errorf("content type %s, position %d, number %d", e.ContentType, e.Position.Commit, e.EventNumber)
	}
	if recorded := time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC); !e.CreatedDate.Equal(recorded) {
		t.Errorf("created %s, the leaf says %s", e.CreatedDate, recorded)
	}
}

func TestStreamsAreReadBothWaysFromEveryPlace(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 700)
	fill(t, store, "other", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	for _, tt := range []struct {
		direction client.Direction
		from      client.StreamPosition
		count     uint64
		want      []string
	}{
		{client.Forwards, client.Start{}, 3, names("record-1", 0, 1, 2)},
		{client.Forwards, client.Revision(698), 9, names("record-1", 698, 699)},
		{client.Forwards, client.Revision(700), 9, names("record-1")},
		{client.Forwards, client.End{}, 9, names("record-1")},
		{client.Backwards, client.End{}, 3, names("record-1", 699, 698, 697)},
		{client.Backwards, client.Revision(2), 9, names("record-1", 2, 1, 0)},
		{client.Backwards, client.Start{}, 9, names("record-1", 0)},
		{client.Backwards, client.Revision(9000), 1, names("record-1", 699)},
	} {
		read, err := c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{Direction: tt.direction, From: tt.from}, tt.count)
		if got := all(t, read, err); !slices.Equal(got, tt.want) {
			t.Errorf("from %v: %v, want %v", tt.from, got, tt.want)
		}
	}
	read, err := c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{Direction: client.Backwards, From: client.End{}}, math.MaxInt64)
	if got := all(t, read, err); len(got) != 700 || got[699] != "record-1@0" {
		t.Errorf("%d events are read backwards, want 700", len(got))
	}
}

func TestTheLogIsReadBothWaysFromEveryPlace(t *testing.T) {
	store := memory.New()
	fill(t, store, "a", 300)
	fill(t, store, "b", 300)
	c := connected(t, esdbgrpc.Options{Store: store})
	at := func(p uint64) client.Position { return client.Position{Commit: p, Prepare: p} }
	for _, tt := range []struct {
		direction client.Direction
		from      client.AllPosition
		count     uint64
		want      []string
	}{
		{client.Forwards, client.Start{}, 2, names("a", 0, 1)},
		{client.Forwards, at(300), 2, []string{"a@299", "b@0"}},
		{client.Forwards, at(601), 2, names("b")},
		{client.Forwards, client.End{}, 2, names("b")},
		{client.Backwards, client.End{}, 2, names("b", 299, 298)},
		{client.Backwards, at(301), 2, names("a", 299, 298)}, // excludes its start
		{client.Backwards, at(2), 9, names("a", 0)},
		{client.Backwards, client.Start{}, 2, names("a")},
	} {
		read, err := c.ReadAll(t.Context(), client.ReadAllOptions{Direction: tt.direction, From: tt.from}, tt.count)
		if got := all(t, read, err); !slices.Equal(got, tt.want) {
			t.Errorf("from %v: %v, want %v", tt.from, got, tt.want)
		}
	}
}

// large events make windows of a backward read smaller, down to one event.
func TestLargeEventsAreReadBackwardsInSmallWindows(t *testing.T) {
	store := memory.New()
	for i := range eventstore.Revision(20) {
		e := happened("large", int(i)+1)
		e.Data = make([]byte, eventstore.MaxEventBytes-len(e.Metadata))
		if _, err := store.Append(t.Context(), "large", i, []eventstore.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	c := connected(t, esdbgrpc.Options{Store: store})
	read, err := c.ReadAll(t.Context(), client.ReadAllOptions{Direction: client.Backwards, From: client.End{}}, 20)
	if got := all(t, read, err); len(got) != 20 || got[0] != "large@19" || got[19] != "large@0" {
		t.Errorf("read backwards: %v", got)
	}
}

func TestAStreamThatDoesNotExistIsNotFound(t *testing.T) {
	c := connected(t, esdbgrpc.Options{})
	for _, stream := range []string{"record-1", "no name for a store", "$$record-1", "$ce-record"} {
		read, err := c.ReadStream(t.Context(), stream, client.ReadStreamOptions{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read.Recv(); codeOf(err) != client.ErrorCodeResourceNotFound {
			t.Errorf("%s: %v, want not found", stream, err)
		}
	}
}

func TestViewsGiveTheEventsOfACategoryAndOfAType(t *testing.T) {
	store := memory.New()
	for i := range 300 {
		fill(t, store, fmt.Sprintf("record-%d", i%7), 1)
		fill(t, store, "system", 1)
	}
	c := connected(t, esdbgrpc.Options{Store: store})
	read := func(o client.ReadStreamOptions, view string) []string {
		o.ResolveLinkTos = true
		got, err := c.ReadStream(t.Context(), view, o, math.MaxInt64)
		return all(t, got, err)
	}
	category := read(client.ReadStreamOptions{}, "$ce-record")
	if len(category) != 300 || category[0] != "$ce-record@0" || category[299] != "$ce-record@299" {
		t.Errorf("the category has %d events, want 300 in order", len(category))
	}
	if got := read(client.ReadStreamOptions{From: client.Revision(297)}, "$ce-record"); !slices.Equal(got, names("$ce-record", 297, 298, 299)) {
		t.Errorf("from the middle: %v", got)
	}
	back := read(client.ReadStreamOptions{Direction: client.Backwards, From: client.End{}}, "$ce-record")
	slices.Reverse(back)
	if !slices.Equal(back, category) {
		t.Error("read backwards, the category is another one")
	}
	odd := read(client.ReadStreamOptions{}, "$et-test.happened-1/1")
	even := read(client.ReadStreamOptions{}, "$et-test.happened-0/1")
	if len(odd)+len(even) != 600 {
		t.Errorf("%d and %d events by type, want 600 in all", len(odd), len(even))
	}
	if err := appendAny(t, c, "$ce-record"); codeOf(err) != client.ErrorCodeAccessDenied {
		t.Errorf("an append to a view: %v, want access denied", err)
	}
}

// counted is a journal that counts what is read of its log.
type counted struct {
	*journal.Store
	read atomic.Int64
}

func (s *counted) ReadLog(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for r, err := range s.Store.ReadLog(ctx, after) {
			if s.read.Add(1); !yield(r, err) {
				return
			}
		}
	}
}

func TestAStoreWithAnIndexByTypeGivesTheSameViewsWithoutItsLogBeingRead(t *testing.T) {
	j, err := journal.Open(t.TempDir(), journal.Options{SegmentBytes: 4096})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	plain, indexed := memory.New(), &counted{Store: j}
	for i := range 100 {
		for _, s := range []eventstore.Store{plain, indexed} {
			fill(t, s, fmt.Sprintf("record-%d", i%7), 1)
		}
	}
	by := map[eventstore.Store]*client.Client{}
	for _, s := range []eventstore.Store{plain, indexed} {
		by[s] = connected(t, esdbgrpc.Options{Store: s})
	}
	begun := indexed.read.Load()
	read := func(s eventstore.Store, o client.ReadStreamOptions) []string {
		o.ResolveLinkTos = true
		got, err := by[s].ReadStream(t.Context(), "$et-test.happened-1/1", o, math.MaxInt64)
		return all(t, got, err)
	}
	for _, o := range []client.ReadStreamOptions{
		{}, {From: client.Revision(17)}, {From: client.Revision(1000)},
		{Direction: client.Backwards, From: client.End{}}, {Direction: client.Backwards, From: client.Revision(30)},
	} {
		got, want := read(indexed, o), read(plain, o)
		if !slices.Equal(got, want) || len(want) == 0 && o.From != client.Revision(1000) {
			t.Errorf("%+v: %v, want %v", o, got, want)
		}
	}
	if n := indexed.read.Load() - begun; n > 0 {
		t.Errorf("%d events of the log were read", n)
	}
}

func TestALinkLeadsToItsEvent(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 2)
	c := connected(t, esdbgrpc.Options{Store: store})
	one := func(resolve bool) *client.ResolvedEvent {
		read, err := c.ReadStream(t.Context(), "$ce-record", client.ReadStreamOptions{From: client.Revision(1), ResolveLinkTos: resolve}, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer read.Close()
		e, err := read.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	link, resolved := one(false), one(true)
	if string(link.Event.Data) != "1@record-1" || link.Event.EventType != "$>" || link.Link != nil {
		t.Errorf("the link is %v", link.Event)
	}
	if resolved.Event.StreamID != "record-1" || resolved.Event.EventNumber != 1 || resolved.Link.EventID != link.Event.EventID {
		t.Errorf("resolved, it is %v", resolved.Event)
	}
}

func TestIdsAndLastPositionsAreGivenAsAsked(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 3)
	api := streams.NewStreamsClient(raw(t, served(t, esdbgrpc.Options{Store: store, Anonymous: esdbgrpc.Read})))
	req := &streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("record-1")},
			RevisionOption:   &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}},
		}},
		CountOption:   &streams.ReadReq_Options_Count{Count: 1},
		UuidOption:    &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
		ControlOption: &streams.ReadReq_Options_ControlOption{Compatibility: 1},
	}}
	read, err := api.Read(within(t), req)
	if err != nil {
		t.Fatal(err)
	}
	first, err := read.Recv()
	if err != nil || len(first.GetEvent().GetEvent().GetId().GetString_()) != 36 {
		t.Fatalf("%v, %v: want an event with its id as text", first, err)
	}
	last, err := read.Recv()
	if err != nil || last.GetLastStreamPosition() != 2 {
		t.Fatalf("%v, %v: want the last position 2", last, err)
	}
}

func TestEachReleaseIsRecordedFirst(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 3)
	var released []eventstore.Revision
	c := connected(t, esdbgrpc.Options{Store: store, Accessed: func(_ context.Context, _ string, e eventstore.Recorded) (esdbgrpc.Shown, error) {
		if released = append(released, e.Revision); e.Revision == 3 {
			return esdbgrpc.Shown{}, fmt.Errorf("the disk is full")
		}
		return esdbgrpc.Shown{ContentType: "application/json", Metadata: e.Metadata, Data: []byte(`{"open":true}`)}, nil
	}})
	read, err := c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 9)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if e, err := read.Recv(); err != nil || string(e.Event.Data) != `{"open":true}` || e.Event.ContentType != "application/json" {
			t.Fatalf("%v, %v: want the opened payload", e, err)
		}
	}
	if e, err := read.Recv(); !is(err, codes.Unavailable) {
		t.Errorf("%v, %v: an event left without its access entry", e, err)
	}
	if !slices.Equal(released, []eventstore.Revision{1, 2, 3}) {
		t.Errorf("recorded: %v", released)
	}
}
