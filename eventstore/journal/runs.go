package journal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	indexDir = "index"
	// mergedAtOnce is how many runs of one level become one of the next. With
	// it a journal of 1000 segments has at most 7 + 7 + 7 + 1 runs, and a place
	// is written at most four times.
	mergedAtOnce = 8
	// buildLanes is how many index files are built at once. It is more than the
	// processors of a small machine: while one is made durable another is read.
	buildLanes = 4
)

// runs are the index files. Together they hold the place of every event in the
// sealed segments up to one of them, each once.
type runs struct {
	dir     string
	disk    opener
	rebuild func(ctx context.Context, segment int) (*table, error) // from the segment alone

	list    atomic.Pointer[[]*run] // in the order of their segments
	changed chan struct{}          // has one element when there may be something to merge

	mu      sync.Mutex // held to change what is in use
	digests [][sha256.Size]byte

	typesMu   sync.Mutex
	types     map[int][]typed // by segment, of those that were asked for
	typesMade sync.Mutex      // held to make a file
}

func (x *runs) all() []*run { return *x.list.Load() }

func (x *runs) publish(list []*run) {
	x.list.Store(&list)
	select {
	case x.changed <- struct{}{}:
	default:
	}
}

// load takes the index files in use that belong to the sealed segments, whose
// digests are given, builds what is missing, and deletes the rest.
func (x *runs) load(ctx context.Context, digests [][sha256.Size]byte) error {
	if err := makeDir(x.dir); err != nil {
		return err
	}
	x.digests = digests
	found, err := listRuns(x.dir)
	if err != nil {
		return err
	}
	var list []*run
	for segment := 0; segment < len(digests); {
		r := x.longest(found[segment])
		if r == nil {
			r = &run{extent: extent{segment, 1}}
		}
		list = append(list, r)
		segment = r.end()
	}
	if err := removeOthers(x.dir, list); err != nil {
		return err
	}
	return x.complete(ctx, list)
}

// complete builds the runs that are not open and publishes all of them.
func (x *runs) complete(ctx context.Context, list []*run) error {
	var missing []int
	for i, r := range list {
		if r.f == nil {
			missing = append(missing, i)
		}
	}
	for at, built := range ahead(len(missing), buildLanes, func(_, i int) built { return x.build(ctx, list[missing[i]].first) }) {
		if built.err != nil {
			return built.err
		}
		list[missing[at]] = built.run
	}
	x.publish(list)
	return nil
}

type built struct {
	*run
	err error
}

// build makes the index file of one segment.
func (x *runs) build(ctx context.Context, segment int) built {
	t, err := x.rebuild(ctx, segment)
	if err != nil {
		return built{nil, err}
	}
	return x.write(t)
}

// write makes the index file of a table.
func (x *runs) write(t *table) built {
	e := extent{t.segment, 1}
	err := writeTypes(x.disk, x.dir, t, x.digests[t.segment])
	if err == nil {
		err = writeTable(x.disk, x.dir, t, x.digest(e))
	}
	if err != nil {
		return built{nil, fmt.Errorf("journal: %w", err)}
	}
	r, err := openRun(x.dir, e)
	return built{r, err}
}

