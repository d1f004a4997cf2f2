package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"sync/atomic"
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
	// What was recorded is gathered before a follower is told, so that it comes in
	// one piece: for a while that grows with the number of followers, as does the
	// time that a processor needs to write to them all.
	gatherForEach = 20 * time.Microsecond
	gatherAtMost  = 20 * time.Millisecond
	// The followers sit in rows that are told one after the other, all of them in
	// that while. Were all told at once, the last would hear of it when all others
	// had been written to, and so long everything else would wait for a processor.
	tailRows = 32
	// streamPiece is about how many bytes are written to a follower in one piece, and
	// of how many the blocks are that the texts of frames stand in.
	streamPiece = 64 << 10
)

// tail follows the ledger once for all who follow the feed. It lives as long as
// somebody does.
type tail struct {
	mu     sync.Mutex
	begin  eventstore.Position // after which it has every event
	end    eventstore.Position // of the last event it has
	frames []frame
	block  []byte // in which the text of the next frame stands right after the last one's
	users  int
	rows   [tailRows]row
	next   int       // the row whose turn it is
	left   int       // rows that are not told of everything yet
	due    time.Time // the next row's turn, while some are left
	teller *time.Timer
	over   bool // there will be no more
	cancel context.CancelFunc
	ended  chan struct{}
}

// row are followers who are told together.
type row struct {
	users int
	grown chan struct{} // closed when there are more frames, or it is time for a heartbeat
}

func newTail(head eventstore.Position, cancel context.CancelFunc) *tail {
	t := &tail{begin: head, end: head, cancel: cancel, ended: make(chan struct{})}
	for i := range t.rows {
		t.rows[i].grown = make(chan struct{})
	}
	t.teller = time.AfterFunc(heartbeat/2, t.tell)
	return t
}

// sit gives another follower a place in the row that has the fewest.
func (t *tail) sit() (row int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.rows {
		if t.rows[i].users < t.rows[row].users {
			row = i
		}
	}
	t.rows[row].users++
	t.users++
	return row
}

// rise gives a place back, and returns how many followers are left.
func (t *tail) rise(row int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[row].users--
	t.users--
	return t.users
}

// tails holds the tail of the feed while somebody follows it.
type tails struct {
	mu  sync.Mutex
	now *tail
	era atomic.Int64 // how often callers or policies have become others
}

// errOtherEra says that callers or policies have become others since it was found
// out who asks and whether he may.
var errOtherEra = errors.New("callers or policies are others")

// join returns the tail of the feed and a place in it; leave gives it back. The era
// is that before anybody found out who asks.
func (a *API) join(era int64) (*tail, int, error) {
	a.tails.mu.Lock()
	defer a.tails.mu.Unlock()
	if era != a.tails.era.Load() {
		return nil, 0, errOtherEra
	}
	if t := a.tails.now; t != nil {
		select {
		case <-t.ended: // it failed: those who have it go, and come back
		default:
			return t, t.sit(), nil
		}
	}
	head, err := a.Head(a.running)
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithCancel(a.running)
	t := newTail(head, cancel)
	go func() {
		defer close(t.ended)
		defer t.finish()
		t.run(ctx, a)
	}()
	a.tails.now = t
	return t, t.sit(), nil
}

func (a *API) leave(t *tail, row int) {
	a.tails.mu.Lock()
	defer a.tails.mu.Unlock()
	if t.rise(row) > 0 {
		return
	}
	t.cancel()
	<-t.ended
	if a.tails.now == t {
		a.tails.now = nil
	}
}

// Renew ends all streams of the feed, and those of whoever is being let in: they
// come back, and are asked anew who they are and what they may. It is called when
// callers or policies are others.
func (a *API) Renew() {
	a.tails.mu.Lock()
	defer a.tails.mu.Unlock()
	a.tails.era.Add(1)
	if t := a.tails.now; t != nil {
		t.cancel()
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
	if len(t.block)+len(f.text) > cap(t.block) {
		t.block = make([]byte, 0, max(streamPiece, len(f.text)))
	}
	t.block = append(t.block, f.text...)
	f.text = t.block[len(t.block)-len(f.text):]
	t.frames, t.end = append(t.frames, f), f.event.Position
	if t.left == 0 {
		t.due = time.Now().Add(t.step())
		t.teller.Reset(t.step())
	}
	t.left = len(t.rows)
}

// step is the time between the turns of two rows.
func (t *tail) step() time.Duration {
	return min(gatherAtMost, time.Duration(t.users)*gatherForEach) / tailRows
}

// tell is called when it is a row's turn, and twice in the time of a heartbeat at
// least.
func (t *tail) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.teller.Reset(t.turn(time.Now()))
	}
}

