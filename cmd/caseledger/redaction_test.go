package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/domaintest"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/redaction"
	"caseledger/projections"
	"caseledger/schema"
)

const unsaid = "Zqxcanary"

// acts are the flags of somebody who acts.
func acts(who, role, request string) []string {
	return []string{"--actor", who, "--role", role, "--agency", "anytown", "--basis", "children-act-1989-s31", "--purpose", "court", "--request", request}
}

func TestWhatIsWithheldIsProposedByOneApprovedByAnotherAndInNoByteOfAnyVariant(t *testing.T) {
	dir, out := smallDemo(t), t.TempDir()
	in := func(name string) string { return filepath.Join(out, name) }
	child := rows(t, "caseload", "--data", dir)[0]["record"].(string)
	acted(t, dir, child, "relation.record", `{"happened":"2026-01-05","relation":"uncle-1","kind":"aunt-or-uncle","name":"`+unsaid+` Example"}`, "n0")
	acted(t, dir, child, "note.write", `{"happened":"2026-01-05","note":"zn1","kind":"visit","text":[{"text":"She smiled. "},{"text":"Then `+unsaid+` came."}]}`, "n1")
	must(t, append([]string{"chronology", "build", child, "--data", dir, "--id", "c1", "--title", "About " + unsaid}, acts("sol-01", "solicitor", "c1")...)...)
	redaction := func(verb string, args ...string) (int, string, string) {
		return caseledger(t, append([]string{"redaction", verb, child, "--data", dir}, args...)...)
	}
	_, lines, _ := redaction("suggest", "--output", "csv")
	var kept []string // the demo names others, too
	for i, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		if i == 0 || strings.Contains(l, unsaid) {
			kept = append(kept, l)
		}
	}
	if len(kept) != 4 {
		t.Fatalf("suggested\n%s", lines)
	}
	must(t, "log", "attest", "--data", dir, "--heads")
	file := writeFile(t, in("lines.csv"), strings.Join(kept, "\n")+"\n")
	propose := func(id, request string, more ...string) (int, string, string) {
		return redaction("propose", append(append(acts("sol-01", "solicitor", request), "--id", id, "--reader", "mother", "--for", "court"), more...)...)
	}
	for range 2 { // a repeat is the first one
		if code, text, errs := propose("m1", "r1", "--lines", file); code != exitOK || !strings.Contains(text, unsaid) || strings.Contains(errs, "still stand") {
			t.Fatalf("exit %d, %s%s", code, text, errs)
		}
	}
	write := []string{"chronology", "write", child, "--data", dir, "--id", "c1", "--redaction", "m1", "--out", in("v.pdf"), "--out", in("v.docx"), "--out", in("v.csv"), "--out", in("v.json")}
	prove := []string{"evidence", "--data", dir, "--record", child, "--redaction", "m1", "--out", in("v.zip")}
	for name, args := range map[string][]string{"written": write, "proved": prove} {
		if code, _, errs := caseledger(t, args...); code == exitOK || !strings.Contains(errs, "not approved") {
			t.Errorf("%s before it is approved: exit %d, %s", name, code, errs)
		}
	}
	if code, _, errs := redaction("approve", append(acts("sol-01", "solicitor", "a0"), "--id", "m1")...); code != exitFailed || !strings.Contains(errs, "redaction-approved-by-its-author") {
		t.Errorf("approved by its author: exit %d, %s", code, errs)
	}
	for range 2 {
		if code, _, errs := redaction("approve", append(acts("mgr-01", "manager", "a1"), "--id", "m1")...); code != exitOK {
			t.Fatalf("exit %d, %s", code, errs)
		}
	}
	must(t, write...)
	must(t, prove...)
	if text := must(t, "verify", in("v.zip"), "--keys", writeFile(t, in("keys"), must(t, "log", "keys", "--data", dir))); !strings.Contains(text, "third party (Data Protection Act 2018") {
		t.Errorf("the verdict says\n%s", text)
	}
	if code, _, errs := caseledger(t, append(prove[:len(prove)-1:len(prove)-1], in("late.zip"), "--known-at", "2099-01-01")...); code != exitUsage || !strings.Contains(errs, "nothing later") {
		t.Errorf("a package of what nobody looked at: exit %d, %s", code, errs)
	}
	for _, name := range []string{"v.pdf", "v.docx", "v.csv", "v.json", "v.zip"} {
		for part, text := range everyByte(t, in(name)) {
			if bytes.Contains(text, []byte(unsaid)) || strings.Contains(part, unsaid) {
				t.Errorf("%s, %s holds what is withheld", name, part)
			}
		}
	}
	if text := read(t, in("v.json")); strings.Count(text, "[withheld: third party]") < 3 || !strings.Contains(text, `"reader": "mother"`) && !strings.Contains(text, `"reader":"mother"`) {
		t.Errorf("%.2000s", text)
	}
	if list := rows(t, "redaction", "list", child, "--data", dir); len(list) != 1 || list[0]["state"] != "approved" || list[0]["decidedBy"] != "mgr-01" {
		t.Errorf("%v", list)
	}
	if code, _, errs := propose("m2", "r2", "--nothing"); code != exitOK {
		t.Errorf("nothing: exit %d, %s", code, errs)
	}
	if code, _, errs := redaction("reject", append(acts("sol-01", "solicitor", "j2"), "--id", "m2", "--reason", "There is.")...); code != exitOK {
		t.Errorf("a rejection: exit %d, %s", code, errs)
	}
	for name, tt := range map[string]struct {
		text string
		code int
		says string
	}{
		"no such columns": {"a,b\n", exitUsage, "the first columns are"},
		"no number":       {"entry,field,ground,reason\nx,/text/0,crime,y\n", exitUsage, "line 2"},
		"no such field":   {"entry,field,ground,reason\n1,/none,crime,y\n", exitFailed, "redaction-withholds-nothing"},
		"no such ground":  {"entry,field,ground,reason\n1,/actor,shame,y\n", exitFailed, "redaction-ground-unknown"},
		"no reason":       {"entry,field,ground,reason\n1,/actor,crime,\n", exitFailed, "reason"},
	} {
		if code, _, errs := propose("m9", name, "--lines", writeFile(t, in("bad.csv"), tt.text)); code != tt.code || !strings.Contains(errs, tt.says) {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}

// everyByte returns the parts of a file: the file itself, the members of an archive
// and the streams of a PDF, decompressed.
func everyByte(t *testing.T, path string) map[string][]byte {
	t.Helper()
	whole := []byte(read(t, path))
	parts := map[string][]byte{"the file": whole}
	if archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole))); err == nil {
		for _, member := range archive.File {
			r, err := member.Open()
			if err != nil {
				t.Fatal(err)
			}
			if parts[member.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, rest := range bytes.Split(whole, []byte("stream\n")) {
		if r, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
			parts[fmt.Sprint("stream ", i)], _ = io.ReadAll(r) // as far as it can be read
		}
	}
	return parts
}

// TestAVariantIsTheSameToTheByteWhateverIsWithheld holds of every paper, whatever
// it encodes its words as: not even the length of what is withheld shows.
func TestAVariantIsTheSameToTheByteWhateverIsWithheld(t *testing.T) {
	paper := func(kind, said string) string {
		on := domaintest.On
		events := []domain.Event{
			identity.Registered{Dated: on("2024-01-01"), Person: "p"},
			identity.Named{Dated: on("2024-01-01"), Kind: "legal", Given: said, Family: "Example"},
			note.Written{Dated: on("2024-02-01"), Note: "n1", Kind: "visit", Present: []string{said}, Text: []note.Passage{{Text: "She smiled. "}, {Text: said, From: said, Kind: "reported"}}},
			chronology.Tagged{Dated: on("2024-02-01"), Entry: 3, Tags: []string{said}},
			chronology.ImpactStated{Dated: on("2024-02-01"), Entry: 3, By: said, Text: []string{said}},
			chronology.Built{Dated: on("2024-02-02"), Chronology: "c1", Title: said, Selection: chronology.Selection{Tags: []string{said}}, Parts: []chronology.Part{{Record: "r", Known: 5, Entries: []uint64{1, 2, 3}}}},
		}
		var lines []redaction.Line
		for entry, fields := range map[uint64][]redaction.Field{2: {"/given"}, 3: {"/present/*", "/text/1"}, 4: {"/tags/*"}, 5: {"/by", "/text/*"}, 6: {"/title", "/selection"}} {
			for _, f := range fields {
				lines = append(lines, redaction.Line{Entry: entry, Field: f, Ground: "third-party", Reason: said})
			}
		}
		events = append(events, redaction.Proposed{Dated: on("2024-02-03"), Redaction: "m1", Reader: "mother", Known: 6, Lines: lines}, redaction.Approved{Dated: on("2024-02-04"), Redaction: "m1"})
		entries := make([]domain.Entry, len(events))
		for i, e := range events {
			entries[i] = domain.Entry{Seq: uint64(i + 1), Recorded: time.Date(2024, 3, 1, 9, i, 0, 0, time.UTC), Event: e,
				Circumstances: domain.Circumstances{Actor: domain.Actor{ID: "w1", Role: "social-worker", Agency: "anytown"}, Digest: fmt.Sprintf("%x", said)}}
		}
		load := func(context.Context, domain.RecordID) (record.Record, error) { return record.Fold(entries), nil }
		story, err := projections.TellRedacted(t.Context(), schema.NewCodec(schema.Events()), load, "r", "c1", "m1")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := papers[kind](&out, story); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for kind := range papers {
		short := paper(kind, "x")
		for _, said := range []string{unsaid, strings.Repeat(unsaid+" ", 400), "שלום 😀"} {
			if paper(kind, said) != short {
				t.Errorf("a %s shows something of what is withheld: %.20q", kind, said)
			}
		}
	}
}

func FuzzLinesOfARedaction(f *testing.F) {
	f.Add("entry,field,ground,reason\n1,/text/0,crime,y\n")
	f.Add("entry,field,ground,reason,person\n1,\"/text/0\",crime,\"a\nb\",x\n")
	f.Add("\ufeffentry,field\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseLines("lines.csv", text)
		if err != nil && lines != nil {
			t.Errorf("%d lines and %v", len(lines), err)
		}
		if len(lines) > strings.Count(text, "\n") {
			t.Errorf("%d lines of %q", len(lines), text)
		}
	})
}
