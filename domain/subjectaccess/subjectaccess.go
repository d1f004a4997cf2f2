// Package subjectaccess is the part of a record that holds requests of people to
// see what is recorded about them: who asked and how that was checked, the clock
// with the days on which it stood still, what was searched, what is withheld and
// on whose opinion or consent, what was decided, handed over and checked, and what
// became of complaints. It never holds what was handed over, and takes nothing out
// of a record: package redaction says what is withheld.
package subjectaccess

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/redaction"
)

// ID names a request within the record that it is about.
type ID string

// Event is one fact about a request for access.
//
//sumtype:decl
type Event interface {
	domain.Event
	subjectAccessEvent()
}

// Received says that somebody asked to see what is recorded.
type Received struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	From    string `json:"from"`           // person, parent, guardian, agent, attorney, court-appointee
	Name    string `json:"name,omitempty"` // of whom acts for the person
	How     string `json:"how"`            // letter, email, online, telephone, in-person, other
	Wants   string `json:"wants"`          // in the words of the request: "everything"
	// AnswerBy is the last day in time for the answer, where there is a clock.
	AnswerBy domain.Date `json:"answerBy,omitzero"`
}

// IdentityAsked says that the authority asked who the requester is, or whether
// they may act for the person.
type IdentityAsked struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	What    string `json:"what"`
	// Stops says that the clock runs from the day on which it is shown.
	Stops bool `json:"stops,omitzero"`
}

// IdentityChecked says what came of it.
type IdentityChecked struct {
	domain.Dated
	Request  ID          `json:"accessRequest"`
	Means    string      `json:"means"`
	Proved   bool        `json:"proved"`
	AnswerBy domain.Date `json:"answerBy,omitzero"`
}

// ClarificationAsked says that the authority asked what the request is about.
type ClarificationAsked struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	What    string `json:"what"`
	// Stops says that the days until the answer do not count.
	Stops bool `json:"stops,omitzero"`
}

// ClarificationGiven says what the requester answered.
type ClarificationGiven struct {
	domain.Dated
	Request  ID          `json:"accessRequest"`
	What     string      `json:"what"`
	AnswerBy domain.Date `json:"answerBy,omitzero"`
}

// Extended says that the requester was told that the answer takes longer, and why.
type Extended struct {
	domain.Dated
	Request  ID          `json:"accessRequest"`
	Reason   string      `json:"reason"` // complex, several-requests
	Told     string      `json:"told"`   // the explanation that the requester was given
	AnswerBy domain.Date `json:"answerBy,omitzero"`
}

// Found is how much a search found in one place.
type Found struct {
	// Place is where: entries, notes, letters, forms, relations, group-acts,
	// other-records, accesses.
	Place string `json:"place" validate:"required,oneof=entries notes letters forms relations group-acts other-records accesses"`
	// Record is another record than the one that the request is about.
	Record domain.RecordID `json:"record,omitempty" validate:"omitempty,len=32,hexadecimal"`
	Count  int             `json:"count" validate:"min=0"`
}

// Searched says where was looked, and what was found.
type Searched struct {
	domain.Dated
	Request ID `json:"accessRequest"`
	// Known is the last entry of the record that was looked at.
	Known uint64  `json:"known"`
	Found []Found `json:"found,omitempty"`
}

// HarmOpinionAsked says that a health professional was asked whether seeing
// entries would cause serious harm.
type HarmOpinionAsked struct {
	domain.Dated
	Request ID       `json:"accessRequest"`
	Opinion string   `json:"opinion"` // id of the question
	Of      string   `json:"of"`      // who was asked
	Entries []uint64 `json:"entries"`
}

// HarmOpinionGiven says what the opinion is.
type HarmOpinionGiven struct {
	domain.Dated
	Request    ID     `json:"accessRequest"`
	Opinion    string `json:"opinion"`
	By         string `json:"by"`
	Profession string `json:"profession"`
	Harm       bool   `json:"harm"`
	Text       string `json:"text"`
	// HoldsUntil is the last day on which it may be relied on.
	HoldsUntil domain.Date `json:"holdsUntil,omitzero"`
}

// ConsentAsked says that somebody else was asked whether what is about them may be
// shown.
type ConsentAsked struct {
	domain.Dated
	Request ID       `json:"accessRequest"`
	Party   string   `json:"party"`
	Entries []uint64 `json:"entries"`
}

