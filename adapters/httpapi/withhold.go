package httpapi

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/cedar"
	"caseledger/domain"
	"caseledger/domain/correction"
	"caseledger/domain/correspondence"
	"caseledger/domain/identity"
	notes "caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/domain/restriction"
	"caseledger/projections"
	"caseledger/schema"
)

// What content must be treated as, beside the sensitivity that it bears, and why
// it is left out. markPart is why a part of the record is that is not for the
// caller.
const (
	markInformant = "informant"
	markOthers    = "third-party"
	markAddress   = "address"
	markPart      = "part"
)

// seeContent is the action that the policies are asked about content.
const seeContent = "content.see"

// addressMembers are the members of events that say where somebody lives.
var addressMembers = map[string]bool{"lines": true, "postcode": true, "uprn": true, "homePostcode": true}

// Withheld says that something was left out of an answer, and why.
type Withheld struct {
	// Reason is informant, third-party, address, sensitive, highly-sensitive, or
	// part: of the record, that is not for the caller.
	Reason  string            `json:"reason"`
	Entries []uint64          `json:"entries,omitempty"` // that it was left out of; of a comparison, as far as entries made the difference
	Records []domain.RecordID `json:"records,omitempty"` // of a list, whose rows it was left out of
}

// thing is what events of one type say something about. Entries that correct
// one another are about one thing, so that what is marked on one is on all.
type thing struct{ kind, about string }

// sieve leaves out of answers about one record what the caller may not see. It
// belongs to one request.
type sieve struct {
	api   *API
	r     *request
	rec   record.Record
	marks map[thing]string
	keeps bool // whether the address is withheld from some
	named bool // and the caller is one of them
	may   map[[2]string]bool
	left  map[string]map[uint64]bool
}

// sieve returns what sifts answers about a record.
func (a *API) sieve(r *request, rec record.Record) *sieve {
	s := &sieve{api: a, r: r, rec: rec, marks: make(map[thing]string), may: make(map[[2]string]bool), left: make(map[string]map[uint64]bool)}
	for _, one := range rec.Restrictions {
		if !one.Open() {
			continue
		}
		switch one.Kind {
		case restriction.Informant:
			for _, entry := range one.Entries {
				s.marks[s.thing(entry)] = markInformant
			}
		case restriction.Address:
			s.keeps = true
			s.named = s.named || slices.Contains(one.Workers, r.caller.ID) || slices.Contains(one.Workers, r.caller.Agency)
		}
	}
	for _, e := range rec.Entries {
		if mark := markOf(e.Event); mark != "" {
			if of := s.thing(e.Seq); s.marks[of] != markInformant {
				s.marks[of] = mark
			}
		}
	}
	for _, e := range rec.Entries { // why something was written in error can say what it was
		if voids, is := e.Event.(correction.EnteredInError); is && s.marks[s.thing(voids.Entry)] != "" {
			s.marks[s.thing(e.Seq)] = s.marks[s.thing(voids.Entry)]
		}
	}
	return s
}

// markOf returns what the whole of an event must be treated as.
func markOf(e domain.Event) string {
	var sensitivity string
	var informant, others bool
	switch e := e.(type) {
	case notes.Written:
		sensitivity = e.Sensitivity
	case correspondence.Recorded:
		sensitivity, informant, others = e.Sensitivity, e.Informant, e.ThirdParty
	case restriction.InformantShielded, redaction.Proposed, redaction.Rejected:
		informant = true // why can say who
	}
	switch {
	case informant:
		return markInformant
	case sensitivity != "":
		return sensitivity
	case others:
		return markOthers
	}
	return ""
}

// thing returns what an entry is about.
func (s *sieve) thing(entry uint64) thing {
	e, found := s.rec.Entry(entry)
	if !found {
		return thing{}
	}
	kind, _ := s.api.View.Codec.TypeOf(e.Event)
	return thing{kind.Name, e.Event.About()}
}

