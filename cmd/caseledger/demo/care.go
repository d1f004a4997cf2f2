package demo

import (
	"fmt"
	"slices"
	"time"

	"caseledger/domain"
	"caseledger/domain/adoption"
	"caseledger/domain/allocation"
	"caseledger/domain/careleaver"
	"caseledger/domain/health"
	"caseledger/domain/identity"
	"caseledger/domain/legal"
	"caseledger/domain/lookedafter"
	"caseledger/domain/missing"
	"caseledger/domain/visit"
)

// What lies at the real postcodes of these lists are public buildings of one
// city and its surroundings: a return is checked against the list of postcodes.
var (
	homes        = []string{"LE1 7EA", "LE2 0QB", "LE1 5WW", "LE5 0DZ"}
	cityPlaces   = []string{"LE1 1FZ", "LE3 5DL", "LE4 5NS", "LE2 6UE", "LE3 9QP"}
	countyPlaces = []string{"LE11 3TU", "NG7 2RD", "DE1 2FS", "LE3 8RA"}
)

// care is one child's life in care on the way to being written down.
type care struct {
	f     *family
	c     child
	e     episode
	acts  []planned
	n     int // episodes so far
	day   domain.Date
	now   lookedafter.BeginEpisode // of the open episode
	left  domain.Date              // the day on which care ended; zero where it goes on
	moved []domain.Date            // first days of placements
}

// planned is one act in a child's life, to be written in the order of days.
type planned struct {
	day      domain.Date
	child    child
	by       actor
	commands []any
}

// The ages in months that a life in care turns on.
const (
	threeYears    = 3 * 12
	fourYears     = 4 * 12
	fiveYears     = 5 * 12
	twelveYears   = 12 * 12
	eighteenYears = 18 * 12
)

var officers = []string{"iro-01", "iro-02", "iro-03"}

// intoCare lets the children of a family be looked after. It is the life of
// those who were born and are well under age.
func (f *family) intoCare(day domain.Date) {
	for _, c := range f.children {
		if c.born.IsZero() || !day.Before(c.born.AddMonths(17*12)) {
			f.protected(day)
			return
		}
	}
	e := f.accept(day)
	begun := f.assess(e, day)
	home, need := pick(f.g, homes), pick(f.g, []string{"N1", "N1", "N1", "N2", "N3", "N4", "N5", "N6"})
	f.sideBySide(e, begun, home, need, false)
}

// alone is a young person who came to the country without anybody.
func (f *family) alone(day domain.Date) {
	teen := slices.IndexFunc(f.children, func(c child) bool {
		return !c.born.IsZero() && !day.Before(c.born.AddMonths(14*12)) && day.Before(c.born.AddMonths(17*12))
	})
	if teen < 0 {
		f.intoCare(day)
		return
	}
	f.children = f.children[teen : teen+1]
	e := f.accept(day)
	f.sideBySide(e, f.after(day, 0, 1), "", "N8", true)
}

// sideBySide writes the lives of all children side by side, and closes the case
// when the last of them has left care.
func (f *family) sideBySide(e episode, begun domain.Date, home, need string, asylum bool) {
	var acts []planned
	var last domain.Date
	goesOn := false
	for _, c := range f.children {
		life := &care{f: f, c: c, e: e, day: begun}
		life.live(home, need, asylum)
		acts = append(acts, life.acts...)
		goesOn = goesOn || life.left.IsZero()
		if life.left.After(last) {
			last = life.left
		}
	}
	e.held, acts = f.transfer(e, begun, acts)
	slices.SortStableFunc(acts, func(a, b planned) int { return a.day.Compare(b.day) })
	closed := goesOn
	for _, a := range acts {
		if !closed && a.day.After(last.AddDays(20)) {
			f.close(e, f.workingDay(last.AddDays(14)), "RC7")
			closed = true
		}
		f.schoolAge(a.day)
		f.act(a.child.record, a.day, a.by, a.commands...)
	}
	if !closed {
		f.close(e, f.workingDay(last.AddDays(14)), "RC7")
	}
	if !goesOn {
		f.part(acts, f.workingDay(last.AddDays(30)))
	}
	f.g.summary.LookedAfter += len(f.children)
}

