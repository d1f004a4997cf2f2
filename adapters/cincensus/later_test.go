package cincensus_test

import (
	"context"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

func finds(number string, id domain.RecordID) func(context.Context, string) (domain.RecordID, bool, error) {
	return func(_ context.Context, asked string) (domain.RecordID, bool, error) { return id, asked == number, nil }
}

func TestALaterReturnIsComparedWithTheRecord(t *testing.T) {
	const (
		closed     = "<CINclosureDate>2021-09-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>"
		reclosed   = "<CINclosureDate>2021-10-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>"
		targeted   = "<Section47><S47ActualStartDate>2021-07-01</S47ActualStartDate><InitialCPCtarget>2021-07-15</InitialCPCtarget><ICPCnotRequired>0</ICPCnotRequired></Section47>"
		untargeted = "<Section47><S47ActualStartDate>2021-07-01</S47ActualStartDate><ICPCnotRequired>0</ICPCnotRequired></Section47>"
		conferred  = "<Section47><S47ActualStartDate>2021-07-01</S47ActualStartDate><DateOfInitialCPC>2021-07-14</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired></Section47>"
		conference = "<DateOfInitialCPC>2021-08-04</DateOfInitialCPC>"
		neglect    = conference + "<ChildProtectionPlans><CPPstartDate>2021-08-04</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"
		emotional  = conference + "<ChildProtectionPlans><CPPstartDate>2021-08-04</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"
	)
	for _, tt := range []struct {
		name         string
		first, later string // 2022, 2023
		events       int
		corrects     int
		check        func(record.Record) bool
	}{
		{"what says the same adds nothing", childOf("", "", closed), childOf("", "", closed), 0, 0,
			func(r record.Record) bool { return len(r.Entries) == 7 }},
		{"an end that was still to come is a new fact", childOf("", "", ""), childOf("", "", closed), 1, 0,
			func(r record.Record) bool { return r.Referrals[0].Closed.Fact.Reason == "RC7" }},
		{"another closure is a correction", childOf("", "", closed), childOf("", "", reclosed), 1, 1,
			func(r record.Record) bool {
				return r.Referrals[0].Closed.Fact.Happened == domain.MustDate("2021-10-01")
			}},
		{"a closure no longer stated is out of force", childOf("", "", closed), childOf("", "", ""), 1, 0,
			func(r record.Record) bool { return r.Referrals[0].Open() }},
		{"no further action no longer stated is out of force", childOf("", "", "<ReferralNFA>1</ReferralNFA>"), childOf("", "", ""), 1, 0,
			func(r record.Record) bool { return r.Referrals[0].Open() }},
		{"another category is a change from the later reference date", childOf("", "", neglect), childOf("", "", emotional), 1, 0,
			func(r record.Record) bool {
				category := r.Protection[0].Category.Fact
				return category.Category == "EMO" && category.Happened == domain.MustDate("2023-03-31")
			}},
		{"another ethnic group is a change from the later reference date", childOf("", "", ""), childOf("", "<Ethnicity>MWBC</Ethnicity>", ""), 1, 0,
			func(r record.Record) bool {
				return r.Person.Ethnicity.Fact.Ethnicity == "MWBC" && r.Person.Ethnicity.Fact.Happened == domain.MustDate("2023-03-31")
			}},
		{"another birth is a correction", childOf("", "", ""), childOf("<PersonBirthDate>2014-06-05</PersonBirthDate>", "", ""), 1, 1,
			func(r record.Record) bool { return r.Person.Born.Fact.Happened == domain.MustDate("2014-06-05") }},
		{"a member left out is not denied", childOf("", "", "<PrimaryNeedCode>N4</PrimaryNeedCode>"), childOf("", "", ""), 0, 0,
			func(r record.Record) bool { return r.Referrals[0].Received.Fact.Need == "N4" }},
		{"a target left out is not denied", childOf("", "", targeted), childOf("", "", untargeted), 0, 0,
			func(r record.Record) bool {
				return r.Enquiries.All[0].Started.Fact.ConferenceBy == domain.MustDate("2021-07-15")
			}},
		{"a conference that moves to its enquiry met once", childOf("", "", "<DateOfInitialCPC>2021-07-14</DateOfInitialCPC>"+untargeted),
			childOf("", "", conferred), 2, 0,
			func(r record.Record) bool {
				return len(r.Enquiries.Conferences) == 1 && r.Enquiries.Conferences[0].Fact.Enquiry != ""
			}},
		{"an episode left out stays", childOf("", "", ""), childOf("", "", "<CINreferralDate>2022-07-01</CINreferralDate>"), 1, 0,
			func(r record.Record) bool { return len(r.Referrals) == 2 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.load(message(2022, tt.first))
			report := w.load(message(2023, tt.later))
			if report.Events != tt.events {
				t.Errorf("%d events, want %d; flaws %v", report.Events, tt.events, report.Flaws)
			}
			r := w.only()
			corrects := 0
			for _, e := range r.Entries {
				if e.Corrects != nil {
					corrects++
				}
			}
			if corrects != tt.corrects || !tt.check(r) {
				t.Errorf("%d corrections, want %d; record %+v", corrects, tt.corrects, r)
			}
			if again := w.load(message(2023, tt.later) + "\n"); again.Events != 0 {
				t.Errorf("%d events from the same content in another file", again.Events)
			}
		})
	}
}

func TestWhatAWorkerEnteredIsNotTakenOutOfForce(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2022, 6, 1, 9, 0, 0, 0, time.UTC) // before the later return
	w.load(oneChild(2022, "", ""))
	for id, r := range w.all() {
		c := &madeUp{world: w, id: id}
		c.do(referral.Close{Dated: happened("2021-09-01"), Referral: r.Referrals[0].ID, Reason: "RC7"})
	}
	if report := w.load(oneChild(2023, "", "")); report.Events != 0 || w.only().Referrals[0].Open() {
		t.Errorf("report %+v", report)
	}
}

