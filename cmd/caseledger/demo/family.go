package demo

import (
	"fmt"
	"time"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/temporary"
)

// family is some children to whom things happen together, and the moment up to
// which their story is written down.
type family struct {
	g        *generator
	name     string
	address  identity.RecordAddress
	children []child
	now      time.Time // of the last act
	worker   actor
	team     string
	cases    int // allocations and referrals so far
	ended    bool

	temporary temporary.ID // the registration of a family that moved in
	moved     bool         // a child went to live elsewhere
}

type child struct {
	record domain.RecordID
	sex    string
	given  string
	born   domain.Date
	due    domain.Date // set while the child is unborn
	upn    bool
}

// duty is who takes in referrals.
var duty = actor{id: "mgr-duty", role: "team-manager", basis: "children-act-1989-s17", purpose: "referral"}

// family draws a family and all that happens to it.
func (g *generator) family() {
	g.summary.Families++
	f := &family{g: g, name: pick(g, familyNames), team: pick(g, teams)}
	f.worker = actor{id: fmt.Sprintf("sw-%03d", g.between(1, 60)), role: "social-worker", basis: "children-act-1989-s17", purpose: "assessment"}
	day := firstDay.AddDays(g.rng.IntN(firstDay.DaysUntil(lastDay) - 20))
	f.now = at(day, 8, 30)
	f.address = identity.RecordAddress{Lines: []string{fmt.Sprintf("%d %s", g.between(1, 180), pick(g, streets)), "Anytown"},
		Postcode: fmt.Sprintf("ZZ%d %dAA", g.between(1, 29), g.between(1, 9))}
	for range 1 + g.rng.IntN(3) {
		f.children = append(f.children, f.draw(day))
	}
	f.register(day)
	f.relate(day)
	f.restrict(day)
	f.live(f.workingDay(day))
	f.births(lastDay)
}

func (f *family) draw(day domain.Date) child {
	g := f.g
	c := child{record: domain.RecordID(g.newID()), sex: pick(g, []string{"F", "M"}), given: pick(g, givenNames)}
	if len(f.children) == 0 && g.chance(40) {
		c.due, c.sex = day.AddDays(g.between(20, 150)), "U"
		return c
	}
	c.born = day.AddDays(-g.between(30, 16*365))
	return c
}

// register opens the records of the family's children.
func (f *family) register(day domain.Date) {
	for i := range f.children {
		c := &f.children[i]
		f.g.born = append(f.g.born, c.record)
		f.act(c.record, day, duty, f.registration(c, day)...)
	}
}

func (f *family) registration(c *child, day domain.Date) []any {
	g := f.g
	dated := domain.Dated{Happened: day}
	g.numbers++
	since := c.born
	if since.IsZero() {
		since = day
	}
	commands := []any{
		identity.Register{Dated: dated, Person: domain.PersonID(g.newID())},
		identity.Identify{Dated: dated, Kind: identity.LAChildID, Value: fmt.Sprintf("AT%06d", g.numbers), Source: "anytown"},
		identity.RecordEthnicity{Dated: domain.Dated{Happened: since}, Ethnicity: pick(g, ethnicities)},
		identity.RecordSex{Dated: domain.Dated{Happened: since}, Sex: c.sex},
	}
	if c.born.IsZero() {
		commands = append(commands, identity.ExpectBirth{Dated: dated, Expected: c.due})
	} else {
		commands = append(commands,
			identity.RecordBirth{Dated: domain.Dated{Happened: c.born}},
			identity.GiveName{Dated: domain.Dated{Happened: c.born}, Kind: "legal", Given: c.given, Family: f.name})
	}
	address := f.address
	address.Dated = dated
	return append(commands, address, f.upn(c, day, dated), f.disability(domain.Dated{Happened: since}))
}

// upn gives the child a pupil number once of school age, and a reason for its
// absence before.
func (f *family) upn(c *child, day domain.Date, dated domain.Dated) any {
	if c.born.IsZero() || day.Before(c.born.AddMonths(54)) {
		return identity.MissIdentifier{Dated: dated, Kind: identity.UPN, Reason: "UN1"}
	}
	c.upn = true
	return identity.Identify{Dated: dated, Kind: identity.UPN, Value: f.g.newUPN(), Source: "schools-service"}
}

