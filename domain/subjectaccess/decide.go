package subjectaccess

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/domain/redaction"
)

// Receive records a request.
type Receive struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	From    string `json:"from" validate:"required,oneof=person parent guardian agent attorney court-appointee"`
	Name    string `json:"name,omitempty" validate:"max=200"`
	How     string `json:"how" validate:"required,oneof=letter email online telephone in-person other"`
	Wants   string `json:"wants" validate:"required,max=5000"`
}

// AskIdentity records that the requester was asked to show who they are.
type AskIdentity struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	What    string `json:"what" validate:"required,max=1000"`
}

// CheckIdentity records whether they did, and by what means.
type CheckIdentity struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Means   string `json:"means" validate:"required,max=1000"`
	Proved  bool   `json:"proved"`
}

// AskClarification records a question to the requester.
type AskClarification struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	What    string `json:"what" validate:"required,max=5000"`
}

// Clarify records the answer.
type Clarify struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	What    string `json:"what" validate:"required,max=5000"`
}

// Extend records that the requester was told that the answer takes longer.
type Extend struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Reason  string `json:"reason" validate:"required,oneof=complex several-requests"`
	Told    string `json:"told" validate:"required,max=5000"`
}

// Search records where was looked.
type Search struct {
	domain.Dated
	Request ID      `json:"accessRequest" validate:"required,max=64,printascii"`
	Known   uint64  `json:"known" validate:"required"`
	Found   []Found `json:"found,omitempty" validate:"max=10000,dive"`
}

// AskHarmOpinion records a question to a health professional.
type AskHarmOpinion struct {
	domain.Dated
	Request ID       `json:"accessRequest" validate:"required,max=64,printascii"`
	Opinion string   `json:"opinion" validate:"required,max=64,printascii"`
	Of      string   `json:"of" validate:"required,max=200"`
	Entries []uint64 `json:"entries" validate:"required,min=1,max=5000"`
}

// GiveHarmOpinion records the answer.
type GiveHarmOpinion struct {
	domain.Dated
	Request    ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Opinion    string `json:"opinion" validate:"required,max=64,printascii"`
	By         string `json:"by" validate:"required,max=200"`
	Profession string `json:"profession" validate:"required,oneof=medical-practitioner nurse midwife dentist optician pharmacist child-psychotherapist psychologist other-health-professional social-worker other"`
	Harm       bool   `json:"harm"`
	Text       string `json:"text" validate:"required,max=20000"`
}

// AskConsent records a question to somebody else who is in the record.
type AskConsent struct {
	domain.Dated
	Request ID       `json:"accessRequest" validate:"required,max=64,printascii"`
	Party   string   `json:"party" validate:"required,max=200"`
	Entries []uint64 `json:"entries" validate:"required,min=1,max=5000"`
}

// SettleConsent records the answer, or what is reasonable without one.
type SettleConsent struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Party   string `json:"party" validate:"required,max=200"`
	Answer  string `json:"answer" validate:"required,oneof=given refused reasonable-without unreasonable-without"`
	Reason  string `json:"reason,omitempty" validate:"max=5000"`
}

// Exempt records which set of redactions holds for the answer.
type Exempt struct {
	domain.Dated
	Request   ID           `json:"accessRequest" validate:"required,max=64,printascii"`
	Redaction redaction.ID `json:"redaction" validate:"required,max=64,printascii"`
	Looks     []Look       `json:"looks,omitempty" validate:"max=10000,dive"`
}

// Decide records what the requester is to be given.
type Decide struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Outcome string `json:"outcome" validate:"required,oneof=all part refused"`
	Reason  string `json:"reason" validate:"required,max=5000"`
}

// Deliver records that the answer was handed over.
type Deliver struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	How     string `json:"how" validate:"required,oneof=online encrypted-email post collected in-person-with-support"`
	Hash    string `json:"hash,omitempty" validate:"omitempty,len=64,hexadecimal"`
}

