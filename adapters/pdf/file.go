package pdf

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"github.com/carlos7ags/folio/core"
)

// Ref names an object of a file that may not have been written yet.
type Ref = *core.PdfIndirectReference

// file writes objects as they are made, so that a page is forgotten once it is
// written. The first error stays and stops all that follows.
type file struct {
	w       *bufio.Writer
	sum     hash.Hash // of all bytes so far: the identifier of the file
	at      int64
	offsets []int64 // by object number less one; 0 where it is still to come
	err     error
}

// header has four bytes above 127 in its second line, as PDF/A asks.
const header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

func newFile(w io.Writer) *file {
	f := &file{sum: sha256.New()}
	f.w = bufio.NewWriterSize(io.MultiWriter(w, f.sum), 1<<16)
	io.WriteString(f, header)
	return f
}

// Write implements io.Writer.
func (f *file) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.w.Write(p)
	f.at += int64(n)
	f.err = err
	return n, err
}

func (f *file) print(format string, args ...any) { fmt.Fprintf(f, format, args...) }

// reserve returns the name of an object that put writes later.
func (f *file) reserve() Ref {
	f.offsets = append(f.offsets, 0)
	return core.NewPdfIndirectReference(len(f.offsets), 0)
}

func (f *file) put(ref Ref, object core.PdfObject) {
	f.offsets[ref.Num()-1] = f.at
	f.print("%d 0 obj\n", ref.Num())
	if _, err := object.WriteTo(f); err != nil && f.err == nil {
		f.err = err
	}
	f.print("\nendobj\n")
}

func (f *file) add(object core.PdfObject) Ref {
	ref := f.reserve()
	f.put(ref, object)
	return ref
}

// close writes the table of objects. The identifier of the file is the hash of all
// that comes before it.
func (f *file) close(root, info Ref) error {
	start := f.at
	f.print("xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for i, at := range f.offsets {
		if at == 0 && f.err == nil {
			f.err = fmt.Errorf("object %d was never written", i+1)
		}
		f.print("%010d 00000 n \n", at)
	}
	if f.err == nil {
		f.err = f.w.Flush()
	}
	id := core.NewPdfHexString(string(f.sum.Sum(nil)[:16]))
	f.print("trailer\n")
	if _, err := dict("Size", number(len(f.offsets)+1), "Root", root, "Info", info, "ID", core.NewPdfArray(id, id)).WriteTo(f); err != nil && f.err == nil {
		f.err = err
	}
	f.print("\nstartxref\n%d\n%%%%EOF\n", start)
	if f.err != nil {
		return f.err
	}
	return f.w.Flush()
}

// dict makes a dictionary of keys, each with its value; a string is a name.
func dict(pairs ...any) *core.PdfDictionary {
	d := core.NewPdfDictionary()
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case string:
			d.Set(pairs[i].(string), core.NewPdfName(v))
		case core.PdfObject:
			d.Set(pairs[i].(string), v)
		}
	}
	return d
}

func number(n int) core.PdfObject { return core.NewPdfInteger(n) }

func numbers(all ...float64) *core.PdfArray {
	array := core.NewPdfArray()
	for _, n := range all {
		array.Add(core.NewPdfReal(n))
	}
	return array
}

func array(refs []Ref) *core.PdfArray {
	a := core.NewPdfArray()
	for _, r := range refs {
		a.Add(r)
	}
	return a
}

// text is a string in UTF-16, which every reader understands.
func text(s string) core.PdfObject {
	return core.NewPdfHexString(utf16be(shown(s)))
}
