package binder_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"caseledger/adapters/binder"
	"caseledger/domain"
)

func rulesOn(t testing.TB, day string) binder.Rules {
	t.Helper()
	d, err := domain.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	r, err := binder.RulesOn(d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// failing are the rules that a file does not pass.
func failing(t testing.TB, file []byte, given binder.Given) map[string]binder.Finding {
	t.Helper()
	all, err := binder.Check(t.Context(), file, rulesOn(t, "2026-11-22"), given)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]binder.Finding{}
	for _, f := range all {
		if f.Result != binder.Pass {
			out[f.Rule] = f
		}
		if f.Source == "" {
			t.Errorf("%s has no source", f.Rule)
		}
	}
	return out
}

func TestABundleThatWasBuiltPassesEveryRule(t *testing.T) {
	file, m := built(t, sample())
	if fails := failing(t, file, binder.Given{Manifest: &m}); len(fails) > 0 {
		t.Errorf("%+v", fails)
	}
}

func TestEachRuleNamesWhatFailsIt(t *testing.T) {
	file, m := built(t, with(raw("", 2), picture(t, 6)))
	fails := failing(t, file, binder.Given{Manifest: &m})
	for rule, pages := range map[string][]string{"font-size": {"C1", "C2"}, "fonts-embedded": {"C1", "C2"}, "searchable": {"C3"}, "upright": {"C1", "C2"}, "archival": {"C1"}} {
		if f := fails[rule]; f.Result != binder.Fail || !slices.Equal(f.Pages, pages) {
			t.Errorf("%s: %+v", rule, f)
		}
		delete(fails, rule)
	}
	if len(fails) > 0 {
		t.Errorf("and %+v", fails)
	}
	late := m
	late.Documents = []binder.Bound{{Section: "C", First: "C1", Late: true}, {Section: "C", First: "C2"}}
	if f := failing(t, file, binder.Given{Manifest: &late})["late-last"]; f.Result != binder.Fail {
		t.Errorf("late: %+v", f)
	}
	foreign := failing(t, raw("", 351), binder.Given{})
	for _, rule := range []string{"page-limit", "labels", "index-links", "bookmarks", "view", "font-size", "fonts-embedded", "archival"} {
		if foreign[rule].Result != binder.Fail {
			t.Errorf("%s of another's file: %+v", rule, foreign[rule])
		}
	}
	if f := failing(t, raw("", 351), binder.Given{Permission: "order of 1 May"})["page-limit"]; f.Result != binder.Warn || !strings.Contains(f.Says, "order of 1 May") {
		t.Errorf("with permission: %+v", f)
	}
}

func TestABookmarkALinkAndALabelThatAreWrongAreFound(t *testing.T) {
	file, m := built(t, sample())
	late := m.Documents[2].First
	wide := func(s string) []byte { // as a file has it
		out := "FEFF"
		for _, r := range s {
			out += fmt.Sprintf("%04X", r)
		}
		return []byte(out)
	}
	for rule, change := range map[string][2]string{
		"bookmarks":   {"Addendum (" + late, "Addendum (Z" + late[1:]},
		"index-links": {"A1, page A1", "A1, page A2"},
		"labels":      {"B", "D"},
	} {
		spoiled := bytes.Replace(file, wide(change[0]), wide(change[1]), 1)
		if rule == "labels" {
			spoiled = bytes.Replace(file, append(wide("B"), '>'), append(wide("D"), '>'), 1)
		}
		if bytes.Equal(spoiled, file) {
			t.Errorf("%s: nothing was spoiled", rule)
		} else if f := failing(t, spoiled, binder.Given{})[rule]; f.Result != binder.Fail {
			t.Errorf("%s: %+v", rule, f)
		}
	}
}

func TestTheRulesAreThoseOfTheDay(t *testing.T) {
	if before, after := rulesOn(t, "2026-03-01"), rulesOn(t, "2026-03-02"); before.Name != "pd27a-2014" || after.Name != "pd27a-2026" {
		t.Errorf("%s and %s", before.Name, after.Name)
	}
	day, err := domain.ParseDate("1999-01-01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := binder.RulesOn(day); err == nil {
		t.Error("rules of 1999")
	}
}

func TestAFileThatCannotBeReadIsNotChecked(t *testing.T) {
	var locked bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(raw("", 1)), &locked, model.NewAESConfiguration("u", "o", 256)); err != nil {
		t.Fatal(err)
	}
	loop := bytes.Replace(raw("", 1), []byte("/Kids [6 0 R ]"), []byte("/Kids [2 0 R ]"), 1)
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("Dear court"), "locked": locked.Bytes(), "loop": loop} {
		if _, err := binder.Check(t.Context(), file, rulesOn(t, "2026-11-22"), binder.Given{}); !errors.Is(err, binder.ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// objects makes a file of objects, of which the first is the catalogue.
func objects(all ...string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(all)+1)
	for i, object := range all {
		table += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := out.Len()
	fmt.Fprintf(&out, "%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table, len(all)+1, start)
	return out.Bytes()
}

func TestATreeOfPagesWhoseBranchesLeadToTheSamePlaceIsRefusedAtOnce(t *testing.T) {
	all := []string{"<< /Type /Catalog /Pages 2 0 R >>"}
	for n := 3; n < 63; n++ { // 2 to the power of 60 ways
		all = append(all, fmt.Sprintf("<< /Type /Pages /Count 1 /Kids [%d 0 R %d 0 R] >>", n, n))
	}
	all = append(all, "<< /Type /Page /Parent 62 0 R /MediaBox [0 0 200 200] >>")
	ended := make(chan error, 1)
	go func() {
		_, err := binder.Check(t.Context(), objects(all...), rulesOn(t, "2026-11-22"), binder.Given{})
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, binder.ErrUnreadable) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on for ever")
	}
}

func TestLabelsAreReadAsAViewerShowsThem(t *testing.T) {
	pages, kids := []string{}, ""
	for n := range 9 {
		pages = append(pages, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>")
		kids += fmt.Sprintf("%d 0 R ", n+3)
	}
	all := append([]string{"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >> 3 << /S /D /P (C) /St 9 >> 5 << /P (Cover) >> 6 << /S /A /St 26 >> 8 << /S /R /St 1994 >>] >> >>",
		"<< /Type /Pages /Count 9 /Kids [" + kids + "] >>"}, pages...)
	got, err := binder.Labels(t.Context(), objects(all...))
	if want := []string{"i", "ii", "iii", "C9", "C10", "Cover", "Z", "AA", "MCMXCIV"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %q, want %q", err, got, want)
	}
}

func FuzzAnyFileIsCheckedOrRefused(f *testing.F) {
	f.Add(raw("", 1))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			return
		}
		if _, err := binder.Check(t.Context(), file, rulesOn(t, "2026-11-22"), binder.Given{}); err != nil && !errors.Is(err, binder.ErrUnreadable) {
			t.Error(err)
		}
	})
}
