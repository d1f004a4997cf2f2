package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"caseledger/adapters/feed"
	"caseledger/schema"
)

// The groups of operations, as the policies name them.
const (
	groupAct   = "act"
	groupRead  = "read"
	groupList  = "list"
	groupAudit = "audit"
	groupDraft = "draft"
)

// registers is the command that opens a record.
const registers = "person.register"

// operation is one thing that can be asked of the API. Its route, its checks
// and its description are made of it.
type operation struct {
	id     string // of a command: its name
	method string
	path   string
	group  string
	text   string
	params []param
	body   []byte                  // JSON Schema; nil for none
	status int                     // of success
	reply  reflect.Type            // nil of a stream
	other  map[string]reflect.Type // further media types of the answer
	pinned bool                    // needs If-Match
	stream bool
	media  string // of the answer, "" for JSON
	takes  string // media type of the body, "" for JSON
	// transfers says that it holds a whole file, of which there is not room for many.
	transfers bool
	serve     func(*API, context.Context, *request) (reply, error)
}

// keyed reports whether an operation needs an idempotency key.
// Acts that are done offline have keys of their own, and a draft's is its id.
func (op operation) keyed() bool { return op.group == groupAct && op.id != "offline.upload" }

// based reports whether an operation needs a legal basis.
func (op operation) based() bool { return op.group == groupAct || op.id == "draft.sign" }

// ofRecord reports whether an operation shows one record.
func (op operation) ofRecord() bool {
	return op.method == http.MethodGet && strings.HasPrefix(op.path, "/v1/records/{id}")
}

func (op operation) limit() time.Duration {
	if op.transfers {
		return transferTime
	}
	switch op.id {
	case "bulk.perform", "offline.upload", "record.built-chronology", "record.entries-in-full":
		return bulkTime
	case "feed.read":
		return maxLongPoll + answerTime
	}
	return answerTime
}

func (op operation) bodyLimit() int64 {
	switch op.id {
	case "file.keep":
		return MaxFileBytes
	case "bulk.perform", "offline.upload":
		return MaxBulkBytes
	case "note.write", "oversight.record", "correspondence.record", "entry.correct", "group.perform", "draft.save", "form.answer":
		return MaxTextBytes
	}
	return MaxBodyBytes
}

// Parameters that only some operations have.
var (
	thenKnownAt = param{"thenKnownAt", instant, "The second point of view, as knownAt; now if not given."}
	thenTrueOn  = param{"thenTrueOn", day, "The second point of view, as trueOn; whatever the day if not given."}
	thenEntry   = param{"thenKnownEntry", number, "The second point of view, as knownEntry."}
	worker      = param{"worker", word, "Only the work of this worker."}
	team        = param{"team", word, "Only the work of this team."}
	work        = param{"kind", word, "Only work of this kind: referral, assessment, protection-plan-review …"}
	unallocated = param{"unallocated", yesNo, "Only work that nobody holds."}
	overdue     = param{"overdue", yesNo, "Only work that is overdue today, or on trueOn."}
	after       = param{"after", number, "Only what was recorded after this position; 0 is the beginning."}
	wait        = param{"wait", second, "Wait this many seconds for a notice when there is none."}
	eventTypes  = param{"type", types, "Only events of these types, separated by commas: referral.received,referral.closed."}
	ofPerson    = param{"record", word, "Only what concerns this record."}
	ofTeam      = param{"team", word, "Only what stands in records of which this team holds a case."}
	caller      = param{"caller", word, "Only what this caller did."}
	since       = param{"from", day, "From this day on, in UTC; today if not given."}
	within      = param{"within", count, "Only what is due within this many days."}
	plan        = param{"plan", word, "Only children with this: protection-plan, temporary-registration, cin-plan, private-fostering, none."}
	unseen      = param{"days", count, "Not seen for this many days; 28 if not given."}
	alone       = param{"alone", yesNo, "Not seen alone."}
	stillOpen   = param{"open", yesNo, "Only cases that are held now."}
	waits       = param{"waits", yesNo, "Only those that wait for a review."}
	// Of a view for an audience.
	ofDefinition = param{"definition", word, "The definition of the form; core-assessment if not given."}
	ofForm       = param{"form", word, "The form, by its id within the record; the one completed last if not given."}
	until        = param{"to", day, "Up to this day, in UTC; today if not given."}
)

// operations is the list of all.
func operations() []operation {
	all := queries()
	for _, c := range schema.Commands() {
		all = append(all, commandOperation(c))
	}
	all = append(all, otherActs()...)
	all = append(all, draftOperations()...)
	all = append(all, bundleOperations()...)
	all = append(all, jobOperations()...)
	all = append(all, answerOperations()...)
	return append(all, offlineOperation())
}

