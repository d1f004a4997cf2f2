package binder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/binder"
	"caseledger/adapters/paper"
	"caseledger/domain"
)

// told is a paper that tells so many entries, a row each.
func told(title string, entries int) *paper.Paper {
	p := &paper.Paper{Title: title, Blocks: []paper.Block{paper.Heading{Level: 1, Text: title}, paper.Plain("What is known of Zoë, as שלום and أحمد say: 😀 e\u0301.")}}
	t := paper.Table{Widths: []int{20, 60, 20}, Head: []string{"Day", "What", "By"}}
	for i := range entries {
		t.Rows = append(t.Rows, []paper.Cell{{paper.Plain("2026-01-05")}, {paper.Plain(strings.Repeat(fmt.Sprintf("entry%d was told at some length. ", i+1), 4))}, {paper.Plain("sw-1")}})
		t.Of = append(t.Of, paper.Reference{Entry: uint64(i + 1), Leaf: fmt.Sprintf("%016x", uint64(i+1)*0x9e3779b97f4a7c15)})
	}
	p.Blocks = append(p.Blocks, t, paper.Heading{Level: 2, Text: "End of " + title}, paper.Reference{Entry: uint64(entries + 1), Leaf: "ffffffffffffffff"}, paper.Plain("The last words of "+title+"."))
	return p
}

func sample() binder.Bundle {
	day := func(s string) domain.Date {
		d, err := domain.ParseDate(s)
		if err != nil {
			panic(err)
		}
		return d
	}
	return binder.Bundle{
		Title: "Re Z: bundle for the hearing", Court: "Family Court at Anytown", Case: "ZC26C00001", Parties: "Anytown Council and A and B", Made: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Sections: []binder.Section{
			{Letter: "A", Title: "Preliminary documents", Documents: []binder.Document{
				{ID: "a-late", Title: "Addendum", Date: day("2026-11-20"), Paper: told("Addendum", 3), Late: true},
				{ID: "a-chronology", Title: "Chronology", Date: day("2026-11-01"), Paper: told("Chronology", 40), Pages: 9},
				{ID: "a-issues", Title: "Statement of issues", Paper: told("Statement of issues", 5)},
			}},
			{Letter: "B", Title: "Statements", Documents: []binder.Document{{ID: "b-one", Title: "Statement of the social worker", Date: day("2026-10-01"), Paper: told("Statement", 20)}}},
		},
		Receipt:     paper.Paper{Blocks: []paper.Block{paper.Heading{Level: 1, Text: "Receipt"}, paper.Plain("The checkpoint of the ledger.")}},
		Attachments: []binder.Attachment{{Name: "evidence.zip", Type: "application/zip", About: "The evidence package", Relation: "Supplement", Content: []byte("PK\x05\x06")}},
	}
}

func built(t testing.TB, b binder.Bundle) ([]byte, binder.Manifest) {
	t.Helper()
	var out bytes.Buffer
	m, err := binder.Build(t.Context(), &out, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), m
}

