package cincensus

import (
	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
)

const (
	atEpisode    = "CINdetails"
	atAssessment = atEpisode + "/Assessments"
	atCINPlan    = atEpisode + "/CINPlanDates"
	atEnquiry    = atEpisode + "/Section47"
	atPlan       = atEpisode + "/ChildProtectionPlans"
)

// episode claims one episode of need: a referral and all that came under it.
func (m *mapping) episode(e *element) {
	received := e.take("CINreferralDate")
	day, flags := m.date(received, atEpisode)
	id := m.parts.ID("referral", m.referralsOn(day), day.String())
	e.owner = id
	m.episodes = append(m.episodes, id)
	under := episode{mapping: m, id: referral.ID(id), day: day}
	m.add(claim{
		command: referral.Receive{Dated: on(day), Referral: under.id,
			Source: e.take("ReferralSource").value(), Need: e.take("PrimaryNeedCode").value()},
		line: e.line, path: atEpisode, flags: flags, day: day, rank: ofReferral,
		at:     e,
		fields: []field{{"/happened", "CINreferralDate"}, {"/source", "ReferralSource"}, {"/need", "PrimaryNeedCode"}},
	})
	under.close(e)
	for _, a := range e.all("Assessments") {
		under.assess(a)
	}
	for _, p := range e.all("CINPlanDates") {
		under.cinPlan(p)
	}
	conferred := make(map[domain.Date]bool)
	for _, q := range e.all("Section47") {
		conferred[under.enquire(q)] = true
	}
	under.confer(e, conferred)
	for _, p := range e.all("ChildProtectionPlans") {
		under.protect(p)
	}
	under.turnDown(e)
}

// episode is the referral that the claims of an episode belong to.
type episode struct {
	*mapping
	id  referral.ID
	day domain.Date
}

func (u episode) close(e *element) {
	closed, reason := e.take("CINclosureDate"), e.take("ReasonForClosure")
	if closed == nil && reason == nil {
		u.gone(e, atEpisode, referral.Closed{Referral: u.id})
		return
	}
	day, flags := u.date(closed, atEpisode)
	u.add(claim{
		command: referral.Close{Dated: on(day), Referral: u.id, Reason: reason.value()},
		line:    closed.lineOr(e), path: atEpisode, flags: flags, day: later(day, u.day), rank: ofClosure,
		at:     e,
		fields: []field{{"/happened", "CINclosureDate"}, {"/reason", "ReasonForClosure"}},
	})
}

// turnDown claims that no further action was taken. The census gives it no
// day of its own; it is taken to be the day of the referral.
func (u episode) turnDown(e *element) {
	said := e.take("ReferralNFA")
	nfa, flags := yes(said, atEpisode+"/ReferralNFA")
	if !nfa {
		u.note(e.line, flags...)
		u.gone(e, atEpisode, referral.NotTakenFurther{Referral: u.id})
		return
	}
	flags = append(flags, domain.Flag{Field: atEpisode + "/ReferralNFA", Rule: "date-inferred"})
	if hasModules(e) {
		flags = append(flags, domain.Flag{Field: atEpisode + "/ReferralNFA", Rule: "referral-nfa-with-modules"})
	}
	u.add(claim{
		command: referral.TakeNoFurther{Dated: on(u.day), Referral: u.id},
		line:    said.line, path: atEpisode, flags: flags, day: u.day, rank: ofNoFurtherAction,
		at:     e,
		fields: []field{{"/referral", "ReferralNFA"}},
	})
}

func hasModules(e *element) bool {
	for _, c := range e.children {
		switch c.name {
		case "Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans", "DateOfInitialCPC":
			return true
		}
	}
	return false
}

func (u episode) assess(e *element) {
	began := e.take("AssessmentActualStartDate")
	day, flags := u.date(began, atAssessment)
	id := assessment.ID(u.parts.ID("assessment", u.assessmentsOn(day), string(u.id), day.String()))
	e.owner = string(id)
	key := later(day, u.day)
	u.add(claim{
		command: assessment.Start{Dated: on(day), Assessment: id, Referral: u.id},
		line:    began.lineOr(e), path: atAssessment, flags: flags, day: key, rank: ofAssessment,
		at:     e,
		fields: []field{{"/happened", "AssessmentActualStartDate"}},
	})
	if seen := e.take("AssessmentInternalReviewDate"); seen != nil {
		day, flags := u.date(seen, atAssessment)
		u.add(claim{
			command: assessment.Review{Dated: on(day), Assessment: id},
			line:    seen.line, path: atAssessment, flags: flags, day: later(day, key), rank: ofAssessmentReview,
			at:     e,
			fields: []field{{"/happened", seen.name}},
		})
	}
	u.authorise(e, id, key)
}

