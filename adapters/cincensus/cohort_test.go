package cincensus_test

import (
	"fmt"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/eventstore"
)

// cohort records made-up children through commands, as workers would: no rule
// of the ledger is broken. Their stories repeat in turn.
func (w *world) cohort(children int) {
	for n := range children {
		c := &madeUp{world: w, id: domain.RecordID(fmt.Sprintf("%032x", n+1)), n: n}
		c.person()
		switch n % 6 {
		case 0:
			c.turnedDown()
		case 1:
			c.assessedAndClosed()
		case 2:
			c.inNeed()
		case 3:
			c.onRegister()
		case 4:
			c.offRegister()
		case 5:
			c.unborn()
		}
	}
}

type madeUp struct {
	*world
	id   domain.RecordID
	n    int
	acts int
}

func (c *madeUp) do(command any) {
	c.t.Helper()
	c.acts++
	act := eventstore.Act{Request: fmt.Sprintf("made-up-%d", c.acts), Actor: clerk, Authority: purpose, Command: command}
	if _, err := c.records.Do(c.t.Context(), c.id, act); err != nil {
		c.t.Fatalf("child %d: %T: %v", c.n, command, err)
	}
}

func happened(date string) domain.Dated { return domain.Dated{Happened: domain.MustDate(date)} }

func (c *madeUp) isUnborn() bool { return c.n%6 == 5 }

func (c *madeUp) person() {
	born := domain.NewDate(2012+c.n%5, time.Month(1+c.n%12), 1+c.n%28)
	c.do(identity.Register{Dated: happened("2025-04-07"), Person: domain.PersonID(c.id)})
	c.do(identity.Identify{Dated: happened("2025-04-07"), Kind: identity.LAChildID, Value: fmt.Sprintf("ANY%05d", c.n), Source: "anytown"})
	if c.isUnborn() {
		c.do(identity.ExpectBirth{Dated: happened("2026-01-12"), Expected: domain.MustDate("2026-05-04")})
		c.do(identity.RecordSex{Dated: happened("2026-01-12"), Sex: "U"})
		c.do(identity.MissIdentifier{Dated: happened("2026-01-12"), Kind: identity.UPN, Reason: "UN1"})
		c.do(identity.RecordEthnicity{Dated: happened("2026-01-12"), Ethnicity: "NOBT"})
		return
	}
	c.do(identity.RecordBirth{Dated: domain.Dated{Happened: born}})
	c.do(identity.RecordSex{Dated: domain.Dated{Happened: born}, Sex: []string{"M", "F"}[c.n%2]})
	c.do(identity.RecordEthnicity{Dated: domain.Dated{Happened: born}, Ethnicity: []string{"WBRI", "AIND", "MWBC", "BCRB"}[c.n%4]})
	c.do(identity.RecordDisabilities{Dated: domain.Dated{Happened: born}, Disabilities: [][]string{{"NONE"}, {"LD", "AUT"}}[c.n%2]})
	c.do(identity.Identify{Dated: domain.Dated{Happened: born}, Kind: identity.UPN, Value: upn(c.n), Source: "school"})
}

// upn returns a well-formed number of a made-up pupil.
func upn(n int) string {
	digits := fmt.Sprintf("8012%05d%03d", n, n%7)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (i + 2)
	}
	return string("ABCDEFGHJKLMNPQRTUVWXYZ"[sum%23]) + digits
}

func (c *madeUp) referred(date, need string) {
	c.do(referral.Receive{Dated: happened(date), Referral: "r1", Source: []string{"1A", "2A", "3A", "6"}[c.n%4], Need: need})
}

func (c *madeUp) assessed(began, signed string, factors ...string) {
	c.do(assessment.Start{Dated: happened(began), Assessment: "a1", Referral: "r1"})
	c.do(assessment.Complete{Dated: happened(signed), Assessment: "a1", Factors: factors})
}

func (c *madeUp) turnedDown() {
	c.referred("2025-05-06", "N5")
	c.do(referral.TakeNoFurther{Dated: happened("2025-05-06"), Referral: "r1"})
}

func (c *madeUp) assessedAndClosed() {
	c.referred("2025-05-06", "N5")
	c.assessed("2025-05-07", "2025-06-04", "21")
	c.do(referral.Close{Dated: happened("2025-06-04"), Referral: "r1", Reason: "RC8"})
}

func (c *madeUp) inNeed() {
	c.referred("2025-06-10", "N2")
	c.assessed("2025-06-11", "2025-07-09", "5A", "6A")
	c.do(cinplan.Start{Dated: happened("2025-07-10"), Plan: "p1", Referral: "r1"})
}

func (c *madeUp) conferred() {
	c.referred("2025-09-01", "N1")
	c.do(assessment.Start{Dated: happened("2025-09-02"), Assessment: "a1", Referral: "r1"})
	c.do(enquiry.Start{Dated: happened("2025-09-03"), Enquiry: "q1", Referral: "r1"})
	c.do(enquiry.HoldConference{Dated: happened("2025-09-17"), Conference: "c1", Referral: "r1", Enquiry: "q1", Outcome: "protection-plan"})
	c.do(protection.Register{Dated: happened("2025-09-17"), Plan: "p1", Referral: "r1", Category: "NEG"})
	c.do(assessment.Complete{Dated: happened("2025-10-01"), Assessment: "a1", Factors: []string{"16A", "3B"}})
	c.do(protection.Review{Dated: happened("2025-12-10"), Plan: "p1", Review: "v1", Outcome: "continue"})
}

func (c *madeUp) onRegister() {
	c.conferred()
	c.do(protection.ChangeCategory{Dated: happened("2025-12-10"), Plan: "p1", Category: "EMO"})
}

func (c *madeUp) offRegister() {
	c.conferred()
	c.do(protection.Review{Dated: happened("2026-02-11"), Plan: "p1", Review: "v2", Outcome: "end"})
	c.do(protection.End{Dated: happened("2026-02-11"), Plan: "p1", Reason: "review-conference"})
	c.do(cinplan.Start{Dated: happened("2026-02-11"), Plan: "n1", Referral: "r1"})
}

func (c *madeUp) unborn() {
	c.referred("2026-01-12", "N1")
	c.assessed("2026-01-13", "2026-02-10", "4B", "3B")
	c.do(enquiry.Start{Dated: happened("2026-02-11"), Enquiry: "q1", Referral: "r1"})
	c.do(enquiry.RequireNoConference{Dated: happened("2026-02-13"), Enquiry: "q1"})
}

func TestTheCohortBreaksNoRuleOfTheLedger(t *testing.T) {
	w := newWorld(t)
	w.cohort(12)
	if n := len(w.all()); n != 12 {
		t.Errorf("%d records, want 12", n)
	}
}
