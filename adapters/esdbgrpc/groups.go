package esdbgrpc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"google.golang.org/grpc/codes"
)

// allStreams is how the log of all streams is named as a group's source.
const allStreams = "$all"

// Limits of persistent subscriptions.
const (
	maxGroups     = 1_000
	maxParked     = 10_000  // events of one group
	maxGroupName  = 500     // bytes
	maxGroupFile  = 4 << 20 // bytes
	maxSlots      = 1_000   // events that one consumer holds
	defaultSlots  = 10
	maxConsumers  = 1_000 // of one group
	maxUnsent     = 32 << 20
	groupFileType = ".group.json"
)

// groups are the persistent subscriptions of a server. Each has one file in
// the state directory.
type groups struct {
	server *Server
	dir    string

	mu     sync.Mutex
	byName map[groupName]*group
	closed bool
}

type groupName struct{ Source, Name string }

// openGroups resumes what the directory holds.
func openGroups(s *Server, dir string) (*groups, error) {
	g := &groups{server: s, dir: dir, byName: make(map[groupName]*group)}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("esdbgrpc: state: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), groupFileType) {
			continue
		}
		if err := g.resume(filepath.Join(dir, entry.Name())); err != nil {
			_ = g.close() // the first error says more
			return nil, fmt.Errorf("esdbgrpc: state: %s: %w", entry.Name(), err)
		}
	}
	return g, nil
}

func (g *groups) resume(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxGroupFile {
		return fmt.Errorf("larger than %d bytes", maxGroupFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var state groupState
	if err := json.Unmarshal(text, &state, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if filepath.Base(path) != fileOf(state.groupName()) {
		return fmt.Errorf("holds another group's state")
	}
	one, err := g.start(state)
	if err == nil {
		g.byName[state.groupName()] = one
	}
	return err
}

func fileOf(name groupName) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", len(name.Source), name.Source, name.Name))
	return hex.EncodeToString(sum[:16]) + groupFileType
}

// start makes a group that runs.
func (g *groups) start(state groupState) (*group, error) {
	src, err := g.server.sourceOf(state.Source)
	if err != nil {
		return nil, err
	}
	if state.Filter != nil {
		if err := state.Filter.compile(); err != nil {
			return nil, err
		}
	}
	for i := range state.Parked {
		state.Parked[i].replaying = false
	}
	ctx, cancel := context.WithCancel(context.Background())
	one := &group{
		Server: g.server, groupState: state, src: src, path: filepath.Join(g.dir, fileOf(state.groupName())),
		reading: state.Next, held: make(map[messageID]*message), wake: make(chan struct{}, 1),
		cancel: cancel, ended: make(chan struct{}), since: time.Now(), lastSave: time.Now(),
	}
	go one.run(ctx)
	return one, nil
}

// sourceOf returns what a group follows.
func (s *Server) sourceOf(name string) (source, error) {
	if name == allStreams {
		return logSource{s}, nil
	}
	p, err := s.place(name)
	if err != nil {
		return nil, err
	}
	return s.open(p), nil
}

func missing(name groupName) error {
	return refusal(codes.NotFound, "there is no such persistent subscription",
		"exception", "persistent-subscription-does-not-exist", "stream-name", printable(name.Source), "group-name", printable(name.Name))
}

func (g *groups) find(name groupName) (*group, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if one := g.byName[name]; one != nil {
		return one, nil
	}
	return nil, missing(name)
}

// create makes a group durable and starts it.
func (g *groups) create(state groupState) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := state.groupName()
	switch {
	case g.closed:
		return refusal(codes.Unavailable, "the server is closing")
	case g.byName[name] != nil:
		return refusal(codes.AlreadyExists, "the persistent subscription exists",
			"exception", "persistent-subscription-exists", "stream-name", printable(name.Source), "group-name", printable(name.Name))
	case len(g.byName) >= maxGroups:
		return exhausted("persistent subscriptions")
	}
	one, err := g.start(state)
	if err != nil {
		return err
	}
	if err := one.save(); err != nil {
		one.stop()
		return err
	}
	g.byName[name] = one
	return nil
}

// update replaces a group's settings, which disconnects its consumers.
func (g *groups) update(name groupName, s settings) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.byName[name]
	if one == nil {
		return missing(name)
	}
	one.stop()
	state := one.state()
	state.Settings = s
	next, err := g.start(state)
	if err != nil {
		return err
	}
	g.byName[name] = next
	return next.save()
}

// remove ends a group and forgets what it had done.
func (g *groups) remove(name groupName) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.byName[name]
	if one == nil {
		return missing(name)
	}
	one.stop()
	delete(g.byName, name)
	if err := os.Remove(one.path); err != nil {
		return refusal(codes.Unavailable, "the state directory cannot be written")
	}
	return nil
}

// list returns the groups of a source, or all, in order.
func (g *groups) list(source string, all bool) []*group {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []*group
	for name, one := range g.byName {
		if all || name.Source == source {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b *group) int {
		return strings.Compare(a.Source+"\x00"+a.Name, b.Source+"\x00"+b.Name)
	})
	return out
}

// restart disconnects all consumers and begins anew from what is durable.
func (g *groups) restart() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for name, one := range g.byName {
		one.stop()
		next, err := g.start(one.state())
		if err != nil {
			return err
		}
		g.byName[name] = next
	}
	return nil
}

// close ends and saves all groups.
func (g *groups) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	var first error
	for _, one := range g.byName {
		one.stop()
		if err := one.saved; err != nil && first == nil {
			first = fmt.Errorf("esdbgrpc: state: %w", err)
		}
	}
	return first
}
