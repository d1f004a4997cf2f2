// Package bulk fills the empty tables of a database file of SQLite, many times
// as fast as SQLite itself would. SQLite makes the file, its tables and
// indexes; this package writes the pages of their b-trees, each page once and in
// the order of the file, and what it leaves is a database like any other. The
// format is that of https://sqlite.org/fileformat2.html, which is fixed until
// 2050 at least.
//
// The package never changes a row that is there, makes no table, takes no lock
// and undoes nothing: the file must be nobody else's until Close, and is worth
// nothing after an error.
package bulk

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
)

const (
	fileHeader  = 100     // bytes
	lockByte    = 1 << 30 // no page that holds this byte of the file is ever used
	writeBuffer = 1 << 20 // bytes
	flushEach   = 1 << 28 // bytes after which the disk is told not to wait for the end
)

// File is a database that is being filled. Its methods belong to one
// goroutine; those of Table say otherwise.
type File struct {
	file    *os.File
	tables  []*Table
	spill   *spill
	budget  int // bytes of index entries kept in memory
	waiting int // bytes of index entries in memory

	mutex sync.Mutex // of what follows
	out   *bufio.Writer
	size  int    // of a page
	pages uint32 // written so far

	flushes  sync.WaitGroup // at most one, which Close and Abandon wait for
	flushing bool
	errFlush error
}

