package cld

import (
	"fmt"
	"strings"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/needs"
	"caseledger/domain/policy"
	"caseledger/domain/record"
	"caseledger/domain/support"
)

// person is one record on the way into the return.
type person struct {
	x    Export
	id   domain.RecordID
	r    record.Record
	rows []row
}

// within reports whether a day that is known lies in the period.
func (p *person) within(day domain.Date) bool {
	return !day.IsZero() && !day.Before(p.x.From) && !day.After(p.x.To)
}

// add adds a row: what is the same for all of the person's, and the cells of
// the event.
func (p *person) add(kind, reference, of string, start, end domain.Date, outcome string, cells map[string]string, entries ...uint64) {
	who := p.r.Person
	nhs, number, name := who.Identifier(identity.NHSNumber), who.Identifier(identity.LAChildID), who.Name("legal")
	all := map[string]string{
		"LA Code": p.x.LEA, "Reporting Period Start Date": written(p.x.From), "Reporting Period End Date": written(p.x.To),
		"NHS Number": nhs.Fact.Value, "LA Person Unique Identifier": number.Fact.Value,
		"First Name": name.Fact.Given, "Last Name": name.Fact.Family,
		"Gender": policy.Label(policy.Sex, who.Sex.Fact.Sex), "Ethnicity": policy.Label(policy.Ethnicity, who.Ethnicity.Fact.Ethnicity),
		"Date of Birth": written(who.Born.Fact.Happened), "Date of Death": written(who.Died.Fact.Happened),
		"Client Type": clientType(of), "Primary Support Reason": policy.Label(policy.SupportReason, p.supportReason(&entries)),
		"Postcode": who.Address.Fact.Postcode, "Event Type": kind, "Event Reference": reference,
		"Event Start Date": written(start), "Event End Date": written(end), "Event Outcome": policy.Label(policy.AdultOutcome, outcome),
	}
	if number.IsZero() {
		all["LA Person Unique Identifier"] = string(p.id)
	}
	for column, text := range cells {
		all[column] = text
	}
	p.rows = append(p.rows, row{cells: all, start: start, entries: entriesOf(append(entries,
		nhs.Entry, number.Entry, name.Entry, who.Sex.Entry, who.Ethnicity.Entry, who.Born.Entry, who.Died.Entry, who.Address.Entry))})
}

// entriesOf leaves out what no entry states.
func entriesOf(all []uint64) []uint64 {
	var some []uint64
	for _, entry := range all {
		if entry != 0 {
			some = append(some, entry)
		}
	}
	return some
}

// supportReason is that of the latest assessment that was completed.
func (p *person) supportReason(entries *[]uint64) string {
	var latest domain.Known[needs.Completed]
	for _, a := range p.r.Needs.Assessments {
		if a.Completed.Entry != 0 && !a.Completed.Fact.Happened.Before(latest.Fact.Happened) {
			latest = a.Completed
		}
	}
	*entries = append(*entries, latest.Entry)
	return latest.Fact.Reason
}

func clientType(of string) string {
	if of == needs.OfCarer {
		return "Carer"
	}
	return "Service User"
}

// written is a day as the return has it.
func written(day domain.Date) string {
	if day.IsZero() {
		return ""
	}
	return day.Time().Format("02/01/2006")
}

func (p *person) requests() {
	for _, q := range p.r.Needs.Requests {
		if asked, decided := q.Requested, q.Decided; p.within(decided.Fact.Happened) {
			p.add("Request", string(q.ID), asked.Fact.Of, asked.Fact.Happened, decided.Fact.Happened, decided.Fact.Outcome,
				map[string]string{"Request: Route of Access": policy.Label(policy.RouteOfAccess, asked.Fact.Route)}, asked.Entry, decided.Entry)
		}
	}
}

