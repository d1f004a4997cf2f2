package cincensus_test

import (
	"strings"
	"testing"

	"caseledger/adapters/cincensus"
	"caseledger/domain/identity"
)

func TestEveryBrokenRuleIsFlaggedAtItsElement(t *testing.T) {
	const (
		protectionPlan = "<ChildProtectionPlans><CPPstartDate>2021-08-04</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"
		conference     = "<DateOfInitialCPC>2021-08-04</DateOfInitialCPC>"
	)
	for _, tt := range []struct {
		name                                 string
		identifiers, characteristics, stated string
		element, rule                        string
	}{
		{"a wrong check letter", "<UPN>A123456789123</UPN>", "", "", "ChildIdentifiers/UPN", "identifier-check"},
		{"a number and why there is none", "<UPN>B801200005001</UPN><UPNunknown>UN1</UPNunknown>", "", "", "ChildIdentifiers/UPNunknown", "identifier-not-missing"},
		{"an unknown reason for no number", "<UPNunknown>UN99</UPNunknown>", "", "", "ChildIdentifiers/UPNunknown", "code=upn-unknown"},
		{"a birth that is also expected", "<PersonBirthDate>2014-05-06</PersonBirthDate><ExpectedPersonBirthDate>2014-05-01</ExpectedPersonBirthDate>", "", "", "ChildIdentifiers/ExpectedPersonBirthDate", "already-born"},
		{"no date for a birth", "<PersonBirthDate>6 May 2014</PersonBirthDate>", "", "", "ChildIdentifiers/PersonBirthDate", "not-a-date"},
		{"a date with a time", "<PersonBirthDate>2014-05-06T00:00:00</PersonBirthDate>", "", "", "ChildIdentifiers/PersonBirthDate", "date-with-time"},
		{"a death before birth", "<PersonDeathDate>2013-01-01</PersonDeathDate>", "", "", "ChildIdentifiers/PersonDeathDate", "death-before-birth"},
		{"an unknown sex", "<GenderCurrent>7</GenderCurrent>", "", "", "ChildIdentifiers/GenderCurrent", "code=sex"},
		{"a sex in the old code", "<Sex>1</Sex>", "", "", "ChildIdentifiers/Sex", "code-of-another-year"},
		{"an unknown ethnic group", "", "<Ethnicity>XXXX</Ethnicity>", "", "ChildCharacteristics/Ethnicity", "code=ethnicity"},
		{"a disability beside none", "", "<Disabilities><Disability>NONE</Disability><Disability>LD</Disability></Disabilities>", "", "ChildCharacteristics/Disabilities", "disability-none-alone"},
		{"an unknown disability", "", "<Disabilities><Disability>XX</Disability></Disabilities>", "", "ChildCharacteristics/Disabilities", "code=disability"},
		{"an unknown source", "", "", "<ReferralSource>9Z</ReferralSource>", "CINdetails/ReferralSource", "code=referral-source"},
		{"an unknown need", "", "", "<PrimaryNeedCode>N77</PrimaryNeedCode>", "CINdetails/PrimaryNeedCode", "code=primary-need"},
		{"a referral after the reference date", "", "", "<CINreferralDate>2022-04-02</CINreferralDate>", "CINdetails/CINreferralDate", "after-reference-date"},
		{"a referral before birth", "", "", "<CINreferralDate>2010-04-02</CINreferralDate>", "CINdetails/CINreferralDate", "before-birth"},
		{"a referral in the future", "", "", "<CINreferralDate>2031-04-02</CINreferralDate>", "CINdetails/CINreferralDate", "in-the-future"},
		{"a closure before the referral", "", "", "<CINclosureDate>2021-05-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>", "CINdetails/CINclosureDate", "before-referral"},
		{"a closure without a reason", "", "", "<CINclosureDate>2021-07-01</CINclosureDate>", "CINdetails/ReasonForClosure", "required"},
		{"a closure over open work", "", "", "<CINclosureDate>2021-07-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure><CINPlanDates><CINPlanStartDate>2021-06-10</CINPlanStartDate></CINPlanDates>", "CINdetails/CINclosureDate", "open-work"},
		{"no further action and work", "", "", "<ReferralNFA>true</ReferralNFA><Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate></Assessments>", "CINdetails/ReferralNFA", "referral-nfa-with-modules"},
		{"work under a referral turned down", "", "", "<ReferralNFA>1</ReferralNFA><Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate></Assessments>", "CINdetails/Assessments/AssessmentActualStartDate", "referral-not-taken-further"},
		{"neither yes nor no", "", "", "<ReferralNFA>perhaps</ReferralNFA>", "CINdetails/ReferralNFA", "not-a-yes-or-no"},
		{"an assessment before the referral", "", "", "<Assessments><AssessmentActualStartDate>2021-05-02</AssessmentActualStartDate></Assessments>", "CINdetails/Assessments/AssessmentActualStartDate", "before-referral"},
		{"an end before its beginning", "", "", "<Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate><AssessmentAuthorisationDate>2021-06-01</AssessmentAuthorisationDate></Assessments>", "CINdetails/Assessments/AssessmentAuthorisationDate", "before-assessment"},
		{"no factors", "", "", "<Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate><AssessmentAuthorisationDate>2021-06-21</AssessmentAuthorisationDate></Assessments>", "CINdetails/Assessments/FactorsIdentifiedAtAssessment", "required"},
		{"a factor beside no factors", "", "", "<Assessments><AssessmentActualStartDate>2021-06-02</AssessmentActualStartDate><AssessmentAuthorisationDate>2021-06-21</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment><AssessmentFactors>21</AssessmentFactors><AssessmentFactors>1A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>", "CINdetails/Assessments/AssessmentAuthorisationDate", "no-factors-alone"},
		{"overlapping plans", "", "", "<CINPlanDates><CINPlanStartDate>2021-06-10</CINPlanStartDate></CINPlanDates><CINPlanDates><CINPlanStartDate>2021-06-20</CINPlanStartDate></CINPlanDates>", "CINdetails/CINPlanDates/CINPlanStartDate", "cin-plan-overlaps"},
		{"a plan beside a protection plan", "", "", conference + "<CINPlanDates><CINPlanStartDate>2021-09-10</CINPlanStartDate></CINPlanDates>" + protectionPlan, "CINdetails/CINPlanDates/CINPlanStartDate", "cin-plan-beside-protection-plan"},
		{"a conference on a Saturday", "", "", "<DateOfInitialCPC>2021-08-07</DateOfInitialCPC>", "CINdetails/DateOfInitialCPC", "conference-on-weekend"},
		{"a protection plan without a conference", "", "", protectionPlan, "CINdetails/ChildProtectionPlans/CPPstartDate", "no-conference-that-day"},
		{"an unknown category", "", "", conference + strings.Replace(protectionPlan, "NEG", "XXX", 1), "CINdetails/ChildProtectionPlans/InitialCategoryOfAbuse", "code=category-of-abuse"},
		{"a number that is none", "", "", conference + strings.Replace(protectionPlan, ">0<", ">none<", 1), "CINdetails/ChildProtectionPlans/NumberOfPreviousCPP", "not-a-number"},
		{"no conference without a day", "", "", "<Section47><S47ActualStartDate>2021-07-01</S47ActualStartDate><ICPCnotRequired>true</ICPCnotRequired></Section47>", "CINdetails/Section47/ICPCnotRequired", "date-inferred"},
		{"an unknown element", "", "", "<VisitDate>2021-07-01</VisitDate>", "CINdetails/VisitDate", "unknown-element"},
		{"a repeated element", "<PersonBirthDate>2014-05-06</PersonBirthDate><PersonBirthDate>2014-05-07</PersonBirthDate>", "", "", "ChildIdentifiers/PersonBirthDate", "repeated-element"},
		{"an empty element", "", "", "<CINclosureDate/>", "CINdetails/CINclosureDate", "empty-element"},
		{"an unknown attribute", "", "", `<CINPlanDates id="7"><CINPlanStartDate>2021-06-10</CINPlanStartDate></CINPlanDates>`, "CINdetails/CINPlanDates/@id", "unknown-attribute"},
		{"a stray text", "", "", "<CINPlanDates>see file<CINPlanStartDate>2021-06-10</CINPlanStartDate></CINPlanDates>", "CINdetails/CINPlanDates", "stray-text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			text := message(2022, childOf(tt.identifiers, tt.characteristics, tt.stated))
			report := w.load(text)
			if !has(report.Flaws, tt.element, tt.rule) {
				t.Errorf("no %s at %s in %v", tt.rule, tt.element, report.Flaws)
			}
			if !w.flagged(tt.element, tt.rule) {
				t.Error("the record does not carry the flag")
			}
			if again := w.load(text + "<!-- again -->"); again.Events != 0 {
				t.Errorf("%d events from the same content in another file", again.Events)
			}
		})
	}
}

