package seal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

func TestFieldsAreMembersAndTheElementsOfTheirArrays(t *testing.T) {
	var got []string
	for _, f := range mustOpen(t, testPayload).Fields() {
		got = append(got, f.Path+" "+string(f.Value))
	}
	want := []string{
		`/actor {"id":"w-1","role":"social-worker"}`, `/happened "2026-11-20"`, `/a~1b~0c null`, `/empty []`,
		`/text/0 "He said \"no\\\". "`, `/text/1 " Then — nothing."`, `/score -0.50`, `/large 9007199254740992`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestPayloadsThatBreakARuleAreRefused(t *testing.T) {
	for name, payload := range map[string]string{
		"nothing":                      ``,
		"an array":                     `[1]`,
		"a string":                     `"a"`,
		"an empty object":              `{}`,
		"two values":                   `{"a":1}{"b":1}`,
		"cut short":                    `{"a":1`,
		"a byte order mark":            "\ufeff" + `{"a":1}`,
		"a duplicate name":             `{"a":1,"a":1}`,
		"a duplicate name deep inside": `{"a":{"b":[{"c":1,"c":2}]}}`,
		"a duplicate name in disguise": `{"x":{"a":1,"\u0061":1}}`,
		"invalid UTF-8":                "{\"a\":\"\xff\"}",
		"half a surrogate":             `{"a":"\ud800"}`,
		"2^53+1":                       `{"a":9007199254740993}`,
		"-2^53-1":                      `{"a":-9007199254740993}`,
		"twenty digits":                `{"a":[{"b":10000000000000000000}]}`,
		"2^53+1 with a fraction":       `{"a":9007199254740993.0}`,
		"2^53 with an exponent":        `{"a":9007199254740992e0}`,
		"beyond a float":               `{"a":1e999}`,
		"a leading zero":               `{"a":01}`,
		"space before":                 ` {"a":1}`,
		"a line end after":             `{"a":1}` + "\n",
		"space in the empty object":    `{ }`,
		"space before a name":          `{ "a":1}`,
		"space before a colon":         `{"a" :1}`,
		"space after a colon":          `{"a": 1}`,
		"space before a comma":         `{"a":1 ,"b":1}`,
		"space after a comma":          `{"a":1, "b":1}`,
		"space before the end":         `{"a":1 }`,
		"space in an empty array":      `{"a":[ ]}`,
		"space before an element":      `{"a":[ 1]}`,
		"space after an element":       `{"a":[1 ]}`,
		"space between elements":       `{"a":[1, 2]}`,
		"space deep inside":            `{"a":{"b":` + "\t" + `1}}`,
		"space at the end deep inside": `{"a":{"b":1 }}`,
		"an empty name":                `{"":1}`,
		"an escaped name":              `{"\u0061":1}`,
		"a name not in ASCII":          `{"é":1}`,
		"a long name":                  `{"` + strings.Repeat("a", MaxMemberChars+1) + `":1}`,
		"deep arrays":                  `{"a":{"b":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth) + `}}`,
		"very deep arrays":             `{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		"one field too many":           `{"a":[0` + strings.Repeat(",0", MaxFields) + `]}`,
		"a byte too many":              `{"a":"` + strings.Repeat("a", MaxPayloadBytes-7) + `"}`,
	} {
		leaf, blob, err := Seal(testHeader, []byte(payload), testKey, testEvent, count())
		if !errors.Is(err, ErrRefused) || leaf != nil || blob != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayloadsAtTheirLimitsAreSealed(t *testing.T) {
	for name, payload := range map[string]string{
		"numbers":  `{"a":[-9007199254740992,9007199254740991,0.1,-0,1e15,9007199254740991.5e-3,1e-999]}`,
		"depth":    `{"a":{"b":` + strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1) + `}}`,
		"fields":   `{"a":[0` + strings.Repeat(",0", MaxFields-1) + `]}`,
		"bytes":    `{"a":"` + strings.Repeat("a", MaxPayloadBytes-8) + `"}`,
		"name":     `{"` + strings.Repeat("~", MaxMemberChars) + `":1}`,
		"brackets": `{"a":"[{\\\"","b":["\\"],"c":{"d":"\\\\\""}}`,
	} {
		if o := mustOpen(t, payload); string(o.Payload) != payload {
			t.Errorf("%s: another payload", name)
		}
	}
}

func TestARefusalNeverRepeatsThePayload(t *testing.T) {
	for _, payload := range []string{`{"Canary":"Canary",}`, `{"Canary":{"Canary":1,"Canary":2}}`, `{"a":"Canary" }`, "{\"Canary\xff\":1}"} {
		if _, err := split([]byte(payload)); err == nil || strings.Contains(err.Error(), "Canary") {
			t.Errorf("%q: %v", payload, err)
		}
	}
}

func TestAnyPayloadOpensAndJoinsToTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := drawObject(t)
		leaf, blob, err := Seal(testHeader, payload, testKey, testEvent, count())
		if err != nil {
			t.Fatalf("%q: %v", payload, err)
		}
		o, err := Open(leaf, blob, testKey, testEvent)
		if err != nil || string(o.Payload) != string(payload) {
			t.Fatalf("%q: opened %q, %v", payload, o.Payload, err)
		}
		joined, err := Join(o.Fields())
		if err != nil || string(joined) != string(payload) {
			t.Fatalf("%q: joined %q, %v", payload, joined, err)
		}
	})
}

// drawObject draws a payload of 1 to 12 members.
func drawObject(t *rapid.T) []byte {
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`[ -!#-\[\]-~]{1,8}`), 1, 12, rapid.ID).Draw(t, "names")
	b := []byte{'{'}
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `"`+name+`":`...)
		b = append(b, drawValue(t, 3)...)
	}
	return append(b, '}')
}

func drawValue(t *rapid.T, depth int) string {
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	switch {
	case kind == 0:
		return rapid.SampledFrom([]string{"null", "true", "false", "[]", "{}", "-0.0", "1e-7"}).Draw(t, "literal")
	case kind == 1:
		return fmt.Sprint(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "number"))
	case kind <= 3 || depth == 0:
		text, err := jsontext.AppendQuote(nil, rapid.String().Draw(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var parts []string
	for i := range rapid.IntRange(0, 4).Draw(t, "parts") {
		part := drawValue(t, depth-1)
		if kind == 4 {
			part = fmt.Sprintf(`"m%d":%s`, i, part)
		}
		parts = append(parts, part)
	}
	if kind == 4 {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{testPayload, `{"a":[1,{"b":[]}],"c":"\\\""}`, `{"a":[ 1]}`, `{"a":1e5}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		parts, err := split(payload)
		if (err == nil) != allowed(payload) && len(payload) < MaxFields {
			t.Errorf("%q: %v", payload, err)
		}
		if err != nil {
			return
		}
		var fields []Field
		for i := range parts {
			fields = append(fields, parts[i].of(payload))
		}
		if joined, err := Join(fields); err != nil || string(joined) != string(payload) {
			t.Errorf("%q joins to %q, %v", payload, joined, err)
		}
	})
}
