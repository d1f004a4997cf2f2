package policy

import (
	"testing"

	"caseledger/domain"
)

func TestAGroundIsThatOfItsDay(t *testing.T) {
	for day, want := range map[string]string{
		"2000-02-29": "", "2000-03-01": "Data Protection Act 1998 s.7(4)-(6)", "2018-05-24": "Data Protection Act 1998 s.7(4)-(6)",
		"2018-05-25": "Data Protection Act 2018 Sch 2 Pt 3", "": "",
	} {
		var on domain.Date
		if day != "" {
			on = domain.MustDate(day)
		}
		if got, found := GroundOn("third-party", on); got.Source != want || found != (want != "") {
			t.Errorf("on %q: %+v, %v", day, got, found)
		}
	}
	if g, found := GroundOn("embarrassing", domain.MustDate("2026-01-01")); found {
		t.Errorf("%+v", g)
	}
}

func TestTheRowsOfAGroundAreCompleteAndFollowEachOtherWithoutOverlap(t *testing.T) {
	last := make(map[string]Ground)
	for _, g := range grounds() {
		if g.Code == "" || g.Name == "" || g.Source == "" || g.Sentence == "" || !g.Until.IsZero() && g.Until.Before(g.From) {
			t.Errorf("%+v is incomplete, or ends before it begins", g)
		}
		if before, found := last[g.Code]; found && before.Until.AddDays(1) != g.From {
			t.Errorf("%s: %s does not follow %s", g.Code, g.From, before.Until)
		}
		last[g.Code] = g
	}
	for code, g := range last {
		if !g.Until.IsZero() {
			t.Errorf("%s ended on %s: what takes its place?", code, g.Until)
		}
	}
}
