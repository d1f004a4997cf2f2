package ssda903

import (
	"caseledger/adapters/reconcile"
	"caseledger/domain"
	"caseledger/domain/record"
	"caseledger/schema"
)

// decision compares what a child's rows state with what the record holds, and
// gathers the facts that the record lacks.
type decision struct {
	*reconcile.Decision
	stated map[reconcile.Key]bool // by this return
}

func newDecision(records *schema.Records, of collection, on record.Record) *decision {
	words := reconcile.Return{Kind: of.kind(), On: of.last(), Content: content, Reason: reasonOf}
	return &decision{Decision: reconcile.New(records, words, on), stated: make(map[reconcile.Key]bool)}
}

// decide takes all claims of a child in their order.
func (d *decision) decide(claims []claim) ([]domain.Fact, error) {
	for _, c := range claims {
		stated := reconcile.Claim{Command: c.command, Flags: c.flags, File: c.row.file.sum, At: c}
		switch {
		case c.kept != nil:
			d.Keep(stated, c.kept.id, c.kept.place, c.kept.text)
		case c.absent != nil:
			d.Withdraw(stated, c.absent)
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
	events, flags := d.Try(d.Record, c)
	for _, e := range events {
		old, known := d.Known(e)
		again := d.stated[reconcile.KeyOf(e)]
		d.stated[reconcile.KeyOf(e)] = true
		switch {
		case !known:
			d.Add(c, e, nil, flags)
		case d.Same(old, e):
			if again {
				d.Note(c, func(f domain.Flag) bool { return f.Rule == "duplicate-row" })
			}
		case again:
			d.Contradict(c, e, "stated-twice")
		case d.Later(old):
			d.Contradict(c, e, "later-return-states-otherwise")
		case reconcile.Varies(e):
			d.Again(c)
		default:
			d.Correct(c, old)
		}
	}
}

// flaws are the rules that what was recorded breaks.
func (d *decision) flaws() []Flaw {
	all := make([]Flaw, 0, len(d.Flaws))
	for _, f := range d.Flaws {
		all = append(all, Flaw{File: f.At.(claim).row.file.name, Line: f.Line, Column: f.Field, Rule: f.Rule, Reason: f.Reason})
	}
	return all
}
