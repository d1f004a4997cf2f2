package cincensus

import (
	"slices"
	"strconv"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/domain/referral"
)

// writing is one child on its way into the return.
type writing struct {
	*page
	Export
	all  record.Record // with every entry, to look up what an import said
	seen record.Record // as the return sees it
}

// child writes one child, or returns nil where nothing of it belongs to the
// year.
func (x Export) child(h Held, traced bool) *page {
	w := writing{Export: x, all: h.Record, seen: x.view(h.Record)}
	referrals := w.inScope()
	if len(referrals) == 0 {
		return nil
	}
	w.page = &page{record: h.ID, depth: 2, traced: traced, episodes: len(referrals), unmapped: len(w.seen.Unmapped)}
	w.seen = w.ofYear(w.seen)
	w.key = w.seen.Person.Identifier(identity.LAChildID).Fact.Value
	w.open("Child", 0)
	w.path = nil // rows say the Child themselves
	w.identifiers()
	w.characteristics()
	for i, r := range referrals {
		w.episode(i+1, r)
	}
	w.path = append(w.path, "Child")
	w.shut("Child")
	return w.page
}

func (w writing) identifiers() {
	p := w.seen.Person
	w.open("ChildIdentifiers", 0)
	local := p.Identifier(identity.LAChildID)
	w.code(atIdentifiers, "LAchildID", local.Fact.Value, local.Entry, local.Fact.Valid, true)
	w.pupilNumbers(p)
	born, due := p.Born, p.Expected
	w.date(atIdentifiers, "PersonBirthDate", 0, born.Fact.Happened, born.Entry, false)
	if w.bothStated(born.Entry, due.Entry) {
		w.date(atIdentifiers, "ExpectedPersonBirthDate", 0, due.Fact.Expected, due.Entry, false)
	}
	if born.IsZero() && due.IsZero() {
		w.flaw(atIdentifiers+"/PersonBirthDate", "required")
	}
	w.sex(p)
	w.date(atIdentifiers, "PersonDeathDate", 0, p.Died.Fact.Happened, p.Died.Entry, false)
	w.shut("ChildIdentifiers")
}

// bothStated reports whether an expected birth still counts: until the birth
// is recorded, and beside it only where one return stated both.
func (w writing) bothStated(born, due uint64) bool {
	b, known := w.all.Entry(born)
	if !known {
		return true
	}
	d, _ := w.all.Entry(due)
	return d.Source != nil && b.Source != nil && d.Source.File == b.Source.File
}

// pupilNumbers writes the unique pupil number or why there is none, whichever
// was stated later, and both where they were stated of the same day.
func (w writing) pupilNumbers(p identity.Person) {
	upn, former := p.Identifier(identity.UPN), p.Identifier(identity.FormerUPN)
	var missing domain.Known[identity.IdentifierMissing]
	for _, m := range p.Missing {
		if m.Fact.Kind == identity.UPN {
			missing = m
		}
	}
	if missing.IsZero() || !upn.Fact.Happened.Before(missing.Fact.Happened) {
		w.code(atIdentifiers, "UPN", upn.Fact.Value, upn.Entry, upn.Fact.Valid, false)
	}
	w.code(atIdentifiers, "FormerUPN", former.Fact.Value, former.Entry, former.Fact.Valid, false)
	if upn.IsZero() || !missing.Fact.Happened.Before(upn.Fact.Happened) {
		w.set(atIdentifiers, "UPNunknown", policy.UPNUnknown, missing.Fact.Reason, w.ReferenceDate, missing.Entry, false)
	}
}

// sex writes the code of the year. An unborn child's is unknown.
func (w writing) sex(p identity.Person) {
	code, entry := p.Sex.Fact.Sex, p.Sex.Entry
	if p.Sex.IsZero() && p.Born.IsZero() {
		code, entry = "U", p.Expected.Entry
	}
	if w.Year >= sexFrom {
		w.set(atIdentifiers, "Sex", policy.Sex, code, w.ReferenceDate, entry, true)
		return
	}
	valid := false
	for _, c := range sexCodes {
		if c.own == code {
			code, valid = c.old, true
			break
		}
	}
	w.code(atIdentifiers, "GenderCurrent", code, entry, valid, true)
}

