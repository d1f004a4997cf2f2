package ssda903_test

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/adapters/ssda903"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

// ledger is records in memory, and who bears which number.
type ledger struct {
	*schema.Records
	store *memory.Store
}

func random() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	return hex.EncodeToString(b[:])
}

func newLedger(t *testing.T) ledger {
	t.Helper()
	store := memory.New()
	codec := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}
	pack, err := policy.For(policy.England)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	records, err := schema.NewRecords(&eventstore.Ledger{Store: store, Codec: codec, Now: func() time.Time { return now },
		NewID: func() eventstore.EventID { var id eventstore.EventID; rand.Read(id[:]); return id }}, pack)
	if err != nil {
		t.Fatal(err)
	}
	return ledger{records, store}
}

// held returns every record.
func (l ledger) held(t *testing.T) map[domain.RecordID]ssda903.Held {
	t.Helper()
	all := make(map[domain.RecordID]ssda903.Held)
	for e, err := range l.store.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		id, is := schema.RecordOf(e.Stream)
		if _, loaded := all[id]; !is || loaded {
			continue
		}
		r, _, err := l.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		all[id] = ssda903.Held{ID: id, Record: r}
	}
	return all
}

func (l ledger) bring(t *testing.T, dir string, year int) (ssda903.Report, error) {
	t.Helper()
	numbers := make(map[string]domain.RecordID)
	for id, h := range l.held(t) {
		numbers[h.Record.Person.Identifier(identity.LAChildID).Fact.Value] = id
	}
	return ssda903.Import{
		Records: l.Records, Year: year,
		Find: func(_ context.Context, number string) (domain.RecordID, bool, error) {
			id, found := numbers[number]
			return id, found, nil
		},
		NewID:     func() domain.RecordID { return domain.RecordID(random()) },
		Actor:     domain.Actor{ID: "operator", Role: "importer", Agency: "anytown"},
		Authority: domain.Authority{Basis: "children-act-1989-s83", Purpose: "import"},
	}.Folder(t.Context(), dir)
}

func (l ledger) mustBring(t *testing.T, dir string, year int) ssda903.Report {
	t.Helper()
	report, err := l.bring(t, dir, year)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (l ledger) write(t *testing.T, year int) (string, ssda903.ExportReport) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "return")
	held := l.held(t)
	report, err := ssda903.Export{Year: year}.Folder(t.Context(), dir, func(yield func(ssda903.Held, error) bool) {
		for _, h := range held {
			if !yield(h, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, report
}

// rows are the rows of a table, each by its columns, sorted.
func rows(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, line := range lines[1:] {
		cells := make(map[string]string)
		for i, column := range lines[0] {
			cells[column] = line[i]
		}
		var row []string
		for _, column := range slices.Sorted(maps.Keys(cells)) {
			row = append(row, column+"="+cells[column])
		}
		all = append(all, strings.Join(row, " "))
	}
	slices.Sort(all)
	return all
}

// folder writes tables, given by file name.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func shared(t *testing.T) string {
	t.Helper()
	root := os.Getenv("CASELEDGER_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "ssda903")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the published tables are absent: set CASELEDGER_SHARED (%v)", err)
	}
	return dir
}

// part copies of each table the rows of the children whose number ends in 0.
func part(t *testing.T, dir string) string {
	t.Helper()
	files := make(map[string]string)
	names, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var kept strings.Builder
		for i, line := range strings.Split(strings.ReplaceAll(read(t, name), "\r", ""), "\n") {
			number, _, _ := strings.Cut(line, ",")
			if i == 0 || strings.HasSuffix(number, "0") {
				kept.WriteString(line + "\n")
			}
		}
		files[filepath.Base(name)] = kept.String()
	}
	return folder(t, files)
}

