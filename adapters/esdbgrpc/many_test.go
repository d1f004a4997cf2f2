package esdbgrpc_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore/memory"
)

// As many as a server takes follow one stream. Each gets every event in order,
// and one more is told that there are too many.
func TestTenThousandFollowersGetEveryEventAndOneMoreIsRefused(t *testing.T) {
	const limit, connections, events = 10_000, 10, 3
	followers := limit
	if testing.Short() {
		followers = 1_000
	}
	store := memory.New()
	address := served(t, esdbgrpc.Options{Store: store, Anonymous: esdbgrpc.Read})
	var clients [connections]streams.StreamsClient
	for i := range clients {
		clients[i] = streams.NewStreamsClient(raw(t, address))
	}
	ctx := within(t)
	following, failures := make(chan struct{}, followers), make(chan error, followers)
	var all sync.WaitGroup
	for i := range followers {
		all.Go(func() {
			if err := followed(ctx, clients[i%connections], events, func() { following <- struct{}{} }); err != nil {
				failures <- fmt.Errorf("follower %d: %w", i, err)
			}
		})
	}
	for range followers {
		select {
		case <-following:
		case err := <-failures:
			t.Fatal(err)
		}
	}
	if followers == limit {
		if err := followed(ctx, clients[0], events, func() {}); !is(err, codes.ResourceExhausted) {
			t.Errorf("one more: %v, want that there are too many", err)
		}
	}
	fill(t, store, "record-1", events)
	all.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
}

// followed follows a stream from its beginning, tells when it has caught up,
// and returns when it has got so many events.
func followed(ctx context.Context, api streams.StreamsClient, events int, caughtUp func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read, err := api.Read(ctx, &streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("record-1")},
			RevisionOption:   &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}},
		}},
		CountOption: &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}},
	}})
	if err != nil {
		return err
	}
	for got := 0; got < events; {
		m, err := read.Recv()
		switch e := m.GetEvent(); {
		case err != nil:
			return err
		case e == nil && m.GetCaughtUp() != nil && got == 0:
			caughtUp()
		case e != nil && e.GetEvent().GetStreamRevision() != uint64(got):
			return errors.New("an event is missing or comes twice")
		case e != nil:
			got++
		}
	}
	return nil
}
