// Package esdbgrpc serves a ledger over the gRPC protocol of EventStoreDB, so
// that official EventStoreDB and KurrentDB clients in any language read and
// follow it. Callers see sealed events: the leaf as metadata, the blob as data.
//
// The package never deletes, truncates or rewrites an event of the ledger,
// never opens a payload by itself, and keeps nothing in memory for a follower
// that grows while the follower is slow.
package esdbgrpc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"caseledger/eventstore"
)

// Options of a server. The zero value of every field but Store and State is
// the one that allows least.
type Options struct {
	Store eventstore.Store
	State string // existing directory for the state of persistent subscriptions

	TLS       *tls.Config    // without it, nothing is encrypted: loopback only
	ClientCAs *x509.CertPool // whose client certificates stand for an account
	Accounts  *Accounts      // who may call; nil: nobody has an account
	Anonymous Rights         // of a caller without credentials

	// Advertise is the host:port that gossip names; that of the first listener
	// if empty.
	Advertise string

	// Scratch is the compatibility switch: it reports which streams are not the
	// ledger's. Those may be appended to at any revision, truncated and deleted,
	// as the clients' own tests do. Nil: every stream is the ledger's. A store
	// that holds a ledger for any other follower must never be served with it.
	Scratch func(stream string) bool

	// Admit refuses an append to a stream of the ledger before the store sees
	// it; Sealed is one. Nil admits what the store accepts.
	Admit func(stream string, after eventstore.Revision, events []eventstore.Event) error

	// Accessed is called for every event before it leaves for the account, and
	// says what leaves. It must have recorded the access durably when it
	// returns; its error keeps the event back and ends the call. It may open
	// the payload where a policy allows that. Nil releases sealed events as
	// they are and records nothing.
	Accessed func(ctx context.Context, account string, e eventstore.Recorded) (Shown, error)

	Log *slog.Logger // nil: nothing is logged
}

// Shown is what a caller sees of an event.
type Shown struct {
	ContentType    string // "application/octet-stream", or "application/json" for an opened payload
	Metadata, Data []byte
}

// Limits of a server. What is over one is refused with an error that names it.
const (
	maxMessageBytes   = 17 << 20 // of one gRPC message in
	maxStreamsPerConn = 10_000   // calls at once on one connection
	maxSubscriptions  = 10_000   // of all kinds, in all
	maxReads          = 1_000    // that are under way
	maxHeaderBytes    = 16 << 10
	handshakeTime     = 10 * time.Second // also the longest that Close waits for a stranger
	pingEvery         = 20 * time.Second // to find connections that are half-open
	clientPingsEvery  = 5 * time.Second  // more often is an attack; clients use 10 s
	hearingOut        = 10 * time.Second // that a refused caller may still send what nobody reads
)

// Server serves one store. New makes one, Serve lends it a listener, Close
// ends it.
type Server struct {
	opts    Options
	store   eventstore.Store
	log     *slog.Logger
	heads   heads
	hub     *hub
	views   *views
	groups  *groups
	known   atomic.Pointer[known]
	calls   calls
	grpc    *grpc.Server
	closing chan struct{}
	close   func() error
	running sync.WaitGroup

	advertised    atomic.Pointer[string]
	subscriptions gauge
	reads         gauge
}

// New makes a server and resumes the persistent subscriptions in its state
// directory.
func New(opts Options) (*Server, error) {
	if opts.Store == nil || opts.State == "" {
		return nil, errors.New("esdbgrpc: a server needs a store and a state directory")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		opts: opts, store: opts.Store, log: opts.Log, closing: make(chan struct{}),
		subscriptions: gauge{max: maxSubscriptions}, reads: gauge{max: maxReads},
	}
	s.Know(opts.Accounts, opts.ClientCAs)
	ctx, cancel := context.WithCancel(context.Background())
	s.heads.store, s.hub, s.views = opts.Store, newHub(), newViews(s)
	end, err := s.heads.log(ctx)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("esdbgrpc: end of the log: %w", err)
	}
	if s.groups, err = openGroups(s, opts.State); err != nil {
		cancel()
		return nil, err
	}
	s.running.Go(func() { s.hub.run(ctx, s, end) })
	s.grpc = s.newGRPC()
	s.close = sync.OnceValue(func() error { return s.stop(cancel) })
	return s, nil
}

func (s *Server) newGRPC() *grpc.Server {
	options := []grpc.ServerOption{
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(maxMessageBytes),
		grpc.MaxConcurrentStreams(maxStreamsPerConn),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.ConnectionTimeout(handshakeTime),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingEvery, Timeout: pingEvery}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: clientPingsEvery, PermitWithoutStream: true}),
		grpc.WaitForHandlers(true),
		grpc.UnaryInterceptor(s.unary),
		grpc.StreamInterceptor(s.stream),
	}
	if s.opts.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.tls())))
	}
	g := grpc.NewServer(options...)
	streams.RegisterStreamsServer(g, streamsService{Server: s})
	persistent.RegisterPersistentSubscriptionsServer(g, groupsService{Server: s})
	gossip.RegisterGossipServer(g, gossipService{Server: s})
	serverfeatures.RegisterServerFeaturesServer(g, featuresService{})
	return g
}

// tls asks for a client certificate without demanding one; identify verifies
// it, so that a bad one is told as such.
func (s *Server) tls() *tls.Config {
	c := s.opts.TLS.Clone()
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	if s.opts.ClientCAs != nil {
		c.ClientAuth = tls.RequestClientCert
	}
	return c
}

// Serve answers the callers of a listener until Close. It may be called for
// several listeners.
func (s *Server) Serve(l net.Listener) error {
	address := s.opts.Advertise
	if address == "" {
		address = l.Addr().String()
	}
	s.advertised.CompareAndSwap(nil, &address)
	if err := s.grpc.Serve(l); !errors.Is(err, grpc.ErrServerStopped) { // Close came first
		return err
	}
	return nil
}

// Close ends all calls, saves the persistent subscriptions and waits for
// everything that the server started. Later calls return what the first did.
func (s *Server) Close() error { return s.close() }

func (s *Server) stop(cancel context.CancelFunc) error {
	close(s.closing)
	s.grpc.Stop()
	err := s.groups.close()
	cancel()
	s.running.Wait()
	return err
}

// gauge counts what is under way and refuses more than max.
type gauge struct {
	n   atomic.Int64
	max int64
}

func (g *gauge) enter() bool {
	if g.n.Add(1) > g.max {
		g.n.Add(-1)
		return false
	}
	return true
}

func (g *gauge) leave() { g.n.Add(-1) }
