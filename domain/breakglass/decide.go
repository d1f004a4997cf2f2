package breakglass

import (
	"time"

	"caseledger/domain"
	"caseledger/domain/restriction"
)

// MaxHours is how long one use lets a worker in at most.
const MaxHours = 24

// The findings of a review.
const (
	Justified   = "justified"
	Unjustified = "unjustified"
	Enquire     = "further-enquiry"
)

// Use opens the record to who acts, for some hours.
type Use struct {
	domain.Dated
	Use    ID     `json:"use" validate:"required,max=64,printascii"`
	Reason string `json:"reason" validate:"required,oneof=risk-of-harm missing-person out-of-hours court cover other"`
	Detail string `json:"detail" validate:"required,max=2000"`
	Hours  int    `json:"hours" validate:"min=1,max=24"`
}

// Review records what somebody else makes of a use.
type Review struct {
	domain.Dated
	Use     ID     `json:"use" validate:"required,max=64,printascii"`
	Finding string `json:"finding" validate:"required,oneof=justified unjustified further-enquiry"`
	Note    string `json:"note,omitempty" validate:"max=2000"`
}

// Use decides on opening the record to a worker. A conflict of interest is no
// emergency: a barrier stands. So does a seal that the law or a court put on.
func (os Openings) Use(c Use, worker string, now time.Time, rs restriction.Restrictions) ([]domain.Event, error) {
	barred := rs.Barred(worker)
	by, sealed := rs.SealedFrom(worker)
	until := at(now.Add(time.Duration(c.Hours) * time.Hour))
	return []domain.Event{Used{Dated: c.Dated, Use: c.Use, Worker: worker, Reason: c.Reason, Detail: c.Detail, Until: until}}, domain.Refuse(
		domain.Rule{Name: "use-already-recorded", Broken: !os.Find(c.Use).Used.IsZero(), Reason: "A use of the break-glass with this id is already on the record."},
		domain.Rule{Name: "worker-unknown", Broken: worker == "", Reason: "Nobody is known who opens the record."},
		domain.Rule{Name: "barrier-stands", Broken: barred, Reason: "A barrier keeps the worker from this record; no emergency passes it."},
		domain.Rule{Name: "seal-stands", Broken: sealed && !by.Passable(), Reason: "The record is sealed by law or by a court; no emergency passes that."})
}

// Review decides on a review. Nobody reviews their own use.
func (os Openings) Review(c Review, by string) ([]domain.Event, error) {
	o := os.Find(c.Use)
	used := !o.Used.IsZero()
	return []domain.Event{Reviewed{Dated: c.Dated, Use: c.Use, Finding: c.Finding, Note: c.Note}}, domain.Refuse(
		domain.Rule{Name: "use-unknown", Broken: !used, Reason: "No use of the break-glass with this id is on the record."},
		domain.Rule{Name: "already-reviewed", Broken: !o.Reviewed.IsZero() && o.Reviewed.Fact.Finding != Enquire, Reason: "The use was already reviewed."},
		domain.Rule{Name: "own-use-reviewed", Broken: used && by == o.Used.Fact.Worker, Reason: "Nobody reviews their own use of the break-glass."})
}