func (u episode) authorise(e *element, id assessment.ID, began domain.Date) {
	signed, found := e.take("AssessmentAuthorisationDate"), e.take("FactorsIdentifiedAtAssessment")
	var factors []string
	if found != nil {
		factors = values(found.all("AssessmentFactors"))
	}
	if signed == nil && len(factors) == 0 {
		u.gone(e, atAssessment, assessment.Completed{Assessment: id})
		return
	}
	day, flags := u.date(signed, atAssessment)
	u.add(claim{
		command: assessment.Complete{Dated: on(day), Assessment: id, Factors: factors},
		line:    signed.lineOr(e), path: atAssessment, flags: flags, day: later(day, began), rank: ofAssessmentEnd,
		at:     e,
		fields: []field{{"/happened", "AssessmentAuthorisationDate"}, {"/factors", "FactorsIdentifiedAtAssessment"}},
	})
}

func (u episode) cinPlan(e *element) {
	began, ended := e.take("CINPlanStartDate"), e.take("CINPlanEndDate")
	day, flags := u.date(began, atCINPlan)
	id := cinplan.ID(u.parts.ID("cin-plan", u.cinPlansOn(day), string(u.id), day.String()))
	e.owner = string(id)
	key := later(day, u.day)
	u.add(claim{
		command: cinplan.Start{Dated: on(day), Plan: id, Referral: u.id},
		line:    began.lineOr(e), path: atCINPlan, flags: flags, day: key, rank: ofCINPlan,
		at:     e,
		fields: []field{{"/happened", "CINPlanStartDate"}},
	})
	if ended == nil {
		u.gone(e, atCINPlan, cinplan.Ended{Plan: id})
		return
	}
	end, flags := u.date(ended, atCINPlan)
	u.add(claim{
		command: cinplan.End{Dated: on(end), Plan: id},
		line:    ended.line, path: atCINPlan, flags: flags, day: later(end, key), rank: endRank(key, end, ofCINPlanEnd),
		at:     e,
		fields: []field{{"/happened", ended.name}},
	})
}

// enquire claims an enquiry, and returns the day of its conference.
func (u episode) enquire(e *element) domain.Date {
	began, target := e.take("S47ActualStartDate"), e.take("InitialCPCtarget")
	met, none := e.take("DateOfInitialCPC"), e.take("ICPCnotRequired")
	day, flags := u.date(began, atEnquiry)
	by, more := parseOptional(target, atEnquiry)
	id := enquiry.ID(u.parts.ID("enquiry", u.enquiriesOn(day), string(u.id), day.String()))
	e.owner = string(id)
	key := later(day, u.day)
	u.add(claim{
		command: enquiry.Start{Dated: on(day), Enquiry: id, Referral: u.id, ConferenceBy: by},
		line:    began.lineOr(e), path: atEnquiry, flags: append(flags, more...), day: key, rank: ofEnquiry,
		at:     e,
		fields: []field{{"/happened", "S47ActualStartDate"}, {"/conferenceBy", "InitialCPCtarget"}},
	})
	u.noConference(e, none, id, day)
	if met == nil {
		u.gone(e, atEnquiry, enquiry.ConferenceHeld{Conference: u.conference(id)})
		return domain.Date{}
	}
	return u.conferAt(e, met, atEnquiry, id, key)
}

// noConference claims that none was required: by the census on no day of its
// own, so on the day on which the enquiry began.
func (u episode) noConference(e, said *element, id enquiry.ID, began domain.Date) {
	none, flags := yes(said, atEnquiry+"/ICPCnotRequired")
	if !none {
		u.note(e.line, flags...)
		u.gone(e, atEnquiry, enquiry.ConferenceNotRequired{Enquiry: id})
		return
	}
	flags = append(flags, domain.Flag{Field: atEnquiry + "/ICPCnotRequired", Rule: "date-inferred"})
	u.add(claim{
		command: enquiry.RequireNoConference{Dated: on(began), Enquiry: id},
		line:    said.line, path: atEnquiry, flags: flags, day: later(began, u.day), rank: ofNoConference,
		at:     e,
		fields: []field{{"/enquiry", "ICPCnotRequired"}},
	})
}

// confer claims conferences that the episode states outside of its enquiries.
// One on the day of an enquiry's conference is that conference.
func (u episode) confer(e *element, conferred map[domain.Date]bool) {
	met := e.take("DateOfInitialCPC")
	if met == nil {
		u.gone(e, atEpisode, enquiry.ConferenceHeld{Conference: u.conference("")})
		return
	}
	if day, _ := parseDay(met.text, ""); !day.IsZero() && conferred[day] {
		met.valued = true
		u.gone(e, atEpisode, enquiry.ConferenceHeld{Conference: u.conference("")})
		return
	}
	u.conferAt(e, met, atEpisode, "", u.day)
}

