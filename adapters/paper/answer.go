package paper

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/accesslog"
	"caseledger/domain"
	"caseledger/projections"
)

// Looked is one look at the record, as the person is told of it, or why they are
// not.
type Looked struct {
	Day       domain.Date `json:"day"`
	Entry     uint64      `json:"entry"` // of the access ledger on that day
	Caller    string      `json:"caller,omitempty"`
	Role      string      `json:"role,omitempty"`
	Agency    string      `json:"agency,omitempty"`
	Purpose   string      `json:"purpose,omitempty"`
	Operation string      `json:"operation,omitempty"`
	Outcome   string      `json:"outcome,omitempty"`
	Emergency bool        `json:"emergency,omitzero"`
	// Withheld is the ground on which the rest is left out, and Explanation what the
	// person is told.
	Withheld    string `json:"withheld,omitempty"`
	Explanation string `json:"explanation,omitempty"`
}

// LookedAt is a line of the access ledger as the person is told of it: without the
// records of others that were looked at with theirs.
func LookedAt(row accesslog.Row) Looked {
	day, _ := domain.ParseDate(row.Day)
	return Looked{Day: day, Entry: row.Entry, Caller: row.Caller, Role: row.Role, Agency: row.Agency, Purpose: row.Purpose, Operation: row.Operation,
		Outcome: row.Outcome, Emergency: row.BreakGlass != ""}
}

func answerPaper(a projections.Answer, title string) Paper {
	return Paper{Title: title, Made: a.Made.UTC(), Footer: title, Blocks: []Block{Heading{1, title}}}
}

// OwnStory sets the story of a person for themself: a chapter a year.
func OwnStory(a projections.Answer) Paper {
	title := "Your story"
	if a.Person != "" {
		title += ": " + a.Person
	}
	p := answerPaper(a, title)
	p.say("This was made from what was recorded about you, oldest first. It was written by many people at the time. Some of it may be hard to read: you can read it with somebody, and ask us about it.",
		"Where it says [withheld: …], something was left out. The paper “Your record” says why at each place. There are no photographs here: ask us for those.")
	if len(a.Story) == 0 {
		p.say("Nothing is recorded that can be told as a story.")
	}
	for _, c := range a.Story {
		p.Blocks = append(p.Blocks, Heading{2, c.Title})
		for _, e := range c.Events {
			head := Paragraph{{Text: e.Day, Bold: true}}
			if e.Day != "" {
				head = append(head, Run{Text: ": "})
			}
			p.Blocks = append(p.Blocks, append(head, Run{Text: e.Text}))
			for _, words := range e.Words {
				p.Blocks = append(p.Blocks, Paragraph{{Text: words, Italic: true}})
			}
		}
	}
	return p
}

// OwnRecord sets every entry with every field, and at each that is withheld why.
func OwnRecord(a projections.Answer) Paper {
	p := answerPaper(a, "Your record")
	p.say(fmt.Sprintf("All that is recorded about you, up to entry %d, in the order in which it was written down. Each part of each entry is here, or it says why it is not.", a.Known))
	for _, e := range a.Entries {
		p.Blocks = append(p.Blocks, Heading{2, fmt.Sprintf("Entry %d: %s", e.Entry, inWords(e.Kind))})
		when := "The day is not known."
		if !e.Happened.IsZero() {
			when = "It happened on " + e.Happened.String() + "."
		}
		p.say(when + " It was written down on " + Stamp(e.Recorded) + ".")
		var rows [][]Cell
		for _, f := range e.Fields {
			rows = append(rows, fieldCells(inWords(f.Field), valueInWords(f))...)
		}
		for _, w := range e.Withheld {
			rows = append(rows, fieldCells(inWords(w.Field), w.Text()+" "+w.Explanation+" ("+w.Law+")")...)
		}
		p.table([]int{30, 70}, []string{"What", "What it says"}, rows)
	}
	return p
}

