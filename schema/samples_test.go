package schema

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/record"
)

// A sample is a payload as it was stored. Samples are frozen: -update writes
// the missing ones and never touches one that is there.
var update = flag.Bool("update", false, "write samples and golden files that are missing")

func samplePath(name string, version int) string {
	return filepath.Join("testdata", "samples", name, fmt.Sprintf("%d.json", version))
}

func TestEverySampleIsReadAndTheLatestIsWrittenAsItStands(t *testing.T) {
	codec := NewCodec(Events())
	for _, et := range Events() {
		for v := 1; v <= et.Version(); v++ {
			t.Run(fmt.Sprintf("%s.%d", et.Name, v), func(t *testing.T) {
				entry, sample := readSample(t, codec, et, v)
				if reflect.TypeOf(entry.Event) != et.Go {
					t.Errorf("version %d is read as %T", v, entry.Event)
				}
				if v < et.Version() {
					return
				}
				for range 3 {
					kind, again, err := codec.Encode(entry)
					if err != nil || kind != et.String() || !bytes.Equal(indented(t, again), sample) {
						t.Fatalf("%s: %v, written anew:\n%s\nas it stands:\n%s", kind, err, indented(t, again), sample)
					}
				}
			})
		}
	}
}

func TestEverySampleNamesAVersionOfTheCatalogue(t *testing.T) {
	known := make(map[string]bool)
	for _, et := range Events() {
		for v := 1; v <= et.Version(); v++ {
			known[samplePath(et.Name, v)] = true
		}
	}
	err := filepath.WalkDir("testdata/samples", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[path] {
			t.Errorf("%s: no such event in the catalogue; a type or version that was stored once stays for ever", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func readSample(t *testing.T, codec Codec, et EventType, version int) (domain.Entry, []byte) {
	t.Helper()
	path := samplePath(et.Name, version)
	sample, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && *update {
		sample = writeSample(t, path, et.versions[version-1].goType)
	} else if err != nil {
		t.Fatalf("the sample of %s/%d is missing: go test ./schema -run Sample -update writes it", et.Name, version)
	}
	entry, err := codec.Decode(fmt.Sprintf("%s/%d", et.Name, version), sample)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	entry.Seq, entry.Recorded = 2, time.Date(2026, 2, 3, 10, 0, 0, 123456000, time.UTC)
	return entry, sample
}

func writeSample(t *testing.T, path string, event reflect.Type) []byte {
	t.Helper()
	value := reflect.New(event).Elem()
	fill(value, "")
	data, err := json.Marshal(value.Interface())
	if err != nil {
		t.Fatal(err)
	}
	p := payload{Event: data}
	fill(reflect.ValueOf(&p.Actor).Elem(), "")
	fill(reflect.ValueOf(&p.Authority).Elem(), "")
	p.Request, p.Digest, p.Group = "request-1", strings.Repeat("0a", 32), "group-1"
	p.Corrects = &domain.Correction{Entry: 1, Reason: "a slip of the pen"}
	p.Import = &domain.Source{}
	fill(reflect.ValueOf(p.Import).Elem(), "")
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	sample := indented(t, text)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, sample, 0o644); err != nil {
		t.Fatal(err)
	}
	return sample
}

// plausible are the values of samples, by the name of the member.
var plausible = map[string]string{
	"referral": "r1", "assessment": "a1", "enquiry": "e1", "conference": "c1", "plan": "p1", "review": "v1", "note": "n1",
	"allocation": "l1", "person": strings.Repeat("1f", 16), "given": "Ann", "family": "Example", "source": "1A", "need": "N1",
	"category": "NEG", "factors": "1A", "disabilities": "HAND", "ethnicity": "WBRI", "sex": "F", "agencies": "police",
	"lines": "1 High Street", "postcode": "AB1 2CD", "uprn": "100012345678", "value": "9434765919", "ledger": "anytown.example/prod",
	"nation": "england", "lea": "383", "time": "14:05", "worker": "w1", "team": "duty", "basis": "children-act-1989-s17",
	"purpose": "assessment", "agency": "anytown", "file": strings.Repeat("0a", 32), "stream": "record-1", "id": "w1",
}

// fill gives every field a value that is not zero.
func fill(v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[domain.Date]() {
		v.Set(reflect.ValueOf(domain.MustDate("2026-02-03")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			member, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(v.Field(i), member)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.String:
		text := plausible[name]
		if text == "" {
			text = name
		}
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(1)
	default:
		panic("no sample of " + v.Kind().String())
	}
}

func indented(t testing.TB, text []byte) []byte {
	t.Helper()
	value := jsontext.Value(bytes.Clone(text))
	if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Fatal(err)
	}
	return append(value, '\n')
}

// notOfRecords are the packages of events that stand in other streams.
var notOfRecords = []string{"caseledger/domain/settings", "caseledger/domain/batch", "caseledger/domain/group",
	"caseledger/domain/register", "caseledger/domain/access"}

func ofRecords(et EventType) bool {
	for _, p := range notOfRecords {
		if et.Go.PkgPath() == p {
			return false
		}
	}
	return true
}

func TestEverySampleOfARecordChangesTheFoldedRecord(t *testing.T) {
	codec := NewCodec(Events())
	for _, et := range Events() {
		if !ofRecords(et) || et.Go == reflect.TypeFor[correction.EnteredInError]() {
			continue
		}
		entry, _ := readSample(t, codec, et, et.Version())
		entry.Seq, entry.Corrects = 1, nil
		if sameParts(record.Fold([]domain.Entry{entry}), record.Record{}) {
			t.Errorf("%s leaves the record as it was: a case is missing in Evolve of its part or in package record", et)
		}
	}
}

func TestEverySampleOfARecordCanBeEnteredInError(t *testing.T) {
	codec := NewCodec(Events())
	var lines []domain.Entry
	for _, et := range Events() {
		if !ofRecords(et) || et.Go == reflect.TypeFor[correction.EnteredInError]() {
			continue
		}
		entry, _ := readSample(t, codec, et, et.Version())
		entry.Seq, entry.Corrects = 1, nil
		void := domain.Entry{Seq: 2, Event: correction.EnteredInError{Entry: 1}}
		if !sameParts(record.Fold([]domain.Entry{entry, void}), record.Record{}) {
			t.Errorf("%s is still in force", et)
		}
		lines = append(lines, entry)
	}
	if len(lines) == 0 {
		t.Error("no event was tried")
	}
}

// sameParts compares two records by their exported parts, entries left out.
func sameParts(a, b record.Record) bool {
	av, bv := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range av.NumField() {
		field := av.Type().Field(i)
		if !field.IsExported() || field.Name == "Entries" {
			continue
		}
		if !reflect.DeepEqual(av.Field(i).Interface(), bv.Field(i).Interface()) {
			return false
		}
	}
	return true
}
