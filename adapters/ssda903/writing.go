package ssda903

import (
	"strconv"
	"strings"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/careleaver"
	"caseledger/domain/identity"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/policy"
	"caseledger/domain/record"
)

// writing is one child on its way into the return.
type writing struct {
	of   collection
	id   domain.RecordID
	all  record.Record // with every entry, to look up what an import said
	seen record.Record // as the return sees it
	rows map[string][]written
}

func (x Export) writing(h Held) *writing {
	return &writing{of: collection{x.Year}, id: h.ID, all: h.Record, seen: x.view(h.Record), rows: make(map[string][]written)}
}

// inReturn reports whether the child belongs to the return: looked after in the
// year, leaving care in it, or stated by a return of the year.
func (w *writing) inReturn() bool {
	if len(w.episodes()) > 0 || len(w.contacts()) > 0 {
		return true
	}
	for _, e := range w.seen.Entries {
		if ofThis(e, w.of) {
			return true
		}
	}
	return false
}

// child writes the rows of every table.
func (w *writing) child() {
	w.header()
	episodes := w.episodes()
	for _, e := range episodes {
		w.episode(e)
	}
	w.reviews()
	w.asylum()
	w.outcomes(episodes)
	for _, c := range w.contacts() {
		w.put(atOC3, c.Fact.Happened.String(), []uint64{c.Entry}, map[string]string{
			"DOB": w.birth(), "IN_TOUCH": c.Fact.InTouch, "ACTIV": c.Fact.Activity, "ACCOM": c.Fact.Accommodation})
	}
	w.adoptions()
	w.permanence()
	for _, a := range w.seen.Absences {
		w.absence(a)
	}
	w.workers(len(episodes) > 0)
	for _, one := range w.seen.Care.Restrictions {
		if w.ordered(one) && w.during(one.Restricted.Fact.Happened, one.Restricted.Entry, one.Restored.Fact.Happened, one.Restored.Entry) {
			w.put(atLiberty, one.Restricted.Fact.Happened.String(), []uint64{one.Restricted.Entry, one.Restored.Entry}, map[string]string{
				"DOB": w.birth(), "DOLO_START": written903(one.Restricted.Fact.Happened), "DOLO_END": written903(one.Restored.Fact.Happened)})
		}
	}
}

// libertyFrom is the first collection that asks about orders that deprive of
// liberty (rules 700 to 710 of the public validator begin with it).
const libertyFrom = 2027

// ordered reports whether the return asks about a limit on liberty: one by an
// order, or one that a return of the year stated.
func (w *writing) ordered(one lookedafter.Restriction) bool {
	e, known := w.all.Entry(one.Restricted.Entry)
	return known && ofThis(e, w.of) || w.of.year >= libertyFrom && one.Restricted.Fact.Kind != "secure-accommodation"
}

// put adds a row. A cell that an import could not read, that is written in
// another form, or that says otherwise than another table, is written as it came.
func (w *writing) put(name, order string, entries []uint64, cells map[string]string) {
	for _, t := range tables() {
		if t.name != name {
			continue
		}
		cells["CHILD"] = w.number()
		r := written{record: w.id, entries: entries, order: w.number() + "\x00" + order}
		for _, column := range t.columns {
			text := cells[column]
			if raw, kept := w.raw(name+"/"+column, entries); kept {
				text = raw
			}
			if text == "" && column == "CHILD" {
				r.flaws = append(r.flaws, Flaw{Column: name + "/" + column, Rule: "required", Reason: reasonOf("required")})
			}
			r.cells = append(r.cells, text)
		}
		w.rows[name] = append(w.rows[name], r)
	}
}

// raw returns what an import of this year found in a cell that no event could
// hold.
func (w *writing) raw(place string, entries []uint64) (string, bool) {
	for _, seq := range entries {
		e, known := w.all.Entry(seq)
		if !known || !ofThis(e, w.of) {
			continue
		}
		for _, f := range e.Source.Flags {
			if f.Field == place && (f.Raw != "" || f.Rule == "differs-from-header") {
				return f.Raw, true
			}
		}
	}
	return "", false
}

func (w *writing) number() string {
	return w.seen.Person.Identifier(identity.LAChildID).Fact.Value
}