func has(flaws []cincensus.Flaw, element, rule string) bool {
	for _, f := range flaws {
		if f.Element == element && f.Rule == rule && f.Line > 1 && f.Reason != "" && f.Record != "" {
			return true
		}
	}
	return false
}

// flagged reports whether an entry of the one record carries the flag.
func (w *world) flagged(element, rule string) bool {
	for _, e := range w.only().Entries {
		for _, f := range e.Source.Flags {
			if f.Field == element && f.Rule == rule {
				return true
			}
		}
	}
	return false
}

func TestAGoodChildIsFlaggedNowhere(t *testing.T) {
	w := newWorld(t)
	if report := w.load(oneChild(2022, "", "")); report.FlawCount != 0 || report.Flags != 0 {
		t.Errorf("flaws %v", report.Flaws)
	}
}

func TestWhatNoEventCanHoldIsKeptAndComesBack(t *testing.T) {
	w := newWorld(t)
	w.load(oneChild(2022, "<PersonBirthDate>6 May 2014</PersonBirthDate>", "<CINclosureDate>31/02/2022</CINclosureDate><VisitDate>2021-07-01</VisitDate>"))
	written, _, report := w.export(2022, "")
	for _, want := range []string{"<PersonBirthDate>6 May 2014</PersonBirthDate>", "<CINclosureDate>31/02/2022</CINclosureDate>"} {
		if !strings.Contains(written, want) {
			t.Errorf("no %s in %s", want, written)
		}
	}
	if report.Unmapped != 1 || report.FlawCount != 3 { // two dates and the reason for closure
		t.Errorf("%d unmapped, flaws %v", report.Unmapped, report.Flaws)
	}
	if kept := w.only().Unmapped; len(kept) != 1 || kept[0].Fact.Text != "<VisitDate>2021-07-01</VisitDate>" {
		t.Errorf("kept %v", kept)
	}
}

