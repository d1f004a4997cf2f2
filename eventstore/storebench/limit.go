package storebench

import (
	"os"
	"time"
)

// aheadBytes is the room that Bare has allocated before it writes there, as the
// fastest way to write a log needs it.
const aheadBytes = 16 << 20

// Groups of up to so many bytes get zeros ahead of them from a loop that writes
// zeros, and so many of them at a time.
const (
	zeroedGroup = 128 << 10
	zeroBytes   = 256 << 10
)

// Bare is the limit of durable appends: a loop that writes groups of bytes to
// the end of a file, and syncs after each.
type Bare struct {
	f              *os.File
	zeros          []byte // nil when the loop writes none ahead
	content        []byte
	end, allocated int64
	zeroed         int64 // end of the zeros
	written        int64
}

// NewBare creates the file. The loop writes groups alone, or zeros ahead of small
// ones. The caller closes it.
func NewBare(path string, zeros bool) (*Bare, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	b := &Bare{f: f}
	if zeros {
		b.zeros = make([]byte, zeroBytes)
	}
	return b, err
}

// Close closes the file.
func (b *Bare) Close() error { return b.f.Close() }

// Bytes returns how many bytes were written.
func (b *Bare) Bytes() int64 { return b.written }

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
	if err := b.put(group, b.end); err != nil {
		return err
	}
	b.end += int64(len(group))
	if err := b.zero(int64(len(group))); err != nil {
		return err
	}
	return syncData(b.f)
}

// zero writes zeros behind a small group that reaches the end of the last ones.
func (b *Bare) zero(group int64) error {
	if group > zeroedGroup || b.end <= b.zeroed {
		return nil
	}
	b.zeroed = min(b.end+int64(len(b.zeros)), b.allocated)
	return b.put(b.zeros[:b.zeroed-b.end], b.end)
}

func (b *Bare) put(content []byte, at int64) error {
	n, err := b.f.WriteAt(content, at)
	b.written += int64(n)
	return err
}

// Sum adds durations.
func Sum(all []time.Duration) (sum time.Duration) {
	for _, d := range all {
		sum += d
	}
	return sum
}
