package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
)

func written(t testing.TB, p paper.Paper) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := docx.Write(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sample(says string) paper.Paper {
	return paper.Paper{Title: says, Author: says, Footer: says, Made: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Blocks: []paper.Block{
		paper.Heading{Level: 1, Text: says}, paper.Plain(says),
		paper.Table{Widths: []int{20, 80}, Head: []string{"Day", "What"}, Rows: [][]paper.Cell{{{}, {paper.Paragraph{{Text: says, Bold: true}, {Text: says, Italic: true}}}}}},
	}}
}

// parts unpacks a document and parses every part of it to its end. It returns the
// text of each, and checks what a word processor looks at first.
func parts(t testing.TB, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	targets := map[string]bool{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for d := xml.NewDecoder(r); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch token := token.(type) {
			case xml.CharData:
				text.Write(token)
			case xml.StartElement:
				for _, a := range token.Attr {
					switch {
					case token.Name.Local == "Relationship" && a.Name.Local == "Target":
						targets[path.Join(strings.TrimSuffix(path.Dir(f.Name), "_rels"), a.Value)] = true
					case token.Name.Local == "Override" && a.Name.Local == "PartName":
						targets[strings.TrimPrefix(a.Value, "/")] = true
					}
				}
				if token.Name.Local == "br" {
					text.WriteString("\n")
				}
			}
		}
		texts[f.Name] = text.String()
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s", z.File[0].Name)
	}
	for target := range targets {
		if _, there := texts[target]; !there {
			t.Errorf("part %s is named and not there", target)
		}
	}
	return texts
}

func TestADocumentIsWellFormedWhateverItSays(t *testing.T) {
	for _, says := range []string{"Ann", "<w:p> & ]]> \"'", "שלום עולם", "أحمد said 12", "e\u0301\u0327 Zoë", "😀👨‍👩‍👧", "two\nlines", "", strings.Repeat("long ", 200_000)} {
		texts := parts(t, written(t, sample(says)))
		if n := strings.Count(texts["word/document.xml"], says); says != "" && n < 4 {
			t.Errorf("%.40q stands %d times in the document", says, n)
		}
		if !strings.Contains(texts["docProps/core.xml"], says) {
			t.Errorf("%.40q is not in the properties", says)
		}
	}
	if text := parts(t, written(t, sample("a\x00b\x1bc\xffd")))["word/document.xml"]; !strings.Contains(text, "a\uFFFDb\uFFFDc\uFFFDd") {
		t.Errorf("%q", text)
	}
}

func TestTheSamePaperIsTheSameDocument(t *testing.T) {
	if !bytes.Equal(written(t, sample("Ann")), written(t, sample("Ann"))) {
		t.Error("the bytes differ")
	}
}

func TestRightToLeftTextIsMarked(t *testing.T) {
	file := written(t, paper.Paper{Blocks: []paper.Block{paper.Plain("שלום Ann")}})
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || !bytes.Contains(text, []byte("<w:bidi/>")) || bytes.Count(text, []byte("<w:rtl/>")) != 1 {
		t.Errorf("%v: %s", err, text)
	}
}

func FuzzADocumentIsWellFormed(f *testing.F) {
	f.Add("Ann")
	f.Add("a\x00b\xff<&>")
	f.Fuzz(func(t *testing.T, says string) { parts(t, written(t, sample(says))) })
}