func (u episode) conferAt(e, met *element, path string, id enquiry.ID, begun domain.Date) domain.Date {
	day, flags := u.date(met, path)
	u.add(claim{
		command: enquiry.HoldConference{Dated: on(day), Conference: u.conference(id), Referral: u.id, Enquiry: id},
		line:    met.line, path: path, flags: flags, day: later(day, begun), rank: ofConference,
		at:     e,
		fields: []field{{"/happened", met.name}},
	})
	return day
}

// conference returns the id of the one conference that the census can state
// of an enquiry, or, of none, of an episode outside of its enquiries.
func (u episode) conference(of enquiry.ID) enquiry.ConferenceID {
	return enquiry.ConferenceID(u.parts.ID("conference", u.conferencesOf(of), string(u.id), string(of)))
}

func (u episode) protect(e *element) {
	began, ended := e.take("CPPstartDate"), e.take("CPPendDate")
	day, flags := u.date(began, atPlan)
	previous, more := count(e.take("NumberOfPreviousCPP"), atPlan+"/NumberOfPreviousCPP")
	id := protection.PlanID(u.parts.ID("protection-plan", u.plansOn(day), string(u.id), day.String()))
	e.owner = string(id)
	key := later(day, u.day)
	u.add(claim{
		command: protection.Register{Dated: on(day), Plan: id, Referral: u.id,
			Category: e.take("InitialCategoryOfAbuse").value(), Previous: previous},
		line: began.lineOr(e), path: atPlan, flags: append(flags, more...), day: key, rank: ofPlan,
		at:     e,
		fields: []field{{"/happened", "CPPstartDate"}, {"/category", "InitialCategoryOfAbuse"}, {"/previous", "NumberOfPreviousCPP"}},
	})
	last := u.reviews(e, id, day, key)
	u.categorise(e, id, last, key)
	if ended == nil {
		u.gone(e, atPlan, protection.Ended{Plan: id})
		return
	}
	end, flags := u.date(ended, atPlan)
	u.add(claim{
		command: protection.End{Dated: on(end), Plan: id},
		line:    ended.line, path: atPlan, flags: flags, day: later(end, key), rank: endRank(key, end, ofPlanEnd),
		at:     e,
		fields: []field{{"/happened", ended.name}},
	})
}

// reviews claims the review conferences of a plan, and returns the day of the
// last one, or of the plan's start.
func (u episode) reviews(e *element, id protection.PlanID, began, key domain.Date) domain.Date {
	list := e.take("Reviews")
	if list == nil {
		return began
	}
	const path = atPlan + "/Reviews"
	last := began
	for _, met := range list.all("CPPreviewDate") {
		day, flags := u.date(met, path)
		last = later(day, last)
		review := protection.ReviewID(u.parts.ID("review", u.reviewsOn(id, day), string(id), day.String()))
		u.add(claim{
			command: protection.Review{Dated: on(day), Plan: id, Review: review},
			line:    met.line, path: path, flags: flags, day: later(day, key), rank: ofPlanReview,
			fields: []field{{"/happened", met.name}},
		})
	}
	return last
}

// categorise claims the latest category. The census does not say since when;
// it is taken to be the last review, or the start of the plan.
func (u episode) categorise(e *element, id protection.PlanID, since, key domain.Date) {
	latest := e.take("LatestCategoryOfAbuse")
	u.need(latest, atPlan+"/LatestCategoryOfAbuse", e)
	code := latest.value()
	if code == "" {
		return
	}
	u.add(claim{
		command: protection.ChangeCategory{Dated: on(since), Plan: id, Category: code},
		line:    latest.line, path: atPlan, day: later(since, key), rank: ofCategory,
		flags:  []domain.Flag{{Field: atPlan + "/LatestCategoryOfAbuse", Rule: "date-inferred"}},
		at:     e,
		fields: []field{{"/category", latest.name}},
	})
}

// gone notes that the return carries a part without an end.
func (u episode) gone(e *element, path string, like domain.Event) {
	u.add(claim{absent: like, line: e.line, path: path, rank: ofWithdrawal})
}

// parseOptional reads a date that may lie in the future, such as a target.
func parseOptional(e *element, path string) (domain.Date, []domain.Flag) {
	if e.value() == "" {
		return domain.Date{}, nil
	}
	return parseDay(e.text, path+"/"+e.name)
}
