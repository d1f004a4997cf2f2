package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
	"caseledger/schema"
)

// frame is an event as it is sent to whoever follows the feed: a notice as a
// server-sent event. What is not in a person's record has no text.
type frame struct {
	event eventstore.Recorded // without its payload
	text  []byte
}

func (a *API) frame(e eventstore.Recorded) (frame, error) {
	f := frame{event: eventstore.Recorded{Stream: e.Stream, Position: e.Position, Event: eventstore.Event{Type: e.Type}}}
	if _, isRecord := schema.RecordOf(e.Stream); !isRecord {
		return f, nil
	}
	n, err := schema.NoticeOf(a.Ledger, e)
	if err != nil {
		return f, err
	}
	text, err := json.Marshal(n)
	f.text = fmt.Appendf(nil, "id: %d\nevent: notice\ndata: %s\n\n", n.Position, text)
	return f, err
}

const (
	// keptFrames is how many of the last frames are kept for all followers. One
	// that is further behind reads the ledger by itself.
	keptFrames = 8_192
	// gatherFrames is how long what was recorded is gathered before all
	// followers are told, so that each gets it in one piece: writing to a thousand of
	// them takes a processor for about as long.
	gatherFrames = 20 * time.Millisecond
	// streamPiece is about how many bytes are written to a follower in one piece.
	streamPiece = 64 << 10
)

// tail follows the ledger once for all who follow the feed. It lives as long as
// somebody does.
type tail struct {
	mu     sync.Mutex
	begin  eventstore.Position // after which it has every event
	end    eventstore.Position // of the last event it has
	frames []frame
	grown  chan struct{} // closed when there are more
	told   bool          // whether they will be told soon
	users  int
	cancel context.CancelFunc
	ended  chan struct{}
}

// tails holds the tail of the feed while somebody follows it.
type tails struct {
	mu  sync.Mutex
	now *tail
}

// join returns the tail of the feed; leave gives it back.
func (a *API) join() (*tail, error) {
	a.tails.mu.Lock()
	defer a.tails.mu.Unlock()
	if t := a.tails.now; t != nil {
		select {
		case <-t.ended: // it failed: those who have it go, and come back
		default:
			t.users++
			return t, nil
		}
	}
	head, err := a.Head(a.running)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(a.running)
	t := &tail{begin: head, end: head, grown: make(chan struct{}), users: 1, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(t.ended)
		t.run(ctx, a)
	}()
	a.tails.now = t
	return t, nil
}

func (a *API) leave(t *tail) {
	a.tails.mu.Lock()
	defer a.tails.mu.Unlock()
	if t.users--; t.users > 0 {
		return
	}
	t.cancel()
	<-t.ended
	if a.tails.now == t {
		a.tails.now = nil
	}
}

// run adds what is recorded until ctx ends or the ledger cannot be read.
func (t *tail) run(ctx context.Context, a *API) {
	for e, err := range a.View.Records.Ledger.Store.Follow(ctx, t.begin) {
		if err != nil {
			return
		}
		f, err := a.frame(e)
		if err != nil {
			return
		}
		t.add(f)
	}
}

func (t *tail) add(f frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.frames) == 2*keptFrames {
		t.begin = t.frames[keptFrames-1].event.Position
		t.frames = append(make([]frame, 0, 2*keptFrames), t.frames[keptFrames:]...) // those who read the others keep them
	}
	t.frames, t.end = append(t.frames, f), f.event.Position
	if !t.told {
		t.told = true
		time.AfterFunc(gatherFrames, t.tell)
	}
}

func (t *tail) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = false
	close(t.grown)
	t.grown = make(chan struct{})
}

// after returns the frames after a position, and what is closed when there are
// more. Before begin it returns none, and false.
func (t *tail) after(at eventstore.Position) ([]frame, <-chan struct{}, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at < t.begin {
		return nil, nil, false
	}
	i := sort.Search(len(t.frames), func(i int) bool { return t.frames[i].event.Position > at })
	return t.frames[i:len(t.frames):len(t.frames)], t.grown, true
}

// send writes server-sent events until the client goes, the server shuts down
// or the ledger cannot be read; the client comes back with Last-Event-ID.
func (a *API) send(ctx context.Context, w http.ResponseWriter, chosen *choice, from eventstore.Position) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.running, cancel)()
	t, err := a.join()
	if err != nil {
		return
	}
	defer a.leave(t)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	s := &streaming{ctx: ctx, out: http.NewResponseController(w), w: w, chosen: chosen, at: from, piece: []byte(": following\n\n")}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if s.flush() != nil {
			return
		}
		more, err := a.next(s, t)
		if err != nil {
			return
		}
		select {
		case <-more:
		case <-beat.C:
			s.piece = append(s.piece, ": still here\n\n"...)
		case <-t.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

// next takes all that there is for a follower, and returns what is closed when
// there is more.
func (a *API) next(s *streaming, t *tail) (<-chan struct{}, error) {
	for {
		frames, more, near := t.after(s.at)
		if !near {
			if err := a.reread(s, t); err != nil {
				return nil, err
			}
			continue
		}
		for _, f := range frames {
			if err := s.take(f); err != nil {
				return nil, err
			}
		}
		return more, s.flush()
	}
}

// reread brings a follower who is far behind to where the tail begins.
func (a *API) reread(s *streaming, t *tail) error {
	for e, err := range a.View.Records.Ledger.Store.ReadLog(s.ctx, s.at) {
		if err != nil {
			return err
		}
		f, err := a.frame(e)
		if err != nil {
			return err
		}
		if err := s.take(f); err != nil {
			return err
		}
		if _, _, near := t.after(s.at); near {
			return nil
		}
	}
	return s.ctx.Err()
}

// streaming is one follower, who has everything up to at.
type streaming struct {
	ctx    context.Context // of its request
	w      http.ResponseWriter
	out    *http.ResponseController
	chosen *choice
	at     eventstore.Position
	piece  []byte // to be written
}

func (s *streaming) take(f frame) error {
	wanted, _, err := s.chosen.takes(s.ctx, f.event)
	if err != nil {
		return err
	}
	s.at = f.event.Position
	if !wanted {
		return nil
	}
	s.piece = append(s.piece, f.text...)
	if len(s.piece) < streamPiece {
		return nil
	}
	return s.flush()
}

// flush writes what is there. A client that does not read is given up.
func (s *streaming) flush() error {
	if len(s.piece) == 0 {
		return nil
	}
	if err := s.out.SetWriteDeadline(time.Now().Add(streamWriteLimit)); err != nil {
		return err
	}
	if _, err := s.w.Write(s.piece); err != nil {
		return err
	}
	s.piece = s.piece[:0]
	return s.out.Flush()
}
