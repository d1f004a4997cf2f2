package schema

import (
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/note"
	"caseledger/eventstore/seal"

	"github.com/go-json-experiment/json/jsontext"
)

// TestAnUpgradeKeepsTheNamesOfTheFields lets what is withheld be named once, for
// the entry as it is read and as it is sealed.
func TestAnUpgradeKeepsTheNamesOfTheFields(t *testing.T) {
	codec := NewCodec(Events())
	for _, et := range Events() {
		if !ofRecords(et) {
			continue
		}
		for v := 1; v < et.Version(); v++ {
			entry, sample := readSample(t, codec, et, v)
			now, err := codec.Fields(entry)
			if err != nil {
				t.Fatal(err)
			}
			for _, old := range fieldsOfText(t, sample) {
				if !slices.Contains(pathsOf(now), old) {
					t.Errorf("%s/%d: %s has another name today", et.Name, v, old)
				}
			}
		}
	}
}

func TestWhatIsWithheldOfAnySampleStandsNowhereAndTheRestIsAsItWas(t *testing.T) {
	codec := NewCodec(Events())
	const canary = "zqxcanary"
	tried := 0
	for _, et := range Events() {
		if !ofRecords(et) {
			continue
		}
		entry, sample := readSample(t, codec, et, et.Version())
		fields, err := codec.Fields(entry)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			holds, err := codec.Holds(entry, f.Path)
			if err != nil {
				t.Fatalf("%s%s: %v", et, f.Path, err)
			}
			if !holds {
				continue
			}
			tried++
			without, err := codec.Withhold(entry, map[string]string{f.Path: canary})
			if err != nil {
				t.Fatalf("%s%s: %v", et, f.Path, err)
			}
			again, err := codec.Fields(without)
			if err != nil {
				t.Fatalf("%s%s: what is left cannot be written: %v", et, f.Path, err)
			}
			for _, was := range fields {
				i := slices.Index(pathsOf(again), was.Path)
				switch {
				case was.Path == f.Path && i >= 0 && string(again[i].Value) == string(was.Value):
					t.Errorf("%s%s: still says %s", et, f.Path, was.Value)
				case was.Path != f.Path && (i < 0 || string(again[i].Value) != string(was.Value)):
					t.Errorf("%s%s: %s is another, too", et, f.Path, was.Path)
				}
			}
		}
		if _, text, _ := codec.Encode(entry); string(indented(t, text)) != string(sample) {
			t.Errorf("%s: the entry itself was changed", et)
		}
	}
	if tried < 1000 {
		t.Errorf("only %d fields were tried", tried)
	}
}

func TestOfAPassageTheWordsAreReplacedAndWhoseTheyAreGoes(t *testing.T) {
	codec := NewCodec(Events())
	entry := domain.Entry{Seq: 3, Event: note.Written{Dated: domaintest.On("2026-01-06"), Note: "n1", Kind: "visit",
		Text: []note.Passage{{Text: "She smiled."}, {Text: "Nan told.", From: "nan", Kind: "reported", Informant: true}}}}
	got, err := codec.Withhold(entry, map[string]string{"/text/1": "[withheld: third party]", "/note": "", "/text/9": "x", "/text/x": "x", "/none": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if w := got.Event.(note.Written); got.Seq != 3 || w.Text[0].Text != "She smiled." || w.Text[1] != (note.Passage{Text: "[withheld: third party]"}) {
		t.Errorf("%+v", w)
	}
	if text := entry.Event.(note.Written).Text[1].Text; text != "Nan told." {
		t.Errorf("the entry itself says %q", text)
	}
}

func TestWhatHoldsTheRecordTogetherCannotBeWithheld(t *testing.T) {
	codec := NewCodec(Events())
	byName := make(map[string]EventType)
	for _, et := range Events() {
		byName[et.Name] = et
	}
	for name, want := range map[string]string{
		"note.written": "/happened /note", "entry.entered-in-error": "/happened /entry",
		"chronology.built": "/happened /chronology /parts/0", "referral.received": "/happened /referral",
	} {
		et := byName[name]
		entry, _ := readSample(t, codec, et, et.Version())
		if _, fixed := codec.partsOf(entry); strings.Join(fixed, " ") != want {
			t.Errorf("%s: %s, want %s", name, fixed, want)
		}
	}
}

func pathsOf(fields []seal.Field) []string {
	paths := make([]string, len(fields))
	for i, f := range fields {
		paths[i] = f.Path
	}
	return paths
}

// fieldsOfText returns the paths of the fields of a sample.
func fieldsOfText(t *testing.T, sample []byte) []string {
	t.Helper()
	text := jsontext.Value(slices.Clone(sample))
	if err := text.Compact(); err != nil {
		t.Fatal(err)
	}
	fields, err := seal.Split(text)
	if err != nil {
		t.Fatal(err)
	}
	return pathsOf(fields)
}
