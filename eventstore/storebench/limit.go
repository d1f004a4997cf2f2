package storebench

import (
	"os"
	"time"
)

// aheadBytes is the room that Bare has allocated before it writes there, as the
// fastest way to write a log needs it.
const aheadBytes = 16 << 20

// Bare is the limit of durable appends: a loop that writes groups of bytes to
// the end of a file, and syncs after each.
type Bare struct {
	f              *os.File
	content        []byte
	end, allocated int64
}

// NewBare creates the file. The caller closes it.
func NewBare(path string) (*Bare, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return &Bare{f: f}, err
}

// Close closes the file.
func (b *Bare) Close() error { return b.f.Close() }

// Bytes returns how many bytes were written.
func (b *Bare) Bytes() int64 { return b.end }

// Replay writes groups of so many bytes, and returns how long each took.
func (b *Bare) Replay(groups []int) ([]time.Duration, error) {
	took := make([]time.Duration, len(groups))
	for i, n := range groups {
		b.fill(n)
		began := time.Now()
		if err := b.write(b.content[:n]); err != nil {
			return nil, err
		}
		took[i] = time.Since(began)
	}
	return took, nil
}

// fill makes sure that there are so many bytes to write.
func (b *Bare) fill(n int) {
	for i := len(b.content); i < n; i++ {
		b.content = append(b.content, byte(i*i>>3))
	}
}

func (b *Bare) write(group []byte) error {
	if room := b.end + int64(len(group)); room > b.allocated {
		b.allocated = room + aheadBytes
		if err := allocate(b.f, b.end, b.allocated-b.end); err != nil {
			return err
		}
	}
	n, err := b.f.WriteAt(group, b.end)
	b.end += int64(n)
	if err != nil {
		return err
	}
	return syncData(b.f)
}

// Sum adds durations.
func Sum(all []time.Duration) (sum time.Duration) {
	for _, d := range all {
		sum += d
	}
	return sum
}
