package esdbgrpc_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
)

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// served starts a server with the options, over an empty store in memory if
// they name none, and returns its address.
func served(t testing.TB, opts esdbgrpc.Options) string {
	t.Helper()
	s := start(t, opts)
	t.Cleanup(s.stop)
	return s.address
}

// running is a server that serves until it is stopped.
type running struct {
	*esdbgrpc.Server
	address string
	stop    func()
}

func start(t testing.TB, opts esdbgrpc.Options) running {
	t.Helper()
	if opts.Store == nil {
		opts.Store = memory.New()
	}
	if opts.State == "" {
		opts.State = t.TempDir()
	}
	s, err := esdbgrpc.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return running{s, l.Addr().String(), func() {
		if err := errors.Join(s.Close(), <-ended); err != nil {
			t.Error(err)
		}
	}}
}

// connected returns a client of a server that lets everybody do everything.
func connected(t testing.TB, opts esdbgrpc.Options) *client.Client {
	t.Helper()
	opts.Anonymous |= esdbgrpc.Admin
	return dialled(t, "esdb://"+served(t, opts)+"?tls=false")
}

func dialled(t testing.TB, connection string) *client.Client {
	t.Helper()
	conf, err := client.ParseConnectionString(connection)
	if err != nil {
		t.Fatal(err)
	}
	conf.Logger = client.NoopLogging()
	conf.MaxDiscoverAttempts, conf.GossipTimeout = 1, int(patience.Seconds()) // until the first answer, however busy the machine is
	c, err := client.NewClient(conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// raw is a bare connection, for what the client does not show.
func raw(t testing.TB, address string) *grpc.ClientConn {
	t.Helper()
	c, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// happened is the n'th event of a stream.
func happened(stream string, n int) eventstore.Event {
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d", stream, n))
	return eventstore.Event{
		ID: eventstore.EventID(id[:16]), Type: fmt.Sprintf("test.happened-%d/1", n%2),
		Metadata: fmt.Appendf(nil, "leaf %s %d\nrecorded 2026-11-22T10:00:00.123456Z\n", stream, n), Data: fmt.Appendf(nil, "blob %d", n),
	}
}

// fill appends n more events to a stream, one by one.
func fill(t testing.TB, s eventstore.Store, stream string, n int) {
	t.Helper()
	head := eventstore.Revision(0)
	for r, err := range s.ReadStream(t.Context(), stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		head = r.Revision
	}
	for range n {
		if _, err := s.Append(t.Context(), stream, head, []eventstore.Event{happened(stream, int(head)+1)}); err != nil {
			t.Fatal(err)
		}
		head++
	}
}

// all reads to the end, as "stream@number".
func all(t testing.TB, read *client.ReadStream, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	got := []string{}
	for {
		e, err := read.Recv()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, name(e))
	}
}

func name(e *client.ResolvedEvent) string {
	o := e.OriginalEvent()
	return fmt.Sprintf("%s@%d", o.StreamID, o.EventNumber)
}

// names are the events of a stream with these numbers.
func names(stream string, numbers ...int) []string {
	out := []string{}
	for _, n := range numbers {
		out = append(out, fmt.Sprintf("%s@%d", stream, n))
	}
	return out
}

// codeOf is the client's code of an error.
func codeOf(err error) client.ErrorCode {
	var e *client.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return client.ErrorCodeUnknown
}

// is reports whether an error of gRPC has a code.
func is(err error, code codes.Code) bool {
	var inner interface{ GRPCStatus() *status.Status }
	return errors.As(err, &inner) && inner.GRPCStatus().Code() == code
}

// within is a context that ends a test which hangs.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
