package paper

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"caseledger/projections"
)

// header are the columns of a chronology as comma-separated values.
var header = []string{"record", "person", "entry", "first_entry", "happened", "time", "recorded", "lateness_days", "kind", "what", "words",
	"author", "role", "source", "age_years", "tags", "stands", "impact", "gap_days"}

// WriteCSV writes a story as comma-separated values, a line for each row. What a
// program for tables would take for a formula begins with an apostrophe.
func WriteCSV(w io.Writer, s projections.Story) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range s.Rows {
		cells := columns(row)
		for i, c := range cells {
			cells[i] = Inert(c)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func columns(row projections.StoryRow) []string {
	if g := row.Gap; g != nil {
		cells := make([]string, len(header))
		cells[4], cells[9], cells[len(cells)-1] = g.After.String(), fmt.Sprintf("Nothing is recorded between %s and %s.", g.After, g.Before), fmt.Sprint(g.Days)
		return cells
	}
	var words, stands []string
	for _, p := range row.Passages {
		words = append(words, textOf(passage(p)))
	}
	for _, s := range row.Stands {
		text := s.Stand + " by " + s.Party
		if s.Note != "" {
			text += ": " + s.Note
		}
		stands = append(stands, text)
	}
	impact := ""
	if row.Impact != nil {
		impact = row.Impact.By + ": " + strings.Join(row.Impact.Text, "")
	}
	return []string{string(row.Record), row.Person, fmt.Sprint(row.Entry), fmt.Sprint(row.First), row.Happened.String(), row.Time,
		row.Recorded.UTC().Format("2006-01-02T15:04:05.000000Z"), number(row.Lateness), row.Kind, row.Sentence, strings.Join(words, "\n"),
		row.Author, row.Role, row.Source, number(row.AgeYears), strings.Join(row.Tags, "; "), strings.Join(stands, "; "), impact, ""}
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func textOf(p Paragraph) string {
	var text strings.Builder
	for _, run := range p {
		text.WriteString(run.Text)
	}
	return text.String()
}

// Inert returns a text that no program for tables takes for a formula. A number
// stays as it is.
func Inert(text string) string {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if trimmed == "" || !strings.ContainsAny(trimmed[:1], "=+-@|%") && !strings.ContainsAny(text[:1], "\t\r\n") || isNumber(text) {
		return text
	}
	return "'" + text
}

func isNumber(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
