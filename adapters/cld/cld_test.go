package cld_test

import (
	"bytes"
	"encoding/csv"
	"iter"
	"strings"
	"testing"

	"caseledger/adapters/cld"
	"caseledger/domain"
	"caseledger/domain/domaintest"
	"caseledger/domain/identity"
	"caseledger/domain/needs"
	"caseledger/domain/record"
	"caseledger/domain/support"
)

var on = domaintest.On

// told is a return of the second quarter of 2026 on one record: of each row the
// type, the reference, the end, and a column.
func told(t *testing.T, column string, events ...domain.Event) (string, string) {
	t.Helper()
	var entries []domain.Entry
	for i, e := range events {
		entries = append(entries, domain.Entry{Seq: uint64(i + 1), Event: e})
	}
	var out, trace bytes.Buffer
	one := iter.Seq2[cld.Held, error](func(yield func(cld.Held, error) bool) { yield(cld.Held{ID: "1f", Record: record.Fold(entries)}, nil) })
	x := cld.Export{From: domain.MustDate("2026-04-01"), To: domain.MustDate("2026-06-30"), LEA: "999"}
	if _, err := x.Write(t.Context(), &out, &trace, one); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := make(map[string]int)
	for i, name := range rows[0] {
		at[name] = i
	}
	var all []string
	for _, row := range rows[1:] {
		all = append(all, strings.Join([]string{row[at["Event Type"]], row[at["Event Reference"]], row[at["Event End Date"]], row[at[column]]}, " "))
	}
	return strings.Join(all, ", "), trace.String()
}

func TestAnEventBelongsToTheQuarterInWhichItWasCompletedAndAServiceToEachInWhichItWasGiven(t *testing.T) {
	born := identity.Born{Dated: on("1950-01-01")}
	asked := needs.Requested{Dated: on("2026-03-30"), Request: "q1", Of: needs.OfNeeds, Route: "community"}
	assessed := needs.Started{Dated: on("2026-03-30"), Assessment: "a1", Of: needs.OfNeeds, Level: needs.Overview}
	agreed := support.Agreed{Dated: on("2026-03-30"), Plan: "p1", Assessment: "a1"}
	served := support.ServiceStarted{Dated: on("2026-03-31"), Service: "s1", Plan: "p1", Cost: 1950, Per: "hourly", Units: 350}
	decided := func(day string) domain.Event {
		return needs.RequestDecided{Dated: on(day), Request: "q1", Outcome: "assessment"}
	}
	for name, tt := range map[string]struct {
		column string
		given  []domain.Event
		want   string
	}{
		"a request that nobody decided":       {"Event Outcome", []domain.Event{born, asked}, ""},
		"a request decided the day before":    {"Event Outcome", []domain.Event{born, asked, decided("2026-03-31")}, ""},
		"a request decided on the first day":  {"Event Outcome", []domain.Event{born, asked, decided("2026-04-01")}, "Request q1 01/04/2026 Progress to Assessment"},
		"a request decided on the last day":   {"Request: Route of Access", []domain.Event{born, asked, decided("2026-06-30")}, "Request q1 30/06/2026 Community / Other route"},
		"a request decided the day after":     {"Event Outcome", []domain.Event{born, asked, decided("2026-07-01")}, ""},
		"an assessment":                       {"Event Description", []domain.Event{born, assessed, needs.Completed{Dated: on("2026-04-20"), Assessment: "a1"}}, "Assessment a1 20/04/2026 Overview assessment"},
		"an assessment without a decision":    {"Eligible Needs Identified", []domain.Event{born, assessed, needs.Completed{Dated: on("2026-04-20"), Assessment: "a1"}}, "Assessment a1 20/04/2026 "},
		"an assessment with a decision":       {"Eligible Needs Identified", []domain.Event{born, assessed, needs.Completed{Dated: on("2026-04-20"), Assessment: "a1"}, needs.EligibilityDecided{Dated: on("2026-04-21"), Assessment: "a1", Eligible: true}}, "Assessment a1 20/04/2026 Yes"},
		"a service that goes on":              {"Event Outcome", []domain.Event{born, agreed, served}, "Service s1  Provision of service"},
		"its cost":                            {"Unit Cost", []domain.Event{born, agreed, served}, "Service s1  19.50"},
		"its units":                           {"Planned units per week", []domain.Event{born, agreed, served}, "Service s1  3.50"},
		"a service that ended the day before": {"Unit Cost", []domain.Event{born, agreed, served, support.ServiceEnded{Dated: on("2026-03-31"), Service: "s1"}}, ""},
		"a service that ended on the first":   {"Event Outcome", []domain.Event{born, agreed, served, support.ServiceEnded{Dated: on("2026-04-01"), Service: "s1", Outcome: "ended-as-planned"}}, "Service s1 01/04/2026 Service ended as planned"},
		"a service that ends the day after":   {"Event Outcome", []domain.Event{born, agreed, served, support.ServiceEnded{Dated: on("2026-07-01"), Service: "s1", Outcome: "ended-as-planned"}}, "Service s1  Provision of service"},
		"a service that begins the day after": {"Unit Cost", []domain.Event{born, agreed, support.ServiceStarted{Dated: on("2026-07-01"), Service: "s1", Plan: "p1"}}, ""},
		"a direct payment":                    {"Delivery Mechanism", []domain.Event{born, agreed, support.PaymentStarted{Dated: on("2026-05-01"), Payment: "d1", Plan: "p1"}}, "Service d1  Direct Payment"},
		"a review":                            {"Review Outcomes Achieved", []domain.Event{born, agreed, support.Reviewed{Dated: on("2026-05-01"), Plan: "p1", Review: "v1", Planned: true, Achieved: "fully"}}, "Review p1/v1 01/05/2026 Fully achieved"},
		"eighteen on the last day":            {"Client Type", []domain.Event{identity.Born{Dated: on("2008-06-30")}, asked, decided("2026-04-01")}, "Request q1 01/04/2026 Service User"},
		"eighteen on the day after":           {"Client Type", []domain.Event{identity.Born{Dated: on("2008-07-01")}, asked, decided("2026-04-01")}, ""},
	} {
		if got, _ := told(t, tt.column, tt.given...); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestEveryRowIsTracedToItsEntries(t *testing.T) {
	_, trace := told(t, "Gender", identity.Born{Dated: on("1950-01-01")}, needs.Requested{Dated: on("2026-04-01"), Request: "q1"},
		needs.RequestDecided{Dated: on("2026-04-02"), Request: "q1"})
	if want := "line,record,entry\n2,1f,2\n2,1f,3\n2,1f,1\n"; trace != want {
		t.Errorf("%s\nwant %s", trace, want)
	}
}
