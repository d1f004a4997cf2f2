package policy

import (
	"fmt"
	"strings"
	"sync"

	"caseledger/domain"
)

// Clock names a time limit.
type Clock string

// The clocks. Which nation has which, and since when, stands in
// data/clocks.csv. The comment says from which day each is counted.
const (
	ReferralDecision  Clock = "referral-decision"  // the referral
	InitialAssessment Clock = "initial-assessment" // the referral
	CoreAssessment    Clock = "core-assessment"    // the start of the assessment
	Assessment        Clock = "assessment"         // the referral

	InitialConference   Clock = "initial-conference"   // the strategy discussion, or the Scottish inter-agency one
	PreBirthConference  Clock = "pre-birth-conference" // the inter-agency referral discussion
	TransferConference  Clock = "transfer-conference"  // notice of the move
	PreBirthGestation   Clock = "pre-birth-gestation"  // 40 weeks before the expected birth
	InquorateConference Clock = "inquorate-conference" // the inquorate meeting
	ConferenceRecord    Clock = "conference-record"    // the conference
	CoreGroup           Clock = "core-group"           // the conference
	FirstReview         Clock = "first-review"         // the initial conference
	PreBirthReview      Clock = "pre-birth-review"     // the conference before birth
	LaterReview         Clock = "later-review"         // the review before
	SignificantChange   Clock = "significant-change"   // the change

	PlacementVisit          Clock = "placement-visit"            // the start of a placement
	LookedAfterVisit        Clock = "looked-after-visit"         // the visit before
	SettledPlacementVisit   Clock = "settled-placement-visit"    // the visit before
	LookedAfterFirstReview  Clock = "looked-after-first-review"  // the start of being looked after
	LookedAfterSecondReview Clock = "looked-after-second-review" // the first review
	LookedAfterLaterReview  Clock = "looked-after-later-review"  // the review before

	LookedAfterHealthAssessment Clock = "looked-after-health-assessment" // the start of being looked after
	HealthAssessmentUnderFive   Clock = "health-assessment-under-five"   // the assessment before
	HealthAssessmentFromFive    Clock = "health-assessment-from-five"    // the assessment before
	EducationPlan               Clock = "education-plan"                 // the start of being looked after
	EducationPlanReview         Clock = "education-plan-review"          // the plan or review before
	ReturnInterview             Clock = "return-interview"               // the return of a missing child
	PathwayPlanReview           Clock = "pathway-plan-review"            // the plan or review before
	CareLeaverVisit             Clock = "care-leaver-visit"              // the visit before
	SecureFirstReview           Clock = "secure-first-review"            // the start of secure accommodation
	SecureLaterReview           Clock = "secure-later-review"            // the review before

	CareProceedings              Clock = "care-proceedings"               // the issue of the application
	PoliceProtection             Clock = "police-protection"              // the start of the protection
	EmergencyProtectionOrder     Clock = "emergency-protection-order"     // the order
	EmergencyProtectionExtension Clock = "emergency-protection-extension" // the end of the order
	SeriousIncidentNotification  Clock = "serious-incident-notification"  // awareness of the incident

	SubjectAccess         Clock = "subject-access"          // receipt of the request
	SubjectAccessExtended Clock = "subject-access-extended" // receipt of the request

	RapidReview                  Clock = "rapid-review"                    // awareness of the incident
	PrivateFosteringFirstVisit   Clock = "private-fostering-first-visit"   // the notification
	PrivateFosteringVisit        Clock = "private-fostering-visit"         // the visit before, in the first year
	PrivateFosteringSettledVisit Clock = "private-fostering-settled-visit" // the visit before, after the first year

	FirstSupportReview       Clock = "first-support-review"        // the agreement of an adult's support plan
	SupportReview            Clock = "support-review"              // the review before
	DirectPaymentFirstReview Clock = "direct-payment-first-review" // the first payment
	DirectPaymentReview      Clock = "direct-payment-review"       // the review before

	HarmOpinion Clock = "harm-opinion" // the day of the opinion: it holds so long

	LibertyDecision       Clock = "liberty-decision"       // the request for a standard authorisation
	UrgentAuthorisation   Clock = "urgent-authorisation"   // its start
	StandardAuthorisation Clock = "standard-authorisation" // its start
)