// part lets each adopted child go on under a new identity, once the case is
// closed: a record of its own, that says nothing of the old one.
func (f *family) part(acts []planned, day domain.Date) {
	team := actor{id: "adm-02", role: "adoption-manager", basis: "adoption-and-children-act-2002", purpose: "adoption"}
	for _, a := range acts {
		for _, command := range a.commands {
			order, adopted := command.(adoption.Order)
			if !adopted {
				continue
			}
			successor := domain.RecordID(f.g.newID())
			f.act(successor, day, team,
				identity.Register{Dated: dated(day), Person: domain.PersonID(f.g.newID())},
				identity.RecordBirth{Dated: dated(a.child.born)},
				identity.GiveName{Dated: dated(day), Kind: "legal", Given: a.child.given, Family: pick(f.g, familyNames)},
				identity.RecordSex{Dated: dated(day), Sex: a.child.sex})
			f.act(a.child.record, day, team, adoption.PartIdentity{Dated: dated(day), Adoption: order.Adoption, Successor: successor,
				Restriction: "parted", Readers: []string{team.id, "adm-01"}})
		}
	}
}

// transfer gives the case to a worker of the team for looked-after children,
// some weeks after care began.
func (f *family) transfer(e episode, begun domain.Date, acts []planned) (allocation.ID, []planned) {
	day := f.after(begun, 10, 20)
	held := allocation.ID(string(e.held) + "-care")
	worker := fmt.Sprintf("sw-%03d", f.g.between(61, 75))
	for _, c := range f.children {
		acts = append(acts, planned{day, c, f.worker, []any{
			allocation.End{Dated: dated(day), Allocation: e.held, Reason: "TSPROC"},
			allocation.Allocate{Dated: dated(day), Allocation: held, Worker: worker, Team: "looked-after-children", Role: "lead"},
		}})
	}
	return held, acts
}

// do plans an act of the case worker.
func (l *care) do(day domain.Date, commands ...any) { l.by(day, l.f.worker, commands...) }

func (l *care) by(day domain.Date, by actor, commands ...any) {
	l.acts = append(l.acts, planned{day, l.c, by, commands})
}

func (l *care) officer() actor {
	return actor{id: officers[l.f.cases%len(officers)], role: "independent-reviewing-officer", basis: "children-act-1989-s25a", purpose: "review"}
}

// age reports whether the child is at least so many months old on a day.
func (l *care) age(day domain.Date, months int) bool { return !day.Before(l.c.born.AddMonths(months)) }

// live draws the child's way through care.
func (l *care) live(home, need string, asylum bool) {
	g := l.f.g
	begun := l.day
	l.begin(home, need, asylum)
	switch n := g.rng.IntN(100); {
	case !asylum && n < 25 && !l.age(begun, threeYears):
		l.toAdoption()
	case !asylum && n < 35:
		l.homeAgain()
	default:
		l.grow()
	}
	l.routine(begun)
	if !l.left.IsZero() && l.age(l.left, eighteenYears) {
		l.leave()
	}
}

// begin starts the period of care.
func (l *care) begin(home, need string, asylum bool) {
	g := l.f.g
	status := pick(g, []string{"V2", "C1"})
	if asylum {
		status = "V2"
	}
	l.now = lookedafter.BeginEpisode{Referral: l.e.referral, Reason: "S", LegalStatus: status, Need: need, HomePostcode: home}
	l.place()
	commands := []any{l.opened(),
		lookedafter.KnowPermanence{Dated: dated(l.day), Option: "Z1"}}
	if l.c.sex == "F" {
		commands = append(commands, lookedafter.RecordMotherhood{Dated: dated(l.day)})
	}
	if asylum {
		commands = append(commands, lookedafter.Recognise{Dated: dated(l.day), Ceases: l.c.born.AddMonths(eighteenYears)})
	}
	l.do(l.day, commands...)
	l.by(l.day, l.officer(), lookedafter.NameOfficer{Dated: dated(l.day), Officer: l.officer().id})
}

// place draws another placement with foster carers or, for older children, in a
// home.
func (l *care) place() {
	g := l.f.g
	was := l.now.Postcode
	l.now.Type, l.now.Provider = pick(g, []string{"U6", "U6", "U4", "U3"}), "PR1"
	if g.chance(3) {
		l.now.Provider = "PR4"
	}
	if l.age(l.day, twelveYears) && g.chance(4) {
		l.now.Type, l.now.Provider = "K2", "PR4"
	}
	for l.now.Postcode == was {
		if l.now.Provider == "PR1" {
			l.now.Postcode = pick(g, cityPlaces)
		} else {
			l.now.Postcode = pick(g, append(countyPlaces, cityPlaces...))
		}
	}
	l.now.URN = fmt.Sprintf("SC%06d", g.between(1, 999999))
	l.moved = append(l.moved, l.day)
}

// opened is the command that begins the episode as it now stands.
func (l *care) opened() any {
	l.n++
	l.now.Dated, l.now.Episode = dated(l.day), lookedafter.EpisodeID(fmt.Sprintf("k%d-%d", l.f.cases, l.n))
	return l.now
}