func (p *person) assessments() {
	for _, a := range p.r.Needs.Assessments {
		if started, done := a.Started, a.Completed; p.within(done.Fact.Happened) {
			cells := map[string]string{"Event Description": capital(started.Fact.Level) + " assessment", "Assessment Type": "Long Term Assessment"}
			if started.Fact.Of == needs.OfCarer {
				cells["Assessment Type"], cells["No. of adults being cared for"], cells["Adult 1 Linked Person_ID"] = "Carer's Assessment", "1", string(started.Fact.CaresFor)
			}
			if !a.Eligibility.IsZero() {
				cells["Eligible Needs Identified"] = yesNo(a.Eligibility.Fact.Eligible)
			}
			p.add("Assessment", string(a.ID), started.Fact.Of, started.Fact.Happened, done.Fact.Happened, done.Fact.Outcome, cells, started.Entry, done.Entry, a.Eligibility.Entry)
		}
	}
}

// services are those that were given on a day of the period, direct payments
// among them. One that goes on has no end.
func (p *person) services() {
	for _, s := range p.r.Support.Services {
		began, ended := s.Started, s.Ended
		if began.IsZero() || !ended.IsZero() && ended.Fact.Happened.Before(p.x.From) {
			continue
		}
		cells := map[string]string{
			"Service Type": policy.Label(policy.ServiceType, began.Fact.Type), "Service Component": policy.Label(policy.ServiceComponent, began.Fact.Component),
			"Delivery Mechanism":         policy.Label(policy.DeliveryMechanism, began.Fact.Delivery),
			"Provider CQC Location Name": began.Fact.Provider, "Provider CQC Location ID": began.Fact.Location,
			"Unit Cost": hundredths(began.Fact.Cost), "Cost Frequency (Unit Type)": policy.Label(policy.CostFrequency, began.Fact.Per),
			"Planned units per week": hundredths(began.Fact.Units),
		}
		if ended.IsZero() {
			cells["Event Outcome"] = "Provision of service"
		}
		p.add("Service", string(s.ID), p.of(began.Fact.Plan), began.Fact.Happened, ended.Fact.Happened, ended.Fact.Outcome, cells, began.Entry, ended.Entry)
	}
	for _, d := range p.r.Support.Payments {
		began, ended := d.Started, d.Ended
		if began.IsZero() || !ended.IsZero() && ended.Fact.Happened.Before(p.x.From) {
			continue
		}
		cells := map[string]string{"Service Component": policy.Label(policy.ServiceComponent, "direct-payment"), "Delivery Mechanism": policy.Label(policy.DeliveryMechanism, "direct-payment"),
			"Unit Cost": hundredths(began.Fact.Amount), "Cost Frequency (Unit Type)": policy.Label(policy.CostFrequency, began.Fact.Per)}
		if ended.IsZero() {
			cells["Event Outcome"] = "Provision of service"
		}
		p.add("Service", string(d.ID), p.of(began.Fact.Plan), began.Fact.Happened, ended.Fact.Happened, ended.Fact.Outcome, cells, began.Entry, ended.Entry)
	}
}

// of returns whose needs a plan meets.
func (p *person) of(plan support.PlanID) string {
	return p.r.Needs.Find(p.r.Support.Find(plan).First.Fact.Assessment).Started.Fact.Of
}

func (p *person) reviews() {
	for _, plan := range p.r.Support.Plans {
		for _, v := range plan.Reviews {
			if !p.within(v.Fact.Happened) {
				continue
			}
			reason := "Unplanned"
			if v.Fact.Planned {
				reason = "Planned"
			}
			p.add("Review", string(plan.ID)+"/"+string(v.Fact.Review), p.of(plan.ID), v.Fact.Happened, v.Fact.Happened, v.Fact.Outcome,
				map[string]string{"Review Reason": reason, "Review Outcomes Achieved": capital(v.Fact.Achieved) + " achieved"}, v.Entry)
		}
	}
}

// hundredths writes pence as pounds, and hundredths of a unit as units.
func hundredths(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
