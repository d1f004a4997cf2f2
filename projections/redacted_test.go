package projections_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/correction"
	"caseledger/domain/correspondence"
	"caseledger/domain/family"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/restriction"
	"caseledger/projections"
	"caseledger/schema"
)

// proposed proposes a set on a record and, by somebody else, approves it.
func proposed(l *ledger, of domain.RecordID, id redaction.ID, known uint64, lines ...redaction.Line) {
	l.events(of, redaction.Proposed{Dated: on("2024-01-02"), Redaction: id, Reader: "mother", Purpose: "court", Known: known, Lines: lines, Nothing: len(lines) == 0})
}

func approved(l *ledger, of domain.RecordID, id redaction.ID) {
	l.events(of, redaction.Approved{Dated: on("2024-01-03"), Redaction: id})
}

func line(entry uint64, field redaction.Field, ground string) redaction.Line {
	return redaction.Line{Entry: entry, Field: field, Ground: ground, Reason: "zqxcanary in a reason"}
}

func loaded(t *testing.T, l *ledger, of domain.RecordID) record.Record {
	t.Helper()
	r, err := l.load(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAVariantHoldsNothingThatItsReaderDoesNotGet(t *testing.T) {
	l := newLedger(t)
	l.events(ann, note.Written{Dated: on("2023-01-01"), Note: "n1", Kind: "visit", Text: []note.Passage{{Text: "She smiled."}, {Text: "zqxcanary told.", From: "zqxcanary", Informant: true}}},
		identity.Named{Dated: on("2023-01-02"), Kind: "legal", Given: "zqxcanary", Family: "Example"})
	l.events(ann, chronology.Built{Dated: on("2024-01-01"), Chronology: "c1", Title: "About zqxcanary",
		Parts: []chronology.Part{{Record: ann, Known: 2, Entries: []uint64{1, 2}}}})
	proposed(l, ann, "earlier", 3, line(1, "/text/1", "crime"))
	proposed(l, ann, "r1", 4, line(1, "/text/1", "third-party"), line(2, "/given", "serious-harm"), line(3, "/title", "third-party"))
	approved(l, ann, "r1")
	r := loaded(t, l, ann)
	v, err := projections.Redacted(codec.Payload, r, "r1")
	if err != nil {
		t.Fatal(err)
	}
	story, err := projections.TellRedacted(ctx, codec.Payload, l.load, ann, "c1", "r1")
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string]any{"record": v.Record, "story": story, "schedule": v} {
		if text, err := json.Marshal(made); err != nil || strings.Contains(string(text), "zqxcanary") {
			t.Errorf("%s: %v: %s", name, err, text)
		}
	}
	if story.Title != "[withheld: third party]" || story.Rows[0].Passages[0].Text != "She smiled." || story.Rows[0].Passages[1].Text != "[withheld: third party]" ||
		story.Rows[1].Sentence != "Name (legal): [withheld: serious harm] Example." {
		t.Errorf("%+v", story)
	}
	if f := story.For; f.Reader != "mother" || len(f.Grounds) != 3 || f.Grounds[0].Name != "crime" || f.Grounds[0].Explanation == "" {
		t.Errorf("%+v", f)
	}
	if _, err := projections.TellRedacted(ctx, codec.Payload, l.load, ann, "c9", "r1"); !errors.Is(err, projections.ErrNoChronology) {
		t.Errorf("%v", err)
	}
	var lines []string
	for _, w := range v.Schedule {
		lines = append(lines, fmt.Sprint(w.Entry, w.Field, " ", w.Ground, " ", w.DecidedBy, " ", w.DecidedOn))
	}
	want := "1/text/1 third-party social-worker 2024-01-03, 2/given serious-harm social-worker 2024-01-03, " +
		"3/title third-party social-worker 2024-01-03, 4/lines/0 crime social-worker 2024-01-03"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if text := loaded(t, l, ann).Entries[0].Event.(note.Written).Text[1].Text; text != "zqxcanary told." {
		t.Errorf("the record itself says %q", text)
	}
}

func TestWhyAnEarlierSetWasRejectedGoesOnItsGround(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-01-01", "n1", "zqxcanary"))
	proposed(l, ann, "earlier", 1, line(1, "/text/0", "crime"))
	l.events(ann, redaction.Rejected{Dated: on("2024-01-03"), Redaction: "earlier", Reason: "zqxcanary is a third party"})
	proposed(l, ann, "r1", 3, line(1, "/text/0", "third-party"))
	approved(l, ann, "r1")
	v, err := projections.Redacted(codec.Payload, loaded(t, l, ann), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Record.Entries[2].Event.(redaction.Rejected).Reason; got != "[withheld: crime]" {
		t.Error(got)
	}
}

func TestWhatRepeatsAWithheldFieldGoesWithIt(t *testing.T) {
	c := circumstances()
	c.Digest, c.Source = strings.Repeat("0a", 32), &domain.Source{Kind: "cin-census/2022", File: strings.Repeat("0b", 32), Flags: []domain.Flag{{Field: "given", Rule: "x", Raw: "zqxcanary"}}}
	entry := domain.Entry{Seq: 1, Recorded: moment(1), Circumstances: c, Event: identity.Named{Dated: on("2023-01-01"), Kind: "legal", Given: "zqxcanary"}}
	set := func(lines ...redaction.Line) record.Record {
		return record.Fold([]domain.Entry{entry,
			{Seq: 2, Event: redaction.Proposed{Dated: on("2024-01-02"), Redaction: "r1", Known: 1, Lines: lines}},
			{Seq: 3, Event: redaction.Approved{Dated: on("2024-01-02"), Redaction: "r1"}}})
	}
	v, err := projections.Redacted(codec.Payload, set(line(1, "/given", "third-party")), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if e := v.Record.Entries[0]; e.Digest != "[withheld: third party]" || e.Source.Flags[0].Raw != "[withheld: third party]" || len(v.Schedule) != 3 {
		t.Errorf("%+v, %+v", e, v.Schedule)
	}
	if v, err = projections.Redacted(codec.Payload, set(), "r1"); err != nil || v.Record.Entries[0].Digest != c.Digest || len(v.Schedule) != 0 {
		t.Errorf("%v: %+v", err, v.Schedule)
	}
}

func TestOnlyAnApprovedSetMakesAVariantAndOnlyOfWhatWasLookedAt(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-01-01", "n1", "zqxcanary"), written("2023-01-02", "n2", "later"))
	proposed(l, ann, "r1", 1, line(1, "/text/0", "third-party"))
	for id, want := range map[redaction.ID]error{"r1": projections.ErrNotApproved, "r2": projections.ErrNoRedaction} {
		if _, err := projections.Redacted(codec.Payload, loaded(t, l, ann), id); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if v, err := projections.AsProposed(codec.Payload, loaded(t, l, ann), "r1"); err != nil || len(v.Schedule) != 1 {
		t.Errorf("%v: %+v", err, v)
	}
	approved(l, ann, "r1")
	v, err := projections.Redacted(codec.Payload, loaded(t, l, ann), "r1")
	if err != nil || len(v.Record.Entries) != 1 {
		t.Errorf("%v: %d entries", err, len(v.Record.Entries))
	}
	l.events(ben, written("2023-01-01", "n1", "zqxcanary"))
	if _, err := projections.RedactedLoad(codec.Payload, l.load, "r1")(ctx, ben); !errors.Is(err, projections.ErrNoRedaction) {
		t.Errorf("a record on which nobody decided is given: %v", err)
	}
	gone := errors.New("gone")
	lost := func(context.Context, domain.RecordID) (record.Record, error) { return record.Record{}, gone }
	if _, err := projections.RedactedLoad(codec.Payload, lost, "r1")(ctx, ann); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}

// TestNoCanaryOfAWithheldFieldSurvivesInAnythingMadeOfARandomRecord writes a word
// into every field of a random history that can be withheld, withholds a random
// choice of them, and looks for those in the record and its story.
func TestNoCanaryOfAWithheldFieldSurvivesInAnythingMadeOfARandomRecord(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		entries := randomEntries(rt)
		canaries := make(map[string][2]string) // by the word: entry and path
		for i, e := range entries {
			fields, err := codec.Payload.Fields(e)
			if err != nil {
				rt.Fatal(err)
			}
			texts := make(map[string]string)
			for n, f := range fields {
				if holds, err := codec.Payload.Holds(e, f.Path); err != nil {
					rt.Fatal(err)
				} else if holds && strings.Contains(string(f.Value), `"`) {
					word := fmt.Sprintf("zqx%dx%dq", i+1, n)
					texts[f.Path], canaries[word] = word, [2]string{fmt.Sprint(i + 1), f.Path}
				}
			}
			if entries[i], err = codec.Payload.Withhold(e, texts); err != nil {
				rt.Fatal(err)
			}
		}
		words := make([]string, 0, len(canaries))
		for word := range canaries {
			words = append(words, word)
		}
		slices.Sort(words)
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 20, rapid.ID).Draw(rt, "withheld")
		var lines []redaction.Line
		for _, word := range chosen {
			var entry uint64
			fmt.Sscan(canaries[word][0], &entry)
			lines = append(lines, line(entry, redaction.Field(canaries[word][1]), rapid.SampledFrom([]string{"third-party", "crime", "privilege"}).Draw(rt, "ground")))
		}
		known := uint64(len(entries)) + 1
		told := chronology.Part{Record: ann, Known: known - 1}
		for i, e := range entries {
			if _, is := e.Event.(chronology.Event); !is {
				told.Entries = append(told.Entries, uint64(i+1))
			}
		}
		entries = append(entries, domain.Entry{Seq: known, Recorded: moment(int(known)), Event: chronology.Built{Dated: on("2024-01-02"), Chronology: "c", Title: "T", Parts: []chronology.Part{told}}},
			domain.Entry{Seq: known + 1, Event: redaction.Proposed{Dated: on("2024-01-02"), Redaction: "r", Known: known, Lines: lines}},
			domain.Entry{Seq: known + 2, Event: redaction.Approved{Dated: on("2024-01-02"), Redaction: "r"}})
		r := record.Fold(entries)
		v, err := projections.Redacted(codec.Payload, r, "r")
		if err != nil {
			rt.Fatal(err)
		}
		load := func(context.Context, domain.RecordID) (record.Record, error) { return v.Record, nil }
		story, err := projections.Tell(ctx, load, v.Record, "c")
		if err != nil {
			rt.Fatal(err)
		}
		facts, err := projections.Replay(v.Record, projections.Moment{})
		if err != nil {
			rt.Fatal(err)
		}
		made, err := json.Marshal([]any{v, v.Record, story, facts, projections.Notes(v.Record, projections.Moment{})})
		if err != nil {
			rt.Fatal(err)
		}
		for _, word := range words {
			if withheld := slices.Contains(chosen, word); withheld && strings.Contains(string(made), word) {
				rt.Fatalf("%s of entry %s is withheld and stands in what was made of the record", canaries[word][1], canaries[word][0])
			}
		}
	})
}

func TestSuggestionsNameTheFieldTheGroundAndThePerson(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.Named{Dated: on("2023-01-01"), Kind: "legal", Given: "Ann", Family: "Example"},
		family.Related{Dated: on("2023-01-01"), Relation: "f", Kind: "father", Name: "Mr José Example"},
		family.Related{Dated: on("2023-01-01"), Relation: "t", Kind: "professional", Name: "Josephs"},
		identity.AddressRecorded{Dated: on("2023-01-02"), Lines: []string{"12 High Street", "Anytown"}, Postcode: "AB1 2CD"},
		restriction.AddressWithheld{Dated: on("2023-01-03"), Restriction: "x", Basis: "domestic-abuse"},
		note.Written{Dated: on("2023-01-04"), Note: "n1", Kind: "visit", Text: []note.Passage{
			{Text: "Ann Example smiled."}, {Text: "JOSE\u0301 came; the Josephs did not."}, {Text: "They live at 12, high street."},
			{Text: "Nan told.", From: "nan", Informant: true}, {Text: "Her friend drinks.", ThirdParty: true}, {Text: "Zoë’s shoes."}}},
	)
	got, err := projections.Suggest(codec.Payload, loaded(t, l, ann), []projections.Other{{Of: "sibling", Names: []string{"Zoë Example"}}})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range got {
		all = append(all, strings.TrimSpace(fmt.Sprint(s.Entry, s.Field, " ", s.Ground, " ", s.Of)))
		if s.Reason == "" || s.Kind == "" || s.Source == "" {
			t.Errorf("%+v", s)
		}
	}
	want := []string{"2/name third-party father", "4/lines/0 confidential-address", "4/lines/1 confidential-address", "4/postcode confidential-address",
		"6/text/1 third-party father", "6/text/2 confidential-address", "6/text/3 third-party", "6/text/4 third-party", "6/text/5 third-party sibling"}
	if !slices.Equal(all, want) {
		t.Errorf("%q\nwant\n%q", all, want)
	}
}