// Check records what counting what was handed over gave.
type Check struct {
	domain.Dated
	Request   ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Hash      string `json:"hash" validate:"required,len=64,hexadecimal"`
	Known     uint64 `json:"known" validate:"required"`
	Delivered int    `json:"delivered" validate:"min=0"`
	Withheld  int    `json:"withheld" validate:"min=0"`
	Missing   int    `json:"missing" validate:"min=0"`
}

// Close ends a request.
type Close struct {
	domain.Dated
	Request ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Reason  string `json:"reason" validate:"required,oneof=answered withdrawn identity-not-proved no-clarification"`
}

// Complain records that the requester is not content.
type Complain struct {
	domain.Dated
	Request   ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Complaint string `json:"complaint" validate:"required,max=64,printascii"`
	Says      string `json:"says" validate:"required,max=5000"`
}

// Review records what an internal review found.
type Review struct {
	domain.Dated
	Request   ID     `json:"accessRequest" validate:"required,max=64,printascii"`
	Complaint string `json:"complaint" validate:"required,max=64,printascii"`
	Outcome   string `json:"outcome" validate:"required,oneof=upheld partly-upheld not-upheld"`
	Reason    string `json:"reason" validate:"required,max=5000"`
}

// Receive decides on a request.
func (rs Requests) Receive(c Receive, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	e := Received{Dated: c.Dated, Request: c.Request, From: c.From, Name: c.Name, How: c.How, Wants: c.Wants}
	e.AnswerBy, _ = p.Due(policy.SubjectAccess, c.Happened)
	return []domain.Event{e}, domain.Refuse(
		domain.Rule{Name: "access-already-asked", Broken: !r.Received.IsZero(), Reason: "A request for access with this id is already on the record."},
		domain.Rule{Name: "access-agent-without-name", Broken: c.From != "person" && c.Name == "",
			Reason: "Say who acts for the person."})
}

// AskIdentity decides on asking who the requester is.
func (rs Requests) AskIdentity(c AskIdentity, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	_, stops := p.Waits(policy.SubjectAccess, policy.Identity, r.Received.Fact.Happened)
	return []domain.Event{IdentityAsked{Dated: c.Dated, Request: c.Request, What: c.What, Stops: stops}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-identity-already-asked", Broken: r.Proving(), Reason: "The requester has been asked already, and has not answered yet."},
		domain.Rule{Name: "access-identity-already-proved", Broken: r.IdentityChecked.Fact.Proved, Reason: "The requester has already shown who they are."})...)
}

// CheckIdentity decides on what the requester showed.
func (rs Requests) CheckIdentity(c CheckIdentity, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	e := IdentityChecked{Dated: c.Dated, Request: c.Request, Means: c.Means, Proved: c.Proved}
	asked := !r.IdentityAsked.IsZero()
	if proved := r; asked {
		proved.IdentityChecked = domain.Know(1, e)
		e.AnswerBy = proved.AnswerBy(p)
	} else {
		e.AnswerBy = r.AnswerBy(p) // the authority knew who it was
	}
	return []domain.Event{e}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-before-question", Broken: asked && c.Happened.Before(r.IdentityAsked.Fact.Happened), Reason: "The day lies before the question."},
		domain.Rule{Name: "access-identity-already-proved", Broken: r.IdentityChecked.Fact.Proved, Reason: "The requester has already shown who they are."})...)
}

// AskClarification decides on a question to the requester: one at a time.
func (rs Requests) AskClarification(c AskClarification, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	_, stops := p.Waits(policy.SubjectAccess, policy.Clarification, r.Received.Fact.Happened)
	return []domain.Event{ClarificationAsked{Dated: c.Dated, Request: c.Request, What: c.What, Stops: stops}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-question-open", Broken: !r.Waiting().IsZero(), Reason: "The requester has not answered the question before."},
		r.undelivered())...)
}

