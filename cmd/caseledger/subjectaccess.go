package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/docx"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/subjectaccess"
	"caseledger/eventstore"
	"caseledger/eventstore/durable"
	"caseledger/projections"
	"caseledger/schema"
)

// What an answer to a request for access holds, beside the papers.
const answerFile = "answer.json"

// maxAnswer bounds what is read of one.
const maxAnswer = 512 << 20

func newSubjectAccess(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "subject-access",
		Short: "Answer a person who asks to see what is recorded about them",
		Long: `Subject-access searches what is held about a person, makes the answer of what an
approved set of redactions leaves, and counts whether anything is missing from it.
The steps of the request itself are acts: 'act subject-access.receive' and those
that follow; 'duties' and 'caseload' show until when the answer is due.`,
		Example: "  caseledger subject-access search AT000001\n  caseledger subject-access deliver AT000001 --request a1 --out answer.zip\n  caseledger subject-access check AT000001 --file answer.zip",
	}, newAccessFinds(to), newAccessDeliver(to), newAccessCheck(to))
}

// findRow is how much is held about a person in one place.
type findRow struct {
	Place   string          `json:"place"`
	Record  domain.RecordID `json:"record,omitempty"` // another record than the person's
	Count   int             `json:"count"`
	Entries []uint64        `json:"entries,omitempty"`
}

func newAccessFinds(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search RECORD",
		Short: "Count what is held about a person, in which record and place",
		Long: `Search counts the entries of the person's own record, its notes, letters, forms and
relations; the acts that others' records share with it; the entries of every other
record that name the person by a name of theirs in full, or by the record's id; and
the lines of the access ledger. Somebody who only shares the name is found too.
With --output json the rows are the "found" of 'act subject-access.search'.`,
		Example: "  caseledger subject-access search AT000001 --output json",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var id domain.RecordID
		var rows []findRow
		var since domain.Date
		err := onRecord(cmd.Context(), *data, args[0], to, func(a *app, of domain.RecordID, r record.Record) error {
			id, since = of, began(r)
			found, err := a.view.Finds(cmd.Context(), of, r)
			for _, f := range found {
				rows = append(rows, findRow(f))
			}
			return err
		})
		if err != nil {
			return err
		}
		looks, err := looksAt(cmd.Context(), *data, id, since, time.Time{})
		if err != nil {
			return err
		}
		return output.print(to.out, append(rows, findRow{Place: "accesses", Count: len(looks)}))
	}
	return cmd
}

// began returns the day on which a record began to be kept.
func began(r record.Record) domain.Date {
	if len(r.Entries) == 0 {
		return domain.Date{}
	}
	return domain.DateOf(r.Entries[0].Recorded.UTC())
}

// looksAt returns the lines of the access ledger about a record, up to a time if
// there is one.
func looksAt(ctx context.Context, p place, id domain.RecordID, since domain.Date, until time.Time) ([]paper.Looked, error) {
	second, err := reopenSecond(ctx, p.ofAccess())
	var none notReadyError
	if errors.As(err, &none) {
		return nil, nil // no server ever gave anybody anything
	}
	if err != nil {
		return nil, err
	}
	looks, err := looksIn(ctx, second.records.Ledger, id, since, until)
	return looks, errors.Join(err, second.close())
}

// looksIn is looksAt of an access ledger that is open.
func looksIn(ctx context.Context, accessed *eventstore.Ledger, id domain.RecordID, since domain.Date, until time.Time) ([]paper.Looked, error) {
	var looks []paper.Looked
	today := domain.DateOf(accessed.Now().UTC())
	for from := since; !from.IsZero() && !from.After(today); from = from.AddDays(accesslog.MaxDays) {
		q := accesslog.Query{From: from, To: from.AddDays(accesslog.MaxDays - 1), Record: string(id)}
		for row, err := range accesslog.All(ctx, accessed, q) {
			if err != nil {
				return nil, err
			}
			if until.IsZero() || !row.Recorded.After(until) {
				looks = append(looks, paper.LookedAt(row))
			}
		}
	}
	return looks, nil
}

// answer is all that the person is given, as a program reads it.
type answer struct {
	projections.Answer
	Looks []paper.Looked `json:"looks"`
}