// The answers of a third party, and what stands for one.
const (
	Given      = "given"
	Refused    = "refused"
	Reasonable = "reasonable-without"   // to show it without consent
	Unfair     = "unreasonable-without" // to show it without consent
)

// ConsentSettled says whether what is about somebody else may be shown.
type ConsentSettled struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	Party   string `json:"party"`
	Answer  string `json:"answer"` // given, refused, reasonable-without, unreasonable-without
	// Reason is why it is reasonable or not to show it without consent.
	Reason string `json:"reason,omitempty"`
}

// Look withholds a line of the list of who looked at the record.
type Look struct {
	Day    domain.Date `json:"day" validate:"required"`
	Entry  uint64      `json:"entry" validate:"required"` // of the access ledger on that day
	Ground string      `json:"ground" validate:"required,max=64,printascii"`
}

// Exempted says which set of redactions holds for the answer, and which lines of
// the list of looks are left out. It replaces what was said before.
type Exempted struct {
	domain.Dated
	Request   ID           `json:"accessRequest"`
	Redaction redaction.ID `json:"redaction"`
	Looks     []Look       `json:"looks,omitempty"`
}

// The decisions on a request.
const (
	All    = "all"
	Part   = "part"
	Nobody = "refused"
)

// Decided says what the requester is given.
type Decided struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	Outcome string `json:"outcome"` // all, part, refused
	Reason  string `json:"reason"`
}

// Delivered says that the answer was handed over.
type Delivered struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	How     string `json:"how"`            // online, encrypted-email, post, collected, in-person-with-support
	Hash    string `json:"hash,omitempty"` // SHA-256 of the file that was handed over; none where all was refused
}

// Checked says what counting what was handed over against what is recorded gave.
type Checked struct {
	domain.Dated
	Request   ID     `json:"accessRequest"`
	Hash      string `json:"hash"`
	Known     uint64 `json:"known"` // the last entry of the record that was counted
	Delivered int    `json:"delivered"`
	Withheld  int    `json:"withheld"`
	// Missing were neither handed over nor withheld by a line of the schedule.
	Missing int `json:"missing"`
}

// Closed says that the request is over.
type Closed struct {
	domain.Dated
	Request ID     `json:"accessRequest"`
	Reason  string `json:"reason"` // answered, withdrawn, identity-not-proved, no-clarification
}

// Complained says that the requester is not content with the answer.
type Complained struct {
	domain.Dated
	Request   ID     `json:"accessRequest"`
	Complaint string `json:"complaint"`
	Says      string `json:"says"`
	// ReviewBy is the last day in time for the review, where the authority has set
	// itself a clock.
	ReviewBy domain.Date `json:"reviewBy,omitzero"`
}

// Reviewed says what an internal review of the answer found.
type Reviewed struct {
	domain.Dated
	Request   ID     `json:"accessRequest"`
	Complaint string `json:"complaint"`
	Outcome   string `json:"outcome"` // upheld, partly-upheld, not-upheld
	Reason    string `json:"reason"`
}

func about(id ID) string                       { return "subject-access/" + string(id) }
func (e Received) About() string               { return about(e.Request) }
func (e IdentityAsked) About() string          { return about(e.Request) }
func (e IdentityChecked) About() string        { return about(e.Request) }
func (e ClarificationAsked) About() string     { return about(e.Request) }
func (e ClarificationGiven) About() string     { return about(e.Request) }
func (e Extended) About() string               { return about(e.Request) }
func (e Searched) About() string               { return about(e.Request) }
func (e HarmOpinionAsked) About() string       { return about(e.Request) + "/opinion/" + e.Opinion }
func (e HarmOpinionGiven) About() string       { return about(e.Request) + "/opinion/" + e.Opinion }
func (e ConsentAsked) About() string           { return about(e.Request) + "/party/" + e.Party }
func (e ConsentSettled) About() string         { return about(e.Request) + "/party/" + e.Party }
func (e Exempted) About() string               { return about(e.Request) }
func (e Decided) About() string                { return about(e.Request) }
func (e Delivered) About() string              { return about(e.Request) }
func (e Checked) About() string                { return about(e.Request) }
func (e Closed) About() string                 { return about(e.Request) }
func (e Complained) About() string             { return about(e.Request) + "/complaint/" + e.Complaint }
func (e Reviewed) About() string               { return about(e.Request) + "/complaint/" + e.Complaint }
func (Received) subjectAccessEvent()           {}
func (IdentityAsked) subjectAccessEvent()      {}
func (IdentityChecked) subjectAccessEvent()    {}
func (ClarificationAsked) subjectAccessEvent() {}
func (ClarificationGiven) subjectAccessEvent() {}
func (Extended) subjectAccessEvent()           {}
func (Searched) subjectAccessEvent()           {}
func (HarmOpinionAsked) subjectAccessEvent()   {}
func (HarmOpinionGiven) subjectAccessEvent()   {}
func (ConsentAsked) subjectAccessEvent()       {}
func (ConsentSettled) subjectAccessEvent()     {}
func (Exempted) subjectAccessEvent()           {}
func (Decided) subjectAccessEvent()            {}
func (Delivered) subjectAccessEvent()          {}
func (Checked) subjectAccessEvent()            {}
func (Closed) subjectAccessEvent()             {}
func (Complained) subjectAccessEvent()         {}
func (Reviewed) subjectAccessEvent()           {}

