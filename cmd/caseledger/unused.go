package main

import (
	"net"
	"net/http"
	"sync"
)

// unused are the connections of a server on which nothing was asked yet. A client
// may keep one ready, and a server that stops waits five seconds for what might
// come on it: longer than it may take.
type unused struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
	over  bool
}

// closeUnused has a server close such connections when it stops.
func closeUnused(s *http.Server) {
	u := &unused{conns: make(map[net.Conn]bool)}
	s.ConnState = u.changed
	s.RegisterOnShutdown(u.close)
}

func (u *unused) changed(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state != http.StateNew {
		delete(u.conns, c)
		return
	}
	u.conns[c] = true
	if u.over {
		_ = c.Close() // nothing was asked: nobody is left to tell
	}
}

func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	for c := range u.conns {
		_ = c.Close() // likewise
	}
}
