package projections

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/schema"
)

const (
	rebuildFrom   = 20_000 // events from which a rebuild is worth its preparations
	portionSize   = 64     // streams that are folded in one go
	rebuildCommit = 20_000 // rows in one transaction
	portionsAhead = 16     // that may be folded before they are written
)

// rebuild fills the tables of the projections that are at the beginning of a
// long log, much faster than following it would: every stream is read, opened
// and folded once, on all processors, for all projections, and its final rows
// are written once, in the order of the streams, which is that of nearly all
// keys, to tables whose indexes are made at the end.
//
// Readers do not see the tables before they are whole, as rows are committed
// here before the position. A rebuild that is broken off begins anew. What
// cannot be applied is left to apply, which finds the event to blame.
func (r *Runner) rebuild(ctx context.Context, progress func(eventstore.Position)) error {
	fresh := slices.DeleteFunc(slices.Clone(r.followers), func(f *follower) bool { return f.position > 0 || f.stopped != nil })
	if len(fresh) == 0 {
		return nil
	}
	s, err := r.survey(ctx)
	if err != nil || s.events < r.rebuildFrom {
		return nil // apply says what is wrong, if anything is
	}
	b := &building{Runner: r, survey: s, fresh: fresh, failed: make([]atomic.Bool, len(fresh)), mark: "rebuild " + rand.Text(), progress: progress}
	if err := r.db.alter(ctx, b.empty); err != nil {
		return err
	}
	finish := func() error { return r.db.alter(ctx, b.finish) }
	if r.db.path != "" && b.alone {
		finish = func() error { return b.moveIn(ctx) }
		err = b.fillFile(ctx)
	} else {
		err = b.fill(ctx)
	}
	if ctx.Err() != nil || errors.Is(err, errMoved) {
		return errors.Join(ctx.Err(), err)
	}
	if err != nil {
		for i := range b.failed {
			b.failed[i].Store(true)
		}
		return r.db.alter(ctx, b.finish)
	}
	return finish()
}

// survey is what there is to rebuild from.
type survey struct {
	streams []string // sorted
	events  int
	last    eventstore.Position
	event   string // the id of the event there
}

func (r *Runner) survey(ctx context.Context) (survey, error) {
	var s survey
	var last eventstore.EventID
	for e, err := range eventstore.Scan(ctx, r.store, 0) {
		if err != nil {
			return s, err
		}
		if e.Revision == 1 {
			s.streams = append(s.streams, e.Stream)
		}
		s.events++
		s.last, last = e.Position, e.ID
	}
	s.event = hex.EncodeToString(last[:])
	slices.Sort(s.streams)
	return s, nil
}

// building is a rebuild at work.
type building struct {
	*Runner
	survey
	fresh    []*follower
	failed   []atomic.Bool // the projection has an event that cannot be applied
	mark     string        // stands in place of an event's id: whose rebuild it is
	alone    bool          // there are no tables but those that are rebuilt
	file     *newFile      // that takes the rows; nil: the tables themselves do
	progress func(eventstore.Position)
}

// empty makes the tables anew, unseen and without indexes.
func (b *building) empty(tx tx) error {
	for _, f := range b.fresh {
		if err := f.unmoved(tx); err != nil {
			return err
		}
		if err := dropVersion(tx, f.Name, version{f.Version, f.inUse, f.tableNames()}); err != nil {
			return fmt.Errorf("projection %s: %w", f.Name, err)
		}
		if err := begin(tx, f.Projection, b.mark); err != nil {
			return fmt.Errorf("projection %s: %w", f.Name, err)
		}
	}
	return tx.QueryRow("SELECT count(*) = 0 FROM projection WHERE event <> ?", b.mark).Scan(&b.alone)
}

// finish makes the indexes and moves the positions, and readers see the tables
// again that they saw before. Those that failed are empty again.
func (b *building) finish(tx tx) error {
	if err := b.mine(tx); err != nil {
		return err
	}
	for i, f := range b.fresh {
		err := b.finishOne(tx, f, b.failed[i].Load())
		if err != nil {
			return fmt.Errorf("projection %s: %w", f.Name, err)
		}
	}
	return nil
}

func (b *building) finishOne(tx tx, f *follower, failed bool) error {
	if failed {
		if err := dropVersion(tx, f.Name, version{number: f.Version, tables: f.tableNames()}); err != nil {
			return err
		}
		if err := begin(tx, f.Projection, ""); err != nil {
			return err
		}
	}
	if err := index(tx, f.Projection); err != nil {
		return err
	}
	if f.inUse {
		if err := use(tx, f.Projection); err != nil {
			return err
		}
	}
	if !failed {
		f.position, f.event = b.last, b.event
	}
	return f.save(tx)
}

