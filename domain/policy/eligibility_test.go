package policy_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/policy"
)

func TestTheCriteriaOfEligibilityHoldInTheirNationFromTheirFirstDay(t *testing.T) {
	for _, tt := range []struct {
		nation  policy.Nation
		of, day string
		want    int
	}{
		{policy.England, "needs", "2015-04-01", 2},
		{policy.England, "needs", "2015-03-31", 0},
		{policy.England, "carer", "2026-02-03", 1},
		{policy.England, "others", "2026-02-03", 0},
		{policy.Scotland, "needs", "2026-02-03", 0},
	} {
		p, err := policy.For(tt.nation)
		if err != nil {
			t.Fatal(err)
		}
		c, ok := p.Eligibility(tt.of, domain.MustDate(tt.day))
		if c.Outcomes != tt.want || ok != (tt.want > 0) || ok && (c.Source == "" || c.Sentence == "") {
			t.Errorf("%+v: %+v, %t", tt, c, ok)
		}
	}
}