// digest binds an index file to its segments.
func (x *runs) digest(e extent) [sha256.Size]byte {
	h := sha256.New()
	for _, d := range x.digests[e.first:e.end()] {
		h.Write(d[:])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// listRuns returns what index files there are, by their first segment, the
// longest first.
func listRuns(dir string) (map[int][]extent, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	found := make(map[int][]extent)
	for _, f := range files {
		var first, last int
		if n, _ := fmt.Sscanf(f.Name(), "%08d-%08d"+runSuffix, &first, &last); n != 2 || last < first {
			continue
		}
		if e := (extent{first, last - first + 1}); runName(e) == f.Name() {
			found[first] = append(found[first], e)
		}
	}
	for _, of := range found {
		slices.SortFunc(of, func(a, b extent) int { return b.segments - a.segments })
	}
	return found, nil
}

// longest opens the longest run of those that is sound and belongs to the
// segments.
func (x *runs) longest(of []extent) *run {
	for _, e := range of {
		if e.end() > len(x.digests) {
			continue
		}
		if r, err := openRun(x.dir, e); err == nil && r.digest == x.digest(e) {
			return r
		}
	}
	return nil
}

// removeOthers deletes the index files, and what remains of writing them, that
// are not in the list.
func removeOthers(dir string, list []*run) error {
	keep := make(map[string]bool)
	for _, r := range list {
		keep[runName(r.extent)] = r.f != nil
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		ours := strings.HasSuffix(f.Name(), runSuffix) || strings.HasSuffix(f.Name(), ".tmp")
		if ours && !keep[f.Name()] {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// seal takes in the segment that follows the ones before.
func (x *runs) seal(t *table, digest [sha256.Size]byte) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.digests = append(x.digests, digest)
	b := x.write(t)
	if b.err != nil {
		return b.err
	}
	x.publish(append(slices.Clone(x.all()), b.run))
	t.flushed.Store(true)
	return nil
}

// repair builds a damaged run anew from its segments, unless another goroutine
// has done it.
func (x *runs) repair(ctx context.Context, bad *run) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := slices.Clone(x.all())
	at := slices.Index(list, bad)
	if at < 0 {
		return nil
	}
	if err := os.Remove(filepath.Join(x.dir, runName(bad.extent))); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fresh := make([]*run, bad.segments)
	for i := range fresh {
		fresh[i] = &run{extent: extent{bad.first + i, 1}}
	}
	return x.complete(ctx, slices.Replace(list, at, at+1, fresh...))
}

// merge makes one run of several of the same level as long as there are as many.
func (x *runs) merge(ctx context.Context) error {
	for {
		due := mergeable(x.all())
		if due == nil || ctx.Err() != nil {
			return nil
		}
		err := x.mergeOnce(ctx, due)
		var bad *indexError
		if errors.As(err, &bad) {
			err = x.repair(ctx, bad.run)
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
}

func (x *runs) mergeOnce(ctx context.Context, due []*run) error {
	e := extent{due[0].first, len(due)}
	e.segments = due[len(due)-1].end() - e.first
	x.mu.Lock()
	digest := x.digest(e)
	x.mu.Unlock()
	if err := writeMerged(ctx, x.disk, x.dir, due, digest); err != nil {
		return err
	}
	whole, err := openRun(x.dir, e)
	if err != nil {
		return err
	}
	return x.replace(due, whole)
}

// replace puts one run in the place of several. When they are no longer in use
// the one is not needed.
func (x *runs) replace(several []*run, one *run) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := slices.Clone(x.all())
	at := slices.Index(list, several[0])
	if at < 0 || !slices.Equal(list[at:min(at+len(several), len(list))], several) {
		return os.Remove(filepath.Join(x.dir, runName(one.extent)))
	}
	x.publish(slices.Replace(list, at, at+len(several), one))
	for _, r := range several {
		if err := os.Remove(filepath.Join(x.dir, runName(r.extent))); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// mergeable returns the first runs that should become one, or nil.
func mergeable(list []*run) []*run {
	for i := range list {
		n := 1
		for i+n < len(list) && n < mergedAtOnce && list[i+n].level() == list[i].level() {
			n++
		}
		if n == mergedAtOnce {
			return list[i : i+n]
		}
	}
	return nil
}

// level is the logarithm of the segments to the base of mergedAtOnce.
func (e extent) level() int { return (bits.Len(uint(e.segments)) - 1) / (bits.Len(mergedAtOnce) - 1) }

// head returns the revision of a stream in all runs.
func (x *runs) head(ctx context.Context, stream string) (uint64, error) {
	list := x.all()
	if len(list) == 0 {
		return 0, nil
	}
	var buffer [pageBytes]byte
	for k, i := keyOf(stream), len(list)-1; i >= 0; i-- {
		head, err := list[i].head(k, buffer[:])
		if errors.Is(err, errIndex) {
			if err = x.repair(ctx, list[i]); err == nil {
				return x.head(ctx, stream)
			}
		}
		if err != nil || head > 0 {
			return head, err
		}
	}
	return 0, nil
}

// indexError names the run that is damaged.
type indexError struct{ *run }

func (e *indexError) Error() string { return runName(e.extent) + ": " + errIndex.Error() }
func (e *indexError) Unwrap() error { return errIndex }
