package disclosure

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Request records that somebody outside the authority asked for information.
type Request struct {
	domain.Dated
	Disclosure ID       `json:"disclosure" validate:"required,max=64,printascii"`
	From       string   `json:"from" validate:"required,oneof=police health authority inspectorate court education probation other"`
	Body       string   `json:"body" validate:"required,max=200"`
	Reference  string   `json:"reference,omitempty" validate:"max=100"`
	Protocol   string   `json:"protocol,omitempty" validate:"max=60,printascii"`
	Reason     string   `json:"reason" validate:"required,max=2000"`
	Asked      []string `json:"asked" validate:"required,min=1,max=100,dive,required,max=2000"`
}

// Consider records under which profile a request is looked at.
type Consider struct {
	domain.Dated
	Disclosure ID       `json:"disclosure" validate:"required,max=64,printascii"`
	Profile    string   `json:"profile" validate:"required,max=60,printascii"`
	Text       []string `json:"text" validate:"required,min=1,max=100,dive,required,max=10000"`
}

// Decide records what is to be disclosed.
type Decide struct {
	domain.Dated
	Disclosure ID     `json:"disclosure" validate:"required,max=64,printascii"`
	Decision   string `json:"decision" validate:"required,oneof=all part refuse"`
	Basis      string `json:"basis" validate:"required,max=200"`
	Necessity  string `json:"necessity,omitempty" validate:"max=5000"`
	Reason     string `json:"reason,omitempty" validate:"max=5000"`
}

// Withhold records that it was decided not to share something.
type Withhold struct {
	domain.Dated
	Disclosure ID     `json:"disclosure" validate:"required,max=64,printascii"`
	With       string `json:"with" validate:"required,max=200"`
	What       string `json:"what" validate:"required,max=2000"`
	Reason     string `json:"reason" validate:"required,max=5000"`
}

// Disclose records what was given.
type Disclose struct {
	domain.Dated
	Disclosure ID       `json:"disclosure" validate:"required,max=64,printascii"`
	Profile    string   `json:"profile" validate:"required,max=60,printascii"`
	Redaction  string   `json:"redaction,omitempty" validate:"max=64,printascii"`
	Known      uint64   `json:"known" validate:"required"`
	Entries    []uint64 `json:"entries" validate:"required,min=1,max=20000"`
	Package    string   `json:"package" validate:"required,len=64,hexadecimal"`
	Checkpoint string   `json:"checkpoint" validate:"required,max=200,printascii"`
	Onward     []string `json:"onward,omitempty" validate:"max=20,dive,required,max=500"`
}

// Acknowledge records that the receiver has what was given.
type Acknowledge struct {
	domain.Dated
	Disclosure ID     `json:"disclosure" validate:"required,max=64,printascii"`
	By         string `json:"by" validate:"required,max=200"`
	Reference  string `json:"reference,omitempty" validate:"max=100"`
}

// NoteLook records a look that somebody had at what the authority shares.
type NoteLook struct {
	domain.Dated
	Protocol  string `json:"protocol" validate:"required,max=60,printascii"`
	By        string `json:"by" validate:"required,max=200"`
	Reference string `json:"reference" validate:"required,max=100,printascii"`
}

// Send records that the whole record goes to another authority.
type Send struct {
	domain.Dated
	To         string `json:"to" validate:"required,max=200"`
	Recipient  string `json:"recipient" validate:"required,max=2000,printascii"`
	Known      uint64 `json:"known" validate:"required"`
	Package    string `json:"package" validate:"required,len=64,hexadecimal"`
	Checkpoint string `json:"checkpoint" validate:"required,max=200,printascii"`
}

// clockOf is the clock by which requests on a protocol are answered.
func clockOf(protocol string) policy.Clock { return policy.Clock("disclosure-" + protocol) }

// Request decides on a request for information.
func (ds Disclosures) Request(c Request, p policy.Pack) ([]domain.Event, error) {
	e := Requested{Dated: c.Dated, Disclosure: c.Disclosure, From: c.From, Body: c.Body, Reference: c.Reference, Protocol: c.Protocol, Reason: c.Reason, Asked: c.Asked}
	e.AnswerBy, _ = p.Due(clockOf(c.Protocol), c.Happened)
	return []domain.Event{e}, domain.Refuse(ds.fresh(c.Disclosure))
}

// Withhold decides on not sharing what nobody asked for in form.
func (ds Disclosures) Withhold(c Withhold) ([]domain.Event, error) {
	return []domain.Event{NotShared{Dated: c.Dated, Disclosure: c.Disclosure, With: c.With, What: c.What, Reason: c.Reason}},
		domain.Refuse(ds.fresh(c.Disclosure))
}

func (ds Disclosures) fresh(id ID) domain.Rule {
	d := ds.Find(id)
	return domain.Rule{Name: "disclosure-already-known", Broken: !d.Requested.IsZero() || !d.NotShared.IsZero(),
		Reason: "A disclosure with this id is already on the record."}
}

