package schema_test

import (
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/schema"
)

func TestTheProfilesThatComeWithTheProgramNameKindsThatThereAre(t *testing.T) {
	all, err := schema.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	today := domain.MustDate("2026-11-22")
	for _, p := range all.Protocols {
		if _, ok := all.Profile(p.Profile, p.From); !ok {
			t.Errorf("protocol %s of %s: there is no profile %s", p.Protocol, p.From, p.Profile)
		}
	}
	for _, p := range all.Profiles {
		for _, s := range p.Shows {
			for _, kind := range s.Kinds {
				if kind == "*" {
					continue
				}
				found := false
				for _, e := range schema.Events() {
					found = found || e.Name == kind || strings.HasPrefix(e.Name, kind+".")
				}
				if !found {
					t.Errorf("profile %s: there are no events of kind %s", p.Profile, kind)
				}
			}
		}
	}
	health, _ := all.Profile("health", today)
	for field, want := range map[string]bool{"/happened": true, "/category": false, "/actor": false} {
		if got := health.Shown("protection-plan.registered", field); got != want {
			t.Errorf("health sees %s: %v", field, got)
		}
	}
	if p, _ := all.Protocol("police", domain.MustDate("2024-02-29")); !strings.HasPrefix(p.Title, "2013") {
		t.Error("the protocol of 2013 does not hold on its last day")
	}
}

func TestProfilesThatAreNotWholeAreRefusedByPlaceAndRule(t *testing.T) {
	line := `{"profile":"p","from":"2020-01-01","sentence":"s","shows":[{"kinds":["*"],"fields":["/*"]}],"ground":"g","source":"s"}`
	for text, want := range map[string]string{
		`{"profiles":[{"profile":"p"}]}`:                                               "/profiles/0/from",
		`{"profiles":[{"colour":"p"}]}`:                                                "/profiles/0/colour",
		`{"profiles":[` + strings.Replace(line, `"/*"`, `"x"`, 1) + `]}`:               "/profiles/0/shows/0/fields/0",
		`{"profiles":[` + line + `,` + strings.Replace(line, "2020", "2021", 1) + `]}`: "/profiles/1: holds on days of /profiles/0",
		`{`:                           "the text is not JSON",
		`{"profiles":[` + line + `]}`: "",
	} {
		_, err := schema.ReadProfiles([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzReadProfiles(f *testing.F) {
	f.Add([]byte(`{"profiles":[{"profile":"p","from":"2020-01-01","shows":[{"kinds":["*"],"fields":["/*"]}]}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = schema.ReadProfiles(text) })
}
