package cincensus_test

import (
	"bytes"
	"encoding/csv"
	"iter"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/eventstore"
)

// held yields the records of a ledger.
func (w *world) held() iter.Seq2[cincensus.Held, error] {
	return func(yield func(cincensus.Held, error) bool) {
		for id, r := range w.all() {
			if !yield(cincensus.Held{ID: id, Record: r}, nil) {
				return
			}
		}
	}
}

func (w *world) export(year int, reference string) (string, string, cincensus.ExportReport) {
	w.t.Helper()
	x := cincensus.Export{Year: year, LEA: "201", Software: "Caseledger", Release: "1", SerialNo: 1, Now: w.now}
	if reference != "" {
		x.ReferenceDate = domain.MustDate(reference)
	}
	var xml, trace bytes.Buffer
	report, err := x.Write(w.t.Context(), &xml, &trace, w.held())
	if err != nil {
		w.t.Fatal(err)
	}
	return xml.String(), trace.String(), report
}

func TestACleanReturnComesBackByteForByte(t *testing.T) {
	w := newWorld(t)
	w.cohort(60)
	written, _, report := w.export(2026, "")
	if report.Children != 60 || report.FlawCount != 0 {
		t.Errorf("%d children, flaws %v", report.Children, report.Flaws)
	}
	if path := os.Getenv("CASELEDGER_CIN_EXPORT"); path != "" {
		if err := os.WriteFile(path, []byte(written), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other := newWorld(t)
	imported := other.load(written)
	for _, f := range imported.Flaws {
		if f.Rule != "date-inferred" {
			t.Errorf("line %d: %s: %s", f.Line, f.Element, f.Rule)
		}
	}
	again, _, _ := other.export(2026, "")
	if again != written {
		t.Errorf("the return changed on its way through a ledger:\n%s", difference(written, again))
	}
}

func difference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return "line " + strconv.Itoa(i+1) + ": " + as[i] + " became " + bs[i]
		}
	}
	return "one is longer"
}

func TestThePublishedSampleKeepsItsRegisterAndOpenWork(t *testing.T) {
	w := newWorld(t)
	if _, err := w.importer().File(t.Context(), shared(t, "fake_CIN_data.xml")); err != nil {
		t.Fatal(err)
	}
	written, _, _ := w.export(2022, "2022-07-21")
	other := newWorld(t)
	other.load(written)
	if a, b := w.work(), other.work(); a != b {
		t.Errorf("open work %v became %v", a, b)
	}
	again, _, _ := other.export(2022, "2022-07-21")
	if again != written {
		t.Error(difference(written, again))
	}
}

func TestAReturnThatTheLedgerWroteAddsNothingToIt(t *testing.T) {
	t.Run("imported", func(t *testing.T) {
		w := newWorld(t)
		if _, err := w.importer().File(t.Context(), shared(t, "fake_CIN_data.xml")); err != nil {
			t.Fatal(err)
		}
		written, _, _ := w.export(2022, "2022-07-21")
		if report := w.load(written); report.Events != 0 {
			t.Errorf("%d events, flaws %v", report.Events, report.Flaws[:min(len(report.Flaws), 5)])
		}
	})
	t.Run("entered by workers", func(t *testing.T) {
		w := newWorld(t)
		w.cohort(12)
		written, _, _ := w.export(2026, "")
		if report := w.load(written); report.Events != 0 {
			t.Errorf("%d events, flaws %v", report.Events, report.Flaws[:min(len(report.Flaws), 5)])
		}
	})
}

func TestWorkThatOutlivedItsCaseStaysInTheReturn(t *testing.T) {
	const closed = "<CINclosureDate>2020-01-07</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure><CINreferralDate>2019-06-03</CINreferralDate>"
	for _, tt := range []struct {
		name, work string
		children   int
	}{
		{"nothing", "", 0},
		{"a plan that ended before the year", "<CINPlanDates><CINPlanStartDate>2019-07-01</CINPlanStartDate><CINPlanEndDate>2021-03-31</CINPlanEndDate></CINPlanDates>", 0},
		{"an open plan", "<CINPlanDates><CINPlanStartDate>2019-07-01</CINPlanStartDate></CINPlanDates>", 1},
		{"a plan that ended in the year", "<CINPlanDates><CINPlanStartDate>2019-07-01</CINPlanStartDate><CINPlanEndDate>2021-04-01</CINPlanEndDate></CINPlanDates>", 1},
		{"an assessment that ended in the year", "<Assessments><AssessmentActualStartDate>2019-07-01</AssessmentActualStartDate><AssessmentAuthorisationDate>2021-05-04</AssessmentAuthorisationDate></Assessments>", 1},
		{"a conference in the year", "<DateOfInitialCPC>2021-05-04</DateOfInitialCPC>", 1},
		{"an enquiry that ended in the year", "<Section47><S47ActualStartDate>2019-07-01</S47ActualStartDate><DateOfInitialCPC>2021-05-04</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired></Section47>", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.load(oneChild(2022, "", closed+tt.work))
			if written, _, report := w.export(2022, ""); report.Children != tt.children {
				t.Errorf("%d children, want %d: %s", report.Children, tt.children, written)
			}
		})
	}
}

