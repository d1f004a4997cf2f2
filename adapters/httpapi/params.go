package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"caseledger/adapters/feed"
	"caseledger/domain"
	"caseledger/projections"
)

// param is one parameter of a query.
type param struct {
	name string
	kind kind
	text string // what it is, in a sentence
}

// kind is the form of a parameter.
type kind int

const (
	word    kind = iota // 1 to 100 characters of printable ASCII
	day                 // 2026-03-31
	instant             // a time with its zone, or a day, meaning its end in London
	yesNo               // true or false
	count               // 1 to 1000
	number              // from 0
	second              // 0 to 25
	page                // a cursor
	types               // names of events, separated by commas
	format              // json, docx, pdf or csv
	onPages             // json, docx or pdf
)

var (
	knownAt = param{"knownAt", instant, "As known at this time, or by the end of this day in London; now if not given."}
	trueOn  = param{"trueOn", day, "As true on this day; whatever the day if not given."}
	byEntry = param{"knownEntry", number, "As known when this entry of the record was its last: the answer stays the same for ever."}
	dryRun  = param{"dryRun", yesNo, "Decide, and record nothing."}
	limit   = param{"limit", count, "At most this many rows; 100 if not given."}
	cursor  = param{"cursor", page, "The `next` of the page before."}
	atLeast = param{"minRevision", number, "Wait until the record is at least at this revision, as an act answered it."}
)

// query are parameters as they were given, each of its form.
type query map[string]string

// parse reads a query, and returns what is wrong with it.
func (op operation) parse(raw string) (query, []Fault) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, []Fault{{Parameter: "query", Rule: "form"}}
	}
	q := make(query)
	var faults []Fault
	unknown := false
	for name, given := range values {
		i := slices.IndexFunc(op.params, func(p param) bool { return p.name == name })
		switch {
		case i < 0:
			unknown = true
		case len(given) != 1 || !op.params[i].kind.matches(given[0]):
			faults = append(faults, Fault{Parameter: name, Rule: op.params[i].kind.String()})
		default:
			q[name] = given[0]
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Parameter, b.Parameter) })
	if unknown {
		faults = append(faults, Fault{Parameter: "query", Rule: "unknown-parameter"})
	}
	return q, faults
}

func (k kind) matches(s string) bool {
	switch k {
	case word:
		return printable(s, maxWordBytes)
	case day:
		_, err := domain.ParseDate(s)
		return err == nil
	case instant:
		_, err := projections.ParseKnown(s)
		return err == nil
	case yesNo:
		return s == "true" || s == "false"
	case count:
		return between(s, 1, maxRowsOfPage)
	case number:
		return between(s, 0, 1<<53)
	case second:
		return between(s, 0, uint64(maxLongPoll/time.Second))
	case page:
		return printable(s, maxCursorBytes)
	case format:
		return s == "json" || paperMedia[s] != ""
	case onPages:
		return s == "json" || s != "csv" && paperMedia[s] != ""
	case types:
		return feed.Filter{Types: strings.Split(s, ",")}.Check() == nil
	}
	return false
}

func between(s string, low, high uint64) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && low <= n && n <= high && strconv.FormatUint(n, 10) == s
}

// String returns the rule for a parameter that breaks it.
func (k kind) String() string {
	return [...]string{"max=100,printascii", "date", "time-or-date", "boolean", "min=1,max=1000", "integer", "min=0,max=25", "cursor", "event-types", "oneof=json docx pdf csv", "oneof=json docx pdf"}[k]
}

func (q query) is(p param) bool { return q[p.name] == "true" }

func (q query) number(p param) uint64 {
	n, err := strconv.ParseUint(q[p.name], 10, 64)
	if err != nil {
		return 0 // not given: all that were given have matched
	}
	return n
}

func (q query) date(p param) domain.Date {
	d, err := domain.ParseDate(q[p.name])
	if err != nil {
		return domain.Date{}
	}
	return d
}

// moment returns the point of view of three parameters.
func (q query) moment(known, on, entry param) projections.Moment {
	t, err := projections.ParseKnown(q[known.name])
	if err != nil {
		t = time.Time{}
	}
	return projections.Moment{Known: t, On: q.date(on), Entry: q.number(entry)}
}

// asked is the point of view that a request asks for first.
func (q query) asked() projections.Moment { return q.moment(knownAt, trueOn, byEntry) }

// then is the point of view that a comparison asks for beside it.
func (q query) then() projections.Moment { return q.moment(thenKnownAt, thenTrueOn, thenEntry) }

// filter names everything that a page depends on but the page.
func (q query) filter(op string) string {
	v := url.Values{}
	for name, value := range q {
		if name != cursor.name && name != limit.name {
			v.Set(name, value)
		}
	}
	return op + "?" + v.Encode()
}