// Clarify decides on the requester's answer.
func (rs Requests) Clarify(c Clarify, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	since := r.Waiting()
	e := ClarificationGiven{Dated: c.Dated, Request: c.Request, What: c.What}
	e.AnswerBy = Requests{r}.Evolve(1, e).Find(c.Request).AnswerBy(p)
	return []domain.Event{e}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-no-question", Broken: since.IsZero(), Reason: "No question to the requester is open."},
		domain.Rule{Name: "access-before-question", Broken: !since.IsZero() && c.Happened.Before(since), Reason: "The day lies before the question."})...)
}

// Extend decides on more time: the requester is told within the first month.
func (rs Requests) Extend(c Extend, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	e := Extended{Dated: c.Dated, Request: c.Request, Reason: c.Reason, Told: c.Told}
	tellBy := r.AnswerBy(p)
	longer := r
	longer.Extended = domain.Know(1, e)
	e.AnswerBy = longer.AnswerBy(p)
	return []domain.Event{e}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-already-extended", Broken: !r.Extended.IsZero(), Reason: "The request has already been given more time."},
		domain.Rule{Name: "access-no-extension", Broken: !r.Received.IsZero() && e.AnswerBy.IsZero(), Reason: "The law of that day gives no more time."},
		domain.Rule{Name: "access-extended-too-late", Broken: r.Extended.IsZero() && r.Waiting().IsZero() && !r.Proving() && !tellBy.IsZero() && c.Happened.After(tellBy),
			Reason: "The requester must be told within the first month that the answer takes longer, and why."})...)
}

// Search decides on a search of a record that has so many entries.
func (rs Requests) Search(c Search, entries uint64) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	return []domain.Event{Searched{Dated: c.Dated, Request: c.Request, Known: c.Known, Found: c.Found}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-entry-unknown", Broken: c.Known > entries, Reason: "The record has not so many entries."},
		r.undelivered())...)
}

// AskHarmOpinion decides on a question to a health professional.
func (rs Requests) AskHarmOpinion(c AskHarmOpinion, entries uint64) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	return []domain.Event{HarmOpinionAsked{Dated: c.Dated, Request: c.Request, Opinion: c.Opinion, Of: c.Of, Entries: c.Entries}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-opinion-already-asked", Broken: !r.opinion(c.Opinion).Asked.IsZero(), Reason: "A question with this id has been asked already."},
		unknown(c.Entries, entries))...)
}

// GiveHarmOpinion decides on the opinion, which only a health professional gives.
func (rs Requests) GiveHarmOpinion(c GiveHarmOpinion, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	o := r.opinion(c.Opinion)
	e := HarmOpinionGiven{Dated: c.Dated, Request: c.Request, Opinion: c.Opinion, By: c.By, Profession: c.Profession, Harm: c.Harm, Text: c.Text}
	e.HoldsUntil, _ = p.Due(policy.HarmOpinion, c.Happened)
	return []domain.Event{e}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-opinion-not-asked", Broken: o.Asked.IsZero(), Reason: "No question with this id has been asked."},
		domain.Rule{Name: "access-before-question", Broken: !o.Asked.IsZero() && c.Happened.Before(o.Asked.Fact.Happened), Reason: "The day lies before the question."},
		domain.Rule{Name: "access-opinion-not-of-health", Broken: c.Profession == "social-worker" || c.Profession == "other",
			Reason: "Only a health professional can say whether seeing what is about health would cause serious harm."})...)
}

// AskConsent decides on a question to a third party.
func (rs Requests) AskConsent(c AskConsent, entries uint64) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	return []domain.Event{ConsentAsked{Dated: c.Dated, Request: c.Request, Party: c.Party, Entries: c.Entries}}, domain.Refuse(append(r.open(c.Happened),
		unknown(c.Entries, entries))...)
}