func (w writing) characteristics() {
	group, disabilities := w.seen.Person.Ethnicity, w.seen.Person.Disabilities
	w.open("ChildCharacteristics", 0)
	w.set(atCharacteristics, "Ethnicity", policy.Ethnicity, group.Fact.Ethnicity, w.ReferenceDate, group.Entry, true)
	if len(disabilities.Fact.Disabilities) > 0 {
		w.open("Disabilities", 0)
		for i, code := range disabilities.Fact.Disabilities {
			w.nth(atCharacteristics+"/Disabilities", "Disability", i+1, policy.Disability, code, w.ReferenceDate, disabilities.Entry)
		}
		w.shut("Disabilities")
	}
	w.shut("ChildCharacteristics")
}

func (w writing) episode(n int, r referral.Referral) {
	received, closed := r.Received, r.Closed
	w.open("CINdetails", n)
	w.date(atEpisode, "CINreferralDate", 0, received.Fact.Happened, received.Entry, true)
	w.set(atEpisode, "ReferralSource", policy.ReferralSource, received.Fact.Source, received.Fact.Happened, received.Entry, true)
	w.set(atEpisode, "PrimaryNeedCode", policy.PrimaryNeed, received.Fact.Need, received.Fact.Happened, received.Entry, false)
	w.date(atEpisode, "CINclosureDate", 0, closed.Fact.Happened, closed.Entry, false)
	w.set(atEpisode, "ReasonForClosure", policy.ReasonForClosure, closed.Fact.Reason, closed.Fact.Happened, closed.Entry, !closed.IsZero())
	w.conferences(r.ID)
	for i, a := range under(w.seen.Assessments, r.ID, func(a assessment.Assessment) referral.ID { return a.Started.Fact.Referral }) {
		w.assessment(i+1, a)
	}
	for i, p := range under(w.seen.CINPlans, r.ID, func(p cinplan.Plan) referral.ID { return p.Started.Fact.Referral }) {
		w.open("CINPlanDates", i+1)
		w.date(atCINPlan, "CINPlanStartDate", 0, p.Started.Fact.Happened, p.Started.Entry, true)
		w.date(atCINPlan, "CINPlanEndDate", 0, p.Ended.Fact.Happened, p.Ended.Entry, false)
		w.shut("CINPlanDates")
	}
	for i, q := range under(w.seen.Enquiries.All, r.ID, func(q enquiry.Enquiry) referral.ID { return q.Started.Fact.Referral }) {
		w.enquiry(i+1, q)
	}
	w.leaf("ReferralNFA", 0, zeroOrOne(!r.NotTakenFurther.IsZero()), max(r.NotTakenFurther.Entry, received.Entry))
	for i, p := range under(w.seen.Protection, r.ID, func(p protection.Plan) referral.ID { return p.Registered.Fact.Referral }) {
		w.plan(i+1, p)
	}
	w.shut("CINdetails")
}

func under[T any](all []T, id referral.ID, of func(T) referral.ID) []T {
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool { return of(t) != id })
}

// conferences writes those that met without an enquiry. The schema has room
// for one; more stay visible, as a flaw.
func (w writing) conferences(id referral.ID) {
	n := 0
	for _, c := range w.seen.Enquiries.Conferences {
		if c.Fact.Referral != id || c.Fact.Enquiry != "" {
			continue
		}
		w.date(atEpisode, "DateOfInitialCPC", 0, c.Fact.Happened, c.Entry, true)
		if n++; n > 1 {
			w.flaw(atEpisode+"/DateOfInitialCPC", "repeated-element")
		}
	}
}

func (w writing) assessment(n int, a assessment.Assessment) {
	w.open("Assessments", n)
	w.date(atAssessment, "AssessmentActualStartDate", 0, a.Started.Fact.Happened, a.Started.Entry, true)
	w.date(atAssessment, "AssessmentInternalReviewDate", 0, a.Reviewed.Fact.Happened, a.Reviewed.Entry, false)
	w.date(atAssessment, "AssessmentAuthorisationDate", 0, a.Completed.Fact.Happened, a.Completed.Entry, false)
	if factors := a.Completed.Fact.Factors; len(factors) > 0 {
		w.open("FactorsIdentifiedAtAssessment", 0)
		for i, code := range factors {
			w.nth(atAssessment+"/FactorsIdentifiedAtAssessment", "AssessmentFactors", i+1, policy.AssessmentFactor, code, a.Completed.Fact.Happened, a.Completed.Entry)
		}
		w.shut("FactorsIdentifiedAtAssessment")
	}
	w.shut("Assessments")
}