// next ends the episode and begins another on the same day.
func (l *care) next(day domain.Date, reason, change string, alter func()) {
	end := lookedafter.CeaseEpisode{Dated: dated(day), Episode: l.now.Episode, Reason: "X1", PlacementChange: change}
	l.day, l.now.Reason = day, reason
	alter()
	l.do(day, end, l.opened())
}

// end lets the child leave care.
func (l *care) end(day domain.Date, reason string) {
	l.left = day
	l.do(day, lookedafter.CeaseEpisode{Dated: dated(day), Episode: l.now.Episode, Reason: reason})
}

// over reports whether a day lies past the demo's last.
func over(day domain.Date) bool { return day.After(lastDay) }

// order takes the child through care proceedings: from the interim order, under
// which care began, to the care order about half a year later.
func (l *care) order() {
	f := l.f
	lawyer := actor{id: "law-01", role: "solicitor", basis: "children-act-1989-s31", purpose: "proceedings"}
	if l.now.LegalStatus != "C1" {
		process, begun, ended := legal.ProcessID(fmt.Sprintf("pp%d", f.cases)), l.day.AddDays(7), l.day.AddDays(90)
		if !over(ended) {
			l.by(begun, lawyer, legal.SendLetter{Dated: dated(begun), Process: process})
			l.by(ended, lawyer, legal.EndProcess{Dated: dated(ended), Process: process, Outcome: "stepped-down"})
		}
		return
	}
	case1, interim, final := legal.ApplicationID(fmt.Sprintf("ca%d", f.cases)), legal.OrderID(fmt.Sprintf("io%d", f.cases)), legal.OrderID(fmt.Sprintf("co%d", f.cases))
	l.by(l.day, lawyer,
		legal.Apply{Dated: dated(l.day), Application: case1, Order: "care", Applicant: "authority", Court: "Anytown family court"},
		legal.MakeOrder{Dated: dated(l.day), Made: interim, Application: case1, Order: "interim-care", Until: l.day.AddDays(56)})
	l.by(l.day.AddDays(50), lawyer, legal.Extend{Dated: dated(l.day.AddDays(50)), Made: interim, Until: l.day.AddDays(240)})
	managed := f.after(l.day, 10, 18)
	l.by(managed, lawyer, legal.Hear{Dated: dated(managed), Application: case1, Hearing: "h1", Kind: "case-management"})
	l.next(f.after(l.day, 100, 130), "L", "", func() { l.now.LegalStatus = "C2" })
	l.by(l.day, lawyer,
		legal.Hear{Dated: dated(l.day), Application: case1, Hearing: "h2", Kind: "final", Outcome: "care order"},
		legal.EndOrder{Dated: dated(l.day), Made: interim, Reason: "replaced"},
		legal.MakeOrder{Dated: dated(l.day), Made: final, Application: case1, Order: "care"},
		legal.Dispose{Dated: dated(l.day), Application: case1, Outcome: "granted"})
}

func (l *care) homeAgain() {
	l.end(l.f.after(l.day, 40, 200), "E4A")
}

// grow keeps the child in care until the age of eighteen, with some moves.
func (l *care) grow() {
	g := l.f.g
	l.order()
	adult := l.c.born.AddMonths(eighteenYears)
	for range g.between(0, 2) {
		day := l.f.after(l.day, 60, 400)
		if over(day) || !day.Before(adult.AddDays(-60)) {
			break
		}
		l.next(day, "P", pick(g, []string{"CARPL", "CREQB", "CREQO", "LAREQ", "CHILD"}), l.place)
	}
	if !over(adult) {
		l.end(adult, pick(g, []string{"E5", "E6", "E17"}))
	}
}

