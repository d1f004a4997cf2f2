package oversight

import (
	"slices"

	"caseledger/domain"
)

// Record records what a manager thought and decided.
type Record struct {
	domain.Dated
	Oversight ID              `json:"oversight" validate:"required,max=64,printascii"`
	Kind      string          `json:"kind" validate:"required,oneof=management-oversight supervision audit"`
	Worker    string          `json:"worker" validate:"required,max=100,printascii"`
	Towards   string          `json:"towards,omitempty" validate:"omitempty,max=200,printascii"`
	Text      []string        `json:"text" validate:"required,min=1,max=5000,dive,required,max=1048576"`
	Decisions []domain.Action `json:"decisions,omitempty" validate:"max=100,dive"`
}

// CloseDecision records what became of a decision.
type CloseDecision struct {
	domain.Dated
	Oversight ID     `json:"oversight" validate:"required,max=64,printascii"`
	Decision  string `json:"decision" validate:"required,max=64,printascii"`
	Result    string `json:"result" validate:"required,oneof=done not-done replaced"`
	Note      string `json:"note,omitempty" validate:"max=2000"`
}

// Record decides on an oversight: somebody else looks at a worker's work, and
// each decision has an id of its own. by is who looks, "" where nobody knows.
func (os Oversights) Record(c Record, by string) ([]domain.Event, error) {
	seen := make(map[string]bool)
	twice := slices.ContainsFunc(c.Decisions, func(d domain.Action) bool {
		again := seen[d.ID]
		seen[d.ID] = true
		return again
	})
	return []domain.Event{Recorded{Dated: c.Dated, Oversight: c.Oversight, Kind: c.Kind, Worker: c.Worker, Towards: c.Towards, Text: c.Text, Decisions: c.Decisions}},
		domain.Refuse(
			domain.Rule{Name: "oversight-already-recorded", Broken: !os.Find(c.Oversight).Recorded.IsZero(),
				Reason: "An oversight with this id is already on the record; correct that entry."},
			domain.Rule{Name: "decision-named-twice", Broken: twice, Reason: "Two decisions have the same id."},
			domain.Rule{Name: "oversight-of-own-work", Broken: by != "" && by == c.Worker, Reason: "Nobody oversees their own work."},
			domain.Rule{Name: "decision-due-before", Broken: slices.ContainsFunc(c.Decisions, func(d domain.Action) bool { return !d.By.IsZero() && d.By.Before(c.Happened) }),
				Reason: "A decision is to be carried out before the day on which it was made."})
}

// CloseDecision decides on the end of a decision.
func (os Oversights) CloseDecision(c CloseDecision) ([]domain.Event, error) {
	o := os.Find(c.Oversight)
	made := slices.ContainsFunc(o.Recorded.Fact.Decisions, func(d domain.Action) bool { return d.ID == c.Decision })
	return []domain.Event{DecisionClosed{Dated: c.Dated, Oversight: c.Oversight, Decision: c.Decision, Result: c.Result, Note: c.Note}}, domain.Refuse(
		domain.Rule{Name: "decision-unknown", Broken: !made, Reason: "No decision with this id was made by an oversight with this id."},
		domain.Rule{Name: "before-decision", Broken: made && !c.Happened.IsZero() && c.Happened.Before(o.Recorded.Fact.Happened),
			Reason: "The day lies before the decision."},
		domain.Rule{Name: "decision-already-closed", Broken: !o.Outcome(c.Decision).IsZero(), Reason: "What became of the decision is already on the record."})
}