// birth is the day of birth as the return writes it.
func (w *writing) birth() string {
	born := w.seen.Person.Born
	if raw, kept := w.raw(atHeader+"/DOB", []uint64{born.Entry}); kept {
		return raw
	}
	return written903(born.Fact.Happened)
}

// written903 is a day in the form of the return.
func written903(day domain.Date) string {
	if day.IsZero() {
		return ""
	}
	return day.Time().Format("02/01/2006")
}

func (w *writing) sex() string {
	code := w.seen.Person.Sex.Fact.Sex
	if w.of.year >= sexFrom {
		return code
	}
	for _, c := range sexCodes {
		if c.own == code {
			return c.old
		}
	}
	return code
}

func (w *writing) header() {
	p, care := w.seen.Person, w.seen.Care
	upn := p.Identifier(identity.UPN)
	number, entry := upn.Fact.Value, upn.Entry
	for _, m := range p.Missing {
		if m.Fact.Kind == identity.UPN && (upn.IsZero() || upn.Fact.Happened.Before(m.Fact.Happened)) {
			number, entry = m.Fact.Reason, m.Entry
		}
	}
	mother := ""
	if !care.Motherhood.IsZero() && len(w.episodes()) > 0 {
		mother = zeroOrOne(care.Motherhood.Fact.Mother)
	}
	if e, known := w.all.Entry(care.Motherhood.Entry); known && ofThis(e, w.of) {
		mother = zeroOrOne(care.Motherhood.Fact.Mother)
	}
	local := p.Identifier(identity.LAChildID)
	w.put(atHeader, "", []uint64{local.Entry, p.Born.Entry, p.Sex.Entry, p.Ethnicity.Entry, entry, care.Motherhood.Entry}, map[string]string{
		"SEX": w.sex(), "DOB": w.birth(), "ETHNIC": p.Ethnicity.Fact.Ethnicity, "UPN": number,
		"MOTHER": mother, "MC_DOB": written903(care.Motherhood.Fact.ChildBorn)})
}

