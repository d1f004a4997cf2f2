package cincensus_test

import (
	"fmt"
	"strings"
	"testing"

	"caseledger/adapters/cincensus"
)

func TestTheLargestChildIsRecordedWhole(t *testing.T) {
	var work strings.Builder
	parts := cincensus.MaxChildElements/2 - 10
	for n := range parts {
		fmt.Fprintf(&work, "<Assessments><AssessmentActualStartDate>2021-%02d-%02d</AssessmentActualStartDate></Assessments>\n", 7+n%6, 1+n%28)
	}
	w := newWorld(t)
	report := w.load(oneChild(2022, "", work.String()))
	if got := len(w.only().Assessments); got != parts || report.Failed != 0 {
		t.Errorf("%d assessments, want %d", got, parts)
	}
}
