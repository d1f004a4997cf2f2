package cincensus_test

import (
	"os"
	"strings"
	"testing"
)

func TestThePublishedSampleIsImportedWholeAndOnlyOnce(t *testing.T) {
	w := newWorld(t)
	path := shared(t, "fake_CIN_data.xml")
	first, err := w.importer().File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if first.Children != 332 || first.Episodes != 402 || first.New != 332 || first.Flags == 0 || first.FlawCount == 0 {
		t.Errorf("first import: %d children, %d episodes, %d new, %d flags", first.Children, first.Episodes, first.New, first.Flags)
	}
	head := len(w.log())
	second, err := w.importer().File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if second.Events != 0 || second.Unchanged != 332 || len(w.log()) != head {
		t.Errorf("second import: %d events, %d unchanged, %d appended", second.Events, second.Unchanged, len(w.log())-head)
	}
}

func TestTheSameContentInAnotherFileRecordsNothing(t *testing.T) {
	for _, name := range []string{"fake_CIN_data.xml", "BAR_cin_2022.xml", "CIN_Census_2021.xml", "CIN_Census_2026.xml"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			text, err := os.ReadFile(shared(t, name))
			if err != nil {
				t.Fatal(err)
			}
			first := w.load(string(text))
			again := w.load(strings.ReplaceAll(string(text), "\n", "\n\n"))
			if again.File == first.File || again.Events != 0 || again.Unchanged != first.Children {
				t.Errorf("%d events, %d unchanged of %d", again.Events, again.Unchanged, first.Children)
			}
		})
	}
}

func TestWhatTheDirtySamplesBreakIsReported(t *testing.T) {
	for _, tt := range []struct {
		name     string
		children int
		rules    []string
	}{
		{"BAR_cin_2022.xml", 1, []string{"identifier-check", "already-born", "identifier-not-missing", "before-referral", "no-conference-that-day"}},
		{"CIN_Census_2021.xml", 1, []string{"stray-text", "conference-on-weekend", "before-referral"}},
		{"CIN_Census_2026.xml", 2, []string{"unknown-element", "stray-text", "code-of-another-year", "code=assessment-factor",
			"after-reference-date", "in-the-future", "reference-date", "before-assessment", "required", "empty-element"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			report, err := w.importer().File(t.Context(), shared(t, tt.name))
			if err != nil {
				t.Fatal(err)
			}
			if report.Children != tt.children {
				t.Errorf("%d children, want %d", report.Children, tt.children)
			}
			for _, rule := range tt.rules {
				if count(report.Flaws, rule) == 0 {
					t.Errorf("no flaw %q", rule)
				}
			}
			for _, f := range report.Flaws {
				t.Logf("%4d %-60s %s", f.Line, f.Element, f.Rule)
			}
		})
	}
}