func zeroOrOne(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// episodes returns those that were open at any time of the year.
func (w *writing) episodes() []lookedafter.Episode {
	var in []lookedafter.Episode
	for _, e := range w.seen.Care.Episodes {
		if w.during(e.Began.Fact.Happened, e.Began.Entry, e.Ceased.Fact.Happened, e.Ceased.Entry) {
			in = append(in, e)
		}
	}
	return in
}

// during reports whether a part that began and ended belongs to the year: it
// began by its last day and had not ended before its first. What a return of
// this very year stated belongs to it, however early or late.
func (w *writing) during(began domain.Date, begun uint64, ended domain.Date, over uint64) bool {
	if begun == 0 {
		return false
	}
	if e, known := w.all.Entry(begun); known && ofThis(e, w.of) {
		return true
	}
	return !began.After(w.of.last()) && (over == 0 || ended.IsZero() || !ended.Before(w.of.first()))
}

// within reports whether a day lies in the year, or a return of this very year
// stated it.
func (w *writing) within(day domain.Date, entry uint64) bool {
	if e, known := w.all.Entry(entry); known && ofThis(e, w.of) {
		return true
	}
	return entry != 0 && !day.Before(w.of.first()) && !day.After(w.of.last())
}

func (w *writing) episode(e lookedafter.Episode) {
	b, c := e.Began.Fact, e.Ceased.Fact
	w.put(atEpisodes, b.Happened.String()+" "+c.Happened.String(), []uint64{e.Began.Entry, e.Ceased.Entry}, map[string]string{
		"DECOM": written903(b.Happened), "RNE": b.Reason, "LS": b.LegalStatus, "CIN": b.Need, "PLACE": b.Placement.Type,
		"PLACE_PROVIDER": b.Placement.Provider, "HOME_POST": b.Placement.HomePostcode, "PL_POST": b.Placement.Postcode, "URN": b.Placement.URN,
		"DEC": written903(c.Happened), "REC": c.Reason, "REASON_PLACE_CHANGE": c.PlacementChange})
}

func (w *writing) reviews() {
	for _, r := range w.seen.Care.Reviews {
		if w.within(r.Fact.Happened, r.Entry) {
			w.put(atReviews, r.Fact.Happened.String(), []uint64{r.Entry}, map[string]string{
				"DOB": w.birth(), "REVIEW": written903(r.Fact.Happened), "REVIEW_CODE": r.Fact.Participation})
		}
	}
}

// asylum writes the status of those who had it in the year and were looked
// after in it.
func (w *writing) asylum() {
	k := w.seen.Care.Asylum
	if k.IsZero() {
		return
	}
	e, _ := w.all.Entry(k.Entry)
	current := len(w.episodes()) > 0 && (k.Fact.Ceases.IsZero() || !k.Fact.Ceases.Before(w.of.first()))
	if current || ofThis(e, w.of) {
		w.put(atUASC, "", []uint64{k.Entry}, map[string]string{"SEX": w.sex(), "DOB": w.birth(), "DUC": written903(k.Fact.Ceases)})
	}
}

// contacts returns those of the birthdays on which the return asks how care
// leavers are doing: the seventeenth to the twenty-first, and of those who are
// no longer looked after. Of several the one nearest to the birthday counts.
func (w *writing) contacts() []domain.Known[careleaver.Contacted] {
	var stated []domain.Known[careleaver.Contacted]
	for _, c := range w.seen.Leaver.Contacts {
		if e, known := w.all.Entry(c.Entry); known && ofThis(e, w.of) {
			stated = append(stated, c)
		}
	}
	day := birthdayIn(w.seen.Person.Born.Fact.Happened, w.of)
	if len(stated) > 0 || day.IsZero() || w.seen.Leaver.Entitled.IsZero() || !w.asked(day) {
		return stated
	}
	var nearest domain.Known[careleaver.Contacted]
	for _, c := range w.seen.Leaver.Contacts {
		if w.around(c.Fact.Happened, day) && (nearest.IsZero() || apart(c.Fact.Happened, day) < apart(nearest.Fact.Happened, day)) {
			nearest = c
		}
	}
	if nearest.IsZero() {
		return nil
	}
	return []domain.Known[careleaver.Contacted]{nearest}
}

// asked reports whether the return asks about somebody on a birthday.
func (w *writing) asked(birthday domain.Date) bool {
	const youngest, oldest = 17, 21
	age := birthday.Time().Year() - w.seen.Person.Born.Fact.Happened.Time().Year()
	return youngest <= age && age <= oldest && w.seen.Care.On(birthday).Began.IsZero()
}

// around reports whether a day is one on which the return lets the authority
// look: from three months before the birthday to one month after.
func (w *writing) around(day, birthday domain.Date) bool {
	return !day.Before(birthday.AddMonths(-3)) && !day.After(birthday.AddMonths(1))
}

func apart(a, b domain.Date) int {
	if n := a.DaysUntil(b); n > 0 {
		return n
	}
	return b.DaysUntil(a)
}

// adoptions writes decisions that stood in the year, and of a child who was
// adopted in it, the match.
func (w *writing) adoptions() {
	for _, a := range w.seen.Adoptions {
		if w.during(a.Decided.Fact.Happened, a.Decided.Entry, a.Reversed.Fact.Happened, a.Reversed.Entry) && w.careGoesOn(a) {
			w.put(atPlaced, a.Decided.Fact.Happened.String(), []uint64{a.Decided.Entry, a.Reversed.Entry}, map[string]string{
				"DOB": w.birth(), "DATE_PLACED": written903(a.Decided.Fact.Happened),
				"DATE_PLACED_CEASED": written903(a.Reversed.Fact.Happened), "REASON_PLACED_CEASED": a.Reversed.Fact.Reason})
		}
		e, _ := w.all.Entry(a.Matched.Entry)
		if !a.Matched.IsZero() && (w.adopted() || ofThis(e, w.of)) {
			by := a.Matched.Fact.Adopters
			w.put(atAD1, a.Matched.Fact.Happened.String(), []uint64{a.Matched.Entry, a.Decided.Entry}, map[string]string{
				"DOB": w.birth(), "DATE_INT": written903(a.Decided.Fact.Happened), "DATE_MATCH": written903(a.Matched.Fact.Happened),
				"FOSTER_CARE": by.Fostered, "NB_ADOPTR": by.Number, "SEX_ADOPTR": by.Sex, "LS_ADOPTR": by.LegalStatus})
		}
	}
}

// careGoesOn reports whether the child was looked after in the year, as those
// are of whom the return asks about adoption.
func (w *writing) careGoesOn(a adoption.Adoption) bool {
	e, known := w.all.Entry(a.Decided.Entry)
	return len(w.episodes()) > 0 || known && ofThis(e, w.of)
}

// adopted reports whether care ended in the year because the child was adopted.
func (w *writing) adopted() bool {
	for _, e := range w.episodes() {
		if c := e.Ceased; !c.IsZero() && w.within(c.Fact.Happened, c.Entry) && (c.Fact.Reason == "E11" || c.Fact.Reason == "E12") {
			return true
		}
	}
	return false
}

// permanenceFrom is the first day of the periods of care of which the return
// asks about earlier permanence (rule 634 of the collection).
var permanenceFrom = domain.NewDate(2016, 4, 1)

func (w *writing) permanence() {
	k := w.seen.Care.Permanence
	e, known := w.all.Entry(k.Entry)
	if k.IsZero() || !(known && ofThis(e, w.of)) && !w.startedFrom(permanenceFrom) {
		return
	}
	w.put(atPermanence, "", []uint64{k.Entry}, map[string]string{"DOB": w.birth(), "PREV_PERM": k.Fact.Option, "LA_PERM": k.Fact.Authority, "DATE_PERM": partial903(k.Fact.Ordered)})
}

func (w *writing) startedFrom(first domain.Date) bool {
	for _, e := range w.episodes() {
		if !w.seen.Care.Start(e).Before(first) {
			return true
		}
	}
	return false
}

// partial903 is a day of which the parts can be unknown in the form of the
// return.
func partial903(ordered string) string {
	parts := strings.Split(ordered, "-")
	for len(parts) < 3 && ordered != "" {
		parts = append(parts, "zz")
	}
	if ordered == "" {
		return ""
	}
	return parts[2] + "/" + parts[1] + "/" + parts[0]
}

func (w *writing) absence(a missing.Absence) {
	if w.during(a.Went.Fact.Happened, a.Went.Entry, a.Returned.Fact.Happened, a.Returned.Entry) {
		w.put(atMissing, a.Went.Fact.Happened.String(), []uint64{a.Went.Entry, a.Returned.Entry}, map[string]string{
			"DOB": w.birth(), "MISSING": a.Went.Fact.Kind, "MIS_START": written903(a.Went.Fact.Happened), "MIS_END": written903(a.Returned.Fact.Happened)})
	}
}

// workersFrom is the first collection that asks who the social workers are.
const workersFrom = 2024

// workers writes who held the case in the year as lead worker. Why a worker
// came is why the one before went; the first came on first contact.
func (w *writing) workers(lookedAfter bool) {
	reason := "FCONTA"
	for _, a := range w.seen.Allocations {
		e, known := w.all.Entry(a.Allocated.Entry)
		if a.Allocated.IsZero() || a.Allocated.Fact.Role != "lead" {
			continue
		}
		stated := known && ofThis(e, w.of)
		if stated || lookedAfter && w.of.year >= workersFrom && w.during(a.Allocated.Fact.Happened, a.Allocated.Entry, a.Ended.Fact.Happened, a.Ended.Entry) {
			w.put(atWorkers, a.Allocated.Fact.Happened.String(), []uint64{a.Allocated.Entry, a.Ended.Entry}, map[string]string{
				"DOB": w.birth(), "SW_ID": a.Allocated.Fact.Worker, "SW_DECOM": written903(a.Allocated.Fact.Happened),
				"SW_DEC": written903(a.Ended.Fact.Happened), "SW_REASON": unlessStated(stated, reason)})
		}
		reason = changed(a)
	}
}

// unlessStated returns no reason for what a return stated without one.
func unlessStated(stated bool, reason string) string {
	if stated {
		return ""
	}
	return reason
}

// changed is why the worker after an allocation came.
func changed(a allocation.Allocation) string {
	if reason := a.Ended.Fact.Reason; policy.Valid(policy.SocialWorkerChange, reason, domain.Date{}) {
		return reason
	}
	return "OTHERS"
}

// numberText writes a number; "" where there is none.
func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