// Clocks that no nation sets: an authority may, in its local rules.
const (
	ContactDecision Clock = "contact-decision" // the contact
	ProtectionVisit Clock = "protection-visit" // the visit before, of a child with a protection plan
	InNeedVisit     Clock = "cin-visit"        // the visit before, of a child in need
	InNeedReview    Clock = "cin-review"       // the agreement of the plan, or the review before
	LaterCoreGroup  Clock = "later-core-group" // the core group before
	TemporaryReview Clock = "temporary-review" // the temporary registration

	SupportRequest  Clock = "support-request"  // an adult's request for support
	AdultAssessment Clock = "adult-assessment" // the start of an adult's or carer's assessment

	SafeguardingDecision Clock = "safeguarding-decision" // the concern about an adult
	SafeguardingEnquiry  Clock = "safeguarding-enquiry"  // the start of the enquiry
	SafeguardingReview   Clock = "safeguarding-review"   // the agreement of the plan, or the review before

	HospitalAssessment  Clock = "hospital-assessment"  // a hospital's notice
	DischargeAssessment Clock = "discharge-assessment" // the discharge from hospital with support
	NoteSignature       Clock = "note-signature"       // the day on which a note was given to somebody to sign off

	DisclosurePolice     Clock = "disclosure-police"     // a request of the police for information
	DisclosureInspection Clock = "disclosure-inspection" // a request of inspectors
	DisclosureAuthority  Clock = "disclosure-authority"  // a request of another authority
	AccessReview         Clock = "access-review"         // a complaint about the answer to a request for access
)

// OwnClocks are the clocks that no nation sets.
func OwnClocks() []Clock {
	return []Clock{ContactDecision, ProtectionVisit, InNeedVisit, InNeedReview, LaterCoreGroup, TemporaryReview, SupportRequest, AdultAssessment,
		SafeguardingDecision, SafeguardingEnquiry, SafeguardingReview,
		HospitalAssessment, DischargeAssessment, NoteSignature, AccessReview, DisclosureInspection, DisclosureAuthority}
}

// Unit is what a clock counts in.
type Unit string

// The units of clocks.
const (
	WorkingDays  Unit = "working-days"
	CalendarDays Unit = "calendar-days"
	Weeks        Unit = "weeks"
	Months       Unit = "months"
	// MonthsToWorkingDay are months that end on a working day: the next one, where
	// the last day of them is none.
	MonthsToWorkingDay Unit = "months-to-a-working-day"
)

// Rule is the length of a clock while it was in force.
type Rule struct {
	Clock  Clock
	Amount int
	Unit   Unit
	// From and Until are the first and last day on which the clock may start;
	// a zero Until means that it still holds.
	From, Until domain.Date
	// Source is where the rule is laid down.
	Source string
	// Sentence says the rule to a practitioner.
	Sentence string
	// Local says that the authority has set the rule itself.
	Local bool
}

// clocks are the rules of every nation, in the order of the file.
var clocks = sync.OnceValue(loadClocks)

func loadClocks() map[Nation]map[Clock][]Rule {
	all := make(map[Nation]map[Clock][]Rule)
	for _, row := range must(readTable("data/clocks.csv")) {
		rule := must(parseRule(row))
		for _, name := range strings.Fields(row["nations"]) {
			nation := Nation(name)
			if all[nation] == nil {
				all[nation] = make(map[Clock][]Rule)
			}
			all[nation][rule.Clock] = append(all[nation][rule.Clock], rule)
		}
	}
	return all
}

func parseRule(row map[string]string) (Rule, error) {
	rule := Rule{
		Clock:    Clock(row["clock"]),
		Unit:     Unit(row["unit"]),
		Source:   row["source"],
		Sentence: row["sentence"],
	}
	if _, err := fmt.Sscan(row["amount"], &rule.Amount); err != nil {
		return Rule{}, fmt.Errorf("policy: clock %s: %w", rule.Clock, err)
	}
	var err error
	if rule.From, rule.Until, err = parsePeriod(row); err != nil {
		return Rule{}, fmt.Errorf("policy: clock %s: %w", rule.Clock, err)
	}
	return rule, nil
}