// SettleConsent decides on what is shown of a third party. Nobody has to be asked
// where it is reasonable to show it, or not to, without consent; then it is said
// why.
func (rs Requests) SettleConsent(c SettleConsent) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	answered := c.Answer == Given || c.Answer == Refused
	return []domain.Event{ConsentSettled{Dated: c.Dated, Request: c.Request, Party: c.Party, Answer: c.Answer, Reason: c.Reason}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-consent-not-asked", Broken: answered && r.consent(c.Party).Asked.IsZero(), Reason: "Nobody of this name was asked for consent."},
		domain.Rule{Name: "access-reasonable-without-reason", Broken: !answered && c.Reason == "", Reason: "Say why it is reasonable, or not, to show it without consent."})...)
}

// Exempt decides on what is withheld: by a set of redactions for subject access,
// of all that was searched, that somebody other than its author approved. One with
// no line says that nothing is withheld.
func (rs Requests) Exempt(c Exempt, sets redaction.Redactions) ([]domain.Event, error) {
	r, set := rs.Find(c.Request), sets.Find(c.Redaction)
	p := set.Proposed.Fact
	return []domain.Event{Exempted{Dated: c.Dated, Request: c.Request, Redaction: c.Redaction, Looks: c.Looks}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-redaction-not-approved", Broken: set.State() != redaction.Decided, Reason: "What is withheld is approved first: the set of redactions is unknown, or not approved."},
		domain.Rule{Name: "access-redaction-of-another-purpose", Broken: set.State() != "" && p.Purpose != "subject-access", Reason: "The set of redactions was made for another purpose than subject access."},
		r.ofLess(set.State() != "", p.Known),
		r.undelivered())...)
}

// Decide decides on what the requester is given, when all that was asked about it
// is answered.
func (rs Requests) Decide(c Decide, sets redaction.Redactions) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	shows := c.Outcome != Nobody
	opinions := r.standing()
	waits := slices.ContainsFunc(opinions, func(o Opinion) bool { return o.Given.IsZero() }) ||
		slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.Settled.IsZero() })
	old := slices.ContainsFunc(opinions, func(o Opinion) bool {
		until := o.Given.Fact.HoldsUntil
		return !until.IsZero() && c.Happened.After(until)
	})
	against := slices.ContainsFunc(opinions, func(o Opinion) bool { return o.Given.Fact.Harm }) ||
		slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.Settled.Fact.Answer == Refused || c.Settled.Fact.Answer == Unfair })
	exempted := r.Exempted.Fact
	set := sets.Find(exempted.Redaction).Proposed.Fact
	withholds := len(set.Lines)+len(exempted.Looks) > 0
	return []domain.Event{Decided{Dated: c.Dated, Request: c.Request, Outcome: c.Outcome, Reason: c.Reason}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-identity-not-proved", Broken: shows && r.unproved(), Reason: "The requester has not shown who they are."},
		domain.Rule{Name: "access-not-searched", Broken: shows && r.Searched.IsZero(), Reason: "Nothing has been searched yet."},
		domain.Rule{Name: "access-opinion-or-consent-open", Broken: shows && waits, Reason: "An opinion on harm, or a consent, has been asked for and is not settled."},
		domain.Rule{Name: "access-opinion-too-old", Broken: shows && old, Reason: "An opinion on harm no longer holds: ask again."},
		domain.Rule{Name: "access-not-looked-through", Broken: shows && r.Exempted.IsZero(), Reason: "Nobody has said which set of redactions holds: one that withholds nothing is a set too."},
		r.ofLess(shows && !r.Exempted.IsZero(), set.Known),
		domain.Rule{Name: "access-all-despite-harm-or-refusal", Broken: c.Outcome == All && against,
			Reason: "An opinion says that it would do serious harm, or somebody else does not agree: not all is given."},
		domain.Rule{Name: "access-part-without-exemption", Broken: c.Outcome == Part && !r.Exempted.IsZero() && !withholds, Reason: "Nothing is withheld, so that all is given."},
		domain.Rule{Name: "access-all-with-exemption", Broken: c.Outcome == All && withholds, Reason: "Something is withheld, so that not all is given."},
		r.undelivered())...)
}