func (f *family) disability(dated domain.Dated) any {
	all := []string{"NONE"}
	if f.g.chance(6) {
		first := f.g.rng.IntN(len(disabilities))
		all = []string{disabilities[first], disabilities[(first+f.g.between(1, 5))%len(disabilities)]}
	}
	return identity.RecordDisabilities{Dated: dated, Disabilities: all}
}

// newUPN returns a permanent pupil number with its check letter.
func (g *generator) newUPN() string {
	digits := fmt.Sprintf("%03d%04d%02d%03d", 801, g.between(2000, 4999), g.between(10, 26), g.between(0, 999))
	for _, letter := range "ABCDEFGHJKLMNPQRTUVWXYZ" {
		if upn := string(letter) + digits; policy.ValidUPN(upn) {
			return upn
		}
	}
	return ""
}

// schoolAge records the pupil numbers of children who have come to school age.
func (f *family) schoolAge(day domain.Date) {
	for i := range f.children {
		c := &f.children[i]
		if !c.upn && !c.born.IsZero() && day.After(c.born.AddMonths(54)) {
			c.upn = true
			f.act(c.record, day, duty, identity.Identify{Dated: domain.Dated{Happened: day}, Kind: identity.UPN, Value: f.g.newUPN(), Source: "schools-service"})
		}
	}
}

// births records that unborn children whose day has come by then were born.
func (f *family) births(day domain.Date) {
	for i := range f.children {
		c := &f.children[i]
		if c.born.IsZero() && !day.Before(c.due) {
			c.born, c.sex = c.due, pick(f.g, []string{"F", "M"})
			dated := domain.Dated{Happened: c.born}
			f.write(step{record: c.record, by: f.worker, commands: []any{identity.RecordBirth{Dated: dated},
				identity.GiveName{Dated: dated, Kind: "legal", Given: c.given, Family: f.name},
				identity.RecordSex{Dated: dated, Sex: c.sex}}}, c.due)
		}
	}
}

// each lets the same thing happen to every child of the family on a day.
func (f *family) each(day domain.Date, by actor, command func(child) []any) {
	for _, c := range f.children {
		f.act(c.record, day, by, command(c)...)
	}
}

// act writes down what happened on a day: at the end of the story so far, on
// that day or in the evening after it, never before it.
func (f *family) act(record domain.RecordID, day domain.Date, by actor, commands ...any) {
	f.births(day)
	f.write(step{record: record, by: by, commands: commands}, day)
}

func (f *family) write(s step, day domain.Date) {
	f.now = f.now.Add(time.Duration(f.g.between(60, 600)) * time.Second)
	if earliest := at(day, 9, f.g.rng.IntN(480)); f.now.Before(earliest) {
		f.now = earliest
	}
	if f.ended = f.ended || domain.DateOf(f.now).After(lastDay); f.ended {
		return
	}
	s.at, s.order = f.now, len(f.g.steps)
	f.g.steps = append(f.g.steps, s)
}

// correct replaces an entry some days after it was made.
func (f *family) correct(record domain.RecordID, day domain.Date, find func(domain.Event) bool, command any) {
	f.g.summary.Corrections++
	f.write(step{record: record, by: f.worker, commands: []any{command}, corrects: latest(find)}, day)
}

// latest returns a function that finds the last entry of an event.
func latest(is func(domain.Event) bool) func([]domain.Entry) uint64 {
	return func(entries []domain.Entry) uint64 {
		for i := len(entries) - 1; i >= 0; i-- {
			if is(entries[i].Event) {
				return entries[i].Seq
			}
		}
		return 0
	}
}

func at(day domain.Date, hour, minute int) time.Time {
	return day.Time().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// workingDay returns the day, or the first working day after it.
func (f *family) workingDay(day domain.Date) domain.Date {
	for !f.g.pack.IsWorkingDay(day) {
		day = day.AddDays(1)
	}
	return day
}

// after returns a working day some working days later.
func (f *family) after(day domain.Date, low, high int) domain.Date {
	return f.g.pack.AddWorkingDays(day, f.g.between(low, high))
}
