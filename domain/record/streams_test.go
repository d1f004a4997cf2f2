package record_test

import (
	"testing"

	"caseledger/domain"
	"caseledger/domain/batch"
	"caseledger/domain/enquiry"
	"caseledger/domain/group"
	"caseledger/domain/lookedafter"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/settings"
)

func TestGroupsBatchesAndSettingsKnowWhatTheirEntriesSay(t *testing.T) {
	begun := domain.Entry{Seq: 1, Event: group.Begun{Parts: []group.Part{{Stream: "record-1"}}}}
	begun.Actor.ID, begun.Digest = "w1", "d"
	g := group.Group{}.Evolve(begun, domain.Entry{Seq: 2, Event: group.Finished{Outcomes: []group.Outcome{{Revision: 3}}}})
	if len(g.Begun.Fact.Parts) != 1 || g.Finished.Fact.Outcomes[0].Revision != 3 || g.Actor.ID != "w1" || g.Digest != "d" {
		t.Errorf("%+v", g)
	}
	b := batch.Batch{}.Evolve(entries(batch.Began{Kind: "k"}, batch.Finished{Children: 7})...)
	if b.Began.Fact.Kind != "k" || b.Finished.Fact.Children != 7 {
		t.Errorf("%+v", b)
	}
	s := settings.Settings{}.Evolve(entries(sex("", "F"), settings.LedgerCreated{Ledger: "l"})...)
	if s.Created.Fact.Ledger != "l" || s.Created.Entry != 2 {
		t.Errorf("%+v", s)
	}
}

func TestWorkThatIsOpenKeepsTheCaseOpen(t *testing.T) {
	plan := protection.Registered{Plan: "p1", Referral: "r1"}
	for name, tt := range map[string]struct {
		given []domain.Event
		want  bool
	}{
		"nothing":                 {nil, false},
		"a plan":                  {[]domain.Event{plan}, true},
		"a plan that ended":       {[]domain.Event{plan, protection.Ended{Plan: "p1"}}, false},
		"a plan entered in error": {[]domain.Event{plan, voids(1)}, false},
		"an enquiry":              {[]domain.Event{enquiry.Started{Enquiry: "e1", Referral: "r1"}}, true},
		"care":                    {[]domain.Event{lookedafter.EpisodeBegan{Episode: "e1", Referral: "r1"}}, true},
		"care that ended":         {[]domain.Event{lookedafter.EpisodeBegan{Episode: "e1", Referral: "r1"}, lookedafter.EpisodeCeased{Episode: "e1"}}, false},
		"another case's enquiry":  {[]domain.Event{enquiry.Started{Enquiry: "e1", Referral: "r2"}}, false},
	} {
		if got := record.Fold(entries(tt.given...)).OpenWork("r1"); got != tt.want {
			t.Errorf("%s: open %t", name, got)
		}
	}
}

func TestAConferenceIsOfItsReferralAndDay(t *testing.T) {
	r := record.Fold(entries(enquiry.ConferenceHeld{Dated: on("2026-01-20"), Conference: "c1", Referral: "r1"}))
	if !r.Conferred("r1", domain.MustDate("2026-01-20")) || r.Conferred("r1", domain.MustDate("2026-01-21")) || r.Conferred("r2", domain.MustDate("2026-01-20")) {
		t.Error("a conference of another day or referral is taken for it")
	}
}