// Deliver decides on the handing over.
func (rs Requests) Deliver(c Deliver) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	return []domain.Event{Delivered{Dated: c.Dated, Request: c.Request, How: c.How, Hash: c.Hash}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-not-decided", Broken: r.Decided.IsZero(), Reason: "What the requester is given has not been decided."},
		domain.Rule{Name: "access-decision-overtaken", Broken: r.Decided.Fact.Outcome != Nobody && !r.Decided.IsZero() && r.restsOn() > r.Decided.Entry,
			Reason: "Something that the decision rests on was recorded since: decide again."},
		domain.Rule{Name: "access-delivery-without-file", Broken: !r.Decided.IsZero() && (r.Decided.Fact.Outcome != Nobody) != (c.Hash != ""),
			Reason: "A file is handed over unless all is refused, and its hash is named."},
		r.undelivered())...)
}

// Check decides on a count of what was handed over.
func (rs Requests) Check(c Check, entries uint64) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	e := Checked{Dated: c.Dated, Request: c.Request, Hash: c.Hash, Known: c.Known, Delivered: c.Delivered, Withheld: c.Withheld, Missing: c.Missing}
	return []domain.Event{e}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-entry-unknown", Broken: c.Known > entries, Reason: "The record has not so many entries."},
		domain.Rule{Name: "access-check-of-another-file", Broken: !r.Delivered.IsZero() && r.Delivered.Fact.Hash != c.Hash, Reason: "Another file than this was handed over."},
		domain.Rule{Name: "access-check-of-older-search", Broken: c.Known < r.Searched.Fact.Known, Reason: "The file was made of fewer entries than were searched."})...)
}

// Close decides on the end: what was answered was handed over, and nothing was
// missing from it.
func (rs Requests) Close(c Close) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	answered := c.Reason == "answered"
	counted := r.Delivered.Fact.Hash == "" || r.Checked.Fact.Hash == r.Delivered.Fact.Hash
	return []domain.Event{Closed{Dated: c.Dated, Request: c.Request, Reason: c.Reason}}, domain.Refuse(append(r.open(c.Happened),
		domain.Rule{Name: "access-not-delivered", Broken: answered && r.Delivered.IsZero(), Reason: "The answer has not been handed over."},
		domain.Rule{Name: "access-not-checked", Broken: answered && !r.Delivered.IsZero() && !counted, Reason: "Whether anything is missing from the answer has not been checked."},
		domain.Rule{Name: "access-incomplete", Broken: answered && counted && r.Delivered.Fact.Hash != "" && r.Checked.Fact.Missing > 0, Reason: "Something is missing from the answer that no line of the schedule withholds."},
		domain.Rule{Name: "access-closed-though-proved", Broken: c.Reason == "identity-not-proved" && (r.IdentityAsked.IsZero() || r.IdentityChecked.Fact.Proved),
			Reason: "The requester was not asked who they are, or has shown it."},
		domain.Rule{Name: "access-closed-though-answered", Broken: c.Reason == "no-clarification" && r.Waiting().IsZero(), Reason: "The requester owes no answer to a question."})...)
}

// Complain decides on a complaint, which may come when the request is over.
func (rs Requests) Complain(c Complain, p policy.Pack) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	e := Complained{Dated: c.Dated, Request: c.Request, Complaint: c.Complaint, Says: c.Says}
	e.ReviewBy, _ = p.Due(policy.AccessReview, c.Happened)
	return []domain.Event{e}, domain.Refuse(append(r.known(c.Happened),
		domain.Rule{Name: "access-complaint-already-made", Broken: !r.complaint(c.Complaint).Made.IsZero(), Reason: "A complaint with this id is already on the record."})...)
}