func TestAPupilNumberAndWhyThereIsNoneReplaceEachOther(t *testing.T) {
	const number, none = "<UPN>B801200005001</UPN>", "<UPNunknown>UN4</UPNunknown>"
	for _, tt := range []struct{ name, first, later, want, absent string }{
		{"found", none, number, number, none},
		{"lost", number, none, none, number},
		{"both at once", "", number + none, number + "\n        " + none, "FormerUPN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.load(oneChild(2022, tt.first, ""))
			w.load(oneChild(2023, tt.later, ""))
			written, _, _ := w.export(2023, "")
			if !strings.Contains(written, tt.want) || strings.Contains(written, tt.absent) {
				t.Errorf("not %s in %s", tt.want, written)
			}
		})
	}
}

type work struct{ referrals, assessments, enquiries, plans, registered int }

func (w *world) work() work {
	var sum work
	for _, r := range w.all() {
		for _, one := range r.Referrals {
			if one.Open() {
				sum.referrals++
			}
		}
		for _, one := range r.Assessments {
			if one.Open() {
				sum.assessments++
			}
		}
		for _, one := range r.Enquiries.All {
			if one.Open() {
				sum.enquiries++
			}
		}
		for _, one := range r.CINPlans {
			if one.Open() {
				sum.plans++
			}
		}
		for _, one := range r.Protection {
			if one.Open() {
				sum.registered++
			}
		}
	}
	return sum
}

func TestEveryElementNamesTheEntryItCameFrom(t *testing.T) {
	w := newWorld(t)
	w.cohort(12)
	written, trace, _ := w.export(2026, "")
	rows, err := csv.NewReader(strings.NewReader(trace)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	body := written[strings.Index(written, "<Children>"):]
	if leaves := len(regexp.MustCompile(`</\w+>\n`).FindAllString(regexp.MustCompile(`(?m)^\s*</\w+>\n`).ReplaceAllString(body, ""), -1)); len(rows)-1 != leaves {
		t.Errorf("%d rows for %d elements", len(rows)-1, leaves)
	}
	seen := make(map[string]bool)
	for _, row := range rows[1:] {
		if seen[row[1]] {
			t.Errorf("%s stands twice", row[1])
		}
		seen[row[1]] = true
	}
	if want := "/Message/Children/Child[5]/CINdetails[1]/ChildProtectionPlans[1]/Reviews/CPPreviewDate[2]"; !seen[want] {
		t.Errorf("no row for %s", want)
	}
}

func TestTheReturnIsOfWhatWasKnownAndTrue(t *testing.T) {
	w := newWorld(t)
	w.cohort(2)
	before := w.now
	w.now = w.now.AddDate(0, 0, 1)
	c := &madeUp{world: w, id: "00000000000000000000000000000002", acts: 100}
	r := w.all()[c.id]
	closed := r.Referrals[0].Closed.Entry
	c.correct(closed, referral.Close{Dated: happened("2025-06-05"), Referral: "r1", Reason: "RC9"})
	now, _, _ := w.export(2026, "")
	if !strings.Contains(now, "RC9") || strings.Contains(now, "RC8") {
		t.Error("the return of today does not show the correction")
	}
	var then bytes.Buffer
	if _, err := (cincensus.Export{Year: 2026, KnownAt: before}).Write(t.Context(), &then, nil, w.held()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(then.String(), "RC8") || strings.Contains(then.String(), "RC9") {
		t.Error("the return of yesterday shows the correction")
	}
	if later, _, report := w.export(2027, ""); report.Children != 0 {
		t.Errorf("cases that ended before the year are in its return: %s", later)
	}
}

func TestSexIsWrittenInTheCodesOfTheYear(t *testing.T) {
	for _, tt := range []struct {
		year         int
		want, absent string
	}{
		{2024, "<GenderCurrent>1</GenderCurrent>", "<Sex>"},
		{2025, "<Sex>M</Sex>", "<GenderCurrent>"},
	} {
		w := newWorld(t)
		w.load(oneChild(2022, "", ""))
		got, _, _ := w.export(tt.year, "")
		if !strings.Contains(got, tt.want) || strings.Contains(got, tt.absent) {
			t.Errorf("%d: not %s in %s", tt.year, tt.want, got)
		}
	}
}

func (c *madeUp) correct(seq uint64, command any) {
	c.t.Helper()
	r, _, err := c.records.Load(c.t.Context(), c.id)
	if err != nil {
		c.t.Fatal(err)
	}
	facts, err := r.Correct(seq, "typing error", func(without record.Record) ([]domain.Event, error) {
		return c.records.Decide(without, command)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	act := eventstore.Act{Stream: "record-" + string(c.id), Request: "correction", Actor: clerk, Authority: purpose}
	if _, err := eventstore.Update(c.t.Context(), c.records.Ledger, c.records.Folds, act, func(record.Record) ([]domain.Fact, error) { return facts, nil }); err != nil {
		c.t.Fatal(err)
	}
}