// toAdoption takes a young child from the decision to the order.
func (l *care) toAdoption() {
	f := l.f
	l.order()
	id := adoption.ID(fmt.Sprintf("d%d", f.cases))
	decider := actor{id: "adm-01", role: "agency-decision-maker", basis: "adoption-and-children-act-2002", purpose: "adoption"}
	decided := f.after(l.day, 20, 60)
	l.by(decided, decider, adoption.Decide{Dated: dated(decided), Adoption: id})
	l.next(f.after(decided, 20, 60), "L", "", func() { l.now.LegalStatus = "E1" })
	if f.g.chance(6) {
		reversed := f.after(l.day, 100, 200)
		l.by(reversed, decider, adoption.Reverse{Dated: dated(reversed), Adoption: id, Reason: "RD3"})
		l.next(f.after(reversed, 5, 20), "L", "", func() { l.now.LegalStatus = "C2" })
		return
	}
	matched := f.after(l.day, 40, 160)
	sex := pick(f.g, []string{"MF", "FF", "F1"})
	match := adoption.Match{Dated: dated(matched), Adoption: id, Number: "2", Sex: sex, LegalStatus: map[string]string{"MF": "L11", "FF": "L12", "F1": "L0"}[sex], Fostered: "0"}
	if sex == "F1" {
		match.Number = "1"
	}
	l.by(matched, decider, match)
	placed := f.after(matched, 8, 30)
	l.next(placed, "P", "CARPL", func() {
		l.place()
		l.now.Type, l.now.Provider, l.now.Postcode = "A6", "PR1", pick(f.g, cityPlaces)
	})
	l.do(placed, adoption.Place{Dated: dated(placed), Adoption: id})
	ordered := f.after(placed, 60, 140)
	l.do(ordered, adoption.Order{Dated: dated(ordered), Adoption: id})
	l.end(ordered, "E12")
}

// routine plans reviews, visits, health and education while care lasts.
func (l *care) routine(begun domain.Date) {
	until := l.left
	if until.IsZero() || over(until) {
		until = lastDay
	}
	l.reviews(begun, until)
	l.visits(until)
	l.health(begun, until)
	l.education(begun, until)
	l.absences(begun, until)
	l.liberty(begun, until)
}

// liberty is the secure accommodation of one young person in five: for two
// months, with a panel after three weeks.
func (l *care) liberty(begun, until domain.Date) {
	f := l.f
	from := begun.AddDays(120)
	met, freed := from.AddDays(21), from.AddDays(60)
	if !l.age(from, 13*12) || !freed.Before(until) || !f.g.chance(5) {
		return
	}
	id := lookedafter.RestrictionID(fmt.Sprintf("lib%d", f.cases))
	l.do(from, lookedafter.RestrictLiberty{Dated: dated(from), Restriction: id, Kind: "secure-accommodation", Until: from.AddDays(90)})
	l.by(met, l.officer(), lookedafter.ReviewLiberty{Dated: dated(met), Restriction: id, Review: "1", Outcome: "criteria-met"})
	l.do(freed, lookedafter.RestoreLiberty{Dated: dated(freed), Restriction: id})
}

func (l *care) reviews(begun, until domain.Date) {
	f := l.f
	day := f.after(begun, 10, 19)
	for n := 1; day.Before(until); n++ {
		how := "PN0"
		if l.age(day, fourYears) {
			how = pick(f.g, []string{"PN1", "PN1", "PN3", "PN5", "PN6", "PN7"})
		}
		l.by(day, l.officer(), lookedafter.Review{Dated: dated(day), Review: lookedafter.ReviewID(fmt.Sprintf("lr%d-%d", f.cases, n)), Participation: how})
		if n == 1 {
			day = f.workingDay(day.AddDays(f.g.between(70, 88)))
		} else {
			day = f.workingDay(day.AddDays(f.g.between(150, 178)))
		}
	}
}

// visits are made in the first week of every placement, and then at most six
// weeks apart; now and then one is late.
func (l *care) visits(until domain.Date) {
	f, n := l.f, 0
	for i, placed := range l.moved {
		stop := until
		if i+1 < len(l.moved) && l.moved[i+1].Before(stop) {
			stop = l.moved[i+1]
		}
		for day := f.after(placed, 1, 3); day.Before(stop); day = f.after(day, 20, 31) {
			n++
			seen := !f.g.chance(30)
			v := visit.Make{Dated: dated(day), Visit: visit.ID(fmt.Sprintf("lv%d-%d", f.cases, n)), Under: visit.LookedAfter, Visitor: f.worker.id, Where: "placement",
				Seen: seen, Alone: seen && !f.g.chance(5)}
			if !seen {
				v.NotSeen = "not-in"
			}
			l.do(day, v)
		}
	}
}

func (l *care) health(begun, until domain.Date) {
	f := l.f
	for n, day := 1, f.after(begun, 8, 18); day.Before(until); n++ {
		id := health.ID(fmt.Sprintf("h%d-%d", f.cases, n))
		commands := []any{health.Assess{Dated: dated(day), Assessment: id},
			health.Immunise{Dated: dated(day), Check: id, UpToDate: !f.g.chance(8)}}
		if !l.age(day, fiveYears) {
			commands = append(commands, health.CheckDevelopment{Dated: dated(day), Check: id})
		}
		if l.age(day, threeYears) && !f.g.chance(6) {
			commands = append(commands, health.CheckTeeth{Dated: dated(day), Check: id})
		}
		if l.age(day, fourYears) && !l.age(day, 17*12) {
			score := f.g.between(2, 28)
			commands = append(commands, health.ScoreDifficulties{Dated: dated(day), Check: id, Score: &score})
		}
		l.do(day, commands...)
		l.trouble(day, id)
		step := 350
		if !l.age(day, fiveYears) {
			step = 175
		}
		day = f.workingDay(day.AddDays(step))
	}
}

