package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/carlos7ags/folio/reader"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain/note"
	"caseledger/projections"
)

func written(t testing.TB, p paper.Paper) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := pdf.Write(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sample(says string) paper.Paper {
	return paper.Paper{Title: "Chronology " + says, Author: says, Footer: says, Made: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Blocks: []paper.Block{
		paper.Heading{Level: 1, Text: "Chronology " + says}, paper.Plain(says), paper.Heading{Level: 2, Text: "2026"},
		paper.Table{Widths: []int{20, 80}, Head: []string{"Day", "What"}, Rows: [][]paper.Cell{{{}, {paper.Paragraph{{Text: says, Bold: true}, {Text: says, Italic: true}}}}}},
	}}
}

func validate(t testing.TB, file []byte) {
	t.Helper()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(file), conf); err != nil {
		t.Errorf("another's validator says: %v", err)
	}
}

func TestMain(m *testing.M) {
	api.DisableConfigDir() // or the validator writes to the home directory
	m.Run()
}

func TestAPDFIsValidAndTaggedAndHasItsFontsWhateverItSays(t *testing.T) {
	for _, says := range []string{"Ann", "(a) \\ <b> & ]]>", "שלום עולם", "أحمد said 12", "e\u0301\u0327 Zoë", "😀👨‍👩‍👧", "two\nlines", "", "a\x00b\x1bc\xffd"} {
		file := written(t, sample(says))
		validate(t, file)
		for _, want := range []string{"/MarkInfo", "/StructTreeRoot", "pdfaid:part>2<", "pdfaid:conformance>A<", "/FontFile2", "/Outlines"} {
			if !bytes.Contains(file, []byte(want)) {
				t.Errorf("%q: there is no %s", says, want)
			}
		}
		if bytes.Contains(file, []byte("/JavaScript")) || bytes.Contains(file, []byte("/BaseFont /Helvetica")) {
			t.Errorf("%q: a script, or a font that is not embedded", says)
		}
	}
}

func TestTheSamePaperIsTheSamePDFAndAnotherHasAnotherIdentifier(t *testing.T) {
	one, again, other := written(t, sample("Ann שלום")), written(t, sample("Ann שלום")), written(t, sample("Ben"))
	if !bytes.Equal(one, again) {
		t.Error("the bytes differ")
	}
	id := func(file []byte) string {
		at := bytes.LastIndex(file, []byte("/ID ["))
		return string(file[at : at+40])
	}
	if id(one) == id(other) {
		t.Errorf("two papers have the identifier %s", id(one))
	}
}

func TestManyRowsGoOverManyPages(t *testing.T) {
	p := sample("Ann")
	for i := range 10 {
		rows := [][]paper.Cell{}
		for j := range paper.MaxRows {
			rows = append(rows, []paper.Cell{{paper.Plain(fmt.Sprint(i, ".", j))}, {paper.Plain(strings.Repeat("what was said ", 10))}})
		}
		p.Blocks = append(p.Blocks, paper.Table{Widths: []int{20, 80}, Head: []string{"Day", "What"}, Rows: rows})
	}
	file := written(t, p)
	validate(t, file)
	pages, err := api.PageCount(bytes.NewReader(file), model.NewDefaultConfiguration())
	if err != nil || pages < 20 {
		t.Errorf("%d pages, %v", pages, err)
	}
}

func TestTheLongestRowsOfAChronologyFitOnAPageAndOneThatDoesNotIsNotCutOff(t *testing.T) {
	for _, says := range []string{strings.Repeat("W", 4_000), strings.Repeat("日", 400), strings.Repeat("😀👨‍👩‍👧", 80), strings.Repeat("a b ", 600), strings.Repeat("אב ", 600)} {
		row := projections.StoryRow{Sentence: says, Author: "sw-1", Tags: []string{says}, Stands: []projections.Stand{{Party: says, Stand: "agreed"}, {Party: "father", Stand: "disputed", Note: says}}}
		for range 30 {
			row.Passages = append(row.Passages, note.Passage{Text: "x"})
		}
		validate(t, written(t, paper.Chronology(projections.Story{Title: "T", Rows: []projections.StoryRow{row}})))
	}
	tall := sample("Ann")
	tall.Blocks = append(tall.Blocks, paper.Table{Widths: []int{100}, Head: []string{"What"}, Rows: [][]paper.Cell{{{paper.Plain(strings.Repeat("what was said ", 2_000))}}}})
	if err := pdf.Write(io.Discard, tall); !errors.Is(err, pdf.ErrTooTall) {
		t.Errorf("a row taller than a page: %v", err)
	}
}

