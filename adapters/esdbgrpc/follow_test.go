package esdbgrpc_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protowire"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
)

// next are the next n events of a subscription, as "stream@number", and "caught
// up", "fell behind" and "checkpoint" where they came.
func next(t testing.TB, sub *client.Subscription, n int) []string {
	t.Helper()
	got := []string{}
	for n > 0 {
		switch e := sub.Recv(); {
		case e.EventAppeared != nil:
			got = append(got, name(e.EventAppeared))
			n--
		case e.CaughtUp != nil:
			got = append(got, "caught up")
		case e.FellBehind != nil:
			got = append(got, "fell behind")
		case e.CheckPointReached != nil:
			got = append(got, "checkpoint")
		default:
			t.Fatalf("after %v: %v", got, e.SubscriptionDropped.Error)
		}
	}
	return got
}

func TestAFollowerGetsWhatIsThereThenThatItCaughtUpThenWhatComes(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 2)
	fill(t, store, "record-2", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	stream, err := c.SubscribeToStream(within(t), "record-1", client.SubscribeToStreamOptions{From: client.Revision(0)})
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{From: client.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.SubscribeToStream(within(t), "$ce-record", client.SubscribeToStreamOptions{From: client.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	caught := map[string][]string{
		"stream": next(t, stream, 1), "all": next(t, all, 3), "view": next(t, view, 3),
	}
	fill(t, store, "record-1", 1)
	for name, tt := range map[string]struct {
		sub  *client.Subscription
		want []string
	}{
		"stream": {stream, []string{"record-1@1", "caught up", "record-1@2"}}, // excludes its start
		"all":    {all, []string{"record-1@0", "record-1@1", "record-2@0", "caught up", "record-1@2"}},
		"view":   {view, []string{"$ce-record@0", "$ce-record@1", "$ce-record@2", "caught up", "$ce-record@3"}},
	} {
		if got := append(caught[name], next(t, tt.sub, 1)...); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAFollowerFromTheEndGetsOnlyWhatComes(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 5)
	c := connected(t, esdbgrpc.Options{Store: store})
	sub, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{From: client.End{}})
	if err != nil {
		t.Fatal(err)
	}
	if e := sub.Recv(); e.CaughtUp == nil {
		t.Fatalf("%v, want that it caught up", e)
	}
	fill(t, store, "record-1", 1)
	if got := next(t, sub, 1); !slices.Equal(got, names("record-1", 5)) {
		t.Errorf("%v, want the new event", got)
	}
}

func TestAFilteredFollowerIsToldHowFarTheServerHasLooked(t *testing.T) {
	store := memory.New()
	fill(t, store, "other", 25)
	fill(t, store, "record-1", 1)
	c := connected(t, esdbgrpc.Options{Store: store})
	for name, filter := range map[string]*client.SubscriptionFilter{
		"a prefix":      {Type: client.StreamFilterType, Prefixes: []string{"x", "record-"}},
		"an expression": {Type: client.StreamFilterType, Regex: `^(?!other)\w`},
	} {
		sub, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{
			From: client.Start{}, Filter: filter, MaxSearchWindow: 5, CheckpointInterval: 2,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(next(t, sub, 1), " "), "checkpoint checkpoint record-1@0"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if e := sub.Recv(); e.CheckPointReached == nil || e.CheckPointReached.Commit != 26 {
			t.Errorf("%s: %v, want a checkpoint at the end", name, e)
		}
		if e := sub.Recv(); e.CaughtUp == nil {
			t.Errorf("%s: %v, want that it caught up", name, e)
		}
	}
}

func TestAHostileFilterIsEnded(t *testing.T) {
	store := memory.New()
	if _, err := store.Append(t.Context(), strings.Repeat("a", eventstore.MaxStreamBytes), 0, []eventstore.Event{happened("a", 1)}); err != nil {
		t.Fatal(err)
	}
	c := connected(t, esdbgrpc.Options{Store: store})
	for name, expression := range map[string]string{
		"never ends": `^(a+)+$x`, "no expression": `(`, "too long": strings.Repeat("a", 5_000),
	} {
		sub, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{
			From: client.Start{}, Filter: &client.SubscriptionFilter{Type: client.StreamFilterType, Regex: expression},
		})
		if err == nil {
			err = sub.Recv().SubscriptionDropped.Error
		}
		if !is(err, codes.InvalidArgument) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
}

// slow lets 3,000 events come while a caller who was at the end does not read;
// each is large enough that no buffer between holds them.
func TestASlowFollowerIsToldThatItFellBehindAndMissesNothing(t *testing.T) {
	store := memory.New()
	c := connected(t, esdbgrpc.Options{Store: store})
	sub, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{From: client.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	if e := sub.Recv(); e.CaughtUp == nil {
		t.Fatalf("%v, want that it caught up", e)
	}
	const n = 3_000
	events := make([]eventstore.Event, n)
	for i := range events {
		events[i] = happened("record-1", i+1)
		events[i].Data = make([]byte, 1_000)
	}
	if _, err := store.Append(t.Context(), "record-1", 0, events); err != nil {
		t.Fatal(err)
	}
	got := next(t, sub, n)
	if behind := slices.Index(got, "fell behind"); behind < 0 {
		t.Error("it was not told that it fell behind")
	} else {
		got = slices.Delete(got, behind, behind+1)
	}
	if len(got) != n || got[0] != "record-1@0" || got[n-1] != "record-1@2999" {
		t.Errorf("it got %d events, want %d in order", len(got), n)
	}
	if e := sub.Recv(); e.CaughtUp == nil {
		t.Errorf("%v, want that it caught up again", e)
	}
}

// Newer clients break without the time and the place.
func TestCaughtUpCarriesATimeAndAPlace(t *testing.T) {
	store := memory.New()
	fill(t, store, "record-1", 3)
	api := streams.NewStreamsClient(raw(t, served(t, esdbgrpc.Options{Store: store, Anonymous: esdbgrpc.Read})))
	read, err := api.Read(within(t), &streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("record-1")},
			RevisionOption:   &streams.ReadReq_Options_StreamOptions_End{End: &shared.Empty{}},
		}},
		CountOption: &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := read.Recv(); err != nil || m.GetConfirmation().GetSubscriptionId() == "" {
		t.Fatalf("%v, %v: want the confirmation first", m, err)
	}
	m, err := read.Recv()
	if err != nil || m.GetCaughtUp() == nil {
		t.Fatalf("%v, %v: want that it caught up", m, err)
	}
	fields := map[protowire.Number]uint64{}
	for b := m.GetCaughtUp().ProtoReflect().GetUnknown(); len(b) > 0; {
		number, kind, n := protowire.ConsumeTag(b)
		value, _ := protowire.ConsumeVarint(b[n:])
		fields[number] = value
		b = b[n+protowire.ConsumeFieldValue(number, kind, b[n:]):]
	}
	if _, timed := fields[1]; !timed || fields[2] != 2 {
		t.Errorf("fields %v, want a time and revision 2", fields)
	}
}

func TestFollowersEndWhenTheServerCloses(t *testing.T) {
	server := start(t, esdbgrpc.Options{Anonymous: esdbgrpc.Read})
	c := dialled(t, "esdb://"+server.address+"?tls=false")
	sub, err := c.SubscribeToAll(within(t), client.SubscribeToAllOptions{From: client.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	next(t, sub, 0)
	stopped := make(chan struct{})
	go func() { server.stop(); close(stopped) }()
	for e := sub.Recv(); e.SubscriptionDropped == nil; e = sub.Recv() {
		continue
	}
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Error("the server does not close")
	}
}
