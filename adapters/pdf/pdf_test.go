package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

func TestAWordInAnotherDirectionIsSetOnce(t *testing.T) {
	for _, says := range []string{"a (שלום) b.", "Her name is שלום.", "שלום (Ann), אבג-דה!", "أحمد, said", "(Ann) said שלום 12.", "12. שלום, 3-4 (אבג)", "?"} {
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
		letters := 0
		for _, s := range spans {
			if s.Tag != "Artifact" {
				letters += len([]rune(strings.ReplaceAll(s.Text, " ", "")))
			}
		}
		if want := len([]rune(strings.ReplaceAll(says, " ", ""))); letters != want {
			t.Errorf("%q is set in %d letters of %d", says, letters, want)
		}
	}
}