func FuzzAPDFIsWrittenWhateverItSays(f *testing.F) {
	f.Add("Ann")
	f.Add("a\x00b\xff(\\")
	f.Fuzz(func(t *testing.T, says string) {
		if len(says) > 1000 {
			return
		}
		validate(t, written(t, sample(says)))
	})
}

func TestALetterWithItsAccentIsOneCharacterAndWhatFollowsItStandsBehindIt(t *testing.T) {
	file := written(t, paper.Paper{Title: "T", Blocks: []paper.Block{paper.Plain("Jose\u0301.")}})
	if again := written(t, paper.Paper{Title: "T", Blocks: []paper.Block{paper.Plain("José.")}}); !bytes.Equal(file, again) {
		t.Error("they are set differently")
	}
}

// spansOf sets a paragraph, and returns the pieces of text on its page.
func spansOf(t *testing.T, says string) []reader.TextSpan {
	t.Helper()
	r, err := reader.Parse(written(t, paper.Paper{Title: "T", Blocks: []paper.Block{paper.Plain(says)}}))
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	spans, err := page.TextSpans()
	if err != nil {
		t.Fatal(err)
	}
	return spans
}

func TestAWordInAnotherDirectionIsSetOnce(t *testing.T) {
	for _, says := range []string{"a (שלום) b.", "Her name is שלום.", "שלום (Ann), אבג-דה!", "أحمد, said", "(Ann) said שלום 12.", "12. שלום, 3-4 (אבג)", "?"} {
		letters := 0
		for _, s := range spansOf(t, says) {
			if s.Tag != "Artifact" {
				letters += len([]rune(strings.ReplaceAll(s.Text, " ", "")))
			}
		}
		if want := len([]rune(strings.ReplaceAll(says, " ", ""))); letters != want {
			t.Errorf("%q is set in %d letters of %d", says, letters, want)
		}
	}
}

func TestTheLettersOfAWordReadFromRightToLeftStandFromRightToLeft(t *testing.T) {
	for says, stands := range map[string]string{"שלום עולם": "םלוע םולש", "Name: שלום 12": "Name: 12 םולש", "محمد": "دمحم", "אב (גד) Ann 5": "Ann 5 (דג) בא", "אב Ann (b, 2c) דה": "הד Ann (b, 2c) בא"} {
		file := written(t, paper.Paper{Title: "T", Blocks: []paper.Block{paper.Plain(says)}})
		got := ""
		for _, s := range spansOf(t, says) {
			if s.Tag != "Artifact" {
				got += s.Text
			}
		}
		if got != stands {
			t.Errorf("%q stands as %q, want %q", says, got, stands)
		}
		if !bytes.Contains(file, []byte("/ActualText")) {
			t.Errorf("%q: the structure does not say the order of reading", says)
		}
	}
}

func TestAMarkStandsOnItsLetterAsTheFontSays(t *testing.T) {
	for _, of := range []struct {
		letter, below, above string
		from                 float64 // where a mark begins at least, in widths of the letter: those of Latin reach back
	}{{"\u0628", "\u0650", "\u064e", 0}, {"q", "\u0323", "\u0301", 0.5}} {
		up := map[string]float64{} // of a mark, points from its letter
		for _, mark := range []string{of.below, of.above} {
			spans := spansOf(t, of.letter+mark)
			at := func(text string) reader.TextSpan {
				i := slices.IndexFunc(spans, func(s reader.TextSpan) bool { return s.Text == text })
				if i < 0 {
					t.Fatalf("%q is not set: %v", text, spans)
				}
				return spans[i]
			}
			letter, on := at(of.letter), at(mark)
			if on.X < letter.X+of.from*letter.Width || on.X > letter.X+letter.Width+1 {
				t.Errorf("%q%q: the mark stands at %v, its letter at %v", of.letter, mark, on.X, letter.X)
			}
			up[mark] = on.Y - letter.Y
		}
		if up[of.below] > up[of.above] {
			t.Errorf("%q: what is below stands at %v, what is above at %v", of.letter, up[of.below], up[of.above])
		}
	}
}