// mine makes sure that no other process has begun the rebuild anew, and that
// none can before the transaction ends.
func (b *building) mine(tx tx) error {
	for _, f := range b.fresh {
		if err := (follower{Projection: f.Projection, event: b.mark}).unmoved(tx); err != nil {
			return err
		}
	}
	return nil
}

// portion is some streams that are folded in one go, and then their rows.
type portion struct {
	streams []string
	done    chan folded
}

type folded struct {
	rows   []gathered // by projection
	inFile *encoded   // for a new file: they are here instead
	size   int        // of them
	events int
	err    error
}

// fill folds portions on all processors, and writes their rows in order.
func (b *building) fill(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()
	n := runtime.GOMAXPROCS(0)
	todo, inOrder := make(chan *portion), make(chan *portion, portionsAhead)
	workers.Go(func() {
		defer close(todo)
		defer close(inOrder)
		for streams := range slices.Chunk(b.streams, portionSize) {
			p := &portion{streams, make(chan folded, 1)}
			for _, to := range []chan *portion{inOrder, todo} {
				select {
				case to <- p:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range n {
		workers.Go(func() {
			for p := range todo {
				p.done <- b.fold(ctx, p.streams)
			}
		})
	}
	return b.write(ctx, inOrder)
}

// fold reads the streams and gives each to all projections.
func (b *building) fold(ctx context.Context, streams []string) folded {
	out := folded{rows: make([]gathered, len(b.fresh))}
	if b.file != nil {
		out.inFile = b.file.space()
	}
	var c Change
	for _, stream := range streams {
		if b.file == nil {
			c = Change{} // what the rows point at stays
		}
		if err := b.whole(ctx, stream, &c); err != nil {
			out.err = err
			return out
		}
		out.events += len(c.Entries)
		for i, f := range b.fresh {
			if b.failed[i].Load() {
				continue
			}
			out.rows[i].next()
			if f.Apply(&Writer{to: &out.rows[i], projection: &f.Projection}, c) != nil {
				b.failed[i].Store(true)
			}
		}
		if err := b.endStream(&out); err != nil {
			out.err = err
			return out
		}
	}
	return out
}

// endStream counts the rows of a stream. For a new file they are given its form
// at once, while they are in the processor's cache.
func (b *building) endStream(out *folded) error {
	for i := range out.rows {
		out.size += out.rows[i].ofStream()
	}
	if b.file == nil {
		return nil
	}
	err := b.file.encode(out.inFile, out.rows)
	for i := range out.rows {
		out.rows[i].forget()
	}
	return err
}

// whole makes c the change from nothing to a stream as the survey saw it, in the
// space of the change that c was.
func (b *building) whole(ctx context.Context, stream string, c *Change) error {
	usual := b.events/len(b.streams) + 1
	*c = Change{Stream: stream, Entries: slices.Grow(c.Entries[:0], usual), Positions: slices.Grow(c.Positions[:0], usual)}
	for e, err := range b.store.ReadStream(ctx, stream, 0) {
		if err != nil {
			return fmt.Errorf("stream %s: %w", stream, err)
		}
		if e.Position > b.last {
			break
		}
		entry, err := b.codec.Decode(e)
		if err != nil {
			return fmt.Errorf("position %d: stream %s: %w", e.Position, stream, err)
		}
		c.Entries, c.Positions = append(c.Entries, entry), append(c.Positions, e.Position)
	}
	if id, ok := schema.RecordOf(stream); ok {
		c.Record = id
		c.After = record.Fold(c.Entries)
	}
	return nil
}

// write writes the rows of portions as they come, many in one transaction. No
// transaction waits for a portion.
func (b *building) write(ctx context.Context, inOrder <-chan *portion) error {
	var ready []folded
	rows, events := 0, 0
	for p := range inOrder {
		out, err := p.wait(ctx)
		if err != nil {
			return err
		}
		ready, rows, events = append(ready, out), rows+out.size, events+out.events
		if rows < rebuildCommit {
			continue
		}
		if err := b.commitRows(ctx, ready); err != nil {
			return err
		}
		ready, rows = nil, 0
		// The log is not gone through in its order: this is the share that is done.
		b.progress(eventstore.Position(float64(b.last) * float64(events) / float64(b.events)))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return b.commitRows(ctx, ready)
}

func (b *building) commitRows(ctx context.Context, all []folded) error {
	if b.file != nil {
		return b.file.append(all)
	}
	return b.db.within(ctx, func(tx tx) error {
		if err := b.mine(tx); err != nil {
			return err
		}
		to := &inserter{tx: tx, statements: make(map[string]*sql.Stmt)}
		for _, one := range all {
			if err := b.insert(to, one.rows); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *portion) wait(ctx context.Context) (folded, error) {
	select {
	case out := <-p.done:
		return out, out.err
	case <-ctx.Done():
		return folded{}, ctx.Err()
	}
}

func (b *building) insert(to *inserter, rows []gathered) error {
	for i, f := range b.fresh {
		if b.failed[i].Load() {
			continue
		}
		for _, t := range f.Tables {
			if err := to.insert(physical(t.Name, f.Version), len(t.Columns), rows[i].tables[t.Name]); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

// inserter adds rows many at a time.
type inserter struct {
	tx         tx
	statements map[string]*sql.Stmt
}

func (i *inserter) insert(table string, columns int, rows [][]any) error {
	for len(rows) > 0 {
		n := i.tx.engine.rowsAtOnce()
		if len(rows) < n {
			n = 1
		}
		statement, err := i.prepare(table, columns, n)
		if err != nil {
			return err
		}
		if _, err := statement.Exec(themselves(slices.Concat(rows[:n]...))...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (i *inserter) prepare(table string, columns, rows int) (*sql.Stmt, error) {
	key := fmt.Sprint(table, rows)
	if s, ok := i.statements[key]; ok {
		return s, nil
	}
	values := make([]string, rows)
	for n := range values {
		values[n] = "(" + marks(columns) + ")"
	}
	s, err := i.tx.Prepare("INSERT INTO " + table + " VALUES " + strings.Join(values, ","))
	if err == nil {
		i.statements[key] = s
	}
	return s, err
}

// gathered are the rows of one projection, stream after stream. Those of the
// last stream can be changed still.
type gathered struct {
	tables map[string][][]any
	places map[string]int // of the rows of the stream, by table and key
	from   map[string]int // where those of the stream begin, by table
}

var errTaken = errors.New("there is a row with this key")

// next begins a stream.
func (g *gathered) next() {
	if g.tables == nil {
		g.tables, g.places, g.from = make(map[string][][]any), make(map[string]int), make(map[string]int)
	}
	clear(g.places)
	for table, rows := range g.tables {
		g.from[table] = len(rows)
	}
}

// ofStream is how many rows the stream has.
func (g *gathered) ofStream() int {
	n := 0
	for table, rows := range g.tables {
		n += len(rows) - g.from[table]
	}
	return n
}

// forget takes all rows away and keeps their space.
func (g *gathered) forget() {
	for table, rows := range g.tables {
		clear(rows)
		g.tables[table] = rows[:0]
	}
}

func (g *gathered) put(t *Table, instead bool, row []any) error {
	key := keyOfRow(t, row)
	at, taken := g.places[key]
	switch {
	case !taken:
		g.places[key] = len(g.tables[t.Name])
		g.tables[t.Name] = append(g.tables[t.Name], row)
	case instead:
		g.tables[t.Name][at] = row
	default:
		return errTaken
	}
	return nil
}

// keyOfRow tells the rows of a stream apart.
func keyOfRow(t *Table, row []any) string {
	text := append(make([]byte, 0, 128), t.Name...)
	for _, v := range row[:len(t.Key)] {
		text = append(text, 0)
		switch v := v.(type) {
		case string:
			text = append(text, v...)
		case *string:
			text = append(text, *v...)
		case int64:
			text = strconv.AppendInt(text, v, 10)
		default:
			text = fmt.Append(text, v)
		}
	}
	return string(text)
}

// change changes or, without set, removes rows of the stream. No key is ever
// changed.
func (g *gathered) change(t *Table, set, where []Cell) (int, error) {
	all := g.tables[t.Name]
	mine, n := all[g.from[t.Name]:], 0
	for _, row := range mine {
		if !fits(t, row, where) {
			continue
		}
		n++
		for _, c := range set {
			row[t.place(c.Column)] = c.Value
		}
	}
	if set == nil && n > 0 {
		left := slices.DeleteFunc(mine, func(row []any) bool { return fits(t, row, where) })
		g.tables[t.Name] = all[:g.from[t.Name]]
		maps.DeleteFunc(g.places, func(key string, _ int) bool { return strings.HasPrefix(key, t.Name+"\x00") })
		for _, row := range left {
			if err := g.put(t, false, row); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func fits(t *Table, row []any, where []Cell) bool {
	return !slices.ContainsFunc(where, func(c Cell) bool { return itself(row[t.place(c.Column)]) != c.Value })
}

func (t *Table) place(column string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column })
}
