package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/client"
	"caseledger/eventstore/storebench"
)

// What the measurement of the feed does, and is held to.
const (
	feedFollowers = 1_000
	feedRate      = 500 // events a second
	feedDelivery  = 50 * time.Millisecond
	feedPatience  = 30 * time.Second // for the last notices
	feedBuffer    = 16 << 10         // of a follower
)

// link is a notice as it came to whoever was told of it first, and the one after
// it. All followers go along one chain of them, and so each is seen to be told the
// same, in the same order, without a gap.
type link struct {
	text     []byte // with the blank line after it
	recorded time.Time
	position int64
	next     atomic.Pointer[link]
}

// newLink reads a server-sent event.
func newLink(text []byte) (*link, error) {
	head, data, _ := bytes.Cut(text, []byte("\ndata: "))
	id, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("id: ")), []byte("\n"))
	var n client.FeedNotices
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, fmt.Errorf("a notice: %w", err)
	}
	position, err := strconv.ParseInt(n.Position, 10, 64)
	if err != nil || string(id) != n.Position {
		return nil, errors.New("a notice whose id is not its position")
	}
	return &link{text: bytes.Clone(text), recorded: n.Time, position: position}, nil
}

// The steps in which lateness is counted.
const (
	latenessStep  = 100 * time.Microsecond
	latenessSteps = 100_000
)

// lateness counts how long notices took from their recording to their arrival.
type lateness struct {
	arrived atomic.Int64
	counts  [latenessSteps]atomic.Int64 // of steps begun; the last has all that took longer
}

func (l *lateness) add(took time.Duration) {
	l.counts[min(max(took/latenessStep, 0), latenessSteps-1)].Add(1)
	l.arrived.Add(1)
}

// within is the time that so many of a hundred did not exceed.
func (l *lateness) within(percent int64) time.Duration {
	left := l.arrived.Load() * percent / 100
	for i := range l.counts {
		if left -= l.counts[i].Load(); left <= 0 {
			return time.Duration(i+1) * latenessStep
		}
	}
	return latenessSteps * latenessStep
}

// follower is told what is recorded after at.
type follower struct {
	at   *link
	late *lateness
}

// follow asks for the feed and reads all of it until ctx ends.
func (f *follower) follow(ctx context.Context, by *apiCaller, over http.RoundTripper, ready func()) error {
	is := sync.OnceFunc(ready)
	defer is()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, by.URL+"/v1/feed/stream?after="+strconv.FormatInt(f.at.position, 10), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+by.Token)
	req.Header.Set("Purpose", by.Purpose)
	res, err := over.RoundTrip(req)
	if err != nil {
		return unlessOver(ctx, err)
	}
	if res.StatusCode == http.StatusOK {
		is()
		err = f.read(res.Body)
	} else {
		err = errors.New("the feed answers " + res.Status)
	}
	return errors.Join(unlessOver(ctx, err), res.Body.Close())
}

// read reads until the stream ends, which is an error.
func (f *follower) read(from io.Reader) error {
	text := make([]byte, feedBuffer)
	have := 0
	for {
		n, err := from.Read(text[have:])
		rest, wrong := f.hear(text[:have+n])
		if wrong != nil {
			return wrong
		}
		if err != nil {
			return err
		}
		if have = copy(text, rest); have == len(text) {
			return errors.New("a notice is too long")
		}
	}
}

// hear goes along the chain with what has arrived, and returns what is left of
// the last notice.
func (f *follower) hear(text []byte) (rest []byte, err error) {
	now := time.Now()
	for len(text) > 0 {
		next := f.at.next.Load()
		if next != nil && bytes.HasPrefix(text, next.text) {
			f.late.add(now.Sub(next.recorded))
			f.at, text = next, text[len(next.text):]
			continue
		}
		end := bytes.Index(text, []byte("\n\n")) + len("\n\n")
		switch {
		case end < len("\n\n"):
			return text, nil
		case text[0] == ':':
			text = text[end:]
		case next != nil:
			return nil, errors.New("a follower is told something else than another")
		default:
			if next, err = newLink(text[:end]); err != nil {
				return nil, err
			}
			f.at.next.CompareAndSwap(nil, next) // another may have been first
		}
	}
	return nil, nil
}

