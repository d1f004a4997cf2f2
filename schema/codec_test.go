package schema

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/referral"
)

// stored is a payload with its type.
type stored struct{ kind, text string }

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	codec := NewCodec(Events())
	plain := domain.Circumstances{Actor: domain.Actor{ID: "w1", Role: "r", Agency: "a"},
		Authority: domain.Authority{Basis: "b", Purpose: "p"}, Request: "q1", Digest: "d"}
	correcting, imported := plain, plain
	correcting.Corrects, correcting.Group = &domain.Correction{Entry: 3, Reason: "wrong day"}, "g1"
	imported.Source = &domain.Source{Kind: "cin-census/2022", File: "f", Line: 12, StatedOn: domain.MustDate("2022-03-31"),
		Flags: []domain.Flag{{Field: "happened", Rule: "date", Raw: "31/02/2022"}}}
	offline := plain
	offline.Captured = &domain.Captured{Device: "tablet-7", Sequence: 3, At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Seen: 4}
	for name, c := range map[string]domain.Circumstances{"plain": plain, "a correction": correcting, "imported": imported, "offline": offline} {
		for _, event := range []domain.Event{
			referral.Received{Dated: domain.Dated{Happened: domain.MustDate("2026-02-03")}, Referral: "r1", Source: "1A"},
			referral.Received{},
			note.Written{Note: "n1", Text: []note.Passage{{Text: "Zoë said: \"no\"\n\u2028<b>&"}}},
		} {
			want := domain.Entry{Circumstances: c, Event: event}
			kind, text, err := codec.Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := codec.Decode(kind, text)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
			}
		}
	}
}

func TestADateThatNobodyKnowsIsLeftOutOrEmpty(t *testing.T) {
	_, data, err := NewCodec(Events()).Encode(domain.Entry{Event: referral.Received{Referral: "r1", Source: "1A"}})
	if text := string(data); err != nil || !strings.Contains(text, `"happened":""`) || strings.Contains(text, "decideBy") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestWhateverIsNotExactlyOfTheTypeAndVersionIsRefusedWithoutBeingRepeated(t *testing.T) {
	const (
		head = `"actor":{"id":"w1","role":"r","agency":"a"},"authority":{"basis":"b","purpose":"p"},"request":"q1"`
		body = `"happened":"2026-02-03","referral":"r1","source":"1A"`
		good = "{" + head + "," + body + "}"
		typ  = "referral.received/1"
	)
	codec := NewCodec(Events())
	if _, err := codec.Decode(typ, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]stored{
		"an unknown member":              {typ, "{" + head + "," + body + `,"secret":1}`},
		"a member in other letters":      {typ, "{" + head + `,"Happened":"secret",` + body + "}"},
		"an unknown member of the actor": {typ, strings.Replace(good, `"id"`, `"secret":1,"id"`, 1)},
		"an unknown member of an import": {typ, strings.Replace(good, `"actor"`, `"import":{"kind":"k","file":"f","secret":1},"actor"`, 1)},
		"a member twice":                 {typ, "{" + head + "," + body + `,"source":"secret"}`},
		"the actor twice":                {typ, "{" + head + "," + head + "," + body + "}"},
		"invalid UTF-8":                  {typ, strings.Replace(good, "1A", "secret\xff", 1)},
		"half a surrogate":               {typ, strings.Replace(good, "1A", `secret\ud800`, 1)},
		"another type of value":          {typ, strings.Replace(good, `"1A"`, `["secret"]`, 1)},
		"a day that is none":             {typ, strings.Replace(good, "2026-02-03", "secret", 1)},
		"two values":                     {typ, good + good},
		"an end too early":               {typ, good[:len(good)-1]},
		"nothing":                        {typ, ""},
		"null":                           {typ, "null"},
		"a list":                         {typ, `["secret"]`},
		"an unknown type":                {"secret.received/1", good},
		"no version":                     {"referral.received", good},
		"version 0":                      {"referral.received/0", good},
		"a newer version":                {"referral.received/2", good},
		"a version written otherwise":    {"referral.received/01", good},
		"a signed version":               {"referral.received/+1", good},
		"a version without end":          {"referral.received/99999999999999999999", good},
	} {
		entry, err := codec.Decode(r.kind, []byte(r.text))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %+v, %v", name, entry.Event, err)
		}
	}
}

func TestAPayloadIsReadInHalvesAsItIsAsAWhole(t *testing.T) {
	const (
		told = `"actor":{"id":"w,1","role":"r\\\",\"happened\":\"","agency":"a"},"authority":{"basis":"b","purpose":"p"},"request":"q1","corrects":{"entry":1,"reason":"}]"}`
		body = `"happened":"2026-02-03","referral":"r1","source":"1A"`
	)
	codec := NewCodec(Events())
	decode, err := codec.version("referral.received/1")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct{ inHalves, atAll bool }{
		"{" + told + "," + body + "}":                  {true, true},
		"{" + body + "," + told + "}":                  {false, true},
		`{"request":"q2",` + body + `,"digest":"d"}`:   {false, true},
		"{" + told + "," + body + `,"request":"q2"}`:   {false, false},
		"{" + told + "," + body + "},":                 {false, false},
		"{" + told + ", " + body + "}":                 {false, true},
		"[" + told + "," + body + "}":                  {false, false},
		"{" + told + ",}":                              {false, false},
		`{"actor":{"id":"w1"],` + body + "}":           {false, false},
		`{"actor":{"id":"w1"}},{"x":{` + body + "}":    {false, false},
		`{"actor":{"id":"w1","role":"` + "," + body:    {false, false},
		`{"actor":{"id":"w1"},"act\u006fr":{},` + body: {false, false},
	} {
		half, ok := decodeHalves([]byte(text), decode)
		whole, err := decodeWhole([]byte(text), decode)
		if ok != want.inHalves || (err == nil) != want.atAll || ok && !reflect.DeepEqual(half, whole) {
			t.Errorf("%s\nin halves %v %+v\nas a whole %v %+v", text, ok, half, err, whole)
		}
	}
}