// keptOf returns the fields of a record that are kept, each with its marks.
func keptOf(t *testing.T, r record.Record) []string {
	t.Helper()
	keeps, all := projections.KeepsOf(r), []string{}
	for _, e := range r.Entries {
		fields, err := codec.Payload.Fields(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if why := keeps.Why(e, f); len(why) > 0 {
				all = append(all, fmt.Sprint(e.Seq, f.Path, " ", strings.Join(why, "+")))
			}
		}
	}
	return all
}

func TestWhatCorrectsAShieldedEntryOrSaysWhyItWasAnErrorIsShieldedToo(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-01-01", "n1", "Nan called."), restriction.InformantShielded{Dated: on("2023-01-02"), Restriction: "x", Entries: []uint64{1}})
	l.write(schema.Stream(ann), domain.Fact{Event: written("2023-01-01", "n1", "Nan wrote."), Corrects: &domain.Correction{Entry: 1, Reason: "a slip"}})
	l.events(ann, correction.EnteredInError{Dated: on("2023-01-03"), Entry: 3, Reason: "Nan says that she called"}, written("2023-01-04", "n2", "She smiled."))
	want := []string{"1/happened informant", "1/note informant", "1/kind informant", "1/text/0 informant",
		"3/happened informant", "3/note informant", "3/kind informant", "3/text/0 informant", "4/happened informant", "4/reason informant"}
	if got := keptOf(t, loaded(t, l, ann)); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestWhatNobodyHereCanReadIsKept(t *testing.T) {
	e, known := codec.Payload.Foreign("mood.noted/1", []byte(`{"happened":"2023-01-01","nan":"told"}`))
	e.Seq = 1
	if got := keptOf(t, record.Fold([]domain.Entry{e})); known || !slices.Equal(got, []string{"1/text informant"}) {
		t.Errorf("%q", got)
	}
}

func TestWhatIsMarkedOrRestrictedIsKept(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.AddressRecorded{Dated: on("2023-01-02"), Lines: []string{"12 High Street", "Anytown"}},
		note.Written{Dated: on("2023-01-04"), Note: "n1", Kind: "visit", Text: []note.Passage{
			{Text: "They live at 12, high street."}, {Text: "Nan told.", From: "nan", Informant: true, ThirdParty: true}}},
		correspondence.Recorded{Dated: on("2023-01-04"), Correspondence: "l1", Medium: "letter", Direction: "in", From: "nan", Informant: true, Text: []string{"I saw it."}})
	proposed(l, ann, "r1", 3, line(2, "/text/0", "third-party"))
	marked := []string{"2/text/1 informant+third-party", "3/from informant", "3/text/0 informant", "4/lines/0 withholding"}
	if got := keptOf(t, loaded(t, l, ann)); !slices.Equal(got, marked) {
		t.Errorf("%q\nwant\n%q", got, marked)
	}
	l.events(ann, restriction.AddressWithheld{Dated: on("2023-01-05"), Restriction: "x", From: []string{"father"}, Basis: "domestic-abuse"})
	want := slices.Insert(slices.Clone(marked), 0, "1/lines/0 address", "1/lines/1 address", "2/text/0 address")
	if got := keptOf(t, loaded(t, l, ann)); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	l.events(ann, restriction.Lifted{Dated: on("2023-01-06"), Restriction: "x"})
	if got := keptOf(t, loaded(t, l, ann)); !slices.Equal(got, marked) {
		t.Errorf("%q\nwant\n%q", got, marked)
	}
}

