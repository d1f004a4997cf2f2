package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAReturnOnAdultsNamesTheEntriesBehindEveryRow(t *testing.T) {
	dir, out, trace := smallDemo(t), filepath.Join(t.TempDir(), "adults.csv"), filepath.Join(t.TempDir(), "trace.csv")
	must(t, "export", "cld", "--data", dir, "--from", "2020-10-01", "--to", "2026-09-30", "--out", out, "--trace", trace)
	read := func(path string) [][]string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	traced := make(map[string]bool)
	for _, row := range read(trace)[1:] {
		traced[row[0]] = true
	}
	if rows := read(out); len(rows) < 20 || len(traced) != len(rows)-1 {
		t.Errorf("%d rows, of which %d can be traced", len(rows)-1, len(traced))
	}
	if code, _, _ := caseledger(t, "export", "cld", "--data", dir, "--from", "2026-04-01", "--to", "2026-03-31"); code != exitUsage {
		t.Errorf("a period that ends before it begins: exit %d", code)
	}
}
