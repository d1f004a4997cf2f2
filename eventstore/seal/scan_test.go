package seal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// allowed is the rules of a payload once more, by jsontext alone.
func allowed(payload []byte) bool {
	compact := jsontext.Value(bytes.Clone(payload))
	if !compact.IsValid() || compact.Compact() != nil || !bytes.Equal(compact, payload) || payload[0] != '{' || len(payload) == len("{}") {
		return false
	}
	d := jsontext.NewDecoder(bytes.NewReader(payload))
	for outside := 1; ; { // levels that are not the field's
		token, err := d.ReadToken()
		if err != nil {
			return true
		}
		depth := d.StackDepth()
		_, length := d.StackIndex(depth)
		switch {
		case depth == 1 && length%2 == 1:
			outside = 1
			quoted := payload[:d.InputOffset()]
			if name := token.String(); !validMember([]byte(name)) || !bytes.HasSuffix(quoted, []byte(`"`+name+`"`)) {
				return false
			}
		case depth == 2 && token.Kind() == '[' && length == 0:
			outside = 2
		case depth > MaxDepth+outside, token.Kind() == '0' && !exact([]byte(token.String())):
			return false
		}
	}
}

func TestTheScannerAllowsWhatJsontextAllows(t *testing.T) {
	for _, value := range []string{
		`tru`, `trues`, `nul`, `falsey`, `True`, `-`, `--1`, `+1`, `1.`, `.5`, `1e`, `1e+`, `1E-2`, `-0`, `-01`, `00`, `0x1`, `1e5.0`, `1..2`, `NaN`,
		`"`, `"\`, `"\"`, `"\\"`, `"\\\"`, `"\x"`, `"\u12"`, `"\u12G4"`, `"\ud83d\ude00"`, `"\ud83d\ud83d"`, `"\ude00"`, `"\/\b\f\n\r\t"`, `'a'`,
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth), strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
		strings.Repeat(`{"a":`, MaxDepth) + `1` + strings.Repeat("}", MaxDepth), strings.Repeat(`{"a":`, MaxDepth+1) + `1` + strings.Repeat("}", MaxDepth+1),
		"\"\x7f\"", "\"\x1f\"", "\"\x00\"", "\"12345678\x1f\"", "\"\t234567\"", "\"\u00e9\u2028\"", "\"\xc3\"", "\"\xed\xa0\x80\"",
		`[`, `]`, `[,]`, `[1,]`, `[1 1]`, `[1}`, `{`, `}`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1]`, `{"a" 1}`, `{1:1}`, `{"a":1"b":2}`,
		`{"b":1,"a":1,"b":1}`, `{"":1,"":1}`, `{"\u0061":1,"a":1}`, `{"\u0061":1,"b":1}`, `{"a":{"a":1},"b":{"a":1}}`, `{"a":{"b":1},"b":2,"a":3}`,
	} {
		for _, payload := range []string{`{"a":` + value + `}`, `{"a":[` + value + `]}`, `{"a":{"b":` + value + `}}`, `{"a":[1,` + value, `{"` + value + `":1}`} {
			if _, err := split([]byte(payload)); (err == nil) != allowed([]byte(payload)) {
				t.Errorf("%q: %v", payload, err)
			}
		}
	}
}

func TestANameIsFoundTwiceAmongMany(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `,"m%d":1`, i)
	}
	for _, object := range []string{`{%s}`, `{"o":{%s}}`} {
		once, twice := fmt.Sprintf(object, b.String()[1:]), fmt.Sprintf(object, b.String()[1:]+`,"m77":2`)
		if _, err := split([]byte(once)); err != nil {
			t.Error(err)
		}
		if _, err := split([]byte(twice)); err == nil {
			t.Error("a name twice was not found")
		}
	}
}
