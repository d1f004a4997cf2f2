package restriction

import "caseledger/domain"

// SetBarrier forbids a worker to open the record.
type SetBarrier struct {
	domain.Dated
	Restriction ID     `json:"restriction" validate:"required,max=64,printascii"`
	Worker      string `json:"worker" validate:"required,max=100,printascii"`
	Reason      string `json:"reason" validate:"required,oneof=relative friend neighbour former-client complaint other"`
}

// SealRecord lets only the named workers open the record.
type SealRecord struct {
	domain.Dated
	Restriction ID       `json:"restriction" validate:"required,max=64,printascii"`
	Reason      string   `json:"reason" validate:"required,oneof=adoption high-profile staff court-order other"`
	Readers     []string `json:"readers" validate:"required,min=1,max=100,unique,dive,required,max=100,printascii"`
}

// ShieldInformant marks entries that could give an informant away.
type ShieldInformant struct {
	domain.Dated
	Restriction ID       `json:"restriction" validate:"required,max=64,printascii"`
	Entries     []uint64 `json:"entries" validate:"required,min=1,max=1000,unique,dive,min=1"`
	Reason      string   `json:"reason,omitempty" validate:"max=2000"`
}

// WithholdAddress keeps the address from the named people; from everybody
// outside the authority when none is named.
type WithholdAddress struct {
	domain.Dated
	Restriction ID       `json:"restriction" validate:"required,max=64,printascii"`
	From        []string `json:"from,omitempty" validate:"max=100,unique,dive,required,max=200"`
	Basis       string   `json:"basisOf" validate:"required,oneof=risk-of-harm court-order domestic-abuse placement request"`
}

// Lift ends a restriction.
type Lift struct {
	domain.Dated
	Restriction ID     `json:"restriction" validate:"required,max=64,printascii"`
	Reason      string `json:"reason" validate:"required,max=500"`
}

// SetBarrier decides on a barrier.
func (rs Restrictions) SetBarrier(c SetBarrier) ([]domain.Event, error) {
	return []domain.Event{BarrierSet{Dated: c.Dated, Restriction: c.Restriction, Worker: c.Worker, Reason: c.Reason}},
		domain.Refuse(rs.fresh(c.Restriction))
}

// SealRecord decides on sealing a record. A record is sealed once: two seals
// would leave it to nobody but those whom both name.
func (rs Restrictions) SealRecord(c SealRecord) ([]domain.Event, error) {
	sealed := false
	for _, r := range rs {
		sealed = sealed || r.Open() && r.Kind == Sealed && r.ID != c.Restriction
	}
	return []domain.Event{RecordSealed{Dated: c.Dated, Restriction: c.Restriction, Reason: c.Reason, Readers: c.Readers}},
		domain.Refuse(rs.fresh(c.Restriction),
			domain.Rule{Name: "already-sealed", Broken: sealed, Reason: "The record is sealed; lift that seal first."})
}

// ShieldInformant decides on shielding an informant. entries is the number of
// entries on the record.
func (rs Restrictions) ShieldInformant(c ShieldInformant, entries int) ([]domain.Event, error) {
	unknown := false
	for _, e := range c.Entries {
		unknown = unknown || e > uint64(entries)
	}
	return []domain.Event{InformantShielded{Dated: c.Dated, Restriction: c.Restriction, Entries: c.Entries, Reason: c.Reason}},
		domain.Refuse(rs.fresh(c.Restriction),
			domain.Rule{Name: "entry-unknown", Broken: unknown, Reason: "No entry with this number is on the record."})
}

// WithholdAddress decides on withholding an address.
func (rs Restrictions) WithholdAddress(c WithholdAddress) ([]domain.Event, error) {
	return []domain.Event{AddressWithheld{Dated: c.Dated, Restriction: c.Restriction, From: c.From, Basis: c.Basis}},
		domain.Refuse(rs.fresh(c.Restriction))
}

// Lift decides on lifting a restriction.
func (rs Restrictions) Lift(c Lift) ([]domain.Event, error) {
	r := rs.Find(c.Restriction)
	return []domain.Event{Lifted{Dated: c.Dated, Restriction: c.Restriction, Reason: c.Reason}}, domain.Refuse(
		domain.Rule{Name: "restriction-unknown", Broken: r.Kind == "", Reason: "No restriction with this id is on the record."},
		domain.Rule{Name: "before-restriction", Broken: r.Kind != "" && !c.Happened.IsZero() && c.Happened.Before(r.From),
			Reason: "The day lies before the restriction."},
		domain.Rule{Name: "restriction-already-lifted", Broken: !r.Lifted.IsZero(), Reason: "The restriction was already lifted."})
}

func (rs Restrictions) fresh(id ID) domain.Rule {
	return domain.Rule{Name: "restriction-already-set", Broken: rs.Find(id).Kind != "", Reason: "A restriction with this id is already on the record."}
}