// Consider decides on the profile under which a request is looked at.
func (ds Disclosures) Consider(c Consider) ([]domain.Event, error) {
	d := ds.Find(c.Disclosure)
	return []domain.Event{Considered{Dated: c.Dated, Disclosure: c.Disclosure, Profile: c.Profile, Text: c.Text}},
		domain.Refuse(d.asked(), d.inOrder(c.Happened), d.undecided())
}

// Decide decides on what is to be disclosed.
func (ds Disclosures) Decide(c Decide) ([]domain.Event, error) {
	d := ds.Find(c.Disclosure)
	return []domain.Event{Decided{Dated: c.Dated, Disclosure: c.Disclosure, Decision: c.Decision, Basis: c.Basis, Necessity: c.Necessity, Reason: c.Reason}},
		domain.Refuse(d.asked(), d.inOrder(c.Happened), d.undecided(),
			domain.Rule{Name: "disclosure-not-considered", Broken: c.Decision != Refuse && d.Considered.IsZero(),
				Reason: "Before anything is disclosed the request is considered under a profile."},
			domain.Rule{Name: "disclosure-without-necessity", Broken: c.Decision != Refuse && c.Necessity == "",
				Reason: "Whoever discloses says why it is necessary and proportionate."},
			domain.Rule{Name: "withholding-without-reason", Broken: c.Decision != All && c.Reason == "",
				Reason: "Whoever does not share, or not all, says why."})
}

// Disclose decides on what was given of a record that has so many entries.
func (ds Disclosures) Disclose(c Disclose, entries uint64) ([]domain.Event, error) {
	d := ds.Find(c.Disclosure)
	e := Disclosed{Dated: c.Dated, Disclosure: c.Disclosure, Profile: c.Profile, Redaction: c.Redaction, Known: c.Known, Entries: c.Entries,
		Package: c.Package, Checkpoint: c.Checkpoint, Onward: c.Onward}
	may := d.Decided.Fact.Decision == All || d.Decided.Fact.Decision == Part
	return []domain.Event{e}, domain.Refuse(d.asked(), d.inOrder(c.Happened),
		domain.Rule{Name: "disclosure-not-decided", Broken: !d.Requested.IsZero() && !may,
			Reason: "Nothing is disclosed before it is decided to, or after it was refused."},
		domain.Rule{Name: "disclosure-under-another-profile", Broken: may && c.Profile != d.Considered.Fact.Profile,
			Reason: "What goes is what was considered: the profile is another one."},
		domain.Rule{Name: "disclosed-entries-unsound", Broken: !sound(c.Entries, c.Known, entries),
			Reason: "The entries stand in the order of their numbers, none later than the last one known, which is on the record."})
}

// sound reports whether entries can have been disclosed of a record.
func sound(shown []uint64, known, entries uint64) bool {
	last := uint64(0)
	for _, n := range shown {
		if n <= last || n > known {
			return false
		}
		last = n
	}
	return known <= entries
}

// Acknowledge decides on a receiver's word that it has what was given.
func (ds Disclosures) Acknowledge(c Acknowledge) ([]domain.Event, error) {
	d := ds.Find(c.Disclosure)
	return []domain.Event{Acknowledged{Dated: c.Dated, Disclosure: c.Disclosure, By: c.By, Reference: c.Reference}},
		domain.Refuse(d.asked(), d.inOrder(c.Happened),
			domain.Rule{Name: "nothing-disclosed", Broken: !d.Requested.IsZero() && d.Disclosed.IsZero(), Reason: "Nothing was disclosed that could be acknowledged."})
}

// NoteLook decides on a look at what the authority shares.
func (ds Disclosures) NoteLook(c NoteLook) ([]domain.Event, error) {
	e := Looked{Dated: c.Dated, Protocol: c.Protocol, By: c.By, Reference: c.Reference}
	return []domain.Event{e}, domain.Refuse(domain.Rule{Name: "look-already-noted",
		Broken: slices.ContainsFunc(ds.Looks, func(l domain.Known[Looked]) bool { return l.Fact.About() == e.About() }),
		Reason: "The look with this reference is already on the record."})
}

// Send decides on the sending of a record that has so many entries.
func (ds Disclosures) Send(c Send, entries uint64) ([]domain.Event, error) {
	return []domain.Event{Sent{Dated: c.Dated, To: c.To, Recipient: c.Recipient, Known: c.Known, Package: c.Package, Checkpoint: c.Checkpoint}},
		domain.Refuse(domain.Rule{Name: "sent-more-than-recorded", Broken: c.Known > entries, Reason: "The last entry sent is not on the record."})
}

func (d Disclosure) asked() domain.Rule {
	return domain.Rule{Name: "disclosure-unknown", Broken: d.Requested.IsZero(), Reason: "No request with this id is on the record."}
}

func (d Disclosure) inOrder(on domain.Date) domain.Rule {
	return domain.Rule{Name: "before-request", Broken: !d.Requested.IsZero() && !on.IsZero() && on.Before(d.Requested.Fact.Happened),
		Reason: "The day lies before the request."}
}

func (d Disclosure) undecided() domain.Rule {
	return domain.Rule{Name: "disclosure-already-decided", Broken: !d.Decided.IsZero(), Reason: "It was already decided what is disclosed."}
}