// answerPapers are the papers of an answer, in the order in which they are read.
// All but the letter, which is a draft, are counted.
var answerPapers = []struct {
	name string
	make func(answer) paper.Paper
	set  func(io.Writer, paper.Paper) error
}{
	{"1-letter-draft.docx", func(a answer) paper.Paper { return paper.AnswerLetter(a.Answer, a.Looks) }, docx.Write},
	{"2-your-story.pdf", func(a answer) paper.Paper { return paper.OwnStory(a.Answer) }, pdf.Write},
	{"2-your-story.docx", func(a answer) paper.Paper { return paper.OwnStory(a.Answer) }, docx.Write},
	{"3-your-record.pdf", func(a answer) paper.Paper { return paper.OwnRecord(a.Answer) }, pdf.Write},
	{"4-left-out-and-why.pdf", func(a answer) paper.Paper { return paper.OwnSchedule(a.Answer, a.Looks) }, pdf.Write},
	{"5-who-looked.pdf", func(a answer) paper.Paper { return paper.OwnLooks(a.Answer, a.Looks) }, pdf.Write},
}

// answerTo makes the answer to a request, of what the ledgers hold.
func answerTo(ctx context.Context, p place, to streams, name, request string) (domain.RecordID, record.Record, answer, projections.View, error) {
	var id domain.RecordID
	var r record.Record
	var out answer
	var view projections.View
	err := onRecord(ctx, p, name, to, func(a *app, of domain.RecordID, whole record.Record) error {
		id, r, view = of, whole, a.view
		var err error
		out.Answer, err = projections.AnswerOf(a.view.Codec, of, whole, subjectaccess.ID(request))
		if errors.Is(err, projections.ErrNoAccessRequest) {
			err = usageError{err}
		}
		return err
	})
	if err != nil {
		return id, r, out, view, err
	}
	looks, err := looksAt(ctx, p, id, began(r), out.Made)
	if err != nil {
		return id, r, out, view, err
	}
	out.Looks = withheldLooks(r.AccessRequests.Find(subjectaccess.ID(request)).Exempted.Fact, looks)
	return id, r, out, view, nil
}

// withheldLooks takes out of the looks what is left out on a ground.
func withheldLooks(e subjectaccess.Exempted, looks []paper.Looked) []paper.Looked {
	for i, l := range looks {
		j := slices.IndexFunc(e.Looks, func(w subjectaccess.Look) bool { return w.Day == l.Day && w.Entry == l.Entry })
		if j >= 0 {
			ground, _ := policy.GroundOn(e.Looks[j].Ground, e.Happened)
			looks[i] = paper.Looked{Day: l.Day, Entry: l.Entry, Withheld: e.Looks[j].Ground, Explanation: ground.Sentence}
		}
	}
	return looks
}

// deliveryRow says what was written.
type deliveryRow struct {
	File    string `json:"file"`
	SHA256  string `json:"sha256"` // for 'act subject-access.deliver'
	Entries int    `json:"entries"`
	Known   uint64 `json:"known"`
	Looks   int    `json:"looks"`
}

func newAccessDeliver(to streams) *cobra.Command {
	var request, out string
	cmd := &cobra.Command{
		Use:   "deliver RECORD",
		Short: "Write the answer to a request for access: the record, the story, what was left out, who looked",
		Long: `Deliver writes one zip for the person who asked: a draft of the letter, their story,
their record with every field or why it is withheld, the schedule of what is left
out, who looked at the record, and all of it for a program (answer.json). What is
withheld was taken out before anything was made. The same request gives the same
bytes for ever. Record the handing over by 'act subject-access.deliver'.

The evidence package for the same reader is 'evidence --redaction ID'.`,
		Example: "  caseledger subject-access deliver AT000001 --request a1 --out answer.zip",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&request, "request", "", "id of the request within the record")
	cmd.Flags().StringVar(&out, "out", "", "zip to write; it must not exist")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if request == "" || out == "" {
			return usageError{errors.New("--request and --out are required")}
		}
		if _, err := os.Lstat(out); err == nil {
			return usageError{fmt.Errorf("%s exists", out)}
		}
		_, _, a, _, err := answerTo(cmd.Context(), *data, to, args[0], request)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := writeAnswer(&file, a); err != nil {
			return err
		}
		if err := durable.Create(out, file.Bytes()); err != nil {
			return err
		}
		return output.print(to.out, []deliveryRow{{out, hashOf(file.Bytes()), len(a.Entries), a.Known, len(a.Looks)}})
	}
	return cmd
}

func writeAnswer(w io.Writer, a answer) error {
	z := zip.NewWriter(w)
	add := func(name string, write func(io.Writer) error) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.Made.UTC()})
		if err != nil {
			return err
		}
		return write(f)
	}
	for _, p := range answerPapers {
		if err := add(p.name, func(w io.Writer) error { return p.set(w, p.make(a)) }); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if err := add(answerFile, func(w io.Writer) error { return json.MarshalWrite(w, a, json.Deterministic(true)) }); err != nil {
		return err
	}
	return z.Close()
}