func TestWhatIsWithheldHereAndStandsThereIsFound(t *testing.T) {
	l := newLedger(t)
	l.events(ann, written("2023-01-01", "n1", "Uncle Bob drinks."), written("2023-01-02", "n2", "She says: uncle  BOB drinks. And more."), written("2023-01-03", "n3", "She smiled."))
	proposed(l, ann, "r1", 3, line(1, "/text/0", "third-party"))
	r := loaded(t, l, ann)
	v, err := projections.AsProposed(codec.Payload, r, "r1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := projections.Remainders(codec.Payload, r, v)
	if want := []projections.Remainder{{Entry: 1, Field: "/text/0", Where: 2, In: "/text/0"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// samples are the entries of every type that a record can hold, as they were
// frozen.
var samples = sync.OnceValues(func() ([]domain.Entry, error) {
	var all []domain.Entry
	others := []string{"/settings", "/batch", "/group", "/register", "/access"}
	for _, et := range schema.Events() {
		if slices.ContainsFunc(others, func(part string) bool { return strings.HasSuffix(et.Go.PkgPath(), part) }) {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("../schema/testdata/samples/%s/%d.json", et.Name, et.Version()))
		if err != nil {
			return nil, err
		}
		e, err := codec.Payload.Decode(et.String(), text)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
})

// randomEntries draws a history of any types, some of which correct others.
func randomEntries(t *rapid.T) []domain.Entry {
	all, err := samples()
	if err != nil {
		t.Fatal(err)
	}
	var entries []domain.Entry
	for range rapid.IntRange(1, 12).Draw(t, "entries") {
		e := rapid.SampledFrom(all).Draw(t, "sample")
		n := uint64(len(entries)) + 1
		e.Seq, e.Recorded, e.Corrects = n, moment(int(n)), nil
		if n > 1 && rapid.IntRange(0, 3).Draw(t, "corrects") == 0 {
			of := entries[rapid.IntRange(0, len(entries)-1).Draw(t, "corrected")]
			e.Event, e.Corrects = of.Event, &domain.Correction{Entry: of.Seq, Reason: "a slip"}
		}
		entries = append(entries, e)
	}
	return entries
}