func TestANumberAndWhyThereIsNoneStatedTogetherChangeNothing(t *testing.T) {
	const number, none = "<UPN>B801200005001</UPN>", "<UPNunknown>UN4</UPNunknown>"
	w := newWorld(t)
	w.load(oneChild(2022, none, ""))
	w.load(oneChild(2023, number, ""))
	for _, layout := range []string{"", "\n"} {
		if report := w.load(oneChild(2024, number+none, "") + layout); report.Events != 0 {
			t.Errorf("%d events, flaws %v", report.Events, report.Flaws)
		}
	}
}

func TestAChangedClockIsNoOtherStatement(t *testing.T) {
	w := newWorld(t)
	text := oneChild(2022, "", "<Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate></Assessments>")
	w.load(text)
	pack, err := policy.For(policy.Scotland)
	if err != nil {
		t.Fatal(err)
	}
	w.records.Pack = pack
	if again := w.load(text + "\n"); again.Events != 0 {
		t.Errorf("%d events under other clocks", again.Events)
	}
}

func TestAPlanThatFollowsAnotherOnTheSameDayIsNotFlagged(t *testing.T) {
	w := newWorld(t)
	report := w.load(oneChild(2022, "", `<CINPlanDates><CINPlanStartDate>2021-07-01</CINPlanStartDate><CINPlanEndDate>2021-08-02</CINPlanEndDate></CINPlanDates>
<CINPlanDates><CINPlanStartDate>2021-08-02</CINPlanStartDate><CINPlanEndDate>2021-08-02</CINPlanEndDate></CINPlanDates>`))
	if report.FlawCount != 0 {
		t.Errorf("flaws %v", report.Flaws)
	}
}

func TestWhatIsNoDateIsNotMissingAsWell(t *testing.T) {
	w := newWorld(t)
	report := w.load(oneChild(2022, "", "<CINreferralDate>soon</CINreferralDate>"))
	if report.FlawCount != 1 || count(report.Flaws, "not-a-date") != 1 {
		t.Errorf("flaws %v", report.Flaws)
	}
}

func TestAnOlderReturnNeverOverrulesALaterOne(t *testing.T) {
	w := newWorld(t)
	w.load(message(2023, childOf("", "<Ethnicity>MWBC</Ethnicity>", "<CINclosureDate>2021-10-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>")))
	report := w.load(message(2022, childOf("", "", "<CINclosureDate>2021-09-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>")))
	if count(report.Flaws, "later-return-states-otherwise") != 2 {
		t.Errorf("flaws %v", report.Flaws)
	}
	r := w.only()
	if r.Person.Ethnicity.Fact.Ethnicity != "MWBC" || r.Referrals[0].Closed.Fact.Happened != domain.MustDate("2021-10-01") || len(r.Unmapped) != 2 {
		t.Errorf("record %+v", r)
	}
}

func TestAnEpisodeThatTheReturnLeavesOutIsCounted(t *testing.T) {
	w := newWorld(t)
	w.load(oneChild(2022, "", ""))
	report := w.load(oneChild(2023, "", "<CINreferralDate>2022-07-01</CINreferralDate>"))
	if report.NotInReturn != 1 {
		t.Errorf("%d episodes left out, want 1", report.NotInReturn)
	}
}

func TestASecondElementOfTheSameChildIsMergedAndFlagged(t *testing.T) {
	w := newWorld(t)
	text := message(2022,
		childOf("", "", ""),
		childOf("", "<Ethnicity>MWBC</Ethnicity>", "<CINclosureDate>2021-09-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>"))
	report := w.load(text)
	if report.Children != 2 || report.New != 1 || report.Changed != 1 || count(report.Flaws, "duplicate-child") == 0 {
		t.Errorf("report %+v", report)
	}
	r := w.only()
	if r.Person.Ethnicity.Fact.Ethnicity != "WBRI" || r.Referrals[0].Closed.IsZero() || len(r.Unmapped) != 1 {
		t.Errorf("record %+v", r)
	}
	if again := w.load(text + "\n"); again.Events != 0 {
		t.Errorf("%d events from the same content in another file", again.Events)
	}
}

func TestAConferenceStatedTwiceMetOnce(t *testing.T) {
	w := newWorld(t)
	w.load(oneChild(2022, "", `<DateOfInitialCPC>2021-08-04</DateOfInitialCPC>
<Section47><S47ActualStartDate>2021-07-20</S47ActualStartDate><DateOfInitialCPC>2021-08-04</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired></Section47>`))
	if met := w.only().Enquiries.Conferences; len(met) != 1 || met[0].Fact.Enquiry == "" {
		t.Errorf("conferences %v", met)
	}
}

func TestTheBatchIsBegunAndFinishedOnce(t *testing.T) {
	w := newWorld(t)
	path := file(t, oneChild(2022, "", ""))
	for range 2 {
		if _, err := w.importer().File(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
	batches := 0
	for stream, events := range w.store.streams {
		if len(stream) == len("batch-")+32 && stream[:6] == "batch-" {
			batches++
			if len(events) != 2 || events[0].Type != "batch.began/1" || events[1].Type != "batch.finished/1" {
				t.Errorf("%s: %d events", stream, len(events))
			}
		}
	}
	if batches != 1 {
		t.Errorf("%d batches, want 1", batches)
	}
}