// countRow says what counting an answer gave; its members are those of 'act
// subject-access.check'.
type countRow struct {
	Hash      string `json:"hash"`
	Known     uint64 `json:"known"`
	Delivered int    `json:"delivered"`
	Withheld  int    `json:"withheld"`
	Missing   int    `json:"missing"`
	What      string `json:"what,omitempty"` // is missing, the first of it
}

func newAccessCheck(to streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "check RECORD",
		Short: "Count whether anything is missing from an answer to a request for access",
		Long: `Check counts what a file gives against what the ledgers hold: every field of every
entry and every line of the access ledger is in it as it was recorded, or withheld by
a line of the approved set; and every paper, the draft of the letter apart, is made
of just that. Anything missing makes the exit code 3.`,
		Example: "  caseledger subject-access check AT000001 --file answer.zip",
		Args:    exactly(1),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&file, "file", "", "zip that 'subject-access deliver' wrote")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if file == "" {
			return usageError{errors.New("--file is required")}
		}
		text, given, papers, err := readAnswer(file)
		if err != nil {
			return err
		}
		id, r, whole, view, err := answerTo(cmd.Context(), *data, to, args[0], string(given.Request))
		if err != nil {
			return err
		}
		if given.Record != id {
			return usageError{errors.New("the file is of another record")}
		}
		count, err := countFile(view.Codec, r, whole, given, papers)
		if err != nil {
			return err
		}
		row := countRow{Hash: hashOf(text), Known: given.Known, Delivered: count.Delivered, Withheld: count.Withheld, Missing: len(count.Missing),
			What: strings.Join(count.Missing[:min(5, len(count.Missing))], "; ")}
		if err := output.print(to.out, []countRow{row}); err != nil {
			return err
		}
		if len(count.Missing) > 0 {
			return verifyError{fmt.Errorf("%d are missing from the answer, or are not what is recorded", len(count.Missing))}
		}
		return nil
	}
	return cmd
}

// countFile counts what a file gives against the whole answer.
func countFile(c schema.Codec, r record.Record, whole, given answer, papers map[string][]byte) (projections.Count, error) {
	count, err := projections.CountAnswer(c, r, given.Answer)
	if err == nil {
		countLooks(&count, whole.Looks, given.Looks)
		err = countPapers(&count, given, papers)
	}
	return count, err
}

// countLooks counts the lines of the access ledger.
func countLooks(count *projections.Count, held, given []paper.Looked) {
	for _, l := range held {
		switch {
		case !slices.Contains(given, l):
			count.Missing = append(count.Missing, fmt.Sprintf("look %s %d", l.Day, l.Entry))
		case l.Withheld != "":
			count.Withheld++
		default:
			count.Delivered++
		}
	}
}

// countPapers makes the papers again of what the file gives.
func countPapers(count *projections.Count, given answer, papers map[string][]byte) error {
	for _, p := range answerPapers[1:] { // the letter is a draft
		var again bytes.Buffer
		if err := p.set(&again, p.make(given)); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if !bytes.Equal(again.Bytes(), papers[p.name]) {
			count.Missing = append(count.Missing, p.name+" is not made of this answer")
		}
	}
	return nil
}

// readAnswer reads a file that deliver wrote.
func readAnswer(path string) (text []byte, a answer, papers map[string][]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, a, nil, err
	}
	defer f.Close()
	if text, err = io.ReadAll(io.LimitReader(f, maxAnswer+1)); err != nil {
		return nil, a, nil, err
	}
	a, papers, err = parseAnswer(text)
	if err != nil {
		err = usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return text, a, papers, err
}

var errAnswer = errors.New("this is no answer to a request for access")

// parseAnswer reads the parts of an answer, all of them together within maxAnswer.
func parseAnswer(text []byte) (a answer, papers map[string][]byte, err error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || len(text) > maxAnswer || len(z.File) != len(answerPapers)+1 {
		return a, nil, errAnswer
	}
	papers, left := make(map[string][]byte), int64(maxAnswer)
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return a, nil, errAnswer
		}
		content, err := io.ReadAll(io.LimitReader(part, left+1))
		if err = errors.Join(err, part.Close()); err != nil || int64(len(content)) > left {
			return a, nil, errAnswer
		}
		papers[f.Name], left = content, left-int64(len(content))
	}
	if err := json.Unmarshal(papers[answerFile], &a, json.RejectUnknownMembers(true)); err != nil {
		return a, nil, errAnswer
	}
	return a, papers, nil
}
