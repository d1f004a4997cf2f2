package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/projections"
)

func TestAScheduleOfRedactionsSaysWhatIsWithheldOnWhichGroundAndByWhom(t *testing.T) {
	w := projections.Withheld{Entry: 1, Field: "/text/0/text", Ground: "third-party", Law: "Data Protection Act 2018 Sch 2 para 16", Name: "third party", Explanation: "It is about another person.",
		DecidedBy: "team-manager", DecidedOn: domain.MustDate("2026-02-03")}
	other, crime := w, w
	other.Field, crime.Entry, crime.Name, crime.Explanation = "/from", 2, "crime", "It would harm an enquiry."
	v := projections.Variant{Reader: "mother", Purpose: "subject-access", Known: 9, Schedule: []projections.Withheld{w, other, crime},
		Record: record.Record{Entries: []domain.Entry{{Seq: 1, Event: note.Written{Dated: domain.Dated{Happened: domain.MustDate("2026-01-05")}}}}}}
	schedule := func(of ...projections.Variant) paper.Paper {
		var all []paper.Withholding
		for i, v := range of {
			all = append(all, paper.Withholding{Record: domain.RecordID(fmt.Sprint("r-", i+1)), Variant: v})
		}
		return paper.Redactions(head, "mother", all)
	}
	says(t, schedule(v), "withheld from: mother. Purpose: subject access. The record was looked at up to entry 9.", "2026-01-05 Entry 1", "text 1, text; from", "third party",
		"Data Protection Act 2018", "team manager", "2026-02-03", "Entry 2", "crime", "# What the grounds mean", "third party: It is about another person.", "crime: It would harm an enquiry.")
	says(t, schedule(v, v), "# Record r-1", "# Record r-2", "# What the grounds mean")
	for range 1_000 {
		v.Schedule = append(v.Schedule, projections.Withheld{Entry: 1, Field: "/" + strings.Repeat("very", 10), Name: "third party"})
	}
	for _, b := range schedule(v).Blocks {
		if table, is := b.(paper.Table); is && len(table.Rows) > paper.MaxRows {
			t.Errorf("a table of %d rows", len(table.Rows))
		}
	}
	v.Schedule = nil
	says(t, schedule(v), "Nothing is withheld from: mother.")
}
