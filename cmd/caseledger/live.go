package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"caseledger/adapters/assertion"
	"caseledger/adapters/cedar"
	"caseledger/adapters/httpapi"
)

// live is who may call a server and do what, with which certificates it answers, and who is told of what, as the
// files say that it was started with. They are read anew while it runs: all of
// them are taken, or none.
type live struct {
	flags serveFlags
	dir   string
	seen  *assertion.Seen
	files atomic.Pointer[files]
	// policies are those of the moment, for everybody who asks them.
	policies *cedar.Policies
	others   []reader
}

// reader reads files, and returns what takes them.
type reader func() (take func(), err error)

type files struct {
	callers httpapi.Callers
	tls     *tls.Config // nil where HTTP is spoken
}

func newLive(o serveFlags, dir string) (*live, error) {
	l := &live{flags: o, dir: dir, seen: assertion.NewSeen(time.Now), policies: &cedar.Policies{}}
	return l, l.read()
}

// read reads the files. After an error everything is as it was.
func (l *live) read() error {
	callers, err := l.flags.identity.callers(l.dir, l.seen)
	if err != nil {
		return err
	}
	f := &files{callers: callers}
	if l.flags.cert != "" {
		pair, err := tls.LoadX509KeyPair(l.flags.cert, l.flags.key)
		if err != nil {
			return notReadyError{fmt.Errorf("certificate: %w", err)}
		}
		f.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}}
		if err := l.flags.identity.demand(f.tls); err != nil {
			return err
		}
	}
	policies, err := l.flags.readPolicies()
	if err != nil {
		return err
	}
	var takes []func()
	for _, other := range l.others {
		take, err := other()
		if err != nil {
			return err
		}
		takes = append(takes, take)
	}
	l.policies.Replace(policies)
	l.files.Store(f)
	for _, take := range takes {
		take()
	}
	return nil
}

// also has files of others read in the same turn.
func (l *live) also(other reader) { l.others = append(l.others, other) }

// certificate is what a new connection is answered with that HTTP is not spoken
// on.
func (l *live) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return &l.files.Load().tls.Certificates[0], nil
}

// Caller implements httpapi.Callers.
func (l *live) Caller(ctx context.Context, s httpapi.Shown) (httpapi.Caller, error) {
	return l.files.Load().callers.Caller(ctx, s)
}

// tls is the configuration of each new connection.
func (l *live) tls() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return l.files.Load().tls, nil }}
}

// hangUps are the signals that say that the files have changed. Without a
// listener for them they would end the process.
func hangUps() chan os.Signal {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	return asked
}

// rereads reads files anew each time that it is asked to, until ctx ends.
func rereads(ctx context.Context, asked chan os.Signal, read func() error, logger *slog.Logger) {
	defer signal.Stop(asked)
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
			if err := read(); err != nil {
				logger.Error("the files that the server was started with were not taken anew", "error", err.Error())
				continue
			}
			logger.Info("the files that the server was started with were read anew")
		}
	}
}
