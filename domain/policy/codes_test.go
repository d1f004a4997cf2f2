package policy_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// schemaTypes names the type of a CIN census schema for each code set.
var schemaTypes = map[string]policy.CodeSet{
	"referralsourcetype":    policy.ReferralSource,
	"primaryneedcodetype":   policy.PrimaryNeed,
	"reasonforclosuretype":  policy.ReasonForClosure,
	"assessmentfactorstype": policy.AssessmentFactor,
	"disabilitytype":        policy.Disability,
	"ethnicitytype":         policy.Ethnicity,
	"unknownupntype":        policy.UPNUnknown,
	"categoryofabusetype":   policy.CategoryOfAbuse,
	"sextype":               policy.Sex,
	"gendertype":            policy.Sex,
}

// censusSets are the code sets that a schema of the census publishes.
func censusSets() map[policy.CodeSet]bool {
	sets := make(map[policy.CodeSet]bool)
	for _, set := range schemaTypes {
		sets[set] = true
	}
	return sets
}

// genderCodes are the canonical codes of those used until March 2024.
var genderCodes = map[string]string{"1": "M", "2": "F", "0": "U", "9": "I"}

// retained marks the codes that a schema keeps although they were withdrawn.
const retained = "Retained despite official schema change"

type schema struct {
	Types []struct {
		Name  string `xml:"name,attr"`
		Codes []struct {
			Value string `xml:"value,attr"`
			Label string `xml:"annotation>documentation"`
			Note  string `xml:"annotation>appinfo"`
		} `xml:"restriction>enumeration"`
	} `xml:"simpleType"`
}