// Question is one that was put to the requester, and its answer.
type Question struct {
	Asked domain.Known[ClarificationAsked]
	Given domain.Known[ClarificationGiven]
}

// Opinion is one on harm.
type Opinion struct {
	ID    string
	Asked domain.Known[HarmOpinionAsked]
	Given domain.Known[HarmOpinionGiven]
}

// Consent is that of one third party.
type Consent struct {
	Party   string
	Asked   domain.Known[ConsentAsked]
	Settled domain.Known[ConsentSettled]
}

// Complaint is one about the answer.
type Complaint struct {
	ID       string
	Made     domain.Known[Complained]
	Reviewed domain.Known[Reviewed]
}

// Request is what is known of one request.
type Request struct {
	ID              ID
	Received        domain.Known[Received]
	IdentityAsked   domain.Known[IdentityAsked]
	IdentityChecked domain.Known[IdentityChecked]
	Questions       []Question
	Extended        domain.Known[Extended]
	Searched        domain.Known[Searched] // the last
	Opinions        []Opinion
	Consents        []Consent
	Exempted        domain.Known[Exempted]
	Decided         domain.Known[Decided]
	Delivered       domain.Known[Delivered]
	Checked         domain.Known[Checked] // the last
	Closed          domain.Known[Closed]
	Complaints      []Complaint
}

// Open reports whether the request waits for its answer.
func (r Request) Open() bool { return !r.Received.IsZero() && r.Closed.IsZero() }

// Waiting returns the day since which the authority waits for the requester to
// answer a question, or the zero Date.
func (r Request) Waiting() domain.Date {
	if i := slices.IndexFunc(r.Questions, func(q Question) bool { return q.Given.IsZero() }); i >= 0 {
		return r.Questions[i].Asked.Fact.Happened
	}
	return domain.Date{}
}

// Proving reports whether the authority waits to be shown who the requester is.
func (r Request) Proving() bool { return !r.IdentityAsked.IsZero() && r.IdentityChecked.IsZero() }

