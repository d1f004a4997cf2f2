package esdbgrpc_test

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal"
)

func appendAny(t testing.TB, c *client.Client, stream string) error {
	return appendAt(t, c, stream, client.Any{})
}

func appendAt(t testing.TB, c *client.Client, stream string, at client.ExpectedRevision) error {
	t.Helper()
	_, err := c.AppendToStream(t.Context(), stream, client.AppendToStreamOptions{ExpectedRevision: at},
		client.EventData{EventID: uuid.New(), EventType: "test.happened-1/1", Metadata: []byte("leaf"), Data: []byte("blob")})
	return err
}

func TestALedgerIsAppendedToAtAStatedRevisionOnly(t *testing.T) {
	c := connected(t, esdbgrpc.Options{})
	for _, tt := range []struct {
		at   client.ExpectedRevision
		want codes.Code
	}{
		{client.NoStream{}, codes.OK},
		{client.Revision(0), codes.OK},
		{client.Any{}, codes.InvalidArgument},
		{client.StreamExists{}, codes.InvalidArgument},
	} {
		if err := appendAt(t, c, "record-1", tt.at); err != nil && !is(err, tt.want) || err == nil && tt.want != codes.OK {
			t.Errorf("at %v: %v, want %s", tt.at, err, tt.want)
		}
	}
	for _, at := range []client.ExpectedRevision{client.NoStream{}, client.Revision(0), client.Revision(7), client.Revision(math.MaxInt64)} {
		if err := appendAt(t, c, "record-1", at); codeOf(err) != client.ErrorCodeWrongExpectedVersion {
			t.Errorf("at %v: %v, want a wrong version", at, err)
		}
	}
}

func TestALedgerTakesNoPlainJSON(t *testing.T) {
	c := connected(t, esdbgrpc.Options{})
	_, err := c.AppendToStream(t.Context(), "record-1", client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}},
		client.EventData{EventID: uuid.New(), EventType: "test.happened-1/1", ContentType: client.ContentTypeJson, Data: []byte(`{}`)})
	if !is(err, codes.InvalidArgument) {
		t.Errorf("%v, want it refused", err)
	}
}

func TestALedgerIsNeverDeletedOrTruncated(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 3)
	for name, scratch := range map[string]func(string) bool{
		"without the switch": nil,
		"with the switch":    func(stream string) bool { return strings.HasPrefix(stream, "scratch-") },
	} {
		c := connected(t, esdbgrpc.Options{Store: store, Scratch: scratch})
		var truncating client.StreamMetadata
		truncating.SetTruncateBefore(2)
		_, deleted := c.DeleteStream(t.Context(), "record-1", client.DeleteStreamOptions{})
		_, tombstoned := c.TombstoneStream(t.Context(), "record-1", client.TombstoneStreamOptions{})
		_, truncated := c.SetStreamMetadata(t.Context(), "record-1", client.AppendToStreamOptions{}, truncating)
		for _, err := range []error{deleted, tombstoned, truncated} {
			if codeOf(err) != client.ErrorCodeAccessDenied {
				t.Errorf("%s: %v, want access denied", name, err)
			}
		}
		read, err := c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 9)
		if got := all(t, read, err); len(got) != 3 {
			t.Errorf("%s: %d events are left of 3", name, len(got))
		}
	}
}