func readSchema(t *testing.T, year int) schema {
	t.Helper()
	shared := os.Getenv("CASELEDGER_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(shared, "data", "cin-census", fmt.Sprintf("CIN_schema_%d.xsd", year)))
	if err != nil {
		t.Skipf("the published schemas are absent: set CASELEDGER_SHARED (%v)", err)
	}
	var s schema
	if err := xml.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheCodesOfAYearAreThoseOfItsPublishedSchema(t *testing.T) {
	for _, year := range []int{2022, 2025, 2026} {
		compared := make(map[policy.CodeSet]bool)
		for _, published := range readSchema(t, year).Types {
			set, ok := schemaTypes[published.Name]
			if !ok {
				continue
			}
			compared[set] = true
			var want []string
			for _, code := range published.Codes {
				if strings.Contains(code.Note, retained) {
					continue
				}
				if published.Name == "gendertype" {
					code.Value = genderCodes[code.Value]
				}
				want = append(want, code.Value)
			}
			sameCodes(t, set, fmt.Sprintf("%d-04-01", year-1), want)
			sameCodes(t, set, fmt.Sprintf("%d-03-31", year), want)
		}
		if len(compared) != len(censusSets()) {
			t.Errorf("%d: %d code sets of %d stand in the schema", year, len(compared), len(censusSets()))
		}
	}
}

func sameCodes(t *testing.T, set policy.CodeSet, day string, want []string) {
	t.Helper()
	var got []string
	for _, code := range policy.Codes(set, domain.MustDate(day)) {
		got = append(got, code.Code)
		if !policy.Valid(set, code.Code, domain.MustDate(day)) {
			t.Errorf("%s on %s: %s is listed but not valid", set, day, code.Code)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s on %s:\n got %v\nwant %v", set, day, got, want)
	}
}

func TestTheLabelsAreThoseOfThePublishedSchema(t *testing.T) {
	for _, published := range readSchema(t, 2026).Types {
		set, ok := schemaTypes[published.Name]
		if !ok || set == policy.Sex {
			continue
		}
		for _, code := range published.Codes {
			if code.Label == "" || strings.Contains(code.Note, retained) {
				continue
			}
			if got := policy.Label(set, code.Value); plain(got) != plain(code.Label) {
				t.Errorf("%s %s is %q, published as %q", set, code.Value, got, code.Label)
			}
		}
	}
}

// plain leaves out what the published labels vary in: dashes, spaces, stray
// brackets and full stops.
func plain(label string) string {
	label = strings.NewReplacer("–", "-", "\n", " ").Replace(label)
	return strings.Trim(strings.Join(strings.Fields(label), " "), "(.")
}

func TestACodeIsValidOnlyOnTheDaysItWasInForce(t *testing.T) {
	for _, tt := range []struct {
		set  policy.CodeSet
		code string
		on   string
		want bool
	}{
		{policy.ReferralSource, "5D", "2022-03-31", false},
		{policy.ReferralSource, "5D", "2022-04-01", true},
		{policy.ReferralSource, "5D", "", true},
		{policy.ReasonForClosure, "RC9", "2022-03-31", false},
		{policy.ReasonForClosure, "RC9", "2022-04-01", true},
		{policy.AssessmentFactor, "18A", "2021-03-31", true},
		{policy.AssessmentFactor, "18A", "2021-04-01", false},
		{policy.AssessmentFactor, "18A", "", true},
		{policy.AssessmentFactor, "18B", "2021-03-31", false},
		{policy.AssessmentFactor, "18B", "2021-04-01", true},
		{policy.Sex, "I", "2024-03-31", true},
		{policy.Sex, "I", "2024-04-01", false},
		{policy.Sex, "1", "", false},
		{policy.CategoryOfAbuse, "MUL", "1999-01-01", true},
		{policy.CategoryOfAbuse, "neg", "", false},
		{policy.PrimaryNeed, "N1", "2025-03-31", true},
		{policy.PrimaryNeed, "N1", "2025-04-01", true},
		{policy.PrimaryNeed, "", "", false},
		{policy.CodeSet("colour"), "N1", "", false},
	} {
		var on domain.Date
		if tt.on != "" {
			on = domain.MustDate(tt.on)
		}
		if got := policy.Valid(tt.set, tt.code, on); got != tt.want {
			t.Errorf("%s %q on %q: valid %t, want %t", tt.set, tt.code, tt.on, got, tt.want)
		}
	}
}

func TestALabelThatChangedIsTheOneOfItsDay(t *testing.T) {
	label := func(on domain.Date) string { return policy.Codes(policy.PrimaryNeed, on)[0].Label }
	const before, after = "Abuse or neglect", "Abuse, neglect and exploitation"
	if got := label(domain.MustDate("2025-03-31")); got != before {
		t.Errorf("in March 2025 N1 is %q", got)
	}
	if got := label(domain.MustDate("2025-04-01")); got != after {
		t.Errorf("in April 2025 N1 is %q", got)
	}
	if label(domain.Date{}) != after || policy.Label(policy.PrimaryNeed, "N1") != after {
		t.Error("without a date N1 has not its latest label")
	}
	if policy.Label(policy.PrimaryNeed, "N99") != "" || policy.Label("colour", "N1") != "" {
		t.Error("an unknown code has a label")
	}
}

func TestEveryCodeSetHasCodesInTheOrderOfItsList(t *testing.T) {
	for _, set := range policy.Sets() {
		if len(policy.Codes(set, domain.Date{})) == 0 {
			t.Errorf("%s is empty", set)
		}
	}
	var got []string
	for _, code := range policy.Codes(policy.CategoryOfAbuse, domain.Date{}) {
		got = append(got, code.Code)
	}
	if want := []string{"NEG", "PHY", "SAB", "EMO", "MUL"}; !slices.Equal(got, want) {
		t.Errorf("the categories of abuse are %v", got)
	}
}

func TestChangingAListedCodeChangesNothingForOthers(t *testing.T) {
	policy.Codes(policy.Sex, domain.Date{})[0].Label = "spoilt"
	if got := policy.Codes(policy.Sex, domain.Date{})[0].Label; got != "Male" {
		t.Errorf("the label is now %q", got)
	}
}

func BenchmarkValid(b *testing.B) {
	day := domain.MustDate("2026-02-02")
	for b.Loop() {
		policy.Valid(policy.AssessmentFactor, "24A", day)
	}
}