// commandOperation is the POST of a command of the catalogue.
func commandOperation(c schema.Command) operation {
	op := operation{
		id: c.Name, method: http.MethodPost, path: "/v1/records/{id}/" + c.Path, group: groupAct, text: c.Text, params: []param{dryRun},
		body: bodySchema(c), status: http.StatusCreated, reply: reflect.TypeFor[Receipt](), pinned: true,
		serve: func(a *API, ctx context.Context, r *request) (reply, error) { return a.act(ctx, r, c) },
	}
	switch c.Name {
	case registers:
		op.path, op.pinned = "/v1/records", false
	case breaks, judges:
		op.pinned = false
	}
	return op
}

// pathMember returns the member of a command that its path gives, "" for none.
func pathMember(c schema.Command) string {
	_, rest, found := strings.Cut(c.Path, "{")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(rest, "}")
	return name
}

func queries() []operation {
	record := func(id, path, text string, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error), params ...param) operation {
		return operation{id: id, method: http.MethodGet, path: "/v1/records/{id}" + path, group: groupRead, text: text,
			params: append(params, atLeast), status: http.StatusOK, reply: answer, serve: serve}
	}
	list := func(id, path, text string, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error), params ...param) operation {
		return operation{id: id, method: http.MethodGet, path: path, group: groupList, text: text, params: params, status: http.StatusOK, reply: answer, serve: serve}
	}
	audit := list("access.search", "/v1/accesses", "Who was given, or denied, what.", reflect.TypeFor[Accesses](), (*API).accesses, ofPerson, caller, since, until, limit)
	audit.group = groupAudit
	knew := record("record.who-knew", "/who-knew", "Who had written on a record, or had been given it, by a time; of one entry, who knew of it.", reflect.TypeFor[Knowers](), (*API).whoKnew,
		ofEntry, knownAt, lookedFrom)
	knew.group = groupAudit
	patterns := list("access.patterns", "/v1/accesses/patterns", "What is odd in who was given, or denied, what, by caller and day.", reflect.TypeFor[Patterns](), (*API).patterns, caller, since, until)
	patterns.group = groupAudit
	events := list("access.export", "/v1/accesses/fhir", "Who was given, or denied, what, as AuditEvents of FHIR R4, one a line.", nil, (*API).events, ofPerson, caller, since, until)
	events.group, events.media = groupAudit, "application/fhir+ndjson"
	looks := list("access.looks", "/v1/records/{id}/accesses", "Who looked at a record, or wanted to: what a person who asks is told.", reflect.TypeFor[Looks](), (*API).looks, since, until)
	looks.group = groupAudit
	follow := list("feed.follow", "/v1/feed/stream", "Follow the feed as server-sent events; Last-Event-ID is the position of the last notice seen.",
		nil, (*API).follow, after, eventTypes, ofPerson, ofTeam)
	follow.stream = true
	pull := list("feed.read", "/v1/feed", "That something was recorded, and not what.", reflect.TypeFor[Feed](), (*API).feed, after, wait, eventTypes, ofPerson, ofTeam, limit)
	pull.other = map[string]reflect.Type{feed.BatchMediaType: reflect.TypeFor[[]schema.Notice]()}
	built := record("record.built-chronology", "/chronologies/{chronology}", "A chronology as it was built, as JSON, Word, PDF or comma-separated values.",
		reflect.TypeFor[BuiltChronology](), (*API).builtChronology, asFormat)
	built.other = asMedia("docx", "pdf", "csv")
	full := record("record.entries-in-full", "/papers/entries", "Entries in force with everything that they say, oldest first, as JSON or as a paper for a court.",
		reflect.TypeFor[FullEntries](), (*API).entriesInFull, asPaged, happenedOn, happenedTo, eventTypes, knownAt, byEntry)
	full.other = asMedia("docx", "pdf")
	return []operation{
		record("record.read", "", "What a record says, field by field, at a moment: its replay.", reflect.TypeFor[Facts](), (*API).facts, knownAt, trueOn, byEntry),
		record("record.entries", "/entries", "The audit trail of a record: every entry, in the order of recording.", reflect.TypeFor[Entries](), (*API).entries, knownAt, byEntry),
		record("record.chronology", "/chronology", "A record's story in the order in which it happened.", reflect.TypeFor[Chronology](), (*API).chronology, knownAt, trueOn, byEntry),
		record("record.compare", "/comparison", "What is different in a record between two moments, and which entries made it so.", reflect.TypeFor[Comparison](), (*API).comparison, knownAt, trueOn, thenKnownAt, thenTrueOn, byEntry, thenEntry),
		record("record.notes", "/notes", "The notes of a record, whole: who wrote them when, who was there, and who signed.", reflect.TypeFor[Notes](), (*API).notes, knownAt, trueOn, byEntry),
		record("record.identities", "/identities", "The old or new identity of an adopted child, for those who may open the old record; for all others there is none.",
			reflect.TypeFor[Identities](), (*API).identities),
		list("caseload.list", "/v1/caseloads", "Open work: who holds it, and what is due or overdue.", reflect.TypeFor[Caseload](), (*API).caseload,
			worker, team, work, unallocated, overdue, knownAt, trueOn, limit, cursor),
		list("register.list", "/v1/register", "The child protection register.", reflect.TypeFor[Register](), (*API).register, knownAt, trueOn),
		asked("register.enquire", "/v1/register/enquiries", "Whether the name of the child with an identifier is on the register.",
			reflect.TypeFor[Enquiry](), reflect.TypeFor[Enquired](), (*API).enquire),
		asked("person.search", "/v1/searches", "People by name, number or identifier.", reflect.TypeFor[Search](), reflect.TypeFor[People](), (*API).search, limit, cursor),
		pull,
		follow,
		audit,
		list("duty.list", "/v1/duties", "What is due and overdue, for whom, and by which rule; the most urgent first.", reflect.TypeFor[Duties](), (*API).duties,
			worker, team, unallocated, overdue, within, knownAt, trueOn, limit, cursor),
		list("gap.list", "/v1/gaps", "Children with an open case whom nobody has seen for a while; the longest unseen first.", reflect.TypeFor[Gaps](), (*API).gaps,
			worker, team, plan, unseen, alone, knownAt, trueOn, limit, cursor),
		list("allocation.list", "/v1/allocations", "Who of which team held which case, from when to when.", reflect.TypeFor[Allocations](), (*API).allocations,
			worker, team, ofPerson, stillOpen, limit, cursor),
		list("team.list", "/v1/teams", "The teams that hold cases, and how many each of their workers holds.", reflect.TypeFor[Teams](), (*API).teams, team, limit, cursor),
		record("record.steps", "/steps", "A record's entries one after the other, each with what it made of the record.", reflect.TypeFor[Steps](), (*API).steps,
			afterEntry, limit, knownAt, trueOn, byEntry),
		record("record.overdue", "/overdue", "What should have been done on a record by a moment and was not, by the rules of that time.", reflect.TypeFor[Overdue](), (*API).overdue,
			knownAt, trueOn, byEntry),
		record("record.relations", "/relations", "The relationships that a record states.", reflect.TypeFor[Relations](), (*API).relations, knownAt, trueOn, byEntry),
		knew,
		list(queues, "/v1/break-glass", "Who opened which record in an emergency, why, and what a review made of it.", reflect.TypeFor[Openings](), (*API).openings,
			worker, team, ofPerson, waits, limit, cursor),
		looks, patterns, events,
		record("record.forms", "/forms", "The forms of a record, and how far each has got.", reflect.TypeFor[FormList](), (*API).forms),
		record("record.form", "/forms/{form}", "A form with what the record knows in answer to its questions, and where that came from.",
			reflect.TypeFor[FormPage](), (*API).form),
		record("record.view", "/views/{audience}", "A completed form as an audience is shown it, and what is left out and why.",
			reflect.TypeFor[AudiencePage](), (*API).audience, ofDefinition, ofForm),
		record("record.disclosures", "/disclosures", "To whom outside the authority a record went, and to whom it was decided not to let it go.", reflect.TypeFor[Disclosures](), (*API).disclosures),
		built, full,
		record("record.redactions", "/redactions", "What of a record is withheld from whom, and how far that was decided.", reflect.TypeFor[RedactionSets](), (*API).redactions),
		record("record.redaction", "/redactions/{redaction}", "A set of redactions for who decides on it: what it withholds, why, and where the words still stand.",
			reflect.TypeFor[RedactionPage](), (*API).redaction),
		record("record.redaction-suggestions", "/redaction-suggestions", "What of a record may have to be withheld from somebody else than the person, and why.",
			reflect.TypeFor[Suggestions](), (*API).suggestions),
	}
}