// sees asks the policies whether the caller may see content of a type that is
// marked, or "" for not.
func (s *sieve) sees(kind, mark string) bool {
	key := [2]string{kind, mark}
	may, asked := s.may[key]
	if !asked {
		r := s.r
		may = s.api.Policies.Decide(cedar.Question{Caller: r.caller.ID, Role: r.caller.Role, Agency: r.caller.Agency, Teams: r.caller.Teams,
			Action: seeContent, Content: kind, Mark: mark, Record: string(r.record), Purpose: r.purpose, Basis: r.basis,
			Tie: string(r.tie), BreakGlass: r.glass != ""}).Allowed
		s.may[key] = may
	}
	return may
}

// why returns why the caller may not see what is said of a thing, "" if he may.
func (s *sieve) why(of thing) string {
	mark := s.marks[of]
	switch {
	case !s.sees(of.kind, ""):
		return markPart
	case mark != "" && !s.sees(of.kind, mark):
		return mark
	}
	return ""
}

// addressKept reports whether the address is kept from the caller.
func (s *sieve) addressKept(kind string) bool {
	return s.keeps && (s.named || !s.sees(kind, markAddress))
}

// leave notes that something of an entry was left out.
func (s *sieve) leave(why string, entry uint64) {
	if s.left[why] == nil {
		s.left[why] = make(map[uint64]bool)
	}
	if entry > 0 {
		s.left[why][entry] = true
	}
}

// withheld returns what was left out.
func (s *sieve) withheld() []Withheld {
	var all []Withheld
	for _, why := range slices.Sorted(maps.Keys(s.left)) {
		all = append(all, Withheld{Reason: why, Entries: slices.Sorted(maps.Keys(s.left[why]))})
		s.r.withheld = append(s.r.withheld, why)
	}
	return all
}

// keep reports whether a field of a thing may be shown, and notes it if not.
func (s *sieve) keep(of thing, field string, entry uint64) bool {
	why := s.why(of)
	if why == "" && addressMembers[field] && s.addressKept(of.kind) {
		why = markAddress
	}
	if why != "" {
		s.leave(why, entry)
	}
	return why == ""
}

func (s *sieve) facts(rows []projections.Fact) []projections.Fact {
	rows = slices.DeleteFunc(rows, func(f projections.Fact) bool { return !s.keep(thing{f.Type, f.About}, f.Field, f.Entry) })
	for i, f := range rows {
		rows[i].Value = s.text(f.Type, f.Value, f.Entry)
	}
	return rows
}

func (s *sieve) differences(rows []projections.Difference) []projections.Difference {
	rows = slices.DeleteFunc(rows, func(d projections.Difference) bool { return !s.keep(thing{d.Type, d.About}, d.Field, d.Entry) })
	for i, d := range rows {
		rows[i].Before, rows[i].After = s.text(d.Type, d.Before, d.Entry), s.text(d.Type, d.After, d.Entry)
	}
	return rows
}

// audit keeps the entries of what is marked, without what they say.
func (s *sieve) audit(rows []projections.AuditRow) []projections.AuditRow {
	rows = slices.DeleteFunc(rows, func(row projections.AuditRow) bool { return !s.part(row.Type, row.Entry) })
	for i := range rows {
		row := &rows[i]
		of := s.thing(row.Entry)
		if !s.keep(of, "", row.Entry) {
			row.Changes, row.ImportFlags, row.Reason = []projections.FieldChange{}, nil, ""
			continue
		}
		row.Changes = slices.DeleteFunc(row.Changes, func(c projections.FieldChange) bool { return !s.keep(of, c.Field, row.Entry) })
		if s.addressKept(row.Type) {
			row.ImportFlags = slices.DeleteFunc(row.ImportFlags, func(f domain.Flag) bool { return f.Raw != "" })
		}
		for n, c := range row.Changes {
			row.Changes[n].Before, row.Changes[n].After = s.value(row.Type, c.Before, row.Entry), s.value(row.Type, c.After, row.Entry)
		}
	}
	return rows
}

