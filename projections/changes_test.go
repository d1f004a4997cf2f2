package projections

import (
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"caseledger/domain"
)

// made is an event whose members are those of any object.
type made struct {
	domain.Dated
	text jsontext.Value
}

func (m made) About() string                { return "" }
func (m made) MarshalJSON() ([]byte, error) { return m.text, nil }

func TestTheFieldsOfAnEventAreItsMembers(t *testing.T) {
	value := rapid.Custom(func(r *rapid.T) any {
		return rapid.OneOf(
			rapid.Map(rapid.StringOf(rapid.SampledFrom([]rune(`ab"\,:{}[] é`))), func(s string) any { return s }),
			rapid.Map(rapid.Float64(), func(f float64) any { return f }),
			rapid.Just[any](nil), rapid.Just[any](true),
			rapid.Just[any]([]any{}), rapid.Just[any](map[string]any{}),
			rapid.Just[any](map[string]any{"a": []any{map[string]any{"b": `"}]`}, "c"}, "d": map[string]any{}}),
		).Draw(r, "value")
	})
	rapid.Check(t, func(r *rapid.T) {
		members := rapid.MapOf(rapid.StringMatching("[a-z]{1,3}"), value).Draw(r, "members")
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fieldsOf(made{text: text})
		if err != nil {
			r.Fatal(err)
		}
		if len(got) != len(members) {
			r.Fatalf("%d fields of %s", len(got), text)
		}
		for _, f := range got {
			var is any
			if err := json.Unmarshal(f.value, &is); err != nil || !reflect.DeepEqual(is, members[f.name]) {
				r.Fatalf("field %s is %s: %v", f.name, f.value, err)
			}
		}
	})
}

func TestChangesAndTimesAreWrittenAsByTheirPackages(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		value := rapid.SampledFrom([]jsontext.Value{nil, jsontext.Value("null"), jsontext.Value(`"a\"b"`), jsontext.Value(`[1,{"a":true}]`)})
		var all []FieldChange
		for range rapid.IntRange(1, 3).Draw(r, "fields") {
			all = append(all, FieldChange{rapid.String().Draw(r, "name"), value.Draw(r, "before"), value.Draw(r, "after")})
		}
		want, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := stored(&all); err != nil || got != string(want) {
			r.Fatalf("%v %v, want %s", got, err, want)
		}
		at := time.Unix(rapid.Int64Range(-60e9, 250e9).Draw(r, "second"), rapid.Int64Range(0, 999_999_999).Draw(r, "nanosecond"))
		if got, want := timeText(at), at.UTC().Format(timeLayout); got != want {
			r.Fatalf("%s, want %s", got, want)
		}
	})
}