// Open opens the file, which SQLite has made and closed. Index entries beyond
// the budget, in bytes, wait to be sorted in a file at scratch, which only its
// owner may read.
func Open(path, scratch string, budget int) (*File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	f := &File{file: file, budget: budget}
	if err := f.begin(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if f.spill, err = newSpill(scratch); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// begin reads how long a page is and how many there are, and goes to the end.
func (f *File) begin() error {
	var header [fileHeader]byte
	if _, err := f.file.ReadAt(header[:], 0); err != nil {
		return err
	}
	f.size = int(binary.BigEndian.Uint16(header[16:]))
	f.pages = binary.BigEndian.Uint32(header[28:])
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	reserved, vacuums := header[20], binary.BigEndian.Uint32(header[52:])
	if f.size < 512 || reserved != 0 || vacuums != 0 || info.Size() != int64(f.pages)*int64(f.size) {
		return errors.New("the file is no database of SQLite that can be filled")
	}
	if _, err := f.file.Seek(info.Size(), 0); err != nil {
		return err
	}
	f.out = bufio.NewWriterSize(f.file, writeBuffer)
	return nil
}

// append writes a page at the end of the file and returns its number.
func (f *File) append(page []byte) (uint32, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.pages == f.lockPage()-1 {
		f.pages++
		if _, err := f.out.Write(make([]byte, f.size)); err != nil {
			return 0, err
		}
	}
	f.pages++
	if int64(f.pages)*int64(f.size)%flushEach == 0 && !f.flushing {
		f.flushing = true
		f.flushes.Go(f.flush)
	}
	_, err := f.out.Write(page)
	return f.pages, err
}

// flush has the disk write what the file has by now, so that it has little left
// to write at the end, and the system forget it: nothing of it is read again, and
// memory that is new to the system costs it far more than writing does.
func (f *File) flush() {
	err := f.file.Sync()
	forget(f.file)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.flushing, f.errFlush = false, errors.Join(f.errFlush, err)
}

func (f *File) lockPage() uint32 { return uint32(lockByte/f.size) + 1 }

// write writes a page that SQLite has made.
func (f *File) write(page []byte, number uint32) error {
	_, err := f.file.WriteAt(page, int64(number-1)*int64(f.size))
	return err
}

// Close writes the indexes, says in the file how long it is, and closes it when
// all of it is on the disk.
func (f *File) Close() error {
	err := f.finish()
	f.flushes.Wait()
	if err == nil {
		err = errors.Join(f.errFlush, f.file.Sync())
	}
	return errors.Join(err, f.spill.close(), f.file.Close())
}

// Abandon closes the file, which is then worth nothing.
func (f *File) Abandon() error {
	f.flushes.Wait()
	return errors.Join(f.spill.close(), f.file.Close())
}

func (f *File) finish() error {
	var indexes []*index
	for _, t := range f.tables {
		if err := t.rows.finish(); err != nil {
			return err
		}
		indexes = append(indexes, t.indexes...)
	}
	if err := f.spill.flush(); err != nil {
		return err
	}
	slices.SortFunc(indexes, func(a, b *index) int { return cmp.Compare(b.size, a.size) }) // the longest first, so that none is alone at the end
	if err := inParallel(indexes, (*index).finish); err != nil {
		return err
	}
	if err := f.out.Flush(); err != nil {
		return err
	}
	var pages [4]byte
	binary.BigEndian.PutUint32(pages[:], f.pages)
	_, err := f.file.WriteAt(pages[:], 28)
	return err
}

// Index is an index of a table, the one of its primary key included.
type Index struct {
	Root    uint32 // rootpage in sqlite_schema
	Columns []int  // places of its columns in the table
}

// Table is a table that is being filled, of columns that are TEXT or INTEGER,
// with a rowid, and empty.
type Table struct {
	file    *File
	last    uint64 // rowid
	rows    *tree
	indexes []*index
}

// Table begins to fill the table whose root page is given, and its indexes,
// which must be all that it has, of at most 14 columns each.
func (f *File) Table(root uint32, indexes []Index) *Table {
	t := &Table{file: f, rows: newTree(f, root, false)}
	for _, i := range indexes {
		t.indexes = append(t.indexes, &index{tree: newTree(f, i.Root, true), columns: i.Columns, spill: f.spill})
	}
	f.tables = append(f.tables, t)
	return t
}

// Rows are rows of one table in the form of the file.
type Rows struct {
	records list
	keys    []list // by index
}

// Reset takes the rows away and keeps their space.
func (r *Rows) Reset() {
	r.records.reset()
	for i := range r.keys {
		r.keys[i].reset()
	}
}

// Encode adds rows to those that are encoded already. It may be called by many
// goroutines, for Rows of their own. Values are string, *string, int64, bool, or
// nil. A key with a zero byte is refused.
func (t *Table) Encode(to *Rows, rows [][]any) error {
	if to.keys == nil {
		to.keys = make([]list, len(t.indexes))
	}
	for _, row := range rows {
		to.records.bytes = appendRecord(to.records.bytes, row)
		to.records.end()
		for i, index := range t.indexes {
			keys := &to.keys[i]
			for _, column := range index.columns {
				var err error
				if keys.bytes, err = appendKey(keys.bytes, row[column]); err != nil {
					return fmt.Errorf("column %d of the table: %w", column+1, err)
				}
			}
			keys.end()
		}
	}
	return nil
}

// Append adds rows to the table.
func (t *Table) Append(rows *Rows) error {
	first := t.last + 1
	for i := range rows.records.len() {
		t.last++
		if err := t.rows.addRow(t.last, rows.records.at(i)); err != nil {
			return err
		}
	}
	for i := range rows.keys {
		t.file.waiting += t.indexes[i].add(&rows.keys[i], first)
	}
	if t.file.waiting < t.file.budget {
		return nil
	}
	return t.file.relieve()
}

// relieve moves the index entries that wait in memory to the scratch file.
func (f *File) relieve() error {
	f.waiting = 0
	var indexes []*index
	for _, t := range f.tables {
		indexes = append(indexes, t.indexes...)
	}
	if err := inParallel(indexes, (*index).sort); err != nil {
		return err
	}
	for _, i := range indexes {
		if err := i.relieve(); err != nil {
			return err
		}
	}
	return nil
}

// list is texts one after the other.
type list struct {
	bytes []byte
	ends  []int
}

func (l *list) reset()   { l.bytes, l.ends = l.bytes[:0], l.ends[:0] }
func (l *list) end()     { l.ends = append(l.ends, len(l.bytes)) }
func (l *list) len() int { return len(l.ends) }

func (l *list) at(i int) []byte {
	begin := 0
	if i > 0 {
		begin = l.ends[i-1]
	}
	return l.bytes[begin:l.ends[i]:l.ends[i]]
}
