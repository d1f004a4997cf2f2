package accesslog

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // what is night must not depend on the machine
)

// Look is one line of what a person is told who asks who looked at their record:
// who of which agency, in which role, for which purpose, on one day.
type Look struct {
	Day       string `json:"day"`
	Caller    string `json:"caller"` // a pseudonym
	Role      string `json:"role"`
	Agency    string `json:"agency"`
	Purpose   string `json:"purpose"`
	Operation string `json:"operation"`
	Outcome   string `json:"outcome"`
	Emergency bool   `json:"emergency"` // opened by the break-glass
	Times     int    `json:"times"`
}

// Looks returns who looked at a record, or wanted to, in the order of the days.
// Rows that name the record in a list count as a look.
func Looks(rows iter.Seq2[Row, error], record string) ([]Look, error) {
	times := make(map[Look]int)
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		if r.Record != record && !slices.Contains(r.Records, record) {
			continue
		}
		times[Look{Day: r.Day, Caller: r.Caller, Role: r.Role, Agency: r.Agency, Purpose: r.Purpose, Operation: r.Operation, Outcome: r.Outcome, Emergency: r.BreakGlass != ""}]++
	}
	looks := make([]Look, 0, len(times))
	for l, n := range times {
		l.Times = n
		looks = append(looks, l)
	}
	slices.SortFunc(looks, func(a, b Look) int {
		return slices.Compare([]string{a.Day, a.Caller, a.Operation, a.Outcome, a.Purpose, a.Role, a.Agency}, []string{b.Day, b.Caller, b.Operation, b.Outcome, b.Purpose, b.Role, b.Agency})
	})
	return looks, nil
}

// From how many on something is odd, of one caller on one day.
const (
	oddRecords  = 50  // different records opened
	oddAgain    = 20  // times that one record was opened
	oddSearches = 100 // searches and enquiries
	oddDenials  = 10
	oddLists    = 1_000 // different records named in lists
)

// The kinds of odd patterns.
const (
	ManyRecords = "many-records"
	OneRecord   = "one-record-again"
	Searching   = "many-searches"
	Denials     = "many-denials"
	ManyListed  = "many-listed"
	AtNight     = "at-night"
	Emergency   = "break-glass"
)

// Pattern is what somebody should look at: it proves nothing.
type Pattern struct {
	Day    string `json:"day"`
	Kind   string `json:"pattern"` // see the constants
	Caller string `json:"caller"`
	Role   string `json:"role"`
	Agency string `json:"agency"`
	Record string `json:"record,omitempty"` // where it is about one
	Times  int    `json:"times"`
	From   int    `json:"from"` // the number from which it is odd
}

// Patterns returns the odd patterns of some entries, by day and caller. Nights
// are from 22 to 6 o'clock in London.
func Patterns(rows iter.Seq2[Row, error]) ([]Pattern, error) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, err
	}
	counted := make(map[Pattern]map[string]bool) // what was counted, each once
	count := func(r Row, kind, record, one string, from int) {
		p := Pattern{Day: r.Day, Kind: kind, Caller: r.Caller, Role: r.Role, Agency: r.Agency, Record: record, From: from}
		if counted[p] == nil {
			counted[p] = make(map[string]bool)
		}
		counted[p][one] = true
	}
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		entry := strconv.FormatUint(r.Entry, 10)
		hour := r.Recorded.In(london).Hour()
		opened := r.Record != "" && r.Outcome == "released"
		switch {
		case r.Outcome != "released":
			count(r, Denials, "", entry, oddDenials)
		case opened:
			count(r, ManyRecords, "", r.Record, oddRecords)
			count(r, OneRecord, r.Record, entry, oddAgain)
		case r.Operation == "person.search" || r.Operation == "register.enquire":
			count(r, Searching, "", entry, oddSearches)
		}
		for _, id := range r.Records {
			count(r, ManyListed, "", id, oddLists)
		}
		if opened && (hour >= 22 || hour < 6) {
			count(r, AtNight, "", r.Record, 1)
		}
		if r.BreakGlass != "" {
			count(r, Emergency, r.Record, entry, 1)
		}
	}
	found := []Pattern{}
	for p, ones := range counted {
		if p.Times = len(ones); p.Times >= p.From {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b Pattern) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Caller, b.Caller), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Record, b.Record),
			strings.Compare(a.Role, b.Role), strings.Compare(a.Agency, b.Agency))
	})
	return found, nil
}
