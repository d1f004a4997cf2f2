package schema

import (
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/domain/disclosure"
	"caseledger/eventstore"
)

//go:embed profiles.json
var profiles []byte

// maxProfilesBytes bounds the text of an authority's own profiles.
const maxProfilesBytes = 1 << 20

// Profiles returns the protocols and profiles of disclosure that come with the
// program.
func Profiles() (disclosure.Catalogue, error) { return ReadProfiles(profiles) }

// ReadProfiles reads protocols and profiles. Every error names the place and
// the rule, and repeats nothing of what the file says.
func ReadProfiles(text []byte) (disclosure.Catalogue, error) {
	var c disclosure.Catalogue
	if len(text) > maxProfilesBytes {
		return c, fmt.Errorf("profiles: more than %d bytes", maxProfilesBytes)
	}
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		place, rule := shapeFault(err)
		return disclosure.Catalogue{}, fmt.Errorf("profiles: %s: %s", place, rule)
	}
	if err := eventstore.Validate(c); err != nil {
		return disclosure.Catalogue{}, fmt.Errorf("profiles: %w", err)
	}
	for i, p := range c.Profiles {
		if err := pointers(p); err != nil {
			return disclosure.Catalogue{}, fmt.Errorf("profiles: /profiles/%d%w", i, err)
		}
		for j, other := range c.Profiles[:i] {
			if p.Profile == other.Profile && (other.Until.IsZero() || !p.From.After(other.Until)) && (p.Until.IsZero() || !other.From.After(p.Until)) {
				return disclosure.Catalogue{}, fmt.Errorf("profiles: /profiles/%d: holds on days of /profiles/%d", i, j)
			}
		}
	}
	return c, nil
}

// pointers refuses a field that is no JSON Pointer: it would show nothing, and
// whoever wrote it believes that it does.
func pointers(p disclosure.Profile) error {
	for i, s := range p.Shows {
		for j, f := range slices.Concat(s.Fields, s.Except) {
			if !strings.HasPrefix(f, "/") {
				return fmt.Errorf("/shows/%d/fields/%d: a field begins with /", i, j)
			}
		}
	}
	return nil
}

// ProfilesSchema returns the JSON Schema (draft 2020-12) of such a file.
func ProfilesSchema() ([]byte, error) {
	t := reflect.TypeFor[disclosure.Catalogue]()
	s := reflectSchema(t)
	s.Required = nil
	if err := constrain(s, t); err != nil {
		return nil, fmt.Errorf("profiles: %w", err)
	}
	return text(s, "urn:caseledger:profiles", "profiles", "What may go to whom: protocols and profiles of disclosure.")
}