func (w writing) enquiry(n int, q enquiry.Enquiry) {
	w.open("Section47", n)
	w.date(atEnquiry, "S47ActualStartDate", 0, q.Started.Fact.Happened, q.Started.Entry, true)
	w.date(atEnquiry, "InitialCPCtarget", 0, q.Started.Fact.ConferenceBy, q.Started.Entry, false)
	w.date(atEnquiry, "DateOfInitialCPC", 0, q.Conference.Fact.Happened, q.Conference.Entry, false)
	w.leaf("ICPCnotRequired", 0, zeroOrOne(!q.NotRequired.IsZero()), max(q.NotRequired.Entry, q.Started.Entry))
	w.shut("Section47")
}

func (w writing) plan(n int, p protection.Plan) {
	category, stated := p.LatestCategory()
	began, day := p.Registered, p.Registered.Fact.Happened
	w.open("ChildProtectionPlans", n)
	w.date(atPlan, "CPPstartDate", 0, day, began.Entry, true)
	w.date(atPlan, "CPPendDate", 0, p.Ended.Fact.Happened, p.Ended.Entry, false)
	w.set(atPlan, "InitialCategoryOfAbuse", policy.CategoryOfAbuse, began.Fact.Category, day, began.Entry, true)
	w.set(atPlan, "LatestCategoryOfAbuse", policy.CategoryOfAbuse, category, day, stated, true)
	previous := strconv.Itoa(began.Fact.Previous)
	if raw := w.raw(began.Entry, atPlan+"/NumberOfPreviousCPP"); raw != "" {
		previous = raw
	}
	w.code(atPlan, "NumberOfPreviousCPP", previous, began.Entry, previous == strconv.Itoa(max(began.Fact.Previous, 0)), true)
	if len(p.Reviews) > 0 {
		w.open("Reviews", 0)
		for i, r := range p.Reviews {
			w.date(atPlan+"/Reviews", "CPPreviewDate", i+1, r.Fact.Happened, r.Entry, true)
		}
		w.shut("Reviews")
	}
	w.shut("ChildProtectionPlans")
}

func zeroOrOne(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// date writes a day, or what an import found in its place.
func (w writing) date(path, name string, n int, day domain.Date, entry uint64, required bool) {
	text := day.String()
	if text == "" {
		text = w.raw(entry, path+"/"+name)
	}
	w.leaf(name, n, text, entry)
	switch {
	case text == "" && required:
		w.flaw(path+"/"+name, "required")
	case text != "" && day.IsZero():
		w.flaw(path+"/"+name, "not-a-date")
	}
}

// raw returns what an import found that no event could hold.
func (w writing) raw(entry uint64, place string) string {
	e, known := w.all.Entry(entry)
	if !known || e.Source == nil {
		return ""
	}
	for _, f := range e.Source.Flags {
		if f.Field == place && (f.Rule == "not-a-date" || f.Rule == "not-a-number") {
			return f.Raw
		}
	}
	return ""
}

// set writes a code of a code set.
func (w writing) set(path, name string, set policy.CodeSet, code string, day domain.Date, entry uint64, required bool) {
	w.leaf(name, 0, code, entry)
	w.judge(path+"/"+name, code, policy.Valid(set, code, day), required, "code="+string(set))
}

// nth writes one of several codes of a code set.
func (w writing) nth(path, name string, n int, set policy.CodeSet, code string, day domain.Date, entry uint64) {
	w.leaf(name, n, code, entry)
	w.judge(path+"/"+name, code, policy.Valid(set, code, day), true, "code="+string(set))
}

// code writes a text whose validity is known.
func (w writing) code(path, name, text string, entry uint64, valid, required bool) {
	w.leaf(name, 0, text, entry)
	w.judge(path+"/"+name, text, valid, required, "wrong-form")
}

func (w writing) judge(place, text string, valid, required bool, rule string) {
	switch {
	case text == "" && required:
		w.flaw(place, "required")
	case text != "" && !valid:
		w.flaw(place, rule)
	}
}
