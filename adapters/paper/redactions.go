package paper

import (
	"fmt"
	"strings"

	"caseledger/projections"
)

// Redactions sets the schedule of what is withheld from one reader: of each entry
// the fields, the ground and its law, who decided so and when, and what each ground
// means to the reader. Why it is strictly necessary is not for the reader, and is
// not in it.
func Redactions(h Head, v projections.Variant) Paper {
	p := h.paper()
	p.Blocks = append(p.Blocks, Plain(fmt.Sprintf("What is withheld from: %s. Purpose: %s. The record was looked at up to entry %d.", v.Reader, spaced(v.Purpose), v.Known)),
		Plain("What is withheld was taken out before anything was made of the record, and its place says so. Nothing is covered over."))
	if len(v.Schedule) == 0 {
		p.Blocks = append(p.Blocks, Plain("Nothing is withheld."))
		return p
	}
	type line struct {
		entry        uint64
		name, law    string
		by, on, text string
	}
	var order []line
	fields, grounds := make(map[line][]string), make(map[string]string)
	var names []string
	for _, w := range v.Schedule {
		l := line{w.Entry, w.Name, w.Law, w.DecidedBy, w.DecidedOn.String(), w.Explanation}
		if fields[l] == nil {
			order = append(order, l)
		}
		if _, told := grounds[w.Name]; !told {
			names = append(names, w.Name)
		}
		fields[l], grounds[w.Name] = append(fields[l], pathInWords(w.Field)), w.Explanation
	}
	var rows [][]Cell
	for i, l := range order {
		what := "Entry"
		if e, found := v.Record.Entry(l.entry); found {
			what = strings.TrimSpace(e.Event.HappenedOn().String() + " " + what)
		}
		rows = append(rows, spread([]Cell{{Plain(fmt.Sprint(i + 1))}}, []Cell{{Plain(fmt.Sprintf("%s %d", what, l.entry))}},
			bounded([]Paragraph{Plain(strings.Join(fields[l], "; "))}, maxChanged), bounded([]Paragraph{{{Text: l.name, Bold: true}}, Plain(l.law)}, maxSaid),
			[]Cell{{Plain(spaced(l.by)), Plain(l.on)}})...)
	}
	p.Blocks = append(p.Blocks, tables([]int{7, 18, 29, 28, 18}, []string{"No", "Entry", "What", "Ground", "Decided by, on"}, rows)...)
	p.Blocks = append(p.Blocks, Heading{2, "What the grounds mean"})
	for _, name := range names {
		p.Blocks = append(p.Blocks, Paragraph{{Text: name + ": ", Bold: true}, {Text: grounds[name]}})
	}
	return p
}

// pathInWords writes the path of a field as words: /text/0 is "text 1".
func pathInWords(path string) string {
	var words []string
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		var n int
		if _, err := fmt.Sscanf(part, "%d", &n); err == nil && len(words) > 0 {
			words[len(words)-1] += fmt.Sprint(" ", n+1)
			continue
		}
		words = append(words, part)
	}
	return strings.Join(words, ", ")
}