// OwnSchedule lists what is withheld, and who decided so.
func OwnSchedule(a projections.Answer, looks []Looked) Paper {
	p := answerPaper(a, "What was left out, and why")
	var rows [][]Cell
	for _, e := range a.Entries {
		for _, w := range e.Withheld {
			rows = append(rows, []Cell{{Plain(fmt.Sprint("Entry ", w.Entry))}, {Plain(inWords(w.Field))}, {Plain(w.Explanation), Plain(w.Law)},
				{Plain(inWords(w.DecidedBy) + ", " + w.DecidedOn.String())}})
		}
	}
	for _, l := range looks {
		if l.Withheld != "" {
			rows = append(rows, []Cell{{Plain("A look on " + l.Day.String())}, {Plain("who it was")}, {Plain(l.Explanation)}, {}})
		}
	}
	if len(rows) == 0 {
		p.say("Nothing was left out.")
	}
	p.table([]int{14, 20, 42, 24}, []string{"Where", "What", "Why", "Decided by"}, rows)
	return p
}

// OwnLooks lists who looked at the record.
func OwnLooks(a projections.Answer, looks []Looked) Paper {
	p := answerPaper(a, "Who looked at your record")
	p.say("Each time somebody opened your record, found it in a list, or was refused it, that was written down. Workers are named by their number: ask us who somebody is.")
	var rows [][]Cell
	for _, l := range looks {
		who, why := fmt.Sprintf("%s, %s, %s", l.Caller, inWords(l.Role), l.Agency), inWords(l.Purpose)
		if l.Withheld != "" {
			who, why = "[withheld] "+l.Explanation, ""
		}
		what := l.Operation + ", " + l.Outcome
		if l.Emergency {
			what += ", in an emergency"
		}
		rows = append(rows, []Cell{{Plain(l.Day.String())}, {Plain(who)}, {Plain(what)}, {Plain(why)}})
	}
	if len(rows) == 0 {
		p.say("No such look is on record.")
	}
	p.table([]int{14, 36, 30, 20}, []string{"Day", "Who", "What", "Why"}, rows)
	return p
}

// AnswerLetter drafts the letter that goes with an answer.
func AnswerLetter(a projections.Answer, looks []Looked) Paper {
	withheld := 0
	for _, e := range a.Entries {
		withheld += len(e.Withheld)
	}
	p := answerPaper(a, "Your request to see what we hold about you")
	p.say("DRAFT: to be read and signed by who answers for it.", "Dear "+a.Person+",",
		fmt.Sprintf("You asked us to see what we hold about you. With this letter you are given your record as it stood at entry %d; your story, told from it in the order in which it happened; a list of who looked at your record (%d lines); and a list of what was left out (%d places), with the reason for each.", a.Known, len(looks), withheld),
		"We use this information to help and protect you, because the law asks us to. Your record names where each part came from and on what legal basis it was written down. Ask us how long we keep it, and whom we shared it with.",
		"If something is wrong or missing, tell us: you can ask for it to be corrected, or for your own words to be put beside it. If you are not content with this answer, ask us to look at it again. You can also complain to the Information Commissioner, or go to court.",
		"Reading this can be hard. Somebody can be with you when you do: tell us if you would like that.",
		"Yours sincerely,", "________________________")
	return p
}

func (p *Paper) say(texts ...string) {
	for _, text := range texts {
		p.Blocks = append(p.Blocks, Plain(text))
	}
}

// table adds rows in tables that are bounded.
func (p *Paper) table(widths []int, head []string, rows [][]Cell) {
	p.Blocks = append(p.Blocks, tables(widths, head, rows)...)
}

// fieldCells are the rows of a field, more than one where what it says is long.
func fieldCells(name, says string) [][]Cell {
	var rows [][]Cell
	for _, cell := range bounded([]Paragraph{Plain(says)}, maxTold) {
		rows = append(rows, []Cell{{Plain(name)}, cell})
		name = ""
	}
	return rows
}

func valueInWords(f projections.AnswerField) string {
	if f.Value.Kind() == '"' {
		return strings.TrimSpace(stringOf(f.Value))
	}
	return string(f.Value)
}

// inWords writes a code or the path of a field with spaces.
func inWords(code string) string {
	return strings.TrimSpace(strings.NewReplacer("-", " ", ".", ": ", "/", " ").Replace(code))
}

// stringOf reads a JSON string.
func stringOf(v jsontext.Value) string {
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return string(v)
	}
	return string(text)
}
