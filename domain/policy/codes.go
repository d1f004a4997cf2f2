package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"caseledger/domain"
)

// CodeSet names a list of codes, and its file in data/codes.
type CodeSet string

// The code sets of the children in need census of England, in the ledger's
// own canonical form.
const (
	ReferralSource   CodeSet = "referral-source"
	PrimaryNeed      CodeSet = "primary-need"
	ReasonForClosure CodeSet = "reason-for-closure"
	AssessmentFactor CodeSet = "assessment-factor"
	Disability       CodeSet = "disability"
	Ethnicity        CodeSet = "ethnicity"
	Sex              CodeSet = "sex" // M, F, U, and I until March 2024
	UPNUnknown       CodeSet = "upn-unknown"
	CategoryOfAbuse  CodeSet = "category-of-abuse"
	AreaOfConcern    CodeSet = "area-of-concern" // Scotland, since September 2021
)

// The code sets of the return on looked-after children of England (SSDA903).
const (
	LegalStatus              CodeSet = "legal-status"
	ReasonForNewEpisode      CodeSet = "reason-for-new-episode"
	ReasonEpisodeCeased      CodeSet = "reason-episode-ceased"
	PlacementType            CodeSet = "placement-type"
	PlacementProvider        CodeSet = "placement-provider"
	ReasonForPlacementChange CodeSet = "reason-for-placement-change"
	ReviewParticipation      CodeSet = "review-participation"
	MissingKind              CodeSet = "missing-kind"
	InTouch                  CodeSet = "in-touch"
	CareLeaverActivity       CodeSet = "care-leaver-activity"
	CareLeaverAccommodation  CodeSet = "care-leaver-accommodation"
	PreviousPermanence       CodeSet = "previous-permanence"
	AdopterSex               CodeSet = "adopter-sex"
	AdopterLegalStatus       CodeSet = "adopter-legal-status"
	AdoptionReversal         CodeSet = "adoption-reversal"
	SDQReason                CodeSet = "sdq-reason"
	SocialWorkerChange       CodeSet = "social-worker-change"
)

// CourtOrder is the set of what a court can order about a child, or a power
// allow, in England and Wales.
const CourtOrder CodeSet = "court-order"

// The code sets of adults' care and support in England.
const (
	RouteOfAccess      CodeSet = "route-of-access"
	AdultOutcome       CodeSet = "adult-outcome"
	SupportReason      CodeSet = "support-reason"
	ServiceType        CodeSet = "service-type"
	ServiceComponent   CodeSet = "service-component"
	DeliveryMechanism  CodeSet = "delivery-mechanism"
	CostFrequency      CodeSet = "cost-frequency"
	CareActOutcome     CodeSet = "care-act-outcome"
	CarerOutcome       CodeSet = "carer-outcome"
	AssessmentQuestion CodeSet = "assessment-question" // of the Single Assessment Process
	AssessmentDomain   CodeSet = "assessment-domain"   // the questions that a specialist goes into
	TypeOfAbuse        CodeSet = "type-of-abuse"       // of adults
	HospitalNotice     CodeSet = "hospital-notice"
	DischargePathway   CodeSet = "discharge-pathway"
	DelayReason        CodeSet = "delay-reason" // of a discharge from hospital
)

// Code is one code while its label held. From and Until are the first and last
// day; a zero Date leaves that end open.
type Code struct {
	Code, Label string
	From, Until domain.Date
}

// Valid reports whether a code of the set is in force on a day; with no date,
// whether it ever was. Codes are compared as they are written: "1a" is none.
func Valid(set CodeSet, code string, on domain.Date) bool {
	rows := codeSets()[set].rows[code]
	if on.IsZero() {
		return len(rows) > 0
	}
	return slices.ContainsFunc(rows, func(c Code) bool { return inForce(c.From, c.Until, on) })
}

// Label returns the latest label of a code, "" when the code is unknown.
func Label(set CodeSet, code string) string {
	rows := codeSets()[set].rows[code]
	if len(rows) == 0 {
		return ""
	}
	return rows[len(rows)-1].Label
}

// Codes returns the codes of a set in force on a day, in the order of the
// set; with no date every code that ever was, as it was last.
func Codes(set CodeSet, on domain.Date) []Code {
	table := codeSets()[set]
	codes := make([]Code, 0, len(table.order))
	for _, code := range table.order {
		rows := table.rows[code]
		if on.IsZero() {
			codes = append(codes, rows[len(rows)-1])
			continue
		}
		if i := slices.IndexFunc(rows, func(c Code) bool { return inForce(c.From, c.Until, on) }); i >= 0 {
			codes = append(codes, rows[i])
		}
	}
	return codes
}

// Sets returns the names of all code sets, sorted.
func Sets() []CodeSet {
	sets := make([]CodeSet, 0, len(codeSets()))
	for set := range codeSets() {
		sets = append(sets, set)
	}
	slices.Sort(sets)
	return sets
}

// codeTable is one set: its codes in order, and each code's rows from the
// earliest to the latest.
type codeTable struct {
	order []string
	rows  map[string][]Code
}

var codeSets = sync.OnceValue(loadCodeSets)

func loadCodeSets() map[CodeSet]codeTable {
	files := must(data.ReadDir("data/codes"))
	sets := make(map[CodeSet]codeTable, len(files))
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".csv")
		sets[CodeSet(name)] = must(readCodes("data/codes/" + file.Name()))
	}
	return sets
}

func readCodes(name string) (codeTable, error) {
	table := codeTable{rows: make(map[string][]Code)}
	rows, err := readTable(name)
	if err != nil {
		return table, err
	}
	for _, row := range rows {
		code := Code{Code: row["code"], Label: row["label"]}
		if code.From, code.Until, err = parsePeriod(row); err != nil {
			return table, fmt.Errorf("policy: %s: code %s: %w", name, code.Code, err)
		}
		if len(table.rows[code.Code]) == 0 {
			table.order = append(table.order, code.Code)
		}
		table.rows[code.Code] = append(table.rows[code.Code], code)
	}
	return table, nil
}