func TestADirtyReturnComesOutAgainRowByRow(t *testing.T) {
	dir, l := shared(t), newLedger(t)
	children, flaws := 2676, 20_000
	if testing.Short() {
		dir, children, flaws = part(t, dir), 265, 2_000
	}
	report := l.mustBring(t, dir, 2018)
	if report.Year != 2018 || report.Children != children || report.New != children || report.Failed != 0 || report.FlawCount < flaws {
		t.Errorf("%+v", report.Tables)
		t.Errorf("%d: %d children, %d new, %d failed, %d flaws", report.Year, report.Children, report.New, report.Failed, report.FlawCount)
	}
	out, _ := l.write(t, 2018)
	for _, name := range []string{"episodes.csv", "reviews.csv", "uasc.csv", "oc2.csv", "oc3.csv", "ad1.csv", "placed_for_adoption.csv", "previous_permanence.csv", "missing.csv", "sw_episodes.csv"} {
		if got, want := rows(t, filepath.Join(out, name)), rows(t, filepath.Join(dir, name)); !slices.Equal(got, want) {
			t.Errorf("%s: %d rows came in, %d went out, or others", name, len(want), len(got))
		}
	}
	if got, want := rows(t, filepath.Join(out, "dolo.csv")), rows(t, filepath.Join(dir, "DoLo.csv")); !slices.Equal(got, want) {
		t.Errorf("dolo: %v, want %v", got, want)
	}
	// One child stands in no header; the return that is written has one for each.
	if got, want := rows(t, filepath.Join(out, "header.csv")), rows(t, filepath.Join(dir, "header.csv")); len(got) != len(want)+1 {
		t.Errorf("header: %d rows, want %d", len(got), len(want)+1)
	}
	if again := l.mustBring(t, dir, 2018); again.Events != 0 || again.Unchanged != report.Children {
		t.Errorf("the second import recorded %d events", again.Events)
	}
	if returned := l.mustBring(t, out, 2018); returned.Events > 3 {
		t.Errorf("the return that was written is not the one that was read: %d events", returned.Events)
	}
}

const (
	headerColumns   = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
	episodeColumns  = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
	reviewColumns   = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
	aChild          = "7,M,05/01/2012,WBRI,UN3,,\n"
	anEpisode       = "7,01/06/2025,S,C2,N1,U6,PR1,,,,AB1 2CD,AB1 3CD,SC123456\n"
	anEpisodeEnding = "7,01/06/2025,S,C2,N1,U6,PR1,02/02/2026,E4A,,AB1 2CD,AB1 3CD,SC123456\n"
)