// chronology keeps the place of what is marked in the story, and not its
// sentence.
func (s *sieve) chronology(rows []projections.ChronologyRow) []projections.ChronologyRow {
	rows = slices.DeleteFunc(rows, func(row projections.ChronologyRow) bool { return !s.part(row.Kind, row.Entry) })
	for i, row := range rows {
		if !s.whole(row.Entry) {
			rows[i].Sentence = "[withheld]"
		}
	}
	return rows
}

// whole reports whether all that an entry says may be shown, and notes it if
// not.
func (s *sieve) whole(entry uint64) bool {
	e, _ := s.rec.Entry(entry)
	field := ""
	if _, tells := e.Event.(identity.AddressRecorded); tells {
		field = "lines"
	}
	return s.keep(s.thing(entry), field, entry)
}

// form leaves out what answers questions of a form from entries elsewhere in the
// record.
func (s *sieve) form(page schema.FormPage) {
	for _, section := range page.Sections {
		for i := range section.Questions {
			if q := &section.Questions[i]; q.Entry > 0 && !s.whole(q.Entry) {
				q.Values, q.NotGiven = nil, ""
			}
		}
	}
}

// part reports whether events of a type are for the caller, and notes it if not.
func (s *sieve) part(kind string, entry uint64) bool {
	if !s.sees(kind, "") {
		s.leave(markPart, entry)
		return false
	}
	return true
}

func (s *sieve) notes(rows []projections.NoteRow) []projections.NoteRow {
	rows = slices.DeleteFunc(rows, func(row projections.NoteRow) bool { return !s.keep(s.thing(row.Entry), "", row.Entry) })
	for i, row := range rows {
		kind := s.thing(row.Entry).kind
		passages := slices.Clone(row.Text)
		for n, p := range passages {
			if why := s.whyPassage(kind, p.Informant, p.ThirdParty); why != "" {
				s.leave(why, row.Entry)
				passages[n] = notes.Passage{Kind: p.Kind, Informant: p.Informant, ThirdParty: p.ThirdParty}
			}
		}
		rows[i].Text = passages
	}
	return rows
}

// whyPassage returns why a passage may not be seen, "" if it may.
func (s *sieve) whyPassage(kind string, informant, others bool) string {
	switch {
	case informant && !s.sees(kind, markInformant):
		return markInformant
	case others && !s.sees(kind, markOthers):
		return markOthers
	}
	return ""
}

// text sifts the value of a fact, which is JSON unless it was a string. A string
// that only looks like JSON stays as it is, unless it holds what is left out.
func (s *sieve) text(kind, value string, entry uint64) string {
	if value == "" || value[0] != '{' && value[0] != '[' {
		return value
	}
	return string(s.value(kind, jsontext.Value(value), entry))
}

// value leaves out of JSON the objects that are marked, and where somebody
// lives. What holds nothing of that is returned as it stands.
func (s *sieve) value(kind string, value jsontext.Value, entry uint64) jsontext.Value {
	if value.Kind() != '[' && value.Kind() != '{' {
		return value
	}
	var v any
	if json.Unmarshal(value, &v) != nil {
		return value
	}
	v, cut := s.cut(kind, v, entry)
	if !cut {
		return value
	}
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return jsontext.Value("null")
	}
	return text
}

// cut returns a value without what is left out, and whether that was anything.
func (s *sieve) cut(kind string, v any, entry uint64) (_ any, cut bool) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var one bool
			v[i], one = s.cut(kind, v[i], entry)
			cut = cut || one
		}
	case map[string]any:
		if why := s.whyPassage(kind, v["informant"] == true, v["thirdParty"] == true); why != "" {
			s.leave(why, entry)
			return map[string]any{"withheld": why}, true
		}
		for name := range v {
			if addressMembers[name] && s.addressKept(kind) {
				s.leave(markAddress, entry)
				delete(v, name)
				cut = true
				continue
			}
			var one bool
			v[name], one = s.cut(kind, v[name], entry)
			cut = cut || one
		}
	}
	return v, cut
}