// Stopped returns how many calendar days the authority waited for answers, the
// days of the questions and of the answers included, each day once.
func (r Request) Stopped() int {
	type span struct{ from, to domain.Date }
	var spans []span
	for _, q := range r.Questions {
		if !q.Given.IsZero() {
			spans = append(spans, span{q.Asked.Fact.Happened, q.Given.Fact.Happened})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	days, last := 0, domain.Date{}
	for _, s := range spans {
		if !s.from.After(last) {
			s.from = last.AddDays(1)
		}
		if !s.to.Before(s.from) {
			days, last = days+s.from.DaysUntil(s.to)+1, s.to
		}
	}
	return days
}

// Runs returns the day from which the clock runs, and how many days do not count,
// by the rules of the day on which the request came.
func (r Request) Runs(p policy.Pack) (from domain.Date, stopped int) {
	from = r.Received.Fact.Happened
	if _, stops := p.Waits(policy.SubjectAccess, policy.Clarification, from); stops {
		stopped = r.Stopped()
	}
	if _, begins := p.Waits(policy.SubjectAccess, policy.Identity, from); begins && r.IdentityChecked.Fact.Proved && r.IdentityChecked.Fact.Happened.After(from) {
		from = r.IdentityChecked.Fact.Happened
	}
	return from, stopped
}

// AnswerBy returns the last day in time for the answer by the rules; the zero Date
// where they have no such clock.
func (r Request) AnswerBy(p policy.Pack) domain.Date {
	clock := policy.SubjectAccess
	if !r.Extended.IsZero() {
		clock = policy.SubjectAccessExtended
	}
	from, stopped := r.Runs(p)
	due, _ := p.DueStopped(clock, from, stopped)
	return due
}

// Requests are those of one record, in the order in which they became known.
type Requests []Request

// Find returns the request with the id, or one about which nothing is known.
func (rs Requests) Find(id ID) Request {
	if i := slices.IndexFunc(rs, func(r Request) bool { return r.ID == id }); i >= 0 {
		return rs[i]
	}
	return Request{ID: id}
}

// Evolve returns the requests with one more fact.
func (rs Requests) Evolve(entry uint64, e Event) Requests {
	switch e := e.(type) {
	case Received:
		return rs.with(e.Request, func(r *Request) { r.Received = domain.Know(entry, e) })
	case IdentityAsked:
		return rs.with(e.Request, func(r *Request) {
			r.IdentityAsked, r.IdentityChecked = domain.Know(entry, e), domain.Known[IdentityChecked]{}
		})
	case IdentityChecked:
		return rs.with(e.Request, func(r *Request) { r.IdentityChecked = domain.Know(entry, e) })
	case ClarificationAsked:
		return rs.with(e.Request, func(r *Request) {
			r.Questions = append(slices.Clip(r.Questions), Question{Asked: domain.Know(entry, e)})
		})
	case ClarificationGiven:
		return rs.with(e.Request, func(r *Request) {
			r.Questions = domain.Upsert(r.Questions, func(q *Question) bool { return q.Given.IsZero() }, func(q *Question) { q.Given = domain.Know(entry, e) })
		})
	case Extended:
		return rs.with(e.Request, func(r *Request) { r.Extended = domain.Know(entry, e) })
	case Searched:
		return rs.with(e.Request, func(r *Request) { r.Searched = domain.Know(entry, e) })
	case Exempted:
		return rs.with(e.Request, func(r *Request) { r.Exempted = domain.Know(entry, e) })
	case Decided:
		return rs.with(e.Request, func(r *Request) { r.Decided = domain.Know(entry, e) })
	case Delivered:
		return rs.with(e.Request, func(r *Request) { r.Delivered = domain.Know(entry, e) })
	case Checked:
		return rs.with(e.Request, func(r *Request) { r.Checked = domain.Know(entry, e) })
	case Closed:
		return rs.with(e.Request, func(r *Request) { r.Closed = domain.Know(entry, e) })
	case HarmOpinionAsked:
		return rs.opinion(e.Request, e.Opinion, func(o *Opinion) { o.Asked = domain.Know(entry, e) })
	case HarmOpinionGiven:
		return rs.opinion(e.Request, e.Opinion, func(o *Opinion) { o.Given = domain.Know(entry, e) })
	case ConsentAsked:
		return rs.consent(e.Request, e.Party, func(c *Consent) { c.Asked, c.Settled = domain.Know(entry, e), domain.Known[ConsentSettled]{} })
	case ConsentSettled:
		return rs.consent(e.Request, e.Party, func(c *Consent) { c.Settled = domain.Know(entry, e) })
	case Complained:
		return rs.complaint(e.Request, e.Complaint, func(c *Complaint) { c.Made = domain.Know(entry, e) })
	case Reviewed:
		return rs.complaint(e.Request, e.Complaint, func(c *Complaint) { c.Reviewed = domain.Know(entry, e) })
	}
	return rs
}

func (rs Requests) with(id ID, change func(*Request)) Requests {
	return domain.Upsert(rs, func(r *Request) bool { return r.ID == id }, func(r *Request) { r.ID = id; change(r) })
}

func (rs Requests) opinion(id ID, name string, change func(*Opinion)) Requests {
	return rs.with(id, func(r *Request) {
		r.Opinions = domain.Upsert(r.Opinions, func(o *Opinion) bool { return o.ID == name }, func(o *Opinion) { o.ID = name; change(o) })
	})
}

func (rs Requests) consent(id ID, party string, change func(*Consent)) Requests {
	return rs.with(id, func(r *Request) {
		r.Consents = domain.Upsert(r.Consents, func(c *Consent) bool { return c.Party == party }, func(c *Consent) { c.Party = party; change(c) })
	})
}

func (rs Requests) complaint(id ID, name string, change func(*Complaint)) Requests {
	return rs.with(id, func(r *Request) {
		r.Complaints = domain.Upsert(r.Complaints, func(c *Complaint) bool { return c.ID == name }, func(c *Complaint) { c.ID = name; change(c) })
	})
}
