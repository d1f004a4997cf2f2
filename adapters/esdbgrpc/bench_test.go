//go:build unix

package esdbgrpc_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
)

// counting is a codec whose receiver throws messages away, so that what is
// measured is the server and the transport.
type counting struct{ bytes int }

func (*counting) Name() string { return "proto" }

func (*counting) Marshal(v any) (mem.BufferSlice, error) {
	b, err := proto.Marshal(v.(proto.Message))
	return mem.BufferSlice{mem.SliceBuffer(b)}, err
}

func (c *counting) Unmarshal(data mem.BufferSlice, _ any) error {
	c.bytes += data.Len()
	return nil
}

const benchEvents = 20_000

func benchStore(b *testing.B) eventstore.Store {
	store := memory.New()
	const each = 1_000
	for after := 0; after < benchEvents; after += each {
		events := make([]eventstore.Event, each)
		for i := range events {
			events[i] = happened("record-1", after+i+1)
			events[i].Metadata, events[i].Data = make([]byte, 400), make([]byte, 624)
		}
		if _, err := store.Append(b.Context(), "record-1", eventstore.Revision(after), events); err != nil {
			b.Fatal(err)
		}
	}
	return store
}

// BenchmarkServe sends the log to a caller who counts it. The limit beside it
// is the transport: the same messages, encoded once, from a server that does
// nothing else.
func BenchmarkServe(b *testing.B) {
	store := benchStore(b)
	address := served(b, esdbgrpc.Options{Store: store, Anonymous: esdbgrpc.Read})
	request := func(more func(*streams.ReadReq_Options)) *streams.ReadReq {
		o := &streams.ReadReq_Options{StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}},
		}}}
		more(o)
		return &streams.ReadReq{Options: o}
	}
	b.Run("read", func(b *testing.B) {
		receiveAll(b, address, "/event_store.client.streams.Streams/Read", request(func(o *streams.ReadReq_Options) {
			o.CountOption = &streams.ReadReq_Options_Count{Count: benchEvents}
		}))
	})
	b.Run("subscription", func(b *testing.B) {
		receiveAll(b, address, "/event_store.client.streams.Streams/Read", request(func(o *streams.ReadReq_Options) {
			o.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
		}))
	})
	b.Run("limit", func(b *testing.B) { receiveAll(b, bareServer(b), "/bare/Send", &shared.Empty{}) })
}

// receiveAll receives as many messages as there are events.
func receiveAll(b *testing.B, address, method string, request proto.Message) {
	connection := raw(b, address)
	before := cpu(b)
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		call, err := connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(&counting{}))
		if err != nil {
			b.Fatal(err)
		}
		if err := call.SendMsg(request); err != nil {
			b.Fatal(err)
		}
		if err := call.CloseSend(); err != nil {
			b.Fatal(err)
		}
		for range benchEvents {
			if err := call.RecvMsg(nil); err != nil {
				b.Fatal(err)
			}
		}
		cancel()
	}
	n := float64(benchEvents * b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/n, "cpu-µs/event")
}

// bareServer sends one encoded message as often as there are events.
func bareServer(b *testing.B) string {
	message := make([]byte, 1_200)
	s := grpc.NewServer(grpc.ForceServerCodecV2(ready{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		for range benchEvents {
			if err := stream.SendMsg(message); err != nil {
				return err
			}
		}
		return nil
	}))
	l := listening(b)
	go func() { _ = s.Serve(l) }() // ends with Stop
	b.Cleanup(s.Stop)
	return l.Addr().String()
}

// ready is a codec for messages that are encoded already.
type ready struct{}

func (ready) Name() string                         { return "proto" }
func (ready) Unmarshal(mem.BufferSlice, any) error { return nil }
func (ready) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
