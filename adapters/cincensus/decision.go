package cincensus

import (
	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/record"
	"caseledger/schema"
)

// decision compares what a child's return states with what the record holds,
// and gathers the facts that the record lacks.
type decision struct {
	*reconcile.Decision
	header  header
	file    string
	repeats bool // the file held this child before
	before  record.Record
	// contradictory: the return states a pupil number and why there is none.
	contradictory bool
}

func newDecision(records *schema.Records, h header, file string, on record.Record, repeats bool) *decision {
	d := &decision{header: h, file: file, repeats: repeats, before: on}
	d.Decision = reconcile.New(records, reconcile.Return{Kind: h.kind(), On: h.reference, Content: content, Reason: reasonOf}, on)
	if repeats {
		d.Each = []domain.Flag{{Field: "Child", Rule: "duplicate-child"}}
	}
	return d
}

// decide takes all claims of a child in their order.
func (d *decision) decide(m *mapping) ([]domain.Fact, error) {
	d.First, d.contradictory = m.flags, m.contradictory
	for _, c := range m.claims {
		stated := reconcile.Claim{Command: c.command, Flags: c.flags, File: d.file, At: c}
		switch {
		case c.kept != nil:
			d.Keep(stated, c.kept.id, c.kept.element, c.kept.text)
		case c.absent != nil:
			d.withdraw(stated, c.absent)
		default:
			d.take(stated)
		}
		if d.Err != nil {
			return nil, d.Err
		}
	}
	return d.Facts, nil
}

// take decides one command, and records what the record does not yet say.
func (d *decision) take(c reconcile.Claim) {
	c.Command = carryOver(d.Record, c.Command)
	if change, ok := c.Command.(protection.ChangeCategory); ok {
		d.categorise(c, change)
		return
	}
	events, flags := d.Try(d.Record, c)
	for _, e := range events {
		old, stated := d.Known(e)
		switch {
		case d.overtakes(e, old):
			d.Again(c)
		case !stated:
			d.Add(c, e, nil, flags)
		case d.Same(old, e):
		case d.repeats:
			d.Contradict(c, e, "duplicate-child")
		case d.Later(old):
			d.Contradict(c, e, "later-return-states-otherwise")
		case reconcile.Varies(e):
			d.Again(c)
		default:
			d.Correct(c, old)
		}
	}
}

// overtakes reports whether the event is a pupil number, or why there is none,
// where an earlier return or a worker has since old stated the other.
func (d *decision) overtakes(e domain.Event, old domain.Entry) bool {
	var since domain.Date
	if old.Event != nil {
		since = old.Event.HappenedOn()
	}
	if d.contradictory || d.repeats {
		return false
	}
	switch e := e.(type) {
	case identity.Identified:
		for _, m := range d.before.Person.Missing {
			if m.Fact.Kind == e.Kind && d.overtaken(m.Entry, since) {
				return true
			}
		}
	case identity.IdentifierMissing:
		return d.overtaken(d.before.Person.Identifier(e.Kind).Entry, since)
	}
	return false
}

// overtaken reports whether an entry speaks of a day after since, and was
// stated before this return.
func (d *decision) overtaken(seq uint64, since domain.Date) bool {
	other, known := d.before.Entry(seq)
	return known && other.Event.HappenedOn().After(since) && reconcile.StatedOn(other).Before(d.header.reference)
}

// categorise records the latest category where it is not the one in force.
func (d *decision) categorise(c reconcile.Claim, change protection.ChangeCategory) {
	plan := d.Record.Protection.Find(change.Plan)
	category, seq := plan.LatestCategory()
	if category == change.Category {
		return
	}
	if !d.before.Protection.Find(change.Plan).Registered.IsZero() {
		change.Happened = d.header.reference
		if end := plan.Ended.Fact.Happened; !end.IsZero() && end.Before(change.Happened) {
			change.Happened = end
		}
	}
	c.Command = change
	events, flags := d.Try(d.Record, c)
	old, known := d.Record.Entry(seq)
	for _, e := range events {
		switch {
		case known && d.repeats:
			d.Contradict(c, e, "duplicate-child")
		case known && d.Later(old):
			d.Contradict(c, e, "later-return-states-otherwise")
		default:
			d.Add(c, e, nil, flags)
		}
	}
}

// withdraw takes an end out of force that the return no longer states. What a
// child who stands in a file twice states once, the other statement does not
// deny.
func (d *decision) withdraw(c reconcile.Claim, absent domain.Event) {
	if old, known := d.Known(absent); known && !d.repeats && !flagged(old, "duplicate-child") {
		d.Withdraw(c, absent)
	}
}

// flaws are the rules that what was recorded breaks.
func (d *decision) flaws() []Flaw {
	all := make([]Flaw, 0, len(d.Flaws))
	for _, f := range d.Flaws {
		all = append(all, Flaw{Line: f.Line, Element: f.Field, Rule: f.Rule, Reason: f.Reason})
	}
	return all
}

// notInReturn counts the imported referrals that the return does not carry.
func (d *decision) notInReturn(carried []string) int {
	in := make(map[string]bool, len(carried))
	for _, id := range carried {
		in[id] = true
	}
	n := 0
	for _, r := range d.before.Referrals {
		received, _ := d.before.Entry(r.Received.Entry)
		if !in[string(r.ID)] && d.Imported(received) {
			n++
		}
	}
	return n
}

func flagged(e domain.Entry, rule string) bool {
	if e.Source == nil {
		return false
	}
	for _, f := range e.Source.Flags {
		if f.Rule == rule {
			return true
		}
	}
	return false
}
