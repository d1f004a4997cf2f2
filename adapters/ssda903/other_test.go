package ssda903_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestATableIsReadHoweverASpreadsheetSavedIt holds other forms of two good
// tables against what the good ones give, and against how each is reported.
func TestATableIsReadHoweverASpreadsheetSavedIt(t *testing.T) {
	const episode = "7,10/05/2025,S,C2,N1,U1,PR1,,,,,,\n"
	wide, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(headerColumns + aChild)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, new string) string { return strings.ReplaceAll(headerColumns+aChild, old, new) }
	for _, tt := range []struct {
		name, header, rule string // "" reports nothing
	}{
		{"as it should be", changed("", ""), ""},
		{"names in small letters, and spaces", strings.ToLower(changed(",", " , ")[:40]) + changed(",", " , ")[40:], ""},
		{"carriage returns and line feeds", changed("\n", "\r\n"), ""},
		{"carriage returns", changed("\n", "\r"), ""},
		{"a byte-order mark", "\uFEFF" + changed("", ""), ""},
		{"UTF-16", wide, "encoding-utf-16"},
		{"semicolons", changed(",", ";"), "separator"},
		{"tabs", changed(",", "\t"), "separator"},
		{"a title", "Return of 2026\n" + changed("", ""), "lines-before"},
		{"rows of nothing", changed("", "") + ",,,,,,\n", "empty-row"},
		{"the same row twice", changed("", "") + aChild, "duplicate-row"},
		{"another order of the date", changed("05/01/2012", "2012-01-05"), "date-of-another-form"},
		{"short dates", changed("05/01/2012", "5/1/2012"), "date-of-another-form"},
		{"dates with a time", changed("05/01/2012", "05/01/2012 00:00:00"), "date-of-another-form"},
	} {
		l := newLedger(t)
		dir := folder(t, map[string]string{"header.csv": tt.header, "episodes.csv": episodeColumns + episode})
		report := l.mustBring(t, dir, 2026)
		switch {
		case tt.rule == "" && report.FlawCount > 0, tt.rule != "" && (report.FlawCount != 1 || report.Flaws[0].Rule != tt.rule):
			t.Errorf("%s: %v", tt.name, report.Flaws)
		}
		held := l.held(t)
		for _, h := range held {
			if h.Record.Person.Born.Fact.Happened.String() != "2012-01-05" || h.Record.Person.Ethnicity.Fact.Ethnicity != "WBRI" {
				t.Errorf("%s: %v", tt.name, h.Record.Person)
			}
		}
		if again := l.mustBring(t, dir, 2026); len(held) != 1 || again.Events != 0 || len(l.held(t)) != 1 {
			t.Errorf("%s: %d records, and %d events the second time", tt.name, len(held), again.Events)
		}
	}
}

func TestWhatIsNotReadOfAFolderIsReported(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "return [2026]")
	if err := os.MkdirAll(filepath.Join(dir, "old.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"header.csv": headerColumns + aChild, "reviews.xlsx": "PK", "episodes.txt": episodeColumns} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var passed []string
	for _, f := range newLedger(t).mustBring(t, dir, 2026).Flaws {
		if f.Rule == "not-read" {
			passed = append(passed, f.File)
		}
	}
	if !slices.Equal(passed, []string{"episodes.txt", "old.csv", "reviews.xlsx"}) {
		t.Errorf("not read: %q", passed)
	}
}

func TestAFolderThatNamesNoYearStillReportsItsFlaws(t *testing.T) {
	report, err := newLedger(t).bring(t, folder(t, map[string]string{"header.csv": headerColumns + aChild, "episodes.txt": episodeColumns}), 0)
	if err == nil || report.FlawCount != 1 || strings.Contains(err.Error(), "line 0") {
		t.Errorf("%v, %v", err, report.Flaws)
	}
}

func TestATableThatLacksColumnsIsKnownByItsOwn(t *testing.T) {
	l := newLedger(t)
	report := l.mustBring(t, folder(t, map[string]string{"header.csv": headerColumns + aChild,
		"903 children 2026.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n7,10/05/2025,S,C2,N1,U1,,\n"}), 0)
	for _, table := range report.Tables {
		if table.Name == "" {
			t.Errorf("%s is none of the return's tables", table.File)
		}
	}
}

func TestATextThatIsNoTableIsRefusedByLine(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().String("€")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, header, want string }{
		{"a zero byte", headerColumns + aChild + "8\x00", "header.csv: line 3: not-text"},
		{"a table without CHILD", "PUPIL,SEX\n7,M\n", "header.csv: line 1: no-children"},
		{"an open quote", headerColumns + "7,\"M\n8,M\n" + latin, "header.csv: line 2: not-comma-separated"},
		{"a long cell", headerColumns + aChild + strings.Repeat("x", 1<<15), "header.csv: line 3: over-limit"},
	} {
		l := newLedger(t)
		if _, err := l.bring(t, folder(t, map[string]string{"header.csv": tt.header}), 2026); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if n := len(l.held(t)); n > 0 {
			t.Errorf("%s: %d records", tt.name, n)
		}
	}
}
