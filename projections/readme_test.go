package projections_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/domain/lookedafter"
	"caseledger/projections"
)

// guide writes the tables as the README shows them.
func guide() string {
	var text strings.Builder
	for _, p := range projections.All() {
		for _, t := range p.Tables {
			fmt.Fprintf(&text, "### %s\n\n%s Key: %s. Projection `%s`, version %d.\n\n| Column | Type | |\n|---|---|---|\n",
				t.Name, t.Comment, strings.Join(t.Key, ", "), p.Name, p.Version)
			for _, c := range t.Columns {
				fmt.Fprintf(&text, "| %s | %s | %s |\n", c.Name, c.Type, c.Comment)
			}
			text.WriteString("\n")
		}
	}
	return text.String()
}

const begin, end = "<!-- tables: written by CASELEDGER_WRITE_GUIDE=1 go test ./projections -->\n", "<!-- end of tables -->\n"

func TestTheGuideNamesEveryTableAndColumn(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("README.md has no place for the tables")
	}
	want := before + begin + "\n" + guide() + end + after
	if os.Getenv("CASELEDGER_WRITE_GUIDE") != "" {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(data) {
		t.Error("README.md does not show the tables as they are; write it with CASELEDGER_WRITE_GUIDE=1 go test ./projections")
	}
}

func TestEveryQueryOfTheGuideRuns(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.db")
	db := openAt(t, path)
	story := annsStory(t)
	story.events(ben, lookedafter.EpisodeBegan{Dated: on("2024-01-02"), Episode: "k1", Reason: "S", LegalStatus: "C2", ReviewBy: date("2024-01-30")})
	if err := runner(t, db, story.store, projections.All()...).CatchUp(ctx, nil); err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(data), "```sql\n")[1:]
	if len(blocks) < 5 {
		t.Errorf("the guide has %d queries", len(blocks))
	}
	for _, block := range blocks {
		query, _, _ := strings.Cut(block, "```")
		if strings.HasPrefix(query, "-- SQLite\n") && onPostgres || strings.HasPrefix(query, "-- PostgreSQL\n") && !onPostgres {
			continue
		}
		rows, err := reader(t, path).Query(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		more := rows.Next()
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || !more {
			t.Errorf("%s: rows %t, %v", query, more, err)
		}
	}
}