func TestEveryFlawIsKeptFlaggedAndReported(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string // column and rule
		back  map[string]string
	}{
		"none": {map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + anEpisode}, nil,
			map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + anEpisode}},
		"a date that is none": {map[string]string{"header.csv": headerColumns + aChild, "reviews.csv": reviewColumns + "7,05/01/2012,31/02/2026,PN1\n"},
			[]string{"reviews/REVIEW not-a-date"}, map[string]string{"reviews.csv": reviewColumns + "7,05/01/2012,31/02/2026,PN1\n"}},
		"a code of no set": {map[string]string{"header.csv": headerColumns + strings.Replace(aChild, "WBRI", "XXXX", 1)},
			[]string{"header/ETHNIC code=ethnicity"}, map[string]string{"header.csv": headerColumns + strings.Replace(aChild, "WBRI", "XXXX", 1)}},
		"a code of another year": {map[string]string{"header.csv": headerColumns + strings.Replace(aChild, ",M,", ",1,", 1)},
			[]string{"header/SEX code-of-another-year"}, map[string]string{"header.csv": headerColumns + strings.Replace(aChild, ",M,", ",1,", 1)}},
		"another day of birth": {map[string]string{"header.csv": headerColumns + aChild, "oc2.csv": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED\n7,06/01/2012,12,,0,,1,1,1,0,,\n"},
			[]string{"oc2/DOB differs-from-header"}, map[string]string{"oc2.csv": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED\n7,06/01/2012,12,,0,,1,1,1,0,,\n"}},
		"a row twice": {map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + anEpisode, "reviews.csv": reviewColumns + "7,05/01/2012,20/06/2025,PN1\n7,05/01/2012,20/06/2025,PN1\n"},
			[]string{"reviews duplicate-row"}, map[string]string{"reviews.csv": reviewColumns + "7,05/01/2012,20/06/2025,PN1\n7,05/01/2012,20/06/2025,PN1\n"}},
		"a child in no header": {map[string]string{"episodes.csv": episodeColumns + anEpisode}, []string{"episodes/CHILD not-in-header"},
			map[string]string{"episodes.csv": episodeColumns + anEpisode}},
		"a row of nobody": {map[string]string{"header.csv": headerColumns + aChild, "reviews.csv": reviewColumns + ",05/01/2012,20/06/2025,PN1\n"},
			[]string{"reviews/CHILD no-child-number", "reviews/REVIEW not-looked-after"}, map[string]string{"reviews.csv": reviewColumns + ",05/01/2012,20/06/2025,PN1\n"}},
		"a column that no return has": {map[string]string{"header.csv": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,SHOE\n7,M,05/01/2012,WBRI,UN3,,,41\n"},
			[]string{"header/SHOE unknown-column", "header/SHOE unknown-column"}, nil},
		"a table that no return has": {map[string]string{"header.csv": headerColumns + aChild, "shoes.csv": "CHILD,SIZE\n7,41\n"},
			[]string{" unknown-table", "SIZE unknown-table"}, nil},
		"a column that is missing": {map[string]string{"reviews.csv": "CHILD,DOB,REVIEW\n7,05/01/2012,20/06/2025\n"},
			[]string{"reviews/REVIEW_CODE missing-column", "reviews/CHILD not-in-header", "reviews/REVIEW not-looked-after", "reviews/REVIEW_CODE required"}, nil},
		"too few cells": {map[string]string{"header.csv": headerColumns + "7,M,05/01/2012,WBRI,UN3\n"}, []string{"header too-few-cells"}, map[string]string{"header.csv": headerColumns + aChild}},
		"a mother with a fraction": {map[string]string{"header.csv": headerColumns + "7,F,05/01/2012,WBRI,UN3,1.0,20/03/2026\n"},
			[]string{"header/MOTHER number-with-fraction"}, map[string]string{"header.csv": headerColumns + "7,F,05/01/2012,WBRI,UN3,1.0,20/03/2026\n"}},
		"a decision on another day": {map[string]string{"header.csv": headerColumns + aChild,
			"placed_for_adoption.csv": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n7,05/01/2012,02/06/2025,,\n",
			"ad1.csv":                 "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n7,05/01/2012,03/06/2025,04/08/2025,0,2,MF,L11\n"},
			[]string{"ad1/DATE_INT differs-from-decision"}, map[string]string{
				"placed_for_adoption.csv": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n7,05/01/2012,02/06/2025,,\n",
				"ad1.csv":                 "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n7,05/01/2012,03/06/2025,04/08/2025,0,2,MF,L11\n"}},
		"an order of which the day is not known": {map[string]string{"header.csv": headerColumns + aChild,
			"previous_permanence.csv": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\n7,05/01/2012,P1,383,zz/05/2015\n"},
			[]string{"previous_permanence date-inferred"}, map[string]string{"previous_permanence.csv": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\n7,05/01/2012,P1,383,zz/05/2015\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			report := l.mustBring(t, folder(t, tt.files), 2026)
			var got []string
			for _, f := range report.Flaws {
				got = append(got, f.Column+" "+f.Rule)
				if f.Reason == "" || f.Line == 0 {
					t.Errorf("%+v", f)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("flaws %q, want %q", got, tt.want)
			}
			out, _ := l.write(t, 2026)
			for file, text := range tt.back {
				if got := read(t, filepath.Join(out, file)); got != text {
					t.Errorf("%s came out as\n%s\nwant\n%s", file, got, text)
				}
			}
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatNoColumnHoldsIsKeptWordForWord(t *testing.T) {
	l := newLedger(t)
	l.mustBring(t, folder(t, map[string]string{"header.csv": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,SHOE\n7,M,05/01/2012,WBRI,UN3,,,41\n", "shoes.csv": "CHILD,SIZE\n7,42\n"}), 2026)
	var kept []string
	for _, h := range l.held(t) {
		for _, k := range h.Record.Unmapped {
			kept = append(kept, k.Fact.Element+"="+k.Fact.Text)
		}
	}
	slices.Sort(kept)
	if !slices.Equal(kept, []string{"SIZE=42", "header/SHOE=41"}) {
		t.Errorf("kept %q", kept)
	}
}

func TestALaterReturnRecordsWhatChangedAndAnEarlierOneOverrulesNothing(t *testing.T) {
	open := map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + anEpisode}
	ended := map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + anEpisodeEnding}
	other := map[string]string{"header.csv": headerColumns + aChild, "episodes.csv": episodeColumns + strings.Replace(anEpisode, "U6", "U4", 1)}
	for name, tt := range map[string]struct {
		first, second map[string]string
		years         [2]int
		open          bool
		place         string
		kept, events  int
	}{
		"the same":                             {open, open, [2]int{2026, 2027}, true, "U6", 0, 0},
		"an end":                               {open, ended, [2]int{2026, 2026}, false, "U6", 0, 1},
		"an end that is no longer stated":      {ended, open, [2]int{2026, 2026}, true, "U6", 0, 1},
		"another placement":                    {open, other, [2]int{2026, 2027}, true, "U4", 0, 1},
		"an older return with another":         {open, other, [2]int{2027, 2026}, true, "U6", 1, 1},
		"an older return without the end":      {ended, open, [2]int{2027, 2026}, false, "U6", 0, 0},
		"a return that leaves the child out":   {ended, map[string]string{"header.csv": headerColumns}, [2]int{2026, 2027}, false, "U6", 0, 0},
		"a return that leaves the episode out": {open, map[string]string{"header.csv": headerColumns + aChild}, [2]int{2026, 2027}, true, "U6", 0, 0},
	} {
		l := newLedger(t)
		l.mustBring(t, folder(t, tt.first), tt.years[0])
		report := l.mustBring(t, folder(t, tt.second), tt.years[1])
		for _, h := range l.held(t) {
			care := h.Record.Care
			if len(care.Episodes) != 1 || care.Episodes[0].Open() != tt.open || care.Episodes[0].Began.Fact.Placement.Type != tt.place || len(h.Record.Unmapped) != tt.kept || report.Events != tt.events {
				t.Errorf("%s: %d events, %d kept, %+v", name, report.Events, len(h.Record.Unmapped), care.Episodes)
			}
		}
	}
}

func TestTheYearOfAReturnIsTheLatestWithAFairPartOfItsEpisodes(t *testing.T) {
	var text strings.Builder
	text.WriteString(episodeColumns)
	for i := range 150 {
		fmt.Fprintf(&text, "%d,01/06/2017,S,C2,N1,U6,PR1,01/02/2018,E4A,,,,\n", i)
	}
	text.WriteString("151,01/06/2021,S,C2,N1,U6,PR1,,,,,,\n") // a slip of the pen
	if report := newLedger(t).mustBring(t, folder(t, map[string]string{"episodes.csv": text.String()}), 0); report.Year != 2018 {
		t.Errorf("the return is taken for that of %d", report.Year)
	}
	if _, err := newLedger(t).bring(t, folder(t, map[string]string{"header.csv": headerColumns + aChild}), 0); err == nil || !strings.Contains(err.Error(), "no-year") {
		t.Errorf("a return without episodes has a year: %v", err)
	}
}

func TestAFolderThatIsNoReturnIsRefusedBeforeAnythingIsRecorded(t *testing.T) {
	wide := strings.Repeat("A,", ssda903.MaxColumns) + "B\n"
	long := headerColumns + "7,M,05/01/2012," + strings.Repeat("W", ssda903.MaxCellBytes+1) + ",UN3,,\n"
	many := reviewColumns + strings.Repeat("7,05/01/2012,20/06/2025,PN1\n", ssda903.MaxChildRows+1)
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no tables":                {nil, "no-tables"},
		"an open quote":            {map[string]string{"header.csv": headerColumns + "7,\"M,05/01/2012\n"}, "not-comma-separated"},
		"too many columns":         {map[string]string{"header.csv": wide}, "columns"},
		"too long a cell":          {map[string]string{"header.csv": long}, "cell-bytes"},
		"too many rows of a child": {map[string]string{"reviews.csv": many}, "child-rows"},
	} {
		l := newLedger(t)
		if _, err := l.bring(t, folder(t, tt.files), 2026); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(l.held(t)); n > 0 {
			t.Errorf("%s: %d records", name, n)
		}
	}
	if _, err := newLedger(t).bring(t, filepath.Join(t.TempDir(), "nowhere"), 2026); err == nil {
		t.Error("a folder that is not there is read")
	}
}

func TestTheSameRecordsGiveTheSameBytesAndATraceNamesEveryRow(t *testing.T) {
	l := newLedger(t)
	l.mustBring(t, folder(t, map[string]string{"header.csv": headerColumns + aChild + "6,F,05/01/2013,WBRI,UN3,0,\n",
		"episodes.csv": episodeColumns + anEpisode + strings.Replace(anEpisode, "7,", "6,", 1)}), 2026)
	first, report := l.write(t, 2026)
	second, _ := l.write(t, 2026)
	files, err := os.ReadDir(first)
	if err != nil || len(files) != 13 || report.Children != 2 || report.Rows != 4 {
		t.Fatalf("%d files, %+v, %v", len(files), report, err)
	}
	for _, f := range files {
		if a, b := read(t, filepath.Join(first, f.Name())), read(t, filepath.Join(second, f.Name())); a != b {
			t.Errorf("%s differs:\n%s\n%s", f.Name(), a, b)
		}
	}
	traced := make(map[string]bool)
	for _, row := range rows(t, filepath.Join(first, ssda903.TraceFile)) {
		_, line, _ := strings.Cut(row, "line=")
		traced[line] = true
	}
	for _, want := range []string{"2", "3"} {
		found := false
		for line := range traced {
			found = found || strings.HasPrefix(line, want+" ") && strings.Contains(line, "table=episodes.csv")
		}
		if !found {
			t.Errorf("no entry is named for line %s of the episodes", want)
		}
	}
	if _, err := (ssda903.Export{Year: 2026}).Folder(t.Context(), first, func(func(ssda903.Held, error) bool) {}); err == nil {
		t.Error("a folder that exists is written over")
	}
}
