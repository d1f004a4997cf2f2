package journal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
)

// background seals segments and merges index files while the writer goes on.
// An error of it stops the writer when it needs the next segment.
type background struct {
	*Store
	disk    opener
	cancel  context.CancelFunc
	running sync.WaitGroup
	full    chan *table
	idle    chan error // has one element while no segment is being sealed
	merging chan error // has one element when merging went wrong
}

func newBackground(s *Store, disk opener) *background {
	ctx, cancel := context.WithCancel(context.Background())
	b := &background{
		Store: s, disk: disk, cancel: cancel,
		full: make(chan *table, 1), idle: make(chan error, 1),
		merging: make(chan error, 1),
	}
	b.idle <- nil
	b.running.Go(b.seal)
	b.running.Go(func() { b.merge(ctx) })
	return b
}

// begin hands over a segment that is full. The one before must be sealed.
func (b *background) begin(t *table) {
	<-b.idle
	b.full <- t
}

// wait returns when no segment is being sealed, or why one could not be.
func (b *background) wait() error {
	select {
	case err := <-b.merging:
		b.merging <- err
		return err
	case err := <-b.idle:
		b.idle <- err
		return err
	}
}

// end waits for the seal under way; a merge is given up.
func (b *background) end() {
	b.cancel()
	close(b.full)
	b.running.Wait()
}

func (b *background) seal() {
	for t := range b.full {
		digest, err := b.finish(b.view.Load().segment(t.segment))
		if err == nil {
			err = b.runs.seal(t, digest)
		}
		b.idle <- err
	}
}

// merge tells the first thing that goes wrong, and ends.
func (b *background) merge(ctx context.Context) {
	for {
		select {
		case <-b.runs.changed:
		case <-ctx.Done():
			return
		}
		if err := b.runs.merge(ctx); err != nil {
			b.merging <- err
			return
		}
	}
}

// finish gives a full segment its footer. From then on it never changes.
func (b *background) finish(s *segment) (digest [sha256.Size]byte, err error) {
	f, err := b.disk(b.path(s.first))
	if err != nil {
		return digest, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	src, err := b.files.get(s.first)
	if err != nil {
		return digest, fmt.Errorf("journal: %w", err)
	}
	defer src.release()
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(src, 0, s.end)); err != nil {
		return digest, fmt.Errorf("journal: %w", err)
	}
	end := footer{events: s.events, streams: s.streams, end: s.end, sparse: s.sparse}
	content := end.encode(s.seed, sum)
	if err := seal(f, content, s.end); err != nil {
		return digest, fmt.Errorf("journal: %w", err)
	}
	b.sealed.Add(1)
	return [sha256.Size]byte(content[len(content)-4-sha256.Size:]), nil
}

func seal(f file, content []byte, at int64) error {
	if err := f.Truncate(at); err != nil { // no room is left, nor a part of another seal
		return err
	}
	if _, err := f.WriteAt(content, at); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Chmod(0o444)
}
