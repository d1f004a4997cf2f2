package esdbgrpc

import (
	"google.golang.org/grpc/codes"
)

// behind is after how many events without reaching the end a follower that was
// at the end is told that it fell behind.
const behind = 1_000

// follower is one catch-up subscription. What it has not sent is in the store
// alone: a slow caller costs no memory.
type follower struct {
	*reader
	src    source
	log    bool
	from   uint64 // next place
	filter *filter
	every  uint64 // events between two checkpoints

	live   bool   // told that it caught up
	looked uint64 // events since the last checkpoint
}

func (f *follower) run() error {
	if err := f.stream.Send(confirmation(f.id())); err != nil {
		return err
	}
	for {
		grown, done := f.hub.next(f.src.grows())
		err := f.pass()
		if err == nil {
			err = f.wait(grown)
		}
		done()
		if err != nil {
			return err
		}
	}
}

func (f *follower) id() string { return uuid(newID(), true).GetString_() }

func (f *follower) wait(grown <-chan struct{}) error {
	select {
	case <-grown:
		return nil
	case <-f.ctx.Done():
		return f.ctx.Err()
	case <-f.closing:
		return refusal(codes.Unavailable, "the server is closing")
	}
}

// pass sends what there is up to the present end.
func (f *follower) pass() error {
	sent := 0
	for e, err := range f.src.forward(f.ctx, f.from) {
		if err != nil {
			return err
		}
		f.from = e.at + 1
		if err := f.one(&e); err != nil {
			return err
		}
		if sent++; f.live && sent == behind {
			f.live = false
			if err := f.stream.Send(fellBehind(f.progress())); err != nil {
				return err
			}
		}
	}
	if f.live {
		return nil
	}
	f.live = true
	if f.filter != nil {
		if err := f.checkpoint(); err != nil {
			return err
		}
	}
	return f.stream.Send(caughtUp(f.progress()))
}

// one sends an event if the filter chooses it, and a checkpoint when one is due.
func (f *follower) one(e *event) error {
	if f.filter == nil {
		return f.event(e)
	}
	matched, err := f.filter.matches(e)
	if err == nil && matched {
		err = f.event(e)
	}
	if f.looked++; err == nil && f.looked >= f.every {
		err = f.checkpoint()
	}
	return err
}

func (f *follower) checkpoint() error {
	f.looked = 0
	return f.stream.Send(checkpoint(max(f.from, 1) - 1))
}

func (f *follower) progress() progress {
	return progress{log: f.log, known: f.from > 0, last: max(f.from, 1) - 1}
}
