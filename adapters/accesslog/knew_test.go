package accesslog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
)

func TestWhoKnewIsWhoHadWrittenOrBeenGivenItByThen(t *testing.T) {
	r := newRig()
	l := New(r.Ledger)
	stop := run(l)
	defer stop()
	began := r.now
	const id = domain.RecordID("aaaa")
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	entry := func(seq uint64, who string, minutes int, e domain.Event) domain.Entry {
		return domain.Entry{Seq: seq, Recorded: at(minutes), Circumstances: domain.Circumstances{Actor: domain.Actor{ID: who, Role: "social-worker"}}, Event: e}
	}
	on := domain.Dated{Happened: domain.MustDate("2026-11-20")}
	rec := record.Record{Entries: []domain.Entry{
		entry(1, "sw-1", 0, identity.Registered{Dated: on}), entry(2, "sw-2", 10, note.Written{Dated: on, Note: "n1"}), entry(3, "sw-1", 20, identity.Born{Dated: on})}}
	give := func(minutes int, who, operation string, revision uint64, view string) {
		t.Helper()
		r.now = at(minutes)
		e := access.Released{Operation: operation, Subject: string(id), Revision: revision, View: view}
		if operation == "register.list" {
			e.Subject, e.Records = "", []string{string(id)}
		}
		if err := l.Record(t.Context(), by(who), e); err != nil {
			t.Fatal(err)
		}
	}
	give(1, "early", "record.read", 1, "")
	give(12, "reader", "record.read", 2, "")
	give(13, "dated", "record.read", 2, "trueOn=2026-11-19")
	give(14, "earlier", "record.read", 2, "knownAt="+at(5).Format(time.RFC3339))
	give(15, "pinned", "record.read", 2, "knownEntry=1")
	give(16, "compared", "record.compare", 2, "knownEntry=1")
	give(17, "links", "record.identities", 2, "")
	give(18, "lists", "register.list", 0, "")
	give(19, "notes", "record.notes", 2, "")
	r.now = at(19)
	if err := l.Record(t.Context(), by("denied"), access.Denied{Operation: "record.read", Subject: string(id), Reason: "forbidden"}); err != nil {
		t.Fatal(err)
	}
	give(25, "late", "record.read", 3, "")
	give(26, "lateNotes", "record.notes", 3, "")

	for _, tt := range []struct {
		entry uint64
		by    int
		want  string
	}{
		{0, 0, "sw-1"},
		{0, 11, "sw-1 early sw-2"},
		{0, 19, "sw-1 early sw-2 reader dated earlier pinned compared lists notes"},
		{2, 19, "sw-2 reader compared notes"},
		{2, 30, "sw-2 reader compared notes late lateNotes"},
		{3, 19, ""},
		{3, 30, "sw-1 late"},
		{9, 30, ""},
	} {
		rows, err := WhoKnew(t.Context(), r.Ledger, rec, Knowing{Record: id, Entry: tt.entry, By: at(tt.by), From: domain.DateOf(began)})
		var names []string
		for _, row := range rows {
			names = append(names, row.Who)
		}
		if got := strings.Join(names, " "); err != nil || got != tt.want {
			t.Errorf("of entry %d by minute %d: %v, %q, want %q", tt.entry, tt.by, err, got, tt.want)
		}
	}
	rows, err := WhoKnew(t.Context(), nil, rec, Knowing{Record: id, By: at(30)})
	if got := fmt.Sprint(rows); err != nil || len(rows) != 2 || rows[0].Wrote != 2 || rows[0].Entry != 3 || !rows[0].Last.Equal(at(20)) {
		t.Errorf("where there is no access ledger: %v, %s", err, got)
	}
}
