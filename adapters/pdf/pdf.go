// Package pdf writes papers as PDF: tagged, with the fonts that they use embedded,
// in type of twelve points or more, with bookmarks, as PDF/A and PDF/UA ask. The
// same paper is the same bytes. It reads none, and asks nothing of a network or of
// the machine's fonts.
package pdf

import (
	"bytes"
	"fmt"
	"io"

	"caseledger/adapters/paper"
)

// Write writes the paper as a PDF/A-2a. A character for which no font has a glyph
// stands as its number, [U+1F600], so that nobody takes it for another. Where it
// fails nothing is written.
func Write(w io.Writer, p paper.Paper) error {
	// How many pages there are is known when they have been set once.
	pages, err := write(io.Discard, p, 0)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if _, err := write(&out, p, pages); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

func write(w io.Writer, p paper.Paper, pages int) (int, error) {
	b, err := NewBook(w, About{p.Title, p.Author, p.Made}, func() error { return nil })
	if err != nil {
		return 0, err
	}
	b.Part()
	sheets, err := b.Set(p.Blocks, func(s Sheet) (Footer, error) {
		return Footer{Text: fmt.Sprintf("%s – page %d of %d", p.Footer, s.Number+1, pages)}, nil
	})
	if err != nil {
		return 0, err
	}
	return len(sheets), b.Close(Ending{Marks: Marks(sheets), Conforms: "2A"})
}

// Marks are bookmarks to the headings of pages, each below the one that it stands
// under.
func Marks(sheets []Sheet) []Mark {
	var all []Mark
	for _, s := range sheets {
		for _, h := range s.Headings {
			in := &all
			for level := 1; level < h.Level && len(*in) > 0; level++ {
				in = &(*in)[len(*in)-1].Marks
			}
			*in = append(*in, Mark{Text: h.Text, To: s, Top: h.Top})
		}
	}
	return all
}