func TestAScratchStreamGoesOnAfterItsDeletion(t *testing.T) {
	c := connected(t, esdbgrpc.Options{Scratch: func(string) bool { return true }})
	for range 2 {
		if err := appendAny(t, c, "any näme"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.DeleteStream(t.Context(), "any näme", client.DeleteStreamOptions{ExpectedRevision: client.Revision(7)}); err == nil {
		t.Error("a delete at a wrong version succeeds")
	}
	if _, err := c.DeleteStream(t.Context(), "any näme", client.DeleteStreamOptions{ExpectedRevision: client.Revision(1)}); err != nil {
		t.Fatal(err)
	}
	read, err := c.ReadStream(t.Context(), "any näme", client.ReadStreamOptions{}, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.Recv(); codeOf(err) != client.ErrorCodeResourceNotFound {
		t.Errorf("a deleted stream: %v, want not found", err)
	}
	if err := appendAt(t, c, "any näme", client.NoStream{}); err != nil {
		t.Fatal(err)
	}
	read, err = c.ReadStream(t.Context(), "any näme", client.ReadStreamOptions{}, 9)
	if got := all(t, read, err); len(got) != 1 || got[0] != "any näme@2" {
		t.Errorf("after the deletion: %v, want number 2 alone", got)
	}
}

// A client that sends on after the refusal gets the refusal, and no bare end.
func TestARefusedAppendIsHeardOut(t *testing.T) {
	api := streams.NewStreamsClient(raw(t, served(t, esdbgrpc.Options{Anonymous: esdbgrpc.Read})))
	call, err := api.Append(within(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := call.Send(&streams.AppendReq{}); err != nil {
			t.Fatalf("message %d: %v, want it taken", i, err)
		}
		time.Sleep(time.Millisecond) // lets a refusal arrive, were it sent at once
	}
	if _, err := call.CloseAndRecv(); !is(err, codes.InvalidArgument) {
		t.Errorf("%v, want an invalid argument", err)
	}
}

func TestAWrongVersionOfADeleteIsToldInTrailers(t *testing.T) {
	api := streams.NewStreamsClient(raw(t, served(t, esdbgrpc.Options{Anonymous: esdbgrpc.Admin, Scratch: func(string) bool { return true }})))
	var trailers metadata.MD
	_, err := api.Delete(within(t), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier:       &shared.StreamIdentifier{StreamName: []byte("a")},
		ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 4},
	}}, grpc.Trailer(&trailers))
	if !is(err, codes.FailedPrecondition) {
		t.Errorf("%v, want a failed precondition", err)
	}
	for key, want := range map[string]string{"exception": "wrong-expected-version", "stream-name": "a", "expected-version": "4", "actual-version": "-1"} {
		if got := trailers.Get(key); len(got) != 1 || got[0] != want {
			t.Errorf("trailer %s is %v, want %s", key, got, want)
		}
	}
}

func TestABatchIsAnsweredAppendByAppend(t *testing.T) {
	store := memory.New()
	api := streams.NewStreamsClient(raw(t, served(t, esdbgrpc.Options{Store: store, Anonymous: esdbgrpc.Write})))
	call, err := api.BatchAppend(within(t))
	if err != nil {
		t.Fatal(err)
	}
	send := func(n int, stream string, final bool) {
		e := happened(stream, n)
		m := &streams.BatchAppendReq{
			CorrelationId: &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{MostSignificantBits: 1}}},
			Options: &streams.BatchAppendReq_Options{
				StreamIdentifier:       &shared.StreamIdentifier{StreamName: []byte(stream)},
				ExpectedStreamPosition: &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}},
			},
			ProposedMessages: []*streams.BatchAppendReq_ProposedMessage{{
				Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.UUID(e.ID).String()}},
				Metadata: map[string]string{"type": e.Type, "content-type": "application/octet-stream"}, Data: e.Data,
			}},
			IsFinal: final,
		}
		if err := call.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	send(1, "a", false)
	send(2, "a", true)
	if got, err := call.Recv(); err != nil || got.GetSuccess().GetCurrentRevision() != 1 {
		t.Fatalf("%v, %v: want revision 1", got, err)
	}
	send(3, "a", true)
	got, err := call.Recv()
	if err != nil || len(got.GetError().GetDetails()) != 1 {
		t.Fatalf("%v, %v: want an error with one detail", got, err)
	}
	var wrong shared.WrongExpectedVersion
	if err := got.GetError().GetDetails()[0].UnmarshalTo(&wrong); err != nil || wrong.GetCurrentStreamRevision() != 1 {
		t.Errorf("%v, %v: want the current revision 1", &wrong, err)
	}
}

func TestAnAppendOverALimitIsRefused(t *testing.T) {
	c := connected(t, esdbgrpc.Options{})
	event := func(typed string, bytes int) client.EventData {
		return client.EventData{EventID: uuid.New(), EventType: typed, Data: make([]byte, bytes)}
	}
	tooMany := make([]client.EventData, 5)
	for i := range tooMany {
		tooMany[i] = event("t", eventstore.MaxEventBytes)
	}
	for name, events := range map[string][]client.EventData{
		"one event too large": {event("t", eventstore.MaxEventBytes+1)},
		"all too large":       tooMany,
		"no type":             {event("", 1)},
		"a type with a space": {event("a b", 1)},
		"nothing":             {},
	} {
		_, err := c.AppendToStream(t.Context(), "record-1", client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}}, events...)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if name == "all too large" && !strings.Contains(err.Error(), "larger than allowed") {
			t.Errorf("%s: %v, want that the server says so before its store does", name, err)
		}
	}
	if err := appendAt(t, c, "record-1", client.NoStream{}); err != nil {
		t.Errorf("after the refusals: %v", err)
	}
}

func TestSealedAdmitsOnlyALeafOfThePlaceWithItsBlob(t *testing.T) {
	dir := "../../eventstore/seal/testdata/v1/"
	leaf, err := os.ReadFile(dir + "leaf")
	if err != nil {
		t.Fatal(err)
	}
	blob, err := os.ReadFile(dir + "blob")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := seal.ParseLeaf(leaf)
	if err != nil {
		t.Fatal(err)
	}
	stream, good := parsed.Record, eventstore.Event{Type: parsed.Type, Metadata: leaf, Data: blob}
	other := func(change func(*eventstore.Event)) eventstore.Event {
		e := good
		change(&e)
		return e
	}
	for name, tt := range map[string]struct {
		stream string
		after  eventstore.Revision
		event  eventstore.Event
		ok     bool
	}{
		"the event in its place": {stream, 0, good, true},
		"another stream":         {"record-2", 0, good, false},
		"another number":         {stream, 1, good, false},
		"another type":           {stream, 0, other(func(e *eventstore.Event) { e.Type = "x/1" }), false},
		"another blob":           {stream, 0, other(func(e *eventstore.Event) { e.Data = []byte("x") }), false},
		"no leaf":                {stream, 0, other(func(e *eventstore.Event) { e.Metadata = []byte("x") }), false},
	} {
		if err := esdbgrpc.Sealed(tt.stream, tt.after, []eventstore.Event{tt.event}); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := connected(t, esdbgrpc.Options{Admit: esdbgrpc.Sealed})
	if err := appendAt(t, c, "record-1", client.NoStream{}); !is(err, codes.InvalidArgument) {
		t.Errorf("an event that is not sealed: %v, want it refused", err)
	}
}
