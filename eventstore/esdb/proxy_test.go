package esdb_test

import (
	"net"
	"sync"
	"testing"
)

// proxy stands between a client and a server and does what networks do.
type proxy struct {
	net.Listener
	server string

	mu     sync.Mutex
	open   map[net.Conn]bool
	frozen chan struct{} // closed when bytes flow; nil: they do
	away   bool          // new connections are closed at once
	all    sync.WaitGroup
}

func newProxy(t testing.TB, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, server: server, open: make(map[net.Conn]bool)}
	p.all.Go(p.run)
	t.Cleanup(func() {
		_ = l.Close()
		p.thaw()
		p.cut()
		p.all.Wait()
	})
	return p
}

func (p *proxy) run() {
	for {
		near, err := p.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		away := p.away
		p.mu.Unlock()
		if away {
			_ = near.Close()
			continue
		}
		far, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = near.Close()
			continue
		}
		p.mu.Lock()
		p.open[near], p.open[far] = true, true
		p.mu.Unlock()
		p.all.Go(func() { p.pump(near, far) })
		p.all.Go(func() { p.pump(far, near) })
	}
}

func (p *proxy) pump(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.mu.Lock()
		frozen := p.frozen
		p.mu.Unlock()
		if frozen != nil {
			<-frozen
		}
		if _, failed := to.Write(b[:n]); failed != nil || err != nil {
			return
		}
	}
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
	clear(p.open)
}

// freeze keeps connections open and lets nothing through.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = make(chan struct{})
}

func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen != nil {
		close(p.frozen)
		p.frozen = nil
	}
}

func (p *proxy) gone(away bool) {
	p.mu.Lock()
	p.away = away
	p.mu.Unlock()
	if away {
		p.cut()
	}
}
