package paper

import (
	"fmt"
	"strings"

	"caseledger/domain"
	"caseledger/projections"
)

// Withholding is what is withheld from a reader of one record.
type Withholding struct {
	Record domain.RecordID
	projections.Variant
}

// Redactions sets the schedule of what is withheld from one reader of some records:
// of each entry the fields, the ground and its law, who decided so and when, and what
// each ground means to the reader. Why it is strictly necessary is not for the
// reader, and is not in it.
func Redactions(h Head, reader string, all []Withholding) Paper {
	p := h.paper()
	grounds := make(map[string]string)
	var names []string
	for _, w := range all {
		if len(w.Schedule) == 0 {
			continue
		}
		if len(all) > 1 {
			p.Blocks = append(p.Blocks, Heading{2, "Record " + string(w.Record)})
		}
		p.Blocks = append(p.Blocks, Plain(fmt.Sprintf("What is withheld from: %s. Purpose: %s. The record was looked at up to entry %d.", reader, spaced(w.Purpose), w.Known)),
			Plain("What is withheld was taken out before anything was made of the record, and its place says so. Nothing is covered over."))
		p.Blocks = append(p.Blocks, withheldRows(w.Variant)...)
		for _, one := range w.Schedule {
			if _, told := grounds[one.Name]; !told {
				names = append(names, one.Name)
			}
			grounds[one.Name] = one.Explanation
		}
	}
	if len(names) == 0 {
		p.Blocks = append(p.Blocks, Plain("Nothing is withheld from: "+reader+"."))
		return p
	}
	p.Blocks = append(p.Blocks, Heading{2, "What the grounds mean"})
	for _, name := range names {
		p.Blocks = append(p.Blocks, Paragraph{{Text: name + ": ", Bold: true}, {Text: grounds[name]}})
	}
	return p
}

// withheldRows has a row for what is withheld of an entry on one ground.
func withheldRows(v projections.Variant) []Block {
	type line struct {
		entry     uint64
		name, law string
		by, on    string
	}
	var order []line
	fields := make(map[line][]string)
	for _, w := range v.Schedule {
		l := line{w.Entry, w.Name, w.Law, w.DecidedBy, w.DecidedOn.String()}
		if fields[l] == nil {
			order = append(order, l)
		}
		fields[l] = append(fields[l], pathInWords(w.Field))
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
	return tables([]int{7, 18, 29, 28, 18}, []string{"No", "Entry", "What", "Ground", "Decided by, on"}, rows)
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