// trouble is what some of the older children come to.
func (l *care) trouble(day domain.Date, id health.ID) {
	f := l.f
	if !l.age(day, twelveYears) {
		return
	}
	if f.g.chance(12) {
		l.do(day, health.FindMisuse{Dated: dated(day), Finding: id}, health.OfferIntervention{Dated: dated(day), Finding: id, Received: f.g.chance(2)})
	}
	if f.g.chance(15) {
		l.do(day, health.Convict{Dated: dated(day), Conviction: id})
	}
}

func (l *care) education(begun, until domain.Date) {
	f := l.f
	for n, day := 1, f.after(begun, 4, 9); day.Before(until); n++ {
		if l.age(day, threeYears) {
			l.do(day, lookedafter.PlanEducation{Dated: dated(day), Plan: lookedafter.PlanID(fmt.Sprintf("e%d-%d", f.cases, n))})
		}
		day = f.workingDay(day.AddDays(170))
	}
}

// absences are those of some of the older children. A child who is missing on
// the last day of care would be missing for ever, so none begins close to it.
func (l *care) absences(begun, until domain.Date) {
	f := l.f
	for n, day := 1, f.after(begun, 20, 200); day.AddDays(12).Before(until); n++ {
		back := day.AddDays(f.g.between(1, 5))
		if l.age(day, twelveYears) && f.g.chance(2) && !l.movesBetween(day, back) && !overYearEnd(day, back) {
			id := missing.ID(fmt.Sprintf("m%d-%d", f.cases, n))
			l.do(day, missing.GoMissing{Dated: dated(day), Absence: id, Kind: pick(f.g, []string{"M", "M", "A"})})
			l.do(back, missing.Return{Dated: dated(back), Absence: id})
			talk := back.AddDays(f.g.between(0, 4))
			l.do(talk, missing.Interview{Dated: dated(talk), Absence: id, Accepted: !f.g.chance(3)})
		}
		day = f.after(day, 60, 300)
	}
}

// overYearEnd reports whether the end of a collection year lies between two
// days. The public validator takes an absence that is open on it for one of
// every earlier placement (rules 575 and 577).
func overYearEnd(from, to domain.Date) bool {
	end := domain.NewDate(from.Time().Year(), time.March, 31)
	return !end.Before(from) && to.After(end)
}

// movesBetween reports whether a placement begins between two days.
func (l *care) movesBetween(from, to domain.Date) bool {
	return slices.ContainsFunc(l.moved, func(day domain.Date) bool { return !day.Before(from) && !day.After(to) })
}

// leave goes with a care leaver up to the age of twenty-one.
func (l *care) leave() {
	f := l.f
	adviser := actor{id: fmt.Sprintf("pa-%02d", f.g.between(1, 6)), role: "personal-adviser", basis: "children-act-1989-s23c", purpose: "leaving-care"}
	l.by(l.left, adviser, careleaver.Entitle{Dated: dated(l.left), Eligibility: "former-relevant"},
		careleaver.NameAdviser{Dated: dated(l.left), Adviser: adviser.id})
	years := 3
	if f.g.chance(4) {
		years = 1 // and then no more help, by the young person's own wish
	}
	for n := 1; n <= 2*years; n++ {
		day := l.c.born.AddMonths(eighteenYears + 6*n - 6)
		l.by(day, adviser, careleaver.Plan{Dated: dated(day), Plan: careleaver.PlanID(fmt.Sprintf("pw%d-%d", f.cases, n))})
	}
	for n := 1; n <= years; n++ {
		day := l.c.born.AddMonths(eighteenYears + 12*n)
		does := pick(f.g, []string{"F1", "F2", "F4", "F5", "P5", "G5"})
		l.by(day, adviser, careleaver.Contact{Dated: dated(day), Contact: careleaver.ContactID(fmt.Sprintf("cl%d-%d", f.cases, n)),
			InTouch: "YES", Activity: does, Accommodation: pick(f.g, []string{"U1", "D1", "E1", "B1", "T1", "U2"})})
	}
	grown := l.c.born.AddMonths(eighteenYears + 12*years + 1)
	l.by(grown, adviser, careleaver.End{Dated: dated(grown), Reason: "declined"})
}