func TestAReportNeverRepeatsWhatTheFileSays(t *testing.T) {
	w := newWorld(t)
	const secret = "Zebra77"
	report := w.load(message(2022, strings.ReplaceAll(childOf("<LAchildID>Zebra77</LAchildID><UPN>Zebra77</UPN><PersonBirthDate>Zebra77</PersonBirthDate><GenderCurrent>Zebra77</GenderCurrent>",
		"<Ethnicity>Zebra77</Ethnicity>", "<CINclosureDate>Zebra77</CINclosureDate><ReasonForClosure>Zebra77</ReasonForClosure><X>Zebra77</X>"), "ANY1", secret)))
	if report.FlawCount == 0 {
		t.Fatal("no flaws")
	}
	for _, f := range report.Flaws {
		if strings.Contains(f.Element+f.Rule+f.Reason+string(f.Record), secret) {
			t.Errorf("%v", f)
		}
	}
}

func TestAChildWithoutANumberIsFoundAgainByWhatItsReturnSays(t *testing.T) {
	w := newWorld(t)
	anonymous := strings.ReplaceAll(childOf("", "", ""), "<LAchildID>ANY1</LAchildID>", "")
	report := w.load(message(2022, anonymous))
	if !has(report.Flaws, "ChildIdentifiers/LAchildID", "no-local-id") {
		t.Errorf("flaws %v", report.Flaws)
	}
	if again := w.load(message(2022, anonymous) + "\n"); again.Events != 0 || len(w.all()) != 1 {
		t.Errorf("%d events, %d records", again.Events, len(w.all()))
	}
}

func TestAPupilNumberFindsTheRecordWhereThereIsNoOther(t *testing.T) {
	w := newWorld(t)
	w.load(oneChild(2022, "<UPN>B801200005001</UPN>", ""))
	anonymous := strings.ReplaceAll(childOf("<UPN>B801200005001</UPN>", "", ""), "<LAchildID>ANY1</LAchildID>", "")
	i := w.importer()
	i.FindUPN = i.Find
	for id, r := range w.all() {
		i.FindUPN = finds(r.Person.Identifier(identity.UPN).Fact.Value, id)
	}
	report, err := i.File(t.Context(), file(t, message(2022, anonymous)))
	if err != nil || report.Unchanged != 1 || len(w.all()) != 1 {
		t.Errorf("%d records, %v, %v", len(w.all()), report, err)
	}
}

func TestANumberThatNoEventCanHoldIsKeptAndStopsNothing(t *testing.T) {
	for _, n := range []string{"9007199254740993", "99999999999999999999", "-9007199254740993"} {
		w := newWorld(t)
		report := w.load(oneChild(2022, "", "<ChildProtectionPlans><CPPstartDate>2021-08-04</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"+
			"<LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>"+n+"</NumberOfPreviousCPP></ChildProtectionPlans>"))
		if !has(report.Flaws, "CINdetails/ChildProtectionPlans/NumberOfPreviousCPP", "not-a-number") {
			t.Errorf("%s: flaws %v", n, report.Flaws)
		}
		if written, _, _ := w.export(2022, ""); !strings.Contains(written, "<NumberOfPreviousCPP>"+n+"</NumberOfPreviousCPP>") {
			t.Errorf("%s does not come back", n)
		}
	}
}

func TestTheSameChildTwiceIsReportedWhereNothingOfItIsNew(t *testing.T) {
	text := oneChild(2022, "", "")
	from, to := strings.Index(text, "<Child>"), strings.Index(text, "</Children>")
	report := newWorld(t).load(text[:to] + text[from:])
	if report.Children != 2 || report.FlawCount != 1 || report.Flaws[0].Rule != "duplicate-child" || report.Flags != 0 {
		t.Errorf("%+v", report)
	}
}

func TestAReturnWithoutChildrenIsReported(t *testing.T) {
	text := oneChild(2022, "", "")
	from, to := strings.Index(text, "<Child>"), strings.Index(text, "</Children>")
	if report := newWorld(t).load(text[:from] + text[to:]); report.FlawCount != 1 || report.Flaws[0].Rule != "no-children" {
		t.Errorf("flaws %v", report.Flaws)
	}
}