// TestABundleCanBeLookedAt writes a bundle and its manifest, into the directory that
// CASELEDGER_BUNDLE_SAMPLE names, for others' programs to read, or one of its own.
func TestABundleCanBeLookedAt(t *testing.T) {
	directory := os.Getenv("CASELEDGER_BUNDLE_SAMPLE")
	if directory == "" {
		directory = t.TempDir()
	}
	b := sample()
	for o := 1; o <= 8; o++ {
		b.Sections = append(b.Sections, binder.Section{Letter: string(rune('B' + o)), Title: fmt.Sprintf("Pictures held in way %d", o), Documents: []binder.Document{{ID: fmt.Sprintf("picture-%d", o), Title: "Photograph", File: picture(t, o)}}})
	}
	b.Sections = append(b.Sections, binder.Section{Letter: "K", Title: "Reports", Documents: []binder.Document{{ID: "report", Title: "Report of Dr Ąę", File: uploaded(t, *told("Report", 20))}}})
	file, manifest := built(t, b)
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"bundle.pdf": file, "bundle.json": text, "signed.pdf": signed(t, file, nil)} {
		if err := os.WriteFile(filepath.Join(directory, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheSameBundleIsTheSameBytes(t *testing.T) {
	one, first := built(t, sample())
	again, second := built(t, sample())
	if !bytes.Equal(one, again) || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Error("they differ")
	}
}

func TestALateDocumentStandsAtTheEndOfItsSectionAndNoNumberChanges(t *testing.T) {
	with := sample()
	without := sample()
	without.Sections[0].Documents = without.Sections[0].Documents[1:]
	_, all := built(t, with)
	_, before := built(t, without)
	first := map[string]string{}
	for _, d := range all.Documents {
		first[d.ID] = d.First
	}
	for _, d := range before.Documents {
		if first[d.ID] != d.First {
			t.Errorf("%s began at %s, and now at %s", d.ID, d.First, first[d.ID])
		}
	}
	if last := all.Documents[2]; last.ID != "a-late" || last.First == "A1" {
		t.Errorf("the late document: %+v", last)
	}
}

func TestAShorterVariantIsFilledUpSoThatItsNumbersAreTheSame(t *testing.T) {
	long, short := sample(), sample()
	_, m := built(t, long)
	short.Sections[0].Documents[1].Paper = told("Chronology", 2)
	_, s := built(t, short)
	if s.Documents[0].Blank == 0 || s.Documents[0].Pages != m.Documents[0].Pages || s.Documents[1].First != m.Documents[1].First {
		t.Errorf("%+v and %+v", m.Documents[0], s.Documents[0])
	}
}

func TestEveryEntryStandsSomewhereInTheManifest(t *testing.T) {
	_, m := built(t, sample())
	if n := len(m.Documents[0].Entries); n != 41 {
		t.Errorf("%d entries of 41", n)
	}
	for _, d := range m.Documents {
		for _, e := range d.Entries {
			if len(e.Labels) == 0 || !strings.HasPrefix(e.Labels[0], d.Section) {
				t.Errorf("%s: %+v", d.ID, e)
			}
		}
	}
}

func TestABuildThatIsCancelledWritesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := sample()
	b.Sections[0].Documents[1].Paper = told("Chronology", 400)
	var out bytes.Buffer
	_, err := binder.Build(ctx, &out, b, func(done, total int) {
		if done > total/2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || out.Len() != 0 {
		t.Errorf("%v, and %d bytes", err, out.Len())
	}
}

func TestProgressOnlyGrowsAndEndsWithAll(t *testing.T) {
	last, of := 0, 0
	if _, err := binder.Build(t.Context(), io.Discard, sample(), func(done, total int) {
		if done < last || done > total || of != 0 && total != of {
			t.Errorf("%d of %d after %d of %d", done, total, last, of)
		}
		last, of = done, total
	}); err != nil || last != of || of == 0 {
		t.Errorf("%d of %d, %v", last, of, err)
	}
}

func TestABundleThatCannotBeBuiltIsNamed(t *testing.T) {
	for name, spoil := range map[string]func(*binder.Bundle){
		"letter":  func(b *binder.Bundle) { b.Sections[1].Letter = "A" },
		"small":   func(b *binder.Bundle) { b.Sections[1].Letter = "b" },
		"id":      func(b *binder.Bundle) { b.Sections[1].Documents[0].ID = "a-late" },
		"title":   func(b *binder.Bundle) { b.Title = " " },
		"neither": func(b *binder.Bundle) { b.Sections[1].Documents[0].Paper = nil },
		"too tall": func(b *binder.Bundle) {
			b.Sections[1].Documents[0].Paper = &paper.Paper{Blocks: []paper.Block{paper.Table{Widths: []int{100}, Head: []string{"x"}, Rows: [][]paper.Cell{{{paper.Plain(strings.Repeat("long ", 3000))}}}}}}
		},
	} {
		b := sample()
		spoil(&b)
		var out bytes.Buffer
		if _, err := binder.Build(t.Context(), &out, b, nil); err == nil || out.Len() != 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}