// unlessOver is nil for whatever happens after ctx has ended.
func unlessOver(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// feed has many follow the feed of a server process while acts are recorded at a
// steady pace. All of them read everything: the processors are shared with them.
func (b *bench) feed(ctx context.Context) error {
	return b.served(ctx, func(s *apiServer) error {
		callers, err := s.callers(ctx)
		if err != nil {
			return err
		}
		return b.told(ctx, s, callers)
	})
}

func (b *bench) told(ctx context.Context, s *apiServer, callers []*apiCaller) error {
	start := &link{}
	for _, a := range callers {
		start.position, a.entries = max(start.position, a.position), 0
	}
	followers := make([]*follower, min(feedFollowers, max(1, int(b.duration/(10*time.Millisecond)))))
	listening, hangUp := context.WithCancel(ctx)
	defer hangUp()
	over := &http.Transport{DisableCompression: true}
	defer over.CloseIdleConnections()
	var late lateness
	var all, ready sync.WaitGroup
	failed := make(chan error, len(followers))
	for i := range followers {
		ready.Add(1)
		followers[i] = &follower{start, &late}
		all.Go(func() { failed <- followers[i].follow(listening, callers[0], over, ready.Done) })
	}
	ready.Wait()
	used, own := s.cpu(), storebench.ProcessorTime()
	events := max(1, int(b.duration.Seconds()*feedRate))
	began := time.Now()
	err := storebench.Each(ctx, callers, events, func(a *apiCaller, i int) error {
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / feedRate)))
		asked := time.Now()
		err := a.act(ctx)
		a.took = append(a.took, time.Since(asked))
		return err
	})
	sent := int64(0)
	for _, a := range callers {
		sent += a.entries
	}
	wanted := sent * int64(len(followers))
	for end := time.Now().Add(feedPatience); err == nil && late.arrived.Load() < wanted && time.Now().Before(end) && len(failed) == 0; {
		time.Sleep(time.Millisecond)
	}
	used, own = s.cpu()-used, storebench.ProcessorTime()-own
	if len(failed) > 0 {
		err = errors.Join(err, <-failed)
	}
	hangUp()
	all.Wait()
	if err == nil {
		err = toldAll(callers, followers, start, sent)
	}
	if err != nil {
		return err
	}
	b.delivered(&late, len(followers), used, own)
	var acts []time.Duration
	for _, a := range callers {
		acts = append(acts, a.took...)
	}
	for _, percent := range []int{50, 99} {
		b.add(storebench.Result{Work: "feed", Case: fmt.Sprintf("%d in 100 acts durable and answered within", percent), Value: milliseconds(storebench.Percentile(acts, percent)), Unit: "ms"})
	}
	return nil
}

// toldAll reports whether every follower was told of all entries, of which the
// last ones of the callers are among the chain's.
func toldAll(callers []*apiCaller, followers []*follower, start *link, sent int64) error {
	told := make(map[int64]bool)
	last := start
	for l := start.next.Load(); l != nil; l = l.next.Load() {
		if l.position <= last.position {
			return errors.New("notices are not in the order of the ledger")
		}
		told[l.position], last = true, l
	}
	for _, f := range followers {
		if f.at != last || int64(len(told)) != sent {
			return fmt.Errorf("of %d entries, there are notices of %d, and not every follower was told of all", sent, len(told))
		}
	}
	for _, a := range callers {
		if a.entries > 0 && !told[a.position] {
			return errors.New("nobody was told of an act")
		}
	}
	return nil
}

func (b *bench) delivered(late *lateness, followers int, server, client time.Duration) {
	for _, percent := range []int64{50, 99} {
		within := late.within(percent)
		r := storebench.Result{Work: "feed", Case: fmt.Sprintf("%d in 100 notices with %d followers within", percent, followers), Value: milliseconds(within), Unit: "ms"}
		if percent == 99 {
			r.Reach(fmt.Sprintf("< %v at %d events/s", feedDelivery, feedRate), within < feedDelivery)
		}
		b.add(r)
	}
	each := func(used time.Duration) storebench.Number {
		return storebench.Number(float64(max(used, time.Microsecond)) / float64(time.Microsecond) / float64(late.arrived.Load()))
	}
	b.add(storebench.Result{Work: "feed", Case: "processor time of the server for a notice delivered", Value: each(server), Unit: "µs"})
	b.add(storebench.Result{Work: "feed", Case: "processor time of the followers for one", Value: each(client), Unit: "µs"})
}