// asked is a question whose words do not belong into an address.
func asked(id, path, text string, body, answer reflect.Type, serve func(*API, context.Context, *request) (reply, error), params ...param) operation {
	return operation{id: id, method: http.MethodPost, path: path, group: groupList, text: text, params: params, status: http.StatusOK,
		body: structSchema(id, text, body), reply: answer, serve: serve}
}

func otherActs() []operation {
	correct := "Replace an entry by what another command records."
	group := "Perform one act on up to 50 records: all of them are recorded, or none."
	bulk := "Perform up to 500 acts; each stands for itself and has a result of its own."
	return []operation{
		{id: "entry.correct", method: http.MethodPost, path: "/v1/records/{id}/entries/{entry}/correction", group: groupAct, text: correct,
			params: []param{dryRun}, body: structSchema("entry.correct", correct, reflect.TypeFor[Correcting]()), status: http.StatusCreated,
			reply: reflect.TypeFor[Receipt](), pinned: true, serve: (*API).correct},
		{id: "bulk.perform", method: http.MethodPost, path: "/v1/bulk", group: groupAct, text: bulk, params: []param{dryRun},
			body: structSchema("bulk.perform", bulk, reflect.TypeFor[bulkShape]()), status: http.StatusOK, reply: reflect.TypeFor[Results](), serve: (*API).bulk},
		{id: "group.perform", method: http.MethodPost, path: "/v1/acts", group: groupAct, text: group,
			body: structSchema("group.perform", group, reflect.TypeFor[GroupAct]()), status: http.StatusCreated, reply: reflect.TypeFor[GroupReceipts](), serve: (*API).group},
	}
}
