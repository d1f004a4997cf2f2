package projections

import "caseledger/domain"

// SetFoldBudget makes the runner forget records sooner.
func (r *Runner) SetFoldBudget(bytes int) { r.folds.budget = bytes }

// Sentence is what a chronology says of an event.
func Sentence(e domain.Event) string { return sentence(e) }

// RowFields are the fields of the row types, by table.
func RowFields() map[string][]any {
	return map[string][]any{
		"record": new(summaryRow).fields(), "person": new(PersonRow).fields(), "identifier": new(IdentifierRow).fields(),
		"caseload": new(CaseloadRow).fields(), "register": new(RegisterRow).fields(), "register_enquiry": new(EnquiryRow).fields(), "audit": new(AuditRow).fields(),
		"chronology": new(ChronologyRow).fields(), "episode": new(EpisodeRow).fields(),
		"relation": new(RelationRow).fields(), "household": new(HouseholdRow).fields(), "restriction": new(RestrictionRow).fields(),
		"clock": new(ClockRow).fields(), "visit": new(VisitRow).fields(), "sight": new(SightRow).fields(), "allocation": new(AllocationRow).fields(),
		"batch": new(BatchRow).fields(), "open_group": new(GroupRow).fields(),
		"looked_after": new(LookedAfterRow).fields(), "identity_link": new(LinkRow).fields(),
	}
}
