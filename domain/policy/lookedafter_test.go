package policy_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// returnColumns name the column of the published schemas of SSDA903 for each
// code set.
var returnColumns = map[string]policy.CodeSet{
	"ad1.SEX_ADOPTR": policy.AdopterSex, "ad1.LS_ADOPTR": policy.AdopterLegalStatus,
	"episodes.RNE": policy.ReasonForNewEpisode, "episodes.LS": policy.LegalStatus, "episodes.PLACE": policy.PlacementType,
	"episodes.PLACE_PROVIDER": policy.PlacementProvider, "episodes.REC": policy.ReasonEpisodeCeased,
	"episodes.REASON_PLACE_CHANGE": policy.ReasonForPlacementChange, "missing.MISSING": policy.MissingKind,
	"oc2.SDQ_REASON": policy.SDQReason, "oc3.IN_TOUCH": policy.InTouch, "oc3.ACTIV": policy.CareLeaverActivity,
	"oc3.ACCOM": policy.CareLeaverAccommodation, "placed_adoption.REASON_PLACED_CEASED": policy.AdoptionReversal,
	"prev_perm.PREV_PERM": policy.PreviousPermanence, "reviews.REVIEW_CODE": policy.ReviewParticipation,
	"social_worker.SW_REASON": policy.SocialWorkerChange,
}

// schemaYears are the collections whose schemas, or changes to them, are
// published.
var schemaYears = []int{2017, 2019, 2022, 2024, 2025, 2026}

// publishedCodes reads the codes of each column of a schema, or of its changes:
// the few forms of lines that these files have.
func publishedCodes(t *testing.T, year int) map[string][]string {
	t.Helper()
	shared := os.Getenv("CASELEDGER_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	name := fmt.Sprintf("SSDA903_schema_%d.diff.yml", year)
	if year == schemaYears[0] {
		name = fmt.Sprintf("SSDA903_schema_%d.yml", year)
	}
	text, err := os.ReadFile(filepath.Join(shared, "data", "ssda903", name))
	if err != nil {
		t.Skipf("the published schemas are absent: set CASELEDGER_SHARED (%v)", err)
	}
	codes := make(map[string][]string)
	table, column := "", ""
	for line := range strings.Lines(string(text)) {
		word := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch path := strings.Split(strings.TrimSuffix(word, ":"), "."); {
		case strings.HasPrefix(word, "column_map.") && len(path) == 4:
			table, column = path[1], path[2]
			codes[table+"."+column] = nil
		case strings.HasPrefix(word, "column_map.") && len(path) == 2:
			table = path[1]
		case strings.HasPrefix(word, "- code:"):
			code := strings.Trim(strings.TrimSpace(strings.TrimPrefix(word, "- code:")), `"`)
			codes[table+"."+column] = append(codes[table+"."+column], code)
		case indent == 4 && year == schemaYears[0] && strings.HasSuffix(word, ":"):
			table = path[0]
		case strings.HasSuffix(word, ":") && word == strings.ToUpper(word):
			column = path[0]
		}
	}
	return codes
}

func TestTheCodesOfAReturnOnLookedAfterChildrenAreThoseOfItsPublishedSchema(t *testing.T) {
	current := make(map[string][]string)
	for _, year := range schemaYears {
		maps.Copy(current, publishedCodes(t, year))
		compared := 0
		for column, set := range returnColumns {
			if codes := current[column]; len(codes) > 0 {
				compared++
				sameCodes(t, set, fmt.Sprintf("%d-03-31", year), adapted(set, year, codes))
			}
		}
		if compared < len(returnColumns)-1 {
			t.Errorf("%d: only %d code sets were compared", year, compared)
		}
	}
}

// adapted are the codes of a schema without the differences that the public
// validator and the dates of the codes themselves tell of.
func adapted(set policy.CodeSet, year int, codes []string) []string {
	codes = slices.Clone(codes)
	if set == policy.PlacementType && year >= 2026 { // rule 146 of the collection no longer has it
		codes = slices.DeleteFunc(codes, func(c string) bool { return c == "Z1" })
	}
	return codes
}

func TestEveryCodeOfARecordHasALabel(t *testing.T) {
	for _, set := range policy.Sets() {
		for _, code := range policy.Codes(set, domain.Date{}) {
			if policy.Label(set, code.Code) == "" {
				t.Errorf("%s %s has no label", set, code.Code)
			}
		}
	}
}