// Review decides on what a review found.
func (rs Requests) Review(c Review) ([]domain.Event, error) {
	r := rs.Find(c.Request)
	one := r.complaint(c.Complaint)
	e := Reviewed{Dated: c.Dated, Request: c.Request, Complaint: c.Complaint, Outcome: c.Outcome, Reason: c.Reason}
	return []domain.Event{e}, domain.Refuse(append(r.known(c.Happened),
		domain.Rule{Name: "access-complaint-unknown", Broken: one.Made.IsZero(), Reason: "No complaint with this id is on the record."},
		domain.Rule{Name: "access-before-complaint", Broken: !one.Made.IsZero() && c.Happened.Before(one.Made.Fact.Happened), Reason: "The day lies before the complaint."},
		domain.Rule{Name: "access-complaint-already-reviewed", Broken: !one.Reviewed.IsZero(), Reason: "The complaint has already been reviewed."})...)
}

// known are the rules of everything that is said of a request.
func (r Request) known(on domain.Date) []domain.Rule {
	return []domain.Rule{
		{Name: "access-unknown", Broken: r.Received.IsZero(), Reason: "No request for access with this id is on the record."},
		{Name: "access-before-request", Broken: !r.Received.IsZero() && !on.IsZero() && on.Before(r.Received.Fact.Happened), Reason: "The day lies before the request."},
	}
}

func (r Request) open(on domain.Date) []domain.Rule {
	return append(r.known(on), domain.Rule{Name: "access-closed", Broken: !r.Closed.IsZero(), Reason: "The request is closed."})
}

// unproved reports whether the requester was asked who they are, or was looked at
// unasked, and has not shown it.
func (r Request) unproved() bool {
	return !(r.IdentityAsked.IsZero() && r.IdentityChecked.IsZero()) && !r.IdentityChecked.Fact.Proved
}

// standing returns the opinions on harm that count: of an entry on which it was
// asked again, the last.
func (r Request) standing() []Opinion {
	last := make(map[uint64]string)
	for _, o := range r.Opinions {
		for _, e := range o.Asked.Fact.Entries {
			last[e] = o.ID
		}
	}
	return slices.DeleteFunc(slices.Clone(r.Opinions), func(o Opinion) bool {
		return !slices.ContainsFunc(o.Asked.Fact.Entries, func(e uint64) bool { return last[e] == o.ID })
	})
}

// restsOn returns the last entry that a decision on what is given rests on.
func (r Request) restsOn() uint64 {
	last := max(r.IdentityAsked.Entry, r.IdentityChecked.Entry, r.Searched.Entry, r.Exempted.Entry)
	for _, o := range r.Opinions {
		last = max(last, o.Asked.Entry, o.Given.Entry)
	}
	for _, c := range r.Consents {
		last = max(last, c.Asked.Entry, c.Settled.Entry)
	}
	return last
}

func (r Request) undelivered() domain.Rule {
	return domain.Rule{Name: "access-already-delivered", Broken: !r.Delivered.IsZero(), Reason: "The answer has already been handed over."}
}

// ofLess refuses a set that was made when the record had so many entries.
func (r Request) ofLess(holds bool, known uint64) domain.Rule {
	return domain.Rule{Name: "access-redaction-of-less", Broken: holds && known < r.Searched.Fact.Known,
		Reason: "The set of redactions was made of fewer entries than were searched."}
}

func unknown(named []uint64, entries uint64) domain.Rule {
	return domain.Rule{Name: "access-entry-unknown", Broken: slices.ContainsFunc(named, func(e uint64) bool { return e == 0 || e > entries }),
		Reason: "The record has not so many entries."}
}

func (r Request) opinion(id string) Opinion {
	if i := slices.IndexFunc(r.Opinions, func(o Opinion) bool { return o.ID == id }); i >= 0 {
		return r.Opinions[i]
	}
	return Opinion{ID: id}
}

func (r Request) consent(party string) Consent {
	if i := slices.IndexFunc(r.Consents, func(c Consent) bool { return c.Party == party }); i >= 0 {
		return r.Consents[i]
	}
	return Consent{Party: party}
}

func (r Request) complaint(id string) Complaint {
	if i := slices.IndexFunc(r.Complaints, func(c Complaint) bool { return c.ID == id }); i >= 0 {
		return r.Complaints[i]
	}
	return Complaint{ID: id}
}
