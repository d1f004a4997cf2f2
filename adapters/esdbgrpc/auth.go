package esdbgrpc

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// caller is who calls: an account, or nobody with the rights of anybody.
type caller struct {
	name   string
	rights Rights
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// allowed is nil when the caller has one of the rights. A stream of the system
// asks for an administrator.
func allowed(ctx context.Context, wanted Rights, stream string) error {
	c := callerOf(ctx)
	if isSystem(stream) {
		wanted = Admin
	}
	if c.rights.may(wanted) {
		return nil
	}
	if c.name == "" {
		return refusal(codes.Unauthenticated, "this needs an account", "exception", "access-denied")
	}
	return denied("the account may not do this")
}

func (s *Server) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	c, err := s.known.Load().identify(ctx)
	if err != nil {
		return nil, s.finish(ctx, err)
	}
	resp, err := handle(context.WithValue(ctx, callerKey{}, c), req)
	return resp, s.finish(ctx, err)
}

func (s *Server) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	ctx, end := context.WithCancelCause(stream.Context())
	defer end(nil)
	c, err := s.begin(ctx, end)
	if err == nil {
		err = handle(srv, identified{stream, context.WithValue(ctx, callerKey{}, c.caller)})
		s.calls.leave(c)
	}
	if cause := context.Cause(ctx); errors.Is(cause, errChanged) {
		err = cause
	}
	if err != nil && !info.IsServerStream {
		hearOut(stream)
	}
	return s.finish(ctx, err)
}

// known is who may call from one moment on, with the passwords that were good
// since then.
type known struct {
	accounts    *Accounts      // nil: nobody has an account
	authorities *x509.CertPool // nil: no certificate is looked at
	anonymous   Rights
	logins      logins
}

// Know has the server know other accounts and believe other authorities from now
// on. A stream of calls that is open ends, unless whoever opened it is
// known by the same name, with the same rights. A server that was made without
// authorities asks nobody for a certificate.
func (s *Server) Know(accounts *Accounts, authorities *x509.CertPool) {
	now := &known{accounts: accounts, authorities: authorities, anonymous: s.opts.Anonymous}
	s.known.Store(now)
	for _, c := range s.calls.all() {
		c.stays(now)
	}
}

// errChanged ends a stream of calls of somebody who is not known as before.
var errChanged = refusal(codes.Unauthenticated, "the account is not what it was when the call began")

// call is a stream of calls that is open.
type call struct {
	ctx    context.Context
	caller caller
	end    context.CancelCauseFunc
}

// stays ends the call unless its caller is known as before.
func (c *call) stays(now *known) {
	if who, err := now.identify(c.ctx); err != nil || who != c.caller {
		c.end(errChanged)
	}
}

// begin identifies the caller of a stream of calls and enters it among those
// that are open.
func (s *Server) begin(ctx context.Context, end context.CancelCauseFunc) (*call, error) {
	before := s.known.Load()
	who, err := before.identify(ctx)
	if err != nil {
		return nil, err
	}
	c := &call{ctx, who, end}
	s.calls.enter(c)
	if now := s.known.Load(); now != before { // Know may have come by before the call was there
		c.stays(now)
	}
	return c, nil
}

// calls are the streams of calls that are open.
type calls struct {
	mu   sync.Mutex
	open map[*call]bool
}

func (s *calls) enter(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = make(map[*call]bool)
	}
	s.open[c] = true
}

func (s *calls) leave(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

func (s *calls) all() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.open))
}

// hearOut drops what a refused append still sends, for as long as hearingOut.
// A client that is refused while it sends learns only that the call has ended,
// and not why.
func hearOut(stream grpc.ServerStream) {
	heard := make(chan struct{})
	go func() { // ends with the call at the latest
		defer close(heard)
		for stream.RecvMsg(new(streams.AppendReq)) == nil {
		}
	}()
	select {
	case <-heard:
	case <-time.After(hearingOut):
	}
}

// identified is a stream of calls whose context knows the caller.
type identified struct {
	grpc.ServerStream
	ctx context.Context
}

func (i identified) Context() context.Context { return i.ctx }

// identify finds the account of a call. A certificate or password that is
// shown must be good, even where none is needed.
func (k *known) identify(ctx context.Context) (caller, error) {
	found := caller{rights: k.anonymous}
	account, shown, err := k.certified(ctx)
	if err != nil {
		return caller{}, err
	}
	if values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) > 0 {
		account, shown = k.login(ctx, values), true
	}
	if !shown {
		return found, nil
	}
	if account == nil {
		return caller{}, refusal(codes.Unauthenticated, "the credentials are not good")
	}
	return caller{account.Name, account.rights}, nil
}

// certified returns the account of the connection's client certificate. One
// that has no account of its own may still stand beside a password.
func (k *known) certified(ctx context.Context) (account *Account, shown bool, err error) {
	p, ok := peer.FromContext(ctx)
	if !ok || k.authorities == nil {
		return nil, false, nil
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.PeerCertificates) == 0 {
		return nil, false, nil
	}
	chain := info.State.PeerCertificates
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{
		Roots: k.authorities, Intermediates: between, CurrentTime: time.Now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil, false, refusal(codes.Unauthenticated, "the client certificate is not good")
	}
	if k.accounts == nil {
		return nil, true, nil
	}
	return k.accounts.byCertificate[chain[0].Subject.CommonName], true, nil
}

// logins remembers passwords that were good, by a keyed hash, because
// Argon2id is slow on purpose and every call carries one.
type logins struct {
	once  sync.Once
	key   [32]byte
	turns chan struct{} // bounds the memory of hashing

	mu   sync.Mutex
	good map[[32]byte]*Account
}

const (
	maxGoodLogins  = 1_024
	hashingAtOnce  = 2
	maxCredentials = 1_024 // bytes of an authorization header
)

func (l *logins) start() {
	_, _ = rand.Read(l.key[:]) // never fails
	l.turns, l.good = make(chan struct{}, hashingAtOnce), make(map[[32]byte]*Account)
}

// login returns the account of an authorization header, or nil.
func (k *known) login(ctx context.Context, values []string) *Account {
	name, password, ok := basic(values)
	if !ok || k.accounts == nil {
		return nil
	}
	l := &k.logins
	l.once.Do(l.start)
	mac := hmac.New(sha256.New, l.key[:])
	mac.Write([]byte(name + ":" + password))
	seen := [32]byte(mac.Sum(nil))
	l.mu.Lock()
	account := l.good[seen]
	l.mu.Unlock()
	if account != nil {
		return account
	}
	return l.check(ctx, k.accounts.byName[name], password, seen)
}

func (l *logins) check(ctx context.Context, account *Account, password string, seen [32]byte) *Account {
	select {
	case l.turns <- struct{}{}:
		defer func() { <-l.turns }()
	case <-ctx.Done():
		return nil
	}
	if !account.fits(password) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.good) >= maxGoodLogins {
		clear(l.good)
	}
	l.good[seen] = account
	return account
}

func basic(values []string) (name, password string, ok bool) {
	if len(values) != 1 || len(values[0]) > maxCredentials {
		return "", "", false
	}
	scheme, encoded, _ := strings.Cut(values[0], " ")
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	name, password, ok = strings.Cut(string(text), ":")
	return name, password, ok && password != "" && len(password) <= maxPassword
}