func TestAnEventThatIsNotInTheCatalogueIsNotWritten(t *testing.T) {
	codec := NewCodec(nil)
	for _, e := range []domain.Event{referral.Received{}, nil} {
		if _, _, err := codec.Encode(domain.Entry{Event: e}); !errors.Is(err, errType) {
			t.Errorf("%T: %v", e, err)
		}
	}
}

func TestTextThatIsNotUTF8IsNotWritten(t *testing.T) {
	_, _, err := NewCodec(Events()).Encode(domain.Entry{Event: referral.Received{Referral: "secret\xff"}})
	if !errors.Is(err, errShape) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// Three versions of an event that never was.
type (
	moved1 struct {
		domain.Dated
		Town string `json:"town"`
	}
	moved2 struct {
		domain.Dated
		Town    string `json:"town"`
		Country string `json:"country"`
	}
	moved3 struct {
		domain.Dated
		Place []string `json:"place"`
	}
)

func (moved1) About() string { return "" }
func (moved2) About() string { return "" }
func (moved3) About() string { return "" }

func TestEveryVersionIsReadAsTheLatest(t *testing.T) {
	moved := upgraded(upgraded(event[moved1]("person.moved", "The person moved."),
		func(m moved1) moved2 { return moved2{Dated: m.Dated, Town: m.Town, Country: "unknown"} }),
		func(m moved2) moved3 { return moved3{Dated: m.Dated, Place: []string{m.Town, m.Country}} })
	if moved.Version() != 3 || moved.String() != "person.moved/3" || moved.Go != reflect.TypeFor[moved3]() {
		t.Errorf("%s of %s", moved, moved.Go)
	}
	codec := NewCodec([]EventType{moved})
	for version, tt := range []struct {
		data string
		want []string
	}{
		{`{"happened":"2026-02-03","town":"York"}`, []string{"York", "unknown"}},
		{`{"happened":"2026-02-03","town":"York","country":"England"}`, []string{"York", "England"}},
		{`{"happened":"2026-02-03","place":["York"]}`, []string{"York"}},
	} {
		entry, err := codec.Decode(fmt.Sprintf("person.moved/%d", version+1), []byte(tt.data))
		got, ok := entry.Event.(moved3)
		if err != nil || !ok || !slices.Equal(got.Place, tt.want) || got.Happened.String() != "2026-02-03" {
			t.Errorf("version %d: %+v, %v", version+1, entry.Event, err)
		}
		for other := 1; other <= 3; other++ {
			_, err := codec.Decode(fmt.Sprintf("person.moved/%d", other), []byte(tt.data))
			if fits := other == version+1 || version == 0 && other == 2; (err == nil) != fits {
				t.Errorf("the members of version %d read as version %d: %v", version+1, other, err)
			}
		}
	}
	kind, _, err := codec.Encode(domain.Entry{Event: moved3{Place: []string{"York"}}})
	if err != nil || kind != "person.moved/3" {
		t.Errorf("written as %s, %v", kind, err)
	}
}

func FuzzDecodeNeverPanicsAndReadsWhatItWrites(f *testing.F) {
	for _, et := range Events() {
		sample, err := os.ReadFile(samplePath(et.Name, 1))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(et.Name+"/1", sample)
	}
	codec := NewCodec(Events())
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		if decode, err := codec.version(typ); err == nil {
			half, ok := decodeHalves(data, decode)
			if whole, err := decodeWhole(data, decode); ok && (err != nil || !reflect.DeepEqual(half, whole)) {
				t.Fatalf("in halves %+v, as a whole %+v, %v", half, whole, err)
			}
		}
		entry, err := codec.Decode(typ, data)
		if err != nil {
			return
		}
		kind, text, err := codec.Encode(entry)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", typ, err)
		}
		again, err := codec.Decode(kind, text)
		if err != nil {
			t.Fatalf("%s was written and cannot be read: %v", typ, err)
		}
		_, second, err := codec.Encode(again)
		if err != nil || string(second) != string(text) {
			t.Fatalf("%s is written in two ways: %v", typ, err)
		}
	})
}

func BenchmarkEncode(b *testing.B) { benchmarkCodec(b, true) }
func BenchmarkDecode(b *testing.B) { benchmarkCodec(b, false) }

func benchmarkCodec(b *testing.B, encode bool) {
	codec := NewCodec(Events())
	entry := domain.Entry{Circumstances: domain.Circumstances{Actor: domain.Actor{ID: "w1", Role: "social-worker", Agency: "anytown"},
		Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}, Request: "q1", Digest: strings.Repeat("0a", 32)},
		Event: referral.Received{Dated: domain.Dated{Happened: domain.MustDate("2026-02-03")}, Referral: "r1", Source: "1A"}}
	kind, text, err := codec.Encode(entry)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if encode {
			_, _, err = codec.Encode(entry)
		} else {
			_, err = codec.Decode(kind, text)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
