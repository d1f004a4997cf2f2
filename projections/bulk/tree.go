package bulk

import "encoding/binary"

// The kinds of pages.
const (
	indexInner = 2
	tableInner = 5
	indexLeaf  = 10
	tableLeaf  = 13
)

const (
	leafHead  = 8
	innerHead = 12
	pointer   = 2 // to a cell in its page
	child     = 4 // the number of a page
)

// tree is a b-tree that grows at its right edge: of each level one page is in
// memory, the last. A page that is full is written, and a cell for it goes to
// the page above.
//
// In the tree of a table the cells of inner pages are the number of a page and
// its last rowid. In that of an index they are entries, which stand nowhere
// else, each with the page of those before it.
type tree struct {
	file   *File
	root   uint32
	index  bool
	levels []*page // the leaf first
	cell   []byte  // space for the next one
	image  []byte  // space for a page to be written
}

// page is the cells of a page.
type page struct {
	cells list
	last  uint64 // rowid, in a leaf of a table
}

func newTree(f *File, root uint32, index bool) *tree {
	return &tree{file: f, root: root, index: index, image: make([]byte, f.size)}
}

// addRow adds a row, whose rowid is beyond all others.
func (t *tree) addRow(rowid uint64, record []byte) error {
	cell := appendVarint(appendVarint(t.cell[:0], uint64(len(record))), rowid)
	cell, err := t.appendPayload(cell, record, t.file.size-35)
	if err != nil {
		return err
	}
	t.cell = cell
	if err := t.add(0, cell); err != nil {
		return err
	}
	t.levels[0].last = rowid
	return nil
}

// addEntry adds an index entry, which is beyond all others.
func (t *tree) addEntry(record []byte) error {
	cell := appendVarint(t.cell[:0], uint64(len(record)))
	cell, err := t.appendPayload(cell, record, (t.file.size-12)*64/255-23)
	if err != nil {
		return err
	}
	t.cell = cell
	return t.add(0, cell)
}

// appendPayload appends as much of a record as may stand in a page; the rest
// goes to pages of its own, each with the number of the next. They are written
// from the last one on.
func (t *tree) appendPayload(cell, record []byte, most int) ([]byte, error) {
	if len(record) <= most {
		return append(cell, record...), nil
	}
	each := t.file.size - child
	least := (t.file.size-12)*32/255 - 23
	local := least + (len(record)-least)%each
	if local > most {
		local = least
	}
	next := uint32(0)
	for rest := record[local:]; len(rest) > 0; {
		n := (len(rest)-1)%each + 1
		clear(t.image)
		binary.BigEndian.PutUint32(t.image, next)
		copy(t.image[child:], rest[len(rest)-n:])
		rest = rest[:len(rest)-n]
		var err error
		if next, err = t.file.append(t.image); err != nil {
			return nil, err
		}
	}
	return binary.BigEndian.AppendUint32(append(cell, record[:local]...), next), nil
}

// add adds a cell to the page of a level, or to a new one when that is full.
func (t *tree) add(level int, cell []byte) error {
	if level == len(t.levels) {
		t.levels = append(t.levels, new(page))
	}
	p := t.levels[level]
	if head(level)+len(p.cells.bytes)+pointer*p.cells.len()+len(cell)+pointer > t.file.size {
		if err := t.turn(level); err != nil {
			return err
		}
	}
	p.cells.bytes = append(p.cells.bytes, cell...)
	p.cells.end()
	return nil
}

func head(level int) int {
	if level == 0 {
		return leafHead
	}
	return innerHead
}

// turn writes the page of a level, which becomes empty, and adds a cell for it
// to the level above: the last one of the page, except of the leaf of a table,
// which keeps all its rows. More than one cell fits on a page.
func (t *tree) turn(level int) error {
	p := t.levels[level]
	var key []byte
	right := uint32(0)
	switch {
	case level > 0:
		last := p.pop()
		right, key = binary.BigEndian.Uint32(last), last[child:]
	case t.index:
		key = p.pop()
	default:
		key = appendVarint(make([]byte, 0, maxVarint), p.last)
	}
	number, err := t.file.append(t.paint(level, right))
	if err != nil {
		return err
	}
	above := append(binary.BigEndian.AppendUint32(make([]byte, 0, child+len(key)), number), key...)
	p.cells.reset()
	return t.add(level+1, above)
}

// pop takes away the last cell, which is good until the next is added.
func (p *page) pop() []byte {
	n := p.cells.len() - 1
	cell := p.cells.at(n)
	p.cells.ends = p.cells.ends[:n]
	p.cells.bytes = p.cells.bytes[:len(p.cells.bytes)-len(cell)]
	return cell
}

// finish writes the pages that are left; the topmost stands where SQLite has
// made the root. An empty tree stays as SQLite has made it.
func (t *tree) finish() error {
	right := uint32(0)
	for level := range t.levels {
		image := t.paint(level, right)
		if level == len(t.levels)-1 {
			return t.file.write(image, t.root)
		}
		var err error
		if right, err = t.file.append(image); err != nil {
			return err
		}
	}
	return nil
}

// paint returns the page of a level as it stands in the file: a head, where the
// cells are, and at the end the cells. right is the page of what comes after
// the last cell of an inner page.
func (t *tree) paint(level int, right uint32) []byte {
	p, image := t.levels[level], t.image
	clear(image)
	begin := len(image) - len(p.cells.bytes)
	copy(image[begin:], p.cells.bytes)
	image[0] = t.kind(level)
	binary.BigEndian.PutUint16(image[3:], uint16(p.cells.len()))
	binary.BigEndian.PutUint16(image[5:], uint16(begin)) // 65,536 is 0
	if level > 0 {
		binary.BigEndian.PutUint32(image[8:], right)
	}
	at := image[head(level):]
	for i := range p.cells.len() {
		binary.BigEndian.PutUint16(at[pointer*i:], uint16(begin))
		begin += len(p.cells.at(i))
	}
	return image
}

func (t *tree) kind(level int) byte {
	switch {
	case t.index && level == 0:
		return indexLeaf
	case t.index:
		return indexInner
	case level == 0:
		return tableLeaf
	}
	return tableInner
}
