package identity

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// The kinds of identifier. LAChildID is the authority's own number for a child.
const (
	LAChildID = "la-child-id"
	UPN       = "upn"
	FormerUPN = "former-upn"
	NHSNumber = "nhs-number"
	CHI       = "chi"
)

// Register opens the record on a person.
type Register struct {
	domain.Dated
	Person domain.PersonID `json:"person" validate:"required,len=32,hexadecimal"`
}

// GiveName records which name the person bears.
type GiveName struct {
	domain.Dated
	Kind   string `json:"kind" validate:"required,oneof=legal known-as at-birth"`
	Given  string `json:"given" validate:"required,max=200"`
	Family string `json:"family" validate:"required,max=200"`
}

// RecordBirth records the day of birth.
type RecordBirth struct{ domain.Dated }

// ExpectBirth records when an unborn child is due.
type ExpectBirth struct {
	domain.Dated
	Expected domain.Date `json:"expected" validate:"required"`
}

// Identify records an identifier that a source claims for the person.
type Identify struct {
	domain.Dated
	Kind   string      `json:"kind" validate:"required,oneof=la-child-id upn former-upn nhs-number chi"`
	Value  string      `json:"value" validate:"required,max=50,printascii"`
	Source string      `json:"source" validate:"required,max=100,printascii"`
	Until  domain.Date `json:"until,omitzero"`
}

// MissIdentifier records why the person has no identifier of a kind.
type MissIdentifier struct {
	domain.Dated
	Kind   string `json:"kind" validate:"required,oneof=upn"`
	Reason string `json:"reason" validate:"required,code=upn-unknown"`
}

// RecordAddress records where the person lives.
type RecordAddress struct {
	domain.Dated
	Lines    []string `json:"lines" validate:"required,min=1,max=10,dive,required,max=200"`
	Postcode string   `json:"postcode,omitempty" validate:"max=10"`
	UPRN     string   `json:"uprn,omitempty" validate:"omitempty,max=12,number"`
}

// RecordEthnicity records the person's ethnic group.
type RecordEthnicity struct {
	domain.Dated
	Ethnicity string `json:"ethnicity" validate:"required,code=ethnicity"`
}

// RecordSex records the person's sex.
type RecordSex struct {
	domain.Dated
	Sex string `json:"sex" validate:"required,code=sex"`
}

// RecordDisabilities records all disabilities known on a day.
type RecordDisabilities struct {
	domain.Dated
	Disabilities []string `json:"disabilities" validate:"required,min=1,max=20,unique,dive,code=disability"`
}

// RecordDeath records the day of death.
type RecordDeath struct{ domain.Dated }

// Register decides on opening the record.
func (p Person) Register(c Register) ([]domain.Event, error) {
	return []domain.Event{Registered{Dated: c.Dated, Person: c.Person}}, domain.Refuse(
		domain.Rule{Name: "already-registered", Broken: !p.Registered.IsZero(), Reason: "The record is already open."})
}

// GiveName decides on a name.
func (p Person) GiveName(c GiveName) ([]domain.Event, error) {
	return []domain.Event{Named{Dated: c.Dated, Kind: c.Kind, Given: c.Given, Family: c.Family}}, nil
}

// RecordBirth decides on the day of birth.
func (p Person) RecordBirth(c RecordBirth) ([]domain.Event, error) {
	return []domain.Event{Born{Dated: c.Dated}}, domain.Refuse(
		domain.Rule{Name: "birth-already-recorded", Broken: !p.Born.IsZero(),
			Reason: "A date of birth is on the record; correct that entry."},
		p.deadBefore(c.Happened))
}

// ExpectBirth decides on an expected day of birth.
func (p Person) ExpectBirth(c ExpectBirth) ([]domain.Event, error) {
	return []domain.Event{BirthExpected{Dated: c.Dated, Expected: c.Expected}}, domain.Refuse(
		domain.Rule{Name: "already-born", Broken: !p.Born.IsZero(), Reason: "The child is already born."})
}

// Identify decides on an identifier. A wrong check character is recorded as
// such and refused, so that only an import keeps it.
func (p Person) Identify(c Identify) ([]domain.Event, error) {
	e := Identified{Dated: c.Dated, Kind: c.Kind, Value: c.Value, Source: c.Source, Until: c.Until, Valid: valid(c.Kind, c.Value)}
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "identifier-check", Broken: !e.Valid,
			Reason: "The identifier has the wrong form or a wrong check character."})
}

// MissIdentifier decides on a reason for a missing identifier.
func (p Person) MissIdentifier(c MissIdentifier) ([]domain.Event, error) {
	return []domain.Event{IdentifierMissing{Dated: c.Dated, Kind: c.Kind, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "identifier-not-missing", Broken: !p.Identifier(c.Kind).IsZero(),
			Reason: "An identifier of this kind is on the record."})
}

// RecordAddress decides on an address.
func (p Person) RecordAddress(c RecordAddress) ([]domain.Event, error) {
	return []domain.Event{AddressRecorded{Dated: c.Dated, Lines: c.Lines, Postcode: c.Postcode, UPRN: c.UPRN}}, nil
}

// RecordEthnicity decides on an ethnic group.
func (p Person) RecordEthnicity(c RecordEthnicity) ([]domain.Event, error) {
	return []domain.Event{EthnicityRecorded{Dated: c.Dated, Ethnicity: c.Ethnicity}}, nil
}

// RecordSex decides on the sex.
func (p Person) RecordSex(c RecordSex) ([]domain.Event, error) {
	return []domain.Event{SexRecorded{Dated: c.Dated, Sex: c.Sex}}, nil
}

// RecordDisabilities decides on the disabilities.
func (p Person) RecordDisabilities(c RecordDisabilities) ([]domain.Event, error) {
	none := slices.Contains(c.Disabilities, "NONE")
	return []domain.Event{DisabilitiesRecorded{Dated: c.Dated, Disabilities: c.Disabilities}}, domain.Refuse(
		domain.Rule{Name: "disability-none-alone", Broken: none && len(c.Disabilities) > 1,
			Reason: "NONE cannot stand beside a disability."})
}

// RecordDeath decides on the day of death.
func (p Person) RecordDeath(c RecordDeath) ([]domain.Event, error) {
	born := p.Born.Fact.Happened
	return []domain.Event{Died{Dated: c.Dated}}, domain.Refuse(
		domain.Rule{Name: "death-already-recorded", Broken: !p.Died.IsZero(),
			Reason: "A date of death is on the record; correct that entry."},
		domain.Rule{Name: "death-before-birth", Broken: !born.IsZero() && !c.Happened.IsZero() && c.Happened.Before(born),
			Reason: "The day of death lies before the day of birth."})
}

func (p Person) deadBefore(day domain.Date) domain.Rule {
	died := p.Died.Fact.Happened
	return domain.Rule{Name: "death-before-birth", Broken: !died.IsZero() && day.After(died),
		Reason: "The day of birth lies after the day of death."}
}

func valid(kind, value string) bool {
	switch kind {
	case UPN, FormerUPN:
		return policy.ValidUPN(value) || policy.ValidTemporaryUPN(value)
	case NHSNumber:
		return policy.ValidNHSNumber(value)
	case CHI:
		return policy.ValidCHI(value)
	case LAChildID:
		return policy.ValidLAChildID(value)
	}
	return false
}