// turn wakes the rows whose turn has come by now, and returns how long it is until
// the next one's. A row without followers takes no time.
func (t *tail) turn(now time.Time) time.Duration {
	if t.left == 0 { // nobody had anything to hear for a while
		t.left, t.due = len(t.rows), now
	}
	for ; t.left > 0 && !t.due.After(now); t.left-- {
		r := &t.rows[t.next]
		t.next = (t.next + 1) % len(t.rows)
		if r.users > 0 {
			close(r.grown)
			r.grown = make(chan struct{})
			t.due = t.due.Add(t.step())
		}
	}
	if t.left == 0 {
		return heartbeat / 2
	}
	return t.due.Sub(now)
}

// finish tells the followers that there will be no more.
func (t *tail) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.teller.Stop()
	t.over = true
	for _, r := range t.rows {
		close(r.grown)
	}
}

// after returns the frames after a position, and what is closed when a row is told
// of more; nil when there will be none. Before begin it returns no frames, and false.
func (t *tail) after(at eventstore.Position, row int) ([]frame, <-chan struct{}, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at < t.begin {
		return nil, nil, false
	}
	i := sort.Search(len(t.frames), func(i int) bool { return t.frames[i].event.Position > at })
	more := t.rows[row].grown
	if t.over {
		more = nil
	}
	return t.frames[i:len(t.frames):len(t.frames)], more, true
}

// send writes server-sent events until the client goes, the server shuts down
// or the ledger cannot be read; the client comes back with Last-Event-ID.
func (a *API) send(ctx context.Context, w http.ResponseWriter, era int64, chosen *choice, from eventstore.Position) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.running, cancel)()
	w.Header().Set("Content-Type", "text/event-stream")
	// The stream ends with its connection: a piece that is sent in chunks takes two
	// calls of the system, and wakes its reader twice.
	w.Header().Set("Transfer-Encoding", "identity")
	w.WriteHeader(http.StatusOK)
	t, row, err := a.join(era)
	if err != nil {
		return
	}
	defer a.leave(t, row)
	s := &streaming{ctx: ctx, out: http.NewResponseController(w), w: w, chosen: chosen, at: from, row: row, piece: []byte(": following\n\n")}
	for {
		more, err := a.next(s, t)
		if err != nil || more == nil {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// next writes all that there is for a follower, or that there is nothing, and
// returns what is closed when it is time to look again.
func (a *API) next(s *streaming, t *tail) (<-chan struct{}, error) {
	for {
		frames, more, near := t.after(s.at, s.row)
		if !near {
			if err := a.reread(s, t); err != nil {
				return nil, err
			}
			continue
		}
		for i := range frames {
			if err := s.take(&frames[i]); err != nil {
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
		if err := s.take(&f); err != nil {
			return err
		}
		if _, _, near := t.after(s.at, s.row); near {
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
	row    int       // of the tail
	piece  []byte    // to be written: a part of a block, or own
	own    []byte    // what did not stand together
	mixed  bool      // whether piece is own
	wrote  time.Time // when something was written last
	limit  time.Time // when a write that is under way is given up
}

func (s *streaming) take(f *frame) error {
	wanted, _, err := s.chosen.takes(s.ctx, f.event)
	if err != nil {
		return err
	}
	s.at = f.event.Position
	if !wanted {
		return nil
	}
	s.add(f.text)
	if len(s.piece) < streamPiece {
		return nil
	}
	return s.flush()
}

// add adds a text to the piece. Texts that stand one after the other in a block are
// written from there: all who follow share them.
func (s *streaming) add(text []byte) {
	switch n := len(s.piece); {
	case n == 0:
		s.piece = text
	case !s.mixed && adjoin(s.piece, text):
		s.piece = s.piece[:n+len(text)]
	default:
		if !s.mixed {
			s.own, s.mixed = append(s.own[:0], s.piece...), true
		}
		s.own = append(s.own, text...)
		s.piece = s.own
	}
}

// adjoin reports whether b begins in memory where a ends.
func adjoin(a, b []byte) bool {
	return len(b) > 0 && cap(a) > len(a) && &a[:len(a)+1][len(a)] == &b[0]
}

// flush writes what is there; where nothing is and nothing was for a while, that
// the stream goes on. A client that does not read is given up, after
// streamWriteLimit at the latest and after half of it at the earliest: to move the
// limit with every write takes longer than to wake the follower.
func (s *streaming) flush() error {
	now := time.Now()
	if len(s.piece) == 0 && now.Sub(s.wrote) >= heartbeat/2 {
		s.add([]byte(": still here\n\n"))
	}
	if len(s.piece) == 0 {
		return nil
	}
	if s.limit.Sub(now) < streamWriteLimit/2 {
		s.limit = now.Add(streamWriteLimit)
		if err := s.out.SetWriteDeadline(s.limit); err != nil {
			return err
		}
	}
	if _, err := s.w.Write(s.piece); err != nil {
		return err
	}
	s.piece, s.mixed, s.wrote = nil, false, now
	return s.out.Flush()
}
